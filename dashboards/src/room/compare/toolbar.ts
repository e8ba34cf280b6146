/** The points that are compared, one more by its name, the days and the figure. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { whatIs } from "../../guide/button.ts";
import { h, setAttr } from "../../ui/dom.ts";
import { hashOfDay } from "../day/state.ts";
import { COMPARED } from "../../guide/keys.ts";
import { Changes } from "../pages/changes.ts";
import { daysTool } from "../pages/days.ts";
import { Picker } from "../pages/picker.ts";
import { segment } from "../pages/segment.ts";
import { FIGURES, MOST, inForce, withSite, withoutSite } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";

interface Tools extends Part {
  readonly find: HTMLElement;
}

export function toolbar(actions: Actions): Tools {
  const picker = new Picker("compare-add", (site) => {
    if (site !== "") actions.go((view) => withSite(view, site));
    // What was taken stands among the others; the field is for one more.
    input.value = "";
  });
  const input = picker.node.querySelector("input") ?? h("input");
  const days = daysTool("compare", (chosen) => { actions.go((view) => ({ ...view, ...chosen })); });
  const figures = segment(FIGURES, "figure", (figure) => { actions.go((view) => ({ ...view, figure })); });
  const mark = h("span", {});
  const list = h("ul", { class: "compare-sites", attrs: { "data-testid": "compare-sites" } });
  const node = h("div", {}, h("div", { class: "tools day-tools" }, picker.node, days.node, figures.node, mark), list);
  const [changes, ofMark] = [new Changes(), new Changes()];

  const chip = ({ lang, places }: PageState, site: string): HTMLElement => {
    const t = catalogue(lang).compare;
    const name = places.names.short(site);
    const remove = h("button", { class: "compare-remove", attrs: { type: "button", "aria-label": t.remove(name), title: t.remove(name), "data-testid": `remove-${site}` }, on: { click: () => {
      actions.go((view) => withoutSite(view, site));
      input.focus();
    } } }, h("span", { text: "×", attrs: { "aria-hidden": "true" } }));
    return h("li", { attrs: { "data-site": site } }, h("a", { text: name, attrs: { href: hashOfDay(site), title: t.toDay } }), remove);
  };

  return {
    node,
    find: input,
    update(state) {
      const { lang, view, places } = state;
      const { compare: t, pages: p } = catalogue(lang);
      const isFull = view.sites.length >= MOST;
      picker.update(places.sites, "", { label: t.add, any: isFull ? t.full(count(lang, MOST)) : t.addHint(count(lang, MOST)), none: p.noneFound });
      input.disabled = isFull;
      days.update(lang, inForce(state));
      figures.update(t.figure, t.figures, view.figure);
      if (ofMark.of(view.figure)) mark.replaceChildren(whatIs(COMPARED[view.figure]));
      setAttr(list, "aria-label", t.chosen);
      if (changes.of(lang, places, view.sites.join())) list.replaceChildren(...view.sites.map((site) => chip(state, site)));
    },
  };
}
