/** Where the figures of a chart lie: scales, and a line that is broken where nothing was sampled. Pure. */
interface Sample {
  readonly at: string;
  readonly value: number | null;
}

export interface Point {
  readonly at: number;
  readonly value: number | null;
}

export const pointsOf = (samples: readonly Sample[]): Point[] => samples.map(({ at, value }) => ({ at: Date.parse(at), value }));

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
    if (value === null) {
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
  const most = Math.max(limit ?? 0, ...points.map(({ value }) => value ?? 0));
  if (most < LEAST) return 1;
  const unit = 10 ** Math.floor(Math.log10(most * 1.1));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= most * 1.1) ?? 10;
  return step * unit;
}

const MIN = 60_000;

/** Round times for the axis, at most `n` of them. Hà Nội's offset is whole hours, so that they are round there too. */
export function ticksOf(from: number, to: number, n: number): number[] {
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
  const unit = 10 ** Math.floor(Math.log10(top / 2));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * unit).find((one) => top / one <= 4) ?? top;
  const values: number[] = [];
  for (let i = 0; i * step <= top * (1 + 1e-9); i++) values.push(i * step);
  return values;
}

export function pathOf(run: readonly { readonly at: number; readonly value: number }[], x: (at: number) => number, y: (value: number) => number): string {
  return run.map(({ at, value }, i) => `${i === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}
