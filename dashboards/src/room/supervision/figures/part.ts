/** What stands where the city's figures would, for who is for a part of it: their own points added up. Pure. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { NONE, count, minutes, percent, span } from "../../../i18n/format.ts";
import type { SiteSummary } from "../../../live/views.ts";
import type { Figure } from "./model.ts";

const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((whole, one) => whole + of(one), 0);

/** A mean over several points, each counted as often as it has a sample; `null` without any. */
export function meanOf(all: readonly { readonly n: number; readonly mean: number | null }[]): { readonly n: number; readonly mean: number | null } {
  const known = all.filter(({ n, mean }) => n > 0 && mean !== null);
  const n = sum(known, (one) => one.n);
  return { n, mean: n === 0 ? null : sum(known, (one) => one.n * (one.mean ?? 0)) / n };
}

export function partFigures(lang: Lang, sites: readonly SiteSummary[]): readonly Figure[] {
  const t = catalogue(lang);
  const plain = { unit: "", target: "", verdict: null, gauge: null } as const;
  const heard = sites.filter(({ state }) => state !== "no_data");
  const ofHeard = t.ofSites(count(lang, heard.length), count(lang, sites.length));
  const queues = sites.flatMap(({ queue }) => (queue === null ? [] : [queue]));
  const longest = queues.flatMap(({ longest_wait_s: seconds }) => (seconds === null ? [] : [seconds]));
  const counters = sites.flatMap(({ open_counters: n }) => (n === null ? [] : [n]));
  const [day, hour] = [meanOf(sites.map((one) => ({ n: one.day.started, mean: one.day.mean_wait_s }))), meanOf(sites.map((one) => ({ n: one.hour.started, mean: one.hour.mean_wait_s })))];
  const dossiers = { open: sum(sites, (one) => one.dossiers.in_progress), due: sum(sites, (one) => one.dossiers.due_today), overdue: sum(sites, (one) => one.dossiers.overdue) };
  const rated = meanOf(sites.map(({ ratings }) => ({ n: ratings.ratings, mean: ratings.satisfied_share })));
  const over = sum(sites, (one) => one.day.over_15min);
  const wait = (key: string, label: string, { n, mean }: ReturnType<typeof meanOf>, detail: string): Figure => ({
    ...plain, key, label, value: minutes(lang, mean), unit: mean === null ? "" : t.unitMinutes,
    detail: mean === null ? t.noData : detail, source: `${t.sample(count(lang, n))} · ${t.fromTickets}`,
  });
  const ofDossiers = `${t.sample(count(lang, dossiers.open))} · ${t.fromDossiers}`;
  return [
    { ...plain, key: "points", label: t.access.pointsOfPart, value: count(lang, sites.length), detail: t.access.heardOf(count(lang, heard.length)), source: t.access.partNote },
    {
      ...plain, key: "waiting", label: t.waiting, value: queues.length === 0 ? NONE : count(lang, sum(queues, (one) => one.waiting)),
      detail: queues.length === 0 ? t.noData : longest.length === 0 ? "" : t.longestIs(span(lang, Math.max(...longest))), source: ofHeard,
    },
    { ...plain, key: "open_counters", label: t.openCounters, value: counters.length === 0 ? NONE : count(lang, sum(counters, (n) => n)), detail: counters.length === 0 ? t.noData : "", source: ofHeard },
    wait("wait_day", t.waitDay, day, t.access.over15(count(lang, over))),
    wait("wait_hour", t.waitHour, hour, ""),
    { ...plain, key: "overdue", label: t.overdue, value: dossiers.open === 0 ? NONE : count(lang, dossiers.overdue), detail: dossiers.open === 0 ? t.noData : "", source: ofDossiers },
    { ...plain, key: "due_today", label: t.dueToday, value: dossiers.open === 0 ? NONE : count(lang, dossiers.due), detail: dossiers.open === 0 ? t.noData : t.inProgress(count(lang, dossiers.open)), source: t.fromDossiers },
    { ...plain, key: "satisfaction", label: t.satisfaction, value: percent(lang, rated.mean), detail: rated.mean === null ? t.noData : "", source: `${t.sample(count(lang, rated.n))} · ${t.fromRatings}` },
  ];
}
