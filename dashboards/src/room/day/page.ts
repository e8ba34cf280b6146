/** One point's day: everything that is known of it on one axis of time, and a cursor that runs through it. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { cityView } from "../../live/views.ts";
import type { Line } from "../../live/line.ts";
import { perFrame } from "../../ui/frame.ts";
import { loadRules } from "../desk/loaded.ts";
import { alertOf } from "../pages/alert.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { hashOfSite } from "../supervision/route.ts";
import { dayFigure } from "./figure.ts";
import { dayLoader } from "./loader.ts";
import { notes } from "./notes.ts";
import { player } from "./player.ts";
import { PAGE, hashOfView, start, viewOf } from "./state.ts";
import type { Actions, PageState } from "./state.ts";
import { toolbar } from "./toolbar.ts";
import { totals } from "./totals.ts";
import { happened } from "./happened.ts";

export function openDay(root: HTMLElement, room: HTMLElement, { client }: Line): void {
  let state = start(storedLang());
  let isOpen = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const loader = dayLoader(() => state, put);
  const actions: Actions = { go: moving(PAGE, viewOf, hashOfView), reload: () => { loader.ask(true); } };

  const head = pageHead();
  const alert = alertOf(() => { loader.ask(true); });
  const tools = toolbar(actions);
  const play = player(actions);
  const parts = [tools, notes(), totals(), play, dayFigure(play), happened()];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view: { site }, places, site: asked } = state;
    const { app, day: t } = catalogue(lang);
    const name = site === "" ? "" : places.names.short(site);
    const title = site === "" ? t.title : t.titleOf(name);
    const all = [asked, state.hours, state.more, state.whole, state.board, state.alerts, state.quarters, state.ratings, state.boards, state.tickets];
    head.update({ lang, title, asOf: state.asOf, simulated: state.simulated, source: null, isAsking: all.some(({ asking }) => asking) });
    document.title = `${app} · ${title}`;
    alert.update(lang, all.find(({ problem }) => problem !== null)?.problem ?? null);
    for (const part of parts) part.update(state);
  });

  // The target is what the room has; and a city is simulated whatever is asked of it.
  client.subscribe("city", { onState: ({ data }) => {
    const { figures, clock } = cityView(data);
    const target = figures?.targets.wait_s ?? state.target;
    const simulated = clock?.simulated ?? state.simulated;
    if (target !== state.target || simulated !== state.simulated) put({ target, simulated });
  } });

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, alert.node, ...parts.slice(1).map(({ node }) => node)],
    title: head.title,
    find: () => tools.find,
    follow: (query) => {
      const isBack = !isOpen;
      isOpen = true;
      put({ view: viewOf(query), lang: storedLang() });
      loader.ask(isBack);
      void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
      void loadRules().then((rules) => { if (rules !== state.rules) put({ rules }); });
    },
    up: () => (state.view.site === "" ? "#/" : hashOfSite(state.view.site)),
    leave: () => {
      isOpen = false;
      play.stop();
    },
    redraw: () => { put({ lang: storedLang() }); },
    again: () => { loader.again(); },
  });
}
