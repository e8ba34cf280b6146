/** The alerts of the day as a list: from when to when, and the way to each at the desk. */
import { catalogue } from "../../i18n/index.ts";
import { hourMinute, shortDate } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { hashOfCase } from "../desk/state.ts";
import { markOf } from "../desk/mark.ts";
import { figureWords, mainReason, titleOf } from "../desk/words.ts";
import { Changes } from "../pages/changes.ts";
import { dayOfState } from "./model.ts";
import type { Span } from "./model.ts";
import { isDrawn } from "./notes.ts";
import type { PageState, Part } from "./state.ts";

function line({ lang, places, rules }: PageState, { one, from, to, isBefore, isAfter }: Span): HTMLElement {
  const t = catalogue(lang).day;
  const reason = mainReason(one);
  const begin = isBefore ? t.since(shortDate(lang, one.since)) : hourMinute(lang, from);
  const end = one.standing ? t.stands : isAfter ? t.goesOn : hourMinute(lang, to);
  return h("li", {}, markOf(one), h("time", { text: `${begin} – ${end}` }),
    h("a", { text: titleOf({ lang, places, rules }, one), attrs: { href: hashOfCase(one.id) } }),
    h("span", { class: "quiet", text: reason === null ? "" : figureWords(lang, reason) }));
}

export function happened(): Part {
  const [title, none] = [h("h2"), h("p", { class: "quiet" })];
  const list = h("ol", { class: "day-alerts" });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "day-alerts" } }, title, none, list);
  const changes = new Changes();
  return {
    node,
    update(state) {
      show(node, isDrawn(state));
      const t = catalogue(state.lang).day;
      setText(title, t.alerts);
      setText(none, state.alerts.value === null ? catalogue(state.lang).pages.loading : t.noAlerts);
      if (!changes.of(state.lang, state.alerts, state.quarters, state.places, state.rules)) return;
      const spans = dayOfState(state)?.alerts ?? [];
      show(none, spans.length === 0);
      list.replaceChildren(...spans.map((span) => line(state, span)));
    },
  };
}
