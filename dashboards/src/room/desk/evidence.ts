/** The figures behind the open case, each as a chart of its last hours. */
import { catalogue } from "../../i18n/index.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { chartOf } from "./chart.ts";
import { chosen } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import { ruleTitle } from "./words.ts";

/** More would push what to do out of sight. */
const MOST = 4;

export function evidence(): Part {
  const title = h("h3", {});
  const note = h("span", { class: "quiet" });
  const box = h("div", { class: "charts" });
  const none = h("p", { class: "quiet" });
  const node = h("section", { class: "case-part", attrs: { "data-testid": "evidence" } }, h("div", { class: "case-part-head" }, title, note), box, none);
  const changes = new Changes();
  let state: PageState | null = null;
  let width = 0;

  const draw = (): void => {
    if (state === null) return;
    const { lang, rules, places, detail: { value }, view: { key } } = state;
    if (width <= 0) return;
    const all = value?.case.id === key ? value.evidence : [];
    if (!changes.of(lang, rules, all, width)) return;
    const charts = all.slice(0, MOST).flatMap((one) => {
      const words = ruleTitle({ lang, places, rules }, one.rule);
      const chart = chartOf(lang, words, one, width);
      return chart === null ? [] : [h("figure", {}, h("figcaption", { text: words }), chart as unknown as HTMLElement)];
    });
    box.replaceChildren(...charts);
    show(none, charts.length === 0);
  };
  // Told, and not asked for: asking would lay the page out for every case that is passed.
  new ResizeObserver((entries) => {
    width = Math.floor(entries.at(-1)?.contentRect.width ?? 0);
    draw();
  }).observe(box);

  return {
    node,
    update(next) {
      state = next;
      const one = chosen(next);
      show(node, one !== null);
      if (one === null) return;
      const t = catalogue(next.lang).desk;
      const isHere = next.detail.value?.case.id === one.id;
      setText(title, t.evidence);
      setText(note, t.gapNote);
      setText(none, isHere ? t.evidenceNone : next.detail.problem === null ? catalogue(next.lang).pages.loading : t.evidenceFailed);
      draw();
      if (!isHere) show(none, true);
    },
  };
}
