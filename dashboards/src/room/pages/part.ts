/** A part of a page, drawn from the page's state `S`; and what it may ask of a page whose address says `V`. */
import { goTo, queryOf } from "./hash.ts";
import type { Query } from "./hash.ts";

export interface PartOf<S> {
  readonly node: HTMLElement;
  update(state: S): void;
}

export interface Moves<V> {
  /** Moves to another view; `quietly` without a step to go back to. */
  go(change: (view: V) => V, quietly?: boolean): void;
}

export interface ActionsOf<V> extends Moves<V> {
  /** Something was entered: everything is asked again. */
  readonly reload: () => void;
}

/** Moves from what the address says, which is ahead of the state until the page has been told of it. */
export const moving = <V>(page: string, viewOf: (query: Query) => V, hashOfView: (view: V) => string): Moves<V>["go"] => (change, quietly = false) => {
  const query = queryOf(location.hash, page);
  // What was typed last may come when the page has been left.
  if (query !== null) goTo(hashOfView(change(viewOf(query))), quietly);
};
