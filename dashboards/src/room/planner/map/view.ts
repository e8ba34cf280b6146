/**
 * One MapLibre map for planning. A point under the pointer is taken up and carried; the page is told where it is.
 *
 * Cells are drawn once; what changes is each cell's class, set as its feature-state. Measured with 29,855 cells in
 * Chromium with software WebGL on two cores that builds shared (a frame with nothing new: 35 ms at best, seconds at
 * worst), five times each: the 800 cells that a point's move changes take 1 to 13 ms as feature-state and are in the
 * next frame, all cells 8 to 70 ms; as `setData` of a source of their own 800 take 2 to 8 s until the map is idle, of
 * all cells 5.5 to 8 s, as both go through a worker. What is gained and lost has a source of its own all the same,
 * since a pattern cannot be told by feature-state; it follows a little later.
 */
import { Map as GlMap, setWorkerCount, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, MapMouseEvent, MapTouchEvent, PointLike } from "maplibre-gl";
import type { GeoJSON } from "geojson";
import "maplibre-gl/dist/maplibre-gl.css";
// The worker is a file of our own origin, so that the page's policy need not allow `blob:` workers.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { PIXEL_RATIO } from "../../supervision/map/images.ts";
import { recolour } from "../../supervision/map/recolour.ts";
import { FONT } from "../../supervision/map/style.ts";
import type { Bounds } from "../../supervision/map/geometry.ts";
import type { Layer } from "../cells.ts";
import type { Place } from "../changes.ts";
import { plannerImages } from "./images.ts";
import { colourOf, plannerStyle } from "./style.ts";
import type { SourceName } from "./style.ts";

setWorkerUrl(workerUrl);
setWorkerCount(2);

export interface Under {
  readonly point: string | null;
  readonly gap: string | null;
  readonly cell: string | null;
  readonly x: number;
  readonly y: number;
}

export interface MapEvents {
  onHover(under: Under | null): void;
  onClick(at: Place, under: Under): void;
  /** A point is taken up; `false` where it may not be. */
  onTake(point: string): boolean;
  onCarry(point: string, at: Place): void;
  onDrop(): void;
  onMove(): void;
  /** Whether all is drawn and nothing moves. */
  onStill(is: boolean): void;
}

const REACH = 8;
/** A hand that shakes does not move a point. */
const LEAST_DRAG = 3;

const mayMove = (): boolean => !matchMedia("(prefers-reduced-motion: reduce)").matches;

export class PlannerMap {
  readonly #map: GlMap;
  readonly #events: MapEvents;
  readonly ready: Promise<void>;
  #drawn = new Map<string, number>();
  #carried: { readonly id: string; readonly from: { x: number; y: number }; isMoved: boolean } | null = null;

  constructor(container: HTMLElement, bounds: Bounds, events: MapEvents) {
    this.#events = events;
    this.#map = new GlMap({
      container, style: plannerStyle(), bounds, fitBoundsOptions: { padding: 20 }, attributionControl: false, dragRotate: false,
      pitchWithRotate: false, maxPitch: 0, minZoom: 7, maxZoom: 16, renderWorldCopies: false, fadeDuration: 0,
      // On a phone one finger scrolls the page, two move the map.
      cooperativeGestures: false,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    for (const [name, image] of plannerImages()) this.#map.addImage(name, image, { pixelRatio: PIXEL_RATIO });
    this.#listen();
    const loaded = new Promise<void>((done) => { void this.#map.once("load", () => { done(); }); });
    const font = document.fonts.load(`12px "${FONT}"`, "Phường Ba Đình ằữỵ");
    this.ready = Promise.all([loaded, font]).then(() => undefined);
  }

  #listen(): void {
    const map = this.#map;
    map.on("mousemove", (event) => { if (this.#carried === null) this.#events.onHover(this.#under(event.point)); });
    map.on("mouseout", () => { this.#events.onHover(null); });
    map.on("movestart", () => { this.#events.onHover(null); });
    for (const name of ["movestart", "dataloading"] as const) map.on(name, () => { this.#events.onStill(false); });
    map.on("idle", () => { this.#events.onStill(true); });
    map.on("move", () => { this.#events.onMove(); });
    map.on("click", (event) => { this.#events.onClick({ lon: event.lngLat.lng, lat: event.lngLat.lat }, this.#under(event.point)); });
    const take = (event: MapMouseEvent | MapTouchEvent): void => {
      const { point } = this.#under(event.point);
      if (point === null || !this.#events.onTake(point)) return;
      event.preventDefault();
      this.#carried = { id: point, from: event.point, isMoved: false };
    };
    const carry = (event: MapMouseEvent | MapTouchEvent): void => {
      const held = this.#carried;
      if (held === null) return;
      if (!held.isMoved && Math.hypot(event.point.x - held.from.x, event.point.y - held.from.y) < LEAST_DRAG) return;
      if (!held.isMoved) this.#events.onHover(null);
      held.isMoved = true;
      map.getCanvas().style.cursor = "grabbing";
      this.#events.onCarry(held.id, { lon: event.lngLat.lng, lat: event.lngLat.lat });
    };
    map.on("mousedown", (event) => { if (event.originalEvent.button === 0) take(event); });
    map.on("touchstart", (event) => { if (event.points.length === 1) take(event); });
    map.on("mousemove", carry);
    map.on("touchmove", carry);
    // The button may be let go outside the map.
    for (const name of ["mouseup", "touchend", "touchcancel"]) window.addEventListener(name, () => { this.#release(); });
  }

  #release(): void {
    const held = this.#carried;
    this.#carried = null;
    if (held === null) return;
    this.#map.getCanvas().style.cursor = "";
    if (held.isMoved) this.#events.onDrop();
  }

  /** What is carried is put back: the page has taken it back. */
  letGo(): void {
    this.#carried = null;
    this.#map.getCanvas().style.cursor = "";
  }

  #first(at: PointLike | [PointLike, PointLike], layer: string): Readonly<Record<string, unknown>> | null {
    return this.#map.queryRenderedFeatures(at, { layers: [layer] })[0]?.properties ?? null;
  }

  #under({ x, y }: { readonly x: number; readonly y: number }): Under {
    const box: [PointLike, PointLike] = [[x - REACH, y - REACH], [x + REACH, y + REACH]];
    const point = this.#first(box, "points");
    const gap = point === null ? this.#first([x, y], "gap-ranks") : null;
    const cell = this.#first([x, y], "cells");
    if (this.#carried === null) this.#map.getCanvas().style.cursor = point !== null ? "grab" : gap !== null ? "pointer" : "";
    const text = (one: Readonly<Record<string, unknown>> | null, name: string): string | null => {
      const value = one?.[name];
      return typeof value === "string" ? value : null;
    };
    return { point: text(point, "id"), gap: text(gap, "cell"), cell: text(cell, "cell"), x, y };
  }

  setData(source: SourceName, data: GeoJSON): void {
    void this.#map.getSource<GeoJSONSource>(source)?.setData(data);
    if (source === "cells") this.#drawn = new Map();
  }

  /** Gives cells their classes; those that have theirs already are left alone. Gives back how many were not. */
  paint(classes: ReadonlyMap<string, number>): number {
    let n = 0;
    for (const [id, k] of classes) {
      if (this.#drawn.get(id) === k) continue;
      this.#map.setFeatureState({ source: "cells", id }, { k });
      this.#drawn.set(id, k);
      n += 1;
    }
    return n;
  }

  showLayer(layer: Layer): void {
    this.#map.setPaintProperty("cells", "fill-color", colourOf(layer));
  }

  /** Takes up the colours that are in force now. */
  recolour(layer: Layer): void {
    recolour(this.#map, plannerStyle(), plannerImages());
    this.showLayer(layer);
  }

  fit(bounds: Bounds, padding = 20): void {
    this.#map.fitBounds(bounds, { padding, animate: mayMove(), duration: 500, maxZoom: 13 });
  }

  /** Brings a place into view; one that is in view is left where it is. */
  reveal({ lon, lat }: Place): void {
    if (this.#map.getBounds().contains([lon, lat]) && this.#map.getZoom() > 10.5) return;
    const to = { center: [lon, lat] as [number, number], zoom: Math.max(this.#map.getZoom(), 11.5) };
    if (mayMove()) this.#map.easeTo({ ...to, duration: 500 });
    else this.#map.jumpTo(to);
  }

  /** Moves the map along when a place is about to leave it. */
  keepInSight(at: Place): void {
    const { x, y } = this.at(at);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const edge = 50;
    const by = (value: number, size: number): number => (value < edge ? value - edge : value > size - edge ? value - size + edge : 0);
    const shift: [number, number] = [by(x, clientWidth), by(y, clientHeight)];
    if (shift[0] !== 0 || shift[1] !== 0) this.#map.panBy(shift, { animate: false });
  }

  zoomBy(by: number): void {
    this.#map.zoomTo(this.#map.getZoom() + by, { animate: mayMove(), duration: 250 });
  }

  get centre(): Place {
    const { lng, lat } = this.#map.getCenter();
    return { lon: lng, lat };
  }

  at({ lon, lat }: Place): { readonly x: number; readonly y: number } {
    return this.#map.project([lon, lat]);
  }

  whenIdle(run: () => void): void {
    void this.#map.once("idle", run);
  }

  /** Once what was painted is on the screen. */
  whenDrawn(run: () => void): void {
    void this.#map.once("render", run);
    this.#map.triggerRepaint();
  }

  cursor(isPlacing: boolean): void {
    this.#map.getCanvas().style.cursor = isPlacing ? "crosshair" : "";
  }

  resize(): void {
    this.#map.resize();
  }

  label(text: string): void {
    this.#map.getCanvas().setAttribute("aria-label", text);
  }
}
