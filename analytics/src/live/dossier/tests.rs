//! Duties and clocks by data, told by hand.

use super::*;
use crate::rules::Own;
use ingest::event::types::DossierChannel;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn filed(procedure: &str, channel: DossierChannel) -> DossierEvent {
    DossierEvent::Submitted(Box::new(Filing {
        procedure: procedure.into(),
        field: "f".into(),
        site: "s".into(),
        agency: "dept/a".into(),
        channel: Some(channel),
        home_unit: None,
        performer: None,
        verified_account: None,
        has_fee: None,
    }))
}

fn dossier(events: Vec<(&str, DossierEvent)>) -> Dossier {
    Dossier {
        marks: Marks::told(events.into_iter().map(|(t, what)| (at(t), what))),
    }
}

fn resolved() -> DossierEvent {
    DossierEvent::Resolved(Settlement::default())
}

/// The standings of a duty at an instant, in order.
fn standing(dossier: &Dossier, duty: Duty, instant: &str, rules: &Rules) -> Vec<Standing> {
    let instant = at(instant);
    let state = dossier.at(instant, rules);
    let asked = dossier.duties(&state, instant, rules).into_iter();
    asked
        .filter(|a| a.duty == duty)
        .map(|a| a.standing)
        .collect()
}

use DossierEvent as E;
use Standing::{Broken, Kept, Open, OpenLate, Unset};

#[test]
fn an_online_dossier_is_answered_within_eight_working_hours() {
    let rules = Rules::shipped().unwrap();
    let ask = |d: &Dossier, t: &str| standing(d, Duty::Acknowledge, t, &rules);
    // Thursday afternoon: eight hours are over on Friday at three.
    let filed_at = ("2026-11-05T15:00", filed("p", DossierChannel::Online));
    let silent = dossier(vec![filed_at.clone()]);
    assert_eq!(ask(&silent, "2026-11-06T15:00"), [Open]);
    assert_eq!(ask(&silent, "2026-11-06T15:01"), [OpenLate]);
    let answered = |t| dossier(vec![filed_at.clone(), (t, E::Accepted(None))]);
    assert_eq!(
        ask(&answered("2026-11-06T15:00"), "2026-11-10T08:00"),
        [Kept]
    );
    assert_eq!(
        ask(&answered("2026-11-06T15:01"), "2026-11-10T08:00"),
        [Broken]
    );
    let asked = dossier(vec![
        filed_at.clone(),
        ("2026-11-06T09:00", E::SupplementRequested(None)),
    ]);
    assert_eq!(ask(&asked, "2026-11-10T08:00"), [Kept]);
    // Filed at night and at the counter.
    let night = dossier(vec![
        ("2026-11-05T22:00", filed("p", DossierChannel::Online)),
        ("2026-11-06T17:00", E::Refused(None)),
    ]);
    assert_eq!(ask(&night, "2026-11-10T08:00"), [Kept]);
    let counter = dossier(vec![(
        "2026-11-05T15:00",
        filed("p", DossierChannel::Counter),
    )]);
    assert!(ask(&counter, "2026-11-10T08:00").is_empty());
}

#[test]
fn one_supplement_is_allowed_and_digitising_comes_before_settlement() {
    let rules = Rules::shipped().unwrap();
    let begin = || {
        vec![
            ("2026-11-05T08:00", filed("p", DossierChannel::Counter)),
            ("2026-11-05T09:00", E::Accepted(None)),
        ]
    };
    let with = |more: Vec<(&'static str, E)>| dossier([begin(), more].concat());
    let request = E::SupplementRequested(None);
    let once = with(vec![
        ("2026-11-06T09:00", request.clone()),
        ("2026-11-09T09:00", resolved()),
    ]);
    assert_eq!(
        standing(&once, Duty::SupplementOnce, "2026-11-07T08:00", &rules),
        [Open]
    );
    assert_eq!(
        standing(&once, Duty::SupplementOnce, "2026-11-10T08:00", &rules),
        [Kept]
    );
    assert_eq!(
        standing(&once, Duty::Digitise, "2026-11-07T08:00", &rules),
        [Open]
    );
    assert_eq!(
        standing(&once, Duty::Digitise, "2026-11-10T08:00", &rules),
        [Broken]
    );
    let twice = with(vec![
        ("2026-11-06T09:00", request.clone()),
        ("2026-11-07T09:00", request),
    ]);
    assert_eq!(
        standing(&twice, Duty::SupplementOnce, "2026-11-10T08:00", &rules),
        [Broken]
    );
    let digitised = with(vec![
        ("2026-11-09T09:00", E::Digitised(None)),
        ("2026-11-09T09:00", resolved()),
    ]);
    assert_eq!(
        standing(&digitised, Duty::Digitise, "2026-11-10T08:00", &rules),
        [Kept]
    );
    let refused = dossier(vec![
        ("2026-11-05T08:00", filed("p", DossierChannel::Counter)),
        ("2026-11-05T09:00", E::Refused(Some("incomplete".into()))),
    ]);
    assert!(standing(&refused, Duty::Digitise, "2026-11-10T08:00", &rules).is_empty());
    assert_eq!(
        standing(&refused, Duty::Reason, "2026-11-10T08:00", &rules),
        [Kept]
    );
}

#[test]
fn steps_have_deadlines_of_their_own_or_are_said_to_have_none() {
    let rules = Rules::shipped().unwrap();
    let step = |name: &str, due: Option<&str>| {
        Some(Box::new(HandOver {
            step: Some(name.into()),
            step_due: due.map(at),
            paper: Some(true),
        }))
    };
    let with = |more: Vec<(&'static str, E)>| {
        let begin = vec![
            ("2026-11-05T08:00", filed("p", DossierChannel::Counter)),
            ("2026-11-05T09:00", E::Accepted(None)),
        ];
        dossier([begin, more].concat())
    };
    let steps = |d: &Dossier, t: &str| standing(d, Duty::Steps, t, &rules);
    let told = with(vec![
        (
            "2026-11-05T10:00",
            E::Transferred("b".into(), step("thẩm định", Some("2026-11-06T10:00"))),
        ),
        // Who takes it says the step again: it is one step.
        (
            "2026-11-05T14:00",
            E::Taken("b".into(), step("thẩm định", Some("2026-11-06T10:00"))),
        ),
        (
            "2026-11-06T11:00",
            E::Transferred("c".into(), step("ký", Some("2026-11-09T10:00"))),
        ),
    ]);
    assert_eq!(steps(&told, "2026-11-06T10:00"), [Open]);
    assert_eq!(steps(&told, "2026-11-06T10:30"), [OpenLate]);
    assert_eq!(steps(&told, "2026-11-07T08:00"), [Broken, Open]);
    let hand_overs = standing(&told, Duty::HandOver, "2026-11-07T08:00", &rules);
    assert_eq!(hand_overs, [Unset, Unset]);
    // What is sent on after the end is nobody's duty.
    let sent = E::Transferred("c".into(), step("trả", Some("2026-11-06T13:00")));
    let after = with(vec![
        ("2026-11-06T11:00", resolved()),
        ("2026-11-06T12:00", sent),
    ]);
    assert!(steps(&after, "2026-11-09T08:00").is_empty());
    assert!(standing(&after, Duty::HandOver, "2026-11-09T08:00", &rules).is_empty());
    let untold = with(vec![("2026-11-05T10:00", E::Transferred("b".into(), None))]);
    assert_eq!(steps(&untold, "2026-11-07T08:00"), [Unset]);
    assert!(steps(&with(vec![]), "2026-11-07T08:00").is_empty());
}

#[test]
fn a_late_dossier_is_owed_one_apology_in_time() {
    let rules = Rules::shipped().unwrap();
    let with = |more: Vec<(&'static str, E)>| {
        let begin = vec![
            ("2026-11-05T08:00", filed("p", DossierChannel::Counter)),
            (
                "2026-11-05T09:00",
                E::Accepted(Some(at("2026-11-10T17:00"))),
            ),
        ];
        dossier([begin, more].concat())
    };
    let apology = |d: &Dossier, t: &str| standing(d, Duty::Apology, t, &rules);
    assert!(apology(&with(vec![]), "2026-11-10T17:00").is_empty());
    assert_eq!(apology(&with(vec![]), "2026-11-11T08:00"), [OpenLate]);
    let new = |t: &'static str, sorry| (t, E::Extended(at("2026-11-20T17:00"), sorry));
    let good = with(vec![new("2026-11-10T16:00", Some(true))]);
    assert_eq!(apology(&good, "2026-11-12T08:00"), [Kept]);
    assert_eq!(
        apology(
            &with(vec![new("2026-11-10T17:30", Some(true))]),
            "2026-11-12T08:00"
        ),
        [Broken]
    );
    assert_eq!(
        apology(
            &with(vec![new("2026-11-10T16:00", None)]),
            "2026-11-12T08:00"
        ),
        [Broken]
    );
    assert_eq!(apology(&good, "2026-11-21T08:00"), [OpenLate]);
    // What had stopped the clock moves the date by which an apology is in time.
    let stopped = vec![
        ("2026-11-09T08:00", E::Suspended(None)),
        ("2026-11-09T17:00", E::Resumed(None)),
        (
            "2026-11-11T10:00",
            E::Extended(at("2026-11-20T17:00"), Some(true)),
        ),
    ];
    assert_eq!(apology(&with(stopped), "2026-11-12T08:00"), [Kept]);
    let late = with(vec![("2026-11-12T09:00", resolved())]);
    assert_eq!(apology(&late, "2026-11-13T08:00"), [Broken]);
}

#[test]
fn a_result_that_waits_is_no_lateness_and_same_day_is_by_the_day() {
    let rules = Rules::shipped().unwrap();
    let done = |procedure: &str, t: &'static str, out: Option<&'static str>| {
        let mut events = vec![
            (
                "2026-11-05T08:00",
                filed(procedure, DossierChannel::Counter),
            ),
            ("2026-11-05T14:59", E::Accepted(None)),
            (t, resolved()),
        ];
        events.extend(out.map(|t| (t, E::Returned(None))));
        dossier(events)
    };
    let waiting = done("p", "2026-11-05T17:00", None);
    assert_eq!(
        standing(&waiting, Duty::Collect, "2026-11-19T17:00", &rules),
        [Open]
    );
    assert_eq!(
        standing(&waiting, Duty::Collect, "2026-11-20T08:00", &rules),
        [OpenLate]
    );
    let out = done("p", "2026-11-05T17:00", Some("2026-11-12T08:00"));
    assert_eq!(
        standing(&out, Duty::Collect, "2026-11-20T08:00", &rules),
        [Kept]
    );
    assert!(standing(&waiting, Duty::SameDay, "2026-11-20T08:00", &rules).is_empty());
    let code = "2.000815.000.00.00.H26";
    let same = |t| {
        standing(
            &done(code, t, None),
            Duty::SameDay,
            "2026-11-20T08:00",
            &rules,
        )
    };
    assert_eq!(same("2026-11-05T18:30"), [Kept]);
    assert_eq!(same("2026-11-06T08:01"), [Broken]);
    let late = dossier(vec![
        ("2026-11-05T15:01", filed(code, DossierChannel::Counter)),
        ("2026-11-05T15:01", E::Accepted(None)),
        ("2026-11-06T16:00", resolved()),
    ]);
    assert_eq!(
        standing(&late, Duty::SameDay, "2026-11-20T08:00", &rules),
        [Kept]
    );
}

const OWN: &str = "
[[clock]]
kind = \"restart\"
pause = [[\"transferred\", \"taken\"]]
stop = [\"resolved\", \"stopped\"]
reset = [\"accepted\", \"supplemented\"]
[[procedure]]
code = \"1.990001\"
effective_from = \"2026-01-01\"
limit = { working_days = 2 }
clock = \"restart\"
[[procedure]]
code = \"1.990002\"
effective_from = \"2026-01-01\"
limit = { working_days = 2 }
";

#[test]
fn due_dates_and_clocks_follow_the_procedures_data() {
    let own = Own {
        procedures: Some(OWN),
        ..Own::default()
    };
    let rules = Rules::with(own).unwrap();
    let with = |procedure: &str, more: Vec<(&'static str, E)>| {
        let begin = vec![
            (
                "2026-11-05T08:00",
                filed(procedure, DossierChannel::Counter),
            ),
            ("2026-11-05T09:00", E::Accepted(None)),
        ];
        dossier([begin, more].concat())
    };
    let now = at("2026-11-30T08:00");
    let due = |d: &Dossier| d.at(now, &rules).due;
    let plain = with("1.990002.000.00.00.H26", vec![]);
    assert_eq!(due(&plain), Some(at("2026-11-09T17:00")));
    assert!(plain.at(now, &rules).is_due_computed);
    // A receipt's due date comes first, and a dossier of no known procedure has none.
    let given = with(
        "1.990002",
        vec![(
            "2026-11-05T09:00",
            E::Accepted(Some(at("2026-11-12T10:00"))),
        )],
    );
    assert_eq!(due(&given), Some(at("2026-11-12T10:00")));
    assert_eq!(due(&with("x", vec![])), None);
    // Seven hours of a supplement move it; by the other clock they begin it anew.
    let asked = vec![
        ("2026-11-06T08:00", E::SupplementRequested(None)),
        ("2026-11-06T16:00", E::Supplemented(None)),
    ];
    assert_eq!(
        due(&with("1.990002", asked.clone())),
        Some(at("2026-11-10T16:00"))
    );
    assert_eq!(due(&with("1.990001", asked)), Some(at("2026-11-10T17:00")));
    let later = vec![("2026-11-16T10:00", E::Supplemented(None))];
    assert_eq!(due(&with("1.990001", later)), Some(at("2026-11-18T17:00")));
    // On its way the other clock stands, and an extension moves nothing.
    let sent = vec![
        ("2026-11-06T08:00", E::Transferred("b".into(), None)),
        ("2026-11-06T17:00", E::Taken("b".into(), None)),
        (
            "2026-11-09T09:00",
            E::Extended(at("2026-12-01T08:00"), None),
        ),
    ];
    assert_eq!(
        due(&with("1.990001", sent.clone())),
        Some(at("2026-11-10T17:00"))
    );
    assert_eq!(due(&with("1.990002", sent)), Some(at("2026-12-01T08:00")));
    let stopped = vec![("2026-11-09T09:00", E::Stopped(None))];
    assert_eq!(
        with("1.990001", stopped.clone()).at(now, &rules).stage,
        Stage::Resolved
    );
    assert_eq!(
        with("1.990002", stopped).at(now, &rules).stage,
        Stage::Stopped
    );
}
