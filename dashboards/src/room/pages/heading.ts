/** The columns of a table, and its head, whose titles put rows in order. */
import { h } from "../../ui/dom.ts";
import type { Order, SortValue } from "./arrange.ts";

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  readonly hint?: string;
  readonly isNumber?: boolean;
  /** Of a windowed table; the column without one takes what is left. */
  readonly rem?: number;
  /** Left out where the screen is narrow. */
  readonly isExtra?: boolean;
  readonly sort?: (row: T) => SortValue;
  cell(row: T): Node | string;
}

export interface Shown<T> {
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly order: Order | null;
  readonly label: string;
  readonly empty: string;
}

export const cellAttrs = <T>({ isNumber, isExtra }: Column<T>): Record<string, string> =>
  ({ "data-number": String(isNumber === true), "data-extra": String(isExtra === true) });

export function drawHead<T>(cols: HTMLElement, head: HTMLElement, { columns, order }: Shown<T>, sortBy: ((column: Column<T>) => void) | undefined): void {
  const focused = head.contains(document.activeElement) ? document.activeElement?.closest("th")?.dataset["column"] : undefined;
  cols.replaceChildren(...columns.map((column) => {
    const col = h("col", { attrs: { "data-extra": String(column.isExtra === true) } });
    if (column.rem !== undefined) col.style.width = `${column.rem}rem`;
    return col;
  }));
  head.replaceChildren(...columns.map((column) => {
    const title = column.sort !== undefined && sortBy !== undefined
      ? h("button", { text: column.title, attrs: { type: "button" }, on: { click: () => { sortBy(column); } } })
      : column.title;
    const th = h("th", { attrs: { role: "columnheader", scope: "col", "data-column": column.key, ...cellAttrs(column) } }, title);
    if (column.hint !== undefined) th.title = column.hint;
    if (order?.column === column.key) th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    return th;
  }));
  if (focused !== undefined) head.querySelector<HTMLElement>(`th[data-column="${focused}"] button`)?.focus();
}
