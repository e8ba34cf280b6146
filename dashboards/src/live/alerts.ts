/** The typed mirror of the topic `alerts` (`docs/alerts.md`): every case that is not closed, and how the desk stands. */
import type { Clock, Timestamp, ViewData } from "./views.ts";

/** The most pressing first. */
export const PRIORITIES = ["high", "medium", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** In the order in which a desk looks at them. */
export const CASE_STATES = ["new", "acknowledged", "returned", "settled", "shelved", "suppressed", "closed"] as const;
export type CaseState = (typeof CASE_STATES)[number];

export interface Subject {
  readonly kind: "site" | "agency" | "device" | "city" | "task" | "source";
  readonly id: string;
  readonly name: string | null;
}

/** One rule that stands or stood; `until` is `null` while it does. */
export interface CaseReason {
  readonly rule: string;
  readonly since: Timestamp;
  readonly until: Timestamp | null;
  readonly value: number | null;
  readonly sample: number | null;
  readonly limit: number | null;
  readonly unit: string;
}

export interface Explanation {
  readonly at: Timestamp;
  readonly by: string;
  readonly text: string;
}

export interface Urge extends Explanation {
  readonly urge: number;
  readonly agency: string;
  readonly answer: Explanation | null;
}

export interface Case {
  readonly id: string;
  readonly group: string;
  readonly rule: string;
  readonly subject: Subject;
  readonly site: string | null;
  readonly agency: string | null;
  readonly priority: Priority;
  readonly owner: string;
  readonly state: CaseState;
  readonly standing: boolean;
  readonly since: Timestamp;
  readonly raised_at: Timestamp;
  readonly changed_at: Timestamp;
  readonly returned_at: Timestamp | null;
  readonly closed_at: Timestamp | null;
  /** What late events say against it; some servers say only that they do. */
  readonly corrected: string | boolean | null;
  readonly reasons: readonly CaseReason[];
  readonly members: readonly string[];
  /** Those of the members that are over the rule now, the worst first. */
  readonly over: readonly { readonly site: string; readonly value: number; readonly sample: number }[];
  readonly assigned_to: string | null;
  readonly acknowledged_at: Timestamp | null;
  readonly acknowledged_by: string | null;
  readonly escalated_at: Timestamp | null;
  readonly shelved_until: Timestamp | null;
  readonly shelved_reason: string | null;
  readonly suppressed_by: string | null;
  readonly explanations: readonly Explanation[];
  readonly urges: readonly Urge[];
}

interface Receiver {
  readonly name: string;
  readonly failing_since: Timestamp | null;
  readonly waiting: number;
}

/** How the desk stands; `evaluated_at` tells calm from a feed that has stopped. */
export interface DeskFigures {
  readonly open: number;
  readonly new: number;
  readonly acknowledged: number;
  readonly returned: number;
  readonly settled: number;
  readonly shelved: number;
  readonly suppressed: number;
  readonly by_priority: Readonly<Partial<Record<Priority, number>>>;
  readonly raised_hour: number;
  readonly flood: boolean;
  readonly oldest_new_at: Timestamp | null;
  readonly evaluated_at: Timestamp | null;
  readonly receivers: readonly Receiver[];
}

export interface AlertsView {
  readonly clock: Clock | null;
  readonly desk: DeskFigures | null;
  readonly cases: ReadonlyMap<string, Case>;
}

/** Where no case has changed since `before`, its cases stay the same object: what is made of them need not be made again. */
export function alertsView(data: ViewData, before: AlertsView | null = null): AlertsView {
  const all = new Map<string, Case>();
  let isSame = before !== null;
  for (const [key, value] of data) {
    if (!key.startsWith("a/")) continue;
    const one = value as Case;
    all.set(one.id, one);
    isSame &&= before?.cases.get(one.id) === one;
  }
  const cases = isSame && before?.cases.size === all.size ? before.cases : all;
  return {
    clock: (data.get("clock") ?? null) as Clock | null,
    desk: (data.get("desk") ?? null) as DeskFigures | null,
    cases,
  };
}
