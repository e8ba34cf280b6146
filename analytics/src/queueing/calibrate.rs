//! From a model's figure to a median and a bound that hold: what past forecasts of the point missed by.
//!
//! Two steps, both learned from days on which the point was forecast without knowing them.
//! 1. *Mixing*: the figure is a mean of the model's, the last value and the usual value of the hour with weights in fifths, those whose sum of
//!    absolute errors was least so far (the simplest form of stacking, Wolpert 1992: no weight can run away on few cases).
//! 2. *Conformal quantiles* (split conformal prediction with scaled residuals: Lei et al. 2018): the quantiles of `(truth − figure) /
//!    deviation` in the same band of figures. Few own residuals are filled up from the pool of all points.
//!
//! Invariants: sums and counts are whole numbers (errors are rounded to 1/256), so the order of cases, days
//! and points does not matter; calibrations add up.

use serde::{Deserialize, Serialize};

use super::wait::Base;

/// Inputs that are mixed: model, last value, usual value.
pub const INPUTS: usize = 3;
/// Mixes: weights in fifths that sum to one.
const MIXES: usize = 21;
const PARTS: u8 = 5;
/// Errors are kept as whole 1/256.
const SCALE: f64 = 256.0;
/// An error beyond this is taken as this, in minutes or people.
const FARTHEST: f64 = 1000.0;
/// Upper limits of the bands of figures, in minutes or people.
const BANDS: [f64; 7] = [0.35, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// Residual bins: asinh(4z) in steps of 1/20 from −5 on.
const BINS: usize = 232;
const BIN_BEGIN: f64 = -5.0;
const BINS_A_UNIT: f64 = 20.0;
/// The pool counts as so many own cases.
const POOLED_CASES: f64 = 150.0;
const POOLED_RESIDUALS: f64 = 60.0;
/// The model alone is given an advantage of so much error in each of so many cases.
const RIDGE: f64 = 0.02;

/// A forecast: median and 90 % bound, in minutes or people.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Half of the outcomes are at most this.
    pub median: f64,
    /// Nine of ten outcomes are at most this.
    pub bound: f64,
    /// The point's own past forecasts that it was calibrated on, in its band of figures.
    pub sample: u64,
}

/// What a forecast is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Input {
    /// Model mean, last value, usual value.
    pub values: [f64; INPUTS],
    /// The model's deviation, never zero.
    pub deviation: f64,
}

impl Input {
    /// Of a model's figure, the last value and the usual value.
    pub fn new(base: Base, last: f64, usual: f64) -> Self {
        // A model that is sure is still wrong by a little (rounding of clocks, the walk to the counter, one person), and by more where
        // its inputs do not agree.
        let own = base.deviation.powi(2) + 0.25 + (0.1 * base.mean).powi(2);
        let apart = (0.3 * (base.mean - last)).powi(2) + (0.2 * (last - usual)).powi(2);
        Self {
            values: [base.mean, last, usual],
            deviation: (own + apart).sqrt(),
        }
    }

    /// The figure of a mix.
    pub fn figure(&self, mix: usize) -> f64 {
        let weights = weights(mix);
        weights.iter().zip(&self.values).map(|(w, v)| w * v).sum()
    }
}

/// The weights of a mix; mix 0 is the model alone.
fn weights(mix: usize) -> [f64; INPUTS] {
    let mut index = 0;
    for model in (0..=PARTS).rev() {
        for last in 0..=PARTS - model {
            if index == mix {
                return [model, last, PARTS - model - last]
                    .map(|w| f64::from(w) / f64::from(PARTS));
            }
            index += 1;
        }
    }
    [1.0, 0.0, 0.0]
}

/// Counts of values by bins that are fine near zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residuals {
    counts: Vec<u32>,
}

impl Default for Residuals {
    fn default() -> Self {
        Self {
            counts: vec![0; BINS],
        }
    }
}

impl Residuals {
    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        let bin = ((4.0 * value).asinh() - BIN_BEGIN) * BINS_A_UNIT;
        self.counts[(bin.max(0.0) as usize).min(BINS - 1)] += 1;
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own += more;
        }
    }

    /// Values counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|c| u64::from(*c)).sum()
    }

    /// The value under which a share of the counted lies; `None` without any.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let weights: Vec<f64> = self.counts.iter().map(|c| f64::from(*c)).collect();
        quantile(&weights, share)
    }
}

/// The lower edge of a bin.
fn edge(bin: usize) -> f64 {
    (bin as f64 / BINS_A_UNIT + BIN_BEGIN).sinh() / 4.0
}

fn quantile(weights: &[f64], share: f64) -> Option<f64> {
    let all: f64 = weights.iter().sum();
    if all <= 0.0 {
        return None;
    }
    let mut missing = share * all;
    for (bin, weight) in weights.iter().enumerate() {
        if *weight > 0.0 && missing <= *weight {
            let (low, high) = (edge(bin), edge(bin + 1));
            return Some(low + (high - low) * (missing / weight).max(0.0));
        }
        missing -= weight;
    }
    Some(edge(weights.len()))
}

/// What past forecasts of one kind missed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibration {
    cases: u64,
    /// Sums of absolute errors by mix, in 1/256.
    errors: [u64; MIXES],
    bands: Vec<Residuals>,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            cases: 0,
            errors: [0; MIXES],
            bands: vec![Residuals::default(); BANDS.len() + 1],
        }
    }
}

fn band(figure: f64) -> usize {
    BANDS.partition_point(|limit| *limit <= figure)
}

impl Calibration {
    /// Cases learned from.
    pub fn cases(&self) -> u64 {
        self.cases
    }

    /// Learns a case: what was given, the figure that was made of it then, and what came.
    pub fn learn(&mut self, input: &Input, figure: f64, truth: f64) {
        self.cases += 1;
        for (mix, sum) in self.errors.iter_mut().enumerate() {
            let error = (truth - input.figure(mix)).abs().min(FARTHEST);
            *sum += (error * SCALE).round() as u64;
        }
        self.bands[band(figure)].add((truth - figure) / input.deviation);
    }

    /// Adds what another learned.
    pub fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        for (own, more) in self.errors.iter_mut().zip(&other.errors) {
            *own += more;
        }
        for (own, more) in self.bands.iter_mut().zip(&other.bands) {
            own.merge(more);
        }
    }

    /// The mix of the least error, own cases and the pool's together.
    pub fn mix(&self, pool: &Self) -> usize {
        let part = POOLED_CASES / (pool.cases as f64).max(POOLED_CASES);
        let error = |mix: usize| {
            let sum = self.errors[mix] as f64 + part * pool.errors[mix] as f64;
            if mix == 0 {
                sum - RIDGE * SCALE * POOLED_CASES
            } else {
                sum
            }
        };
        (0..MIXES)
            .min_by(|a, b| error(*a).total_cmp(&error(*b)))
            .unwrap_or(0)
    }

    /// The forecast for a figure.
    pub fn forecast(&self, pool: &Self, figure: f64, deviation: f64) -> Forecast {
        let band = band(figure);
        let (own, pooled) = (&self.bands[band], &pool.bands[band]);
        let sample = own.count();
        let part = POOLED_RESIDUALS / (pooled.count() as f64).max(POOLED_RESIDUALS);
        let mut weights: Vec<f64> = own.counts.iter().map(|c| f64::from(*c)).collect();
        for (weight, more) in weights.iter_mut().zip(&pooled.counts) {
            *weight += part * f64::from(*more);
        }
        // A normal residual counts as one case, so that the first day has a bound too.
        for step in [
            -1.64, -1.04, -0.67, -0.39, -0.13, 0.13, 0.39, 0.67, 1.04, 1.64,
        ] {
            let bin = ((4.0_f64 * step).asinh() - BIN_BEGIN) * BINS_A_UNIT;
            weights[bin as usize] += 0.1;
        }
        let at = |share| figure + deviation * quantile(&weights, share).unwrap_or(0.0);
        let median = at(0.5).max(0.0);
        Forecast {
            median,
            bound: at(0.9).max(median),
            sample,
        }
    }
}
