/** The list: only rows in view are made, and only those are asked for. A row opens its dossier. */
import { catalogue } from "../../i18n/index.ts";
import { shortDate } from "../../i18n/format.ts";
import { h, setAttr, setText, show } from "../../ui/dom.ts";
import type { Span } from "../pages/arrange.ts";
import { Changes } from "../pages/changes.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { hashOfDossier } from "../dossier/route.ts";
import { dossierColumns } from "./columns.ts";
import type { Item } from "./loader.ts";
import { SORTS } from "./state.ts";
import type { Actions, Part } from "./state.ts";

const open = ({ row }: Item): void => { if (row !== null) location.hash = hashOfDossier(row.dossier); };

export function list(actions: Actions, seen: (span: Span) => void): Part & { enter(): void } {
  const bound = h("p", { class: "quiet", attrs: { "data-testid": "filed-from" } });
  const keys = h("p", { class: "quiet keys" });
  const table = new Table<Item>({
    testid: "dossiers",
    isWindowed: true,
    // By place: a row that was not read yet keeps the focus when it is.
    key: ({ at }) => String(at),
    attrs: ({ row }) => (row === null ? { "data-reading": "true" } : { "data-dossier": row.dossier, "data-stage": row.stage, "data-overdue": String(row.overdue), "data-paused": String(row.paused) }),
    open,
    sortBy: ({ key }) => {
      const sort = SORTS.find((one) => one === key);
      if (sort !== undefined) actions.go((view) => ({ ...view, sort }), true);
    },
    seen,
  });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "dossiers-part" } }, bound, table.node, keys);
  const ofColumns = new Changes();
  const ofOrder = new Changes();
  let columns: Column<Item>[] = [];
  let order = { column: "due", down: false };
  return {
    node,
    enter: () => { table.node.querySelector<HTMLElement>("tbody[role] tr[tabindex='0']")?.focus(); },
    update({ lang, view, listing, places }) {
      const t = catalogue(lang).dossierList;
      const hasEnded = view.stage !== "" || view.sort === "ended";
      if (ofColumns.of(lang, places, hasEnded)) columns = dossierColumns(lang, places.names, hasEnded);
      // The later first where the server puts times of the past in order.
      if (ofOrder.of(view.sort)) order = { column: view.sort, down: view.sort === "filed" || view.sort === "ended" };
      const isBound = view.filed_from === "" && listing.filedFrom !== null;
      show(bound, isBound);
      setText(bound, isBound ? t.reachesTo(shortDate(lang, listing.filedFrom)) : "");
      setAttr(node, "data-asking", String(listing.asking));
      setText(keys, t.keys);
      table.update({ columns, rows: listing.items, order, label: t.title, empty: listing.total === 0 ? t.none : "" });
    },
  };
}
