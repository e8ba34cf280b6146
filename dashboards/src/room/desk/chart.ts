/** A figure's last hours against its limit. Labels stand at what they name; where nothing was sampled there is no line. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { hourMinute } from "../../i18n/format.ts";
import { svg } from "../../ui/dom.ts";
import { pathOf, pointsOf, runsOf, ticksOf, topOf } from "./scale.ts";
import type { Evidence } from "./view.ts";
import { figure } from "./words.ts";

const HEIGHT = 132;
const PAD = { top: 18, right: 84, bottom: 22, left: 8 } as const;

const text = (x: number, y: number, words: string, attrs: Readonly<Record<string, string>> = {}): SVGElement => {
  const node = svg("text", { x: x.toFixed(1), y: y.toFixed(1), ...attrs });
  node.textContent = words;
  return node;
};

/** `null` where there is nothing to draw. */
export function chartOf(lang: Lang, title: string, { points: samples, unit, limit }: Evidence, width: number): SVGElement | null {
  const points = pointsOf(samples);
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  if (to <= from || points.every(({ value }) => value === null)) return null;
  const top = topOf(points, limit);
  const [inner, floor] = [width - PAD.left - PAD.right, HEIGHT - PAD.bottom];
  const x = (at: number): number => PAD.left + (inner * (at - from)) / (to - from);
  const y = (value: number): number => floor - ((floor - PAD.top) * value) / top;
  const t = catalogue(lang).desk;
  const runs = runsOf(points);
  const last = runs.at(-1)?.at(-1) ?? null;
  const parts: SVGElement[] = ticksOf(from, to, Math.max(2, Math.floor(inner / 70))).flatMap((at) => [
    svg("line", { class: "chart-tick", x1: x(at).toFixed(1), x2: x(at).toFixed(1), y1: String(PAD.top), y2: String(floor) }),
    text(x(at), HEIGHT - 7, hourMinute(lang, at), { class: "chart-time", "text-anchor": "middle" }),
  ]);
  parts.push(svg("line", { class: "chart-floor", x1: String(PAD.left), x2: (width - PAD.right).toFixed(1), y1: String(floor), y2: String(floor) }));
  for (const run of runs) {
    const [only] = run;
    // A sample alone makes no line, and is a dot.
    parts.push(run.length === 1 && only !== undefined
      ? svg("circle", { class: "chart-dot", cx: x(only.at).toFixed(1), cy: y(only.value).toFixed(1), r: "2" })
      : svg("path", { class: "chart-line", d: pathOf(run, x, y) }));
  }
  const limitAt = limit === null ? null : y(limit);
  if (limitAt !== null && limit !== null) {
    parts.push(svg("line", { class: "chart-limit", x1: String(PAD.left), x2: (width - PAD.right).toFixed(1), y1: limitAt.toFixed(1), y2: limitAt.toFixed(1) }));
    parts.push(text(PAD.left + 2, limitAt - 5, t.limitLabel(figure(lang, limit, unit)), { class: "chart-limit-label" }));
  }
  if (last !== null) {
    parts.push(svg("circle", { class: "chart-last", cx: x(last.at).toFixed(1), cy: y(last.value).toFixed(1), r: "3.5" }));
    parts.push(text(x(last.at) + 8, y(last.value) + 4, figure(lang, last.value, unit), { class: "chart-label" }));
  }
  const label = t.chartWords(title, figure(lang, last?.value ?? null, unit), figure(lang, limit, unit));
  return svg("svg", { class: "case-chart", width: String(width), height: String(HEIGHT), viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label, "data-testid": "evidence-chart" }, ...parts);
}
