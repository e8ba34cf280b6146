//! What is expected by today's figures, and until when a point is open.

use ingest::decode::{Decoder, Secret};
use ingest::event::EventTime;

use crate::live::State;
use crate::names::Name;
use crate::registry::{Registered, Registry};
use crate::relief::estimate::estimate;
use crate::relief::opening::{Opening, opening};
use crate::relief::{Basis, Outlook, Today};
use crate::rules::Rules;
use crate::view::{SiteDossiers, SiteLive, site_live};

/// A Monday.
pub(super) fn at(time: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("2026-11-{time}:00+07:00")).unwrap()
}

/// Events as type, time and data.
pub(super) fn state(events: &[(&str, &str, String)]) -> State {
    let lines: Vec<String> = events
        .iter()
        .enumerate()
        .map(|(n, (kind, time, data))| {
            format!(
                r#"{{"specversion":"1.0","id":"e{n}","source":"test","type":"{kind}","time":"2026-11-{time}:00+07:00","data":{{{data}}}}}"#
            )
        })
        .collect();
    let batch = Decoder::new(&Secret::new([1; 32])).ndjson(lines.join("\n").as_bytes(), None);
    assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
    let mut state = State::default();
    batch.events().for_each(|event| drop(state.apply(event)));
    state
}

pub(super) fn registry(sites: &[&str]) -> Registry {
    let point = |id: &&str| Registered {
        id: (*id).into(),
        name: format!("Điểm {id}"),
        kind: "point",
        unit: "u0".into(),
        lon: 105.8,
        lat: 21.0,
        coord_class: "A",
        open: true,
    };
    Registry::new(sites.iter().map(point), ["u0".into()])
}

pub(super) fn live(state: &State, registry: &Registry, site: &str, now: EventTime) -> SiteLive {
    let rules = Rules::shipped().unwrap();
    let none = SiteDossiers::default();
    site_live(state, registry, &rules, &Name::from(site), none, now)
}

pub(super) fn door(state: &State, site: &str, now: EventTime) -> Opening {
    let rules = Rules::shipped().unwrap();
    opening(
        state.lasting.places.get(site),
        rules.calendars.of_site(site),
        now,
    )
}

/// At a site `served` people, one every two minutes from 08:30 on, each waits `wait` minutes and is served for four;
/// then `waiting` who still wait, and one open counter.
pub(super) fn morning(
    site: &str,
    served: u32,
    wait: u32,
    waiting: u32,
) -> Vec<(&'static str, &'static str, String)> {
    let time = |minutes: u32| -> &'static str {
        let text = format!("23T{:02}:{:02}", 8 + minutes / 60, minutes % 60);
        Box::leak(text.into_boxed_str())
    };
    let ticket = |n: u32| format!(r#""site":"{site}","ticket":"{n}""#);
    let mut events = vec![(
        "counter.opened",
        "23T08:00",
        format!(r#""site":"{site}","counter":"c""#),
    )];
    for n in 0..served {
        let issued = 30 + n * 2;
        let counter = format!(r#"{},"counter":"c""#, ticket(n));
        events.push((
            "ticket.issued",
            time(issued),
            format!(r#"{},"service":"v""#, ticket(n)),
        ));
        events.push(("ticket.started", time(issued + wait), counter));
        events.push(("ticket.finished", time(issued + wait + 4), ticket(n)));
    }
    for n in served..served + waiting {
        events.push((
            "ticket.issued",
            "23T09:20",
            format!(r#"{},"service":"v""#, ticket(n)),
        ));
    }
    events
}

#[test]
fn the_hours_waits_where_there_are_ten() {
    let now = at("23T09:25");
    let state = state(&morning("s", 12, 16, 3));
    let found = estimate(&live(&state, &registry(&["s"]), "s", now)).unwrap();
    assert_eq!((found.basis, found.sample), (Basis::Hour, 12));
    assert_eq!((found.wait_s, found.high_s), (960.0, 960.0));
    // One who waits longer than any other did moves the bound.
    let later = at("23T09:28");
    let mut events = morning("s", 12, 5, 0);
    events.push((
        "ticket.issued",
        "23T08:35",
        r#""site":"s","ticket":"x","service":"v""#.to_owned(),
    ));
    let found = estimate(&live(&self::state(&events), &registry(&["s"]), "s", later)).unwrap();
    assert_eq!((found.wait_s, found.high_s), (300.0, 53.0 * 60.0));
}

#[test]
fn the_queue_where_fewer_began() {
    let state = state(&morning("s", 6, 2, 3));
    let found = estimate(&live(&state, &registry(&["s"]), "s", at("23T09:25"))).unwrap();
    assert_eq!((found.basis, found.sample), (Basis::Queue, 6));
    // Three and oneself, four minutes each, one counter.
    assert!((found.wait_s - 960.0).abs() < 1e-9);
    assert!((found.high_s - (960.0 + 1.2816 * 480.0)).abs() < 1e-9);
}

#[test]
fn otherwise_no_data() {
    let now = at("23T09:25");
    let few = state(&morning("s", 4, 2, 3));
    assert_eq!(estimate(&live(&few, &registry(&["s"]), "s", now)), None);
    let empty = State::default();
    let lives = [
        live(&empty, &registry(&["s"]), "s", now),
        live(&few, &registry(&["s"]), "s", now),
    ];
    let unheard = Today::of([(&lives[0], door(&empty, "s", now))], now);
    assert_eq!(
        unheard.expected("s", 0.0),
        None,
        "of no data nothing is expected"
    );
    let heard = Today::of([(&lives[1], door(&few, "s", now))], now);
    assert_eq!(
        heard.expected("s", 0.0).map(|e| (e.wait_s, e.sample)),
        Some((None, 0))
    );
}

#[test]
fn who_would_come_too_late_does_not_find_it_open() {
    let now = at("23T11:20");
    let mut events = morning("s", 12, 16, 0);
    // Something is heard of it, and the hour is past: the queue decides.
    events.push((
        "counter.resumed",
        "23T11:19",
        r#""site":"s","counter":"c""#.to_owned(),
    ));
    let state = state(&events);
    let live = live(&state, &registry(&["s"]), "s", now);
    let today = Today::of([(&live, door(&state, "s", now))], now);
    let is_open = |in_min: f64| today.expected("s", in_min * 60.0).unwrap().is_open;
    // It closes at noon, and one waits four minutes.
    assert_eq!(
        (is_open(0.0), is_open(36.0), is_open(36.1)),
        (true, true, false)
    );
}

#[test]
fn doors_by_word_by_publication_and_by_calendar() {
    let opening = |is_open, closes: Option<&str>, opens: Option<&str>| Opening {
        is_open,
        closes_at: closes.map(at),
        opens_at: opens.map(at),
    };
    let site = || r#""site":"s""#.to_owned();
    let span = |from: &str, to: &str| {
        format!(r#""site":"s","from":"2026-11-{from}:00+07:00","to":"2026-11-{to}:00+07:00""#)
    };
    // The calendar alone: Monday, with a break at noon.
    let usual = State::default();
    assert_eq!(
        door(&usual, "s", at("23T09:00")),
        opening(true, Some("23T12:00"), None)
    );
    assert_eq!(
        door(&usual, "s", at("23T12:00")),
        opening(false, None, Some("23T13:00"))
    );
    assert_eq!(
        door(&usual, "s", at("23T16:59")),
        opening(true, Some("23T17:00"), None)
    );
    assert_eq!(
        door(&usual, "s", at("27T18:00")),
        opening(false, None, Some("30T08:00")),
        "a Friday"
    );
    // Published hours stand for their day, spans that touch are one.
    let published = state(&[
        ("site.scheduled", "20T08:00", span("23T07:30", "23T11:00")),
        ("site.scheduled", "20T08:00", span("23T11:00", "23T11:30")),
        ("site.scheduled", "20T08:00", span("23T14:00", "23T18:00")),
        ("site.scheduled", "20T08:00", span("28T08:00", "28T11:00")),
    ]);
    assert_eq!(
        door(&published, "s", at("23T07:40")),
        opening(true, Some("23T11:30"), None)
    );
    assert_eq!(
        door(&published, "s", at("23T11:45")),
        opening(false, None, Some("23T14:00"))
    );
    assert_eq!(
        door(&published, "s", at("23T19:00")),
        opening(false, None, Some("25T08:00"))
    );
    assert_eq!(
        door(&published, "s", at("27T18:00")),
        opening(false, None, Some("28T08:00")),
        "a Saturday"
    );
    // What it says goes before both; closed early it does not open again in the same span.
    let said = state(&[
        ("site.closed", "23T10:00", site()),
        ("site.opened", "24T20:00", site()),
    ]);
    assert_eq!(
        door(&said, "s", at("23T10:30")),
        opening(false, None, Some("23T13:00"))
    );
    assert_eq!(door(&said, "s", at("24T20:30")), opening(true, None, None));
    assert_eq!(
        door(&said, "s", at("25T07:00")),
        opening(false, None, Some("25T08:00")),
        "yesterday's word"
    );
}
