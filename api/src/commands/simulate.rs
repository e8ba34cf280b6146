//! `vonglau simulate`: the simulated city as NDJSON.
//!
//! Holds the command's arguments, the city's places taken from the built-in pack, and the writing:
//! one day is held at a time, so memory does not grow with `--days`.

use crate::city::{City, CityPlan, PlaceKind, SitePlace, Tables};
use crate::commands::UsageError;
use anyhow::Context;
use geodata::{Pack, PointKind};
use jiff::civil::Date;
use std::io::{BufWriter, ErrorKind, Write};
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
}

/// Runs the command.
pub fn run(args: SimulateArgs) -> anyhow::Result<()> {
    let plan = plan(args.seed, args.scale)?;
    let mut events = Vec::new();
    let mut city = City::warm(Arc::new(plan), args.start, args.warm, &mut events);
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut line = String::new();
    // First the past of what is in progress, then day after day.
    for day in 0..=args.days {
        if day > 0 {
            events.clear();
            city.day(&mut events);
        }
        for event in &events {
            line.clear();
            event.write_json(city.plan(), &mut line);
            line.push('\n');
            match out.write_all(line.as_bytes()) {
                // A reader that has seen enough (`| head`) is no failure.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
                written => written.context("cannot write events to standard output")?,
            }
        }
    }
    match out.flush() {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        flushed => flushed.context("cannot write events to standard output"),
    }
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
