/**
 * Where the parts of a process's graph stand: layers from left to right by the longest way from the begin, rows in order
 * of their neighbours' middle. Arrows that would close a circle are laid out the other way round and told to be `back`.
 * Arrows over several layers pass through places of their own, so that none runs under a box. Pure.
 */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

export interface Place {
  readonly id: string;
  readonly layer: number;
  /** The middle, in rows: 0 is the first. */
  readonly row: number;
}

export interface Routed<A extends Arrow> {
  readonly arrow: A;
  readonly isBack: boolean;
  /** From its begin to its end, both included. */
  readonly way: readonly Place[];
}

interface Layout<A extends Arrow> {
  readonly places: readonly Place[];
  readonly routed: readonly Routed<A>[];
  readonly layers: number;
  readonly rows: number;
}

const SWEEPS = 8;
/** Every course begins so. */
const BEGIN = "begin";

function reaches(next: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set([from]);
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    for (const one of next.get(at) ?? []) {
      if (seen.has(one)) continue;
      seen.add(one);
      open.push(one);
    }
  }
  return false;
}

/** The arrows that go forwards: the most frequent first, and none that closes a circle. */
export function forwards<A extends Arrow>(arrows: readonly A[]): ReadonlySet<A> {
  const next = new Map<string, string[]>();
  const forward = new Set<A>();
  for (const arrow of [...arrows].sort((a, b) => b.count - a.count)) {
    if (arrow.from === arrow.to || reaches(next, arrow.to, arrow.from)) continue;
    forward.add(arrow);
    next.set(arrow.from, [...(next.get(arrow.from) ?? []), arrow.to]);
  }
  return forward;
}

/** The longest way to each from where nothing leads; without circles. */
function layersOf(ids: readonly string[], pairs: readonly (readonly [string, string])[]): Map<string, number> {
  const layer = new Map(ids.map((id) => [id, 0]));
  for (let isNews = true; isNews;) {
    isNews = false;
    for (const [from, to] of pairs) {
      const least = (layer.get(from) ?? 0) + 1;
      if ((layer.get(to) ?? 0) < least) {
        layer.set(to, least);
        isNews = true;
      }
    }
  }
  // What nothing shown leads to stands right before what it leads to, and not at the far left.
  for (const id of ids) {
    if (id === BEGIN || pairs.some(([, to]) => to === id)) continue;
    const next = pairs.filter(([from]) => from === id).map(([, to]) => layer.get(to) ?? 1);
    if (next.length > 0) layer.set(id, Math.min(...next) - 1);
  }
  return layer;
}

interface Spot {
  readonly id: string;
  readonly layer: number;
  row: number;
  readonly sides: [Spot[], Spot[]];
}

const meanRow = (spots: readonly Spot[]): number | null =>
  spots.length === 0 ? null : spots.reduce((sum, { row }) => sum + row, 0) / spots.length;

/** Puts a layer in order of its neighbours on one side; those without any keep their place. */
function order(layer: Spot[], side: 0 | 1): void {
  const keyed = layer.map((spot) => ({ spot, key: meanRow(spot.sides[side]) ?? spot.row }));
  keyed.sort((a, b) => a.key - b.key);
  layer.splice(0, layer.length, ...keyed.map(({ spot }) => spot));
  for (const [i, spot] of layer.entries()) spot.row = i;
}

/** Draws spots to their neighbours' middle, a row apart at least and in the order they have. */
function draw(layer: readonly Spot[], side: 0 | 1): void {
  const wanted = layer.map((spot) => meanRow(spot.sides[side]) ?? spot.row);
  // The least moves that keep them apart: neighbours in conflict share the mean of what they want.
  const blocks: { sum: number; n: number }[] = [];
  for (const [i, want] of wanted.entries()) {
    let block = { sum: want - i, n: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.sum / last.n > block.sum / block.n; last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: last.sum + block.sum, n: last.n + block.n };
    }
    blocks.push(block);
  }
  let i = 0;
  for (const { sum, n } of blocks) for (let k = 0; k < n; k++, i++) {
    const spot = layer[i];
    if (spot !== undefined) spot.row = sum / n + i;
  }
}

export function layOut<A extends Arrow>(arrows: readonly A[]): Layout<A> {
  const ids = [...new Set(arrows.flatMap(({ from, to }) => [from, to]))];
  const forward = forwards(arrows);
  const ends = (arrow: A): readonly [string, string] => (forward.has(arrow) ? [arrow.from, arrow.to] : [arrow.to, arrow.from]);
  const layer = layersOf(ids, arrows.filter((arrow) => forward.has(arrow)).map(ends));
  const layers: Spot[][] = Array.from({ length: Math.max(0, ...layer.values()) + 1 }, () => []);
  const spotAt = (id: string, at: number): Spot => {
    const spot: Spot = { id, layer: at, row: layers[at]?.length ?? 0, sides: [[], []] };
    layers[at]?.push(spot);
    return spot;
  };
  const spots = new Map(ids.map((id) => [id, spotAt(id, layer.get(id) ?? 0)]));
  const ways = arrows.map((arrow) => {
    const [first, last] = ends(arrow).map((id) => spots.get(id));
    if (first === undefined || last === undefined) return [];
    const way = [first];
    for (let at = first.layer + 1; at < last.layer; at++) way.push(spotAt("", at));
    if (first !== last) way.push(last);
    for (const [i, spot] of way.entries()) {
      const next = way[i + 1];
      if (next === undefined) break;
      spot.sides[1].push(next);
      next.sides[0].push(spot);
    }
    return way;
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const one of layers) order(one, 0);
    for (const one of [...layers].reverse()) order(one, 1);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const one of layers) draw(one, 0);
    for (const one of [...layers].reverse()) draw(one, 1);
  }
  const top = Math.min(0, ...layers.flat().map(({ row }) => row));
  const place = ({ id, layer: at, row }: Spot): Place => ({ id, layer: at, row: row - top });
  const routed = arrows.map((arrow, i) => {
    const way = (ways[i] ?? []).map(place);
    const isBack = !forward.has(arrow) && arrow.from !== arrow.to;
    return { arrow, isBack, way: isBack ? way.reverse() : way };
  });
  return { places: [...spots.values()].map(place), routed, layers: layers.length, rows: Math.max(0, ...layers.flat().map(({ row }) => row - top)) + 1 };
}
