/** The alert desk: wires the live topic and the server's answers to one state, and the state to the parts of the page. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import type { Line } from "../../live/line.ts";
import { alertsView } from "../../live/views.ts";
import { h, setAttr } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { pageHead } from "../pages/head.ts";
import { queryOf } from "../pages/hash.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { asking } from "./asking.ts";
import { bar } from "./bar.ts";
import { detail } from "./detail.ts";
import { doing } from "./doing.ts";
import { editor } from "./editor.ts";
import { empty } from "./empty.ts";
import { filters } from "./filters.ts";
import { handover } from "./handover.ts";
import { help } from "./help.ts";
import { keepMuted, keepSound, keptSeat } from "./kept.ts";
import { listen } from "./keys.ts";
import { list } from "./list.ts";
import { loadRules } from "./loaded.ts";
import { noticesPart } from "./notices.ts";
import { stepFrom } from "./order.ts";
import { quality } from "./quality.ts";
import { rulesPart } from "./rules.ts";
import { seatDialog } from "./seat.ts";
import { sorting } from "./sorting.ts";
import { Sound, toneOf } from "./sound.ts";
import { announcement, speaker } from "./speak.ts";
import { PAGE, chosen, hashOfUp, hashOfView, start, viewOf, withKey } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import { toolbar } from "./toolbar.ts";
import { wall } from "./wall.ts";
import { newsOf } from "./watch.ts";
import { counted } from "./words.ts";

export function openDesk(root: HTMLElement, room: HTMLElement, line: Line): void {
  let state: PageState = start(storedLang(), line.client.link, keptSeat());
  let isOpen = false;
  const sound = new Sound();
  const spoken = speaker();

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };

  const arranging = sorting(() => state, put);
  const { ask, askDetail } = asking(() => state, put, () => isOpen, arranging);

  const go = moving(PAGE, viewOf, hashOfView);
  const choose = (key: string, quietly: boolean): void => { go((view) => withKey(view.show === "list" ? view : viewOf({}), key), quietly); };
  const isNarrow = (): boolean => matchMedia("(max-width: 1100px)").matches;
  const actions: Actions = {
    go,
    step: (rows) => {
      const next = stepFrom(state.list, state.view.key, rows);
      if (next === null) return;
      cases.follow(arranging.moveOn(next.id));
      choose(next.id, true);
      cases.focus();
    },
    // On a narrow screen the detail covers the list: going back leads out of it.
    choose: (key) => { choose(key, !isNarrow()); },
    enter: () => {
      if (state.view.key === "") actions.step(1);
      else side.focus();
    },
    leave: () => { cases.focus(); },
    point: (key) => { arranging.point(key); },
    fresh: () => {
      const first = arranging.fresh();
      cases.toTop();
      if (first !== null) choose(first, true);
      cases.focus();
    },
    ...doing({ state: () => state, put, done: () => { askDetail(true); }, back: () => { cases.focus(); } }),
    help: (isHelp) => { put({ isHelp }); },
    setSound: (isOn) => {
      keepSound(isOn);
      if (isOn) sound.play("soft");
      put({});
    },
    mute: (until) => {
      keepMuted(until);
      put({});
    },
    reload: () => { ask(true); },
  };

  const head = pageHead();
  const alert = alertOf(() => { ask(true); });
  const cases = list(actions);
  const side = detail(actions);
  const finding = filters(actions);
  const ofRulesPart = rulesPart(actions);
  const tools = toolbar(actions, () => sound.isBlocked);
  const listParts = [bar(actions), cases, empty(actions)];
  const panes = h("div", { class: "desk-panes", attrs: { "data-testid": "desk-panes" } }, h("section", { class: "desk-list" }, ...listParts.map(({ node }) => node)), side.node);
  const parts = [tools, noticesPart(), finding, editor(actions), ofRulesPart, quality(actions), handover(actions), wall(), help(actions), seatDialog(actions)];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view, alerts, asOf } = state;
    const { app, desk: t } = catalogue(lang);
    const asked = view.show === "quality" ? state.quality : view.show === "rules" ? state.ofRules : view.show === "handover" ? state.handover : state.closed;
    head.update({ lang, title: t.title, asOf, simulated: alerts?.clock?.simulated === true, source: null, isAsking: asked.asking });
    alert.update(lang, asked.problem);
    document.title = counted(alerts?.desk?.new ?? 0, `${app} · ${t.title}`);
    panes.hidden = view.show !== "list";
    setAttr(panes, "data-open", String(view.key !== ""));
    setAttr(panes, "data-stale", String(state.link.phase === "reconnecting"));
    for (const part of [...parts, ...(view.show === "list" ? [...listParts, side] : [])]) part.update(state);
  });

  line.client.subscribe("alerts", {
    onState: ({ data, asOf }) => {
      const alerts = alertsView(data, state.alerts);
      const news = newsOf(state.alerts?.cases ?? null, alerts.cases);
      const before = chosen(state);
      const isFirst = state.asOf === null;
      put({ alerts, asOf, movedAt: Date.now(), isRefused: false });
      arranging.soon();
      sound.play(toneOf(news));
      spoken.say(announcement(state, news));
      if (!isOpen) return;
      if (before !== chosen(state)) askDetail(before !== null);
      // Which days the quality is asked of depends on the server's today.
      if (isFirst) ask(false);
    },
    onError: () => { put({ isRefused: true }); },
  });
  line.followLink((link) => { put({ link }); });
  setInterval(() => { if (isOpen) put({ now: Date.now() }); }, 1000);

  const follow = (view: View): void => {
    const isBack = !isOpen;
    const isMoved = view.key !== state.view.key;
    const isOther = isBack || hashOfView(withKey(view, "")) !== hashOfView(withKey(state.view, ""));
    isOpen = true;
    put({ view, lang: storedLang(), ...(isMoved ? { form: null, said: null } : {}) });
    if (isOther) arranging.now();
    if (isMoved) askDetail(false);
    ask(isBack);
    void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
    void loadRules().then((rules) => { if (rules.size > 0 && state.rules.size === 0) put({ rules }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, ...parts.slice(0, 2).map(({ node }) => node), alert.node, finding.node, panes, ...parts.slice(3).map(({ node }) => node), spoken.node],
    title: head.title,
    find: () => (state.view.show === "rules" ? ofRulesPart.find : null),
    follow: (query) => { follow(viewOf(query)); },
    up: () => {
      // What lies over the page, and a detail that has the focus, are left first.
      if (state.isHelp || state.form === "seat") return location.hash;
      if (state.view.show === "list" && side.node.contains(document.activeElement) && !isNarrow()) {
        cases.focus();
        return location.hash;
      }
      // The address is ahead of the state until the page has been told of it.
      return hashOfUp(viewOf(queryOf(location.hash, PAGE) ?? {}));
    },
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again: () => { ask(true); },
  });
  // Asked, and not told: what has the focus may be hidden without a word. Another window's focus lets go of the list.
  const heed = (): void => {
    const focus = document.activeElement;
    arranging.focus(document.hasFocus() && (panes.contains(focus) || (focus?.closest("dialog") ?? null) !== null));
  };
  panes.addEventListener("focusin", heed);
  panes.addEventListener("focusout", () => { setTimeout(heed); });
  for (const name of ["focus", "blur"] as const) window.addEventListener(name, heed);
  listen(panes, actions, {
    isList: () => state.view.show === "list",
    isInList: (target) => target === null || target === document.body || target === head.title || panes.firstElementChild?.contains(target) === true,
    page: () => cases.page(),
    find: () => { finding.find.focus(); },
  });
  finding.find.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    cases.focus();
  });
}
