/** Where no map can be drawn: its units as a table, with the layer's figures; choosing and changing are done beside it. */
import { catalogue } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, percent } from "../../../i18n/format.ts";
import { h, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { Table } from "../../pages/table.ts";
import type { Column } from "../../pages/table.ts";
import { unitRows } from "../cells.ts";
import type { UnitRow } from "../cells.ts";
import type { PageState, Part } from "../state.ts";

const columns = (lang: Lang, { places }: PageState): Column<UnitRow>[] => {
  const t = catalogue(lang).planner;
  const share = (people: number, all: number): string => percent(lang, all > 0 ? people / all : null);
  return [
    { key: "name", title: t.unit, rem: 14, cell: ({ unit }) => places.names.unit(unit) },
    { key: "population", title: t.population, rem: 7, isNumber: true, cell: ({ population }) => count(lang, population) },
    { key: "before", title: t.before, rem: 6, isNumber: true, cell: ({ before, population }) => share(before, population) },
    { key: "after", title: t.after, rem: 6, isNumber: true, cell: ({ before, after, population }) => `${after > before ? "▲ " : after < before ? "▼ " : ""}${share(after, population)}` },
    { key: "left", title: t.leftOut, rem: 7, isNumber: true, cell: ({ population, after }) => count(lang, population - after) },
    { key: "approximate", title: t.farName, rem: 8, isNumber: true, isExtra: true, cell: ({ approximate }) => count(lang, approximate) },
  ];
};

export function unitsPart(): Part {
  const title = h("h2");
  const note = h("p", { class: "planner-lead", attrs: { role: "status" } });
  const table = new Table<UnitRow>({ testid: "planner-units", isWindowed: false, key: ({ unit }) => unit });
  const node = h("section", { class: "planner-units", attrs: { "data-testid": "planner-units-part" } }, title, note, table.node);
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, map, cells, after, places } = state;
      show(node, map === "failed");
      if (map !== "failed" || !changes.of(lang, cells.value, after, places)) return;
      const t = catalogue(lang).planner;
      setText(title, t.unitsTitle);
      setText(note, t.noMap);
      const rows = cells.value === null ? [] : unitRows(cells.value.features.map(({ properties }) => properties), after);
      table.update({ columns: columns(lang, state), rows, order: null, label: t.unitsTitle, empty: t.reckoning });
    },
  };
}
