/** Which figure each key of a page's own model is: what a page shows by a key it explains by it. */
import type { FigureId } from "./table.ts";

/** The strip of the room, of the city and of an account's part. */
export const STRIP: Readonly<Record<string, FigureId>> = {
  wait_day: "wait_day", wait_hour: "wait_hour", over_15min: "over_15min", waiting: "waiting", open_counters: "open_counters",
  transaction: "transaction", overdue: "overdue", due_today: "due_today", satisfaction: "satisfaction", points: "points",
};

/** Lines of a point's forecast; those of the queue are `queue-30` and so on. */
export const forecastOf = (key: string): FigureId => (key === "wait" ? "forecast_wait" : key === "counters" ? "forecast_counters" : "forecast_queue");

export const COMPARED = { wait: "wait_day", over: "over_15min", transaction: "transaction", satisfied: "satisfaction" } as const satisfies Record<string, FigureId>;

export const SUM = {
  open: "in_progress", overdue: "overdue", due_soon: "due_soon", paused: "paused", no_due_date: "no_due_date", awaiting_acceptance: "awaiting_acceptance",
} as const satisfies Record<string, FigureId>;

export const QUALITY_OF_ALERTS: Readonly<Record<string, FigureId>> = {
  per_hour: "alerts_per_hour", flood: "alerts_flood", acknowledge: "alerts_acknowledge", without: "alerts_without_action", standing: "alerts_standing",
};

export const QUICK = { overdue: "overdue", today: "due_today", paused: "paused", no_due: "no_due_date" } as const satisfies Record<string, FigureId>;

/** Groups of index 766 by their code in the server's definition. */
export const INDEX_GROUP: Readonly<Record<string, FigureId>> = {
  "1": "index_1", "2": "index_2", "3A": "index_3a", "3B": "index_3b", "4": "index_4", "5": "index_5",
};

/** Columns of the scorecard's list. */
export const BOARD = ["rank", "score", "known_weight"] as const satisfies readonly FigureId[];

/** Figures of the briefing, in its order of reading. */
export const OF_BRIEFING = [
  "briefing", "visits", "wait_day", "over_15min", "transaction", "on_time", "overdue", "digitised", "supplement_twice", "acknowledged", "satisfaction", "feedback", "covered",
] as const satisfies readonly FigureId[];
