//! The questions answered as plainly as possible: every choice of `p` of `n` is tried.

use crate::siting::{Cover, generate::Random};

/// Every choice of `p` of `n`, ascending.
pub(super) fn choices(n: usize, p: usize) -> Vec<Vec<u32>> {
    let masks = (0u32..1 << n).filter(|mask| mask.count_ones() as usize == p);
    masks
        .map(|mask| (0..n as u32).filter(|at| mask >> at & 1 == 1).collect())
        .collect()
}

/// People whom a choice covers and the kept points do not.
pub(super) fn covered(cover: &Cover, chosen: &[u32]) -> u64 {
    let is_covered = |demand: u32| {
        let mut rows = chosen.iter().map(|&at| &cover.candidates()[at as usize]);
        rows.any(|row| row.contains(&demand))
    };
    (0..cover.weights().len() as u32)
        .filter(|&demand| !cover.kept().iter().any(|row| row.contains(&demand)))
        .filter(|&demand| is_covered(demand))
        .map(|demand| u64::from(cover.weights()[demand as usize]))
        .sum()
}

/// A small random covering; many ties, some demands out of reach, some kept.
pub(super) fn small_cover(random: &mut Random, candidates: usize) -> Cover {
    let demands = random.below(25);
    let weights = (0..demands).map(|_| random.below(12) as u32).collect();
    let share = 0.05 + 0.4 * random.fraction();
    let mut row = |_| {
        let all = 0..demands as u32;
        all.filter(|_| random.fraction() < share).collect()
    };
    let rows: Vec<Vec<u32>> = (0..candidates).map(&mut row).collect();
    let kept = (0..2)
        .map(row)
        .map(|row: Vec<u32>| row.into_iter().step_by(3).collect());
    Cover::new(weights, rows, kept.collect()).unwrap()
}
