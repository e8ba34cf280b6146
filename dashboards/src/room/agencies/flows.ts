/** Which way dossiers go: receiving point, competent agency, point of return; and how many are filed away from home. */
import { catalogue, wordFor } from "../../i18n/index.ts";
import { count, percent } from "../../i18n/format.ts";
import { h, setText } from "../../ui/dom.ts";
import { chartFigure } from "../charts/figure.ts";
import { Changes } from "../pages/changes.ts";
import type { Column } from "../pages/table.ts";
import { flowCharted } from "./flowpicture.ts";
import { nameOfKey } from "./model.ts";
import { figures } from "./part.ts";
import type { Part } from "./part.ts";
import { WAYS } from "./state.ts";
import type { PageState } from "./state.ts";
import type { Flows, Way } from "./view.ts";

function columns({ lang, places: { names } }: PageState, most: number): Column<Way>[] {
  const t = catalogue(lang).agencyPage;
  const dossiers = (one: Way): Node => {
    const bar = h("span", { class: "way-bar" });
    bar.style.width = `${(100 * one.dossiers) / most}%`;
    return h("div", { class: "way-count" }, h("span", { text: count(lang, one.dossiers) }), h("span", { class: "way-track" }, bar));
  };
  const returned = ({ site, returned_at }: Way): Node | string =>
    returned_at === null ? h("span", { class: "is-unknown", text: t.notReturned }) : returned_at === site ? t.sameSite : names.short(returned_at);
  return [
    { key: "site", title: t.receivedAt, cell: ({ site }) => `${names.short(site)} →` },
    { key: "agency", title: t.agency, cell: ({ agency }) => `${nameOfKey(lang, names, "agency", agency)} →` },
    { key: "returned", title: t.returnedAt, cell: returned },
    { key: "dossiers", title: t.dossiers, isNumber: true, cell: dossiers },
  ];
}

function shares({ lang }: PageState, { routes }: Flows): HTMLElement {
  const t = catalogue(lang).agencyPage;
  const share = (name: string, n: number, all: number, words: string, testid: string): HTMLElement => h("div", {},
    h("dt", { text: name }), h("dd", { text: percent(lang, all === 0 ? null : n / all), attrs: { "data-testid": testid } }), h("dd", { class: "quiet", text: words }));
  const systems = Object.entries(routes.by_system).sort(([a], [b]) => a.localeCompare(b))
    .map(([system, n]) => `${wordFor(t.systems, system)}: ${count(lang, n)}`);
  return h("dl", { class: "flow-shares" },
    share(t.crossBoundary, routes.cross_boundary, routes.home_known, t.crossOf(count(lang, routes.cross_boundary), count(lang, routes.home_known)), "cross-boundary"),
    share(t.returnedElsewhere, routes.returned_elsewhere, routes.dossiers, t.returnedOf(count(lang, routes.returned_elsewhere), count(lang, routes.dossiers)), "returned-elsewhere"),
    h("div", {}, h("dt", { text: t.bySystem }), ...systems.map((words) => h("dd", { class: "quiet", text: words }))));
}

export function flows(): Part {
  const title = h("h2");
  const total = h("span", { class: "quiet", attrs: { "data-testid": "ways-total" } });
  const hint = h("p", { class: "quiet" });
  const cityName = h("h3");
  const city = h("div");
  const drawing = chartFigure("flow-figure", undefined, "h3");
  const table = figures<Way>("ways", ({ site, agency, returned_at }) => `${site} ${agency} ${returned_at ?? ""}`);
  const node = h("section", { class: "page-part", attrs: { "data-testid": "flows-part" } }, h("div", { class: "part-line" }, title, total), hint, drawing.node, cityName, city, table.node);
  const changes = new Changes();
  let made: { columns: Column<Way>[]; rows: readonly Way[]; found: number } = { columns: [], rows: [], found: 0 };
  return {
    node,
    update(state) {
      const { lang, view, flows: asked, places } = state;
      node.hidden = asked.value === null;
      if (asked.value === null) return;
      const t = catalogue(lang).agencyPage;
      const { routes } = asked.value;
      if (changes.of(lang, places, asked.value, view.key)) {
        const ways = view.key === "" ? routes.ways : routes.ways.filter(({ agency }) => agency === view.key);
        const rows = ways.slice(0, WAYS);
        made = { columns: columns(state, Math.max(1, ...rows.map(({ dossiers }) => dossiers))), rows, found: ways.length };
        city.replaceChildren(shares(state, asked.value));
        // What lies beyond the ways that were asked for is said, and not drawn.
        const seen = routes.ways.reduce((sum, { dossiers }) => sum + dossiers, 0);
        drawing.update(lang, ways.length === 0 ? null : flowCharted(state, ways, view.key === "" ? routes.dossiers - seen : 0));
      }
      setText(title, t.flows);
      setText(total, view.key === "" ? t.waysCount(count(lang, made.rows.length), count(lang, routes.different)) : t.waysOfAgency(count(lang, made.found)));
      setText(hint, t.flowsHint);
      setText(cityName, t.wholeCity);
      table.update({ columns: made.columns, rows: made.rows, order: null, label: t.flows, empty: t.noWays });
    },
  };
}
