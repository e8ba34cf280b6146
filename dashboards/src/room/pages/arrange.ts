/** What a table shows of its rows: found, in order, and only those in view. Pure. */
import { fold, sought } from "../../ui/search.ts";

export type SortValue = string | number | null;

/** Which column rows are in order of; written `lost` or, from the greatest down, `-lost`. */
export interface Order {
  readonly column: string;
  readonly down: boolean;
}

export const orderOf = (text: string): Order => ({ column: text.replace(/^-/, ""), down: text.startsWith("-") });
export const textOf = ({ column, down }: Order): string => (down ? `-${column}` : column);

/** The order after a heading is chosen: the other way round where it is in force already. */
export const turned = (now: Order, column: string, firstDown: boolean): Order =>
  ({ column, down: now.column === column ? !now.down : firstDown });

const collator = new Intl.Collator("vi", { numeric: true });

function compare(a: SortValue, b: SortValue, down: boolean): number {
  // What is not known stands last, whichever way round.
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
  return down ? -order : order;
}

/** Rows in order; those that are equal keep the order they came in. */
export function sorted<T>(rows: readonly T[], value: (row: T) => SortValue, down: boolean): T[] {
  const keyed = rows.map((row) => ({ row, value: value(row) }));
  return keyed.sort((a, b) => compare(a.value, b.value, down)).map(({ row }) => row);
}

/** Finds rows by their text, without marks or case; each row is folded once. */
export class Finder<T extends object> {
  readonly #text: (row: T) => string;
  #folded = new WeakMap<T, string>();

  constructor(text: (row: T) => string) {
    this.#text = text;
  }

  /** Names have changed. */
  forget(): void {
    this.#folded = new WeakMap();
  }

  find(rows: readonly T[], query: string): readonly T[] {
    if (fold(query) === "") return rows;
    const matches = sought(query);
    return rows.filter((row) => {
      let text = this.#folded.get(row);
      if (text === undefined) {
        text = fold(this.#text(row));
        this.#folded.set(row, text);
      }
      return matches(text);
    });
  }
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The rows that are in view, and a few around them, of `n` that are equally high. */
export function inView(n: number, row: number, top: number, height: number, around = 12): Span {
  if (row <= 0) return { from: 0, to: Math.min(n, around) };
  const first = Math.floor(top / row);
  const last = Math.ceil((top + height) / row);
  const from = Math.max(0, Math.min(first, n) - around);
  return { from, to: Math.min(n, Math.max(last, 0) + around) };
}
