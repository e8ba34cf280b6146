/** What was done to the points, one step after another, so that it can be taken back and done again. Pure. */
import { isSame } from "./changes.ts";
import type { Changes } from "./changes.ts";

export interface History {
  readonly past: readonly Changes[];
  readonly now: Changes;
  readonly future: readonly Changes[];
}

/** More steps back than anyone remembers. */
const KEPT = 200;

export const begin = (now: Changes): History => ({ past: [], now, future: [] });

/** A further step; one that changes nothing is none. */
export const stepped = (history: History, next: Changes): History =>
  isSame(history.now, next) ? history : { past: [...history.past, history.now].slice(-KEPT), now: next, future: [] };

export function undone({ past, now, future }: History): History {
  const last = past.at(-1);
  return last === undefined ? { past, now, future } : { past: past.slice(0, -1), now: last, future: [now, ...future] };
}

export function redone({ past, now, future }: History): History {
  const [next, ...rest] = future;
  return next === undefined ? { past, now, future } : { past: [...past, now], now: next, future: rest };
}
