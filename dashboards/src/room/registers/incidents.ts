/** Incidents at points, those that go on first. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { moment, span } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import { sumsOf } from "../pages/sums.ts";
import type { Column } from "../pages/table.ts";
import { INCIDENT_COLUMNS, incidentRow } from "./model.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Incident } from "./view.ts";

const HOUR_S = 3600;

function columns({ lang, places }: PageState): Column<Incident>[] {
  const t = catalogue(lang).registers;
  const name = ({ site }: Incident): string | null => (site === null ? null : places.names.short(site));
  const unknown = (): Node => h("span", { class: "is-unknown", text: t.unknown });
  const closed = ({ closed_at: at }: Incident): Node => at === null
    ? h("span", { class: "standing", text: t.stillOpen, attrs: { "data-standing": "overdue" } })
    : h("span", { text: moment(lang, at) });
  return [
    { key: "site", title: t.site, sort: name, cell: (row) => (name(row) === null ? unknown() : h("span", { text: name(row) ?? "", attrs: { title: row.site === null ? "" : `${places.names.site(row.site)} · ${row.site}` } })) },
    { key: "kind", title: t.kind, rem: 13, isExtra: true, sort: ({ kind }) => kind, cell: ({ kind }) => (kind === null ? unknown() : wordFor(t.kinds, kind)) },
    { key: "reported", title: t.reportedAt, rem: 10, isExtra: true, sort: ({ reported_at: at }) => at, cell: ({ reported_at: at }) => moment(lang, at) },
    { key: "closed", title: t.closedAt, rem: 9, sort: ({ closed_at: at }) => at, cell: closed },
    { key: "lasted", title: t.lasted, rem: 6.5, isNumber: true, sort: ({ hours }) => hours, cell: ({ hours }) => span(lang, hours * HOUR_S) },
    { key: "id", title: t.incident, rem: 9, isExtra: true, sort: ({ incident }) => incident, cell: ({ incident }) => incident },
  ];
}

export function incidents(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const sums = h("ul", { class: "sums", attrs: { "data-testid": "incident-sums" } });
  const file = ({ places, incidents: { value } }: PageState): void => {
    if (value !== null) download(fileName("incidents", value.as_of.slice(0, 10), value.simulated), csv(INCIDENT_COLUMNS, value.rows.map((one) => incidentRow(places, value.simulated, one))));
  };
  const list = listing<Incident>({
    testid: "incidents",
    isWindowed: true,
    key: ({ incident }) => incident,
    text: ({ incident, site, kind }) => `${incident} ${site === null ? "" : `${site} ${now?.places.names.site(site) ?? ""}`} ${kind === null || now === null ? "" : wordFor(catalogue(now.lang).registers.kinds, kind)}`,
    attrs: ({ closed_at: at }) => ({ "data-open": String(at === null) }),
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => { if (now !== null) file(now); },
    above: [sums],
  });
  const [ofColumns, ofValue] = [new Changes(), new Changes()];
  let made: Column<Incident>[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, places, incidents: { value } } = state;
      show(list.node, view.show === "incidents" && value !== null);
      if (view.show !== "incidents" || value === null) return;
      const t = catalogue(lang).registers;
      if (ofColumns.of(lang, places)) made = columns(state);
      if (ofValue.of(lang, value)) {
        const open = value.rows.filter(({ closed_at: at }) => at === null).length;
        sums.replaceChildren(...sumsOf(lang, [{ standing: "overdue", n: open, words: t.openCount }, { standing: "done", n: value.rows.length - open, words: t.closedCount }]));
      }
      list.update({ lang, rows: value.rows, columns: made, find: view.find, sort: view.sort, title: t.incidents, note: t.incidentsNote, empty: t.incidentsEmpty });
    },
  };
}
