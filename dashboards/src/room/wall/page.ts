/** The wall: wires two live topics to one state, and the state to the parts of a screen that nobody touches. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import type { Line } from "../../live/line.ts";
import { alertsView, cityView } from "../../live/views.ts";
import { h, setAttr } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { loadRules } from "../desk/loaded.ts";
import { counted } from "../desk/words.ts";
import { openPage } from "../pages/page.ts";
import { loadPlaces } from "../pages/places.ts";
import { lost, seeCases, seeWaits } from "./changes.ts";
import { face } from "./face.ts";
import { foot } from "./foot.ts";
import { lately } from "./lately.ts";
import { nobody } from "./nobody.ts";
import { numbers } from "./numbers.ts";
import { points } from "./points.ts";
import { isAsked, isFull, turnFull } from "./screen.ts";
import { PAGE, lostAfter, start } from "./state.ts";
import type { PageState } from "./state.ts";

export function openWall(root: HTMLElement, room: HTMLElement, { client, followLink }: Line): void {
  let state: PageState = start(storedLang(), client.link);
  let isOpen = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };

  const top = face();
  const below = h("div", { class: "glance-columns" });
  const columns = [nobody(), lately(), points()];
  below.append(...columns.map(({ node }) => node));
  const [figures, bottom] = [numbers(), foot(turnFull)];
  const parts = [top, figures, ...columns, bottom];
  const all = h("div", { class: "glance" }, top.node, figures.node, below, bottom.node);

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { app, wall: t } = catalogue(state.lang);
    document.title = counted(state.alerts?.desk?.new ?? 0, `${app} · ${t.title}`);
    setAttr(all, "data-lost", String(state.isLost));
    setAttr(all, "data-full", String(state.isFull));
    setAttr(all, "data-simulated", String((state.city?.clock ?? state.alerts?.clock)?.simulated === true));
    for (const part of parts) part.update(state);
  });

  // Followed while the page is not seen, too: what has changed in the last ten minutes is known when it is opened.
  client.subscribe("city", {
    onState: ({ data, asOf }) => {
      const city = cityView(data);
      put({ city, cityAt: asOf, movedAt: Date.now(), watched: seeWaits(state.watched, city, asOf) });
    },
  });
  client.subscribe("alerts", {
    onState: ({ data, asOf }) => {
      const alerts = alertsView(data, state.alerts);
      put({ alerts, alertsAt: asOf, isRefused: false, watched: seeCases(state.watched, alerts.cases, asOf) });
    },
    onError: () => { put({ isRefused: true }); },
  });
  followLink((link) => {
    const isLost = lostAfter(state.isLost, link.phase);
    put({ link, isLost, ...(isLost && !state.isLost ? { watched: lost(state.watched) } : {}) });
  });
  setInterval(() => { if (isOpen) put({ now: Date.now() }); }, 1000);
  document.addEventListener("fullscreenchange", () => { put({ isFull: isFull() }); });
  document.addEventListener("keydown", (event) => {
    if (!isOpen || event.defaultPrevented || document.querySelector("dialog[open]") !== null || !isAsked(event)) return;
    event.preventDefault();
    turnFull();
  });

  /** Words that the server has; where it was not reached, they are asked for again. */
  const learn = (): void => {
    void Promise.all([loadPlaces(), loadRules()]).then(([places, rules]) => { if (places !== state.places || rules !== state.rules) put({ places, rules }); });
  };

  openPage(PAGE, root, room, {
    nodes: [all],
    title: top.title,
    find: () => null,
    follow: () => {
      isOpen = true;
      client.watchClosely(true);
      put({ lang: storedLang(), now: Date.now(), isFull: isFull() });
      learn();
    },
    // Escape leads out of the full screen first, which the browser sees to.
    up: () => (isFull() ? location.hash : "#/"),
    leave: () => {
      isOpen = false;
      client.watchClosely(false);
      if (isFull()) turnFull();
    },
    redraw: () => { put({ lang: storedLang() }); },
    again: learn,
  });
}
