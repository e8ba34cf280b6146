/** Outlines of groups of cells: of all their edges, those that no two of them share. Pure. */
import type { Position } from "geojson";

export type Ring = readonly Position[];

// Corners of neighbours are computed apart and may differ in a last digit: 5 decimals are a metre.
const cornerOf = ([x = 0, y = 0]: Position): string => `${x.toFixed(5)} ${y.toFixed(5)}`;

/** The edges around a group of cells, given as rings that are closed or not. */
export function outlineOf(rings: readonly Ring[]): [Position, Position][] {
  const edges = new Map<string, [Position, Position] | null>();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 1) {
      const [a, b] = [ring[i], ring[(i + 1) % ring.length]];
      if (a === undefined || b === undefined) continue;
      const [from, to] = [cornerOf(a), cornerOf(b)];
      if (from === to) continue;
      const key = from < to ? `${from}|${to}` : `${to}|${from}`;
      edges.set(key, edges.has(key) ? null : [a, b]);
    }
  }
  return [...edges.values()].filter((edge) => edge !== null);
}
