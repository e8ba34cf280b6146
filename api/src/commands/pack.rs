//! `vonglau pack`: makes and describes geographic packs.

use super::UsageError;
use anyhow::Context;
use clap::{Args, Subcommand};
use geodata::{
    Pack, PointKind,
    build::{Built, InputFile, Inputs, Report, build},
};
use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

/// Make or describe a geographic pack: units, population cells, roads and points.
#[derive(Debug, Args)]
pub struct PackArgs {
    #[command(subcommand)]
    command: PackCommand,
}

#[derive(Debug, Subcommand)]
enum PackCommand {
    /// Make a pack from public files; the same files give the same bytes. Rows with mistakes are told and
    /// left out, and at the end what that does to the pack (docs/packs.md).
    Build(Box<BuildArgs>),
    /// Describe a pack: its version, contents, sources, credits and licences.
    Show(ShowArgs),
}

#[derive(Debug, Args)]
struct BuildArgs {
    /// Detailed outlines of the units, with the property `code`; they decide which unit a cell
    /// belongs to
    #[arg(long, value_name = "GEOJSON")]
    units: PathBuf,
    /// Table of the units: code,name,kind (phuong|xa),area_legal,pop and, where known,
    /// hq_lon,hq_lat,hq_src (A_…, B_…, C_…)
    #[arg(long, value_name = "CSV")]
    attributes: PathBuf,
    /// Population: lon,lat,pop at the squares' centres, or a GeoTIFF in WGS 84 degrees; weights inside
    /// each unit
    #[arg(long, value_name = "CSV|TIF")]
    population: PathBuf,
    /// Roads and ferries: an OpenStreetMap extract (.pbf), or GeoJSON lines (gzip allowed)
    #[arg(long, value_name = "PBF|GEOJSON")]
    roads: PathBuf,
    /// Where to write the pack
    #[arg(long, value_name = "PACK")]
    out: PathBuf,
    /// Simplified outlines to keep in the pack instead of the detailed ones
    #[arg(long, value_name = "GEOJSON")]
    outlines: Option<PathBuf>,
    /// Each unit's old district: code,old_district
    #[arg(long, value_name = "CSV")]
    districts: Option<PathBuf>,
    /// The branches' reception points: old_district,seat_unit_code,lon,lat
    #[arg(long, value_name = "CSV")]
    branches: Option<PathBuf>,
    /// The city's own points, instead of one at each seat and the branches':
    /// id,name,kind,lon,lat[,unit,open]
    #[arg(long, value_name = "CSV", conflicts_with = "branches")]
    points: Option<PathBuf>,
    /// Folder of a GTFS timetable to keep in the pack
    #[arg(long, value_name = "FOLDER")]
    gtfs: Option<PathBuf>,
    /// Credits, licences and dates to keep in the pack: part,credit,licence[,date]
    #[arg(long, value_name = "CSV")]
    terms: Option<PathBuf>,
    /// The city's name
    #[arg(long, default_value = "Hà Nội")]
    name: String,
    /// Version of the content
    #[arg(long, default_value = "1")]
    pack_version: String,
    /// Where to write everything that was found, as JSON; the terminal shows the first of each file
    #[arg(long, value_name = "JSON")]
    report: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The pack; without it, the one that is built into the program
    #[arg(value_name = "PACK")]
    pack: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Runs `vonglau pack`.
pub fn run(args: PackArgs) -> anyhow::Result<()> {
    match args.command {
        PackCommand::Build(args) => run_build(&args),
        PackCommand::Show(args) => run_show(&args),
    }
}

fn run_build(args: &BuildArgs) -> anyhow::Result<()> {
    if args.out.is_dir() {
        let message = format!("--out {} is a folder: name a file", args.out.display());
        return Err(UsageError(message).into());
    }
    let command = command_line(args);
    let named = |path: &PathBuf| path.display().to_string();
    let names: Vec<String> = [&args.units, &args.attributes, &args.population, &args.roads]
        .into_iter()
        .map(named)
        .collect();
    let optional = [
        &args.outlines,
        &args.districts,
        &args.branches,
        &args.points,
        &args.terms,
    ];
    let optional_names = optional.map(|path| path.as_ref().map(named));
    let optional = |at: usize| {
        let path = optional[at].as_deref()?;
        Some(InputFile::at(optional_names[at].as_deref()?, path))
    };
    let Built { pack, report } = build(&Inputs {
        name: &args.name,
        version: &args.pack_version,
        command: &command,
        units: InputFile::at(&names[0], &args.units),
        attributes: InputFile::at(&names[1], &args.attributes),
        population: InputFile::at(&names[2], &args.population),
        roads: InputFile::at(&names[3], &args.roads),
        outlines: optional(0),
        districts: optional(1),
        branches: optional(2),
        points: optional(3),
        gtfs: args.gtfs.as_deref(),
        terms: optional(4),
    })?;
    let bytes = pack.write()?;
    write_whole(&args.out, &bytes)?;
    if let Some(path) = &args.report {
        write_whole(
            path,
            format!("{:#}\n", serde_json::to_value(&report)?).as_bytes(),
        )?;
    }
    tell(&report);
    eprintln!("wrote {} ({} bytes)", args.out.display(), bytes.len());
    print_whole(&description(&pack))
}

/// Findings told one by one of each file.
const TOLD: usize = 10;

/// Tells what was found, on stderr: the first rows of each file, how many there are, and at the end what
/// all of it does to the pack.
fn tell(report: &Report) {
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        let count = told.entry(&finding.file).or_default();
        *count += 1;
        if *count <= TOLD {
            eprintln!("{finding}");
        }
    }
    for (file, kinds) in &report.counts {
        let all: u64 = kinds.values().sum();
        if all > TOLD as u64 {
            let kinds: Vec<String> = kinds
                .iter()
                .map(|(kind, n)| format!("{kind} {n}"))
                .collect();
            eprintln!(
                "{file}: {all} findings in all: {} (--report for each)",
                kinds.join(", ")
            );
        }
    }
    for effect in &report.effects {
        eprintln!("effect: {effect}");
    }
}

fn run_show(args: &ShowArgs) -> anyhow::Result<()> {
    let loaded;
    let pack = match &args.pack {
        Some(path) => {
            loaded = read_pack(path)?;
            &loaded
        }
        None => Pack::hanoi()?,
    };
    let text = if args.json {
        format!("{:#}\n", described(pack))
    } else {
        description(pack)
    };
    print_whole(&text)
}

/// Prints a text; a reader that has seen enough (`| head`) is no failure.
fn print_whole(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}

/// Reads a pack from a file.
pub(crate) fn read_pack(path: &Path) -> anyhow::Result<Pack> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Pack::read(&bytes).with_context(|| path.display().to_string())
}

/// Writes beside the target and renames, so that a full disk leaves no half pack behind.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let written = std::fs::File::create(&partial)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&partial, path));
    if let Err(error) = written {
        // Nothing to do about a leftover that cannot be removed either.
        let _ = std::fs::remove_file(&partial);
        return Err(error).with_context(|| format!("cannot write {}", path.display()));
    }
    Ok(())
}

/// The command as it is noted in the pack: every argument that shapes the content, not where it
/// is written.
fn command_line(args: &BuildArgs) -> String {
    let mut words = vec!["vonglau pack build".to_owned()];
    let paths = [
        ("units", Some(&args.units)),
        ("attributes", Some(&args.attributes)),
        ("population", Some(&args.population)),
        ("roads", Some(&args.roads)),
        ("outlines", args.outlines.as_ref()),
        ("districts", args.districts.as_ref()),
        ("branches", args.branches.as_ref()),
        ("points", args.points.as_ref()),
        ("gtfs", args.gtfs.as_ref()),
        ("terms", args.terms.as_ref()),
    ];
    for (name, path) in paths {
        if let Some(path) = path {
            words.push(format!("--{name} {}", path.display()));
        }
    }
    words.push(format!(
        "--name '{}' --pack-version {}",
        args.name, args.pack_version
    ));
    words.join(" ")
}

fn described(pack: &Pack) -> serde_json::Value {
    let points = |kind: PointKind| {
        pack.points
            .iter()
            .filter(|point| point.kind == kind)
            .count()
    };
    serde_json::json!({
        "name": pack.meta.name,
        "version": pack.meta.version,
        "format": geodata::format::FORMAT_VERSION,
        "command": pack.meta.command,
        "units": pack.units.len(),
        "population": pack.population(),
        "cells": pack.cells.len(),
        "junctions": pack.roads.nodes().len(),
        "edges": pack.roads.edges().len(),
        "road_km": (pack.roads.length_km() * 10.0).round() / 10.0,
        "road_parts": pack.roads.component_count(),
        "points": pack.points.len(),
        "commune_points": points(PointKind::Point),
        "branch_points": points(PointKind::Branch),
        "timetable": pack.timetable.as_ref().map(|timetable| serde_json::json!({
            "stops": timetable.stops().len(),
            "routes": timetable.routes().len(),
            "trips": timetable.trip_count(),
        })),
        "sources": pack.meta.sources,
    })
}

fn description(pack: &Pack) -> String {
    let road_km = pack.roads.length_km();
    let mut lines = vec![
        format!("{}, version {}", pack.meta.name, pack.meta.version),
        format!(
            "  units       {} with {} people",
            pack.units.len(),
            pack.population()
        ),
        format!("  cells       {} (H3 resolution 9)", pack.cells.len()),
        format!(
            "  roads       {} junctions, {} edges, {road_km:.1} km in {} part(s)",
            pack.roads.nodes().len(),
            pack.roads.edges().len(),
            pack.roads.component_count()
        ),
    ];
    for kind in PointKind::ALL {
        let of_kind: Vec<_> = pack
            .points
            .iter()
            .filter(|point| point.kind == kind)
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        let unconfirmed = of_kind
            .iter()
            .filter(|point| point.coord_class == geodata::CoordClass::Unconfirmed)
            .count();
        lines.push(format!(
            "  points      {} of kind {kind}, {unconfirmed} with unconfirmed coordinates",
            of_kind.len()
        ));
    }
    if let Some(timetable) = &pack.timetable {
        lines.push(format!(
            "  timetable   {} stops, {} routes, {} trips",
            timetable.stops().len(),
            timetable.routes().len(),
            timetable.trip_count()
        ));
    }
    lines.push(format!("made by       {}", pack.meta.command));
    lines.push("sources".to_owned());
    for source in &pack.meta.sources {
        let of = source
            .date
            .as_ref()
            .map_or_else(String::new, |date| format!(", of {date}"));
        lines.push(format!(
            "  {:<11} {} ({} bytes{of}, sha-256 {})",
            source.part, source.file, source.bytes, source.sha256
        ));
        lines.push(format!(
            "              {}; {}",
            source.credit, source.licence
        ));
    }
    lines.join("\n") + "\n"
}
