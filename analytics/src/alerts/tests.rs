//! The alerts of an instant do not depend on how events came, nor on when anybody looked; and each rule's signal is what a
//! day made for it says.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ingest::decode::{Decoder, Secret};
use ingest::event::time::Day;
use ingest::event::{Event, EventTime};
use proptest::prelude::*;

use super::cause::{Alert, alerts};
use super::dossiers::Papers;
use super::file::RuleSet;
use super::signal::Scope;
use super::watch::{GRID_S, Points};
use crate::live::State;
use crate::names::Name;
use crate::rules::Rules;

/// A Monday.
const DAY: &str = "2026-11-23";

fn day() -> Day {
    Day::parse_iso(DAY).unwrap()
}

fn at(clock: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{DAY}T{clock}+07:00")).unwrap()
}

/// A set that makes little days raise something: the shipped rules, and some with short delays.
fn rules() -> RuleSet {
    RuleSet::with(
        r#"
        [[rule]]
        id = "wait_mean"
        effective_from = "2026-01-01"
        min_sample = 1
        over = 300
        on_delay = "0"
        off_delay = "1m"
        [[rule]]
        id = "queue_growing"
        effective_from = "2026-01-01"
        over = 1
        deadband = 0
        min_sample = 1
        also = []
        [[rule]]
        id = "outage"
        effective_from = "2026-01-01"
        together = 2
        "#,
    )
    .unwrap()
}

fn events(lines: &str) -> Vec<Event> {
    let decoder = Decoder::new(&Secret::new([7; 32]));
    let batch = decoder.ndjson(lines.as_bytes(), None);
    assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
    batch.events().cloned().collect()
}

fn line(id: usize, kind: &str, clock: &str, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"e{id}","source":"sim/t","type":"{kind}","time":"{DAY}T{clock}+07:00","data":{{{data}}}}}"#
    )
}

struct Told(Vec<String>);

impl Told {
    fn say(&mut self, clock: &str, kind: &str, data: &str) {
        let id = self.0.len();
        self.0.push(line(id, kind, clock, data));
    }

    fn state(&self) -> State {
        let mut state = State::default();
        for event in events(&self.0.join("\n")) {
            state.apply(&event);
        }
        state
    }
}

fn fresh(state: &State, set: &RuleSet, until: EventTime) -> Vec<Alert> {
    let mut points = Points::new(day(), set.on(day()));
    let rules = Rules::shipped().unwrap();
    points.advance(state, &rules, &near(), until);
    standing(&points)
}

fn near() -> BTreeMap<Name, Vec<Name>> {
    let pair = |a: &str, b: &str| (Name::from(a), vec![Name::from(b)]);
    BTreeMap::from([pair("s0", "s1"), pair("s1", "s0")])
}

fn standing(points: &Points) -> Vec<Alert> {
    let episodes = points.episodes().map(|(site, e)| (Scope::Site, site, e));
    alerts(episodes, points.rules())
}

fn raised(alerts: &[Alert], group: &str) -> Vec<(String, bool, Vec<String>)> {
    let of_group = alerts.iter().filter(|a| a.key.group == group);
    of_group
        .map(|a| {
            let reasons = a.reasons.iter().map(|r| r.rule.clone()).collect();
            (a.key.subject.id.to_string(), a.stands(), reasons)
        })
        .collect()
}

/// Kinds of events over two points and few instants, so that they meet.
fn random_line(n: usize, (kind, entity, minute, value): (u8, u8, u16, u8)) -> String {
    let (site, ticket, counter) = (entity % 2, entity % 5, value % 2);
    let clock = format!(
        "{:02}:{:02}:{:02}",
        7 + minute / 60,
        minute % 60,
        (value % 4) * 15
    );
    let at_site = format!(r#""site":"s{site}""#);
    let of_ticket = format!(r#"{at_site},"ticket":"t{ticket}""#);
    let (kind, data) = match kind % 14 {
        0..=2 => {
            let priority = ["normal", "appointment", "vulnerable"][usize::from(value % 3)];
            (
                "ticket.issued",
                format!(
                    r#"{of_ticket},"service":"v{counter}","priority":"{priority}","applicant":"p{ticket}""#
                ),
            )
        }
        3 | 4 => (
            "ticket.called",
            format!(r#"{of_ticket},"counter":"c{counter}""#),
        ),
        5 => (
            "ticket.started",
            format!(r#"{of_ticket},"counter":"c{counter}""#),
        ),
        6 => ("ticket.finished", of_ticket),
        7 => ("ticket.abandoned", of_ticket),
        8 => (
            "ticket.transferred",
            format!(r#"{of_ticket},"service":"v{counter}""#),
        ),
        9 => (
            "counter.opened",
            format!(r#"{at_site},"counter":"c{counter}","services":["v0"]"#),
        ),
        10 => (
            "device.heartbeat",
            format!(r#"{at_site},"device":"k{counter}""#),
        ),
        11 => ("site.opened", at_site),
        12 => ("site.closed", at_site),
        _ => (
            "rating.given",
            format!(r#"{at_site},"score":{},"channel":"kiosk""#, 1 + value % 5),
        ),
    };
    line(n, kind, &clock, &data)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever the order and repetition, and however often somebody looked on the way, the alerts are those of one who
    /// looks once, at the end.
    #[test]
    fn alerts_are_a_function_of_events_and_instant(
        drawn in prop::collection::vec((any::<u8>(), any::<u8>(), 0_u16..360, any::<u8>()), 5..70),
        order in prop::collection::vec((any::<u32>(), any::<bool>()), 70),
        looks in prop::collection::vec((0_usize..100, 0_i64..800), 0..12),
    ) {
        let set = rules();
        let calendars = Rules::shipped().unwrap();
        let end = at("13:30:00");
        let mut text = String::new();
        for (n, one) in drawn.iter().enumerate() {
            let _ = writeln!(text, "{}", random_line(n, *one));
        }
        let told = events(&text);
        let mut plain = State::default();
        for event in &told {
            plain.apply(event);
        }
        let expected = fresh(&plain, &set, end);

        let mut shuffled: Vec<(u32, &Event)> = told.iter().zip(&order).map(|(e, o)| (o.0, e)).collect();
        let again: Vec<(u32, &Event)> = told.iter().zip(&order).filter(|(_, o)| o.1).map(|(e, o)| (o.0 ^ 7, e)).collect();
        shuffled.extend(again);
        shuffled.sort_by_key(|one| one.0);
        let mut looks = looks;
        looks.sort_by_key(|look| look.1);
        let mut state = State::default();
        let mut points = Points::new(day(), set.on(day()));
        let mut fed = 0;
        for (share, minutes) in looks {
            let upto = (shuffled.len() * share / 100).max(fed);
            for (_, event) in &shuffled[fed..upto] {
                state.apply(event);
            }
            fed = upto;
            let instant = EventTime(day().start().0 + minutes * 60_000_000);
            points.advance(&state, &calendars, &near(), instant);
        }
        for (_, event) in &shuffled[fed..] {
            state.apply(event);
        }
        points.advance(&state, &calendars, &near(), end.plus_seconds(-GRID_S));
        points.advance(&state, &calendars, &near(), end);
        prop_assert_eq!(standing(&points), expected);
    }
}

/// Two points that give a sign of life every five minutes from half past seven on; one of them until a time.
fn beats(told: &mut Told, sites: &[(&str, &str)]) {
    for (site, until) in sites {
        for minute in (450..1020).step_by(5) {
            let clock = format!("{:02}:{:02}:10", minute / 60, minute % 60);
            if clock.as_str() < *until {
                told.say(
                    &clock,
                    "device.heartbeat",
                    &format!(r#""site":"{site}","device":"k1","kind":"ticket_machine""#),
                );
                told.say(
                    &clock,
                    "device.heartbeat",
                    &format!(r#""site":"{site}","device":"k2","kind":"rating""#),
                );
            }
        }
    }
}

#[test]
fn a_point_that_falls_silent_is_one_alert_and_several_at_once_are_one_outage() {
    let set = RuleSet::shipped().unwrap();
    let mut told = Told(Vec::new());
    beats(&mut told, &[("s0", "10:00"), ("s1", "16:59")]);
    let state = told.state();
    assert!(
        fresh(&state, &set, at("10:02:00"))
            .iter()
            .all(|a| !a.stands())
    );
    // Last heard at 9:55; five minutes are usual, seven more are the limit.
    assert_eq!(raised(&fresh(&state, &set, at("10:07:00")), "silent"), []);
    let found = fresh(&state, &set, at("10:07:15"));
    assert_eq!(
        raised(&found, "silent"),
        [("s0".to_owned(), true, vec!["silent".to_owned()])]
    );
    let found = fresh(&state, &set, at("10:30:00"));
    assert_eq!(raised(&found, "outage"), []);
    // Its kiosk's silence is no second alert: which of the two is told first depends on the kiosk alone.
    let silent = found.iter().find(|a| a.key.group == "silent").unwrap();
    let rules: Vec<&str> = silent.reasons.iter().map(|r| r.rule.as_str()).collect();
    assert_eq!(rules, ["silent", "device_silent"]);

    let mut told = Told(Vec::new());
    beats(
        &mut told,
        &[
            ("s0", "10:00"),
            ("s1", "10:00"),
            ("s2", "10:00"),
            ("s3", "16:59"),
        ],
    );
    let found = fresh(&told.state(), &set, at("10:04:00"));
    let outage: Vec<&Alert> = found.iter().filter(|a| a.key.group == "outage").collect();
    assert_eq!(outage.len(), 1);
    assert_eq!(outage[0].members.len(), 3);
    let visible = found.iter().filter(|a| a.stands() && a.hidden_by.is_none());
    assert_eq!(visible.count(), 1, "{found:#?}");
    assert!(
        raised(&found, "silent")
            .iter()
            .all(|(site, ..)| site != "s3")
    );
}

#[test]
fn the_mean_wait_stands_after_its_delay_and_falls_by_its_deadband() {
    let set = RuleSet::shipped().unwrap();
    let mut told = Told(Vec::new());
    beats(&mut told, &[("s0", "16:59")]);
    // Five people wait twenty minutes and are served from 9:20 on.
    for n in 0..5 {
        let data = format!(r#""site":"s0","ticket":"a{n}","service":"v""#);
        told.say(&format!("09:0{n}:00"), "ticket.issued", &data);
        let data = format!(r#""site":"s0","ticket":"a{n}","counter":"c""#);
        told.say(&format!("09:2{n}:00"), "ticket.started", &data);
    }
    let state = told.state();
    // The fifth start makes the sample at 9:24; ten minutes later it stands.
    assert!(raised(&fresh(&state, &set, at("09:33:45")), "flow").is_empty());
    let found = fresh(&state, &set, at("09:34:00"));
    assert_eq!(
        raised(&found, "flow"),
        [("s0".to_owned(), true, vec!["wait_mean".to_owned()])]
    );
    assert_eq!(
        found
            .iter()
            .find(|a| a.key.group == "flow")
            .unwrap()
            .reasons[0]
            .value,
        1200.0
    );
    // At 9:50 the first has left the window and the sample is too small; ten minutes later it is over.
    let found = fresh(&state, &set, at("10:00:30"));
    assert_eq!(
        raised(&found, "flow"),
        [("s0".to_owned(), false, vec!["wait_mean".to_owned()])]
    );
}

#[test]
fn who_is_passed_over_is_seen() {
    let set = RuleSet::shipped().unwrap();
    let mut told = Told(Vec::new());
    beats(&mut told, &[("s0", "16:59")]);
    told.say(
        "09:00:00",
        "ticket.issued",
        r#""site":"s0","ticket":"v1","service":"v","priority":"vulnerable""#,
    );
    for n in 0..6 {
        told.say(
            "09:01:00",
            "ticket.issued",
            &format!(r#""site":"s0","ticket":"n{n}","service":"v""#),
        );
        told.say(
            &format!("09:1{n}:00"),
            "ticket.called",
            &format!(r#""site":"s0","ticket":"n{n}","counter":"c""#),
        );
    }
    let state = told.state();
    assert!(raised(&fresh(&state, &set, at("09:13:30")), "conduct").is_empty());
    let found = fresh(&state, &set, at("09:14:15"));
    assert_eq!(
        raised(&found, "conduct"),
        [("s0".to_owned(), true, vec!["passed_over".to_owned()])]
    );
}

#[test]
fn noon_and_the_time_before_the_doors_open_are_not_waited_for_a_call() {
    let set = RuleSet::shipped().unwrap();
    let mut told = Told(Vec::new());
    beats(&mut told, &[("s0", "16:59")]);
    let hours = |from: &str, to: &str| {
        format!(r#""site":"s0","from":"{DAY}T{from}:00+07:00","to":"{DAY}T{to}:00+07:00""#)
    };
    told.say("06:00:00", "site.scheduled", &hours("08:00", "11:30"));
    told.say("06:00:00", "site.scheduled", &hours("13:00", "17:00"));
    told.say("07:55:00", "site.opened", r#""site":"s0""#);
    let issued = |ticket: &str| format!(r#""site":"s0","ticket":"{ticket}","service":"v""#);
    told.say("07:00:00", "ticket.issued", &issued("early"));
    told.say("10:30:00", "ticket.issued", &issued("noon"));
    told.say(
        "08:20:00",
        "ticket.called",
        r#""site":"s0","ticket":"early","counter":"c""#,
    );
    let state = told.state();
    let has_waited = |clock: &str| {
        let found = fresh(&state, &set, at(clock));
        let reasons: Vec<_> = found.into_iter().flat_map(|alert| alert.reasons).collect();
        let long = reasons
            .into_iter()
            .find(|reason| reason.rule == "wait_long");
        long.map(|reason| reason.value)
    };
    // An hour until noon and one after it; twenty minutes later it stands.
    assert_eq!(has_waited("13:40:00"), None);
    assert_eq!(has_waited("14:20:00"), None);
    assert_eq!(has_waited("14:21:00"), Some(7_200.0 + 1_260.0));
    // Who came an hour before the doors opened waited for a call for twenty minutes.
    assert_eq!(has_waited("08:19:00"), None);
}

#[test]
fn a_published_opening_that_does_not_come_stands_until_it_does() {
    let set = RuleSet::shipped().unwrap();
    let mut told = Told(Vec::new());
    beats(&mut told, &[("s0", "16:59")]);
    told.0
        .push(line(9_999, "site.closed", "17:00:00", r#""site":"s0""#).replace(DAY, "2026-11-20"));
    let span = format!(r#""site":"s0","from":"{DAY}T08:00:00+07:00","to":"{DAY}T16:00:00+07:00""#);
    told.say("06:00:00", "site.scheduled", &span);
    told.say("08:40:00", "site.opened", r#""site":"s0""#);
    told.say("14:00:00", "site.closed", r#""site":"s0""#);
    let state = told.state();
    let doors = |clock: &str| raised(&fresh(&state, &set, at(clock)), "doors");
    assert!(doors("08:25:00").is_empty());
    assert_eq!(
        doors("08:25:15"),
        [("s0".to_owned(), true, vec!["not_open".to_owned()])]
    );
    assert!(!doors("08:41:00")[0].1);
    let late = doors("14:03:00");
    assert_eq!(
        late[1],
        ("s0".to_owned(), true, vec!["closed_early".to_owned()])
    );
}

#[test]
fn an_agency_that_stops_hides_what_its_stop_makes_late() {
    let set = RuleSet::shipped().unwrap();
    let rules = Rules::shipped().unwrap();
    let mut lines = Vec::new();
    let mut say = |time: String, kind: &str, data: String| {
        let id = lines.len();
        lines.push(format!(
            r#"{{"specversion":"1.0","id":"e{id}","source":"sim/t","type":"{kind}","time":"{time}","data":{{{data}}}}}"#
        ));
    };
    // Last week an agency settled one every five minutes; this Monday it does so until half past nine.
    for date in ["2026-11-18", "2026-11-19", "2026-11-20", DAY] {
        for n in 0..84 {
            let minute = if n < 48 {
                480 + n * 5
            } else {
                780 + (n - 48) * 5
            };
            let clock = format!("{:02}:{:02}:00", minute / 60, minute % 60);
            let code = format!("d-{date}-{n}");
            let filed = format!(
                r#""dossier":"{code}","procedure":"p","field":"f","site":"s0","agency":"ag""#
            );
            say(format!("{date}T07:00:00+07:00"), "dossier.submitted", filed);
            let due = format!(r#""dossier":"{code}","due_at":"{date}T{clock}+07:00""#);
            say(format!("{date}T07:01:00+07:00"), "dossier.accepted", due);
            say(
                format!("{date}T07:02:00+07:00"),
                "dossier.digitised",
                format!(r#""dossier":"{code}""#),
            );
            if date != DAY || clock.as_str() < "09:30" {
                say(
                    format!("{date}T{clock}+07:00"),
                    "dossier.resolved",
                    format!(r#""dossier":"{code}""#),
                );
            }
        }
    }
    let mut state = State::default();
    for event in events(&lines.join("\n")) {
        state.apply(&event);
    }
    let found = |clock: &str| {
        let mut papers = Papers::new(&rules, at(clock));
        for dossier in state.dossiers.values() {
            papers.add(dossier);
        }
        let in_force = set.on(day());
        let found = papers.finish(&in_force, &[]);
        alerts(found.iter().map(|(kind, id, e)| (*kind, id, e)), &in_force)
    };
    // 252 in three days of eight hours are 10.5 an hour: fifteen are missed after 1.43 hours.
    assert!(raised(&found("10:30:00"), "stopped").is_empty());
    let late = found("11:30:00");
    assert_eq!(
        raised(&late, "stopped"),
        [("ag".to_owned(), true, vec!["agency_stopped".to_owned()])]
    );
    let overdue = late.iter().find(|a| a.key.group == "papers").unwrap();
    assert_eq!(overdue.hidden_by.as_ref().unwrap().group, "stopped");
    // Where nothing is heard of the point through which all of it is told, it may be at work.
    let mut papers = Papers::new(&rules, at("11:30:00")).without([Name::from("s0")].into());
    for dossier in state.dossiers.values() {
        papers.add(dossier);
    }
    let in_force = set.on(day());
    let unheard = papers.finish(&in_force, &[]);
    let unheard = alerts(
        unheard.iter().map(|(kind, id, e)| (*kind, id, e)),
        &in_force,
    );
    assert!(raised(&unheard, "stopped").is_empty());
    // Due at 9:30, ..., 11:25: 24 by half past eleven, one a five minutes.
    assert_eq!(overdue.reasons[0].value, 24.0);
}

#[test]
fn rules_that_may_not_be_are_refused_with_what_is_wrong() {
    let fault = |text: &str| {
        let faults = RuleSet::with(text).unwrap_err().0;
        (faults[0].code, faults[0].rule.clone().unwrap_or_default())
    };
    let own = |more: &str| format!("[[rule]]\nid = \"x\"\neffective_from = \"2026-01-01\"\n{more}");
    let whole = "signal = \"waiting\"\ngroup = \"flow\"\ntitle = { vi = \"a\", en = \"a\" }\nresponse = { vi = \"a\", en = \"a\" }\nowner = \"site\"\n";
    assert!(RuleSet::with(&own(&format!("{whole}over = 5"))).is_ok());
    assert_eq!(fault("[[rule]\n").0, "does_not_parse");
    assert_eq!(fault(&own("over = 5")).0, "refers_to_nothing");
    assert_eq!(
        fault(&own(&format!("{whole}over = 5\nunder = 4"))).0,
        "contradicts"
    );
    assert_eq!(
        fault(&own(&format!("{whole}over = 5\ndeadband = 6"))).0,
        "contradicts"
    );
    assert_eq!(
        fault(&own(&format!("{whole}over = 5\nhides = [\"nothing\"]"))).0,
        "refers_to_nothing"
    );
    assert_eq!(
        fault(&own(&format!(
            "{whole}over = 5\nalso = [{{ signal = \"overdue\", over = 1 }}]"
        )))
        .0,
        "refers_to_nothing"
    );
    assert_eq!(
        fault(&own(&format!("{whole}over = 5\non_delay = \"ten\""))).0,
        "bad_value"
    );
    assert_eq!(
        fault(&own(&format!(
            "{}over = 5",
            whole.replace("response = { vi = \"a\", en = \"a\" }\n", "")
        )))
        .0,
        "no_action"
    );
    let (code, rule) = fault("[[rule]]\nid = \"wait_mean\"\neffective_from = \"soon\"\n");
    assert_eq!((code, rule.as_str()), ("bad_value", "wait_mean"));
    // Two versions of a rule: each holds from its day on, and one that is switched off is not in force.
    let set = RuleSet::with("[[rule]]\nid = \"wait_mean\"\neffective_from = \"2026-06-01\"\nover = 600\n[[rule]]\nid = \"silent\"\neffective_from = \"2026-06-01\"\nenabled = false\n").unwrap();
    let limit = |date: &str, id: &str| {
        let rules = set.on(Day::parse_iso(date).unwrap());
        rules.iter().find(|r| r.id == id).map(|r| r.limit)
    };
    assert_eq!(limit("2026-05-31", "wait_mean"), Some(900.0));
    assert_eq!(limit("2026-06-01", "wait_mean"), Some(600.0));
    assert_eq!(limit("2026-06-01", "silent"), None);
}

#[test]
fn a_point_that_only_publishes_its_hours_is_silent_and_not_late() {
    let set = RuleSet::shipped().unwrap();
    let mut told = Told(Vec::new());
    let span = format!(r#""site":"s0","from":"{DAY}T07:30:00+07:00","to":"{DAY}T11:30:00+07:00""#);
    told.say("06:00:00", "site.scheduled", &span);
    let found = fresh(&told.state(), &set, at("08:30:00"));
    assert_eq!(
        raised(&found, "silent"),
        [("s0".to_owned(), true, vec!["silent".to_owned()])]
    );
    assert_eq!(raised(&found, "doors"), []);
}
