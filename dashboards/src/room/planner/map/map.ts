/** The map of the plan: it takes what has changed since it was drawn last, and no more. */
import { catalogue } from "../../../i18n/index.ts";
import { followTheme } from "../../../theme/theme.ts";
import { h, setAttr, setText, show } from "../../../ui/dom.ts";
import { Changes } from "../../pages/changes.ts";
import { boundsOf, labelPoints } from "../../supervision/map/geometry.ts";
import type { Bounds } from "../../supervision/map/geometry.ts";
import type { StaticData } from "../../supervision/map/static.ts";
import { UNKNOWN, classOf } from "../cells.ts";
import type { After, Cells } from "../cells.ts";
import { chosenPoint } from "../state.ts";
import type { Actions, PageState, Part } from "../state.ts";
import { gapFeatures, gapOutlines, ghostFeatures, keyOf, moveFeatures, pointFeatures, rankFeatures, turnedFeatures } from "./features.ts";
import type { CellShapes } from "./features.ts";
import { handle } from "./handle.ts";
import { legend } from "./legend.ts";
import { tooltip } from "./tooltip.ts";
import type { PlannerMap, Under } from "./view.ts";

const CITY: Bounds = [105.28, 20.56, 106.02, 21.39];

export interface MapPart extends Part {
  /** Begins to draw, once the page is in view: a map of no size cannot. */
  start(): void;
  /** Where a point is put down at first. */
  readonly centre: { readonly lon: number; readonly lat: number };
  focusHandle(): void;
  letGo(): void;
  /** An answer has come: its cells are painted at once, and not when the rest of the page is drawn. */
  paintNow(now: PageState): void;
}

export function mapPart(actions: Actions, now: () => PageState, data: () => StaticData | null, standing: (is: "ready" | "failed") => void): MapPart {
  let state: PageState | null = null;
  let map: PlannerMap | null = null;
  let isStarted = false;
  let under: Under | null = null;
  let shapes: CellShapes = new Map();
  let outlines: ReturnType<typeof gapOutlines> = new Map();
  let drawnCells: Cells | null = null;
  let drawnAfter: After = new Map();
  let bounds = CITY;
  const given = { units: false, roads: false };
  const has = { shapes: new Changes(), all: new Changes(), after: new Changes(), points: new Changes(), others: new Changes(), gaps: new Changes(), chosenGap: new Changes(), turned: new Changes(), layer: new Changes(), reveal: new Changes(), place: new Changes() };

  const button = (testid: string, text: string, run: () => void): HTMLButtonElement =>
    h("button", { text, attrs: { type: "button", "data-testid": testid }, on: { click: run } });
  const city = button("planner-city", "", () => { map?.fit(bounds); });
  const zoomIn = button("planner-in", "+", () => { map?.zoomBy(1); });
  const zoomOut = button("planner-out", "−", () => { map?.zoomBy(-1); });
  const title = h("h2", { class: "hidden-title" });
  const hint = h("p", { class: "planner-hint", attrs: { role: "status", "data-testid": "map-hint" } });
  const box = h("div", { class: "map-main", attrs: { "data-testid": "planner-map" } });
  const tip = tooltip();
  const grip = handle(actions, now, (at) => map?.at(at) ?? null);
  const key = legend(actions);
  const credits = h("p", { class: "credits" });
  const stage = h("div", { class: "map-stage" }, box, grip.node,
    h("div", { class: "map-tools" }, h("div", { class: "segment" }, city), h("div", { class: "segment" }, zoomIn, zoomOut)), hint, tip.node);
  const node = h("section", { class: "map planner-map" }, title, stage, key.node, credits);

  const giveStatic = (): void => {
    const about = data();
    if (map === null || about === null) return;
    if (about.units !== null && !given.units) {
      given.units = true;
      bounds = boundsOf(about.units);
      map.setData("units", about.units);
      map.setData("labels", labelPoints(about.units));
      if (state?.view.point === "" && state.view.gap === "") map.fit(bounds);
    }
    if (about.roads !== null && !given.roads) {
      given.roads = true;
      map.setData("roads", about.roads);
    }
  };

  /** Cells whose class may differ: all of another question or layer, of an answer those that it or the last one names. */
  const paint = (now: PageState, isAll: boolean): void => {
    const { view: { layer }, after, served, byId } = now;
    const ids = isAll ? byId.keys() : new Set([...drawnAfter.keys(), ...after.keys()]);
    const classes = new Map<string, number>();
    for (const id of ids) {
      const cell = byId.get(id);
      classes.set(id, cell === undefined ? UNKNOWN : classOf(layer, cell, after, served));
    }
    const n = map?.paint(classes) ?? 0;
    drawnAfter = after;
    const { answeredAt } = now;
    if (!isAll) setAttr(box, "data-painted-ms", (performance.now() - answeredAt).toFixed(1));
    map?.whenDrawn(() => {
      setAttr(box, "data-cells", String(byId.size));
      setAttr(box, "data-painted", String(n));
      if (!isAll) setAttr(box, "data-repaint-ms", (performance.now() - answeredAt).toFixed(0));
    });
  };

  const paintNow = (now: PageState): void => {
    if (map === null || drawnCells === null || drawnCells !== now.cells.value || now.view.layer !== state?.view.layer) return;
    if (has.after.of(now.after)) paint(now, false);
  };

  const drawCells = (now: PageState): void => {
    const cells = now.cells.value;
    if (map === null || cells === null) return;
    // Other rows have the same outlines: they are not handed over again.
    if (drawnCells === null) {
      map.setData("cells", cells);
      shapes = new Map(cells.features.map(({ properties, geometry }) => [properties.cell, geometry]));
    }
    drawnCells = cells;
    if (has.layer.of(now.view.layer)) map.showLayer(now.view.layer);
    const isAll = has.all.of(cells, now.view.layer, now.served);
    if (has.after.of(now.after) || isAll) paint(now, isAll);
    // Of an hour, most of the city may turn: its colours say so.
    const { value: scenario } = now.scenario;
    const changed = scenario === null || scenario.at !== null ? [] : scenario.cells;
    if (has.turned.of(changed)) map.setData("turned", turnedFeatures(changed, shapes));
    const gaps = now.gaps.value?.gaps ?? [];
    if (has.gaps.of(gaps)) {
      outlines = gapOutlines(gaps, shapes);
      has.chosenGap.of();
    }
    if (has.chosenGap.of(outlines, now.view.gap)) {
      map.setData("gaps", gapFeatures(outlines, now.view.gap));
      map.setData("gap-ranks", rankFeatures(gaps, now.view.gap));
    }
  };

  const drawPoints = ({ points, view, held, history, sites }: PageState): void => {
    if (!has.points.of(points, view.point)) return;
    const isOf = (one: { readonly id: string }): boolean => one.id === held?.id;
    if (has.others.of(held?.id, view.point, view.question, history, sites.value)) map?.setData("points", pointFeatures(points.filter((one) => !isOf(one)), view.point));
    map?.setData("held", pointFeatures(points.filter(isOf), view.point));
    map?.setData("ghosts", ghostFeatures(points));
    map?.setData("moves", moveFeatures(points));
    setAttr(box, "data-points", String(points.length));
  };

  const reveal = (now: PageState): void => {
    const gap = now.gaps.value?.gaps.find((one) => keyOf(one) === now.view.gap);
    const point = chosenPoint(now);
    if (now.held !== null) {
      map?.keepInSight(now.held.at);
      return;
    }
    if (!has.reveal.of(now.view.point, now.view.gap, gap !== undefined, point !== null)) return;
    if (gap !== undefined) map?.fit([...gap.bbox], 70);
    else if (point !== null) map?.reveal(point);
  };

  const start = async (): Promise<void> => {
    const { PlannerMap: Drawn } = await import("./view.ts");
    const made = new Drawn(box, CITY, {
      onHover: (next) => {
        under = next;
        if (state !== null) tip.draw(state, next);
      },
      onClick: (at, found) => {
        if (now().isPlacing) actions.place(at);
        else if (found.point !== null) actions.choosePoint(found.point);
        else if (found.gap !== null) actions.chooseGap(found.gap);
      },
      onTake: (id) => !now().isPlacing && now().points.some((one) => one.id === id && one.change !== "removed"),
      onCarry: (id, at) => { actions.hold({ id, isNew: null, at }); },
      onDrop: () => { actions.drop(); },
      onMove: () => { grip.place(); },
      onStill: (is) => { setAttr(box, "data-still", String(is)); },
    });
    await made.ready;
    map = made;
    followTheme(() => { made.recolour(state?.view.layer ?? now().view.layer); });
    new ResizeObserver(() => { made.resize(); }).observe(box);
    setAttr(box, "data-ready", "true");
    standing("ready");
  };

  return {
    node,
    start() {
      if (isStarted) return;
      isStarted = true;
      start().catch(() => { standing("failed"); });
    },
    get centre() {
      return map?.centre ?? { lon: 105.84, lat: 21.02 };
    },
    focusHandle: () => { grip.focus(); },
    letGo: () => { map?.letGo(); },
    paintNow,
    update(next) {
      state = next;
      const { lang, isPlacing, held } = next;
      const t = catalogue(lang);
      show(node, next.map !== "failed");
      setText(title, t.planner.mapTitle);
      setText(city, t.wholeCity);
      setAttr(zoomIn, "aria-label", t.zoomIn);
      setAttr(zoomOut, "aria-label", t.zoomOut);
      const busy = next.map === "loading" || (next.cells.value === null && next.cells.asking) ? t.planner.mapLoading : "";
      setText(hint, isPlacing ? t.planner.placeHint : held === null ? busy : t.planner.holdHint);
      show(hint, hint.textContent !== "");
      const lines = data()?.about?.credits ?? [];
      setText(credits, lines.length > 0 ? `${t.credits}: ${lines.join(" · ")}` : "");
      key.update(next);
      if (map === null) return;
      map.label(t.planner.mapTitle);
      if (has.place.of(isPlacing)) map.cursor(isPlacing);
      giveStatic();
      drawPoints(next);
      drawCells(next);
      reveal(next);
      grip.update(next);
      if (under !== null) tip.draw(next, under);
    },
  };
}
