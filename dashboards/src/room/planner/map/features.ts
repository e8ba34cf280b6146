/** What the map draws over the cells, as GeoJSON. Pure. */
import type { Feature, FeatureCollection, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon } from "geojson";
import type { ShownPoint } from "../changes.ts";
import { outlineOf } from "../outline.ts";
import type { Ring } from "../outline.ts";
import type { CellChange, Gap } from "../view.ts";
import { turnedOf } from "../cells.ts";

export type CellShapes = ReadonlyMap<string, Polygon | MultiPolygon>;

const feature = <G extends Geometry>(geometry: G, properties: Readonly<Record<string, unknown>>): Feature<G> => ({ type: "Feature", geometry, properties });
const collection = <G extends Geometry>(features: Feature<G>[]): FeatureCollection<G> => ({ type: "FeatureCollection", features });

/** What is drawn last lies on top: what is changed over what is not, what is chosen over all. */
const ORDER: Readonly<Record<ShownPoint["change"], number>> = { removed: 1, none: 0, moved: 2, added: 3 };

export const pointFeatures = (points: readonly ShownPoint[], chosen: string): FeatureCollection<Point> =>
  collection(points.map(({ id, kind, lon, lat, change }) => feature({ type: "Point", coordinates: [lon, lat] },
    { id, icon: `${kind}-${change}`, order: id === chosen ? 9 : ORDER[change] })));

const movedOnes = (points: readonly ShownPoint[]): (ShownPoint & { from: NonNullable<ShownPoint["from"]> })[] =>
  points.filter((one): one is ShownPoint & { from: NonNullable<ShownPoint["from"]> } => one.from !== null);

export const ghostFeatures = (points: readonly ShownPoint[]): FeatureCollection<Point> =>
  collection(movedOnes(points).map(({ from }) => feature({ type: "Point", coordinates: [from.lon, from.lat] }, {})));

export const moveFeatures = (points: readonly ShownPoint[]): FeatureCollection<LineString> =>
  collection(movedOnes(points).map(({ from, lon, lat }) => feature({ type: "LineString", coordinates: [[from.lon, from.lat], [lon, lat]] }, {})));

export const turnedFeatures = (cells: readonly CellChange[], shapes: CellShapes): FeatureCollection<Polygon | MultiPolygon> =>
  collection(turnedOf(cells).flatMap(({ cell, isGained }) => {
    const shape = shapes.get(cell);
    return shape === undefined ? [] : [feature(shape, { gained: isGained })];
  }));

const ringsOf = (shape: Polygon | MultiPolygon): Ring[] =>
  (shape.type === "Polygon" ? shape.coordinates.slice(0, 1) : shape.coordinates.flatMap((one) => one.slice(0, 1)));

/** The first cell of a gap stands for it: its rank may change with the question. */
export const keyOf = ({ cells }: Gap): string => cells[0] ?? "";

/** The outlines are reckoned once for each answer. */
export function gapOutlines(gaps: readonly Gap[], shapes: CellShapes): Map<string, MultiLineString> {
  return new Map(gaps.map((gap) => {
    const rings = gap.cells.flatMap((cell) => {
      const shape = shapes.get(cell);
      return shape === undefined ? [] : ringsOf(shape);
    });
    return [keyOf(gap), { type: "MultiLineString", coordinates: outlineOf(rings) }];
  }));
}

export const gapFeatures = (outlines: ReadonlyMap<string, MultiLineString>, chosen: string): FeatureCollection<MultiLineString> =>
  collection([...outlines].map(([cell, shape]) => feature(shape, { cell, chosen: cell === chosen })));

export const rankFeatures = (gaps: readonly Gap[], chosen: string): FeatureCollection<Point> =>
  collection(gaps.map((gap) => feature({ type: "Point", coordinates: [...gap.centre] }, { cell: keyOf(gap), rank: gap.rank, chosen: keyOf(gap) === chosen })));
