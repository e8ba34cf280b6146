//! `vonglau simulate`: the simulated city as NDJSON.
//!
//! Holds the command's arguments, the city's places taken from the built-in pack, and the writing:
//! one day is held at a time, so memory does not grow with `--days`. Lines come in the order in which events
//! arrive, which with `--incidents` is not always that of their time.

use crate::city::{City, CityPlan, Event, Incidents, PlaceKind, SitePlace, Tables};
use crate::commands::UsageError;
use anyhow::Context;
use geodata::{Pack, PointKind};
use jiff::civil::Date;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `vonglau simulate`.
#[derive(Debug, clap::Args)]
pub struct SimulateArgs {
    /// How many calendar days
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,
    /// The first day, for instance 2026-11-23
    #[arg(long, value_name = "DATE")]
    start: Date,
    /// Same seed, same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How large a city: 1 is Hà Nội's volume
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Days played beforehand: only the dossiers they leave in progress are written, first
    #[arg(long, value_name = "DAYS", default_value_t = 0)]
    warm: u16,
    /// Ten incidents a working day, drawn from this seed; lines then come in order of arrival
    #[arg(long, value_name = "SEED")]
    incidents: Option<u64>,
    /// Writes the incidents, and what was seen of them, to this file as JSON
    #[arg(long, value_name = "FILE", requires = "incidents")]
    incidents_out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: SimulateArgs) -> anyhow::Result<()> {
    let plan = plan(args.seed, args.scale)?;
    let incidents = args.incidents.map_or_else(Incidents::default, |seed| {
        Incidents::days(seed, args.start, args.days, &plan)
    });
    let mut events = Vec::new();
    let mut city =
        City::warm(Arc::new(plan), args.start, args.warm, &mut events).with_incidents(incidents);
    match write_days(&mut city, events, args.days) {
        // A reader that has seen enough (`| head`) is no failure.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.context("cannot write events to standard output")?,
    }
    match &args.incidents_out {
        Some(path) => write_incidents(city.incidents(), path),
        None => Ok(()),
    }
}

/// Writes what is in progress at first, then day after day.
fn write_days(city: &mut City, mut events: Vec<Event>, days: u32) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut line = String::new();
    for day in 0..=days {
        if day > 0 {
            events.clear();
            city.day(&mut events);
        }
        for event in &events {
            line.clear();
            event.write_json(city.plan(), &mut line);
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
    }
    out.flush()
}

/// Writes the list of incidents as JSON.
fn write_incidents(incidents: &Incidents, path: &Path) -> anyhow::Result<()> {
    let mut json = serde_json::to_vec_pretty(incidents)?;
    json.push(b'\n');
    std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))
}

/// The city of the built-in pack, for `simulate` and `demo`.
pub fn plan(seed: u64, scale: f64) -> anyhow::Result<CityPlan> {
    let pack = Pack::hanoi().context("the built-in pack cannot be read")?;
    let tables = Tables::shipped()?;
    CityPlan::new(&places(pack), &tables, seed, scale)
        .map_err(|error| UsageError(error.to_string()).into())
}

/// The pack's branch and commune points as the simulator takes them.
pub fn places(pack: &Pack) -> Vec<SitePlace> {
    let mut places = Vec::new();
    for point in &pack.points {
        let kind = match point.kind {
            PointKind::Branch => PlaceKind::Branch,
            PointKind::Point => PlaceKind::Point,
            _ => continue,
        };
        let unit = point
            .unit
            .as_ref()
            .and_then(|code| pack.units.iter().find(|unit| unit.code == *code));
        let Some(unit) = unit else { continue };
        places.push(SitePlace {
            id: point.id.clone(),
            name: point.name.clone(),
            kind,
            unit_code: unit.code.to_string(),
            old_district: unit.old_district.clone().unwrap_or_default(),
            population: u64::from(unit.population),
        });
    }
    places
}
