/** The page of agencies: what is open and how old, what to urge, how it was done, which way it goes; the city's or one agency's. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { access } from "../../signin/access.ts";
import { mayShow } from "../../signin/pages.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { Questioner } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { moving } from "../pages/part.ts";
import { loadPlaces } from "../pages/places.ts";
import { backlog } from "./backlog.ts";
import { calibration } from "./calibration.ts";
import { duties } from "./duties.ts";
import { flows } from "./flows.ts";
import { nameOfKey } from "./model.ts";
import type { Actions } from "./part.ts";
import { portal } from "./portal.ts";
import { process } from "./process.ts";
import { PAGE, backlogAddress, forecastAddress, hashOfUp, hashOfView, openRow, spanAddresses, start, viewOf } from "./state.ts";
import type { PageState, View } from "./state.ts";
import { toolbar } from "./toolbar.ts";
import { totals } from "./totals.ts";
import { urge } from "./urge.ts";
import type { Backlog, Duties, Flows, Forecast, Graph } from "./view.ts";

export function openAgencies(root: HTMLElement, room: HTMLElement): void {
  let state: PageState = start(storedLang());
  let isOpen = false;

  const put = (patch: Partial<PageState>): void => {
    state = { ...state, ...patch };
    draw();
  };
  const ofBacklog = new Questioner<Backlog>((asked) => {
    // What has a span waits for the server's own day, which comes with the backlog.
    const isDay = state.asOf === null && asked.value !== null;
    put({ backlog: asked, asOf: asked.value?.as_of ?? state.asOf });
    if (isDay) askOfSpan();
  });
  const ofForecast = new Questioner<Forecast>((forecast) => { put({ forecast }); });
  const ofProcess = new Questioner<{ readonly graph: Graph }>((asked) => { put({ process: asked }); });
  const ofFlows = new Questioner<Flows>((asked) => { put({ flows: asked }); });
  const ofDuties = new Questioner<Duties>((asked) => { put({ duties: asked }); });
  const hasFlows = mayShow(access(), PAGE, "flows");
  const askOfSpan = (again = false): void => {
    const urls = spanAddresses(state.view, state.asOf);
    // Ways through the city are nobody's part.
    ofProcess.ask(hasFlows ? urls.process : null, { again });
    ofFlows.ask(hasFlows ? urls.flows : null, { again });
    ofDuties.ask(urls.duties, { again });
  };
  const ask = (again: boolean): void => {
    ofBacklog.ask(backlogAddress(state.view), { again });
    ofForecast.ask(mayShow(access(), PAGE, "late") ? forecastAddress(state.view) : null, { again });
    askOfSpan(again);
  };
  const actions: Actions = {
    go: moving(PAGE, viewOf, hashOfView),
    reload: () => { ask(true); },
  };

  const head = pageHead();
  const alert = alertOf(() => { ask(true); });
  const rows = backlog(actions);
  const shown = [totals(), rows, urge(), calibration(), process(actions), flows(), portal(actions), duties()];
  const tools = toolbar(actions);

  // A server is simulated or it is not: it is said also while the next answer is on its way.
  let isSimulated = false;
  const draw = perFrame(() => {
    if (!isOpen) return;
    const { lang, view, places } = state;
    const { app, agencyPage: t } = catalogue(lang);
    const given = openRow(state)?.name ?? null;
    const title = view.key === "" ? t.title : t.ofAgency(nameOfKey(lang, places.names, "agency", view.key, given));
    const asked = [state.backlog, state.forecast, state.process, state.flows, state.duties];
    isSimulated = state.backlog.value?.simulated ?? isSimulated;
    head.update({ lang, title, asOf: state.asOf, simulated: isSimulated, source: null, isAsking: asked.some(({ asking }) => asking) });
    document.title = `${app} · ${title}`;
    alert.update(lang, asked.find((one) => one.problem !== null)?.problem ?? null);
    for (const part of [tools, ...shown]) part.update(state);
  });

  const follow = (view: View): void => {
    const isBack = !isOpen;
    const isOther = view.key !== state.view.key;
    isOpen = true;
    put({ view, lang: storedLang() });
    ask(isBack);
    if (isOther && !isBack) {
      window.scrollTo(0, 0);
      head.title.focus({ preventScroll: true });
    }
    void loadPlaces().then((places) => { if (places !== state.places) put({ places }); });
  };

  openPage(PAGE, root, room, {
    nodes: [head.node, tools.node, alert.node, ...shown.map(({ node }) => node)],
    title: head.title,
    find: () => (state.view.key === "" ? rows.find : null),
    follow: (query) => { follow(viewOf(query)); },
    up: () => hashOfUp(state.view),
    leave: () => { isOpen = false; },
    redraw: () => { put({ lang: storedLang() }); },
    again: () => { ask(true); },
  });
}
