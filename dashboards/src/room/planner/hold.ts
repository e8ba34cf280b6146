/** A point that is being moved, or put down for the first time: held until it is dropped or taken back. Pure. */
import { added, moved } from "./changes.ts";
import type { Changes, Place } from "./changes.ts";

export interface Held {
  readonly id: string;
  /** Of a point that is being added; `null` for one that there is. */
  readonly isNew: { readonly name: string; readonly kind: string } | null;
  readonly at: Place;
}

const METRES_A_DEGREE = 111_320;
const STEP_M = 100;
const LONG_STEP_M = 1_000;

const TURNS: Readonly<Record<string, readonly [east: number, north: number]>> = {
  ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0],
};

export const isStep = (key: string): boolean => Object.hasOwn(TURNS, key);

/** Where a press of an arrow leads: 100 m, or 1 km with Shift. */
export function stepped({ lon, lat }: Place, key: string, isLong: boolean): Place {
  const [east, north] = TURNS[key] ?? [0, 0];
  const metres = isLong ? LONG_STEP_M : STEP_M;
  const degrees = metres / METRES_A_DEGREE;
  return { lon: lon + (east * degrees) / Math.cos((lat * Math.PI) / 180), lat: lat + north * degrees };
}

/** The changes as if what is held were dropped where it is. */
export function withHeld(changes: Changes, held: Held | null): Changes {
  if (held === null) return changes;
  return held.isNew === null ? moved(changes, held.id, held.at) : added(changes, held.id, held.isNew.name, held.isNew.kind, held.at);
}

export function metresBetween(a: Place, b: Place): number {
  const east = (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180);
  return METRES_A_DEGREE * Math.hypot(east, a.lat - b.lat);
}
