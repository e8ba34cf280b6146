/** Points beside one another: the days as a whole, by hours on one scale, and one point's week. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import type { Line } from "../../live/line.ts";
import { cityView } from "../../live/views.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { compareLoader } from "./loader.ts";
import { multiples } from "./multiples.ts";
import { notes } from "./notes.ts";
import { ranking } from "./ranking.ts";
import { PAGE, hashOfView, start, viewOf } from "./state.ts";
import type { Actions, PageState } from "./state.ts";
import { toolbar } from "./toolbar.ts";
import { week } from "./week.ts";

export function openCompare(root: HTMLElement, room: HTMLElement, { client }: Line): void {
  let state = start(storedLang());
  let isOpen = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const loader = compareLoader(() => state, put);
  const actions: Actions = { go: moving(PAGE, viewOf, hashOfView), reload: () => { loader.ask(true); } };

  const head = pageHead();
  const alert = alertOf(() => { loader.ask(true); });
  const tools = toolbar(actions);
  const parts = [tools, notes(), ranking(), multiples(), week(actions)];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang } = state;
    const { app, compare: t } = catalogue(lang);
    const all = [state.hours, state.whole, state.spans];
    head.update({ lang, title: t.title, asOf: state.asOf, simulated: state.simulated, source: null, isAsking: all.some(({ asking }) => asking) });
    document.title = `${app} · ${t.title}`;
    alert.update(lang, all.find(({ problem }) => problem !== null)?.problem ?? null);
    for (const part of parts) part.update(state);
  });

  // The room's own targets; and the server's day, which the last week is counted back from.
  client.subscribe("city", { onState: ({ data, asOf }) => {
    const { figures, clock } = cityView(data);
    const isFirst = state.asOf === null;
    const targets = figures?.targets ?? null;
    if (!isFirst && JSON.stringify(targets) === JSON.stringify(state.targets)) return;
    put({ targets, ...(isFirst ? { asOf, simulated: clock?.simulated === true } : {}) });
    if (isFirst && isOpen) loader.ask(false);
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
    },
    up: () => "#/",
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again: () => { loader.ask(true); },
  });
}
