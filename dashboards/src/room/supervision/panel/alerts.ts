/** The open alerts of the point that is open, each a way to the desk. */
import { catalogue } from "../../../i18n/index.ts";
import type { Case } from "../../../live/views.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { hashOfCase } from "../../desk/state.ts";
import { loadRules } from "../../desk/loaded.ts";
import { markOf } from "../../desk/mark.ts";
import { inOrder } from "../../desk/order.ts";
import type { Rule } from "../../desk/view.ts";
import { figureWords, mainReason, titleOf } from "../../desk/words.ts";
import { Changes } from "../../pages/changes.ts";
import { NO_PLACES } from "../../pages/places.ts";
import type { Part, RoomState } from "../state.ts";

function casesAt({ open, alerts }: RoomState): Case[] {
  if (open === null || alerts === null) return [];
  return inOrder([...alerts.cases.values()].filter(({ site, state }) => site === open.id && state !== "suppressed"));
}

export function panelAlerts(): Part {
  const title = h("h3", { class: "section-title" });
  const rows = h("ul", { class: "panel-alerts" });
  const node = h("section", { class: "section", attrs: { "data-testid": "panel-alerts" } }, h("div", { class: "section-head" }, title), rows);
  const changes = new Changes();
  let rules: ReadonlyMap<string, Rule> = new Map();
  return {
    node,
    update(state) {
      const { lang } = state;
      const all = casesAt(state);
      show(node, all.length > 0);
      // Asked for when there is something to be said with them.
      if (all.length > 0 && rules.size === 0) void loadRules().then((loaded) => { rules = loaded; });
      const t = catalogue(lang).desk;
      setText(title, t.siteAlerts);
      if (!changes.of(lang, rules, ...all)) return;
      rows.replaceChildren(...all.map((one) => {
        const reason = mainReason(one);
        return h("li", {}, markOf(one), h("a", { text: titleOf({ lang, places: NO_PLACES, rules }, one), attrs: { href: hashOfCase(one.id) } }),
          h("span", { class: "quiet", text: [reason === null ? "" : figureWords(lang, reason), t.statesShort[one.state]].filter((words) => words !== "").join(" · ") }));
      }));
    },
  };
}
