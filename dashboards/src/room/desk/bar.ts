/** The line over the list: how many there are, and what waits to be let in. It is always there, so that nothing moves when it speaks. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import type { Actions, PageState, Part } from "./state.ts";

function words({ lang, list: { rows, waiting } }: PageState): string {
  const t = catalogue(lang).desk;
  const high = waiting.filter(({ priority }) => priority === "high").length;
  const gone = rows.filter(({ isGone }) => isGone).length;
  if (waiting.length > 0) return high > 0 ? t.freshHigh(count(lang, waiting.length), count(lang, high)) : t.fresh(count(lang, waiting.length));
  return gone > 0 ? `${t.goneOf(count(lang, gone))}. ${t.refresh}` : "";
}

export function bar(actions: Actions): Part {
  const total = h("span", { class: "quiet", attrs: { "data-testid": "case-count" } });
  const text = h("span", {});
  const key = h("kbd", { text: "n" });
  const button = h("button", { class: "fresh", attrs: { type: "button", "data-testid": "fresh" }, on: { click: () => { actions.fresh(); } } }, text, key);
  return {
    node: h("div", { class: "cases-bar" }, total, button),
    update(state) {
      const said = words(state);
      setText(total, state.alerts === null ? "" : catalogue(state.lang).desk.cases(count(state.lang, state.list.rows.length)));
      show(button, said !== "");
      setText(text, said);
      setAttr(button, "data-high", String(state.list.waiting.some(({ priority }) => priority === "high")));
    },
  };
}
