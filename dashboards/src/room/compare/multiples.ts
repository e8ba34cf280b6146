/** A small chart for each point, by the hour of the day, all on one scale. */
import { catalogue } from "../../i18n/index.ts";
import { NONE, count } from "../../i18n/format.ts";
import { svg } from "../../ui/dom.ts";
import { dotAt, hatch, lineAt, picture, rectAt, textAt, told } from "../charts/draw.ts";
import { chartFigure } from "../charts/figure.ts";
import type { Charted } from "../charts/figure.ts";
import { linear, pathOf, topOf } from "../charts/scale.ts";
import { Changes } from "../pages/changes.ts";
import { FEW, FIGURE, cellsOf, drawnOf, hourRange, hoursAsked, ofHour, together, valueOf } from "./model.ts";
import type { Cell, Measured } from "./model.ts";
import { cut } from "./ranking.ts";
import type { PageState, Part } from "./state.ts";
import { cellOf, goalOf, goalWords, nameOf, said, sampled, sayCell, sourceOf, titled } from "./words.ts";

const LEAST = 210;
const HEIGHT = 118;
const HEAD = 20;
const FOOT = 26;
const GAP = 22;
const AXIS = 34;

export interface Small {
  readonly site: string;
  readonly all: Measured;
  readonly hours: readonly { readonly hour: number; readonly measured: Measured }[];
}

/** Pure. */
export const smallOf = (site: string, cells: readonly Cell[], range: readonly number[]): Small =>
  ({ site, all: together(cells), hours: range.map((hour) => ({ hour, measured: ofHour(cells, hour) })) });

/** Runs of hours that were measured, one after another. */
export function runsOfHours(hours: Small["hours"]): { readonly at: number; readonly value: number }[][] {
  const runs: { at: number; value: number }[][] = [[]];
  for (const { hour, measured } of hours) {
    const value = valueOf(measured);
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ at: hour, value });
  }
  return runs.filter((run) => run.length > 0);
}

function draw(state: PageState, smalls: readonly Small[], range: readonly number[], width: number): SVGElement {
  const { lang, view: { figure }, places } = state;
  const { compare: t, noData } = catalogue(lang);
  const goal = goalOf(state);
  const columns = Math.max(1, Math.min(smalls.length, 4, Math.floor((width + GAP) / (LEAST + GAP))));
  const each = Math.min(460, (width - (columns - 1) * GAP) / columns);
  const rows = Math.ceil(smalls.length / columns);
  const values = smalls.flatMap(({ hours }) => hours.map(({ measured }) => valueOf(measured))).map((value) => ({ at: 0, value: value === null ? null : drawnOf(figure, value) }));
  const isShare = FIGURE[figure].unit === "share";
  const most = figure === "satisfied" ? 100 : Math.min(isShare ? 100 : Infinity, topOf(values, goal === null ? null : drawnOf(figure, goal)));
  const none = hatch("none");
  const [first = 0, last = 0] = [range[0], range.at(-1)];
  const panels = smalls.map(({ site, all, hours }, i) => {
    const [left, top] = [(i % columns) * (each + GAP), Math.floor(i / columns) * (HEAD + HEIGHT + FOOT)];
    const [begin, end, floor] = [left + AXIS, left + each - 6, top + HEAD + HEIGHT];
    const x = linear(first, last + 1, begin, end);
    const scale = linear(0, most, floor, top + HEAD + 8);
    const y = (value: number): number => scale(drawnOf(figure, value));
    const name = places.names.short(site);
    const n = sampled(lang, all.n);
    const parts = [
      textAt(left, top + 13, cut(name, each - n.length * 6 - 10), { class: "chart-lane" }), textAt(end, top + 13, n, { "text-anchor": "end" }),
      lineAt(begin, floor, end, floor, "chart-floor"), textAt(begin - 5, floor, "0", { "text-anchor": "end" }),
      textAt(begin - 5, top + HEAD + 12, isShare ? `${count(lang, most)}%` : count(lang, most), { "text-anchor": "end" }),
      // A name at each third hour, and at the last.
      ...range.filter((hour) => (hour - first) % 3 === 0).map((hour) => textAt(x(hour + 0.5), floor + 14, t.hour(String(hour)), { "text-anchor": "middle" })),
    ];
    if (goal !== null) parts.push(lineAt(begin, y(goal), end, y(goal), "chart-limit"));
    if (goal !== null && i === 0) parts.push(textAt(end, y(goal) < top + HEAD + 24 ? y(goal) + 13 : y(goal) - 4, t.target(goalWords(lang, figure, goal)), { class: "chart-limit-label", "text-anchor": "end" }));
    // While hours come in, nothing is said to be without data.
    if (all.n === 0 && isWhole(state)) parts.push(rectAt(begin, top + HEAD, end - begin, HEIGHT, { fill: none.fill }), textAt((begin + end) / 2, top + HEAD + HEIGHT / 2, noData, { class: "chart-label", "text-anchor": "middle" }));
    for (const run of runsOfHours(hours)) if (run.length > 1) parts.push(svg("path", { class: "chart-line", d: pathOf(run.map(({ at, value }) => ({ at: at + 0.5, value })), x, y) }));
    for (const { hour, measured } of hours) {
      const value = valueOf(measured);
      if (value === null) continue;
      parts.push(told(dotAt(x(hour + 0.5), y(value), 3, measured.n < FEW ? "chart-dot is-few" : "chart-dot"), `${name}, ${t.hour(String(hour))}: ${said(lang, figure, value)}, ${sampled(lang, measured.n)}`));
    }
    return svg("g", { "data-small": site, "data-n": String(all.n) }, ...parts);
  });
  const text = smalls.map(({ site, all }) => `${places.names.short(site)} ${said(lang, figure, valueOf(all))}, ${sampled(lang, all.n)}`).join("; ");
  return picture({ width, height: rows * (HEAD + HEIGHT + FOOT), title: titled(state, "hours"), text, testid: "hours-picture" }, none.defs, ...panels);
}

function charted(state: PageState): Charted {
  const { lang, view: { figure, sites }, places } = state;
  const t = catalogue(lang).compare;
  const hours = hoursAsked(state);
  const range = hourRange(hours);
  const smalls = sites.map((site) => smallOf(site, cellsOf(state, site, hours), range));
  return {
    title: titled(state, "hours"), note: t.hoursNote, source: sourceOf(state), name: nameOf(state, "hours"),
    values: {
      head: [t.columns.site, t.columns.code, t.columns.hour, t.columns.value[FIGURE[figure].unit], t.columns.sample],
      rows: smalls.flatMap(({ site, hours: all }) => all.map(({ hour, measured }) => [places.names.site(site), site, hour, cellOf(figure, valueOf(measured)), measured.n])),
      say: (cell, column) => (column < 2 ? String(cell ?? NONE) : column === 2 ? t.hour(String(cell)) : column === 4 ? count(lang, Number(cell)) : sayCell(lang, figure, cell)),
    },
    draw: (width) => draw(state, smalls, range, width),
  };
}

/** Whether hours can be drawn: they are known, if not yet all. */
export const hasHours = ({ view, spans }: PageState): boolean => view.sites.length > 0 && spans.known > 0;

export const isWhole = ({ spans }: PageState): boolean => spans.known === spans.wanted;

export function multiples(): Part {
  const figure = chartFigure("hours");
  const changes = new Changes();
  let made: Charted | null = null;
  return {
    node: figure.node,
    update(state) {
      const { lang, view, spans, places, targets } = state;
      if (!hasHours(state)) made = null;
      else if (changes.of(lang, view, spans, places, targets) || made === null) made = charted(state);
      figure.update(lang, made);
    },
  };
}
