//! Pauses between attempts: twice as long each time, up to a bound, and never the same for two relays.

use std::time::Duration;

/// The first pause.
const FIRST: Duration = Duration::from_secs(1);

/// How long to wait after the next failure.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    most: Duration,
    failures: u32,
}

impl Backoff {
    /// With a longest pause.
    pub const fn new(most: Duration) -> Self {
        Self { most, failures: 0 }
    }

    /// Something worked.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }

    /// The pause after a failure: between half of what it may be and all of it, by a number from 0 to 1. Where the server said when
    /// to come again, that long and up to a quarter more, so that all points of a city do not come at once; but never sooner than half of
    /// what it would be without, or *at once* would go round and round.
    pub fn after_failure(&mut self, said: Option<Duration>, random: f64) -> Duration {
        let random = random.clamp(0.0, 1.0);
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        match said {
            Some(said) => said
                .max(doubled.min(self.most) / 2)
                .mul_f64(1.0 + random / 4.0),
            None => doubled.min(self.most).mul_f64(0.5 + random / 2.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_mins(1));
        let full: Vec<u64> = (0..9)
            .map(|_| backoff.after_failure(None, 1.0).as_secs())
            .collect();
        assert_eq!(full, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff.after_failure(None, 0.0).as_secs(), 30);
        for _ in 0..100 {
            assert!(backoff.after_failure(None, 0.7) <= Duration::from_mins(1));
        }
        backoff.reset();
        assert_eq!(backoff.after_failure(None, 0.0).as_millis(), 500);
        let short = Backoff::new(Duration::from_millis(200)).after_failure(None, 1.0);
        assert_eq!(short.as_millis(), 200);
    }

    #[test]
    fn what_the_server_says_is_kept_to() {
        let mut backoff = Backoff::new(Duration::from_mins(1));
        let said = Some(Duration::from_secs(100));
        assert_eq!(backoff.after_failure(said, 0.0).as_secs(), 100);
        assert_eq!(backoff.after_failure(said, 1.0).as_secs(), 125);
        let mut backoff = Backoff::new(Duration::from_mins(1));
        let at_once: Vec<u64> = (0..8)
            .map(|_| backoff.after_failure(Some(Duration::ZERO), 0.0).as_millis() as u64)
            .collect();
        assert_eq!(
            at_once,
            [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
        );
    }
}
