/** Words that several parts of the page say. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, percent, shortDate } from "../../i18n/format.ts";
import { shortName } from "../supervision/names.ts";
import type { PageState } from "./state.ts";
import { KINDS } from "./view.ts";
import type { Data, Question, Share } from "./view.ts";

/** A point's name without what all begin with; a code stands until its name is known. */
export function nameOf({ points, places }: PageState, id: string): string {
  const name = points.find((one) => one.id === id)?.name;
  return name === undefined ? places.names.short(id) : shortName({ id, name });
}

export function kindsWords(lang: Lang, kinds: Question["kinds"]): string {
  const t = catalogue(lang);
  return kinds.length === KINDS.length ? t.planner.allKinds : kinds.map((kind) => wordFor(t.kinds, kind).toLowerCase()).join(", ");
}

/** The question in one line: "Đi xe máy, dưới 30 phút hoặc trong 5 km, mọi loại điểm". */
export function questionWords(lang: Lang, { mode, rule, minutes, km, kinds }: Question): string {
  const t = catalogue(lang);
  const which = kindsWords(lang, kinds);
  return [t.travelMode(mode), t.coverageRule(decimal(lang, minutes, minutes % 1 === 0 ? 0 : 1), decimal(lang, km, km % 1 === 0 ? 0 : 1), rule), which].join(" · ");
}

const isDate = /^\d{4}-\d{2}-\d{2}/;

/** Whatever an answer says it was computed from: a text, or named texts; dates are told as dates. */
function told(lang: Lang, value: unknown): string {
  if (typeof value === "string") return isDate.test(value) ? shortDate(lang, value) : value;
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map((one) => told(lang, one)).filter((one) => one !== "").join(", ");
}

/** What an answer was computed from, as it says itself; nothing where it does not. */
export function dataWords(lang: Lang, data: Data | undefined): string[] {
  const t = catalogue(lang).planner;
  const parts = [[t.dataPack, told(lang, data?.pack)], [t.dataVersion, told(lang, data?.version)], [t.dataPoints, told(lang, data?.points)]];
  return parts.filter(([, text]) => text !== "").map(([name, text]) => `${name ?? ""}: ${text ?? ""}`);
}

/** Rule, data and date, as the answer itself says them. */
export function basisWords(lang: Lang, question: Question, data: Data | undefined): string {
  return [catalogue(lang).planner.byRule(questionWords(lang, question)), ...dataWords(lang, data)].join(" · ");
}

/** "98,20% → 98,35%"; what has not changed is said once. */
export const shareWords = (lang: Lang, before: Share, after: Share): string =>
  (before.covered === after.covered ? percent(lang, after.share, 2) : `${percent(lang, before.share, 2)} → ${percent(lang, after.share, 2)}`);

export const farWords = (lang: Lang, { far_population: far }: Share): string => catalogue(lang).planner.far(count(lang, far));

export const minutesWords = (lang: Lang, minutes: number | null): string => (minutes === null ? NONE : `${decimal(lang, minutes)} ${catalogue(lang).unitMinutes}`);
export const kmWords = (lang: Lang, km: number | null): string => (km === null ? NONE : `${decimal(lang, km)} km`);
