/** The backlog, row by row: how much, how old, and of it what is late. A row opens its agency, or leads to its dossiers. */
import { catalogue } from "../../i18n/index.ts";
import { count, moment } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { hashOfFilters } from "../dossiers/state.ts";
import { sorted } from "../pages/arrange.ts";
import { Changes } from "../pages/changes.ts";
import { goTo } from "../pages/hash.ts";
import { listing } from "../pages/listing.ts";
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
  const legend = h("ul", { class: "bar-legend" });
  const nameOf = (row: BacklogRow): string =>
    (now === null ? row.key : nameOfKey(now.lang, now.places.names, now.view.by, row.key, row.name));
  const list = listing<BacklogRow>({
    testid: "backlog",
    explains: ["backlog_age"],
    isWindowed: true,
    key: ({ key }) => key,
    text: (row) => `${nameOf(row)} ${row.key}`,
    attrs: (row) => ({ "data-system": row.system ?? "", "data-late": String(row.overdue > 0) }),
    open: ({ key }) => {
      const hash = now === null ? null : hashOfRow(now.view, key);
      if (hash !== null) goTo(hash);
    },
    turn: (change) => { actions.go((view) => ({ ...view, ...change }), true); },
    beside: [legend],
  });
  const [ofColumns, ofRows] = [new Changes(), new Changes()];
  let made: Column<BacklogRow>[] = [];
  let fullest: readonly BacklogRow[] = [];
  return {
    node: list.node,
    find: list.find,
    update(state) {
      now = state;
      const { lang, view, backlog: { value }, places } = state;
      list.node.hidden = view.key !== "" || value === null;
      if (list.node.hidden || value === null) return;
      const t = catalogue(lang).agencyPage;
      const { rows, age_limits_days: limits } = value;
      if (ofColumns.of(lang, places, limits.join(), hashOfView({ ...view, find: "", sort: "" }))) {
        made = columns(state, nameOf);
        legend.replaceChildren(...ageLegend(lang, limits));
      }
      // Of equal ones the fuller first: most have nothing late.
      if (ofRows.of(rows)) fullest = sorted(rows, ({ open }) => open, true);
      list.update({ lang, rows: fullest, columns: made, find: view.find, sort: view.sort, title: `${t.backlog} · ${t.by[view.by]}`, note: "", empty: t.none });
    },
  };
}
