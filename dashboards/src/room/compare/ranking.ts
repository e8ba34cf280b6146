/** The points in order of the figure, the worst first: a dot each, what lies about it, its sample, and the target. */
import { catalogue } from "../../i18n/index.ts";
import { NONE, count } from "../../i18n/format.ts";
import { dotAt, lineAt, picture, textAt, told } from "../charts/draw.ts";
import { chartFigure } from "../charts/figure.ts";
import type { Charted } from "../charts/figure.ts";
import { linear, topOf, valuesTo } from "../charts/scale.ts";
import { rowsBySite } from "../charts/reports.ts";
import { Changes } from "../pages/changes.ts";
import { FEW, FIGURE, drawnOf, ranked } from "./model.ts";
import type { Ranked } from "./model.ts";
import type { PageState, Part } from "./state.ts";
import { cellOf, goalOf, goalWords, nameOf, said, sampled, sayCell, short, sourceOf, titled } from "./words.ts";

const ROW = 26;
const HEAD = 22;
const FOOT = 20;
const LETTER = 6.4;

export const cut = (words: string, width: number): string => {
  const most = Math.max(6, Math.floor(width / LETTER));
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
};

function draw(state: PageState, rows: readonly Ranked[], width: number): SVGElement {
  const { lang, view: { figure }, places } = state;
  const { compare: t, noData } = catalogue(lang);
  const goal = goalOf(state);
  const left = Math.min(230, width * 0.34);
  const right = width - 104;
  const [floor, height] = [HEAD + rows.length * ROW, HEAD + rows.length * ROW + FOOT];
  const isShare = FIGURE[figure].unit === "share";
  const values = rows.flatMap(({ value, high }) => [value, high]).map((value) => ({ at: 0, value: value === null ? null : drawnOf(figure, value) }));
  const most = figure === "satisfied" ? 100 : Math.min(isShare ? 100 : Infinity, topOf(values, goal === null ? null : drawnOf(figure, goal)));
  const scale = linear(0, most, left, right);
  const x = (value: number): number => scale(drawnOf(figure, value));
  const marks = rows.flatMap(({ site, value, n, low, high }, i): SVGElement[] => {
    const y = HEAD + (i + 0.5) * ROW;
    const name = textAt(left - 8, y + 4, cut(places.names.short(site), left - 8), { class: "chart-words", "text-anchor": "end" });
    const words = `${places.names.short(site)}: ${said(lang, figure, value)}, ${sampled(lang, n)}`;
    const track = lineAt(left, y, right, y, "chart-tick");
    if (value === null) return [told(name, words), track, textAt(left + 6, y + 4, noData)];
    return [
      told(name, words), track,
      ...(low === null || high === null ? [] : [lineAt(x(low), y, x(high), y, "chart-spread"), ...[low, high].map((one) => lineAt(x(one), y - 4, x(one), y + 4, "chart-spread"))]),
      told(dotAt(x(value), y, 5, n < FEW ? "chart-dot is-few" : "chart-dot"), words),
      textAt(right + 10, y + 4, short(lang, figure, value), { class: "chart-label" }), textAt(right + 48, y + 4, sampled(lang, n)),
    ];
  });
  const axis = valuesTo(most).flatMap((value) => [textAt(scale(value), floor + 14, isShare ? `${count(lang, value)}%` : Number.isInteger(value) ? count(lang, value) : String(value), { "text-anchor": "middle" }), lineAt(scale(value), HEAD, scale(value), floor, "chart-tick")]);
  const target = goal === null ? [] : [lineAt(x(goal), HEAD - 4, x(goal), floor, "chart-limit"), textAt(x(goal), HEAD - 8, t.target(goalWords(lang, figure, goal)), { class: "chart-limit-label", "text-anchor": x(goal) > right - 40 ? "end" : "middle" })];
  const text = rows.map(({ site, value, n }) => `${places.names.short(site)} ${said(lang, figure, value)}, ${sampled(lang, n)}`).join("; ");
  return picture({ width, height, title: titled(state, "ranking"), text, testid: "ranking-picture" }, ...axis, lineAt(left, floor, right, floor, "chart-floor"), ...marks, ...target);
}

function charted(state: PageState, rows: readonly Ranked[]): Charted {
  const { lang, view: { figure }, places } = state;
  const { compare: t } = catalogue(lang);
  return {
    title: titled(state, "ranking"), note: t.about[FIGURE[figure].about], source: sourceOf(state), name: nameOf(state, "ranking"),
    values: {
      head: [t.columns.site, t.columns.code, t.columns.value[FIGURE[figure].unit], t.columns.sample, t.columns.low[FIGURE[figure].about], t.columns.high[FIGURE[figure].about]],
      rows: rows.map(({ site, value, n, low, high }) => [places.names.site(site), site, cellOf(figure, value), n, cellOf(figure, low), cellOf(figure, high)]),
      say: (cell, column) => (column === 3 ? count(lang, Number(cell)) : column < 2 ? String(cell ?? NONE) : sayCell(lang, figure, cell)),
    },
    draw: (width) => draw(state, rows, width),
  };
}

export function ranking(): Part {
  const figure = chartFigure("ranking");
  const changes = new Changes();
  let made: Charted | null = null;
  return {
    node: figure.node,
    update(state) {
      const { lang, view, whole, places, targets, asOf } = state;
      if (view.sites.length === 0 || whole.value === null) made = null;
      else if (changes.of(lang, view, whole.value, places, targets, asOf) || made === null) made = charted(state, ranked(view.sites, rowsBySite(whole.value), view.figure));
      figure.update(lang, made);
    },
  };
}
