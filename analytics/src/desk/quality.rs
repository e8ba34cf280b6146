//! How good the alerts themselves are, by the yardstick of ISA-18.2 and IEC 62682: few an hour, no floods, most of them of low
//! priority, none that chatter or stand for days, and none that is taken in hand without anything done.
//!
//! Pure: the cases of a span go in, the figures come out.

use std::collections::{BTreeMap, BTreeSet};

use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Serialize;

use super::case::Case;
use crate::alerts::{Priority, Subject};
use crate::figures::alerts::CaseFigures;

/// Alerts an hour that one desk handles well (ISA-18.2: about one in ten minutes).
pub const TARGET_AN_HOUR: f64 = 6.0;
/// A flood begins with so many within [`FLOOD_S`], and ends with fewer than half of them.
const FLOOD: usize = 10;
const FLOOD_S: i64 = 600;
/// Standing for longer than this is stale, seconds.
const STALE_S: i64 = 86_400;
/// An alert that stood so often within one case chatters.
const CHATTERS: u32 = 4;
/// Lines of a list.
const MOST: usize = 10;

/// A flood.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flood {
    /// Begin.
    pub from: EventTime,
    /// End.
    pub to: EventTime,
    /// Alerts in it.
    pub alerts: usize,
}

/// Alerts of one group and subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Frequent {
    /// The group.
    pub group: String,
    /// What they were about.
    pub subject: Subject,
    /// How many.
    pub alerts: u32,
}

/// The alerts of one hour of the day, over all days of the span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hour {
    /// From 0 to 23, local.
    pub hour: u8,
    /// Alerts in it.
    pub alerts: u32,
}

/// The figures of a span.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// Begin.
    pub from: EventTime,
    /// End.
    pub to: EventTime,
    /// Hours in it that were worked at the desk, on days of which anything is known or an alert was raised.
    pub hours: f64,
    /// Hours in it that were worked on the other days: a rate over them would flatter.
    pub hours_unknown: f64,
    /// Alerts shown.
    pub raised: u32,
    /// The same, an hour of those.
    pub per_hour: Option<f64>,
    /// By priority.
    pub by_priority: BTreeMap<&'static str, u32>,
    /// The yardstick.
    pub targets: Targets,
    /// Floods.
    pub floods: Vec<Flood>,
    /// Share of the hours that was flood.
    pub flood_share: Option<f64>,
    /// The most frequent.
    pub most: Vec<Frequent>,
    /// Those that came and went within one case.
    pub chattering: Vec<Frequent>,
    /// Numbers of those that stood for over a day.
    pub standing_over_a_day: Vec<u64>,
    /// Taken in hand, gone, and nothing was explained, urged or given to anybody.
    pub acknowledged_without_action: u32,
    /// The same as a share of those that were taken in hand and are gone.
    pub without_action_share: Option<f64>,
    /// The middle time from shown to taken in hand, seconds.
    pub median_acknowledge_s: Option<f64>,
    /// By hour, those with any.
    pub hours_of: Vec<Hour>,
}

/// Working hours of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Worked {
    /// On days of which anything is known, or on which an alert was raised: those count, and so do their hours.
    pub known: f64,
    /// On the others.
    pub unknown: f64,
}

impl Worked {
    /// Of the hours of some days, each with whether anything of its points is known.
    pub fn of<'a>(
        days: impl IntoIterator<Item = (Day, f64, bool)>,
        cases: impl Iterator<Item = &'a Case>,
    ) -> Self {
        let raised: BTreeSet<Day> = cases.map(|case| case.raised_at.day()).collect();
        let mut worked = Self::default();
        for (day, hours, is_known) in days {
            if is_known || raised.contains(&day) {
                worked.known += hours;
            } else {
                worked.unknown += hours;
            }
        }
        worked
    }
}

/// The yardstick.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Targets {
    /// Shares of low, medium and high, per cent.
    pub priorities: [u8; 3],
    /// Alerts an hour.
    pub per_hour: f64,
}

/// The figures of the cases raised in `[from, to)`, of which so many hours were `worked`; `now` is up to when cases are known. Of cases from before
/// it, which may be among them, only those count that stood in it for over a day.
pub fn quality<'a>(
    cases: impl Iterator<Item = &'a Case>,
    (from, to): (EventTime, EventTime),
    worked: Worked,
    now: EventTime,
) -> Quality {
    let hours = worked.known;
    let gone = |case: &Case| case.returned_at.or(case.closed_at);
    let is_stale =
        |case: &Case| gone(case).unwrap_or(now).0 - case.raised_at.0 > STALE_S * 1_000_000;
    let (before, mut cases): (Vec<&Case>, Vec<&Case>) = cases
        .filter(|case| case.raised_at < to)
        .partition(|case| case.raised_at < from);
    let still = |case: &&&Case| is_stale(case) && gone(case).is_none_or(|at| at >= from);
    let mut stale: Vec<u64> = before
        .iter()
        .filter(still)
        .map(|case| case.number)
        .collect();
    cases.sort_by_key(|case| (case.raised_at, case.number));
    let mut figures = CaseFigures::default();
    let mut by_hour: BTreeMap<u8, u32> = BTreeMap::new();
    let mut by_subject: BTreeMap<(&str, &Subject), (u32, u32)> = BTreeMap::new();
    for case in &cases {
        figures.add(case);
        let hour = (case.raised_at.local_time_of_day_us() / 3_600_000_000) as u8;
        *by_hour.entry(hour).or_default() += 1;
        let known = by_subject
            .entry((case.key.group.as_str(), &case.key.subject))
            .or_default();
        known.0 += 1;
        known.1 = known.1.max(case.times);
        if is_stale(case) {
            stale.push(case.number);
        }
    }
    let counts = Priority::ALL.iter().zip(figures.by_priority);
    let by_priority = counts.map(|(priority, n)| (priority.as_str(), n as u32));
    let by_priority = by_priority.collect();
    let frequent = |of: fn(&(u32, u32)) -> u32, least: u32| {
        let mut all: Vec<Frequent> = by_subject
            .iter()
            .filter(|(_, counts)| of(counts) >= least)
            .map(|((group, subject), counts)| Frequent {
                group: (*group).to_owned(),
                subject: (*subject).clone(),
                alerts: of(counts),
            })
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.alerts));
        all.truncate(MOST);
        all
    };
    let times: Vec<EventTime> = cases.iter().map(|case| case.raised_at).collect();
    let floods = floods(&times);
    // An empty sum of floats is -0, which would stand in the answer.
    let flooded = floods
        .iter()
        .fold(0.0, |sum, f| sum + f.to.seconds_since(f.from));
    Quality {
        from,
        to,
        hours,
        hours_unknown: worked.unknown,
        raised: cases.len() as u32,
        per_hour: (hours > 0.0).then(|| cases.len() as f64 / hours),
        by_priority,
        targets: Targets {
            priorities: [80, 15, 5],
            per_hour: TARGET_AN_HOUR,
        },
        flood_share: (hours > 0.0).then(|| (flooded / 3600.0 / hours).min(1.0)),
        floods,
        most: frequent(|c| c.0, 2),
        chattering: frequent(|c| c.1, CHATTERS),
        standing_over_a_day: stale,
        acknowledged_without_action: figures.idle as u32,
        without_action_share: figures.idle_share(),
        median_acknowledge_s: figures.acknowledge_s()[0],
        hours_of: by_hour
            .into_iter()
            .map(|(hour, alerts)| Hour { hour, alerts })
            .collect(),
    }
}

/// The floods of instants in order: from the first of ten within ten minutes until fewer than five are.
fn floods(times: &[EventTime]) -> Vec<Flood> {
    let within = |at: usize| {
        let oldest = times[at].plus_seconds(-FLOOD_S);
        at + 1 - times.partition_point(|t| *t <= oldest)
    };
    let mut found: Vec<Flood> = Vec::new();
    let mut flood: Option<(usize, usize)> = None;
    for at in 0..times.len() {
        let many = within(at);
        flood = match flood {
            None if many >= FLOOD => Some((at + 1 - many, at)),
            Some((first, _)) if many >= FLOOD / 2 => Some((first, at)),
            Some((first, last)) => {
                found.push(flood_of(times, first, last));
                None
            }
            None => None,
        };
    }
    found.extend(flood.map(|(first, last)| flood_of(times, first, last)));
    found
}

fn flood_of(times: &[EventTime], first: usize, last: usize) -> Flood {
    Flood {
        from: times[first],
        to: times[last],
        alerts: last + 1 - first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_in_ten_minutes_are_a_flood_until_five_are() {
        let at = |minutes: &[i64]| -> Vec<EventTime> {
            minutes.iter().map(|m| EventTime(m * 60_000_000)).collect()
        };
        assert!(floods(&at(&[0, 1, 2, 3, 4, 5, 6, 7, 8])).is_empty());
        // The first is out of the ten minutes when the tenth comes.
        assert!(floods(&at(&[0, 2, 3, 4, 5, 6, 7, 8, 9, 10])).is_empty());
        let found = floods(&at(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 40, 41]));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].from, found[0].to, found[0].alerts),
            (EventTime(0), EventTime(720_000_000), 11)
        );
    }
}
