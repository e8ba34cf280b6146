/** What stands where there are no rows: that all is calm and since when that is known, or that the filter hides them. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { NO_FILTER, countsOf, queryOfFilter } from "./filter.ts";
import type { Actions, Part } from "./state.ts";
import { evaluation } from "./words.ts";

export function empty(actions: Actions): Part {
  const title = h("p", { class: "calm-title" });
  const known = h("p", { class: "quiet", attrs: { "data-testid": "evaluated" } });
  const hidden = h("p", { class: "quiet" });
  const clear = h("button", { class: "plain", attrs: { type: "button" }, on: { click: () => { actions.go((view) => ({ ...view, filter: NO_FILTER })); } } });
  const node = h("div", { class: "calm", attrs: { "data-testid": "calm" } }, title, known, hidden, clear);
  return {
    node,
    update({ lang, alerts, asOf, isRefused, list: { rows }, view: { filter } }) {
      const t = catalogue(lang).desk;
      const isEmpty = (alerts !== null || isRefused) && rows.length === 0;
      show(node, isEmpty);
      if (!isEmpty) return;
      if (isRefused && alerts === null) {
        setText(title, t.noDesk);
        for (const one of [known, hidden, clear]) show(one, false);
        return;
      }
      const isFiltered = Object.values(queryOfFilter(filter)).some((one) => one !== "");
      const { words, isLate } = evaluation(lang, alerts?.desk ?? null, asOf);
      const counts = countsOf(alerts?.cases.values() ?? []);
      setText(title, isFiltered ? t.calmFiltered : t.calm);
      setText(known, words);
      show(known, true);
      setAttr(known, "data-late", String(isLate));
      setText(hidden, t.hiddenStates(count(lang, counts.shelved), count(lang, counts.suppressed)));
      show(hidden, !isFiltered && counts.shelved + counts.suppressed > 0);
      setText(clear, t.clearFilters);
      show(clear, isFiltered);
    },
  };
}
