/**
 * The mark of each state: its shape tells it apart without colour, its weight tells how much it asks for.
 * One description serves the list (SVG) and the map (canvas). Drawn in a 20 × 20 box.
 */
import type { SiteState } from "../live/views.ts";
import { svg } from "./dom.ts";

export interface Shape {
  readonly path: string;
  /** The custom property of `tokens.css` that holds the colour. */
  readonly colour: string;
  readonly filled: boolean;
  readonly dash: readonly number[];
  readonly stroke: number;
}

const circle = (r: number): string => `M${10 - r} 10a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

export const SHAPES: Readonly<Record<SiteState, Shape>> = {
  over: { path: "M10 1.8 18.2 10 10 18.2 1.8 10z", colour: "--state-over", filled: true, dash: [], stroke: 0 },
  busy: { path: "M10 3 17 15.8H3z", colour: "--state-busy", filled: true, dash: [], stroke: 0 },
  ok: { path: circle(4.4), colour: "--state-ok", filled: true, dash: [], stroke: 0 },
  closed: { path: "M4.5 8.4h11v3.2h-11z", colour: "--state-closed", filled: true, dash: [], stroke: 0 },
  no_data: { path: circle(5.4), colour: "--state-none", filled: false, dash: [2.9, 2.75], stroke: 1.7 },
};

export class Glyph {
  readonly node: SVGElement;
  readonly #path: SVGElement;
  #state: SiteState | null = null;

  constructor(state: SiteState) {
    this.#path = svg("path", {});
    this.node = svg("svg", { viewBox: "0 0 20 20", class: "glyph", "aria-hidden": "true" }, this.#path);
    this.set(state);
  }

  set(state: SiteState): void {
    if (state === this.#state) return;
    this.#state = state;
    const shape = SHAPES[state];
    this.#path.setAttribute("d", shape.path);
    this.#path.setAttribute("fill", shape.filled ? `var(${shape.colour})` : "none");
    this.#path.setAttribute("stroke", shape.stroke > 0 ? `var(${shape.colour})` : "none");
    this.#path.setAttribute("stroke-width", String(shape.stroke));
    this.#path.setAttribute("stroke-dasharray", shape.dash.join(" "));
  }
}
