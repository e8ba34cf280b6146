//! How many people come, and when.
//!
//! The rate has a course by weekday and quarter of an hour ([`DayProfile`]) and a level for today: a Gamma prior with mean 1, updated by the
//! numbers given so far against those expected so far (the Poisson likelihood's conjugate: Gelman et al., Bayesian Data
//! Analysis, 2.6).
//!
//! Invariant: sums are whole numbers; the order of days does not matter.

use serde::{Deserialize, Serialize};

use super::moment::{MINUTE, QUARTER, QUARTERS, Us, day_of, quarter_of, start_of, weekday};
use super::profile::DayProfile;
use super::record::DayRecord;

/// The prior on today's level is worth so many people once the usual day is known: days of a point differ by about a sixth.
const PRIOR: f64 = 36.0;
/// After so many days half of that.
const PRIOR_DAYS: f64 = 4.0;

/// The arrivals of a point, learned from past days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    profile: DayProfile,
}

impl Default for Arrivals {
    fn default() -> Self {
        Self {
            profile: DayProfile::new(15),
        }
    }
}

impl Arrivals {
    /// Learns a day.
    pub fn learn(&mut self, day: &DayRecord) {
        let mut issued = [0_u32; QUARTERS];
        let own = day.visits.iter().filter(|v| !v.again);
        for visit in own.filter(|v| day_of(v.issued) == day.day) {
            issued[quarter_of(visit.issued)] += 1;
        }
        self.profile.add(day.day, issued.into_iter());
    }

    /// Days learned from.
    pub fn days(&self) -> u32 {
        self.profile.days()
    }

    /// People a minute at an instant of a usual day; zero where its kind of day was never seen.
    pub fn usual_rate(&self, at: Us) -> f64 {
        let slot = quarter_of(at);
        let people = self.profile.smooth(weekday(day_of(at)), slot);
        people.unwrap_or(0.0) / (QUARTER / MINUTE) as f64
    }

    /// Today's level against a usual day of its weekday: 1 is usual. `issued` are the numbers given by quarter.
    pub fn level(&self, at: Us, issued: &[u32]) -> f64 {
        let day = day_of(at);
        let now = quarter_of(at);
        let seen: u32 = issued.iter().take(now + 1).sum();
        let mut expected: f64 = (0..now)
            .filter_map(|slot| self.profile.mean(weekday(day), slot))
            .sum();
        let begun = at - start_of(day) - now as i64 * QUARTER;
        expected +=
            self.profile.mean(weekday(day), now).unwrap_or(0.0) * begun as f64 / QUARTER as f64;
        let days = f64::from(self.days());
        let prior = (PRIOR * days / (days + PRIOR_DAYS)).max(2.0);
        (prior + f64::from(seen)) / (prior + expected)
    }
}
