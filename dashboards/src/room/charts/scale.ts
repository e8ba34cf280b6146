/**
 * Where the figures of a chart lie: scales, and a line that is broken where nothing was sampled. What is no finite number has no
 * place, and is left out here, so that none is ever written into a picture. Pure.
 */
interface Sample {
  readonly at: string;
  readonly value: number | null;
}

export interface Point {
  readonly at: number;
  readonly value: number | null;
}

export const pointsOf = (samples: readonly Sample[]): Point[] => samples.map(({ at, value }) => ({ at: Date.parse(at), value }));

/** Whether something has a place: all its numbers are finite. */
export const isPlaced = (...values: readonly number[]): boolean => values.every((value) => Number.isFinite(value));

/** The usual step between samples: what is further apart than two and a half of it has a gap between. */
export function stepOf(points: readonly Point[]): number {
  const steps = points.slice(1).map(({ at }, i) => at - (points[i]?.at ?? at)).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** The pieces of the line: runs of samples without a gap. */
export function runsOf(points: readonly Point[]): { readonly at: number; readonly value: number }[][] {
  const most = 2.5 * stepOf(points);
  const runs: { at: number; value: number }[][] = [];
  let last: number | null = null;
  for (const { at, value } of points) {
    if (value === null || !isPlaced(at, value)) {
      last = null;
      continue;
    }
    if (last === null || at - last > most) runs.push([]);
    runs.at(-1)?.push({ at, value });
    last = at;
  }
  return runs;
}

/** Under that there is nothing to tell apart. */
const LEAST = 1e-6;

/** The top of the scale: a round number that both the line and its limit are under. */
export function topOf(points: readonly Point[], limit: number | null): number {
  const most = Math.max(...[limit, ...points.map(({ value }) => value)].map((value) => (value !== null && Number.isFinite(value) ? value : 0)));
  if (most < LEAST) return 1;
  const unit = 10 ** Math.floor(Math.log10(most * 1.1));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= most * 1.1) ?? 10;
  return step * unit;
}

const MIN = 60_000;

/** Round times for the axis, at most `n` of them. Hà Nội's offset is whole hours, so that they are round there too. */
export function ticksOf(from: number, to: number, n: number): number[] {
  if (!isPlaced(from, to)) return [];
  const step = [5, 10, 15, 30, 60, 120, 240].map((one) => one * MIN).find((one) => (to - from) / one <= n) ?? 480 * MIN;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** A scale from one span to another; a span without length lies at the begin. */
export const linear = (from: number, to: number, begin: number, end: number) => (value: number): number =>
  (to === from ? begin : begin + ((end - begin) * (value - from)) / (to - from));

/** Round values from 0 to the top, both within: two to four steps. */
export function valuesTo(top: number): number[] {
  if (!isPlaced(top) || top <= 0) return [0];
  const unit = 10 ** Math.floor(Math.log10(top / 2));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * unit).find((one) => top / one <= 4) ?? top;
  const values: number[] = [];
  for (let i = 0; i * step <= top * (1 + 1e-9); i++) values.push(i * step);
  return values;
}

const put = (command: string, ...values: readonly number[]): string => `${command}${values.map((value) => value.toFixed(1)).join(" ")}`;

/** A line through a run; where a point has no place it is broken. */
export function pathOf(run: readonly { readonly at: number; readonly value: number }[], x: (at: number) => number, y: (value: number) => number): string {
  let isDown = false;
  return run.map((one) => {
    const [px, py] = [x(one.at), y(one.value)];
    if (!isPlaced(px, py)) {
      isDown = false;
      return "";
    }
    const command = isDown ? "L" : "M";
    isDown = true;
    return put(command, px, py);
  }).join("");
}

/** What is level from one instant to another. */
export interface Level {
  readonly at: number;
  readonly end: number;
  readonly value: number | null;
}

/** Levels one after another; with `joined`, a line down or up to the next one that lies next to it. What has no length or no place is left out. */
export function stepPath(levels: readonly Level[], x: (at: number) => number, y: (value: number) => number, joined: boolean): string {
  return levels.map(({ at, end, value }, i) => {
    if (value === null || !(end > at)) return "";
    const [from, to, level, next] = [x(at), x(end), y(value), levels[i + 1]];
    if (!isPlaced(from, to, level)) return "";
    const after = joined && next !== undefined && next.at === end && next.value !== null ? y(next.value) : NaN;
    return `${put("M", from, level)}${put("H", to)}${isPlaced(after) ? put("V", after) : ""}`;
  }).join("");
}
