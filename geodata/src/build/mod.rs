//! Making a pack from public files: files in, a [`Pack`] and a [`Report`] out, the same pack for
//! the same files.
//!
//! | input | what is read of it |
//! |---|---|
//! | units (GeoJSON) | `code` and the detailed outline: decides which unit holds a cell's centre |
//! | attributes (CSV) | `code,name,kind,area_legal,pop`, and where there `hq_lon,hq_lat,hq_src` |
//! | population (CSV, or GeoTIFF) | `lon,lat,pop` on a regular grid, or pixels: weights inside each unit |
//! | roads (OSM PBF, or GeoJSON, gzip allowed) | lines, ferries; class, direction and access where tagged |
//! | outlines (GeoJSON, optional) | simplified outlines to keep instead of the detailed ones |
//! | districts (CSV, optional) | `code,old_district` |
//! | branches (CSV, optional) | `old_district,seat_unit_code,lon,lat`: the reception points |
//! | points (CSV, optional) | `id,name,kind,lon,lat[,unit,open]`: the city's own, instead of seats and branches |
//! | gtfs (folder, optional) | the timetable of buses |
//! | terms (CSV, optional) | `part,credit,licence[,date]`: what to say of each of the above |
//!
//! A row's mistake costs that row only, is told by file, row and name ([`Finding`]), and what all
//! of them do to the pack is said at the end ([`Report::effects`]). Only where nothing of a needed
//! file can be used is there no pack ([`BuildError`]). `docs/packs.md` is the operator's page.

mod chain;
mod crossing;
mod effects;
mod geometry;
mod grid;
mod input;
mod osm;
mod people;
mod points;
mod raster;
mod report;
mod sources;
mod table;
mod tags;

pub use chain::Lines;
pub use input::{Content, InputFile};
pub use osm::{Extract, read_pbf};
pub use report::{Finding, MAX_FINDINGS_OF_A_KIND, Report};

use crate::{
    Cells, CoordClass, Pack, PackError, RoadNetwork, Unit,
    transit::{Timetable, gtfs},
};
use std::{collections::BTreeMap, path::Path};

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
    /// Population grid or raster.
    pub population: InputFile<'a>,
    /// Roads.
    pub roads: InputFile<'a>,
    /// Simplified outlines.
    pub outlines: Option<InputFile<'a>>,
    /// Each unit's old district.
    pub districts: Option<InputFile<'a>>,
    /// Seats of the branches' reception points.
    pub branches: Option<InputFile<'a>>,
    /// The city's own points, instead of one at each seat and the branches'.
    pub points: Option<InputFile<'a>>,
    /// Folder of a GTFS feed.
    pub gtfs: Option<&'a Path>,
    /// Credits, licences and dates by part.
    pub terms: Option<InputFile<'a>>,
}

/// What a build gives.
#[derive(Debug)]
pub struct Built {
    /// The pack.
    pub pack: Pack,
    /// What was set aside, and what that does to the pack.
    pub report: Report,
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

/// Makes a pack.
pub fn build(inputs: &Inputs<'_>) -> Result<Built, BuildError> {
    let mut report = Report::default();
    let detailed = geometry::read_outlines(inputs.units, &mut report)?;
    let outlines = match inputs.outlines {
        Some(file) => geometry::read_outlines(file, &mut report)?,
        None => detailed.clone(),
    };
    let units = read_units(inputs, &detailed, &outlines, &mut report)?;
    let bounds = geometry::bounds(&detailed);
    let grid = grid::Grid::read(inputs.population, bounds, &mut report)?;
    let grid_name = inputs.population.name;
    let cells = people::cells(&units, &detailed, &grid, grid_name, &mut report)?;
    drop(grid);
    let (roads, roads_date) = read_roads(inputs.roads, &detailed, &mut report)?;
    let timetable = match inputs.gtfs {
        Some(folder) => Some(read_gtfs(folder, &mut report)?),
        None => None,
    };
    let mut pack = Pack {
        meta: sources::meta(inputs, roads_date, &mut report)?,
        units,
        cells: Cells::new(cells),
        roads,
        points: vec![],
        timetable,
    };
    points::check_seats(inputs.attributes, &mut pack, &mut report)?;
    pack.points = points::read(inputs, &pack, &mut report)?;
    pack.check()?;
    effects::tell(&pack, &mut report);
    Ok(Built { pack, report })
}

/// The units that have a row, a detailed outline and one to keep.
fn read_units(
    inputs: &Inputs<'_>,
    detailed: &geometry::Outlines,
    outlines: &geometry::Outlines,
    report: &mut Report,
) -> Result<Vec<Unit>, BuildError> {
    let districts = match inputs.districts {
        Some(file) => table::read_districts(file, report)?,
        None => BTreeMap::new(),
    };
    let rows = table::read_units(inputs.attributes, report)?;
    let mut units = Vec::with_capacity(rows.len());
    let mut left_out = (0u64, 0u64);
    let first_row = rows.keys().next().cloned();
    for (code, row) in rows {
        let (Some(outline), true) = (outlines.get(&code), detailed.contains_key(&code)) else {
            left_out = (left_out.0 + 1, left_out.1 + u64::from(row.population));
            let what = format!(
                "has no outline: left out with its {} people; add its polygon or correct the code",
                row.population
            );
            let at = format!("line {}", row.line);
            report.add(inputs.attributes.name, "no outline", at, code.0, what);
            continue;
        };
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
    if units.is_empty() {
        let first = |code: Option<&crate::UnitCode>| {
            code.map_or_else(|| "nothing".to_owned(), ToString::to_string)
        };
        return Err(BuildError::Mismatch(format!(
            "no code stands both in the table (it begins with {}) and among the outlines (they \
             begin with {})",
            first(first_row.as_ref()),
            first(detailed.keys().next())
        )));
    }
    for code in detailed.keys() {
        if units.binary_search_by(|unit| unit.code.cmp(code)).is_err() {
            let what = "has an outline but no usable row of the table: left out";
            report.add(inputs.units.name, "no row", "unit", code.as_str(), what);
        }
    }
    if left_out.0 > 0 {
        report.effect(format!(
            "units: {} of the table are left out, and with them {} people",
            left_out.0, left_out.1
        ));
    }
    Ok(units)
}

/// The roads, and the day they are of where the file says so.
fn read_roads(
    file: InputFile<'_>,
    outlines: &geometry::Outlines,
    report: &mut Report,
) -> Result<(RoadNetwork, Option<String>), BuildError> {
    let is_pbf = Path::new(file.name)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("pbf"));
    let (lines, date) = if is_pbf {
        // A country's extract is cut to the city and what surrounds it.
        let extract = osm::read_pbf(file, geometry::bounds_with_margin(outlines), report)?;
        (extract.lines, extract.date)
    } else {
        (geometry::read_lines(file, report)?, None)
    };
    if lines.is_empty() {
        let first = report
            .findings
            .iter()
            .find(|finding| finding.file == file.name);
        let because = first.map_or_else(String::new, |finding| {
            format!(" ({}: {})", finding.at, finding.what)
        });
        return Err(file.error(format!(
            "holds no road near the units{because}: give OSM PBF of their country, or GeoJSON of \
             LineStrings"
        )));
    }
    let roads = chain::network(lines)
        .ok_or_else(|| file.error("has more vertices than a pack can hold: cut it to the city"))?;
    Ok((roads, date))
}

fn read_gtfs(folder: &Path, report: &mut Report) -> Result<Timetable, BuildError> {
    let name = folder.display().to_string();
    let in_folder = |error: gtfs::GtfsError| BuildError::File {
        file: name.clone(),
        what: error.to_string(),
    };
    let (timetable, read) =
        gtfs::read_folder(folder, &gtfs::SpeedRule::default()).map_err(in_folder)?;
    effects::tell_feed(&timetable, &read, report);
    for finding in read.findings {
        let at = format!("row {}", finding.row);
        let what = finding.problem.to_string();
        report.add(finding.file, finding.problem.kind(), at, finding.name, what);
    }
    Ok(timetable)
}

#[cfg(test)]
mod bad_input_tests;
#[cfg(test)]
mod raster_tests;
#[cfg(test)]
mod small;
#[cfg(test)]
mod tests;
