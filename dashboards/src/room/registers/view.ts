/** What the registers' interfaces answer, as far as the page shows it. What is not known is `null`. */
import type { Side } from "../pages/view.ts";

export type Standing = "overdue" | "due_soon" | "open" | "continuous" | "done";

export interface Task {
  readonly id: string;
  /** `null` for one that only events have named. */
  readonly vi: string | null;
  readonly en: string | null;
  readonly lead: string | null;
  readonly partners: readonly string[];
  readonly due: string | null;
  readonly standing: Standing;
  readonly told_at: string | null;
  readonly evidence: string | null;
}

interface Answer {
  readonly as_of: string;
  readonly simulated: boolean;
}

export interface Tasks extends Answer {
  readonly rows: readonly Task[];
}

export interface Trained {
  readonly unit: string;
  readonly subject: string;
  readonly count: number;
  readonly of: number | null;
  readonly share: number | null;
  readonly is_overdue: boolean;
  readonly told_at: string;
}

interface Subject {
  readonly units: number;
  readonly complete: number;
  readonly count: number;
  readonly of: number;
  readonly due: string | null;
}

export interface Training extends Answer {
  readonly rows: readonly Trained[];
  readonly subjects: Readonly<Record<string, Subject>>;
  readonly units: number;
  readonly units_reported: number;
}

export type Kept = "kept" | "late" | "visited" | "missed" | "ahead";

export interface Session {
  readonly site: string;
  readonly from: string;
  readonly to: string;
  readonly published: string | null;
  readonly kept: Kept;
  readonly opened: string | null;
  readonly visits: number;
  readonly dossiers: number;
}

export interface Sessions extends Answer {
  readonly rows: readonly Session[];
  readonly compared: { readonly mobile: Side; readonly fixed: Side } | null;
}

export interface Incident {
  readonly incident: string;
  readonly site: string | null;
  readonly kind: string | null;
  readonly reported_at: string;
  readonly closed_at: string | null;
  readonly hours: number;
}

export interface Incidents extends Answer {
  readonly rows: readonly Incident[];
}
