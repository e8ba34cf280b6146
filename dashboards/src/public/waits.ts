/**
 * The citizens' page: how long one waits at which point. One request in twenty seconds while it is looked at, and
 * nothing else leaves the phone: neither the place of the person nor what they search for.
 */
import "../tokens.css";
import "../fonts.css";
import "../base.css";
import "./waits.css";
import { h, KeyedRows, setAttr, setText, show } from "../ui/dom.ts";
import { makeCard } from "./card.ts";
import type { Around } from "./card.ts";
import { arrange, readFeed } from "./model.ts";
import type { Choice, Feed, Shown } from "./model.ts";
import { storedLang, storeLang, time, WORDS } from "./words.ts";

const URL_OF_LIST = "/api/v1/public/waits";
const REFRESH_MS = 20_000;
const TIMEOUT_MS = 10_000;
const REDRAW_MS = 5_000;
/** Older than this, the page says that it cannot get newer figures. */
const STALE_S = 60;

let lang = storedLang();
let feed: Feed | null = null;
let arrivedAt = 0;
let failed = false;
let choice: Choice = { query: "", onlyOpen: false, here: null };
let nearNote: "nearNote" | "nearAsking" | "nearRefused" = "nearNote";

const words = (): (typeof WORDS)[typeof lang] => WORDS[lang];
const heldS = (): number => (performance.now() - arrivedAt) / 1000;

const title = h("h1", { class: "title" });
const switchLang = h("button", { class: "lang", attrs: { type: "button", "data-testid": "lang" }, on: { click: changeLang } });
const lead = h("p", { class: "lead" });
const simulated = h("p", { class: "simulated", attrs: { "data-testid": "simulated" } });
const search = h("input", { class: "search", attrs: { type: "search", "data-testid": "search", autocomplete: "off", enterkeyhint: "search" }, on: { input: sought } });
const near = h("button", { class: "near", attrs: { type: "button", "data-testid": "near" }, on: { click: () => { toggleNear(); } } });
const note = h("p", { class: "near-note quiet", attrs: { "data-testid": "near-note", role: "status" } });
const onlyOpen = h("input", { attrs: { type: "checkbox", "data-testid": "only-open" }, on: { change: () => { choose({ onlyOpen: onlyOpen.checked }); } } });
const onlyOpenText = h("span");
const status = h("p", { class: "status", attrs: { "data-testid": "status" } });
const shownText = h("p", { class: "quiet", attrs: { "data-testid": "shown", role: "status" } });
const list = h("ul", { class: "list", attrs: { "data-testid": "list" } });
const empty = h("p", { class: "empty quiet", attrs: { "data-testid": "empty" } });
const foot = h("p", { class: "foot quiet" });
const rows = new KeyedRows<Shown>(list, (shown) => shown.point.id, () => makeCard(around));

function around(): Around {
  if (feed === null) throw new Error("no card without a list");
  return { words: words(), feed, heldS: heldS() };
}

function choose(change: Partial<Choice>): void {
  choice = { ...choice, ...change };
  draw();
}

function sought(): void {
  choose({ query: search.value });
}

function changeLang(): void {
  lang = lang === "vi" ? "en" : "vi";
  storeLang(lang);
  draw();
}

function toggleNear(): void {
  if (choice.here !== null) {
    nearNote = "nearNote";
    choose({ here: null });
    return;
  }
  if (!("geolocation" in navigator)) {
    nearNote = "nearRefused";
    draw();
    return;
  }
  nearNote = "nearAsking";
  draw();
  const found = ({ coords }: GeolocationPosition): void => {
    nearNote = "nearNote";
    choose({ here: { lon: coords.longitude, lat: coords.latitude } });
  };
  const refused = (): void => {
    nearNote = "nearRefused";
    draw();
  };
  navigator.geolocation.getCurrentPosition(found, refused, { timeout: 15_000, maximumAge: 300_000 });
}

function drawStatus(): void {
  if (feed === null) {
    setText(status, failed ? words().failed : words().loading);
    status.classList.toggle("stale", failed);
    return;
  }
  const isStale = heldS() > STALE_S;
  const say = isStale ? words().stale : words().asOf;
  setText(status, say(time(feed.as_of, feed.as_of), words().ago(heldS())));
  status.classList.toggle("stale", isStale);
}

function draw(): void {
  const w = words();
  document.documentElement.lang = lang;
  document.title = w.title;
  setText(title, w.title);
  setText(switchLang, w.other);
  setAttr(switchLang, "lang", lang === "vi" ? "en" : "vi");
  setText(lead, w.lead(feed?.standard_min ?? 15));
  setText(simulated, w.simulated);
  show(simulated, feed?.simulated === true);
  setAttr(search, "placeholder", w.search);
  setAttr(search, "aria-label", w.search);
  setText(near, w.near);
  setAttr(near, "aria-pressed", String(choice.here !== null));
  setText(note, w[nearNote]);
  setText(onlyOpenText, w.onlyOpen);
  setText(foot, w.note);
  drawStatus();
  const all = feed?.points ?? [];
  const shown = arrange(all, choice);
  rows.update(shown);
  setText(shownText, feed === null ? "" : w.shown(shown.length, all.length));
  setText(empty, w.none);
  show(empty, feed !== null && shown.length === 0);
}

/** A link to a neighbour that a search or a filter hides shows it first. */
function follow(event: Event): void {
  const link = event.target instanceof Element ? event.target.closest("a.sooner-name") : null;
  const id = link?.getAttribute("href")?.slice(1);
  if (id === undefined) return;
  event.preventDefault();
  if (document.getElementById(id) === null) {
    search.value = "";
    onlyOpen.checked = false;
    choose({ query: "", onlyOpen: false });
  }
  const card = document.getElementById(id);
  card?.scrollIntoView({ block: "center" });
  card?.focus({ preventScroll: true });
}

async function refresh(): Promise<void> {
  try {
    const answer = await fetch(URL_OF_LIST, { signal: AbortSignal.timeout(TIMEOUT_MS), credentials: "omit" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    feed = readFeed(await answer.json());
    arrivedAt = performance.now();
    failed = false;
  } catch {
    // What is there stays, with its age; the next try comes by itself.
    failed = true;
  }
  draw();
}

async function keepFresh(): Promise<void> {
  for (;;) {
    if (!document.hidden) await refresh();
    await new Promise((done) => {
      setTimeout(done, REFRESH_MS);
    });
  }
}

function begin(): void {
  const tools = h("div", { class: "tools" }, search, h("div", { class: "choices" }, near, h("label", { class: "only-open" }, onlyOpen, onlyOpenText)), note);
  const head = h("header", { class: "head" }, h("div", { class: "head-line" }, title, switchLang), lead, simulated);
  const main = h("main", {}, tools, h("div", { class: "lines" }, status, shownText), list, empty);
  document.getElementById("app")?.append(head, main, h("footer", {}, foot));
  list.addEventListener("click", follow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && heldS() * 1000 > REFRESH_MS) void refresh();
  });
  setInterval(() => {
    if (!document.hidden) draw();
  }, REDRAW_MS);
  draw();
  void keepFresh();
}

begin();

