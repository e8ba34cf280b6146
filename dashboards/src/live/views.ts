/**
 * The typed mirror of the server's live views (`docs/live-views.md`). Times are RFC 3339 text, durations are
 * seconds, and a figure without a sample is `null`, never 0.
 */

import type { Outlook } from "./outlook.ts";

export type * from "./alerts.ts";
export type { Outlook } from "./outlook.ts";
export { CASE_STATES, PRIORITIES, alertsView } from "./alerts.ts";

export type Timestamp = string;

export interface Clock {
  readonly mode: "wall" | "events";
  readonly simulated: boolean;
  readonly day: string;
}

export const SITE_STATES = ["over", "busy", "ok", "closed", "no_data"] as const;
export type SiteState = (typeof SITE_STATES)[number];

export const REASONS = [
  "wait_over",
  "longest_over",
  "no_counter",
  "wait_high",
  "queue_long",
  "silent",
  "never_heard",
  "overdue",
  "closed",
] as const;
export type Reason = (typeof REASONS)[number];

export interface DayFigures {
  readonly visits: number;
  readonly started: number;
  readonly finished: number;
  readonly abandoned: number;
  readonly mean_wait_s: number | null;
  readonly p50_wait_s: number | null;
  readonly p90_wait_s: number | null;
  readonly p95_wait_s: number | null;
  readonly over_15min: number;
  readonly mean_transaction_s: number | null;
}

/** The hour's figures; a server may send the day's further ones too. */
export interface HourFigures {
  readonly visits: number;
  readonly started: number;
  readonly mean_wait_s: number | null;
  readonly p50_wait_s: number | null;
  readonly p90_wait_s: number | null;
  readonly p95_wait_s: number | null;
  readonly over_15min: number;
}

export interface SiteSummary {
  readonly id: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly unit: string | null;
  readonly lon: number | null;
  readonly lat: number | null;
  readonly coord_class: string | null;
  readonly registered: boolean;
  readonly state: SiteState;
  readonly reasons: readonly Reason[];
  readonly attention: number;
  readonly last_event_at: Timestamp | null;
  readonly queue: {
    readonly waiting: number;
    readonly longest_wait_s: number | null;
    readonly source: "tickets" | "board";
  } | null;
  readonly open_counters: number | null;
  readonly day: DayFigures;
  readonly hour: HourFigures;
  readonly dossiers: { readonly in_progress: number; readonly due_today: number; readonly overdue: number };
  readonly ratings: { readonly ratings: number; readonly satisfied_share: number | null };
}

export interface Targets {
  readonly wait_s: number;
  readonly transaction_s: number;
  readonly satisfied_share: number;
  readonly overdue: number;
}

export interface CityFigures {
  readonly day: DayFigures;
  readonly hour: HourFigures;
  readonly waiting: number | null;
  /** People waiting by queue boards alone: coarser, and not in `waiting`. */
  readonly waiting_boards?: number | null;
  readonly longest_wait_s: number | null;
  readonly open_counters: number | null;
  readonly sites: { readonly total: number } & Readonly<Record<SiteState, number>>;
  readonly dossiers: {
    readonly in_progress: number;
    readonly due_today: number;
    readonly overdue: number;
    readonly submitted_today: number;
    readonly resolved_today: number;
    readonly resolved_overdue_today: number;
  };
  readonly ratings: {
    readonly ratings: number;
    readonly mean_score: number | null;
    readonly satisfied: number;
    readonly satisfied_share: number | null;
    readonly low: number | null;
    readonly high: number | null;
  };
  readonly transaction_over_15min_per_dossier: number;
  readonly targets: Targets;
}

export interface SourceCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly conflicting: number;
  readonly rejected: number;
  readonly last_event_at: Timestamp | null;
  readonly last_received_at: Timestamp | null;
}

export interface ServiceView {
  readonly service: string;
  readonly waiting: number;
  readonly longest_wait_s: number | null;
  readonly day: DayFigures;
  readonly hour: HourFigures;
}

export type CounterState = "open" | "paused" | "closed" | "unknown";

export interface CounterView {
  readonly counter: string;
  readonly state: CounterState;
  readonly services: readonly string[];
  readonly performer: string | null;
  readonly serving: string | null;
  readonly since: Timestamp | null;
  readonly day: DayFigures;
}

export interface BoardView {
  readonly service: string;
  readonly waiting: number;
  readonly open_counters: number;
  readonly serving: string | null;
  readonly service_seconds: number | null;
  readonly at: Timestamp;
}

export interface WaitsView {
  readonly bucket_s: number;
  readonly from: Timestamp;
  readonly mean_wait_s: readonly (number | null)[];
  readonly issued: readonly (number | null)[];
  readonly started: readonly (number | null)[];
  readonly waiting: readonly (number | null)[];
}

export interface FeedDetail {
  readonly ticket?: string;
  readonly counter?: string;
  readonly service?: string;
  readonly dossier?: string;
  readonly score?: number;
  readonly state?: string;
  readonly agency?: string;
}

export interface FeedEntry {
  readonly at: Timestamp;
  readonly received_at: Timestamp;
  readonly type: string;
  readonly site: string | null;
  readonly name: string | null;
  readonly detail: FeedDetail;
}

export interface CoverageSummary {
  readonly rule: string;
  readonly minutes: number;
  readonly km: number;
  readonly mode: string;
  readonly population: number;
  readonly covered: number;
  readonly share: number;
  readonly far_population: number;
}

/** A topic's keys and values as they lie in the mirror. */
export type ViewData = ReadonlyMap<string, unknown>;

export interface CityView {
  readonly clock: Clock | null;
  readonly figures: CityFigures | null;
  readonly source: SourceCounts | null;
  readonly sites: readonly SiteSummary[];
}

export interface SiteView {
  readonly clock: Clock | null;
  readonly summary: SiteSummary | null;
  readonly services: readonly ServiceView[];
  readonly counters: readonly CounterView[];
  readonly boards: readonly BoardView[];
  readonly waits: WaitsView | null;
  /** `null` until it was reckoned, and where the server forecasts nothing. */
  readonly outlook: Outlook | null;
}

/** The keys that hold one value each, whatever the topic. */
interface Single {
  readonly clock: Clock;
  readonly figures: CityFigures;
  readonly source: SourceCounts;
  readonly waits: WaitsView;
  readonly outlook: Outlook;
}

// The server is trusted for the inside of a value: it is our own, and checking every field of every frame would cost more than it could find.
const at = <K extends keyof Single>(data: ViewData, key: K): Single[K] | null => (data.get(key) ?? null) as Single[K] | null;

const under = <T>(data: ViewData, prefix: string): T[] =>
  [...data].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T);

export function cityView(data: ViewData): CityView {
  return {
    clock: at(data, "clock"),
    figures: at(data, "figures"),
    source: at(data, "source"),
    sites: under(data, "site/"),
  };
}

// Counters are numbered or named; "10" comes after "9".
const natural = new Intl.Collator("vi", { numeric: true });

export function siteView(data: ViewData): SiteView {
  return {
    clock: at(data, "clock"),
    summary: (data.get("summary") ?? null) as SiteSummary | null,
    services: under<ServiceView>(data, "service/").sort((a, b) => natural.compare(a.service, b.service)),
    counters: under<CounterView>(data, "counter/").sort((a, b) => natural.compare(a.counter, b.counter)),
    boards: under<BoardView>(data, "board/").sort((a, b) => natural.compare(a.service, b.service)),
    waits: at(data, "waits"),
    outlook: at(data, "outlook"),
  };
}

export interface PlacedEntry extends FeedEntry {
  readonly position: number;
}

/** The feed, newest first. */
export function feedView(data: ViewData): PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  for (const [key, value] of data) {
    if (key.startsWith("e/")) entries.push({ ...(value as FeedEntry), position: Number(key.slice(2)) });
  }
  return entries.sort((a, b) => b.position - a.position);
}

export const coverageView = (data: ViewData): CoverageSummary | null => (data.get("summary") ?? null) as CoverageSummary | null;
