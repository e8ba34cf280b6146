//! The queue in the next hours, before calibration: the transient of M(t)/M/n(t)+M.
//!
//! The chain of the number of people in the point (waiting or served) has arrivals of rate λ(t) and departures of rate
//! `μ min(k, n) + θ max(k − n, 0)`. It is followed by backward Euler steps: a tridiagonal system a step, solved by elimination (Thomas), which
//! keeps probabilities positive and their sum exact for any step, so that busy points need no shorter one.
//!
//! Invariant: probabilities are at least zero and sum to one; people beyond the last state are kept in it.

use super::outlook::{Outlook, STEP};
use super::record::Now;
use super::wait::Base;

/// Euler steps in a slot: of a minute, at which the deviation is still 2 % too large.
const SUBSTEPS: usize = 5;
/// States at most: as many people in a point at once.
const MOST_STATES: usize = 400;

/// The distribution of the number of people in a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    states: Vec<f64>,
    lower: Vec<f64>,
}

/// Rates of a step, a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// People who come.
    pub arrivals: f64,
    /// Transactions that end at one counter.
    pub service: f64,
    /// Counters open; may lie between whole numbers.
    pub open: f64,
    /// People who leave, each.
    pub impatience: f64,
}

impl Chain {
    /// Exactly so many people in the point, with states for as many as can be expected to come.
    pub fn new(people: usize, to_come: f64) -> Self {
        let room = people as f64 + to_come + 6.0 * (to_come + 1.0).sqrt() + 8.0;
        let mut states = vec![0.0; (room as usize).clamp(16, MOST_STATES)];
        let last = states.len() - 1;
        states[people.min(last)] = 1.0;
        Self {
            lower: vec![0.0; states.len()],
            states,
        }
    }

    /// One backward Euler step: `(I − minutes · Qᵀ) p' = p`.
    pub fn step(&mut self, rates: Rates, minutes: f64) {
        let last = self.states.len() - 1;
        let out = |k: usize| {
            let k = k as f64;
            minutes
                * (rates.service * k.min(rates.open) + rates.impatience * (k - rates.open).max(0.0))
        };
        let come = minutes * rates.arrivals;
        // Row k: (1 + come + out(k)) p'[k] − come p'[k−1] − out(k+1) p'[k+1] = p[k]. `lower` keeps the eliminated factors.
        for k in 0..=last {
            let stay = 1.0 + out(k) + if k < last { come } else { 0.0 };
            let (before, carried) = if k > 0 {
                (self.lower[k - 1], self.states[k - 1])
            } else {
                (0.0, 0.0)
            };
            let pivot = stay - come * before;
            self.lower[k] = if k < last { out(k + 1) / pivot } else { 0.0 };
            self.states[k] = (self.states[k] + if k > 0 { come * carried } else { 0.0 }) / pivot;
        }
        for k in (0..last).rev() {
            self.states[k] += self.lower[k] * self.states[k + 1];
        }
    }

    /// The probabilities, by number of people in the point.
    pub fn states(&self) -> &[f64] {
        &self.states
    }

    /// Mean and deviation of the number who wait, where so many counters are open.
    pub fn waiting(&self, open: f64) -> Base {
        let over = |k: usize| (k as f64 - open).max(0.0);
        let weighted = |power: i32| -> f64 {
            let states = self.states.iter().enumerate();
            states.map(|(k, p)| p * over(k).powi(power)).sum()
        };
        let mean = weighted(1);
        Base {
            mean,
            deviation: (weighted(2) - mean * mean).max(0.0).sqrt(),
        }
    }
}

/// People in the point now: those waiting, and those at counters, known or as many as the counters and the load allow.
pub fn present(now: &Now, outlook: &Outlook) -> usize {
    let served = if now.counters.is_empty() {
        let load = outlook.arrivals[0] * outlook.service;
        let open = f64::from(now.open);
        if now.waiting > 0 {
            open
        } else {
            load.min(open)
        }
    } else {
        now.counters.iter().filter(|c| c.serving.is_some()).count() as f64
    };
    now.waiting as usize + served.round() as usize
}

/// The number who wait after each of some minutes, given in rising order.
pub fn queue(now: &Now, outlook: &Outlook, horizons: &[f64]) -> Vec<Base> {
    let until = horizons.last().copied().unwrap_or(0.0);
    let slots = outlook.slot(until) + 1;
    let to_come: f64 = outlook.arrivals[..slots].iter().map(|r| r * STEP).sum();
    let mut chain = Chain::new(present(now, outlook), to_come);
    let mut bases = Vec::with_capacity(horizons.len());
    let minutes = STEP / SUBSTEPS as f64;
    let mut elapsed = 0.0;
    for horizon in horizons {
        while elapsed + minutes / 2.0 < *horizon {
            let slot = outlook.slot(elapsed);
            let rates = Rates {
                arrivals: outlook.arrivals[slot],
                service: 1.0 / outlook.service,
                open: outlook.open[slot],
                impatience: outlook.impatience,
            };
            chain.step(rates, minutes);
            elapsed += minutes;
        }
        bases.push(chain.waiting(outlook.open[outlook.slot(elapsed - minutes / 2.0)]));
    }
    bases
}
