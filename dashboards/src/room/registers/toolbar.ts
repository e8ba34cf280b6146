/** Which register, and of sessions the days. */
import { catalogue } from "../../i18n/index.ts";
import { access } from "../../signin/access.ts";
import { mayShow } from "../../signin/pages.ts";
import { h, show } from "../../ui/dom.ts";
import { daysTool } from "../pages/days.ts";
import { segment } from "../pages/segment.ts";
import { PAGE, SHOWN, sessionDays, withShow } from "./state.ts";
import type { Actions, Part } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const shown = segment(SHOWN, "show", (one) => { actions.go(() => withShow(one)); }, (one) => mayShow(access(), PAGE, one));
  const days = daysTool("registers", (chosen) => { actions.go((view) => ({ ...view, days: chosen })); });
  const node = h("div", { class: "tools" }, shown.node, days.node);
  return {
    node,
    update(state) {
      const t = catalogue(state.lang).registers;
      shown.update(t.show, t.shown, state.view.show);
      show(days.node, state.view.show === "sessions");
      days.update(state.lang, sessionDays(state));
    },
  };
}
