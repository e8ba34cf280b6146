//! `report boards`: figures of `queue.snapshot`.
//!
//! *Reading*, where the contract leaves a choice:
//! - A snapshot holds from its instant to the next of the same site and service, at most 5 minutes.
//!   A sum at an instant is over the snapshots that hold then, so a service silent for longer is not
//!   in it; means are over the instants at which at least one snapshot holds.
//! - A snapshot before `from` still holds after it; an hour, day or week is the report of its own
//!   part of the span.
//! - Over several sites (no `by`, `unit`, `service`) waiting is the sum over them.
//! - `silent_minutes` looks at the gaps between successive snapshots of the whole group inside the
//!   span, its two ends included.
//! - At one instant, of two snapshots of one site and service the greatest (`source`, `id`) counts
//!   in means; both count in `snapshots`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    By, DAY, Event, Figures, HOUR, MINUTE, Ms, Rows, Span, Units, local, midnight, time_key,
};

const HOLDS: Ms = 5 * MINUTE;

/// One snapshot and the span in which it is the last of its service.
#[derive(Debug, Clone)]
struct Held {
    site: String,
    service: String,
    at: Ms,
    until: Ms,
    waiting: f64,
    open_counters: f64,
}

fn held(events: &[Event]) -> Vec<Held> {
    let mut streams: BTreeMap<(String, String), Vec<&Event>> = BTreeMap::new();
    for event in events.iter().filter(|event| event.kind == "queue.snapshot") {
        let site = event
            .text("site")
            .expect("a snapshot has a site")
            .to_owned();
        let service = event
            .text("service")
            .expect("a snapshot has a service")
            .to_owned();
        streams.entry((site, service)).or_default().push(event);
    }
    let mut all = Vec::new();
    for ((site, service), snapshots) in streams {
        for (i, event) in snapshots.iter().enumerate() {
            let next = snapshots.get(i + 1).map_or(Ms::MAX, |next| next.time);
            all.push(Held {
                site: site.clone(),
                service: service.clone(),
                at: event.time,
                until: next.min(event.time + HOLDS),
                waiting: event.data["waiting"]
                    .as_f64()
                    .expect("a snapshot has people waiting"),
                open_counters: event.data["open_counters"]
                    .as_f64()
                    .expect("a snapshot has open counters"),
            });
        }
    }
    all
}

/// The report: rows by key.
pub fn report(events: &[Event], span: Span, by: By, units: &Units) -> Rows {
    let all = held(events);
    if matches!(by, By::Hour | By::Day | By::Week) {
        let keys: BTreeSet<String> = all
            .iter()
            .filter(|held| span.has(held.at))
            .map(|held| time_key(by, held.at))
            .collect();
        return keys
            .into_iter()
            .map(|key| (key.clone(), figures(&all, part(by, &key, &all, span))))
            .collect();
    }
    let mut groups: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    for held in all {
        let key = match by {
            By::Nothing => Some(String::new()),
            By::Site => Some(held.site.clone()),
            By::Unit => units.get(&held.site).cloned(),
            By::Service => Some(held.service.clone()),
            _ => panic!("boards have no {by:?}"),
        };
        if let Some(key) = key {
            groups.entry(key).or_default().push(held);
        }
    }
    groups.retain(|_, group| group.iter().any(|held| span.has(held.at)));
    groups
        .into_iter()
        .map(|(key, group)| (key, figures(&group, span)))
        .collect()
}

/// The part of `span` that a time key names.
fn part(by: By, key: &str, all: &[Held], span: Span) -> Span {
    let at = all
        .iter()
        .map(|held| held.at)
        .find(|at| span.has(*at) && time_key(by, *at) == key)
        .expect("a key has a snapshot");
    let day = midnight(local(at).date());
    let (from, length) = match by {
        By::Hour => (at - (at - day) % HOUR, HOUR),
        By::Day => (day, DAY),
        _ => (
            day - DAY * i64::from(local(at).date().weekday().to_monday_zero_offset()),
            7 * DAY,
        ),
    };
    Span {
        from: from.max(span.from),
        to: (from + length).min(span.to),
    }
}

fn figures(group: &[Held], span: Span) -> Figures {
    let mut times: Vec<Ms> = group
        .iter()
        .map(|held| held.at)
        .filter(|at| span.has(*at))
        .collect();
    times.sort_unstable();

    // Every instant at which a sum can change, with the changes.
    let mut changes: BTreeMap<Ms, (f64, f64, i64)> = BTreeMap::new();
    for held in group {
        let (from, until) = (held.at.max(span.from), held.until.min(span.to));
        if from < until {
            let begins = changes.entry(from).or_default();
            *begins = (
                begins.0 + held.waiting,
                begins.1 + held.open_counters,
                begins.2 + 1,
            );
            let ends = changes.entry(until).or_default();
            *ends = (
                ends.0 - held.waiting,
                ends.1 - held.open_counters,
                ends.2 - 1,
            );
        }
    }
    let instants: Vec<(Ms, (f64, f64, i64))> = changes.into_iter().collect();
    let (mut waiting, mut open, mut holding) = (0.0, 0.0, 0);
    let (mut waiting_ms, mut open_ms, mut ms, mut peak) = (0.0, 0.0, 0.0, None::<f64>);
    for (i, (at, change)) in instants.iter().enumerate() {
        waiting += change.0;
        open += change.1;
        holding += change.2;
        let Some((next, _)) = instants.get(i + 1) else {
            break;
        };
        if holding > 0 {
            let length = (next - at) as f64;
            waiting_ms += waiting * length;
            open_ms += open * length;
            ms += length;
            peak = Some(peak.unwrap_or(0.0).max(waiting));
        }
    }
    let mean = |sum: f64| {
        if ms > 0.0 {
            Value::from(sum / ms)
        } else {
            Value::Null
        }
    };

    let mut edges = vec![span.from];
    edges.extend(&times);
    edges.push(span.to);
    let silent: Ms = edges
        .windows(2)
        .map(|pair| (pair[1] - pair[0] - HOLDS).max(0))
        .sum();

    Figures::from([
        ("snapshots", Value::from(times.len())),
        ("first", instant_text(times.first())),
        ("last", instant_text(times.last())),
        ("mean_waiting", mean(waiting_ms)),
        ("peak_waiting", peak.map_or(Value::Null, Value::from)),
        ("mean_open_counters", mean(open_ms)),
        ("silent_minutes", Value::from(silent as f64 / MINUTE as f64)),
    ])
}

fn instant_text(at: Option<&Ms>) -> Value {
    at.map_or(Value::Null, |at| {
        Value::from(
            Timestamp::from_millisecond(*at)
                .expect("in range")
                .to_string(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{line, ndjson};
    use crate::naive::read;
    use serde_json::json;

    fn snapshot(time: &str, service: &str, waiting: u32, open: u32) -> String {
        let data =
            json!({"site": "b1", "service": service, "waiting": waiting, "open_counters": open});
        line("queue.snapshot", time, &format!("{service}/{time}"), data)
    }

    fn row(lines: &[String], from: &str, to: &str) -> Figures {
        let span = Span::of(&crate::events::at(from), &crate::events::at(to));
        report(&read(&ndjson(lines)), span, By::Site, &Units::new())
            .remove("b1")
            .expect("one row")
    }

    #[test]
    fn a_snapshot_weighs_until_the_next_and_at_most_five_minutes() {
        // 10 for 2 minutes, then 4 for 5 (of the 28 left): (20 + 20) / 7.
        let got = row(
            &[snapshot("08:00", "a", 10, 1), snapshot("08:02", "a", 4, 3)],
            "08:00",
            "08:30",
        );
        assert!((got["mean_waiting"].as_f64().unwrap_or(0.0) - 40.0 / 7.0).abs() < 1e-9);
        assert!((got["mean_open_counters"].as_f64().unwrap_or(0.0) - 17.0 / 7.0).abs() < 1e-9);
        assert_eq!(got["peak_waiting"], 10.0);
        assert_eq!(got["silent_minutes"], 23.0); // 08:02 to 08:30, less 5
    }

    #[test]
    fn a_site_waits_with_all_its_services_at_an_instant() {
        let lines = [
            snapshot("08:00", "a", 3, 1),
            snapshot("08:00", "b", 4, 1),
            snapshot("08:01", "a", 0, 1),
        ];
        let got = row(&lines, "08:00", "08:10");
        assert_eq!(got["peak_waiting"], 7.0);
        // 7 for 1 minute, 4 for 4, and 0 (a alone) for the last 1: 23 over 6 minutes.
        assert!(
            (got["mean_waiting"].as_f64().unwrap_or(0.0) - 23.0 / 6.0).abs() < 1e-9,
            "{got:?}"
        );
        assert_eq!(got["snapshots"], 3);
    }

    #[test]
    fn both_ends_of_the_span_can_be_silent() {
        let got = row(&[snapshot("08:10", "a", 1, 1)], "08:00", "09:00");
        assert_eq!(got["silent_minutes"], 50.0); // 10 - 5 before, 50 - 5 after
    }
}
