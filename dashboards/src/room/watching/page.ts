/** The page of data's quality and integrity: what had to be read in a certain way, and what units are to be asked. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { Questioner, address } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { detail } from "./detail.ts";
import { found } from "./found.ts";
import { PAGE, hashOfUp, hashOfView, spanAddress, start, viewOf } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import { toolbar } from "./toolbar.ts";
import { unseen, verdict } from "./unseen.ts";
import type { Integrity, Quality } from "./view.ts";

export function openWatching(root: HTMLElement, room: HTMLElement): void {
  let state = start(storedLang());
  let isOpen = false;
  let isSimulated = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  // Tasks are the quickest answer that says what time the server has.
  const ofNow = new Questioner<{ as_of: string; simulated: boolean }>((now) => {
    put({ now });
    if (isOpen && now.value !== null) ask(false);
  });
  const ofQuality = new Questioner<Quality>((quality) => { put({ quality }); });
  const ofIntegrity = new Questioner<Integrity>((integrity) => { put({ integrity }); });
  const ask = (again: boolean): void => {
    if (state.view.show === "quality") ofQuality.ask(spanAddress(state, "quality"), { again });
    else ofIntegrity.ask(spanAddress(state, "integrity"), { again });
  };
  const again = (): void => {
    ofNow.ask(address("tasks"), { again: true });
    ask(true);
  };
  const actions: Actions = { go: moving(PAGE, viewOf, hashOfView) };

  const head = pageHead();
  const alert = alertOf(again);
  const list = found(actions);
  const tools = toolbar(actions);
  const others = [verdict(), list, detail(), unseen()];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view, now } = state;
    const { app, watching: t } = catalogue(lang);
    const asked = state[view.show];
    isSimulated = asked.value?.simulated ?? now.value?.simulated ?? isSimulated;
    head.update({ lang, title: t.title, asOf: asked.value?.as_of ?? null, simulated: isSimulated, source: null, isAsking: asked.asking || now.asking });
    alert.update(lang, asked.problem ?? now.problem);
    document.title = `${app} · ${t.title}`;
    for (const part of [tools, ...others]) part.update(state);
  });

  const follow = (view: View): void => {
    const isBack = !isOpen;
    isOpen = true;
    put({ view, lang: storedLang() });
    ofNow.ask(address("tasks"));
    ask(isBack);
    void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, alert.node, ...others.map(({ node }) => node)],
    title: head.title,
    find: () => list.find,
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again,
  });
}
