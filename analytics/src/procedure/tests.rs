//! Procedures as data, and due dates against the table of domain rules §4.3 and a count of days by hand.

use super::*;
use crate::calendar::Calendars;
use proptest::prelude::*;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn with(limit: &str) -> Procedure {
    let text =
        format!("[[procedure]]\ncode = \"1.990001\"\neffective_from = \"2020-01-01\"\n{limit}\n");
    let procedures = Procedures::with(&text).unwrap();
    procedures
        .of("1.990001", Day::parse_iso("2026-01-01").unwrap())
        .clone()
}

fn due_of(limit: &str, received: &str) -> EventTime {
    let calendars = Calendars::shipped().unwrap();
    with(limit).due(at(received), calendars.city()).unwrap().due
}

#[test]
fn working_days_are_those_of_the_published_table() {
    for (received, days, due) in [
        ("2026-01-08", 2, "2026-01-10"),
        ("2026-02-12", 3, "2026-02-24"),
        ("2026-04-24", 2, "2026-04-29"),
        ("2026-08-20", 3, "2026-08-24"),
        ("2026-08-28", 1, "2026-09-03"),
        ("2026-11-20", 5, "2026-11-30"),
        ("2026-12-30", 2, "2027-01-04"),
    ] {
        let limit = format!("limit = {{ working_days = {days} }}");
        let expected = at(&format!("{due}T17:00"));
        assert_eq!(
            due_of(&limit, &format!("{received}T09:30")),
            expected,
            "{received} + {days}"
        );
        let limit = format!("{limit}\nends_with_day = false");
        let expected = at(&format!("{due}T09:30"));
        assert_eq!(
            due_of(&limit, &format!("{received}T09:30")),
            expected,
            "{received} + {days}"
        );
    }
}

#[test]
fn late_and_idle_hours_count_from_the_next_working_time() {
    let days = "limit = { working_days = 1 }\nends_with_day = false";
    // Friday evening is Monday morning; the lunch hour is the afternoon's begin.
    assert_eq!(due_of(days, "2026-11-06T18:00"), at("2026-11-10T08:00"));
    assert_eq!(due_of(days, "2026-11-05T12:20"), at("2026-11-06T13:00"));
    let late = format!("{days}\nlate_receipt = \"16:00\"");
    assert_eq!(due_of(&late, "2026-11-05T16:00"), at("2026-11-06T16:00"));
    assert_eq!(due_of(&late, "2026-11-05T16:01"), at("2026-11-09T08:00"));
    let hours = "limit = { working_hours = 8 }";
    assert_eq!(due_of(hours, "2026-11-05T15:00"), at("2026-11-06T15:00"));
    // Ten calendar days end on a Sunday.
    assert_eq!(
        due_of("limit = { days = 10 }", "2026-11-05T09:00"),
        at("2026-11-16T17:00")
    );
    let same = "limit = { same_day = true }\nsame_day_cutoff = \"15:00\"";
    assert_eq!(due_of(same, "2026-11-05T15:00"), at("2026-11-05T17:00"));
    assert_eq!(due_of(same, "2026-11-05T15:01"), at("2026-11-06T17:00"));
    // Friday afternoon, late.
    assert_eq!(due_of(same, "2026-11-06T16:30"), at("2026-11-09T17:00"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// A due date by working days has exactly so many worked days after the one that reception counts on.
    #[test]
    fn so_many_worked_days_lie_between(minute in 0_i64..525_600, days in 1_u32..60) {
        let calendars = Calendars::shipped().unwrap();
        let calendar = calendars.city();
        let received = at("2026-01-01T00:00").plus_seconds(minute * 60);
        let computed = with(&format!("limit = {{ working_days = {days} }}"))
            .due(received, calendar).unwrap();
        let first = computed.counted_from.day().0 + 1;
        let worked = (first..=computed.due.day().0).filter(|d| calendar.works_on(Day(*d))).count();
        prop_assert_eq!(worked as u32, days);
        prop_assert!(calendar.works_on(computed.counted_from.day()) && computed.counted_from >= received);
        prop_assert_eq!(calendar.between(received, computed.counted_from), 0);
    }
}

#[test]
fn codes_are_compared_as_the_national_ones_are() {
    assert_eq!(comparable("2.000815.000.00.00.H26"), "2.000815");
    assert_eq!(comparable("2.000815"), "2.000815");
    for whole in [
        "2.0008151",
        "certification",
        "A.000815.x",
        "đ.00081",
        "2,000815.000",
    ] {
        assert_eq!(comparable(whole), whole);
    }
    let procedures = Procedures::shipped().unwrap();
    let day = Day::parse_iso("2026-11-26").unwrap();
    assert!(
        procedures
            .of("2.000815.000.00.00.H26", day)
            .same_day_cutoff
            .is_some()
    );
    assert_eq!(procedures.of("nobody's", day).limit, None);
}

#[test]
fn a_dossier_is_under_the_rule_of_its_day() {
    let text = "[[procedure]]\ncode = \"1.990001\"\neffective_from = \"2026-07-01\"\nlimit = { working_days = 3 }\n\
        [[procedure]]\ncode = \"1.990001\"\neffective_from = \"2026-01-01\"\nlimit = { working_days = 5 }\n";
    let procedures = Procedures::with(text).unwrap();
    let on = |day: &str| {
        procedures
            .of("1.990001", Day::parse_iso(day).unwrap())
            .limit
    };
    assert_eq!(on("2025-12-31"), None);
    assert_eq!(on("2026-01-01"), Some(Limit::WorkingDays(5)));
    assert_eq!(on("2026-06-30"), Some(Limit::WorkingDays(5)));
    assert_eq!(on("2026-07-01"), Some(Limit::WorkingDays(3)));
}

#[test]
fn what_cannot_be_meant_is_refused_and_says_what_to_write() {
    let head = "[[procedure]]\ncode = \"1.990001\"\neffective_from = \"2026-01-01\"\n";
    for (text, says) in [
        (
            format!("{head}limit = {{ working_days = 0 }}"),
            "working_days = 3",
        ),
        (
            format!("{head}limit = {{ working_days = 1, days = 2 }}"),
            "is one of",
        ),
        (format!("{head}same_day_cutoff = \"25:00\""), "15:00"),
        (format!("{head}clock = \"none\""), "no clock `none`"),
        (format!("{head}colour = \"red\""), "colour"),
        (
            "[[procedure]]\ncode = \"x\"\neffective_from = \"1/1/2026\"".to_owned(),
            "2026-11-23",
        ),
        ("[[clock]]\nkind = \"contract\"".to_owned(), "another kind"),
        (
            "[[clock]]\nkind = \"a\"\nstart = [\"paid\"]".to_owned(),
            "start",
        ),
        (
            "[[clock]]\nkind = \"a\"\nstop = [\"stopped\"]".to_owned(),
            "resolved",
        ),
        (
            "[[clock]]\nkind = \"a\"\npause = [[\"resolved\", \"taken\"]]".to_owned(),
            "pause",
        ),
    ] {
        let error = Procedures::with(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let twice = format!("{head}{head}");
    assert_eq!(Procedures::with(&twice).unwrap().remarks().len(), 1);
}
