/** What does not change while the room is open: outlines, roads, credits. Tried again until the server has it. */
import { keyHeaders } from "../../../signin/key.ts";
import type { FeatureCollection, MultiLineString, MultiPolygon, Polygon } from "geojson";

export interface UnitProperties {
  readonly code: string;
  readonly name: string;
  readonly kind: string;
  readonly population: number;
  readonly area_km2: number;
}

export type Units = FeatureCollection<Polygon | MultiPolygon, UnitProperties>;
export type Roads = FeatureCollection<MultiLineString, object>;

export interface About {
  readonly version: string;
  readonly credits: readonly string[];
}

export interface UnitNames {
  /** Grows when names become known. */
  readonly version: number;
  of(code: string | null): string;
}

export interface StaticData {
  readonly units: Units | null;
  readonly roads: Roads | null;
  readonly about: About | null;
  readonly unitNames: UnitNames;
}

const RETRY_MS = 5_000;

async function fetchJson(path: string): Promise<unknown> {
  for (;;) {
    try {
      const answer = await fetch(path, { headers: { accept: "application/json, application/geo+json", ...keyHeaders() } });
      if (answer.ok) return await answer.json();
    } catch {
      // The connection's state already tells that the server is away.
    }
    await new Promise((done) => setTimeout(done, RETRY_MS));
  }
}

/** A credit may be a line of text or an object with one. */
function creditLine(credit: unknown): string {
  if (typeof credit === "string") return credit;
  if (typeof credit !== "object" || credit === null) return "";
  const parts = credit as Readonly<Record<string, unknown>>;
  const text = ["credit", "text", "name", "source"].map((key) => parts[key]).find((part) => typeof part === "string");
  const licence = ["licence", "license"].map((key) => parts[key]).find((part) => typeof part === "string");
  if (typeof text !== "string") return "";
  return typeof licence === "string" && !text.includes(licence) ? `${text} (${licence})` : text;
}

function readAbout(answer: unknown): About {
  const { version, pack } = answer as { version?: string; pack?: { credits?: readonly unknown[] } };
  return { version: version ?? "", credits: (pack?.credits ?? []).map(creditLine).filter((line) => line !== "") };
}

export function loadStatic(changed: () => void): StaticData {
  const names = new Map<string, string>();
  const unitNames = { version: 0, of: (code: string | null): string => (code === null ? "" : (names.get(code) ?? code)) };
  const data: { -readonly [K in keyof StaticData]: StaticData[K] } = { units: null, roads: null, about: null, unitNames };

  void fetchJson("/api/v1/map/units").then((units) => {
    data.units = units as Units;
    for (const { properties } of data.units.features) names.set(properties.code, properties.name);
    unitNames.version += 1;
    changed();
    // The roads are the largest and the least needed: they come after the outlines.
    return fetchJson("/api/v1/map/roads").then((roads) => {
      data.roads = roads as Roads;
      changed();
    });
  });
  void fetchJson("/api/v1/about").then((about) => {
    data.about = readAbout(about);
    changed();
  });
  return data;
}
