/** What nobody has in hand: the most serious first, of these what has waited longest. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import type { Row } from "../../ui/dom.ts";
import { PriorityMark } from "../desk/mark.ts";
import { inOrder } from "../desk/order.ts";
import { ageWords, subjectOf, titleOf } from "../desk/words.ts";
import type { Told } from "../desk/words.ts";
import { column } from "./column.ts";
import { arrived, isFresh, slots } from "./slots.ts";
import type { Arrivals } from "./slots.ts";
import type { Part } from "./state.ts";

/** What fits on the wall, at either size. */
export const PLACES = 7;

interface Shown {
  readonly one: Case;
  readonly told: Told;
  readonly asOf: string | null;
  readonly isFresh: boolean;
}

function row(): Row<Shown> {
  const mark = new PriorityMark();
  const [priority, subject, age] = [h("span", { class: "glance-priority" }), h("strong", { class: "glance-subject" }), h("span", { class: "glance-age" })];
  const title = h("span", { class: "glance-what" });
  const node = h("div", { class: "glance-case", attrs: { "data-testid": "glance-case" } }, subject, priority, age, title);
  node.prepend(mark.node);
  return {
    node,
    update({ one, told, asOf, isFresh: fresh }) {
      mark.set(one.priority, one.standing);
      setAttr(node, "data-case", one.id);
      setAttr(node, "data-priority", one.priority);
      setAttr(node, "data-fresh", String(fresh));
      // The mark tells them all apart; a word more is for what must not be overlooked.
      setText(priority, one.priority === "high" ? catalogue(told.lang).desk.priorities.high : "");
      setText(subject, subjectOf(told, one));
      setText(age, ageWords(told.lang, one, asOf));
      setText(title, titleOf(told, one));
    },
  };
}

/** Standing, and in state new. Pure. */
export const inNobodysHands = (cases: Iterable<Case>): Case[] => inOrder([...cases].filter(({ standing, state }) => standing && state === "new"));

export function nobody(): Part {
  const list = column<Shown>("glance-nobody", PLACES, row);
  let arrivals: Arrivals | null = null;
  return {
    node: list.node,
    update({ lang, alerts, alertsAt, places, rules, now }) {
      const t = catalogue(lang).wall;
      const cases = inNobodysHands(alerts?.cases.values() ?? []);
      if (alerts !== null) arrivals = arrived(arrivals, cases.map(({ id }) => id), now);
      const told = { lang, places, rules };
      const filled = slots(cases.map((one) => ({ one, told, asOf: alertsAt, isFresh: isFresh(arrivals, one.id, now) })), PLACES);
      list.update({ title: t.nobody, note: alerts === null ? "" : count(lang, cases.length), none: alerts === null ? t.unknown : t.nobodyCalm, more: t.more(count(lang, filled.more)) }, filled);
    },
  };
}
