/** A list as a part of a page: its title, a field that finds, a file of it where there is one, and its table, in the order that is chosen. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { marked } from "../../guide/button.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { Finder, orderOf, sorted, textOf, turned } from "./arrange.ts";
import type { Order } from "./arrange.ts";
import type { FigureId } from "../../guide/table.ts";
import { Changes } from "./changes.ts";
import { Table } from "./table.ts";
import type { Column } from "./table.ts";

interface ListingOf<T> {
  readonly testid: string;
  readonly isWindowed: boolean;
  readonly key: (row: T) => string;
  /** What a row is found by. */
  readonly text: (row: T) => string;
  readonly sign?: (row: T) => string;
  readonly attrs?: (row: T) => Readonly<Record<string, string>>;
  readonly open?: (row: T) => void;
  /** What is found or the order is to change: it stands in the address. */
  readonly turn: (change: { readonly find: string } | { readonly sort: string }) => void;
  readonly file?: () => void;
  /** Figures of the list that are explained beside its title. */
  readonly explains?: readonly FigureId[];
  /** Stand beside the title. */
  readonly beside?: readonly HTMLElement[];
  /** Stand between the note and the table. */
  readonly above?: readonly HTMLElement[];
}

interface Listed<T> {
  readonly lang: Lang;
  readonly rows: readonly T[];
  /** New ones when names or words have changed. */
  readonly columns: readonly Column<T>[];
  readonly find: string;
  readonly sort: string;
  readonly title: string;
  readonly note: string;
  /** Where there are no rows at all. */
  readonly empty: string;
}

interface Listing<T> {
  readonly node: HTMLElement;
  readonly find: HTMLElement;
  update(listed: Listed<T>): void;
}

export function listing<T extends object>(of: ListingOf<T>): Listing<T> {
  const { testid, turn, text, explains = [], beside = [], above = [] } = of;
  let sort = "";
  const title = h("h2");
  const note = h("p", { class: "quiet" });
  const found = h("span", { class: "quiet", attrs: { role: "status", "data-testid": `${testid}-found` } });
  const find = h("input", { class: "part-find", attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": `${testid}-find` }, on: { input: () => { turn({ find: find.value }); } } });
  const file = of.file === undefined ? null : h("button", { class: "plain", attrs: { type: "button", "data-testid": `${testid}-csv` }, on: { click: of.file } });
  const table = new Table<T>({ ...of, sortBy: (column) => { turn({ sort: textOf(turned(orderOf(sort), column.key, column.isNumber === true)) }); } });
  const node = h("section", { class: "page-part", attrs: { "data-testid": `${testid}-part` } },
    h("div", { class: "part-line" }, explains.length === 0 ? title : marked(title, ...explains), find, found, file, ...beside), note, ...above, table.node);
  const finder = new Finder<T>(text);
  const [ofColumns, ofRows] = [new Changes(), new Changes()];
  let shown: { rows: readonly T[]; order: Order | null } = { rows: [], order: null };
  return {
    node,
    find,
    update(listed) {
      const t = catalogue(listed.lang).pages;
      ({ sort } = listed);
      const isNew = ofColumns.of(listed.columns);
      if (isNew) finder.forget();
      if (ofRows.of(listed.rows, listed.find, sort) || isNew) {
        const rows = finder.find(listed.rows, listed.find);
        const order = sort === "" ? null : orderOf(sort);
        const value = listed.columns.find(({ key }) => key === order?.column)?.sort;
        shown = { order, rows: order === null || value === undefined ? rows : sorted(rows, value, order.down) };
      }
      setText(title, listed.title);
      setText(note, listed.note);
      show(note, listed.note !== "");
      if (file !== null) setText(file, t.download);
      setText(found, t.found(count(listed.lang, shown.rows.length), count(listed.lang, listed.rows.length)));
      setAttr(find, "aria-label", t.findIn);
      setAttr(find, "placeholder", `${t.findIn} (${t.findKey})`);
      if (document.activeElement !== find) find.value = listed.find;
      table.update({ ...shown, columns: listed.columns, label: listed.title, empty: listed.rows.length === 0 ? listed.empty : t.noneFound });
    },
  };
}
