/** What the index's interfaces answer, as far as the page shows it. A figure that is not known is `null`. */
import type { Named } from "../pages/view.ts";

export interface Points {
  readonly points: number;
  /** What could be had of what is known. */
  readonly max_known: number;
  readonly max: number;
  /** If everything that is not known were in full. */
  readonly at_most: number;
}

export type Group = Points & Named & { readonly code: string };

type Origin = "computed" | "entered" | "no_case" | "unknown";

interface Score {
  readonly code: string;
  readonly max: number;
  readonly counts: string;
  readonly ratio: { readonly good: number; readonly all: number } | null;
  readonly share: number | null;
  readonly points: number | null;
  readonly origin: Origin;
  readonly unreported: number;
  readonly points_each: number | null;
  readonly lost: number | null;
}

export type Indicator = Score & Named & { readonly cap: number | null };

export interface IndexRow {
  readonly key: string;
  readonly total: Points;
  readonly band: string | null;
  readonly at_risk: number;
  readonly groups: readonly Group[];
  readonly indicators: readonly Indicator[];
}

interface Entry<V> {
  readonly key: string;
  readonly entered_at: string;
  readonly source: string;
  readonly value: V;
}

export interface GroupPoints {
  readonly points: Readonly<Record<string, number>>;
  readonly sum: number;
  readonly total: number | null;
}

interface Baseline extends GroupPoints {
  readonly period: string;
  readonly source: string;
}

export interface Index {
  readonly period: string;
  readonly as_of: string;
  readonly is_over: boolean;
  readonly simulated: boolean;
  readonly version: { readonly name: string; readonly effective_from: string; readonly source: string; readonly is_verified: boolean };
  readonly rows: readonly IndexRow[];
  readonly entered: readonly Entry<{ readonly good: number; readonly all: number }>[];
  readonly official: Entry<GroupPoints> | null;
  readonly baselines: readonly Baseline[];
}

export interface Loss extends Named {
  readonly case: string;
  readonly loss: string;
  readonly cure: Named | null;
  readonly points: number;
  readonly procedure: string | null;
  readonly site: string | null;
  readonly agency: string | null;
  readonly due: string | null;
  readonly ended: string | null;
  readonly unreported: boolean;
}

interface WhatIf {
  readonly now: number | null;
  readonly if_nothing_is_done: number | null;
  readonly if_done: number | null;
  readonly if_all_is_done: number | null;
}

export interface Losses extends Named {
  readonly simulated: boolean;
  readonly total: number;
  readonly items: readonly Loss[];
  readonly what_if: WhatIf | null;
}
