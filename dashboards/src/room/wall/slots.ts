/** Places that stay where they are, however many there are to fill them; and what has just come into one. Pure. */

export interface Slots<T> {
  /** As many as there are places; `null` for one that is empty. */
  readonly places: readonly (T | null)[];
  /** How many have found no place. */
  readonly more: number;
}

export function slots<T>(items: readonly T[], n: number): Slots<T> {
  return { places: Array.from({ length: n }, (_, i) => items[i] ?? null), more: Math.max(0, items.length - n) };
}

/** When each was first there, by this machine's clock (ms); of what is gone nothing is kept. */
export type Arrivals = ReadonlyMap<string, number>;

/** What is there at the first look has been there for ever. */
export function arrived(before: Arrivals | null, keys: Iterable<string>, now: number): Arrivals {
  return new Map([...keys].map((key) => [key, before === null ? -Infinity : (before.get(key) ?? now)]));
}

/** For how long what has come is marked. */
const MARKED_MS = 8_000;

export const isFresh = (arrivals: Arrivals | null, key: string, now: number): boolean => now - (arrivals?.get(key) ?? -Infinity) < MARKED_MS;
