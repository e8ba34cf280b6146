//! Reading GeoJSON: outlines of units, and lines of roads.

use super::{BuildError, InputFile, Lines, Report, crossing, tags};
use crate::{EdgeTraits, LonLat, UnitCode};
use flate2::read::GzDecoder;
use geo::{BoundingRect, Coord, InteriorPoint, LineString, MultiPolygon, Polygon, Rect};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, Position};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    io::Read,
};

/// Outlines by code.
pub(super) type Outlines = BTreeMap<UnitCode, MultiPolygon<f64>>;

/// Most a gzipped road file may unpack to.
const MAX_UNPACKED: u64 = 4 << 30;
/// How far around the units' bounds roads are kept: roads outside shorten ways inside, and a
/// point may lie up to 20 km out.
const ROAD_MARGIN_DEGREES: f64 = 0.25;

/// The outlines of a feature collection, by the property `code`. A feature without code or
/// polygon, or of a code that came before, is set aside; an outline that crosses itself is told.
pub(super) fn read_outlines(
    file: InputFile<'_>,
    report: &mut Report,
) -> Result<Outlines, BuildError> {
    let mut outlines = Outlines::new();
    let mut are_swapped = false;
    for (at, feature) in features(file)?.into_iter().enumerate() {
        let at = format!("feature {}", at + 1);
        let code = feature.property("code").and_then(|value| value.as_str());
        let Some(code) = code.map(str::to_owned) else {
            let what = "has no `code`: add it as text; left out";
            report.add(file.name, "no code", at, "", what);
            continue;
        };
        let geometry = feature.geometry.as_ref().map(|geometry| &geometry.value);
        let Some(outline) = geometry.and_then(multi_polygon) else {
            let is_swapped = geometry.is_some_and(has_swapped_places);
            are_swapped |= is_swapped;
            let hint = if is_swapped { SWAPPED } else { "" };
            let what = format!("is no polygon of valid places{hint}: left out");
            report.add(file.name, "no polygon", at, code, what);
            continue;
        };
        if outlines.contains_key(&UnitCode(code.clone())) {
            let what = "its code has an outline already: the first is used";
            report.add(file.name, "duplicate", at, code, what);
            continue;
        }
        if let Some(place) = crossing::first_crossing(&outline) {
            let what = format!(
                "the outline crosses itself near {:.5}, {:.5}: used as it is, but places in the \
                 crossed part may fall to the wrong unit; repair it (ST_MakeValid, or Fix \
                 geometries in QGIS)",
                place.lon, place.lat
            );
            report.add(file.name, "crosses itself", at, code.clone(), what);
        }
        outlines.insert(UnitCode(code), outline);
    }
    if outlines.is_empty() {
        let hint = if are_swapped { SWAPPED } else { "" };
        return Err(file.error(format!(
            "holds no unit{hint}: give a FeatureCollection of polygons with a `code`"
        )));
    }
    Ok(outlines)
}

/// Said of numbers that would be a place the other way round.
const SWAPPED: &str = " (lon and lat look exchanged: GeoJSON has lon first)";

/// Whether some position of it is a place only with its numbers exchanged.
fn has_swapped_places(value: &GeometryValue) -> bool {
    let is_swapped = |position: &Position| {
        place(position).is_none()
            && matches!(position.as_slice(), [lat, lon, ..] if LonLat::new(*lon, *lat).is_some())
    };
    match value {
        GeometryValue::LineString { coordinates } => coordinates.iter().any(is_swapped),
        GeometryValue::Polygon { coordinates } | GeometryValue::MultiLineString { coordinates } => {
            coordinates.iter().flatten().any(is_swapped)
        }
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().flatten().flatten().any(is_swapped)
        }
        _ => false,
    }
}

fn multi_polygon(value: &GeometryValue) -> Option<MultiPolygon<f64>> {
    let polygons = match value {
        GeometryValue::Polygon { coordinates } => std::slice::from_ref(coordinates),
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        _ => return None,
    };
    let mut read = Vec::with_capacity(polygons.len());
    for rings in polygons {
        let mut lines = Vec::with_capacity(rings.len());
        for ring in rings {
            let places = ring.iter().map(place).collect::<Option<Vec<_>>>()?;
            // Three corners and the closing vertex are the least a ring can be.
            if places.len() < 4 {
                return None;
            }
            let coords = places.iter().map(|place| Coord {
                x: place.lon,
                y: place.lat,
            });
            lines.push(LineString::new(coords.collect()));
        }
        if lines.is_empty() {
            return None;
        }
        let interiors = lines.split_off(1);
        read.push(Polygon::new(lines.remove(0), interiors));
    }
    (!read.is_empty()).then(|| MultiPolygon::new(read))
}

/// A place inside an outline, for a unit whose seat is not known.
pub(super) fn inner_place(
    outline: &MultiPolygon<f64>,
    code: &UnitCode,
) -> Result<LonLat, BuildError> {
    outline
        .interior_point()
        .and_then(|point| LonLat::new(point.x(), point.y()))
        .ok_or_else(|| BuildError::Mismatch(format!("the outline of unit {code} is empty")))
}

/// The units' bounds.
pub(super) fn bounds(outlines: &Outlines) -> Rect<f64> {
    let whole = outlines
        .values()
        .filter_map(BoundingRect::bounding_rect)
        .reduce(|a, b| {
            Rect::new(
                (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
                (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
            )
        });
    whole.unwrap_or_else(|| Rect::new((-180.0, -90.0), (180.0, 90.0)))
}

/// The units' bounds with a margin.
pub(super) fn bounds_with_margin(outlines: &Outlines) -> Rect<f64> {
    let bounds = bounds(outlines);
    let (min, max) = (bounds.min(), bounds.max());
    Rect::new(
        (min.x - ROAD_MARGIN_DEGREES, min.y - ROAD_MARGIN_DEGREES),
        (max.x + ROAD_MARGIN_DEGREES, max.y + ROAD_MARGIN_DEGREES),
    )
}

/// The lines of a feature collection. Lines meet wherever they have a vertex in common: OSM's
/// exports keep one coordinate for one node. A line with a vertex that is no place is set aside,
/// and so is one that was drawn before.
pub(super) fn read_lines(file: InputFile<'_>, report: &mut Report) -> Result<Lines, BuildError> {
    let mut lines = Lines::default();
    let mut known = HashSet::new();
    for (at, feature) in features(file)?.into_iter().enumerate() {
        let at = format!("feature {}", at + 1);
        let text = |key: &str| feature.property(key).and_then(|value| value.as_str());
        let is_tagged = text("highway").is_some() || text("route").is_some();
        let traits = if is_tagged {
            tags::traits(text)
        } else {
            Some((EdgeTraits::UNKNOWN, false))
        };
        let Some((traits, is_reversed)) = traits else {
            continue;
        };
        let geometry = feature.geometry.as_ref().map(|geometry| &geometry.value);
        let strings = match geometry {
            Some(GeometryValue::LineString { coordinates }) => std::slice::from_ref(coordinates),
            Some(GeometryValue::MultiLineString { coordinates }) => coordinates.as_slice(),
            _ => continue,
        };
        let name = text("name").unwrap_or_default();
        for string in strings {
            let Some(mut places) = string.iter().map(place).collect::<Option<Vec<_>>>() else {
                let is_swapped = geometry.is_some_and(has_swapped_places);
                let hint = if is_swapped { SWAPPED } else { "" };
                let what = format!("has a vertex that is no place{hint}: left out");
                report.add(file.name, "no place", &at, name, what);
                continue;
            };
            if is_reversed {
                places.reverse();
            }
            let line = lines.number_places(&places);
            if known.insert((line.clone(), traits)) {
                lines.push(&line, traits);
            } else if line.len() > 1 {
                let what = "was drawn before, vertex by vertex: used once";
                report.add(file.name, "duplicate", &at, name, what);
            }
        }
    }
    Ok(lines)
}

fn features(file: InputFile<'_>) -> Result<Vec<Feature>, BuildError> {
    let bytes = unpacked(file)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| file.error("is not UTF-8 text"))?;
    let geojson = text
        .parse::<GeoJson>()
        .map_err(|error| file.error(format!("is not GeoJSON: {error}")))?;
    let collection = FeatureCollection::try_from(geojson)
        .map_err(|_| file.error("is no FeatureCollection: wrap its features in one"))?;
    Ok(collection.features)
}

fn unpacked(file: InputFile<'_>) -> Result<Cow<'_, [u8]>, BuildError> {
    let packed = file.bytes()?;
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Ok(packed);
    }
    let mut bytes = Vec::new();
    GzDecoder::new(&*packed)
        .take(MAX_UNPACKED)
        .read_to_end(&mut bytes)
        .map_err(|error| file.error(format!("cannot be unpacked: {error}; copy it again")))?;
    Ok(Cow::Owned(bytes))
}

fn place(position: &Position) -> Option<LonLat> {
    let [lon, lat, ..] = position.as_slice() else {
        return None;
    };
    LonLat::new(*lon, *lat).map(LonLat::quantised)
}
