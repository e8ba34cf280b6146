//! Quantiles of waits that merge: one state for every percentile, the mean and the shares over limits.
//!
//! **What is promised.** For any values of a size between 2⁻¹⁰ s (just under a millisecond) and 2³² s (136
//! years), of either sign, a quantile differs from the exact nearest-rank value
//! ([`Sample::quantiles`](crate::figures::stats::Sample::quantiles)) by **less than 1/256 (0.4 %)** of it;
//! of up to [`EXACT`] values it *is* the exact value. Count, minimum, maximum and every count over a
//! [`Limit`] are exact; the mean is that of the values rounded to a microsecond. The state is a function of
//! the *set* of values: neither their order, nor how they were split and merged, can show in an answer.
//!
//! **How.** Up to [`EXACT`] values are kept as they are. More are counted in log-linear buckets: each power
//! of two is cut into 128 buckets of the same width, half open as `(lower, upper]`. A bucket is therefore a
//! shift of a float's bits, 1/128 wide relative to its lower edge, and answered by its middle. A limit on an
//! edge splits the buckets without a remainder: between 512 and 1024 s the edges are the multiples of 4 s,
//! so *over 900 s*, strictly greater, is counted exactly. So are 5, 10, 15, 20, 30 and 60 minutes and 2, 4
//! and 8 hours.
//!
//! **Odd values.** What is smaller than 2⁻¹⁰ s either way counts as zero, once there are over [`EXACT`] values. Negative values (clocks that
//! disagree) mirror the positive ones; whether they are plausible is the figure's to say, before it counts
//! them. Values over a day need nothing special. Beyond 2³² s all share the last bucket: the bound ends
//! there, and the mean takes them as 2³² s. What is not a finite number is skipped like a NULL.
//!
//! [`Histogram`] is one such state, `groups` holds millions of them side by side, and [`sql`] has the functions of
//! both for DataFusion.

mod bucket;
mod counted;
mod groups;
mod histogram;
pub mod sql;
#[cfg(test)]
mod tests;

pub use bucket::Limit;
pub use histogram::{Damaged, EXACT, Histogram};

/// The bucket of a finite duration in seconds: a whole number that grows with it.
pub fn bucket_of(seconds: f64) -> i64 {
    bucket::of(seconds).into()
}
