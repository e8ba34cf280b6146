//! The rules' own vectors, a second source for the days off, and a counter of minutes.

use std::fmt::Write as _;

use super::*;
use ingest::event::EventTime;
use ingest::event::time::Day;
use proptest::prelude::*;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn day(s: &str) -> Day {
    Day::parse_iso(s).unwrap()
}

fn shipped() -> Calendars {
    Calendars::shipped().unwrap()
}

/// Domain rules §4.3: working days a year and a month.
#[test]
fn working_days_of_the_years_are_those_of_the_rules() {
    let calendars = shipped();
    let days = |y: i16, months: std::ops::RangeInclusive<i8>| {
        months
            .flat_map(|m| (1..=31).filter_map(move |d| jiff::civil::Date::new(y, m, d).ok()))
            .filter(|date| calendars.city().works_on(Day::from_date(*date)))
            .count()
    };
    assert_eq!(
        [2024, 2025, 2026, 2027].map(|y| days(y, 1..=12)),
        [251, 250, 249, 249]
    );
    let months: Vec<usize> = (1..=12).map(|m| days(2026, m..=m)).collect();
    assert_eq!(months, [21, 15, 22, 20, 20, 22, 23, 21, 20, 22, 20, 23]);
    assert!(calendars.is_announced(2026) && !calendars.is_announced(2027));
}

/// Weekdays off as the library `holidays` 0.109 (country VN) prints them, from 2024 to 2030. Of the announced swaps it
/// lacks 2026-01-02 (domain rules §4.2).
#[test]
fn days_off_are_those_of_a_second_source() {
    let second = [
        (
            2024,
            "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03",
        ),
        (
            2025,
            "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02",
        ),
        (
            2026,
            "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24",
        ),
        (
            2027,
            "01-01 02-04 02-05 02-08 02-09 02-10 04-16 04-30 05-03 09-02 09-03 11-24",
        ),
        (
            2028,
            "01-03 01-24 01-25 01-26 01-27 01-28 04-04 05-01 05-02 09-01 09-04 11-24",
        ),
        (
            2029,
            "01-01 02-12 02-13 02-14 02-15 02-16 04-23 04-30 05-01 09-03 09-04 11-26",
        ),
        (
            2030,
            "01-01 01-31 02-01 02-04 02-05 02-06 04-12 04-30 05-01 09-02 09-03 11-25",
        ),
    ];
    // The last three have no entry yet: an empty one gives them the computed days.
    let entries = [2028, 2029, 2030].map(|year| format!("[[announced]]\nyear = {year}\n"));
    let calendars = Calendars::with(&entries.concat()).unwrap();
    for (year, off) in second {
        let days = (1..=12).flat_map(|m| (1..=31).map(move |d| (m, d)));
        let ours = days.filter_map(|(m, d)| {
            let day = Day::from_date(jiff::civil::Date::new(year, m, d).ok()?);
            let is_off = day.weekday() < 5 && !calendars.city().works_on(day);
            is_off.then(|| day.to_string()[5..].to_owned())
        });
        assert_eq!(ours.collect::<Vec<_>>().join(" "), off, "{year}");
    }
}

/// A year without an entry uses weekends and the fixed dates alone (the event contract).
#[test]
fn a_year_without_an_entry_has_the_fixed_dates_off() {
    let calendars = shipped();
    for (date, is_worked) in [
        ("2012-01-23", true),
        ("2012-04-30", false),
        ("2012-05-01", false),
        ("2012-11-24", false),
        ("2031-01-23", true),
        ("2031-01-01", false),
        ("2031-11-24", false),
    ] {
        assert_eq!(calendars.city().works_on(day(date)), is_worked, "{date}");
    }
    assert!(!calendars.is_announced(2031) && !calendars.is_announced(2027));
}

/// The new years and the days of the Hùng kings that domain rules §4.2 give, and new years of the last century and this
/// whose months differ from the Chinese calendar's (1968, 1985, 2007).
#[test]
fn lunar_days_are_those_of_known_years() {
    for (year, first) in [
        (1968, "1968-01-29"),
        (1985, "1985-01-21"),
        (2007, "2007-02-17"),
        (2023, "2023-01-22"),
        (2024, "2024-02-10"),
        (2025, "2025-01-29"),
        (2026, "2026-02-17"),
        (2027, "2027-02-06"),
    ] {
        assert_eq!(lunar::new_year(year).to_string(), first);
    }
    for (year, kings) in [
        (2023, "2023-04-29"),
        (2024, "2024-04-18"),
        (2025, "2025-04-07"),
        (2026, "2026-04-26"),
        (2027, "2027-04-16"),
    ] {
        assert_eq!(lunar::day_of(year, 3, 10).to_string(), kings);
    }
}

/// Domain rules §4.3: received, working days, due.
#[test]
fn due_dates_are_those_of_the_rules() {
    let calendars = shipped();
    let c = calendars.city();
    for (received, days, due) in [
        ("2026-01-08", 2, "2026-01-10"),
        ("2026-02-12", 3, "2026-02-24"),
        ("2026-04-24", 2, "2026-04-29"),
        ("2026-08-20", 3, "2026-08-24"),
        ("2026-08-28", 1, "2026-09-03"),
        ("2026-11-20", 5, "2026-11-30"),
        ("2026-12-30", 2, "2027-01-04"),
    ] {
        let got = c.add(
            at(&format!("{received}T10:00")),
            i64::from(days) * 8 * HOUR_US,
        );
        assert_eq!(got, at(&format!("{due}T10:00")), "{received} + {days}");
        assert_eq!(c.day_after(day(received), days), day(due));
    }
}

#[test]
fn time_outside_sessions_counts_nothing() {
    let calendars = shipped();
    let c = calendars.city();
    assert_eq!(c.between(at("2026-11-20T17:00"), at("2026-11-23T08:00")), 0);
    assert_eq!(
        c.between(at("2026-11-20T11:30"), at("2026-11-20T13:30")),
        HOUR_US
    );
    assert_eq!(
        c.between(at("2026-11-23T08:00"), at("2026-11-24T17:00")),
        8 * HOUR_US,
        "24/11 is a holiday"
    );
    assert_eq!(
        c.add(at("2026-11-20T18:00"), 1),
        EventTime(at("2026-11-23T08:00").0 + 1)
    );
    assert_eq!(
        c.add(at("2026-11-20T16:00"), HOUR_US),
        at("2026-11-20T17:00")
    );
    let next = |t: &str| c.next_worked(at(t));
    assert_eq!(next("2026-11-20T18:00"), at("2026-11-23T08:00"));
    assert_eq!(next("2026-11-20T12:00"), at("2026-11-20T13:00"));
    assert_eq!(next("2026-11-20T09:30"), at("2026-11-20T09:30"));
    assert_eq!(c.closes(day("2026-11-20")), Some(at("2026-11-20T17:00")));
    assert_eq!(c.closes(day("2026-11-24")), None);
}

const OWN: &str = r#"
[[hours]]
of = ["site/00004", "agency/dept/justice"]
effective_from = "2026-06-01"
weekdays = ["07:30-11:30", "13:30-17:00"]
saturday = ["08:00-12:00"]

[[hours]]
of = ["site/00004"]
effective_from = "2026-12-01"
weekdays = ["08:00-12:00", "11:00-17:00"]

[[day]]
of = ["site/00004"]
day = "2026-11-25"
spans = ["08:00-11:30"]

[[day]]
day = "2026-11-26"

[[announced]]
year = 2027
off = ["2027-05-04"]
working = ["2027-05-08"]
"#;

#[test]
fn points_and_agencies_have_hours_of_their_own() {
    let calendars = Calendars::with(OWN).unwrap();
    let (city, site) = (calendars.city(), calendars.of_site("00004"));
    let justice = calendars.of_agency("dept/justice");
    assert_eq!(calendars.of_site("00005"), city);
    assert_eq!(calendars.of_agency("00004"), city, "a point is no agency");
    let hours = |c: &Calendar, date: &str| {
        let day = day(date);
        hours(c.between(day.start(), day.end()))
    };
    // Before its hours began they are the city's.
    assert_eq!(
        (hours(city, "2026-05-29"), hours(site, "2026-05-29")),
        (8.0, 8.0)
    );
    assert_eq!(hours(site, "2026-06-01"), 7.5);
    assert_eq!(
        (hours(city, "2026-06-06"), hours(site, "2026-06-06")),
        (0.0, 4.0)
    );
    // A holiday is off for all, a swapped Saturday has weekdays' hours.
    assert_eq!(hours(site, "2026-11-24"), 0.0);
    assert_eq!(hours(site, "2026-08-22"), 7.5);
    // Single days: the point's own, and everybody's.
    assert_eq!(
        (hours(site, "2026-11-25"), hours(city, "2026-11-25")),
        (3.5, 8.0)
    );
    assert_eq!(hours(justice, "2026-11-25"), 7.5);
    assert_eq!(
        (hours(justice, "2026-11-26"), hours(city, "2026-11-26")),
        (0.0, 0.0)
    );
    // Spans that overlap count once, and that is told.
    assert_eq!(hours(site, "2026-12-01"), 9.0);
    assert_eq!(calendars.remarks().len(), 1, "{:?}", calendars.remarks());
    assert!(calendars.is_announced(2027));
    assert_eq!(
        (hours(city, "2027-05-04"), hours(city, "2027-05-08")),
        (0.0, 8.0)
    );
}

#[test]
fn what_cannot_be_read_says_what_to_write() {
    for (text, word) in [
        ("[[hours]]\nweekdays = []", "effective_from"),
        ("[[hours]]\neffective_from = \"1.6.2026\"", "2026-11-23"),
        (
            "[[hours]]\neffective_from = \"2026-06-01\"\nweekdays = [\"12:00-08:00\"]",
            "08:00-12:00",
        ),
        (
            "[[hours]]\neffective_from = \"2026-06-01\"\nweekdays = [\"08:00-24:30\"]",
            "08:00-12:00",
        ),
        ("[[day]]\nof = [\"00004\"]\nday = \"2026-06-01\"", "site/"),
        ("[[announced]]\nyear = 2027\noff = [\"2026-05-04\"]", "2027"),
        ("[[holiday]]\nday = \"2026-06-01\"", "holiday"),
    ] {
        let error = Calendars::with(text).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against a counter of minutes that asks each minute of a span whether it is worked, with hours of any kind.
    #[test]
    fn agrees_with_counting_minutes(
        week in proptest::collection::vec(proptest::collection::vec((0..24_i64, 0..60_i64, 1..400_i64), 0..4), 7),
        start in 0_i64..1_000_000, length in 0_i64..20_000,
    ) {
        let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let spans = |day: &[(i64, i64, i64)]| -> Vec<String> {
            let spans = day.iter().map(|(h, m, length)| (h * 60 + m, (h * 60 + m + length).min(24 * 60)));
            spans.map(|(from, to)| format!("\"{}-{}\"", clock(from), clock(to))).collect()
        };
        let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let mut text = "[[hours]]\nof = [\"site/a\"]\neffective_from = \"2024-03-01\"\n".to_owned();
        for (name, day) in names.iter().zip(&week) {
            let _ = writeln!(text, "{name} = [{}]", spans(day).join(", "));
        }
        let calendars = Calendars::with(&text).unwrap();
        let (city, site) = (calendars.city(), calendars.of_site("a"));
        let is_worked = |t: EventTime| {
            let minute = t.local_time_of_day_us() / 60_000_000;
            let day = t.day();
            if day < self::day("2024-03-01") {
                return city.works_on(day) && (8 * 60..17 * 60).contains(&minute) && minute / 60 != 12;
            }
            let is_off = day.weekday() < 5 && !city.works_on(day);
            // A Saturday that makes up for a day off has weekdays' hours, of which there are none.
            let is_swapped = day.weekday() >= 5 && city.works_on(day);
            let mut spans = week[usize::from(day.weekday())].iter();
            !is_off && !is_swapped && spans.any(|(h, m, length)| (h * 60 + m..h * 60 + m + length).contains(&minute))
        };
        let from = at("2024-01-01T00:00").plus_seconds(start * 60);
        let to = from.plus_seconds(length * 60);
        let worked = (0..length).filter(|m| is_worked(from.plus_seconds(m * 60))).count() as i64;
        prop_assert_eq!(site.between(from, to), worked * 60_000_000);
        let next = site.next_worked(from);
        prop_assert_eq!(site.between(from, next), 0);
        prop_assert!(next > from.plus_seconds(length * 60) || is_worked(next));
    }

    #[test]
    fn add_is_the_inverse(start in 0_i64..90_000_000, work in 1_i64..5_000_000_000_000) {
        let calendars = shipped();
        let c = calendars.city();
        let from = at("2024-01-01T00:00").plus_seconds(start);
        let to = c.add(from, work);
        prop_assert_eq!(c.between(from, to), work);
        prop_assert!(c.between(from, EventTime(to.0 - 1)) < work, "the first such instant");
    }
}
