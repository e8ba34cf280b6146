//! What every choice is told with: the places in order, what each alone does, and what would
//! stand in for it.

use super::{
    cover::Cover,
    engine::{Model, Solved},
};
use serde::Serialize;

/// A choice of places and what is proven about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The chosen places, in order of what they add: the first adds most, the next most beside
    /// the first, and so on; equal ones by lower index.
    pub chosen: Vec<Place>,
    /// What the choice reaches; each question says in which unit. Kept points are not counted.
    pub objective: u64,
    /// What no choice can better, in the same unit.
    pub bound: u64,
    /// How far the objective may be from the best, as a share of the bound (or, where less is
    /// better, of the objective): 0 when proven.
    pub gap: f64,
    /// Whether no choice is better.
    pub proven: bool,
    /// Steps of the budget used.
    pub steps: u64,
    /// Nodes of the search.
    pub nodes: u64,
}

/// One chosen place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Its index among the candidates.
    pub candidate: u32,
    /// What it adds to the kept points and the places before it, in the objective's unit.
    pub adds: u64,
    /// Demands that it alone covers: no other chosen place does, and no kept one.
    pub rescues: Vec<Rescue>,
    /// People in them.
    pub rescued_people: u64,
    /// The place not chosen that would do best in its stead; `None` when every place is chosen.
    pub next_best: Option<Replacement>,
}

/// A demand that one place alone covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rescue {
    /// Its index.
    pub demand: u32,
    /// Its people.
    pub people: u32,
}

/// A place that could stand in for a chosen one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// Its index among the candidates; of equals the lowest.
    pub candidate: u32,
    /// What the choice would reach with it, in the objective's unit.
    pub objective: u64,
}

/// How far a reached value may be below a bound, as a share of the bound.
pub(super) fn gap(value: u64, bound: u64) -> f64 {
    if bound <= value {
        return 0.0;
    }
    (bound - value) as f64 / bound as f64
}

/// The answer of a model in which more is better. `cover` says who covers whom, for the rescues.
pub(super) fn answer<M: Model>(model: &M, cover: &Cover, solved: &Solved, steps: u64) -> Answer {
    let unit = model.unit();
    let already = model.value(&model.state());
    let people = |value: i64| (value - already).div_euclid(unit) as u64;
    let objective = people(solved.value);
    let bound = people(solved.bound);
    Answer {
        chosen: places(model, cover, &solved.chosen, &|_, _| true),
        objective,
        bound,
        gap: gap(objective, bound),
        proven: bound <= objective,
        steps,
        nodes: solved.nodes,
    }
}

/// The places of a choice, in order of what they add. `may_replace` says whether the second may
/// stand in for the first.
pub(super) fn places<M: Model>(
    model: &M,
    cover: &Cover,
    chosen: &[u32],
    may_replace: &dyn Fn(u32, u32) -> bool,
) -> Vec<Place> {
    let already = model.value(&model.state());
    let unit = model.unit();
    let mut rescues = rescues(cover, chosen);
    let mut rest: Vec<u32> = chosen.to_vec();
    rest.sort_unstable();
    let mut gains = vec![0; model.candidates()];
    let mut whole = model.state();
    for &candidate in &rest {
        model.add(&mut whole, candidate);
    }
    let mut state = model.state();
    let mut places = Vec::with_capacity(chosen.len());
    while !rest.is_empty() {
        model.gains(&state, &mut gains);
        let mut first = 0;
        for at in 1..rest.len() {
            if gains[rest[at] as usize] > gains[rest[first] as usize] {
                first = at;
            }
        }
        let candidate = rest.remove(first);
        let before = model.value(&state);
        model.add(&mut state, candidate);
        let adds = (model.value(&state) - before) / unit;

        let mut without = whole.clone();
        model.remove(&mut without, candidate);
        let is_out = |at: u32| chosen.contains(&at) || !may_replace(candidate, at);
        let next_best = model
            .best_addition(&without, &is_out)
            .map(|(other, value)| Replacement {
                candidate: other,
                objective: ((value - already) / unit) as u64,
            });
        let rescues = std::mem::take(&mut rescues[candidate as usize]);
        places.push(Place {
            candidate,
            adds: adds as u64,
            rescued_people: rescues.iter().map(|rescue| u64::from(rescue.people)).sum(),
            rescues,
            next_best,
        });
    }
    places
}

/// For each candidate, the demands that it alone covers among the chosen and the kept.
pub(super) fn rescues(cover: &Cover, chosen: &[u32]) -> Vec<Vec<Rescue>> {
    let mut times = vec![0u32; cover.weights().len()];
    for &candidate in chosen {
        for &demand in &cover.candidates()[candidate as usize] {
            times[demand as usize] += 1;
        }
    }
    let mut rows = vec![Vec::new(); cover.candidates().len()];
    for &candidate in chosen {
        let demands = cover.candidates()[candidate as usize].iter();
        rows[candidate as usize] = demands
            .filter(|demand| times[**demand as usize] == 1 && !cover.is_kept_covered(**demand))
            .map(|&demand| Rescue {
                demand,
                people: cover.weights()[demand as usize],
            })
            .collect();
    }
    rows
}
