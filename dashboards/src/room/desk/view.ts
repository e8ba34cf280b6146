/** What the interfaces of the desk answer, as far as the page shows it. What a server may leave out is optional. */
import type { Case, Priority } from "../../live/views.ts";
import type { Named } from "../pages/view.ts";

/** Something that was done to a case, by a seat or, where `by` is `null`, by the server. */
export interface Past {
  readonly at: string;
  readonly what: string;
  readonly by: string | null;
  readonly text: string | null;
}

export interface Sample {
  readonly at: string;
  readonly value: number | null;
  readonly sample?: number | null;
}

export interface Evidence {
  readonly rule: string;
  readonly signal: string;
  readonly unit: string;
  readonly limit: number | null;
  readonly points: readonly Sample[];
}

export interface Neighbour {
  readonly site: string;
  readonly name: string | null;
  readonly minutes: number;
  readonly waiting: number | null;
  readonly open_counters: number | null;
  /** What who comes now may expect to wait there, and how that was reckoned. */
  readonly wait_s?: number | null;
  readonly basis?: "hour" | "queue" | "forecast" | null;
  readonly sample?: number | null;
  readonly saves_s: number | null;
  /** Newcomers of an hour for whom it pays, and what they save together. */
  readonly people_per_hour?: number | null;
  readonly minutes_saved?: number | null;
}

export interface Detail {
  readonly case: Case;
  readonly history: readonly Past[];
  readonly response: Named | null;
  readonly evidence: readonly Evidence[];
  readonly neighbours: readonly Neighbour[];
  readonly earlier: readonly Case[];
}

export interface CaseList {
  readonly as_of: string;
  readonly alerts: readonly Case[];
}

/** A rule as `analytics/src/alerts/rule.rs` has it. */
export interface Rule {
  readonly id: string;
  readonly title?: Named;
  readonly response?: Named;
  readonly group?: string;
  readonly signal?: string;
  readonly unit?: string;
  readonly priority?: Priority;
  readonly owner?: string;
  readonly enabled?: boolean;
  readonly side?: "over" | "under";
  readonly limit?: number | null;
  readonly deadband?: number | null;
  readonly window_s?: number | null;
  readonly min_sample?: number | null;
  readonly on_delay_s?: number | null;
  readonly off_delay_s?: number | null;
  readonly escalate_s?: number | null;
  readonly hours?: string | null;
  readonly effective_from?: string | null;
  readonly source?: string | null;
}

export interface Rules {
  readonly rules: readonly Rule[];
  readonly own: string | null;
  readonly remarks: readonly string[];
}

interface Frequent {
  readonly group: string;
  readonly subject: Case["subject"] | string;
  readonly alerts: number;
}

export interface Flood {
  readonly from: string;
  readonly to: string;
  readonly alerts: number;
}

export interface Quality {
  readonly from: string;
  readonly to: string;
  /** Working hours in the span, in which something was known where `hours_unknown` is told. */
  readonly hours: number;
  /** Working hours in which nothing was known, which are not among `hours`; a server that does not tell them counts them there. */
  readonly hours_unknown?: number | null;
  readonly raised: number;
  readonly per_hour: number | null;
  readonly by_priority: Readonly<Partial<Record<Priority, number>>>;
  readonly targets: { readonly priorities: readonly [number, number, number]; readonly per_hour: number };
  readonly floods: readonly Flood[];
  readonly flood_share: number | null;
  readonly most: readonly Frequent[];
  readonly chattering: readonly Frequent[];
  readonly standing_over_a_day: readonly Case[];
  readonly acknowledged_without_action: number | null;
  readonly median_acknowledge_s: number | null;
  readonly hours_of: readonly { readonly hour: number; readonly alerts: number }[];
}

export interface Replay {
  readonly now: Quality;
  readonly then: Quality | null;
  readonly alerts: readonly Case[];
}

export interface RuleProblem {
  readonly code: string;
  readonly rule: string | null;
  readonly detail: string;
}

export interface Checked {
  readonly problems: readonly RuleProblem[];
  readonly replay: Replay | null;
}

export interface Handover {
  readonly from: string;
  readonly to: string;
  readonly lines: { readonly vi: readonly string[]; readonly en: readonly string[] };
  readonly cases: readonly Case[];
}
