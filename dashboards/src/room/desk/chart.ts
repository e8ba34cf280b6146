/** A figure's last hours against its limit. Labels stand at what they name; where nothing was sampled there is no line. */
import { catalogue } from "../../i18n/index.ts";
import type { Lang } from "../../i18n/index.ts";
import { svg } from "../../ui/dom.ts";
import { dotAt, lineAt, targetLine, textAt, timeAxis } from "../charts/draw.ts";
import { linear, pathOf, pointsOf, runsOf, topOf } from "../charts/scale.ts";
import type { Evidence } from "./view.ts";
import { figure } from "./words.ts";

const HEIGHT = 132;
const PAD = { top: 18, right: 84, bottom: 22, left: 8 } as const;

/** `null` where there is nothing to draw. */
export function chartOf(lang: Lang, title: string, { points: samples, unit, limit }: Evidence, width: number): SVGElement | null {
  const points = pointsOf(samples);
  const [from, to] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  if (to <= from || points.every(({ value }) => value === null)) return null;
  const [end, floor] = [width - PAD.right, HEIGHT - PAD.bottom];
  const x = linear(from, to, PAD.left, end);
  const y = linear(0, topOf(points, limit), floor, PAD.top);
  const t = catalogue(lang).desk;
  const runs = runsOf(points);
  const last = runs.at(-1)?.at(-1) ?? null;
  const parts = timeAxis(lang, [from, to], x, { top: PAD.top, floor, most: Math.max(2, Math.floor((end - PAD.left) / 70)) });
  parts.push(lineAt(PAD.left, floor, end, floor, "chart-floor"));
  for (const run of runs) {
    const [only] = run;
    // A sample alone makes no line, and is a dot.
    parts.push(run.length === 1 && only !== undefined ? dotAt(x(only.at), y(only.value), 2, "chart-dot") : svg("path", { class: "chart-line", d: pathOf(run, x, y) }));
  }
  if (limit !== null) parts.push(...targetLine(PAD.left, end, y(limit), t.limitLabel(figure(lang, limit, unit))));
  if (last !== null) {
    parts.push(dotAt(x(last.at), y(last.value), 3.5, "chart-last"));
    parts.push(textAt(x(last.at) + 8, y(last.value) + 4, figure(lang, last.value, unit), { class: "chart-label" }));
  }
  const label = t.chartWords(title, figure(lang, last?.value ?? null, unit), figure(lang, limit, unit));
  return svg("svg", { class: "chart-picture case-chart", width: String(width), height: String(HEIGHT), viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label, "data-testid": "evidence-chart" }, ...parts);
}
