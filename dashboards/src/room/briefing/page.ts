/** The leader's page: the briefing of a week, month or quarter, read here or taken along as a file. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { explained } from "../../guide/button.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { OF_BRIEFING } from "../../guide/keys.ts";
import { alertOf } from "../pages/alert.ts";
import { Changes } from "../pages/changes.ts";
import { Questioner, address } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { periodWords } from "../pages/period.ts";
import { segment } from "../pages/segment.ts";
import { paperOf } from "./paper.ts";
import { FILES, PAGE, READERS, fileAddress, hashOfView, inForce, spansUntil, start, viewOf } from "./state.ts";
import type { PageState, View } from "./state.ts";
import type { Paper } from "./view.ts";

/** Lines of the paper's shape while its first answer comes. */
const SKELETON_LINES = 15;

export function openBriefing(root: HTMLElement, room: HTMLElement): void {
  let state = start(storedLang());
  let isOpen = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const ofPaper = new Questioner<Paper>((paper) => { put({ paper }); });
  const ask = (again: boolean): void => {
    const span = inForce(state);
    ofPaper.ask(span === null ? null : fileAddress(state, span, "paper.json"), { again });
  };
  const ofNow = new Questioner<{ as_of: string; simulated: boolean }>((now) => {
    put({ now });
    if (isOpen && now.value !== null) ask(false);
  });
  const again = (): void => {
    ofNow.ask(address("tasks"), { again: true });
    ask(true);
  };
  const go = moving<View>(PAGE, viewOf, hashOfView);

  const head = pageHead();
  const alert = alertOf(again);
  const name = h("span", { class: "tool-name" });
  const select = h("select", { attrs: { "data-testid": "briefing-span" }, on: { change: () => { go((view) => ({ ...view, span: select.value })); } } });
  const readers = segment(READERS, "reader", (reader) => { go((view) => ({ ...view, reader })); });
  const files = FILES.map((format) => ({ format, node: h("a", { class: "page-back", text: format.toUpperCase(), attrs: { "data-testid": `briefing-${format}` } }) }));
  const take = h("span", { class: "tool-name" });
  const tools = h("div", { class: "tools" }, h("label", { class: "tool" }, name, select), readers.node, h("p", { class: "tool paper-files" }, take, ...files.map(({ node }) => node)));
  const body = h("article", { class: "paper", attrs: { "data-testid": "paper" } });
  const skeleton = h("div", { class: "paper-skeleton", attrs: { "aria-hidden": "true" } }, ...Array.from({ length: SKELETON_LINES }, () => h("div")));
  const legendName = h("summary", {});
  const legendList = h("ul", { class: "paper-legend-list" });
  const legend = h("details", { class: "paper-legend", attrs: { "data-testid": "briefing-figures" } }, legendName, legendList);
  const [ofSpans, ofBody, ofLegend] = [new Changes(), new Changes(), new Changes()];

  const drawSpans = (): void => {
    const { lang, now } = state;
    const span = inForce(state) ?? "";
    const until = now.value?.as_of ?? new Date().toISOString();
    if (!ofSpans.of(lang, span, until.slice(0, 10))) return;
    const { pages: p, briefing: t } = catalogue(lang);
    const { weeks, months, quarters } = spansUntil(until);
    const words = (one: string): string => {
      const week = /^(\d{4})-W0?(\d+)$/.exec(one);
      return week === null ? periodWords(p, one) : t.week(week[2] ?? "", week[1] ?? "");
    };
    const option = (one: string): HTMLOptionElement => h("option", { text: words(one), attrs: { value: one } });
    const groups = ([[t.weeks, weeks], [p.months, months], [p.quarters, quarters]] as const).map(([label, all]) => h("optgroup", { attrs: { label } }, ...all.map(option)));
    const isListed = [...weeks, ...months, ...quarters].includes(span);
    select.replaceChildren(...(isListed || span === "" ? [] : [option(span)]), ...groups);
    select.value = span;
  };

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view, now, paper } = state;
    const { app, pages: p, briefing: t, guide: g } = catalogue(lang);
    head.update({ lang, title: t.title, asOf: now.value?.as_of ?? null, simulated: now.value?.simulated === true, source: null, isAsking: paper.asking || now.asking });
    alert.update(lang, paper.problem ?? now.problem);
    document.title = `${app} · ${t.title}`;
    setText(name, p.period);
    setText(take, t.take);
    readers.update(t.reader, t.readers, view.reader);
    setText(legendName, g.inBriefing);
    if (ofLegend.of(lang)) legendList.replaceChildren(...OF_BRIEFING.map((id) => h("li", {}, explained(id, g.figures[id].name))));
    drawSpans();
    const span = inForce(state);
    for (const { format, node } of files) {
      setAttr(node, "href", span === null ? null : fileAddress(state, span, format));
      setAttr(node, "download", format === "html" ? null : `vong-lau-${span ?? ""}.${format}`);
      setAttr(node, "target", format === "html" ? "_blank" : null);
    }
    show(skeleton, paper.value === null && paper.problem === null && now.problem === null);
    if (ofBody.of(lang, paper.value)) body.replaceChildren(...(paper.value === null ? [] : paperOf(body, lang, paper.value)));
  });

  openPage(PAGE, root, room, {
    nodes: [head.node, tools, alert.node, legend, skeleton, body],
    title: head.title,
    find: () => null,
    follow: (query) => {
      const isBack = !isOpen;
      isOpen = true;
      put({ view: viewOf(query), lang: storedLang() });
      ofNow.ask(address("tasks"), { again: isBack });
      ask(isBack);
    },
    up: () => "#/",
    leave: () => { isOpen = false; },
    redraw: () => {
      put({ lang: storedLang() });
      ask(false);
    },
    again: () => {
      // A week that is over does not change while it is read.
      if (state.paper.value === null) again();
    },
  });
}
