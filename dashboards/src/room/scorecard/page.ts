/** The scorecard's page: who does how well in the nine groups, how surely, and by which criteria. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { Questioner, address } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { baselines } from "./baselines.ts";
import { board } from "./board.ts";
import { cardPart } from "./card.ts";
import { entry } from "./entry.ts";
import { equity } from "./equity.ts";
import { cardName } from "./model.ts";
import { productivity } from "./productivity.ts";
import { PAGE, cardAddress, hashOfUp, hashOfView, isList, openCard, start, viewOf } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import { toolbar } from "./toolbar.ts";
import type { Baselines, Scorecard } from "./view.ts";
import { weights } from "./weights.ts";

export function openScorecard(root: HTMLElement, room: HTMLElement): void {
  let state = start(storedLang());
  let isOpen = false;
  let isSimulated = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const ofCard = new Questioner<Scorecard>((card) => { put({ card }); });
  const ofBaselines = new Questioner<Baselines>((asked) => { put({ baselines: asked }); });
  const ask = (view: View, again: boolean): void => {
    ofCard.ask(cardAddress(view), { again });
    // What is published changes by hand only: it is asked for while it is in view.
    if (view.show === "baselines") ofBaselines.ask(address("baselines"), { again });
  };
  const again = (): void => { ask(state.view, true); };
  const actions: Actions = {
    go: moving(PAGE, viewOf, hashOfView),
    reload: again,
  };

  const head = pageHead();
  const alert = alertOf(again);
  const [all, staff] = [board(actions), productivity(actions)];
  const parts = [toolbar(actions), weights(actions), all, cardPart(), entry(actions), staff, equity(), baselines(actions)] as const;
  const [tools, ...others] = parts;

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view, card, places } = state;
    const { app, scorecard: t } = catalogue(lang);
    const open = openCard(state);
    const title = open === null ? t.title : t.ofCard(cardName(lang, places, open));
    isSimulated = card.value?.simulated ?? isSimulated;
    head.update({ lang, title, asOf: card.value?.as_of ?? null, simulated: isSimulated, source: t.source, isAsking: card.asking });
    const isNobody = view.show === "board" && view.key !== "" && open === null && card.value?.view === view.side;
    alert.update(lang, card.problem ?? state.baselines.problem, isNobody ? t.noCard(places.names.agency(lang, view.key)) : null);
    document.title = `${app} · ${title}`;
    for (const part of parts) part.update(state);
  });

  const follow = (view: View): void => {
    const isBack = !isOpen;
    isOpen = true;
    put({ view, lang: storedLang() });
    ask(view, isBack);
    void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, alert.node, ...others.map(({ node }) => node)],
    title: head.title,
    find: () => (isList(state) ? all.find : state.view.show === "productivity" ? staff.find : null),
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again,
  });
}
