//! Maximal covering (Church and ReVelle 1974): which `p` candidates, beside the kept points, cover
//! most people.

use super::{
    Answer, Budget, Cover, SitingError, answer,
    budget::Meter,
    engine::{Model, Solved, solve},
    savings::Savings,
};
use std::collections::BTreeMap;

/// Multipliers are counted in so many parts of a person: fine enough for a close bound, coarse
/// enough that [`super::MAX_PEOPLE`] times thousands of places fit a 64-bit number.
pub(super) const PARTS: i64 = 1024;

/// Chooses `p` candidates so that most people are covered. The objective is people whom the
/// choice covers and the kept points do not.
pub fn maximal_cover(cover: &Cover, p: usize, budget: &Budget<'_>) -> Result<Answer, SitingError> {
    cover.check_places(p)?;
    let mut meter = budget.meter();
    let model = savings(cover);
    let solved = best_choice(&model, p, None, &mut meter);
    Ok(answer::answer(&model, cover, &solved, meter.used()))
}

/// The covering as savings: each demand saves its people or nothing. Demands with the same
/// candidates count as one, those that the kept points cover as none.
pub(super) fn savings(cover: &Cover) -> Savings {
    let mut groups: BTreeMap<Vec<u32>, i64> = BTreeMap::new();
    for (demand, candidates) in cover.by_demand().into_iter().enumerate() {
        let people = i64::from(cover.weights()[demand]);
        if people > 0 && !candidates.is_empty() && !cover.is_kept_covered(demand as u32) {
            *groups.entry(candidates).or_default() += people * PARTS;
        }
    }
    let rows = groups
        .into_iter()
        .map(|(candidates, people)| candidates.into_iter().map(|at| (at, people)).collect())
        .collect();
    Savings::new(cover.candidates().len(), PARTS, rows)
}

/// Solves savings without the dominated candidates; `goal` in the objective's unit.
pub(super) fn best_choice(
    model: &Savings,
    p: usize,
    goal: Option<u64>,
    meter: &mut Meter<'_>,
) -> Solved {
    let goal = goal.map(|goal| goal as i64 * model.unit());
    let gone = model.dominated(p);
    let zeros = vec![0; model.ceilings().len()];
    let (smaller, _) = model.reduce(&[], &gone, &zeros);
    let ids: Vec<u32> = (0..gone.len() as u32)
        .filter(|&at| !gone[at as usize])
        .collect();
    let solved = solve(smaller, p, goal, meter);
    Solved {
        chosen: solved.chosen.iter().map(|&at| ids[at as usize]).collect(),
        ..solved
    }
}
