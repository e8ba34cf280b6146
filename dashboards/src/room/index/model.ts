/** What the page says of figures, as values: widths, periods, numbers and rows of a file. Pure. */
import { TIME_ZONE, decimal } from "../../i18n/format.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import type { Names } from "./names.ts";
import type { IndexRow, Loss, Points } from "./view.ts";

/** The parts of a bar; they sum to its maximum. */
export interface Bar {
  readonly held: number;
  readonly lost: number;
  readonly unknown: number;
}

const atLeastZero = (value: number): number => Math.max(0, value);

export const barOf = ({ points, max_known, max }: Points): Bar => ({
  held: points,
  lost: atLeastZero(max_known - points),
  unknown: atLeastZero(max - max_known),
});

/** Nothing of it is known: its points are not 0 but nothing. */
export const isUnknown = ({ max_known }: Points): boolean => max_known <= 0;

export const lostOf = (total: Points): number | null => (isUnknown(total) ? null : barOf(total).lost);

/** Points lost in one group; `null` where nothing of it is known. */
export function groupLost(row: IndexRow, code: string): number | null {
  const group = row.groups.find((one) => one.code === code);
  return group === undefined ? null : lostOf(group);
}

/** One case may be worth a thousandth of a point: small numbers keep their first digits. */
export function worth(lang: Lang, value: number | null): string {
  if (value === null) return decimal(lang, value);
  const size = Math.abs(value);
  return decimal(lang, value, size === 0 ? 0 : size >= 0.1 ? 2 : size >= 0.001 ? 4 : 6);
}

export const points = (lang: Lang, value: number | null): string => decimal(lang, value, 2);

/** A difference with its sign, with a true minus. */
export function signed(lang: Lang, value: number): string {
  const text = worth(lang, Math.abs(value));
  return value < 0 ? `−${text}` : `+${text}`;
}

export function periodWords(t: Catalogue["index766"], period: string): string {
  const match = /^(\d{4})(?:-(?:(\d\d)|Q([1-4])))?$/.exec(period);
  const [, year = "", month, quarter] = match ?? [];
  if (month !== undefined) return t.month(month, year);
  if (quarter !== undefined) return t.quarter(quarter, year);
  return year === "" ? period : t.year(year);
}

/** 2026-01-31 as 31/01/2026, in both languages. */
export const dayWords = (day: string): string => day.split("-").reverse().join("/");

export interface Periods {
  readonly months: readonly string[];
  readonly quarters: readonly string[];
  readonly years: readonly string[];
}

const monthFormat = new Intl.DateTimeFormat("en-CA", { timeZone: TIME_ZONE, year: "numeric", month: "2-digit" });

/** Periods that have begun by an instant, newest first: a year of months, four quarters, three years. */
export function periodsUntil(asOf: string): Periods {
  const parts = monthFormat.formatToParts(Date.parse(asOf));
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  const last = part("year") * 12 + part("month") - 1;
  const yearOf = (month: number): number => Math.floor(month / 12);
  const months = Array.from({ length: 12 }, (_, i) => last - i);
  const quarters = Array.from({ length: 4 }, (_, i) => Math.floor(last / 3) - i);
  return {
    months: months.map((m) => `${yearOf(m)}-${String((m % 12) + 1).padStart(2, "0")}`),
    quarters: quarters.map((q) => `${Math.floor(q / 4)}-Q${(q % 4) + 1}`),
    years: Array.from({ length: 3 }, (_, i) => String(yearOf(last) - i)),
  };
}

/** A number as people write it in a language: "8.705" is 8705 in Vietnamese, 8.705 in English. `null` is no number. */
export function numberIn(lang: Lang, text: string): number | null {
  const [group, point] = lang === "vi" ? ["\\.", ","] : [",", "\\."];
  const bare = text.trim().replace(/[\s\u00a0]/g, "");
  const isWritten = new RegExp(`^(\\d+|\\d{1,3}(${group}\\d{3})+)(${point}\\d+)?$`).test(bare);
  if (!isWritten) return null;
  const plain = bare.replace(new RegExp(group, "g"), "").replace(new RegExp(point), ".");
  return Number(plain);
}

/** Whether a case can still be mended, and so be chosen. */
export const isCurable = (loss: Loss): boolean => loss.cure !== null;

/** The head and the rows of the file of losses. Codes stay codes, times stay RFC 3339: it is for machines too. */
export const LOSS_COLUMNS = ["case", "loss", "reason", "cure", "points", "procedure", "site", "site_name", "agency", "agency_name", "due", "ended", "unreported", "period", "indicator", "simulated"];

export function lossRow(lang: Lang, names: Names, loss: Loss, of: { period: string; indicator: string; simulated: boolean }): (string | number | boolean | null)[] {
  const { site, agency } = loss;
  return [
    loss.case, loss.loss, loss[lang], loss.cure?.[lang] ?? null, loss.points, loss.procedure,
    site, site === null ? null : names.site(site), agency, agency === null ? null : names.agency(lang, agency),
    loss.due, loss.ended, loss.unreported, of.period, of.indicator, of.simulated,
  ];
}

export function entryKey(key: string): { readonly period: string; readonly indicator: string; readonly by: string; readonly part: string } {
  const [period = "", indicator = "", by = "", ...part] = key.split("/");
  return { period, indicator, by, part: part.join("/") };
}
