//! `vonglau coverage`: who reaches a point in time or near enough, cell by cell.

use super::{UsageError, pack::read_pack};
use analytics::coverage::{
    CellReach, Coverage, Mode, PointRef, Rule, RuleKind, Summary, TravelSettings, rows, select,
    summary, summary_to_geojson, to_geojson,
};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use geodata::{KindSet, Pack, Point, points_csv};
use std::{
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// Minutes and kilometres from every population cell to the nearest open point, and who is
/// covered.
///
/// csv: a row per cell, `cell,unit,population,minutes,km,nearest_by_time,nearest_by_distance,
/// covered,access_km,approximate`. json: `{"rows":[…]}` with the same names. geojson: a polygon
/// per cell with the same properties.
///
/// With --summary instead, json is `{"rule","minutes","km","mode","city":{"population","covered",
/// "share","far_population"},"units":[{"unit","name","population","covered","share",
/// "far_population"}]}`, csv a row for the city (unit `city`) and one per unit, geojson the units.
/// `far_population` are people over 1 km from a known road, whose minutes are approximate.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// Points to reach: id,name,kind,lon,lat[,unit,open]; without it, the pack's own
    #[arg(long, value_name = "FILE.csv")]
    points: Option<PathBuf>,
    /// Geographic pack; without it, Hà Nội's, which is built in
    #[arg(long, value_name = "PACK")]
    pack: Option<PathBuf>,
    /// How people travel: motorbike, walk or car
    #[arg(long, default_value = "motorbike")]
    mode: Mode,
    /// Covered in time: under so many minutes
    #[arg(long, default_value_t = 30.0)]
    minutes: f64,
    /// Covered in distance: at most so many kilometres in a straight line
    #[arg(long, default_value_t = 5.0)]
    km: f64,
    /// Which must hold: any (time or distance), all, time or distance
    #[arg(long, default_value = "any")]
    rule: RuleKind,
    /// Kinds of points that count
    #[arg(
        long,
        value_name = "KIND,…",
        default_value = "branch,point,community,mobile"
    )]
    kinds: KindSet,
    /// Count only points whose published opening holds at this time
    #[arg(long, value_name = "T")]
    at: Option<String>,
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
    let limits = [("--minutes", args.minutes), ("--km", args.km)];
    for (name, limit) in limits {
        if !(limit >= 0.0 && limit.is_finite()) {
            return Err(UsageError(format!("{name} {limit}: give a number from 0 up")).into());
        }
    }
    if args.at.is_some() {
        bail!("--at needs published opening hours, which no pack holds yet: leave it out");
    }
    let loaded;
    let pack = match &args.pack {
        Some(path) => {
            loaded = read_pack(path)?;
            &loaded
        }
        None => Pack::hanoi()?,
    };
    let from_file;
    let all_points = match &args.points {
        Some(path) => {
            from_file = read_points(path, pack)?;
            &from_file
        }
        None => &pack.points,
    };
    let points = select(all_points, args.kinds);
    if points.is_empty() {
        eprintln!("no open point of these kinds: no cell has minutes or kilometres");
    }
    let coverage = Coverage::prepare(pack, &TravelSettings::default(), args.mode)?;
    let rule = Rule {
        kind: args.rule,
        minutes: args.minutes,
        km: args.km,
    };
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

/// Reads a points file and tells on stderr which rows lie outside and which are left out.
pub(crate) fn read_points(path: &Path, pack: &Pack) -> anyhow::Result<Vec<Point>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = points_csv::read(&bytes, pack).with_context(|| path.display().to_string())?;
    for row in &file.outside {
        eprintln!(
            "{} line {}: `{}` lies {:.1} km outside the units' outline; used",
            path.display(),
            row.line,
            row.id,
            row.km
        );
    }
    for row in &file.rejected {
        eprintln!(
            "{} line {}: {}; left out",
            path.display(),
            row.line,
            row.reason
        );
    }
    if file.points.is_empty() {
        let rejected = file.rejected.len();
        bail!(
            "{} holds no usable point ({rejected} rows left out): correct it",
            path.display()
        );
    }
    Ok(file.points)
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
