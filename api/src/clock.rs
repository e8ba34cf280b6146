//! The machine's clock set under a running server.
//!
//! Where events are not the clock, *now* is the machine's: set ahead, everything seems silent and overdue; set back,
//! true events lie ahead of it and are refused. Both end when it is right again, and nothing that was acknowledged
//! depends on it. It has to be told, though: [`ClockWatch`] holds the clock against one that nobody sets.

use std::time::{Duration, Instant};

use ingest::event::EventTime;

/// A clock may be slewed, and a look come late, by so much without being told.
const TOLERANCE: Duration = Duration::from_secs(5);

/// The clock as it was at the last look.
#[derive(Debug, Clone, Copy)]
pub struct ClockWatch {
    wall: EventTime,
    steady: Instant,
}

/// The clock was set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockStep {
    /// So far ahead, or back when negative.
    pub seconds: f64,
}

impl ClockWatch {
    /// From a first look at both clocks.
    pub const fn new(wall: EventTime, steady: Instant) -> Self {
        Self { wall, steady }
    }

    /// Another look: the step since the last, if there was one.
    pub fn look(&mut self, wall: EventTime, steady: Instant) -> Option<ClockStep> {
        let passed = steady.saturating_duration_since(self.steady);
        let seconds = wall.seconds_since(self.wall) - passed.as_secs_f64();
        *self = Self { wall, steady };
        (seconds.abs() > TOLERANCE.as_secs_f64()).then_some(ClockStep { seconds })
    }
}

impl ClockStep {
    /// A word for programs.
    pub const fn direction(self) -> &'static str {
        if self.seconds < 0.0 { "back" } else { "ahead" }
    }
}

impl std::fmt::Display for ClockStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the machine's clock was set {} by {:.0} s; see that it is right and kept by NTP (timedatectl), and send again what was refused meanwhile",
            self.direction(),
            self.seconds.abs()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_once_and_slow_looks_are_none() {
        let (noon, begin) = (EventTime::from_seconds(1_000_000), Instant::now());
        let mut watch = ClockWatch::new(noon, begin);
        let mut look = |wall_s: i64, steady_s: u64| {
            let steady = begin + Duration::from_secs(steady_s);
            watch.look(noon.plus_seconds(wall_s), steady)
        };
        assert_eq!(look(60, 60), None, "a slow look is no step");
        assert_eq!(look(63, 61), None, "slewed");
        let back = look(-3537, 61).expect("an hour back");
        assert_eq!((back.direction(), back.seconds), ("back", -3600.0));
        assert!(back.to_string().contains("back by 3600 s"), "{back}");
        assert_eq!(look(-3536, 62), None, "told once");
        let ahead = look(64, 62).expect("and right again");
        assert_eq!(ahead.direction(), "ahead");
    }
}
