//! `vonglau coverage`: who reaches a point in time or near enough, cell by cell.

use super::asked::{Place, Reached};
use analytics::coverage::{
    CellReach, Coverage, PointRef, Summary, TravelSettings, rows, select, summary,
    summary_to_geojson, to_geojson,
};
use anyhow::Context;
use clap::{Args, ValueEnum};
use geodata::Pack;
use std::io::{BufWriter, Write};

/// Minutes and kilometres from every population cell to the nearest open point, and who is
/// covered.
///
/// csv: a row per cell, `cell,unit,population,minutes,km,nearest_by_time,nearest_by_distance,
/// covered,access_km,approximate`. json: `{"rows":[…]}` with the same names. geojson: a polygon
/// per cell with the same properties.
///
/// With --summary instead, json is `{"rule","minutes","km","mode","city":{"population","covered",
/// "share","far_population"},"units":[{"unit","name","population","covered","share",
/// "far_population"}],"districts":[…],"zones":[…]}` (districts of before July 2025, wards and communes:
/// `area,units,population,covered,share,far_population`), csv a row for the city (unit `city`) and one per unit, geojson the units.
/// `far_population` are people over 1 km from a known road, whose minutes are approximate.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    reached: Reached,
    /// Form of the answer
    #[arg(long, value_enum)]
    format: Format,
    /// People and shares by city and unit instead of a row per cell
    #[arg(long)]
    summary: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
    Geojson,
}

/// Runs `vonglau coverage`.
pub fn run(args: CoverageArgs) -> anyhow::Result<()> {
    let rule = args.reached.rule()?;
    let pack = args.place.pack()?;
    let all_points = args.reached.open_then(args.place.points(pack)?)?;
    let points = select(&all_points, args.place.kinds);
    if points.is_empty() {
        eprintln!("no open point of these kinds: no cell has minutes or kilometres");
    }
    let coverage = Coverage::prepare(pack, &TravelSettings::default(), args.reached.mode)?;
    let reaches = coverage.compute(&points, &rule);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = if args.summary {
        write_summary(
            &mut out,
            args.format,
            pack,
            &summary(&coverage, &reaches, &rule),
        )
    } else {
        write_rows(&mut out, args.format, pack, &points, &reaches)
    };
    // A reader that has seen enough (`| head`) is no failure.
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write the answer to standard output")
        }
        _ => Ok(()),
    }
}

fn write_rows(
    out: &mut impl Write,
    format: Format,
    pack: &Pack,
    points: &[PointRef<'_>],
    reaches: &[CellReach],
) -> std::io::Result<()> {
    match format {
        Format::Csv => {
            let mut table = csv::Writer::from_writer(out);
            for row in rows(pack, points, reaches) {
                table.serialize(row).map_err(io_error)?;
            }
            table.flush()
        }
        Format::Json => {
            out.write_all(b"{\"rows\":[")?;
            for (at, row) in rows(pack, points, reaches).enumerate() {
                out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *out, &row)?;
            }
            out.write_all(b"\n]}\n")
        }
        Format::Geojson => writeln!(out, "{}", to_geojson(pack, points, reaches)),
    }
}

fn write_summary(
    out: &mut impl Write,
    format: Format,
    pack: &Pack,
    summary: &Summary,
) -> std::io::Result<()> {
    match format {
        Format::Csv => {
            let mut table = csv::WriterBuilder::new()
                .has_headers(false)
                .from_writer(out);
            let header = [
                "unit",
                "name",
                "population",
                "covered",
                "share",
                "far_population",
            ];
            table.write_record(header).map_err(io_error)?;
            let city = &summary.city;
            let name = pack.meta.name.as_str();
            let whole = (
                "city",
                name,
                city.population,
                city.covered,
                city.share,
                city.far_population,
            );
            table.serialize(whole).map_err(io_error)?;
            for unit in &summary.units {
                table.serialize(unit).map_err(io_error)?;
            }
            table.flush()
        }
        Format::Json => {
            serde_json::to_writer(&mut *out, summary)?;
            out.write_all(b"\n")
        }
        Format::Geojson => writeln!(out, "{}", summary_to_geojson(pack, summary)),
    }
}

/// The I/O error inside a CSV error, so that a closed pipe is known as one.
fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}
