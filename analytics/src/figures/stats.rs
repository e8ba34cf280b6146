//! Means, quantiles and intervals.

/// A sample of durations in seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds a duration.
    pub fn push(&mut self, seconds: f64) {
        self.0.push(seconds);
    }

    /// Adds all of another sample.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their mean. Summed in order of size, so that the order of arrival cannot show in the last digit.
    pub fn mean(&self) -> Option<f64> {
        if self.0.is_empty() {
            return None;
        }
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        Some(sorted.iter().sum::<f64>() / sorted.len() as f64)
    }

    /// The nearest-rank quantiles for ascending probabilities: the smallest value with at least `p` of
    /// the sample at or below it.
    pub fn quantiles<const N: usize>(&self, probabilities: [f64; N]) -> [Option<f64>; N] {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        probabilities.map(|p| {
            let rank = rank(p, sorted.len() as u64) as usize;
            sorted.get(rank - 1).copied()
        })
    }

    /// How many are over a limit.
    pub fn over(&self, limit: f64) -> u64 {
        self.0.iter().filter(|s| **s > limit).count() as u64
    }
}

/// The nearest rank of a probability among `n` values, counted from 1; over `n` when there is none.
pub(crate) fn rank(p: f64, n: u64) -> u64 {
    (p * n as f64).ceil().max(1.0) as u64
}

/// The 95 % Wilson score interval of a share; `None` without a sample.
///
/// Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference",
/// Journal of the American Statistical Association 22, 209–212; z = 1.959964.
pub fn wilson(successes: u64, n: u64) -> Option<(f64, f64)> {
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return None;
    }
    let (p, n) = (successes as f64 / n as f64, n as f64);
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    Some((
        ((centre - half) / scale).max(0.0),
        ((centre + half) / scale).min(1.0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank_takes_a_value_of_the_sample() {
        let mut s = Sample::default();
        assert_eq!((s.mean(), s.quantiles([0.5])), (None, [None]));
        for x in [15.0, 20.0, 35.0, 40.0, 50.0] {
            s.push(x);
        }
        // The textbook example of the nearest-rank method: 30th, 40th, 50th and 100th percentile.
        assert_eq!(
            s.quantiles([0.3, 0.4, 0.5, 1.0]),
            [20.0, 20.0, 35.0, 50.0].map(Some)
        );
        assert_eq!((s.mean(), s.over(35.0)), (Some(32.0), 2));
    }

    #[test]
    fn wilson_is_that_of_the_tables() {
        // 81 of 263: 0.2553 to 0.3662 (Newcombe 1998, Statistics in Medicine 17, table I).
        let (low, high) = wilson(81, 263).unwrap();
        assert!(
            (low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5,
            "{low} {high}"
        );
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(0, 20).unwrap().0, 0.0);
        assert!((wilson(20, 20).unwrap().1 - 1.0).abs() < 1e-12);
    }
}
