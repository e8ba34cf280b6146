/** The agencies, units or points of the city, by what they lose. */
import { catalogue } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { Changes } from "../pages/changes.ts";
import { listing } from "../pages/listing.ts";
import type { Column } from "../pages/table.ts";
import { groupLost, isUnknown, lostOf, partName, points } from "./model.ts";
import { hashOfView, isList, withPart } from "./state.ts";
import type { Actions, PageState, Part } from "./state.ts";
import type { IndexRow } from "./view.ts";

function columns({ lang, view, names }: PageState, first: IndexRow | undefined): Column<IndexRow>[] {
  const t = catalogue(lang).index766;
  const known = ({ total }: IndexRow): number | null => (isUnknown(total) ? null : total.points);
  const nameOf = (row: IndexRow): string => partName(lang, names, view.by, row.key);
  const link = (row: IndexRow): Node => h("a", { text: nameOf(row), attrs: { href: hashOfView(withPart(view, row.key)), tabindex: "-1", title: row.key } });
  const number = (key: string, title: string, hint: string, rem: number, value: (row: IndexRow) => number | null, isExtra = false): Column<IndexRow> =>
    ({ key, title, hint, rem, isNumber: true, isExtra, sort: value, cell: (row) => points(lang, value(row)) });
  return [
    { key: "name", title: t.part, sort: nameOf, cell: link },
    number("lost", t.lost, t.lostHint, 5, ({ total }) => lostOf(total)),
    number("points", t.points, t.estimate, 5, known),
    number("known", t.known, t.knownHint, 6, ({ total }) => total.max_known, true),
    ...(first?.groups ?? []).map((group) =>
      number(`g${group.code}`, t.groupLost(group.code), group[lang], 5.5, (row) => groupLost(row, group.code), true)),
    { key: "risk", title: t.risk, hint: t.riskHint, rem: 6.5, isNumber: true, isExtra: true, sort: ({ at_risk }) => at_risk, cell: ({ at_risk }) => count(lang, at_risk) },
  ];
}

export function parts(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const list = listing<IndexRow>({
    testid: "parts",
    isWindowed: true,
    key: ({ key }) => key,
    text: ({ key }) => (now === null ? key : `${partName(now.lang, now.names, now.view.by, key)} ${key}`),
    open: ({ key }) => { actions.go((view) => withPart(view, key)); },
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
  });
  const changes = new Changes();
  let made: Column<IndexRow>[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, index, names } = state;
      list.node.hidden = !isList(view) || index.value === null;
      if (list.node.hidden || index.value === null) return;
      const t = catalogue(lang).index766;
      const { rows, version } = index.value;
      if (changes.of(lang, names, version.name, rows[0]?.groups.length, hashOfView({ ...view, indicator: "", page: 1, chosen: [], find: "", sort: "" }))) made = columns(state, rows[0]);
      list.update({ lang, rows, columns: made, find: view.find, sort: view.sort, title: t.parts[view.by], note: t.partNote, empty: t.nothingCounts });
    },
  };
}
