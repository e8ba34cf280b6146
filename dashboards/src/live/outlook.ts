/** What a point's forecasts tell (`GET /sites/{id}/outlook`, and the key `outlook` of the site's topic). */

export type Hidden = "no_data" | "too_few_days" | "not_better" | "closed";

export interface People {
  readonly median: number;
  readonly bound: number;
  readonly sample: number;
}

export interface Outlook {
  readonly site: string;
  readonly as_of: string;
  readonly days: number;
  readonly wait: { readonly median_s: number; readonly bound_s: number; readonly sample: number } | null;
  readonly wait_hidden: Hidden | null;
  readonly queue: readonly { readonly minutes: number; readonly people: People | null; readonly hidden: Hidden | null }[];
  readonly counters: {
    readonly open: number;
    readonly target: { readonly wait_s: number; readonly share: number };
    readonly steps: readonly { readonly from: string; readonly counters: number }[];
    readonly too_few_from: string | null;
    readonly reaches: boolean;
  } | null;
  readonly counters_hidden: Hidden | null;
}
