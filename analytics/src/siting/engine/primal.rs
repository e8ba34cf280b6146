//! Choices without proof: greedy (Church and ReVelle 1974) and swaps (Teitz and Bart 1968).

use super::{Meter, Model};

/// Adds, one after another, the candidate that gains most, up to `p` or until the choice is worth
/// `enough`; equal gains go to the lower index. The choice is always built, whatever is left of the
/// budget.
pub(in super::super) fn greedy<M: Model>(
    model: &M,
    p: usize,
    enough: i64,
    meter: &mut Meter<'_>,
) -> Vec<u32> {
    let mut state = model.state();
    let mut is_in = vec![false; model.candidates()];
    let mut gains = vec![0; model.candidates()];
    let mut chosen = Vec::with_capacity(p);
    while chosen.len() < p && model.value(&state) < enough {
        meter.step();
        model.gains(&state, &mut gains);
        let Some(best) = best_out(&gains, &is_in) else {
            break;
        };
        model.add(&mut state, best);
        is_in[best as usize] = true;
        chosen.push(best);
    }
    chosen
}

/// Swaps one in for one out as long as that gains and the budget lasts.
pub(super) fn swaps<M: Model>(model: &M, chosen: &mut [u32], meter: &mut Meter<'_>) -> i64 {
    let mut is_in = vec![false; model.candidates()];
    let mut gains = vec![0; model.candidates()];
    let mut state = model.state();
    for &candidate in chosen.iter() {
        model.add(&mut state, candidate);
        is_in[candidate as usize] = true;
    }
    let mut since_change = 0;
    let mut at = 0;
    while since_change < chosen.len() && meter.step() {
        let out = chosen[at];
        let mut trial = state.clone();
        model.remove(&mut trial, out);
        model.gains(&trial, &mut gains);
        since_change += 1;
        if let Some(enter) = best_out(&gains, &is_in) {
            model.add(&mut trial, enter);
            if model.value(&trial) > model.value(&state) {
                state = trial;
                is_in[out as usize] = false;
                is_in[enter as usize] = true;
                chosen[at] = enter;
                since_change = 0;
            }
        }
        at = (at + 1) % chosen.len();
    }
    model.value(&state)
}

/// The `p` candidates of greatest share in the relaxed choices; of equals the lower index.
pub(super) fn leading(average: &[f64], p: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..average.len() as u32).collect();
    order.sort_by(|&a, &b| average[b as usize].total_cmp(&average[a as usize]));
    order.truncate(p);
    order
}

/// Iterated local search (Lourenço, Martin and Stützle 2003): changes a few places at random and
/// improves again, keeping what is no worse. Spends a part of what is left of the budget. The
/// random numbers are the same every time. `leave` marks candidates not worth trying.
pub(super) fn kicks<M: Model>(
    model: &M,
    chosen: &mut Vec<u32>,
    leave: &[bool],
    meter: &mut Meter<'_>,
) -> i64 {
    let mut value = model.improve(chosen, meter);
    let mut random = SEED;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(MULTIPLIER).wrapping_add(1);
        (random >> 33) as usize % limit
    };
    let part = KICK_SHARE.min(KICK_STEPS / meter.left().max(1.0));
    meter.portion(part, |meter| {
        while !meter.is_spent() {
            let mut trial = chosen.clone();
            let is_free = |at: &u32| !leave[*at as usize] && !chosen.contains(at);
            let mut others: Vec<u32> = (0..leave.len() as u32).filter(is_free).collect();
            for _ in 0..KICK_SIZE.min(others.len()) {
                let other = others.swap_remove(below(others.len()));
                trial[below(chosen.len())] = other;
            }
            let before = meter.used();
            let reached = model.improve(&mut trial, meter);
            if reached >= value {
                value = reached;
                *chosen = trial;
            }
            if meter.used() == before {
                break;
            }
        }
    });
    value
}

/// How many places a kick changes.
const KICK_SIZE: usize = 4;
/// The part of what is left that kicks may take, and their most steps.
const KICK_SHARE: f64 = 0.15;
const KICK_STEPS: f64 = 1_000.0;
/// Start and factor of a linear congruential generator (Knuth's MMIX).
const SEED: u64 = 20_260_701;
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

/// The candidate not in of greatest gain; of equals the lower index.
fn best_out(gains: &[i64], is_in: &[bool]) -> Option<u32> {
    let mut best: Option<usize> = None;
    for at in 0..gains.len() {
        if !is_in[at] && best.is_none_or(|best| gains[at] > gains[best]) {
            best = Some(at);
        }
    }
    best.map(|at| at as u32)
}
