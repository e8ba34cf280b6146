/** The planner's map: cells by their class, what turns over them, gaps, points. Wholly from our own data. */
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { token } from "../../supervision/map/images.ts";
import { FONT } from "../../supervision/map/style.ts";
import { UNKNOWN } from "../cells.ts";
import type { Layer } from "../cells.ts";

// Nothing is simplified: a hexagon that loses a corner at the city's scale leaves holes between cells.
const empty = (): GeoJSONSourceSpecification => ({ type: "geojson", tolerance: 0, data: { type: "FeatureCollection", features: [] } });

const MINUTES = ["--reach-1", "--reach-2", "--reach-3", "--reach-4", "--reach-5"];

/** The custom properties of a layer's colours, by class. */
export const COLOURS: Readonly<Record<Layer, readonly string[]>> = {
  reach: ["--reach-yes", "--reach-no"],
  minutes: MINUTES,
  served: MINUTES,
  people: ["--people-1", "--people-2", "--people-3", "--people-4", "--people-5"],
};

export function colourOf(layer: Layer): ExpressionSpecification {
  const pairs = COLOURS[layer].flatMap((name, i) => [i, token(name)]);
  return ["match", ["coalesce", ["feature-state", "k"], UNKNOWN], ...pairs, token("--reach-none")] as unknown as ExpressionSpecification;
}

const markSize: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 8, 0.52, 10, 0.7, 12.5, 1.05];
const isChosen: ExpressionSpecification = ["==", ["get", "chosen"], true];
const turned = (isGained: boolean): ExpressionSpecification => ["==", ["get", "gained"], isGained];

function layers(): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": token("--map-ground") } },
    { id: "land", type: "fill", source: "units", paint: { "fill-color": token("--map-land"), "fill-antialias": false } },
    { id: "cells", type: "fill", source: "cells", paint: { "fill-color": colourOf("reach"), "fill-opacity": 0.82, "fill-antialias": false } },
    { id: "approximate", type: "fill", source: "cells", filter: ["==", ["get", "approximate"], true], paint: { "fill-pattern": "hatch", "fill-antialias": false } },
    { id: "gained", type: "fill", source: "turned", filter: turned(true), paint: { "fill-pattern": "gained", "fill-antialias": false } },
    { id: "lost", type: "fill", source: "turned", filter: turned(false), paint: { "fill-pattern": "lost", "fill-antialias": false } },
    {
      id: "roads", type: "line", source: "roads",
      paint: { "line-color": token("--map-road"), "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 11, 0.8, 14, 2], "line-opacity": 0.8 },
    },
    {
      id: "outlines", type: "line", source: "units",
      paint: { "line-color": token("--map-outline"), "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 12, 1.2] },
    },
    {
      id: "gaps", type: "line", source: "gaps", layout: { "line-cap": "round" },
      paint: { "line-color": token("--gap-line"), "line-width": ["case", isChosen, 3.4, 1.3] },
    },
    {
      id: "moves", type: "line", source: "moves",
      paint: { "line-color": token("--point-changed"), "line-width": 1.6, "line-dasharray": [2, 1.6] },
    },
    {
      id: "labels", type: "symbol", source: "labels", minzoom: 10.4,
      layout: {
        "text-field": ["get", "name"], "text-font": [FONT], "text-max-width": 8, "text-padding": 4, "text-justify": "auto",
        "text-variable-anchor": ["center", "bottom", "top", "left", "right"], "text-radial-offset": 1.1,
        "text-size": ["interpolate", ["linear"], ["zoom"], 10.4, 10.5, 13, 13],
      },
      paint: { "text-color": token("--map-label"), "text-halo-color": token("--map-land"), "text-halo-width": 1.4 },
    },
    { id: "ghosts", type: "symbol", source: "ghosts", layout: { "icon-image": "ghost", "icon-size": markSize, "icon-allow-overlap": true } },
    {
      id: "points", type: "symbol", source: "points",
      layout: { "icon-image": ["get", "icon"], "icon-size": markSize, "icon-allow-overlap": true, "symbol-sort-key": ["get", "order"] },
    },
    // What is held moves with every step of the hand: alone in its source, it does not cost the others theirs.
    { id: "held", type: "symbol", source: "held", layout: { "icon-image": ["get", "icon"], "icon-size": markSize, "icon-allow-overlap": true, "icon-ignore-placement": true } },
    {
      // At the city's scale the largest are numbered; the rest as one comes nearer.
      id: "gap-ranks", type: "symbol", source: "gap-ranks", filter: ["any", isChosen, ["<=", ["get", "rank"], ["step", ["zoom"], 20, 10, 60, 11, 100_000]]],
      layout: {
        "text-field": ["to-string", ["get", "rank"]], "text-font": [FONT], "text-size": ["case", isChosen, 18, 13],
        "symbol-sort-key": ["case", isChosen, 0, ["get", "rank"]], "text-padding": 3,
      },
      paint: { "text-color": token("--text"), "text-halo-color": token("--map-rim"), "text-halo-width": 2 },
    },
  ];
}

export const SOURCES = ["units", "roads", "turned", "gaps", "moves", "labels", "ghosts", "points", "held", "gap-ranks"] as const;
export type SourceName = (typeof SOURCES)[number] | "cells";

export function plannerStyle(): StyleSpecification {
  const sources = Object.fromEntries(SOURCES.map((name) => [name, empty()]));
  // Cells are known by their own index, so that their classes can be set apart from their outlines.
  return { version: 8, sources: { ...sources, cells: { ...empty(), promoteId: "cell" } }, layers: layers() };
}
