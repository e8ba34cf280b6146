/** The map's style, wholly from our own data: no tiles, no glyph server, no sprite, no other host. */
import type { ExpressionSpecification, GeoJSONSourceSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import { token } from "./images.ts";

export const FONT = "IBM Plex Sans Variable";

const empty = (): GeoJSONSourceSpecification => ({ type: "geojson", data: { type: "FeatureCollection", features: [] } });

/** Upper ends of the classes of travel minutes; the last class is open. */
export const MINUTE_STEPS = [10, 20, 30, 45] as const;

export const minuteColours = (): string[] =>
  ["--reach-1", "--reach-2", "--reach-3", "--reach-4", "--reach-5"].map(token);

export const coveredColour = (): ExpressionSpecification =>
  ["case", ["get", "covered"], token("--reach-yes"), token("--reach-no")];

export function minutesColour(): ExpressionSpecification {
  const [first = "", ...others] = minuteColours();
  return ["step", ["get", "minutes"], first, ...MINUTE_STEPS.flatMap((end, i) => [end, others[i] ?? ""])] as ExpressionSpecification;
}

// Marks grow with the zoom; at the whole city's scale the quiet ones stay small so that the loud ones are seen.
const markSize: ExpressionSpecification = [
  "interpolate", ["linear"], ["zoom"],
  8, ["match", ["get", "icon"], ["point-over", "branch-over"], 0.74, ["point-busy", "branch-busy"], 0.68, 0.58],
  10, ["match", ["get", "icon"], ["point-over", "branch-over"], 0.88, ["point-busy", "branch-busy"], 0.82, 0.74],
  12.5, ["match", ["get", "icon"], ["point-over", "branch-over"], 1.05, 1],
];

const markOffset: ExpressionSpecification = [
  "match", ["get", "slot"], 0, ["literal", [0, 0]], 1, ["literal", [17, -12]], 2, ["literal", [-17, -12]], ["literal", [0, 20]],
];

function layers(): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": token("--map-ground") } },
    { id: "land", type: "fill", source: "units", paint: { "fill-color": token("--map-land"), "fill-antialias": false } },
    {
      id: "cells", type: "fill", source: "cells", layout: { visibility: "none" },
      paint: { "fill-color": token("--reach-yes"), "fill-opacity": 0.82, "fill-antialias": false },
    },
    {
      id: "cells-approximate", type: "fill", source: "cells", filter: ["==", ["get", "approximate"], true],
      layout: { visibility: "none" }, paint: { "fill-pattern": "hatch", "fill-antialias": false },
    },
    {
      id: "roads", type: "line", source: "roads",
      paint: {
        "line-color": token("--map-road"),
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 11, 0.8, 14, 2],
        "line-opacity": 0.8,
      },
    },
    {
      id: "outlines", type: "line", source: "units",
      paint: {
        "line-color": token("--map-outline"),
        "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 12, 1.2],
      },
    },
    {
      id: "unit-open", type: "line", source: "units", filter: ["==", ["get", "code"], ""],
      paint: { "line-color": token("--accent"), "line-width": 1.4, "line-opacity": 0.75 },
    },
    {
      id: "labels", type: "symbol", source: "labels", minzoom: 10.4,
      layout: {
        "text-field": ["get", "name"], "text-font": [FONT], "text-max-width": 8, "text-padding": 4,
        "text-variable-anchor": ["center", "bottom", "top", "left", "right"], "text-radial-offset": 1.1, "text-justify": "auto",
        "text-size": ["interpolate", ["linear"], ["zoom"], 10.4, 10.5, 13, 13],
      },
      paint: {
        "text-color": token("--map-label"), "text-halo-color": token("--map-land"), "text-halo-width": 1.4,
      },
    },
    // The upper layers are placed first: a name gives way to a mark, a mark to nothing.
    {
      id: "open-ring", type: "symbol", source: "sites", filter: ["==", ["get", "open"], true],
      layout: {
        "icon-image": "ring", "icon-size": markSize, "icon-offset": markOffset,
        "icon-allow-overlap": true, "icon-ignore-placement": true,
      },
    },
    {
      id: "sites", type: "symbol", source: "sites",
      layout: {
        "icon-image": ["get", "icon"], "icon-size": markSize, "icon-offset": markOffset,
        "icon-allow-overlap": true, "symbol-sort-key": ["get", "order"],
      },
    },
  ];
}

export function mapStyle(): StyleSpecification {
  return {
    version: 8,
    sources: { units: empty(), roads: empty(), cells: empty(), labels: empty(), sites: empty() },
    layers: layers(),
  };
}
