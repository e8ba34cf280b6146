/** How fresh all of it is: the line, the data's clock and its age, who is silent; and what a hand may press. */
import { catalogue } from "../../i18n/index.ts";
import { clockTime, count } from "../../i18n/format.ts";
import type { Phase } from "../../live/client.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { ageOf } from "./figures.ts";
import { silentOf, unheardOf } from "./rule.ts";
import { ageSeconds } from "./state.ts";
import type { PageState, Part } from "./state.ts";

function freshness(page: PageState): string {
  const { lang, city, alerts, cityAt } = page;
  if (city === null) return "";
  const t = catalogue(lang).wall.fresh;
  const never = unheardOf(city);
  const evaluated = alerts?.desk?.evaluated_at ?? null;
  return [
    t.asOf(clockTime(lang, cityAt)),
    ageOf(lang, ageSeconds(page), page.isLost),
    t.silent(count(lang, silentOf(city))),
    ...(never === 0 ? [] : [t.never(count(lang, never))]),
    evaluated === null ? t.notEvaluated : t.evaluated(clockTime(lang, evaluated)),
  ].join(" · ");
}

export function foot(turn: () => void): Part {
  const words = h("strong", {});
  const line = h("p", { class: "connection glance-line", attrs: { "data-testid": "glance-line" } }, h("span", { class: "connection-dot" }), words);
  const facts = h("p", { class: "glance-facts", attrs: { "data-testid": "glance-facts" } });
  const back = h("a", { class: "page-back", attrs: { href: "#/" } });
  const full = h("button", { class: "plain", attrs: { type: "button", "data-testid": "glance-full" }, on: { click: turn } });
  return {
    node: h("footer", { class: "glance-foot" }, line, facts, h("div", { class: "glance-tools" }, back, full)),
    update(page) {
      const t = catalogue(page.lang);
      const phases: Record<Phase, string> = { connecting: t.connecting, catching_up: t.catchingUp, live: t.live, reconnecting: t.reconnecting };
      setAttr(line, "data-state", page.link.phase);
      setText(words, phases[page.link.phase]);
      setText(facts, freshness(page));
      setText(back, `← ${t.toRoom}`);
      setText(full, page.isFull ? t.wall.leaveFull : t.wall.full);
    },
  };
}
