//! Which bucket a value falls into, and what a bucket answers.
//!
//! Bucket 0 is zero. Bucket *k* > 0 is `(edge(k − 1), edge(k)]`, where `edge(0)` is 2⁻¹⁰ and 128 edges
//! further it has doubled; bucket −*k* mirrors it. The order of the numbers is the order of the values.

use std::cmp::Ordering;

/// Bits of a float's fraction that tell buckets apart: 2⁷ = 128 in each power of two.
const FRACTION_BITS: u32 = 7;
const SHIFT: u32 = f64::MANTISSA_DIGITS - 1 - FRACTION_BITS;
/// 2⁻¹⁰: what is no larger counts as zero.
pub(super) const SMALLEST: f64 = 1.0 / 1024.0;
/// 2³²: what is larger shares the last bucket.
pub(super) const LARGEST: f64 = 4_294_967_296.0;
const FIRST: u64 = SMALLEST.to_bits() >> SHIFT;
/// The last bucket; the first is its negative.
pub(super) const LAST: i16 = ((LARGEST.to_bits() >> SHIFT) - FIRST) as i16;

/// The bucket of a finite value.
#[inline]
pub(super) fn of(x: f64) -> i16 {
    let magnitude = x.abs();
    if magnitude <= SMALLEST {
        return 0;
    }
    // One less, so that an edge falls into the bucket that it ends.
    let key = ((magnitude.to_bits() - 1) >> SHIFT) - FIRST + 1;
    let key = key.min(LAST as u64) as i16;
    if x < 0.0 { -key } else { key }
}

fn edge(key: u16) -> f64 {
    f64::from_bits((FIRST + u64::from(key)) << SHIFT)
}

/// The value that a bucket answers: its middle.
pub(super) fn middle(key: i16) -> f64 {
    let size = key.unsigned_abs();
    if size == 0 {
        return 0.0;
    }
    let middle = f64::midpoint(edge(size - 1), edge(size));
    if key < 0 { -middle } else { middle }
}

/// Puts finite values in order, without a minus zero among them; quicker than by `total_cmp`.
pub(super) fn sort(values: &mut [f64]) {
    values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
}

/// A limit that buckets count over exactly: an edge between two of them.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Limit(f64);

impl Limit {
    /// Fifteen minutes.
    pub const QUARTER_HOUR: Self = Self(900.0);

    /// A limit in seconds, if it is an edge.
    pub fn new(seconds: f64) -> Option<Self> {
        let between = (SMALLEST..LARGEST).contains(&seconds);
        (between && seconds.to_bits().trailing_zeros() >= SHIFT).then_some(Self(seconds))
    }

    /// The limits around a number of seconds: the greatest no larger, the least no smaller.
    pub fn around(seconds: f64) -> Option<(Self, Self)> {
        if let Some(limit) = Self::new(seconds) {
            return Some((limit, limit));
        }
        let key = of(seconds);
        let lower = Self::new(edge(u16::try_from(key - 1).ok()?))?;
        Some((lower, Self::new(edge(u16::try_from(key).ok()?))?))
    }

    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::num;
    use proptest::prelude::*;

    #[test]
    fn limits_in_use_are_edges() {
        for minutes in [1, 2, 3, 4, 5, 10, 12, 15, 20, 30, 60, 120, 240, 480] {
            let seconds = f64::from(minutes) * 60.0;
            let limit = Limit::new(seconds).unwrap();
            let key = of(limit.seconds());
            assert_eq!(of(seconds.next_up()), key + 1, "{minutes} min");
            assert_eq!(of(seconds.next_down()), key, "{minutes} min");
        }
        assert_eq!(Limit::new(901.0), None);
        let around = Limit::around(901.0).unwrap();
        assert_eq!((around.0.seconds(), around.1.seconds()), (900.0, 904.0));
        for not_one in [
            0.0,
            -900.0,
            f64::NAN,
            f64::INFINITY,
            LARGEST,
            SMALLEST / 2.0,
        ] {
            assert_eq!(Limit::new(not_one), None, "{not_one}");
            assert_eq!(Limit::around(not_one), None, "{not_one}");
        }
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(of(0.0), 0);
        assert_eq!(of(-0.0), 0);
        assert_eq!(of(f64::MIN_POSITIVE), 0);
        assert_eq!(of(SMALLEST), 0);
        assert_eq!(of(SMALLEST.next_up()), 1);
        assert_eq!(of(LARGEST), LAST);
        assert_eq!(of(f64::MAX), LAST);
        assert_eq!(of(f64::MIN), -LAST);
        assert_eq!(LAST, 42 * 128);
    }

    proptest! {
        #[test]
        fn a_bucket_holds_its_values_and_answers_within_the_bound(
            exponent in -10.0..32.0_f64, negative: bool
        ) {
            let size = exponent.exp2().next_up();
            let x = if negative { -size } else { size };
            let key = of(x);
            let width = key.unsigned_abs();
            prop_assert!(edge(width - 1) < size && size <= edge(width));
            prop_assert!((middle(key) - x).abs() < size / 256.0);
        }

        #[test]
        fn the_order_of_buckets_is_that_of_values(
            a in num::f64::POSITIVE | num::f64::NEGATIVE | num::f64::NORMAL | num::f64::ZERO, b in num::f64::POSITIVE | num::f64::NEGATIVE | num::f64::NORMAL, near: bool
        ) {
            let b = if near { a * (1.0 + (b % 0.02)) } else { b };
            prop_assert!(of(a.min(b)) <= of(a.max(b)));
        }
    }
}
