/** How a figure of the comparison is said, and what stands under each of its charts. Pure. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, moment, percent } from "../../i18n/format.ts";
import { dayText } from "../pages/days.ts";
import { fileStem } from "../pages/csv.ts";
import { FIGURE } from "./model.ts";
import { inForce } from "./state.ts";
import type { FigureKey, PageState } from "./state.ts";

/** Without a unit: `12,3` minutes, `45%`. */
export const short = (lang: Lang, key: FigureKey, value: number | null): string =>
  (value === null ? NONE : FIGURE[key].unit === "minutes" ? decimal(lang, value / 60) : percent(lang, value, 0));

export function said(lang: Lang, key: FigureKey, value: number | null): string {
  const { noData, unitMinutes } = catalogue(lang);
  if (value === null) return noData;
  return FIGURE[key].unit === "minutes" ? `${short(lang, key, value)} ${unitMinutes}` : short(lang, key, value);
}

/** A target is a round number, and is said as one. */
export const goalWords = (lang: Lang, key: FigureKey, goal: number): string =>
  (FIGURE[key].unit === "minutes" && goal % 60 === 0 ? `${count(lang, goal / 60)} ${catalogue(lang).unitMinutes}` : said(lang, key, goal));

export const goalOf = ({ view, targets }: PageState): number | null => (targets === null ? null : FIGURE[view.figure].target(targets));

export const sampled = (lang: Lang, n: number): string => catalogue(lang).sample(count(lang, n));

export function daysWords(state: PageState): string {
  const days = inForce(state);
  if (days === null) return "";
  return days.from === days.to ? dayText(days.from) : `${dayText(days.from)} – ${dayText(days.to)}`;
}

export function titled(state: PageState, chart: "ranking" | "hours" | "week", more = ""): string {
  const { lang, view } = state;
  const t = catalogue(lang).compare;
  return [t.figures[view.figure], t.charts[chart], more, daysWords(state)].filter((one) => one !== "").join(", ");
}

/** What goes along with every file. */
export function sourceOf({ lang, view, asOf, simulated }: PageState): string {
  const { compare: t, charts, asOf: complete } = catalogue(lang);
  return charts.source(t.sources[FIGURE[view.figure].family === "ratings" ? "ratings" : "visits"], complete(moment(lang, asOf)), simulated);
}

export function nameOf(state: PageState, chart: string, site = ""): string {
  const days = inForce(state);
  return fileStem("compare", chart, site, state.view.figure, days?.from ?? "", days?.to ?? "", state.simulated);
}

/** A value as machines read it: minutes or a share, rounded to what is meant. */
export const cellOf = (key: FigureKey, value: number | null): number | null =>
  (value === null ? null : FIGURE[key].unit === "minutes" ? Math.round(value / 6) / 10 : Math.round(value * 1000) / 1000);

export const sayCell = (lang: Lang, key: FigureKey, cell: unknown): string =>
  (typeof cell !== "number" ? NONE : FIGURE[key].unit === "minutes" ? decimal(lang, cell) : percent(lang, cell));
