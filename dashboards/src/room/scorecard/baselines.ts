/** What is published of the city each year, beside our own figures, and what is entered of it. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, moment } from "../../i18n/format.ts";
import { marked } from "../../guide/button.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { field, form, needed, numberOf } from "../pages/form.ts";
import { Changes } from "../pages/changes.ts";
import { offered } from "../pages/choice.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Baseline } from "./view.ts";

function columns(lang: Lang): Column<Baseline>[] {
  const { scorecard: t, pages } = catalogue(lang);
  const from = ({ source, entered_at: at }: Baseline): Node => h("div", {},
    at === undefined ? source : pages.enteredFrom(source, moment(lang, at)),
    at === undefined ? h("span", { class: "cell-note", text: t.shipped }) : h("span", { class: "cell-note entered-mark", text: t.entered }));
  return [
    { key: "index", title: t.indexName, cell: ({ index }) => index },
    { key: "year", title: t.year, isNumber: true, cell: ({ year }) => String(year) },
    { key: "rank", title: t.cityRank, isNumber: true, cell: ({ rank }) => count(lang, rank) },
    { key: "value", title: t.indexValue, isNumber: true, cell: ({ value }) => (value === null ? NONE : decimal(lang, value, 2)) },
    { key: "source", title: t.from, cell: from },
  ];
}

/** By index, the newest year first; what is entered stands before what it may replace. */
export const inOrder = (rows: readonly Baseline[]): Baseline[] =>
  [...rows].sort((a, b) => a.index.localeCompare(b.index) || b.year - a.year || Number(b.entered_at !== undefined) - Number(a.entered_at !== undefined));

function entering({ lang }: PageState, known: readonly string[], actions: Actions): HTMLElement {
  const { scorecard: t, pages } = catalogue(lang);
  const [index, year] = [field(t.indexName, "baseline-index", false), field(t.year, "baseline-year", true)];
  const [rank, value, source] = [field(t.cityRank, "baseline-rank", true), field(t.indexValue, "baseline-value", true), field(pages.source, "baseline-source", false)];
  offered(index, "baseline-names", known.map((one) => [one, one] as const));
  return form(lang, {
    title: t.enterBaseline,
    testid: "baseline-form",
    path: "baselines",
    fields: [index.node, year.node, rank.node, value.node, source.node],
    body: () => {
      const [ranked, valued] = [numberOf(lang, rank), numberOf(lang, value)];
      return { index: index.input.value, year: needed(lang, year), ...(ranked === null ? {} : { rank: ranked }), ...(valued === null ? {} : { value: valued }), source: source.input.value };
    },
    saved: actions.reload,
  });
}

export function baselines(actions: Actions): Part {
  const title = h("h2");
  const note = h("p", { class: "quiet" });
  const table = new Table<Baseline>({ testid: "baselines", isWindowed: false, key: ({ index, year, entered_at: at }) => `${index} ${year} ${at ?? ""}`, attrs: ({ entered_at: at }) => ({ "data-entered": String(at !== undefined) }) });
  const summary = h("summary");
  const hint = h("p", { class: "quiet" });
  const box = h("div");
  const node = h("section", { class: "page-part", attrs: { "data-testid": "baselines-part" } }, h("div", { class: "part-line" }, marked(title, "baselines")), note, table.node,
    h("details", { class: "entry", attrs: { "data-testid": "baseline-entry" } }, summary, hint, box));
  const [changes, ofForm] = [new Changes(), new Changes()];
  return {
    node,
    update(state) {
      const { lang, view, baselines: asked } = state;
      show(node, view.show === "baselines" && asked.value !== null);
      if (view.show !== "baselines" || asked.value === null) return;
      const { rows } = asked.value;
      const t = catalogue(lang).scorecard;
      setText(title, t.baselines);
      setText(note, t.baselinesNote);
      setText(summary, t.enterBaseline);
      setText(hint, t.baselineHint);
      if (ofForm.of(lang)) box.replaceChildren(entering(state, [...new Set(rows.map(({ index }) => index))], actions));
      if (changes.of(lang, rows)) table.update({ columns: columns(lang), rows: inOrder(rows), order: null, label: t.baselines, empty: "" });
    },
  };
}
