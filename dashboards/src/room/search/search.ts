/** Finding from anywhere: hears the keys and the buttons, and gives the box what the page knows by then. */
import { storedLang } from "../../i18n/index.ts";
import type { Line } from "../../live/line.ts";
import { alertsView, cityView, feedView } from "../../live/views.ts";
import type { ViewData } from "../../live/views.ts";
import { loadRules } from "../desk/loaded.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { access } from "../../signin/access.ts";
import { mayOpen, mayShow } from "../../signin/pages.ts";
import { hearSearch } from "./ask.ts";
import { searchBox } from "./box.ts";
import { knownOf } from "./known.ts";
import type { Data } from "./known.ts";

const TYPED_IN = "input:not([type=checkbox]), select, textarea";
const TOPICS = ["city", "alerts", "feed"] as const;

/** Whether a key asks for the box: `/` where nothing is typed, Control and K anywhere. Pure. */
export function isAsked({ key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">, isTyping: boolean): boolean {
  if (altKey) return false;
  if (ctrlKey || metaKey) return key.toLowerCase() === "k";
  return key === "/" && !isTyping;
}

export function openSearch(root: HTMLElement, { client }: Line): void {
  const box = searchBox();
  root.append(box.node);

  // Kept as they come, and read when the box is opened: nobody looks for something at every frame.
  const told = new Map<string, ViewData>();
  const isOpen = { city: mayOpen(access(), "room"), alerts: mayOpen(access(), "alerts"), feed: mayShow(access(), "room", "feed") };
  for (const topic of TOPICS) if (isOpen[topic]) client.subscribe(topic, { onState: ({ data }) => { told.set(topic, data); } });
  let { places, rules }: Pick<Data, "places" | "rules"> = { places: NO_PLACES, rules: new Map() };

  const data = (): Data => {
    const [city, alerts, feed] = TOPICS.map((topic) => told.get(topic));
    return {
      places, rules, mine: access(),
      sites: city === undefined ? [] : cityView(city).sites,
      cases: alerts === undefined ? [] : [...alertsView(alerts, null).cases.values()],
      feed: feed === undefined ? [] : feedView(feed),
    };
  };

  const open = (): void => {
    // A form that lies over the page is not left by the way.
    if (document.querySelector("dialog[open]") !== null) return;
    const lang = storedLang();
    box.open(lang, knownOf(lang, data()));
    void Promise.all([loadPlaces(), loadRules()]).then(([nextPlaces, nextRules]) => {
      if (nextPlaces === places && nextRules === rules) return;
      [places, rules] = [nextPlaces, nextRules];
      box.learn(knownOf(lang, data()));
    });
  };
  hearSearch(open);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest(TYPED_IN) !== null;
    if (event.defaultPrevented || !isAsked(event, isTyping)) return;
    event.preventDefault();
    open();
  });
}
