/** Invented cases for tests. */
import type { Case } from "../src/live/views.ts";

export const NOW = "2026-11-23T09:30:00+07:00";

export const aCase = (id: string, change: Partial<Case> = {}): Case => ({
  id, group: "flow", rule: "wait_mean", subject: { kind: "site", id: "00004", name: "Điểm phục vụ hành chính công Phường Ba Đình" }, site: "00004", agency: null,
  priority: "medium", owner: "site", state: "new", standing: true, since: "2026-11-23T09:10:00+07:00", raised_at: "2026-11-23T09:12:00+07:00",
  changed_at: "2026-11-23T09:12:00+07:00", returned_at: null, closed_at: null, corrected: null,
  reasons: [{ rule: "wait_mean", since: "2026-11-23T09:10:00+07:00", until: null, value: 1002, sample: 23, limit: 900, unit: "s" }],
  members: [], over: [], assigned_to: null, acknowledged_at: null, acknowledged_by: null, escalated_at: null, shelved_until: null, shelved_reason: null,
  suppressed_by: null, explanations: [], urges: [], ...change,
});

export const byId = (cases: readonly Case[]): ReadonlyMap<string, Case> => new Map(cases.map((one) => [one.id, one]));
