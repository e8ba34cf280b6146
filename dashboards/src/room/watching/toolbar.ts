/** Quality or signs, and of which days. */
import { catalogue } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { daysTool } from "../pages/days.ts";
import { segment } from "../pages/segment.ts";
import { SHOWN, inForce, withShow } from "./state.ts";
import type { Actions, Part } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const shown = segment(SHOWN, "show", (one) => { actions.go((view) => withShow(view, one)); });
  const days = daysTool("watching", (chosen) => { actions.go((view) => ({ ...view, days: chosen })); });
  return {
    node: h("div", { class: "tools" }, shown.node, days.node),
    update(state) {
      const t = catalogue(state.lang).watching;
      shown.update(t.show, t.shown, state.view.show);
      days.update(state.lang, inForce(state));
    },
  };
}
