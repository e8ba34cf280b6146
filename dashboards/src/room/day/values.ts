/** The values behind the picture of a day, a row for each quarter of an hour: for reading and as a file. Pure. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, hourMinute } from "../../i18n/format.ts";
import type { Cell } from "../pages/csv.ts";
import type { Values } from "../charts/figure.ts";
import { stamp } from "../charts/reports.ts";
import { countersIn, waitingIn } from "./model.ts";
import type { Day } from "./model.ts";

const inMinutes = (seconds: number | null | undefined): number | null => (seconds === null || seconds === undefined ? null : Math.round(seconds / 6) / 10);
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10);

export function valuesOf(lang: Lang, day: Day): Values {
  const { columns } = catalogue(lang).day;
  const rows = day.quarters.map((quarter): Cell[] => {
    const { at, visits, board } = quarter;
    // Ratings are of the whole hour, and stand once in it.
    const rated = day.hours.find((hour) => hour.at === at)?.ratings ?? null;
    return [
      stamp(at), visits?.visits ?? null, visits?.started ?? null, visits?.finished ?? null, visits?.abandoned ?? null,
      inMinutes(visits?.mean_wait_s), inMinutes(visits?.p50_wait_s), inMinutes(visits?.p90_wait_s), visits?.over_15min ?? null, inMinutes(visits?.mean_transaction_s),
      rounded(waitingIn(day, quarter)), rounded(countersIn(day, quarter)), board?.silent_minutes ?? null, rated?.ratings ?? null, rated?.satisfied ?? null,
    ];
  });
  const head = [columns.at, columns.issued, columns.started, columns.finished, columns.abandoned, columns.mean, columns.p50, columns.p90, columns.over, columns.transaction,
    columns.waiting, columns.counters, columns.silent, columns.ratings, columns.satisfied];
  return { head, rows, say: (cell, column) => (column === 0 ? hourMinute(lang, String(cell)) : typeof cell !== "number" ? NONE : Number.isInteger(cell) ? count(lang, cell) : decimal(lang, cell)) };
}
