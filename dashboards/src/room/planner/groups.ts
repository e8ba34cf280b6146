/** Groups of people from a list with the columns group, place, weight. Rows that do not count are named by their line. Pure. */
import { numberIn } from "../pages/form.ts";
import { linesOf } from "./csvlines.ts";

export interface GroupRow {
  readonly line: number;
  readonly group: string;
  /** A unit's code or a cell. */
  readonly place: string;
  readonly weight: number;
}

export type GroupFault = "fields" | "group" | "place" | "number";

interface GroupsRead {
  readonly good: readonly GroupRow[];
  readonly bad: readonly { readonly line: number; readonly fault: GroupFault }[];
  /** Columns that the head does not have: nothing could be read. */
  readonly missing: readonly string[];
  readonly isTooLarge?: boolean;
}

export interface GroupList {
  readonly name: string;
  readonly read: GroupsRead;
}

const COLUMNS = ["group", "place", "weight"] as const;
const CODE_DIGITS = 5;

/** Cells copied from a sheet are parted by tabs; one saved in Vietnamese by semicolons. */
const separatorOf = (head: string): string => (head.includes("\t") ? "\t" : !head.includes(",") && head.includes(";") ? ";" : ",");

/** A sheet takes the zeros off a unit's code: 4 is 00004. */
const placeIn = (text: string): string => (/^\d+$/.test(text) ? text.padStart(CODE_DIGITS, "0") : text);

export function groupsOf(file: string): GroupsRead {
  const text = file.replace(/^\uFEFF/, "").trimStart();
  const skipped = file.slice(0, file.length - text.length).split("\n").length - 1;
  const separator = separatorOf(text.split("\n")[0] ?? "");
  const [head, ...rows] = linesOf(text, separator);
  const places = COLUMNS.map((name) => head?.cells.findIndex((cell) => cell.toLowerCase() === name) ?? -1);
  const missing = COLUMNS.filter((_, i) => places[i] === -1);
  if (missing.length > 0) return { good: [], bad: [], missing };
  const good: GroupRow[] = [];
  const bad: { line: number; fault: GroupFault }[] = [];
  for (const { line: at, cells } of rows) {
    const line = at + skipped;
    const [group = "", place = "", written = ""] = places.map((i) => cells[i] ?? "");
    // Where commas part the cells numbers are a program's, 1200.5; elsewhere they are a Vietnamese sheet's, 1.200,5.
    const weight = numberIn(separator === "," ? "en" : "vi", written);
    if (cells.length < Math.max(...places) + 1) bad.push({ line, fault: "fields" });
    else if (group === "") bad.push({ line, fault: "group" });
    else if (place === "") bad.push({ line, fault: "place" });
    else if (weight === null) bad.push({ line, fault: "number" });
    else good.push({ line, group, place: placeIn(place), weight });
  }
  return { good, bad, missing: [] };
}
