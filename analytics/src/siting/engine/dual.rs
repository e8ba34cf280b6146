//! The bound: multipliers that make the relaxation small.
//!
//! The volume algorithm (Barahona and Anbil 2000): a subgradient method that steps along an
//! average of past subgradients. The same average of the relaxed choices comes close to the
//! fractional optimum, and tells branch and bound where it is undecided. At every better point,
//! reduced costs decide candidates that no better choice can do without, or with.

use super::{Meter, Model, lead, whole};

/// How long to go on.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Most evaluations.
    pub(super) evaluations: u32,
    /// Give up when so many evaluations closed less than [`LEAST_PROGRESS`] of the gap.
    pub(super) patience: u32,
}

/// The share of the gap that must be closed within the patience.
const LEAST_PROGRESS: f64 = 0.03;
/// Greatest weight of the newest subgradient in the average.
const NEWEST: f64 = 0.1;
/// The step's factor at the start, at most and at least.
const FACTORS: (f64, f64, f64) = (0.8, 2.0, 1e-4);
/// Evaluations in a row without progress after which the step shrinks.
const REDS: u32 = 8;

/// What is known after minimising.
pub(super) struct Dual {
    /// No choice is worth more.
    pub(super) bound: i64,
    pub(super) multipliers: Vec<i64>,
    /// About the fractional optimum.
    pub(super) average: Vec<f64>,
    /// Candidates in every choice better than the cut.
    pub(super) enter: Vec<bool>,
    /// Candidates in none.
    pub(super) leave: Vec<bool>,
}

/// Minimises from the given multipliers. `cut` is a value not worth beating by less than a unit;
/// `found` is shown each relaxed choice at a better point and may raise the cut.
pub(super) fn minimise<M: Model>(
    model: &M,
    p: usize,
    start: Vec<i64>,
    effort: Effort,
    mut cut: i64,
    meter: &mut Meter<'_>,
    mut found: impl FnMut(&[u32], &mut Meter<'_>) -> i64,
) -> Dual {
    let count = model.candidates();
    let unit = model.unit();
    let ceilings = model.ceilings();
    let mut scores = vec![0; count];
    let mut order: Vec<u32> = (0..count as u32).collect();
    let mut slopes = vec![0.0; ceilings.len()];
    let mut direction: Vec<f64> = Vec::new();
    let mut point = start.clone();
    let mut dual = Dual {
        bound: i64::MAX,
        multipliers: start,
        average: vec![0.0; count],
        enter: vec![false; count],
        leave: vec![false; count],
    };
    let (mut factor, most, least) = FACTORS;
    let (mut reds, mut milestone, mut since_milestone) = (0, f64::INFINITY, 0);
    for evaluation in 0..effort.evaluations {
        if evaluation > 0 && !meter.step() {
            break;
        }
        let constant = model.relax(&point, &mut scores);
        lead(&mut order, &scores, p);
        let chosen = &order[..p];
        let value = constant + chosen.iter().map(|&at| scores[at as usize]).sum::<i64>();
        model.slopes(&point, chosen, &mut slopes);

        let newest = if direction.is_empty() {
            direction.clone_from(&slopes);
            1.0
        } else {
            blend(&mut direction, &slopes)
        };
        for share in &mut dual.average {
            *share *= 1.0 - newest;
        }
        for &at in chosen {
            dual.average[at as usize] += newest;
        }

        if value < dual.bound {
            let gained = dual.bound.saturating_sub(value);
            dual.bound = value;
            dual.multipliers.copy_from_slice(&point);
            cut = cut.max(found(chosen, meter));
            if whole(value, unit) <= cut {
                break;
            }
            decide(&mut dual, value, cut, unit, &scores, &order, p);
            // A step worth its name, still going down hill: dare more.
            let is_downhill = dot(&direction, &slopes) >= 0.0;
            if is_downhill && gained > (value - cut) / 100 {
                factor = (factor * 1.1).min(most);
            }
            reds = 0;
        } else {
            reds += 1;
            if reds >= REDS {
                factor *= 0.7;
                reds = 0;
            }
        }
        if factor < least {
            break;
        }
        let gap = (dual.bound - cut) as f64;
        if gap < milestone * (1.0 - LEAST_PROGRESS) {
            milestone = gap;
            since_milestone = 0;
        } else {
            since_milestone += 1;
            if since_milestone >= effort.patience {
                break;
            }
        }

        let length = dot(&direction, &direction);
        if length < 1e-9 {
            break;
        }
        let step = factor * gap.max(unit as f64) / length;
        for (at, value) in point.iter_mut().enumerate() {
            let moved = dual.multipliers[at] as f64 - step * direction[at];
            *value = (moved.round() as i64).clamp(0, ceilings[at]);
        }
    }
    dual
}

/// Mixes the newest subgradient into the average, with the weight (within limits) that makes the
/// mixture shortest, and gives that weight.
fn blend(direction: &mut [f64], slopes: &[f64]) -> f64 {
    let (mut across, mut apart) = (0.0, 0.0);
    for (old, new) in direction.iter().zip(slopes) {
        across += old * (old - new);
        apart += (old - new) * (old - new);
    }
    let ideal = if apart > 0.0 { across / apart } else { NEWEST };
    let newest = ideal.clamp(NEWEST / 10.0, NEWEST);
    for (old, new) in direction.iter_mut().zip(slopes) {
        *old += newest * (new - *old);
    }
    newest
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Reduced-cost fixing: what the bound becomes when one candidate is forced out, or in.
fn decide(
    dual: &mut Dual,
    value: i64,
    cut: i64,
    unit: i64,
    scores: &[i64],
    order: &[u32],
    p: usize,
) {
    let (chosen, rest) = order.split_at(p);
    let score = |at: &u32| scores[*at as usize];
    let (Some(last_in), Some(first_out)) =
        (chosen.iter().map(score).min(), rest.iter().map(score).max())
    else {
        return;
    };
    for at in chosen {
        if whole(value - score(at) + first_out, unit) <= cut {
            dual.enter[*at as usize] = true;
        }
    }
    for at in rest {
        if whole(value - last_in + score(at), unit) <= cut {
            dual.leave[*at as usize] = true;
        }
    }
}
