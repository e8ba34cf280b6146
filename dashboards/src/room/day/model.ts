/** A point's day as quarters of an hour, and what is to be said of it at an instant. Pure. */
import { bySite, dayBegin } from "../charts/reports.ts";
import type { Boards, Ratings, Visits } from "../charts/reports.ts";
import type { Case } from "../../live/views.ts";
import { dayInForce, standingOf } from "./state.ts";
import type { PageState } from "./state.ts";
import { countAt, countersOf, meanOver, queueOf } from "./tickets.ts";
import type { Step } from "./tickets.ts";

export const QUARTER = 900_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** `undefined` while it is not known yet, `null` where there is nothing. */
type Known<T> = T | null | undefined;

export interface Quarter {
  readonly at: number;
  readonly visits: Known<Visits>;
  readonly board: Known<Boards>;
}

export interface Hour {
  readonly at: number;
  readonly ratings: Known<Ratings>;
}

/** A case of the desk as far as it lies in the day. */
export interface Span {
  readonly one: Case;
  readonly from: number;
  readonly to: number;
  /** It began before what is drawn, or goes on after it. */
  readonly isBefore: boolean;
  readonly isAfter: boolean;
}

export interface Day {
  readonly from: number;
  readonly to: number;
  /** Up to where anything can be known: the end, or the server's now. */
  readonly until: number;
  /** Up to when single tickets were asked for. */
  readonly queueUntil: number;
  readonly quarters: readonly Quarter[];
  readonly hours: readonly Hour[];
  readonly hasBoard: boolean;
  readonly alerts: readonly Span[];
  /** `null` where single tickets were not asked for, or there are none. */
  readonly queue: { readonly steps: readonly Step[]; readonly lost: number } | null;
  readonly counters: readonly Step[] | null;
}

/** Hours in which anything counted anywhere; those of a running day that have not begun are none. */
export function hoursOf(keys: readonly string[]): number[] {
  const hours = keys.map((key) => Date.parse(key)).filter((at) => !Number.isNaN(at)).sort((a, b) => a - b);
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return [];
  return Array.from({ length: (last - first) / HOUR + 1 }, (_, i) => first + i * HOUR);
}

/** Every hour of the day in force in which anything is known of anybody. */
export const hoursOfState = ({ hours, more }: PageState): number[] => hoursOf([...(hours.value?.rows ?? []).map(({ hour }) => hour), ...[...more.values.values()].flat()]);

export const quartersOf = (hours: readonly number[], until: number): number[] =>
  hours.flatMap((hour) => [0, 1, 2, 3].map((i) => hour + i * QUARTER)).filter((at) => at < until);

/** Those in which something may still change while a day goes on: numbers that were given lately wait to be served. */
const RECENT = 2 * HOUR;
export const stillOpen = (spans: readonly number[], now: number): number[] => spans.filter((at) => at >= now - RECENT);

/** A case is on the point by its own or as one of several; it bears on the day while it stood. */
export function spansOf(alerts: readonly Case[], from: number, to: number, now: number): Span[] {
  return alerts.flatMap((one): Span[] => {
    const begin = Date.parse(one.since);
    const ended = one.standing ? null : (one.returned_at ?? one.closed_at);
    const end = ended === null ? now : Date.parse(ended);
    if (begin >= to || end <= from) return [];
    return [{ one, from: Math.max(begin, from), to: Math.min(end, to), isBefore: begin < from, isAfter: end > to }];
  }).sort((a, b) => a.from - b.from);
}

const isAny = ({ visits, board }: Quarter): boolean => (visits ?? null) !== null || (board?.snapshots ?? 0) > 0;

/** The whole hours that what is known lies in; four at least, so that little is not drawn large. */
export function boundsOf(known: readonly number[], fallback: readonly [number, number]): readonly [number, number] {
  if (known.length === 0) return fallback;
  const from = Math.floor(Math.min(...known) / HOUR) * HOUR;
  const to = Math.ceil((Math.max(...known) + QUARTER) / HOUR) * HOUR;
  return [from, Math.max(to, from + 4 * HOUR)];
}

const made = new WeakMap<PageState, Day | null>();

/** `null` before the hours of the day are known, and where there is nothing in them. Several parts ask for the same. */
export function dayOfState(state: PageState): Day | null {
  const known = made.get(state);
  if (known !== undefined) return known;
  const day = reckoned(state);
  made.set(state, day);
  return day;
}

function reckoned(state: PageState): Day | null {
  const { view: { site }, hours: { value }, quarters, ratings, boards, board, alerts, tickets, asOf } = state;
  const day = dayInForce(state);
  if (value === null || asOf === null || day === "") return null;
  const now = Date.parse(asOf);
  const end = dayBegin(day) + DAY;
  const until = standingOf(day, asOf) === "today" ? Math.min(end, now) : end;
  const hours = hoursOfState(state);
  const of = <T>(values: ReadonlyMap<string, ReadonlyMap<string, T>>, family: "visits" | "boards" | "ratings", at: number, length: number): Known<T> => {
    const rows = values.get(bySite(family, at, at + length));
    return rows === undefined ? undefined : (rows.get(site) ?? null);
  };
  const hasBoard = (board.value?.rows ?? []).some((row) => row.site === site);
  const all = quartersOf(hours, until).map((at): Quarter => ({
    at, visits: of(quarters.values, "visits", at, QUARTER), board: hasBoard ? of(boards.values, "boards", at, QUARTER) : null,
  }));
  const known = tickets.value;
  // A point that sends none of them is not one without people or open counters: its board may tell.
  const counters = known === null || known.changes.length === 0 ? null : countersOf(known.changes);
  const marks = [...all.filter(isAny).map(({ at }) => at), ...(counters ?? []).map(({ at }) => at)];
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return null;
  const isLoading = quarters.known < quarters.wanted;
  // While quarters come in, the axis stays where it is.
  const [from, to] = isLoading ? [first, last + HOUR] : boundsOf(marks, [first, last + HOUR]);
  return {
    from, to, until: Math.min(until, to), queueUntil: Math.min(until, to, known?.until ?? until), hasBoard, counters,
    quarters: all.filter(({ at }) => at >= from && at < to),
    hours: hours.filter((at) => at >= from && at < to && at < until).map((at) => ({ at, ratings: of(ratings.values, "ratings", at, HOUR) })),
    alerts: spansOf((alerts.value?.alerts ?? []), from, to, now),
    queue: known === null || known.tickets.length === 0 ? null : queueOf(known.tickets, known.until),
  };
}

/** People waiting in a quarter, by its single tickets or by the point's board; `null` where neither tells. */
export const waitingIn = ({ queue, queueUntil }: Day, { at, board }: Quarter): number | null =>
  (queue === null ? (board?.mean_waiting ?? null) : meanOver(queue.steps, at, Math.min(at + QUARTER, queueUntil)));

export const countersIn = ({ counters, queueUntil }: Day, { at, board }: Quarter): number | null =>
  (counters === null ? (board?.mean_open_counters ?? null) : meanOver(counters, at, Math.min(at + QUARTER, queueUntil)));

export interface Instant {
  readonly at: number;
  readonly quarter: Quarter | null;
  readonly waiting: number | null;
  readonly counters: number | null;
  /** Whether those two are of the instant itself, and not a mean of its quarter. */
  readonly isExact: { readonly waiting: boolean; readonly counters: boolean };
  /** Numbers given from the day's begin to the end of the quarter before; `null` where the point gives none that are known. */
  readonly issued: number | null;
  readonly hour: Hour | null;
  readonly alerts: readonly Span[];
}

export function atInstant(day: Day, at: number): Instant {
  const quarter = day.quarters.find((one) => at >= one.at && at < one.at + QUARTER) ?? null;
  const exact = (steps: readonly Step[]): number | null => (at > day.queueUntil ? null : countAt(steps, at));
  const before = day.quarters.filter((one) => one.at + QUARTER <= at);
  return {
    at, quarter,
    waiting: day.queue === null ? (quarter?.board?.mean_waiting ?? null) : exact(day.queue.steps),
    counters: day.counters === null ? (quarter?.board?.mean_open_counters ?? null) : exact(day.counters),
    isExact: { waiting: day.queue !== null, counters: day.counters !== null },
    issued: day.quarters.some(({ visits }) => (visits ?? null) !== null) ? before.reduce((sum, { visits }) => sum + (visits?.visits ?? 0), 0) : null,
    hour: day.hours.find((one) => at >= one.at && at < one.at + HOUR) ?? null,
    alerts: day.alerts.filter(({ from, to }) => from <= at && at < to),
  };
}

/** Where the cursor may stand, and where it lands: whole minutes within what is known. */
export const clamped = ({ from, until }: Pick<Day, "from" | "until">, at: number): number => Math.max(from, Math.min(until, at));

/** How far the cursor goes in so many real milliseconds. With less motion it stays, and then goes on by a whole quarter. */
export const advanced = (at: number, elapsedMs: number, speed: number): number => at + elapsedMs * speed;
