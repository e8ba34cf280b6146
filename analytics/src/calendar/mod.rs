//! The default working calendar: working time as a number that can be added and subtracted.
//!
//! Monday to Friday 08:00–12:00 and 13:00–17:00 in Hà Nội, less the days off, plus the working Saturdays
//! announced for a year (domain rules §4.2). The days are data, `days.toml`, with their sources. A year
//! without an entry uses weekends and the holidays of fixed date, and is *provisional*.
//!
//! Working time is measured on one axis: [`Calendar::worked_at`] gives the working microseconds from
//! the calendar's origin to an instant. The working time between two instants is a difference, and the
//! instant at which so much will have been worked is the inverse.

use std::collections::HashSet;

use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Deserialize;

/// Microseconds of working time.
pub type WorkingUs = i64;

const HOUR_US: i64 = 3_600_000_000;
/// Working sessions of a day, microseconds since midnight.
const SESSIONS: [(i64, i64); 2] = [(8 * HOUR_US, 12 * HOUR_US), (13 * HOUR_US, 17 * HOUR_US)];
const WORKDAY_US: WorkingUs = 8 * HOUR_US;

/// First day of the table, 2000-01-01, and one past its last, 2100-01-01. Instants beyond are held at
/// the table's ends: they are clock errors.
const FIRST: i32 = 10_957;
const END: i32 = 47_482;

#[derive(Debug, Deserialize)]
struct File {
    /// Holidays of fixed date, for years without an entry: [first year, month, day].
    fixed: Vec<(i16, i8, i8)>,
    year: Vec<Year>,
}

#[derive(Debug, Deserialize)]
struct Year {
    year: i16,
    /// Weekdays off, `MM-DD`.
    off: Vec<String>,
    /// Working Saturdays or Sundays, `MM-DD`.
    working: Vec<String>,
    #[serde(default)]
    provisional: bool,
}

/// The calendar's data could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the working calendar cannot be read: {0}")]
pub struct CalendarError(String);

/// A working calendar.
#[derive(Debug)]
pub struct Calendar {
    /// Working time before each day of the table, and at its end.
    worked: Vec<WorkingUs>,
    /// Years with confirmed days.
    confirmed: HashSet<i16>,
}

impl Calendar {
    /// The calendar that ships.
    pub fn shipped() -> Result<Self, CalendarError> {
        Self::parse(include_str!("days.toml"))
    }

    /// Of a file's text.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let file: File = toml::from_str(text).map_err(|e| CalendarError(e.to_string()))?;
        let mut off = HashSet::new();
        let mut working = HashSet::new();
        let mut listed = HashSet::new();
        let mut confirmed = HashSet::new();
        for year in &file.year {
            listed.insert(year.year);
            if !year.provisional {
                confirmed.insert(year.year);
            }
            for (days, set) in [(&year.off, &mut off), (&year.working, &mut working)] {
                for day in days {
                    let iso = format!("{:04}-{day}", year.year);
                    let day = Day::parse_iso(&iso)
                        .ok_or_else(|| CalendarError(format!("`{iso}` is not a date")))?;
                    set.insert(day);
                }
            }
        }
        let mut worked = Vec::with_capacity((END - FIRST) as usize + 1);
        let mut sum = 0;
        for number in FIRST..END {
            worked.push(sum);
            let day = Day(number);
            let date = day.date();
            let holiday = if listed.contains(&date.year()) {
                off.contains(&day)
            } else {
                file.fixed.iter().any(|(since, month, day)| {
                    date.year() >= *since && (date.month(), date.day()) == (*month, *day)
                })
            };
            if working.contains(&day) || (day.weekday() < 5 && !holiday) {
                sum += WORKDAY_US;
            }
        }
        worked.push(sum);
        Ok(Self { worked, confirmed })
    }

    /// False for a year whose days off are computed, not announced.
    pub fn is_confirmed(&self, year: i16) -> bool {
        self.confirmed.contains(&year)
    }

    /// True when the day is worked.
    pub fn works_on(&self, day: Day) -> bool {
        (FIRST..END).contains(&day.0) && {
            let i = (day.0 - FIRST) as usize;
            self.worked[i + 1] > self.worked[i]
        }
    }

    /// Working time from the calendar's origin to an instant.
    pub fn worked_at(&self, t: EventTime) -> WorkingUs {
        let day = t.day();
        if day.0 < FIRST {
            return 0;
        }
        if day.0 >= END {
            return self.worked[(END - FIRST) as usize];
        }
        let before = self.worked[(day.0 - FIRST) as usize];
        if !self.works_on(day) {
            return before;
        }
        let clock = t.local_time_of_day_us();
        before
            + SESSIONS
                .iter()
                .map(|(from, to)| clock.clamp(*from, *to) - from)
                .sum::<i64>()
    }

    /// Working time between two instants, negative when `to` is before `from`.
    pub fn between(&self, from: EventTime, to: EventTime) -> WorkingUs {
        self.worked_at(to) - self.worked_at(from)
    }

    /// The first instant at which `work` more has been worked since `t`; `t` itself when `work` is
    /// not positive.
    pub fn add(&self, t: EventTime, work: WorkingUs) -> EventTime {
        if work <= 0 {
            return t;
        }
        let target = self.worked_at(t) + work;
        // The day in whose course the target is reached: the last with less worked before it.
        let i = self.worked.partition_point(|before| *before < target);
        let Some(day_index) = i.checked_sub(1) else {
            return t;
        };
        if i >= self.worked.len() {
            return Day(END).start();
        }
        let mut rest = target - self.worked[day_index];
        let midnight = Day(FIRST + day_index as i32).start();
        for (from, to) in SESSIONS {
            if rest <= to - from {
                return EventTime(midnight.0 + from + rest);
            }
            rest -= to - from;
        }
        EventTime(midnight.0 + SESSIONS[1].1)
    }
}

/// Working time in hours.
pub fn hours(work: WorkingUs) -> f64 {
    work as f64 / HOUR_US as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(s: &str) -> EventTime {
        EventTime::parse_rfc3339(&format!("{s}:00+07:00")).unwrap()
    }

    fn calendar() -> Calendar {
        Calendar::shipped().unwrap()
    }

    /// Domain rules §4.3: working days a year and a month.
    #[test]
    fn working_days_of_the_years_are_those_of_the_rules() {
        let c = calendar();
        let days = |y: i16, months: std::ops::RangeInclusive<i8>| {
            months
                .flat_map(|m| (1..=31).filter_map(move |d| jiff::civil::Date::new(y, m, d).ok()))
                .filter(|date| c.works_on(Day::from_date(*date)))
                .count()
        };
        assert_eq!(
            [2024, 2025, 2026, 2027].map(|y| days(y, 1..=12)),
            [251, 250, 249, 249]
        );
        let months: Vec<usize> = (1..=12).map(|m| days(2026, m..=m)).collect();
        assert_eq!(months, [21, 15, 22, 20, 20, 22, 23, 21, 20, 22, 20, 23]);
        assert!(c.is_confirmed(2026) && !c.is_confirmed(2027) && !c.is_confirmed(2031));
    }

    /// Domain rules §4.3: received, working days, due.
    #[test]
    fn due_dates_are_those_of_the_rules() {
        let c = calendar();
        for (received, days, due) in [
            ("2026-01-08", 2, "2026-01-10"),
            ("2026-02-12", 3, "2026-02-24"),
            ("2026-04-24", 2, "2026-04-29"),
            ("2026-08-20", 3, "2026-08-24"),
            ("2026-08-28", 1, "2026-09-03"),
            ("2026-11-20", 5, "2026-11-30"),
            ("2026-12-30", 2, "2027-01-04"),
        ] {
            let got = c.add(at(&format!("{received}T10:00")), days * WORKDAY_US);
            assert_eq!(got, at(&format!("{due}T10:00")), "{received} + {days}");
        }
    }

    #[test]
    fn time_outside_sessions_counts_nothing() {
        let c = calendar();
        assert_eq!(c.between(at("2026-11-20T17:00"), at("2026-11-23T08:00")), 0);
        assert_eq!(
            c.between(at("2026-11-20T11:30"), at("2026-11-20T13:30")),
            HOUR_US
        );
        assert_eq!(
            c.between(at("2026-11-23T08:00"), at("2026-11-24T17:00")),
            8 * HOUR_US,
            "24/11 is a holiday"
        );
        assert_eq!(
            c.add(at("2026-11-20T18:00"), 1),
            EventTime(at("2026-11-23T08:00").0 + 1)
        );
        assert_eq!(
            c.add(at("2026-11-20T16:00"), HOUR_US),
            at("2026-11-20T17:00")
        );
    }

    proptest! {
        /// Against a counter of minutes that asks each minute of a span whether it is worked.
        #[test]
        fn agrees_with_counting_minutes(start in 0_i64..1_500_000, length in 0_i64..30_000) {
            let c = calendar();
            let origin = at("2024-01-01T00:00");
            let from = origin.plus_seconds(start * 60);
            let to = from.plus_seconds(length * 60);
            let worked = (0..length).filter(|m| {
                let t = from.plus_seconds(m * 60);
                let hour = t.local_time_of_day_us() / HOUR_US;
                c.works_on(t.day()) && (8..17).contains(&hour) && hour != 12
            }).count() as i64;
            prop_assert_eq!(c.between(from, to), worked * 60_000_000);
        }

        #[test]
        fn add_is_the_inverse(start in 0_i64..90_000_000, work in 1_i64..5_000_000_000_000) {
            let c = calendar();
            let from = at("2024-01-01T00:00").plus_seconds(start);
            let to = c.add(from, work);
            prop_assert_eq!(c.between(from, to), work);
            prop_assert!(c.between(from, EventTime(to.0 - 1)) < work, "the first such instant");
        }
    }
}
