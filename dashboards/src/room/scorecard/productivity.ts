/** Dossiers that an officer receives in a year against the norm of the area; where few come, none applies. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count, decimal } from "../../i18n/format.ts";
import { h, show } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { csv, download, fileName } from "../pages/csv.ts";
import { listing } from "../pages/listing.ts";
import { sumsOf } from "../pages/sums.ts";
import type { Column } from "../pages/table.ts";
import { STAFF_COLUMNS, staffRow, standings } from "./model.ts";
import { staffForm } from "./staff.ts";
import { withKey } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { Productivity, Standing } from "./view.ts";

const STANDINGS: readonly Standing[] = ["met", "under", "exempt", "unknown"];
const NOBODY: readonly Productivity[] = [];

function columns({ lang, places }: PageState): Column<Productivity>[] {
  const t = catalogue(lang).scorecard;
  const name = ({ site }: Productivity): string => places.names.site(site);
  const number = (key: string, title: string, rem: number, value: (row: Productivity) => number | null, isExtra: boolean, hint = title): Column<Productivity> =>
    ({ key, title, hint, rem, isNumber: true, isExtra, sort: value, cell: (row) => count(lang, value(row)) });
  const standing = (row: Productivity): Node =>
    h("span", { class: "standing", text: t.standings[row.standing], attrs: { "data-standing": row.standing, title: t.standingHint[row.standing] } });
  return [
    { key: "name", title: t.point, sort: ({ site }) => places.names.short(site), cell: (row) => h("span", { text: places.names.short(row.site), attrs: { title: `${name(row)} · ${row.site}` } }) },
    { key: "area", title: t.area, rem: 8, isExtra: true, sort: ({ area }) => area, cell: ({ area }) => wordFor(t.areas, area) },
    number("received", t.received, 6, ({ received }) => received, true, t.receivedHint),
    number("year", t.aYear, 5.5, ({ a_year }) => a_year, false),
    // Half an officer is one who works there in the mornings.
    { ...number("staff", t.staff, 6, ({ staff }) => staff, true), cell: ({ staff }) => decimal(lang, staff, Number.isInteger(staff ?? 0) ? 0 : 1) },
    number("officer", t.perOfficer, 8, ({ per_officer }) => per_officer, true),
    number("norm", t.norm, 6, ({ norm }) => norm, true),
    { key: "standing", title: t.standing, rem: 9.5, sort: ({ standing: one }) => STANDINGS.indexOf(one), cell: standing },
  ];
}

export function productivity(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const sums = h("ul", { class: "sums", attrs: { "data-testid": "standings" } });
  const entry = staffForm(actions);
  const file = ({ places, card: { value } }: PageState): void => {
    if (value === null) return;
    download(fileName("productivity", value.period, value.simulated), csv(STAFF_COLUMNS, (value.productivity ?? NOBODY).map((one) => staffRow(places, value, one))));
  };
  const isChosen = ({ site }: Productivity): string => String(site === now?.view.key);
  const list = listing<Productivity>({
    testid: "productivity",
    explains: ["productivity"],
    isWindowed: true,
    key: ({ site }) => site,
    text: ({ site }) => `${now?.places.names.site(site) ?? ""} ${site}`,
    sign: isChosen,
    attrs: (row) => ({ "aria-current": isChosen(row) }),
    open: ({ site }) => { actions.go((view) => withKey(view, site)); },
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    file: () => { if (now !== null) file(now); },
    above: [sums, entry.node],
  });
  const [ofColumns, ofSums] = [new Changes(), new Changes()];
  let made: Column<Productivity>[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, places, card } = state;
      const rows = view.show === "productivity" ? card.value?.productivity : undefined;
      show(list.node, rows !== undefined);
      if (rows === undefined) return;
      const t = catalogue(lang).scorecard;
      entry.update(state);
      if (ofColumns.of(lang, places)) made = columns(state);
      if (ofSums.of(lang, rows)) {
        const counts = standings(rows);
        sums.replaceChildren(...sumsOf(lang, STANDINGS.map((one) => ({ standing: one, n: counts[one], words: t.standings[one], hint: t.standingHint[one] }))));
      }
      list.update({ lang, rows, columns: made, find: view.find, sort: view.sort, title: t.productivity, note: t.productivityNote, empty: t.nothing });
    },
  };
}
