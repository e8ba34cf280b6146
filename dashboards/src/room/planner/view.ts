/** What the planner's interfaces answer (`planning.md`), as far as the page shows it. What is not known is `null`, and never 0. */

export const MODES = ["motorbike", "walk", "car"] as const;
export const RULES = ["any", "all", "time", "distance"] as const;
export const KINDS = ["branch", "point", "community", "mobile"] as const;
export type Mode = (typeof MODES)[number];
export type RuleKind = (typeof RULES)[number];
export type Kind = (typeof KINDS)[number];

export interface Question {
  readonly mode: Mode;
  readonly rule: RuleKind;
  readonly minutes: number;
  readonly km: number;
  readonly kinds: readonly Kind[];
}

export type Change =
  | { readonly do: "move"; readonly id: string; readonly lon: number; readonly lat: number }
  | { readonly do: "add"; readonly id: string; readonly name: string; readonly kind: string; readonly lon: number; readonly lat: number }
  | { readonly do: "remove"; readonly id: string };

/** What an answer was computed from. */
export interface Data {
  readonly pack?: unknown;
  readonly version?: unknown;
  readonly points?: unknown;
}

interface Answered {
  readonly data?: Data;
}

/** How a cell is reached; no minutes where no road leads. */
export interface Reach {
  readonly minutes: number | null;
  readonly km: number | null;
  readonly covered: boolean;
  readonly nearest?: string | null;
}

export interface Share {
  readonly population: number;
  readonly covered: number;
  readonly share: number;
  readonly far_population: number;
}

export interface UnitChange {
  readonly unit: string;
  readonly name: string;
  readonly population: number;
  readonly before: number;
  readonly after: number;
}

export interface CellChange {
  readonly cell: string;
  readonly unit: string;
  readonly population: number;
  readonly approximate: boolean;
  readonly before: Reach;
  readonly after: Reach;
}

export interface PointChange {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly lon: number;
  readonly lat: number;
  readonly unit: string | null;
  readonly road_km: number | null;
  readonly people: number | null;
  /** Not told of more points than a dozen. */
  readonly rescued: number | null;
}

export interface Warning {
  readonly code: string;
  readonly id?: string;
  readonly detail: string;
}

export interface Scenario extends Answered {
  /** Afterwards, points count where they are open at this instant. */
  readonly at: string | null;
  readonly before: Share;
  readonly after: Share;
  readonly gained: number;
  readonly lost: number;
  readonly units: readonly UnitChange[];
  readonly cells: readonly CellChange[];
  readonly points: readonly PointChange[];
  readonly warnings: readonly Warning[];
}

export interface Gap {
  readonly rank: number;
  readonly name: string;
  readonly units: readonly string[];
  readonly people: number;
  readonly cells: readonly string[];
  readonly worst_minutes: number | null;
  readonly mean_minutes: number | null;
  readonly over_minutes: number | null;
  readonly over_km: number | null;
  readonly nearest: { readonly id: string; readonly name: string; readonly minutes: number | null; readonly km: number | null } | null;
  readonly centre: readonly [number, number];
  readonly bbox: readonly [number, number, number, number];
  /** Some of it is far from any known road. */
  readonly approximate?: boolean;
}

export interface Gaps extends Answered {
  readonly people: number;
  readonly gaps: readonly Gap[];
}

export interface Hours extends Answered {
  /** The week's Monday. */
  readonly week: string;
  readonly population: number;
  /** People covered at Monday 00:00, 00:15 and so on. */
  readonly slots: readonly number[];
  readonly hours_a_week: { readonly mean: number | null; readonly worst_tenth: number | null };
  /** Hours are the usual ones, since points published none. */
  readonly assumed: boolean;
}

export interface QueueCell {
  readonly cell: string;
  readonly population: number;
  readonly travel: number | null;
  readonly wait: number | null;
  readonly total: number | null;
  readonly point: string | null;
  readonly nearest: string | null;
  readonly is_known: boolean;
}

export interface QueuePoint {
  readonly id: string;
  readonly wait: number | null;
  readonly basis: string;
  readonly people: number;
}

export interface Queue extends Answered {
  readonly as_of: string;
  readonly summary: {
    readonly people: number;
    readonly mean_travel: number | null;
    readonly mean_wait: number | null;
    readonly mean_total: number | null;
    readonly elsewhere_people: number;
    readonly unknown_people: number;
  };
  readonly cells: readonly QueueCell[];
  readonly points: readonly QueuePoint[];
}

export interface Equity extends Answered {
  readonly people: number;
  readonly mean_minutes: number | null;
  readonly gini: number | null;
  readonly worst_tenth_minutes: number | null;
  readonly quantiles: readonly { readonly share: number; readonly minutes: number | null }[];
  readonly bands: readonly { readonly speed: number; readonly detour: number; readonly share: number }[];
}

/** A district of before July 2025, or the wards or the communes together. */
export interface Area extends Share {
  readonly area: string;
  readonly units: number;
}

export interface Summary extends Answered {
  readonly districts: readonly Area[];
  readonly zones: readonly Area[];
}

export interface PeopleByBus {
  readonly population: number;
  /** Of those who arrive at half of the departures, who take a bus for it. */
  readonly riding: number;
  /** Who arrives in time at a tenth, a half and nine tenths of the departures. */
  readonly under: { readonly p10: number; readonly p50: number; readonly p90: number };
}

export interface UnitByBus extends PeopleByBus {
  readonly unit: string;
  readonly name: string;
}

/** When one leaves, and how long the way may take. */
export interface BusQuestion {
  /** 1 is Monday. */
  readonly weekday: number;
  readonly from: string;
  readonly until: string;
  readonly minutes: number;
}

export interface Bus extends Answered {
  readonly question: BusQuestion;
  readonly timetable: {
    readonly credit: { readonly credit: string; readonly licence: string; readonly date: string } | null;
    readonly runs: { readonly from: string; readonly until: string } | null;
    readonly window_is_beyond: boolean;
  };
  readonly city: PeopleByBus;
  readonly units: readonly UnitByBus[];
}

export interface GroupFigures {
  readonly group: string;
  readonly weight: number;
  readonly covered: number;
  readonly share: number | null;
  readonly far: number;
  readonly mean_minutes: number | null;
  readonly p90_minutes: number | null;
}

export interface Groups extends Answered {
  readonly question: Question;
  readonly groups: readonly GroupFigures[];
  readonly left_out: { readonly rows: number; readonly told: readonly { readonly row: number; readonly place: string; readonly fault: string }[] };
}

export const PROBLEMS = ["most_people", "share", "least_minutes", "least_worst", "close", "mobile"] as const;
export type Problem = (typeof PROBLEMS)[number];

export interface Chosen {
  readonly rank: number;
  readonly id: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  readonly unit: string | null;
  readonly adds: number;
  readonly alone: number;
  readonly cells: readonly string[];
  readonly next_best: { readonly id: string; readonly name: string; readonly adds: number } | null;
}

export interface Session {
  readonly vehicle: number;
  readonly weekday: number;
  readonly half: string;
  readonly id: string;
}

export interface Siting extends Answered {
  readonly problem: Problem;
  readonly objective: number;
  readonly bound: number;
  readonly gap: number;
  readonly is_proven: boolean;
  readonly unit: string;
  readonly before: Share;
  readonly after: Share;
  readonly chosen: readonly Chosen[];
  readonly timetable?: readonly Session[];
  readonly warnings: readonly Warning[];
}

export interface Saved {
  readonly id: string;
  readonly name: string;
  readonly note: string | null;
  readonly by: string | null;
  readonly saved_at: string;
  readonly question: Question;
  readonly changes: readonly Change[];
}

export interface SavedList {
  readonly scenarios: readonly Saved[];
}

/** A service point as the register has it. */
export interface Site {
  readonly id: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly unit: string | null;
  readonly lon: number | null;
  readonly lat: number | null;
}
