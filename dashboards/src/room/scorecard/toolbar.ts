/** What is looked at: the period, who is scored, and which part of the page. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { periodTool } from "../pages/period.ts";
import { segment } from "../pages/segment.ts";
import { SHOWN, SIDES, hashOfView, withKey, withPeriod, withShow, withSide } from "./state.ts";
import type { Actions, Part } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const period = periodTool("scorecard-period", (chosen) => { actions.go((view) => withPeriod(view, chosen)); });
  const sides = segment(SIDES, "side", (side) => { actions.go((view) => withSide(view, side)); });
  const shown = segment(SHOWN, "show", (one) => { actions.go((view) => withShow(view, one)); });
  const all = h("a", { class: "page-back", attrs: { "data-testid": "all-cards" } });
  const node = h("div", { class: "tools" }, period.node, shown.node, sides.node, all);
  return {
    node,
    update({ lang, view, card }) {
      const t = catalogue(lang).scorecard;
      period.update(lang, view.period === "" ? (card.value?.period ?? "") : view.period, card.value?.as_of ?? null);
      shown.update(t.show, t.shown, view.show);
      sides.update(t.side, t.sides, view.side);
      // What an officer receives, and town and country, are told of points; indices are the city's.
      show(sides.node, view.show === "board");
      show(all, view.show === "board" && view.key !== "");
      setText(all, `← ${t.allCards}`);
      setAttr(all, "href", hashOfView(withKey(view, "")));
    },
  };
}
