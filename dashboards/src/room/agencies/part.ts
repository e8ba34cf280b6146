/** A part of the page, what it may ask of the page, and a table in which nothing opens. */
import { Table } from "../pages/table.ts";
import type { PageState, View } from "./state.ts";

export interface Part {
  readonly node: HTMLElement;
  update(state: PageState): void;
}

export interface Actions {
  /** Moves to another view; `quietly` without a step to go back to. */
  go(change: (view: View) => View, quietly?: boolean): void;
  /** Something was entered: everything is asked again. */
  readonly reload: () => void;
}

export function figures<T>(testid: string, key: (row: T) => string, attrs?: (row: T) => Readonly<Record<string, string>>): Table<T> {
  return new Table<T>({ testid, isWindowed: false, key, ...(attrs === undefined ? {} : { attrs }) });
}
