//! The default working calendar: Monday to Friday 08:00–12:00 and 13:00–17:00 local time, with the
//! days off and working Saturdays of `domain/rules.md` §4.2, looked at day by day.
//!
//! *Reading*: in a year without an entry the fixed-date holidays are 1/1, 30/4, 1/5 and 2/9, and
//! 24/11 from 2026, each a day off on its own date only (no neighbour of 2/9, no moved rest day).

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use super::{DAY, HOUR, Ms, local, midnight};

/// (month, day) off on weekdays, and (month, day) of Saturdays worked.
type Year = (&'static [(i8, i8)], &'static [(i8, i8)]);

const Y2024: Year = (
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
    &[(5, 4)],
);
const Y2025: Year = (
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
    &[(4, 26)],
);
const Y2026: Year = (
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
    &[(1, 10), (8, 22)],
);
const Y2027: Year = (
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
    &[],
);

/// Whether officials work on a date.
pub fn is_working_day(day: Date) -> bool {
    let (off, worked) = match day.year() {
        2024 => Y2024,
        2025 => Y2025,
        2026 => Y2026,
        2027 => Y2027,
        ..2024 => (&[(1, 1), (4, 30), (5, 1), (9, 2)][..], &[][..]),
        _ => (&[(1, 1), (4, 30), (5, 1), (9, 2), (11, 24)][..], &[][..]),
    };
    let this = (day.month(), day.day());
    match day.weekday() {
        Weekday::Saturday | Weekday::Sunday => worked.contains(&this),
        _ => !off.contains(&this),
    }
}

/// The working spans of the local day that begins at `midnight`.
fn sessions(midnight: Ms) -> Vec<(Ms, Ms)> {
    if !is_working_day(local(midnight).date()) {
        return Vec::new();
    }
    vec![
        (midnight + 8 * HOUR, midnight + 12 * HOUR),
        (midnight + 13 * HOUR, midnight + 17 * HOUR),
    ]
}

/// The working time in `[from, to)`, in milliseconds; negative if `to` lies before `from`.
pub fn working(from: Ms, to: Ms) -> Ms {
    if to < from {
        return -working(to, from);
    }
    let mut day = midnight(local(from).date());
    let mut sum = 0;
    while day < to {
        for (open, close) in sessions(day) {
            sum += (close.min(to) - open.max(from)).max(0);
        }
        day += DAY;
    }
    sum
}

/// The instant `amount` of working time after `from`: the first at which so much has passed.
pub fn later_by(from: Ms, amount: Ms) -> Ms {
    if amount == 0 {
        return from;
    }
    let mut left = amount;
    let mut day = midnight(local(from).date());
    loop {
        for (open, close) in sessions(day) {
            let open = open.max(from);
            let room = (close - open).max(0);
            if left <= room {
                return open + left;
            }
            left -= room;
        }
        day += DAY;
    }
}

/// The working days of a year, for checking the table against its own sums.
pub fn working_days(year: i16) -> usize {
    let first = date(year, 1, 1);
    first
        .series(1.day())
        .take_while(|day| day.year() == year)
        .filter(|day| is_working_day(*day))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive::instant;

    fn t(text: &str) -> Ms {
        instant(&format!("{text}:00+07:00"))
    }

    #[test]
    fn the_table_adds_up_to_the_working_days_that_rules_md_states() {
        assert_eq!(
            [2024, 2025, 2026, 2027].map(working_days),
            [251, 250, 249, 249]
        );
        let months: Vec<usize> = (1..=12)
            .map(|month| {
                let first = date(2026, month, 1);
                first
                    .series(1.day())
                    .take_while(|d| d.month() == month)
                    .filter(|d| is_working_day(*d))
                    .count()
            })
            .collect();
        assert_eq!(months, [21, 15, 22, 20, 20, 22, 23, 21, 20, 22, 20, 23]);
    }

    #[test]
    fn the_vectors_of_rules_md_hold() {
        let vectors = [
            ("2026-01-08", 2, "2026-01-10"),
            ("2026-02-12", 3, "2026-02-24"),
            ("2026-04-24", 2, "2026-04-29"),
            ("2026-08-20", 3, "2026-08-24"),
            ("2026-08-28", 1, "2026-09-03"),
            ("2026-11-20", 5, "2026-11-30"),
            ("2026-12-30", 2, "2027-01-04"),
        ];
        for (received, days, due) in vectors {
            // The day of reception does not count: from its close, whole days of eight hours.
            let close = t(&format!("{received}T17:00"));
            assert_eq!(
                later_by(close, days * 8 * HOUR),
                t(&format!("{due}T17:00")),
                "{received} + {days}"
            );
        }
    }

    #[test]
    fn lunch_nights_and_days_off_do_not_count() {
        assert_eq!(
            working(t("2026-11-23T11:00"), t("2026-11-23T14:00")),
            2 * HOUR
        );
        assert_eq!(
            working(t("2026-11-23T16:00"), t("2026-11-25T09:00")),
            2 * HOUR
        ); // 24/11 is off
        assert_eq!(working(t("2026-11-21T08:00"), t("2026-11-22T17:00")), 0); // a weekend
        assert_eq!(working(t("2026-11-23T09:00"), t("2026-11-23T08:00")), -HOUR);
    }

    #[test]
    fn a_moved_instant_is_the_first_at_which_the_time_has_passed() {
        assert_eq!(later_by(t("2026-11-23T16:00"), HOUR), t("2026-11-23T17:00"));
        assert_eq!(later_by(t("2026-11-23T17:00"), HOUR), t("2026-11-25T09:00"));
        assert_eq!(later_by(t("2026-11-22T10:00"), 0), t("2026-11-22T10:00"));
    }
}
