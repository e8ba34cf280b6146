/** A dossier's page: where it stands, and why, event by event. It lies over the room while the address names a dossier. */
import { catalogue, storedLang, wordFor } from "../../i18n/index.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { decimal, moment } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { isPage } from "../pages/hash.ts";
import type { Names } from "../pages/names.ts";
import { NO_PLACES, loadPlaces } from "../pages/places.ts";
import { dutyRow } from "./duties.ts";
import { dossierOfHash, hashOfDossier } from "./route.ts";
import { fetchDossier } from "./view.ts";
import type { Because, Dossier, Found, Span } from "./view.ts";

/** How often an open dossier is asked for again. */
const AGAIN_MS = 15_000;

export interface Told {
  readonly t: Catalogue;
  readonly lang: Lang;
  readonly names: Names;
}

function because({ t, lang }: Told, why: Because): HTMLElement {
  const event = wordFor(t.steps, why.event);
  const source = why.source === "" ? null : t.bySource(why.source, why.id);
  return h("p", { class: "quiet", text: t.becauseOf(event, moment(lang, why.time)), attrs: source === null ? {} : { title: source } });
}

function spanRow(told: Told, span: Span): HTMLElement {
  const { t, lang } = told;
  const to = span.to === null ? t.until : moment(lang, span.to);
  const lengths = `${t.workingHours(decimal(lang, span.working_hours))} · ${t.wallHours(decimal(lang, span.hours))}`;
  return h("li", { class: "dossier-span", attrs: { "data-phase": span.phase, "data-testid": "span" } },
    h("p", { class: "dossier-when", text: `${moment(lang, span.from)} – ${to}` }),
    h("h3", { text: wordFor(t.phases, span.phase) }),
    h("p", { class: "dossier-length", text: lengths }),
    h("p", { text: span.rule[lang] }),
    because(told, span.because));
}

function facts({ t, lang, names }: Told, d: Dossier): HTMLElement {
  const agency = (code: string): string => names.agency(lang, code);
  const last = d.due_dates.at(-1);
  const isMoved = last !== undefined && d.due !== null && last.due !== d.due;
  const until = last === undefined ? t.noDue
    : isMoved ? `${moment(lang, last.due)}, ${t.dueMoved(moment(lang, d.due))}` : moment(lang, d.due);
  const due = d.due_is_computed ? `${until} (${t.dossierList.dueComputed})` : until;
  const channel = d.filing?.channel ?? null;
  const rows: [string, string | null][] = [
    [t.due, due],
    [t.holder, d.holder === null ? null : agency(d.holder)],
    [t.competent, d.filing === null ? null : agency(d.filing.agency)],
    [t.receiving, d.filing === null ? null : names.site(d.filing.site)],
    [t.procedure, d.filing?.procedure ?? null],
    [t.field, d.filing === null ? null : wordFor(t.serviceNames, d.filing.field)],
    [t.channel, channel === null ? null : wordFor(t.channels, channel)],
  ];
  const list = h("dl", { class: "dossier-facts" });
  for (const [name, value] of rows) if (value !== null) list.append(h("dt", { text: name }), h("dd", { text: value }));
  return list;
}

function part(title: string, testid: string, rows: readonly HTMLElement[]): HTMLElement | null {
  if (rows.length === 0) return null;
  return h("section", { class: "dossier-part", attrs: { "data-testid": testid } }, h("h2", { text: title }), h("ol", {}, ...rows));
}

function shown(told: Told, d: Dossier): HTMLElement[] {
  const { t, lang, names } = told;
  const lateness = d.overdue === null ? null : d.overdue ? t.isOverdue : t.isInTime;
  const words = [wordFor(t.stages, d.stage), lateness, d.paused ? t.isPaused : null];
  const state = h("p", {
    class: "dossier-state",
    text: words.filter((word) => word !== null).join(" · "),
    attrs: { "data-testid": "dossier-state", "data-overdue": String(d.overdue) },
  });
  const notes = [d.code_valid ? null : t.codeInvalid, d.calendar_provisional ? t.provisional : null];
  return [
    h("section", { class: "dossier-part" },
      d.simulated ? h("p", { class: "simulated", text: t.simulated, attrs: { title: t.simulatedHint } }) : null,
      state,
      h("p", { class: "quiet", text: t.asOfTime(moment(lang, d.as_of)) }),
      facts(told, d),
      ...notes.map((note) => (note === null ? null : h("p", { class: "quiet", text: note })))),
    part(t.remarks, "remarks", d.remarks.map((remark) => h("li", { text: remark[lang], attrs: { "data-code": remark.code } }))),
    part(t.timeline, "spans", d.spans.map((span) => spanRow(told, span))),
    part(t.agencyPage.duties, "duties", d.duties.map((duty) => dutyRow(told, duty))),
    part(t.dueDates, "due-dates", d.due_dates.map((set) => h("li", {},
      h("p", { text: set.due === set.moved_to ? moment(lang, set.due) : `${moment(lang, set.due)}, ${t.dueMoved(moment(lang, set.moved_to))}` }),
      because(told, set.because)))),
    part(t.turns, "turns", d.turns.map((turn) => h("li", {},
      h("p", { text: names.agency(lang, turn.holder) }),
      h("p", { class: "quiet", text: `${moment(lang, turn.from)} – ${turn.to === null ? t.until : moment(lang, turn.to)} · ${t.workingHours(decimal(lang, turn.working_hours))}` })))),
  ].filter((node) => node !== null);
}

export function openDossiers(root: HTMLElement, room: HTMLElement): void {
  const back = h("a", { class: "dossier-back", attrs: { href: "#/" } });
  const title = h("h1", { attrs: { tabindex: "-1", "data-testid": "dossier-title" } });
  const input = h("input", { attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "dossier-search" } });
  const button = h("button", { class: "dossier-open", attrs: { type: "submit" } });
  const form = h("form", { class: "dossier-find", attrs: { role: "search" }, on: { submit: (event) => {
    event.preventDefault();
    const code = input.value.trim();
    if (code !== "") location.hash = hashOfDossier(code);
  } } }, input, button);
  const body = h("div", { class: "dossier-body" });
  const note = h("p", { class: "dossier-note", attrs: { role: "status" } });
  const node = h("main", { class: "dossier-page", attrs: { "data-testid": "dossier-page" } },
    h("header", { class: "dossier-head" }, back, title, form), note, body);
  node.hidden = true;
  root.append(node);

  let asked: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let { names } = NO_PLACES;
  let now: Found = { kind: "none" };

  const draw = (found: Found): void => {
    now = found;
    const lang = storedLang();
    const t = catalogue(lang);
    back.textContent = `← ${t.toRoom}`;
    title.textContent = found.kind === "none" ? t.dossierPage : found.code;
    input.setAttribute("aria-label", t.findDossier);
    input.placeholder = t.findDossier;
    button.textContent = t.open;
    const notes: Record<Found["kind"], string> = {
      none: t.dossierHint,
      loading: t.dossierLoading,
      unknown: found.kind === "none" ? "" : t.dossierUnknown(found.code),
      failed: t.dossierFailed,
      here: "",
    };
    note.textContent = notes[found.kind];
    note.hidden = found.kind === "here";
    body.replaceChildren(...(found.kind === "here" ? shown({ t, lang, names }, found.dossier) : []));
  };

  const ask = async (code: string): Promise<void> => {
    const mine = new AbortController();
    asked = mine;
    let found: Found;
    try {
      found = await fetchDossier(code, mine.signal);
    } catch {
      found = { kind: "failed", code };
    }
    if (asked !== mine) return;
    draw(found);
    timer = setTimeout(() => { void ask(code); }, AGAIN_MS);
  };

  const follow = (): void => {
    asked?.abort();
    asked = null;
    if (timer !== null) clearTimeout(timer);
    const code = dossierOfHash(location.hash);
    node.hidden = code === null;
    room.hidden = isPage(location.hash);
    if (code === null) return;
    void loadPlaces().then((places) => {
      if (places.names === names) return;
      names = places.names;
      if (!node.hidden) draw(now);
    });
    draw(code === "" ? { kind: "none" } : { kind: "loading", code });
    if (code === "") input.focus();
    else {
      title.focus();
      void ask(code);
    }
  };
  window.addEventListener("hashchange", follow);
  follow();
}
