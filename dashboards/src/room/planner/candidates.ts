/** Candidate places from a CSV file with the columns id, name, lon, lat. Bad rows are named by their line. Pure. */
import { linesOf } from "./csvlines.ts";

export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
}

export type RowFault = "fields" | "id" | "twice" | "number" | "swapped" | "outside";

export interface Candidates {
  readonly good: readonly Candidate[];
  readonly bad: readonly { readonly line: number; readonly fault: RowFault }[];
  /** Columns that the head does not have: nothing could be read. */
  readonly missing: readonly string[];
}

const COLUMNS = ["id", "name", "lon", "lat"] as const;
/** The box around the city; what lies outside is a slip. */
const BOX = { lon: [105.2, 106.1], lat: [20.5, 21.45] } as const;

const isIn = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value <= high;

/** A sheet saved in Vietnamese parts cells by semicolons, and writes 105,8. */
const numberOf = (text: string, isComma: boolean): number => (text === "" ? NaN : Number(isComma ? text.replace(",", ".") : text));

function faultOf({ id, lon, lat }: Candidate, seen: ReadonlySet<string>): RowFault | null {
  if (id === "") return "id";
  if (seen.has(id)) return "twice";
  if (!Number.isFinite(lon) || !Number.isFinite(lat)) return "number";
  if (isIn(lon, BOX.lon) && isIn(lat, BOX.lat)) return null;
  return isIn(lat, BOX.lon) && isIn(lon, BOX.lat) ? "swapped" : "outside";
}

export function candidatesOf(file: string): Candidates {
  const text = file.replace(/^\uFEFF/, "");
  const [first = ""] = text.split("\n");
  const isComma = !first.includes(",") && first.includes(";");
  const [head, ...rows] = linesOf(text, isComma ? ";" : ",");
  const places = COLUMNS.map((name) => head?.cells.findIndex((cell) => cell.toLowerCase() === name) ?? -1);
  const missing = COLUMNS.filter((_, i) => places[i] === -1);
  if (missing.length > 0) return { good: [], bad: [], missing };
  const good: Candidate[] = [];
  const bad: { line: number; fault: RowFault }[] = [];
  const seen = new Set<string>();
  for (const { line, cells } of rows) {
    if (cells.length < Math.max(...places) + 1) {
      bad.push({ line, fault: "fields" });
      continue;
    }
    const [id = "", name = "", lon = "", lat = ""] = places.map((place) => cells[place] ?? "");
    const one = { id, name: name === "" ? id : name, lon: numberOf(lon, isComma), lat: numberOf(lat, isComma) };
    const fault = faultOf(one, seen);
    if (fault === null) good.push(one);
    else bad.push({ line, fault });
    seen.add(id);
  }
  return { good, bad, missing: [] };
}
