//! Limits of rate: a bucket of tokens for each address and each caller.
//!
//! A bucket fills steadily up to its size; a request takes a token or hears when to come again. A bucket that is full again is
//! forgotten, so that memory holds those who asked of late. When even they are too many, newcomers share one bucket: who is
//! known is served on, and nobody pushes others out by coming under many names.

use std::collections::HashMap;
use std::hash::Hash;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::at::At;

/// Buckets, at most.
pub const MOST: usize = 20_000;
/// Milliseconds between two searches for full buckets.
const SWEEP_MS: u64 = 1_000;

/// A rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests a second in the long run.
    pub per_second: f64,
    /// Requests at once.
    pub burst: f64,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: At,
}

impl Rate {
    fn filled(self, bucket: Bucket, now: At) -> f64 {
        let gained = now.since(bucket.at) as f64 / 1_000.0 * self.per_second;
        (bucket.tokens + gained).min(self.burst)
    }

    /// Takes a token, or says how many seconds to wait.
    fn take(self, bucket: &mut Bucket, now: At) -> Result<(), u32> {
        bucket.tokens = self.filled(*bucket, now);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let seconds = (1.0 - bucket.tokens) / self.per_second;
        Err(seconds.clamp(1.0, 3_600.0).ceil() as u32)
    }
}

#[derive(Debug)]
struct Inner<K> {
    by: HashMap<K, Bucket>,
    shared: Bucket,
    swept: At,
}

/// Buckets by something.
#[derive(Debug)]
pub struct Limits<K> {
    rate: Rate,
    inner: Mutex<Inner<K>>,
}

impl<K: Hash + Eq> Limits<K> {
    /// None has asked.
    pub fn new(rate: Rate) -> Self {
        let shared = Bucket {
            tokens: rate.burst,
            at: At(0),
        };
        Self {
            rate,
            inner: Mutex::new(Inner {
                by: HashMap::new(),
                shared,
                swept: At(0),
            }),
        }
    }

    /// Takes a token of somebody's, or says how many seconds to wait.
    pub fn take(&self, key: K, now: At) -> Result<(), u32> {
        let mut inner = self.inner.lock();
        if let Some(bucket) = inner.by.get_mut(&key) {
            return self.rate.take(bucket, now);
        }
        if inner.by.len() >= MOST && now.since(inner.swept) >= SWEEP_MS {
            inner.swept = now;
            let rate = self.rate;
            inner
                .by
                .retain(|_, bucket| rate.filled(*bucket, now) < rate.burst);
        }
        if inner.by.len() >= MOST {
            return self.rate.take(&mut inner.shared, now);
        }
        let mut bucket = Bucket {
            tokens: self.rate.burst,
            at: now,
        };
        let taken = self.rate.take(&mut bucket, now);
        inner.by.insert(key, bucket);
        taken
    }

    /// How many buckets are kept.
    pub fn kept(&self) -> usize {
        self.inner.lock().by.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: At = At::of_seconds(1_000_000);
    const RATE: Rate = Rate {
        per_second: 2.0,
        burst: 5.0,
    };

    #[test]
    fn a_burst_then_the_rate() {
        let limits = Limits::new(RATE);
        let taken = (0..8).filter(|_| limits.take("a", NOW).is_ok()).count();
        assert_eq!(taken, 5);
        assert_eq!(limits.take("a", NOW), Err(1));
        assert_eq!(limits.take("b", NOW), Ok(()), "each its own");
        assert_eq!(limits.take("a", NOW.plus_seconds(1)), Ok(()));
        assert!(
            limits.take("a", NOW.plus_seconds(-100)).is_ok(),
            "no token is lost to a clock set back"
        );
    }

    #[test]
    fn many_names_push_nobody_out() {
        let limits = Limits::new(RATE);
        for _ in 0..5 {
            limits.take(u64::MAX, NOW).unwrap();
        }
        let served = (0..3 * MOST as u64)
            .filter(|i| limits.take(*i, NOW).is_ok())
            .count();
        assert!(served <= MOST + 5, "{served}");
        assert!(limits.kept() <= MOST);
        assert!(limits.take(u64::MAX, NOW).is_err(), "still known");
        limits.take(7_777_777, NOW.plus_seconds(3)).unwrap();
        assert!(limits.kept() < 10, "full ones are forgotten");
    }

    proptest! {
        /// Over any time, no more is served than the burst and what the rate gives.
        #[test]
        fn no_more_than_the_rate(passed in proptest::collection::vec(0_i64..400, 1..200)) {
            let limits = Limits::new(RATE);
            let (mut now, mut served) = (NOW, 0);
            for millis in passed {
                now = At(now.0 + millis);
                if let Err(wait) = limits.take(0, now) {
                    prop_assert!(wait >= 1);
                } else {
                    served += 1;
                }
            }
            let most = RATE.burst + now.since(NOW) as f64 / 1_000.0 * RATE.per_second;
            prop_assert!(f64::from(served) <= most + 1e-6);
        }
    }
}
