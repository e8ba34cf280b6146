/** Days as a page's address has them, `2026-11-23`: both ends within; the server's spans end before their last instant. */
import { TIME_ZONE } from "../../i18n/format.ts";

const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

/** The day in Hà Nội of an instant. */
export const dayOf = (instant: string): string => dayFormat.format(Date.parse(instant));

/** A day of an address; empty where it is none. */
export function dayIn(text: string | undefined): string {
  if (text === undefined || !/^\d{4}-\d\d-\d\d$/.test(text)) return "";
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? text : "";
}

/** The day after; empty stays empty. */
export function dayAfter(day: string): string {
  return day === "" ? "" : new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

export const monthBegin = (day: string): string => `${day.slice(0, 8)}01`;
