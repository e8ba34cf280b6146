/** The city's figures, large, each with its target, its sample and its age. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { SHOWN, ageOf, bigFigures } from "./figures.ts";
import type { Big } from "./figures.ts";
import { ageSeconds } from "./state.ts";
import type { Part } from "./state.ts";

interface Card {
  readonly node: HTMLElement;
  update(one: Big, age: string): void;
}

function card(): Card {
  const [label, value, unit] = [h("h2", {}), h("strong", {}), h("span", { class: "glance-unit" })];
  const [detail, sample] = [h("p", { class: "glance-detail" }), h("p", { class: "glance-sample" })];
  const node = h("li", { class: "glance-figure" }, label, h("p", { class: "glance-value" }, value, unit), detail, sample);
  return {
    node,
    update(one, age) {
      setAttr(node, "data-testid", `glance-${one.key}`);
      setAttr(node, "data-known", String(one.isKnown));
      setAttr(node, "data-verdict", one.verdict);
      setText(label, one.label);
      setText(value, one.value);
      setText(unit, one.unit);
      setText(detail, one.detail);
      setText(sample, [one.sample, age].filter((text) => text !== "").join(" · "));
    },
  };
}

export function numbers(): Part {
  const cards = SHOWN.map(card);
  const node = h("ul", { class: "glance-figures" }, ...cards.map((one) => one.node));
  return {
    node,
    update(page) {
      const age = ageOf(page.lang, ageSeconds(page), page.isLost);
      setAttr(node, "aria-label", catalogue(page.lang).figures);
      for (const [i, one] of bigFigures(page.lang, page.city?.figures ?? null).entries()) cards[i]?.update(one, age);
    },
  };
}
