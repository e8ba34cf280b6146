//! All points over simulated weeks: what is learned, kept and told, and why something is not.

use ingest::event::EventTime;
use ingest::event::time::Day;

use super::days::{PLACE, Place, simulated};
use super::of_day::{decoded, event_of, state_of};
use crate::live::State;
use crate::names::Name;
use crate::queueing::forecaster::HORIZONS;
use crate::queueing::moment::start_of;
use crate::queueing::of_day::record;
use crate::queueing::points::{Points, Weight};
use crate::queueing::record::DayRecord;
use crate::queueing::told::{Asked, Hidden, Told, told, wait};

const FIRST: i32 = 20_000;

/// The events that tell of a simulated day, up to a second of the day.
fn lines(site: &str, day: i32, seed: u64, until: i64) -> Vec<String> {
    let of = simulated(PLACE, day, seed);
    let mut n = 0;
    let mut lines = Vec::new();
    let mut tell = |at: i64, kind: &str, data: &str| {
        n += 1;
        let second = (at - start_of(day)) / 1_000_000;
        if second <= until {
            lines.push(event_of(site, Day(day), n, second, kind, data));
        }
    };
    for span in &of.spans {
        let counter = format!(r#""counter":"{}""#, span.counter);
        tell(span.from, "counter.opened", &counter);
        tell(span.to, "counter.closed", &counter);
    }
    for (ticket, visit) in of.visits.iter().enumerate() {
        let ticket = format!(r#""ticket":"{ticket}""#);
        let at_counter = format!(r#"{ticket},"counter":"{}""#, visit.counter);
        tell(
            visit.issued,
            "ticket.issued",
            &format!(r#"{ticket},"service":"a""#),
        );
        if let (Some(started), Some(finished)) = (visit.started, visit.finished) {
            tell(started, "ticket.called", &at_counter);
            tell(started, "ticket.started", &at_counter);
            tell(finished, "ticket.finished", &at_counter);
        }
        if let Some(left) = visit.abandoned {
            tell(left, "ticket.abandoned", &ticket);
        }
    }
    lines
}

fn day_of(site: &str, day: i32, seed: u64, until: i64) -> State {
    state_of(&decoded(&lines(site, day, seed, until)))
}

fn learned(sites: &[&str], days: i32) -> Points {
    let mut points = Points::default();
    for day in FIRST..FIRST + days {
        for (seed, site) in sites.iter().enumerate() {
            let state = day_of(site, day, seed as u64, 86_400);
            let of = state.day_of(Day(day), site).unwrap();
            assert!(points.learn(&Name::from(*site), Day(day), of));
        }
        points.end_day(Day(day));
    }
    points
}

/// What is told at an hour of the day after.
fn told_at(
    points: &Points,
    site: &str,
    day: i32,
    hour: i64,
    change: impl Fn(&mut Asked<'_>),
) -> (Told, DayRecord) {
    let state = day_of(site, day, 77, hour * 3600);
    let of = state.day_of(Day(day), site).unwrap();
    let mut numbers = points
        .get(site)
        .map(|p| p.numbers.clone())
        .unwrap_or_default();
    numbers.take(of);
    let today = record(Day(day), of, &numbers, false);
    let mut asked = Asked {
        now: Day(day).start().plus_seconds(hour * 3600),
        day: &today,
        is_closed: false,
        is_known: true,
        is_open_then: [true; HORIZONS.len()],
    };
    change(&mut asked);
    (told(&Name::from(site), points, &asked), today)
}

#[test]
fn a_point_that_is_known_is_told_of_and_others_say_why_not() {
    let points = learned(&["s", "t"], 12);
    let tomorrow = FIRST + 12;
    let (all, today) = told_at(&points, "s", tomorrow, 10, |_| {});
    assert_eq!(all.days, 12);
    let wait_told = all.wait.unwrap();
    assert!(
        wait_told.median_s <= wait_told.bound_s && wait_told.sample > 0,
        "{wait_told:?}"
    );
    assert_eq!(all.wait_hidden, None);
    for then in &all.queue {
        let is_sound = then.people.map(|p| p.median <= p.bound && p.sample > 0);
        assert!(
            is_sound == Some(true) || then.hidden == Some(Hidden::NotBetter),
            "{then:?}"
        );
    }
    let counters = all.counters.unwrap();
    assert_eq!((counters.open, counters.target.wait_s), (3, 900.0));
    assert_eq!(counters.steps[0].from, all.as_of);
    assert!(counters.steps.iter().all(|s| s.counters <= 3));
    let alone = wait(
        "s",
        &points,
        &Asked {
            now: all.as_of,
            day: &today,
            is_closed: false,
            is_known: true,
            is_open_then: [true; HORIZONS.len()],
        },
    );
    assert_eq!(
        (alone.unwrap().median * 60.0).round() as u64,
        wait_told.median_s
    );

    let nothing = |told: &Told, why: Hidden| {
        assert_eq!((told.wait, told.wait_hidden), (None, Some(why)));
        assert!(
            told.queue
                .iter()
                .all(|q| q.people.is_none() && q.hidden == Some(why))
        );
        assert_eq!(
            (told.counters.as_ref(), told.counters_hidden),
            (None, Some(why))
        );
    };
    let (silent, _) = told_at(&points, "s", tomorrow, 10, |asked| asked.is_known = false);
    nothing(&silent, Hidden::NoData);
    let (closed, _) = told_at(&points, "s", tomorrow, 10, |asked| asked.is_closed = true);
    nothing(&closed, Hidden::Closed);
    let (unknown, _) = told_at(&points, "u", tomorrow, 10, |_| {});
    assert_eq!(unknown.days, 0);
    nothing(&unknown, Hidden::TooFewDays);
    let (evening, _) = told_at(&points, "s", tomorrow, 15, |asked| {
        asked.is_open_then[2] = false;
    });
    assert_eq!(evening.queue[2].people, None);
    // Later than it closes there is no queue to be told, and where guessing is as good neither.
    assert!([Some(Hidden::Closed), Some(Hidden::NotBetter)].contains(&evening.queue[2].hidden));
    let young = learned(&["s"], 1);
    let (first, _) = told_at(&young, "s", FIRST + 1, 10, |_| {});
    assert_eq!(first.days, 1);
    nothing(&first, Hidden::TooFewDays);
}

#[test]
fn points_are_kept_whole_and_the_order_of_points_does_not_matter() {
    let points = learned(&["s", "t", "u"], 4);
    let blocks: Vec<Vec<u8>> = points.blocks().collect();
    let read = Points::read(&blocks).unwrap();
    assert_eq!(read, points);
    assert_eq!(read.last(), Some(Day(FIRST + 3)));
    let mut other = Points::default();
    for day in FIRST..FIRST + 4 {
        for site in ["u", "s", "t"] {
            let seed = ["s", "t", "u"].iter().position(|s| *s == site).unwrap();
            let state = day_of(site, day, seed as u64, 86_400);
            other.learn(
                &Name::from(site),
                Day(day),
                state.day_of(Day(day), site).unwrap(),
            );
        }
        other.end_day(Day(day));
    }
    assert_eq!(other, points);
    assert!(Points::read(&[]).is_err());
    assert!(Points::read(&[blocks[0].clone(), vec![1, 2, 3]]).is_err());
}

#[test]
fn a_day_is_learned_once_and_nothing_is_not_learned() {
    let mut points = learned(&["s"], 3);
    let before = points.clone();
    let state = day_of("s", FIRST + 1, 5, 86_400);
    let of = state.day_of(Day(FIRST + 1), "s").unwrap();
    assert!(!points.learn(&Name::from("s"), Day(FIRST + 1), of));
    let empty = crate::live::site_day::SiteDay::default();
    assert!(!points.learn(&Name::from("v"), Day(FIRST + 9), &empty));
    assert_eq!(points, before);
    let mut weight = Weight::default();
    weight.add(of);
    weight.add(&empty);
    assert_eq!(
        (weight.points, weight.told),
        (1, (of.tickets.len() + 6) as u64)
    );
    // A copy is not changed by what the original learns.
    points.learn(&Name::from("s"), Day(FIRST + 3), of);
    points.end_day(Day(FIRST + 3));
    assert_eq!(before.get("s").unwrap().forecaster.days(), 3);
    assert_eq!(points.get("s").unwrap().forecaster.days(), 4);
    assert_eq!(EventTime(start_of(FIRST)), Day(FIRST).start());
}

/// A place with more people than its counters can serve is told that even all of them are too few.
#[test]
fn counters_that_do_not_reach_say_so() {
    let points = learned(&["s"], 6);
    let busy = Place { peak: 3.0, ..PLACE };
    let today = simulated(busy, FIRST + 6, 1);
    let asked = Asked {
        now: Day(FIRST + 6).start().plus_seconds(11 * 3600),
        day: &today,
        is_closed: false,
        is_known: true,
        is_open_then: [true; HORIZONS.len()],
    };
    let counters = told(&Name::from("s"), &points, &asked).counters.unwrap();
    assert!(!counters.reaches);
    assert_eq!(counters.too_few_from, Some(asked.now));
    assert_eq!(counters.steps[0].counters, 3);
}
