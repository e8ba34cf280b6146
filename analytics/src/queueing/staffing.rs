//! Counters to open, and by when, so that a target holds over the next two hours.
//!
//! The transient chain ([`Chain`]) is followed through the coming quarters of an hour twice: with the counters that are expected anyway, which
//! says when there will be too few; and with as few as hold the target in each quarter, chosen one quarter after the other, which
//! says how many are needed. At a quarter's end, one who comes meets k people with the chain's probability; the wait is then k − n + 1
//! departures at rate nμ, with those ahead leaving at rate θ each ([`erlang::departures`], exact for M/M/n+M). A queue that stands already takes
//! time to work off: a quarter counts as held when the target holds at its end.
//!
//! Invariants: never more counters than the point has; with more counters the wait is never longer, so the least number is found by halving.

use serde::{Deserialize, Serialize};

use super::erlang::{departures, departures_longer};
use super::moment::{QUARTER, Us};
use super::outlook::{Outlook, STEP};
use super::queue::{Chain, Rates};

/// Quarters of an hour that are planned.
pub const QUARTERS_AHEAD: usize = 8;
/// Euler steps in a quarter.
const SUBSTEPS: usize = 6;
/// A point with fewer counters than this expected is closed.
const CLOSED_BELOW: f64 = 0.5;
/// States less likely than this are left out of means.
const NEGLIGIBLE: f64 = 1e-12;

/// What is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// The mean wait of one who comes is at most so many minutes.
    MeanWait(f64),
    /// One who comes waits longer than so many `minutes` with at most this probability.
    Longer {
        /// Minutes.
        minutes: f64,
        /// Probability, 0 to 1.
        share: f64,
    },
}

/// A quarter of an hour of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quarter {
    /// When it begins.
    pub from: Us,
    /// Counters needed, if the quarters before had theirs; at most what the point has.
    pub needed: u32,
    /// The point is usually closed then (noon, evening): none is needed, and who comes waits for the opening.
    pub is_closed: bool,
    /// Even all counters do not hold the target in it.
    pub is_beyond: bool,
    /// Counters expected to be open anyway; between whole numbers where days differ.
    pub expected: f64,
    /// What the target is about with the counters expected anyway: the mean wait in minutes, or the probability.
    pub without: f64,
    /// The target holds with the counters expected anyway, or the point is closed.
    pub holds: bool,
}

/// A plan for the next two hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Its quarters.
    pub quarters: Vec<Quarter>,
    /// The first quarter in which the target does not hold with the counters expected anyway: by its begin more must be open.
    pub too_few_from: Option<Us>,
}

impl Plan {
    /// Counters to open now, of the first quarter.
    pub fn now(&self) -> u32 {
        self.quarters.first().map_or(0, |q| q.needed)
    }

    /// The most counters needed in a quarter.
    pub fn most(&self) -> u32 {
        self.quarters.iter().map(|q| q.needed).max().unwrap_or(0)
    }
}

impl Target {
    /// What the target is about for one who comes to a point in the state of `chain` with so many counters: minutes or a probability.
    pub fn figure(&self, chain: &Chain, open: u32, service: f64, impatience: f64) -> f64 {
        let capacity = f64::from(open) * service;
        let of_state = |(people, probability): (usize, &f64)| {
            let Some(ahead) = people.checked_sub(open as usize) else {
                return 0.0;
            };
            if *probability < NEGLIGIBLE {
                return 0.0;
            }
            let ahead = ahead as u32;
            let figure = match *self {
                // Without a counter the wait has no end within the plan.
                Self::MeanWait(_) if open == 0 => f64::INFINITY,
                Self::MeanWait(_) => departures(ahead, capacity, impatience).0,
                Self::Longer { minutes, .. } => {
                    departures_longer(ahead, capacity, impatience, minutes)
                }
            };
            probability * figure
        };
        chain.states().iter().enumerate().map(of_state).sum()
    }

    /// Whether a figure holds the target.
    pub fn holds(&self, figure: f64) -> bool {
        match *self {
            Self::MeanWait(minutes) => figure <= minutes,
            Self::Longer { share, .. } => figure <= share,
        }
    }
}

/// The plan for the next two hours of a point with `present` people in it, waiting or served, and `counters` counters in all.
pub fn plan(outlook: &Outlook, present: usize, counters: u32, target: Target) -> Plan {
    let to_come: f64 = (0..QUARTERS_AHEAD * 3)
        .map(|slot| outlook.arrivals.get(slot).copied().unwrap_or(0.0) * STEP)
        .sum();
    let mut expected_chain = Chain::new(present, to_come);
    let mut needed_chain = expected_chain.clone();
    let service = 1.0 / outlook.service;
    let mut quarters = Vec::with_capacity(QUARTERS_AHEAD);
    for index in 0..QUARTERS_AHEAD {
        let slots = index * 3..index * 3 + 3;
        let mean = |values: &[f64]| values[slots.clone()].iter().sum::<f64>() / 3.0;
        let rates = Rates {
            arrivals: mean(&outlook.arrivals),
            service,
            open: mean(&outlook.open),
            impatience: outlook.impatience,
        };
        advance(&mut expected_chain, rates);
        if rates.open < CLOSED_BELOW {
            advance(&mut needed_chain, rates);
            quarters.push(Quarter {
                from: outlook.at + index as i64 * QUARTER,
                needed: 0,
                is_closed: true,
                is_beyond: false,
                expected: rates.open,
                without: 0.0,
                holds: true,
            });
            continue;
        }
        let open = rates.open.round() as u32;
        let without = target.figure(&expected_chain, open, service, outlook.impatience);

        let with = |open: u32| {
            let mut chain = needed_chain.clone();
            let rates = Rates {
                open: f64::from(open),
                ..rates
            };
            advance(&mut chain, rates);
            let figure = target.figure(&chain, open, service, outlook.impatience);
            (chain, figure)
        };
        // The least number that holds, by halving; all of them where none does.
        let (mut low, mut high) = (0, counters.max(1));
        while low < high {
            let middle = u32::midpoint(low, high);
            if target.holds(with(middle).1) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let (chain, figure) = with(high);
        needed_chain = chain;
        quarters.push(Quarter {
            from: outlook.at + index as i64 * QUARTER,
            needed: high,
            is_closed: false,
            is_beyond: !target.holds(figure),
            expected: rates.open,
            without,
            holds: target.holds(without),
        });
    }
    let too_few_from = quarters.iter().find(|q| !q.holds).map(|q| q.from);
    Plan {
        quarters,
        too_few_from,
    }
}

fn advance(chain: &mut Chain, rates: Rates) {
    let minutes = super::moment::minutes(QUARTER) / SUBSTEPS as f64;
    for _ in 0..SUBSTEPS {
        chain.step(rates, minutes);
    }
}
