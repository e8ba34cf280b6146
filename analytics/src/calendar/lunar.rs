//! The Vietnamese lunisolar calendar, as far as holidays need it: on which day a lunar month begins.
//!
//! A month begins on the day, in Hà Nội's zone, of the true new moon. The eleventh month is the one that holds the winter
//! solstice; where thirteen months lie between two elevenths, the first without a principal term (the sun's entry into a
//! twelfth of its path) is the leap month of the one before. New moons and the sun's place are computed by the series of
//! J. Meeus, *Astronomical Algorithms*, chapters 25 and 49 in their short forms: minutes exact for the years of this
//! table, so that a day is wrong only where a new moon falls within minutes of midnight. Computed days stand in for
//! announced ones alone.

use ingest::event::time::Day;

/// Julian day number of 1970-01-01.
const EPOCH_JDN: i64 = 2_440_588;
/// Hà Nội ahead of Greenwich, in days.
const ZONE: f64 = 7.0 / 24.0;
/// Mean length of a lunar month in days.
const MONTH_DAYS: f64 = 29.530_588_853;

/// The day that begins the lunar year whose most part lies in a year (*mùng một Tết*).
pub(super) fn new_year(year: i16) -> Day {
    day_of(year, 1, 1)
}

/// A day of the lunar year that begins in a year, of a month that is not a leap month.
pub(super) fn day_of(year: i16, month: i64, day: i64) -> Day {
    let (before, after) = (eleventh(year - 1), eleventh(year));
    // Months 1 to 10 follow the eleventh and the twelfth of the year before.
    let mut place = if month < 11 { month + 1 } else { month - 11 };
    let from = if month < 11 { before } else { after };
    let until = if month < 11 {
        after
    } else {
        eleventh(year + 1)
    };
    if until - from > 365 && place >= leap_place(from) {
        place += 1;
    }
    let first = new_moon_day(nearest_new_moon(from) + place);
    Day((first + day - 1 - EPOCH_JDN) as i32)
}

/// The number of the new moon, counted from January 1900, that begins a month on a day.
fn nearest_new_moon(jdn: i64) -> i64 {
    let months = ((jdn as f64 - 2_415_021.077) / MONTH_DAYS).round();
    months as i64
}

/// The day that begins the eleventh month of a year: the last new moon at or before the winter solstice.
fn eleventh(year: i16) -> i64 {
    let last = Day::from_date(jiff::civil::date(year, 12, 31)).0;
    let mut k = nearest_new_moon(i64::from(last) + EPOCH_JDN) + 1;
    // The solstice is the beginning of the sun's tenth twelfth, counted from the spring equinox.
    while new_moon_day(k) > i64::from(last) + EPOCH_JDN || twelfth(new_moon_day(k)) >= 9 {
        k -= 1;
    }
    new_moon_day(k)
}

/// Which month after the eleventh that begins on a day is a leap month, in a year that has one.
fn leap_place(eleventh: i64) -> i64 {
    let k = nearest_new_moon(eleventh);
    let begins_in = |place| twelfth(new_moon_day(k + place));
    (1..14)
        .find(|place| begins_in(*place) == begins_in(place + 1))
        .unwrap_or(14)
}

/// The Julian day number, in Hà Nội, of a new moon counted from January 1900.
fn new_moon_day(k: i64) -> i64 {
    let k = k as f64;
    let t = k / 1236.85;
    let (t2, t3) = (t * t, t * t * t);
    let mean = 2_415_020.759_33 + 29.530_588_68 * k + 0.000_117_8 * t2 - 0.000_000_155 * t3
        + 0.000_33 * sin(166.56 + 132.87 * t - 0.009_173 * t2);
    let sun = 359.2242 + 29.105_356_08 * k - 0.000_033_3 * t2 - 0.000_003_47 * t3;
    let moon = 306.0253 + 385.816_918_06 * k + 0.010_730_6 * t2 + 0.000_012_36 * t3;
    let node = 21.2964 + 390.670_506_46 * k - 0.001_652_8 * t2 - 0.000_002_39 * t3;
    let correction = (0.1734 - 0.000_393 * t) * sin(sun) + 0.0021 * sin(2.0 * sun)
        - 0.4068 * sin(moon)
        + 0.0161 * sin(2.0 * moon)
        - 0.0004 * sin(3.0 * moon)
        + 0.0104 * sin(2.0 * node)
        - 0.0051 * sin(sun + moon)
        - 0.0074 * sin(sun - moon)
        + 0.0004 * sin(2.0 * node + sun)
        - 0.0004 * sin(2.0 * node - sun)
        - 0.0006 * sin(2.0 * node + moon)
        + 0.0010 * sin(2.0 * node - moon)
        + 0.0005 * sin(2.0 * moon + sun);
    // Of dynamical time over universal time, in days.
    let ahead = -0.000_278 + 0.000_265 * t + 0.000_262 * t2;
    (mean + correction - ahead + 0.5 + ZONE).floor() as i64
}

/// In which twelfth of its path, from the spring equinox on, the sun is at a day's local midnight.
fn twelfth(jdn: i64) -> i64 {
    let t = (jdn as f64 - 2_451_545.5 - ZONE) / 36_525.0;
    let t2 = t * t;
    let anomaly = 357.529_10 + 35_999.050_30 * t - 0.000_155_9 * t2 - 0.000_000_48 * t2 * t;
    let mean = 280.466_45 + 36_000.769_83 * t + 0.000_303_2 * t2;
    let centre = (1.914_6 - 0.004_817 * t - 0.000_014 * t2) * sin(anomaly)
        + (0.019_993 - 0.000_101 * t) * sin(2.0 * anomaly)
        + 0.000_29 * sin(3.0 * anomaly);
    ((mean + centre).rem_euclid(360.0) / 30.0) as i64
}

fn sin(degrees: f64) -> f64 {
    degrees.to_radians().sin()
}
