/** Draws a day: its lanes on one axis of time, and where the cursor lies in it. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { hourMinute } from "../../i18n/format.ts";
import { svg } from "../../ui/dom.ts";
import { hatch, lineAt, picture, rectAt, textAt, told } from "../charts/draw.ts";
import { linear, ticksOf } from "../charts/scale.ts";
import { lanesOf } from "./lanes.ts";
import type { Day, Span } from "./model.ts";

/** Above all lanes: the cursor has its time there. */
const TOP = 16;
const HEAD = 20;
const GAP = 14;
const FOOT = 22;
const LEFT = 34;
const RIGHT = 12;

export interface Asked {
  readonly lang: Lang;
  readonly day: Day;
  readonly target: number | null;
  readonly title: string;
  readonly text: string;
  readonly name: (span: Span) => string;
}

/** Where an instant lies in a picture of a width, and which instant a place is. Pure. */
export const placeOf = ({ from, to }: Pick<Day, "from" | "to">, width: number): ((at: number) => number) => linear(from, to, LEFT, width - RIGHT);
export const instantOf = ({ from, to }: Pick<Day, "from" | "to">, width: number): ((x: number) => number) => linear(LEFT, width - RIGHT, from, to);

export function drawDay({ lang, day, target, title, text, name }: Asked, width: number): SVGElement {
  const t = catalogue(lang).day;
  const x = placeOf(day, width);
  const right = width - RIGHT;
  const lanes = lanesOf(lang, day, target, width, name);
  const [part, none] = [hatch("part"), hatch("none")];
  const parts: SVGElement[] = [part.defs, none.defs];
  const height = lanes.reduce((sum, lane) => sum + HEAD + lane.height + GAP, TOP) + FOOT;
  const ticks = ticksOf(day.from, day.to, Math.max(3, Math.floor((right - LEFT) / 56)));
  parts.push(...ticks.map((at) => lineAt(x(at), TOP + HEAD, x(at), height - FOOT, "chart-tick")));
  // What has not been yet is no figure of nothing.
  if (day.until < day.to) parts.push(told(rectAt(x(day.until), TOP + HEAD, x(day.to) - x(day.until), height - FOOT - HEAD - TOP, { fill: none.fill, class: "chart-ahead" }), t.notYet));
  let top = TOP;
  for (const lane of lanes) {
    const [begin, floor] = [top + HEAD, top + HEAD + lane.height];
    parts.push(svg("g", { "data-lane": lane.key }, textAt(0, top + 13, lane.title, { class: "chart-lane" }),
      ...lane.draw({ lang, day, x, left: LEFT, right, top: begin, floor, hatch: part.fill, none: none.fill })));
    top = floor + GAP;
  }
  parts.push(...ticks.map((at) => textAt(x(at), height - 6, hourMinute(lang, at), { class: "chart-time", "text-anchor": at === day.from ? "start" : at === day.to ? "end" : "middle" })));
  const cursor = svg("g", { class: "day-cursor", "data-page-only": "", visibility: "hidden" }, lineAt(0, TOP, 0, height - FOOT, "day-cursor-line"), textAt(0, TOP - 4, "", { class: "chart-label", "text-anchor": "middle" }));
  return picture({ width, height, title, text, testid: "day-picture" }, ...parts, cursor);
}

/** Moves the cursor of a drawn day; nothing is drawn anew for it. */
export function moveCursor(drawn: SVGElement, lang: Lang, day: Day, width: number, at: number | null): void {
  const cursor = drawn.querySelector(".day-cursor");
  if (cursor === null) return;
  cursor.setAttribute("visibility", at === null ? "hidden" : "visible");
  if (at === null) return;
  const x = placeOf(day, width)(at);
  cursor.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
  const words = cursor.querySelector("text");
  if (words === null) return;
  words.textContent = hourMinute(lang, at);
  words.setAttribute("text-anchor", x > width - 40 ? "end" : x < 40 ? "start" : "middle");
}
