/** One MapLibre map over the pack's data. The room has two: the whole city, and the dense middle beside it. */
import { Map as GlMap, setWorkerCount, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, MapGeoJSONFeature, MapMouseEvent } from "maplibre-gl";
import type { GeoJSON } from "geojson";
import "maplibre-gl/dist/maplibre-gl.css";
// The worker is a file of our own origin, so that the page's policy need not allow `blob:` workers.
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { CoverageMode } from "../state.ts";
import type { Bounds, SiteFeatures } from "./geometry.ts";
import { PIXEL_RATIO, mapImages } from "./images.ts";
import { recolour } from "./recolour.ts";
import { FONT, coveredColour, mapStyle, minutesColour } from "./style.ts";

setWorkerUrl(workerUrl);
// One more than the roads can keep busy, so that the points never wait behind them.
setWorkerCount(2);

export interface Hovered {
  readonly layer: "sites" | "cells";
  readonly properties: Readonly<Record<string, unknown>>;
  readonly x: number;
  readonly y: number;
}

export interface MapEvents {
  onHover(hovered: Hovered | null): void;
  onPick(id: string): void;
  onZoom(zoom: number): void;
}

export type Padding = number | { top: number; bottom: number; left: number; right: number };

/** How near a pointer must be to a mark, in pixels: marks are small, fingers are not. */
const REACH = 7;

export class MapView {
  readonly #map: GlMap;
  readonly ready: Promise<void>;

  constructor(container: HTMLElement, options: { interactive: boolean; bounds: Bounds; padding: Padding }, events: MapEvents) {
    this.#map = new GlMap({
      container,
      style: mapStyle(),
      bounds: options.bounds,
      fitBoundsOptions: { padding: options.padding },
      interactive: options.interactive,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      minZoom: 7,
      maxZoom: 16,
      renderWorldCopies: false,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    for (const [name, image] of mapImages()) {
      this.#map.addImage(name, image, { pixelRatio: PIXEL_RATIO });
    }
    this.#listen(events);
    const loaded = new Promise<void>((done) => { void this.#map.once("load", () => { done(); }); });
    // Labels are drawn with the page's own font: it must be there before the first of them.
    const font = document.fonts.load(`12px "${FONT}"`, "Phường Ba Đình ằữỵ");
    this.ready = Promise.all([loaded, font]).then(() => undefined);
  }

  #listen(events: MapEvents): void {
    this.#map.on("mousemove", (event) => { events.onHover(this.#at(event)); });
    this.#map.on("mouseout", () => { events.onHover(null); });
    this.#map.on("zoomend", () => { events.onZoom(this.#map.getZoom()); });
    this.#map.on("movestart", () => { events.onHover(null); });
    this.#map.on("click", (event) => {
      const found = this.#at(event);
      if (found?.layer === "sites") events.onPick(String(found.properties["id"]));
    });
  }

  #at({ point, lngLat }: MapMouseEvent): Hovered | null {
    const box: [[number, number], [number, number]] = [[point.x - REACH, point.y - REACH], [point.x + REACH, point.y + REACH]];
    const near = this.#map.queryRenderedFeatures(box, { layers: ["sites"] });
    const mark = near.reduce<MapGeoJSONFeature | null>((best, one) => (!best || distance(one, lngLat) < distance(best, lngLat) ? one : best), null);
    const cell = mark ? null : this.#map.queryRenderedFeatures(point, { layers: ["cells"] })[0];
    this.#map.getCanvas().style.cursor = mark ? "pointer" : "";
    const found = mark ?? cell;
    if (!found) return null;
    return { layer: mark ? "sites" : "cells", properties: found.properties, x: point.x, y: point.y };
  }

  setData(source: "units" | "roads" | "cells" | "labels" | "sites", data: GeoJSON | SiteFeatures): void {
    void this.#map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  markUnit(code: string | null): void {
    this.#map.setFilter("unit-open", ["==", ["get", "code"], code ?? ""]);
  }

  showCoverage(mode: CoverageMode): void {
    const visibility = mode === "off" ? "none" : "visible";
    this.#map.setLayoutProperty("cells", "visibility", visibility);
    this.#map.setLayoutProperty("cells-approximate", "visibility", visibility);
    if (mode !== "off") this.#map.setPaintProperty("cells", "fill-color", mode === "covered" ? coveredColour() : minutesColour());
  }

  /** Takes up the colours that are in force now. Cells are the caller's, by what it shows of them. */
  recolour(): void {
    recolour(this.#map, mapStyle(), mapImages());
  }

  fit(bounds: Bounds, padding: Padding): void {
    this.#map.fitBounds(bounds, { padding, animate: mayMove(), duration: 500 });
  }

  /** Brings a site into view, without moving the map more than that needs. */
  reveal(lon: number, lat: number): void {
    const zoom = Math.max(this.#map.getZoom(), 12);
    if (mayMove()) this.#map.easeTo({ center: [lon, lat], zoom, duration: 500 });
    else this.#map.jumpTo({ center: [lon, lat], zoom });
  }

  zoomBy(by: number): void {
    this.#map.zoomTo(this.#map.getZoom() + by, { animate: mayMove(), duration: 250 });
  }

  /** Once everything given so far has been drawn. */
  whenIdle(run: () => void): void {
    void this.#map.once("idle", run);
  }

  label(text: string): void {
    this.#map.getCanvas().setAttribute("aria-label", text);
  }
}

const mayMove = (): boolean => !matchMedia("(prefers-reduced-motion: reduce)").matches;

function distance(feature: MapGeoJSONFeature, { lng, lat }: { lng: number; lat: number }): number {
  if (feature.geometry.type !== "Point") return Infinity;
  const [x = 0, y = 0] = feature.geometry.coordinates;
  return Math.hypot(x - lng, y - lat);
}
