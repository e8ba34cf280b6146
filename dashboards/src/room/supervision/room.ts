/** The supervision room: wires the live topics to one state, and the state to the parts of the page. */
import { catalogue, followLang, storedLang } from "../../i18n/index.ts";
import type { Line } from "../../live/line.ts";
import { alertsView, cityView, coverageView, feedView, siteView } from "../../live/views.ts";
import { access, isBounded } from "../../signin/access.ts";
import { mayShow } from "../../signin/pages.ts";
import { h, setAttr } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { counted } from "../desk/words.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { banner } from "./banner.ts";
import { feed } from "./feed/feed.ts";
import { figures } from "./figures/figures.ts";
import { footer } from "./footer.ts";
import { header } from "./header.ts";
import { siteList } from "./list/list.ts";
import { mapPart } from "./map/map.ts";
import { loadStatic } from "./map/static.ts";
import { panel } from "./panel/panel.ts";
import { hashOfSite, siteOfHash } from "./route.ts";
import { isStale } from "./state.ts";
import type { Actions, Patch, RoomState } from "./state.ts";

const idle = (): void => undefined;

export function openRoom(root: HTMLElement, { client, followLink }: Line): void {
  let state: RoomState = {
    lang: storedLang(),
    link: { phase: "connecting", lastFrameAt: null, recoveredAt: null, retryAt: null },
    city: null,
    asOf: null,
    movedAt: null,
    feed: null,
    alerts: null,
    open: null,
    filter: { text: "", states: new Set() },
    coverageMode: "off",
    coverage: null,
    now: Date.now(),
  };
  let leaveSite = idle;
  let leaveCoverage = idle;

  const draw = perFrame(() => {
    setAttr(document.documentElement, "lang", state.lang);
    const t = catalogue(state.lang);
    if (!root.hidden) document.title = counted(state.alerts?.desk?.new ?? 0, `${t.app} · ${t.room}`);
    root.classList.toggle("is-stale", isStale(state));
    root.classList.toggle("has-panel", state.open !== null);
    root.classList.toggle("is-simulated", state.city?.clock?.simulated === true);
    for (const part of parts) part.update(state);
  });
  const put = (patch: Patch): void => {
    state = { ...state, ...patch };
    draw();
  };

  const actions: Actions = {
    openSite: (id) => { location.hash = hashOfSite(id); },
    setFilter: (filter) => { put({ filter }); },
    setCoverage: (coverageMode) => {
      leaveCoverage();
      leaveCoverage = coverageMode === "off" ? idle : client.subscribe("coverage", {
        onState: ({ data }) => { put({ coverage: coverageView(data) }); },
      });
      put({ coverageMode });
    },
  };

  // Names of what an account is for, which the city's own view has no words for.
  let { names } = NO_PLACES;
  if (isBounded(access())) void loadPlaces().then((places) => {
    names = places.names;
    draw();
  });
  const hasFeed = mayShow(access(), "room", "feed");
  root.classList.toggle("has-no-feed", !hasFeed);
  const data = loadStatic(() => {
    map.staticChanged();
    draw();
  });
  const map = mapPart(actions, data, draw);
  const list = siteList(actions, data.unitNames);
  const parts = [header(), banner(), figures(() => names), list, map, panel(actions, data.unitNames), feed(actions), footer(data)];
  const [head, lost, strip, rows, plan, site, events, foot] = parts.map((part) => part.node);
  root.append(...[head, lost].filter((node) => node !== undefined));
  const main = h("main", { class: "room" });
  main.append(...[strip, rows, plan].filter((node) => node !== undefined));
  main.append(h("div", { class: "side" }, site ?? null, events ?? null));
  root.append(main);
  if (foot) root.append(foot);

  followLink((link) => { put({ link }); });

  const follow = (id: string | null): void => {
    if (id === (state.open?.id ?? null)) return;
    leaveSite();
    leaveSite = idle;
    if (id === null) {
      put({ open: null });
      return;
    }
    put({ open: { id, view: null, asOf: null, refused: false } });
    leaveSite = client.subscribe(`site/${encodeURIComponent(id)}`, {
      onState: ({ data: view, asOf }) => { put({ open: { id, view: siteView(view), asOf, refused: false } }); },
      onError: () => { put({ open: { id, view: null, asOf: null, refused: true } }); },
    });
  };

  client.subscribe("city", {
    onState: ({ data: view, asOf }) => { put({ city: cityView(view), asOf, movedAt: Date.now() }); },
  });
  if (hasFeed) client.subscribe("feed", { onState: ({ data: view }) => { put({ feed: feedView(view) }); } });
  if (mayShow(access(), "room", "alerts")) client.subscribe("alerts", { onState: ({ data: view }) => { put({ alerts: alertsView(view, state.alerts) }); } });
  followLang((lang) => { put({ lang }); });
  follow(siteOfHash(location.hash));

  window.addEventListener("hashchange", () => { follow(siteOfHash(location.hash)); });
  document.addEventListener("keydown", (event) => {
    if (root.hidden) return;
    const isTyping = event.target instanceof HTMLInputElement;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isPlain && event.key.toLowerCase() === "f" && !isTyping) {
      event.preventDefault();
      list.focusSearch();
    } else if (event.key === "Escape" && state.open) actions.openSite(null);
  });
  setInterval(() => { put({ now: Date.now() }); }, 1000);
  draw();
}
