/** The columns of the list. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import type { Catalogue, Lang } from "../../i18n/index.ts";
import { NONE, decimal, hourMinute, moment, shortDate } from "../../i18n/format.ts";
import { h } from "../../ui/dom.ts";
import { hashOfDossier } from "../dossier/route.ts";
import type { Names } from "../pages/names.ts";
import type { Column } from "../pages/table.ts";
import type { Item } from "./loader.ts";
import { SORTS } from "./state.ts";
import type { DossierRow } from "./view.ts";

/** What is said of a dossier's state beside its stage. */
export function standing(t: Catalogue, { overdue, paused }: DossierRow): string {
  const lateness = overdue === null ? null : overdue ? t.isOverdue : t.isInTime;
  return [lateness, paused ? t.isPaused : null].filter((word) => word !== null).join(", ");
}

const two = (first: Node | string, second: string, kind = "cell-note"): Node => h("div", {}, h("span", { class: "cell-line" }, first), h("span", { class: kind, text: second }));

/** When a dossier ended, and after how many working hours, is told where some may have. */
export function dossierColumns(lang: Lang, names: Names, hasEnded: boolean): Column<Item>[] {
  const t = catalogue(lang);
  const l = t.dossierList;
  const column = (key: string, title: string, cell: (row: DossierRow) => Node | string, more: Partial<Column<Item>> = {}): Column<Item> => ({
    key, title, ...more,
    // The server puts the list in order; these headings ask it to.
    ...(SORTS.some((sort) => sort === key) ? { sort: () => null } : {}),
    cell: ({ row }) => (row === null ? (key === "code" ? h("span", { class: "quiet", text: l.reading }) : "") : cell(row)),
  });
  const state = (row: DossierRow): string => [wordFor(t.stages, row.stage), standing(t, row)].filter((word) => word !== "").join(" · ");
  const code = (row: DossierRow): Node => two(
    h("a", { text: row.dossier, attrs: { href: hashOfDossier(row.dossier), tabindex: "-1", "data-testid": "to-dossier" } }), state(row), "cell-note narrow-only");
  const due = ({ due, due_is_computed }: DossierRow): Node => due === null
    ? h("span", { class: "is-unknown", text: l.noDue })
    : two(shortDate(lang, due), due_is_computed ? `${hourMinute(lang, due)} · ${l.dueComputed}` : hourMinute(lang, due));
  const who = ({ agency, holder }: DossierRow): Node => two(
    agency === null ? NONE : names.agency(lang, agency), holder === null || holder === agency ? "" : l.heldBy(names.agency(lang, holder)));
  const filed = ({ submitted, accepted }: DossierRow): Node => two(moment(lang, submitted), accepted === null ? l.notAccepted : l.accepted(moment(lang, accepted)));
  return [
    column("code", l.code, code, { rem: 13.5 }),
    column("state", l.state, (row) => two(wordFor(t.stages, row.stage), standing(t, row)), { rem: 10, isExtra: true }),
    column("due", l.due, due, { rem: 7 }),
    column("procedure", l.procedureAndField, (row) => two(row.procedure ?? NONE, row.field === null ? "" : wordFor(t.serviceNames, row.field)), { rem: 9, isExtra: true }),
    column("where", l.where, (row) => two(row.site === null ? NONE : names.short(row.site), row.channel === null ? "" : wordFor(t.channels, row.channel)), { isExtra: true }),
    column("who", l.who, who, { rem: 13, isExtra: true }),
    column("filed", l.filed, filed, { rem: 11, isExtra: true }),
    ...(hasEnded ? [
      column("ended", l.ended, ({ ended }) => moment(lang, ended), { rem: 8.5, isExtra: true }),
      column("hours", l.hours, ({ working_hours }) => decimal(lang, working_hours), { rem: 5, isExtra: true, isNumber: true, hint: l.hoursHint }),
    ] : []),
  ];
}
