/**
 * Numbers, times and ages in the reader's language. Times are always Hà Nội's, wherever the screen hangs.
 */
export const LANGUAGES = ["vi", "en"] as const;
export type Lang = (typeof LANGUAGES)[number];

export const TIME_ZONE = "Asia/Ho_Chi_Minh";
/** Stands for a figure without a sample. */
export const NONE = "—";

const LOCALE: Record<Lang, string> = { vi: "vi-VN", en: "en-GB" };

// Making an Intl formatter costs far more than using one.
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(lang: Lang, digits: number, percent: boolean): Intl.NumberFormat {
  const key = `${lang}${digits}${percent ? "%" : ""}`;
  let format = numberFormats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(LOCALE[lang], {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      style: percent ? "percent" : "decimal",
      // A sum of nothing may come as -0, and what is rounded to nothing has no sign.
      signDisplay: "negative",
    });
    numberFormats.set(key, format);
  }
  return format;
}

type DateKey = "time" | "clock" | "date" | "moment" | "day";

function dateFormat(lang: Lang, key: DateKey): Intl.DateTimeFormat {
  let format = dateFormats.get(lang + key);
  if (!format) {
    const options: Intl.DateTimeFormatOptions =
      key === "date"
        ? { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" }
        : key === "day"
        ? { day: "2-digit", month: "2-digit", year: "numeric" }
        : key === "moment"
        ? { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
        : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(key === "clock" ? { second: "2-digit" } : {}) };
    format = new Intl.DateTimeFormat(LOCALE[lang], { timeZone: TIME_ZONE, ...options });
    dateFormats.set(lang + key, format);
  }
  return format;
}

type Maybe<T> = T | null | undefined;

const isFigure = (value: Maybe<number>): value is number => typeof value === "number" && Number.isFinite(value);

export function count(lang: Lang, value: Maybe<number>): string {
  return isFigure(value) ? numberFormat(lang, 0, false).format(value) : NONE;
}

export function decimal(lang: Lang, value: Maybe<number>, digits = 1): string {
  return isFigure(value) ? numberFormat(lang, digits, false).format(value) : NONE;
}

export function percent(lang: Lang, share: Maybe<number>, digits = 1): string {
  return isFigure(share) ? numberFormat(lang, digits, true).format(share) : NONE;
}

/** Seconds as minutes with one decimal, without a unit. */
export function minutes(lang: Lang, seconds: Maybe<number>, digits = 1): string {
  return isFigure(seconds) ? decimal(lang, seconds / 60, digits) : NONE;
}

function date(lang: Lang, key: DateKey, value: Maybe<string | number>): string {
  if (value === null || value === undefined) return NONE;
  const ms = typeof value === "number" ? value : Date.parse(value);
  return Number.isNaN(ms) ? NONE : dateFormat(lang, key).format(ms);
}

/** 09:12 */
export const hourMinute = (lang: Lang, value: Maybe<string | number>): string => date(lang, "time", value);
/** 09:12:40 */
export const clockTime = (lang: Lang, value: Maybe<string | number>): string => date(lang, "clock", value);
/** 09:12 23/11/2026 */
export const moment = (lang: Lang, value: Maybe<string | number>): string => date(lang, "moment", value);
/** 23/11/2026 */
export const shortDate = (lang: Lang, value: Maybe<string | number>): string => date(lang, "day", value);
/** Thứ Hai, 23/11/2026 */
export const fullDate = (lang: Lang, value: Maybe<string | number>): string => date(lang, "date", value);

const UNITS: Record<Lang, { s: string; min: string; h: string; d: string }> = {
  vi: { s: "giây", min: "phút", h: "giờ", d: "ngày" },
  en: { s: "s", min: "min", h: "h", d: "d" },
};

/** A span in its two most telling parts at most: "45 giây", "12 phút", "1 giờ 5 phút", "3 ngày". */
export function span(lang: Lang, seconds: Maybe<number>): string {
  if (!isFigure(seconds)) return NONE;
  const unit = UNITS[lang];
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} ${unit.s}`;
  const mins = Math.floor(whole / 60);
  if (mins < 60) return `${mins} ${unit.min}`;
  const hours = Math.floor(mins / 60);
  if (hours < 24) return mins % 60 ? `${hours} ${unit.h} ${mins % 60} ${unit.min}` : `${hours} ${unit.h}`;
  return `${Math.floor(hours / 24)} ${unit.d}`;
}

/** Seconds from `earlier` to `later`, both RFC 3339; `null` if either is missing. */
export function secondsBetween(earlier: Maybe<string>, later: Maybe<string>): number | null {
  if (!earlier || !later) return null;
  const seconds = (Date.parse(later) - Date.parse(earlier)) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}
