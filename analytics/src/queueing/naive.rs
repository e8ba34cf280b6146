//! The forecasts that a model has to beat: the last value, and the mean of the hour on past days.
//!
//! The last value of a wait is that of the last person started, of a queue the queue now. The mean of the hour is that of the same weekday and
//! hour, or of the hour on all days where that weekday was not seen. Its 90 % bound is the forecast and the 0.9 quantile of what it missed
//! by on past days at this point (at all points, as long as this one has few).
//!
//! Invariant: sums are whole numbers.

use serde::{Deserialize, Serialize};

use super::calibrate::Residuals;
use super::moment::{QUARTER, Us, day_of, quarter_of, start_of, weekday};

const HOURS: usize = 24;
/// Values are kept as whole 1/64.
const SCALE: f64 = 64.0;
/// From so many own residuals on, only those count.
const ENOUGH: u64 = 40;
/// The mean of the hour over all days counts as so many values of the weekday, in [`HourMeans::usual`].
const SHRINK: f64 = 12.0;

/// Means by weekday and hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourMeans {
    sums: Vec<u64>,
    counts: Vec<u64>,
}

impl Default for HourMeans {
    fn default() -> Self {
        Self {
            sums: vec![0; 7 * HOURS],
            counts: vec![0; 7 * HOURS],
        }
    }
}

impl HourMeans {
    /// Adds a value of an instant.
    pub fn add(&mut self, at: Us, value: f64) {
        let slot = slot(at);
        self.sums[slot] += (value.max(0.0) * SCALE).round() as u64;
        self.counts[slot] += 1;
    }

    /// The mean of the weekday and hour, or of the hour.
    pub fn mean(&self, at: Us) -> Option<f64> {
        let slot = slot(at);
        if self.counts[slot] > 0 {
            return Some(self.sums[slot] as f64 / SCALE / self.counts[slot] as f64);
        }
        self.of_hour(slot % HOURS)
    }

    /// The mean of the weekday and hour, shrunk to that of the hour.
    pub fn usual(&self, at: Us) -> Option<f64> {
        let slot = slot(at);
        let of_hour = self.of_hour(slot % HOURS)?;
        let own = self.sums[slot] as f64 / SCALE;
        Some((own + SHRINK * of_hour) / (self.counts[slot] as f64 + SHRINK))
    }

    fn of_hour(&self, hour: usize) -> Option<f64> {
        let days = || (0..7).map(|day| day * HOURS + hour);
        let count: u64 = days().map(|slot| self.counts[slot]).sum();
        let sum: u64 = days().map(|slot| self.sums[slot]).sum();
        (count > 0).then(|| sum as f64 / SCALE / count as f64)
    }
}

fn slot(at: Us) -> usize {
    weekday(day_of(at)) * HOURS + quarter_of(at) / 4
}

/// The queue by weekday and quarter of an hour, for the usual value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsualQueue {
    profile: super::profile::DayProfile,
}

impl Default for UsualQueue {
    fn default() -> Self {
        Self {
            profile: super::profile::DayProfile::new(15),
        }
    }
}

impl UsualQueue {
    /// Learns a day: the queue in the middle of each quarter.
    pub fn learn(&mut self, day: &super::record::DayRecord) {
        let middles = (0..self.profile.slots()).map(|slot| self.profile.middle(day.day, slot));
        let queues: Vec<u32> = middles.map(|at| day.waiting_at(at)).collect();
        self.profile.add(day.day, queues.into_iter());
    }

    /// The usual queue at an instant, between the middles of the quarters around it.
    pub fn at(&self, at: Us) -> Option<f64> {
        let day = day_of(at);
        let shifted = at - QUARTER / 2;
        let before = quarter_of(shifted.max(start_of(day)));
        let part = (shifted - start_of(day) - before as i64 * QUARTER) as f64 / QUARTER as f64;
        let of = |slot: usize| self.profile.smooth(weekday(day), slot);
        let (first, second) = (of(before)?, of((before + 1).min(self.profile.slots() - 1))?);
        Some(first + (second - first) * part.clamp(0.0, 1.0))
    }
}

/// What a naive forecast missed by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed(pub Residuals);

impl Missed {
    /// The bound for a value: the value and the 0.9 quantile of the residuals.
    pub fn bound(&self, pool: &Self, value: f64) -> f64 {
        let source = if self.0.count() >= ENOUGH {
            &self.0
        } else {
            &pool.0
        };
        (value + source.quantile(0.9).unwrap_or(0.0)).max(0.0)
    }
}

/// Pinball loss of a quantile forecast (Koenker and Bassett 1978).
pub fn pinball(share: f64, forecast: f64, truth: f64) -> f64 {
    let over = truth - forecast;
    (share * over).max((share - 1.0) * over)
}
