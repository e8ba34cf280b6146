//! The tables: units, old districts, branches, terms. Each row's mistake is named by its line.

use super::{BuildError, InputFile, Report};
use crate::{CoordClass, LonLat, UnitCode, UnitKind};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What the table says of a unit.
pub(super) struct UnitRow {
    /// Line in the table, from 1.
    pub(super) line: u64,
    pub(super) name: String,
    pub(super) kind: UnitKind,
    pub(super) area_km2: f64,
    pub(super) population: u32,
    pub(super) seat: Option<(LonLat, CoordClass)>,
}

/// A branch's reception point.
pub(super) struct BranchRow {
    /// Line in the table, from 1.
    pub(super) line: u64,
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
    #[serde(default)]
    pub(super) date: Option<String>,
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

/// The units' table, by code. A row with a mistake is left out; of two with one code the first is
/// used; a seat that is no place is as one that is not given.
pub(super) fn read_units(
    file: InputFile<'_>,
    report: &mut Report,
) -> Result<BTreeMap<UnitCode, UnitRow>, BuildError> {
    let mut units = BTreeMap::new();
    for (line, raw) in rows::<RawUnit>(file, report)? {
        let at = format!("line {line}");
        let kind = match raw.kind.as_str() {
            "phuong" => UnitKind::Ward,
            "xa" => UnitKind::Commune,
            other => {
                let what = format!("kind `{other}`: use `phuong` or `xa`; left out");
                report.add(file.name, "bad kind", at, raw.code, what);
                continue;
            }
        };
        if units.contains_key(&UnitCode(raw.code.clone())) {
            let what = "its code stands in the table already: the first row is used";
            report.add(file.name, "duplicate", at, raw.code, what);
            continue;
        }
        if !(raw.area_legal > 0.0 && raw.area_legal < 1e6) {
            let what = format!("area_legal {} is no area in km²: left out", raw.area_legal);
            report.add(file.name, "bad area", at, raw.code, what);
            continue;
        }
        let seat = match (raw.hq_lon, raw.hq_lat) {
            (Some(lon), Some(lat)) => {
                let place = LonLat::new(lon, lat);
                if place.is_none() {
                    let what = format!(
                        "the seat {lon}, {lat} is no place{}: a place inside the outline is used, \
                         class C",
                        swapped(lon, lat)
                    );
                    report.add(file.name, "bad seat", at, raw.code.clone(), what);
                }
                place.map(|place| (place, seat_class(raw.hq_src.as_deref())))
            }
            _ => None,
        };
        let row = UnitRow {
            line,
            name: nfc(&raw.name),
            kind,
            area_km2: raw.area_legal,
            population: raw.pop,
            seat,
        };
        units.insert(UnitCode(raw.code), row);
    }
    Ok(units)
}

/// A remark where two numbers would be a place the other way round.
fn swapped(lon: f64, lat: f64) -> &'static str {
    if LonLat::new(lat, lon).is_some() {
        " (they look exchanged)"
    } else {
        ""
    }
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
    report: &mut Report,
) -> Result<BTreeMap<UnitCode, String>, BuildError> {
    let rows = rows::<RawDistrict>(file, report)?;
    Ok(rows
        .into_iter()
        .map(|(_, raw)| (UnitCode(raw.code), nfc(&raw.old_district)))
        .collect())
}

/// The branches' reception points, in the file's order.
pub(super) fn read_branches(
    file: InputFile<'_>,
    report: &mut Report,
) -> Result<Vec<BranchRow>, BuildError> {
    let mut branches = Vec::new();
    for (line, raw) in rows::<RawBranch>(file, report)? {
        let old_district = nfc(&raw.old_district);
        let Some(place) = LonLat::new(raw.lon, raw.lat) else {
            let what = format!(
                "{}, {} is no place{}: left out",
                raw.lon,
                raw.lat,
                swapped(raw.lon, raw.lat)
            );
            let at = format!("line {line}");
            report.add(file.name, "no place", at, old_district, what);
            continue;
        };
        branches.push(BranchRow {
            line,
            old_district,
            unit: UnitCode(raw.seat_unit_code),
            place,
        });
    }
    Ok(branches)
}

/// Credits, licences and dates by part.
pub(super) fn read_terms(
    file: InputFile<'_>,
    report: &mut Report,
) -> Result<BTreeMap<String, TermsRow>, BuildError> {
    let rows = rows::<TermsRow>(file, report)?;
    Ok(rows
        .into_iter()
        .map(|(_, row)| (row.part.clone(), row))
        .collect())
}

/// The rows of a CSV file with a header, each with its line; rows that do not read are told and
/// left out. A file of which no row reads is an error, its first mistake named.
pub(super) fn rows<T: DeserializeOwned>(
    file: InputFile<'_>,
    report: &mut Report,
) -> Result<Vec<(u64, T)>, BuildError> {
    let bytes = file.bytes()?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    let mut rows = Vec::new();
    let mut first_mistake = None;
    let headers = reader
        .headers()
        .map_err(|error| file.error(error.to_string()))?
        .clone();
    let mut bytes_of_row = csv::ByteRecord::new();
    loop {
        let has_row = reader
            .read_byte_record(&mut bytes_of_row)
            .map_err(|error| file.error(error.to_string()))?;
        if !has_row {
            break;
        }
        let line = bytes_of_row.position().map_or(0, csv::Position::line);
        let row = csv::StringRecord::from_byte_record(bytes_of_row.clone())
            .map_err(|_| "is not UTF-8: save the file as UTF-8".to_owned())
            .and_then(|record| {
                record
                    .deserialize(Some(&headers))
                    .map_err(|error| bare_message(&error))
            });
        match row {
            Ok(row) => rows.push((line, row)),
            Err(why) => {
                first_mistake.get_or_insert_with(|| format!("line {line}: {why}"));
                let name = bytes_of_row.get(0).map(String::from_utf8_lossy);
                let what = format!("{why}; left out");
                let at = format!("line {line}");
                report.add(
                    file.name,
                    "unreadable row",
                    at,
                    name.unwrap_or_default(),
                    what,
                );
            }
        }
    }
    match first_mistake {
        Some(mistake) if rows.is_empty() => Err(file.error(mistake)),
        _ => Ok(rows),
    }
}

/// What is wrong with a row, without the position that the message has already.
fn bare_message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => match err.field() {
            Some(field) => format!("field {}: {}", field + 1, err.kind()),
            None => err.kind().to_string(),
        },
        _ => error.to_string(),
    }
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}
