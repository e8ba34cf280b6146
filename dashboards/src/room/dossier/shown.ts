/** What is known of one dossier: where it stands, its facts, and its clock span by span. */
import { wordFor } from "../../i18n/index.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { count, decimal, moment } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { because, chance } from "../agencies/model.ts";
import type { Forecast } from "../agencies/view.ts";
import type { Names } from "../pages/names.ts";
import { dutyRow } from "./duties.ts";
import type { Because, Dossier, Span } from "./view.ts";

export interface Told {
  readonly t: Catalogue;
  readonly lang: Lang;
  readonly names: Names;
}

function becauseOf({ t, lang }: Told, why: Because): HTMLElement {
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
    becauseOf(told, span.because));
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

/** The chance of being late, while it can still be in time; nothing where none is known. */
function outlook({ t, lang }: Told, d: Dossier, forecast: Forecast | null): HTMLElement | null {
  const one = forecast?.items[0];
  if (forecast === null || one === undefined || d.overdue === true) return null;
  const words = t.agencyPage;
  const { main, wider } = because(lang, one);
  const known = one.chance_late === null
    ? words.outlookFew(count(lang, forecast.learned.dossiers))
    : chance(lang, one.chance_late);
  return part(words.outlook, "outlook", [h("li", {},
    h("p", { text: known, attrs: { "data-testid": "chance" } }),
    h("p", { text: main }),
    wider.length === 0 ? null : h("p", { class: "quiet", text: wider.join(" · ") }),
    h("p", { class: "quiet", text: words.outlookHint }))]);
}

export function shown(told: Told, d: Dossier, forecast: Forecast | null): HTMLElement[] {
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
      state,
      facts(told, d),
      ...notes.map((note) => (note === null ? null : h("p", { class: "quiet", text: note })))),
    h("div", { class: "dossier-columns" },
      h("div", {},
        part(t.remarks, "remarks", d.remarks.map((remark) => h("li", { text: remark[lang], attrs: { "data-code": remark.code } }))),
        part(t.timeline, "spans", d.spans.map((span) => spanRow(told, span)))),
      h("div", {},
        outlook(told, d, forecast),
        part(t.agencyPage.duties, "duties", d.duties.map((duty) => dutyRow(told, duty))),
        part(t.dueDates, "due-dates", d.due_dates.map((set) => h("li", {},
          h("p", { text: set.due === set.moved_to ? moment(lang, set.due) : `${moment(lang, set.due)}, ${t.dueMoved(moment(lang, set.moved_to))}` }),
          becauseOf(told, set.because)))),
        part(t.turns, "turns", d.turns.map((turn) => h("li", {},
          h("p", { text: names.agency(lang, turn.holder) }),
          h("p", { class: "quiet", text: `${moment(lang, turn.from)} – ${turn.to === null ? t.until : moment(lang, turn.to)} · ${t.workingHours(decimal(lang, turn.working_hours))}` })))))),
  ];
}
