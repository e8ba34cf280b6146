/** Sessions of mobile and community points: published against kept, and these points beside the fixed ones of their units. */
import { catalogue } from "../../i18n/index.ts";
import { NONE, count, hourMinute, minutes, moment, percent } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import { sumsOf } from "../pages/sums.ts";
import type { Column } from "../pages/table.ts";
import type { Side } from "../pages/view.ts";
import { SESSION_COLUMNS, counted, dayWords, daysBetween, sessionRow } from "./model.ts";
import type { Actions, PageState, Part } from "./state.ts";
import { sessionDays } from "./state.ts";
import type { Kept, Session, Sessions } from "./view.ts";

const KEPT: readonly Kept[] = ["kept", "late", "visited", "missed", "ahead"];

function columns({ lang, places }: PageState): Column<Session>[] {
  const t = catalogue(lang).registers;
  const when = ({ from, to }: Session): Node => h("span", { text: `${dayWords(from).slice(0, 5)} ${hourMinute(lang, from)}–${hourMinute(lang, to)}`, attrs: { title: `${moment(lang, from)} – ${moment(lang, to)}` } });
  const published = ({ published: at, from }: Session): Node => at === null
    ? h("span", { class: "is-unknown", text: t.notSaid })
    : h("span", { text: t.before(count(lang, daysBetween(at, from))), attrs: { title: moment(lang, at) } });
  const number = (key: "visits" | "dossiers", title: string): Column<Session> =>
    ({ key, title, rem: 5, isNumber: true, isExtra: true, sort: (row) => row[key], cell: (row) => count(lang, row[key]) });
  return [
    { key: "when", title: t.when, rem: 9.5, sort: ({ from }) => from, cell: when },
    { key: "site", title: t.site, sort: ({ site }) => places.names.short(site), cell: ({ site }) => h("span", { text: places.names.short(site), attrs: { title: `${places.names.site(site)} · ${site}` } }) },
    { key: "kept", title: t.kept, rem: 8.5, sort: ({ kept }) => KEPT.indexOf(kept), cell: ({ kept }) => h("span", { class: "standing", text: t.keptWords[kept], attrs: { "data-standing": kept, title: t.keptWords[kept] } }) },
    { key: "opened", title: t.opened, rem: 6, isExtra: true, sort: ({ opened }) => opened, cell: ({ opened }) => (opened === null ? NONE : hourMinute(lang, opened)) },
    { key: "published", title: t.published, rem: 9, isExtra: true, sort: ({ published: at }) => at, cell: published },
    number("visits", t.visits),
    number("dossiers", t.dossiers),
  ];
}

function comparison({ lang }: PageState, { compared }: Sessions): HTMLElement[] {
  const t = catalogue(lang).registers;
  if (compared === null) return [];
  const wait = ({ mean_wait_s: mean }: Side): string => (mean === null ? NONE : t.inMinutes(minutes(lang, mean)));
  const lines: readonly [string, (side: Side) => string][] = [
    [t.sidePoints, ({ points }) => count(lang, points)],
    [t.sideVisits, ({ visits, points }) => (points === 0 ? NONE : count(lang, visits))],
    [t.sideWait, wait],
    [t.sideOnTime, ({ on_time: kept }) => percent(lang, kept)],
    [t.sideSatisfied, ({ satisfied }) => percent(lang, satisfied)],
  ];
  const side = (name: string, testid: string, of: Side): HTMLElement => h("section", { class: "score", attrs: { "data-testid": testid } }, h("h2", { text: name }),
    h("dl", { class: "pairs" }, ...lines.flatMap(([words, value]) => [h("dt", { text: words }), h("dd", { text: value(of) })])));
  return [
    h("h2", { text: t.compared }), h("p", { class: "quiet", text: t.comparedNote }),
    h("div", { class: "scores is-pair" }, side(t.mobile, "mobile", compared.mobile), side(t.fixed, "fixed", compared.fixed)),
  ];
}

export function sessions(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const sums = h("ul", { class: "sums", attrs: { "data-testid": "kept-sums" } });
  const beside = h("section", { class: "page-part", attrs: { "data-testid": "compared" } });
  const file = (state: PageState): void => {
    const { value } = state.sessions;
    const days = sessionDays(state);
    if (value !== null) download(fileName("sessions", days?.from ?? "", days?.to ?? "", value.simulated), csv(SESSION_COLUMNS, value.rows.map((one) => sessionRow(state.places, value, one))));
  };
  const list = listing<Session>({
    testid: "sessions",
    explains: ["sessions"],
    isWindowed: true,
    key: ({ site, from, to }) => `${site} ${from} ${to}`,
    text: ({ site, from }) => `${now?.places.names.site(site) ?? ""} ${site} ${dayWords(from)}`,
    attrs: ({ kept }) => ({ "data-standing": kept }),
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => { if (now !== null) file(now); },
    above: [sums],
  });
  const node = h("div", {}, beside, list.node);
  const [ofColumns, ofValue] = [new Changes(), new Changes()];
  let made: Column<Session>[] = [];
  return {
    node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, places, sessions: { value } } = state;
      show(node, view.show === "sessions" && value !== null);
      if (view.show !== "sessions" || value === null) return;
      const t = catalogue(lang).registers;
      if (ofColumns.of(lang, places)) made = columns(state);
      if (ofValue.of(lang, value)) {
        const counts = counted(KEPT, value.rows.map(({ kept }) => kept));
        sums.replaceChildren(...sumsOf(lang, KEPT.map((one) => ({ standing: one, n: counts[one], words: t.keptWords[one] }))));
        beside.replaceChildren(...comparison(state, value));
      }
      list.update({ lang, rows: value.rows, columns: made, find: view.find, sort: view.sort, title: t.sessions, note: t.sessionsNote, empty: t.sessionsEmpty });
    },
  };
}
