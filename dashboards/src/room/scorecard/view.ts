/** What the scorecard's interfaces answer, as far as the page shows it. What is not known is `null`, and never 0. */
import type { Named, Side } from "../pages/view.ts";

interface Scored {
  readonly points: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface GroupScore extends Scored {
  readonly code: string;
  /** Metrics that are known, and all. */
  readonly known: readonly [number, number];
}

export interface MetricScore extends Scored {
  readonly code: string;
  readonly group: string;
  readonly value: number | null;
  readonly sample: number | null;
  readonly is_entered: boolean;
}

export interface Card extends Scored {
  readonly key: string;
  readonly name: string | null;
  readonly kind: string | null;
  readonly rank: number | null;
  /** The best and the worst that the intervals allow. */
  readonly rank_between: readonly [number, number] | null;
  readonly known_weight: number;
  readonly groups: readonly GroupScore[];
  readonly metrics: readonly MetricScore[];
}

type Measure = "entered" | { readonly share: { readonly inverted: boolean } } | { readonly mean: { readonly target: number } };

export interface Metric extends Named {
  readonly code: string;
  readonly group: string;
  readonly measure: Measure;
  readonly views: readonly string[];
}

export type Standing = "met" | "under" | "exempt" | "unknown";

export interface Productivity {
  readonly site: string;
  readonly area: string;
  readonly received: number;
  readonly a_year: number;
  readonly staff: number | null;
  readonly per_officer: number | null;
  readonly norm: number;
  readonly standing: Standing;
}

export interface Spread {
  readonly points: number;
  readonly p10: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
}

export interface Equity {
  readonly urban: Side;
  readonly rural: Side;
  readonly wait: Spread;
  readonly on_time: Spread;
  readonly satisfied: Spread;
}

export interface Scorecard {
  readonly period: string;
  readonly as_of: string;
  readonly simulated: boolean;
  readonly view: "internal" | "external";
  readonly criteria: { readonly groups: readonly (Named & { readonly code: string })[]; readonly metrics: readonly Metric[] };
  readonly weights: { readonly entered_at: string; readonly source: string; readonly value: Readonly<Record<string, number>> } | null;
  readonly weights_note: Named;
  readonly rows: readonly Card[];
  /** Of points only. */
  readonly productivity?: readonly Productivity[];
  readonly equity?: Equity;
}

export interface Baseline {
  readonly index: string;
  readonly year: number;
  readonly rank: number | null;
  readonly value: number | null;
  readonly source: string;
  readonly entered_at?: string;
}

export interface Baselines {
  readonly rows: readonly Baseline[];
}
