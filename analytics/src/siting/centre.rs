//! The p-centre (Hakimi 1964): `p` places so that the farthest demand is as near as can be. By
//! halving over the minutes that occur (Minieka 1970): a radius is possible when a maximal
//! covering at that radius misses nobody, and impossible when its bound shows that it must.

use super::{
    Budget, Costs, Cover, Place, SitingError,
    answer::{gap, places},
    budget::Meter,
    costs::PARTS,
    maximal::{best_choice, savings},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// The places, and the greatest minutes with them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CentreAnswer {
    /// The places, in order of the people they add within the objective's minutes; people and
    /// rescues are counted within these minutes.
    pub chosen: Vec<Place>,
    /// Greatest minutes of any demand that has people and can be reached at all; `None` where `p`
    /// places cannot reach each of these.
    pub minutes: Option<f64>,
    /// No choice has less.
    pub bound: f64,
    /// How much of the minutes may be too much, as a share of them; 1 where they are `None`.
    pub gap: f64,
    /// Whether no choice is better (or, where the minutes are `None`, that there is none at all).
    pub proven: bool,
    /// People who cannot be reached whatever is chosen.
    pub unreachable: u64,
    /// Steps of the budget used.
    pub steps: u64,
    /// Nodes of the searches.
    pub nodes: u64,
}

/// Chooses `p` candidates so that the greatest minutes to the nearest open place are least, over
/// the demands that have people and some way to a candidate or kept point. The costs' limit plays
/// no part.
pub fn p_centre(costs: &Costs, p: usize, budget: &Budget<'_>) -> Result<CentreAnswer, SitingError> {
    costs.check_places(p)?;
    let mut meter = budget.meter();
    let radii = radii(costs);
    let reachable = costs.within(u32::MAX);
    let unreachable = reachable.people() - reachable.reachable_people();
    let mut search = Search {
        costs,
        p,
        demands: reachable.counting_demands().reachable_people(),
        possible: None,
        impossible: 0,
        nodes: 0,
    };
    // Where nothing has to be reached, any choice will do, at no minutes.
    if radii.is_empty() {
        let any: Vec<u32> = (0..p as u32).collect();
        return Ok(answer(&search, Some((0, any)), 0, unreachable, &meter));
    }
    // Above `low`, nothing is known to be impossible; what is undecided is treated as impossible
    // at first, to find a choice, and then asked again from the other side, to raise the bound.
    let (mut low, mut high) = (0, radii.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        if search.is_possible(&radii, middle, &mut meter) == Some(true) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let (mut from, mut to) = (search.impossible, high);
    while from < to && !meter.is_spent() {
        let middle = usize::midpoint(from, to);
        if search.is_possible(&radii, middle, &mut meter) == Some(false) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    let is_impossible = search.impossible >= radii.len();
    let found = search
        .possible
        .take()
        .map(|(at, chosen)| (radii[at], chosen));
    // Where even the greatest radius is impossible, that is all the bound can say.
    let bound = radii[search.impossible.min(radii.len() - 1)];
    let mut answer = answer(&search, found, bound, unreachable, &meter);
    answer.proven |= is_impossible;
    Ok(answer)
}

struct Search<'c> {
    costs: &'c Costs,
    p: usize,
    /// Demands that must be reached.
    demands: u64,
    /// The least radius found possible, by its place in the list, and the choice.
    possible: Option<(usize, Vec<u32>)>,
    /// Radii before this place are proven impossible.
    impossible: usize,
    nodes: u64,
}

impl Search<'_> {
    /// Whether the radius at this place is possible; `None` where the budget does not settle it.
    fn is_possible(&mut self, radii: &[u32], at: usize, meter: &mut Meter<'_>) -> Option<bool> {
        if at < self.impossible {
            return Some(false);
        }
        let cover = self.costs.within(radii[at]).counting_demands();
        let goal = self.demands - cover.kept_people();
        if cover.reachable_people() < self.demands {
            self.impossible = at + 1;
            return Some(false);
        }
        let solved = meter.portion(0.3, |meter| {
            best_choice(&savings(&cover), self.p, Some(goal), meter)
        });
        self.nodes += solved.nodes;
        let unit = super::maximal::PARTS;
        if solved.value >= goal as i64 * unit {
            if self.possible.as_ref().is_none_or(|(best, _)| at < *best) {
                self.possible = Some((at, solved.chosen));
            }
            Some(true)
        } else if solved.bound < goal as i64 * unit {
            self.impossible = self.impossible.max(at + 1);
            Some(false)
        } else {
            None
        }
    }
}

/// The minutes that can be the answer, ascending: those that occur, from the greatest over the
/// demands of the least that each can have.
fn radii(costs: &Costs) -> Vec<u32> {
    let mut all = BTreeSet::new();
    let mut least = 0;
    for ((row, kept), &people) in costs.rows().iter().zip(costs.kept()).zip(costs.weights()) {
        if people > 0 {
            let ways = row.iter().map(|entry| entry.1).chain(*kept);
            least = least.max(ways.clone().min().unwrap_or(0));
            all.extend(ways);
        }
    }
    all.split_off(&least).into_iter().collect()
}

fn answer(
    search: &Search<'_>,
    found: Option<(u32, Vec<u32>)>,
    bound: u32,
    unreachable: u64,
    meter: &Meter<'_>,
) -> CentreAnswer {
    let costs = search.costs;
    let minutes = |parts: u32| f64::from(parts) / PARTS;
    let (chosen, reached) = match found {
        Some((radius, chosen)) => {
            let cover = costs.within(radius);
            (told(&cover, &chosen), Some(radius))
        }
        None => (Vec::new(), None),
    };
    CentreAnswer {
        chosen,
        minutes: reached.map(minutes),
        bound: minutes(bound),
        gap: reached.map_or(1.0, |radius| gap(u64::from(bound), u64::from(radius))),
        proven: reached.is_some_and(|radius| bound >= radius),
        unreachable,
        steps: meter.used(),
        nodes: search.nodes,
    }
}

fn told(cover: &Cover, chosen: &[u32]) -> Vec<Place> {
    places(&savings(cover), cover, chosen, &|_, _| true)
}
