/** How evenly people reach a point: what each figure says in plain words, and how sure it is. */
import { catalogue } from "../../../i18n/index.ts";
import { count, decimal, percent } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { Equity } from "../view.ts";
import { minutesWords } from "../words.ts";
import { areasPart } from "./areas.ts";
import { standing } from "./standing.ts";

/** Below the first it is even, from the second on it is not. */
const EVEN = [0.25, 0.4] as const;

export const evenness = (gini: number): "even" | "middling" | "uneven" => (gini < EVEN[0] ? "even" : gini < EVEN[1] ? "middling" : "uneven");

/** The lowest and the highest share that the bands allow. Pure. */
export function spanOf(bands: Equity["bands"]): { readonly low: number; readonly high: number } | null {
  const shares = bands.map(({ share }) => share);
  return shares.length === 0 ? null : { low: Math.min(...shares), high: Math.max(...shares) };
}

export function equityPart(actions: Actions): Part {
  const title = h("h2");
  const stands = standing(actions);
  const box = h("div", { attrs: { "data-testid": "equity-words" } });
  const areas = areasPart(actions);
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "planner-equity" } }, marked(title, "equity"), stands.above, box, areas.node, stands.basis);
  const changes = new Changes();

  const draw = ({ lang }: PageState, answer: Equity): void => {
    const t = catalogue(lang).planner;
    const { people, mean_minutes: mean, gini, worst_tenth_minutes: worst, quantiles, bands } = answer;
    const span = spanOf(bands);
    const ratio = mean === null || worst === null || mean <= 0 ? null : worst / mean;
    const longest = Math.max(1, ...quantiles.map(({ minutes }) => minutes ?? 0));
    const bars = quantiles.map(({ share, minutes }) => {
      const bar = h("span", { class: "quantile-bar" });
      bar.style.width = `${((minutes ?? 0) / longest) * 100}%`;
      return h("li", {}, h("span", { text: t.quantile(percent(lang, share, 0)) }), h("span", { class: "quantile-track", attrs: { "aria-hidden": "true" } }, bar), h("strong", { text: minutesWords(lang, minutes) }));
    });
    box.replaceChildren(
      h("p", { class: "planner-lead", text: t.equityMean(count(lang, people), minutesWords(lang, mean)) }),
      h("h3", { text: t.worstTenth }),
      h("p", { text: t.worstTenthWords(minutesWords(lang, worst), decimal(lang, ratio)) }),
      h("h3", { text: t.quantiles }), h("ul", { class: "quantiles" }, ...bars),
      h("h3", { text: t.gini(decimal(lang, gini, 2)) }),
      h("p", { text: gini === null ? t.giniNone : t.evenness[evenness(gini)] }), h("p", { class: "quiet", text: t.giniHint }),
      h("h3", { text: t.bands }),
      h("p", { text: span === null ? t.bandsNone : t.bandsWords(percent(lang, span.low), percent(lang, span.high)) }),
      h("ul", { class: "bands" }, ...bands.map(({ speed, detour, share }) => h("li", {}, h("span", { text: t.band(percent(lang, speed, 0), decimal(lang, detour, 2)) }), h("strong", { text: percent(lang, share, 2) })))),
    );
  };

  return {
    node,
    update(state) {
      const { lang, view, equity } = state;
      show(node, view.tab === "equity");
      if (view.tab !== "equity") return;
      setText(title, catalogue(lang).planner.equityTitle);
      stands.update(state, equity, true);
      areas.update(state);
      show(box, equity.value !== null);
      if (equity.value !== null && changes.of(lang, equity.value)) draw(state, equity.value);
    },
  };
}
