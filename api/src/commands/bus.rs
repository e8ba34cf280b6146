//! `vonglau bus`: who reaches a point by bus and on foot, by a timetable and a window of departures.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use analytics::coverage::bus::{
    BusQuestion, PERCENTILES, ReachByBus, Window, bus_summary, cells_by_bus, clock, time_of_day,
};
use analytics::coverage::select;
use anyhow::Context as _;
use clap::Args;
use geodata::Pack;
use geodata::transit::{Day, Timetable, Weekday, gtfs};

use super::UsageError;
use super::asked::Place;

/// Findings that are told one by one.
const TOLD: usize = 20;

/// Minutes from every population cell to the nearest point by bus and on foot, a row per cell:
/// `cell,unit,population,p10,p50,p90,share_under,buses`. `p10` to `p90` are minutes at those shares of
/// the window's departures (empty where there is no way), `share_under` the share of departures under
/// --minutes, `buses` those taken at the median (0: on foot). What of the timetable was set aside is told on
/// stderr. Its days and hours are its own: outside them there is no bus, only the walk.
#[derive(Debug, Args)]
pub struct BusArgs {
    /// Folder of a GTFS timetable; the pack's own where it is left out
    #[arg(long, value_name = "FOLDER")]
    gtfs: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Day of the week, 1 for Monday to 7
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=7))]
    weekday: u8,
    /// Departures from this time on, a minute apart
    #[arg(long, value_name = "HH:MM", default_value = "10:00")]
    from: String,
    /// And before this time
    #[arg(long, value_name = "HH:MM", default_value = "11:00")]
    until: String,
    /// In reach: under so many minutes
    #[arg(long, default_value_t = 30)]
    minutes: u32,
    /// People and shares in words instead of a row per cell
    #[arg(long)]
    summary: bool,
}

/// Runs `vonglau bus`.
pub fn run(args: BusArgs) -> anyhow::Result<()> {
    let window = Window::each_minute(time("--from", &args.from)?, time("--until", &args.until)?);
    let pack = args.place.pack()?;
    let all_points = args.place.points(pack)?;
    let timetable = timetable(&args, pack)?;

    let question = BusQuestion {
        day: Day::Weekday(Weekday::ALL[usize::from(args.weekday) - 1]),
        window,
        limit_s: args.minutes * 60,
    };
    let points = select(&all_points, args.place.kinds);
    let answer = cells_by_bus(pack, &timetable, &points, &question)
        .map_err(|e| UsageError(e.to_string()))?;
    match answer.hours {
        None => eprintln!("no bus of the timetable runs on that day: all minutes are on foot"),
        Some((first, last)) => {
            eprintln!(
                "the timetable's buses of that day run from {} to {}",
                clock(first),
                clock(last)
            );
            if answer.is_beyond {
                eprintln!("the window reaches beyond that: there is no bus then, only the walk");
            }
        }
    }
    let out = BufWriter::new(std::io::stdout().lock());
    let written = if args.summary {
        summary(out, pack, &args, &answer.reach)
    } else {
        rows(out, pack, &answer.reach)
    };
    written.context("cannot write the answer to standard output")
}

/// The timetable of a folder, or that of the pack.
fn timetable<'a>(args: &BusArgs, pack: &'a Pack) -> anyhow::Result<Cow<'a, Timetable>> {
    let Some(folder) = &args.gtfs else {
        let of_pack = pack.timetable.as_ref().map(Cow::Borrowed);
        let without = || {
            UsageError(format!(
                "the pack of {} has no timetable: name a folder of one with --gtfs, or build the pack with one",
                pack.meta.name
            ))
        };
        return Ok(of_pack.ok_or_else(without)?);
    };
    let (timetable, report) = gtfs::read_folder(folder, &gtfs::SpeedRule::default())
        .with_context(|| folder.display().to_string())?;
    tell(&report);
    Ok(Cow::Owned(timetable))
}

fn time(name: &str, text: &str) -> Result<(u32, u32), UsageError> {
    time_of_day(text).ok_or_else(|| UsageError(format!("{name} {text}: give a time such as 07:30")))
}

fn tell(report: &gtfs::Report) {
    for finding in report.findings.iter().take(TOLD) {
        eprintln!("{finding}");
    }
    if report.findings.len() > TOLD {
        let counts: Vec<String> = report
            .problems
            .iter()
            .map(|(kind, n)| format!("{kind} {n}"))
            .collect();
        eprintln!("in all: {}", counts.join(", "));
    }
    eprintln!(
        "{} of {} calls of {} trips are used",
        report.calls.used, report.calls.read, report.trips.used
    );
}

fn rows(mut out: impl Write, pack: &Pack, reach: &[ReachByBus]) -> std::io::Result<()> {
    writeln!(out, "cell,unit,population,p10,p50,p90,share_under,buses")?;
    for (cell, reach) in pack.cells.iter().zip(reach) {
        let minutes = reach
            .seconds
            .map(|s| s.map_or(String::new(), |s| format!("{:.2}", f64::from(s) / 60.0)));
        let buses = reach.buses.map_or(String::new(), |n| n.to_string());
        let unit = pack.units[cell.unit.at()].code.as_str();
        writeln!(
            out,
            "{},{unit},{},{},{:.3},{buses}",
            cell.index,
            cell.population,
            minutes.join(","),
            reach.share_under()
        )?;
    }
    out.flush()
}

fn summary(
    mut out: impl Write,
    pack: &Pack,
    args: &BusArgs,
    reach: &[ReachByBus],
) -> std::io::Result<()> {
    let city = bus_summary(pack, reach, args.minutes * 60).city;
    let all = city.population;
    for (percentile, people) in PERCENTILES.iter().zip(city.under) {
        let share = people as f64 * 100.0 / all.max(1) as f64;
        writeln!(
            out,
            "under {} minutes at {percentile} % of departures from {} to {}: {people} of {all} people ({share:.1} %)",
            args.minutes, args.from, args.until
        )?;
    }
    out.flush()
}
