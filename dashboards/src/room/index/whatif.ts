/** What an indicator would give if the chosen cases were handed over today: the server's own reckoning. */
import { catalogue } from "../../i18n/index.ts";
import { count, decimal } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { signed } from "./model.ts";
import { MAX_CHOSEN } from "./state.ts";
import type { Part } from "./state.ts";

export function whatIf(): Part {
  const node = h("section", { class: "what-if", attrs: { "data-testid": "what-if", "aria-live": "polite" } });
  const changes = new Changes();
  return {
    node,
    update({ lang, view, losses }) {
      const now = losses.value?.what_if ?? null;
      // Where nothing can be mended there is nothing to think of.
      node.hidden = now === null || (now.if_nothing_is_done === now.now && now.if_all_is_done === now.now);
      if (!changes.of(lang, now, view.chosen.length, losses.asking) || now === null) return;
      const t = catalogue(lang).index766;
      const chosen = view.chosen.length;
      const items: [string, string, number | null][] = [
        ["now", t.now, now.now],
        ["nothing", t.ifNothing, now.if_nothing_is_done],
        ["all", t.ifAll, now.if_all_is_done],
      ];
      if (chosen > 0) items.splice(2, 0, ["done", t.ifDone(count(lang, chosen)), now.if_done]);
      const gain = (now.if_done ?? 0) - (now.if_nothing_is_done ?? 0);
      node.replaceChildren(
        h("h3", { text: t.whatIf }),
        h("dl", { attrs: { "data-asking": String(losses.asking) } }, ...items.map(([kind, name, value]) =>
          h("div", { attrs: { "data-kind": kind } }, h("dt", { text: name }),
            h("dd", { text: decimal(lang, value, 4), attrs: { "data-testid": `if-${kind}`, "data-value": String(value) } })))),
        h("p", { class: "quiet", text: chosen === 0 ? t.chooseSome : t.difference(signed(lang, gain)), attrs: { "data-testid": "gain" } }),
        ...(chosen >= MAX_CHOSEN ? [h("p", { class: "quiet", text: t.chosenMost(count(lang, MAX_CHOSEN)) })] : []));
    },
  };
}
