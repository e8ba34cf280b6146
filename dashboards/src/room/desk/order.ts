/**
 * The order of the list, and how it is kept from jumping. While it is held, rows stay where they are: what changes
 * changes in place, what no longer belongs stays as *gone*, and what is new waits to be called for. Pure.
 */
import { PRIORITIES } from "../../live/views.ts";
import type { Case, CaseState } from "../../live/views.ts";

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

/** What waits for somebody stands before what is settled, put off, hidden or over. */
const AFTER: Readonly<Partial<Record<CaseState, number>>> = { settled: 1, shelved: 2, suppressed: 3, closed: 4 };

/** Priority, then age: of what is equally pressing, what has waited longest stands first. */
export function inOrder(cases: readonly Case[]): Case[] {
  const rank = new Map<string, number>(PRIORITIES.map((one, i) => [one, i]));
  const of = (one: Case): number => 10 * (AFTER[one.state] ?? 0) + (rank.get(one.priority) ?? PRIORITIES.length);
  return [...cases].sort((a, b) => of(a) - of(b) || (a.raised_at < b.raised_at ? -1 : a.raised_at > b.raised_at ? 1 : a.id < b.id ? -1 : 1));
}

const kept = (row: Row, one: Case, isGone: boolean): Row => (row.one === one && row.isGone === isGone ? row : { one, isGone });

/** A case that the server no longer has among the open ones. */
const ended = (one: Case): Case => (one.state === "closed" ? one : { ...one, state: "closed", standing: false });

/** `wanted` are in order; `all` is every case that is known, whether it is wanted or not. */
export function arrange(before: Arranged, wanted: readonly Case[], all: ReadonlyMap<string, Case>, isHeld: boolean): Arranged {
  if (!isHeld || before.rows.length === 0) {
    const old = new Map(before.rows.map((row) => [row.one.id, row]));
    const rows = wanted.map((one) => {
      const row = old.get(one.id);
      return row === undefined ? { one, isGone: false } : kept(row, one, false);
    });
    return { rows, waiting: [] };
  }
  const ids = new Set(wanted.map(({ id }) => id));
  const rows = before.rows.map((row) => kept(row, all.get(row.one.id) ?? ended(row.one), !ids.has(row.one.id)));
  for (const { one } of rows) ids.delete(one.id);
  return { rows, waiting: wanted.filter(({ id }) => ids.has(id)) };
}

/** The person moves on: what is gone loses its place, but for the one that is gone to. */
export function moveOn(now: Arranged, key: string): Arranged {
  const rows = now.rows.filter(({ one, isGone }) => !isGone || one.id === key);
  return rows.length === now.rows.length ? now : { ...now, rows };
}

/** The case some steps away from the one that is chosen; the first or the last where none is. */
export function stepFrom({ rows }: Arranged, key: string, step: number): Case | null {
  const at = rows.findIndex(({ one }) => one.id === key);
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  return rows[to]?.one ?? null;
}
