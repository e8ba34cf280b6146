//! Event time and the local calendar of the points.
//!
//! Hà Nội's zone, `Asia/Ho_Chi_Minh`, has been UTC+7 without daylight saving since June 1975, before
//! any event that is not a clock error; the offset is therefore a constant and a local day costs one
//! division.

use std::fmt;

/// Seconds that local time in Hà Nội is ahead of UTC.
pub const LOCAL_OFFSET_S: i64 = 7 * 3600;
/// Microseconds in a day.
pub const DAY_US: i64 = 86_400 * 1_000_000;

/// An instant: microseconds since 1970-01-01T00:00:00Z. Finer fractions of a second are cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EventTime(pub i64);

/// A local calendar day in Hà Nội: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(pub i32);

impl EventTime {
    /// The machine's clock now.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_microsecond())
    }

    /// From whole seconds since the epoch.
    pub const fn from_seconds(s: i64) -> Self {
        Self(s * 1_000_000)
    }

    /// The local day it falls on.
    pub const fn day(self) -> Day {
        Day((self.0 + LOCAL_OFFSET_S * 1_000_000).div_euclid(DAY_US) as i32)
    }

    /// Microseconds since local midnight.
    pub const fn local_time_of_day_us(self) -> i64 {
        (self.0 + LOCAL_OFFSET_S * 1_000_000).rem_euclid(DAY_US)
    }

    /// Seconds from `earlier` to `self`, negative when `self` is before it.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 1e6
    }

    /// Later by whole seconds (earlier when negative).
    pub const fn plus_seconds(self, s: i64) -> Self {
        Self(self.0 + s * 1_000_000)
    }

    /// Reads RFC 3339 with an offset (`Z` or `±hh:mm`); `None` for anything else.
    pub fn parse_rfc3339(s: &str) -> Option<Self> {
        let b = s.as_bytes();
        if b.len() < 20 || !matches!(b[10], b'T' | b't' | b' ') {
            return None;
        }
        if b[4] != b'-' || b[7] != b'-' || b[13] != b':' || b[16] != b':' {
            return None;
        }
        let date = civil_date(&b[..10])?;
        let (hour, minute, second) = (
            digits(&b[11..13])?,
            digits(&b[14..16])?,
            digits(&b[17..19])?,
        );
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut rest = &b[19..];
        let mut micros = 0;
        if rest.first() == Some(&b'.') {
            let n = rest[1..].iter().take_while(|c| c.is_ascii_digit()).count();
            if n == 0 || n > 9 {
                return None;
            }
            let shown = n.min(6);
            micros = digits(&rest[1..=shown])? * 10_i64.pow(6 - shown as u32);
            rest = &rest[1 + n..];
        }
        let offset_s = match rest {
            b"Z" | b"z" => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (h, m) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
                if h > 23 || m > 59 {
                    return None;
                }
                (h * 3600 + m * 60) * if *sign == b'-' { -1 } else { 1 }
            }
            _ => return None,
        };
        // A leap second reads as the last second of its minute, as POSIX clocks show it.
        let second = second.min(59);
        let seconds = i64::from(date.0) * 86_400 + hour * 3600 + minute * 60 + second - offset_s;
        // Year 0 and local years beyond 9999 have no four-digit form to be written back in.
        let t = Self(seconds * 1_000_000 + micros);
        (Day(-719_162)..=Day(2_932_896))
            .contains(&t.day())
            .then_some(t)
    }

    /// Appends RFC 3339 in local time, `2026-11-23T08:01:02.123+07:00`: milliseconds or microseconds
    /// are shown only where there are any.
    pub fn write_rfc3339(self, out: &mut Vec<u8>) {
        let us = self.local_time_of_day_us();
        self.day().write_iso(out);
        out.push(b'T');
        let seconds = us / 1_000_000;
        push2(out, seconds / 3600);
        out.push(b':');
        push2(out, seconds / 60 % 60);
        out.push(b':');
        push2(out, seconds % 60);
        let frac = us % 1_000_000;
        if frac != 0 {
            out.push(b'.');
            let (milliseconds, rest) = (frac / 1000, frac % 1000);
            push3(out, milliseconds);
            if rest != 0 {
                push3(out, rest);
            }
        }
        out.extend_from_slice(b"+07:00");
    }
}

impl fmt::Display for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(32);
        self.write_rfc3339(&mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

/// RFC 3339 where people read it, microseconds elsewhere.
impl serde::Serialize for EventTime {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            s.serialize_i64(self.0)
        }
    }
}

/// What a program kept for itself: microseconds, or RFC 3339 where people read it. Events are read by
/// [`EventTime::parse_rfc3339`].
impl<'de> serde::Deserialize<'de> for EventTime {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if !d.is_human_readable() {
            return i64::deserialize(d).map(Self);
        }
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Told<'a> {
            Us(i64),
            Text(std::borrow::Cow<'a, str>),
        }
        match Told::deserialize(d)? {
            Told::Us(us) => Ok(Self(us)),
            Told::Text(text) => Self::parse_rfc3339(&text)
                .ok_or_else(|| serde::de::Error::custom("not an instant in RFC 3339")),
        }
    }
}

impl Day {
    /// Local midnight that begins the day.
    pub const fn start(self) -> EventTime {
        EventTime(self.0 as i64 * DAY_US - LOCAL_OFFSET_S * 1_000_000)
    }

    /// Local midnight that ends it.
    pub const fn end(self) -> EventTime {
        Self(self.0 + 1).start()
    }

    /// The calendar date. Days beyond jiff's range (years −9999 to 9999) are clamped to it.
    pub fn date(self) -> jiff::civil::Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.saturating_add(jiff::Span::new().days(self.0.clamp(-4_371_587, 2_932_896)))
    }

    /// Of a calendar date.
    pub fn from_date(date: jiff::civil::Date) -> Self {
        let (y, m, d) = (
            i64::from(date.year()),
            i64::from(date.month()),
            i64::from(date.day()),
        );
        Self(days_from_civil(y, m, d) as i32)
    }

    /// Reads `2026-11-23`.
    pub fn parse_iso(s: &str) -> Option<Self> {
        if s.len() == 10 {
            civil_date(s.as_bytes())
        } else {
            None
        }
    }

    /// Monday = 0 … Sunday = 6.
    pub const fn weekday(self) -> u8 {
        (self.0 + 3).rem_euclid(7) as u8
    }

    fn write_iso(self, out: &mut Vec<u8>) {
        let (y, m, d) = civil_from_days(i64::from(self.0));
        if (0..=9999).contains(&y) {
            push2(out, y / 100);
            push2(out, y % 100);
        } else {
            out.extend_from_slice(y.to_string().as_bytes());
        }
        out.push(b'-');
        push2(out, m);
        out.push(b'-');
        push2(out, d);
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::with_capacity(10);
        self.write_iso(&mut out);
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

/// ISO 8601 where people read it, days since 1970 elsewhere.
impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() {
            s.collect_str(self)
        } else {
            s.serialize_i32(self.0)
        }
    }
}

/// From days since 1970: what a program kept for itself.
impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        i32::deserialize(d).map(Self)
    }
}

fn push2(out: &mut Vec<u8>, n: i64) {
    out.push(b'0' + (n / 10 % 10) as u8);
    out.push(b'0' + (n % 10) as u8);
}

fn push3(out: &mut Vec<u8>, n: i64) {
    out.push(b'0' + (n / 100 % 10) as u8);
    push2(out, n);
}

fn digits(b: &[u8]) -> Option<i64> {
    b.iter().try_fold(0_i64, |n, c| {
        c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0'))
    })
}

fn civil_date(b: &[u8]) -> Option<Day> {
    if b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let (y, m, d) = (digits(&b[..4])?, digits(&b[5..7])?, digits(&b[8..10])?);
    let valid = (1..=12).contains(&m) && d >= 1 && d <= days_in_month(y, m);
    valid.then(|| Day(days_from_civil(y, m, d) as i32))
}

const fn days_in_month(y: i64, m: i64) -> i64 {
    match m {
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date, counting years from March so that the leap
/// day is the last of its year.
const fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let d = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let m = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let y = year_of_era + era * 400 + if m <= 2 { 1 } else { 0 };
    (y, m, d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_contracts_example() {
        let t = EventTime::parse_rfc3339("2026-11-23T08:01:02.123+07:00").unwrap();
        assert_eq!(t.to_string(), "2026-11-23T08:01:02.123+07:00");
        assert_eq!(
            t,
            EventTime::parse_rfc3339("2026-11-23T01:01:02.123Z").unwrap()
        );
        assert_eq!(t.day().to_string(), "2026-11-23");
        assert_eq!(t.day().weekday(), 0);
    }

    #[test]
    fn the_local_day_turns_at_five_pm_utc() {
        let before = EventTime::parse_rfc3339("2026-11-23T16:59:59.999999Z").unwrap();
        assert_eq!(before.day().to_string(), "2026-11-23");
        assert_eq!(EventTime(before.0 + 1).day().to_string(), "2026-11-24");
        assert_eq!(before.day().end().0, before.0 + 1);
    }

    #[test]
    fn refuses_what_is_not_rfc3339_with_an_offset() {
        for bad in [
            "",
            "2026-11-23",
            "2026-11-23T08:01:02",
            "2026-11-23T08:01:02+0700",
            "2026-02-29T08:01:02Z",
            "2026-11-23T24:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T08:01:02.Z",
            "2026-11-23T08:01:02+07:00[Asia/Ho_Chi_Minh]",
            "20261123T080102Z",
            "２026-11-23T08:01:02Z",
        ] {
            assert_eq!(EventTime::parse_rfc3339(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_second_calendar(s in -62_000_000_000_i64..250_000_000_000, us in 0_i64..1_000_000) {
            let t = EventTime(s * 1_000_000 + us);
            let theirs = jiff::Timestamp::from_microsecond(t.0).unwrap();
            prop_assert_eq!(EventTime::parse_rfc3339(&theirs.to_string()), Some(t));
            let ours = t.to_string();
            if !ours.starts_with('-') {
                prop_assert_eq!(ours.parse::<jiff::Timestamp>().unwrap(), theirs);
                prop_assert_eq!(EventTime::parse_rfc3339(&ours), Some(t));
            }
            let local = jiff::tz::Offset::constant(7).to_datetime(theirs);
            prop_assert_eq!(t.day().date(), local.date());
            prop_assert_eq!(Day::from_date(local.date()), t.day());
            prop_assert_eq!(t.day().weekday(), local.weekday().to_monday_zero_offset() as u8);
        }

        #[test]
        fn never_panics(s in "\\PC{0,40}") {
            let _ = EventTime::parse_rfc3339(&s);
            let _ = Day::parse_iso(&s);
        }
    }
}
