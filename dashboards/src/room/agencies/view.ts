/** What the interfaces of backlogs, forecasts, processes, flows and duties answer, as far as the page shows it. */
export interface BacklogRow {
  readonly key: string;
  readonly name: string | null;
  readonly level: string | null;
  readonly system: string | null;
  readonly open: number;
  readonly overdue: number;
  readonly due_soon: number;
  readonly paused: number;
  readonly no_due_date: number;
  readonly awaiting_acceptance: number;
  readonly age_days: readonly number[];
  readonly oldest: string | null;
}

export interface Backlog {
  readonly as_of: string;
  readonly simulated: boolean;
  readonly age_limits_days: readonly number[];
  readonly rows: readonly BacklogRow[];
}

type Width = "city" | "agency" | "procedure" | "step";

export interface Compared {
  readonly width: Width;
  readonly open: number;
  readonly late: number;
}

export interface Urgent {
  readonly dossier: string;
  readonly agency: string;
  readonly procedure: string | null;
  readonly in_hands_of: string;
  readonly due: string;
  readonly left_working_hours: number;
  /** `null` where too little was learned from to tell. */
  readonly chance_late: number | null;
  /** The part of its time that is used. */
  readonly used: number;
  readonly because: readonly Compared[];
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  readonly said: number;
  readonly came: number;
}

export interface Calibration {
  readonly bins: readonly Bin[];
  readonly n: number;
  readonly brier: number | null;
  readonly brier_of_rate: number | null;
}

export interface Forecast {
  readonly total: number;
  readonly items: readonly Urgent[];
  readonly learned: { readonly from: string; readonly to: string; readonly tried_from: string; readonly dossiers: number; readonly late: number; readonly enough: boolean };
  readonly calibration: Calibration;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly median_hours: number | null;
  readonly p90_hours: number | null;
}

export interface Activity {
  readonly activity: string;
  readonly count: number;
  readonly dossiers: number;
  readonly repeated_in: number;
}

export interface Variant {
  readonly activities: readonly string[];
  readonly dossiers: number;
  readonly share: number;
  readonly median_hours: number | null;
}

export interface Graph {
  readonly activities: readonly Activity[];
  readonly edges: readonly Edge[];
  readonly variants: readonly Variant[];
  readonly dossiers: number;
  readonly courses: number;
  readonly other_courses: number;
  readonly reworked: number;
}

export interface Way {
  readonly site: string;
  readonly agency: string;
  readonly returned_at: string | null;
  readonly dossiers: number;
}

interface Portal {
  readonly received: number | null;
  readonly resolved: number | null;
  readonly received_difference: number | null;
  readonly resolved_difference: number | null;
  readonly source: string;
  readonly entered_at: string;
}

export interface Flows {
  readonly received: number;
  readonly resolved: number;
  readonly portal: Portal | null;
  readonly routes: {
    readonly dossiers: number;
    readonly home_known: number;
    readonly cross_boundary: number;
    readonly returned_elsewhere: number;
    readonly different: number;
    readonly by_system: Readonly<Record<string, number>>;
    readonly ways: readonly Way[];
  };
}

/** One row's figures, named by duty and state, as `digitise_kept`; by agency it has the agency's code too. */
export type DutyRow = Readonly<Record<string, number | string | null>>;

export interface Duties {
  readonly rows: readonly DutyRow[];
}
