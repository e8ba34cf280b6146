//! The weeks, months and quarters that are briefed, and the spans that they are compared with.
//!
//! A span that is not over is compared with as much of the one before and of the same one a year earlier, so that three days
//! are never set beside seven.

use ingest::event::EventTime;
use ingest::event::time::Day;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use serde::Serialize;

use crate::index::period::Period;

/// How long a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// An ISO week.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
}

/// A week, a month or a quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    length: Length,
    year: i16,
    /// The week's, month's or quarter's number, from 1 on.
    number: i8,
    first: Day,
    /// The day after its last.
    end: Day,
}

/// The span has not begun: there is nothing to say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} has not begun: ask for one that has")]
pub struct NotBegun(pub Span);

/// How a span is written.
pub const FORM: &str =
    "a week such as 2026-W47, a month such as 2026-11 or a quarter such as 2026-Q4";

impl Span {
    /// Of `2026-W47`, `2026-11` or `2026-Q4`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((year, week)) = text.split_once("-W") {
            let is_number =
                |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
            if !is_number(year, 4) || !is_number(week, 2) {
                return None;
            }
            return Self::week(year.parse().ok()?, week.parse().ok()?);
        }
        let period = Period::parse(text)?;
        let (length, number) = match text.split_once("-Q") {
            Some((_, quarter)) => (Length::Quarter, quarter),
            None => (Length::Month, text.split_once('-')?.1),
        };
        Some(Self {
            length,
            year: text.get(..4)?.parse().ok()?,
            number: number.parse().ok()?,
            first: period.start().day(),
            end: period.end().day(),
        })
    }

    fn week(year: i16, number: i8) -> Option<Self> {
        let is_near = (1990..=2099).contains(&year);
        let monday = ISOWeekDate::new(year, number, Weekday::Monday).ok()?;
        let first = Day::from_date(Date::from(monday));
        is_near.then_some(Self {
            length: Length::Week,
            year,
            number,
            first,
            end: Day(first.0 + 7),
        })
    }

    /// How long it is.
    pub const fn length(self) -> Length {
        self.length
    }

    /// Its year; of a week the ISO year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Its number in the year, from 1 on.
    pub const fn number(self) -> i8 {
        self.number
    }

    /// Its first day.
    pub const fn first(self) -> Day {
        self.first
    }

    /// The day after its last.
    pub const fn end(self) -> Day {
        self.end
    }

    /// The one before it.
    pub fn previous(self) -> Option<Self> {
        let last = Day(self.first.0 - 1).date();
        let month = last.month();
        match self.length {
            Length::Week => {
                let week = last.iso_week_date();
                Self::week(week.year(), week.week())
            }
            Length::Month => Self::parse(&format!("{}-{month:02}", last.year())),
            Length::Quarter => Self::parse(&format!("{}-Q{}", last.year(), (month + 2) / 3)),
        }
    }

    /// The same one of the year before; none of a fifty-third week where that year has none.
    pub fn year_before(self) -> Option<Self> {
        let year = self.year - 1;
        match self.length {
            Length::Week => Self::week(year, self.number),
            Length::Month => Self::parse(&format!("{year}-{:02}", self.number)),
            Length::Quarter => Self::parse(&format!("{year}-Q{}", self.number)),
        }
    }

    fn part(self, elapsed: Option<i64>) -> Part {
        let (from, end) = (self.first.start(), self.end.start());
        let to = elapsed.map_or(end, |us| EventTime(from.0 + us).min(end));
        Part {
            name: self.to_string(),
            from,
            to,
        }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, number) = (self.year, self.number);
        match self.length {
            Length::Week => write!(f, "{year}-W{number:02}"),
            Length::Month => write!(f, "{year}-{number:02}"),
            Length::Quarter => write!(f, "{year}-Q{number}"),
        }
    }
}

/// What is looked at of a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The span's name.
    pub name: String,
    /// Begin, included.
    pub from: EventTime,
    /// End, excluded.
    pub to: EventTime,
}

/// A span at an instant, with what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spans {
    /// The span.
    pub span: Span,
    /// What of it has passed.
    pub now: Part,
    /// As much of the one before.
    pub previous: Option<Part>,
    /// As much of the same one a year before.
    pub last_year: Option<Part>,
    /// It is over.
    pub is_over: bool,
}

impl Spans {
    /// Of a span that has begun at `now`.
    pub fn at(span: Span, now: EventTime) -> Result<Self, NotBegun> {
        let (from, end) = (span.first.start(), span.end.start());
        if from > now {
            return Err(NotBegun(span));
        }
        let is_over = end <= now;
        // What has just happened counts.
        let elapsed = (!is_over).then(|| now.0 + 1 - from.0);
        Ok(Self {
            span,
            now: span.part(elapsed),
            previous: span.previous().map(|span| span.part(elapsed)),
            last_year: span.year_before().map(|span| span.part(elapsed)),
            is_over,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Span {
        Span::parse(text).unwrap()
    }

    fn name(span: Option<Span>) -> Option<String> {
        span.map(|span| span.to_string())
    }

    #[test]
    fn spans_know_their_days_and_neighbours() {
        let week = span("2026-W47");
        assert_eq!(
            (week.first().to_string(), week.end().to_string()),
            ("2026-11-16".to_owned(), "2026-11-23".to_owned())
        );
        for (text, previous, year_before) in [
            ("2026-W47", "2026-W46", Some("2025-W47")),
            ("2027-W01", "2026-W53", Some("2026-W01")),
            // 2025 has fifty-two weeks.
            ("2026-W53", "2026-W52", None),
            ("2026-01", "2025-12", Some("2025-01")),
            ("2026-Q1", "2025-Q4", Some("2025-Q1")),
        ] {
            assert_eq!(name(span(text).previous()).as_deref(), Some(previous));
            assert_eq!(name(span(text).year_before()).as_deref(), year_before);
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for wrong in [
            "",
            "2026",
            "2026-W54",
            "2025-W53",
            "2026-W00",
            "2026-W4",
            "2026-13",
            "2026-Q5",
            "26-W47",
            "2026-w47",
            "2026-W47 ",
            "9999-W10",
            "2026-W+7",
            "ngày 5",
        ] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_span_that_is_not_over_is_compared_with_as_much_of_the_others() {
        let at = |text: &str| EventTime::parse_rfc3339(text).unwrap();
        let week = span("2026-W47");
        assert!(Spans::at(week, at("2026-11-15T23:59:59+07:00")).is_err());
        let spans = Spans::at(week, at("2026-11-18T12:00:00+07:00")).unwrap();
        let previous = spans.previous.unwrap();
        assert!(!spans.is_over);
        assert_eq!(
            spans.now.to.0 - spans.now.from.0,
            previous.to.0 - previous.from.0
        );
        let over = Spans::at(week, at("2026-11-23T00:00:00+07:00")).unwrap();
        assert!(over.is_over);
        assert_eq!(over.previous.unwrap().to, over.now.from);
        // February is no longer than it is.
        let march = Spans::at(span("2026-03"), at("2026-03-31T12:00:00+07:00")).unwrap();
        assert_eq!(march.previous.unwrap().to, march.now.from);
    }
}
