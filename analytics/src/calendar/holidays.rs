//! The official days off of a year, from the Labour Code: under the announced swaps of the years that have an entry.
//!
//! Domain rules §4.1: 1 January; five days at the lunar new year; the tenth of the third lunar month; 30 April; 1 May;
//! 2 September and a neighbour; from 2026 also 24 November. A day that falls on the weekly rest is made up on the next
//! working day. Which days around the new year and which neighbour are announced each year; here they are the ones that
//! make one stretch with a weekend, as they were announced from 2024 to 2026.

use std::collections::BTreeSet;

use ingest::event::time::Day;
use jiff::civil::date;

use super::lunar;

/// Monday and so on, as [`Day::weekday`].
const MONDAY: u8 = 0;
const TUESDAY: u8 = 1;
const THURSDAY: u8 = 3;
const SATURDAY: u8 = 5;
const SUNDAY: u8 = 6;
/// The first year with a day of culture (24 November).
const CULTURE_SINCE: i16 = 2026;

/// The days off of a year that nothing is known of: the holidays of fixed date (the event contract, *Clocks and rules*).
pub(super) fn fixed(year: i16) -> BTreeSet<Day> {
    let culture = (year >= CULTURE_SINCE).then_some((11, 24));
    let days = [(1, 1), (4, 30), (5, 1), (9, 2)].into_iter().chain(culture);
    days.map(|(month, day)| Day::from_date(date(year, month, day)))
        .collect()
}

/// The weekdays off of a year.
pub(super) fn of(year: i16) -> BTreeSet<Day> {
    let on = |month, day| Day::from_date(date(year, month, day));
    let mut stretches = vec![vec![on(1, 1)], new_year(year)];
    stretches.push(vec![lunar::day_of(year, 3, 10)]);
    // Two that are neighbours are made up for one after the other.
    stretches.push(vec![on(4, 30), on(5, 1)]);
    let national = on(9, 2);
    let neighbour = match national.weekday() {
        MONDAY | THURSDAY | SUNDAY => on(9, 3),
        _ => on(9, 1),
    };
    stretches.push(vec![national, neighbour]);
    if year >= CULTURE_SINCE {
        stretches.push(vec![on(11, 24)]);
    }
    let mut off = BTreeSet::new();
    for mut stretch in stretches {
        stretch.sort_unstable();
        let at_rest = |day: &Day| day.weekday() >= SATURDAY;
        let to_make_up = stretch.iter().filter(|day| at_rest(day)).count();
        off.extend(stretch.iter().copied().filter(|day| !at_rest(day)));
        let mut next = stretch.last().map_or(0, |last| last.0);
        for _ in 0..to_make_up {
            next += 1;
            while at_rest(&Day(next)) || off.contains(&Day(next)) {
                next += 1;
            }
            off.insert(Day(next));
        }
    }
    off
}

/// The five days of the new year: one of the old year and four of the new, or two and three.
fn new_year(year: i16) -> Vec<Day> {
    let first = lunar::new_year(year);
    let before = match first.weekday() {
        MONDAY | TUESDAY => 1,
        _ => 2,
    };
    (first.0 - before..first.0 - before + 5).map(Day).collect()
}
