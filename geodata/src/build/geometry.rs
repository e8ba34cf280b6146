//! Reading GeoJSON: outlines of units, and lines of roads.

use super::{BuildError, InputFile, Lines, tags};
use crate::{EdgeTraits, LonLat, UnitCode};
use flate2::read::GzDecoder;
use geo::{BoundingRect, Coord, InteriorPoint, LineString, MultiPolygon, Polygon, Rect};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, Position};
use std::{borrow::Cow, collections::BTreeMap, io::Read};

/// Outlines by code.
pub(super) type Outlines = BTreeMap<UnitCode, MultiPolygon<f64>>;

/// Most a gzipped road file may unpack to.
const MAX_UNPACKED: u64 = 4 << 30;
/// How far around the units' bounds roads are kept: roads outside shorten ways inside, and a
/// point may lie up to 20 km out.
const ROAD_MARGIN_DEGREES: f64 = 0.25;

/// The outlines of a feature collection, by the property `code`.
pub(super) fn read_outlines(file: InputFile<'_>) -> Result<Outlines, BuildError> {
    let mut outlines = Outlines::new();
    for (at, feature) in features(file)?.into_iter().enumerate() {
        let code = feature
            .property("code")
            .and_then(|value| value.as_str())
            .ok_or_else(|| file.error(format!("feature {at} has no `code`: add it as text")))?
            .to_owned();
        let outline = feature
            .geometry
            .as_ref()
            .and_then(|geometry| multi_polygon(&geometry.value))
            .ok_or_else(|| file.error(format!("unit {code} has no polygon of valid places")))?;
        if outlines.insert(UnitCode(code.clone()), outline).is_some() {
            return Err(file.error(format!("unit {code} has two outlines")));
        }
    }
    if outlines.is_empty() {
        return Err(file.error("holds no unit: give a FeatureCollection of polygons"));
    }
    Ok(outlines)
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

/// The units' bounds with a margin.
pub(super) fn bounds_with_margin(outlines: &Outlines) -> Rect<f64> {
    let whole = outlines
        .values()
        .filter_map(BoundingRect::bounding_rect)
        .reduce(|a, b| {
            Rect::new(
                (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
                (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
            )
        });
    let bounds = whole.unwrap_or_else(|| Rect::new((-180.0, -90.0), (180.0, 90.0)));
    let (min, max) = (bounds.min(), bounds.max());
    Rect::new(
        (min.x - ROAD_MARGIN_DEGREES, min.y - ROAD_MARGIN_DEGREES),
        (max.x + ROAD_MARGIN_DEGREES, max.y + ROAD_MARGIN_DEGREES),
    )
}

/// The lines of a feature collection. Lines meet wherever they have a vertex in common: OSM's
/// exports keep one coordinate for one node. A line of fewer than two places is left out.
pub(super) fn read_lines(file: InputFile<'_>) -> Result<Lines, BuildError> {
    let mut lines = Lines::default();
    for (at, feature) in features(file)?.into_iter().enumerate() {
        let traits = match feature.property("highway").and_then(|value| value.as_str()) {
            None => Some((EdgeTraits::UNKNOWN, false)),
            Some(_) => tags::traits(|key| feature.property(key).and_then(|value| value.as_str())),
        };
        let Some((traits, is_reversed)) = traits else {
            continue;
        };
        let strings = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
            Some(GeometryValue::LineString { coordinates }) => std::slice::from_ref(coordinates),
            Some(GeometryValue::MultiLineString { coordinates }) => coordinates.as_slice(),
            _ => continue,
        };
        for string in strings {
            let mut places = string
                .iter()
                .map(place)
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| file.error(format!("feature {at} has a vertex that is no place")))?;
            if is_reversed {
                places.reverse();
            }
            lines.push_by_place(&places, traits);
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
    if !file.bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(file.bytes));
    }
    let mut bytes = Vec::new();
    GzDecoder::new(file.bytes)
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
