/** What is looked at: the period, and the city or its parts. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { periodTool } from "../pages/period.ts";
import { segment } from "../pages/segment.ts";
import { BY, hashOfView, withBy, withPart, withPeriod } from "./state.ts";
import type { Actions, Part } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const period = periodTool("period", (chosen) => { actions.go((view) => withPeriod(view, chosen)); });
  const isOver = h("span", { class: "quiet", attrs: { "data-testid": "is-over" } });
  const by = segment(BY, "by", (one) => { actions.go((view) => withBy(view, one)); });
  const all = h("a", { class: "page-back", attrs: { "data-testid": "all-parts" } });
  const node = h("div", { class: "tools" }, period.node, isOver, by.node, all);
  return {
    node,
    update({ lang, view, index: { value } }) {
      const t = catalogue(lang).index766;
      period.update(lang, view.period === "" ? (value?.period ?? "") : view.period, value?.as_of ?? null);
      show(isOver, value !== null);
      setText(isOver, value?.is_over === true ? t.isOver : t.isOpen);
      by.update(t.byLabel, t.by, view.by);
      show(all, view.key !== "");
      setText(all, `← ${t.allParts[view.by]}`);
      setAttr(all, "href", hashOfView(withPart(view, "")));
    },
  };
}
