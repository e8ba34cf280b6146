/** The head of the open case: what, where, how pressing, in which state, with whom. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Case } from "../../live/views.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { PriorityMark } from "./mark.ts";
import { chosen, hashOfUp } from "./state.ts";
import type { PageState, Part } from "./state.ts";
import { ageWords, lowered, shortTime, stateNote, subjectOf, titleOf } from "./words.ts";

function stateWords({ lang, asOf }: PageState, one: Case): string {
  const t = catalogue(lang).desk;
  const taken = one.acknowledged_by === null || one.acknowledged_at === null ? null : t.takenBy(one.acknowledged_by, shortTime(lang, one.acknowledged_at, asOf));
  const note = stateNote(lang, one, asOf);
  return [t.states[one.state], note, one.shelved_reason === null || one.state !== "shelved" ? null : one.shelved_reason, taken, one.assigned_to === null ? null : t.assignedTo(one.assigned_to)]
    .filter((text) => text !== null && text !== "").join(" · ");
}

export function caseHead(): Part & { readonly title: HTMLElement } {
  const mark = new PriorityMark();
  const back = h("a", { class: "page-back case-back" });
  const title = h("h2", { attrs: { tabindex: "-1", "data-testid": "case-title" } });
  const facts = h("p", { class: "quiet" });
  const state = h("p", { class: "case-standing", attrs: { "data-testid": "case-state" } });
  const node = h("header", { class: "case-head" }, back, h("div", { class: "case-head-line" }, mark.node, title), state, facts);
  return {
    node,
    title,
    update(now) {
      const one = chosen(now);
      if (one === null) return;
      const { lang, places, rules, asOf } = now;
      const told = { lang, places, rules };
      const t = catalogue(lang).desk;
      mark.set(one.priority, one.standing);
      setText(back, `← ${t.back}`);
      setAttr(back, "href", hashOfUp(now.view));
      setText(title, `${subjectOf(told, one)}: ${titleOf(told, one)}`);
      setText(state, stateWords(now, one));
      setAttr(state, "data-state", one.state);
      setText(facts, [t.priorityOf(lowered(t.priorities[one.priority])), wordFor(t.groups, one.group), t.ageOf(ageWords(lang, one, asOf)), one.id].join(" · "));
    },
  };
}
