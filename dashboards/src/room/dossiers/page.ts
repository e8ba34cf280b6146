/** The page of dossiers: thousands are searched and filtered, and a row leads to its dossier. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { filters } from "./filters.ts";
import { list } from "./list.ts";
import { Loader, UNREAD } from "./loader.ts";
import { EMPTY, PAGE, hashOfUp, hashOfView, viewOf } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import { toolbar } from "./toolbar.ts";

export function openDossierList(root: HTMLElement, room: HTMLElement): void {
  let state: PageState = { lang: storedLang(), view: EMPTY, listing: UNREAD, places: NO_PLACES };
  let isOpen = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const loader = new Loader((listing) => { put({ listing }); });
  const again = (): void => { loader.open(state.view, true); };
  const actions: Actions = { go: moving(PAGE, viewOf, hashOfView) };

  const head = pageHead();
  const alert = alertOf(again);
  const rows = list(actions, (span) => { loader.seen(span); });
  const tools = toolbar(actions, () => { rows.enter(); });
  const parts = [tools, filters(actions), rows];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, listing } = state;
    const { app, dossierList: t } = catalogue(lang);
    head.update({ lang, title: t.title, asOf: listing.asOf, simulated: listing.simulated, source: null, isAsking: listing.asking });
    document.title = `${app} · ${t.title}`;
    alert.update(lang, listing.problem);
    for (const part of parts) part.update(state);
  });

  const follow = (view: View): void => {
    const isBack = !isOpen;
    isOpen = true;
    put({ view, lang: storedLang() });
    loader.open(view, isBack);
    void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, ...parts.slice(1, 2).map(({ node }) => node), alert.node, rows.node],
    title: head.title,
    find: () => tools.find,
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again,
  });
}
