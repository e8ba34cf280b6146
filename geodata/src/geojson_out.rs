//! GeoJSON for maps, as text: units, roads, points, and the rings of cells. Everything is in
//! EPSG:4326 with six decimals (a tenth of a metre); roads are simplified for drawing only.

use crate::{CellIndex, LonLat, Pack, RoadClass};
use geo::{Coord, LineString, Simplify};
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write};

/// How far a drawn road may lie from its true course, degrees: about 11 m.
const ROAD_TOLERANCE_DEGREES: f64 = 1e-4;

/// The units: `code,name,kind,population,area_km2,old_district`.
pub fn units(pack: &Pack) -> String {
    let features = pack.units.iter().map(|unit| {
        let properties = json!({
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind,
            "population": unit.population,
            "area_km2": unit.area_km2,
            "old_district": unit.old_district,
        });
        feature(&properties, "MultiPolygon", &outline(&unit.outline))
    });
    collection(features)
}

/// The roads, simplified, as one `MultiLineString` for each class (`class` is null where it is
/// not known).
pub fn roads(pack: &Pack) -> String {
    let mut lines_by_class: BTreeMap<Option<u8>, Vec<String>> = BTreeMap::new();
    for edge in pack.roads.edges() {
        let shape = pack.roads.shape(edge).iter();
        let line: LineString<f64> = shape
            .map(|place| Coord {
                x: place.lon,
                y: place.lat,
            })
            .collect();
        let drawn = line.simplify(ROAD_TOLERANCE_DEGREES);
        let class = edge.traits.class.map(|class| class as u8);
        lines_by_class
            .entry(class)
            .or_default()
            .push(list(drawn.coords().map(coord)));
    }
    let features = lines_by_class.into_iter().map(|(class, lines)| {
        let class = class.and_then(|at| RoadClass::ALL.get(usize::from(at)));
        let properties = json!({ "class": class.map(|class| class.as_str()) });
        feature(&properties, "MultiLineString", &list(lines))
    });
    collection(features)
}

/// The points: `id,name,kind,unit,open,coord_class`.
pub fn points(pack: &Pack) -> String {
    let features = pack.points.iter().map(|point| {
        let properties = json!({
            "id": point.id,
            "name": point.name,
            "kind": point.kind,
            "unit": point.unit,
            "open": point.open,
            "coord_class": point.coord_class,
        });
        feature(&properties, "Point", &position(point.place))
    });
    collection(features)
}

/// A feature collection of features that are already text.
pub fn collection(features: impl IntoIterator<Item = String>) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":{}}}"#,
        list(features)
    )
}

/// A feature: its properties, the geometry's type and its coordinates as text.
pub fn feature(properties: &serde_json::Value, kind: &str, coordinates: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
    )
}

/// As [`feature`], with an id.
pub fn feature_of(
    id: &str,
    properties: &serde_json::Value,
    kind: &str,
    coordinates: &str,
) -> String {
    let id = serde_json::Value::from(id);
    format!(
        r#"{{"type":"Feature","id":{id},"properties":{properties},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
    )
}

/// The coordinates of a cell's polygon.
pub fn cell_polygon(cell: CellIndex) -> String {
    let boundary = cell.boundary();
    let closed = boundary.iter().chain(boundary.first());
    let ring = list(closed.map(|corner| {
        position(LonLat {
            lon: corner.lng(),
            lat: corner.lat(),
        })
    }));
    format!("[{ring}]")
}

/// The coordinates of an outline's polygons.
pub fn outline(outline: &geo::MultiPolygon<f64>) -> String {
    list(outline.iter().map(|polygon| {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        list(rings.map(|ring| list(ring.coords().map(coord))))
    }))
}

fn coord(coord: &Coord<f64>) -> String {
    position(LonLat {
        lon: coord.x,
        lat: coord.y,
    })
}

/// A place's coordinates.
pub fn position(place: LonLat) -> String {
    let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
    format!("[{},{}]", rounded(place.lon), rounded(place.lat))
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("[");
    for (at, item) in items.into_iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{item}");
    }
    text.push(']');
    text
}
