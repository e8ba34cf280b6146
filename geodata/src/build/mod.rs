//! Making a pack from public files. Pure: bytes in, a [`Pack`] out, the same bytes for the same
//! inputs.
//!
//! | input | what is read of it |
//! |---|---|
//! | units (GeoJSON) | `code` and the detailed outline: decides which unit holds a cell's centre |
//! | attributes (CSV) | `code,name,kind,area_legal,pop`, and where there `hq_lon,hq_lat,hq_src` |
//! | population (CSV) | `lon,lat,pop` on a regular grid: weights inside each unit |
//! | roads (OSM PBF, or GeoJSON, gzip allowed) | lines; class, direction and access where tagged |
//! | outlines (GeoJSON, optional) | simplified outlines to keep instead of the detailed ones |
//! | districts (CSV, optional) | `code,old_district` |
//! | branches (CSV, optional) | `old_district,seat_unit_code,lon,lat`: the reception points |
//! | terms (CSV, optional) | `part,credit,licence`: what to say of each of the above |

mod chain;
mod geometry;
mod osm;
mod people;
mod table;
mod tags;

pub use chain::Lines;
pub use osm::read_pbf;

use crate::{
    Cells, CoordClass, Meta, Pack, PackError, Point, PointKind, RoadNetwork, Source, Unit,
};
use std::collections::BTreeMap;

/// A file's name and bytes.
#[derive(Clone, Copy, Debug)]
pub struct InputFile<'a> {
    /// Its name, for messages and provenance.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Everything a pack is made from.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// The city's name.
    pub name: &'a str,
    /// Version of the content.
    pub version: &'a str,
    /// The command to note in the pack.
    pub command: &'a str,
    /// Detailed outlines.
    pub units: InputFile<'a>,
    /// Table of units.
    pub attributes: InputFile<'a>,
    /// Population grid.
    pub population: InputFile<'a>,
    /// Roads.
    pub roads: InputFile<'a>,
    /// Simplified outlines.
    pub outlines: Option<InputFile<'a>>,
    /// Each unit's old district.
    pub districts: Option<InputFile<'a>>,
    /// Seats of the branches' reception points.
    pub branches: Option<InputFile<'a>>,
    /// Credits and licences by part.
    pub terms: Option<InputFile<'a>>,
}

/// Why a pack cannot be made. Each names the file.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file does not read as what it should be.
    #[error("{file}: {what}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it and what to do.
        what: String,
    },
    /// The files do not fit together.
    #[error("the files do not fit together: {0}")]
    Mismatch(String),
    /// The result breaks what must hold of a pack.
    #[error(transparent)]
    Pack(#[from] PackError),
}

impl InputFile<'_> {
    fn error(&self, what: impl Into<String>) -> BuildError {
        BuildError::File {
            file: self.name.to_owned(),
            what: what.into(),
        }
    }
}

/// Makes a pack.
pub fn build(inputs: &Inputs<'_>) -> Result<Pack, BuildError> {
    let detailed = geometry::read_outlines(inputs.units)?;
    let outlines = match inputs.outlines {
        Some(file) => geometry::read_outlines(file)?,
        None => detailed.clone(),
    };
    let units = read_units(inputs, &outlines)?;
    let grid = people::Grid::read(inputs.population)?;
    let cells = people::cells(&units, &detailed, &grid)?;
    let roads = read_roads(inputs.roads, &detailed)?;
    let points = read_points(inputs, &units)?;
    let pack = Pack {
        meta: meta(inputs)?,
        units,
        cells: Cells::new(cells),
        roads,
        points,
    };
    pack.check()?;
    Ok(pack)
}

fn read_units(inputs: &Inputs<'_>, outlines: &geometry::Outlines) -> Result<Vec<Unit>, BuildError> {
    let districts = match inputs.districts {
        Some(file) => table::read_districts(file)?,
        None => BTreeMap::new(),
    };
    let rows = table::read_units(inputs.attributes)?;
    let mut units = Vec::with_capacity(rows.len());
    for (code, row) in rows {
        let outline = outlines.get(&code).ok_or_else(|| {
            BuildError::Mismatch(format!("unit {code} of the table has no outline"))
        })?;
        let (seat, seat_class) = match row.seat {
            Some(seat) => seat,
            None => (geometry::inner_place(outline, &code)?, CoordClass::C),
        };
        units.push(Unit {
            old_district: districts.get(&code).cloned(),
            code,
            name: row.name,
            kind: row.kind,
            area_km2: row.area_km2,
            population: row.population,
            seat: seat.quantised(),
            seat_class,
            outline: outline.clone(),
        });
    }
    if let Some(code) = outlines
        .keys()
        .find(|code| !units.iter().any(|unit| unit.code == **code))
    {
        return Err(BuildError::Mismatch(format!(
            "unit {code} has an outline but no row"
        )));
    }
    Ok(units)
}

fn read_roads(
    file: InputFile<'_>,
    outlines: &geometry::Outlines,
) -> Result<RoadNetwork, BuildError> {
    let is_pbf = std::path::Path::new(file.name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("pbf"));
    let lines = if is_pbf {
        // A country's extract is cut to the city and what surrounds it.
        osm::read_pbf(file, geometry::bounds_with_margin(outlines))?
    } else {
        geometry::read_lines(file)?
    };
    if lines.is_empty() {
        return Err(file.error("holds no road: give OSM PBF, or GeoJSON of LineStrings"));
    }
    chain::network(&lines)
        .ok_or_else(|| file.error("has more vertices than a pack can hold: cut it to the city"))
}

/// One point at each unit's seat, then one at each branch's reception point.
fn read_points(inputs: &Inputs<'_>, units: &[Unit]) -> Result<Vec<Point>, BuildError> {
    let mut points: Vec<Point> = units
        .iter()
        .map(|unit| Point {
            id: unit.code.0.clone(),
            name: format!("Điểm phục vụ hành chính công {}", unit.name),
            kind: PointKind::Point,
            place: unit.seat,
            unit: Some(unit.code.clone()),
            open: true,
            coord_class: unit.seat_class,
        })
        .collect();
    let Some(file) = inputs.branches else {
        return Ok(points);
    };
    for (at, row) in table::read_branches(file)?.into_iter().enumerate() {
        points.push(Point {
            id: format!("CN{:02}", at + 1),
            name: format!("Điểm tiếp nhận chi nhánh – {} (cũ)", row.old_district),
            kind: PointKind::Branch,
            place: row.place.quantised(),
            unit: Some(row.unit),
            open: true,
            coord_class: CoordClass::Unconfirmed,
        });
    }
    Ok(points)
}

fn meta(inputs: &Inputs<'_>) -> Result<Meta, BuildError> {
    let terms = match inputs.terms {
        Some(file) => table::read_terms(file)?,
        None => BTreeMap::new(),
    };
    let parts = [
        ("units", Some(inputs.units)),
        ("attributes", Some(inputs.attributes)),
        ("population", Some(inputs.population)),
        ("roads", Some(inputs.roads)),
        ("outlines", inputs.outlines),
        ("districts", inputs.districts),
        ("branches", inputs.branches),
    ];
    let mut sources = Vec::new();
    for (part, file) in parts {
        let Some(file) = file else { continue };
        let (credit, licence) = match terms.get(part) {
            Some(terms) => (terms.credit.as_str(), terms.licence.as_str()),
            None => default_terms(part),
        };
        sources.push(Source {
            part: part.to_owned(),
            file: file_name(file.name).to_owned(),
            bytes: file.bytes.len() as u64,
            crc32: crc32fast::hash(file.bytes),
            credit: credit.to_owned(),
            licence: licence.to_owned(),
        });
    }
    Ok(Meta {
        name: inputs.name.to_owned(),
        version: inputs.version.to_owned(),
        command: inputs.command.to_owned(),
        sources,
    })
}

/// What is said of a part whose terms are not given: roads are taken to be OpenStreetMap's, whose
/// licence must not be forgotten.
fn default_terms(part: &str) -> (&'static str, &'static str) {
    match part {
        "roads" => ("© OpenStreetMap contributors", "ODbL 1.0"),
        _ => ("not stated", "not stated"),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests;
