//! Opening hours as sets of quarter-hours of the week.

use serde::{Deserialize, Serialize};

/// Quarter-hours in a day and in a week.
const PER_DAY: usize = 96;
const PER_WEEK: usize = 7 * PER_DAY;
const WORDS: usize = PER_WEEK.div_ceil(64);

/// One span of opening, within one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u8,
    /// Minute of the day when it opens.
    pub from: u16,
    /// Minute of the day when it closes, up to 1,440.
    pub to: u16,
}

/// A span that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "weekday {} from minute {} to {} is no opening: weekdays are 0 (Monday) to 6, minutes 0 to \
     1440, and it closes after it opens (over midnight: two openings)",
    .0.weekday, .0.from, .0.to
)]
pub struct BadOpening(pub Opening);

/// A set of quarter-hours of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeekSet([u64; WORDS]);

impl WeekSet {
    /// Never.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// The quarter-hours that lie wholly within one of the openings' days and minutes.
    ///
    /// # Errors
    /// [`BadOpening`] for the first that cannot be.
    pub fn new(openings: &[Opening]) -> Result<Self, BadOpening> {
        let mut minutes = vec![false; PER_WEEK * 15];
        for opening in openings {
            let is_span = opening.from < opening.to && opening.to <= 1440;
            if opening.weekday > 6 || !is_span {
                return Err(BadOpening(*opening));
            }
            let midnight = usize::from(opening.weekday) * 1440;
            let (from, to) = (usize::from(opening.from), usize::from(opening.to));
            minutes[midnight + from..midnight + to].fill(true);
        }
        let mut set = Self::EMPTY;
        for (quarter, minutes) in minutes.chunks(15).enumerate() {
            if minutes.iter().all(|is_open| *is_open) {
                set.0[quarter / 64] |= 1 << (quarter % 64);
            }
        }
        Ok(set)
    }

    /// Whether it holds the quarter-hour of a weekday (0 for Monday) and minute of the day.
    pub fn contains(&self, weekday: u8, minute: u16) -> bool {
        quarter(weekday, minute).is_some_and(|quarter| self.has(quarter))
    }

    pub(super) fn has(&self, quarter: usize) -> bool {
        self.0[quarter / 64] >> (quarter % 64) & 1 == 1
    }

    /// Quarter-hours in one or the other.
    pub fn union(mut self, other: &Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        self
    }

    /// Quarter-hours in both.
    pub fn intersection(mut self, other: &Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word &= other;
        }
        self
    }

    /// Hours a week.
    pub fn hours(&self) -> f64 {
        let quarters: u32 = self.0.iter().map(|word| word.count_ones()).sum();
        f64::from(quarters) / 4.0
    }
}

/// The number of a quarter-hour in the week; `None` for what is no time of a week.
pub(super) fn quarter(weekday: u8, minute: u16) -> Option<usize> {
    let is_time = weekday < 7 && minute < 1440;
    is_time.then(|| usize::from(weekday) * PER_DAY + usize::from(minute) / 15)
}

/// All quarter-hours of a week.
pub(super) fn quarters() -> std::ops::Range<usize> {
    0..PER_WEEK
}
