/** The ageing bar of a backlog: six ages, the older the warmer, on a scale of all that are open. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { ageName } from "./model.ts";

export function ageBar(lang: Lang, limits: readonly number[], ages: readonly number[]): HTMLElement {
  const t = catalogue(lang).agencyPage;
  const all = ages.reduce((sum, n) => sum + n, 0);
  const words = ages.map((n, at) => ({ n, at, text: t.ageOf(ageName(t, limits, at), count(lang, n)) })).filter(({ n }) => n > 0);
  const node = h("div", { class: "age-bar", attrs: { role: "img", "aria-label": words.map(({ text }) => text).join("; "), title: words.map(({ text }) => text).join("\n") } });
  for (const { n, at } of words) {
    const piece = h("span", { attrs: { "data-age": String(at) } });
    piece.style.width = `${(100 * n) / all}%`;
    node.append(piece);
  }
  return node;
}

export function ageLegend(lang: Lang, limits: readonly number[]): HTMLElement[] {
  const t = catalogue(lang).agencyPage;
  const ages = Array.from({ length: limits.length + 1 }, (_, at) => at);
  return [h("li", { text: t.ages }), ...ages.map((at) => h("li", {}, h("span", { class: "swatch age", attrs: { "data-age": String(at) } }), ageName(t, limits, at)))];
}
