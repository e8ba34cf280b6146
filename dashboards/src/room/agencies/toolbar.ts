/** What is looked at: the backlog's parts, and the days of everything that has a span. */
import { catalogue } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import type { Actions, Part } from "./part.ts";
import { BY, daysOf, hashOfView, withBy } from "./state.ts";

export function toolbar(actions: Actions): Part {
  const buttons = BY.map((by) => ({
    by,
    node: h("button", { attrs: { type: "button", "data-testid": `by-${by}` }, on: { click: () => { actions.go((view) => withBy(view, by)); } } }),
  }));
  const segment = h("div", { class: "segment", attrs: { role: "group" } }, ...buttons.map(({ node }) => node));
  const all = h("a", { class: "page-back", attrs: { "data-testid": "all-agencies" } });
  const dates = (["from", "to"] as const).map((key) => {
    const name = h("span", { class: "tool-name" });
    const input = h("input", { attrs: { type: "date", "data-testid": `span-${key}` }, on: { change: () => {
      const { value } = input;
      actions.go((view) => ({ ...view, [key]: value }));
    } } });
    return { key, name, input, node: h("label", { class: "tool" }, name, input) };
  });
  const node = h("div", { class: "tools" }, segment, ...dates.map(({ node: date }) => date), all);
  return {
    node,
    update({ lang, view, asOf }) {
      const t = catalogue(lang).agencyPage;
      setAttr(segment, "aria-label", t.byLabel);
      for (const { by, node: button } of buttons) {
        setText(button, t.by[by]);
        setAttr(button, "aria-pressed", String(by === view.by));
      }
      const days = daysOf(view, asOf);
      for (const { key, name, input } of dates) {
        setText(name, t[key]);
        setAttr(input, "title", t.spanHint);
        if (document.activeElement !== input) input.value = days?.[key] ?? view[key];
      }
      show(all, view.key !== "");
      setText(all, `← ${t.allAgencies}`);
      setAttr(all, "href", hashOfView({ ...view, key: "" }));
    },
  };
}
