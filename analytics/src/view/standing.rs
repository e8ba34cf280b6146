//! Whether a point's day is told in full: *provisional* until each of its devices has been heard past closing, or long enough
//! after it (domain rules §6.12: machines hold events back and send them late).
//!
//! A pure function of the state and an instant, so any order and repetition of the same events says the same.

use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Serialize;

use crate::live::State;
use crate::live::place::{Place, PlaceEvent};
use crate::names::Name;
use crate::rules::Rules;

/// Hours after closing from which on a day is no longer waited for: until then the next day's first sign has come.
pub const WAITED_H: i64 = 24;
/// Days without a word after which a device is no longer missed.
const FORGOTTEN_DAYS: i64 = 7;

/// How a point's day stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayStanding {
    /// The local day.
    pub day: Day,
    /// What is told of it may still change by what devices hold back.
    pub provisional: bool,
    /// When it closes: as published, else by the calendar; `None` where neither has the point open.
    pub closes_at: Option<EventTime>,
    /// From when on it is not waited for any longer.
    pub final_at: Option<EventTime>,
    /// Devices that were not heard past closing, once that has passed.
    pub missing: Vec<Name>,
}

/// How a point's day stands at an instant.
pub fn day_standing(
    state: &State,
    rules: &Rules,
    site: &Name,
    day: Day,
    now: EventTime,
) -> DayStanding {
    let empty = Place::default();
    let place = state.lasting.places.get(site).unwrap_or(&empty);
    let closes_at = closing(place, rules, site, day);
    let final_at = closes_at.map(|at| at.plus_seconds(WAITED_H * 3_600));
    let (Some(closes_at), Some(final_at)) = (closes_at, final_at) else {
        return DayStanding {
            day,
            provisional: false,
            closes_at: None,
            final_at: None,
            missing: Vec::new(),
        };
    };
    let mut missing = Vec::new();
    if closes_at <= now && now < final_at {
        missing = unheard(place, day, closes_at);
    }
    // Without devices the point's own events have to say it.
    let is_silent =
        known(place, day).next().is_none() && place.last_event.is_some_and(|last| last < closes_at);
    let is_waited_for = now < closes_at || !missing.is_empty() || is_silent;
    DayStanding {
        day,
        provisional: now < final_at && is_waited_for,
        closes_at: Some(closes_at),
        final_at: Some(final_at),
        missing,
    }
}

/// The days of which something may still come, the latest first.
pub fn unsettled_days(now: EventTime) -> [Day; 2] {
    let today = now.day();
    [today, Day(today.0 - 1)]
}

/// A day of which something may still come, in the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct UnsettledDay {
    /// The local day.
    pub day: Day,
    /// Points whose day is provisional.
    pub sites: u32,
    /// Devices at them that were not heard past closing.
    pub missing: u32,
}

/// The days in `[from, to)` that are provisional at some point, the latest first.
pub fn unsettled(
    state: &State,
    rules: &Rules,
    (from, to): (EventTime, EventTime),
    now: EventTime,
) -> Vec<UnsettledDay> {
    let asked = unsettled_days(now)
        .into_iter()
        .filter(|day| day.start() < to && day.end() > from);
    let counted = asked.map(|day| {
        let oldest = day.start().plus_seconds(-FORGOTTEN_DAYS * 86_400);
        let places = state.lasting.places.iter();
        let heard = places.filter(|(_, place)| place.last_event.is_some_and(|t| t >= oldest));
        let standings = heard.map(|(site, _)| day_standing(state, rules, site, day, now));
        standings.filter(|standing| standing.provisional).fold(
            UnsettledDay {
                day,
                sites: 0,
                missing: 0,
            },
            |sum, standing| UnsettledDay {
                day,
                sites: sum.sites + 1,
                missing: sum.missing + standing.missing.len() as u32,
            },
        )
    });
    counted.filter(|day| day.sites > 0).collect()
}

fn closing(place: &Place, rules: &Rules, site: &Name, day: Day) -> Option<EventTime> {
    let doors = place.doors.all().iter();
    let published = doors.filter_map(|mark| match mark.what {
        PlaceEvent::Scheduled { from, to, .. } if from < day.end() && to > day.start() => Some(to),
        _ => None,
    });
    let calendar = rules.calendars.of_site(site);
    published
        .max()
        .or_else(|| calendar.closes(day))
        .map(|at| at.min(day.end()))
}

/// The devices that were at the point on a day, as far as their signs say.
fn known(place: &Place, day: Day) -> impl Iterator<Item = (&Name, EventTime)> {
    let oldest = day.start().plus_seconds(-FORGOTTEN_DAYS * 86_400);
    let devices = place.devices.iter();
    devices
        .filter(move |(_, d)| d.first < day.end() && d.last >= oldest)
        .map(|(name, device)| (name, device.last))
}

fn unheard(place: &Place, day: Day, closes_at: EventTime) -> Vec<Name> {
    let unheard = known(place, day).filter(|(_, last)| *last < closes_at);
    let mut names: Vec<Name> = unheard.map(|(name, _)| name.clone()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use ingest::decode::{Decoder, Secret};

    use super::*;

    fn at(text: &str) -> EventTime {
        EventTime::parse_rfc3339(&format!("2026-11-{text}:00+07:00")).unwrap()
    }

    fn line(kind: &str, time: EventTime, n: usize, data: &str) -> String {
        format!(
            r#"{{"specversion":"1.0","id":"{n}","source":"t","type":"{kind}","time":"{time}","data":{{"site":"00004"{data}}}}}"#
        )
    }

    fn folded(lines: &[String]) -> State {
        let decoder = Decoder::new(&Secret::new([7; 32]));
        let mut state = State::default();
        let batch = decoder.ndjson(lines.join("\n").as_bytes(), None);
        assert_eq!((batch.len(), batch.rejected.len()), (lines.len(), 0));
        for event in batch.events() {
            state.apply(event);
        }
        state
    }

    fn beat(device: &str, time: &str, n: usize) -> String {
        let data = format!(r#","device":"{device}""#);
        line("device.heartbeat", at(time), n, &data)
    }

    #[test]
    fn a_day_is_provisional_until_each_device_was_heard_past_closing() {
        let rules = Rules::shipped().unwrap();
        let site = Name::from("00004");
        let monday = at("23T08:00").day();
        let standing =
            |state: &State, now: &str| day_standing(state, &rules, &site, monday, at(now));
        let mut lines = vec![
            beat("k1", "23T08:00", 1),
            beat("k2", "23T08:00", 2),
            beat("old", "12T08:00", 3),
            beat("k1", "23T17:05", 4),
        ];
        let state = folded(&lines);
        // By the calendar it closes at five.
        let open = standing(&state, "23T12:00");
        assert_eq!((open.provisional, open.missing.len()), (true, 0));
        let evening = standing(&state, "23T18:00");
        assert_eq!(
            (evening.provisional, evening.closes_at, evening.missing),
            (true, Some(at("23T17:00")), vec![Name::from("k2")])
        );
        // What is not heard of is waited for a day, and no longer.
        assert!(standing(&state, "24T16:59").provisional);
        let over = standing(&state, "24T17:00");
        assert_eq!((over.provisional, over.missing.len()), (false, 0));
        // The next morning's sign is one past closing, in whatever order it comes.
        lines.push(beat("k2", "24T07:50", 5));
        assert!(!standing(&folded(&lines), "24T08:00").provisional);
        lines.reverse();
        assert!(!standing(&folded(&lines), "24T08:00").provisional);
    }

    #[test]
    fn published_hours_say_when_and_a_day_off_is_not_waited_for() {
        let rules = Rules::shipped().unwrap();
        let site = Name::from("00004");
        let span = |n, day: &str| {
            let data = format!(
                r#","from":"2026-11-{day}T07:30:00+07:00","to":"2026-11-{day}T11:30:00+07:00""#
            );
            line("site.scheduled", at("20T08:00"), n, &data)
        };
        let lines = [span(1, "23"), span(2, "28"), beat("k1", "23T11:31", 3)];
        let state = folded(&lines);
        let of = |day: &str, now: &str| day_standing(&state, &rules, &site, at(day).day(), at(now));
        let monday = of("23T00:00", "23T12:00");
        assert_eq!(
            (monday.provisional, monday.closes_at),
            (false, Some(at("23T11:30")))
        );
        // A Saturday with a session is waited for, a Sunday is not.
        assert!(of("28T00:00", "28T12:00").provisional);
        let sunday = of("29T00:00", "29T12:00");
        assert_eq!((sunday.provisional, sunday.closes_at), (false, None));
    }

    #[test]
    fn a_point_without_devices_is_waited_for_by_its_own_events() {
        let rules = Rules::shipped().unwrap();
        let site = Name::from("00004");
        let ticket = |time: &str, n| {
            let data = format!(r#","ticket":"A{n}","service":"s""#);
            line("ticket.issued", at(time), n, &data)
        };
        let day = at("23T00:00").day();
        let state = folded(&[ticket("23T09:00", 1)]);
        assert!(day_standing(&state, &rules, &site, day, at("23T18:00")).provisional);
        let state = folded(&[ticket("23T09:00", 1), ticket("23T17:01", 2)]);
        assert!(!day_standing(&state, &rules, &site, day, at("23T18:00")).provisional);
        // Of one that never said a word nothing is waited for.
        let nobody = Name::from("00008");
        assert!(!day_standing(&state, &rules, &nobody, day, at("23T18:00")).provisional);
    }
}
