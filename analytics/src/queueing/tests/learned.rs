//! Patience, arrivals, service times and the course of a day.

use proptest::prelude::*;

use super::days::{PLACE, Place, as_board, simulated};
use crate::queueing::arrivals::Arrivals;
use crate::queueing::moment::{self, MINUTE, QUARTERS, start_of};
use crate::queueing::outlook::Capacity;
use crate::queueing::patience::Patience;
use crate::queueing::profile::DayProfile;
use crate::queueing::record::{Busy, DayRecord, Visit};
use crate::queueing::service::ServiceTimes;

#[test]
fn slots_are_local() {
    // 2026-11-23, a Monday, 07:30 at +07:00.
    let at = 1_795_393_800_000_000;
    assert_eq!(moment::weekday(moment::day_of(at)), 0);
    assert_eq!(moment::quarter_of(at), 30);
    assert_eq!(start_of(moment::day_of(at)) + 450 * MINUTE, at);
}

#[test]
fn patience_is_deaths_by_time_at_risk() {
    let mut patience = Patience::default();
    for (minutes, left) in [(3, false), (5, true), (5, false), (8, true), (12, false)] {
        patience.add(minutes * MINUTE, left);
    }
    patience.add(-MINUTE, true);
    assert_eq!(patience.sample(), (5, 2));
    let rate = patience.likeliest_rate().unwrap();
    assert!((rate - 2.0 / 33.0).abs() < 1e-12);
    // By hand: at 5 minutes one of four leaves, at 8 one of two.
    let survival = patience.survival();
    assert_eq!(survival.len(), 2);
    assert_eq!(survival[0].0, 5);
    assert!((survival[0].1 - 0.75).abs() < 1e-12 && (survival[1].1 - 0.375).abs() < 1e-12);
}

#[test]
fn patience_without_evidence_is_the_prior() {
    let patience = Patience::default();
    assert_eq!(patience.likeliest_rate(), None);
    assert!((patience.rate() - 1.0 / 180.0).abs() < 1e-12);
    assert!(patience.survival().is_empty());
}

/// The rate behind simulated days is found although most people are served before they would leave.
#[test]
fn patience_is_found_under_censoring() {
    let place = Place {
        peak: 0.6,
        patience: 60.0,
        ..PLACE
    };
    let mut patience = Patience::default();
    for day in 20_000..20_030 {
        patience.learn(&simulated(place, day, 3));
    }
    let (all, left) = patience.sample();
    assert!(left > 300 && left < all / 2, "{left} of {all}");
    let rate = patience.likeliest_rate().unwrap();
    let error = rate / (left as f64).sqrt();
    assert!((rate - 1.0 / 60.0).abs() < 4.0 * error, "{rate} ± {error}");
}

#[test]
fn a_rare_weekday_is_shrunk_to_its_kind() {
    let mut profile = DayProfile::new(15);
    assert_eq!(profile.mean(0, 40), None);
    // Days 19_999 and 20_000 are a Thursday and a Friday.
    for (day, value) in [(19_999, 10), (20_000, 20)] {
        profile.add(
            day,
            (0..QUARTERS).map(|slot| if slot == 40 { value } else { 0 }),
        );
    }
    assert_eq!(moment::weekday(19_999), 3);
    let mean = |weekday| profile.mean(weekday, 40).unwrap();
    assert!((mean(3) - (10.0 + 2.0 * 15.0) / 3.0).abs() < 1e-12);
    assert!((mean(0) - 15.0).abs() < 1e-12);
    assert_eq!(profile.mean(5, 40), None, "nothing is known of a weekend");
    // Two days are few: four neighbours on each side, weights 1 to 5 to 1.
    assert!((profile.smooth(0, 40).unwrap() - 15.0 * 5.0 / 25.0).abs() < 1e-12);
    assert_eq!(profile.most(), 20);
}

#[test]
fn a_busy_day_raises_its_level() {
    let mut arrivals = Arrivals::default();
    for day in 20_000..20_020 {
        arrivals.learn(&simulated(PLACE, day, 5));
    }
    let at = start_of(20_021) + 660 * MINUTE;
    let usual: f64 = (0..180)
        .map(|minute| arrivals.usual_rate(at - minute * MINUTE))
        .sum();
    let mut issued = vec![0; QUARTERS];
    issued[40] = usual.round() as u32;
    assert!((arrivals.level(at, &issued) - 1.0).abs() < 0.05);
    issued[40] *= 2;
    let level = arrivals.level(at, &issued);
    assert!((1.5..2.0).contains(&level), "{level}");
    let true_rate = PLACE.peak * (1.0 - 0.09 * 2.0);
    let rate = arrivals.usual_rate(start_of(20_021) + 600 * MINUTE);
    assert!((rate / true_rate - 1.0).abs() < 0.25, "{rate} {true_rate}");
}

#[test]
fn transactions_are_shrunk_and_paced() {
    let mut service = ServiceTimes::default();
    assert!((service.mean() - 8.0).abs() < 1e-12);
    for day in 20_000..20_020 {
        service.learn(&simulated(
            Place {
                service: 5.0,
                ..PLACE
            },
            day,
            7,
        ));
    }
    assert!(
        (service.mean_of(0, 1) - 5.0).abs() < 0.3,
        "{}",
        service.mean_of(0, 1)
    );
    assert!((service.mean_of(9, 9) - service.mean()).abs() < 1e-12);
    assert!(
        (service.variation() - 1.0).abs() < 0.1,
        "{}",
        service.variation()
    );
    let slow = vec![(0, 1, 10 * MINUTE); 30];
    let pace = service.pace(&slow);
    assert!((1.3..2.0).contains(&pace), "{pace}");
    assert!((service.pace(&[]) - 1.0).abs() < 1e-12);
    // A board's counters are measured by what they get through.
    let place = Place { peak: 0.7, ..PLACE };
    let mut of_board = ServiceTimes::default();
    for day in 20_000..20_010 {
        let told = as_board(&simulated(place, day, 7));
        let visits = told.visits.iter().map(|v| Visit {
            finished: None,
            ..v.clone()
        });
        of_board.learn(&DayRecord {
            visits: visits.collect(),
            ..told
        });
    }
    let keeps = of_board.keeps(Busy::default());
    assert!((keeps - 8.0).abs() < 0.8, "{keeps}");
}

#[test]
fn counters_follow_their_usual_course() {
    let mut capacity = Capacity::default();
    for day in 20_000..20_010 {
        capacity.learn(&simulated(PLACE, day, 9));
    }
    let day = start_of(20_011);
    let (ten, eleven) = (day + 600 * MINUTE, day + 660 * MINUTE);
    assert!((capacity.expected(ten, 3, eleven) - 3.0).abs() < 1e-9);
    let fewer = capacity.expected(ten, 1, eleven);
    assert!((1.0..3.0).contains(&fewer), "{fewer}");
    assert_eq!(
        capacity.expected(ten, 3, day + 1100 * MINUTE),
        0.0,
        "closed in the evening"
    );
    assert_eq!(capacity.most(), 3);
}

proptest! {
    /// What is learned of days does not depend on their order.
    #[test]
    fn days_commute(order in Just((20_000..20_006).collect::<Vec<i32>>()).prop_shuffle()) {
        let learn = |days: &[i32]| {
            let (mut arrivals, mut service) = (Arrivals::default(), ServiceTimes::default());
            let (mut patience, mut capacity) = (Patience::default(), Capacity::default());
            for day in days {
                let day = simulated(PLACE, *day, 2);
                arrivals.learn(&day);
                service.learn(&day);
                patience.learn(&day);
                capacity.learn(&day);
            }
            (arrivals, service, patience, capacity)
        };
        let sorted: Vec<i32> = (20_000..20_006).collect();
        prop_assert_eq!(learn(&order), learn(&sorted));
    }
}
