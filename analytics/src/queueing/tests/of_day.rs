//! A record of the live state's day: the same for any order of events, and agreeing with the live figures.

use ingest::decode::{Decoder, Secret};
use ingest::event::time::Day;
use ingest::event::{Event, EventTime};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

use crate::live::State;
use crate::names::Name;
use crate::queueing::of_day::{Numbers, record};
use crate::queueing::record::Visit;
use crate::queueing::record::{ALL_SERVICES, DayRecord};
use crate::registry::Registry;
use crate::rules::Rules;
use crate::view::{self, SiteDossiers};

const DAY: Day = Day(20_780);

/// An event of the point `s` at a second of the day.
pub(super) fn event(n: usize, second: i64, kind: &str, data: &str) -> String {
    event_of("s", DAY, n, second, kind, data)
}

pub(super) fn event_of(
    site: &str,
    day: Day,
    n: usize,
    second: i64,
    kind: &str,
    data: &str,
) -> String {
    let time = day.start().plus_seconds(second);
    let data = if data.is_empty() {
        String::new()
    } else {
        format!(",{data}")
    };
    format!(
        r#"{{"specversion":"1.0","id":"{day}/{n}","source":"{site}","type":"{kind}","time":"{time}","data":{{"site":"{site}"{data}}}}}"#
    )
}

pub(super) fn decoded(lines: &[String]) -> Vec<Event> {
    let batch = Decoder::new(&Secret::new([1; 32])).ndjson(lines.join("\n").as_bytes(), None);
    assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
    batch.events().cloned().collect()
}

pub(super) fn state_of<'a>(events: impl IntoIterator<Item = &'a Event>) -> State {
    let mut state = State::default();
    for event in events {
        state.apply(event);
    }
    state
}

fn record_of(state: &State, is_over: bool) -> DayRecord {
    let Some(day) = state.day_of(DAY, "s") else {
        return DayRecord::default();
    };
    let mut numbers = Numbers::default();
    numbers.take(day);
    record(DAY, day, &numbers, is_over)
}

/// Few tickets, counters and minutes, so that events meet and tie.
fn any_line((n, kind, ticket, minute, value): (usize, u8, u8, i64, u8)) -> String {
    let counter = value % 3;
    let at_counter = format!(r#""ticket":"A{ticket}","counter":"c{counter}""#);
    let (kind, data) = match kind % 12 {
        0 | 1 => (
            "ticket.issued",
            format!(
                r#""ticket":"A{ticket}","service":"v{}","purpose":"pay""#,
                value % 4
            ),
        ),
        2 | 3 => ("ticket.called", at_counter),
        4 => ("ticket.started", at_counter),
        5 => ("ticket.finished", format!(r#""ticket":"A{ticket}""#)),
        6 => ("ticket.abandoned", format!(r#""ticket":"A{ticket}""#)),
        7 => (
            "ticket.transferred",
            format!(r#""ticket":"A{ticket}","service":"v{}""#, value % 5),
        ),
        8 => (
            "counter.opened",
            format!(
                r#""counter":"c{counter}","services":["v{}","v9"]"#,
                value % 4
            ),
        ),
        9 => ("counter.paused", format!(r#""counter":"c{counter}""#)),
        10 => ("counter.closed", format!(r#""counter":"c{counter}""#)),
        _ if value.is_multiple_of(2) => ("site.opened", String::new()),
        _ => ("site.closed", String::new()),
    };
    event(n, 27_000 + 60 * minute, kind, &data)
}

fn any_day() -> impl Strategy<Value = Vec<Event>> {
    let one = (any::<u8>(), 0_u8..6, 0_i64..600, any::<u8>());
    prop::collection::vec(one, 1..60).prop_map(|all| {
        let lines: Vec<String> = all
            .into_iter()
            .enumerate()
            .map(|(n, (kind, ticket, minute, value))| any_line((n, kind, ticket, minute, value)))
            .collect();
        decoded(&lines)
    })
}

/// Boards of two services, which fall silent now and then.
fn any_boards() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0_u8..2, 0_i64..60, 0_u32..9), 1..30).prop_map(|all| {
        let lines: Vec<String> = all
            .into_iter()
            .enumerate()
            .map(|(n, (service, minute, waiting))| {
                let data = format!(
                    r#""service":"v{service}","waiting":{waiting},"open_counters":{}"#,
                    1 + waiting % 3
                );
                event(n, 30_000 + 60 * minute, "queue.snapshot", &data)
            })
            .collect();
        decoded(&lines)
    })
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_matters(events in any_day(), seed in any::<u64>()) {
        let mut shuffled: Vec<&Event> = events.iter().chain(events.iter().step_by(2)).collect();
        shuffled.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let (one, other) = (state_of(&events), state_of(shuffled));
        for is_over in [false, true] {
            prop_assert_eq!(record_of(&one, is_over), record_of(&other, is_over));
        }
    }

    /// At each instant, of the events up to it: who waits and was not called, counters open, people come, waits that ended.
    #[test]
    fn it_agrees_with_the_live_figures(events in any_day(), minute in 0_i64..900) {
        let now = DAY.start().plus_seconds(27_000 + 60 * minute);
        let state = state_of(events.iter().filter(|e| e.time <= now));
        let (site, today) = (Name::from("s"), record_of(&state, false));
        let visits = view::visits_today(&state, &site, now);
        let waiting = view::waiting(&visits, state.lasting.places.get("s"), now);
        let not_called = waiting.filter(|(visit, _)| visit.called.is_none()).count();
        prop_assert_eq!(today.waiting_at(now.0 + 1) as usize, not_called);
        let rules = Rules::shipped().unwrap();
        let registry = Registry::new([], []);
        let none = SiteDossiers::default();
        let live = view::site_live(&state, &registry, &rules, &site, none, now);
        prop_assert_eq!(u64::from(today.open_at(now.0 + 1)), live.summary.open_counters.unwrap_or(0));
        let came = today.visits.iter().filter(|v| !v.again).count();
        prop_assert_eq!(came, visits.iter().filter(|v| v.issued.is_some()).count());
        let mut waits: Vec<i64> = today.visits.iter().filter_map(Visit::wait).collect();
        let told = visits.iter().filter(|v| v.issued.is_some());
        let mut live: Vec<i64> = told.filter_map(|v| v.legs[0].wait_us()).filter(|w| *w >= 0).collect();
        waits.sort_unstable();
        live.sort_unstable();
        prop_assert_eq!(waits, live);
    }

    /// A board's queue and counters are those that the live views show, as long as they show them.
    #[test]
    fn boards_agree_with_the_live_figures(events in any_boards(), second in 0_i64..5_000) {
        let now = DAY.start().plus_seconds(30_000 + second);
        let state = state_of(events.iter().filter(|e| e.time <= now));
        let (site, today) = (Name::from("s"), record_of(&state, false));
        let (rules, registry) = (Rules::shipped().unwrap(), Registry::new([], []));
        let live = view::site_live(&state, &registry, &rules, &site, SiteDossiers::default(), now);
        if let Some(queue) = live.summary.queue {
            prop_assert!(today.is_known_at(now.0 + 1));
            prop_assert_eq!(u64::from(today.waiting_at(now.0 + 1)), queue.waiting);
            prop_assert_eq!(u64::from(today.open_at(now.0 + 1)), live.summary.open_counters.unwrap());
        }
    }
}

#[test]
fn a_visit_is_told_as_the_contract_has_it() {
    let at = |minute: i64| 28_800 + 60 * minute;
    let lines = [
        event(
            1,
            at(0),
            "counter.opened",
            r#""counter":"2","services":["land","tax"]"#,
        ),
        event(2, at(0), "counter.opened", r#""counter":"1""#),
        event(
            3,
            at(1),
            "ticket.issued",
            r#""ticket":"A1","service":"tax","priority":"vulnerable","purpose":"collect""#,
        ),
        event(4, at(3), "ticket.called", r#""ticket":"A1","counter":"2""#),
        event(5, at(4), "ticket.started", r#""ticket":"A1","counter":"2""#),
        event(
            6,
            at(9),
            "ticket.transferred",
            r#""ticket":"A1","service":"land""#,
        ),
        event(
            7,
            at(11),
            "ticket.started",
            r#""ticket":"A1","counter":"1""#,
        ),
        event(
            8,
            at(15),
            "ticket.finished",
            r#""ticket":"A1","counter":"1""#,
        ),
        // Came without a number.
        event(
            9,
            at(20),
            "ticket.started",
            r#""ticket":"A2","counter":"2""#,
        ),
        event(10, at(25), "ticket.finished", r#""ticket":"A2""#),
        // Is never called, and the point closes.
        event(
            11,
            at(30),
            "ticket.issued",
            r#""ticket":"A3","service":"civil""#,
        ),
        event(12, at(60), "site.closed", ""),
    ];
    let state = state_of(&decoded(&lines));
    let day = record_of(&state, true);
    let us = |minute: i64| DAY.start().plus_seconds(at(minute)).0;
    let [first, second, walk_in, lost] = &day.visits[..] else {
        panic!("{:?}", day.visits);
    };
    // Services by name: civil 0, land 1, tax 2.
    assert_eq!(
        (first.service, first.purpose, first.rank, first.counter),
        (2, 2, 0, 2)
    );
    assert_eq!(
        (first.called, first.started, first.finished),
        (Some(us(3)), Some(us(4)), Some(us(9)))
    );
    assert_eq!(
        (second.service, second.rank, second.counter, second.again),
        (1, 1, 1, true)
    );
    assert_eq!(
        (second.issued, second.called, second.started),
        (us(9), None, Some(us(11)))
    );
    assert!(walk_in.again && walk_in.wait().is_none() && walk_in.issued == us(20));
    assert_eq!(
        (lost.lost, lost.left_queue(), day.waiting_at(us(59))),
        (Some(us(60)), Some(us(60)), 1)
    );
    // A counter that does not say when it closed was open until the point closed.
    let spans: Vec<_> = day
        .spans
        .iter()
        .map(|s| (s.counter, s.serves, s.to))
        .collect();
    assert_eq!(spans, [(1, ALL_SERVICES, us(60)), (2, 0b110, us(60))]);
}

#[test]
fn a_number_never_changes_and_none_is_given_twice() {
    let asked = |day: i32, services: &[&str]| {
        let lines: Vec<String> = services
            .iter()
            .enumerate()
            .map(|(n, service)| {
                let data = format!(r#""ticket":"T{n}","service":"{service}""#);
                event_of("s", Day(day), n, 30_000, "ticket.issued", &data)
            })
            .collect();
        state_of(&decoded(&lines))
    };
    let mut numbers = Numbers::default();
    let mut told = Vec::new();
    for (day, services) in [
        (1, vec!["m", "b"]),
        (2, vec!["a", "m"]),
        (3, vec!["b", "z", "a"]),
    ] {
        let state = asked(20_000 + day, &services);
        let of = state.day_of(Day(20_000 + day), "s").unwrap();
        numbers.take(of);
        let day = record(Day(20_000 + day), of, &numbers, true);
        let mut all: Vec<u8> = day.visits.iter().map(|v| v.service).collect();
        all.sort_unstable();
        told.push(all);
    }
    assert_eq!(told, [vec![0, 1], vec![1, 2], vec![0, 2, 3]]);
    let many: Vec<String> = (0..90).map(|n| format!("s{n:02}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let state = asked(20_010, &many);
    let of = state.day_of(Day(20_010), "s").unwrap();
    numbers.take(of);
    let day = record(Day(20_010), of, &numbers, true);
    assert!(day.visits.iter().all(|v| v.service < 64));
    assert_eq!(day.visits.iter().filter(|v| v.service == 63).count(), 31);
}

#[test]
fn a_board_tells_of_visits() {
    let snapshot = |n: usize, minute: i64, serving: u32, waiting: u32| {
        let data = format!(
            r#""service":"a","waiting":{waiting},"open_counters":2,"serving":"A{serving:03}","service_seconds":300"#
        );
        event(n, 30_000 + 60 * minute, "queue.snapshot", &data)
    };
    let lines = [
        snapshot(1, 0, 10, 1),
        snapshot(2, 3, 11, 2),
        snapshot(3, 6, 12, 1),
        snapshot(4, 9, 13, 0),
    ];
    let day = record_of(&state_of(&decoded(&lines)), true);
    let at = |minute: i64| DAY.start().plus_seconds(30_000 + 60 * minute).0;
    let visits: Vec<_> = day.visits.iter().map(|v| (v.issued, v.started)).collect();
    assert_eq!(visits, [(at(3), Some(at(6))), (at(3), Some(at(9)))]);
    assert_eq!(day.readings.len(), 5, "the last ends the day's queue");
    assert_eq!((day.waiting_at(at(4)), day.open_at(at(4))), (2, 2));
    assert!(day.is_known_at(at(9)) && !day.is_known_at(at(40)));
    assert_eq!(
        EventTime(day.readings[0].at),
        DAY.start().plus_seconds(30_000)
    );
}
