//! A point's forecaster: learns its days, and says what will be, where it is better than guessing.
//!
//! A day is first forecast as it went ([`Forecaster::replay`], which knows only what was known at each instant), then learned
//! ([`Forecaster::absorb`]). So every residual and every score is of a day that was not learned from yet.
//!
//! Invariants: the same days in the same order give the same forecaster; profiles, means and patience do not depend on the order; a forecast is
//! `None` where the last days' pinball loss was not below that of the best naive forecast.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::arrivals::Arrivals;
use super::calibrate::{Calibration, Forecast, Input};
use super::moment::{MINUTE, Us, minutes};
use super::naive::{HourMeans, Missed, UsualQueue, pinball};
use super::outlook::{Capacity, Outlook};
use super::patience::Patience;
use super::queue;
use super::record::{DayRecord, Now, Person};
use super::service::ServiceTimes;
use super::staffing::{self, Plan, Target};
use super::wait::{self, Base};

/// The horizons of the queue, in minutes.
pub const HORIZONS: [f64; 3] = [30.0, 60.0, 120.0];
/// Targets: the wait, and the queue at each horizon.
pub const TARGETS: usize = 1 + HORIZONS.len();
/// A past day's queue is forecast every so often.
const GRID: Us = 10 * MINUTE;
/// Scores of so many days decide whether a forecast is shown.
const SCORED_DAYS: usize = 10;
/// After so many days without a single case there is nothing to score.
const NOTHING_AFTER: u32 = 3;
/// And at least so many cases.
const SCORED_CASES: u64 = 30;
/// How much better it must be after one day; after ten, a tenth of that. The fewer the days, the clearer.
const MARGIN: f64 = 0.3;
/// From so many days on it must also be better by more than chance: by this many standard errors of the daily differences
/// (one chance in twenty for a forecast that is only as good).
const CLEAR_DAYS: usize = 3;
const CLEAR_ERRORS: f64 = 1.7;

/// What all points missed by together: the stand-in where a point has few cases of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    calibrations: [Calibration; TARGETS],
    missed: [[Missed; 2]; TARGETS],
}

impl Pool {
    /// Adds a point.
    pub fn add(&mut self, point: &Forecaster) {
        for target in 0..TARGETS {
            self.calibrations[target].merge(&point.own.calibrations[target]);
            for naive in 0..2 {
                self.missed[target][naive]
                    .0
                    .merge(&point.own.missed[target][naive].0);
            }
        }
    }

    /// Of points.
    pub fn of<'a>(points: impl Iterator<Item = &'a Forecaster>) -> Self {
        let mut pool = Self::default();
        for point in points {
            pool.add(point);
        }
        pool
    }
}

/// A forecast of the past, beside what came.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// 0 is the wait, then the horizons of [`HORIZONS`].
    pub target: usize,
    /// When it was forecast.
    pub at: Us,
    /// What came: minutes or people.
    pub truth: f64,
    /// Ours, whether it would have been shown or not.
    pub ours: Forecast,
    /// It would have been shown.
    pub is_shown: bool,
    /// The last value and the mean of the hour: value and bound.
    pub naive: [(f64, f64); 2],
    /// What the forecast was made of.
    pub input: Input,
    /// The stacked figure.
    pub figure: f64,
}

impl Case {
    /// Mean pinball loss of the median and the 90 % bound.
    pub fn loss(&self) -> f64 {
        mean_pinball(self.ours.median, self.ours.bound, self.truth)
    }

    /// The same of the naive forecasts.
    pub fn naive_losses(&self) -> [f64; 2] {
        self.naive
            .map(|(value, bound)| mean_pinball(value, bound, self.truth))
    }
}

/// Mean pinball loss of a median and a 0.9 quantile.
pub fn mean_pinball(median: f64, bound: f64, truth: f64) -> f64 {
    f64::midpoint(pinball(0.5, median, truth), pinball(0.9, bound, truth))
}

/// Whether what was gained on each day is more than nothing, and, of enough days, more than chance.
fn is_clear(gains: impl ExactSizeIterator<Item = f64> + Clone) -> bool {
    let days = gains.len() as f64;
    let mean = gains.clone().sum::<f64>() / days.max(1.0);
    if gains.len() < CLEAR_DAYS {
        return mean > 0.0;
    }
    let squares: f64 = gains.map(|gain| (gain - mean).powi(2)).sum();
    let error = (squares / (days - 1.0) / days).sqrt();
    mean > CLEAR_ERRORS * error
}

/// Losses of a day, in millionths: ours, the naive ones', and the cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct DayScore {
    ours: u64,
    naive: [u64; 2],
    cases: u64,
}

/// How the forecasts of a target have done on the last learned days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There are too few days, or cases, to say.
    TooFewDays,
    /// Days are known, and none of them says what came of it: a board tells no waits.
    NothingToScore,
    /// Not better than guessing.
    NotBetter,
    /// Better than both naive forecasts.
    Better,
}

/// A point's forecaster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecaster {
    arrivals: Arrivals,
    capacity: Capacity,
    service: ServiceTimes,
    patience: Patience,
    waits: HourMeans,
    queues: HourMeans,
    usual_queue: UsualQueue,
    own: Pool,
    scores: [VecDeque<DayScore>; TARGETS],
}

impl Forecaster {
    /// Forecasts a day as it went, then learns it. `pool` is of the days before.
    pub fn learn(&mut self, day: &DayRecord, pool: &Pool) {
        let cases = self.replay(day, pool);
        self.absorb(day, &cases);
    }

    /// Days learned from.
    pub fn days(&self) -> u32 {
        self.arrivals.days()
    }

    /// Patience, for display.
    pub fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Transaction times.
    pub fn service(&self) -> &ServiceTimes {
        &self.service
    }

    /// The course of the counters.
    pub fn capacity(&self) -> &Capacity {
        &self.capacity
    }

    /// What is to come, as seen now.
    pub fn outlook(&self, now: &Now) -> Outlook {
        Outlook::of(
            now,
            &self.arrivals,
            &self.capacity,
            &self.service,
            &self.patience,
        )
    }

    /// How the forecasts of a target have done.
    pub fn standing(&self, target: usize) -> Standing {
        let days = &self.scores[target];
        let cases: u64 = days.iter().map(|d| d.cases).sum();
        // The first day is forecast by nothing, and not scored.
        if cases == 0 && self.days() >= NOTHING_AFTER {
            return Standing::NothingToScore;
        }
        // A day has many waits and few queues: of two days of queues much is chance.
        let is_queue = target > 0;
        if cases < SCORED_CASES || (is_queue && days.len() < CLEAR_DAYS) {
            return Standing::TooFewDays;
        }
        let margin = MARGIN / days.len().max(1) as f64;
        let is_beaten = |naive: usize| {
            let gains = days
                .iter()
                .map(|d| (1.0 - margin) * d.naive[naive] as f64 - d.ours as f64);
            is_clear(gains)
        };
        if is_beaten(0) && is_beaten(1) {
            Standing::Better
        } else {
            Standing::NotBetter
        }
    }

    /// Whether the forecasts of a target were better than both naive ones on the last learned days.
    pub fn is_better_than_naive(&self, target: usize) -> bool {
        self.standing(target) == Standing::Better
    }

    /// The wait in minutes of a person who comes now; `None` where it is not better than guessing, or no counter will open.
    pub fn wait(&self, now: &Now, person: &Person, pool: &Pool) -> Option<Forecast> {
        self.wait_of_one(now, &[(person.clone(), 1.0)], pool)
    }

    /// As [`Self::wait`], of one of whom it is not known what for they come: `kinds` of people, and how many of each kind come. Their waits
    /// are one distribution, the kinds' own mixed: its mean is the mean of means, its variance that within the kinds and between them.
    pub fn wait_of_one(&self, now: &Now, kinds: &[(Person, f64)], pool: &Pool) -> Option<Forecast> {
        if !self.is_better_than_naive(0) {
            return None;
        }
        let outlook = self.outlook(now);
        let (mut mean, mut squares, mut weights) = (0.0, 0.0, 0.0);
        for (person, weight) in kinds {
            let base = wait::wait(now, person, &outlook, &self.service)?;
            mean += weight * base.mean;
            squares += weight * (base.deviation.powi(2) + base.mean.powi(2));
            weights += weight;
        }
        if weights <= 0.0 {
            return None;
        }
        let mean = mean / weights;
        let base = Base {
            mean,
            deviation: (squares / weights - mean * mean).max(0.0).sqrt(),
        };
        Some(self.calibrated(0, &self.mixed_in(now, base), pool).1)
    }

    /// People waiting at each of [`HORIZONS`]; `None` where it is not better than guessing.
    pub fn queue(&self, now: &Now, pool: &Pool) -> [Option<Forecast>; HORIZONS.len()] {
        let inputs = self.queue_inputs(now, &self.outlook(now));
        std::array::from_fn(|index| {
            let target = index + 1;
            let shown = self.is_better_than_naive(target);
            shown.then(|| self.calibrated(target, &inputs[index], pool).1)
        })
    }

    /// Counters to open in the next two hours so that a target holds; `counters` is what the point has, where that is known, else the
    /// most that were ever open. Before opening and at noon, when none are usually open, people who come wait for the opening.
    pub fn plan(&self, now: &Now, target: Target, counters: Option<u32>) -> Plan {
        let outlook = self.outlook(now);
        let most = counters.unwrap_or(self.capacity.most().max(now.open));
        staffing::plan(&outlook, queue::present(now, &outlook), most, target)
    }

    fn calibrated(&self, target: usize, input: &Input, pool: &Pool) -> (f64, Forecast) {
        let (own, pooled) = (&self.own.calibrations[target], &pool.calibrations[target]);
        let figure = input.figure(own.mix(pooled));
        (figure, own.forecast(pooled, figure, input.deviation))
    }

    fn wait_input(&self, now: &Now, person: &Person, outlook: &Outlook) -> Option<Input> {
        let base = wait::wait(now, person, outlook, &self.service)?;
        Some(self.mixed_in(now, base))
    }

    fn mixed_in(&self, now: &Now, base: Base) -> Input {
        let usual = self.waits.usual(now.at).unwrap_or(base.mean);
        let last = now.last_wait.map_or(usual, minutes);
        Input::new(base, last, usual)
    }

    fn queue_inputs(&self, now: &Now, outlook: &Outlook) -> [Input; HORIZONS.len()] {
        let bases = queue::queue(now, outlook, &HORIZONS);
        std::array::from_fn(|index| {
            let base: Base = bases[index];
            let at = now.at + super::moment::span(HORIZONS[index]);
            let usual = self.usual_queue.at(at).unwrap_or(base.mean);
            Input::new(base, f64::from(now.waiting), usual)
        })
    }

    /// Forecasts a day as it went: each wait when the number was given, the queue every ten minutes while the point was open.
    pub fn replay(&self, day: &DayRecord, pool: &Pool) -> Vec<Case> {
        let mut cases = Vec::new();
        for visit in &day.visits {
            let Some(wait) = visit.wait() else {
                continue;
            };
            let now = Now::of(day, visit.issued);
            let person = Person {
                rank: visit.rank,
                since: visit.issued,
                service: visit.service,
                purpose: visit.purpose,
            };
            let Some(input) = self.wait_input(&now, &person, &self.outlook(&now)) else {
                continue;
            };
            let hourly = self.waits.mean(now.at).unwrap_or(0.0);
            let last = now.last_wait.map_or(hourly, minutes);
            cases.push(self.case(0, now.at, minutes(wait), input, [last, hourly], pool));
        }
        let Some((opened, closed)) = day.hours() else {
            return cases;
        };
        let mut at = opened + GRID;
        while at + super::moment::span(HORIZONS[0]) <= closed {
            if !day.is_known_at(at) {
                at += GRID;
                continue;
            }
            let now = Now::of(day, at);
            let inputs = self.queue_inputs(&now, &self.outlook(&now));
            for (index, input) in inputs.into_iter().enumerate() {
                let then = at + super::moment::span(HORIZONS[index]);
                if then > closed {
                    break;
                }
                if !day.is_known_at(then) {
                    continue;
                }
                let truth = f64::from(day.waiting_at(then));
                let hourly = self.queues.mean(then).unwrap_or(0.0);
                let naive = [f64::from(now.waiting), hourly];
                cases.push(self.case(index + 1, at, truth, input, naive, pool));
            }
            at += GRID;
        }
        cases
    }

    fn case(
        &self,
        target: usize,
        at: Us,
        truth: f64,
        input: Input,
        naive: [f64; 2],
        pool: &Pool,
    ) -> Case {
        let (figure, ours) = self.calibrated(target, &input, pool);
        let missed = |n: usize| self.own.missed[target][n].bound(&pool.missed[target][n], naive[n]);
        Case {
            target,
            at,
            truth,
            ours,
            is_shown: self.is_better_than_naive(target),
            naive: [(naive[0], missed(0)), (naive[1], missed(1))],
            input,
            figure,
        }
    }

    /// Learns a day whose cases were made by [`Self::replay`] before.
    pub fn absorb(&mut self, day: &DayRecord, cases: &[Case]) {
        let mut scores = [DayScore::default(); TARGETS];
        let millionths = |loss: f64| (loss * 1e6).round() as u64;
        for case in cases {
            let target = case.target;
            // Before the first day the model knows nothing of the point: what it missed by then says nothing of later days.
            if self.days() > 0 {
                self.own.calibrations[target].learn(&case.input, case.figure, case.truth);
            }
            let losses = case.naive_losses();
            for (naive, loss) in losses.into_iter().enumerate() {
                // Before the first day there is no mean of an hour, and nothing it could miss by.
                if self.days() > 0 {
                    let over = case.truth - case.naive[naive].0;
                    self.own.missed[target][naive].0.add(over);
                }
                scores[target].naive[naive] += millionths(loss);
            }
            scores[target].ours += millionths(case.loss());
            scores[target].cases += 1;
        }
        for (kept, score) in self.scores.iter_mut().zip(scores) {
            if score.cases > 0 && self.arrivals.days() > 0 {
                kept.push_back(score);
            }
            if kept.len() > SCORED_DAYS {
                kept.pop_front();
            }
        }
        self.arrivals.learn(day);
        self.capacity.learn(day);
        self.service.learn(day);
        self.patience.learn(day);
        self.usual_queue.learn(day);
        for visit in &day.visits {
            if let Some(wait) = visit.wait() {
                self.waits.add(visit.issued, minutes(wait));
            }
        }
        if let Some((opened, closed)) = day.hours() {
            let mut at = opened;
            while at <= closed {
                self.queues.add(at, f64::from(day.waiting_at(at)));
                at += 5 * MINUTE;
            }
        }
        if let Some(seconds) = day.readings.iter().filter_map(|r| r.service_seconds).max() {
            self.service.learn_board(seconds);
        }
    }
}
