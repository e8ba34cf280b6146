//! What is to come at a point in the next hours: arrivals, open counters, how long a person keeps one.
//!
//! Counters follow the course of past days of the weekday's kind, in slots of five minutes, scaled by how many are open now against what
//! is usual at this time; that scale fades to one over an hour or so. A time at which counters are usually closed (noon, evening) is
//! kept closed.

use serde::{Deserialize, Serialize};

use super::arrivals::Arrivals;
use super::moment::{MINUTE, Us, day_of, weekday};
use super::patience::Patience;
use super::profile::DayProfile;
use super::record::{DayRecord, Now};
use super::service::ServiceTimes;

/// Minutes in a slot of an outlook.
pub const STEP: f64 = 5.0;
/// Slots of an outlook: five hours, so that a wait over noon ends in it.
pub const STEPS: usize = 60;
/// How fast today's number of counters fades into the usual one, in minutes.
const FADE: f64 = 75.0;

/// The course of the open counters, learned from past days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    open: DayProfile,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            open: DayProfile::new(STEP as usize),
        }
    }
}

impl Capacity {
    /// Learns a day.
    pub fn learn(&mut self, day: &DayRecord) {
        let middles = (0..self.open.slots()).map(|slot| self.open.middle(day.day, slot));
        let open: Vec<u32> = middles.map(|at| day.open_at(at)).collect();
        self.open.add(day.day, open.into_iter());
    }

    /// Counters usually open at an instant.
    pub fn usual(&self, at: Us) -> Option<f64> {
        self.open.mean(weekday(day_of(at)), self.open.slot_of(at))
    }

    /// The most counters that were ever open at once: what the point has, as far as is known.
    pub fn most(&self) -> u32 {
        self.open.most()
    }

    /// Counters expected to be open at `at`, where `open` are so at `now`.
    pub fn expected(&self, now: Us, open: u32, at: Us) -> f64 {
        let Some(then) = self.usual(at) else {
            return f64::from(open);
        };
        let usual_now = self.usual(now).unwrap_or(0.0);
        if usual_now < 0.5 {
            return then;
        }
        let ratio = (f64::from(open) / usual_now).clamp(0.3, 2.0);
        let fade = (-super::moment::minutes(at - now) / FADE).exp();
        then * (1.0 + (ratio - 1.0) * fade)
    }
}

/// What is to come, in slots of [`STEP`] minutes from `at` on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    /// From when.
    pub at: Us,
    /// People a minute, by slot.
    pub arrivals: Vec<f64>,
    /// Counters open, by slot; between whole numbers where days differ.
    pub open: Vec<f64>,
    /// Mean minutes that a person keeps a counter, the turn to the next person included.
    pub service: f64,
    /// Today's pace; 1 is usual, more is slower.
    pub pace: f64,
    /// Rate of leaving a minute.
    pub impatience: f64,
}

impl Outlook {
    /// The outlook from what past days taught and what is known now.
    pub fn of(
        now: &Now,
        arrivals: &Arrivals,
        capacity: &Capacity,
        service: &ServiceTimes,
        patience: &Patience,
    ) -> Self {
        let level = arrivals.level(now.at, &now.issued);
        let pace = service.pace(&now.done);
        let step = STEP as i64 * MINUTE;
        let middle = |slot: usize| now.at + slot as i64 * step + step / 2;
        let open = (0..STEPS).map(|slot| {
            if slot == 0 && now.open > 0 {
                f64::from(now.open)
            } else {
                capacity.expected(now.at, now.open, middle(slot))
            }
        });
        let rates = (0..STEPS).map(|slot| arrivals.usual_rate(middle(slot)) * level);
        Self {
            at: now.at,
            arrivals: rates.collect(),
            open: open.collect(),
            service: if now.counters.is_empty() {
                // A board tells no transactions: what its counters got through does.
                service.keeps(now.busy)
            } else {
                service.mean() * pace + service.between()
            },
            pace,
            impatience: patience.rate(),
        }
    }

    /// The slot in which so many minutes from now lie; the last one holds for all that is later.
    pub fn slot(&self, minutes: f64) -> usize {
        ((minutes / STEP) as usize).min(self.open.len() - 1)
    }
}
