//! What the simulated city promises: the same bytes, the contract's form, quiet days off.

use super::*;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// 126 points and 30 branches over the districts of the table, with the city's population.
fn places() -> Vec<SitePlace> {
    let tables = Tables::shipped().unwrap();
    let mut places = Vec::new();
    for n in 0..126 {
        let district = &tables.districts[n % 30];
        places.push(SitePlace {
            id: format!("{:05}", 4 + n),
            name: format!("Điểm {n}"),
            kind: PlaceKind::Point,
            unit_code: format!("{:05}", 4 + n),
            old_district: district.name.clone(),
            population: 40_000 + (n as u64 * 7919) % 60_000,
        });
    }
    for (n, district) in tables.districts.iter().enumerate() {
        places.push(SitePlace {
            id: format!("CN-{n:02}"),
            name: format!("Chi nhánh {n}"),
            kind: PlaceKind::Branch,
            unit_code: format!("{:05}", 4 + n),
            old_district: district.name.clone(),
            population: 0,
        });
    }
    places
}

pub(super) fn plan(seed: u64, scale: f64) -> Arc<CityPlan> {
    Arc::new(CityPlan::new(&places(), &Tables::shipped().unwrap(), seed, scale).unwrap())
}

pub(super) fn lines(city: &mut City, days: usize) -> Vec<String> {
    let mut out = Vec::new();
    for _ in 0..days {
        let mut events = Vec::new();
        city.day(&mut events);
        for event in events {
            let mut line = String::new();
            event.write_json(city.plan(), &mut line);
            out.push(line);
        }
    }
    out
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let monday = date(2026, 11, 23);
    let first = lines(&mut City::new(plan(7, 0.05), monday), 4);
    assert_eq!(first, lines(&mut City::new(plan(7, 0.05), monday), 4));
    assert_ne!(first, lines(&mut City::new(plan(8, 0.05), monday), 4));
}

/// The bytes are fixed over machines and builds too: this number was computed once.
#[test]
fn the_bytes_are_those_of_every_machine() {
    let all = lines(&mut City::new(plan(7, 0.02), date(2026, 11, 19)), 9);
    assert!(
        all.iter().any(|line| line.contains("wrong_form")),
        "late steps are in it"
    );
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for byte in all.iter().flat_map(|line| line.bytes()) {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    assert_eq!((all.len(), sum), KNOWN);
}
const KNOWN: (usize, u64) = (285_437, 855_234_829_550_575_648);

#[test]
fn the_order_of_the_points_does_not_matter() {
    let mut turned = places();
    turned.reverse();
    let other = Arc::new(CityPlan::new(&turned, &Tables::shipped().unwrap(), 7, 0.02).unwrap());
    let monday = date(2026, 11, 23);
    assert_eq!(
        lines(&mut City::new(plan(7, 0.02), monday), 1),
        lines(&mut City::new(other, monday), 1)
    );
}

#[test]
fn bad_plans_are_refused() {
    let tables = Tables::shipped().unwrap();
    assert!(matches!(
        CityPlan::new(&[], &tables, 1, 1.0),
        Err(CityError::NoPoints)
    ));
    assert!(matches!(
        CityPlan::new(&places(), &tables, 1, 0.0),
        Err(CityError::Scale)
    ));
    assert!(matches!(
        CityPlan::new(&places(), &tables, 1, f64::NAN),
        Err(CityError::Scale)
    ));
    let twice = [places()[0].clone(), places()[0].clone()];
    assert!(matches!(
        CityPlan::new(&twice, &tables, 1, 1.0),
        Err(CityError::Points)
    ));
    let mut odd = places();
    odd[3].id = "a \"b".to_owned();
    assert!(matches!(
        CityPlan::new(&odd, &tables, 1, 1.0),
        Err(CityError::Points)
    ));
}

/// Required fields of each type, as the contract has them.
fn required(kind: &str) -> &'static [&'static str] {
    match kind {
        "site.scheduled" => &["site", "from", "to"],
        "site.opened" | "site.closed" => &["site"],
        "counter.opened" | "counter.closed" | "counter.paused" | "counter.resumed" => {
            &["site", "counter"]
        }
        "ticket.issued" | "ticket.transferred" => &["site", "ticket", "service"],
        "ticket.called" | "ticket.started" => &["site", "ticket", "counter"],
        "ticket.finished" | "ticket.abandoned" => &["site", "ticket"],
        "queue.snapshot" => &["site", "service", "waiting", "open_counters"],
        "rating.given" => &["score", "channel"],
        "dossier.submitted" => &["dossier", "procedure", "field", "site", "agency"],
        "dossier.transferred" => &["dossier", "to_agency"],
        "dossier.taken" => &["dossier", "agency"],
        "dossier.extended" => &["dossier", "due_at"],
        kind if kind.starts_with("dossier.") => &["dossier"],
        kind if kind.starts_with("feedback.") => &["feedback"],
        "device.heartbeat" => &["site", "device"],
        "task.reported" => &["task", "state"],
        "training.attended" => &["unit", "subject", "count"],
        "incident.reported" | "incident.closed" => &["incident"],
        _ => panic!("unknown type {kind}"),
    }
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
}

/// `^[0-9A-Z]{3}(\.[0-9A-Z]{2,3}){2}\.[A-Z]\d{2}-\d{6}-\d{4,6}$`, rules.md §2.5.
fn is_code(code: &str) -> bool {
    let Some((agency, rest)) = code.split_once('-') else {
        return false;
    };
    let Some((day, number)) = rest.split_once('-') else {
        return false;
    };
    let groups: Vec<&str> = agency.split('.').collect();
    let upper = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    groups.len() == 4
        && groups[0].len() == 3
        && groups[1..3]
            .iter()
            .all(|group| (2..=3).contains(&group.len()))
        && groups[..3].iter().all(|group| upper(group))
        && groups[3].len() == 3
        && groups[3].starts_with(|c: char| c.is_ascii_uppercase())
        && digits(&groups[3][1..])
        && day.len() == 6
        && digits(day)
        && (4..=6).contains(&number.len())
        && digits(number)
}

/// Holds every line against the contract; returns how many there are of each type.
pub(super) fn keep_the_contract(all: &[String]) -> BTreeMap<String, usize> {
    let mut seen = HashSet::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for line in all {
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["specversion"], "1.0");
        let (id, source) = (
            event["id"].as_str().unwrap(),
            event["source"].as_str().unwrap(),
        );
        assert!(
            is_id(id) && is_id(source) && source.starts_with("sim/"),
            "{line}"
        );
        assert!(
            seen.insert((source.to_owned(), id.to_owned())),
            "twice: {line}"
        );
        let time = event["time"].as_str().unwrap();
        assert!(time.parse::<Timestamp>().is_ok(), "{line}");
        let kind = event["type"].as_str().unwrap();
        *kinds.entry(kind.to_owned()).or_default() += 1;
        let data = event["data"].as_object().unwrap();
        for field in required(kind) {
            assert!(data.contains_key(*field), "{field} missing: {line}");
        }
        for (key, value) in data {
            assert!(FIELDS.contains(&key.as_str()), "field {key}: {line}");
            if IDS.contains(&key.as_str()) {
                assert!(is_id(value.as_str().unwrap()), "{key}: {line}");
            }
            if key.ends_with("_at") || key == "from" || (key == "to" && kind == "site.scheduled") {
                assert!(
                    value.as_str().unwrap().parse::<Timestamp>().is_ok(),
                    "{key}: {line}"
                );
            }
            if key == "dossier" {
                assert!(is_code(value.as_str().unwrap()), "{line}");
            }
        }
    }
    kinds
}

#[test]
fn every_line_keeps_the_contract() {
    let all = lines(&mut City::new(plan(3, 0.1), date(2026, 11, 19)), 16);
    let kinds = keep_the_contract(&all);
    let times: Vec<String> = all
        .iter()
        .map(|line| line.split("\"time\":\"").nth(1).unwrap()[..29].to_owned())
        .collect();
    assert!(times.is_sorted(), "in order of time");
    // Everything that the module says it sends, it sends.
    for kind in [
        "site.scheduled",
        "site.opened",
        "site.closed",
        "counter.opened",
        "counter.paused",
        "counter.resumed",
        "counter.closed",
        "ticket.issued",
        "ticket.called",
        "ticket.started",
        "ticket.finished",
        "ticket.abandoned",
        "ticket.transferred",
        "queue.snapshot",
        "rating.given",
        "dossier.submitted",
        "dossier.accepted",
        "dossier.refused",
        "dossier.withdrawn",
        "dossier.supplement_requested",
        "dossier.supplemented",
        "dossier.digitised",
        "dossier.transferred",
        "dossier.taken",
        "dossier.suspended",
        "dossier.resumed",
        "dossier.extended",
        "dossier.resolved",
        "dossier.returned",
        "dossier.paid",
        "feedback.received",
        "feedback.forwarded",
        "feedback.explained",
        "feedback.answered",
        "feedback.closed",
        "device.heartbeat",
        "task.reported",
        "training.attended",
    ] {
        assert!(kinds.contains_key(kind), "no {kind} in {kinds:?}");
    }
}

/// Every field the contract has for these types: none can hold a person's name, number or address.
const FIELDS: &[&str] = &[
    "site",
    "from",
    "to",
    "kind",
    "counter",
    "services",
    "performer",
    "ticket",
    "service",
    "priority",
    "appointment_at",
    "purpose",
    "applicant",
    "dossiers",
    "waiting",
    "open_counters",
    "serving",
    "service_seconds",
    "score",
    "channel",
    "dossier",
    "procedure",
    "field",
    "agency",
    "home_unit",
    "verified_account",
    "has_fee",
    "due_at",
    "reason",
    "parts",
    "reused",
    "from_store",
    "to_agency",
    "step",
    "step_due_at",
    "paper",
    "apology",
    "result",
    "e_result",
    "method",
    "amount_vnd",
    "via",
    "feedback",
    "about",
    "satisfied",
    "device",
    "task",
    "state",
    "lead",
    "unit",
    "incident",
    "subject",
    "count",
    "of",
];
const IDS: [&str; 12] = [
    "site",
    "ticket",
    "counter",
    "device",
    "dossier",
    "feedback",
    "task",
    "agency",
    "unit",
    "home_unit",
    "applicant",
    "to_agency",
];

#[test]
fn days_off_are_quiet() {
    let mut city = City::new(plan(2, 0.1), date(2026, 11, 21));
    for (day, works) in [
        (21, false),
        (22, false),
        (23, true),
        (24, false),
        (25, true),
    ] {
        let mut events = Vec::new();
        city.day(&mut events);
        let opened = events
            .iter()
            .filter(|event| event.kind() == "site.opened")
            .count();
        match (day, works) {
            (21, _) => assert!(
                (5..40).contains(&opened),
                "some open on a Saturday morning: {opened}"
            ),
            (_, false) => assert_eq!(opened, 0, "{day} November"),
            (_, true) => assert!(opened > 120, "{day} November: {opened}"),
        }
    }
}

#[test]
fn machines_decide_who_speaks() {
    let plan = plan(1, 1.0);
    let count = |source| {
        plan.queue_sources()
            .filter(|(_, queue)| *queue == source)
            .count()
    };
    let (tickets, boards, nothing) = (
        count(QueueSource::Tickets),
        count(QueueSource::Board),
        count(QueueSource::Nothing),
    );
    eprintln!("tickets {tickets} boards {boards} nothing {nothing}");
    assert_eq!(tickets + boards + nothing, 156);
    assert!((3..=12).contains(&boards) && (8..=40).contains(&nothing));
}

#[test]
fn the_stream_is_the_days_in_a_row() {
    let monday = date(2026, 11, 23);
    let mut days = City::new(plan(7, 0.02), monday);
    let mut expected = Vec::new();
    days.day(&mut expected);
    let until = clock::at(clock::day_of(monday), 12 * HOUR);
    let mut stream = City::new(plan(7, 0.02), monday).stream();
    let mut morning = Vec::new();
    stream.take_until(Timestamp::from_millisecond(until).unwrap(), &mut morning);
    assert!(!morning.is_empty() && morning.iter().all(|event| event.at < until));
    let all: Vec<Event> = morning
        .iter()
        .copied()
        .chain(stream)
        .take(expected.len())
        .collect();
    assert_eq!(all, expected);
}

#[test]
fn a_warm_start_brings_a_backlog() {
    let monday = date(2026, 11, 23);
    assert_eq!(City::new(plan(7, 0.02), monday).pending(), 0);
    let mut events = Vec::new();
    let mut warm = City::warm(plan(7, 0.02), monday, 14, &mut events);
    assert!(warm.pending() > 500, "{}", warm.pending());
    assert_eq!(warm.date(), monday);
    assert!(events.is_sorted_by_key(|event| event.at));
    for _ in 0..5 {
        warm.day(&mut events);
    }
    // Every dossier that has a step was filed before it.
    let mut filed = HashSet::new();
    for event in &events {
        if let Body::Dossier { dossier, step } = event.body {
            let key = (dossier.site, dossier.day, dossier.number);
            if matches!(step, Step::Submitted { .. }) {
                filed.insert(key);
            }
            assert!(filed.contains(&key), "{event:?}");
        }
    }
}
