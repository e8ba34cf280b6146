/** The panel's tables: day and hour, services, counters, boards, dossiers. Each is hidden when it has no rows. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Catalogue, Lang } from "../../../i18n/index.ts";
import { NONE, clockTime, count, decimal, hourMinute, minutes, percent, span } from "../../../i18n/format.ts";
import type { BoardView, CounterView, ServiceView, SiteSummary } from "../../../live/views.ts";
import { marked } from "../../../guide/button.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import type { Part, RoomState } from "../state.ts";
import type { FigureId } from "../../../guide/table.ts";
import { table } from "./table.ts";
import type { TableRow } from "./table.ts";

function dayRows(lang: Lang, t: Catalogue, { day, hour }: SiteSummary): TableRow[] {
  const row = (key: string, name: string, of: typeof day | typeof hour): TableRow => ({
    key,
    cells: [
      name,
      count(lang, of.visits),
      count(lang, of.started),
      minutes(lang, of.mean_wait_s),
      minutes(lang, of.p50_wait_s),
      minutes(lang, of.p90_wait_s),
      minutes(lang, of.p95_wait_s),
      of.started > 0 ? count(lang, of.over_15min) : NONE,
      "abandoned" in of ? count(lang, of.abandoned) : "",
      "mean_transaction_s" in of ? minutes(lang, of.mean_transaction_s) : "",
    ],
  });
  return [row("hour", t.lastHour, hour), row("day", t.sinceOpening, day)];
}

const serviceRows = (lang: Lang, t: Catalogue, services: readonly ServiceView[]): TableRow[] =>
  services.map((one) => ({
    key: one.service,
    cells: [
      wordFor(t.serviceNames, one.service),
      count(lang, one.waiting),
      span(lang, one.longest_wait_s),
      minutes(lang, one.hour.mean_wait_s),
      count(lang, one.day.visits),
    ],
    data: { service: one.service, waiting: String(one.waiting) },
  }));

const counterRows = (lang: Lang, t: Catalogue, counters: readonly CounterView[]): TableRow[] =>
  counters.map((one) => ({
    key: one.counter,
    cells: [
      t.counter(one.counter),
      t.counterStates[one.state],
      one.serving ?? NONE,
      hourMinute(lang, one.since),
      count(lang, one.day.finished),
      minutes(lang, one.day.mean_transaction_s),
    ],
    data: { counter: one.counter, state: one.state },
  }));

const boardRows = (lang: Lang, t: Catalogue, boards: readonly BoardView[]): TableRow[] =>
  boards.map((one) => ({
    key: one.service,
    cells: [
      wordFor(t.serviceNames, one.service),
      count(lang, one.waiting),
      count(lang, one.open_counters),
      one.serving ?? NONE,
      minutes(lang, one.service_seconds),
      clockTime(lang, one.at),
    ],
    data: { service: one.service, waiting: String(one.waiting) },
  }));

interface Section {
  readonly explains: readonly FigureId[];
  readonly name: string;
  readonly rowName: string;
  title(t: Catalogue): string;
  note(t: Catalogue): string;
  heads(t: Catalogue): readonly string[];
  rows(state: RoomState, t: Catalogue): readonly TableRow[];
}

const SECTIONS: readonly Section[] = [
  {
    explains: ["waiting", "wait_hour"],
    name: "panel-services",
    rowName: "service-row",
    title: (t) => t.services,
    note: () => "",
    heads: (t) => [t.service, t.colWaiting, t.longest, t.waitHourShort, t.visits],
    rows: ({ lang, open }, t) => serviceRows(lang, t, open?.view?.services ?? []),
  },
  {
    explains: ["open_counters"],
    name: "panel-counter-table",
    rowName: "counter-row",
    title: (t) => t.counters,
    note: () => "",
    heads: (t) => [t.counterHead, t.stateHead, t.serving, t.sinceHead, t.finished, t.meanTransaction],
    rows: ({ lang, open }, t) => counterRows(lang, t, open?.view?.counters ?? []),
  },
  {
    explains: ["board_waiting", "board_counters"],
    name: "panel-boards",
    rowName: "board-row",
    title: (t) => t.boards,
    note: (t) => t.boardsNote,
    heads: (t) => [t.service, t.colWaiting, t.colCounters, t.serving, t.meanTransaction, t.atHead],
    rows: ({ lang, open }, t) => boardRows(lang, t, open?.view?.boards ?? []),
  },
  {
    explains: ["visits", "wait_p90"],
    name: "panel-day",
    rowName: "day-row",
    title: (t) => t.waitsAndVisits,
    note: (t) => t.inMinutes,
    heads: (t) => ["", t.visits, t.started, t.meanWait, t.p50, t.p90Short, t.p95Short, t.overShort, t.abandoned, t.meanTransaction],
    rows: ({ lang, open }, t) => (open?.view?.summary ? dayRows(lang, t, open.view.summary) : []),
  },
];

function section(parts: Section): Part {
  const title = h("h3", { class: "section-title" });
  const note = h("span", { class: "section-note quiet" });
  const body = table(parts.name, parts.rowName);
  const node = h("section", { class: `section section-${parts.name}` }, h("div", { class: "section-head" }, marked(title, ...parts.explains), note), body.node);
  return {
    node,
    update(state) {
      const t = catalogue(state.lang);
      const rows = parts.rows(state, t);
      show(node, rows.length > 0);
      setText(title, parts.title(t));
      setText(note, parts.note(t));
      body.update(parts.title(t), parts.heads(t), rows);
    },
  };
}

export const panelTables = (): Part[] => SECTIONS.map(section);

/** Dossiers and ratings of the site, in one line each. */
export function panelRest(): Part {
  const title = h("h3", { class: "section-title" });
  const dossiers = h("p");
  const ratings = h("p");
  const node = h("section", { class: "section section-rest" }, marked(title, "in_progress", "satisfaction"), dossiers, ratings);
  return {
    node,
    update({ lang, open }) {
      const t = catalogue(lang);
      const site = open?.view?.summary ?? null;
      show(node, site !== null);
      if (!site) return;
      setText(title, `${t.dossiers}, ${t.ratings.toLowerCase()}`);
      const { in_progress, due_today, overdue } = site.dossiers;
      setText(dossiers, `${t.dossiersInProgress} ${count(lang, in_progress)} · ${t.dossiersDue} ${count(lang, due_today)} · ${t.dossiersOverdue} ${count(lang, overdue)}`);
      const share = site.ratings.satisfied_share;
      setText(ratings, share === null
        ? `${t.satisfaction} ${NONE} · ${t.noData}`
        : `${t.satisfaction} ${percent(lang, share)} · ${t.sample(decimal(lang, site.ratings.ratings, 0))}`);
    },
  };
}
