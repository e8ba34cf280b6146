/** What is compared: each figure as a sum and a sample, so that hours of several days make one mean. Pure. */
import { bySite, dayBegin } from "../charts/reports.ts";
import type { Family } from "../charts/reports.ts";
import { inForce } from "./state.ts";
import type { FigureKey, PageState, Row, Targets } from "./state.ts";

export const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** With fewer a figure says little. */
export const FEW = 5;

/** What adds up: a value is the sum over the sample, and nothing where there is no sample. */
export interface Measured {
  readonly sum: number;
  readonly n: number;
}

const NONE: Measured = { sum: 0, n: 0 };
export const valueOf = ({ sum, n }: Measured): number | null => (n > 0 ? sum / n : null);
export const together = (all: readonly Measured[]): Measured => all.reduce((a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }), NONE);

const mean = (value: number | null | undefined, n = 0): Measured => (value === null || value === undefined ? NONE : { sum: value * n, n });

interface Figure {
  readonly family: Family;
  readonly unit: "minutes" | "share";
  /** Whether more is worse. */
  readonly isBad: boolean;
  /** What lies about the figure: half and nine in ten of the waits, or 95% of where a share may lie. */
  readonly about: "spread" | "interval" | "none";
  readonly of: (row: Row) => Measured;
  readonly target: (targets: Targets) => number | null;
}

/** Means are weighted by who was served: a negative wait, which is left out of a mean, is counted in its weight. */
export const FIGURE: Readonly<Record<FigureKey, Figure>> = {
  wait: { family: "visits", unit: "minutes", isBad: true, about: "spread", of: ({ mean_wait_s: value, started }) => mean(value, started), target: ({ wait_s }) => wait_s },
  over: { family: "visits", unit: "share", isBad: true, about: "interval", of: ({ over_15min: over = 0, started = 0 }) => ({ sum: over, n: started }), target: () => null },
  transaction: { family: "visits", unit: "minutes", isBad: true, about: "none", of: ({ mean_transaction_s: value, finished }) => mean(value, finished), target: ({ transaction_s }) => transaction_s },
  satisfied: { family: "ratings", unit: "share", isBad: false, about: "interval", of: ({ satisfied = 0, ratings = 0 }) => ({ sum: satisfied, n: ratings }), target: ({ satisfied_share }) => satisfied_share },
};

const Z = 1.959964;

/** Where a share lies with 95% by Wilson, as the server reckons it for ratings. */
export function wilson(sum: number, n: number): readonly [number, number] | null {
  if (n === 0) return null;
  const [p, z2] = [sum / n, Z * Z];
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

export interface Ranked {
  readonly site: string;
  readonly value: number | null;
  readonly n: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The worst first; who has no figure comes last, and is no zero. */
export function ranked(sites: readonly string[], rows: ReadonlyMap<string, Row>, key: FigureKey): Ranked[] {
  const { of, about, isBad } = FIGURE[key];
  const all = sites.map((site): Ranked => {
    const row = rows.get(site) ?? {};
    const measured = of(row);
    const interval = about === "interval" ? wilson(measured.sum, measured.n) : about === "spread" && measured.n > 0 ? [row.p50_wait_s ?? null, row.p90_wait_s ?? null] as const : null;
    return { site, value: valueOf(measured), n: measured.n, low: interval?.[0] ?? null, high: interval?.[1] ?? null };
  });
  const worst = (value: number): number => (isBad ? -value : value);
  return all.sort((a, b) => (a.value === null ? 1 : 0) - (b.value === null ? 1 : 0) || worst(a.value ?? 0) - worst(b.value ?? 0));
}

const OFFSET = 7 * HOUR;
export const hourOf = (at: number): number => Math.floor((at + OFFSET) / HOUR) % 24;
/** 0 is Monday. */
export const weekdayOf = (at: number): number => (Math.floor((at + OFFSET) / DAY) + 3) % 7;

/** Hours of the days in force in which anyone was served, or rated, anywhere. */
export function hoursAsked(state: PageState): number[] {
  const days = inForce(state);
  const { value } = state.hours;
  if (days === null || value === null) return [];
  const [from, to] = [dayBegin(days.from), dayBegin(days.to) + DAY];
  return value.rows.filter(({ visits = 0, walk_in: walkIn = 0, ratings = 0 }) => visits + walkIn + ratings > 0).map(({ hour }) => Date.parse(hour)).filter((at) => at >= from && at < to);
}

export interface Cell extends Measured {
  readonly hour: number;
  readonly weekday: number;
}

/** A point's hours, each of its day. */
export function cellsOf({ spans, view }: PageState, site: string, hours: readonly number[]): Cell[] {
  const { family, of } = FIGURE[view.figure];
  return hours.map((at) => ({ hour: hourOf(at), weekday: weekdayOf(at), ...of(spans.values.get(bySite(family, at, at + HOUR))?.get(site) ?? {}) }));
}

/** The hours of the day that are drawn, without a gap. */
export function hourRange(hours: readonly number[]): number[] {
  if (hours.length === 0) return [];
  const all = hours.map(hourOf);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

export const ofHour = (cells: readonly Cell[], hour: number): Measured => together(cells.filter((one) => one.hour === hour));
export const ofWeek = (cells: readonly Cell[], weekday: number, hour: number): Measured => together(cells.filter((one) => one.hour === hour && one.weekday === weekday));

/** As it is drawn: minutes, or hundredths. */
export const drawnOf = (key: FigureKey, value: number): number => (FIGURE[key].unit === "minutes" ? value / 60 : value * 100);

/** Bounds between the five classes of heat. The target is the one between the third and the fourth. */
export function classesOf(key: FigureKey, target: number | null): readonly [number, number, number, number] {
  if (FIGURE[key].unit === "minutes") {
    const goal = (target ?? 900) / 60;
    return [goal / 3, (goal * 2) / 3, goal, (goal * 5) / 3];
  }
  return key === "over" ? [5, 15, 30, 50] : [80, 90, 95, 99];
}

/** 1 to 5, more as the value is more. */
export const classOf = (bounds: readonly number[], value: number): number => 1 + bounds.filter((bound) => value > bound).length;
