/** Readings and signs as one kind of thing: words, how often, of whom, and examples. Pure. */
import type { Lang } from "../../i18n/index.ts";
import { catalogue } from "../../i18n/index.ts";
import { moment } from "../../i18n/format.ts";
import type { Named } from "../pages/view.ts";
import type { Places } from "../pages/places.ts";
import type { Integrity, Quality } from "./view.ts";

export interface Finding extends Named {
  readonly key: string;
  readonly count: number;
  /** Agencies, or points of ratings, the most often first. */
  readonly units: readonly Unit[];
  readonly evidence: readonly string[];
}

interface Unit {
  readonly code: string;
  readonly count: number;
}

const unitsOf = (by: Readonly<Record<string, number>>): Unit[] =>
  Object.entries(by).map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));

export const oddOf = ({ result }: Quality): Finding[] =>
  result.found.map(({ code, vi, en, count, by_agency, examples }) => ({ key: code, vi, en, count, units: unitsOf(by_agency), evidence: examples }));

export const signsOf = ({ result }: Integrity): Finding[] =>
  result.signs.map(({ sign, vi, en, count, by_unit, evidence }) => ({ key: sign, vi, en, count, units: unitsOf(by_unit), evidence }));

/** How many of them are of no unit that is known. */
export const ofNobody = ({ count, units }: Finding): number => Math.max(0, count - units.reduce((sum, unit) => sum + unit.count, 0));

/** An agency's name, or a point's: a rating is of a point. */
export function unitName(lang: Lang, { names }: Places, code: string): string {
  const site = names.site(code);
  return site === code ? names.agency(lang, code) : site;
}

/** A rating's evidence is a counter and a time, `CN08/1 2026-11-14T09:51:47+07:00`; any other is a dossier's code. */
const RATING = /^(.+?)(?:\/([^/ ]+))? (\d{4}-\d\d-\d\dT\S+)$/;

type Evidence =
  | { readonly kind: "dossier"; readonly code: string }
  | { readonly kind: "rating"; readonly site: string; readonly counter: string | null; readonly time: string };

export function evidenceOf(text: string): Evidence {
  const match = RATING.exec(text);
  if (match === null) return { kind: "dossier", code: text };
  const [, site = "", counter, time = ""] = match;
  return { kind: "rating", site, counter: counter ?? null, time };
}

export function evidenceWords(lang: Lang, places: Places, evidence: Evidence): string {
  if (evidence.kind === "dossier") return evidence.code;
  const site = places.names.site(evidence.site);
  const where = evidence.counter === null ? site : catalogue(lang).watching.counter(site, evidence.counter);
  return `${moment(lang, evidence.time)} · ${where}`;
}

export const COLUMNS = ["key", "words", "count", "what", "of", "name", "times", "from", "to", "simulated"];

/** A line for each unit and one for each example, so that a unit can be sent what is asked of it. */
export function rowsOf(lang: Lang, places: Places, all: readonly Finding[], about: { readonly from: string; readonly to: string; readonly simulated: boolean }): (string | number | boolean | null)[][] {
  const { from, to, simulated } = about;
  return all.flatMap((one) => [
    ...one.units.map(({ code, count }) => [one.key, one[lang], one.count, "unit", code, unitName(lang, places, code), count, from, to, simulated]),
    ...one.evidence.map((text) => [one.key, one[lang], one.count, "example", text, evidenceWords(lang, places, evidenceOf(text)), null, from, to, simulated]),
    ...(one.count === 0 ? [[one.key, one[lang], 0, "none", null, null, null, from, to, simulated]] : []),
  ]);
}
