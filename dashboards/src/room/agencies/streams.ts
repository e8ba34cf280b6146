/** Ways of dossiers as streams between three columns: where they were received, who decides, where they were returned. Pure. */
import type { Way } from "./view.ts";

/** The busiest of a column that stand for themselves; all others are one. */
const SITES = 10;
const AGENCIES = 9;
export const OTHERS = "";
export const RETURNS = ["same", "elsewhere", "not"] as const;
export type Return = (typeof RETURNS)[number];

export interface Box {
  readonly key: string;
  readonly dossiers: number;
  /** How many are taken together in it. */
  readonly of: number;
}

export interface Stream {
  readonly from: string;
  readonly to: string;
  readonly dossiers: number;
}

export interface Streams {
  readonly sites: readonly Box[];
  readonly agencies: readonly Box[];
  readonly returns: readonly Box[];
  /** From point to agency, and from agency to where the result was given. */
  readonly first: readonly Stream[];
  readonly second: readonly Stream[];
  readonly dossiers: number;
}

export const returnOf = ({ site, returned_at: at }: Way): Return => (at === null ? "not" : at === site ? "same" : "elsewhere");

function columnOf(ways: readonly Way[], keyOf: (way: Way) => string, most: number): { readonly boxes: readonly Box[]; readonly named: (key: string) => string } {
  const sums = new Map<string, number>();
  for (const way of ways) sums.set(keyOf(way), (sums.get(keyOf(way)) ?? 0) + way.dossiers);
  const all = [...sums].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  // One alone is not taken together with nobody.
  const shown = all.length <= most + 1 ? all : all.slice(0, most);
  const rest = all.slice(shown.length);
  const boxes = shown.map(([key, dossiers]): Box => ({ key, dossiers, of: 1 }));
  if (rest.length > 0) boxes.push({ key: OTHERS, dossiers: rest.reduce((sum, [, n]) => sum + n, 0), of: rest.length });
  const keys = new Set(shown.map(([key]) => key));
  return { boxes, named: (key) => (keys.has(key) ? key : OTHERS) };
}

function streamsBetween(ways: readonly Way[], from: (way: Way) => string, to: (way: Way) => string): Stream[] {
  const sums = new Map<string, Stream>();
  for (const way of ways) {
    const [a, b] = [from(way), to(way)];
    const key = `${a}\n${b}`;
    sums.set(key, { from: a, to: b, dossiers: (sums.get(key)?.dossiers ?? 0) + way.dossiers });
  }
  return [...sums.values()];
}

export function streamsOf(ways: readonly Way[]): Streams {
  const sites = columnOf(ways, ({ site }) => site, SITES);
  const agencies = columnOf(ways, ({ agency }) => agency, AGENCIES);
  const given = columnOf(ways, returnOf, RETURNS.length);
  const [site, agency] = [(way: Way) => sites.named(way.site), (way: Way) => agencies.named(way.agency)];
  return {
    sites: sites.boxes, agencies: agencies.boxes, returns: RETURNS.flatMap((key) => given.boxes.find((box) => box.key === key) ?? []),
    first: streamsBetween(ways, site, agency), second: streamsBetween(ways, agency, returnOf),
    dossiers: ways.reduce((sum, way) => sum + way.dossiers, 0),
  };
}

export interface Placed extends Box {
  readonly top: number;
  readonly height: number;
}

/** Boxes one under another with gaps, as high as they have dossiers; little ones keep a line. */
export function placed(boxes: readonly Box[], height: number, gap: number, all: number): Placed[] {
  const left = height - gap * (boxes.length - 1);
  let top = 0;
  return boxes.map((box) => {
    const one = { ...box, top, height: all === 0 ? 0 : (left * box.dossiers) / all };
    top += one.height + gap;
    return one;
  });
}

export interface Band extends Stream {
  /** Where it begins and ends, and how thick it is at both: columns have gaps of their own. */
  readonly y1: number;
  readonly y2: number;
  readonly h1: number;
  readonly h2: number;
}

/** Streams leave and reach their boxes in the order of those they join, so that few cross. */
export function bandsOf(streams: readonly Stream[], from: readonly Placed[], to: readonly Placed[]): Band[] {
  const order = (boxes: readonly Placed[]): ReadonlyMap<string, number> => new Map(boxes.map(({ key }, i) => [key, i]));
  const [first, second] = [order(from), order(to)];
  const at = (map: ReadonlyMap<string, number>, key: string): number => map.get(key) ?? 0;
  const scaleOf = ({ height, dossiers }: Placed): number => (dossiers === 0 ? 0 : height / dossiers);
  const [left, right] = [from.map(({ top }) => top), to.map(({ top }) => top)];
  const ends = new Map<Stream, number>();
  for (const one of [...streams].sort((a, b) => at(second, a.to) - at(second, b.to) || at(first, a.from) - at(first, b.from))) {
    const i = at(second, one.to);
    ends.set(one, right[i] ?? 0);
    right[i] = (right[i] ?? 0) + one.dossiers * (to[i] === undefined ? 0 : scaleOf(to[i]));
  }
  return [...streams].sort((a, b) => at(first, a.from) - at(first, b.from) || at(second, a.to) - at(second, b.to)).map((one) => {
    const [i, j] = [at(first, one.from), at(second, one.to)];
    const [a, b] = [from[i], to[j]];
    const [h1, h2] = [one.dossiers * (a === undefined ? 0 : scaleOf(a)), one.dossiers * (b === undefined ? 0 : scaleOf(b))];
    const y1 = left[i] ?? 0;
    left[i] = y1 + h1;
    return { ...one, y1, y2: ends.get(one) ?? 0, h1, h2 };
  });
}
