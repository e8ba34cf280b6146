//! Whole time steps, and the label a search carries: a time and the point it belongs to.
//!
//! Adding floating-point minutes can make two different times equal, and then which of two points
//! is nearer depends on the order of the additions. Whole steps of 0.1 µs do not have that: the
//! order of (time, rank) is kept by every addition, so the best label of a place is one value,
//! whatever the search that finds it: from scratch, repaired after a move, or in parallel. A step
//! is so small that a way of a thousand edges is exact to 0.1 ms.

/// Steps in a minute: a step is 0.1 µs.
const STEPS_PER_MINUTE: f64 = 600_000_000.0;

/// Bits of a label that hold the rank; the time has the others.
const RANK_BITS: u32 = 20;
const RANK_MASK: u64 = (1 << RANK_BITS) - 1;

/// Points that one question may have: their ranks must fit into a label.
pub const MAX_POINTS: usize = RANK_MASK as usize;

/// A length of time in steps; at most about 20 days, which stands for "never".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticks(pub(super) u64);

impl Ticks {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const NEVER: Self = Self((1 << (64 - RANK_BITS)) - 1);

    /// The nearest whole step; longer than the longest, and infinite, is [`Self::NEVER`].
    pub(super) fn from_minutes(minutes: f64) -> Self {
        Self((minutes * STEPS_PER_MINUTE).round() as u64).min(Self::NEVER)
    }

    /// The last step that is within a limit in minutes: a time is within it when it is no later.
    pub(super) fn at_most(minutes: f64) -> Self {
        Self((minutes * STEPS_PER_MINUTE).floor() as u64).min(Self::NEVER)
    }

    /// In minutes; infinite for [`Self::NEVER`].
    pub(super) fn minutes(self) -> f64 {
        if self == Self::NEVER {
            f64::INFINITY
        } else {
            self.0 as f64 / STEPS_PER_MINUTE
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0).min(Self::NEVER)
    }
}

/// Time to a point, and the point's rank by id, in one number: ordered by time, then by rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label(u64);

impl Label {
    pub(super) const NONE: Self = Self(u64::MAX);

    pub(super) fn new(ticks: Ticks, rank: u32) -> Self {
        if ticks == Ticks::NEVER {
            Self::NONE
        } else {
            Self(ticks.0 << RANK_BITS | u64::from(rank))
        }
    }

    /// The same point, so much later; [`Self::NONE`] stays what it is.
    pub(super) fn after(self, ticks: Ticks) -> Self {
        // What does not fit is `u64::MAX`, which is NONE.
        Self(self.0.saturating_add(ticks.0 << RANK_BITS))
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    pub(super) fn ticks(self) -> Ticks {
        Ticks(self.0 >> RANK_BITS)
    }

    pub(super) fn minutes(self) -> f64 {
        self.ticks().minutes()
    }

    /// The rank; meaningless for [`Self::NONE`].
    pub(super) fn rank(self) -> u32 {
        (self.0 & RANK_MASK) as u32
    }

    /// The same time with another rank.
    pub(super) fn with_rank(self, rank: u32) -> Self {
        Self(self.0 & !RANK_MASK | u64::from(rank))
    }
}

/// The time of an edge in 32 bits: 28 bits of steps, shifted left by the upper four. Exact up to
/// 26 seconds, beyond to a part in 10⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(u32);

const SPAN_BITS: u32 = 28;

impl Span {
    pub(super) fn new(ticks: Ticks) -> Self {
        // The longest that can be said: 2⁴³ steps, ten days.
        let ticks = ticks.0.min((1 << (SPAN_BITS + 15)) - (1 << 15));
        let length = 64 - ticks.leading_zeros();
        let mut shift = length.saturating_sub(SPAN_BITS);
        let half = (1u64 << shift) >> 1;
        let mut steps = (ticks + half) >> shift;
        if steps >> SPAN_BITS != 0 {
            steps >>= 1;
            shift += 1;
        }
        Self(shift << SPAN_BITS | steps as u32)
    }

    pub(super) fn ticks(self) -> Ticks {
        let steps = u64::from(self.0 & ((1 << SPAN_BITS) - 1));
        Ticks(steps << (self.0 >> SPAN_BITS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_span_is_near_what_it_stands_for(ticks in 0u64..1 << 45) {
            let said = Span::new(Ticks(ticks)).ticks().0;
            let meant = ticks.min((1 << 43) - (1 << 15));
            prop_assert!(said.abs_diff(meant) as f64 <= meant as f64 / f64::from(1 << 27));
            if ticks < 1 << 28 {
                prop_assert_eq!(said, ticks);
            }
        }

        /// What the repair of a move rests on.
        #[test]
        fn adding_keeps_the_order_of_labels(
            a in 0u64..1 << 44, b in 0u64..1 << 44, near in any::<bool>(),
            rank_a in 0u32..1000, rank_b in 0u32..1000, more in 0u64..1 << 44,
        ) {
            let b = if near { a } else { b };
            let (one, two) = (Label::new(Ticks(a), rank_a), Label::new(Ticks(b), rank_b));
            let (one_later, two_later) = (one.after(Ticks(more)), two.after(Ticks(more)));
            if one < two {
                prop_assert!(one_later < two_later || two_later.is_none());
            }
        }
    }

    #[test]
    fn never_stays_never() {
        assert_eq!(Ticks::from_minutes(f64::INFINITY), Ticks::NEVER);
        assert_eq!(Ticks::NEVER.minutes(), f64::INFINITY);
        assert!(Label::new(Ticks::NEVER, 3).is_none());
        assert!(Label::NONE.after(Ticks(5)).is_none());
        assert_eq!(Label::NONE.minutes(), f64::INFINITY);
        assert_eq!(Ticks::from_minutes(30.0).minutes(), 30.0);
    }
}
