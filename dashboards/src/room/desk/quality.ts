/** The quality of the alerts themselves: whether they are few, in proportion, and acted on. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import type { Case } from "../../live/views.ts";
import { marked } from "../../guide/button.ts";
import { h, setText, show } from "../../ui/dom.ts";
import type { FigureId } from "../../guide/table.ts";
import { Changes } from "../pages/changes.ts";
import { daysTool } from "../pages/days.ts";
import { Table } from "../pages/table.ts";
import { caseColumns } from "./caselist.ts";
import { figureNodes, hourNodes, qualityFigures, shareNodes } from "./figures.ts";
import { qualityDays } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Quality } from "./view.ts";
import { shortTime, subjectOf } from "./words.ts";

interface Block {
  readonly node: HTMLElement;
  update(title: string, note: string, rows: readonly HTMLElement[], none: string): void;
}

function block(testid: string, list: string, ids: readonly FigureId[] = []): Block {
  const [title, note, rows, empty] = [h("h3", {}), h("p", { class: "quiet" }), h("ol", { class: list }), h("p", { class: "quiet" })];
  return {
    node: h("section", { attrs: { "data-testid": testid } }, ids.length === 0 ? title : marked(title, ...ids), note, rows, empty),
    update(words, more, all, none) {
      setText(title, words);
      setText(note, more);
      show(note, more !== "");
      setText(empty, none);
      show(empty, all.length === 0);
      rows.replaceChildren(...all);
    },
  };
}

function frequent({ lang, places, rules }: PageState, all: Quality["most"]): HTMLElement[] {
  const t = catalogue(lang).desk;
  const most = Math.max(1, ...all.map(({ alerts }) => alerts));
  return all.map(({ group, subject, alerts }) => {
    const bar = h("span", { class: "unit-bar" });
    bar.style.width = `${(100 * alerts) / most}%`;
    return h("li", {}, h("span", {}, subjectOf({ lang, places, rules }, { subject, group }), h("span", { class: "cell-note", text: wordFor(t.groups, group) })), h("strong", { text: count(lang, alerts) }), bar);
  });
}

export function quality(actions: Actions): Part {
  const days = daysTool("alert-quality", (chosen) => { actions.go((view) => ({ ...view, days: chosen })); });
  const [title, note] = [h("h2", {}), h("p", { class: "quiet" })];
  const sums = h("ul", { class: "quality-sums", attrs: { "data-testid": "quality-sums" } });
  const priorities = block("quality-priorities", "shares", ["alerts_priority"]);
  const hours = block("quality-hours", "hours");
  const most = block("quality-most", "unit-counts");
  const chattering = block("quality-chattering", "unit-counts");
  const floods = block("quality-floods", "floods");
  const standingTitle = h("h3", {});
  const standing = new Table<Case>({ testid: "quality-standing", isWindowed: false, key: ({ id }) => id });
  const body = h("div", {}, sums, h("div", { class: "quality-blocks" }, priorities.node, hours.node, most.node, chattering.node, floods.node), h("section", {}, standingTitle, standing.node));
  const node = h("section", { class: "page-part", attrs: { "data-testid": "quality" } }, h("div", { class: "part-line" }, title, days.node), note, body);
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, view, places, rules, asOf, quality: { value } } = state;
      show(node, view.show === "quality");
      if (view.show !== "quality") return;
      const t = catalogue(lang).desk;
      setText(title, t.quality);
      setText(note, t.qualityNote);
      days.update(lang, qualityDays(state));
      show(body, value !== null);
      if (value === null || !changes.of(lang, value, places, rules)) return;
      sums.replaceChildren(...figureNodes(qualityFigures(lang, value)));
      priorities.update(t.byPriority, "", shareNodes(lang, value), t.none);
      hours.update(t.hoursOf, "", hourNodes(lang, value), t.none);
      most.update(t.most, t.mostNote, frequent(state, value.most), t.none);
      chattering.update(t.chattering, t.chatteringNote, frequent(state, value.chattering), t.none);
      floods.update(t.floods, "", value.floods.map(({ from, to, alerts }) => h("li", { text: t.floodOf(shortTime(lang, from, asOf), shortTime(lang, to, asOf), count(lang, alerts)) })), t.none);
      setText(standingTitle, t.standing);
      standing.update({ columns: caseColumns({ lang, places, rules }, asOf, true), rows: value.standing_over_a_day, order: null, label: t.standing, empty: t.none });
    },
  };
}
