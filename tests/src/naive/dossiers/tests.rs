//! Small cases of dossiers with answers worked out by hand.

use super::*;
use crate::events::{line, ndjson};
use crate::naive::read;
use serde_json::json;

/// The figures at `to` of one dossier: `(what, local time, due or "")`.
fn of(history: &[(&str, &str, &str)], from: &str, to: &str) -> Figures {
    let lines: Vec<String> = history
        .iter()
        .map(|(what, time, due)| {
            let mut data = json!({"dossier": "D1"});
            if *what == "submitted" {
                data = json!({"dossier": "D1", "procedure": "p", "field": "f", "site": "s", "agency": "a"});
            }
            if !due.is_empty() {
                data["due_at"] = json!(format!("{due}:00+07:00"));
            }
            line(&format!("dossier.{what}"), &format!("{time}:00+07:00"), &format!("{what}/{time}").replace('T', "-"), data)
        })
        .collect();
    report(
        &read(&ndjson(&lines)),
        Span::of(from, to),
        By::Nothing,
        &Units::new(),
    )
    .remove("")
    .expect("one row")
}

fn assert_figures(got: &Figures, expected: &[(&str, Value)]) {
    for (name, value) in expected {
        assert_eq!(got[name], *value, "{name}");
    }
}

#[test]
fn resolved_at_the_due_instant_is_on_time_and_a_minute_later_only_by_date() {
    let accepted = ("accepted", "2026-11-23T08:00", "2026-11-23T16:00");
    let on_time = of(
        &[accepted, ("resolved", "2026-11-23T16:00", "")],
        "2026-11-23",
        "2026-11-24",
    );
    assert_figures(
        &on_time,
        &[
            ("resolved_early_or_on_time", json!(1)),
            ("resolved_overdue", json!(0)),
            ("total", json!(1)),
            ("mean_working_hours", json!(7.0)),
        ],
    );
    let late = of(
        &[accepted, ("resolved", "2026-11-23T16:01", "")],
        "2026-11-23",
        "2026-11-24",
    );
    assert_figures(
        &late,
        &[
            ("resolved_overdue", json!(1)),
            ("resolved_overdue_by_date", json!(0)),
        ],
    );
}

#[test]
fn a_stopped_span_moves_the_due_date_by_its_working_time() {
    // Stopped Monday 15:00 to Wednesday 09:00: 2 h on Monday, none on the 24th (off), 1 h on
    // Wednesday. Due Monday 16:00 + 3 h = Wednesday 10:00.
    let history = [
        ("accepted", "2026-11-23T08:00", "2026-11-23T16:00"),
        ("supplement_requested", "2026-11-23T15:00", ""),
        ("supplemented", "2026-11-25T09:00", ""),
    ];
    let in_time = of(&history, "2026-11-23", "2026-11-25T10:00:00+07:00");
    assert_figures(
        &in_time,
        &[
            ("in_progress_in_time", json!(1)),
            ("in_progress_overdue", json!(0)),
        ],
    );
    let overdue = of(&history, "2026-11-23", "2026-11-25T10:00:01+07:00");
    assert_figures(
        &overdue,
        &[
            ("in_progress_overdue", json!(1)),
            ("in_progress_overdue_by_date", json!(0)),
        ],
    );
}

#[test]
fn while_the_clock_stands_nothing_becomes_overdue() {
    let history = [
        ("accepted", "2026-11-23T08:00", "2026-11-23T16:00"),
        ("suspended", "2026-11-23T15:59", ""),
    ];
    assert_figures(
        &of(&history, "2026-11-23", "2026-12-31"),
        &[("in_progress_in_time", json!(1))],
    );
}

#[test]
fn overlapping_spans_count_once_and_an_extension_counts_only_what_follows_it() {
    let history = [
        ("accepted", "2026-11-25T08:00", "2026-11-25T10:00"),
        ("suspended", "2026-11-25T08:30", ""),
        ("supplement_requested", "2026-11-25T08:30", ""),
        ("extended", "2026-11-25T09:00", "2026-11-25T14:00"),
        ("supplemented", "2026-11-25T10:00", ""),
        ("resumed", "2026-11-25T10:00", ""),
    ];
    // Of 08:30 to 10:00 one hour lies after the extension, once: due 15:00.
    assert_figures(
        &of(&history, "2026-11-25", "2026-11-25T15:00:00+07:00"),
        &[("in_progress_in_time", json!(1))],
    );
    assert_figures(
        &of(&history, "2026-11-25", "2026-11-25T15:00:01+07:00"),
        &[("in_progress_overdue", json!(1))],
    );
}

#[test]
fn events_at_or_after_to_are_not_known_yet() {
    let history = [
        ("submitted", "2026-11-23T08:00", ""),
        ("accepted", "2026-11-23T09:00", "2026-11-25T09:00"),
        ("resolved", "2026-11-25T08:30", ""),
    ];
    assert_figures(
        &of(&history, "2026-11-23", "2026-11-23T09:00:00+07:00"),
        &[
            ("submitted", json!(1)),
            ("awaiting_acceptance", json!(1)),
            ("total", json!(0)),
        ],
    );
    assert_figures(
        &of(&history, "2026-11-23", "2026-11-24"),
        &[
            ("in_progress_in_time", json!(1)),
            ("resolved", json!(0)),
            ("awaiting_acceptance", json!(0)),
        ],
    );
    assert_figures(
        &of(&history, "2026-11-25", "2026-11-26"),
        &[
            ("submitted", json!(0)),
            ("resolved_early_or_on_time", json!(1)),
            ("total", json!(1)),
        ],
    );
}

#[test]
fn open_without_a_due_date_counts_as_in_time() {
    let got = of(
        &[("accepted", "2026-11-23T09:00", "")],
        "2026-11-23",
        "2026-12-24",
    );
    assert_figures(
        &got,
        &[
            ("in_progress_in_time", json!(1)),
            ("no_due_date", json!(1)),
            ("mean_working_hours", Value::Null),
        ],
    );
}

#[test]
fn the_second_request_counts_where_it_falls() {
    let history = [
        ("accepted", "2026-11-23T08:00", ""),
        ("supplement_requested", "2026-11-23T09:00", ""),
        ("supplemented", "2026-11-23T10:00", ""),
        ("supplement_requested", "2026-11-25T09:00", ""),
    ];
    assert_eq!(
        of(&history, "2026-11-23", "2026-11-24")["supplement_twice"],
        0
    );
    assert_eq!(
        of(&history, "2026-11-25", "2026-11-26")["supplement_twice"],
        1
    );
}

#[test]
fn stopped_time_is_not_worked() {
    let history = [
        ("submitted", "2026-11-23T08:00", ""),
        ("digitised", "2026-11-23T11:00", ""),
        ("suspended", "2026-11-23T11:00", ""),
        ("resumed", "2026-11-23T14:00", ""),
        ("resolved", "2026-11-23T15:00", ""),
    ];
    // 08–15 is 6 working hours, 11–14 of it stopped holds 2.
    assert_figures(
        &of(&history, "2026-11-23", "2026-11-24"),
        &[
            ("mean_working_hours", json!(4.0)),
            ("digitised_before", json!(1)),
            ("resolved_early_or_on_time", json!(1)),
        ],
    );
}
