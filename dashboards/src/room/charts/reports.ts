/** What reports of figures answer, as far as charts show it, and how they are asked for. */
import { address } from "../pages/fetch.ts";

export interface Report<R> {
  readonly as_of: string;
  readonly simulated: boolean;
  readonly rows: readonly R[];
  /** Days of which devices have not all been heard past closing, and at how many points. */
  readonly provisional: readonly unknown[];
}

export interface Visits {
  readonly visits: number;
  readonly started: number;
  readonly finished: number;
  readonly abandoned: number;
  readonly unresolved: number;
  readonly walk_in: number;
  readonly implausible: number;
  readonly approximate: number;
  readonly mean_wait_s: number | null;
  readonly p50_wait_s: number | null;
  readonly p90_wait_s: number | null;
  readonly over_15min: number;
  readonly mean_transaction_s: number | null;
}

export interface Boards {
  readonly snapshots: number;
  readonly mean_waiting: number | null;
  readonly peak_waiting: number | null;
  readonly mean_open_counters: number | null;
  readonly silent_minutes: number;
}

export interface Ratings {
  readonly ratings: number;
  readonly satisfied: number;
  readonly satisfied_share: number | null;
  /** 95%, by Wilson. */
  readonly low: number | null;
  readonly high: number | null;
}

export type OfSite<R> = R & { readonly site: string };
export type OfHour<R> = R & { readonly hour: string };

export type Family = "visits" | "boards" | "ratings";

/** Hà Nội's offset, which is the same all year. */
const OFFSET_MS = 7 * 3_600_000;

/** An instant as the server reads and writes it. */
export const stamp = (at: number): string => `${new Date(at + OFFSET_MS).toISOString().slice(0, 19)}+07:00`;

export const dayBegin = (day: string): number => Date.parse(`${day}T00:00:00+07:00`);

/** Figures of a span by points. */
export const bySite = (family: Family, from: number, to: number): string => address(family, { from: stamp(from), to: stamp(to), by: "site" });

/** The hours of a span in which anything counted anywhere: nothing is asked further of others. */
export const byHour = (from: number, to: number, family: Family = "visits"): string => address(family, { from: stamp(from), to: stamp(to), by: "hour" });

export const rowsBySite = <R>({ rows }: Report<OfSite<R>>): ReadonlyMap<string, R> => new Map(rows.map((row) => [row.site, row]));
