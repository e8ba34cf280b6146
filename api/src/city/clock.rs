//! Hà Nội's clock and working calendar, as the simulated city needs them.
//!
//! Instants are milliseconds since 1970 in UTC; the city is at UTC+7 all year. Days are counted from
//! 1970-01-01 local. Working time: Monday to Friday 08:00–12:00 and 13:00–17:00 with the days off
//! and working Saturdays of the domain rules, §4.2. The simulator keeps its own table, so that what
//! it sends never depends on the calendar that judges it.

use jiff::civil::{Date, date};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub(crate) type Millis = i64;
/// Days since 1970-01-01, local.
pub(crate) type Day = i64;

/// One second.
pub(crate) const SECOND: Millis = 1000;
/// One minute.
pub(crate) const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub(crate) const HOUR: Millis = 60 * MINUTE;
/// One day.
pub(crate) const DAY: Millis = 24 * HOUR;
const OFFSET: Millis = 7 * HOUR;

/// Days off on weekdays and working Saturdays, rules.md §4.2 (2027 is computed there, and unsure).
const DAYS_OFF: [(i16, &[(i8, i8)]); 4] = [
    (
        2024,
        &[
            (1, 1),
            (2, 8),
            (2, 9),
            (2, 12),
            (2, 13),
            (2, 14),
            (4, 18),
            (4, 29),
            (4, 30),
            (5, 1),
            (9, 2),
            (9, 3),
        ],
    ),
    (
        2025,
        &[
            (1, 1),
            (1, 27),
            (1, 28),
            (1, 29),
            (1, 30),
            (1, 31),
            (4, 7),
            (4, 30),
            (5, 1),
            (5, 2),
            (9, 1),
            (9, 2),
        ],
    ),
    (
        2026,
        &[
            (1, 1),
            (1, 2),
            (2, 16),
            (2, 17),
            (2, 18),
            (2, 19),
            (2, 20),
            (4, 27),
            (4, 30),
            (5, 1),
            (8, 31),
            (9, 1),
            (9, 2),
            (11, 24),
        ],
    ),
    (
        2027,
        &[
            (1, 1),
            (2, 4),
            (2, 5),
            (2, 8),
            (2, 9),
            (2, 10),
            (4, 16),
            (4, 30),
            (5, 3),
            (9, 2),
            (9, 3),
            (11, 24),
        ],
    ),
];
const WORKING_SATURDAYS: [(i16, i8, i8); 4] =
    [(2024, 5, 4), (2025, 4, 26), (2026, 1, 10), (2026, 8, 22)];
/// Years without an entry: the holidays with a fixed date.
const FIXED: [(i8, i8); 6] = [(1, 1), (4, 30), (5, 1), (9, 1), (9, 2), (11, 24)];

/// The number of a date.
pub(crate) fn day_of(day: Date) -> Day {
    let days = date(1970, 1, 1).until(day).map(|span| span.get_days());
    // `until` counts in days by default and cannot fail between civil dates.
    i64::from(days.unwrap_or(0))
}

/// The date of a number.
pub(crate) fn date_of(day: Day) -> Date {
    date(1970, 1, 1).saturating_add(jiff::Span::new().days(day.clamp(-700_000, 2_900_000)))
}

/// The local day an instant lies in.
pub(crate) fn local_day(at: Millis) -> Day {
    (at + OFFSET).div_euclid(DAY)
}

/// Milliseconds since local midnight.
pub(crate) fn of_day(at: Millis) -> Millis {
    (at + OFFSET).rem_euclid(DAY)
}

/// The instant of a local time of day.
pub(crate) fn at(day: Day, of_day: Millis) -> Millis {
    day * DAY + of_day - OFFSET
}

/// 0 is Monday.
pub(crate) fn weekday(day: Day) -> usize {
    // 1970-01-01 was a Thursday.
    (day + 3).rem_euclid(7) as usize
}

/// Whether the city's offices work on that day.
pub(crate) fn works(day: Day) -> bool {
    let civil = date_of(day);
    let month_day = (civil.month(), civil.day());
    if WORKING_SATURDAYS.contains(&(civil.year(), civil.month(), civil.day())) {
        return true;
    }
    if weekday(day) >= 5 {
        return false;
    }
    let listed = DAYS_OFF
        .iter()
        .find(|(year, _)| *year == civil.year())
        .map(|(_, days)| *days);
    !listed.unwrap_or(&FIXED).contains(&month_day)
}

/// Working sessions of a working day.
pub(crate) const SESSIONS: [(Millis, Millis); 2] = [(8 * HOUR, 12 * HOUR), (13 * HOUR, 17 * HOUR)];

/// The instant at which `work` milliseconds of working time have passed since `from`.
pub(crate) fn add_working(from: Millis, work: Millis) -> Millis {
    let mut day = local_day(from);
    let mut left = work.max(0);
    let mut start = of_day(from);
    loop {
        if works(day) {
            for (open, close) in SESSIONS {
                let begin = start.max(open);
                if begin < close {
                    if left <= close - begin {
                        return at(day, begin + left);
                    }
                    left -= close - begin;
                }
            }
        }
        day += 1;
        start = 0;
    }
}

/// The next working day after `day`.
pub(crate) fn next_working(day: Day) -> Day {
    let mut next = day + 1;
    while !works(next) {
        next += 1;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_go_round() {
        for day in [-1, 0, 20_000, 20_780] {
            assert_eq!(day_of(date_of(day)), day);
        }
        assert_eq!(weekday(day_of(date(2026, 11, 23))), 0);
        assert_eq!(local_day(at(100, 0)), 100);
        assert_eq!(local_day(at(100, DAY - 1)), 100);
    }

    /// The test vectors of rules.md §4.3: one working day is 8 hours.
    #[test]
    fn working_days_follow_the_rules_table() {
        let cases = [
            ((2026, 1, 8), 2, (2026, 1, 10)),
            ((2026, 2, 12), 3, (2026, 2, 24)),
            ((2026, 4, 24), 2, (2026, 4, 29)),
            ((2026, 8, 20), 3, (2026, 8, 24)),
            ((2026, 8, 28), 1, (2026, 9, 3)),
            ((2026, 11, 20), 5, (2026, 11, 30)),
            ((2026, 12, 30), 2, (2027, 1, 4)),
        ];
        for ((y, m, d), days, (ey, em, ed)) in cases {
            let received = at(day_of(date(y, m, d)), 10 * HOUR);
            let due = add_working(received, days * 8 * HOUR);
            assert_eq!(
                due,
                at(day_of(date(ey, em, ed)), 10 * HOUR),
                "{y}-{m}-{d} + {days}"
            );
        }
    }

    /// rules.md §4.3: working days a year.
    #[test]
    fn working_days_a_year() {
        for (year, expected) in [(2024, 251), (2025, 250), (2026, 249), (2027, 249)] {
            let days = (day_of(date(year, 1, 1))..=day_of(date(year, 12, 31)))
                .filter(|day| works(*day))
                .count();
            assert_eq!(days, expected, "{year}");
        }
    }
}
