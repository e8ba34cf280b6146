/** A paper as it is read on a screen: the same words and figures as in its files, with the tables behind them to be opened. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { figureOf } from "./chart.ts";
import type { Block, Cell, Column, Mark, Paper, Sheet, Span } from "./view.ts";

const SIGNS: Readonly<Record<Mark, string>> = { better: "▲", worse: "▼", met: "✓", missed: "✗", approximate: "≈", nodata: "" };
/** Rows of a sheet that a page shows; its files have all. */
const ROWS = 200;

/** A cell's words and its mark's, which is not said twice. Pure. */
export function cellWords(lang: Lang, { text, mark }: Cell): string {
  if (mark === null) return text;
  // A dash could be taken for nought.
  if (mark === "nodata") return /^[—–\- ]*$/.test(text) ? catalogue(lang).briefing.noData : text;
  const word = catalogue(lang).briefing.marks[mark];
  return text.toLowerCase() === word ? `${SIGNS[mark]} ${word}` : `${text} ${SIGNS[mark]} ${word}`;
}

/** Leads to a sheet or a heading of this very page: an address of ours stands after the `#`, so that it is scrolled to. */
function follow(root: HTMLElement, link: string): void {
  const [kind, name] = link.startsWith("sheet:") ? ["sheet", link.slice(6)] as const : ["anchor", link.slice(1)] as const;
  const all = root.querySelectorAll<HTMLElement>(`[data-${kind}]`);
  const found = [...all].find((one) => one.dataset[kind] === name);
  if (found === undefined) return;
  if (found instanceof HTMLDetailsElement) found.open = true;
  found.scrollIntoView({ block: "start" });
  found.focus({ preventScroll: true });
}

export function paperOf(root: HTMLElement, lang: Lang, paper: Paper): HTMLElement[] {
  const words = (spans: readonly Span[]): Node[] => spans.map(({ text, strong, link }) => {
    const isInner = link !== null && (link.startsWith("#") || link.startsWith("sheet:"));
    if (isInner) return h("button", { class: "paper-link", text, attrs: { type: "button" }, on: { click: () => { follow(root, link); } } });
    return strong ? h("strong", { text }) : document.createTextNode(text);
  });
  const table = (caption: string | null, columns: readonly Column[], rows: readonly (readonly Cell[])[]): HTMLElement => {
    const side = (at: number): Readonly<Record<string, string>> => (columns[at]?.align === "right" ? { class: "is-number" } : {});
    const head = h("tr", {}, ...columns.map(({ title }, at) => h("th", { text: title, attrs: { scope: "col", ...side(at) } })));
    const body = rows.map((row) => h("tr", {}, ...row.map((cell, at) => {
      const attrs = { ...side(at), ...(cell.mark === null ? {} : { "data-mark": cell.mark }) };
      return at === 0 ? h("th", { text: cellWords(lang, cell), attrs: { scope: "row", ...attrs } }) : h("td", { text: cellWords(lang, cell), attrs });
    })));
    return h("div", { class: "paper-table" }, h("table", {}, caption === null ? null : h("caption", { text: caption }), h("thead", {}, head), h("tbody", {}, ...body)));
  };
  const drawn = (block: Block): HTMLElement => {
    switch (block.kind) {
      case "heading":
        return h(block.level === 1 ? "h2" : "h3", { text: block.text, attrs: { "data-anchor": block.anchor, tabindex: "-1" } });
      case "paragraph":
        return h("p", {}, ...words(block.spans));
      case "list":
        return h(block.ordered ? "ol" : "ul", {}, ...block.items.map((item) => h("li", {}, ...words(item))));
      case "table":
        return table(block.caption, block.columns, block.rows);
      case "chart":
        return figureOf(block);
      case "note":
        return h("p", { class: "paper-note" }, ...words(block.spans));
    }
  };
  const sheet = ({ name, title, definitions, query, columns, rows }: Sheet): HTMLElement => {
    const node = h("details", { class: "paper-sheet", attrs: { "data-sheet": name, tabindex: "-1" } }, h("summary", { text: title }));
    // A week has thousands of rows: they are drawn when they are asked for.
    node.addEventListener("toggle", () => {
      if (!node.open || node.childElementCount > 1) return;
      const t = catalogue(lang).briefing;
      node.append(
        h("ul", {}, ...definitions.map((text) => h("li", { text }))),
        h("p", {}, h("span", { class: "quiet", text: `${t.query}: ` }), h("code", { text: query })),
        table(null, columns, rows.slice(0, ROWS)),
        ...(rows.length > ROWS ? [h("p", { class: "quiet", text: t.more(String(rows.length - ROWS)) })] : []));
    });
    return node;
  };
  const t = catalogue(lang).briefing;
  return [
    h("p", { class: "paper-subject", text: paper.subject }),
    ...paper.blocks.map(drawn),
    h("h2", { text: t.behind }),
    ...paper.sheets.map(sheet),
    ...paper.fine_print.map((text) => h("p", { class: "quiet", text })),
  ];
}
