/** The backlog, row by row: how much, how old, and of it what is late. A row opens its agency, or leads to its dossiers. */
import { catalogue } from "../../i18n/index.ts";
import { count, moment } from "../../i18n/format.ts";
import { h, setAttr, setText } from "../../ui/dom.ts";
import { hashOfFilters } from "../dossiers/state.ts";
import { Finder, orderOf, sorted, textOf, turned } from "../pages/arrange.ts";
import type { Order } from "../pages/arrange.ts";
import { Changes } from "../pages/changes.ts";
import { goTo } from "../pages/hash.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { ageBar, ageLegend } from "./ages.ts";
import { isMinistrys, nameOfKey } from "./model.ts";
import type { Actions, Part } from "./part.ts";
import { hashOfView, isOfAgencies } from "./state.ts";
import type { PageState, View } from "./state.ts";
import type { BacklogRow } from "./view.ts";

/** Where a row leads; a level has no page of its own. */
export function hashOfRow(view: View, key: string): string | null {
  if (isOfAgencies(view.by)) return hashOfView({ ...view, key });
  return view.by === "level" ? null : hashOfFilters({ [view.by]: key });
}

function columns({ lang, view, places, backlog }: PageState, nameOf: (row: BacklogRow) => string): Column<BacklogRow>[] {
  const t = catalogue(lang).agencyPage;
  const limits = backlog.value?.age_limits_days ?? [];
  const name = (row: BacklogRow): Node => {
    const href = hashOfRow(view, row.key);
    const text = nameOf(row);
    return h("div", {}, h("div", { class: "named" },
      href === null ? text : h("a", { text, attrs: { href, tabindex: "-1", title: places.names.site(row.key) } }),
      isMinistrys(row) ? h("span", { class: "tag", text: t.ministryTag }) : null),
    // Where there is no room for the column of ages.
    h("div", { class: "narrow-only" }, ageBar(lang, limits, row.age_days)));
  };
  const number = (key: string, title: string, rem: number, value: (row: BacklogRow) => number, more: Partial<Column<BacklogRow>> = {}): Column<BacklogRow> =>
    ({ key, title, rem, isNumber: true, sort: value, cell: (row) => h("span", { class: value(row) === 0 ? "quiet" : "", text: count(lang, value(row)) }), ...more });
  return [
    { key: "name", title: t.name, sort: nameOf, cell: name },
    number("open", t.open, 5.5, (row) => row.open),
    number("overdue", t.overdue, 5.5, (row) => row.overdue),
    number("due_soon", t.dueSoon, 6, (row) => row.due_soon, { isExtra: true, hint: t.dueSoonHint }),
    number("paused", t.paused, 6, (row) => row.paused, { isExtra: true, hint: t.pausedHint }),
    number("no_due_date", t.noDue, 6, (row) => row.no_due_date, { isExtra: true }),
    number("awaiting", t.awaiting, 6, (row) => row.awaiting_acceptance, { isExtra: true }),
    { key: "ages", title: t.ages, rem: 17, isExtra: true, cell: (row) => ageBar(lang, limits, row.age_days) },
    { key: "oldest", title: t.oldest, hint: t.oldestHint, rem: 10, isExtra: true, sort: (row) => row.oldest, cell: (row) => moment(lang, row.oldest) },
  ];
}

export function backlog(actions: Actions): Part & { readonly find: HTMLElement } {
  let now: PageState | null = null;
  const title = h("h2");
  const foundOf = h("span", { class: "quiet", attrs: { role: "status", "data-testid": "found-agencies" } });
  const legend = h("ul", { class: "bar-legend" });
  const find = h("input", { class: "part-find", attrs: { type: "search", autocomplete: "off", spellcheck: "false", "data-testid": "find-agency" }, on: { input: () => {
    const text = find.value;
    actions.go((view) => ({ ...view, find: text }), true);
  } } });
  const nameOf = (row: BacklogRow): string =>
    (now === null ? row.key : nameOfKey(now.lang, now.places.names, now.view.by, row.key, row.name));
  const finder = new Finder<BacklogRow>((row) => `${nameOf(row)} ${row.key}`);
  const table = new Table<BacklogRow>({
    testid: "backlog",
    isWindowed: true,
    key: ({ key }) => key,
    attrs: (row) => ({ "data-system": row.system ?? "", "data-late": String(row.overdue > 0) }),
    open: ({ key }) => {
      const hash = now === null ? null : hashOfRow(now.view, key);
      if (hash !== null) goTo(hash);
    },
    sortBy: (column) => {
      actions.go((view) => ({ ...view, sort: textOf(turned(orderOf(view.sort), column.key, column.isNumber === true)) }), true);
    },
  });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "backlog-part" } }, h("div", { class: "part-line" }, title, find, foundOf, legend), table.node);
  const [ofNames, ofColumns, ofRows] = [new Changes(), new Changes(), new Changes()];
  let shown: { columns: Column<BacklogRow>[]; rows: readonly BacklogRow[]; order: Order } = { columns: [], rows: [], order: orderOf("") };
  return {
    node,
    find,
    update(state) {
      const { lang, view, backlog: asked, places } = state;
      node.hidden = view.key !== "" || asked.value === null;
      if (node.hidden || asked.value === null) return;
      now = state;
      const t = catalogue(lang).agencyPage;
      const { rows, age_limits_days: limits } = asked.value;
      const areNames = ofNames.of(lang, view.by, places);
      if (areNames) finder.forget();
      if (ofColumns.of(lang, places, limits.join(), hashOfView({ ...view, find: "", sort: "" }))) {
        shown = { ...shown, columns: columns(state, nameOf) };
        legend.replaceChildren(...ageLegend(lang, limits));
      }
      if (ofRows.of(rows, view.find, view.sort) || areNames) {
        const order = orderOf(view.sort);
        const value = shown.columns.find(({ key }) => key === order.column)?.sort ?? (() => null);
        // Of equal ones the fuller first: most have nothing late.
        const fullest = sorted(finder.find(rows, view.find), ({ open }) => open, true);
        shown = { ...shown, order, rows: sorted(fullest, value, order.down) };
      }
      setText(title, `${t.backlog} · ${t.by[view.by]}`);
      setText(foundOf, t.foundOf(count(lang, shown.rows.length), count(lang, rows.length)));
      setAttr(find, "aria-label", t.find);
      setAttr(find, "placeholder", `${t.find} (${catalogue(lang).pages.findKey})`);
      if (document.activeElement !== find) find.value = view.find;
      table.update({ ...shown, label: t.backlog, empty: rows.length === 0 ? t.none : t.noMatch });
    },
  };
}
