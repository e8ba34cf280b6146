/** One case in the list: how pressing, where, what and by how much, in which state, with whom, and for how long. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { PriorityMark } from "./mark.ts";
import type { Row } from "./order.ts";
import { ageWords, figureParts, holderOf, lowered, mainReason, stateNote, subjectOf, titleOf } from "./words.ts";
import type { Told } from "./words.ts";

export interface RowNode {
  readonly node: HTMLElement;
  update(row: Row, told: Told, asOf: string | null): void;
}

const ownerOf = (one: Case, told: Told): string => {
  const { owners } = catalogue(told.lang).desk;
  return owners[one.owner] ?? one.owner;
};

export function rowNode(): RowNode {
  const mark = new PriorityMark();
  const subject = h("span", { class: "case-subject" });
  const more = h("span", { class: "case-members" });
  const title = h("span", { class: "case-title" });
  const [value, limit] = [h("span", {}), h("span", { class: "case-limit" })];
  const figure = h("span", { class: "case-figure" }, value, limit);
  const state = h("span", { class: "case-state" });
  const note = h("span", { class: "case-note" });
  const holder = h("span", { class: "case-holder" });
  const age = h("span", { class: "case-age" });
  // What the mark and the line through it say to the eye; all else is heard as it is seen.
  const heard = h("span", { class: "hidden-title" });
  const node = h("div", { class: "case", attrs: { role: "option", "data-testid": "case" } },
    heard, mark.node,
    h("div", { class: "case-what" }, h("span", { class: "case-line" }, subject, " ", more), h("span", { class: "case-line case-facts" }, title, figure)),
    h("div", { class: "case-how" }, h("span", { class: "case-line" }, state, note), holder), age);
  let drawn: readonly unknown[] = [];
  return {
    node,
    update(row, told, asOf) {
      const { one, isGone } = row;
      const t = catalogue(told.lang).desk;
      const ages = ageWords(told.lang, one, asOf);
      setText(age, ages);
      if (drawn[0] === row && drawn[1] === told) return;
      drawn = [row, told];
      setAttr(node, "data-id", one.id);
      setAttr(node, "data-state", one.state);
      setAttr(node, "data-priority", one.priority);
      setAttr(node, "data-gone", String(isGone));
      mark.set(one.priority, one.standing);
      setText(subject, subjectOf(told, one));
      show(more, one.members.length > 0);
      setText(more, t.membersOf(count(told.lang, one.members.length)));
      setText(title, titleOf(told, one));
      const reason = mainReason(one);
      const [now = "", ...bound] = reason === null ? [] : figureParts(told.lang, reason);
      setText(value, now);
      setText(limit, bound.map((words) => `, ${words}`).join(""));
      setAttr(figure, "data-none", String(reason === null));
      setText(state, t.statesShort[one.state]);
      setAttr(state, "title", t.states[one.state]);
      setText(note, stateNote(told.lang, one, asOf));
      setText(holder, holderOf(one) ?? (one.state === "new" ? ownerOf(one, told) : ""));
      setAttr(holder, "data-taken", String(holderOf(one) !== null));
      setText(heard, `${t.priorityOf(lowered(t.priorities[one.priority]))}${isGone ? `, ${t.gone}` : ""}. `);
    },
  };
}
