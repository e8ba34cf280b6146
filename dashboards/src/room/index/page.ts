/** The index's page: from what a group holds and loses, through an indicator, to the dossier that costs the point. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { dayText } from "../pages/days.ts";
import { Questioner } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { entry } from "./entry.ts";
import { groups } from "./groups.ts";
import { indicators } from "./indicators.ts";
import { losses } from "./losses.ts";
import { partName } from "./model.ts";
import { parts } from "./parts.ts";
import { PAGE, hashOfUp, hashOfView, indexAddress, isList, lossesAddress, openRow, start, viewOf } from "./state.ts";
import type { Actions, PageState, View } from "./state.ts";
import { summary } from "./summary.ts";
import { toolbar } from "./toolbar.ts";
import type { Index, Losses } from "./view.ts";

/** How long choosing may pause before the server is asked what it brings. */
const CHOOSING_MS = 200;

export function openIndex(root: HTMLElement, room: HTMLElement): void {
  let state = start(storedLang(), NO_PLACES.names);
  let isOpen = false;
  // A server is simulated or it is not: it is said also while the next answer is on its way.
  let isSimulated = false;
  let choosing: ReturnType<typeof setTimeout> | undefined;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const ofIndex = new Questioner<Index>((index: Asked<Index>) => { put({ index }); });
  const ofLosses = new Questioner<Losses>((asked: Asked<Losses>) => { put({ losses: asked }); });
  const again = (): void => {
    ofIndex.ask(indexAddress(state.view), { again: true });
    ofLosses.ask(lossesAddress(state.view), { again: true });
  };
  const actions: Actions = {
    go: moving(PAGE, viewOf, hashOfView),
    reload: again,
  };

  const head = pageHead();
  const alert = alertOf(again);
  const [tools, all] = [toolbar(actions), parts(actions)];
  const shown = [summary(), groups(), all, indicators(actions), losses(actions), entry(actions)];

  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view, index, losses: lost, names } = state;
    const { app, index766: t } = catalogue(lang);
    const title = view.key === "" ? t.title : t.ofPart(partName(lang, names, view.by, view.key));
    isSimulated = index.value?.simulated ?? isSimulated;
    const version = index.value?.version;
    const source = version === undefined ? null
      : `${t.estimate}. ${t.version(version.name, dayText(version.effective_from), version.source)}${version.is_verified ? "" : ` ${t.unverified}`}`;
    head.update({ lang, title, asOf: index.value?.as_of ?? null, simulated: isSimulated, source, isAsking: index.asking });
    document.title = `${app} · ${title}`;
    const isNobody = index.value !== null && !isList(view) && openRow(state) === null;
    alert.update(lang, index.problem ?? lost.problem, isNobody ? t.noPart(partName(lang, names, view.by, view.key)) : null);
    for (const part of [tools, ...shown]) part.update(state);
  });

  const follow = (view: View): void => {
    const before = state.view;
    const isBack = !isOpen;
    isOpen = true;
    put({ view, lang: storedLang() });
    ofIndex.ask(indexAddress(view), { again: isBack });
    // Only what is chosen has changed: the list stays while its result is asked for.
    const isChoosing = before.indicator === view.indicator && before.page === view.page && before.chosen.join() !== view.chosen.join();
    clearTimeout(choosing);
    if (isChoosing) choosing = setTimeout(() => { ofLosses.ask(lossesAddress(view), { keep: true }); }, CHOOSING_MS);
    else ofLosses.ask(lossesAddress(view), { again: isBack });
    void loadPlaces().then(({ names }) => { if (names !== state.names) put({ names }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, alert.node, ...shown.map(({ node }) => node)],
    title: head.title,
    find: () => (isList(state.view) ? all.find : null),
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    // What was shown stays, for coming back from a dossier to where one was.
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again,
  });
}
