/** The city's figures against their targets, as text ready to be shown: pure, so that tests can read it. */
import { catalogue } from "../../../i18n/index.ts";
import type { Catalogue, Lang } from "../../../i18n/index.ts";
import { NONE, count, decimal, minutes, percent, span } from "../../../i18n/format.ts";
import type { CityFigures } from "../../../live/views.ts";

export type Verdict = "met" | "missed" | "undecided" | null;

export interface Gauge {
  /** All on a scale of 0–1. */
  readonly value: number;
  readonly target: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Figure {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly target: string;
  readonly verdict: Verdict;
  /** The second line: what belongs to the figure. */
  readonly detail: string;
  /** Where it comes from: sample and source; the age is added when drawn. */
  readonly source: string;
  readonly gauge: Gauge | null;
  /** Longer words, shown on pointing. */
  readonly hint?: string;
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
const clamp = (x: number): number => Math.min(1, Math.max(0, x));

function timeFigure(
  lang: Lang,
  t: Catalogue,
  parts: { key: string; label: string; seconds: number | null; target: number; detail: string; sample: number; source: string },
): Figure {
  const { key, label, seconds, target, detail, sample, source } = parts;
  const known = seconds !== null;
  return {
    key,
    label,
    value: minutes(lang, seconds),
    unit: known ? t.unitMinutes : "",
    target: t.atMostMinutes(decimal(lang, target / 60, 0)),
    verdict: known ? (seconds <= target ? "met" : "missed") : null,
    detail: known ? detail : t.noData,
    source: `${t.sample(count(lang, sample))} · ${source}`,
    // The scale is twice the target, so that the mark stands in the middle.
    gauge: { value: known ? clamp(seconds / (2 * target)) : 0, target: 0.5 },
  };
}

function waitingDetail(lang: Lang, t: Catalogue, figures: CityFigures): string {
  const boards = figures.waiting_boards ?? 0;
  const parts = [
    ...(figures.longest_wait_s === null ? [] : [t.longestIs(span(lang, figures.longest_wait_s))]),
    ...(boards > 0 ? [t.andByBoards(count(lang, boards))] : []),
  ];
  return parts.length === 0 && figures.waiting === null ? t.noData : parts.join(" · ");
}

// Satisfaction is told apart only near the top, so its scale begins at 80 %.
const SATISFACTION_FLOOR = 0.8;
const onSatisfactionScale = (x: number): number => clamp((x - SATISFACTION_FLOOR) / (1 - SATISFACTION_FLOOR));

function satisfaction(lang: Lang, t: Catalogue, { ratings, targets }: CityFigures): Figure {
  const { satisfied_share: value, low, high } = ratings;
  const target = targets.satisfied_share;
  let verdict: Verdict = null;
  if (low !== null && high !== null) verdict = low >= target ? "met" : high < target ? "missed" : "undecided";
  return {
    key: "satisfaction",
    label: t.satisfaction,
    value: percent(lang, value),
    unit: "",
    target: t.atLeast(percent(lang, target, 0)),
    verdict,
    hint: t.intervalHint,
    detail: value === null ? t.noData : t.interval(percent(lang, low), percent(lang, high)),
    source: `${t.sample(count(lang, ratings.ratings))} · ${t.fromRatings}`,
    gauge:
      value === null
        ? { value: 0, target: onSatisfactionScale(target) }
        : {
            value: onSatisfactionScale(value),
            target: onSatisfactionScale(target),
            ...(low !== null && high !== null
              ? { low: onSatisfactionScale(low), high: onSatisfactionScale(high) }
              : {}),
          },
  };
}

export function cityFigures(lang: Lang, figures: CityFigures): readonly Figure[] {
  const t = catalogue(lang);
  const { day, hour, targets, dossiers, sites } = figures;
  const plain = { unit: "", target: "", verdict: null, gauge: null } as const;
  const perCounter = figures.waiting === null ? null : share(figures.waiting, figures.open_counters ?? 0);
  const heard = sites.total - sites.no_data;
  // Nothing filed, settled or open: nothing is known of dossiers, which is not the same as none being late.
  const anyDossier = dossiers.in_progress + dossiers.submitted_today + dossiers.resolved_today > 0;

  return [
    timeFigure(lang, t, {
      key: "wait_day", label: t.waitDay, seconds: day.mean_wait_s, target: targets.wait_s,
      detail: t.p90(minutes(lang, day.p90_wait_s)), sample: day.started, source: t.fromTickets,
    }),
    timeFigure(lang, t, {
      key: "wait_hour", label: t.waitHour, seconds: hour.mean_wait_s, target: targets.wait_s,
      detail: t.p90(minutes(lang, hour.p90_wait_s)), sample: hour.started, source: t.fromTickets,
    }),
    {
      ...plain,
      key: "over_15min",
      label: t.overLimit(decimal(lang, targets.wait_s / 60, 0)),
      value: day.started > 0 ? count(lang, day.over_15min) : NONE,
      detail:
        day.started > 0
          ? `${t.shareOfStarted(percent(lang, share(day.over_15min, day.started)))} · ${t.inLastHour(count(lang, hour.over_15min))}`
          : t.noData,
      source: `${t.sample(count(lang, day.started))} · ${t.fromTickets}`,
    },
    {
      ...plain,
      key: "waiting",
      label: t.waiting,
      value: count(lang, figures.waiting),
      detail: waitingDetail(lang, t, figures),
      source: t.ofSites(count(lang, heard), count(lang, sites.total)),
    },
    {
      ...plain,
      key: "open_counters",
      label: t.openCounters,
      value: count(lang, figures.open_counters),
      detail: figures.open_counters === null ? t.noData : perCounter === null ? "" : t.perCounter(decimal(lang, perCounter)),
      source: t.ofSites(count(lang, heard), count(lang, sites.total)),
    },
    timeFigure(lang, t, {
      key: "transaction", label: t.transaction, seconds: day.mean_transaction_s, target: targets.transaction_s,
      detail: t.overPerDossier(count(lang, figures.transaction_over_15min_per_dossier)),
      sample: day.finished, source: t.fromTickets,
    }),
    {
      ...plain,
      key: "overdue",
      label: t.overdue,
      value: anyDossier ? count(lang, dossiers.overdue) : NONE,
      target: t.targetIs(count(lang, targets.overdue)),
      verdict: anyDossier ? (dossiers.overdue <= targets.overdue ? "met" : "missed") : null,
      detail: anyDossier
        ? t.resolvedLate(count(lang, dossiers.resolved_overdue_today), count(lang, dossiers.resolved_today))
        : t.noData,
      source: `${t.sample(count(lang, dossiers.in_progress))} · ${t.fromDossiers}`,
    },
    {
      ...plain,
      key: "due_today",
      label: t.dueToday,
      value: anyDossier ? count(lang, dossiers.due_today) : NONE,
      detail: anyDossier ? t.inProgress(count(lang, dossiers.in_progress)) : t.noData,
      source: t.fromDossiers,
    },
    satisfaction(lang, t, figures),
  ];
}
