//! The definitions against what is published, and the arithmetic of points.

mod indicators;

use super::definition::{Definitions, Indicator};
use super::period::Period;
use super::score::{Ratio, band, points, points_each, score};
use ingest::event::EventTime;
use ingest::event::time::Day;
use proptest::prelude::*;

fn at(s: &str) -> EventTime {
    EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
}

fn day(s: &str) -> Day {
    Day::parse_iso(s).unwrap()
}

#[test]
fn groups_have_the_published_maxima_and_add_up_to_a_hundred() {
    let definitions = Definitions::shipped().unwrap();
    for (on, indicators) in [("2024-07-31", 21), ("2026-11-26", 17)] {
        let version = definitions.on(day(on));
        let maxima: Vec<(&str, f64)> = version.groups.iter().map(|g| (&*g.code, g.max)).collect();
        let published = [
            ("1", 18.0),
            ("2", 20.0),
            ("3A", 12.0),
            ("3B", 10.0),
            ("4", 22.0),
            ("5", 18.0),
        ];
        assert_eq!(maxima, published);
        assert_eq!(version.indicators.iter().map(|i| i.max).sum::<f64>(), 100.0);
        assert_eq!(version.indicators.len(), indicators, "{on}");
        assert!(!version.is_verified);
    }
    assert_eq!(definitions.on(day("1999-01-01")).name, "766-2022");
}

#[test]
fn the_published_scores_of_july_2024_do_not_add_up_and_are_kept_as_they_are() {
    let definitions = Definitions::shipped().unwrap();
    let july = &definitions.baselines[0];
    assert!((july.sum() - 57.8).abs() < 1e-9);
    assert_eq!((july.total, &*july.period), (58.86, "2024-07"));
    let version = definitions.on(day("2024-07-31"));
    for (group, points) in &july.points {
        let group = version.groups.iter().find(|g| g.code == *group).unwrap();
        assert!(*points <= group.max);
    }
}

#[test]
fn periods_are_months_quarters_and_years() {
    for (text, from, to) in [
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01"),
        ("2026", "2026-01-01", "2027-01-01"),
    ] {
        let period = Period::parse(text).unwrap();
        assert_eq!(
            (period.start(), period.end()),
            (day(from).start(), day(to).start()),
            "{text}"
        );
        assert_eq!(period.to_string(), text);
    }
    for wrong in [
        "",
        "2026-",
        "2026-13",
        "2026-0",
        "2026-Q5",
        "2026-Q",
        "26-11",
        "2026-11-01",
        "2026_11",
        "đ026-11",
        "1026-01",
    ] {
        assert!(Period::parse(wrong).is_none(), "{wrong}");
    }
    assert_eq!(
        Period::month_of(at("2026-11-30T23:59")).to_string(),
        "2026-11"
    );
}

fn indicator(max: f64, cap: Option<f64>) -> Indicator {
    let definitions = Definitions::shipped().unwrap();
    let mut one = definitions.on(day("2022-07-01")).indicators[0].clone();
    (one.max, one.cap) = (max, cap);
    one
}

#[test]
fn a_cap_gives_all_points_from_its_share_on() {
    let capped = indicator(6.0, Some(0.5));
    assert_eq!(points(&capped, 0.5), 6.0);
    assert_eq!(points(&capped, 0.9), 6.0);
    assert_eq!(points(&capped, 0.25), 3.0);
    assert_eq!(points(&indicator(20.0, None), 0.95), 19.0);
    let each = |good: f64, all: f64| points_each(&capped, Ratio { good, all });
    assert_eq!(
        each(10.0, 100.0),
        Some(points(&capped, 0.11) - points(&capped, 0.10))
    );
    assert_eq!(each(60.0, 100.0), Some(0.0));
    assert_eq!(each(0.0, 0.0), None);
    for (points, expected) in [
        (90.0, "excellent"),
        (89.99, "good"),
        (80.0, "good"),
        (70.0, "fair"),
        (50.0, "average"),
        (49.9, "weak"),
    ] {
        assert_eq!(band(points), expected);
    }
}

proptest! {
    /// Points lie between none and all, never fall with a better share, and what is lost and what is there are the whole.
    #[test]
    fn points_follow_the_share(good in 0_u32..500, more in 0_u32..500, max in 1.0_f64..20.0, cap in proptest::option::of(0.1_f64..1.0)) {
        let all = f64::from(good + more).max(1.0);
        let (one, ratio) = (indicator(max, cap), Ratio { good: f64::from(good), all });
        let scored = score(&one, Some(ratio), 0, false);
        let now = scored.points.unwrap();
        prop_assert!((0.0..=max).contains(&now));
        prop_assert!((now + scored.lost.unwrap() - max).abs() < 1e-9);
        let each = scored.points_each.unwrap();
        prop_assert!(each >= 0.0 && now + each <= max + 1e-9);
        prop_assert!(each * f64::from(more) + 1e-9 >= scored.lost.unwrap() || cap.is_some());
    }
}
