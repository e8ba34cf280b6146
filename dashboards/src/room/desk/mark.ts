/** The mark of a priority: its shape tells it apart without colour; it is hollow once the condition is gone. */
import type { Case, Priority } from "../../live/views.ts";
import { svg } from "../../ui/dom.ts";
import { SHAPES } from "../../ui/shapes.ts";
import type { Shape } from "../../ui/shapes.ts";

const OF: Readonly<Record<Priority, Shape>> = { high: SHAPES.over, medium: SHAPES.busy, low: SHAPES.ok };

export class PriorityMark {
  readonly node: SVGElement;
  readonly #path = svg("path", { "stroke-width": "1.8" });
  #sign = "";

  constructor() {
    this.node = svg("svg", { viewBox: "0 0 20 20", class: "glyph", "aria-hidden": "true" }, this.#path);
  }

  set(priority: Priority, isStanding: boolean): void {
    const sign = `${priority}${isStanding}`;
    if (sign === this.#sign) return;
    this.#sign = sign;
    const { path, colour } = OF[priority];
    this.#path.setAttribute("d", path);
    this.#path.setAttribute("fill", isStanding ? `var(${colour})` : "none");
    this.#path.setAttribute("stroke", isStanding ? "none" : `var(${colour})`);
  }
}

export function markOf({ priority, standing }: Pick<Case, "priority" | "standing">): SVGElement {
  const mark = new PriorityMark();
  mark.set(priority, standing);
  return mark.node;
}
