//! Reading a city's own list of points or candidates: `id,name,kind,lon,lat[,unit,open]`.
//!
//! A row's mistake costs that row only, and is told with its line. A place outside the units'
//! outline but within 20 km is used and told; a farther one is most often a slip (two numbers
//! exchanged, a missing digit) and is rejected.

use crate::{
    CoordClass, LonLat, Pack, Point, PointKind, UnitCode,
    whereabouts::{Whereabouts, whereabouts},
};
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;

/// Why the file as a whole cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointsCsvError {
    /// A column is missing.
    #[error(
        "the points file has no column `{0}`: its first line must be `id,name,kind,lon,lat[,unit,open]`"
    )]
    NoColumn(&'static str),
    /// It is not a table at all.
    #[error("the points file cannot be read as CSV: {0}")]
    Unreadable(String),
}

/// A row that is used although its place lies outside the units' outline.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsideRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// The point's id.
    pub id: String,
    /// Kilometres to the outline.
    pub km: f64,
}

/// A row that is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// Why, and what to do.
    pub reason: String,
}

/// What a points file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointsFile {
    /// The points of the good rows, in their order.
    pub points: Vec<Point>,
    /// Those of them that lie just outside.
    pub outside: Vec<OutsideRow>,
    /// The rows left out.
    pub rejected: Vec<RejectedRow>,
}

struct Columns {
    id: usize,
    name: usize,
    kind: usize,
    lon: usize,
    lat: usize,
    unit: Option<usize>,
    open: Option<usize>,
}

/// Reads a points file against the units of a pack.
pub fn read(bytes: &[u8], pack: &Pack) -> Result<PointsFile, PointsCsvError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let unreadable = |error: csv::Error| PointsCsvError::Unreadable(error.to_string());
    let columns = Columns::find(reader.headers().map_err(unreadable)?)?;
    let mut file = PointsFile::default();
    let mut ids = HashSet::new();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        let read = read_row(&record, &columns, pack).and_then(|(point, outside_km)| {
            if ids.insert(point.id.clone()) {
                return Ok((point, outside_km));
            }
            Err(format!(
                "id `{}` stands in the file twice: give each point its own",
                point.id
            ))
        });
        match read {
            Ok((point, outside_km)) => {
                if let Some(km) = outside_km {
                    file.outside.push(OutsideRow {
                        line,
                        id: point.id.clone(),
                        km,
                    });
                }
                file.points.push(point);
            }
            Err(reason) => file.rejected.push(RejectedRow { line, reason }),
        }
    }
    Ok(file)
}

impl Columns {
    fn find(headers: &csv::StringRecord) -> Result<Self, PointsCsvError> {
        let find = |name: &str| headers.iter().position(|header| header == name);
        let need = |name: &'static str| find(name).ok_or(PointsCsvError::NoColumn(name));
        Ok(Self {
            id: need("id")?,
            name: need("name")?,
            kind: need("kind")?,
            lon: need("lon")?,
            lat: need("lat")?,
            unit: find("unit"),
            open: find("open"),
        })
    }
}

fn read_row(
    record: &csv::ByteRecord,
    columns: &Columns,
    pack: &Pack,
) -> Result<(Point, Option<f64>), String> {
    let field = |at: usize| {
        let bytes = record.get(at).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8: save the file as UTF-8".to_owned())
    };
    let number = |at: usize, name: &str| {
        let text = field(at)?;
        text.parse::<f64>()
            .map_err(|_| format!("{name} `{text}` is no number in degrees"))
    };
    let id = field(columns.id)?;
    if id.is_empty() {
        return Err("it has no id".to_owned());
    }
    let kind: PointKind = field(columns.kind)?
        .parse()
        .map_err(|error| format!("{error}"))?;
    let (lon, lat) = (number(columns.lon, "lon")?, number(columns.lat, "lat")?);
    let open = match columns.open.map(field).transpose()?.unwrap_or_default() {
        "" | "true" => true,
        "false" => false,
        other => return Err(format!("open `{other}`: use true or false")),
    };
    let whereabouts = whereabouts(pack, lon, lat);
    if let Some(why) = whereabouts.refusal() {
        return Err(format!("`{id}` at {lon}, {lat} {why}"));
    }
    let (found, outside_km) = match whereabouts {
        Whereabouts::Inside(code) => (Some(code), None),
        Whereabouts::Near(km) => (None, Some(km).filter(|km| *km > 0.0)),
        Whereabouts::Far { .. } => (None, None),
    };
    let unit = match columns.unit.map(field).transpose()?.unwrap_or_default() {
        "" => found,
        code if pack.unit(code).is_some() => Some(UnitCode(code.to_owned())),
        code => {
            return Err(format!(
                "unit `{code}` is not in the pack: leave it empty or correct it"
            ));
        }
    };
    let point = Point {
        id: id.to_owned(),
        name: field(columns.name)?.nfc().collect(),
        kind,
        place: LonLat { lon, lat },
        unit,
        open,
        coord_class: CoordClass::Unconfirmed,
    };
    Ok((point, outside_km))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_text(text: &str) -> PointsFile {
        read(text.as_bytes(), Pack::hanoi().unwrap()).unwrap()
    }

    #[test]
    fn good_rows_are_read_with_their_unit_found() {
        let file = read_text(
            "id,name,kind,lon,lat,unit,open\n\
             a,Điểm A,community,105.82,21.035,,\n\
             b,\"Điểm B, tầng 2\",kiosk,105.82,21.035,00008,false\n",
        );
        assert_eq!(file.rejected, []);
        assert_eq!(file.points[0].unit, Some(UnitCode("00008".into())));
        assert!(file.points[0].open && !file.points[1].open);
        assert_eq!(file.points[1].name, "Điểm B, tầng 2");
    }

    #[test]
    fn columns_may_stand_in_any_order_and_the_last_two_be_absent() {
        let file = read_text("lat,lon,kind,id,name\n21.035,105.82,branch,x,X\n");
        assert_eq!(file.points.len(), 1);
        let pack = Pack::hanoi().unwrap();
        assert_eq!(
            read(b"id,name,kind,lon\n", pack),
            Err(PointsCsvError::NoColumn("lat"))
        );
    }

    #[test]
    fn a_place_just_outside_is_used_and_told_a_far_one_rejected() {
        // About 8 km east of the city, then a place in Hải Phòng, then two numbers exchanged.
        let file = read_text(
            "id,name,kind,lon,lat\n\
             near,N,point,106.1,20.95\n\
             far,F,point,106.68,20.86\n\
             swapped,S,point,21.03,105.85\n\
             nan,S,point,NaN,21\n",
        );
        assert_eq!(file.points.len(), 1);
        assert_eq!(file.points[0].unit, None);
        assert!(
            file.outside[0].km > 1.0 && file.outside[0].km < 20.0,
            "{}",
            file.outside[0].km
        );
        let lines: Vec<u64> = file.rejected.iter().map(|row| row.line).collect();
        assert_eq!(lines, [3, 4, 5]);
        assert!(file.rejected[0].reason.contains("km outside"));
    }

    #[test]
    fn a_rows_mistake_costs_that_row_only() {
        let file = read_text(
            "id,name,kind,lon,lat,unit,open\n\
             a,A,point,105.82,21.035,,maybe\n\
             b,B,shop,105.82,21.035\n\
             c,C,point,x,21.035\n\
             d,D,point,105.82,21.035,99999,\n\
             ,E,point,105.82,21.035\n\
             f,F,point,105.82,21.035\n\
             f,F2,point,105.82,21.035\n",
        );
        assert_eq!(file.points.len(), 1);
        assert_eq!(file.rejected.len(), 6, "{:?}", file.rejected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let pack = Pack::hanoi().unwrap();
            let _ = read(&bytes, pack);
            let with_header = [b"id,name,kind,lon,lat,unit,open\n".as_slice(), &bytes].concat();
            let _ = read(&with_header, pack);
        }
    }
}
