/** How a score is shown wherever one stands: its interval as a bar, and a group as a small cell. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { NONE } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { intervalBar } from "../pages/interval.ts";
import { score } from "./model.ts";

/** The most points of anything. */
const MOST = 100;

interface Scored {
  readonly points: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export function scoreBar(lang: Lang, { points, low, high }: Scored): HTMLElement {
  const t = catalogue(lang).scorecard;
  const words = points === null ? t.unknownOf : t.intervalOf(score(lang, low), score(lang, points), score(lang, high));
  return intervalBar({ low, mid: points, high }, MOST, words);
}

/** A group's points over a line as long as they are; a dash where nothing of it is known. */
export function groupCell(lang: Lang, scored: Scored | undefined): Node | string {
  const points = scored?.points ?? null;
  if (scored === undefined || points === null) return h("span", { class: "is-unknown", text: NONE, attrs: { title: catalogue(lang).scorecard.unknownOf } });
  const line = h("span", { class: "group-line" });
  line.style.width = `${Math.min(MOST, Math.max(0, points))}%`;
  const words = catalogue(lang).scorecard.intervalOf(score(lang, scored.low), score(lang, points), score(lang, scored.high));
  return h("span", { class: "group-cell", attrs: { title: words } }, score(lang, points), line);
}
