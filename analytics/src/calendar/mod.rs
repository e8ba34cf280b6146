//! The working calendars: working time as a number that can be added and subtracted.
//!
//! Calendars are data: hours by weekday, single days, and what is announced for a year ([`file`]); the official days off are
//! computed ([`holidays`], [`lunar`]). [`Calendars`] holds the city's and one for each agency or point that has hours of its
//! own; [`Calendar`] is one of them, as an axis: the working microseconds from the calendar's origin to an instant. The
//! working time between two instants is a difference, and the instant at which so much will have been worked is the
//! inverse.
//!
//! By default Monday to Friday 08:00–12:00 and 13:00–17:00 in Hà Nội are worked. A year without an announcement is
//! *provisional*.

mod axis;
mod file;
mod holidays;
mod lunar;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use compact_str::CompactString;

pub use axis::Calendar;

/// Microseconds of working time.
pub type WorkingUs = i64;

const HOUR_US: i64 = 3_600_000_000;

/// First day of the table, 2000-01-01, and one past its last, 2100-01-01. Instants beyond are held at
/// the table's ends: they are clock errors.
const FIRST: i32 = 10_957;
const END: i32 = 47_482;

/// A calendar's data could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the working calendar cannot be read: {0}")]
pub struct CalendarError(String);

/// All calendars.
#[derive(Debug)]
pub struct Calendars {
    city: Calendar,
    /// By `agency/…` or `site/…`.
    own: HashMap<CompactString, Calendar>,
    /// Years whose days off are announced.
    announced: HashSet<i16>,
    /// What its data says twice.
    remarks: Vec<String>,
    /// Of all its data.
    digest: String,
}

impl Calendars {
    /// Those that ship.
    pub fn shipped() -> Result<Self, CalendarError> {
        file::read(&[file::SHIPPED])
    }

    /// Those that ship with what an operator's file adds.
    pub fn with(text: &str) -> Result<Self, CalendarError> {
        file::read(&[file::SHIPPED, text])
    }

    /// The city's.
    pub const fn city(&self) -> &Calendar {
        &self.city
    }

    /// An agency's: its own, or the city's.
    pub fn of_agency(&self, agency: &str) -> &Calendar {
        self.of("agency/", agency)
    }

    /// A point's: its own, or the city's.
    pub fn of_site(&self, site: &str) -> &Calendar {
        self.of("site/", site)
    }

    fn of(&self, kind: &str, code: &str) -> &Calendar {
        if self.own.is_empty() {
            return &self.city;
        }
        let name = compact_str::format_compact!("{kind}{code}");
        self.own.get(&name).unwrap_or(&self.city)
    }

    /// False for a year whose days off are computed, not announced.
    pub fn is_announced(&self, year: i16) -> bool {
        self.announced.contains(&year)
    }

    /// A short text that is another one for other data.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What its data says twice, and which of the two counts.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }
}

/// Working time in hours.
pub fn hours(work: WorkingUs) -> f64 {
    work as f64 / HOUR_US as f64
}
