/** Where each vehicle stands in the week, by half days. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { h } from "../../../ui/dom.ts";
import type { Session } from "../view.ts";

export interface TimetableRow {
  readonly vehicle: number;
  readonly half: string;
  /** By weekday, Monday first; empty where the vehicle does not stand anywhere. */
  readonly ids: readonly (readonly string[])[];
}

const DAYS = 7;

/** One row for each vehicle and half day, in that order. Pure. */
export function timetableRows(sessions: readonly Session[]): TimetableRow[] {
  const rows = new Map<string, { vehicle: number; half: string; ids: string[][] }>();
  for (const { vehicle, weekday, half, id } of sessions) {
    const key = `${vehicle} ${half}`;
    const row = rows.get(key) ?? { vehicle, half, ids: Array.from({ length: DAYS }, () => []) };
    row.ids[weekday - 1]?.push(id);
    rows.set(key, row);
  }
  const orderOf = (half: string): number => (half === "morning" ? 0 : 1);
  return [...rows.values()].sort((a, b) => a.vehicle - b.vehicle || orderOf(a.half) - orderOf(b.half));
}

export function timetable(lang: Lang, sessions: readonly Session[], names: ReadonlyMap<string, string>): HTMLElement {
  const t = catalogue(lang).planner;
  const rows = timetableRows(sessions);
  // Days on which nothing stands anywhere are left out: most weeks have no Sunday.
  const days = Array.from({ length: DAYS }, (_, i) => i).filter((i) => rows.some(({ ids }) => (ids[i] ?? []).length > 0));
  const head = h("tr", {}, h("th", { text: t.vehicle, attrs: { scope: "col" } }), ...days.map((i) => h("th", { text: t.weekdays[i] ?? "", attrs: { scope: "col" } })));
  const body = rows.map(({ vehicle, half, ids }) => h("tr", {},
    h("th", { text: t.vehicleHalf(String(vehicle), wordFor(t.halves, half)), attrs: { scope: "row" } }),
    ...days.map((i) => h("td", { text: (ids[i] ?? []).map((id) => names.get(id) ?? id).join(", ") || "–", attrs: { "data-label": t.weekdays[i] ?? "" } }))));
  return h("div", { class: "timetable-box", attrs: { tabindex: "0", role: "region", "aria-label": t.timetable } },
    h("table", { class: "timetable", attrs: { "data-testid": "timetable" } }, h("caption", { text: t.timetable }), h("thead", {}, head), h("tbody", {}, ...body)));
}
