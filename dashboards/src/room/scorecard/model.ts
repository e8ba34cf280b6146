/** What the page says of figures, as values. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { catalogue, wordFor } from "../../i18n/index.ts";
import { NONE, count, decimal, minutes, percent } from "../../i18n/format.ts";
import type { Places } from "../pages/places.ts";
import { shortName } from "../supervision/names.ts";
import type { Card, Metric, MetricScore, Productivity, Scorecard, Standing } from "./view.ts";

/** A whole score has one decimal: more would say more than its interval does. */
export const score = (lang: Lang, value: number | null): string => decimal(lang, value, 1);

export function cardName(lang: Lang, places: Places, { key, name }: Card): string {
  return name ?? places.names.agency(lang, key);
}

/** Without what all names of their kind begin with, which would push the telling part out of a narrow column. */
export const shortCardName = (lang: Lang, places: Places, card: Card): string => shortName({ id: card.key, name: cardName(lang, places, card) });

export const kindWord = (lang: Lang, { kind }: Card): string => {
  const t = catalogue(lang);
  return kind === null ? "" : wordFor({ ...t.kinds, ...t.scorecard.levels }, kind);
};

/** "3 (1–8)": a rank, and between which it may lie. */
export function rankWords(lang: Lang, { rank, rank_between: between }: Card): string {
  if (rank === null) return NONE;
  return between === null ? count(lang, rank) : `${count(lang, rank)} (${count(lang, between[0])}–${count(lang, between[1])})`;
}

/** A metric's value in its own measure; what was judged is its points. */
export function valueWords(lang: Lang, { measure }: Metric, { value }: MetricScore): string {
  if (value === null) return NONE;
  if (measure === "entered") return decimal(lang, value, 1);
  return "mean" in measure ? catalogue(lang).scorecard.inMinutes(minutes(lang, value)) : percent(lang, value);
}

/** The weight of each group as a share of all; equal where none is set. */
export function weightShares({ criteria, weights }: Scorecard): Map<string, number> {
  const of = (code: string): number => (weights === null ? 1 : (weights.value[code] ?? 0));
  const all = criteria.groups.reduce((sum, { code }) => sum + of(code), 0);
  return new Map(criteria.groups.map(({ code }) => [code, all > 0 ? of(code) / all : 0]));
}

/** Criteria that people judge, of those of a view. */
export const judged = ({ criteria, view }: Scorecard): Metric[] =>
  criteria.metrics.filter(({ measure, views }) => measure === "entered" && views.includes(view));

export function standings(rows: readonly Productivity[]): Record<Standing, number> {
  const all: Record<Standing, number> = { met: 0, under: 0, exempt: 0, unknown: 0 };
  for (const { standing } of rows) all[standing] += 1;
  return all;
}

type Cells = (string | number | boolean | null)[];

export function boardColumns({ criteria }: Scorecard): string[] {
  const groups = criteria.groups.flatMap(({ code }) => [`g${code}`, `g${code}_low`, `g${code}_high`]);
  return ["rank", "rank_best", "rank_worst", "key", "name", "kind", "points", "low", "high", "known_weight", ...groups, "period", "view", "weights_source", "simulated"];
}

export function boardRow(lang: Lang, places: Places, { period, view, weights, simulated, criteria }: Scorecard, card: Card): Cells {
  const groups = criteria.groups.flatMap(({ code }): Cells => {
    const group = card.groups.find((one) => one.code === code);
    return [group?.points ?? null, group?.low ?? null, group?.high ?? null];
  });
  const [best, worst] = card.rank_between ?? [null, null];
  return [card.rank, best, worst, card.key, cardName(lang, places, card), card.kind, card.points, card.low, card.high, card.known_weight, ...groups, period, view, weights?.source ?? null, simulated];
}

export const METRIC_COLUMNS = ["key", "group", "metric", "name", "value", "sample", "points", "low", "high", "entered", "period", "view", "simulated"];

export function metricRows(lang: Lang, { criteria, period, view, simulated }: Scorecard, card: Card): Cells[] {
  return card.metrics.map((one) => {
    const metric = criteria.metrics.find(({ code }) => code === one.code);
    return [card.key, one.group, one.code, metric?.[lang] ?? one.code, one.value, one.sample, one.points, one.low, one.high, one.is_entered, period, view, simulated];
  });
}

export const STAFF_COLUMNS = ["site", "name", "area", "received", "a_year", "staff", "per_officer", "norm", "standing", "period", "simulated"];

export function staffRow(places: Places, { period, simulated }: Scorecard, one: Productivity): Cells {
  return [one.site, places.names.site(one.site), one.area, one.received, one.a_year, one.staff, one.per_officer, one.norm, one.standing, period, simulated];
}
