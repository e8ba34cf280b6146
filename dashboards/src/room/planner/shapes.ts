/**
 * The mark of each kind of point: its shape tells the kind, its make what is changed; neither needs colour. One
 * description serves the map (canvas) and the page (SVG). Drawn in a 20 × 20 box.
 */
import { svg } from "../../ui/dom.ts";

const circle = (r: number): string => `M${10 - r} 10a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

/** A branch is a square, a commune's point a circle, a community point a house, a mobile one a diamond. */
const PATHS: Readonly<Record<string, string>> = {
  branch: "M4 4h12v12H4z",
  point: circle(5.6),
  community: "M10 2.6 17 9v7.6H3V9z",
  mobile: "M10 2 18 10 10 18 2 10z",
  kiosk: "M7 3h6v14H7z",
};

export const pathOf = (kind: string): string => PATHS[kind] ?? circle(4);

export const MAKES = ["none", "moved", "added", "removed"] as const;
export type Make = (typeof MAKES)[number];

/** What is drawn over the shape: a moved point has a bar, an added one a plus, a removed one a cross. */
export const OVER: Readonly<Record<Make, string>> = {
  none: "",
  moved: "M6.8 10h6.4",
  added: "M10 6.8v6.4M6.8 10h6.4",
  removed: "M3 3 17 17M17 3 3 17",
};

export function kindGlyph(kind: string, make: Make = "none"): SVGElement {
  return svg("svg", { viewBox: "0 0 20 20", class: `glyph kind-glyph is-${make}`, "aria-hidden": "true" },
    svg("path", { d: pathOf(kind), class: "kind-shape" }), svg("path", { d: OVER[make], class: "kind-over" }));
}
