//! Chance that is the same on every machine.
//!
//! Holds the seeded stream behind every draw of the simulated city and the few functions a draw
//! needs. Invariant: the same seed and labels give the same bits on any host. So nothing here calls
//! the platform's `exp` or `ln`, whose last bits differ between C libraries and processors: both
//! are computed with additions, multiplications and divisions alone, which IEEE 754 fixes exactly.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of draws.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of one purpose (`label`) at one place (`place`) on one day.
    ///
    /// Each combination has a stream of its own, so that a draw added in one place never moves the
    /// draws of another.
    pub(crate) fn new(seed: u64, label: u64, place: u64, day: i64) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&label.to_le_bytes());
        key[16..24].copy_from_slice(&place.to_le_bytes());
        key[24..].copy_from_slice(&day.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in `[low, high)`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `[0, below)`; 0 when `below` is 0.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        ((self.unit() * below as f64) as usize).min(below.saturating_sub(1))
    }

    /// True with probability `p`.
    pub(crate) fn happens(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A standard normal draw: twelve uniforms less six, good to ±3.5 deviations, which is all that
    /// times of service need.
    pub(crate) fn normal(&mut self) -> f64 {
        let mut sum = -6.0;
        for _ in 0..6 {
            let bits = self.0.next_u64();
            let low = (bits & 0xffff_ffff) as f64;
            let high = (bits >> 32) as f64;
            sum += (low + high + 1.0) * (1.0 / 4_294_967_296.0);
        }
        sum
    }

    /// A lognormal draw with the given mean and the given deviation of its logarithm.
    pub(crate) fn lognormal(&mut self, mean: f64, sigma: f64) -> f64 {
        mean * exp(sigma * self.normal() - 0.5 * sigma * sigma)
    }

    /// A Poisson draw.
    pub(crate) fn poisson(&mut self, mean: f64) -> usize {
        let mut left = mean;
        let mut count = 0;
        // In parts of at most 16, so that the threshold stays far from the smallest numbers.
        while left > 0.0 {
            let part = left.min(16.0);
            left -= part;
            let threshold = exp(-part);
            let mut product = self.unit();
            while product > threshold {
                count += 1;
                product *= self.unit();
            }
        }
        count
    }

    /// The index of one of the weights, in proportion to them.
    pub(crate) fn pick(&mut self, weights: &[f64]) -> usize {
        let total: f64 = weights.iter().sum();
        let mut at = self.unit() * total;
        for (index, weight) in weights.iter().enumerate() {
            if at < *weight {
                return index;
            }
            at -= weight;
        }
        // Only rounding at the upper end comes here: the last that can be drawn at all.
        weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .unwrap_or(0)
    }
}

/// `e^x` by halving the argument until its series is short, then squaring back.
pub(crate) fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let mut halvings = 0;
    let mut small = x;
    while small.abs() > 0.25 {
        small *= 0.5;
        halvings += 1;
    }
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..14 {
        term *= small / f64::from(n);
        sum += term;
    }
    for _ in 0..halvings {
        sum *= sum;
    }
    sum
}

/// The natural logarithm of a positive number, by the series of `artanh` on its mantissa.
pub(crate) fn ln(x: f64) -> f64 {
    const LN_2: f64 = std::f64::consts::LN_2;
    let x = x.max(f64::MIN_POSITIVE);
    let mut mantissa = x;
    let mut power = 0.0;
    while mantissa > 1.5 {
        mantissa *= 0.5;
        power += 1.0;
    }
    while mantissa < 0.75 {
        mantissa *= 2.0;
        power -= 1.0;
    }
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut term = ratio;
    let mut sum = 0.0;
    for n in 0..16 {
        sum += term / f64::from(2 * n + 1);
        term *= square;
    }
    2.0 * sum + power * LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_ln_agree_with_the_platform() {
        for n in -2000..2000 {
            let x = f64::from(n) * 0.017;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "exp {x}");
            let y = x.exp();
            assert!((ln(y) - x).abs() < 1e-12 * x.abs().max(1.0), "ln {y}");
        }
    }

    #[test]
    fn draws_have_their_means() {
        let mut chance = Chance::new(1, 2, 3, 4);
        let n = 40_000;
        let mut sums = [0.0; 4];
        for _ in 0..n {
            sums[0] += chance.normal();
            sums[1] += chance.lognormal(10.0, 0.6);
            sums[2] += chance.poisson(37.5) as f64;
            sums[3] += chance.pick(&[1.0, 0.0, 3.0]) as f64;
        }
        let means = sums.map(|sum| sum / f64::from(n));
        assert!(means[0].abs() < 0.02, "{means:?}");
        assert!((means[1] - 10.0).abs() < 0.15, "{means:?}");
        assert!((means[2] - 37.5).abs() < 0.2, "{means:?}");
        assert!((means[3] - 1.5).abs() < 0.03, "{means:?}");
    }
}
