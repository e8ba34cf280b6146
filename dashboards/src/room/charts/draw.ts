/**
 * What the charts of all pages are drawn with: texts, lines, an axis of time, a target by name, a hatch, and the frame of
 * a picture that is named and described for who does not see it. Classes are those of `charts.css`. A mark of which a number
 * is not finite has no place: it is not drawn, and the picture's values say what is known.
 */
import { hourMinute } from "../../i18n/format.ts";
import type { Lang } from "../../i18n/index.ts";
import { svg } from "../../ui/dom.ts";
import { isPlaced, ticksOf } from "./scale.ts";

type Attrs = Readonly<Record<string, string>>;

export const n = (value: number): string => value.toFixed(1);

/** A mark by its numbers, or one of nothing where they are no place. */
const mark = (tag: string, numbers: Readonly<Record<string, number>>, attrs: Attrs): SVGElement =>
  (isPlaced(...Object.values(numbers)) ? svg(tag, { ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, n(value)])), ...attrs }) : svg("g", { "data-unplaced": tag }));

export function textAt(x: number, y: number, words: string, attrs: Attrs = {}): SVGElement {
  const node = mark("text", { x, y }, attrs);
  if (isPlaced(x, y)) node.textContent = words;
  return node;
}

export const lineAt = (x1: number, y1: number, x2: number, y2: number, kind: string): SVGElement => mark("line", { x1, y1, x2, y2 }, { class: kind });

export const rectAt = (x: number, y: number, width: number, height: number, attrs: Attrs): SVGElement =>
  mark("rect", { x, y, width: Math.max(0, width), height: Math.max(0, height) }, attrs);

export const dotAt = (x: number, y: number, r: number, kind: string): SVGElement => mark("circle", { cx: x, cy: y, r }, { class: kind });

/** What is told of a mark when it is pointed at. */
export function told(node: SVGElement, words: string): SVGElement {
  const title = svg("title", {});
  title.textContent = words;
  node.prepend(title);
  return node;
}

/** Round times with a line up through the chart from its foot. */
export function timeAxis(lang: Lang, [from, to]: readonly [number, number], x: (at: number) => number, { top, floor, most }: { readonly top: number; readonly floor: number; readonly most: number }): SVGElement[] {
  return ticksOf(from, to, most).flatMap((at) => [
    lineAt(x(at), top, x(at), floor, "chart-tick"),
    textAt(x(at), floor + 15, hourMinute(lang, at), { class: "chart-time", "text-anchor": "middle" }),
  ]);
}

/** A target or limit is a dashed line with its name on it. */
export const targetLine = (x1: number, x2: number, y: number, words: string, at: "start" | "end" = "start"): SVGElement[] => [
  lineAt(x1, y, x2, y, "chart-limit"),
  textAt(at === "start" ? x1 + 2 : x2 - 2, y - 5, words, { class: "chart-limit-label", "text-anchor": at }),
];

let made = 0;

/** Lines over what is not known or not whole: told without colour, on paper too. Gives the definition and how it is used. */
export function hatch(kind: "none" | "part"): { readonly defs: SVGElement; readonly fill: string } {
  const id = `chart-hatch-${++made}`;
  const size = kind === "none" ? "6" : "4";
  const pattern = svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("line", { class: kind === "none" ? "chart-hatch" : "chart-hatch is-part", x1: "0", y1: "0", x2: "0", y2: size }));
  return { defs: svg("defs", {}, pattern), fill: `url(#${id})` };
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly text: string;
  readonly testid: string;
  readonly kind?: string;
}

/** The picture itself, at the size that it is seen at: its words are as large as all others. */
export function picture({ width, height, title, text, testid, kind = "" }: Picture, ...parts: readonly SVGElement[]): SVGElement {
  const [name, about] = [`chart-${++made}-title`, `chart-${made}-text`];
  const [titleNode, textNode] = [svg("title", { id: name }), svg("desc", { id: about })];
  titleNode.textContent = title;
  textNode.textContent = text;
  return svg("svg", {
    class: `chart-picture ${kind}`.trim(), width: n(width), height: n(height), viewBox: `0 0 ${n(width)} ${n(height)}`,
    role: "img", "aria-labelledby": name, "aria-describedby": about, "data-testid": testid,
  }, titleNode, textNode, ...parts);
}
