/** The city's figures as a wall has them: the room's own, each with what it is of. Pure. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, percent, span } from "../../i18n/format.ts";
import type { CityFigures } from "../../live/views.ts";
import { cityFigures } from "../supervision/figures/model.ts";
import type { Verdict } from "../supervision/figures/model.ts";

export const SHOWN = ["waiting", "wait_hour", "points", "overdue", "due_today", "satisfaction"] as const;
export type Shown = (typeof SHOWN)[number];

export interface Big {
  readonly key: Shown;
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly verdict: Verdict;
  /** Its target and how it stands to that, or what else belongs to it. */
  readonly detail: string;
  /** Of how many it is; empty where nothing is known. */
  readonly sample: string;
  readonly isKnown: boolean;
}

function points(lang: Lang, { sites }: CityFigures): Omit<Big, "key" | "label"> {
  const t = catalogue(lang).wall;
  const heard = sites.total - sites.no_data;
  const isKnown = heard > 0;
  const open = sites.ok + sites.busy + sites.over;
  return {
    value: isKnown ? count(lang, open) : NONE, unit: t.ofAll(count(lang, sites.total)), verdict: null, isKnown,
    detail: isKnown ? t.heard(count(lang, heard)) : t.unknown, sample: "",
  };
}

const nothing = (lang: Lang, key: Shown): Big => {
  const t = catalogue(lang).wall;
  return { key, label: t.figures[key], value: NONE, unit: "", verdict: null, detail: t.unknown, sample: "", isKnown: false };
};

export function bigFigures(lang: Lang, figures: CityFigures | null): readonly Big[] {
  if (figures === null) return SHOWN.map((key) => nothing(lang, key));
  const t = catalogue(lang);
  const all = new Map(cityFigures(lang, figures).map((one) => [one.key, one]));
  const targets: Partial<Record<Shown, string>> = {
    wait_hour: t.wall.atMost(decimal(lang, figures.targets.wait_s / 60, 0)),
    satisfaction: t.wall.atLeast(percent(lang, figures.targets.satisfied_share, 0)),
  };
  const samples: Partial<Record<Shown, string>> = {
    wait_hour: t.sample(count(lang, figures.hour.started)),
    satisfaction: t.sample(count(lang, figures.ratings.ratings)),
  };
  return SHOWN.map((key) => {
    const label = t.wall.figures[key];
    if (key === "points") return { key, label, ...points(lang, figures) };
    const one = all.get(key);
    if (one === undefined || one.value === NONE) return nothing(lang, key);
    const judged = one.verdict === null ? "" : t.wall.judged(targets[key] ?? one.target, t[one.verdict]);
    const own = key === "waiting" && figures.longest_wait_s !== null ? t.longestIs(span(lang, figures.longest_wait_s)) : "";
    const of = key === "due_today" ? t.wall.ofDossiers(count(lang, figures.dossiers.in_progress)) : "";
    return {
      key, label, value: one.value, unit: key === "waiting" ? t.wall.people : one.unit, verdict: one.verdict, isKnown: true,
      detail: judged === "" ? own + of : judged, sample: samples[key] ?? "",
    };
  });
}

/** The age that stands under every figure, and whether it is said to be old. */
export function ageOf(lang: Lang, seconds: number | null, isLost: boolean): string {
  const t = catalogue(lang);
  if (seconds === null) return "";
  if (isLost) return t.wall.old(span(lang, seconds));
  return seconds < JUST_NOW_S ? t.wall.now : t.ago(span(lang, seconds));
}

/** Below this an age would only flicker. */
const JUST_NOW_S = 5;
