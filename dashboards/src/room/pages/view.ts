/** What answers of several pages have in common. */
export interface Named {
  readonly vi: string;
  readonly en: string;
}

/** Points of one kind, to be set beside those of another. */
export interface Side {
  readonly points: number;
  readonly visits: number;
  readonly mean_wait_s: number | null;
  readonly on_time: number | null;
  readonly satisfied: number | null;
}
