//! Queue boards: a second, coarser source, kept apart from tickets.
//!
//! A series is a site and a service. Its value at an instant is its last snapshot, for at most [`HOLD_S`]
//! after it; one from before the span still holds at its begin. A group's waiting at an instant is the
//! sum over its series that have a value then; the means are over the time in which at least one has.
//! *Silence* is what exceeds [`HOLD_S`] in the gaps between the snapshots of a group inside the span, the
//! span's ends included. Of several snapshots of a series at one instant the greatest in precedence is
//! the value. A group has a row when it has a snapshot inside the span.

use std::collections::{BTreeMap, HashMap};

use ingest::event::EventTime;

use super::Question;
use super::group::{By, buckets};
use super::table::{Figure, Row, Table};
use crate::live::State;
use crate::registry::Registry;

/// How long a snapshot holds, seconds.
pub const HOLD_S: i64 = 300;

/// The figures' names, in order.
pub const COLUMNS: &[&str] = &[
    "snapshots",
    "first",
    "last",
    "mean_waiting",
    "peak_waiting",
    "mean_open_counters",
    "silent_minutes",
];

/// A snapshot, as far as figures need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) time: EventTime,
    pub(super) waiting: u32,
    pub(super) open_counters: u32,
}

/// The snapshots of a site's service, in order of precedence.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) site: String,
    pub(super) service: String,
    pub(super) points: Vec<Point>,
}

impl Series {
    /// What bears on a span: the snapshots inside it, and what still holds from before.
    fn within(&self, from: EventTime, to: EventTime) -> &[Point] {
        let oldest = oldest(from);
        let begin = self.points.partition_point(|p| p.time <= oldest);
        let end = self.points.partition_point(|p| p.time < to);
        &self.points[begin.min(end)..end]
    }
}

/// A snapshot of this time or before holds no longer at an instant.
pub(super) const fn oldest(instant: EventTime) -> EventTime {
    instant.plus_seconds(-HOLD_S)
}

/// The answer to a question about boards, from the live state.
pub(super) fn table(state: &State, registry: &Registry, question: &Question) -> Table {
    let mut series: BTreeMap<(&str, &str), Vec<Point>> = BTreeMap::new();
    let oldest = oldest(question.from);
    // In order of day, so that points of a series come in order.
    let days = state.days_between(oldest, question.to);
    for (_, site, day) in days.filter(|(_, site, _)| question.within.has_site(site)) {
        for (service, marks) in &day.boards {
            let points = marks.before(question.to).iter().filter(|m| m.time > oldest);
            let points = points.map(|mark| Point {
                time: mark.time,
                waiting: mark.what.waiting,
                open_counters: mark.what.open_counters,
            });
            series.entry((site, service)).or_default().extend(points);
        }
    }
    let series = series.into_iter().map(|((site, service), points)| Series {
        site: site.to_owned(),
        service: service.to_owned(),
        points,
    });
    of_series(&series.collect::<Vec<_>>(), registry, question)
}

/// The answer to a question about boards.
pub(super) fn of_series(all: &[Series], registry: &Registry, question: &Question) -> Table {
    let mut rows = Vec::new();
    match question.by {
        Some(by @ (By::Hour | By::Day | By::Week)) => {
            for bucket in buckets(by, question.from, question.to) {
                let (from, to) = (bucket.start, bucket.end);
                let within = all.iter().map(|s| s.within(from, to));
                let within: Vec<&[Point]> = within.filter(|points| !points.is_empty()).collect();
                rows.extend(row(bucket.key, &within, from, to));
            }
        }
        by => {
            let (from, to) = (question.from, question.to);
            let mut groups: HashMap<&str, Vec<&[Point]>> = HashMap::new();
            for series in all {
                let within = series.within(from, to);
                if within.is_empty() {
                    continue;
                }
                let key = match by {
                    Some(By::Site) => series.site.as_str(),
                    Some(By::Unit) => registry.unit_of(&series.site),
                    Some(By::Service) => series.service.as_str(),
                    _ => "",
                };
                groups.entry(key).or_default().push(within);
            }
            let of_group = |(key, s): (&str, Vec<&[Point]>)| row(key.to_owned(), &s, from, to);
            rows.extend(groups.into_iter().filter_map(of_group));
            if by.is_none() && rows.is_empty() {
                rows.push(empty_row(from, to));
            }
        }
    }
    Table::new(COLUMNS, rows)
}

/// A group's row; `None` without a snapshot inside the span.
fn row(key: String, series: &[&[Point]], from: EventTime, to: EventTime) -> Option<Row> {
    let all = series.iter().flat_map(|s| s.iter()).map(|m| m.time);
    let mut times: Vec<EventTime> = all.filter(|t| *t >= from).collect();
    times.sort_unstable();
    let load = Load::of(series, from, to);
    let covered = load.covered_us as f64;
    let mean = |integral: i128| (load.covered_us > 0).then(|| integral as f64 / covered);
    let figures = vec![
        (times.len() as u64).into(),
        times.first().copied().into(),
        times.last().copied().into(),
        mean(load.waiting_us).into(),
        load.peak.map_or(Figure::None, |n| Figure::Count(n as u64)),
        mean(load.counters_us).into(),
        Some(silent_us(&times, from, to) as f64 / 60e6).into(),
    ];
    (!times.is_empty()).then_some(Row { key, figures })
}

/// The one row of a span in which no board said anything.
fn empty_row(from: EventTime, to: EventTime) -> Row {
    let silent = Some(silent_us(&[], from, to) as f64 / 60e6).into();
    let none = Figure::None;
    Row {
        key: String::new(),
        figures: vec![0.into(), none, none, none, none, none, silent],
    }
}

/// What exceeds [`HOLD_S`] in the gaps between ordered times, the span's ends included.
fn silent_us(times: &[EventTime], from: EventTime, to: EventTime) -> i64 {
    let mut silent = 0;
    let mut last = from;
    for t in times.iter().copied().chain([to]) {
        silent += (t.0 - last.0 - HOLD_S * 1_000_000).max(0);
        last = t;
    }
    silent
}

/// The sum of several step functions over time.
#[derive(Default)]
struct Load {
    /// Time in which at least one series has a value.
    covered_us: i64,
    /// People waiting, summed over that time.
    waiting_us: i128,
    /// Counters open, summed over that time.
    counters_us: i128,
    /// The greatest sum of people waiting.
    peak: Option<i64>,
}

impl Load {
    fn of(series: &[&[Point]], from: EventTime, to: EventTime) -> Self {
        // Each snapshot adds its values when it comes and takes them away when it ends. One that is
        // followed at the same instant ends as it comes.
        let mut changes: Vec<(EventTime, i64, i64, i64)> = Vec::new();
        for one in series {
            for (i, mark) in one.iter().enumerate() {
                let next = one.get(i + 1).map_or(to, |next| next.time);
                let begin = mark.time.max(from);
                let end = next.min(mark.time.plus_seconds(HOLD_S)).min(to);
                if begin >= end {
                    continue;
                }
                let (waiting, counters) = (i64::from(mark.waiting), i64::from(mark.open_counters));
                changes.push((begin, 1, waiting, counters));
                changes.push((end, -1, -waiting, -counters));
            }
        }
        changes.sort_unstable_by_key(|c| c.0);
        let mut load = Self::default();
        let (mut valid, mut waiting, mut counters) = (0_i64, 0_i64, 0_i64);
        let mut i = 0;
        while i < changes.len() {
            let now = changes[i].0;
            while i < changes.len() && changes[i].0 == now {
                let (_, dv, dw, dc) = changes[i];
                valid += dv;
                waiting += dw;
                counters += dc;
                i += 1;
            }
            if valid == 0 {
                continue;
            }
            load.peak = load.peak.max(Some(waiting));
            if let Some(next) = changes.get(i) {
                let dt = next.0.0 - now.0;
                load.covered_us += dt;
                load.waiting_us += i128::from(waiting) * i128::from(dt);
                load.counters_us += i128::from(counters) * i128::from(dt);
            }
        }
        load
    }
}
