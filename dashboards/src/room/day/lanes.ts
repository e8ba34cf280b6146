/** The lanes of a day, one under another on one axis of time: each named where it begins, with its unit and its top value. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count, decimal, hourMinute, minutes, percent } from "../../i18n/format.ts";
import { svg } from "../../ui/dom.ts";
import { dotAt, lineAt, rectAt, targetLine, textAt, told } from "../charts/draw.ts";
import { linear, pathOf, runsOf, stepPath, topOf } from "../charts/scale.ts";
import type { Point } from "../charts/scale.ts";
import type { Visits } from "../charts/reports.ts";
import { HOUR, QUARTER, countersIn, waitingIn } from "./model.ts";
import type { Day, Quarter, Span } from "./model.ts";
import { silence, spans } from "./spans.ts";
import type { Step } from "./tickets.ts";

/** Where a lane lies. */
export interface Ground {
  readonly lang: Lang;
  readonly day: Day;
  readonly x: (at: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly floor: number;
  /** Fills: of a part, and of what is not known. */
  readonly hatch: string;
  readonly none: string;
}

export interface Lane {
  readonly key: string;
  readonly title: string;
  readonly height: number;
  draw(ground: Ground): SVGElement[];
}

/** With fewer a mean says little, and its mark is hollow. */
export const FEW = 5;
const MID = QUARTER / 2;
const NARROW = 620;

const isSome = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
const inMinutes = (seconds: number | null | undefined): number | null => (isSome(seconds) ? seconds / 60 : null);

/** The floor, and the top value at its left. */
function base({ lang, left, right, top, floor }: Ground, most: number): SVGElement[] {
  const whole = Number.isInteger(most) ? count(lang, most) : decimal(lang, most);
  return [lineAt(left, floor, right, floor, "chart-floor"), textAt(left - 5, floor, "0", { "text-anchor": "end" }), textAt(left - 5, top + 8, whole, { "text-anchor": "end" })];
}

/** Nothing of a lane is known: that is said, and no line lies at 0. */
const unknown = ({ lang, left, right, top, floor, none }: Ground): SVGElement[] =>
  [rectAt(left, top, right - left, floor - top, { fill: none }), textAt((left + right) / 2, (top + floor) / 2 + 4, catalogue(lang).noData, { class: "chart-label", "text-anchor": "middle" })];

const isUnknown = (quarters: readonly Quarter[], of: (visits: Visits) => boolean): boolean =>
  quarters.every(({ visits }) => visits !== undefined && (visits === null || !of(visits)));

/** A line that breaks where nothing was measured, with a dot a quarter: hollow where few stand behind it. */
function meanLine({ x }: Ground, y: (value: number) => number, marks: readonly { readonly at: number; readonly value: number | null; readonly sample: number; readonly words: string }[]): SVGElement[] {
  const points: Point[] = marks.map(({ at, value }) => ({ at, value }));
  const lines = runsOf(points).filter((run) => run.length > 1).map((run) => svg("path", { class: "chart-line", d: pathOf(run, x, y) }));
  const dots = marks.flatMap(({ at, value, sample, words }) => (value === null ? [] : [told(dotAt(x(at), y(value), 2.75, sample < FEW ? "chart-dot is-few" : "chart-dot"), words)]));
  return [...lines, ...dots];
}

function waits(lang: Lang, target: number | null): Lane {
  const { day: t, unitMinutes, sample } = catalogue(lang);
  return {
    key: "waits", title: t.lanes.waits, height: 132,
    draw(ground) {
      const { x, left, right, top, floor, day: { quarters } } = ground;
      if (isUnknown(quarters, (one) => one.mean_wait_s !== null)) return unknown(ground);
      const goal = inMinutes(target);
      const most = topOf(quarters.map(({ at, visits }) => ({ at, value: inMinutes(visits?.p90_wait_s) })), goal);
      const y = linear(0, most, floor, top + 6);
      const words = ({ at, visits }: Quarter): string =>
        `${hourMinute(lang, at)}–${hourMinute(lang, at + QUARTER)}: ${t.meanShort} ${minutes(lang, visits?.mean_wait_s)}, p90 ${minutes(lang, visits?.p90_wait_s)} ${unitMinutes}, ${sample(count(lang, visits?.started))}`;
      const spread = quarters.flatMap(({ at, visits }) => {
        if (!isSome(visits?.mean_wait_s) || !isSome(visits.p90_wait_s)) return [];
        const [mid, high, mean] = [x(at + MID), y(visits.p90_wait_s / 60), y(visits.mean_wait_s / 60)];
        return [lineAt(mid, mean, mid, high, "chart-spread"), lineAt(mid - 3, high, mid + 3, high, "chart-spread")];
      });
      const marks = quarters.map((one) => ({ at: one.at + MID, value: inMinutes(one.visits?.mean_wait_s), sample: one.visits?.started ?? 0, words: words(one) }));
      const highest = quarters.reduce<Quarter | null>((best, one) => ((one.visits?.p90_wait_s ?? -1) > (best?.visits?.p90_wait_s ?? -1) ? one : best), null);
      const peak = highest?.visits?.p90_wait_s;
      const last = marks.filter(({ value }) => value !== null).at(-1);
      // Both labels stand at the end: where they would stand on one another, this one stands higher.
      const isCrowded = goal !== null && Math.abs(y(last?.value ?? Infinity) - y(goal)) < 20;
      return [
        ...base(ground, most), ...spread, ...meanLine(ground, y, marks),
        ...(goal === null ? [] : targetLine(left, right, y(goal), t.target(decimal(lang, goal, 0)), "end")),
        ...(highest !== null && isSome(peak) ? [textAt(x(highest.at + MID) + 6, y(peak / 60) + 4, `p90 ${minutes(lang, peak)}`, { class: "chart-words" })] : []),
        ...(last?.value === null || last === undefined ? [] : [textAt(Math.min(x(last.at) + 7, right - 40), isCrowded ? y(goal) - 19 : y(last.value) - 7, `${t.meanShort} ${decimal(lang, last.value)}`, { class: "chart-label" })]),
      ];
    },
  };
}

function tickets(lang: Lang): Lane {
  const { day: t } = catalogue(lang);
  return {
    key: "tickets", title: t.lanes.tickets, height: 84,
    draw(ground) {
      const { x, top, floor, hatch, day } = ground;
      const { quarters } = day;
      if (isUnknown(quarters, (one) => one.visits > 0)) return unknown(ground);
      const most = topOf(quarters.map(({ at, visits }) => ({ at, value: visits?.visits ?? null })), null);
      const y = linear(0, most, floor, top + 6);
      const best = Math.max(...quarters.map(({ visits }) => visits?.visits ?? 0));
      const bars = quarters.flatMap(({ at, visits }) => {
        if (!isSome(visits) || visits.visits === 0) return [];
        const [left, width] = [x(at) + 1, x(Math.min(at + QUARTER, day.until)) - x(at) - 2];
        const gone = visits.abandoned + visits.unresolved;
        const node = svg("g", {}, rectAt(left, y(visits.visits - gone), width, floor - y(visits.visits - gone), { class: "chart-bar" }));
        if (gone > 0) node.append(rectAt(left, y(visits.visits), width, y(visits.visits - gone) - y(visits.visits), { class: "chart-edge", fill: hatch }));
        return [told(node, `${hourMinute(lang, at)}–${hourMinute(lang, at + QUARTER)}: ${t.ticketsOf(count(lang, visits.visits), count(lang, gone))}`)];
      });
      const peak = quarters.find(({ visits }) => visits?.visits === best && best > 0);
      return [...base(ground, most), ...bars, ...(peak === undefined ? [] : [textAt(x(peak.at + MID), y(best) - 3, count(lang, best), { class: "chart-words", "text-anchor": "middle" })])];
    },
  };
}

function transactions(lang: Lang): Lane {
  const { day: t, unitMinutes, sample } = catalogue(lang);
  return {
    key: "transactions", title: t.lanes.transactions, height: 84,
    draw(ground) {
      const { top, floor, day: { quarters } } = ground;
      if (isUnknown(quarters, (one) => one.mean_transaction_s !== null)) return unknown(ground);
      const points = quarters.map(({ at, visits }) => ({ at: at + MID, value: inMinutes(visits?.mean_transaction_s), sample: visits?.finished ?? 0 }));
      const most = topOf(points, null);
      const marks = points.map((one) => ({ ...one, words: `${hourMinute(lang, one.at - MID)}–${hourMinute(lang, one.at + MID)}: ${decimal(lang, one.value)} ${unitMinutes}, ${sample(count(lang, one.sample))}` }));
      return [...base(ground, most), ...meanLine(ground, linear(0, most, floor, top + 6), marks)];
    },
  };
}

/** People or counters: exact steps where single tickets are known, else the board's means of quarters. */
function counted(lang: Lang, key: "queue" | "counters", title: string, of: (day: Day) => readonly Step[] | null, mean: typeof waitingIn): Lane {
  return {
    key, title, height: key === "queue" ? 84 : 62,
    draw(ground) {
      const { x, top, floor, day } = ground;
      const steps = of(day);
      const values = steps === null ? day.quarters.map((one) => ({ at: one.at, value: mean(day, one) })) : steps.map(({ at, count: value }) => ({ at, value }));
      const most = topOf(values, null);
      const y = linear(0, most, floor, top + 6);
      const highest = values.reduce<{ readonly at: number; readonly value: number | null } | null>((best, one) => ((one.value ?? -1) > (best?.value ?? -1) ? one : best), null);
      const levels = values.map(({ at, value }, i) => ({ at, value, end: steps === null ? at + QUARTER : Math.min(values[i + 1]?.at ?? day.queueUntil, day.queueUntil) }));
      const label = highest?.value ?? null;
      return [...base(ground, most), svg("path", { class: "chart-step", d: stepPath(levels, x, y, steps !== null) }),
        ...(highest === null || label === null || label === 0 ? [] : [textAt(x(highest.at) + 3, y(label) - 3, Number.isInteger(label) ? count(lang, label) : decimal(lang, label), { class: "chart-words" })])];
    },
  };
}

function ratings(lang: Lang): Lane {
  const { day: t, sample } = catalogue(lang);
  return {
    key: "ratings", title: t.lanes.ratings, height: 66,
    draw(ground) {
      const { x, top, floor, hatch, day: { hours } } = ground;
      const most = topOf(hours.map(({ at, ratings: one }) => ({ at, value: one?.ratings ?? null })), null);
      const y = linear(0, most, floor, top + 14);
      const bars = hours.flatMap(({ at, ratings: one }) => {
        if (!isSome(one) || one.ratings === 0) return [];
        const [left, width] = [x(at) + 2, x(at + HOUR) - x(at) - 4];
        const node = svg("g", {}, rectAt(left, y(one.satisfied), width, floor - y(one.satisfied), { class: "chart-bar" }));
        if (one.satisfied < one.ratings) node.append(rectAt(left, y(one.ratings), width, y(one.satisfied) - y(one.ratings), { class: "chart-edge", fill: hatch }));
        node.append(textAt(left + width / 2, y(one.ratings) - 3, `${count(lang, one.satisfied)}/${count(lang, one.ratings)}`, { class: "chart-words", "text-anchor": "middle" }));
        return [told(node, `${hourMinute(lang, at)}–${hourMinute(lang, at + HOUR)}: ${percent(lang, one.satisfied_share, 0)} (${percent(lang, one.low, 0)}–${percent(lang, one.high, 0)}), ${sample(count(lang, one.ratings))}`)];
      });
      const isNone = bars.length === 0 && hours.every((one) => one.ratings !== undefined);
      return [lineAt(ground.left, floor, ground.right, floor, "chart-floor"), ...bars, ...(isNone ? [textAt(ground.left, floor - 8, t.noRatings)] : [])];
    },
  };
}

const SILENT = ["silent", "outage"];

/** All lanes of which something can be known. */
export function lanesOf(lang: Lang, day: Day, target: number | null, width: number, name: (span: Span) => string): Lane[] {
  const { day: t } = catalogue(lang);
  const silent = day.alerts.filter(({ one }) => SILENT.includes(one.group));
  const others = day.alerts.filter(({ one }) => !SILENT.includes(one.group));
  const figures = [
    waits(lang, target), tickets(lang),
    ...(day.queue === null && !day.hasBoard ? [] : [counted(lang, "queue", day.queue === null ? `${t.waitingNow}, ${t.byBoard}` : `${t.lanes.queue}, ${t.byTickets}`, ({ queue }) => queue?.steps ?? null, waitingIn)]),
    ...(day.counters === null && !day.hasBoard ? [] : [counted(lang, "counters", `${t.lanes.counters}, ${day.counters === null ? t.byBoard : t.byCounters}`, ({ counters }) => counters, countersIn)]),
    transactions(lang), ratings(lang),
  ].map((lane) => (width < NARROW ? { ...lane, height: lane.height * 0.9 } : lane));
  return [...figures, silence(lang, day, silent, name), spans("alerts", t.lanes.alerts, others, name, t.noAlerts)];
}
