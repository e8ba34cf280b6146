/**
 * The cells as a layer shows them: each has a class, each class its people. The map paints classes and knows nothing of
 * minutes or people; the legend counts them. Pure.
 */
import type { Polygon, MultiPolygon, FeatureCollection } from "geojson";
import { MINUTE_STEPS } from "../supervision/map/style.ts";
import type { CellChange, Queue, QueueCell, Reach } from "./view.ts";

export interface CellRow {
  readonly cell: string;
  readonly unit: string;
  readonly population: number;
  readonly minutes: number | null;
  readonly km: number | null;
  readonly covered: boolean;
  readonly approximate: boolean;
  readonly nearest_by_time?: string | null;
}

export type Cells = FeatureCollection<Polygon | MultiPolygon, CellRow>;

export const LAYERS = ["reach", "minutes", "people", "served"] as const;
export type Layer = (typeof LAYERS)[number];

/** Upper ends of the classes of people in a cell; the last class is open. */
export const PEOPLE_STEPS = [20, 100, 400, 1_000] as const;
export const CLASSES = 5;
/** No road leads there, or nothing is known. */
export const UNKNOWN = CLASSES;
const [COVERED, NOT_COVERED] = [0, 1];

function stepOf(value: number | null, steps: readonly number[]): number {
  if (value === null) return UNKNOWN;
  const found = steps.findIndex((end) => value < end);
  return found < 0 ? steps.length : found;
}

export type After = ReadonlyMap<string, Reach>;
export type Served = ReadonlyMap<string, QueueCell>;

export const NO_CHANGE: After = new Map();
export const NOT_SERVED: Served = new Map();

export const afterOf = (cells: readonly CellChange[]): After => new Map(cells.map(({ cell, after }) => [cell, after]));
export const servedOf = (queue: Queue | null): Served => (queue === null ? NOT_SERVED : new Map(queue.cells.map((one) => [one.cell, one])));

export function classOf(layer: Layer, cell: CellRow, after: After, served: Served): number {
  if (layer === "people") return stepOf(cell.population, PEOPLE_STEPS);
  if (layer === "served") return stepOf(served.get(cell.cell)?.total ?? null, MINUTE_STEPS);
  const reach = after.get(cell.cell) ?? cell;
  if (layer === "minutes") return stepOf(reach.minutes, MINUTE_STEPS);
  return reach.covered ? COVERED : NOT_COVERED;
}

export const stepsOf = (layer: Layer): readonly number[] => (layer === "people" ? PEOPLE_STEPS : MINUTE_STEPS);

export interface LayerSums {
  /** People by class, those of no class last. */
  readonly people: readonly number[];
  /** Far from any known road: their figures are rough. */
  readonly approximate: number;
  readonly all: number;
}

export function sumsOf(layer: Layer, cells: readonly CellRow[], after: After, served: Served): LayerSums {
  const people = Array.from({ length: CLASSES + 1 }, () => 0);
  let [approximate, all] = [0, 0];
  for (const cell of cells) {
    const place = classOf(layer, cell, after, served);
    people[place] = (people[place] ?? 0) + cell.population;
    all += cell.population;
    if (cell.approximate) approximate += cell.population;
  }
  return { people, approximate, all };
}

export interface UnitRow {
  readonly unit: string;
  readonly population: number;
  readonly before: number;
  readonly after: number;
  readonly approximate: number;
}

/** People covered in each unit, before and after; those with most people left out first. */
export function unitRows(cells: readonly CellRow[], after: After): UnitRow[] {
  const rows = new Map<string, { unit: string; population: number; before: number; after: number; approximate: number }>();
  for (const cell of cells) {
    const row = rows.get(cell.unit) ?? { unit: cell.unit, population: 0, before: 0, after: 0, approximate: 0 };
    row.population += cell.population;
    if (cell.covered) row.before += cell.population;
    if ((after.get(cell.cell) ?? cell).covered) row.after += cell.population;
    if (cell.approximate) row.approximate += cell.population;
    rows.set(cell.unit, row);
  }
  return [...rows.values()].sort((a, b) => (b.population - b.after) - (a.population - a.after));
}

/** How many of a gap's people would still be left out. */
export function leftOf(cellIds: readonly string[], byId: ReadonlyMap<string, CellRow>, after: After): number {
  let left = 0;
  for (const id of cellIds) {
    const cell = byId.get(id);
    if (cell !== undefined && !(after.get(id) ?? cell).covered) left += cell.population;
  }
  return left;
}

/** Which cells are gained and which lost. */
export const turnedOf = (cells: readonly CellChange[]): { readonly cell: string; readonly isGained: boolean }[] =>
  cells.filter(({ before, after }) => before.covered !== after.covered).map(({ cell, after }) => ({ cell, isGained: after.covered }));
