//! Rows as the contract names them, and GeoJSON for the map.

use super::{CellReach, PointRef, Summary};
use geodata::{Pack, geojson_out};
use serde::Serialize;
use serde_json::json;

/// One cell's row: the contract's columns in its order. Figures are rounded here and only here;
/// `None` stands where there is no figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row<'a> {
    /// H3 index in hexadecimal.
    pub cell: String,
    /// Code of its unit.
    pub unit: &'a str,
    /// Whole people.
    pub population: u32,
    /// Minutes to 0.01.
    pub minutes: Option<f64>,
    /// Kilometres to 0.001.
    pub km: Option<f64>,
    /// Id of the nearest point by time.
    pub nearest_by_time: Option<&'a str>,
    /// Id of the nearest point by distance.
    pub nearest_by_distance: Option<&'a str>,
    /// Whether the rule holds.
    pub covered: bool,
    /// Straight-line kilometres to the network, to 0.001.
    pub access_km: Option<f64>,
    /// Whether that is over 1 km.
    pub approximate: bool,
}

/// The rows of a computation, in the order of the cells.
pub fn rows<'a>(
    pack: &'a Pack,
    points: &'a [PointRef<'a>],
    reaches: &'a [CellReach],
) -> impl Iterator<Item = Row<'a>> {
    reaches.iter().map(move |reach| row(pack, points, reach))
}

/// One cell's row.
pub fn row<'a>(pack: &'a Pack, points: &'a [PointRef<'a>], reach: &CellReach) -> Row<'a> {
    let id = |at: Option<u32>| {
        at.and_then(|at| points.get(at as usize))
            .map(|point| point.id)
    };
    Row {
        cell: reach.cell.to_string(),
        unit: pack.units[reach.unit.at()].code.as_str(),
        population: reach.population,
        minutes: rounded(reach.minutes, 100.0),
        km: rounded(reach.km, 1000.0),
        nearest_by_time: id(reach.nearest_by_time),
        nearest_by_distance: id(reach.nearest_by_distance),
        covered: reach.covered,
        access_km: rounded(reach.access_km, 1000.0),
        approximate: reach.approximate,
    }
}

/// A polygon for each cell, with its row as properties.
pub fn to_geojson(pack: &Pack, points: &[PointRef<'_>], reaches: &[CellReach]) -> String {
    let features = rows(pack, points, reaches)
        .zip(reaches)
        .map(|(row, reach)| {
            let properties = serde_json::to_value(&row).unwrap_or_default();
            geojson_out::feature(
                &properties,
                "Polygon",
                &geojson_out::cell_polygon(reach.cell),
            )
        });
    geojson_out::collection(features)
}

/// The units' outlines with people and shares.
pub fn summary_to_geojson(pack: &Pack, summary: &Summary) -> String {
    let features = pack.units.iter().zip(&summary.units).map(|(unit, share)| {
        let properties = json!({
            "unit": share.unit,
            "name": share.name,
            "population": share.population,
            "covered": share.covered,
            "share": share.share,
            "far_population": share.far_population,
        });
        geojson_out::feature(
            &properties,
            "MultiPolygon",
            &geojson_out::outline(&unit.outline),
        )
    });
    geojson_out::collection(features)
}

fn rounded(value: f64, steps: f64) -> Option<f64> {
    value.is_finite().then(|| (value * steps).round() / steps)
}
