//! Calibration, the naive forecasts, and a forecaster over simulated weeks.

use proptest::prelude::*;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::days::{PLACE, as_board, simulated};
use crate::queueing::calibrate::{Calibration, Input, Residuals};
use crate::queueing::forecaster::{Forecaster, HORIZONS, Pool, TARGETS};
use crate::queueing::moment::{MINUTE, start_of};
use crate::queueing::naive::{HourMeans, Missed, pinball};
use crate::queueing::record::{DayRecord, Now, Person};
use crate::queueing::staffing::Target;
use crate::queueing::wait::Base;

fn person(at: i64) -> Person {
    Person {
        rank: 2,
        since: at,
        service: 0,
        purpose: 1,
    }
}

/// Days without weekends, enough for a forecast to be shown.
fn weeks(days: i32) -> (Forecaster, Pool) {
    let mut point = Forecaster::default();
    let mut pool = Pool::default();
    for day in 20_000..20_000 + days {
        point.learn(&simulated(PLACE, day, 21), &pool);
        pool = Pool::of(std::iter::once(&point));
    }
    (point, pool)
}

#[test]
fn the_loss_is_the_pinball() {
    assert_eq!(pinball(0.9, 10.0, 12.0), 1.8);
    assert!((pinball(0.9, 12.0, 10.0) - 0.2).abs() < 1e-12);
    assert_eq!(pinball(0.5, 1.0, 3.0), 1.0);
}

#[test]
fn a_quantile_is_within_its_bin() {
    let mut residuals = Residuals::default();
    assert_eq!(residuals.quantile(0.9), None);
    for value in 0..1000 {
        residuals.add(f64::from(value) / 100.0);
    }
    let bound = residuals.quantile(0.9).unwrap();
    assert!((bound - 9.0).abs() < 0.25, "{bound}");
}

#[test]
fn the_mix_finds_the_input_that_is_right() {
    let mut calibration = Calibration::default();
    let none = Calibration::default();
    assert_eq!(
        calibration.mix(&none),
        0,
        "the model alone, as long as nothing is known"
    );
    let mut random = ChaCha8Rng::seed_from_u64(8);
    for _ in 0..400 {
        let (model, last) = (random.random::<f64>() * 20.0, random.random::<f64>() * 20.0);
        let input = Input::new(
            Base {
                mean: model,
                deviation: 2.0,
            },
            last,
            5.0,
        );
        calibration.learn(&input, model, last);
    }
    let input = Input::new(
        Base {
            mean: 3.0,
            deviation: 2.0,
        },
        11.0,
        5.0,
    );
    assert!((input.figure(calibration.mix(&none)) - 11.0).abs() < 1e-9);
}

/// A model that is wrong by a factor and too sure still gives bounds that hold.
#[test]
fn a_bound_holds_for_a_model_that_is_wrong() {
    let (mut calibration, none) = (Calibration::default(), Calibration::default());
    let mut random = ChaCha8Rng::seed_from_u64(9);
    let (mut covered, mut all) = (0, 0);
    for case in 0..6000 {
        let model: f64 = 1.0 + random.random::<f64>() * 20.0;
        let truth = 0.6 * model + 6.0 * random.random::<f64>().powi(3);
        let input = Input::new(
            Base {
                mean: model,
                deviation: 0.1,
            },
            model,
            model,
        );
        let figure = input.figure(calibration.mix(&none));
        let forecast = calibration.forecast(&none, figure, input.deviation);
        if case > 2000 {
            all += 1;
            covered += i32::from(truth <= forecast.bound);
        }
        calibration.learn(&input, figure, truth);
    }
    let share = f64::from(covered) / f64::from(all);
    assert!((0.88..0.92).contains(&share), "{share}");
}

#[test]
fn the_hour_is_that_of_the_weekday_where_it_was_seen() {
    let mut hours = HourMeans::default();
    let at = |day: i32, minute: i64| start_of(day) + minute * MINUTE;
    assert_eq!(hours.mean(at(20_000, 600)), None);
    hours.add(at(20_000, 610), 4.0);
    hours.add(at(20_001, 620), 8.0);
    assert_eq!(hours.mean(at(20_007, 600)), Some(4.0));
    assert_eq!(hours.mean(at(20_004, 630)), Some(6.0));
    assert_eq!(hours.mean(at(20_007, 660)), None);
    let mut missed = Missed::default();
    for _ in 0..50 {
        missed.0.add(2.0);
    }
    let bound = missed.bound(&Missed::default(), 5.0);
    assert!((bound - 7.0).abs() < 0.1, "{bound}");
}

#[test]
fn a_forecaster_beats_naive_and_its_bound_holds() {
    let (mut point, mut pool) = (Forecaster::default(), Pool::default());
    let mut losses = [[0.0; 3]; TARGETS];
    let (mut covered, mut all) = ([0.0; TARGETS], [0.0; TARGETS]);
    for day in 20_000..20_040 {
        let record = simulated(PLACE, day, 33);
        let cases = point.replay(&record, &pool);
        for case in cases.iter().filter(|_| day >= 20_010) {
            let [last, hourly] = case.naive_losses();
            for (sum, loss) in losses[case.target]
                .iter_mut()
                .zip([case.loss(), last, hourly])
            {
                *sum += loss;
            }
            covered[case.target] += f64::from(u8::from(case.truth <= case.ours.bound));
            all[case.target] += 1.0;
        }
        point.absorb(&record, &cases);
        pool = Pool::of(std::iter::once(&point));
    }
    // Poisson arrivals and exponential times: what can be known of the queue in two hours is little.
    for (target, better) in [(0, 0.3), (1, 0.05), (2, 0.05), (3, 0.0)] {
        let [ours, last, hourly] = losses[target];
        assert!(
            ours < (1.0 - better) * last.min(hourly),
            "{target}: {:?}",
            losses[target]
        );
        let share = covered[target] / all[target];
        assert!((0.86..0.95).contains(&share), "{target}: {share}");
    }
}

#[test]
fn what_was_never_scored_is_not_shown() {
    let (point, pool) = (Forecaster::default(), Pool::default());
    let day = simulated(PLACE, 20_000, 1);
    let at = start_of(20_000) + 600 * MINUTE;
    let now = Now::of(&day, at);
    assert_eq!(point.wait(&now, &person(at), &pool), None);
    assert_eq!(point.queue(&now, &pool), [None; HORIZONS.len()]);
    assert!(!point.is_better_than_naive(0));
}

/// Queues that never change are forecast best by the last value, so ours is not shown.
#[test]
fn a_forecast_that_does_not_beat_naive_is_not_shown() {
    let (mut point, mut pool) = (Forecaster::default(), Pool::default());
    for day in 20_000..20_008 {
        let mut record = as_board(&simulated(PLACE, day, 1));
        for reading in &mut record.readings {
            reading.waiting = 7;
        }
        point.learn(&record, &pool);
        pool = Pool::of(std::iter::once(&point));
    }
    assert!((1..TARGETS).all(|target| !point.is_better_than_naive(target)));
}

#[test]
fn the_same_days_give_the_same_forecaster_and_it_is_kept() {
    let ((point, pool), (again, _)) = (weeks(12), weeks(12));
    assert_eq!(point, again);
    let kept = postcard::to_stdvec(&point).unwrap();
    assert!(kept.len() < 30_000, "{} bytes a point", kept.len());
    let read: Forecaster = postcard::from_bytes(&kept).unwrap();
    assert_eq!(read, point);
    let day = simulated(PLACE, 20_012, 21);
    let at = start_of(20_012) + 630 * MINUTE;
    let now = Now::of(&day, at);
    let forecast = point.wait(&now, &person(at), &pool).unwrap();
    assert_eq!(Some(forecast), read.wait(&now, &person(at), &pool));
    assert!(forecast.median <= forecast.bound && forecast.bound.is_finite());
    assert_eq!(point.days(), 12);
    let plan = point.plan(&now, Target::MeanWait(15.0), None);
    assert!(plan.quarters.iter().all(|q| q.needed <= 3));
}

#[test]
fn an_empty_day_is_no_evidence() {
    let (mut point, pool) = weeks(3);
    let empty = DayRecord {
        day: 20_003,
        ..DayRecord::default()
    };
    assert!(point.replay(&empty, &pool).is_empty());
    point.learn(&empty, &pool);
    let now = Now::of(&empty, start_of(20_003) + 600 * MINUTE);
    assert!(point.outlook(&now).service.is_finite());
    assert_eq!(now.waiting, 0);
}

proptest! {
    /// Calibrations add up: the same cases in any order and any parts.
    #[test]
    fn calibrations_add_up(cases in prop::collection::vec((0.0_f64..40.0, 0.1_f64..9.0, 0.0_f64..60.0), 1..60), cut in 0_usize..60) {
        let learn = |cases: &[(f64, f64, f64)]| {
            let mut calibration = Calibration::default();
            for (mean, deviation, truth) in cases {
                let input = Input::new(Base { mean: *mean, deviation: *deviation }, *truth, 3.0);
                calibration.learn(&input, *mean, *truth);
            }
            calibration
        };
        let cut = cut.min(cases.len());
        let mut parts = learn(&cases[cut..]);
        parts.merge(&learn(&cases[..cut]));
        let mut turned = cases.clone();
        turned.reverse();
        prop_assert_eq!(&parts, &learn(&cases));
        prop_assert_eq!(&parts, &learn(&turned));
    }
}

/// Any state of a point has a finite forecast in order.
#[test]
fn forecasts_are_in_order() {
    let (point, pool) = weeks(5);
    for seed in 0..6 {
        let minute = 500 + 90 * seed as i64;
        let day = simulated(PLACE, 20_005, seed);
        for case in point.replay(&day.cut(start_of(20_005) + minute * MINUTE), &pool) {
            assert!(0.0 <= case.ours.median && case.ours.median <= case.ours.bound);
            assert!(case.ours.bound < 1e4, "{case:?}");
        }
    }
}
