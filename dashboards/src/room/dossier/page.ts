/** A dossier's page: where it stands, and why, event by event. */
import { catalogue, storedLang } from "../../i18n/index.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import { perFrame } from "../../ui/frame.ts";
import { alertOf } from "../pages/alert.ts";
import { Questioner, UNASKED, address } from "../pages/fetch.ts";
import type { Asked } from "../pages/fetch.ts";
import { pageHead } from "../pages/head.ts";
import { openPage } from "../pages/page.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { dossierOfHash, hashOfDossier } from "./route.ts";
import { shown } from "./shown.ts";
import type { Forecast } from "../agencies/view.ts";
import type { Dossier } from "./view.ts";

const UNKNOWN = 404;

export function openDossiers(root: HTMLElement, room: HTMLElement): void {
  let code = "";
  let isOpen = false;
  let isSimulated = false;
  let { names } = NO_PLACES;
  let asked: Asked<Dossier> = UNASKED;
  let forecast: Forecast | null = null;

  const of = new Questioner<Dossier>((now) => {
    asked = now;
    draw();
  });
  const ofForecast = new Questioner<Forecast>((now) => {
    forecast = now.value;
    draw();
  });
  const ask = (again: boolean): void => {
    of.ask(code === "" ? null : address(`dossiers/${encodeURIComponent(code)}`), { again });
    ofForecast.ask(code === "" ? null : address("forecast", { dossier: code }), { again });
  };

  const head = pageHead();
  const alert = alertOf(() => { ask(true); });
  const input = h("input", { attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "dossier-search" } });
  const button = h("button", { class: "dossier-open", attrs: { type: "submit" } });
  const form = h("form", { class: "dossier-find", attrs: { role: "search" }, on: { submit: (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    if (typed !== "") location.hash = hashOfDossier(typed);
  } } }, input, button);
  const note = h("p", { class: "dossier-note", attrs: { role: "status", "data-testid": "dossier-note" } });
  const body = h("div");

  const draw = perFrame(() => {
    if (!isOpen) return;
    const lang = storedLang();
    const t = catalogue(lang);
    const { value, problem, asking } = asked;
    isSimulated = value?.simulated ?? isSimulated;
    const title = code === "" ? t.dossierPage : code;
    head.update({ lang, title, asOf: value?.as_of ?? null, simulated: isSimulated, source: null, isAsking: asking });
    document.title = `${t.app} · ${title}`;
    setAttr(input, "aria-label", t.findDossier);
    setAttr(input, "placeholder", t.findDossier);
    setText(button, t.open);
    // A code that nothing has named is an answer too, and not a failure to be tried again.
    const isUnknown = problem?.status === UNKNOWN;
    const words = code === "" ? t.dossierHint : isUnknown ? t.dossierUnknown(code) : null;
    show(note, words !== null);
    setText(note, words ?? "");
    alert.update(lang, isUnknown ? null : problem);
    body.replaceChildren(...(value === null || isUnknown ? [] : shown({ t, lang, names }, value, forecast)));
  });

  openPage("dossier", root, room, {
    nodes: [head.node, form, alert.node, note, body],
    // With nothing to show yet, a code is what comes next.
    get title() {
      return code === "" ? input : head.title;
    },
    read: (hash) => {
      const named = dossierOfHash(hash);
      return named === null ? null : { code: named };
    },
    find: () => input,
    follow: ({ code: named = "" }) => {
      const isBack = !isOpen;
      isOpen = true;
      code = named;
      draw();
      ask(isBack);
      if (!isBack) head.title.focus();
      void loadPlaces().then((places) => {
        names = places.names;
        draw();
      });
    },
    up: () => "#/",
    leave: () => { isOpen = false; },
    redraw: draw,
    again: () => { ask(true); },
  });
}
