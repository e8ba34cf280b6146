//! Instants as the doors use them, and where they come from.
//!
//! Sessions, keys, tickets and lock-outs are about the machine's time, never about events' time: a simulated city
//! must not sign anybody out. Everything that needs *now* takes an [`At`] or a [`Clock`], so that a test moves time by hand.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milliseconds of a second.
const SECOND: i64 = 1_000;
/// Milliseconds of a day.
const DAY: i64 = 86_400 * SECOND;
/// The latest instant that is written: the end of the year 9998.
const LATEST: i64 = 253_370_764_799_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z. In JSON it is RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct At(pub i64);

impl At {
    /// From whole seconds since the epoch.
    pub const fn of_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Whole seconds since the epoch, cut downwards.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Later by whole seconds (earlier when negative); it does not overflow.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// Milliseconds from `earlier` to `self`; none where the clock was set back behind it.
    pub const fn since(self, earlier: Self) -> u64 {
        let passed = self.0.saturating_sub(earlier.0);
        if passed < 0 { 0 } else { passed as u64 }
    }

    /// The UTC day it falls on, days since the epoch.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The UTC month it falls on, as `2026-11`.
    pub fn month(self) -> String {
        self.to_string().chars().take(7).collect()
    }

    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        let stamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(stamp.as_millisecond()))
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.clamp(0, LATEST);
        match jiff::Timestamp::from_millisecond(millis) {
            Ok(stamp) => write!(f, "{stamp:.3}"),
            Err(_) => write!(f, "1970-01-01T00:00:00.000Z"),
        }
    }
}

impl Serialize for At {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` must be a time such as 2026-11-23T08:00:00Z"
            ))
        })
    }
}

/// Where *now* comes from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> At;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> At {
        At(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that a test moves.
#[cfg(test)]
#[derive(Debug)]
pub(crate) struct HandClock(std::sync::atomic::AtomicI64);

#[cfg(test)]
impl HandClock {
    pub(crate) const fn at(at: At) -> Self {
        Self(std::sync::atomic::AtomicI64::new(at.0))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.0
            .fetch_add(seconds * SECOND, std::sync::atomic::Ordering::Relaxed);
    }
}

#[cfg(test)]
impl Clock for HandClock {
    fn now(&self) -> At {
        At(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_as_it_is_written() {
        for millis in [0, 1, 1_795_651_262_123, LATEST] {
            let at = At(millis);
            assert_eq!(At::parse(&at.to_string()), Some(at), "{at}");
        }
        assert_eq!(At(1_795_651_262_123).month(), "2026-11");
        assert_eq!(At(0).to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn no_instant_overflows() {
        assert_eq!(At(i64::MAX).plus_seconds(i64::MAX), At(i64::MAX));
        assert_eq!(
            At(0).since(At(5)),
            0,
            "a clock set back makes nothing older"
        );
        assert!(At(i64::MAX).to_string().starts_with("9998"));
    }
}
