/**
 * How the city stands, by counts against limits and by nothing else: the whole rule is the table below. Pure.
 * What cannot be counted is *unknown*: nothing heard is not calm.
 */
import { secondsBetween } from "../../i18n/format.ts";
import type { AlertsView, CityView } from "../../live/views.ts";
import { LATE_S } from "../desk/words.ts";

/** From the worst to the best; what is not known is none of them. */
export const STATES = ["trouble", "attention", "calm"] as const;
export type Stand = (typeof STATES)[number] | "unknown";

/** In the order in which they are told. */
export const COUNTED = ["high_new", "high", "fresh", "late", "silent", "unheard"] as const;
export type Counted = (typeof COUNTED)[number];

/**
 * `high_new` and `high`: standing alerts of high priority that nobody has in hand, and all of them that are not put off;
 * `fresh`: standing alerts of any priority that nobody has in hand; `late`: what lags behind the city's clock, of the
 * evaluation of alerts and the events; `silent`: points that were heard today and have fallen silent in their hours;
 * `unheard`: points of which nothing is known today, though others are open.
 */
export type Counts = Readonly<Record<Counted, number>>;

interface Limit {
  readonly of: Counted;
  /** From how many on it is so. */
  readonly least: number;
  readonly state: "trouble" | "attention";
}

/** A high alert in nobody's hands is trouble by itself; many in hand, or many left lying, are so too. */
export const LIMITS: readonly Limit[] = [
  { of: "high_new", least: 1, state: "trouble" },
  { of: "high", least: 5, state: "trouble" },
  { of: "fresh", least: 20, state: "trouble" },
  { of: "high", least: 1, state: "attention" },
  { of: "fresh", least: 1, state: "attention" },
  { of: "late", least: 1, state: "attention" },
  { of: "silent", least: 8, state: "attention" },
  { of: "unheard", least: 40, state: "attention" },
];

/** While a point is open, some point sends something far more often. */
const HEARD_WITHIN_S = 300;

export interface Judged {
  readonly state: Stand;
  /** What was counted over a limit, whichever. */
  readonly causes: readonly Counted[];
}

export function judge(counts: Counts | null): Judged {
  if (counts === null) return { state: "unknown", causes: [] };
  const over = LIMITS.filter(({ of, least }) => counts[of] >= least);
  const state = STATES.find((one) => over.some((limit) => limit.state === one)) ?? "calm";
  const hit = new Set(over.map(({ of }) => of));
  return { state, causes: COUNTED.filter((one) => hit.has(one)) };
}

const isOver = (at: string | null, asOf: string | null, limit: number): boolean => (secondsBetween(at, asOf) ?? 0) > limit;

/** `null` while the alerts or the city are not known, and where no point was heard today. */
export function countsOf(city: CityView | null, alerts: AlertsView | null, asOf: string | null): Counts | null {
  const figures = city?.figures ?? null;
  if (city === null || figures === null || alerts === null) return null;
  const { sites } = figures;
  if (sites.total === sites.no_data) return null;
  let [high, highNew, fresh] = [0, 0, 0];
  for (const { state, standing, priority } of alerts.cases.values()) {
    const isNew = standing && state === "new";
    if (isNew) fresh += 1;
    if (priority !== "high" || !standing || (!isNew && state !== "acknowledged")) continue;
    high += 1;
    if (isNew) highNew += 1;
  }
  const isOpen = sites.ok + sites.busy + sites.over > 0;
  const late = [isOver(alerts.desk?.evaluated_at ?? null, asOf, LATE_S), isOpen && isOver(city.source?.last_event_at ?? null, asOf, HEARD_WITHIN_S)];
  return { high_new: highNew, high, fresh, late: late.filter(Boolean).length, silent: silentOf(city), unheard: isOpen ? unheardOf(city) : 0 };
}

/** Points that were heard today and have fallen silent in their hours. */
export const silentOf = ({ sites }: CityView): number => sites.filter(({ reasons }) => reasons.includes("silent")).length;

/** Points that were not heard at all today. */
export const unheardOf = ({ sites }: CityView): number => sites.filter(({ reasons }) => reasons.includes("never_heard")).length;
