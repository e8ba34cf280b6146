//! Set cover with a target (Toregas et al. 1971; the partial form of Daskin and Owen 1999): the
//! fewest candidates that reach so many people. Each number of places is a maximal covering with a
//! goal; a bound below the goal proves that so few are not enough.

use super::{
    Budget, Cover, Place, SitingError,
    answer::{gap, places},
    budget::Meter,
    engine::{Model, greedy},
    maximal::{best_choice, savings},
    savings::Savings,
};
use serde::Serialize;

/// Whom to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A share of all people, 0 to 1, those whom the kept points cover included.
    Share(f64),
    /// Everyone whom any candidate or kept point can cover.
    Everyone,
}

/// The fewest places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FewestAnswer {
    /// The places, in order of the people they add.
    pub chosen: Vec<Place>,
    /// People covered, those of the kept points included.
    pub covered: u64,
    /// People asked for.
    pub target: u64,
    /// How many places the choice has.
    pub objective: u64,
    /// Fewer than this cannot reach the target.
    pub bound: u64,
    /// How many places too many there may be, as a share of the objective.
    pub gap: f64,
    /// Whether fewer are proven not to be enough.
    pub proven: bool,
    /// Steps of the budget used.
    pub steps: u64,
    /// Nodes of the searches.
    pub nodes: u64,
}

/// Chooses the fewest candidates that, with the kept points, reach the target.
pub fn set_cover(
    cover: &Cover,
    target: Target,
    budget: &Budget<'_>,
) -> Result<FewestAnswer, SitingError> {
    let mut meter = budget.meter();
    let wanted = people_wanted(cover, target)?;
    let real = savings(cover);
    let few = match target {
        Target::Share(_) => {
            let goal = wanted.saturating_sub(cover.kept_people());
            fewest(&real, goal, &mut meter)
        }
        // Who must be reached matters, not how many they are: equal weights show it best.
        Target::Everyone => {
            let counted = cover.counting_demands();
            let goal = counted.reachable_people() - counted.kept_people();
            fewest(&savings(&counted), goal, &mut meter)
        }
    };
    let reached = (real.worth(&few.chosen) / real.unit()) as u64;
    let objective = few.chosen.len() as u64;
    Ok(FewestAnswer {
        chosen: places(&real, cover, &few.chosen, &|_, _| true),
        covered: cover.kept_people() + reached,
        target: wanted,
        objective,
        bound: few.bound,
        gap: gap(few.bound, objective),
        proven: few.bound >= objective,
        steps: meter.used(),
        nodes: few.nodes,
    })
}

fn people_wanted(cover: &Cover, target: Target) -> Result<u64, SitingError> {
    let most = cover.reachable_people();
    let Target::Share(share) = target else {
        return Ok(most);
    };
    if !(0.0..=1.0).contains(&share) {
        return Err(SitingError::BadShare { share });
    }
    let all = cover.people();
    // A share such as 0.95 is not exact in binary: a millionth of a person is forgiven.
    let wanted = (share * all as f64 - 1e-6).ceil().max(0.0) as u64;
    if wanted > most {
        return Err(SitingError::OutOfReach { most, all, wanted });
    }
    Ok(wanted)
}

struct Fewest {
    chosen: Vec<u32>,
    bound: u64,
    nodes: u64,
}

/// The fewest candidates worth `goal`, which all of them together are.
fn fewest(model: &Savings, goal: u64, meter: &mut Meter<'_>) -> Fewest {
    let wanted = goal as i64 * model.unit();
    let mut few = Fewest {
        chosen: greedy(model, model.candidates(), wanted, meter),
        bound: 0,
        nodes: 0,
    };
    if goal > 0 {
        few.bound = 1;
    }
    // Halving, as long as each number is settled; then from below and from above in turn.
    let mut at = Probe::Middle;
    while few.bound < few.chosen.len() as u64 && !meter.is_spent() {
        let (low, high) = (few.bound as usize, few.chosen.len());
        let p = match at {
            Probe::Middle => usize::midpoint(low, high),
            Probe::Low => low,
            Probe::High => high - 1,
        };
        let share = if matches!(at, Probe::Middle) {
            0.2
        } else {
            0.5
        };
        let solved = meter.portion(share, |meter| best_choice(model, p, Some(goal), meter));
        few.nodes += solved.nodes;
        if solved.value >= wanted {
            few.chosen = solved.chosen;
        } else if solved.bound < wanted {
            few.bound = p as u64 + 1;
        } else {
            at = match at {
                Probe::Middle => Probe::Low,
                Probe::Low => Probe::High,
                Probe::High => break,
            };
        }
    }
    few
}

enum Probe {
    Middle,
    Low,
    High,
}
