//! Briefings of made-up weeks: what they say, and what they do not say when there is little to say it from.

pub(super) mod week;

use proptest::prelude::*;

use super::model::{Rule, Trend, Verdict, Warning};
use super::tables::Tables;
use crate::figures::Family;
use crate::figures::group::By;
use crate::figures::table::{Figure, Row, Table};
use week::Week;

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs() + b.abs())
}

#[test]
fn figures_stand_beside_the_week_before_and_their_targets() {
    let briefing = Week::usual().brief();
    let wait = briefing.headline("mean_wait_s").unwrap();
    assert_eq!(wait.now.value, Some(822.0));
    assert_eq!(wait.now.sample, Some(1_000.0));
    assert_eq!(wait.previous.value, Some(720.0));
    assert_eq!((wait.trend, wait.verdict), (Trend::Worse, Verdict::Met));
    assert_eq!(wait.last_year.value, None);
    let overdue = briefing.headline("in_progress_overdue").unwrap();
    assert_eq!(
        (overdue.trend, overdue.verdict),
        (Trend::Better, Verdict::Missed)
    );
    // 185 of 200: its interval holds the target.
    let satisfied = briefing.headline("satisfied_share").unwrap();
    assert_eq!(satisfied.verdict, Verdict::Uncertain);
    assert_eq!(satisfied.may_be_chance, Some(true));
    assert_eq!(briefing.warnings, [Warning::NoLastYear]);
    let text = serde_json::to_value(&briefing).unwrap();
    assert_eq!(text["headlines"][1]["value"], 822.0);
    assert_eq!(
        text["headlines"][1]["last_year"]["value"],
        serde_json::Value::Null
    );
}

#[test]
fn a_change_is_split_to_the_last_digit() {
    let briefing = Week::usual().brief();
    let wait = briefing.movement("mean_wait_s").unwrap();
    assert!(near(wait.change, 102.0));
    for split in &wait.splits {
        let parts: f64 = split.parts.iter().map(super::decompose::Part::total).sum();
        assert!(near(parts + split.rest, wait.change), "{split:?}");
        assert!(split.rest.abs() < 1e-9);
    }
    let worst = &wait.splits[0].parts[0];
    assert_eq!(worst.name.as_deref(), Some("Phường Hoàn Kiếm"));
}

#[test]
fn the_first_three_rules_that_find_something_propose_something() {
    let rules =
        |week: &Week| -> Vec<Rule> { week.brief().decisions.iter().map(|d| d.rule).collect() };
    let mut week = Week::usual();
    assert_eq!(
        rules(&week),
        [Rule::OverdueAgency, Rule::LongWait, Rule::LateAnswers]
    );
    // A point with few visits proves nothing.
    let few = week.now.by_site.get_mut("00070").unwrap();
    few.set("visits.started", 29.0);
    assert_eq!(rules(&week)[1], Rule::LateAnswers);
    let unsure = week.now.by_site.get_mut("00004").unwrap();
    unsure.set("ratings.ratings", 200.0);
    unsure.set("ratings.satisfied", 100.0);
    assert_eq!(rules(&week)[1], Rule::Unsatisfied);
}

#[test]
fn a_week_without_anything_knows_nothing_and_says_so() {
    let mut week = Week::usual();
    week.now = Tables::default();
    for (family, columns) in [
        (Family::Visits, crate::figures::visits::COLUMNS),
        (Family::Dossiers, crate::figures::dossiers::COLUMNS),
        (Family::Ratings, crate::figures::ratings::COLUMNS),
        (Family::Duties, crate::figures::duties::COLUMNS),
        (Family::Feedback, crate::figures::feedback::COLUMNS),
    ] {
        // As the families answer: nought for counts, nothing for means.
        let figures = columns.iter().map(|name| {
            let is_mean = ["mean", "p50", "p9", "share", "low", "high"];
            if is_mean.iter().any(|word| name.contains(word)) {
                Figure::None
            } else {
                Figure::Count(0)
            }
        });
        let row = Row {
            key: String::new(),
            figures: figures.collect(),
        };
        week.now.take(family, None, &Table::new(columns, vec![row]));
    }
    let briefing = week.brief();
    assert!(briefing.warnings.contains(&Warning::NoData));
    for headline in &briefing.headlines {
        assert_eq!(headline.now.value, None, "{}", headline.code);
        assert_eq!(headline.verdict, Verdict::NoData);
        assert_eq!(headline.trend, Trend::Unknown);
    }
    assert!(briefing.movements.is_empty() && briefing.index.is_none());
    assert_eq!(briefing.feedback.received, None);
    assert_eq!(
        briefing.network.stopped, None,
        "silence of all is no closing"
    );
    let rules: Vec<Rule> = briefing.decisions.iter().map(|d| d.rule).collect();
    assert_eq!(rules, [Rule::NoData]);
}

#[test]
fn a_first_week_has_nothing_to_compare_with() {
    let mut week = Week::usual();
    week.previous = None;
    let briefing = week.brief();
    assert!(briefing.warnings.contains(&Warning::NoPrevious));
    assert!(briefing.movements.is_empty());
    assert!(briefing.headlines.iter().all(|h| h.trend == Trend::Unknown));
    // A week before in which nothing was told is none.
    week.previous = Some(Tables::default());
    assert_eq!(week.brief(), briefing);
}

#[test]
fn one_point_alone_and_days_without_data_are_said() {
    let mut week = Week::usual();
    week.now.by_site.retain(|site, _| site == "00004");
    week.now
        .by_hour
        .retain(|hour, _| !hour.starts_with("2026-11-18"));
    let briefing = week.brief();
    assert!(briefing.warnings.contains(&Warning::OnePoint));
    assert!(briefing.warnings.contains(&Warning::DaysWithoutData));
    let days: Vec<String> = briefing
        .quality
        .days_without_data
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(days, ["2026-11-18"], "the week-end is no working day");
    let stopped = briefing.network.stopped.unwrap();
    assert_eq!(stopped.len(), 2);
    assert!(!briefing.warnings.contains(&Warning::PreviousIncomplete));
    let before = week.previous.as_mut().unwrap();
    before
        .by_hour
        .retain(|hour, _| hour.starts_with("2026-11-13"));
    let briefing = week.brief();
    assert!(briefing.warnings.contains(&Warning::PreviousIncomplete));
    assert_eq!(briefing.quality.days_without_data_before.len(), 4);
}

#[test]
fn an_hours_question_gives_hours_of_the_day_and_days() {
    let columns: &[&str] = &["visits", "started", "mean_wait_s"];
    let row = |key: &str, n: u64, wait: f64| Row {
        key: key.to_owned(),
        figures: vec![n.into(), n.into(), Some(wait).into()],
    };
    let rows = vec![
        row("2026-11-16T08:00+07:00", 10, 100.0),
        row("2026-11-17T08:00+07:00", 30, 300.0),
        row("2026-11-17T09:00+07:00", 5, 60.0),
        row("2026-11-18T09:00+07:00", 0, 0.0),
    ];
    let mut tables = Tables::default();
    let table = Table {
        columns: &["visits", "started", "mean_wait_s"],
        rows,
    };
    assert_eq!(table.columns, columns);
    tables.take(Family::Visits, Some(By::Hour), &table);
    let waits = tables.waits_by_hour_of_day();
    assert_eq!(waits["08"].mean(), Some(250.0));
    assert_eq!(waits["09"].mean(), Some(60.0));
    assert_eq!(tables.active_days().len(), 2);
}

proptest! {
    /// Whatever the points' figures, parts and rest are the change, also where the whole is not that of its parts.
    #[test]
    fn parts_and_rest_are_the_change(
        points in prop::collection::btree_map("[0-9]{5}", (0_u32..900, 0.0..5_000.0_f64, 0_u32..900, 0.0..5_000.0_f64), 1..30),
        whole in (1_u32..90_000, 0.0..5_000.0_f64, 1_u32..90_000, 0.0..5_000.0_f64),
    ) {
        let mut week = Week::usual();
        let mut before = week.previous.take().unwrap();
        let wait = |figures: &mut crate::scorecard::Figures, n: u32, mean: f64| {
            figures.set("visits.started", f64::from(n));
            figures.set("visits.mean_wait_s", mean);
        };
        before.by_site.clear();
        week.now.by_site.clear();
        for (key, (n, mean, n_now, mean_now)) in &points {
            wait(before.by_site.entry(key.clone()).or_default(), *n, *mean);
            wait(week.now.by_site.entry(key.clone()).or_default(), *n_now, *mean_now);
        }
        wait(&mut before.city, whole.0, whole.1);
        wait(&mut week.now.city, whole.2, whole.3);
        week.previous = Some(before);
        let briefing = week.brief();
        let wait = briefing.movement("mean_wait_s").unwrap();
        prop_assert!(near(wait.change, whole.3 - whole.1));
        for split in &wait.splits {
            let parts: f64 = split.parts.iter().map(super::decompose::Part::total).sum();
            prop_assert!((parts + split.rest - wait.change).abs() < 1e-6);
        }
    }
}
