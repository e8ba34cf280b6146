//! How long people bear to wait, from visits that ended either way.
//!
//! Who left unserved died, in the language of survival analysis; who was served is censored at the wait. The exponential rate is the
//! maximum likelihood one, deaths / total time waited, with a Gamma prior where few have left (Kalbfleisch and Prentice, The
//! Statistical Analysis of Failure Time Data, 3.2); Kaplan and Meier's product limit (1958) is for display.
//!
//! Invariant: sums and bins are whole numbers, so the order of visits and days does not matter.

use serde::{Deserialize, Serialize};

use super::moment::{MINUTE, Us};
use super::record::DayRecord;

/// The prior: one person left in three hours of waiting.
const PRIOR_LEFT: f64 = 1.0;
const PRIOR_MINUTES: f64 = 180.0;
/// Waits are kept by the minute up to four hours.
const BINS: usize = 240;

/// Patience of a point's people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    waited: u64,
    /// By the minute of the wait: who left then, and who was served.
    left: Vec<u64>,
    served: Vec<u64>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            waited: 0,
            left: vec![0; BINS],
            served: vec![0; BINS],
        }
    }
}

impl Patience {
    /// Learns a day. Who has neither started nor left is not counted: when they went is not known.
    pub fn learn(&mut self, day: &DayRecord) {
        for visit in day.visits.iter().filter(|v| !v.again) {
            match (visit.left_queue(), visit.started, visit.abandoned) {
                (Some(end), Some(_), _) => self.add(end - visit.issued, false),
                (_, None, Some(end)) => self.add(end - visit.issued, true),
                _ => {}
            }
        }
    }

    /// Adds one wait, which ended by leaving or by service. A negative one is not counted.
    pub fn add(&mut self, wait: Us, left: bool) {
        if wait < 0 {
            return;
        }
        self.waited += wait as u64;
        let bin = ((wait / MINUTE) as usize).min(BINS - 1);
        let bins = if left {
            &mut self.left
        } else {
            &mut self.served
        };
        bins[bin] += 1;
    }

    /// People whose end is known, and how many of them left.
    pub fn sample(&self) -> (u64, u64) {
        let left: u64 = self.left.iter().sum();
        (left + self.served.iter().sum::<u64>(), left)
    }

    /// The rate of leaving, a minute: maximum likelihood, or `None` where nobody has waited.
    pub fn likeliest_rate(&self) -> Option<f64> {
        (self.waited > 0).then(|| self.sample().1 as f64 / (self.waited as f64 / MINUTE as f64))
    }

    /// The rate of leaving, a minute, with the prior: what the formulas use.
    pub fn rate(&self) -> f64 {
        let left = self.sample().1 as f64;
        (left + PRIOR_LEFT) / (self.waited as f64 / MINUTE as f64 + PRIOR_MINUTES)
    }

    /// Kaplan and Meier's estimate: at each minute at which somebody left, the share of people who would still wait after it. Within a
    /// minute, those who leave go before those who are served.
    pub fn survival(&self) -> Vec<(u32, f64)> {
        let mut at_risk = self.sample().0;
        let mut share = 1.0;
        let mut points = Vec::new();
        for minute in 0..BINS {
            let left = self.left[minute];
            if left > 0 {
                share *= 1.0 - left as f64 / at_risk as f64;
                points.push((minute as u32, share));
            }
            at_risk -= left + self.served[minute];
        }
        points
    }
}
