/** A part of the page, and what it may ask of the page. */
import type { PageState, View } from "./state.ts";

export interface Part {
  readonly node: HTMLElement;
  update(state: PageState): void;
}

export interface Actions {
  /** Moves to another view; `quietly` without a step to go back to. */
  go(change: (view: View) => View, quietly?: boolean): void;
}
