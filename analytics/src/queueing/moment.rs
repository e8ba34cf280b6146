//! Instants and the slots of a local day.
//!
//! Instants are microseconds since the epoch, as everywhere in Vọng Lâu; spans inside the formulas are minutes as `f64`. Local time is
//! seven hours ahead the whole year, which `Asia/Ho_Chi_Minh` has kept since 1975.

/// Microseconds since the epoch, or between two instants.
pub type Us = i64;
/// A minute.
pub const MINUTE: Us = 60_000_000;
/// A quarter of an hour.
pub const QUARTER: Us = 15 * MINUTE;
/// Quarters in a day.
pub const QUARTERS: usize = 96;
/// Local time is so far ahead of universal time.
pub const OFFSET: Us = 7 * 60 * MINUTE;
const DAY: Us = 24 * 60 * MINUTE;

/// The local day of an instant, in days since 1 January 1970.
pub fn day_of(at: Us) -> i32 {
    ((at + OFFSET).div_euclid(DAY)) as i32
}

/// The instant at which a local day begins.
pub fn start_of(day: i32) -> Us {
    i64::from(day) * DAY - OFFSET
}

/// The weekday of a local day: 0 is Monday.
pub fn weekday(day: i32) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// The quarter of the local day in which an instant lies, 0 to 95.
pub fn quarter_of(at: Us) -> usize {
    ((at + OFFSET).rem_euclid(DAY) / QUARTER) as usize
}

/// A span in minutes.
pub fn minutes(span: Us) -> f64 {
    span as f64 / MINUTE as f64
}

/// Minutes as a span, to the microsecond.
pub fn span(minutes: f64) -> Us {
    (minutes * MINUTE as f64).round() as Us
}
