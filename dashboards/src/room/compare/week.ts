/** One point's week: a cell for each weekday and hour, with its figure and its sample in it; without a sample it is hatched. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count } from "../../i18n/format.ts";
import { h, setText, show, svg } from "../../ui/dom.ts";
import { hatch, picture, rectAt, textAt, told } from "../charts/draw.ts";
import { chartFigure } from "../charts/figure.ts";
import type { Charted } from "../charts/figure.ts";
import { Changes } from "../pages/changes.ts";
import { FEW, FIGURE, cellsOf, classOf, classesOf, drawnOf, hourRange, hoursAsked, ofWeek, valueOf } from "./model.ts";
import type { Cell } from "./model.ts";
import { hasHours, isWhole } from "./multiples.ts";
import type { Actions, PageState, Part } from "./state.ts";
import { cellOf, goalOf, nameOf, said, sampled, sayCell, short, sourceOf, titled } from "./words.ts";

const ROW = 40;
const HEAD = 20;
const KEY = 34;
const MOST_WIDE = 96;

const keyWords = (lang: Lang, bounds: readonly number[], at: number, unit: string): string => {
  const [low, high] = [bounds[at - 2], bounds[at - 1]].map((bound) => (bound === undefined ? undefined : count(lang, bound)));
  return `${low === undefined ? `≤ ${high ?? ""}` : high === undefined ? `> ${low}` : `${low}–${high}`}${unit}`;
};

function draw(state: PageState, site: string, cells: readonly Cell[], range: readonly number[], width: number): SVGElement {
  const { lang, view: { figure }, places } = state;
  const { compare: t, noData } = catalogue(lang);
  const days = [0, 1, 2, 3, 4, 5, 6].filter((day) => day < 5 || cells.some(({ weekday }) => weekday === day));
  const isNarrow = width < 640;
  const left = isNarrow ? 28 : 72;
  const each = Math.min(MOST_WIDE, (width - left) / Math.max(1, range.length));
  const bounds = classesOf(figure, goalOf(state));
  const none = hatch("none");
  const boxes = days.flatMap((day, row) => range.map((hour, column) => {
    const [x, y] = [left + column * each, HEAD + row * ROW];
    const measured = ofWeek(cells, day, hour);
    const value = valueOf(measured);
    const words = `${t.weekdays[day] ?? ""}, ${t.hour(String(hour))}: ${said(lang, figure, value)}, ${sampled(lang, measured.n)}`;
    if (value === null) return told(svg("g", { "data-cell": `${day}-${hour}`, "data-n": "0" }, rectAt(x, y, each - 2, ROW - 2, { fill: isWhole(state) ? none.fill : "none" })), isWhole(state) ? words : "");
    const heat = classOf(bounds, drawnOf(figure, value));
    const on = heat > 3 ? "chart-on-heat-5" : "chart-on-heat";
    return told(svg("g", { "data-cell": `${day}-${hour}`, "data-n": String(measured.n) },
      rectAt(x, y, each - 2, ROW - 2, { class: `chart-heat-${heat}` }),
      ...(measured.n < FEW ? [rectAt(x + 1.5, y + 1.5, each - 5, ROW - 5, { class: heat > 3 ? "chart-few is-strong" : "chart-few" })] : []),
      textAt(x + each / 2 - 1, y + 17, short(lang, figure, value), { class: on, "text-anchor": "middle", "font-size": isNarrow ? "10" : "13" }),
      textAt(x + each / 2 - 1, y + 31, isNarrow ? count(lang, measured.n) : sampled(lang, measured.n), { class: on, "text-anchor": "middle", "font-size": isNarrow ? "8" : "10" })), words);
  }));
  const names = days.map((day, row) => textAt(left - 6, HEAD + row * ROW + ROW / 2 + 3, (isNarrow ? t.weekdaysShort : t.weekdays)[day] ?? "", { class: "chart-words", "text-anchor": "end" }));
  const hours = range.map((hour, column) => textAt(left + column * each + each / 2 - 1, 13, isNarrow ? String(hour) : t.hour(String(hour)), { "text-anchor": "middle" }));
  const foot = HEAD + days.length * ROW + 8;
  const unit = FIGURE[figure].unit === "share" ? "%" : "";
  const step = Math.min(96, (width - 4) / 6);
  const key = [1, 2, 3, 4, 5].flatMap((heat) => {
    const x = (heat - 1) * step;
    return [rectAt(x, foot, step - 2, 18, { class: `chart-heat-${heat}` }), textAt(x + step / 2 - 1, foot + 13, keyWords(lang, bounds, heat, unit), { class: heat > 3 ? "chart-on-heat-5" : "chart-on-heat", "text-anchor": "middle" })];
  });
  key.push(rectAt(5 * step, foot, 22, 18, { fill: none.fill }), textAt(5 * step + 27, foot + 13, isNarrow ? NONE : noData));
  const height = foot + KEY;
  return picture({ width, height, title: titled(state, "week", places.names.short(site)), text: t.weekText(places.names.short(site)), testid: "week-picture" }, none.defs, ...names, ...hours, ...boxes, ...key);
}

function charted(state: PageState, site: string): Charted {
  const { lang, view: { figure }, places } = state;
  const t = catalogue(lang).compare;
  const hours = hoursAsked(state);
  const [range, cells] = [hourRange(hours), cellsOf(state, site, hours)];
  return {
    title: titled(state, "week", places.names.short(site)), note: t.weekNote[FIGURE[figure].unit], source: sourceOf(state), name: nameOf(state, "week", site),
    values: {
      head: [t.columns.weekday, t.columns.hour, t.columns.value[FIGURE[figure].unit], t.columns.sample],
      rows: t.weekdays.flatMap((name, day) => range.map((hour) => {
        const measured = ofWeek(cells, day, hour);
        return [name, hour, cellOf(figure, valueOf(measured)), measured.n];
      })),
      say: (cell, column) => (column === 0 ? String(cell ?? NONE) : column === 1 ? t.hour(String(cell)) : column === 3 ? count(lang, Number(cell)) : sayCell(lang, figure, cell)),
    },
    draw: (width) => draw(state, site, cells, range, width),
  };
}

export function week(actions: Actions): Part {
  const figure = chartFigure("week");
  const name = h("span", { class: "tool-name" });
  const select = h("select", { attrs: { "data-testid": "week-site" }, on: { change: () => { actions.go((view) => ({ ...view, key: select.value })); } } });
  const tool = h("label", { class: "tool" }, name, select);
  figure.box.before(tool);
  const [changes, ofChoice] = [new Changes(), new Changes()];
  let made: Charted | null = null;
  return {
    node: figure.node,
    update(state) {
      const { lang, view, spans, places, targets } = state;
      const site = view.key !== "" ? view.key : (view.sites[0] ?? "");
      if (!hasHours(state) || site === "") made = null;
      else if (changes.of(lang, view, spans, places, targets) || made === null) made = charted(state, site);
      show(tool, view.sites.length > 1);
      setText(name, catalogue(lang).compare.weekOf);
      if (ofChoice.of(lang, places, view.sites.join(), site)) {
        select.replaceChildren(...view.sites.map((one) => h("option", { text: places.names.short(one), attrs: { value: one } })));
        select.value = site;
      }
      figure.update(lang, made);
    },
  };
}
