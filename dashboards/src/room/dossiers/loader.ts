/**
 * The list as far as it has been read: as many places as there are dossiers, filled page by page as they come into view,
 * so that a hundred thousand cost what is looked at.
 */
import { get } from "../pages/fetch.ts";
import type { Problem } from "../pages/fetch.ts";
import type { Span } from "../pages/arrange.ts";
import { PER_PAGE, listAddress } from "./state.ts";
import type { View } from "./state.ts";
import type { DossierPage, DossierRow } from "./view.ts";

/** A place in the list; `row` is `null` until it is read. */
export interface Item {
  readonly at: number;
  readonly row: DossierRow | null;
}

export interface Listing {
  readonly items: readonly Item[];
  /** `null` before the first answer. */
  readonly total: number | null;
  readonly asOf: string | null;
  readonly simulated: boolean;
  readonly filedFrom: string | null;
  readonly asking: boolean;
  readonly problem: Problem | null;
}

export const UNREAD: Listing = { items: [], total: null, asOf: null, simulated: false, filedFrom: null, asking: false, problem: null };

/** The list with a page put in: as long as the page says that it is. Pure. */
export function withPage(items: readonly Item[], offset: number, { total, rows }: Pick<DossierPage, "total" | "rows">): Item[] {
  return Array.from({ length: total }, (_, at) => {
    const row = rows[at - offset];
    return row !== undefined && at >= offset ? { at, row } : (items[at] ?? { at, row: null });
  });
}

/** Pages that rows in view stand on. Pure. */
export function pagesOf({ from, to }: Span): number[] {
  const first = Math.floor(from / PER_PAGE);
  const last = Math.floor(Math.max(from, to - 1) / PER_PAGE);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** How long rows must stand in view before they are asked for: dragging past thousands asks for none of them. */
const STANDING_MS = 80;

export class Loader {
  readonly #told: (listing: Listing) => void;
  #listing = UNREAD;
  #view: View | null = null;
  #url = "";
  #under = new AbortController();
  #asked = new Set<number>();
  #span: Span = { from: 0, to: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(told: (listing: Listing) => void) {
    this.#told = told;
  }

  /** Another list, or the same `again`; what is in view stays until the answer is there. */
  open(view: View, again = false): void {
    const url = listAddress(view, {});
    if (url === this.#url && !again) return;
    const isSame = url === this.#url;
    this.#under.abort();
    this.#under = new AbortController();
    this.#url = url;
    this.#view = view;
    this.#asked = new Set();
    clearTimeout(this.#timer);
    if (!isSame) this.#span = { from: 0, to: 0 };
    this.#say({ asking: true, problem: null });
    for (const page of pagesOf(this.#span)) void this.#ask(page, !isSame);
  }

  seen(span: Span): void {
    this.#span = span;
    clearTimeout(this.#timer);
    if (this.#listing.total === null || span.to <= span.from) return;
    this.#timer = setTimeout(() => {
      for (const page of pagesOf(this.#span)) void this.#ask(page, false);
    }, STANDING_MS);
  }

  async #ask(page: number, isNew: boolean): Promise<void> {
    if (this.#view === null || this.#asked.has(page)) return;
    this.#asked.add(page);
    const mine = this.#under;
    const offset = page * PER_PAGE;
    const answer = await get<DossierPage>(listAddress(this.#view, { limit: PER_PAGE, offset }), mine.signal);
    if (this.#under !== mine) return;
    if (!answer.ok) {
      this.#asked.delete(page);
      this.#say({ asking: false, problem: answer.problem, ...(isNew ? { items: [], total: null } : {}) });
      return;
    }
    const { total, as_of: asOf, simulated, filed_from: filedFrom = null } = answer.value;
    this.#say({ items: withPage(isNew ? [] : this.#listing.items, offset, answer.value), total, asOf, simulated, filedFrom, asking: false, problem: null });
  }

  #say(patch: Partial<Listing>): void {
    this.#listing = { ...this.#listing, ...patch };
    this.#told(this.#listing);
  }
}
