//! The clocks of devices, as far as arrival tells: by how much what a device says happened before it came here.
//!
//! What flows in: of each event that came live, the time of its coming less its own. What flows out: the least and the median of
//! a day, and a verdict. Machines of queues have clocks that drift by minutes, and lines that hold events back (domain
//! rules §6.11 and §6.12); this tells the two apart. The way takes no less than nothing, so the least difference
//! is an upper bound of how far a clock is behind, and one below nothing is a clock that is ahead. Nothing is corrected by it: a
//! figure is of the times that events have.
//!
//! Pure, and bounded: a difference is counted in a bucket of its size, some four hundred at most.

use std::collections::BTreeMap;

use serde::Serialize;

/// Differences under this are counted as none, microseconds.
const NEAR_US: f64 = 50_000.0;
/// A bucket's end is so many times its begin: a median is within 5 %.
const RATIO: f64 = 1.1;
/// Fewer differences than this say nothing.
pub const LEAST_SAMPLE: u64 = 20;
/// A clock is ahead beyond this, seconds: whole seconds and a step of the server's own clock are within it.
pub const AHEAD_S: f64 = 2.0;
/// A clock is behind, or a line slow, beyond this, seconds.
pub const BEHIND_S: f64 = 30.0;
/// Differences of one clock over one line are within this of the least, seconds.
pub const STEADY_S: f64 = 60.0;
/// A difference over a day is of something else than a clock: it is counted and set aside, seconds.
pub const FARTHEST_S: f64 = 86_400.0;
/// An event that is so much older than its coming is of a clock that was never set (1970, 2000): a year, seconds.
pub const LONG_AGO_S: f64 = 366.0 * 86_400.0;

/// What a day's differences say of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Near the server's.
    InStep,
    /// Events come before they happened.
    Ahead,
    /// All come late by about the same.
    Behind,
    /// Many come late, some by much more than others: the line holds them back.
    LateBatches,
    /// There are too few to say.
    TooFew,
}

impl Verdict {
    /// All, in order.
    pub const ALL: [Self; 5] = [
        Self::InStep,
        Self::Ahead,
        Self::Behind,
        Self::LateBatches,
        Self::TooFew,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InStep => "in_step",
            Self::Ahead => "ahead",
            Self::Behind => "behind",
            Self::LateBatches => "late_batches",
            Self::TooFew => "too_few",
        }
    }
}

/// The differences of one device and day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offsets {
    n: u64,
    least_us: i64,
    buckets: BTreeMap<i16, u32>,
    set_aside: u64,
    long_ago: u64,
}

impl Offsets {
    /// Adds what came `us` microseconds after it happened; less than nothing where it came before.
    pub fn add(&mut self, us: i64) {
        let seconds = us as f64 / 1e6;
        if seconds.abs() > FARTHEST_S {
            self.set_aside += 1;
            self.long_ago += u64::from(seconds > LONG_AGO_S);
            return;
        }
        self.least_us = if self.n == 0 {
            us
        } else {
            self.least_us.min(us)
        };
        self.n += 1;
        *self.buckets.entry(bucket(us)).or_default() += 1;
    }

    /// How many count.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// How many were over a day off and do not count.
    pub const fn set_aside(&self) -> u64 {
        self.set_aside
    }

    /// How many of them were over a year old when they came.
    pub const fn long_ago(&self) -> u64 {
        self.long_ago
    }

    /// The least, seconds.
    pub fn least_s(&self) -> Option<f64> {
        (self.n > 0).then_some(self.least_us as f64 / 1e6)
    }

    /// The median by nearest rank, within 5 %, seconds.
    pub fn median_s(&self) -> Option<f64> {
        let rank = self.n.div_ceil(2);
        let mut seen = 0;
        for (bucket, count) in &self.buckets {
            seen += u64::from(*count);
            if seen >= rank && rank > 0 {
                let median = middle_us(*bucket) / 1e6;
                // Of a bucket that the least is in, what is under it is not there.
                return Some(median.max(self.least_us as f64 / 1e6));
            }
        }
        None
    }

    /// What they say.
    pub fn verdict(&self) -> Verdict {
        let (Some(least), Some(median)) = (self.least_s(), self.median_s()) else {
            return Verdict::TooFew;
        };
        if self.n < LEAST_SAMPLE {
            return Verdict::TooFew;
        }
        if least < -AHEAD_S {
            Verdict::Ahead
        } else if median - least > STEADY_S {
            Verdict::LateBatches
        } else if least > BEHIND_S {
            Verdict::Behind
        } else {
            Verdict::InStep
        }
    }
}

fn bucket(us: i64) -> i16 {
    let size = us.unsigned_abs() as f64 / NEAR_US;
    if size < 1.0 {
        return 0;
    }
    let number = (size.ln() / RATIO.ln()).floor() as i16 + 1;
    if us < 0 { -number } else { number }
}

/// The geometric middle of a bucket, microseconds.
fn middle_us(bucket: i16) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let size = NEAR_US * RATIO.powf(f64::from(bucket.abs()) - 0.5);
    if bucket < 0 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: impl IntoIterator<Item = f64>) -> Offsets {
        let mut offsets = Offsets::default();
        for s in seconds {
            offsets.add((s * 1e6) as i64);
        }
        offsets
    }

    #[test]
    fn the_least_is_exact_and_the_median_within_five_per_cent() {
        let offsets = of((0..1_001).map(|n| f64::from(n) * 3.7 - 50.0));
        assert_eq!(offsets.least_s(), Some(-50.0));
        let exact = 500.0 * 3.7 - 50.0;
        let median = offsets.median_s().unwrap();
        assert!((median - exact).abs() <= exact * 0.05, "{median}");
        assert_eq!(of([]).median_s(), None);
        assert_eq!(of([0.01]).median_s(), Some(0.01));
    }

    #[test]
    fn a_clock_is_told_from_a_line() {
        let steady = |s: f64| (0..60).map(move |n| s + f64::from(n % 7) * 0.2);
        assert_eq!(of(steady(0.1)).verdict(), Verdict::InStep);
        assert_eq!(of(steady(-1.5)).verdict(), Verdict::InStep);
        assert_eq!(of(steady(-180.0)).verdict(), Verdict::Ahead);
        assert_eq!(of(steady(240.0)).verdict(), Verdict::Behind);
        // Ten minutes are held back and come at once.
        let held = (0..60).map(|n| f64::from(n % 10) * 60.0 + 1.0);
        assert_eq!(of(held).verdict(), Verdict::LateBatches);
        assert_eq!(of(steady(240.0).take(19)).verdict(), Verdict::TooFew);
    }

    #[test]
    fn what_is_no_clocks_doing_is_set_aside_and_counted() {
        let mut offsets = of((0..30).map(|_| 0.5));
        offsets.add(3 * 86_400_000_000);
        offsets.add(56 * 366 * 86_400_000_000);
        offsets.add(-2 * 86_400_000_000);
        assert_eq!(
            (offsets.n(), offsets.set_aside(), offsets.long_ago()),
            (30, 3, 1)
        );
        assert_eq!(offsets.verdict(), Verdict::InStep);
    }

    #[test]
    fn memory_is_bounded() {
        let far = 86_400_000_000_i64;
        let mut offsets = Offsets::default();
        for n in -20_000..=20_000 {
            offsets.add(far / 20_000 * n);
        }
        assert!(offsets.buckets.len() < 400, "{}", offsets.buckets.len());
    }
}
