//! Small cases of visits with answers worked out by hand.

use super::*;
use crate::events::{DAY, NEXT_DAY, line, ndjson, ticket};
use crate::naive::read;
use serde_json::json;

/// The figures of a few ticket events of one ticket, each `(what, time)`.
fn of(history: &[(&str, &str)]) -> Figures {
    let lines: Vec<String> = history
        .iter()
        .map(|(what, time)| ticket(what, time, "00004", "A1"))
        .collect();
    let mut rows = report(
        &read(&ndjson(&lines)),
        Span::of(DAY, NEXT_DAY),
        By::Nothing,
        &Units::new(),
    );
    rows.remove("").expect("one row")
}

fn assert_figures(got: &Figures, expected: &[(&str, Value)]) {
    for (name, value) in expected {
        assert_eq!(got[name], *value, "{name}");
    }
}

#[test]
fn a_plain_visit_waits_from_issued_to_started() {
    let got = of(&[
        ("issued", "08:00"),
        ("called", "08:09"),
        ("started", "08:10"),
        ("finished", "08:30"),
    ]);
    assert_figures(
        &got,
        &[
            ("visits", json!(1)),
            ("started", json!(1)),
            ("finished", json!(1)),
            ("unresolved", json!(0)),
            ("mean_wait_s", json!(600.0)),
            ("over_15min", json!(0)),
            ("mean_transaction_s", json!(1200.0)),
            ("over_15min_per_dossier", json!(0)),
            ("mean_transaction_per_dossier_s", Value::Null),
            ("mean_rewait_s", Value::Null),
            ("approximate", json!(0)),
        ],
    );
}

#[test]
fn exactly_fifteen_minutes_is_not_over() {
    assert_eq!(
        of(&[("issued", "08:00:00"), ("started", "08:15:00")])["over_15min"],
        0
    );
    assert_eq!(
        of(&[("issued", "08:00:00"), ("started", "08:15:01")])["over_15min"],
        1
    );
}

#[test]
fn a_transfer_before_the_start_is_waited_across_and_one_after_begins_a_rewait() {
    let got = of(&[
        ("issued", "08:00"),
        ("transferred", "08:05"),
        ("started", "08:10"),
        ("finished", "08:20"),
        ("transferred", "08:21"),
        ("started", "08:31"),
        ("finished", "08:36"),
    ]);
    assert_figures(
        &got,
        &[
            ("mean_wait_s", json!(600.0)),
            ("mean_rewait_s", json!(600.0)),
            ("mean_transaction_s", json!(450.0)), // 10 and 5 minutes
            ("visits", json!(1)),
            ("started", json!(1)),
            ("finished", json!(1)),
        ],
    );
}

#[test]
fn the_first_start_ends_the_wait_and_the_greatest_begins_the_transaction() {
    let got = of(&[
        ("issued", "08:00"),
        ("started", "08:10"),
        ("started", "08:12"),
        ("finished", "08:20"),
    ]);
    assert_figures(
        &got,
        &[
            ("mean_wait_s", json!(600.0)),
            ("mean_transaction_s", json!(480.0)),
        ],
    );
}

#[test]
fn the_last_call_before_the_finish_stands_in_for_a_missing_start() {
    let got = of(&[
        ("issued", "08:00"),
        ("called", "08:05"),
        ("called", "08:07"),
        ("finished", "08:17"),
        ("called", "08:20"),
    ]);
    assert_figures(
        &got,
        &[
            ("approximate", json!(1)),
            ("started", json!(1)),
            ("mean_wait_s", json!(420.0)),
            ("mean_transaction_s", json!(600.0)),
        ],
    );
}

#[test]
fn a_finish_without_start_or_call_gives_no_wait() {
    let got = of(&[("issued", "08:00"), ("finished", "08:17")]);
    assert_figures(
        &got,
        &[
            ("started", json!(0)),
            ("finished", json!(1)),
            ("approximate", json!(0)),
            ("mean_wait_s", Value::Null),
        ],
    );
}

#[test]
fn a_negative_wait_is_implausible_and_in_no_mean() {
    let got = of(&[
        ("started", "08:00"),
        ("issued", "08:05"),
        ("finished", "08:10"),
    ]);
    assert_figures(
        &got,
        &[
            ("implausible", json!(1)),
            ("mean_wait_s", Value::Null),
            ("started", json!(1)),
            ("mean_transaction_s", json!(600.0)),
        ],
    );
}

#[test]
fn a_ticket_without_end_is_unresolved_and_one_without_issue_a_walk_in() {
    assert_figures(
        &of(&[("issued", "08:00"), ("started", "08:05")]),
        &[("unresolved", json!(1)), ("abandoned", json!(0))],
    );
    assert_figures(
        &of(&[("started", "08:00"), ("finished", "08:05")]),
        &[
            ("visits", json!(0)),
            ("walk_in", json!(1)),
            ("mean_transaction_s", Value::Null),
        ],
    );
}

#[test]
fn an_end_on_the_next_day_belongs_to_another_ticket() {
    let got = of(&[
        ("issued", "23:50"),
        ("finished", "2026-11-24T00:10:00+07:00"),
    ]);
    assert_figures(
        &got,
        &[
            ("visits", json!(1)),
            ("unresolved", json!(1)),
            ("finished", json!(0)),
        ],
    );
}

#[test]
fn dossiers_share_the_seconds_of_a_transaction() {
    let lines = [
        ticket("issued", "08:00", "00004", "A1"),
        ticket("started", "08:00", "00004", "A1"),
        line(
            "ticket.finished",
            "08:40",
            "f",
            json!({"site": "00004", "ticket": "A1", "dossiers": 4}),
        ),
    ];
    let rows = report(
        &read(&ndjson(&lines)),
        Span::of(DAY, NEXT_DAY),
        By::Counter,
        &Units::new(),
    );
    let got = &rows["00004/1"];
    assert_eq!(got["mean_transaction_per_dossier_s"], 600.0);
    assert_eq!(got["over_15min_per_dossier"], 0);
}

#[test]
fn a_transfer_after_a_stand_in_begins_a_second_leg_too() {
    let got = of(&[
        ("issued", "08:00"),
        ("called", "08:05"),
        ("finished", "08:10"),
        ("transferred", "08:11"),
        ("started", "08:21"),
        ("finished", "08:25"),
    ]);
    assert_figures(
        &got,
        &[
            ("mean_wait_s", json!(300.0)),
            ("mean_rewait_s", json!(600.0)),
            ("mean_transaction_s", json!(270.0)), // 5 and 4 minutes
            ("approximate", json!(1)),
            ("finished", json!(1)),
        ],
    );
}
