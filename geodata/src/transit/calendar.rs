//! The days on which trips run: services as a set of weekdays with exceptions.
//!
//! A question is about an ordinary weekday or about one date. An ordinary weekday asks which
//! services run on that day of the week at all, whatever year the timetable was made for; a date
//! is held to the service's first and last day and to its exceptions.

use serde::{Deserialize, Serialize};
use std::fmt;

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

/// A day of the Gregorian calendar, counted from 1 January 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date(i32);

impl Date {
    /// The date of that year (0 to 9999), month and day; `None` when there is no such day.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let year = year
            .try_into()
            .ok()
            .filter(|year| (0..=9999).contains(year))?;
        let (month, day) = (month.try_into().ok()?, day.try_into().ok()?);
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let hours = date.duration_since(EPOCH).as_hours();
        Some(Self((hours / 24) as i32))
    }

    /// Reads GTFS's `YYYYMMDD`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u32 = text.parse().ok()?;
        Self::new((number / 10_000) as i32, number / 100 % 100, number % 100)
    }

    /// The day so many days later.
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The day of the week: 1 January 1970 was a Thursday.
    pub fn weekday(self) -> Weekday {
        Weekday::ALL[(i64::from(self.0) + 3).rem_euclid(7) as usize]
    }

    fn civil(self) -> jiff::civil::Date {
        let hours = i64::from(self.0) * 24;
        EPOCH.saturating_add(jiff::SignedDuration::from_hours(hours))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil().fmt(f)
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// In the order of GTFS's columns.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    fn plus_days(self, days: i32) -> Self {
        Self::ALL[(self as i32 + days).rem_euclid(7) as usize]
    }
}

/// A set of weekdays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WeekdaySet(u8);

impl WeekdaySet {
    /// No day.
    pub const NONE: Self = Self(0);
    /// Every day.
    pub const ALL: Self = Self(0x7f);

    /// Whether the set holds a day.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day as u8) != 0
    }

    /// Whether only the seven bits of weekdays are set: bytes from elsewhere may say otherwise.
    pub(super) fn is_sound(self) -> bool {
        self.0 <= Self::ALL.0
    }
}

impl FromIterator<Weekday> for WeekdaySet {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        Self(days.into_iter().fold(0, |set, day| set | 1 << day as u8))
    }
}

/// The day a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// An ordinary day of the week: the services' dates and exceptions do not matter.
    Weekday(Weekday),
    /// One date, with the services' validity and exceptions.
    Date(Date),
}

impl Day {
    /// The day before (−1), the day after (1).
    pub fn plus_days(self, days: i32) -> Self {
        match self {
            Self::Weekday(weekday) => Self::Weekday(weekday.plus_days(days)),
            Self::Date(date) => Self::Date(date.plus_days(days)),
        }
    }
}

/// When a group of trips runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Service {
    /// Its id in the feed.
    pub id: String,
    /// The days of the week on which it runs; none when it is given by dates alone.
    pub weekdays: WeekdaySet,
    /// First and last date on which the weekdays hold; `None` when it is given by dates alone.
    pub valid: Option<(Date, Date)>,
    /// Dates on which it runs besides, ascending.
    pub added: Vec<Date>,
    /// Dates on which it does not run, ascending.
    pub removed: Vec<Date>,
}

impl Service {
    /// Whether its trips run on that day. A service given by dates alone runs on no ordinary
    /// weekday: ask for a date.
    pub fn runs_on(&self, day: Day) -> bool {
        match day {
            Day::Weekday(weekday) => self.weekdays.contains(weekday),
            Day::Date(date) => {
                if self.added.binary_search(&date).is_ok() {
                    return true;
                }
                let is_valid = self
                    .valid
                    .is_some_and(|(first, last)| (first..=last).contains(&date));
                is_valid
                    && self.weekdays.contains(date.weekday())
                    && self.removed.binary_search(&date).is_err()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn dates_are_read_and_days_that_are_none_are_refused() {
        assert_eq!(date("20180101").to_string(), "2018-01-01");
        assert_eq!(date("20180101").weekday(), Weekday::Monday);
        assert_eq!(date("20240229").plus_days(1), date("20240301"));
        assert_eq!(date("19700101"), Date(0));
        for no_day in [
            "20180229", "20181301", "20180100", "2018011", "2018-1-1", "x0180101",
        ] {
            assert_eq!(Date::parse(no_day), None, "{no_day}");
        }
    }

    /// Every day of 400 years, counted one by one with the rule for leap years.
    #[test]
    fn four_hundred_years_agree_with_counting() {
        let mut expected = date("18000101");
        for year in 1800..2200 {
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let february = if is_leap { 29 } else { 28 };
            for (month, days) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
                .into_iter()
                .enumerate()
            {
                for day in 1..=days {
                    assert_eq!(Date::new(year, month as u32 + 1, day), Some(expected));
                    let civil = expected.civil();
                    let told = (
                        i32::from(civil.year()),
                        civil.month() as u32,
                        civil.day() as u32,
                    );
                    assert_eq!(told, (year, month as u32 + 1, day));
                    expected = expected.plus_days(1);
                }
                assert_eq!(Date::new(year, month as u32 + 1, days + 1), None);
            }
        }
    }

    #[test]
    fn exceptions_go_before_weekdays_and_only_for_dates() {
        let service = Service {
            id: "s".into(),
            weekdays: [Weekday::Monday, Weekday::Tuesday].into_iter().collect(),
            valid: Some((date("20180101"), date("20181231"))),
            added: vec![date("20180107"), date("20190106")],
            removed: vec![date("20180108")],
        };
        let runs = |text| service.runs_on(Day::Date(date(text)));
        assert!(runs("20180101") && runs("20180102") && !runs("20180103"));
        assert!(runs("20180107") && !runs("20180108"));
        assert!(runs("20190106") && !runs("20190107"));
        assert!(service.runs_on(Day::Weekday(Weekday::Monday)));
        assert!(!service.runs_on(Day::Weekday(Weekday::Sunday)));
        assert_eq!(
            Day::Weekday(Weekday::Monday).plus_days(-1),
            Day::Weekday(Weekday::Sunday)
        );
    }
}
