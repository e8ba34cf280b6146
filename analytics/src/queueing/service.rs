//! How long a transaction keeps a counter.
//!
//! Means by service and purpose are shrunk to the service's, and these to the point's; today's pace (recent transactions against what
//! history expects of them) scales them. The spread is the coefficient of variation around the class's mean.
//!
//! Invariants: sums are whole seconds and squares of seconds; the order of days does not matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::moment::{Us, minutes};
use super::record::{Busy, DayRecord, Served, Transaction};

/// A wider group's mean counts as so many transactions.
const SHRINK: f64 = 12.0;
/// Of a day, so many of the newest transactions tell its pace.
const LATELY: usize = 40;
/// Where nothing was learned: minutes, and coefficient of variation.
const UNKNOWN: f64 = 8.0;
const UNKNOWN_CV: f64 = 0.7;
/// A transaction longer than this is an end that was never entered.
const LONGEST_SECONDS: i64 = 3 * 3600;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    count: u64,
    seconds: u64,
    squares: u64,
}

impl Sum {
    fn add(&mut self, seconds: u64) {
        self.count += 1;
        self.seconds += seconds;
        self.squares += seconds * seconds;
    }

    fn shrunk(&self, wider: f64) -> f64 {
        (self.seconds as f64 / 60.0 + SHRINK * wider) / (self.count as f64 + SHRINK)
    }
}

/// Transaction times of a point.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceTimes {
    all: Sum,
    by_service: BTreeMap<u8, Sum>,
    by_class: BTreeMap<(u8, u8), Sum>,
    /// From the end of one to the start of the next at the counter, while people waited.
    between: Sum,
    busy: Busy,
    served: Served,
}

impl ServiceTimes {
    /// Learns a day.
    pub fn learn(&mut self, day: &DayRecord) {
        if let Some((from, to)) = day.hours() {
            let busy = day.busy_between(from, to);
            self.busy.counter_minutes += busy.counter_minutes;
            self.busy.calls += busy.calls;
            let served = day.served_between(from, Us::MAX);
            self.served.counter_seconds += served.counter_seconds;
            self.served.positions += served.positions;
            self.served.met_nobody += served.met_nobody;
            self.served.met_nobody_waited += served.met_nobody_waited;
        }
        let mut by_counter: BTreeMap<u16, Vec<(Us, Us)>> = BTreeMap::new();
        for visit in &day.visits {
            let (Some(started), Some(finished)) = (visit.started, visit.finished) else {
                continue;
            };
            let seconds = (finished - started) / 1_000_000;
            if !(1..=LONGEST_SECONDS).contains(&seconds) {
                continue;
            }
            let seconds = seconds as u64;
            self.all.add(seconds);
            self.by_service
                .entry(visit.service)
                .or_default()
                .add(seconds);
            let class = (visit.service, visit.purpose);
            self.by_class.entry(class).or_default().add(seconds);
            by_counter
                .entry(visit.counter)
                .or_default()
                .push((started, finished));
        }
        for served in by_counter.values_mut() {
            served.sort_unstable();
            for pair in served.windows(2) {
                let gap = (pair[1].0 - pair[0].1) / 1_000_000;
                // Longer gaps are pauses, not the turn from one person to the next.
                if (0..=150).contains(&gap) && day.waiting_at(pair[0].1) > 0 {
                    self.between.add(gap as u64);
                }
            }
        }
    }

    /// Adds a board's own mean, where it tells no transactions.
    pub fn learn_board(&mut self, seconds: u32) {
        if (1..=LONGEST_SECONDS).contains(&i64::from(seconds)) {
            self.all.add(u64::from(seconds));
        }
    }

    /// Mean minutes of a transaction of this point.
    pub fn mean(&self) -> f64 {
        self.all.shrunk(UNKNOWN)
    }

    /// Mean minutes of a transaction of a class.
    pub fn mean_of(&self, service: u8, purpose: u8) -> f64 {
        let of = |sum: Option<&Sum>, wider: f64| sum.map_or(wider, |s| s.shrunk(wider));
        let of_service = of(self.by_service.get(&service), self.mean());
        of(self.by_class.get(&(service, purpose)), of_service)
    }

    /// Mean minutes from one person to the next at a busy counter.
    pub fn between(&self) -> f64 {
        (self.between.seconds as f64 / 60.0 + SHRINK * 0.5) / (self.between.count as f64 + SHRINK)
    }

    /// Mean minutes that a person takes of an open counter while others wait, all included (turns, no-shows, pauses within): from the
    /// counters' own work on past days, and lately.
    pub fn keeps(&self, lately: Busy) -> f64 {
        let assumed = self.mean() + self.between();
        let minutes = self.busy.counter_minutes as f64 + SHRINK * assumed;
        let usual = minutes / (self.busy.calls as f64 + SHRINK);
        (lately.counter_minutes as f64 + SHRINK / 2.0 * usual)
            / (lately.calls as f64 + SHRINK / 2.0)
    }

    /// Mean minutes of an open counter that each position in a board's queue costs, from the waits of past days and lately. This
    /// is the queue length over the rate of service, the rate measured by the delays themselves (R. Ibrahim and W. Whitt, "Real-time
    /// delay estimation based on delay history", 2009).
    pub fn position_costs(&self, lately: Served, busy: Busy) -> f64 {
        let minutes = self.served.counter_seconds as f64 / 60.0 + SHRINK * self.keeps(busy);
        let usual = minutes / (self.served.positions as f64 + SHRINK);
        (lately.counter_seconds as f64 / 60.0 + 2.0 * SHRINK * usual)
            / (lately.positions as f64 + 2.0 * SHRINK)
    }

    /// Probability that all counters are busy for one who meets nobody waiting at a board.
    pub fn all_busy(&self) -> f64 {
        (self.served.met_nobody_waited as f64 + 1.0) / (self.served.met_nobody as f64 + 3.0)
    }

    /// Coefficient of variation within a class.
    pub fn variation(&self) -> f64 {
        let (mut within, mut squared_means, mut count) = (0.0, 0.0, 0.0);
        for sum in self.by_class.values() {
            let n = sum.count as f64;
            let mean = sum.seconds as f64 / n;
            within += sum.squares as f64 - n * mean * mean;
            squared_means += n * mean * mean;
            count += n;
        }
        let prior = SHRINK * self.mean().powi(2) * 3600.0;
        let squared = (within.max(0.0) + prior * UNKNOWN_CV.powi(2)) / (squared_means + prior);
        if count > 0.0 {
            squared.sqrt()
        } else {
            UNKNOWN_CV
        }
    }

    /// Today's pace: recent transactions against what is expected of them; 1 is usual, more is slower.
    pub fn pace(&self, done: &[Transaction]) -> f64 {
        let prior = 2.0 * SHRINK * self.mean();
        let recent = done.iter().rev().take(LATELY);
        let (seen, expected) = recent.fold((prior, prior), |(seen, expected), what| {
            (
                seen + minutes(what.2),
                expected + self.mean_of(what.0, what.1),
            )
        });
        (seen / expected).clamp(0.4, 2.5)
    }
}
