/** What is looked at: the backlog's parts, and the days of everything that has a span. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { daysTool } from "../pages/days.ts";
import { segment } from "../pages/segment.ts";
import type { Actions, Part } from "./part.ts";
import { BY, hashOfView, inForce, withBy } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const by = segment(BY, "by", (one) => { actions.go((view) => withBy(view, one)); });
  const all = h("a", { class: "page-back", attrs: { "data-testid": "all-agencies" } });
  const days = daysTool("agencies", (chosen) => { actions.go((view) => ({ ...view, ...chosen })); });
  const node = h("div", { class: "tools" }, by.node, days.node, all);
  return {
    node,
    update({ lang, view, asOf }) {
      const t = catalogue(lang).agencyPage;
      by.update(t.byLabel, t.by, view.by);
      setAttr(days.node, "title", t.spanHint);
      days.update(lang, inForce(view, asOf));
      show(all, view.key !== "");
      setText(all, `← ${t.allAgencies}`);
      setAttr(all, "href", hashOfView({ ...view, key: "" }));
    },
  };
}
