//! Registers told by hand.

use super::sessions::{Kept, of_point};
use super::tasks::{Progress, Standing, rows, shipped};
use super::training;
use crate::live::{State, TaskReport, TrainingReport};
use crate::mark::Marks;
use crate::names::Name;
use ingest::decode::{Decoder, Secret};
use ingest::event::EventTime;
use ingest::event::types::TaskState;
use std::collections::BTreeMap;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn report(t: &str, state: TaskState, due: Option<&str>) -> (EventTime, TaskReport) {
    let due = due.map(at);
    (
        at(t),
        TaskReport {
            state,
            due,
            lead: None,
        },
    )
}

#[test]
fn the_transfer_plans_fourteen_tasks_are_due_when_it_says() {
    let plan = shipped().unwrap();
    assert_eq!(plan.len(), 14);
    let none = BTreeMap::new();
    let standing = |now: &str, id: &str| {
        let rows = rows(&plan, &BTreeMap::new(), &none, at(now));
        rows.into_iter().find(|row| row.id == id).unwrap().standing
    };
    assert_eq!(
        standing("2025-12-04T23:59", "transfer/01"),
        Standing::DueSoon
    );
    assert_eq!(
        standing("2025-12-05T00:00", "transfer/01"),
        Standing::Overdue
    );
    assert_eq!(standing("2025-12-05T00:00", "transfer/06"), Standing::Open);
    assert_eq!(
        standing("2026-02-01T00:00", "transfer/06"),
        Standing::Overdue
    );
    assert_eq!(
        standing("2027-01-01T00:00", "transfer/13"),
        Standing::Continuous
    );
}

#[test]
fn the_last_word_on_a_task_counts_whoever_said_it() {
    let plan = shipped().unwrap();
    let events: BTreeMap<Name, Marks<TaskReport>> = [
        (
            "transfer/01".into(),
            Marks::told([report("2025-12-01T08:00", TaskState::Open, None)]),
        ),
        (
            "own/1".into(),
            Marks::told([
                report(
                    "2026-01-01T08:00",
                    TaskState::Open,
                    Some("2026-03-01T17:00"),
                ),
                report("2026-01-05T08:00", TaskState::Open, None),
            ]),
        ),
    ]
    .into();
    let done = |t: &str| {
        let evidence = Some("12/BC-PVHCC".to_owned());
        (
            at(t),
            Progress {
                state: TaskState::Done,
                evidence,
            },
        )
    };
    let of = |entered: &str, now: &str, id: &str| {
        let entered = [("transfer/01".to_owned(), done(entered))].into();
        let rows = rows(&plan, &events, &entered, at(now));
        rows.into_iter().find(|row| row.id == id).unwrap()
    };
    let later = of("2025-12-03T08:00", "2026-02-10T08:00", "transfer/01");
    assert_eq!(
        (later.standing, later.evidence.as_deref()),
        (Standing::Done, Some("12/BC-PVHCC"))
    );
    assert_eq!(
        of("2025-11-03T08:00", "2026-02-10T08:00", "transfer/01").standing,
        Standing::Overdue
    );
    let own = of("2025-12-03T08:00", "2026-02-10T08:00", "own/1");
    assert_eq!(
        (own.standing, own.due, own.vi),
        (Standing::DueSoon, Some(at("2026-03-01T17:00")), None)
    );
}

#[test]
fn training_is_a_share_of_all_and_overdue_after_its_deadline() {
    let told = |reports: &[(&str, u32, Option<u32>)]| {
        Marks::told(reports.iter().map(|(t, count, of)| {
            (
                at(t),
                TrainingReport {
                    count: *count,
                    of: *of,
                },
            )
        }))
    };
    let all: BTreeMap<(Name, Name), Marks<TrainingReport>> = [
        (
            ("00004".into(), "4T".into()),
            told(&[
                ("2026-01-01T08:00", 5, Some(10)),
                ("2026-01-09T08:00", 12, None),
            ]),
        ),
        (
            ("00008".into(), "4T".into()),
            told(&[("2026-01-01T08:00", 5, Some(10))]),
        ),
        (
            ("00008".into(), "land".into()),
            told(&[("2026-01-01T08:00", 5, None)]),
        ),
    ]
    .into();
    let due = |subject: &str| (subject == "4T").then(|| at("2026-02-01T00:00"));
    let (rows, subjects) = training::rows(&all, due, at("2026-03-01T08:00"));
    let shares: Vec<(Option<f64>, bool)> = rows.iter().map(|r| (r.share, r.is_overdue)).collect();
    assert_eq!(
        shares,
        [(Some(1.0), false), (Some(0.5), true), (None, false)]
    );
    let four = &subjects["4T"];
    assert_eq!(
        (four.units, four.complete, four.count, four.of),
        (2, 1, 15, 20)
    );
    let (rows, _) = training::rows(&all, due, at("2026-01-05T08:00"));
    assert_eq!((rows[0].share, rows[0].is_overdue), (Some(0.5), false));
}

#[test]
fn sessions_are_kept_late_visited_or_missed() {
    let line = |kind: &str, t: &str, id: &str, data: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"m","type":"{kind}","time":"{t}:00+07:00","data":{{"site":"m1"{data}}}}}"#
        )
    };
    let session = |day: &str, id: &str| {
        let data = format!(
            r#","from":"{day}T08:00:00+07:00","to":"{day}T11:00:00+07:00","kind":"session","published_at":"2026-10-20T08:00:00+07:00""#
        );
        line("site.scheduled", &format!("{day}T06:00"), id, &data)
    };
    let lines = [
        session("2026-11-02", "a"),
        line("site.opened", "2026-11-02T07:50", "a2", ""),
        session("2026-11-03", "b"),
        line("site.opened", "2026-11-03T08:20", "b2", ""),
        session("2026-11-04", "c"),
        line(
            "ticket.issued",
            "2026-11-04T09:00",
            "c2",
            r#","ticket":"A1","service":"x""#,
        ),
        session("2026-11-05", "d"),
        session("2026-11-06", "e"),
    ];
    let decoder = Decoder::new(&Secret::new([1; 32]));
    let batch = decoder.ndjson(lines.join("\n").as_bytes(), None);
    let mut state = State::default();
    for event in batch.events() {
        state.apply(event);
    }
    let site: Name = "m1".into();
    let days = state
        .days
        .iter()
        .filter_map(|(day, sites)| Some((*day, sites.get(&site)?)));
    let sessions = of_point(&site, days, |_, _| 0, at("2026-11-06T07:00"));
    let kept: Vec<(Kept, u64)> = sessions.iter().map(|s| (s.kept, s.visits)).collect();
    assert_eq!(
        kept,
        [
            (Kept::Kept, 0),
            (Kept::Late, 0),
            (Kept::Visited, 1),
            (Kept::Missed, 0),
            (Kept::Ahead, 0)
        ]
    );
    assert_eq!(sessions[0].published, Some(at("2026-10-20T08:00")));
}
