/**
 * The line over the list: how many there are, and what waits to be let in, above or below the row that is held. It is
 * always there, so that nothing moves when it speaks.
 */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { marked } from "../../guide/button.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { sidesOf } from "./order.ts";
import type { Actions, PageState, Part } from "./state.ts";

/** The row that the list is held for: the one under the cursor, or else the chosen one. */
function held({ list: { rows }, pointed, view: { key } }: PageState): Case | null {
  const wanted = pointed === null || pointed === "" ? key : pointed;
  return rows.find(({ one }) => one.id === wanted)?.one ?? null;
}

/** What waits, and on which side of the held row it will stand. */
export function freshWords(lang: Lang, waiting: readonly Case[], row: Case | null): string {
  const t = catalogue(lang).desk;
  const { above, below } = row === null ? { above: 0, below: 0 } : sidesOf(waiting, row);
  const high = waiting.filter(({ priority }) => priority === "high").length;
  return [
    row === null ? t.fresh(count(lang, waiting.length)) : "",
    above > 0 ? t.freshAbove(count(lang, above)) : "",
    below > 0 ? t.freshBelow(count(lang, below)) : "",
    high > 0 ? t.freshHigh(count(lang, high)) : "",
  ].filter((words) => words !== "").join(", ");
}

function words(state: PageState): string {
  const { lang, list: { rows, waiting } } = state;
  const t = catalogue(lang).desk;
  if (waiting.length > 0) return freshWords(lang, waiting, held(state));
  const gone = rows.filter(({ isGone }) => isGone).length;
  return gone > 0 ? `${t.goneOf(count(lang, gone))}. ${t.refresh}` : "";
}

export function bar(actions: Actions): Part {
  const total = h("span", { class: "quiet", attrs: { "data-testid": "case-count" } });
  const text = h("span", {});
  const key = h("kbd", { text: "n" });
  const button = h("button", { class: "fresh", attrs: { type: "button", "data-testid": "fresh" }, on: { click: () => { actions.fresh(); } } }, text, key);
  return {
    node: h("div", { class: "cases-bar" }, marked(total, "alerts_open"), button),
    update(state) {
      const said = words(state);
      setText(total, state.alerts === null ? "" : catalogue(state.lang).desk.cases(count(state.lang, state.list.rows.length)));
      show(button, said !== "");
      setText(text, said);
      setAttr(button, "data-high", String(state.list.waiting.some(({ priority }) => priority === "high")));
    },
  };
}
