//! Steady-state formulas of queues with Poisson arrivals and exponential service: Erlang B, Erlang C and Erlang-A.
//!
//! What flows in: rates per minute and a number of counters. What flows out: probabilities, minutes, people.
//!
//! Sources. Erlang B by its recursion and Erlang C from it: ITU-D, Teletraffic Engineering Handbook (V. B. Iversen),
//! chapters 7 and 9. Erlang-A (M/M/n+M): A. Mandelbaum and S. Zeltyn, "The Palm/Erlang-A Queue, with Applications to Call
//! Centers" (2005), and their M/M/n+G study (2004) for the tail of the wait, where with patience rate θ
//! `J(t) = ∫_t^∞ exp(λ(1 − e^(−θu))/θ − nμu) du`. The time until a number of people have left: a sum of independent
//! exponential stages (a pure-death chain).
//!
//! Invariants: nothing is computed as a quotient of powers or factorials, so two hundred counters and a load far over
//! them neither overflow nor lose digits; all sums have positive terms.

use serde::{Deserialize, Serialize};
use thiserror::Error;

#[cfg(test)]
mod tests;

/// Why a queue cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QueueError {
    /// A rate is negative, not finite, or the service rate is zero.
    #[error(
        "rates must be finite and not negative, and service faster than zero: check the means they come from"
    )]
    Rate,
    /// No counter.
    #[error("a queue needs at least one counter: ask again once one is open")]
    NoCounter,
    /// Nobody leaves and more come than can be served.
    #[error(
        "without impatience the load must be below the number of counters: give a patience rate or more counters"
    )]
    Overloaded,
}

/// A queue in steady state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    arrivals: f64,
    service: f64,
    counters: u32,
    impatience: f64,
}

/// What is to be expected of a queue in steady state. Times in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// Probability that one who comes must wait.
    pub waits: f64,
    /// Probability that one who comes leaves unserved.
    pub abandons: f64,
    /// Mean wait of all who come, served or not; minutes.
    pub wait: f64,
    /// Mean number of people waiting.
    pub queue: f64,
    /// Mean part of the counters that is busy.
    pub busy: f64,
}

/// Erlang B: the probability that all `counters` are busy, for an offered load in erlangs, where nobody waits.
///
/// By the recursion `B(n) = a B(n−1) / (n + a B(n−1))` (ITU-D handbook, 7.3). A load of zero or less gives 0 (1 without counters).
pub fn erlang_b(counters: u32, load: f64) -> f64 {
    let load = load.max(0.0);
    (1..=counters).fold(1.0, |blocked, n| {
        load * blocked / (f64::from(n) + load * blocked)
    })
}

/// Erlang C: the probability of waiting, for an offered load in erlangs, where nobody leaves. 1 at or over full load.
///
/// `C = B / (1 − ρ(1 − B))` (ITU-D handbook, 9.2).
pub fn erlang_c(counters: u32, load: f64) -> f64 {
    let rho = load / f64::from(counters.max(1));
    if counters == 0 || rho >= 1.0 {
        return 1.0;
    }
    let blocked = erlang_b(counters, load);
    blocked / (1.0 - rho * (1.0 - blocked))
}

impl Queue {
    /// A queue with arrivals, service at one counter and impatience as rates a minute (1 / mean minutes). An impatience of
    /// zero is Erlang C.
    ///
    /// # Errors
    /// [`QueueError`] where a rate is not one, there is no counter, or the queue would grow without end.
    pub fn new(
        arrivals: f64,
        service: f64,
        counters: u32,
        impatience: f64,
    ) -> Result<Self, QueueError> {
        let is_rate = |rate: f64| rate.is_finite() && rate >= 0.0;
        if !is_rate(arrivals) || !is_rate(service) || !is_rate(impatience) || service <= 0.0 {
            return Err(QueueError::Rate);
        }
        if counters == 0 {
            return Err(QueueError::NoCounter);
        }
        // The series behind Erlang-A has about arrivals / impatience terms. Where people are a million times slower to leave
        // than others come, they are taken as a million times slower.
        let impatience = if impatience > 0.0 {
            impatience.max(arrivals * 1e-6)
        } else {
            0.0
        };
        if impatience == 0.0 && arrivals >= service * f64::from(counters) {
            return Err(QueueError::Overloaded);
        }
        Ok(Self {
            arrivals,
            service,
            counters,
            impatience,
        })
    }

    /// The offered load, in erlangs.
    pub fn load(&self) -> f64 {
        self.arrivals / self.service
    }

    /// What is to be expected.
    pub fn expected(&self) -> Expected {
        let waits = self.waits();
        let abandons = self.abandons();
        let wait = if self.impatience > 0.0 {
            // Whoever leaves does so at the rate of impatience while waiting: P(Ab) = θ E[W].
            abandons / self.impatience
        } else {
            waits / (self.capacity() - self.arrivals)
        };
        Expected {
            waits,
            abandons,
            wait,
            queue: self.arrivals * wait,
            busy: self.load() * (1.0 - abandons) / f64::from(self.counters),
        }
    }

    /// Probability that one who comes must wait.
    pub fn waits(&self) -> f64 {
        self.delayed_longer(0.0)
    }

    /// Probability that one who comes leaves unserved.
    pub fn abandons(&self) -> f64 {
        if self.impatience == 0.0 || self.arrivals == 0.0 {
            return 0.0;
        }
        // P(Ab | W > 0) = 1 / (ρ A) + 1 − 1 / ρ; written so that light load loses no digits: with A = 1 + y/(x+1) A',
        // the same is (x/y) (y/x − 1 + 1/A) = 1 − (x/y)(A − 1)/A, and (A − 1)/A = y A' / ((x + 1) A).
        let (x, y) = (
            self.capacity() / self.impatience,
            self.arrivals / self.impatience,
        );
        let next = (ln_series(x + 1.0, y) - ln_series(x, y)).exp();
        let given_wait = 1.0 - x / (x + 1.0) * next;
        self.waits() * given_wait.clamp(0.0, 1.0)
    }

    /// Probability that one who comes still waits after so many minutes, neither served nor gone.
    pub fn waits_longer(&self, minutes: f64) -> f64 {
        let minutes = minutes.max(0.0);
        (-self.impatience * minutes).exp() * self.delayed_longer(minutes)
    }

    /// Probability that one of endless patience would wait longer than so many minutes: the tail of the offered wait.
    pub fn delayed_longer(&self, minutes: f64) -> f64 {
        let minutes = minutes.max(0.0);
        if self.arrivals == 0.0 {
            return 0.0;
        }
        if self.impatience == 0.0 {
            let spare = self.capacity() - self.arrivals;
            return erlang_c(self.counters, self.load()) * (-spare * minutes).exp();
        }
        // λ J(t) / (E + λ J(0)), with E = 1 / B(n − 1); in logarithms, since J can be beyond any number.
        let ln_tail = self.arrivals.ln() + self.ln_j(minutes);
        let ln_all = self.arrivals.ln() + self.ln_j(0.0);
        let ln_free = ln_inverse_b(self.counters - 1, self.load());
        let top = ln_all.max(ln_free);
        (ln_tail - top).exp() / ((ln_all - top).exp() + (ln_free - top).exp())
    }

    /// The minutes that a share of those who come wait no longer than, served or gone; the share within 0 and 1.
    pub fn wait_quantile(&self, share: f64) -> f64 {
        let over = 1.0 - share.clamp(0.0, 1.0 - 1e-9);
        if self.waits() <= over {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, 1.0 / self.service);
        while self.waits_longer(high) > over {
            high *= 2.0;
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.waits_longer(middle) > over {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    fn capacity(&self) -> f64 {
        self.service * f64::from(self.counters)
    }

    /// The logarithm of J(t), by the series of the lower incomplete gamma function.
    fn ln_j(&self, minutes: f64) -> f64 {
        let x = self.capacity() / self.impatience;
        let y = self.arrivals / self.impatience;
        let left = (-self.impatience * minutes).exp();
        let gone = -(-self.impatience * minutes).exp_m1();
        y * gone - self.capacity() * minutes - self.capacity().ln() + ln_series(x, y * left)
    }
}

/// The logarithm of 1 / B, by the recursion of [`erlang_b`] turned over: 1/B(n) = 1 + (n/a) / B(n−1). B itself can be less than any number.
fn ln_inverse_b(counters: u32, load: f64) -> f64 {
    (1..=counters).fold(0.0, |before: f64, n| {
        let grown = before + (f64::from(n) / load).ln();
        // ln(1 + e^grown), from whichever side is exact.
        if grown > 0.0 {
            grown + (-grown).exp().ln_1p()
        } else {
            grown.exp().ln_1p()
        }
    })
}

/// The logarithm of `1 + y/(x+1) + y²/((x+1)(x+2)) + …`, Palm's A(x, y). All terms are positive.
fn ln_series(x: f64, y: f64) -> f64 {
    let (mut sum, mut term, mut scale) = (1.0_f64, 1.0_f64, 0.0_f64);
    let mut k = 1.0;
    loop {
        let factor = y / (x + k);
        term *= factor;
        sum += term;
        // Once terms shrink, what is left is at most a geometric series.
        if factor < 1.0 && term * factor <= sum * (1.0 - factor) * 1e-16 {
            return sum.ln() + scale;
        }
        if sum > 1e250 {
            sum *= 1e-250;
            term *= 1e-250;
            scale += 250.0 * std::f64::consts::LN_10;
        }
        k += 1.0;
    }
}

/// Mean and variance, in minutes, of the wait of one who comes while all counters are busy and `ahead` people wait: `ahead + 1`
/// departures, in which those ahead may also leave. `capacity` is counters × service rate, both rates a minute.
///
/// The stages are independent exponentials of rate `capacity + k·impatience`, k = ahead … 0.
pub fn departures(ahead: u32, capacity: f64, impatience: f64) -> (f64, f64) {
    let stages = (0..=ahead).map(|k| 1.0 / (capacity + f64::from(k) * impatience));
    stages.fold((0.0, 0.0), |(mean, variance), stage| {
        (mean + stage, variance + stage * stage)
    })
}

/// Probability that the wait of [`departures`] is longer than so many minutes.
///
/// The chain of departures is a linear death process that begins with `capacity/impatience + ahead` particles, a whole number or
/// not, so that the number of departures by t is binomial with `1 − e^(−θt)`; without impatience it is Poisson. The wait is
/// longer than t exactly when at most `ahead` have left by then. All terms are positive.
pub fn departures_longer(ahead: u32, capacity: f64, impatience: f64, minutes: f64) -> f64 {
    if minutes <= 0.0 {
        return 1.0;
    }
    if capacity <= 0.0 {
        return 1.0;
    }
    let gone = -(-impatience * minutes).exp_m1();
    let x = capacity / impatience.max(1e-300);
    let mut ln_term = -(capacity + f64::from(ahead) * impatience) * minutes;
    let mut sum = 0.0;
    for deaths in 0..=ahead {
        sum += ln_term.exp();
        // From j to j + 1 departures: (x + ahead − j) (1 − p) / ((j + 1) p), which tends to capacity·t / (j + 1) without impatience.
        let left = f64::from(ahead - deaths);
        ln_term += if impatience > 0.0 {
            (x + left).ln() + gone.ln() + impatience * minutes - (f64::from(deaths) + 1.0).ln()
        } else {
            (capacity * minutes).ln() - (f64::from(deaths) + 1.0).ln()
        };
    }
    sum.min(1.0)
}
