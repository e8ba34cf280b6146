/** The quality of alerts as figures against their targets. Pure but for the nodes it makes. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE, count, decimal, percent, span } from "../../i18n/format.ts";
import { PRIORITIES } from "../../live/views.ts";
import type { Priority } from "../../live/views.ts";
import { explained } from "../../guide/button.ts";
import { h } from "../../ui/dom.ts";
import { QUALITY_OF_ALERTS } from "../../guide/keys.ts";
import { markOf } from "./mark.ts";
import type { Quality } from "./view.ts";

export interface QualityFigure {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** `null` where there is no target, or nothing to hold against it. */
  readonly isMet: boolean | null;
}

/** How many in how many hours, and which hours do not count. A rate over hours of which nothing is known would flatter. */
export function hoursWords(lang: Lang, { raised, hours, hours_unknown: unknown = null }: Quality): string {
  const t = catalogue(lang).desk;
  const [n, all] = [count(lang, raised), decimal(lang, hours, 0)];
  if (unknown === null) return t.raisedInAll(n, all);
  const left = decimal(lang, unknown, 0);
  return [t.raisedIn(n, all), ...(unknown > 0 ? [t.hoursUnknown(left)] : [])].join("; ");
}

export function qualityFigures(lang: Lang, quality: Quality): QualityFigure[] {
  const t = catalogue(lang).desk;
  const { per_hour: perHour, targets, floods } = quality;
  return [
    { key: "per_hour", name: t.perHour, value: decimal(lang, perHour), note: `${t.perHourTarget(count(lang, targets.per_hour))} · ${hoursWords(lang, quality)}`, isMet: perHour === null ? null : perHour <= targets.per_hour },
    { key: "flood", name: t.floodShare, value: percent(lang, quality.flood_share), note: t.floodNote(count(lang, floods.length)), isMet: quality.flood_share === null ? null : quality.flood_share < FLOOD_SHARE },
    { key: "acknowledge", name: t.medianAcknowledge, value: span(lang, quality.median_acknowledge_s), note: quality.median_acknowledge_s === null ? t.noFigure : "", isMet: null },
    { key: "without", name: t.withoutAction, value: count(lang, quality.acknowledged_without_action), note: t.withoutActionNote, isMet: null },
    { key: "standing", name: t.standing, value: count(lang, quality.standing_over_a_day.length), note: "", isMet: null },
  ];
}

/** Under one hour in a hundred, as ISA-18.2 has it. */
const FLOOD_SHARE = 0.01;

function named(key: string, name: string): Node {
  const id = QUALITY_OF_ALERTS[key];
  return id === undefined ? document.createTextNode(name) : explained(id, name);
}

export const figureNodes = (figures: readonly QualityFigure[]): HTMLElement[] => figures.map(({ key, name, value, note, isMet }) =>
  h("li", { attrs: { "data-key": key, ...(isMet === null ? {} : { "data-met": String(isMet) }) } }, h("span", {}, named(key, name)), h("strong", { text: value }), h("span", { class: "quiet", text: note })));

/** Low, medium and high, the shares beside their targets. */
export function shares({ by_priority: by, targets: { priorities } }: Quality): { readonly priority: Priority; readonly n: number; readonly share: number | null; readonly target: number }[] {
  const all = PRIORITIES.reduce((sum, one) => sum + (by[one] ?? 0), 0);
  return PRIORITIES.toReversed().map((priority, i) => {
    const n = by[priority] ?? 0;
    return { priority, n, share: all === 0 ? null : n / all, target: (priorities[i] ?? 0) / 100 };
  });
}

export function shareNodes(lang: Lang, quality: Quality): HTMLElement[] {
  const t = catalogue(lang).desk;
  return shares(quality).map(({ priority, n, share, target }) => {
    const [bar, mark] = [h("span", { class: "share-bar" }), h("span", { class: "share-target" })];
    bar.style.width = `${100 * (share ?? 0)}%`;
    mark.style.left = `${100 * target}%`;
    return h("li", { attrs: { "data-priority": priority } }, markOf({ priority, standing: true }), h("span", { text: t.priorities[priority] }), h("strong", { text: count(lang, n) }),
      h("span", { class: "share-track" }, bar, mark), h("span", { class: "quiet", text: t.shareAndTarget(share === null ? NONE : percent(lang, share, 0), percent(lang, target, 0)) }));
  });
}

/** Every hour from the first to the last that has any: an hour left out would bring those beside it together. */
export function hoursBetween(hours: Quality["hours_of"]): Quality["hours_of"] {
  const of = new Map(hours.map(({ hour, alerts }) => [hour, alerts]));
  const first = Math.min(...of.keys());
  return of.size === 0 ? [] : Array.from({ length: Math.max(...of.keys()) - first + 1 }, (_, i) => ({ hour: first + i, alerts: of.get(first + i) ?? 0 }));
}

/** On a narrow screen there is no room for the name of every hour. */
const NAMED_EVERY = 3;

/** A bar for each hour of the day, with its count over it. */
export function hourNodes(lang: Lang, { hours_of: some }: Quality): HTMLElement[] {
  const t = catalogue(lang).desk;
  const hours = hoursBetween(some);
  const most = Math.max(1, ...hours.map(({ alerts }) => alerts));
  return hours.map(({ hour, alerts }) => {
    const bar = h("span", { class: "hour-bar" });
    bar.style.height = `${(64 * alerts) / most}px`;
    const words = t.hourBar(String(hour), count(lang, alerts));
    return h("li", { attrs: { title: words, "aria-label": words, "data-named": String(hour % NAMED_EVERY === 0) } }, h("span", { class: "hour-count", text: alerts === 0 ? "" : count(lang, alerts) }), bar, h("span", { class: "hour-name", text: String(hour) }));
  });
}
