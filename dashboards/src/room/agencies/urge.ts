/** What to urge first: open dossiers that can still be in time, and why each is thought to be late. Never a person. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count, decimal, moment, percent } from "../../i18n/format.ts";
import { h, setText, show } from "../../ui/dom.ts";
import { hashOfDossier } from "../dossier/route.ts";
import { Changes } from "../pages/changes.ts";
import { Table } from "../pages/table.ts";
import type { Column } from "../pages/table.ts";
import { because, chance, nameOfKey } from "./model.ts";
import type { Part } from "./part.ts";
import type { PageState } from "./state.ts";
import type { Urgent } from "./view.ts";

function columns({ lang, view, places }: PageState): Column<Urgent>[] {
  const { agencyPage: t, pages } = catalogue(lang);
  const name = (code: string): string => nameOfKey(lang, places.names, "agency", code);
  const code = (one: Urgent): Node => h("div", {},
    h("a", { text: one.dossier, attrs: { href: hashOfDossier(one.dossier), tabindex: "-1", "data-testid": "to-dossier" } }),
    h("span", { class: "cell-note", text: view.key === "" ? name(one.agency) : (one.procedure ?? "") }));
  const why = (one: Urgent): Node => {
    const { main, wider } = because(lang, one);
    return h("div", {}, main, wider.length === 0 ? null : h("span", { class: "cell-note", text: wider.join(" · ") }));
  };
  return [
    { key: "dossier", title: t.dossier, cell: code },
    { key: "chance", title: t.chance, isNumber: true, cell: (one) => h("strong", { class: "chance", text: one.chance_late === null ? "—" : chance(lang, one.chance_late) }) },
    { key: "left", title: t.left, hint: t.leftHint, isNumber: true, cell: (one) => t.hours(decimal(lang, one.left_working_hours)) },
    { key: "used", title: t.used, isNumber: true, cell: (one) => percent(lang, one.used, 0) },
    { key: "why", title: t.because, cell: why },
    { key: "hands", title: t.inHands, cell: (one) => name(wordFor(t.stepNames, one.in_hands_of)) },
    { key: "due", title: t.due, cell: (one) => pages.dueAt(moment(lang, one.due)) },
  ];
}

export function urge(): Part {
  const title = h("h2");
  const total = h("span", { class: "quiet", attrs: { "data-testid": "urge-total" } });
  const hint = h("p", { class: "quiet" });
  const few = h("p", { class: "quiet" });
  const table = new Table<Urgent>({
    testid: "urge",
    isWindowed: false,
    key: ({ dossier }) => dossier,
    attrs: ({ dossier }) => ({ "data-dossier": dossier }),
    open: ({ dossier }) => { location.hash = hashOfDossier(dossier); },
  });
  const node = h("section", { class: "page-part", attrs: { "data-testid": "urge-part" } }, h("div", { class: "part-line" }, title, total), hint, table.node, few);
  const changes = new Changes();
  let made: Column<Urgent>[] = [];
  return {
    node,
    update(state) {
      const { lang, view, places, forecast } = state;
      const t = catalogue(lang).agencyPage;
      node.hidden = forecast.value === null;
      if (forecast.value === null) return;
      if (changes.of(lang, places, view.key)) made = columns(state);
      const { items, total: all } = forecast.value;
      setText(title, t.urge);
      setText(total, t.urgeCount(count(lang, items.length), count(lang, all)));
      setText(hint, t.urgeHint);
      show(few, items.length > 0);
      setText(few, forecast.value.learned.enough ? t.fewNote : t.notEnough(count(lang, forecast.value.learned.dossiers)));
      table.update({ columns: made, rows: items, order: null, label: t.urge, empty: t.noUrge });
    },
  };
}
