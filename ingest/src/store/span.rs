//! The days that a file covers.

use crate::event::time::Day;

/// A day, or a whole calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Day,
    pub(super) last: Day,
}

impl Span {
    pub(super) const fn day(day: Day) -> Self {
        Self {
            first: day,
            last: day,
        }
    }

    /// The calendar month of a day.
    pub(super) fn month(day: Day) -> Self {
        let date = day.date();
        Self {
            first: Day::from_date(date.first_of_month()),
            last: Day::from_date(date.last_of_month()),
        }
    }

    pub(super) fn has(self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// `2026-11-23`, or `2026-11-01_2026-11-30`.
impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            return write!(f, "{}", self.first);
        }
        write!(f, "{}_{}", self.first, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        for (day, month) in [
            ("2024-02-29", "2024-02-01_2024-02-29"),
            ("2026-01-01", "2026-01-01_2026-01-31"),
            ("2026-12-31", "2026-12-01_2026-12-31"),
        ] {
            let day = Day::parse_iso(day).unwrap();
            assert_eq!(Span::month(day).to_string(), month);
            assert!(Span::month(day).has(day));
        }
    }
}
