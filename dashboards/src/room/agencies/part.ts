/** A part of the page, what it may ask of the page, and a table in which nothing opens. */
import type { ActionsOf, PartOf } from "../pages/part.ts";
import { Table } from "../pages/table.ts";
import type { PageState, View } from "./state.ts";

export type Part = PartOf<PageState>;
export type Actions = ActionsOf<View>;

export function figures<T>(testid: string, key: (row: T) => string, attrs?: (row: T) => Readonly<Record<string, string>>): Table<T> {
  return new Table<T>({ testid, isWindowed: false, key, ...(attrs === undefined ? {} : { attrs }) });
}
