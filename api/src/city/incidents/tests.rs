//! What incidents promise: seeded and different, ten a day, each seen in the events, nothing without them.

use super::super::City;
use super::super::clock::{DAY, MINUTE};
use super::super::dossiers::working_between;
use super::super::event::{Body, Step};
use super::super::tests::{keep_the_contract, lines, plan};
use super::*;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

const MONDAY: Date = date(2026, 11, 30);

/// The week's incidents of one kind alone.
fn only(plan: &CityPlan, kind: IncidentKind, seed: u64) -> Incidents {
    let mut incidents = Incidents::days(seed, MONDAY, 28, plan);
    incidents.incidents.retain(|incident| incident.kind == kind);
    assert!(!incidents.list().is_empty(), "no {kind:?}");
    incidents
}

/// Some days as events, and the city after them.
fn played(mut city: City, days: usize) -> (Vec<Event>, City) {
    let mut events = Vec::new();
    for _ in 0..days {
        city.day(&mut events);
    }
    (events, city)
}

fn within(incident: &Incident, event: &Event) -> bool {
    incident.span.contains(event.at)
}

#[test]
fn ten_a_working_day_of_all_kinds_and_no_site_in_two() {
    let plan = plan(1, 1.0);
    let mut late = 0;
    for seed in 1..40 {
        let incidents = Incidents::plan(seed, MONDAY, &plan);
        assert_eq!(incidents.list().len(), 50);
        assert!(incidents.list().is_sorted_by_key(|incident| incident.begin));
        for day in clock::day_of(MONDAY)..clock::day_of(MONDAY) + 7 {
            let mut kinds: BTreeMap<IncidentKind, usize> = BTreeMap::new();
            let mut sites = BTreeSet::new();
            let mut agencies = BTreeSet::new();
            for incident in incidents.of_day(day) {
                *kinds.entry(incident.kind).or_default() += 1;
                for site in &incident.sites {
                    assert!(sites.insert(site), "site {site} twice on one day");
                }
                if let Some(agency) = &incident.agency {
                    assert!(agencies.insert(agency), "agency {agency} twice on one day");
                }
            }
            let opens_late = kinds.remove(&IncidentKind::OpensLate).unwrap_or(0);
            late += opens_late;
            let total: usize = kinds.values().sum();
            if clock::works(day) {
                assert_eq!(total + opens_late, 10);
                assert_eq!(kinds.len(), 5, "{kinds:?}");
                assert!(kinds.values().all(|count| (1..=2).contains(count)));
            } else {
                assert_eq!(total, 0);
            }
        }
    }
    assert!(
        (50..110).contains(&late),
        "late openings on two days in five: {late}"
    );
}

#[test]
fn subjects_and_lengths_are_those_of_the_kind() {
    let plan = plan(1, 1.0);
    for incident in Incidents::days(3, MONDAY, 90, &plan).list() {
        let minutes = (incident.span.end - incident.span.begin) / MINUTE;
        let site = || plan.site(incident.indices[0]);
        let range = match incident.kind {
            IncidentKind::MachineFailure => {
                assert_eq!(incident.device, Some("kiosk/1"));
                60..=240
            }
            IncidentKind::CountersClosed => {
                assert_eq!(incident.counters.len(), 2);
                assert_ne!(incident.counters[0], incident.counters[1]);
                60..=180
            }
            IncidentKind::NetworkOutage => {
                assert_eq!(incident.sites.len(), 20);
                let districts: BTreeSet<&str> = incident
                    .indices
                    .iter()
                    .map(|index| plan.site(*index).district.as_str())
                    .collect();
                assert!(districts.len() <= 6, "{districts:?}");
                20..=90
            }
            IncidentKind::Rush => {
                assert!(site().branch);
                60..=120
            }
            IncidentKind::AgencyStops => {
                assert!(incident.agency.is_some() && incident.sites.is_empty());
                60..=20_000
            }
            IncidentKind::OpensLate => 30..=90,
        };
        assert!(range.contains(&minutes), "{incident:?}");
    }
}

#[test]
fn weeks_and_seeds_differ_and_dates_do_not_depend_on_the_range() {
    let plan = plan(1, 0.3);
    let week = Incidents::plan(7, MONDAY, &plan);
    assert_eq!(week, Incidents::plan(7, MONDAY, &plan));
    let what = |incidents: &Incidents| -> Vec<(IncidentKind, Vec<String>, i64)> {
        let of_week = |at: Millis| at - clock::day_of(MONDAY) * DAY;
        let list = incidents.list().iter();
        list.map(|i| (i.kind, i.sites.clone(), of_week(i.span.begin) % (7 * DAY)))
            .collect()
    };
    let next = Incidents::plan(7, date(2026, 12, 7), &plan);
    assert_ne!(what(&week), what(&next));
    assert_ne!(what(&week), what(&Incidents::plan(8, MONDAY, &plan)));

    let long = Incidents::days(7, date(2026, 11, 25), 40, &plan);
    let day = clock::day_of(date(2026, 12, 2));
    let spans = |incidents: &Incidents| -> Vec<Span> {
        incidents
            .of_day(day)
            .map(|incident| incident.span)
            .collect()
    };
    assert_eq!(spans(&long), spans(&week));
}

#[test]
fn the_same_incidents_give_the_same_bytes_and_none_give_those_of_before() {
    let plan = plan(7, 0.05);
    let city = || City::new(plan.clone(), MONDAY);
    let with = |seed| city().with_incidents(Incidents::plan(seed, MONDAY, &plan));
    let before = lines(&mut city(), 2);
    let none = lines(&mut city().with_incidents(Incidents::default()), 2);
    assert!(before == none, "no incidents change nothing");
    let (mut one, mut other) = (with(4), with(4));
    let first = lines(&mut one, 2);
    assert!(first == lines(&mut other, 2), "the same seed");
    assert_eq!(one.incidents(), other.incidents(), "the same traces");
    assert!(first != before && first != lines(&mut with(5), 2));

    // Incidents of other days leave a day as it is.
    let later = Incidents::plan(4, date(2026, 12, 7), &plan);
    assert!(before == lines(&mut city().with_incidents(later), 2));
}

#[test]
fn every_line_keeps_the_contract_with_incidents() {
    let plan = plan(3, 0.1);
    let incidents = Incidents::days(9, MONDAY, 12, &plan);
    let mut city = City::new(plan, MONDAY).with_incidents(incidents);
    let kinds = keep_the_contract(&lines(&mut city, 12));
    assert!(kinds["counter.closed"] > 0 && kinds["dossier.resolved"] > 0);
    // What was played is traced, all of it.
    for incident in city.incidents().list() {
        assert!(!incident.traces.is_empty(), "{incident:?}");
    }
}

#[test]
fn a_dead_machine_sends_nothing_and_people_are_served_without_numbers() {
    let plan = plan(2, 1.0);
    let incidents = only(&plan, IncidentKind::MachineFailure, 5);
    let (usual, _) = played(City::new(plan.clone(), MONDAY), 3);
    let (events, city) = played(City::new(plan, MONDAY).with_incidents(incidents), 3);
    let of_machine = |event: &Event| matches!(event.producer(), 1 | 5);
    let (mut seen, mut came, mut served) = (0, 0, 0);
    for incident in city.incidents().list() {
        let [tickets, pulses] = &incident.traces[..] else {
            continue;
        };
        let here = |event: &&Event| event.site == incident.indices[0] && within(incident, event);
        let would = usual.iter().filter(here).filter(|e| of_machine(e)).count();
        assert!(would > 8, "{incident:?}");
        assert_eq!(
            events.iter().filter(here).filter(|e| of_machine(e)).count(),
            0
        );
        let walk_ins = events.iter().filter(here).filter(
            |event| matches!(event.body, Body::Started { ticket, .. } if ticket.letter == 'W'),
        );
        served += walk_ins.count();
        came += tickets.touched as usize;
        assert!(pulses.touched >= 10, "{incident:?}");
        assert!(pulses.first_touched.unwrap() >= incident.begin);
        assert!(pulses.last_before.unwrap() < incident.begin);
        assert!(tickets.first_after.unwrap() >= incident.end);
        seen += 1;
    }
    assert!(seen >= 4, "{seen}");
    // A span of noon alone has nobody; over all of them, about half are served without a number.
    assert!(
        came > 50 && served * 10 > came * 3 && served < came,
        "{served} of {came}"
    );
}

/// The most people with a number whom nobody had called yet, within an incident at its site.
fn longest_queue(events: &[Event], incident: &Incident) -> usize {
    let mut waiting = BTreeSet::new();
    let mut longest = 0;
    let before = |event: &&Event| {
        incident.indices.contains(&event.site)
            && clock::local_day(event.at) == incident.day
            && event.at < incident.span.end
    };
    for event in events.iter().filter(before) {
        match event.body {
            Body::Issued { ticket, .. } => {
                waiting.insert((ticket.letter, ticket.number));
            }
            Body::Called { ticket, .. } | Body::Abandoned { ticket } => {
                waiting.remove(&(ticket.letter, ticket.number));
            }
            _ => {}
        }
        if event.at >= incident.span.begin {
            longest = longest.max(waiting.len());
        }
    }
    longest
}

#[test]
fn closed_counters_serve_nobody_and_the_queue_grows() {
    let plan = plan(2, 1.0);
    let incidents = only(&plan, IncidentKind::CountersClosed, 5);
    let (usual, _) = played(City::new(plan.clone(), MONDAY), 4);
    let (events, city) = played(City::new(plan.clone(), MONDAY).with_incidents(incidents), 4);
    let (mut before, mut with, mut seen) = (0, 0, 0);
    for incident in city.incidents().list() {
        if incident.traces.is_empty() {
            continue;
        }
        let site = incident.indices[0];
        for (counter, trace) in incident.shut.iter().zip(&incident.traces) {
            assert_eq!(trace.touched, 1, "closed once: {incident:?}");
            let closed = trace.first_touched.unwrap().as_millisecond();
            assert_eq!(trace.first_after, Some(incident.end));
            let serves = events.iter().any(|event| {
                event.site == site
                    && matches!(event.body, Body::Called { counter: c, .. } if c == *counter)
                    && event.at > closed
                    && within(incident, event)
            });
            assert!(!serves, "{incident:?}");
        }
        let (a, b) = (
            longest_queue(&usual, incident),
            longest_queue(&events, incident),
        );
        let excess = plan.site(site).excess_work(2);
        let minutes = (incident.span.end - incident.span.begin) / MINUTE;
        eprintln!("excess {excess:.2}, {minutes} min: {a} waiting, with two closed {b}");
        before += a;
        with += b;
        seen += 1;
    }
    assert!(seen >= 6, "{seen}");
    assert!(
        with > before * 3 / 2 && with > before + seen * 6,
        "{before} then {with} over {seen}"
    );
}

#[test]
fn an_outage_holds_back_arrivals_and_changes_no_event() {
    let plan = plan(2, 0.2);
    let incidents = only(&plan, IncidentKind::NetworkOutage, 5);
    let (mut usual, _) = played(City::new(plan.clone(), MONDAY), 2);
    let (mut events, city) = played(City::new(plan.clone(), MONDAY).with_incidents(incidents), 2);
    let incidents = city.incidents();
    assert!(events.is_sorted_by_key(|event| incidents.arrival(event)));
    assert!(!events.is_sorted_by_key(|event| event.at));
    for incident in incidents.list().iter().take(4) {
        let mut held = 0;
        for event in &events {
            let arrives = incidents.arrival(event);
            let concerned = incident.indices.contains(&event.site) && of_the_site(event);
            assert!(!concerned || !incident.span.contains(arrives), "{event:?}");
            if concerned && within(incident, event) {
                assert_eq!(incidents.arrives(event), incident.end);
                held += 1;
            }
        }
        let traced: u32 = incident.traces.iter().map(|trace| trace.touched).sum();
        assert_eq!((held, incident.traces.len()), (traced, 20));
        assert!(held > 100, "{held}");
    }
    let in_time = |event: &Event| (event.at, event.site, event.producer(), event.number);
    usual.sort_by_key(in_time);
    events.sort_by_key(in_time);
    assert!(usual == events, "the same events, in another order");
}

#[test]
fn a_stream_gives_events_when_they_arrive() {
    let plan = plan(2, 0.05);
    let incidents = only(&plan, IncidentKind::NetworkOutage, 5);
    let outage = incidents.list()[0].clone();
    let mut stream = City::new(plan, MONDAY).with_incidents(incidents).stream();
    let concerned = |event: &Event| {
        outage.indices.contains(&event.site) && of_the_site(event) && within(&outage, event)
    };
    let mut events = Vec::new();
    stream.take_until(outage.end, &mut events);
    assert!(!events.is_empty() && !events.iter().any(concerned));
    let soon = outage.end + jiff::SignedDuration::from_millis(1);
    events.clear();
    stream.take_until(soon, &mut events);
    assert!(events.iter().filter(|event| concerned(event)).count() > 10);
}

#[test]
fn a_rush_triples_those_who_come() {
    let plan = plan(2, 0.5);
    let incidents = only(&plan, IncidentKind::Rush, 5);
    let (events, city) = played(City::new(plan, MONDAY).with_incidents(incidents), 5);
    let (mut came, mut ordinary) = (0.0, 0.0);
    for incident in city.incidents().list() {
        let [trace] = &incident.traces[..] else {
            continue;
        };
        let issued = events.iter().filter(|event| {
            incident.indices.contains(&event.site)
                && matches!(event.body, Body::Issued { .. })
                && within(incident, event)
        });
        assert_eq!(issued.count(), trace.touched as usize);
        came += f64::from(trace.touched);
        ordinary += trace.ordinary.unwrap();
    }
    assert!(ordinary > 50.0, "{ordinary}");
    assert!(
        (2.7..3.3).contains(&(came / ordinary)),
        "{came} of {ordinary}"
    );
}

/// Dossiers settled after their due date, and each dossier's steps in their order.
fn settled_late(events: &[Event]) -> usize {
    let mut due: BTreeMap<(u16, Day, u32), (u32, Millis, Millis)> = BTreeMap::new();
    let mut stopped = BTreeMap::new();
    let mut late = 0;
    for event in events {
        let Body::Dossier { dossier, step } = event.body else {
            continue;
        };
        let (number, at, to) = due.entry(dossier.key()).or_default();
        assert!(event.number > *number && event.at >= *at, "{event:?}");
        (*number, *at) = (event.number, event.at);
        match step {
            Step::Accepted { due } | Step::Extended { due, .. } => *to = due,
            Step::SupplementRequested { .. } | Step::Suspended => {
                stopped.insert(dossier.key(), event.at);
            }
            Step::Supplemented | Step::Resumed => {
                let from = stopped.remove(&dossier.key()).unwrap();
                *to = clock::add_working(*to, working_between(from, event.at));
            }
            Step::Resolved { .. } => late += usize::from(event.at > *to),
            _ => {}
        }
    }
    late
}

#[test]
fn an_agency_that_stops_takes_and_settles_nothing_and_misses_dates() {
    let plan = plan(2, 0.5);
    let incidents = only(&plan, IncidentKind::AgencyStops, 5);
    let (usual, _) = played(City::new(plan.clone(), MONDAY), 12);
    let (events, city) = played(
        City::new(plan.clone(), MONDAY).with_incidents(incidents),
        12,
    );
    let mut seen = 0;
    for incident in city.incidents().list() {
        let [trace] = &incident.traces[..] else {
            continue;
        };
        let acts = |event: &&Event| match event.body {
            Body::Dossier { dossier, step } => {
                clock::local_day(event.at) == incident.day
                    && event.at >= incident.span.begin
                    && effect::acts(&plan, dossier, step, incident.agent.unwrap())
            }
            _ => false,
        };
        assert_eq!(events.iter().filter(acts).count(), 0, "{incident:?}");
        assert!(trace.touched > 0, "{incident:?}");
        assert!(trace.first_touched.unwrap() >= incident.begin);
        assert!(trace.first_after.is_none_or(|first| first >= incident.end));
        seen += usize::from(usual.iter().any(|event| acts(&event)));
    }
    assert!(seen >= 15, "{seen}");
    let (before, with) = (settled_late(&usual), settled_late(&events));
    eprintln!("settled late: {before}, with stops {with}");
    assert!(with > before * 2, "{before} then {with}");
}

#[test]
fn a_point_that_opens_late_is_shut_until_then() {
    let plan = plan(2, 0.2);
    let incidents = only(&plan, IncidentKind::OpensLate, 5);
    let (events, city) = played(City::new(plan, MONDAY).with_incidents(incidents), 12);
    let mut seen = 0;
    for incident in city.incidents().list() {
        let [trace] = &incident.traces[..] else {
            continue;
        };
        assert_eq!(trace.first_touched, Some(incident.begin));
        assert_eq!(trace.first_after, Some(incident.end));
        let at_counters = |event: &&Event| {
            incident.indices.contains(&event.site)
                && clock::local_day(event.at) == incident.day
                && matches!(event.producer(), 1 | 2 | 16..)
        };
        let first = events.iter().find(at_counters).unwrap();
        assert!(first.at >= incident.span.end, "{first:?}");
        seen += 1;
    }
    assert!(seen >= 2, "{seen}");
}

#[test]
fn the_list_is_json() {
    let plan = plan(2, 1.0);
    let incidents = Incidents::days(5, MONDAY, 1, &plan);
    let (_, city) = played(City::new(plan, MONDAY).with_incidents(incidents), 1);
    let json = serde_json::to_value(city.incidents()).unwrap();
    assert_eq!(json["seed"], 5);
    let list = json["incidents"].as_array().unwrap();
    assert_eq!(list.len(), 10);
    for (incident, value) in city.incidents().list().iter().zip(list) {
        let begin: Timestamp = value["begin"].as_str().unwrap().parse().unwrap();
        assert_eq!(begin, incident.begin);
        assert_eq!(value["number"], incident.number);
        assert!(value["kind"].as_str().unwrap().contains('_') || value["kind"] == "rush");
        assert_eq!(
            value["traces"].as_array().unwrap().len(),
            incident.traces.len()
        );
    }
}
