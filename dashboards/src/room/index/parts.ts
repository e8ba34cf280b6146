/** The agencies, units or points of the city, by what they lose. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { Finder, orderOf, sorted, textOf, turned } from "../pages/arrange.ts";
import { Changes } from "../pages/changes.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { groupLost, isUnknown, lostOf, points } from "./model.ts";
import type { Names } from "./names.ts";
import type { Actions, Part } from "./part.ts";
import { hashOfView, isList, withPart } from "./state.ts";
import type { By, PageState, View } from "./state.ts";
import type { IndexRow } from "./view.ts";

function columns({ lang, view, names }: PageState, first: IndexRow | undefined): Column<IndexRow>[] {
  const t = catalogue(lang).index766;
  const known = ({ total }: IndexRow): number | null => (isUnknown(total) ? null : total.points);
  const nameOf = (row: IndexRow): string => names.part(lang, view.by, row.key);
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
  let now: { lang: Lang; by: By; names: Names } | null = null;
  let at: View | null = null;
  const title = h("h2");
  const found = h("span", { class: "quiet", attrs: { role: "status", "data-testid": "found" } });
  const find = h("input", { class: "part-find", attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "find-part" }, on: { input: () => {
    const text = find.value;
    actions.go((view) => ({ ...view, find: text }), true);
  } } });
  const note = h("p", { class: "quiet" });
  const finder = new Finder<IndexRow>((row) => (now === null ? row.key : `${now.names.part(now.lang, now.by, row.key)} ${row.key}`));
  const table = new Table<IndexRow>({
    testid: "parts",
    isWindowed: true,
    key: ({ key }) => key,
    open: ({ key }) => { actions.go((view) => withPart(view, key)); },
    sortBy: (column) => {
      actions.go((view) => ({ ...view, sort: textOf(turned(orderOf(view.sort), column.key, column.isNumber === true)) }), true);
    },
  });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "parts-part" } },
    h("div", { class: "part-line" }, title, find, found), note, table.node);
  const ofColumns = new Changes();
  const ofNames = new Changes();
  const ofRows = new Changes();
  let shown: { columns: Column<IndexRow>[]; rows: readonly IndexRow[]; order: ReturnType<typeof orderOf> } = { columns: [], rows: [], order: orderOf("") };
  return {
    node,
    find,
    update(state) {
      const { lang, view, index, names } = state;
      node.hidden = !isList(view) || index.value === null;
      if (node.hidden || index.value === null) return;
      at = view;
      const t = catalogue(lang).index766;
      const all = index.value.rows;
      const areNames = ofNames.of(lang, at.by, names);
      if (areNames) {
        now = { lang, by: view.by, names };
        finder.forget();
      }
      const isNew = ofColumns.of(lang, names, index.value.version.name, all[0]?.groups.length, hashOfView({ ...view, indicator: "", page: 1, chosen: [], find: "", sort: "" }));
      if (isNew) shown = { ...shown, columns: columns(state, all[0]) };
      if (ofRows.of(all, view.find, view.sort) || areNames) {
        const order = orderOf(view.sort);
        const value = shown.columns.find(({ key }) => key === order.column)?.sort ?? (() => null);
        shown = { ...shown, order, rows: sorted(finder.find(all, view.find), value, order.down) };
      }
      setText(title, t.parts[view.by]);
      setText(note, t.partNote);
      setText(found, t.foundParts(count(lang, shown.rows.length), count(lang, all.length)));
      setAttr(find, "aria-label", t.findPart);
      setAttr(find, "placeholder", `${t.findPart} (${catalogue(lang).pages.findKey})`);
      if (document.activeElement !== find) find.value = view.find;
      table.update({ ...shown, label: t.parts[view.by], empty: all.length === 0 ? t.nothingCounts : t.noParts });
    },
  };
}
