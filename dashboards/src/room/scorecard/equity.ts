/** Town beside country, and how far points lie apart. */
import { catalogue } from "../../i18n/index.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, minutes, percent } from "../../i18n/format.ts";
import { marked } from "../../guide/button.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { intervalBar } from "../pages/interval.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import type { Side } from "../pages/view.ts";
import type { Part } from "./state.ts";
import type { Equity, Spread } from "./view.ts";

interface Figure {
  readonly key: string;
  readonly name: string;
  readonly of: (side: Side) => number | null;
  readonly words: (value: number | null) => string;
  readonly gap: ((difference: number) => string) | null;
  readonly spread: Spread | null;
  /** The end of the scale. */
  readonly most: number;
}

const signed = (value: number, words: (size: number) => string): string => `${value < 0 ? "−" : "+"}${words(Math.abs(value))}`;

function figures(lang: Lang, t: Catalogue["scorecard"], equity: Equity): Figure[] {
  const share = (value: number | null): string => percent(lang, value, 2);
  const shareGap = (value: number): string => signed(value, (size) => t.percentPoints(decimal(lang, 100 * size, 2)));
  const wait = (value: number | null): string => (value === null ? NONE : t.inMinutes(minutes(lang, value)));
  const number = (value: number | null): string => count(lang, value);
  return [
    { key: "points", name: t.pointCount, of: ({ points }) => points, words: number, gap: null, spread: null, most: 1 },
    { key: "visits", name: t.visits, of: ({ visits }) => visits, words: number, gap: null, spread: null, most: 1 },
    { key: "wait", name: t.wait, of: ({ mean_wait_s: mean }) => mean, words: wait, gap: (value) => signed(value, wait), spread: equity.wait, most: Math.max(900, equity.wait.p90 ?? 0) },
    { key: "on_time", name: t.onTime, of: ({ on_time: kept }) => kept, words: share, gap: shareGap, spread: equity.on_time, most: 1 },
    { key: "satisfied", name: t.satisfied, of: ({ satisfied }) => satisfied, words: share, gap: shareGap, spread: equity.satisfied, most: 1 },
  ];
}

function columns(lang: Lang, { urban, rural }: Equity): Column<Figure>[] {
  const t = catalogue(lang).scorecard;
  const gap = ({ of, gap: words }: Figure): string => {
    const [town, country] = [of(urban), of(rural)];
    return words === null || town === null || country === null ? NONE : words(country - town);
  };
  const spread = ({ spread: one, words, most }: Figure): Node | string => {
    if (one === null) return "";
    const text = t.spreadOf(words(one.p10), words(one.p50), words(one.p90));
    return h("div", { class: "spread" }, intervalBar({ low: one.p10, mid: one.p50, high: one.p90 }, most, text),
      h("span", { class: "spread-words", text: one.p50 === null ? NONE : text }), h("span", { class: "cell-note", text: t.spreadPoints(count(lang, one.points)) }));
  };
  return [
    { key: "name", title: t.figure, cell: ({ name }) => name },
    { key: "urban", title: t.urban, isNumber: true, cell: ({ of, words }) => words(of(urban)) },
    { key: "rural", title: t.rural, isNumber: true, cell: ({ of, words }) => words(of(rural)) },
    { key: "gap", title: t.gap, hint: t.gapHint, isNumber: true, cell: gap },
    { key: "spread", title: t.spread, hint: t.spreadHint, cell: spread },
  ];
}

export function equity(): Part {
  const title = h("h2");
  const note = h("p", { class: "quiet" });
  const table = new Table<Figure>({ testid: "equity", isWindowed: false, key: ({ key }) => key });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "equity-part" } }, h("div", { class: "part-line" }, marked(title, "town_country")), note, table.node);
  const changes = new Changes();
  return {
    node,
    update({ lang, view, card }) {
      const known = view.show === "equity" ? card.value?.equity : undefined;
      show(node, known !== undefined);
      if (known === undefined || !changes.of(lang, known)) return;
      const t = catalogue(lang).scorecard;
      setText(title, t.equity);
      setText(note, t.equityNote);
      table.update({ columns: columns(lang, known), rows: figures(lang, t, known), order: null, label: t.equity, empty: "" });
    },
  };
}
