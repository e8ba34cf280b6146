/** Small plane geometry for placing labels and points; degrees are good enough at a city's size. */
import type { Feature, FeatureCollection, Point, Position } from "geojson";
import type { SiteSummary } from "../../../live/views.ts";
import type { UnitProperties, Units } from "./static.ts";

export type Bounds = [number, number, number, number];

function areaAndCentre(ring: readonly Position[]): { area: number; centre: Position } {
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (twice === 0) return { area: 0, centre: [...(ring[0] ?? [0, 0])] };
  return { area: Math.abs(twice / 2), centre: [x / (3 * twice), y / (3 * twice)] };
}

const outerRings = (units: Units["features"][number]): Position[][] =>
  units.geometry.type === "Polygon"
    ? units.geometry.coordinates.slice(0, 1)
    : units.geometry.coordinates.flatMap((polygon) => polygon.slice(0, 1));

/** A point in the middle of each unit's largest part: one label a unit, whatever tiles the map cuts. */
export function labelPoints(units: Units): FeatureCollection<Point, UnitProperties> {
  const features = units.features.map((unit): Feature<Point, UnitProperties> => {
    const parts = outerRings(unit).map(areaAndCentre);
    const largest = parts.reduce((best, part) => (part.area > best.area ? part : best), parts[0] ?? { area: 0, centre: [0, 0] });
    return { type: "Feature", properties: unit.properties, geometry: { type: "Point", coordinates: largest.centre } };
  });
  return { type: "FeatureCollection", features };
}

export function boundsOf(units: Units): Bounds {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const unit of units.features) {
    for (const ring of outerRings(unit)) {
      for (const [x = 0, y = 0] of ring) {
        bounds[0] = Math.min(bounds[0], x);
        bounds[1] = Math.min(bounds[1], y);
        bounds[2] = Math.max(bounds[2], x);
        bounds[3] = Math.max(bounds[3], y);
      }
    }
  }
  return bounds;
}

export interface SiteProperties {
  readonly id: string;
  readonly icon: string;
  /** Which of several points at the same place this is: they are drawn side by side. */
  readonly slot: number;
  /** What is drawn last lies on top. */
  readonly order: number;
  readonly open: boolean;
}

export type SiteFeatures = FeatureCollection<Point, SiteProperties>;

const DRAWN_ORDER: Readonly<Record<SiteSummary["state"], number>> = { closed: 0, no_data: 1, ok: 2, busy: 3, over: 4 };

export function siteFeatures(sites: readonly SiteSummary[], open: string | null): SiteFeatures {
  const taken = new Map<string, number>();
  const features: Feature<Point, SiteProperties>[] = [];
  for (const site of [...sites].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (site.lon === null || site.lat === null) continue;
    // Four decimals are 11 m: a branch and a commune's point in the same house.
    const place = `${site.lon.toFixed(4)} ${site.lat.toFixed(4)}`;
    const slot = taken.get(place) ?? 0;
    taken.set(place, slot + 1);
    features.push({
      type: "Feature",
      geometry: { type: "Point", coordinates: [site.lon, site.lat] },
      properties: {
        id: site.id,
        icon: `${site.kind === "branch" ? "branch" : "point"}-${site.state}`,
        slot: Math.min(slot, 3),
        order: DRAWN_ORDER[site.state] * 1000 + site.attention,
        open: site.id === open,
      },
    });
  }
  return { type: "FeatureCollection", features };
}
