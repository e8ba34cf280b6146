/** What `GET /dossiers/{id}` answers, as far as the page shows it. */
import type { Named } from "../pages/view.ts";

export interface Because {
  readonly event: string;
  readonly time: string;
  readonly source: string;
  readonly id: string;
}

export interface Span {
  readonly phase: string;
  readonly from: string;
  readonly to: string | null;
  readonly working_hours: number;
  readonly hours: number;
  readonly because: Because;
  readonly rule: Named;
}

/** Something asked of the handling beside the due date. */
export interface Duty {
  readonly duty: string;
  readonly standing: "kept" | "broken" | "open" | "open_late" | "unset";
  readonly since: string;
  readonly due: string | null;
  readonly done: string | null;
  readonly of: string | null;
  readonly step: string | null;
}

export interface Dossier {
  readonly as_of: string;
  readonly simulated: boolean;
  readonly code_valid: boolean;
  readonly filing: Readonly<Record<"procedure" | "field" | "site" | "agency", string>> & { readonly channel: string | null } | null;
  readonly stage: string;
  readonly due: string | null;
  readonly overdue: boolean | null;
  readonly paused: boolean;
  readonly holder: string | null;
  readonly calendar_provisional: boolean;
  readonly spans: readonly Span[];
  readonly due_dates: readonly { readonly due: string; readonly moved_to: string; readonly because: Because }[];
  readonly turns: readonly {
    readonly holder: string; readonly from: string; readonly to: string | null; readonly working_hours: number;
  }[];
  readonly duties: readonly Duty[];
  readonly due_is_computed: boolean;
  readonly remarks: readonly ({ readonly code: string } & Named)[];
}
