//! Groups: what a figure can be broken down by, and the keys of the groups.

use std::collections::HashMap;

use ingest::event::EventTime;
use ingest::event::time::{DAY_US, Day};

use super::table::{Row, Table};
use super::{Family, Question};
use crate::live::Lasting;
use crate::live::dossier::Filing;
use crate::names::Name;
use crate::registry::Registry;

/// The most groups of time in one answer: over a year of hours.
pub const MAX_BUCKETS: usize = 9_000;

/// A grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The point.
    Site,
    /// The point's administrative unit.
    Unit,
    /// The service asked for.
    Service,
    /// The counter, `site/counter`.
    Counter,
    /// The competent agency.
    Agency,
    /// The field of the procedure.
    Field,
    /// How a rating was given.
    Channel,
    /// The group of alerts.
    Group,
    /// The rule of an alert.
    Rule,
    /// The priority of an alert.
    Priority,
    /// The local hour.
    Hour,
    /// The local day.
    Day,
    /// The ISO week.
    Week,
}

impl By {
    /// All groupings.
    pub const ALL: [Self; 13] = [
        Self::Site,
        Self::Unit,
        Self::Service,
        Self::Counter,
        Self::Agency,
        Self::Field,
        Self::Channel,
        Self::Group,
        Self::Rule,
        Self::Priority,
        Self::Hour,
        Self::Day,
        Self::Week,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Unit => "unit",
            Self::Service => "service",
            Self::Counter => "counter",
            Self::Agency => "agency",
            Self::Field => "field",
            Self::Channel => "channel",
            Self::Group => "group",
            Self::Rule => "rule",
            Self::Priority => "priority",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == word)
    }

    /// Length of a group of time, microseconds.
    pub const fn bucket_us(self) -> Option<i64> {
        match self {
            Self::Hour => Some(3_600_000_000),
            Self::Day => Some(DAY_US),
            Self::Week => Some(7 * DAY_US),
            _ => None,
        }
    }

    /// The group of time that an instant falls in: its key, begin and end.
    pub fn bucket(self, t: EventTime) -> Option<Bucket> {
        let day = t.day();
        let (start, end, key) = match self {
            Self::Hour => {
                let hour = t.local_time_of_day_us() / 3_600_000_000;
                let start = day.start().plus_seconds(hour * 3600);
                (
                    start,
                    start.plus_seconds(3600),
                    format!("{day}T{hour:02}:00+07:00"),
                )
            }
            Self::Day => (day.start(), day.end(), day.to_string()),
            Self::Week => {
                let monday = Day(day.0 - i32::from(day.weekday()));
                let week = monday.date().iso_week_date();
                let key = format!("{}-W{:02}", week.year(), week.week());
                (monday.start(), Day(monday.0 + 7).start(), key)
            }
            _ => return None,
        };
        Some(Bucket { key, start, end })
    }
}

/// A group of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its key.
    pub key: String,
    /// Its begin, included.
    pub start: EventTime,
    /// Its end, excluded.
    pub end: EventTime,
}

/// The groups of time that a span touches, each cut to the span.
pub fn buckets(by: By, from: EventTime, to: EventTime) -> Vec<Bucket> {
    let mut out = Vec::new();
    let mut t = from;
    while t < to {
        let Some(mut bucket) = by.bucket(t) else {
            break;
        };
        t = bucket.end;
        bucket.start = bucket.start.max(from);
        bucket.end = bucket.end.min(to);
        out.push(bucket);
    }
    out
}

/// The local hour of an instant, in hours since the local begin of 1970.
pub fn hour_of(t: EventTime) -> i64 {
    i64::from(t.day().0) * 24 + t.local_time_of_day_us() / 3_600_000_000
}

/// An instant in a local hour.
pub fn in_hour(hour: i64) -> EventTime {
    let day = Day(hour.div_euclid(24) as i32);
    day.start().plus_seconds(hour.rem_euclid(24) * 3600)
}

/// Groups in the making.
pub(super) struct Groups<G> {
    groups: HashMap<String, G>,
    /// Without a grouping there is one, also where nothing counts.
    is_one: bool,
}

impl<G: Default + PartialEq> Groups<G> {
    pub(super) fn of(question: &Question) -> Self {
        let is_one = question.by.is_none();
        let groups = is_one.then(|| (String::new(), G::default()));
        Self {
            groups: groups.into_iter().collect(),
            is_one,
        }
    }

    /// Adds to a group, without a copy of the key of one that is there.
    pub(super) fn add(&mut self, key: &str, add: impl FnOnce(&mut G)) {
        match self.groups.get_mut(key) {
            Some(group) => add(group),
            None => add(self.groups.entry(key.to_owned()).or_default()),
        }
    }

    /// The table of those in which something counts.
    pub(super) fn table(
        self,
        columns: &'static [&'static str],
        row: impl Fn(&G, String) -> Row,
    ) -> Table {
        let (is_one, nothing) = (self.is_one, G::default());
        let groups = self.groups.into_iter();
        let told = groups.filter(|(_, figures)| is_one || *figures != nothing);
        Table::new(
            columns,
            told.map(|(key, figures)| row(&figures, key)).collect(),
        )
    }
}

/// The key of a dossier by what its filing says; `None` where that has no such group.
pub(super) fn key_of_filing<'a>(
    by: Option<By>,
    filing: Option<&'a Filing>,
    registry: &'a Registry,
) -> Option<&'a str> {
    match by {
        None => Some(""),
        Some(By::Site) => filing.map(|f| &*f.site),
        Some(By::Unit) => filing.map(|f| registry.unit_of(&f.site)),
        Some(By::Agency) => filing.map(|f| &*f.agency),
        Some(By::Field) => filing.map(|f| &*f.field),
        Some(_) => None,
    }
}

/// The keys of all known groups, for `--all`.
pub fn known(by: By, lasting: &Lasting, registry: &Registry, question: &Question) -> Vec<String> {
    fn texts<'a>(names: impl IntoIterator<Item = &'a Name>) -> Vec<String> {
        names.into_iter().map(ToString::to_string).collect()
    }
    match by {
        By::Site => {
            let registered = registry.points().map(|p| &p.id);
            texts(registered.chain(lasting.places.keys()))
        }
        By::Unit => texts(registry.units()),
        By::Counter => {
            let places = lasting.places.iter();
            let counters = places.flat_map(|(site, place)| {
                let codes = place.counters.keys();
                codes.map(move |counter| format!("{site}/{counter}"))
            });
            counters.collect()
        }
        By::Service if question.family == Family::Boards => {
            texts(lasting.places.values().flat_map(|p| &p.board_services))
        }
        By::Service => texts(&lasting.services),
        By::Agency => texts(&lasting.agencies),
        By::Field => texts(&lasting.fields),
        By::Channel => ["device", "kiosk", "qr", "app", "survey", "officer"]
            .map(str::to_owned)
            .to_vec(),
        By::Priority => ["low", "medium", "high"].map(str::to_owned).to_vec(),
        // Rules and their groups are data of an installation: those that were never raised have no row.
        By::Group | By::Rule => Vec::new(),
        By::Hour | By::Day | By::Week => buckets(by, question.from, question.to)
            .into_iter()
            .map(|b| b.key)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> EventTime {
        EventTime::parse_rfc3339(s).unwrap()
    }

    #[test]
    fn keys_are_those_of_the_contract() {
        let t = at("2026-11-23T08:59:59.9+07:00");
        assert_eq!(By::Hour.bucket(t).unwrap().key, "2026-11-23T08:00+07:00");
        assert_eq!(By::Day.bucket(t).unwrap().key, "2026-11-23");
        assert_eq!(By::Week.bucket(t).unwrap().key, "2026-W48");
        assert_eq!(
            By::Week
                .bucket(at("2027-01-01T00:00:00+07:00"))
                .unwrap()
                .key,
            "2026-W53"
        );
    }

    #[test]
    fn buckets_cover_a_span_without_gap_or_overlap() {
        let (from, to) = (
            at("2026-11-22T10:30:00+07:00"),
            at("2026-12-01T00:00:00+07:00"),
        );
        for by in [By::Hour, By::Day, By::Week] {
            let all = buckets(by, from, to);
            assert_eq!((all[0].start, all[all.len() - 1].end), (from, to));
            assert!(
                all.windows(2)
                    .all(|w| w[0].end == w[1].start && w[0].key < w[1].key)
            );
        }
    }
}
