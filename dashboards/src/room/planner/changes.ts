/**
 * What a scenario does to the points. One change a point: what is moved twice lies where it was dropped last, and what
 * was added and is taken away again was never there. Pure.
 */
import type { Change, Site } from "./view.ts";

export type Changes = readonly Change[];

export interface Place {
  readonly lon: number;
  readonly lat: number;
}

/** Five decimals are a metre: more would only make an address longer. */
const metre = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;
const placed = ({ lon, lat }: Place): Place => ({ lon: metre(lon), lat: metre(lat) });

const isAddOf = (id: string) => (one: Change): boolean => one.do === "add" && one.id === id;

export function moved(changes: Changes, id: string, to: Place): Changes {
  const place = placed(to);
  if (changes.some(isAddOf(id))) return changes.map((one) => (one.do === "add" && one.id === id ? { ...one, ...place } : one));
  const others = changes.filter((one) => one.id !== id);
  return [...others, { do: "move", id, ...place }];
}

export const added = (changes: Changes, id: string, name: string, kind: string, at: Place): Changes =>
  [...changes.filter((one) => one.id !== id), { do: "add", id, name, kind, ...placed(at) }];

/** An added point under another name, or of another kind. */
export const called = (changes: Changes, id: string, name: string, kind: string): Changes =>
  changes.map((one) => (one.do === "add" && one.id === id ? { ...one, name, kind } : one));

export function removed(changes: Changes, id: string): Changes {
  const others = changes.filter((one) => one.id !== id);
  return changes.some(isAddOf(id)) ? others : [...others, { do: "remove", id }];
}

/** A point is as it is in the register again. */
export const restored = (changes: Changes, id: string): Changes => changes.filter((one) => one.id !== id);

/** `new-1`, or the next that no change has. */
export function nextId(changes: Changes): string {
  const taken = new Set(changes.map(({ id }) => id));
  let n = 1;
  while (taken.has(`new-${n}`)) n += 1;
  return `new-${n}`;
}

// Text in an address: what parts changes and their fields, and the mark itself, are written as codes.
const coded = (text: string): string => text.replace(/[%,!]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
const decoded = (text: string): string => text.replace(/%(25|2C|21)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const LETTER = { move: "m", add: "a", remove: "r" } as const;

export const textOfChanges = (changes: Changes): string => changes.map((one) => {
  const head = [LETTER[one.do], coded(one.id)];
  if (one.do === "remove") return head.join(",");
  const at = [...head, one.lon, one.lat];
  return (one.do === "move" ? at : [...at, coded(one.kind), coded(one.name)]).join(",");
}).join("!");

function changeOf(text: string): Change | null {
  const [letter, rawId = "", ...rest] = text.split(",");
  const id = decoded(rawId);
  if (id === "") return null;
  if (letter === LETTER.remove) return { do: "remove", id };
  const [lon, lat] = [Number(rest[0]), Number(rest[1])];
  if (rest.length < 2 || !Number.isFinite(lon) || !Number.isFinite(lat)) return null;
  if (letter === LETTER.move) return { do: "move", id, lon, lat };
  const [kind = "", name = ""] = rest.slice(2).map(decoded);
  return letter === LETTER.add && kind !== "" ? { do: "add", id, name, kind, lon, lat } : null;
}

/** What an address says; what cannot be read is left out, and the rest holds. */
export const changesOf = (text: string): Changes =>
  (text === "" ? [] : text.split("!").map(changeOf).filter((one) => one !== null));

export interface ShownPoint extends Place {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly unit: string | null;
  readonly change: "none" | "moved" | "added" | "removed";
  /** Where a moved point stands today. */
  readonly from: Place | null;
}

/** The points of a scenario: those of the register that count, and what is made of them. Those without a place are left out. */
export function pointsAfter(sites: readonly Site[], kinds: readonly string[], changes: Changes): ShownPoint[] {
  const byId = new Map(changes.map((one) => [one.id, one]));
  const points: ShownPoint[] = [];
  for (const { id, name, kind, unit, lon, lat } of sites) {
    if (lon === null || lat === null || kind === null || !kinds.includes(kind)) continue;
    const base = { id, name: name ?? id, kind, unit };
    const change = byId.get(id);
    if (change?.do === "move") points.push({ ...base, lon: change.lon, lat: change.lat, change: "moved", from: { lon, lat } });
    else points.push({ ...base, lon, lat, change: change?.do === "remove" ? "removed" : "none", from: null });
  }
  for (const one of changes) if (one.do === "add") points.push({ id: one.id, name: one.name, kind: one.kind, unit: null, lon: one.lon, lat: one.lat, change: "added", from: null });
  return points;
}

export const isSame = (a: Changes, b: Changes): boolean => a === b || textOfChanges(a) === textOfChanges(b);
