//! Facts of a made-up city, straight for a store: plausible in number, size and spread, and nobody's.
//!
//! For benchmarks of years, which no journal here could hold. Columns are filled by name; one that this module
//! does not know stays empty, and one of bytes gets a history's length of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryBuilder, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray, new_null_array,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::store::{Changes, Rows, Table};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Points of the city.
pub const SITES: u32 = 126;
/// Agencies that settle dossiers.
const AGENCIES: u32 = 180;
/// Quarters of an hour of a working day: 07:30 to 11:30 and 13:00 to 17:00.
const QUARTERS: u32 = 32;
/// Bytes of a dossier's history.
const HISTORY_BYTES: usize = 400;

/// The table of facts of a name.
pub fn table(name: &str) -> Option<Table> {
    let all = analytics::facts::stored_tables();
    let mut table = all.into_iter().find(|table| table.name == name)?;
    let has_bytes = table
        .schema
        .fields()
        .iter()
        .any(|f| *f.data_type() == DataType::Binary);
    if name == "dossiers" && !has_bytes {
        let history = Arc::new(Field::new("history", DataType::Binary, true));
        let fields = table.schema.fields().iter().cloned().chain([history]);
        table.schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    }
    Some(table)
}

/// Changes of a table for some days, each from its own random numbers.
pub fn days(
    table: &Table,
    days: impl Iterator<Item = Day>,
    make: impl Fn(&Table, Day, &mut ChaCha8Rng) -> Rows,
) -> Changes {
    let days: BTreeMap<Day, Rows> = days
        .map(|day| {
            let mut random = ChaCha8Rng::seed_from_u64(day.0 as u64);
            (day, make(table, day, &mut random))
        })
        .collect();
    Changes {
        table: table.clone(),
        days,
    }
}

fn texts(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(values.map(Some).collect::<StringArray>())
}

fn times(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    let times: TimestampMicrosecondArray = values.collect();
    Arc::new(times.with_timezone("+07:00"))
}

/// A second of the working day, from local midnight.
fn working_second(random: &mut ChaCha8Rng) -> i64 {
    let second = random.random_range(0..QUARTERS * 900);
    let lunch = if second >= 16 * 900 { 5_400 } else { 0 };
    i64::from(27_000 + second + lunch)
}

/// A site: the larger ones twice as often.
fn site(random: &mut ChaCha8Rng) -> u32 {
    let site = random.random_range(0..SITES * 3 / 2);
    if site < SITES {
        site
    } else {
        (site - SITES) * 2
    }
}

fn site_name(site: u32) -> String {
    format!("HN-{:05}", 10_001 + 7 * site)
}

/// Roughly log-normal around a median.
fn log_normal(random: &mut ChaCha8Rng, median: f64, spread: f64) -> f64 {
    let normal: f64 = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    median * (spread * normal).exp()
}

fn rows(table: &Table, n: usize, column: impl Fn(&str) -> Option<ArrayRef>) -> Rows {
    let mut random = ChaCha8Rng::seed_from_u64(n as u64);
    let columns = table.schema.fields().iter().map(|field| {
        column(field.name()).unwrap_or_else(|| match field.data_type() {
            DataType::Binary => histories(n, &mut random),
            other => new_null_array(other, n),
        })
    });
    Rows {
        batch: RecordBatch::try_new(Arc::clone(&table.schema), columns.collect())
            .expect("columns of the table's types and of one length"),
        deleted: BooleanArray::from(vec![false; n]),
        are_in_order: false,
    }
}

/// Bytes of which a third is random: times and identifiers between names that repeat.
fn histories(n: usize, random: &mut ChaCha8Rng) -> ArrayRef {
    let mut all = BinaryBuilder::with_capacity(n, n * HISTORY_BYTES);
    let mut one = Vec::with_capacity(HISTORY_BYTES);
    for _ in 0..n {
        one.clear();
        while one.len() < HISTORY_BYTES {
            one.extend_from_slice(b"dossier.transferred@H29/mot-cua");
            one.extend_from_slice(&random.random::<u128>().to_le_bytes());
        }
        all.append_value(&one);
    }
    Arc::new(all.finish())
}

/// A day's visits.
pub fn visits(table: &Table, day: Day, n: usize, random: &mut ChaCha8Rng) -> Rows {
    struct Visit {
        site: u32,
        issued: i64,
        wait: f64,
        transaction: f64,
        is_settled: bool,
    }
    let midnight = day.start();
    let mut all: Vec<Visit> = (0..n)
        .map(|_| Visit {
            site: site(random),
            issued: midnight.plus_seconds(working_second(random)).0,
            // To the millisecond.
            wait: (log_normal(random, 540.0, 0.7) * 1e3).round() / 1e3,
            transaction: log_normal(random, 420.0, 0.5).round(),
            is_settled: random.random_ratio(95, 100),
        })
        .collect();
    all.sort_unstable_by_key(|v| (v.site, v.issued));
    let started = |v: &Visit| v.issued + (v.wait * 1e6) as i64;
    let ended = |v: &Visit| started(v) + (v.transaction * 1e6) as i64;
    rows(table, n, |name| {
        let all = all.iter();
        let column: ArrayRef = match name {
            "day" => Arc::new(Date32Array::from(vec![day.0; n])),
            "site" => texts(all.map(|v| site_name(v.site))),
            "unit" => texts(all.map(|v| format!("{:05}", 4 + 3 * v.site))),
            "ticket" => texts(all.enumerate().map(|(i, _)| format!("{i:05}"))),
            "service" => texts(all.enumerate().map(|(i, _)| format!("S{:02}", i % 17))),
            "counter" => texts(all.enumerate().map(|(i, _)| format!("Q{:02}", i % 7))),
            "priority" => texts(all.map(|_| "normal".to_owned())),
            "outcome" => texts(all.map(|v| {
                let outcome = if v.is_settled {
                    "finished"
                } else {
                    "abandoned"
                };
                outcome.to_owned()
            })),
            "issued_at" => times(all.map(|v| Some(v.issued))),
            "started_at" => times(all.map(|v| Some(started(v)))),
            "ended_at" => times(all.map(|v| Some(ended(v)))),
            "wait_s" => Arc::new(Float64Array::from_iter_values(all.map(|v| v.wait))),
            "transaction_s" => Arc::new(Float64Array::from_iter_values(all.map(|v| v.transaction))),
            "legs" => Arc::new(Int64Array::from(vec![1; n])),
            "approximate" | "walk_in" => Arc::new(BooleanArray::from(vec![false; n])),
            _ => return None,
        };
        Some(column)
    })
}

/// A day's dossiers as they are at `now`: most are settled in days or weeks, one in two hundred never is.
pub fn dossiers(
    table: &Table,
    day: Day,
    n: usize,
    now: EventTime,
    random: &mut ChaCha8Rng,
) -> Rows {
    struct Dossier {
        filed: i64,
        ended: Option<i64>,
        last: i64,
        stage: &'static str,
        site: u32,
        agency: u32,
        procedure: u32,
    }
    let all: Vec<Dossier> = (0..n)
        .map(|_| {
            let filed = day.start().plus_seconds(working_second(random));
            let seconds = (log_normal(random, 6.0, 0.9) * 86_400.0) as i64;
            let end = filed.plus_seconds(seconds);
            let is_forgotten = random.random_ratio(1, 200);
            let (last, ended, stage) = if is_forgotten || end > now {
                let last = filed.0 + (end.0 - filed.0) / 3;
                let is_waiting = random.random_ratio(1, 10);
                let stage = if is_waiting {
                    "awaiting_acceptance"
                } else {
                    "open"
                };
                (last.min(now.0), None, stage)
            } else {
                let stage = match random.random_range(0..100) {
                    0..=3 => "refused",
                    4..=5 => "withdrawn",
                    6 => "stopped",
                    _ => "resolved",
                };
                (end.0, Some(end.0), stage)
            };
            Dossier {
                filed: filed.0,
                ended,
                last,
                stage,
                site: site(random),
                agency: random.random_range(0..AGENCIES),
                procedure: random.random_range(0..1_800),
            }
        })
        .collect();
    let due = |d: &Dossier| d.filed + 15 * 86_400_000_000;
    rows(table, n, |name| {
        let all = all.iter();
        let column: ArrayRef = match name {
            "day" => Arc::new(Date32Array::from(vec![day.0; n])),
            "dossier" => texts(
                all.enumerate()
                    .map(|(i, d)| format!("H29.{:03}-{day}-{i:05}", d.agency)),
            ),
            "code_valid" | "paused" => Arc::new(BooleanArray::from(vec![name != "paused"; n])),
            "procedure" => texts(all.map(|d| format!("1.{:06}", d.procedure))),
            "field" => texts(all.map(|d| format!("L{:02}", d.procedure % 60))),
            "site" => texts(all.map(|d| site_name(d.site))),
            "unit" => texts(all.map(|d| format!("{:05}", 4 + 3 * d.site))),
            "agency" | "holder" => texts(all.map(|d| format!("H29.{:03}", d.agency))),
            "channel" => texts(all.map(|d| {
                let channel = if d.procedure % 3 == 0 {
                    "counter"
                } else {
                    "online"
                };
                channel.to_owned()
            })),
            "submitted_at" => times(all.map(|d| Some(d.filed))),
            "accepted_at" => times(all.map(|d| {
                let is_accepted = d.stage != "awaiting_acceptance";
                is_accepted.then_some(d.filed + 3_600_000_000)
            })),
            "due_at" => times(all.map(|d| Some(due(d)))),
            "ended_at" => times(all.map(|d| d.ended)),
            "last_event_at" => times(all.map(|d| Some(d.last))),
            "stage" => texts(all.map(|d| d.stage.to_owned())),
            "working_hours" => Arc::new(Float64Array::from_iter_values(
                all.map(|d| (d.last - d.filed) as f64 / 3.6e9 / 4.2),
            )),
            _ => return None,
        };
        Some(column)
    })
}
