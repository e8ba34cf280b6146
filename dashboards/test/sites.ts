/** Invented sites and figures for tests. */
import type { CityFigures, DayFigures, SiteSummary } from "../src/live/views.ts";

export const emptyDay: DayFigures = {
  visits: 0, started: 0, finished: 0, abandoned: 0, mean_wait_s: null, p50_wait_s: null, p90_wait_s: null,
  p95_wait_s: null, over_15min: 0, mean_transaction_s: null,
};

export const site = (id: string, change: Partial<SiteSummary> = {}): SiteSummary => ({
  id, name: `Điểm phục vụ hành chính công Phường ${id}`, kind: "point", unit: id, lon: 105.8, lat: 21, coord_class: "A",
  registered: true, state: "ok", reasons: [], attention: 0, last_event_at: null, queue: null, open_counters: null,
  day: emptyDay, hour: emptyDay, dossiers: { in_progress: 0, due_today: 0, overdue: 0 },
  ratings: { ratings: 0, satisfied_share: null }, ...change,
});

export const emptyCity: CityFigures = {
  day: emptyDay, hour: emptyDay, waiting: null, longest_wait_s: null, open_counters: null,
  sites: { total: 156, ok: 0, busy: 0, over: 0, closed: 0, no_data: 156 },
  dossiers: { in_progress: 0, due_today: 0, overdue: 0, submitted_today: 0, resolved_today: 0, resolved_overdue_today: 0 },
  ratings: { ratings: 0, mean_score: null, satisfied: 0, satisfied_share: null, low: null, high: null },
  transaction_over_15min_per_dossier: 0,
  targets: { wait_s: 900, transaction_s: 900, satisfied_share: 0.95, overdue: 0 },
};
