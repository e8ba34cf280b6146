/** The marks and patterns as images for the map, from the same shapes as the page's. */
import { PIXEL_RATIO, token } from "../../supervision/map/images.ts";
import { MAKES, OVER, pathOf } from "../shapes.ts";
import type { Make } from "../shapes.ts";
import { KINDS } from "../view.ts";

const BOX = 20;
const MARGIN = 3;

function canvas(size: number): CanvasRenderingContext2D | null {
  const node = document.createElement("canvas");
  node.width = size * PIXEL_RATIO;
  node.height = size * PIXEL_RATIO;
  const context = node.getContext("2d");
  context?.scale(PIXEL_RATIO, PIXEL_RATIO);
  return context;
}

const pixels = (context: CanvasRenderingContext2D): ImageData => context.getImageData(0, 0, context.canvas.width, context.canvas.height);

function drawMark(kind: string, make: Make): ImageData | null {
  const context = canvas(BOX + 2 * MARGIN);
  if (context === null) return null;
  context.translate(MARGIN, MARGIN);
  const shape = new Path2D(pathOf(kind));
  const isHollow = make === "removed";
  context.lineJoin = "round";
  context.strokeStyle = token("--map-rim");
  context.lineWidth = 3.4;
  context.stroke(shape);
  context.fillStyle = token(isHollow ? "--map-rim" : make === "none" ? "--point" : "--point-changed");
  context.fill(shape);
  context.strokeStyle = token(isHollow ? "--state-closed" : "--map-rim");
  context.lineWidth = isHollow ? 1.6 : 0.8;
  context.stroke(shape);
  if (make === "none") return pixels(context);
  const over = new Path2D(OVER[make]);
  context.lineCap = "round";
  context.strokeStyle = token(isHollow ? "--missed" : "--map-rim");
  context.lineWidth = 2;
  context.stroke(over);
  return pixels(context);
}

/** Where a moved point stands today. */
function drawGhost(): ImageData | null {
  const context = canvas(BOX);
  if (context === null) return null;
  context.strokeStyle = token("--text-2");
  context.setLineDash([3, 2.4]);
  context.lineWidth = 1.6;
  context.beginPath();
  context.arc(BOX / 2, BOX / 2, 6, 0, 2 * Math.PI);
  context.stroke();
  return pixels(context);
}

/** Lines, pluses or dots over a ground that is seen through. */
function drawPattern(size: number, colour: string, width: number, path: string): ImageData | null {
  const context = canvas(size);
  if (context === null) return null;
  context.strokeStyle = token(colour);
  context.lineWidth = width;
  context.stroke(new Path2D(path));
  return pixels(context);
}

export function plannerImages(): ReadonlyMap<string, ImageData> {
  const images = new Map<string, ImageData | null>([
    ["ghost", drawGhost()],
    ["hatch", drawPattern(6, "--map-hatch", 1.4, "M-6 6 0 0M0 6 6 0M6 6 12 0")],
    // What is gained is full of pluses, what is lost crossed: told apart without colour.
    ["gained", drawPattern(8, "--text", 1.5, "M4 1.6v4.8M1.6 4h4.8")],
    ["lost", drawPattern(8, "--text", 1.3, "M1 1 7 7M7 1 1 7")],
  ]);
  for (const kind of KINDS) for (const make of MAKES) images.set(`${kind}-${make}`, drawMark(kind, make));
  const drawn = [...images].filter((one): one is [string, ImageData] => one[1] !== null);
  return new Map(drawn);
}
