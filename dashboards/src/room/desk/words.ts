/** What is said of a case: its subject, its rule, its figures and its age. Pure. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { clockTime, count, decimal, hourMinute, moment, percent, secondsBetween, span } from "../../i18n/format.ts";
import type { Case, CaseReason, DeskFigures } from "../../live/views.ts";
import { dayOf } from "../pages/days.ts";
import type { Places } from "../pages/places.ts";
import { shortName } from "../supervision/names.ts";
import type { Rule } from "./view.ts";

/** The group of receivers of notices that take none. */
const RECEIVER = "receiver";
const RECEIVER_DEAD = "receiver_dead";

/** What the page's words are made with. */
export interface Told {
  readonly lang: Lang;
  readonly places: Places;
  readonly rules: ReadonlyMap<string, Rule>;
}

/** A page's title with how many new ones there are, for the browser's tab. */
export const counted = (n: number, title: string): string => (n > 0 ? `(${n}) ${title}` : title);

/** Words that go on in a sentence. */
export const lowered = (words: string): string => words.slice(0, 1).toLowerCase() + words.slice(1);

/** The desk's link in the room's head. */
export function deskLink(lang: Lang, desk: DeskFigures | null): string {
  const t = catalogue(lang).desk;
  const high = desk?.by_priority.high ?? 0;
  return desk === null || (desk.new === 0 && high === 0) ? t.link : t.linkCounts(count(lang, desk.new), count(lang, high));
}

/** How loudly it calls: a high one, a new one, or not at all. */
export const callOf = (desk: DeskFigures | null): "high" | "new" | null =>
  desk === null || desk.new === 0 ? null : (desk.by_priority.high ?? 0) > 0 ? "high" : "new";

/** What a rule says; of those that no file has, what this page says of them. */
function ruleWords({ lang, rules }: Told, id: string, field: "title" | "response"): string {
  const { ownRules } = catalogue(lang).desk;
  return rules.get(id)?.[field]?.[lang] ?? (Object.hasOwn(ownRules, id) ? ownRules[id]?.[field] : undefined) ?? "";
}

export function ruleTitle(told: Told, id: string): string {
  const title = ruleWords(told, id, "title");
  return title === "" ? id : title;
}

export const ruleResponse = (told: Told, id: string): string => ruleWords(told, id, "response");

/** A rule's words, or its group's where the server tells no words of rules. */
export function titleOf(told: Told, { rule, group }: Case): string {
  const title = ruleTitle(told, rule);
  const t = catalogue(told.lang).desk;
  return title === rule && Object.hasOwn(t.groups, group) ? wordFor(t.groups, group) : title;
}

export function subjectOf({ lang, places }: Told, { subject, group = "" }: { readonly subject: Case["subject"] | string; readonly group?: string }): string {
  if (typeof subject === "string") return placeName(lang, places, subject);
  const t = catalogue(lang).desk;
  // What takes no notices is the whole city's by its kind, and has a name of its own.
  if (group === RECEIVER) return t.receiver(subject.id);
  if (subject.kind === "city") return t.wholeCity;
  if (subject.kind === "site") return subject.name === null ? places.names.short(subject.id) : shortName({ id: subject.id, name: subject.name });
  if (subject.kind === "agency") return places.names.agency(lang, subject.id);
  return subject.name ?? `${t.kinds[subject.kind]} ${subject.id}`;
}

function placeName(lang: Lang, places: Places, code: string): string {
  const site = places.names.short(code);
  return site === code ? places.names.agency(lang, code) : site;
}

/** A figure with its unit, as people say it. */
export function figure(lang: Lang, value: number | null, unit: string): string {
  const { figures, noFigure } = catalogue(lang).desk;
  if (value === null) return noFigure;
  const n = Number.isInteger(value) ? count(lang, value) : decimal(lang, value);
  if (unit === "s") return span(lang, value);
  if (unit === "share") return percent(lang, value);
  const words: Partial<Record<string, (n: string) => string>> = figures;
  // A newer server may have units that this page does not know: they stand as they came.
  return (Object.hasOwn(figures, unit) ? words[unit]?.(n) : undefined) ?? `${n} ${unit}`.trim();
}

/** The figure, and its limit where there is one. */
export function figureParts(lang: Lang, { value, limit, unit }: CaseReason): string[] {
  const t = catalogue(lang).desk;
  return [figure(lang, value, unit), ...(limit === null ? [] : [t.limit(figure(lang, limit, unit))])];
}

/** The figure against its limit: `16 phút 42 giây, ngưỡng 15 phút`. */
export const figureWords = (lang: Lang, reason: CaseReason): string => figureParts(lang, reason).join(", ");

/** Of how many a figure is; of a receiver, the messages that it has not taken. */
export function sampleWords(lang: Lang, { rule, sample }: CaseReason): string {
  const t = catalogue(lang).desk;
  if (sample === null) return "";
  return rule === RECEIVER_DEAD ? t.messagesWait(count(lang, sample)) : t.sample(count(lang, sample));
}

/** The reason of the case's own rule, or the first. */
export const mainReason = ({ rule, reasons }: Case): CaseReason | null => reasons.find((one) => one.rule === rule) ?? reasons[0] ?? null;

/** A time of today as hours and minutes, another with its day. */
export const shortTime = (lang: Lang, at: string, now: string | null): string =>
  now !== null && dayOf(at) === dayOf(now) ? hourMinute(lang, at) : moment(lang, at);

/** How long the condition has stood, or stood. */
export const ageSeconds = (one: Case, now: string | null): number | null =>
  secondsBetween(one.since, one.standing ? now : (one.returned_at ?? one.closed_at ?? now));

export const ageWords = (lang: Lang, one: Case, now: string | null): string => span(lang, ageSeconds(one, now));

/** Since when, and for how long; of what is over, from when to when. */
export function sinceWords(lang: Lang, { since, until }: CaseReason, now: string | null): string {
  const t = catalogue(lang).desk;
  return until === null
    ? t.since(shortTime(lang, since, now), span(lang, secondsBetween(since, now)))
    : t.until(shortTime(lang, since, now), shortTime(lang, until, now));
}

/** Who has it, in a row. */
export const holderOf = (one: Case): string | null => one.assigned_to ?? one.acknowledged_by;

/** What a row adds to its state: until when, why hidden, that nobody took it in time. */
export function stateNote(lang: Lang, one: Case, now: string | null): string {
  const t = catalogue(lang).desk;
  if (one.state === "shelved" && one.shelved_until !== null) return t.shelvedTill(shortTime(lang, one.shelved_until, now));
  if (one.state === "suppressed" && one.suppressed_by !== null) return t.hiddenBy(one.suppressed_by);
  if (one.state === "new" && one.escalated_at !== null) return t.escalated;
  return "";
}

/** What is looked through for a text. */
export const foundBy = (told: Told, one: Case): string =>
  [one.id, subjectOf(told, one), one.subject.id, one.site === null ? "" : told.places.names.site(one.site), titleOf(told, one), ...one.members].join(" ");

/** What is said to an agency, to be gone over before it is sent. Always in Vietnamese: it is sent to units of the city. */
export function urgeText({ places, rules }: Told, one: Case, now: string | null): string {
  const told: Told = { lang: "vi", places, rules };
  const reason = mainReason(one);
  return catalogue("vi").desk.urgeTemplate({ title: lowered(titleOf(told, one)), subject: subjectOf(told, one), figure: reason === null ? "" : figureWords("vi", reason), time: shortTime("vi", one.since, now) });
}

/** When the conditions were last looked at, and whether that is too long ago to trust a calm list. */
export function evaluation(lang: Lang, desk: DeskFigures | null, asOf: string | null): { readonly words: string; readonly isLate: boolean } {
  const t = catalogue(lang).desk;
  const at = desk?.evaluated_at ?? null;
  if (at === null) return { words: t.neverEvaluated, isLate: false };
  const age = secondsBetween(at, asOf) ?? 0;
  const isLate = age > LATE_S;
  const { justNow, ago } = catalogue(lang);
  const time = clockTime(lang, at);
  return { words: isLate ? t.evaluationLate(time, span(lang, age)) : t.evaluated(time, age < RECENT_S ? justNow : ago(span(lang, age))), isLate };
}

/** Conditions are looked at every 15 seconds; some of those may fail. */
export const LATE_S = 90;
const RECENT_S = 3;
