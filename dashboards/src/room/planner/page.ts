/** The planner's page: where people are out of reach of a point, and what a new or a moved point changes. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { h } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { loadStatic } from "../supervision/map/static.ts";
import type { StaticData } from "../supervision/map/static.ts";
import { isSame, pointsAfter } from "./changes.ts";
import { comparing } from "./comparing.ts";
import { doing } from "./doing.ts";
import { begin, stepped } from "./history.ts";
import { withHeld } from "./hold.ts";
import { followKeys } from "./keys.ts";
import { isSimulated, loader } from "./loader.ts";
import { mapPart } from "./map/map.ts";
import { busPart } from "./parts/bus.ts";
import { changePart } from "./parts/change.ts";
import { equityPart } from "./parts/equity.ts";
import { gapsPart } from "./parts/gaps.ts";
import { groupsPart } from "./parts/groups.ts";
import { hoursPart } from "./parts/hours.ts";
import { queuePart } from "./parts/queue.ts";
import { savedPart } from "./parts/saved.ts";
import { sitingPart } from "./parts/siting.ts";
import { unitsPart } from "./parts/units.ts";
import { isSameQuestion } from "./question.ts";
import { questionForm } from "./questionform.ts";
import { PAGE, hashOfUp, hashOfView, start, viewOf } from "./state.ts";
import type { PageState, View } from "./state.ts";
import { tabs, toolbar } from "./toolbar.ts";
import { instantOf } from "./week.ts";

export function openPlanner(root: HTMLElement, room: HTMLElement): void {
  let state = start(storedLang());
  let isOpen = false;
  let opened = "";
  let statics: StaticData | null = null;

  const put = (patch: Partial<PageState>): void => {
    const last = state;
    state = { ...state, ...patch };
    const { sites, view, history, held, saved } = state;
    const isMoved = sites !== last.sites || history !== last.history || held !== last.held || view.question !== last.view.question;
    if (isMoved) state = { ...state, points: pointsAfter(sites.value ?? [], view.question.kinds, withHeld(history.now, held)) };
    if (state.after !== last.after && isOpen) map.paintNow(state);
    if (saved !== last.saved || view !== last.view) compare.follow();
    if (isOpen && hourOf(state) !== hourOf(last)) changed();
    draw();
  };
  const go = moving(PAGE, viewOf, hashOfView);
  const load = loader((patch) => { put(patch); }, () => state);
  const compare = comparing(() => state, (patch) => { put(patch); });
  /** While the week is looked at, the map is of the hour that is chosen. */
  const hourOf = ({ view: { tab, slot }, hours: { value } }: PageState): string | null => (tab === "hours" && value !== null ? instantOf(value.week, slot) : null);
  const changed = (): void => { load.scenario(state.view.question, withHeld(state.history.now, state.held), hourOf(state)); };
  const ask = (again: boolean): void => {
    const { view: { question, tab, layer, bus } } = state;
    load.ask(question, tab, layer, again);
    if (tab === "bus") load.bus(question, bus, again);
    if (tab === "groups" && again && state.groups.problem !== null) actions.askGroups();
    if (tab === "saved") load.saved(again);
  };
  const again = (): void => {
    ask(true);
    if (state.scenario.problem !== null) changed();
  };
  const actions = doing({
    state: () => state, put, go, changed, again,
    centre: () => map.centre,
    // The handle is there once the page has been drawn.
    focusHandle: () => { requestAnimationFrame(() => { map.focusHandle(); }); },
    letGo: () => { map.letGo(); },
    loadSaved: () => { load.saved(true); },
  });

  const head = pageHead();
  const alert = alertOf(again);
  const map = mapPart(actions, () => state, () => statics, (is) => { put({ map: is }); });
  const [question, tools, shown, units] = [questionForm(actions), toolbar(actions), tabs(actions), unitsPart()];
  const beside = [changePart(actions), gapsPart(actions, (gap) => { actions.putAt(gap); }), sitingPart(actions), hoursPart(actions), queuePart(actions), equityPart(actions), busPart(actions), groupsPart(actions), savedPart(actions)];
  const side = h("div", { class: "planner-side" }, shown.node, ...beside.map(({ node }) => node));
  const panes = h("div", { class: "planner-panes" }, map.node, units.node, side);
  const parts = [question, tools, map, units, shown, ...beside];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, cells, sites } = state;
    const { app, planner: t } = catalogue(lang);
    const isAsking = cells.asking || sites.asking;
    head.update({ lang, title: t.title, asOf: null, simulated: state.isSimulated, source: t.source, isAsking });
    alert.update(lang, cells.problem ?? sites.problem);
    document.title = `${app} · ${t.title}`;
    for (const part of parts) part.update(state);
  });

  const follow = (view: View): void => {
    const isBack = !isOpen;
    const isOther = isBack || !isSameQuestion(view.question, state.view.question);
    isOpen = true;
    // A question that is the same stays the same thing, so that nothing is drawn anew for it.
    const kept = isOther ? view : { ...view, question: state.view.question };
    // Changes that come by the address (a link, a step back) are a step that can be taken back too.
    const isNews = !isSame(view.changes, state.history.now);
    const history = !isNews ? state.history : isBack ? begin(view.changes) : stepped(state.history, view.changes);
    put({ view: kept, lang: storedLang(), history });
    statics ??= loadStatic(() => { draw(); });
    map.start();
    ask(isBack);
    // What was told of groups is by the question of before.
    if (isOther) actions.askGroups();
    if (isOther || isNews) changed();
    if (view.scenario !== opened) {
      opened = view.scenario;
      if (opened !== "" && view.changes.length === 0) void actions.openById(opened);
    }
    if (!isBack) return;
    void loadPlaces().then((places) => { put({ places }); });
    void isSimulated().then((is) => { put({ isSimulated: is }); });
  };

  followKeys(actions, () => state, () => isOpen);
  openPage(PAGE, root, room, {
    nodes: [head.node, question.node, tools.node, alert.node, panes],
    title: head.title,
    find: () => side.querySelector<HTMLElement>("[data-testid=point-picker]"),
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    leave: () => {
      isOpen = false;
      put({ held: null, isPlacing: false, said: null });
    },
    redraw: () => { put({ lang: storedLang() }); },
    again: () => { if (state.view.tab === "queue" || state.view.layer === "served") load.queue(state.view.question); },
  });
}
