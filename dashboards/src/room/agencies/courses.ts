/** The tables of a process: its arrows, its courses, and what was done again. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, percent } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import type { Column, Table } from "../pages/table.ts";
import { activityWords, duration } from "./model.ts";
import { figures } from "./part.ts";
import type { Activity, Edge, Graph, Variant } from "./view.ts";

interface Told {
  readonly node: HTMLElement;
  update(lang: Lang, graph: Graph): void;
}

const WAY = " → ";

function titled<T>(table: Table<T>, columns: (lang: Lang) => Column<T>[], rows: (graph: Graph) => readonly T[], words: (lang: Lang, graph: Graph) => { title: string; note: string; empty: string }, testid: string): Told {
  const [title, note] = [h("h3"), h("p", { class: "quiet" })];
  const node = h("section", { class: "sub-part", attrs: { "data-testid": testid } }, title, note, table.node);
  const [ofColumns, ofRows] = [new Changes(), new Changes()];
  let made: Column<T>[] = [];
  let shown: readonly T[] = [];
  return {
    node,
    update(lang, graph) {
      if (ofColumns.of(lang)) made = columns(lang);
      if (ofRows.of(graph)) shown = rows(graph);
      const { title: name, note: said, empty } = words(lang, graph);
      setText(title, name);
      setText(note, said);
      show(note, said !== "");
      table.update({ columns: made, rows: shown, order: null, label: name, empty });
    },
  };
}

export const variants = (): Told => titled<Variant>(
  figures("variants", ({ activities }) => activities.join(WAY)),
  (lang) => {
    const t = catalogue(lang).agencyPage;
    return [
      { key: "share", title: t.variantShare, isNumber: true, cell: ({ share }) => percent(lang, share) },
      { key: "dossiers", title: t.dossiers, isNumber: true, cell: ({ dossiers }) => count(lang, dossiers) },
      { key: "median", title: t.median, isNumber: true, cell: ({ median_hours }) => duration(lang, median_hours) },
      { key: "course", title: t.variant, cell: ({ activities }) => activities.map((one) => activityWords(lang, one)).join(WAY) },
    ];
  },
  (graph) => graph.variants,
  (lang, { other_courses: others }) => {
    const t = catalogue(lang).agencyPage;
    return { title: t.variants, note: others > 0 ? t.otherCourses(count(lang, others)) : "", empty: t.noProcess };
  },
  "variants-part");

export const rework = (): Told => titled<Activity>(
  figures("rework", ({ activity }) => activity),
  (lang) => {
    const t = catalogue(lang).agencyPage;
    return [
      { key: "activity", title: t.activity, cell: ({ activity }) => activityWords(lang, activity) },
      { key: "repeated", title: t.repeatedIn, isNumber: true, cell: ({ repeated_in }) => count(lang, repeated_in) },
      { key: "share", title: t.repeatedShare, isNumber: true, cell: ({ repeated_in, dossiers }) => percent(lang, dossiers === 0 ? null : repeated_in / dossiers) },
      { key: "times", title: t.times2, isNumber: true, cell: (one) => count(lang, one.count) },
    ];
  },
  ({ activities }) => activities.filter(({ repeated_in }) => repeated_in > 0).sort((a, b) => b.repeated_in - a.repeated_in),
  (lang, { reworked, dossiers }) => {
    const t = catalogue(lang).agencyPage;
    return { title: t.rework, note: reworked > 0 ? t.reworkHint(count(lang, reworked), percent(lang, reworked / dossiers)) : "", empty: t.noRework };
  },
  "rework-part");

export const arrows = (): Table<Edge> => figures("edges", ({ from, to }) => `${from}${WAY}${to}`);

export function arrowColumns(lang: Lang): Column<Edge>[] {
  const t = catalogue(lang).agencyPage;
  return [
    { key: "from", title: t.edgeFrom, cell: ({ from }) => activityWords(lang, from) },
    { key: "to", title: t.edgeTo, cell: ({ to }) => activityWords(lang, to) },
    { key: "times", title: t.times2, isNumber: true, cell: (edge) => count(lang, edge.count) },
    { key: "median", title: t.median, isNumber: true, cell: ({ median_hours }) => duration(lang, median_hours) },
    { key: "p90", title: t.p90, isNumber: true, cell: ({ p90_hours }) => duration(lang, p90_hours) },
  ];
}
