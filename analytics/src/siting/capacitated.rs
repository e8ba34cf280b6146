//! Capacitated maximal covering (Current and Storbeck 1988): places that can serve only so many
//! people, such as officers times the norm of dossiers.

use super::{
    Answer, Budget, Cover, SitingError,
    answer::answer,
    costs::check_length,
    engine::{Model, solve},
    flow::{Served, Serving, Site},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many people each place can serve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Capacities {
    /// Of each candidate.
    pub candidates: Vec<u32>,
    /// Of each kept point.
    pub kept: Vec<u32>,
}

/// The choice and the load of each place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CapacitatedAnswer {
    /// The places; the objective is people served beyond those whom the kept points alone can
    /// serve. Rescues are demands that no other open place covers, whether or not it has room for
    /// all of them.
    pub answer: Answer,
    /// People whom the kept points alone can serve.
    pub kept_served: u64,
    /// What each open place serves in one assignment that serves most: the chosen ones in the
    /// answer's order, then the kept ones.
    pub services: Vec<Service>,
}

/// What one place serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Whether it is a kept point; otherwise a candidate.
    pub is_kept: bool,
    /// Its index in its list.
    pub place: u32,
    /// Its capacity.
    pub capacity: u32,
    /// People served.
    pub people: u64,
    /// People by demand, ascending.
    pub demands: Vec<(u32, u64)>,
}

/// Chooses `p` candidates so that most people are served within the capacities. A demand's people
/// may be split between places. The bound is that of a linear programme; where capacities bind it
/// can stay some per cent above the best choice until the search closes it.
pub fn capacitated_cover(
    cover: &Cover,
    capacities: &Capacities,
    p: usize,
    budget: &Budget<'_>,
) -> Result<CapacitatedAnswer, SitingError> {
    cover.check_places(p)?;
    let (candidates, kept) = (cover.candidates(), cover.kept());
    let given = &capacities.candidates;
    check_length("capacities", given.len(), candidates.len(), "candidate")?;
    let given = &capacities.kept;
    check_length(
        "capacities of kept points",
        given.len(),
        kept.len(),
        "kept point",
    )?;
    let mut meter = budget.meter();
    let (model, groups) = serving(cover, capacities);
    let solved = solve(model.clone(), p, None, &mut meter);
    let told = answer(&model, cover, &solved, meter.used());

    let mut state = model.state();
    let kept_served = (model.value(&state) / model.unit()) as u64;
    for place in &told.chosen {
        model.add(&mut state, place.candidate);
    }
    let mut left: Vec<u64> = cover.weights().iter().map(|&w| u64::from(w)).collect();
    let mut serve = |site: usize, is_kept: bool, place: u32, capacity: u32| {
        let demands = shares(&model, &state, site, &groups, &mut left);
        Service {
            is_kept,
            place,
            capacity,
            people: demands.iter().map(|(_, people)| people).sum(),
            demands,
        }
    };
    let mut services = Vec::new();
    for place in &told.chosen {
        let at = place.candidate as usize;
        services.push(serve(at, false, place.candidate, capacities.candidates[at]));
    }
    for (at, &capacity) in capacities.kept.iter().enumerate() {
        services.push(serve(candidates.len() + at, true, at as u32, capacity));
    }
    Ok(CapacitatedAnswer {
        answer: told,
        kept_served,
        services,
    })
}

/// The model, in which demands with the same places are one, and the demands of each group.
fn serving(cover: &Cover, capacities: &Capacities) -> (Serving, Vec<Vec<u32>>) {
    let (candidates, kept) = (cover.candidates(), cover.kept());
    let mut places: Vec<Vec<u32>> = vec![Vec::new(); cover.weights().len()];
    for (at, row) in candidates.iter().chain(kept).enumerate() {
        for &demand in row {
            places[demand as usize].push(at as u32);
        }
    }
    let mut groups: BTreeMap<Vec<u32>, Vec<u32>> = BTreeMap::new();
    for (demand, places) in places.into_iter().enumerate() {
        if cover.weights()[demand] > 0 && !places.is_empty() {
            groups.entry(places).or_default().push(demand as u32);
        }
    }
    let capacity = capacities.candidates.iter().chain(&capacities.kept);
    let mut sites: Vec<Site> = capacity
        .map(|&capacity| Site {
            capacity: i64::from(capacity),
            demands: Vec::new(),
        })
        .collect();
    let mut people = Vec::with_capacity(groups.len());
    let mut members = Vec::with_capacity(groups.len());
    for (places, demands) in groups {
        for at in places {
            sites[at as usize].demands.push(people.len() as u32);
        }
        let weights = demands
            .iter()
            .map(|&at| i64::from(cover.weights()[at as usize]));
        people.push(weights.sum());
        members.push(demands);
    }
    let open = sites.split_off(candidates.len());
    (Serving::new(people, sites, open), members)
}

/// A site's groups as demands: within a group the lower demand is served first.
fn shares(
    model: &Serving,
    state: &Served,
    site: usize,
    groups: &[Vec<u32>],
    left: &mut [u64],
) -> Vec<(u32, u64)> {
    let mut shares = Vec::new();
    for (group, mut people) in model.served(state, site) {
        for &demand in &groups[group as usize] {
            let part = people.min(left[demand as usize]);
            left[demand as usize] -= part;
            people -= part;
            if part > 0 {
                shares.push((demand, part));
            }
        }
    }
    shares.sort_unstable();
    shares
}
