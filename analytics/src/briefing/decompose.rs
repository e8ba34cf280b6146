//! Where a change comes from: the exact decomposition of the change of a mean or a share over groups.
//!
//! A whole is the mean of its groups, weighted by how much of the sample each has: `M = Σ wᵢ mᵢ`. Its change is the sum of what
//! each group adds by having become a greater or lesser part (*mix*) and by having changed itself (*level*):
//!
//! ```text
//! mixᵢ   = (wᵢ' − wᵢ) · ((mᵢ + mᵢ') / 2 − (M + M') / 2)
//! levelᵢ = (mᵢ' − mᵢ) · (wᵢ + wᵢ') / 2
//! Σ (mixᵢ + levelᵢ) = M' − M
//! ```
//!
//! Both spans count alike, so the decomposition of the way back is the same with the other sign (Bennet, T. L. (1920), "The
//! theory of measurement of changes in cost of living", Journal of the Royal Statistical Society 83, 455–462). A group without a
//! sample in one span has no level there to change: what it adds is mix alone.
//!
//! What belongs to no group is a group of its own, without a key. What remains after that is [`Split::rest`]: nothing but the
//! last digits where samples are whole. It says *where* a change lies, never why.

use std::collections::BTreeMap;

use serde::Serialize;

/// A sample and what it adds up to: a mean's sum of values, or a share's good cases.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sum {
    /// How many.
    pub n: f64,
    /// What they add up to.
    pub total: f64,
}

impl Sum {
    /// Of a mean and its sample.
    pub fn of_mean(mean: f64, n: f64) -> Self {
        Self { n, total: mean * n }
    }

    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.n += other.n;
        self.total += other.total;
    }

    /// The mean or share; `None` without a sample.
    pub fn mean(self) -> Option<f64> {
        (self.n > 0.0).then(|| self.total / self.n)
    }
}

/// What a group adds to the change of the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// The group's key; empty for what belongs to none.
    pub key: String,
    /// Its name, where it has one beside its key.
    pub name: Option<String>,
    /// Its sample before.
    pub n_before: f64,
    /// Its sample now.
    pub n_after: f64,
    /// Its mean or share before.
    pub before: Option<f64>,
    /// Its mean or share now.
    pub after: Option<f64>,
    /// By having become a greater or lesser part.
    pub mix: f64,
    /// By having changed itself.
    pub level: f64,
}

impl Part {
    /// All that it adds.
    pub fn total(&self) -> f64 {
        self.mix + self.level
    }
}

/// A change split over groups.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Split {
    /// What it is split by.
    pub by: &'static str,
    /// What shifts between groups add.
    pub mix: f64,
    /// What the groups' own changes add.
    pub level: f64,
    /// What no group explains: parts and rest are the change.
    pub rest: f64,
    /// Groups, those that add most (in either direction) first.
    pub parts: Vec<Part>,
}

/// Splits the change of a whole; `None` where it has no sample in one of the spans.
pub fn split(
    by: &'static str,
    groups: &BTreeMap<String, [Sum; 2]>,
    [before, after]: [Sum; 2],
) -> Option<Split> {
    let (mean_before, mean_after) = (before.mean()?, after.mean()?);
    let middle = f64::midpoint(mean_before, mean_after);
    let mut ungrouped = [before, after];
    for sums in groups.values() {
        for (left, sum) in ungrouped.iter_mut().zip(sums) {
            left.n -= sum.n;
            left.total -= sum.total;
        }
    }
    // A remainder without a sample is rounding.
    let has_remainder = ungrouped.iter().any(|left| left.n > 0.5);
    let remainder = has_remainder.then(|| (String::new(), ungrouped.map(positive)));
    let all = groups.iter().map(|(key, sums)| (key.clone(), *sums));
    let mut parts: Vec<Part> = all
        .chain(remainder)
        .filter(|(_, sums)| sums.iter().any(|sum| sum.n > 0.0))
        .map(|(key, [old, new])| {
            let (w, w_after) = (old.n / before.n, new.n / after.n);
            // Without a sample in one span it has the other's level.
            let m = old.mean().or(new.mean()).unwrap_or(middle);
            let m_after = new.mean().or(old.mean()).unwrap_or(middle);
            Part {
                key,
                name: None,
                n_before: old.n,
                n_after: new.n,
                before: old.mean(),
                after: new.mean(),
                mix: (w_after - w) * (f64::midpoint(m, m_after) - middle),
                level: (m_after - m) * f64::midpoint(w, w_after),
            }
        })
        .collect();
    parts.sort_by(|a, b| {
        let by_size = b.total().abs().total_cmp(&a.total().abs());
        by_size.then_with(|| a.key.cmp(&b.key))
    });
    let mix: f64 = parts.iter().map(|part| part.mix).sum();
    let level: f64 = parts.iter().map(|part| part.level).sum();
    Some(Split {
        by,
        mix,
        level,
        rest: mean_after - mean_before - mix - level,
        parts,
    })
}

fn positive(sum: Sum) -> Sum {
    if sum.n > 0.5 { sum } else { Sum::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(groups: &BTreeMap<String, [Sum; 2]>) -> [Sum; 2] {
        let mut whole = [Sum::default(); 2];
        for sums in groups.values() {
            whole[0].add(sums[0]);
            whole[1].add(sums[1]);
        }
        whole
    }

    fn groups() -> impl Strategy<Value = BTreeMap<String, [Sum; 2]>> {
        let sum =
            (0_u32..5_000, 0.0..7_200.0_f64).prop_map(|(n, mean)| Sum::of_mean(mean, f64::from(n)));
        let pair = (sum.clone(), sum).prop_map(|(a, b)| [a, b]);
        prop::collection::btree_map("[a-z]{1,3}", pair, 0..12)
    }

    proptest! {
        #[test]
        fn the_parts_are_the_change_and_leave_nothing(groups in groups()) {
            let whole = whole(&groups);
            let split = split("site", &groups, whole);
            let (Some(before), Some(after)) = (whole[0].mean(), whole[1].mean()) else {
                prop_assert_eq!(split, None);
                return Ok(());
            };
            let split = split.unwrap();
            let sum: f64 = split.parts.iter().map(Part::total).sum();
            let scale = 1e-9 * (1.0 + before.abs() + after.abs());
            prop_assert!((sum + split.rest - (after - before)).abs() < scale);
            prop_assert!(split.rest.abs() < scale, "{}", split.rest);
            prop_assert!((split.mix + split.level - sum).abs() < scale);
        }

        #[test]
        fn the_way_back_is_the_same_with_the_other_sign(groups in groups()) {
            let turned: BTreeMap<_, _> = groups.iter().map(|(k, [a, b])| (k.clone(), [*b, *a])).collect();
            let there = split("site", &groups, whole(&groups));
            let back = split("site", &turned, whole(&turned));
            prop_assert_eq!(there.is_some(), back.is_some());
            if let (Some(there), Some(back)) = (there, back) {
                prop_assert!((there.mix + back.mix).abs() < 1e-6 && (there.level + back.level).abs() < 1e-6);
            }
        }

        #[test]
        fn what_belongs_to_no_group_is_one_of_its_own(groups in groups(), n in 1_u32..500, mean in 0.0..900.0_f64) {
            let mut whole = whole(&groups);
            whole[1].add(Sum::of_mean(mean, f64::from(n)));
            let Some(split) = split("site", &groups, whole) else { return Ok(()) };
            let other = split.parts.iter().find(|part| part.key.is_empty()).unwrap();
            prop_assert_eq!(other.n_after.round() as u32, n);
            prop_assert!(split.rest.abs() < 1e-6);
        }
    }

    #[test]
    fn a_change_of_the_mix_alone_is_no_ones_level() {
        // Two points that serve as before, but the slow one has more of the people.
        let sum = Sum::of_mean;
        let groups = BTreeMap::from([
            ("fast".to_owned(), [sum(300.0, 80.0), sum(300.0, 50.0)]),
            ("slow".to_owned(), [sum(900.0, 20.0), sum(900.0, 50.0)]),
        ]);
        let split = split("site", &groups, whole(&groups)).unwrap();
        assert!((split.mix - 180.0).abs() < 1e-9 && split.level.abs() < 1e-9);
        assert!((split.parts.iter().map(Part::total).sum::<f64>() - 180.0).abs() < 1e-9);
    }
}
