/** What `GET /dossiers/list` answers. What is not known is `null`. */
export interface DossierRow {
  readonly dossier: string;
  readonly procedure: string | null;
  readonly field: string | null;
  readonly site: string | null;
  readonly agency: string | null;
  readonly holder: string | null;
  readonly channel: string | null;
  readonly stage: string;
  readonly submitted: string | null;
  readonly accepted: string | null;
  readonly due: string | null;
  readonly due_is_computed: boolean;
  readonly ended: string | null;
  readonly overdue: boolean | null;
  readonly paused: boolean;
  readonly working_hours: number | null;
}

export interface DossierPage {
  readonly as_of: string;
  readonly simulated: boolean;
  readonly total: number;
  /** From which filing on the server looked, where it set a bound of its own. */
  readonly filed_from?: string | null;
  readonly rows: readonly DossierRow[];
}
