//! Scores told by hand, and what must hold of every ranking.

use super::productivity::{Standing, of as productivity};
use super::*;
use proptest::prelude::*;

fn figures(pairs: &[(&str, f64)]) -> Figures {
    let mut figures = Figures::default();
    for (name, value) in pairs {
        figures.set(*name, *value);
    }
    figures
}

fn internal(all: &[(&str, Figures)], weights: &[(&str, f64)]) -> Vec<Card> {
    let criteria = Criteria::shipped().unwrap();
    let all = all
        .iter()
        .map(|(key, f)| ((*key).to_owned(), f.clone()))
        .collect();
    let weights = weights
        .iter()
        .map(|(code, w)| ((*code).to_owned(), *w))
        .collect();
    cards(&criteria, View::Internal, &all, &weights, |_, _| None)
}

/// Four of nine groups, and the fifth by petitions.
fn point(satisfied: f64, ratings: f64, wait: f64, visits: f64) -> Figures {
    figures(&[
        ("ratings.satisfied", satisfied),
        ("ratings.ratings", ratings),
        ("visits.mean_wait_s", wait),
        ("visits.started", visits),
        ("visits.over_15min", 0.0),
        ("dossiers.total", 200.0),
        ("dossiers.submitted", 200.0),
        ("dossiers.resolved_early_or_on_time", 150.0),
        ("dossiers.in_progress_in_time", 50.0),
        ("dossiers.in_progress_overdue", 0.0),
        ("index.filed_online.good", 100.0),
        ("index.filed_online.all", 200.0),
        ("feedback.received", 0.0),
        ("feedback.total", 0.0),
        ("feedback.answered_on_time", 0.0),
        ("duties.reason_kept", 5.0),
        ("duties.reason_broken", 0.0),
    ])
}

#[test]
fn the_schemes_nine_groups_are_there_and_every_metric_has_one() {
    let criteria = Criteria::shipped().unwrap();
    let codes: Vec<&str> = criteria.groups.iter().map(|g| &*g.code).collect();
    assert_eq!(
        codes,
        [
            "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9"
        ]
    );
    for group in &criteria.groups {
        for view in [View::Internal, View::External] {
            let is_of = |m: &&Metric| m.group == group.code && m.views.contains(&view);
            assert!(
                criteria.metrics.iter().any(|m| is_of(&m)),
                "{} {view:?}",
                group.code
            );
        }
    }
    // What a metric adds up is a figure of a report, or a count of the index.
    use crate::figures::{dossiers, duties, feedback, ratings, visits};
    let is_known = |name: &String| {
        let (family, figure) = name.split_once('.').unwrap();
        match family {
            "visits" => visits::COLUMNS.contains(&figure),
            "dossiers" => dossiers::COLUMNS.contains(&figure),
            "duties" => duties::COLUMNS.contains(&figure),
            "ratings" => ratings::COLUMNS.contains(&figure),
            "feedback" => feedback::COLUMNS.contains(&figure),
            "index" => {
                let (formula, part) = figure.split_once('.').unwrap();
                let known = crate::index::definition::Formula::ALL;
                let is_it = |f: &_| serde_json::to_value(f).unwrap() == formula;
                known.iter().any(is_it) && ["good", "all"].contains(&part)
            }
            _ => false,
        }
    };
    for metric in &criteria.metrics {
        let names = match &metric.measure {
            Measure::Share { good, all, .. } => [good.clone(), all.clone()].concat(),
            Measure::Mean { mean, n, .. } => vec![mean.clone(), n.clone()],
            Measure::Entered => Vec::new(),
        };
        assert!(names.iter().all(is_known), "{}: {names:?}", metric.code);
    }
}

#[test]
fn a_point_with_six_ratings_is_not_first() {
    let all = [
        ("few", point(6.0, 6.0, 600.0, 1_000.0)),
        ("many", point(970.0, 1_000.0, 600.0, 1_000.0)),
    ];
    let ranked = internal(&all, &[]);
    let keys: Vec<&str> = ranked.iter().map(|card| &*card.key).collect();
    assert_eq!(keys, ["many", "few"]);
    assert!(ranked[1].points > ranked[0].points);
    assert_eq!(ranked[1].rank_between, Some([1, 2]));
}

#[test]
fn shares_means_and_weights_make_the_points() {
    let all = [("p", point(80.0, 100.0, 1_800.0, 400.0))];
    let card = &internal(&all, &[])[0];
    let of = |code: &str| card.metrics.iter().find(|m| m.code == code).unwrap();
    assert_eq!(
        (of("satisfied").points, of("satisfied").sample),
        (Some(80.0), Some(100))
    );
    assert_eq!(
        (of("petitions").points, of("wait").points),
        (Some(100.0), Some(50.0))
    );
    assert_eq!(
        (
            of("on_time").points,
            of("online").points,
            of("short_waits").points
        ),
        (Some(100.0), Some(50.0), Some(100.0))
    );
    let (low, high) = wilson(80, 100).unwrap();
    assert!((of("satisfied").low.unwrap() - 100.0 * low).abs() < 1e-9);
    assert!((of("satisfied").high.unwrap() - 100.0 * high).abs() < 1e-9);
    // Without a petition there is no share of them, and nobody entered anything.
    assert_eq!(
        (
            of("petitions_on_time").points,
            of("petitions_on_time").sample
        ),
        (None, Some(0))
    );
    assert_eq!(of("cost").points, None);
    let points: Vec<Option<f64>> = card.groups.iter().map(|g| g.points).collect();
    assert_eq!(
        points,
        [
            Some(90.0),
            Some(100.0),
            Some(75.0),
            Some(50.0),
            Some(100.0),
            None,
            None,
            Some(100.0),
            None
        ]
    );
    assert!((card.points.unwrap() - 515.0 / 6.0).abs() < 1e-9);
    assert!((card.known_weight - 6.0 / 9.0).abs() < 1e-9);
    let heavy = &internal(&all, &[("5.4", 7.0)])[0];
    assert!((heavy.points.unwrap() - (465.0 + 7.0 * 50.0) / 12.0).abs() < 1e-9);
}

#[test]
fn too_little_known_has_no_rank() {
    let thin = figures(&[("ratings.satisfied", 50.0), ("ratings.ratings", 50.0)]);
    let ranked = internal(
        &[("thin", thin), ("p", point(10.0, 100.0, 9_000.0, 400.0))],
        &[],
    );
    assert_eq!((&*ranked[0].key, ranked[0].rank), ("p", Some(1)));
    assert_eq!((&*ranked[1].key, ranked[1].rank), ("thin", None));
}

#[test]
fn a_norm_is_of_a_year_and_spares_those_to_whom_few_come() {
    let month = 365.25 / 12.0;
    let of = |received, staff| productivity(received, month, staff, 1_800.0).standing;
    assert_eq!(of(300, Some(2.0)), Standing::Met);
    assert_eq!(of(299, Some(2.0)), Standing::Under);
    assert_eq!(of(149, Some(1.0)), Standing::Exempt);
    assert_eq!(of(300, None), Standing::Unknown);
    assert_eq!(of(300, Some(0.0)), Standing::Unknown);
}

#[test]
fn town_and_country_are_summed_and_points_are_spread() {
    let all: BTreeMap<String, Figures> = [
        ("u1", point(90.0, 100.0, 600.0, 1_000.0)),
        ("u2", point(10.0, 100.0, 1_200.0, 3_000.0)),
        ("r1", point(20.0, 20.0, 300.0, 100.0)),
        ("x", point(0.0, 0.0, 300.0, 10.0)),
    ]
    .into_iter()
    .map(|(key, f)| (key.to_owned(), f))
    .collect();
    let is_urban = |key: &str| match &key[..1] {
        "u" => Some(true),
        "r" => Some(false),
        _ => None,
    };
    let equity = equity::of_points(&all, is_urban);
    assert_eq!((equity.urban.points, equity.rural.points), (2, 1));
    assert_eq!(
        equity.urban.mean_wait_s,
        Some((600.0 * 1_000.0 + 1_200.0 * 3_000.0) / 4_000.0)
    );
    assert_eq!(
        (equity.urban.satisfied, equity.rural.satisfied),
        (Some(0.5), Some(1.0))
    );
    // Twenty ratings are too few for a spread, and ten visits as well.
    assert_eq!((equity.satisfied.points, equity.wait.points), (2, 3));
    assert_eq!(
        (equity.wait.p10, equity.wait.p50, equity.wait.p90),
        (Some(300.0), Some(600.0), Some(1_200.0))
    );
}

proptest! {
    /// Points and intervals lie within their bounds and around each other, and ranks are what the lower ends say.
    #[test]
    fn rankings_follow_the_lower_ends(points in prop::collection::vec((0_u32..200, 0_u32..200, 1_u32..5_000, 0_u32..500), 1..12)) {
        let all: Vec<(String, Figures)> = points
            .iter()
            .enumerate()
            .map(|(i, (good, more, wait, visits))| {
                let f = point(f64::from(*good), f64::from(good + more), f64::from(*wait), f64::from(*visits));
                (format!("{i:02}"), f)
            })
            .collect();
        let refs: Vec<(&str, Figures)> = all.iter().map(|(k, f)| (&**k, f.clone())).collect();
        let ranked = internal(&refs, &[]);
        for card in &ranked {
            let (low, points, high) = (card.low.unwrap(), card.points.unwrap(), card.high.unwrap());
            prop_assert!(0.0 <= low && low <= points + 1e-9 && points <= high + 1e-9 && high <= 100.0 + 1e-9);
            let (rank, [best, worst]) = (card.rank.unwrap(), card.rank_between.unwrap());
            prop_assert!(best <= rank && rank <= worst);
        }
        for pair in ranked.windows(2) {
            prop_assert!(pair[0].low >= pair[1].low);
        }
    }
}
