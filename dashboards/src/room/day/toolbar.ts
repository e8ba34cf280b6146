/** Which point, which day, the days beside it, and whether single tickets are asked for. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { hashOfCompare } from "../compare/state.ts";
import { addDays, dayInput } from "../pages/days.ts";
import { Picker } from "../pages/picker.ts";
import { hashOfSite } from "../supervision/route.ts";
import { dayInForce, hashOfView, standingOf } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";

/** There is no such point. */
const UNKNOWN = 404;

interface Tools extends Part {
  readonly find: HTMLElement;
}

export function toolbar(actions: Actions): Tools {
  const picker = new Picker("day-site", (site) => { actions.go((view) => ({ ...view, site, at: "" })); });
  let shown: PageState | null = null;
  const typed = (): void => {
    const day = date.read();
    date.mark(day !== null);
    if (day !== null) actions.go((view) => ({ ...view, date: day, at: "" }));
  };
  const date = dayInput("day-date", typed);
  const dateName = h("span", { class: "tool-name" });
  const [before, after] = ["before", "after"].map((which) => h("a", { class: "page-back", attrs: { "data-testid": `day-${which}` } })) as [HTMLAnchorElement, HTMLAnchorElement];
  const queue = h("input", { attrs: { type: "checkbox", "data-testid": "day-queue" }, on: { change: () => {
    actions.go((view) => ({ ...view, queue: queue.checked }));
  } } });
  const queueName = h("span");
  const queueTool = h("label", { class: "tool" }, queue, queueName);
  const [point, compare] = [h("a", { class: "page-back", attrs: { "data-testid": "day-to-site" } }), h("a", { class: "page-back", attrs: { "data-testid": "day-to-compare" } })];
  date.input.addEventListener("blur", () => { setTimeout(() => { if (shown !== null) date.show(shown.lang, dayInForce(shown)); }); });
  const node = h("div", { class: "tools day-tools" }, picker.node, h("label", { class: "tool" }, dateName, date.input), before, after, queueTool, point, compare);
  return {
    node,
    find: picker.node.querySelector("input") ?? picker.node,
    update(state) {
      shown = state;
      const { lang, view, places, mayQuery, asOf } = state;
      const { day: t, pages: p } = catalogue(lang);
      picker.update(places.sites, view.site, { label: t.point, any: t.pickPoint, none: p.noneFound });
      setText(dateName, t.date);
      const day = dayInForce(state);
      const isKnown = view.site !== "" && state.site.problem?.status !== UNKNOWN;
      date.show(lang, day);
      for (const [link, step, words] of [[before, -1, t.dayBefore], [after, 1, t.dayAfter]] as const) {
        const other = addDays(day, step);
        show(link, isKnown && other !== "" && standingOf(other, asOf) !== "ahead");
        setText(link, words);
        setAttr(link, "href", hashOfView({ ...view, date: other, at: "" }));
      }
      show(queueTool, mayQuery && isKnown);
      queue.checked = view.queue;
      setText(queueName, t.askTickets);
      setAttr(queueTool, "title", t.askTicketsHint);
      for (const link of [point, compare]) show(link, isKnown);
      setText(point, t.toSite);
      setAttr(point, "href", hashOfSite(view.site));
      setText(compare, t.toCompare);
      setAttr(compare, "href", hashOfCompare([view.site]));
    },
  };
}
