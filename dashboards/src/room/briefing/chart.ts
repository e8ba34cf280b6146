/** A chart of a paper: bars that lie or a line, each point with its figure, and the target by name. Shape and words say all; colour nothing alone. */
import { h, svg } from "../../ui/dom.ts";
import type { Chart } from "./view.ts";

const WIDTH = 640;
const ROW = 26;
const LABELS = 190;

/** The greatest value that is drawn; 1 where there is none. Pure. */
export function topOf({ points, target }: Pick<Chart, "points" | "target">): number {
  const values = points.flatMap(({ value, before }) => [value ?? 0, before ?? 0]);
  return Math.max(...values, target?.value ?? 0) || 1;
}

const text = (x: number, y: number, words: string, anchor: string, kind: string): SVGElement => {
  const node = svg("text", { x: String(x), y: String(y), "text-anchor": anchor, class: kind });
  node.textContent = words;
  return node;
};

function bars(chart: Chart): SVGElement {
  const top = topOf(chart);
  const width = (value: number): number => (value / top) * (WIDTH - LABELS - 90);
  const height = chart.points.length * ROW + 24;
  const nodes = chart.points.flatMap(({ label, value, text: words }, at) => {
    const y = at * ROW;
    const bar = svg("rect", { x: String(LABELS), y: String(y + 4), width: String(width(value ?? 0)), height: String(ROW - 10), class: "paper-bar" });
    return [text(LABELS - 8, y + 17, label, "end", "paper-label"), bar, text(LABELS + width(value ?? 0) + 6, y + 17, words, "start", "paper-figure")];
  });
  if (chart.target !== null) {
    const x = LABELS + width(chart.target.value);
    nodes.push(svg("line", { x1: String(x), x2: String(x), y1: "0", y2: String(height - 22), class: "paper-target" }), text(x, height - 6, chart.target.label, "middle", "paper-label"));
  }
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": chart.alternative }, ...nodes);
}

function line(chart: Chart): SVGElement {
  const [height, foot, head] = [220, 34, 24];
  const top = topOf(chart);
  const step = WIDTH / Math.max(chart.points.length, 1);
  const x = (at: number): number => step * (at + 0.5);
  const y = (value: number): number => head + (1 - value / top) * (height - foot - head);
  const known = chart.points.map(({ value }, at) => (value === null ? null : ([x(at), y(value)] as const)));
  // Nothing is drawn over a point that was not measured.
  const runs = known.reduce<(readonly [number, number])[][]>((all, point) => {
    if (point === null) return [...all, []];
    all.at(-1)?.push(point);
    return all;
  }, [[]]);
  const nodes = runs.filter((run) => run.length > 1).map((run) => svg("polyline", { points: run.map((one) => one.join(",")).join(" "), class: "paper-line" }));
  chart.points.forEach(({ label, text: words }, at) => {
    const point = known[at];
    nodes.push(text(x(at), height - 10, label, "middle", "paper-label"));
    if (point) nodes.push(svg("circle", { cx: String(point[0]), cy: String(point[1]), r: "3.5", class: "paper-dot" }));
    nodes.push(text(x(at), (point?.[1] ?? height - foot) - 9, words, "middle", "paper-figure"));
  });
  if (chart.target !== null) {
    const at = y(chart.target.value);
    nodes.push(svg("line", { x1: "0", x2: String(WIDTH), y1: String(at), y2: String(at), class: "paper-target" }), text(WIDTH - 4, at - 5, chart.target.label, "end", "paper-label"));
  }
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": chart.alternative }, ...nodes);
}

export function figureOf(chart: Chart): HTMLElement {
  const drawn = h("div", { class: "paper-chart" });
  drawn.append(chart.drawn === "bars" ? bars(chart) : line(chart));
  return h("figure", {}, h("figcaption", { text: chart.title.includes(`(${chart.unit})`) ? chart.title : `${chart.title} (${chart.unit})` }), drawn);
}
