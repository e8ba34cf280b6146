/** Draws a laid-out process: boxes with how often, arrows with how often and the median time, the broader the more. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { count } from "../../i18n/format.ts";
import { svg } from "../../ui/dom.ts";
import { layOut } from "./layout.ts";
import type { Place, Routed } from "./layout.ts";
import { activityWords, duration } from "./model.ts";
import type { Edge } from "./view.ts";

const BOX = { width: 128, height: 52 };
const GAP = 80;
const ROW = 68;
const MARGIN = 26;
/** Letters on one line of a box. */
const LETTERS = 19;
/** How far below its counterpart an arrow back runs. */
const BESIDE = 14;

const left = ({ layer }: Place): number => MARGIN + layer * (BOX.width + GAP);
const middle = ({ row }: Place): number => MARGIN + BOX.height / 2 + row * ROW;

/** A text on lines of so many letters, two at most. */
export function lines(text: string, letters = LETTERS): string[] {
  const made = [""];
  for (const word of text.split(" ")) {
    const last = made.at(-1) ?? "";
    if (last !== "" && last.length + 1 + word.length > letters) made.push(word);
    else made[made.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  const [first = "", ...rest] = made;
  if (rest.length === 0) return [first];
  const second = rest.join(" ");
  return [first, second.length > letters + 1 ? `${second.slice(0, letters)}…` : second];
}

const n = (value: number): string => value.toFixed(1);

/** The line of an arrow and where its words stand. */
function line({ way, isBack }: Routed<Edge>): { readonly d: string; readonly x: number; readonly y: number } {
  const [first] = way;
  if (first === undefined) return { d: "", x: 0, y: 0 };
  if (way.length === 1) {
    const [x, y] = [left(first) + BOX.width / 2, middle(first) - BOX.height / 2];
    return { d: `M${n(x + 16)} ${n(y)}C${n(x + 26)} ${n(y - 24)} ${n(x - 26)} ${n(y - 24)} ${n(x - 16)} ${n(y)}`, x, y: y - 18 };
  }
  const y = (place: Place): number => middle(place) + (isBack ? BESIDE : 0);
  // An arrow leaves a box on the side that it goes to, and runs straight where it passes a layer.
  const out = (place: Place): number => left(place) + (isBack ? 0 : BOX.width);
  const into = (place: Place): number => left(place) + (isBack ? BOX.width : 0);
  const parts = [`M${n(out(first))} ${n(y(first))}`];
  for (const [i, place] of way.entries()) {
    const before = way[i - 1];
    if (before === undefined) continue;
    const half = (into(place) - out(before)) / 2;
    parts.push(`C${n(out(before) + half)} ${n(y(before))} ${n(into(place) - half)} ${n(y(place))} ${n(into(place))} ${n(y(place))}`);
    if (i < way.length - 1) parts.push(`H${n(out(place))}`);
  }
  const d = parts.join("");
  const [, second = first] = way;
  // Where it runs straight, or between two boxes; words of one back stand below those of the one on.
  const passed = way.length > 2 ? way[Math.floor((way.length - 1) / 2)] : undefined;
  if (passed !== undefined) return { d, x: left(passed) + BOX.width / 2, y: y(passed) };
  return { d, x: (out(first) + into(second)) / 2, y: (y(first) + y(second)) / 2 + (isBack ? BESIDE : 0) };
}

const marker = (id: string, kind: string): SVGElement =>
  svg("marker", { id, viewBox: "0 0 8 8", refX: "7", refY: "4", markerWidth: "8", markerHeight: "8", markerUnits: "userSpaceOnUse", orient: "auto" },
    svg("path", { d: "M0 0 8 4 0 8z", class: `flow-head ${kind}` }));

function text(x: number, y: number, words: string, kind: string): SVGElement {
  const node = svg("text", { x: n(x), y: n(y), class: kind, "text-anchor": "middle" });
  node.textContent = words;
  return node;
}

function titled(node: SVGElement, words: string): SVGElement {
  const title = svg("title", {});
  title.textContent = words;
  node.prepend(title);
  return node;
}

function edgeWords(lang: Lang, { from, to, count: times, median_hours: hours }: Edge): string {
  const t = catalogue(lang).agencyPage;
  const way = t.way(activityWords(lang, from), activityWords(lang, to));
  return `${way}: ${count(lang, times)}${hours === null ? "" : `, ${t.median} ${duration(lang, hours)}`}`;
}

function arrow(lang: Lang, routed: Routed<Edge>, most: number): { readonly stroke: SVGElement; readonly words: SVGElement } {
  const { arrow: edge, isBack } = routed;
  const { d, x, y } = line(routed);
  const stroke = svg("path", { d, class: "flow-line", "data-back": String(isBack || edge.from === edge.to), "marker-end": `url(#flow-${isBack ? "back" : "on"})` });
  stroke.style.strokeWidth = (1 + 4 * Math.sqrt(edge.count / most)).toFixed(2);
  const words = svg("g", { class: "flow-words" }, text(x, y - 3, count(lang, edge.count), "flow-count"));
  if (edge.median_hours !== null) words.append(text(x, y + 10, duration(lang, edge.median_hours), "flow-hours"));
  return { stroke: titled(stroke, edgeWords(lang, edge)), words };
}

function box(lang: Lang, place: Place, times: number | null): SVGElement {
  const [x, y] = [left(place), middle(place) - BOX.height / 2];
  const words = activityWords(lang, place.id);
  const isEnd = place.id === "begin" || place.id === "end";
  const rows = lines(words);
  const told = times === null ? rows : [...rows, count(lang, times)];
  const first = y + BOX.height / 2 - (told.length - 1) * 7.5 + 4;
  const node = svg("g", { class: isEnd ? "flow-box is-end" : "flow-box", "data-activity": place.id },
    svg("rect", { x: n(x), y: n(y), width: String(BOX.width), height: String(BOX.height), rx: isEnd ? "26" : "3" }),
    ...told.map((row, i) => text(x + BOX.width / 2, first + i * 15, row, i === rows.length ? "flow-times" : "flow-name")));
  return titled(node, times === null ? words : `${words}: ${count(lang, times)}`);
}

/** `times` tells how often an activity was done; the begin and the end are none. */
export function graph(lang: Lang, edges: readonly Edge[], times: ReadonlyMap<string, number>): SVGElement {
  const layout = layOut(edges);
  const width = 2 * MARGIN + layout.layers * (BOX.width + GAP) - GAP;
  const height = 2 * MARGIN + (layout.rows - 1) * ROW + BOX.height;
  const most = Math.max(...edges.map((edge) => edge.count));
  const drawn = layout.routed.map((routed) => arrow(lang, routed, most));
  const top = edges.slice(0, 3).map((edge) => edgeWords(lang, edge)).join("; ");
  const node = svg("svg", { class: "flow-graph", viewBox: `0 0 ${n(width)} ${n(height)}`, role: "img", "data-edges": String(edges.length), "aria-label": catalogue(lang).agencyPage.graphLabel(count(lang, edges.length), top) },
    svg("defs", {}, marker("flow-on", "is-on"), marker("flow-back", "is-back")),
    ...drawn.map(({ stroke }) => stroke),
    ...layout.places.map((place) => box(lang, place, times.get(place.id) ?? null)),
    ...drawn.map(({ words }) => words));
  // It shrinks a little to fit and then scrolls: smaller, it could not be read.
  node.style.maxWidth = `${width}px`;
  node.style.minWidth = `${Math.round(width * 0.8)}px`;
  return node;
}
