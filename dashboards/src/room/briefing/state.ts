/** Which briefing is meant, and what the page knows. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { dayOf } from "../pages/days.ts";
import { UNASKED, address } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { hashOf } from "../pages/hash.ts";
import type { Query } from "../pages/hash.ts";
import { periodsUntil } from "../pages/period.ts";
import type { Paper } from "./view.ts";

export const PAGE = "briefing";
export const READERS = ["city", "government-office", "council"] as const;
export type Reader = (typeof READERS)[number];
/** What a briefing can be taken along as. */
export const FILES = ["pdf", "docx", "xlsx", "html"] as const;

export interface View {
  /** A week, month or quarter; empty for the last week that is over. */
  readonly span: string;
  readonly reader: Reader;
}

export interface PageState {
  readonly lang: Lang;
  readonly view: View;
  /** What time the server has; `null` before it is known. */
  readonly now: Asked<{ readonly as_of: string; readonly simulated: boolean }>;
  readonly paper: Asked<Paper>;
}

const SPAN = /^\d{4}-(?:W\d\d|\d\d|Q[1-4])$/;

export const viewOf = (query: Query): View => ({
  span: SPAN.test(query["span"] ?? "") ? (query["span"] ?? "") : "",
  reader: READERS.find((one) => one === query["reader"]) ?? "city",
});

export const hashOfView = ({ span, reader }: View): string => hashOf(PAGE, { span, reader: reader === "city" ? "" : reader });

export const start = (lang: Lang): PageState => ({ lang, view: viewOf({}), now: UNASKED, paper: UNASKED });

const DAY_MS = 86_400_000;

/** The ISO 8601 week of a day, such as `2026-W47`. */
export function weekOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  // The week's Thursday says which year it is of.
  const thursday = new Date(at.getTime() + (4 - (at.getUTCDay() || 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const number = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1;
  return `${year}-W${String(number).padStart(2, "0")}`;
}

export interface Spans {
  readonly weeks: readonly string[];
  readonly months: readonly string[];
  readonly quarters: readonly string[];
}

/** Spans that have begun by an instant, newest first: thirteen weeks, a year of months, four quarters. */
export function spansUntil(asOf: string): Spans {
  const today = Date.parse(`${dayOf(asOf)}T00:00:00Z`);
  const weeks = Array.from({ length: 13 }, (_, back) => weekOf(new Date(today - back * 7 * DAY_MS).toISOString().slice(0, 10)));
  const { months, quarters } = periodsUntil(asOf);
  return { weeks, months, quarters };
}

/** The span in force; `null` before the server has said what time it has. */
export function inForce({ view, now }: Pick<PageState, "view" | "now">): string | null {
  if (view.span !== "") return view.span;
  return now.value === null ? null : (spansUntil(now.value.as_of).weeks[1] ?? null);
}

export function fileAddress({ lang, view }: Pick<PageState, "lang" | "view">, span: string, format: string): string {
  return address(`briefings/${encodeURIComponent(span)}`, { format, lang, reader: view.reader === "city" ? "" : view.reader });
}
