//! One state: a few exact values, or counts in buckets.

use super::bucket::{self, Limit};
use super::counted::Counted;
use crate::figures::stats::rank;

/// Up to so many values are kept as they are. As many in buckets would take as much memory.
pub const EXACT: usize = 64;

/// First byte of a serialised state: its kind, and with it the version of the format.
const KIND_EXACT: u8 = 1;
const KIND_COUNTED: u8 = 2;

/// A serialised state that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of waits, or one of another version")]
pub struct Damaged;

/// Durations in seconds, for quantiles, shares and the mean. See the [module](super) for what it promises.
#[derive(Debug, Clone)]
pub struct Histogram(Body);

/// How the values are held: a function of their number alone.
#[derive(Debug, Clone)]
enum Body {
    /// Up to [`EXACT`] values in any order.
    Exact(Vec<f64>),
    /// More of them.
    Counted(Box<Counted>),
}

impl Default for Histogram {
    fn default() -> Self {
        Self(Body::Exact(Vec::new()))
    }
}

/// Equal states have the same values, or counts, ends and sums that answer the same.
impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        self.encode() == other.encode()
    }
}

impl FromIterator<f64> for Histogram {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut all = Self::default();
        for x in values {
            all.push(x);
        }
        all
    }
}

impl Histogram {
    /// Of more than [`EXACT`] values, counted by [`bucket_of`](super::bucket_of), with their sum in microseconds and their
    /// ends in seconds; `None` where these do not fit together.
    pub fn of_buckets(
        buckets: impl Iterator<Item = (i64, i64)>,
        sum_us: i64,
        ends: std::ops::RangeInclusive<f64>,
    ) -> Option<Self> {
        let counted = Counted::of_buckets(buckets, sum_us, ends)?;
        (counted.len() > EXACT as u64).then(|| Self(Body::Counted(Box::new(counted))))
    }

    /// Adds a duration; what is not finite is skipped.
    pub fn push(&mut self, seconds: f64) {
        if !seconds.is_finite() {
            return;
        }
        // Minus zero becomes zero.
        let x = seconds + 0.0;
        match &mut self.0 {
            Body::Exact(values) if values.len() < EXACT => values.push(x),
            Body::Exact(values) => {
                let mut counted = Box::new(Counted::of(values));
                counted.push(x);
                self.0 = Body::Counted(counted);
            }
            Body::Counted(counted) => counted.push(x),
        }
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        match &other.0 {
            Body::Exact(values) => values.iter().for_each(|x| self.push(*x)),
            Body::Counted(theirs) => self.merge_counted(theirs.clone()),
        }
    }

    /// Adds all of a serialised state.
    pub fn merge_encoded(&mut self, bytes: &[u8]) -> Result<(), Damaged> {
        match Encoded::read(bytes)? {
            Encoded::Exact(values) => values.for_each(|x| self.push(x)),
            Encoded::Counted(theirs) => self.merge_counted(theirs),
        }
        Ok(())
    }

    fn merge_counted(&mut self, mut theirs: Box<Counted>) {
        match &mut self.0 {
            Body::Counted(mine) => mine.merge(&theirs),
            Body::Exact(values) => {
                for x in values {
                    theirs.push(*x);
                }
                self.0 = Body::Counted(theirs);
            }
        }
    }

    /// Answers from the values in order.
    pub(super) fn view<T>(&self, answer: impl FnOnce(View<'_>) -> T) -> T {
        match &self.0 {
            Body::Exact(values) => {
                let mut values = values.clone();
                answer(View::exact(&mut values))
            }
            Body::Counted(counted) => answer(View::Counted(counted)),
        }
    }

    /// How many.
    pub fn len(&self) -> u64 {
        match &self.0 {
            Body::Exact(values) => values.len() as u64,
            Body::Counted(counted) => counted.len(),
        }
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The smallest.
    pub fn min(&self) -> Option<f64> {
        self.quantile(0.0)
    }

    /// The largest.
    pub fn max(&self) -> Option<f64> {
        self.quantile(1.0)
    }

    /// Their mean.
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method alone is of one lifetime, the closure of any"
    )]
    pub fn mean(&self) -> Option<f64> {
        self.view(|v| v.mean())
    }

    /// The nearest-rank quantile: the smallest value with at least `p` of all at or below it.
    pub fn quantile(&self, p: f64) -> Option<f64> {
        self.quantiles([p])[0]
    }

    /// The nearest-rank quantiles for some probabilities.
    pub fn quantiles<const N: usize>(&self, probabilities: [f64; N]) -> [Option<f64>; N] {
        self.view(|v| v.quantiles(probabilities))
    }

    /// How many are over a limit.
    pub fn over(&self, limit: Limit) -> u64 {
        self.view(|v| v.over(limit))
    }

    /// As bytes; the same for the same values.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.view(|v| v.encode(&mut out));
        out
    }

    /// From bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut all = Self::default();
        all.merge_encoded(bytes)?;
        Ok(all)
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        match &self.0 {
            Body::Exact(values) => values.capacity() * size_of::<f64>(),
            Body::Counted(counted) => size_of::<Counted>() + counted.heap(),
        }
    }
}

/// A state to answer from.
#[derive(Clone, Copy)]
pub(super) enum View<'a> {
    /// Ascending values.
    Exact(&'a [f64]),
    /// Counts.
    Counted(&'a Counted),
}

impl<'a> View<'a> {
    /// Of up to [`EXACT`] values, which it puts in order.
    pub(super) fn exact(values: &'a mut [f64]) -> Self {
        bucket::sort(values);
        Self::Exact(values)
    }

    pub(super) fn len(self) -> u64 {
        match self {
            Self::Exact(sorted) => sorted.len() as u64,
            Self::Counted(counted) => counted.len(),
        }
    }

    /// The mean; of a few it is summed as [`Sample::mean`](crate::figures::stats::Sample::mean) does.
    pub(super) fn mean(self) -> Option<f64> {
        match self {
            Self::Exact([]) => None,
            Self::Exact(sorted) => Some(sorted.iter().sum::<f64>() / sorted.len() as f64),
            Self::Counted(counted) => Some(counted.mean()),
        }
    }

    pub(super) fn quantiles<const N: usize>(self, probabilities: [f64; N]) -> [Option<f64>; N] {
        probabilities.map(|p| {
            let rank = rank(p, self.len());
            match self {
                Self::Exact(sorted) => sorted.get(rank as usize - 1).copied(),
                Self::Counted(counted) => counted.at_rank(rank),
            }
        })
    }

    pub(super) fn over(self, limit: Limit) -> u64 {
        match self {
            Self::Exact(sorted) => {
                let over = sorted.iter().filter(|x| **x > limit.seconds());
                over.count() as u64
            }
            Self::Counted(counted) => counted.over(limit),
        }
    }

    pub(super) fn encode(self, out: &mut Vec<u8>) {
        match self {
            Self::Exact(values) => encode_exact(values, out),
            Self::Counted(counted) => {
                out.push(KIND_COUNTED);
                counted.encode(out);
            }
        }
    }
}

/// Writes the state of up to [`EXACT`] values.
pub(super) fn encode_exact(values: &[f64], out: &mut Vec<u8>) {
    out.push(KIND_EXACT);
    let start = out.len();
    out.resize(start + size_of_val(values), 0);
    for (place, x) in out[start..].chunks_exact_mut(8).zip(values) {
        place.copy_from_slice(&x.to_le_bytes());
    }
}

/// A serialised state that was checked.
pub(super) enum Encoded<'a> {
    /// Up to [`EXACT`] finite values.
    Exact(Values<'a>),
    /// More of them.
    Counted(Box<Counted>),
}

/// The values of a serialised state.
#[derive(Clone)]
pub(super) struct Values<'a>(std::slice::Iter<'a, [u8; 8]>);

impl Iterator for Values<'_> {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(*self.0.next()?) + 0.0)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Values<'_> {}

impl<'a> Encoded<'a> {
    /// Checks a serialised state.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Damaged> {
        match bytes.split_first() {
            Some((&KIND_EXACT, bytes)) => {
                let (values, rest) = bytes.as_chunks::<8>();
                let values = Values(values.iter());
                let whole = rest.is_empty() && values.len() <= EXACT;
                if !whole || values.clone().any(|x| !x.is_finite()) {
                    return Err(Damaged);
                }
                Ok(Self::Exact(values))
            }
            Some((&KIND_COUNTED, bytes)) => match Counted::decode(bytes) {
                Some(counted) if counted.len() > EXACT as u64 => {
                    Ok(Self::Counted(Box::new(counted)))
                }
                _ => Err(Damaged),
            },
            _ => Err(Damaged),
        }
    }
}
