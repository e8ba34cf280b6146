//! The backtest of the queue forecasts: the Warsaw boards and the simulated city, against naive forecasts.
//!
//! Rolling origin: a day is forecast by what was learned on the days before, then learned. For each data set and target it prints the
//! mean pinball loss of the median and the 90 % bound, ours and the naive forecasts' (the last value; the mean of the hour on past days;
//! their bounds are their values and the 0.9 quantile of what they missed by), the improvement over the better of the two, that over the
//! better of the two as they are by themselves (a naive forecast is a value, and has no other bound), the share of truths
//! within our bound (of all, those strictly under it, and of all where the bound is at least a minute or a person), and how
//! many points are shown a forecast at all; then the same of the shown ones. An idle queue of zero is within any bound, so that no
//! bound covers fewer than there are zeros: the 0.9 quantile is where nine of ten lie within, and no more than that strictly under.
//!
//! The city's days are made of its events as a running server makes them (`analytics::queueing::of_day`); points that tell of tickets
//! and points of boards are judged apart. At the end: how long a day of the city takes to learn, and what all points take of memory and disk.
//!
//! Arguments, all optional: `--shared FOLDER` (the environment's VONGLAU_SHARED; without the boards there, they are left out), `--city FILE`
//! (the city's events as NDJSON; without, it is simulated), `--days N` (12, to simulate).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use analytics::live::State;
use analytics::names::Name;
use analytics::queueing::board::{self, Shown};
use analytics::queueing::forecaster::{Case, Forecaster, Pool, TARGETS, mean_pinball};
use analytics::queueing::moment::{MINUTE, Us, start_of};
use analytics::queueing::of_day::{self, Numbers};
use analytics::queueing::record::{DayRecord, Reading};
use anyhow::{Context as _, ensure};
use flate2::read::GzDecoder;
use harness::measure::resident_mb;
use ingest::decode::{Decoder, Secret};
use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Deserialize;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LINES_AT_ONCE: usize = 20_000;

/// Days of points: by day, then by point.
type Days = BTreeMap<i32, BTreeMap<String, DayRecord>>;

struct Arguments {
    shared: Option<String>,
    city: Option<String>,
    days: u32,
}

impl Arguments {
    fn read() -> anyhow::Result<Self> {
        let mut read = Self {
            shared: std::env::var("VONGLAU_SHARED").ok(),
            city: None,
            days: 12,
        };
        let mut given = std::env::args().skip(1);
        while let Some(name) = given.next() {
            let value = given
                .next()
                .with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--shared" => read.shared = Some(value),
                "--city" => read.city = Some(value),
                "--days" => read.days = value.parse()?,
                _ => anyhow::bail!("{name} is not known"),
            }
        }
        Ok(read)
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read()?;
    println!(
        "{:<16} {:<10} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>8} {:>7} {:>8} {:>9} {:>9} {:>8}",
        "data",
        "target",
        "sample",
        "ours",
        "last",
        "hourly",
        "better %",
        "by value",
        "cover %",
        "under %",
        "busy %",
        "shown %",
        "shown:n",
        "better %",
        "cover %"
    );
    let shared = arguments.shared.as_deref().unwrap_or("../shared");
    let path = format!("{shared}/data/events/warsaw_queues_4days.csv.gz");
    if std::path::Path::new(&path).is_file() {
        backtest("Warsaw boards", &warsaw(&path)?, 2);
    } else {
        eprintln!("skipped the Warsaw boards: {path} is not there (set VONGLAU_SHARED)");
    }
    let all = city(arguments.city.as_deref(), arguments.days)?;
    let of_kind = |has_boards: bool| {
        let days = all.iter().map(|(day, points)| {
            let of = points
                .iter()
                .filter(|(_, record)| record.readings.is_empty() != has_boards);
            (*day, of.map(|(p, r)| (p.clone(), r.clone())).collect())
        });
        days.collect::<Days>()
    };
    let warm_up = (arguments.days / 2).min(6);
    backtest("city, boards", &of_kind(true), warm_up);
    let tickets = of_kind(false);
    drop(all);
    backtest("city, tickets", &tickets, warm_up);
    Ok(())
}

/// Sums of one target.
#[derive(Default)]
struct Tally {
    cases: u64,
    ours: f64,
    naive: [f64; 2],
    /// The same with the value for a bound.
    by_value: [f64; 2],
    covered: u64,
    under: u64,
    /// The same where the bound is at least one.
    busy: u64,
    busy_covered: u64,
}

impl Tally {
    fn add(&mut self, case: &Case) {
        self.cases += 1;
        self.ours += case.loss();
        for (sum, loss) in self.naive.iter_mut().zip(case.naive_losses()) {
            *sum += loss;
        }
        let is_covered = u64::from(case.truth <= case.ours.bound);
        self.covered += is_covered;
        for (sum, (value, _)) in self.by_value.iter_mut().zip(case.naive) {
            *sum += mean_pinball(value, value, case.truth);
        }
        self.under += u64::from(case.truth < case.ours.bound);
        if case.ours.bound >= 1.0 {
            self.busy += 1;
            self.busy_covered += is_covered;
        }
    }

    fn better(&self) -> f64 {
        self.better_than(self.naive)
    }

    fn better_than(&self, naive: [f64; 2]) -> f64 {
        100.0 * (1.0 - self.ours / naive[0].min(naive[1]))
    }

    fn coverage(&self) -> f64 {
        100.0 * self.covered as f64 / self.cases as f64
    }

    fn under(&self) -> f64 {
        100.0 * self.under as f64 / self.cases as f64
    }

    fn busy_coverage(&self) -> f64 {
        100.0 * self.busy_covered as f64 / self.busy as f64
    }
}

fn backtest(name: &str, days: &Days, warm_up: u32) {
    let mut points: BTreeMap<&str, Forecaster> = BTreeMap::new();
    let mut all: [Tally; TARGETS] = Default::default();
    let mut shown: [Tally; TARGETS] = Default::default();
    // Of the points that were asked on the last day, those shown a forecast.
    let mut asked: [BTreeMap<&str, bool>; TARGETS] = Default::default();
    let before_mb = resident_mb(std::process::id()).unwrap_or_default();
    let mut seconds = Vec::new();
    for of_day in days.values() {
        let begin = Instant::now();
        let pool = Pool::of(points.values());
        for (point, day) in of_day {
            let forecaster = points.entry(point).or_default();
            let cases = forecaster.replay(day, &pool);
            if forecaster.days() >= warm_up {
                for case in &cases {
                    all[case.target].add(case);
                    if case.is_shown {
                        shown[case.target].add(case);
                    }
                    asked[case.target].insert(point, case.is_shown);
                }
            }
            forecaster.absorb(day, &cases);
        }
        seconds.push((of_day.len(), begin.elapsed().as_secs_f64()));
    }
    for (target, label) in ["wait now", "queue 30", "queue 60", "queue 120"]
        .iter()
        .enumerate()
    {
        let (tally, of_shown) = (&all[target], &shown[target]);
        if tally.cases == 0 {
            continue;
        }
        let mean = |sum: f64| sum / tally.cases as f64;
        let points_shown = asked[target].values().filter(|is_shown| **is_shown).count();
        println!(
            "{name:<16} {label:<10} {:>8} {:>8.3} {:>8.3} {:>8.3} {:>9.1} {:>9.1} {:>8.1} {:>8.1} {:>7.1} {:>8.0} {:>9} {:>9.1} {:>8.1}",
            tally.cases,
            mean(tally.ours),
            mean(tally.naive[0]),
            mean(tally.naive[1]),
            tally.better(),
            tally.better_than(tally.by_value),
            tally.coverage(),
            tally.under(),
            tally.busy_coverage(),
            100.0 * points_shown as f64 / asked[target].len() as f64,
            of_shown.cases,
            of_shown.better(),
            of_shown.coverage(),
        );
    }
    let after_mb = resident_mb(std::process::id()).unwrap_or_default();
    let (most, longest) = seconds
        .iter()
        .copied()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or_default();
    println!(
        "{name:<16} {} points; the longest day ({most} points) is learned in {longest:.2} s, all {} in {:.1} s; {:.1} MB more are resident",
        points.len(),
        seconds.len(),
        seconds.iter().map(|s| s.1).sum::<f64>(),
        after_mb - before_mb
    );
}

#[derive(Deserialize)]
struct BoardRow {
    name: String,
    time: String,
    date: String,
    #[serde(rename = "czasObslugi")]
    minutes: String,
    #[serde(rename = "idGrupy")]
    group: String,
    #[serde(rename = "liczbaCzynnychStan")]
    open: String,
    #[serde(rename = "literaGrupy")]
    letter: String,
    #[serde(rename = "liczbaKlwKolejce")]
    waiting: String,
    #[serde(rename = "aktualnyNumer")]
    number: String,
}

/// A row as it is used.
struct Row {
    at: Us,
    waiting: u32,
    open: u32,
    minutes: u32,
    number: Option<u32>,
}

/// Boards by office and service, from 08:00 to 16:00 of their own clock (taken as local time), as long as they change. A number called
/// tells who was served: number m was given when number called + waiting reached it, and started when the number called did.
fn warsaw(path: &str) -> anyhow::Result<Days> {
    let file = File::open(path).with_context(|| format!("open {path}"))?;
    let mut reader = csv::Reader::from_reader(GzDecoder::new(file));
    let mut boards: BTreeMap<(i32, String), Vec<Row>> = BTreeMap::new();
    for row in reader.deserialize() {
        let row: BoardRow = row?;
        let (Some(day), Some(of_day)) = (civil_day(&row.date), time_of_day(&row.time)) else {
            continue;
        };
        let letter = row.letter.trim();
        let number = row.number.trim();
        let number = number.strip_prefix(letter).filter(|_| !letter.is_empty());
        boards
            .entry((day, format!("{}/{}", row.name, row.group)))
            .or_default()
            .push(Row {
                at: start_of(day) + of_day,
                waiting: row.waiting.trim().parse().unwrap_or(0),
                open: row.open.trim().parse().unwrap_or(0),
                minutes: row.minutes.trim().parse().unwrap_or(0),
                number: number.and_then(|n| n.parse().ok()),
            });
    }
    let mut days = Days::new();
    for ((day, point), mut rows) in boards {
        let (from, to) = (start_of(day) + 480 * MINUTE, start_of(day) + 960 * MINUTE);
        rows.retain(|r| (from..=to).contains(&r.at));
        rows.sort_by_key(|r| r.at);
        rows.dedup_by_key(|r| r.at);
        let changed =
            |pair: &[Row]| (pair[0].waiting, pair[0].number) != (pair[1].waiting, pair[1].number);
        let last_change = rows
            .windows(2)
            .filter(|p| changed(p))
            .map(|p| p[1].at)
            .max();
        let Some(last_change) = last_change else {
            continue;
        };
        rows.retain(|r| r.at <= last_change + 30 * MINUTE);
        let readings = rows.iter().map(|r| Reading {
            at: r.at,
            waiting: r.waiting,
            open: r.open,
            service_seconds: (r.minutes > 0).then_some(r.minutes * 60),
        });
        let shown = rows.iter().map(|r| Shown {
            at: r.at,
            number: r.number,
            waiting: r.waiting,
        });
        let shown: Vec<Shown> = shown.collect();
        let record = DayRecord {
            day,
            visits: board::visits(&shown, 0),
            spans: Vec::new(),
            readings: readings.collect(),
        };
        days.entry(day).or_default().insert(point, record);
    }
    Ok(days)
}

fn time_of_day(text: &str) -> Option<Us> {
    let mut parts = text.split(':').map(|p| p.parse::<i64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    Some((hour * 60 + minute) * MINUTE)
}

/// Days since 1970 of a civil date.
fn civil_day(text: &str) -> Option<i32> {
    let mut parts = text.split('-').map(|p| p.parse::<i32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    // Years that begin in March, so that the leap day is a year's last.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days_before = 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    Some(days_before + (153 * m + 2) / 5 + day - 1 - 719_468)
}

/// The city's points as the live state holds them: from a file of events, or simulated here.
fn city(file: Option<&str>, days: u32) -> anyhow::Result<Days> {
    if let Some(path) = file {
        let file = File::open(path).with_context(|| format!("open {path}"))?;
        return told_by(BufReader::new(file));
    }
    let days = days.to_string();
    let mut child = harness::program::command(&["simulate", "--scale", "1", "--seed", "5"])
        .args(["--start", "2026-10-05", "--days", &days])
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().context("a pipe was asked for")?;
    let told = told_by(BufReader::with_capacity(1 << 20, stdout))?;
    ensure!(child.wait()?.success(), "the city could not be simulated");
    Ok(told)
}

/// The records of the points' days, as `of_day` makes them for a running server.
fn told_by(lines: impl BufRead) -> anyhow::Result<Days> {
    let decoder = Decoder::new(&Secret::new([5; 32]));
    let mut state = State::default();
    let mut numbers: BTreeMap<Name, Numbers> = BTreeMap::new();
    let mut days = Days::new();
    let mut text = Vec::new();
    let mut count = 0;
    for line in lines.lines() {
        let line = line?;
        let bears = ["\"ticket.", "\"counter.", "\"queue.", "\"site."];
        if !bears.iter().any(|kind| line.contains(kind)) {
            continue;
        }
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
        count += 1;
        if count % LINES_AT_ONCE == 0 {
            fold(&mut state, &decoder, &mut text);
            let today = state
                .lasting
                .last_event
                .map_or(Day(i32::MIN), EventTime::day);
            // What is late by a day comes before this.
            take(
                &mut state,
                Day(today.0.saturating_sub(1)),
                &mut numbers,
                &mut days,
            );
        }
    }
    fold(&mut state, &decoder, &mut text);
    take(&mut state, Day(i32::MAX), &mut numbers, &mut days);
    for of_day in days.values_mut() {
        of_day.retain(|_, record| !record.visits.is_empty() || !record.readings.is_empty());
    }
    Ok(days)
}

fn fold(state: &mut State, decoder: &Decoder, text: &mut Vec<u8>) {
    let batch = decoder.ndjson(text, None);
    batch.events().for_each(|event| drop(state.apply(event)));
    text.clear();
}

/// Takes the days before one out of the state.
fn take(state: &mut State, before: Day, numbers: &mut BTreeMap<Name, Numbers>, days: &mut Days) {
    let later = state.days.split_off(&before);
    for (day, sites) in std::mem::replace(&mut state.days, later) {
        for (site, of) in sites {
            let numbers = numbers.entry(site.clone()).or_default();
            numbers.take(&of);
            let record = of_day::record(day, &of, numbers, true);
            days.entry(day.0)
                .or_default()
                .insert(site.to_string(), record);
        }
    }
}
