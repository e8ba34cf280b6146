/** A small table of figures beside the map: its first column names the row, the others are numbers. */
import { h } from "../../../ui/dom.ts";

interface FigureTable {
  readonly testid: string;
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** In a box that moves sideways, by the keyboard too, where there is no room for it. */
export function figureTable({ testid, caption, heads, rows }: FigureTable): HTMLElement {
  const head = h("tr", {}, ...heads.map((text) => h("th", { text, attrs: { scope: "col" } })));
  const body = rows.map(([name = "", ...values]) => h("tr", {}, h("th", { text: name, attrs: { scope: "row" } }), ...values.map((text) => h("td", { text }))));
  return h("div", { class: "timetable-box", attrs: { tabindex: "0", role: "region", "aria-label": caption } },
    h("table", { class: "figure-table", attrs: { "data-testid": testid } }, h("caption", { text: caption }), h("thead", {}, head), h("tbody", {}, ...body)));
}
