//! The best swap of one in for one out, over all pairs in one pass (Resende and Werneck 2007).
//!
//! Taking `a` out and `b` in changes the value by what `b` gains beside the whole choice, less what
//! `a` alone holds, plus what `b` takes over of that. Only the last part depends on both, and only
//! where `b` serves a demand that `a` served best: it is added up along `b`'s own entries.

use super::Savings;

/// A swap that gains.
pub(super) struct Swap {
    /// Position in the choice of the one to take out.
    pub(super) out: usize,
    /// The candidate to put in.
    pub(super) enter: u32,
    pub(super) gain: i64,
}

/// What a demand saves, and what is left when its best place goes.
#[derive(Clone, Copy, Default)]
struct Held {
    best: i64,
    second: i64,
    /// Position of the best place in the choice.
    owner: u32,
}

/// The swap that gains most, if one gains; of equals that of the lowest candidate to put in, then
/// of the lowest to take out.
pub(super) fn best(savings: &Savings, chosen: &[u32]) -> Option<Swap> {
    let held = held(savings, chosen);
    let mut is_in = vec![false; savings.own.len()];
    let mut losses: Vec<i64> = Vec::with_capacity(chosen.len());
    for &candidate in chosen {
        is_in[candidate as usize] = true;
        losses.push(savings.own[candidate as usize]);
    }
    for demand in &held {
        losses[demand.owner as usize] += demand.best - demand.second;
    }
    let mut taken = vec![0; chosen.len()];
    let mut best: Option<Swap> = None;
    for enter in (0..savings.own.len()).filter(|&at| !is_in[at]) {
        taken.fill(0);
        let mut gain = savings.own[enter];
        for &(demand, saving) in savings.by_candidate.row(enter) {
            let held = held[demand as usize];
            gain += (saving - held.best).max(0);
            taken[held.owner as usize] += (saving.min(held.best) - held.second).max(0);
        }
        for (out, (taken, loss)) in taken.iter().zip(&losses).enumerate() {
            let gain = gain + taken - loss;
            let is_better = best.as_ref().is_none_or(|best| {
                let is_lower = best.enter == enter as u32 && chosen[out] < chosen[best.out];
                gain > best.gain || (gain == best.gain && is_lower)
            });
            if gain > 0 && is_better {
                let enter = enter as u32;
                best = Some(Swap { out, enter, gain });
            }
        }
    }
    best
}

fn held(savings: &Savings, chosen: &[u32]) -> Vec<Held> {
    let mut held = vec![Held::default(); savings.ceilings.len()];
    for (position, &candidate) in chosen.iter().enumerate() {
        for &(demand, saving) in savings.by_candidate.row(candidate as usize) {
            let held = &mut held[demand as usize];
            if saving > held.best {
                held.second = held.best;
                held.best = saving;
                held.owner = position as u32;
            } else {
                held.second = held.second.max(saving);
            }
        }
    }
    held
}
