/** Town and country, and the districts of before July 2025: where the smallest shares of people are covered. */
import { catalogue, wordFor } from "../../../i18n/index.ts";
import type { Lang } from "../../../i18n/index.ts";
import { count, percent } from "../../../i18n/format.ts";
import { h, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import type { Actions, Part } from "../state.ts";
import type { Area } from "../view.ts";
import { figureTable } from "./figures.ts";
import { standing } from "./standing.ts";

/** Worst share first, then most people left out. Pure. */
export const worstFirst = (areas: readonly Area[]): Area[] =>
  [...areas].sort((a, b) => a.share - b.share || b.population - b.covered - (a.population - a.covered) || b.population - a.population);

function table(lang: Lang, testid: string, caption: string, first: string, areas: readonly Area[]): HTMLElement {
  const t = catalogue(lang).planner;
  const rows = worstFirst(areas).map(({ area, units, population, covered, share, far_population: far }) =>
    [wordFor(t.zones, area), count(lang, units), percent(lang, share, 2), count(lang, population - covered), far === 0 ? "0" : `≈ ${count(lang, far)}`]);
  return figureTable({ testid, caption, heads: [first, t.areaUnits, t.areaShare, t.areaLeft, t.areaFar], rows });
}

export function areasPart(actions: Actions): Part {
  const stands = standing(actions);
  const box = h("div", {});
  const node = h("div", { attrs: { "data-testid": "planner-areas" } }, stands.above, box);
  const changes = new Changes();
  return {
    node,
    update(state) {
      const { lang, summary } = state;
      stands.update(state, summary, false);
      show(box, summary.value !== null);
      if (summary.value === null || !changes.of(lang, summary.value)) return;
      const t = catalogue(lang).planner;
      const { zones, districts } = summary.value;
      box.replaceChildren(
        h("h3", { text: t.areasTitle }),
        table(lang, "planner-zones", t.zonesTable, t.zone, zones),
        table(lang, "planner-districts", t.districtsTable, t.district, districts),
        h("p", { class: "quiet", text: t.districtsNote }), h("p", { class: "quiet", text: t.farNote }));
    },
  };
}
