/** The marks of the states and the hatching as images for the map, from the same shapes as the list's. */
import { SITE_STATES } from "../../../live/views.ts";
import { SHAPES } from "../../../ui/shapes.ts";
import type { Shape } from "../../../ui/shapes.ts";

export const token = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const BOX = 20;
export const PIXEL_RATIO = 3;

function canvas(size: number): CanvasRenderingContext2D | null {
  const node = document.createElement("canvas");
  node.width = size * PIXEL_RATIO;
  node.height = size * PIXEL_RATIO;
  const context = node.getContext("2d");
  context?.scale(PIXEL_RATIO, PIXEL_RATIO);
  return context;
}

const pixels = (context: CanvasRenderingContext2D): ImageData =>
  context.getImageData(0, 0, context.canvas.width, context.canvas.height);

function drawMark(shape: Shape, branch: boolean): ImageData | null {
  const margin = 4;
  const context = canvas(BOX + 2 * margin);
  if (!context) return null;
  context.translate(margin, margin);
  const path = new Path2D(shape.path);
  const colour = token(shape.colour);
  if (branch) {
    // A branch has a ring around its mark.
    context.beginPath();
    context.arc(BOX / 2, BOX / 2, BOX / 2 + 1.8, 0, 2 * Math.PI);
    context.fillStyle = token("--map-rim");
    context.globalAlpha = 0.7;
    context.fill();
    context.strokeStyle = colour;
    context.lineWidth = 1.4;
    context.globalAlpha = 0.75;
    context.stroke();
    context.globalAlpha = 1;
  }
  context.setLineDash([...shape.dash]);
  if (shape.filled) {
    // A dark rim keeps neighbours apart where the city is dense.
    context.strokeStyle = token("--map-rim");
    context.lineWidth = 2.6;
    context.stroke(path);
    context.fillStyle = colour;
    context.fill(path);
  } else {
    context.fillStyle = token("--map-rim");
    context.fill(path);
    context.strokeStyle = colour;
    context.lineWidth = shape.stroke + 0.3;
    context.stroke(path);
  }
  return pixels(context);
}

/** Stands around the mark of the site that is open. An image like the marks, so that it shares their offset. */
function drawRing(): ImageData | null {
  const size = 40;
  const context = canvas(size);
  if (!context) return null;
  context.strokeStyle = token("--accent");
  context.lineWidth = 2;
  context.beginPath();
  context.arc(size / 2, size / 2, 16, 0, 2 * Math.PI);
  context.stroke();
  return pixels(context);
}

function drawHatch(): ImageData | null {
  const size = 6;
  const context = canvas(size);
  if (!context) return null;
  context.strokeStyle = token("--map-hatch");
  context.lineWidth = 1.6;
  for (const shift of [-size, 0, size]) {
    context.beginPath();
    context.moveTo(shift, size);
    context.lineTo(shift + size, 0);
    context.stroke();
  }
  return pixels(context);
}

export function mapImages(): ReadonlyMap<string, ImageData> {
  const images = new Map<string, ImageData>();
  for (const state of SITE_STATES) {
    for (const kind of ["point", "branch"] as const) {
      const image = drawMark(SHAPES[state], kind === "branch");
      if (image) images.set(`${kind}-${state}`, image);
    }
  }
  const ring = drawRing();
  if (ring) images.set("ring", ring);
  const hatch = drawHatch();
  if (hatch) images.set("hatch", hatch);
  return images;
}
