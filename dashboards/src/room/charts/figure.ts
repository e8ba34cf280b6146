/** A chart with what belongs to every chart: its title, what is to be known of it, its values as a table, and its files. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { chartFiles } from "./files.ts";
import type { Taken } from "./files.ts";
import type { Cell } from "../pages/csv.ts";

/** The same values that are drawn: as machines read them, and as people do. */
export interface Values {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How a cell is said; a cell without a value is a dash. */
  readonly say: (cell: Cell, column: number) => string;
}

export interface Charted extends Taken {
  readonly note: string;
  readonly values: Values;
  /** Draws it at a width. */
  draw(width: number): SVGElement;
}

export interface ChartFigure {
  readonly node: HTMLElement;
  /** Where the chart is; what lies over it is put here. */
  readonly box: HTMLElement;
  readonly drawn: SVGElement | null;
  update(lang: Lang, charted: Charted | null): void;
}

const tableOf = ({ head, rows, say }: Values, title: string): HTMLElement => h("table", { class: "table chart-table" },
  h("caption", { class: "hidden-title", text: title }),
  h("thead", {}, h("tr", {}, ...head.map((text) => h("th", { text, attrs: { scope: "col" } })))),
  h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell, i) => (i === 0 ? h("th", { text: say(cell, i), attrs: { scope: "row" } }) : h("td", { text: say(cell, i) })))))));

/** `drawnNow` is told whenever the chart has been drawn anew. */
export function chartFigure(testid: string, drawnNow: () => void = () => undefined, heading: "h2" | "h3" = "h2"): ChartFigure {
  const [title, note] = [h(heading), h("p", { class: "quiet chart-note" })];
  const box = h("div", { class: "chart-area" });
  const tableTitle = h("summary");
  // It scrolls sideways and down: with the keyboard too.
  const tableBox = h("div", { class: "chart-table-box", attrs: { tabindex: "0", role: "group" } });
  const values = h("details", { class: "chart-values", attrs: { "data-testid": `${testid}-values` }, on: { toggle: () => { fill(); } } }, tableTitle, tableBox);
  let now: { readonly lang: Lang; readonly charted: Charted } | null = null;
  let drawn: SVGElement | null = null;
  let width = 0;
  let filled: Charted | null = null;

  const files = chartFiles(testid, () => drawn);
  const node = h("section", { class: heading === "h2" ? "page-part chart-figure" : "sub-part chart-figure", attrs: { "data-testid": testid } }, h("div", { class: "chart-head" }, title, files.node), note, box, values);

  // Thousands of cells are made when somebody wants to read them.
  const fill = (): void => {
    if (!values.open || now === null || filled === now.charted) return;
    filled = now.charted;
    tableBox.replaceChildren(tableOf(now.charted.values, now.charted.title));
  };
  const draw = (): void => {
    if (now === null || width <= 0) return;
    drawn = now.charted.draw(width);
    box.replaceChildren(drawn);
    drawnNow();
  };
  new ResizeObserver((entries) => {
    const next = Math.floor(entries.at(-1)?.contentRect.width ?? 0);
    if (next === width) return;
    width = next;
    draw();
  }).observe(box);

  return {
    node,
    box,
    get drawn() {
      return drawn;
    },
    update(lang, charted) {
      show(node, charted !== null);
      if (charted === null) {
        now = null;
        return;
      }
      if (now?.charted === charted && now.lang === lang) return;
      now = { lang, charted };
      const t = catalogue(lang).charts;
      setText(title, charted.title);
      setText(note, charted.note);
      setText(tableTitle, t.values);
      setAttr(tableBox, "aria-label", `${t.values}: ${charted.title}`);
      files.update(lang, charted);
      draw();
      fill();
    },
  };
}
