//! Months, quarters and years, as the index and the plans count them.

use ingest::event::EventTime;
use ingest::event::time::Day;
use jiff::civil::{Date, date};

/// A month, a quarter or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: Date,
    months: i8,
}

impl Period {
    /// Of `2026-11`, `2026-Q4` or `2026`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_at_checked(4)?;
        if !year.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let year: i16 = year.parse().ok()?;
        let (month, months) = match rest.strip_prefix('-') {
            None if rest.is_empty() => (1, 12),
            Some(rest) if rest.len() == 2 => match rest.strip_prefix('Q') {
                Some(quarter) => {
                    let quarter: i8 = quarter.parse().ok()?;
                    ((1..=4).contains(&quarter).then_some(quarter * 3 - 2)?, 3)
                }
                None => (rest.parse().ok()?, 1),
            },
            _ => return None,
        };
        let first = Date::new(year, month, 1).ok()?;
        (1990..=2099)
            .contains(&year)
            .then_some(Self { first, months })
    }

    /// The month of an instant.
    pub fn month_of(t: EventTime) -> Self {
        let day = t.day().date();
        Self {
            first: date(day.year(), day.month(), 1),
            months: 1,
        }
    }

    /// Its begin.
    pub fn start(self) -> EventTime {
        Day::from_date(self.first).start()
    }

    /// Its end, excluded.
    pub fn end(self) -> EventTime {
        let months = i32::from(self.first.month()) - 1 + i32::from(self.months);
        let (year, month) = (i32::from(self.first.year()) + months / 12, months % 12 + 1);
        // Years are between 1990 and 2099: the month after is a date.
        let next = Date::new(year as i16, month as i8, 1).unwrap_or(self.first);
        Day::from_date(next).start()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        match self.months {
            1 => write!(f, "{year}-{month:02}"),
            3 => write!(f, "{year}-Q{}", (month + 2) / 3),
            _ => write!(f, "{year}"),
        }
    }
}
