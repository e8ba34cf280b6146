/** The map of the points, with its inset of the dense middle, the coverage layer and the credits. */
import { catalogue } from "../../../i18n/index.ts";
import { count } from "../../../i18n/format.ts";
import { followTheme } from "../../../theme/theme.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import { atMostEvery } from "../../../ui/frame.ts";
import type { Actions, CoverageMode, Part, RoomState } from "../state.ts";
import { CoverageCells } from "./coverage.ts";
import { boundsOf, labelPoints, siteFeatures } from "./geometry.ts";
import type { Bounds } from "./geometry.ts";
import { coverageLegend } from "./legend.ts";
import type { StaticData } from "./static.ts";
import { tooltip } from "./tooltip.ts";
import type { Hovered, MapView, Padding } from "./view.ts";

/** At most four times a second: the eye wants no more, and a wall's graphics need rest. */
const REDRAW_MS = 250;
/** Until the outlines have come: the box around the city. */
const CITY: Bounds = [105.28, 20.56, 106.02, 21.39];
/** The old inner districts, where points stand closer than their marks at the city's scale. */
const INNER: Bounds = [105.775, 20.975, 105.905, 21.075];

/** Closer than this the map itself shows what the inset would. */
const INSET_BELOW_ZOOM = 10.6;

interface Views {
  readonly main: MapView;
  readonly inset: MapView;
}

export function mapPart(actions: Actions, data: StaticData, changed: () => void): Part & { staticChanged(): void } {
  let state: RoomState | null = null;
  let views: Views | null = null;
  let drawn = "";
  let drawnMode: CoverageMode = "off";
  let drawnCells = false;
  let revealed: string | null = null;
  let hovered: Hovered | null = null;
  let cityBounds = CITY;
  const given = { units: false, roads: false };

  const button = (testid: string, text: string, run: () => void): HTMLButtonElement =>
    h("button", { text, attrs: { type: "button", "data-testid": testid }, on: { click: run } });
  const city = button("map-city", "", () => views?.main.fit(cityBounds, room()));
  const inner = button("map-inner", "", () => views?.main.fit(INNER, 0));
  const zoomIn = button("map-in", "+", () => views?.main.zoomBy(1));
  const zoomOut = button("map-out", "−", () => views?.main.zoomBy(-1));

  const title = h("h2", { class: "hidden-title" });
  const failed = h("p", { class: "map-note" });
  const offMap = h("p", { class: "map-note quiet" });
  const mainBox = h("div", { class: "map-main", attrs: { "data-testid": "map" } });
  const insetBox = h("div", { class: "map-inset" });
  const insetName = h("span", { class: "inset-name" });
  const insetFrame = h("div", { class: "map-inset-frame", attrs: { "aria-hidden": "true" } }, insetBox, insetName);
  const credits = h("p", { class: "credits", attrs: { "data-testid": "credits" } });
  const legend = coverageLegend(actions);
  const tip = tooltip(data.unitNames);
  const stage = h("div", { class: "map-stage" }, mainBox,
    h("div", { class: "map-tools" }, h("div", { class: "segment" }, city, inner), h("div", { class: "segment" }, zoomIn, zoomOut)),
    h("div", { class: "map-notes" }, offMap, failed), insetFrame, tip.node);
  const node = h("section", { class: "map" }, title, stage, legend.node, credits);
  show(failed, false);

  const cells = new CoverageCells(changed);
  // The city stands beside the inset, not under it.
  const room = (): Padding => ({ top: 20, bottom: 20, left: 20, right: insetBox.clientWidth > 0 ? insetBox.clientWidth + 20 : 20 });

  const drawTip = (next: Hovered | null): void => {
    hovered = next;
    if (state) tip.draw(state, next);
  };

  const drawSites = atMostEvery(REDRAW_MS, () => {
    if (!views || !state?.city) return;
    const features = siteFeatures(state.city.sites, state.open?.id ?? null);
    // Most frames change figures, not marks: the map is touched only when a mark changes.
    const print = features.features.map(({ properties: p, geometry }) => `${p.id}${p.icon}${p.open ? "!" : ""}${geometry.coordinates.join()}`).join();
    if (print === drawn) return;
    drawn = print;
    views.main.setData("sites", features);
    views.inset.setData("sites", features);
    views.main.whenIdle(() => { setAttr(mainBox, "data-marks", String(features.features.length)); });
  });

  const giveStatic = (): void => {
    if (!views) return;
    const { main, inset } = views;
    if (data.units && !given.units) {
      given.units = true;
      cityBounds = boundsOf(data.units);
      main.setData("units", data.units);
      inset.setData("units", data.units);
      main.setData("labels", labelPoints(data.units));
      if (revealed === null) main.fit(cityBounds, room());
    }
    if (data.roads && !given.roads) {
      given.roads = true;
      main.setData("roads", data.roads);
      inset.setData("roads", data.roads);
    }
  };

  const drawCoverage = (mode: CoverageMode): void => {
    cells.want(mode);
    legend.setLoad(cells.load);
    if (!views) return;
    if (cells.load.kind === "loaded" && !drawnCells) {
      drawnCells = true;
      views.main.setData("cells", cells.load.cells);
    }
    if (mode !== drawnMode) views.main.showCoverage(mode);
    drawnMode = mode;
  };

  const reveal = (): void => {
    if (!views || !state?.city) return;
    const id = state.open?.id ?? null;
    if (id === revealed) return;
    const site = state.city.sites.find((one) => one.id === id);
    views.main.markUnit(site?.unit ?? null);
    revealed = id;
    if (site && site.lon !== null && site.lat !== null) views.main.reveal(site.lon, site.lat);
  };

  const start = async (): Promise<void> => {
    // MapLibre is the largest part of the page; the figures do not wait for it.
    const { MapView } = await import("./view.ts");
    const onPick = (id: string): void => { actions.openSite(id); };
    const onZoom = (zoom: number): void => { insetFrame.classList.toggle("is-needless", zoom > INSET_BELOW_ZOOM); };
    const main = new MapView(mainBox, { interactive: true, bounds: CITY, padding: room() }, { onHover: drawTip, onPick, onZoom });
    const inset = new MapView(insetBox, { interactive: false, bounds: INNER, padding: 0 }, { onHover: () => undefined, onPick, onZoom: () => undefined });
    await Promise.all([main.ready, inset.ready]);
    views = { main, inset };
    followTheme(() => {
      main.recolour();
      inset.recolour();
      main.showCoverage(drawnMode);
    });
    setAttr(mainBox, "data-ready", "true");
    // The points first: the outlines and the roads take the workers longer.
    drawSites();
    giveStatic();
    changed();
  };
  start().catch(() => { show(failed, true); });

  return {
    node,
    staticChanged: giveStatic,
    update(next) {
      state = next;
      const t = catalogue(next.lang);
      setText(title, t.map);
      views?.main.label(t.map);
      setText(city, t.wholeCity);
      setText(inner, t.innerCity);
      setText(insetName, t.innerCity);
      setAttr(zoomIn, "aria-label", t.zoomIn);
      setAttr(zoomOut, "aria-label", t.zoomOut);
      setText(failed, t.mapFailed);
      const missing = next.city?.sites.filter((site) => site.lon === null).length ?? 0;
      show(offMap, missing > 0);
      setText(offMap, t.notOnMap(missing, count(next.lang, missing)));
      const lines = data.about?.credits ?? [];
      setText(credits, lines.length > 0 ? `${t.credits}: ${lines.join(" · ")}` : "");
      drawCoverage(next.coverageMode);
      legend.update(next);
      drawSites();
      reveal();
      if (hovered) tip.draw(next, hovered);
    },
  };
}
