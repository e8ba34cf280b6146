/**
 * The order of the list, and how it is kept from jumping. While it is held, rows stay where they are: what changes
 * changes in place, what no longer belongs stays as *gone*, and what is new waits to be called for. Pure.
 */
import { CASE_STATES, PRIORITIES } from "../../live/views.ts";
import type { Case } from "../../live/views.ts";

export interface Row {
  readonly one: Case;
  /** It no longer belongs to the list, and only keeps its place. */
  readonly isGone: boolean;
}

export interface Arranged {
  readonly rows: readonly Row[];
  /** New ones that are not let in yet, in order. */
  readonly waiting: readonly Case[];
}

export const NOTHING: Arranged = { rows: [], waiting: [] };

const ranks = (all: readonly string[]): ReadonlyMap<string, number> => new Map(all.map((one, i) => [one, i]));
const STATE = ranks(CASE_STATES);
const PRIORITY = ranks(PRIORITIES);

/** A word that this page does not know stands after those that it does. */
const rankIn = (ranked: ReadonlyMap<string, number>, word: string): number => ranked.get(word) ?? ranked.size;

/**
 * Negative where `a` stands before `b`. What nobody has stands first, then what is in hand, what went before anybody had
 * it, and what is settled, put off, hidden or over; of one state the more pressing, and of those what has waited longest.
 */
function compare(a: Case, b: Case): number {
  return rankIn(STATE, a.state) - rankIn(STATE, b.state)
    || rankIn(PRIORITY, a.priority) - rankIn(PRIORITY, b.priority)
    || (a.raised_at < b.raised_at ? -1 : a.raised_at > b.raised_at ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export const inOrder = (cases: readonly Case[]): Case[] => [...cases].sort(compare);

/** Those of `before`, which are in order, without the changed ones, and with what has come of these in their places. */
export function reordered(before: readonly Case[], changed: ReadonlySet<string>, come: readonly Case[]): Case[] {
  const left = before.filter(({ id }) => !changed.has(id));
  const all: Case[] = [];
  let at = 0;
  for (const one of inOrder(come)) {
    for (let next = left[at]; next !== undefined && compare(next, one) < 0; next = left[at]) {
      all.push(next);
      at += 1;
    }
    all.push(one);
  }
  return all.concat(left.slice(at));
}

/** How many of those that wait would stand above a row, and how many below it. */
export function sidesOf(waiting: readonly Case[], held: Case): { readonly above: number; readonly below: number } {
  const above = waiting.filter((one) => compare(one, held) < 0).length;
  return { above, below: waiting.length - above };
}

const kept = (row: Row, one: Case, isGone: boolean): Row => (row.one === one && row.isGone === isGone ? row : { one, isGone });

/** A case that the server no longer has among the open ones. */
const ended = (one: Case): Case => (one.state === "closed" ? one : { ...one, state: "closed", standing: false });

/** A row for each; one that there was already stays the same where nothing has changed. */
function rowsOf(before: readonly Row[], wanted: readonly Case[]): Row[] {
  let old: Map<string, Row> | null = null;
  let at = 0;
  return wanted.map((one) => {
    // Of ten thousand most stand where they stood, or one place off.
    for (const step of [0, 1]) {
      const row = before[at + step];
      if (row?.one.id !== one.id) continue;
      at += step + 1;
      return kept(row, one, false);
    }
    old ??= new Map(before.map((row) => [row.one.id, row]));
    const row = old.get(one.id);
    return row === undefined ? { one, isGone: false } : kept(row, one, false);
  });
}

/** `wanted` are in order; `all` is every case that is known, whether it is wanted or not. */
export function arrange(before: Arranged, wanted: readonly Case[], all: ReadonlyMap<string, Case>, isHeld: boolean): Arranged {
  if (!isHeld || before.rows.length === 0) return { rows: rowsOf(before.rows, wanted), waiting: [] };
  const ids = new Set(wanted.map(({ id }) => id));
  const rows = before.rows.map((row) => kept(row, all.get(row.one.id) ?? ended(row.one), !ids.has(row.one.id)));
  for (const { one } of rows) ids.delete(one.id);
  return { rows, waiting: wanted.filter(({ id }) => ids.has(id)) };
}

export const placeOf = ({ rows }: Arranged, key: string): number => rows.findIndex(({ one }) => one.id === key);

/** The person moves on: what is gone loses its place, but for the one that is gone to. */
export function moveOn(now: Arranged, key: string): Arranged {
  const rows = now.rows.filter(({ one, isGone }) => !isGone || one.id === key);
  return rows.length === now.rows.length ? now : { ...now, rows };
}

/** The case some steps away from the one that is chosen; the first or the last where none is. */
export function stepFrom(now: Arranged, key: string, step: number): Case | null {
  const { rows } = now;
  const at = placeOf(now, key);
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  return rows[to]?.one ?? null;
}
