/** What the page says of figures, as values and sentences. Pure. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, percent, span } from "../../i18n/format.ts";
import type { Names } from "../pages/names.ts";
import type { By } from "./state.ts";
import type { BacklogRow, Calibration, Compared, DutyRow, Edge, Urgent } from "./view.ts";

/** Figures of a backlog that sum. */
export const SUMS = ["open", "overdue", "due_soon", "paused", "no_due_date", "awaiting_acceptance"] as const;
export type Sums = Readonly<Record<(typeof SUMS)[number], number>>;

export function sumOf(rows: readonly BacklogRow[]): Sums {
  const sum = (key: (typeof SUMS)[number]): number => rows.reduce((all, row) => all + row[key], 0);
  return { open: sum("open"), overdue: sum("overdue"), due_soon: sum("due_soon"), paused: sum("paused"), no_due_date: sum("no_due_date"), awaiting_acceptance: sum("awaiting_acceptance") };
}

export const isMinistrys = ({ system }: BacklogRow): boolean => system === "ministry";

/** Sums told apart by whose system they stand in; one sum where rows are not of agencies. */
export function sumsBySystem(rows: readonly BacklogRow[]): { readonly system: "city" | "ministry" | null; readonly sums: Sums }[] {
  if (rows.every(({ system }) => system === null)) return [{ system: null, sums: sumOf(rows) }];
  return [
    { system: "city", sums: sumOf(rows.filter((row) => !isMinistrys(row))) },
    { system: "ministry", sums: sumOf(rows.filter(isMinistrys)) },
  ];
}

export function nameOfKey(lang: Lang, names: Names, by: By, key: string, given: string | null = null): string {
  const t = catalogue(lang);
  return {
    agency: () => given ?? stepName(t, names.agency(lang, key)),
    holder: () => given ?? stepName(t, names.agency(lang, key)),
    field: () => wordFor(t.serviceNames, key),
    level: () => wordFor(t.agencyPage.levels, key),
    site: () => names.short(key),
  }[by]();
}

/** The name of an age: "dưới 1", "1–3", "từ 20". */
export function ageName(t: Catalogue["agencyPage"], limits: readonly number[], at: number): string {
  const [low, high] = [limits[at - 1], limits[at]];
  if (low === undefined) return t.ageUnder(String(high ?? ""));
  return high === undefined ? t.ageFrom(String(low)) : t.ageBetween(String(low), String(high));
}

/** The model looks at twentieths of the time allotted: those compared had used at least so much. */
const PARTS = 20;

export const usedPart = (used: number): number => Math.min(PARTS - 1, Math.floor(Math.max(0, used) * PARTS)) / PARTS;

/** Why a chance is what it is: the nearest group that has cases, in a sentence; the wider ones behind it. */
export function because(lang: Lang, { because: groups, used }: Pick<Urgent, "because" | "used">): { readonly main: string; readonly wider: readonly string[] } {
  const t = catalogue(lang).agencyPage;
  const known = groups.filter(({ open }) => open > 0);
  const nearest = known.at(-1);
  if (nearest === undefined) return { main: t.becauseNothing, wider: [] };
  const group = ({ width }: Compared): string => wordFor(t.groups, width);
  return {
    main: t.becauseOf({ group: group(nearest), open: count(lang, nearest.open), used: percent(lang, usedPart(used), 0), late: count(lang, nearest.late) }),
    // A group as large as the nearest one is the same dossiers again.
    wider: known.slice(0, -1).filter(({ open }) => open !== nearest.open).reverse()
      .map((one) => t.becauseWider(group(one), count(lang, one.late), count(lang, one.open))),
  };
}

/** Small chances keep a digit that tells them from nothing. */
export function chance(lang: Lang, value: number): string {
  const digits = value > 0 && value < 0.001 ? 3 : value < 0.1 ? 1 : 0;
  return percent(lang, value, digits);
}

/** What the trial says of the model: in words, and worse is said as plainly as better. */
export function verdict(lang: Lang, { n, brier, brier_of_rate: rate }: Calibration): string {
  const t = catalogue(lang).agencyPage;
  if (n === 0 || brier === null || rate === null) return t.untried;
  const gain = rate > 0 ? (rate - brier) / rate : 0;
  if (gain >= 0.0005) return t.better(percent(lang, gain));
  return gain > -0.0005 ? t.same : t.worse;
}

export const stepName = (t: Catalogue, name: string): string => wordFor(t.agencyPage.stepNames, name);

/** An activity in two parts: what was done, and which step it named. */
function activityParts(lang: Lang, activity: string): readonly [string, string] {
  const t = catalogue(lang);
  if (activity === "begin" || activity === "end") return [t.agencyPage[activity], ""];
  const [kind = "", ...rest] = activity.split(": ");
  const name = rest.join(": ");
  // The step may be an agency, as the exchange names it.
  return [wordFor(t.steps, kind), name === "" ? "" : stepName(t, wordFor(t.agencies, name))];
}

export function activityWords(lang: Lang, activity: string): string {
  const [kind, name] = activityParts(lang, activity);
  return name === "" ? kind : catalogue(lang).agencyPage.step(kind, name);
}

/** Hours as people say them: minutes below one, hours below two days, then days. */
export function duration(lang: Lang, hours: number | null): string {
  if (hours === null) return NONE;
  if (hours < 1) return span(lang, hours * 3600);
  const t = catalogue(lang).agencyPage;
  return hours < 48 ? t.hours(decimal(lang, hours)) : t.days(decimal(lang, hours / 24));
}

/** Fewer arrows than these are all shown: what is left of a small graph would fall to pieces. */
export const LEAST_SHOWN = 12;

/** The most frequent arrows, so many per cent of them. */
export function mostFrequent(edges: readonly Edge[], share: number): readonly Edge[] {
  const most = [...edges].sort((a, b) => b.count - a.count);
  return most.slice(0, Math.max(LEAST_SHOWN, Math.round((edges.length * share) / 100)));
}

const DUTIES = ["acknowledge", "supplement_once", "digitise", "same_day", "steps", "hand_over", "apology", "collect", "reason"] as const;
type DutyName = (typeof DUTIES)[number];

export interface Duty {
  readonly name: DutyName;
  readonly kept: number;
  readonly broken: number;
  readonly open: number;
  readonly late: number;
  readonly unset: number;
  /** Of those settled, kept; `null` where none was. */
  readonly share: number | null;
}

export const figure = (row: DutyRow, key: string): number | null => {
  const value = row[key];
  return typeof value === "number" ? value : null;
};

export function dutiesOf(row: DutyRow): Duty[] {
  return DUTIES.map((name) => {
    const of = (state: string): number => figure(row, `${name}_${state}`) ?? 0;
    const [kept, broken] = [of("kept"), of("broken")];
    return { name, kept, broken, open: of("open"), late: of("late"), unset: of("unset"), share: kept + broken === 0 ? null : kept / (kept + broken) };
  });
}

/** A difference with its sign, exactly. */
export function difference(lang: Lang, value: number | null): string {
  if (value === null) return NONE;
  return value === 0 ? "0" : `${value < 0 ? "−" : "+"}${count(lang, Math.abs(value))}`;
}
