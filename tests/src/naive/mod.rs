//! Every figure of the reports, computed a second time straight from NDJSON.
//!
//! The one source is the text of the event contract; where it leaves a choice, the reading taken
//! stands under *Reading* at the function concerned. Everything is read into memory and looped
//! over: the aim is that a reader can hold each figure against the contract's words.

pub mod boards;
pub mod calendar;
pub mod dossiers;
pub mod ratings;
pub mod visits;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use serde_json::Value;

/// An instant in milliseconds since 1970.
pub type Ms = i64;
/// Figures by name, in the report's own words.
pub type Figures = BTreeMap<&'static str, Value>;
/// Figures by group key (`""` without `by`).
pub type Rows = BTreeMap<String, Figures>;

/// A minute.
pub const MINUTE: Ms = 60_000;
/// An hour.
pub const HOUR: Ms = 60 * MINUTE;
/// A day.
pub const DAY: Ms = 24 * HOUR;

/// One event of a line.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it happened.
    pub time: Ms,
    /// Who sent it.
    pub source: String,
    /// Its id at the source.
    pub id: String,
    /// Its type, such as `ticket.issued`.
    pub kind: String,
    /// Its fields.
    pub data: Value,
}

impl Event {
    /// A text field, if it is there.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.data[field].as_str()
    }

    /// A time field, if it is there.
    pub fn instant(&self, field: &str) -> Option<Ms> {
        self.text(field).map(instant)
    }
}

/// An RFC 3339 time.
pub fn instant(text: &str) -> Ms {
    text.parse::<Timestamp>()
        .expect("an RFC 3339 time")
        .as_millisecond()
}

/// The local date and time at an instant: `Asia/Ho_Chi_Minh` has been UTC+7 since 1975.
pub fn local(at: Ms) -> DateTime {
    let seven = TimeZone::fixed(Offset::constant(7));
    Timestamp::from_millisecond(at)
        .expect("a time in range")
        .to_zoned(seven)
        .datetime()
}

/// The instant of a local date's midnight.
pub fn midnight(date: Date) -> Ms {
    let utc = TimeZone::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    utc.expect("a time in range").as_millisecond() - 7 * HOUR
}

/// A report's `from` or `to`: RFC 3339, or a local date.
pub fn bound(text: &str) -> Ms {
    match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => midnight(date),
        _ => instant(text),
    }
}

/// `[from, to)`.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first instant inside.
    pub from: Ms,
    /// The first instant after.
    pub to: Ms,
}

impl Span {
    /// A span of two bounds as a report takes them.
    pub fn of(from: &str, to: &str) -> Self {
        Self {
            from: bound(from),
            to: bound(to),
        }
    }

    /// Whether an instant lies inside.
    pub fn has(self, at: Ms) -> bool {
        self.from <= at && at < self.to
    }
}

/// Reads lines: each `source` + `id` once, in the contract's order (`time`, `source`, `id`).
pub fn read(ndjson: &str) -> Vec<Event> {
    let mut seen = HashSet::new();
    let mut events = Vec::new();
    for line in ndjson.lines().filter(|line| !line.trim().is_empty()) {
        let mut value: Value =
            serde_json::from_str(line).expect("the naive reader is given good lines");
        let text = |field: &str| value[field].as_str().expect("an envelope field").to_owned();
        let event = Event {
            time: instant(&text("time")),
            source: text("source"),
            id: text("id"),
            kind: text("type"),
            data: value["data"].take(),
        };
        if seen.insert((event.source.clone(), event.id.clone())) {
            events.push(event);
        }
    }
    events.sort_by(|a, b| (a.time, &a.source, &a.id).cmp(&(b.time, &b.source, &b.id)));
    events
}

/// What a report is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the report's own")]
pub enum By {
    Nothing,
    Site,
    Unit,
    Service,
    Counter,
    Agency,
    Field,
    Channel,
    Hour,
    Day,
    Week,
}

impl By {
    /// The word on the command line and the name of the key's column.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Site => Some("site"),
            Self::Unit => Some("unit"),
            Self::Service => Some("service"),
            Self::Counter => Some("counter"),
            Self::Agency => Some("agency"),
            Self::Field => Some("field"),
            Self::Channel => Some("channel"),
            Self::Hour => Some("hour"),
            Self::Day => Some("day"),
            Self::Week => Some("week"),
        }
    }
}

/// The key of the hour, day or week that an instant belongs to.
pub fn time_key(by: By, at: Ms) -> String {
    let local = local(at);
    let date = local.date();
    match by {
        By::Hour => format!("{date}T{:02}:00+07:00", local.hour()),
        By::Day => date.to_string(),
        By::Week => {
            let week = date.iso_week_date();
            format!("{:04}-W{:02}", week.year(), week.week())
        }
        _ => panic!("{by:?} is no time"),
    }
}

/// The pack's sites and the unit that each lies in.
pub type Units = HashMap<String, String>;

/// The arithmetic mean, or null without a sample.
pub fn mean(values: &[f64]) -> Value {
    if values.is_empty() {
        return Value::Null;
    }
    let sum: f64 = values.iter().sum();
    Value::from(sum / values.len() as f64)
}

/// The nearest-rank quantile, or null without a sample.
pub fn quantile(values: &[f64], share: f64) -> Value {
    if values.is_empty() {
        return Value::Null;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    Value::from(sorted[rank - 1])
}

/// Milliseconds as seconds.
pub fn seconds(ms: Ms) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_belongs_to_its_local_hour_day_and_iso_week() {
        let just_after_midnight = instant("2026-11-22T17:30:00Z");
        assert_eq!(
            time_key(By::Hour, just_after_midnight),
            "2026-11-23T00:00+07:00"
        );
        assert_eq!(time_key(By::Day, just_after_midnight), "2026-11-23");
        assert_eq!(time_key(By::Week, just_after_midnight), "2026-W48");
        assert_eq!(time_key(By::Week, just_after_midnight - HOUR), "2026-W47");
        assert_eq!(bound("2026-11-23"), instant("2026-11-23T00:00:00+07:00"));
    }

    #[test]
    fn nearest_rank_takes_a_value_that_occurs() {
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(quantile(&ten, 0.5), 5.0);
        assert_eq!(quantile(&ten, 0.9), 9.0);
        assert_eq!(quantile(&ten, 0.95), 10.0);
        assert_eq!(quantile(&[], 0.5), Value::Null);
    }

    #[test]
    fn a_repeated_pair_is_read_once() {
        let line = crate::events::ticket("issued", "08:00", "00004", "A1");
        assert_eq!(read(&format!("{line}\n{line}\n")).len(), 1);
    }
}
