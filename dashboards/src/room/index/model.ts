/** What the page says of figures, as values: widths, numbers, names and rows of a file. Pure. */
import { decimal } from "../../i18n/format.ts";
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import type { Names } from "../pages/names.ts";
import type { By } from "./state.ts";
import type { IndexRow, Loss, Points } from "./view.ts";

/** The parts of a bar; they sum to its maximum. */
interface Bar {
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

export function partName(lang: Lang, names: Names, by: By, key: string): string {
  return { city: () => catalogue(lang).index766.by.city, agency: () => names.agency(lang, key), unit: () => names.unit(key), site: () => names.site(key) }[by]();
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
