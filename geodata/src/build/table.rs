//! The tables: units, old districts, branches, terms. Each row's mistake is named by its line.

use super::{BuildError, InputFile};
use crate::{CoordClass, LonLat, UnitCode, UnitKind};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What the table says of a unit.
pub(super) struct UnitRow {
    pub(super) name: String,
    pub(super) kind: UnitKind,
    pub(super) area_km2: f64,
    pub(super) population: u32,
    pub(super) seat: Option<(LonLat, CoordClass)>,
}

/// A branch's reception point.
pub(super) struct BranchRow {
    pub(super) old_district: String,
    pub(super) unit: UnitCode,
    pub(super) place: LonLat,
}

/// Whom to credit, and the licence.
#[derive(Deserialize)]
pub(super) struct TermsRow {
    part: String,
    pub(super) credit: String,
    pub(super) licence: String,
}

#[derive(Deserialize)]
struct RawUnit {
    code: String,
    name: String,
    kind: String,
    area_legal: f64,
    pop: u32,
    #[serde(default)]
    hq_lon: Option<f64>,
    #[serde(default)]
    hq_lat: Option<f64>,
    #[serde(default)]
    hq_src: Option<String>,
}

#[derive(Deserialize)]
struct RawDistrict {
    code: String,
    old_district: String,
}

#[derive(Deserialize)]
struct RawBranch {
    old_district: String,
    seat_unit_code: String,
    lon: f64,
    lat: f64,
}

/// The units' table, by code.
pub(super) fn read_units(file: InputFile<'_>) -> Result<BTreeMap<UnitCode, UnitRow>, BuildError> {
    let mut units = BTreeMap::new();
    for (line, raw) in rows::<RawUnit>(file)? {
        let at_line = |what: String| file.error(format!("line {line}: {what}"));
        let kind = match raw.kind.as_str() {
            "phuong" => UnitKind::Ward,
            "xa" => UnitKind::Commune,
            other => return Err(at_line(format!("kind `{other}`: use `phuong` or `xa`"))),
        };
        let seat = match (raw.hq_lon, raw.hq_lat) {
            (Some(lon), Some(lat)) => {
                let place = LonLat::new(lon, lat)
                    .ok_or_else(|| at_line(format!("the seat {lon}, {lat} is no place")))?;
                Some((place, seat_class(raw.hq_src.as_deref())))
            }
            _ => None,
        };
        let row = UnitRow {
            name: nfc(&raw.name),
            kind,
            area_km2: raw.area_legal,
            population: raw.pop,
            seat,
        };
        if units.insert(UnitCode(raw.code.clone()), row).is_some() {
            return Err(at_line(format!(
                "code {} stands in the table twice",
                raw.code
            )));
        }
    }
    Ok(units)
}

/// The class is the first letter of the seat's source ("A_sapnhap_ubnd_point"); a source that
/// does not say is not confirmed.
fn seat_class(source: Option<&str>) -> CoordClass {
    match source.and_then(|text| text.split_once('_')) {
        Some(("A", _)) => CoordClass::A,
        Some(("B", _)) => CoordClass::B,
        Some(("C", _)) => CoordClass::C,
        _ => CoordClass::Unconfirmed,
    }
}

/// Each unit's old district.
pub(super) fn read_districts(
    file: InputFile<'_>,
) -> Result<BTreeMap<UnitCode, String>, BuildError> {
    let rows = rows::<RawDistrict>(file)?;
    Ok(rows
        .into_iter()
        .map(|(_, raw)| (UnitCode(raw.code), nfc(&raw.old_district)))
        .collect())
}

/// The branches' reception points, in the file's order.
pub(super) fn read_branches(file: InputFile<'_>) -> Result<Vec<BranchRow>, BuildError> {
    let mut branches = Vec::new();
    for (line, raw) in rows::<RawBranch>(file)? {
        let place = LonLat::new(raw.lon, raw.lat).ok_or_else(|| {
            file.error(format!("line {line}: {}, {} is no place", raw.lon, raw.lat))
        })?;
        branches.push(BranchRow {
            old_district: nfc(&raw.old_district),
            unit: UnitCode(raw.seat_unit_code),
            place,
        });
    }
    Ok(branches)
}

/// Credits and licences by part.
pub(super) fn read_terms(file: InputFile<'_>) -> Result<BTreeMap<String, TermsRow>, BuildError> {
    let rows = rows::<TermsRow>(file)?;
    Ok(rows
        .into_iter()
        .map(|(_, row)| (row.part.clone(), row))
        .collect())
}

/// The rows of a CSV file with a header, each with its line.
pub(super) fn rows<T: DeserializeOwned>(file: InputFile<'_>) -> Result<Vec<(u64, T)>, BuildError> {
    let bytes = file
        .bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(file.bytes);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let mut rows = Vec::new();
    let headers = reader
        .headers()
        .map_err(|error| file.error(error.to_string()))?
        .clone();
    let mut record = csv::StringRecord::new();
    loop {
        let has_row = reader
            .read_record(&mut record)
            .map_err(|error| file.error(error.to_string()))?;
        if !has_row {
            return Ok(rows);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let row = record
            .deserialize(Some(&headers))
            .map_err(|error| file.error(format!("line {line}: {error}")))?;
        rows.push((line, row));
    }
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}
