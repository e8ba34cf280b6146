/** The coverage layer's cells, fetched when first asked for, and the people in each class for the legend. */
import { keyHeaders } from "../../../signin/key.ts";
import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import type { CoverageMode } from "../state.ts";
import { MINUTE_STEPS } from "./style.ts";

export interface CellProperties {
  readonly cell: string;
  readonly population: number;
  readonly minutes: number;
  readonly km: number;
  readonly covered: boolean;
  readonly approximate: boolean;
  readonly unit: string;
}

export type Cells = FeatureCollection<Polygon | MultiPolygon, CellProperties>;

export interface PeopleByClass {
  readonly covered: number;
  readonly notCovered: number;
  /** By the classes of `MINUTE_STEPS`, the open one last. */
  readonly minutes: readonly number[];
  readonly approximate: number;
}

export function minuteClass(minutes: number): number {
  const found = MINUTE_STEPS.findIndex((end) => minutes < end);
  return found < 0 ? MINUTE_STEPS.length : found;
}

export function peopleByClass(cells: Cells): PeopleByClass {
  const minutes = Array.from({ length: MINUTE_STEPS.length + 1 }, () => 0);
  let covered = 0;
  let notCovered = 0;
  let approximate = 0;
  for (const { properties: cell } of cells.features) {
    const place = minuteClass(cell.minutes);
    minutes[place] = (minutes[place] ?? 0) + cell.population;
    if (cell.covered) covered += cell.population;
    else notCovered += cell.population;
    if (cell.approximate) approximate += cell.population;
  }
  return { covered, notCovered, minutes, approximate };
}

export type CoverageLoad =
  | { readonly kind: "none" | "loading" | "failed" }
  | { readonly kind: "loaded"; readonly cells: Cells; readonly people: PeopleByClass };

/** Holds the one load of the cells; a failed one is tried again when the layer is next asked for. */
export class CoverageCells {
  readonly #changed: () => void;
  #load: CoverageLoad = { kind: "none" };

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get load(): CoverageLoad {
    return this.#load;
  }

  want(mode: CoverageMode): void {
    if (mode === "off" || this.#load.kind === "loading" || this.#load.kind === "loaded") return;
    this.#load = { kind: "loading" };
    this.#changed();
    void this.#fetch().then((load) => {
      this.#load = load;
      this.#changed();
    });
  }

  async #fetch(): Promise<CoverageLoad> {
    try {
      const answer = await fetch("/api/v1/map/cells", { headers: keyHeaders() });
      if (!answer.ok) return { kind: "failed" };
      const cells = (await answer.json()) as Cells;
      return { kind: "loaded", cells, people: peopleByClass(cells) };
    } catch {
      return { kind: "failed" };
    }
  }
}
