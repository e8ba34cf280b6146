/** What a wall needs: what nobody has, the high ones first, and who has what. Nothing on it is to be clicked. */
import { catalogue } from "../../i18n/index.ts";
import { clockTime, count } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { KeyedRows } from "../../ui/dom.ts";
import type { Row } from "../../ui/dom.ts";
import { PriorityMark } from "./mark.ts";
import { inOrder } from "./order.ts";
import type { PageState, Part } from "./state.ts";
import { ageWords, evaluation, figureParts, holderOf, mainReason, subjectOf, titleOf } from "./words.ts";
import type { Told } from "./words.ts";

/** What fits on a wall of 1080 lines, at most. */
const FRESH = 9;
const TAKEN = 10;

interface Shown {
  readonly one: Case;
  readonly told: Told;
  readonly asOf: string | null;
}

function card(): Row<Shown> {
  const mark = new PriorityMark();
  const [words, limit] = [h("span", {}), h("span", { class: "wall-limit" })];
  const title = h("span", { class: "wall-title" }, words, limit);
  const [subject, age, who] = [h("span", { class: "wall-subject" }), h("span", { class: "wall-age" }), h("span", { class: "wall-who" })];
  const node = h("li", { class: "wall-case", attrs: { "data-testid": "wall-case" } }, mark.node, h("div", {}, subject, title), h("div", { class: "wall-right" }, age, who));
  return {
    node,
    update({ one, told, asOf }) {
      const reason = mainReason(one);
      mark.set(one.priority, one.standing);
      setAttr(node, "data-priority", one.priority);
      setAttr(node, "data-state", one.state);
      setText(subject, subjectOf(told, one));
      const [value, ...bound] = reason === null ? [] : figureParts(told.lang, reason);
      setText(words, [titleOf(told, one), ...(value === undefined ? [] : [value])].join(" · "));
      setText(limit, bound.map((text) => `, ${text}`).join(""));
      setText(age, ageWords(told.lang, one, asOf));
      setText(who, holderOf(one) ?? (one.escalated_at === null ? "" : catalogue(told.lang).desk.escalated));
    },
  };
}

interface Column {
  readonly node: HTMLElement;
  update(title: string, none: string, more: (n: number) => string, cases: readonly Case[], most: number, shown: Omit<Shown, "one">): void;
}

/** How many rows are seen whole: notices over the wall take room from it. One that is cut off is not shown, and counts as not shown. */
function whole(list: HTMLElement): number {
  const { bottom } = list.getBoundingClientRect();
  let n = 0;
  for (const row of list.children as HTMLCollectionOf<HTMLElement>) {
    const isWhole = row.getBoundingClientRect().bottom <= bottom + 1;
    row.style.visibility = isWhole ? "" : "hidden";
    if (isWhole) n += 1;
  }
  return n;
}

function column(testid: string): Column {
  const [title, n, list, rest] = [h("h2", {}), h("strong", {}), h("ul", {}), h("p", { class: "wall-more quiet" })];
  const rows = new KeyedRows<Shown>(list, ({ one }) => one.id, card);
  return {
    node: h("section", { class: "wall-column", attrs: { "data-testid": testid } }, h("div", { class: "wall-column-head" }, title, n), list, rest),
    update(words, none, more, cases, most, shown) {
      setText(title, words);
      setText(n, String(cases.length));
      rows.update(cases.slice(0, most).map((one) => ({ one, ...shown })));
      const left = cases.length - whole(list);
      setText(rest, cases.length === 0 ? none : left > 0 ? more(left) : "");
    },
  };
}

export function wall(): Part {
  const [clock, known, hour] = [h("time", { class: "wall-clock" }), h("span", { class: "quiet" }), h("span", { class: "quiet" })];
  const [fresh, taken] = [column("wall-new"), column("wall-taken")];
  const node = h("section", { class: "desk-wall", attrs: { "data-testid": "wall" } }, h("header", { class: "wall-head" }, clock, hour, known), fresh.node, taken.node);
  return {
    node,
    update({ lang, view, alerts, asOf, places, rules }: PageState) {
      show(node, view.show === "wall");
      if (view.show !== "wall" || alerts === null) return;
      const t = catalogue(lang).desk;
      const all = inOrder([...alerts.cases.values()]);
      const shown = { told: { lang, places, rules }, asOf };
      const more = (n: number): string => t.wallMore(count(lang, n));
      setText(clock, clockTime(lang, asOf));
      setText(hour, alerts.desk === null ? "" : t.wallHour(count(lang, alerts.desk.raised_hour)));
      const { words, isLate } = evaluation(lang, alerts.desk, asOf);
      setText(known, words);
      setAttr(known, "data-late", String(isLate));
      fresh.update(t.wallNew, t.wallCalm, more, all.filter(({ state }) => state === "new" || state === "returned"), FRESH, shown);
      taken.update(t.wallTaken, t.wallNobody, more, all.filter(({ state }) => state === "acknowledged"), TAKEN, shown);
    },
  };
}
