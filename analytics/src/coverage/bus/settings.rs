//! How people walk and change, and when they leave.

use serde::{Deserialize, Serialize};

/// Why reach by bus cannot be computed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// A setting cannot be.
    #[error("the bus settings are not possible: {0}; correct them")]
    Settings(String),
    /// Walks are given for other stops or origins than there are.
    #[error("walks are given for {given} {what}, there are {expected}: give one for each")]
    Walks {
        /// Stops or origins.
        what: &'static str,
        /// As many as given.
        given: usize,
        /// As many as there are.
        expected: usize,
    },
    /// A leg names a stop that is not there.
    #[error("a walk leads to stop number {0}, which the timetable does not have")]
    NoStop(u32),
}

/// The travel model of a way by bus.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BusSettings {
    /// Walking speed along a leg that already has its detour, km/h.
    pub walk_kmh: f64,
    /// How much longer a walk is than its straight line.
    pub detour: f64,
    /// Longest straight line walked to the first or from the last stop, metres.
    pub max_walk_m: f64,
    /// Most changes from one bus to another.
    pub transfers: u8,
    /// Seconds that a change takes besides the walk.
    pub change_s: u32,
    /// Longest way by bus that counts, seconds.
    pub max_journey_s: u32,
}

impl Default for BusSettings {
    /// Speed and detour are the travel model's; the other figures are this project's choice.
    fn default() -> Self {
        Self {
            walk_kmh: 4.5,
            detour: 1.3,
            max_walk_m: 1_500.0,
            transfers: 2,
            change_s: 0,
            max_journey_s: 3 * 3600,
        }
    }
}

impl BusSettings {
    /// Seconds to walk a straight line of so many metres; a second begun counts whole.
    pub fn walk_seconds(&self, metres: f64) -> u32 {
        (metres * self.detour * 3.6 / self.walk_kmh).ceil() as u32
    }

    pub(super) fn check(&self) -> Result<(), BusError> {
        let mistake = if !(self.detour >= 1.0 && self.detour.is_finite()) {
            format!(
                "a detour of {} is shorter than a straight line",
                self.detour
            )
        } else if !(self.walk_kmh >= 0.1 && self.walk_kmh.is_finite()) {
            format!("{} km/h is no walking speed", self.walk_kmh)
        } else if !(self.max_walk_m >= 0.0 && self.max_walk_m <= 20_000.0) {
            format!("a walk of {} m: use 0 to 20,000", self.max_walk_m)
        } else if self.transfers > 9 {
            format!("{} transfers: use at most 9", self.transfers)
        } else if self.change_s > 86_400 || self.max_journey_s > 86_400 {
            "a change or a journey over a day".to_owned()
        } else {
            return Ok(());
        };
        Err(BusError::Settings(mistake))
    }
}

/// The departures of a question: from the first second, every so many seconds, before the last.
/// Seconds count from the day's midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first departure.
    pub from_s: u32,
    /// No departure at or after this.
    pub until_s: u32,
    /// Seconds between two.
    pub step_s: u32,
}

impl Window {
    /// Every minute from one time of day up to, and without, another, each in hours and minutes.
    pub fn each_minute(from: (u32, u32), until: (u32, u32)) -> Self {
        let seconds = |(hours, minutes): (u32, u32)| hours * 3600 + minutes * 60;
        Self {
            from_s: seconds(from),
            until_s: seconds(until),
            step_s: 60,
        }
    }

    /// The departures, ascending.
    pub fn departures(&self) -> impl DoubleEndedIterator<Item = u32> + use<> {
        let count = self
            .until_s
            .saturating_sub(self.from_s)
            .div_ceil(self.step_s.max(1));
        let (from, step) = (self.from_s, self.step_s);
        (0..count).map(move |at| from + at * step)
    }

    pub(super) fn check(&self) -> Result<(), BusError> {
        let mistake = if self.from_s >= self.until_s || self.until_s > 2 * 86_400 {
            "a window must end after it begins, within two days".to_owned()
        } else if self.step_s == 0 || (self.until_s - self.from_s) / self.step_s >= 3_000 {
            "a window has at most 3,000 departures".to_owned()
        } else {
            return Ok(());
        };
        Err(BusError::Settings(mistake))
    }
}

/// Hours and minutes of such as `07:30`, of the day or, up to 47, of the night after it.
pub fn time_of_day(text: &str) -> Option<(u32, u32)> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 47 && minute < 60).then_some((hour, minute))
}

/// Seconds of the day as hours and minutes.
pub fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}
