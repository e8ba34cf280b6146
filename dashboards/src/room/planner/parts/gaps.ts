/** Who is left out, as named places, most people first; the list and the map follow each other. */
import { catalogue } from "../../../i18n/index.ts";
import { count } from "../../../i18n/format.ts";
import { marked } from "../../../guide/button.ts";
import { KeyedRows, h, setAttr, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { shortName } from "../../supervision/names.ts";
import { leftOf } from "../cells.ts";
import { keyOf } from "../map/features.ts";
import type { Actions, PageState, Part } from "../state.ts";
import type { Gap } from "../view.ts";
import { kmWords, minutesWords } from "../words.ts";
import { standing } from "./standing.ts";

/** Gaps that are listed at first: the rest are small, and a button away. */
const FIRST = 20;

export function gapsPart(actions: Actions, putAt: (gap: Gap) => void): Part {
  const title = h("h2");
  const sum = h("p", { class: "planner-lead", attrs: { "data-testid": "gaps-sum" } });
  const stands = standing(actions);
  const list = h("ol", { class: "gap-list", attrs: { "data-testid": "gaps" } });
  const empty = h("p", { class: "planner-lead" });
  let isWhole = false;
  const more = h("button", { class: "plain", attrs: { type: "button", "data-testid": "gaps-more" }, on: { click: () => {
    isWhole = true;
    if (state !== null) part.update(state);
    list.querySelectorAll("button")[FIRST]?.focus();
  } } });
  const node = h("section", { class: "planner-part", attrs: { tabindex: "0", "data-testid": "gaps-part" } }, marked(title, "gaps"), sum, stands.above, list, more, empty, stands.basis);
  const [changes, ofChosen] = [new Changes(), new Changes()];
  let state: PageState | null = null;

  const rows = new KeyedRows<Gap>(list, keyOf, (first) => {
    let gap = first;
    const rank = h("span", { class: "gap-rank" });
    const [name, people, worst, nearest, left] = [h("strong"), h("span"), h("span", { class: "quiet" }), h("span", { class: "quiet" }), h("span", { class: "gap-left" })];
    const choose = h("button", { class: "gap-choose", attrs: { type: "button", "data-testid": "gap" }, on: { click: () => { actions.chooseGap(keyOf(gap)); } } },
      rank, h("span", { class: "gap-words" }, name, people, left, worst, nearest));
    const put = h("button", { class: "plain", attrs: { type: "button", "data-testid": "gap-put" }, on: { click: () => { putAt(gap); } } });
    const row = h("li", { attrs: { "data-gap": keyOf(gap) } }, choose, put);
    return {
      node: row,
      update(next) {
        gap = next;
        if (state === null) return;
        const { lang, view, byId, after, history } = state;
        const t = catalogue(lang).planner;
        const isChosen = view.gap === keyOf(next);
        setText(rank, String(next.rank));
        setText(name, next.name);
        setText(people, catalogue(lang).people(count(lang, next.people)));
        const figures = t.gapWorst(minutesWords(lang, next.worst_minutes), kmWords(lang, next.over_km));
        setText(worst, next.approximate === true ? `${figures} (${t.gapApproximate})` : figures);
        setText(nearest, next.nearest === null ? t.noNearest : t.gapNearest(shortName(next.nearest), minutesWords(lang, next.nearest.minutes), kmWords(lang, next.nearest.km)));
        const remain = history.now.length === 0 ? next.people : leftOf(next.cells, byId, after);
        show(left, remain < next.people);
        setText(left, remain === 0 ? t.gapClosed : t.gapLeft(count(lang, remain)));
        setAttr(choose, "aria-pressed", String(isChosen));
        setAttr(row, "data-chosen", String(isChosen));
        show(put, isChosen);
        setText(put, t.putHere);
      },
    };
  });

  const part: Part = {
    node,
    update(next) {
      const { lang, view, gaps, after, byId, history } = next;
      show(node, view.tab === "gaps");
      if (view.tab !== "gaps") return;
      state = next;
      const t = catalogue(lang).planner;
      setText(title, t.gapsTitle);
      stands.update(next, gaps, true);
      const all = gaps.value?.gaps ?? [];
      setText(sum, gaps.value === null ? "" : t.gapsSum(count(lang, gaps.value.people), count(lang, all.length)));
      show(empty, gaps.value !== null && all.length === 0);
      setText(empty, t.gapsNone);
      // One that is chosen on the map is listed, wherever it stands.
      const isListed = isWhole || all.findIndex((one) => keyOf(one) === view.gap) >= FIRST;
      show(more, !isListed && all.length > FIRST);
      setText(more, t.gapsMore(count(lang, all.length)));
      if (changes.of(lang, gaps.value, view.gap, after, byId, history.now.length, isListed)) rows.update(isListed ? all : all.slice(0, FIRST));
      // What is chosen on the map is brought into view in the list.
      if (ofChosen.of(view.gap, gaps.value !== null) && view.gap !== "") rows.get(view.gap)?.scrollIntoView({ block: "nearest" });
    },
  };
  return part;
}
