//! The backtest of the queue forecasts: the Warsaw boards and the simulated city, against naive forecasts.
//!
//! Rolling origin: a day is forecast by what was learned on the days before, then learned. For each data set and target it prints the
//! mean pinball loss of the median and the 90 % bound, ours and the naive forecasts' (the last value; the mean of the hour on past days;
//! their bounds are their values and the 0.9 quantile of what they missed by), the improvement over the better of the two, the share of truths
//! within our bound (of all, and where the bound is at least a minute or a person: an idle queue of zero is within any bound), and how
//! many points are shown a forecast at all; then the same of the shown ones.
//!
//! Arguments: the folder of the shared data, and a file of the simulated city's events (NDJSON).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};

use analytics::queueing::forecaster::{Case, Forecaster, Pool, TARGETS};
use analytics::queueing::moment::{MINUTE, Us, day_of, start_of};
use analytics::queueing::record::{ALL_SERVICES, DayRecord, OpenSpan, Reading, Visit};
use anyhow::Context as _;
use flate2::read::GzDecoder;
use serde::Deserialize;

/// Days of points: by day, then by point.
type Days = BTreeMap<i32, BTreeMap<String, DayRecord>>;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let shared = arguments
        .next()
        .context("name the folder of the shared data")?;
    let city = arguments
        .next()
        .context("name a file of the simulated city's events")?;
    println!(
        "{:<16} {:<10} {:>8} {:>8} {:>8} {:>8} {:>9} {:>8} {:>7} {:>8} {:>9} {:>9} {:>8}",
        "data",
        "target",
        "sample",
        "ours",
        "last",
        "hourly",
        "better %",
        "cover %",
        "busy %",
        "shown %",
        "shown:n",
        "better %",
        "cover %"
    );
    let boards = warsaw(&format!("{shared}/events/warsaw_queues_4days.csv.gz"))?;
    backtest("Warsaw boards", &boards, 2);
    let tickets = simulated(&city)?;
    backtest("simulated city", &tickets, 6);
    Ok(())
}

/// Sums of one target.
#[derive(Default)]
struct Tally {
    cases: u64,
    ours: f64,
    naive: [f64; 2],
    covered: u64,
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
        if case.ours.bound >= 1.0 {
            self.busy += 1;
            self.busy_covered += is_covered;
        }
    }

    fn better(&self) -> f64 {
        let best = self.naive[0].min(self.naive[1]);
        100.0 * (1.0 - self.ours / best)
    }

    fn coverage(&self) -> f64 {
        100.0 * self.covered as f64 / self.cases as f64
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
    for of_day in days.values() {
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
            "{name:<16} {label:<10} {:>8} {:>8.3} {:>8.3} {:>8.3} {:>9.1} {:>8.1} {:>7.1} {:>8.0} {:>9} {:>9.1} {:>8.1}",
            tally.cases,
            mean(tally.ours),
            mean(tally.naive[0]),
            mean(tally.naive[1]),
            tally.better(),
            tally.coverage(),
            tally.busy_coverage(),
            100.0 * points_shown as f64 / asked[target].len() as f64,
            of_shown.cases,
            of_shown.better(),
            of_shown.coverage(),
        );
    }
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
        let record = DayRecord {
            day,
            visits: visits_of_board(&rows),
            spans: Vec::new(),
            readings: readings.collect(),
        };
        days.entry(day).or_default().insert(point, record);
    }
    Ok(days)
}

fn visits_of_board(rows: &[Row]) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    let (mut given, mut called) = (None::<u32>, 0);
    for row in rows {
        let Some(number) = row.number else {
            continue;
        };
        let front = number + row.waiting;
        let Some(before) = given else {
            // Whoever waits at the first reading came at an unknown time.
            (given, called) = (Some(front), number);
            continue;
        };
        // A leap is another series of numbers, or a board set anew.
        if number > called + 8 || front > before + 8 {
            (given, called) = (Some(front.max(before)), number.max(called));
            continue;
        }
        for ticket in before + 1..=front {
            visits.push(Visit {
                issued: row.at,
                rank: 2,
                purpose: 0,
                called: None,
                counter: ticket as u16,
                ..Visit::default()
            });
        }
        for visit in &mut visits {
            if visit.started.is_none() && u32::from(visit.counter) <= number {
                visit.called = Some(row.at);
                visit.started = Some(row.at);
            }
        }
        (given, called) = (Some(front.max(before)), number.max(called));
    }
    visits
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

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    time: &'a str,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    site: Option<&'a str>,
    ticket: Option<&'a str>,
    service: Option<&'a str>,
    purpose: Option<&'a str>,
    priority: Option<&'a str>,
    counter: Option<&'a str>,
    #[serde(default)]
    services: Vec<&'a str>,
}

/// Numbers names in the order they are seen.
#[derive(Default)]
struct Names(BTreeMap<String, u8>);

impl Names {
    fn of(&mut self, name: &str) -> u8 {
        let next = self.0.len() as u8;
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}

/// The city's points that tell of tickets.
fn simulated(path: &str) -> anyhow::Result<Days> {
    let file = File::open(path).with_context(|| format!("open {path}"))?;
    let mut services = Names::default();
    let mut purposes = Names::default();
    let mut days = Days::new();
    // Where a ticket's present turn is in its day's visits.
    let mut turns: BTreeMap<(i32, String, String), usize> = BTreeMap::new();
    // The mask of a counter, which a resumption does not repeat.
    let mut masks: BTreeMap<(String, u16), u64> = BTreeMap::new();
    for line in BufReader::new(file).lines() {
        let line = line?;
        if !(line.contains("\"ticket.") || line.contains("\"counter.")) {
            continue;
        }
        let Ok(event) = serde_json::from_str::<Line>(&line) else {
            continue;
        };
        let (Some(at), Some(site)) = (instant(event.time), event.data.site) else {
            continue;
        };
        let day = day_of(at);
        let record = days
            .entry(day)
            .or_default()
            .entry(site.to_owned())
            .or_default();
        record.day = day;
        let counter: u16 = event.data.counter.and_then(|c| c.parse().ok()).unwrap_or(0);
        if event.kind.starts_with("counter.") {
            if event.kind == "counter.opened" {
                let mask = event.data.services.iter().map(|s| 1_u64 << services.of(s));
                let mask = mask.fold(0, |all, bit| all | bit);
                masks.insert(
                    (site.to_owned(), counter),
                    if mask == 0 { ALL_SERVICES } else { mask },
                );
            }
            let open = record
                .spans
                .iter_mut()
                .rfind(|s| s.counter == counter && s.to == Us::MAX);
            match (event.kind, open) {
                ("counter.opened" | "counter.resumed", None) => record.spans.push(OpenSpan {
                    counter,
                    from: at,
                    to: Us::MAX,
                    serves: *masks
                        .get(&(site.to_owned(), counter))
                        .unwrap_or(&ALL_SERVICES),
                }),
                ("counter.paused" | "counter.closed", Some(span)) => span.to = at,
                _ => {}
            }
            continue;
        }
        let Some(ticket) = event.data.ticket else {
            continue;
        };
        let key = (day, site.to_owned(), ticket.to_owned());
        if event.kind == "ticket.issued" {
            turns.insert(key, record.visits.len());
            record.visits.push(Visit {
                issued: at,
                service: services.of(event.data.service.unwrap_or("")),
                purpose: 1 + purposes.of(event.data.purpose.unwrap_or("")),
                rank: match event.data.priority {
                    Some("vulnerable") => 0,
                    Some("appointment") => 1,
                    _ => 2,
                },
                ..Visit::default()
            });
            continue;
        }
        let Some(index) = turns.get(&key).copied() else {
            continue;
        };
        let visit = &mut record.visits[index];
        match event.kind {
            "ticket.called" => {
                visit.called.get_or_insert(at);
                visit.counter = counter;
            }
            "ticket.started" => {
                visit.started.get_or_insert(at);
                visit.counter = counter;
            }
            "ticket.finished" => {
                visit.finished = Some(at);
                // Sets that tell no start: the call stands for it, as the contract has it.
                visit.started = visit.started.or(visit.called);
            }
            "ticket.abandoned" => visit.abandoned = Some(at),
            "ticket.transferred" => {
                visit.finished = Some(at);
                let next = Visit {
                    issued: at,
                    service: services.of(event.data.service.unwrap_or("")),
                    rank: 1,
                    again: true,
                    ..Visit::default()
                };
                turns.insert(key, record.visits.len());
                record.visits.push(next);
            }
            _ => {}
        }
    }
    for record in days.values_mut().flat_map(BTreeMap::values_mut) {
        record.visits.sort_by_key(|v| v.issued);
        // A span without an end is no evidence of an open counter after the last event.
        for span in &mut record.spans {
            if span.to == Us::MAX {
                span.to = span.from;
            }
        }
    }
    for of_day in days.values_mut() {
        of_day.retain(|_, record| !record.visits.is_empty());
    }
    Ok(days)
}

/// The instant of `2026-10-05T07:05:00.950+07:00`.
fn instant(text: &str) -> Option<Us> {
    let day = civil_day(text.get(..10)?)?;
    let of_day = time_of_day(text.get(11..16)?)?;
    let seconds: f64 = text.get(17..23)?.parse().ok()?;
    Some(start_of(day) + of_day + (seconds * 1e6).round() as i64)
}
