/** A plain table of text cells, kept in step by key: the panel's services, counters, boards and figures. */
import { KeyedRows, h, setAttr, setText } from "../../../ui/dom.ts";

export interface TableRow {
  readonly key: string;
  /** The first cell names the row. */
  readonly cells: readonly string[];
  readonly data?: Readonly<Record<string, string>>;
}

export interface Table {
  readonly node: HTMLTableElement;
  update(caption: string, heads: readonly string[], rows: readonly TableRow[]): void;
}

export function table(testid: string, rowTestid: string): Table {
  const caption = h("caption", { class: "hidden-title" });
  const headRow = h("tr");
  const body = h("tbody");
  const node = h("table", { class: "table", attrs: { "data-testid": testid } }, caption, h("thead", {}, headRow), body);

  const fillRow = (row: HTMLElement, texts: readonly string[], head: boolean): void => {
    while (row.children.length > texts.length) row.lastElementChild?.remove();
    texts.forEach((text, i) => {
      // Over the rows' names there may be nothing to say: a corner is no heading.
      const named = head ? text !== "" : i === 0;
      const cell = row.children[i] ?? row.appendChild(h(named ? "th" : "td", named ? { attrs: { scope: head ? "col" : "row" } } : {}));
      setText(cell, text);
    });
  };
  const rows = new KeyedRows<TableRow>(body, (row) => row.key, () => {
    const line = h("tr", { attrs: { "data-testid": rowTestid } });
    return {
      node: line,
      update({ cells, data }) {
        fillRow(line, cells, false);
        for (const [name, value] of Object.entries(data ?? {})) setAttr(line, `data-${name}`, value);
        setAttr(line.children[0] ?? line, "title", cells[0] ?? null);
      },
    };
  });
  return {
    node,
    update(captionText, heads, items) {
      setText(caption, captionText);
      fillRow(headRow, heads, true);
      rows.update(items);
    },
  };
}
