//! The life of a case: nothing outside the table, the same after a restart, one open case a key.

use ingest::event::EventTime;
use ingest::event::time::Day;
use proptest::prelude::*;

use super::life::{self, Act, What};
use super::quality::{Worked, quality};
use super::*;
use crate::alerts::{Alert, Key, Owner, Priority, Reason, Scope, Subject};

const START: i64 = 1_790_000_000_000_000;

fn at(seconds: i64) -> EventTime {
    EventTime(START).plus_seconds(seconds)
}

fn alert(group: &str, site: &str, from: i64, until: Option<i64>) -> Alert {
    Alert {
        key: Key {
            group: group.to_owned(),
            subject: Subject {
                kind: Scope::Site,
                id: site.into(),
            },
        },
        from: at(from),
        until: until.map(at),
        priority: Priority::Medium,
        rule: "r".to_owned(),
        owner: Owner::Site,
        escalate_s: 600,
        repeat_s: 0,
        reasons: vec![Reason {
            rule: "r".to_owned(),
            since: at(from),
            until: until.map(at),
            value: 1.0,
            sample: 1,
            limit: 0.0,
            unit: "s".to_owned(),
            detail: None,
        }],
        members: Vec::new(),
        over: Vec::new(),
        hidden_by: None,
    }
}

fn look(desk: &mut Desk, seconds: i64, alerts: &[Alert]) -> Vec<&'static str> {
    let lines = desk.observe(at(seconds), alerts);
    for line in &lines {
        desk.take(line);
    }
    lines.iter().map(|line| word(&line.what)).collect()
}

const fn word(what: &What) -> &'static str {
    match what {
        What::Raised { .. } => "raised",
        What::Carried { .. } => "carried",
        What::Changed(_) => "changed",
        What::Normal => "normal",
        What::Again(_) => "again",
        What::Corrected => "corrected",
        What::Escalated => "escalated",
        What::Suppressed { .. } => "suppressed",
        What::Released => "released",
        What::Woken => "woken",
        What::Lapsed => "lapsed",
        What::Did { .. } => "did",
    }
}

fn act(desk: &mut Desk, id: &str, seconds: i64, did: Act) -> Result<(), NotDone> {
    let line = desk.act(id, "ca-1", did, at(seconds)).unwrap()?;
    desk.take(&line);
    Ok(())
}

#[test]
fn from_raised_to_closed_and_back_within_its_settling() {
    let mut desk = Desk::default();
    let stands = [alert("flow", "s0", 0, None)];
    assert_eq!(look(&mut desk, 5, &stands), ["raised"]);
    assert!(look(&mut desk, 20, &stands).is_empty());
    act(&mut desk, "a-1", 30, Act::Acknowledge).unwrap();
    assert_eq!(
        act(&mut desk, "a-1", 31, Act::Acknowledge),
        Err(NotDone::NotNow)
    );
    let gone = [alert("flow", "s0", 0, Some(60))];
    assert_eq!(look(&mut desk, 65, &gone), ["normal"]);
    assert_eq!(desk.case("a-1").unwrap().state, CaseState::Settled);
    assert_eq!(look(&mut desk, 300, &stands), ["again"]);
    assert_eq!(desk.case("a-1").unwrap().state, CaseState::Acknowledged);
    assert_eq!(look(&mut desk, 400, &gone), ["normal"]);
    assert!(look(&mut desk, 3_999, &gone).is_empty());
    assert_eq!(look(&mut desk, 4_001, &gone), ["lapsed"]);
    assert_eq!(desk.open().count(), 0);
    // Standing later it is another case.
    assert_eq!(look(&mut desk, 4_100, &stands), ["raised"]);
    assert_eq!(desk.case("a-2").unwrap().times, 1);
}

#[test]
fn what_late_events_undo_is_corrected_and_what_ended_with_its_day_is_not() {
    let mut desk = Desk::default();
    assert_eq!(
        look(&mut desk, 5, &[alert("flow", "s0", 0, None)]),
        ["raised"]
    );
    assert_eq!(look(&mut desk, 10, &[]), ["corrected"]);
    let case = desk.case("a-1").unwrap();
    assert!(case.corrected && case.state == CaseState::Closed);
    assert_eq!(
        look(&mut desk, 20, &[alert("flow", "s0", 15, None)]),
        ["raised"]
    );
    assert_eq!(look(&mut desk, 100_000, &[]), ["normal"]);
    assert_eq!(desk.case("a-2").unwrap().state, CaseState::Returned);
}

#[test]
fn a_points_next_day_is_another_case_though_nobody_looked_in_between() {
    let mut desk = Desk::default();
    look(&mut desk, 5, &[alert("flow", "s0", 0, None)]);
    let next = [alert("flow", "s0", 86_400, None)];
    assert_eq!(
        look(&mut desk, 86_405, &next),
        ["normal", "lapsed", "raised"]
    );
    assert_eq!(desk.open().count(), 1);
    assert_eq!(desk.case("a-2").unwrap().since, at(86_400));
    assert!(look(&mut desk, 86_420, &next).is_empty());
}

#[test]
fn a_cause_hides_what_was_shown_and_what_was_not_is_never() {
    let mut desk = Desk::default();
    let flow = alert("flow", "s0", 0, None);
    assert_eq!(look(&mut desk, 5, std::slice::from_ref(&flow)), ["raised"]);
    let silent = alert("silent", "s0", 10, None);
    let hidden = |mut a: Alert| {
        a.hidden_by = Some(silent.key.clone());
        a
    };
    let conduct = hidden(alert("conduct", "s0", 12, None));
    let all = [hidden(flow.clone()), silent.clone(), conduct];
    assert_eq!(look(&mut desk, 15, &all), ["raised", "suppressed"]);
    assert_eq!(desk.case("a-1").unwrap().suppressed_by, Some(2));
    assert_eq!(
        act(&mut desk, "a-1", 16, Act::Close { reason: "x".into() }),
        Err(NotDone::NotNow)
    );
    let ended = alert("silent", "s0", 10, Some(30));
    assert_eq!(look(&mut desk, 35, &[flow, ended]), ["released", "normal"]);
    assert_eq!(desk.case("a-1").unwrap().state, CaseState::New);
}

#[test]
fn an_outage_that_late_events_date_anew_is_the_same_case() {
    let outage = |id: &str, from: i64, members: &[&str]| {
        let mut one = alert("outage", id, from, None);
        one.key.subject.kind = Scope::City;
        one.members = members.iter().map(|m| (*m).into()).collect();
        one
    };
    let mut desk = Desk::default();
    let first = outage("dT0900", 0, &["a", "b", "c"]);
    assert_eq!(look(&mut desk, 0, &[first]), ["raised"]);
    let dated_anew = outage("dT0858", -120, &["a", "b", "c", "d"]);
    let mut hidden = alert("silent", "d", 0, None);
    hidden.hidden_by = Some(dated_anew.key.clone());
    let alerts = [dated_anew.clone(), hidden];
    assert_eq!(look(&mut desk, 60, &alerts), ["changed"]);
    assert_eq!(desk.open().count(), 1);
    // Another one beside it is another.
    let other = outage("dT0901", 60, &["k", "l", "m"]);
    assert_eq!(look(&mut desk, 120, &[dated_anew, other]), ["raised"]);
}

#[test]
fn what_stands_since_before_a_span_is_stale_in_it_and_nothing_else() {
    const DAY: i64 = 86_400;
    let case = |number, since: i64, gone: Option<i64>| {
        let mut case = Case::raised(number, at(since), &alert("g", "00001", since, None));
        case.returned_at = gone.map(at);
        case
    };
    let cases = [
        case(1, 0, None),
        case(2, 0, Some(DAY)),
        case(3, 0, Some(3 * DAY)),
        case(4, 2 * DAY - 60, Some(2 * DAY + 60)),
        case(5, 2 * DAY + 5, None),
        case(6, 2 * DAY + 6, Some(2 * DAY + 7)),
        case(7, 9 * DAY, None),
    ];
    let first = at(2 * DAY).day();
    let days = [(-1, 8.0, false), (0, 10.0, false), (1, 6.0, true)];
    let days = days.map(|(n, hours, is_known)| (Day(first.0 + n), hours, is_known));
    // Of the day before nothing is known, and no alert was raised; of the first an alert was.
    let two_days = Worked::of(days, cases[4..6].iter());
    let span = (at(2 * DAY), at(4 * DAY));
    let found = quality(cases.iter(), span, two_days, at(4 * DAY));
    assert_eq!(found.standing_over_a_day, [1, 3, 5]);
    assert_eq!((found.raised, found.per_hour), (2, Some(0.125)));
    assert_eq!((found.hours, found.hours_unknown), (16.0, 8.0));
}

#[test]
fn time_escalates_and_wakes() {
    let mut desk = Desk::default();
    let stands = [alert("flow", "s0", 0, None)];
    look(&mut desk, 0, &stands);
    assert_eq!(look(&mut desk, 600, &stands), ["escalated"]);
    assert!(look(&mut desk, 700, &stands).is_empty());
    let shelve = Act::Shelve {
        until: at(2_000),
        reason: "đang sửa".into(),
    };
    act(&mut desk, "a-1", 800, shelve).unwrap();
    assert!(look(&mut desk, 1_999, &stands).is_empty());
    assert_eq!(look(&mut desk, 2_000, &stands), ["woken"]);
    assert_eq!(desk.case("a-1").unwrap().state, CaseState::New);
}

fn any_act() -> impl Strategy<Value = Act> {
    let text = || "x".to_owned();
    prop_oneof![
        Just(Act::Acknowledge),
        Just(Act::Assign { to: text() }),
        Just(Act::Explain { text: text() }),
        Just(Act::Urge {
            agency: text(),
            text: text()
        }),
        (1_u32..3).prop_map(move |urge| Act::Answer {
            urge,
            text: "x".to_owned()
        }),
        (1_i64..5_000).prop_map(|s| Act::Shelve {
            until: at(s),
            reason: "x".to_owned()
        }),
        Just(Act::Unshelve),
        Just(Act::Close { reason: text() }),
    ]
}

proptest! {
    /// Random instants and acts: people's acts do what the table says and nothing else, a case that is closed stays so,
    /// a key has one open case, and a desk made of the log is the desk.
    #[test]
    fn nothing_happens_outside_the_table(
        steps in prop::collection::vec((0_u8..4, prop::collection::vec((0_u8..2, 0_u8..2, any::<bool>(), any::<bool>()), 0..4), 1_u64..6, any_act()), 1..60),
    ) {
        let mut desk = Desk::default();
        let mut log: Vec<Line> = Vec::new();
        let mut now = 0;
        for (kind, drawn, number, did) in steps {
            now += 97;
            if kind == 0 {
                let Some(before) = desk.numbered(number).cloned() else { continue };
                let line = desk.act(&before.id(), "ca-1", did.clone(), at(now)).unwrap();
                let no_urge = matches!(&did, Act::Answer { urge, .. } if !before.urges.iter().any(|u| u.urge == *urge && u.answer.is_none()));
                prop_assert_eq!(line.is_ok(), life::may(before.state, &did) && !no_urge);
                if let Ok(line) = line {
                    desk.take(&line);
                    log.push(line);
                }
                continue;
            }
            let mut alerts: Vec<Alert> = Vec::new();
            for (group, site, stands, hidden) in drawn {
                let group = ["flow", "silent"][usize::from(group)];
                let site = ["s0", "s1"][usize::from(site)];
                let mut one = alert(group, site, now - 50, if stands { None } else { Some(now - 10) });
                if hidden && group == "flow" {
                    one.hidden_by = Some(alert("silent", site, 0, None).key);
                }
                if alerts.iter().all(|a| a.key != one.key) {
                    alerts.push(one);
                }
            }
            for line in desk.observe(at(now), &alerts) {
                let closed = desk.numbered(line.case).is_some_and(|c| c.state == CaseState::Closed);
                prop_assert!(!closed, "{line:?}");
                desk.take(&line);
                log.push(line);
            }
            let again = desk.observe(at(now), &alerts);
            prop_assert!(again.iter().all(|l| matches!(l.what, What::Suppressed { .. } | What::Escalated | What::Woken | What::Released)), "{again:?}");
        }
        let mut keys: Vec<&Key> = desk.open().map(|c| &c.key).collect();
        keys.sort();
        let all = keys.len();
        keys.dedup();
        prop_assert_eq!(keys.len(), all);
        let text: Vec<String> = log.iter().map(|l| serde_json::to_string(l).unwrap()).collect();
        let mut replayed = Desk::default();
        for line in text {
            let line: Line = serde_json::from_str(&line).unwrap();
            replayed.take(&line);
        }
        let cases = |d: &Desk| d.cases().cloned().collect::<Vec<_>>();
        prop_assert_eq!(cases(&replayed), cases(&desk));
    }
}
