//! The p-median (Hakimi 1964) on sparse minutes: `p` places so that people travel least in all.

use super::{
    Budget, Costs, Place, SitingError,
    answer::{gap, places},
    maximal::best_choice,
    savings::Savings,
};
use serde::Serialize;

/// People times thousandths of a minute stay below this, so that sums over places are exact.
const MOST_WORK: u64 = 1 << 50;

/// The places, and how far people are with them. Totals are people × thousandths of a minute.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MedianAnswer {
    /// The places in order of what they save; `adds` is what is saved beside the kept points and
    /// the places before, `objective` of a replacement what the whole choice would save, both in
    /// people × thousandths of a minute. Rescues are demands within the limit of this place alone.
    pub chosen: Vec<Place>,
    /// The total with the kept points alone.
    pub before: u64,
    /// The total with the choice.
    pub objective: u64,
    /// No choice has a lower total.
    pub bound: u64,
    /// How much of the objective may be too much, as a share of it.
    pub gap: f64,
    /// Whether no choice is better.
    pub proven: bool,
    /// Mean minutes a person.
    pub mean_minutes: f64,
    /// People farther than the limit from every open place, who count as that far.
    pub out_of_reach: u64,
    /// Steps of the budget used.
    pub steps: u64,
    /// Nodes of the search.
    pub nodes: u64,
}

/// Chooses `p` candidates so that the sum of people times minutes to the nearest open place is
/// least. Demand beyond the limit of the costs counts as that far.
pub fn p_median(costs: &Costs, p: usize, budget: &Budget<'_>) -> Result<MedianAnswer, SitingError> {
    costs.check_places(p)?;
    check_work(costs)?;
    let mut meter = budget.meter();
    let now = now(costs);
    let model = savings(costs, &now);
    let solved = best_choice(&model, p, None, &mut meter);
    let people = costs.weights().iter().map(|&people| u64::from(people));
    let all: u64 = people.clone().sum();
    let before: u64 = people.zip(&now).map(|(w, &far)| w * u64::from(far)).sum();
    let objective = before - solved.value as u64;
    let bound = before.saturating_sub(solved.bound as u64);
    // On the limit is within it.
    let within = costs.within(costs.limit());
    Ok(MedianAnswer {
        chosen: places(&model, &within, &solved.chosen, &|_, _| true),
        before,
        objective,
        bound,
        gap: gap(bound, objective),
        proven: bound >= objective,
        mean_minutes: objective as f64 / super::costs::PARTS / (all.max(1)) as f64,
        out_of_reach: all - within.people_covered(&solved.chosen),
        steps: meter.used(),
        nodes: solved.nodes,
    })
}

/// Thousandths of a minute to the nearest kept point, at most the limit.
fn now(costs: &Costs) -> Vec<u32> {
    let limit = costs.limit();
    let kept = costs.kept().iter();
    kept.map(|kept| kept.map_or(limit, |minutes| minutes.min(limit)))
        .collect()
}

fn savings(costs: &Costs, now: &[u32]) -> Savings {
    let all = costs.rows().iter().zip(costs.weights()).zip(now);
    let rows = all.map(|((row, &people), &now)| {
        let nearer = row
            .iter()
            .filter(|entry| people > 0 && entry.1 < now)
            .map(|&(candidate, minutes)| (candidate, i64::from(people) * i64::from(now - minutes)));
        nearer.collect()
    });
    Savings::new(costs.candidates(), 1, rows.collect())
}

fn check_work(costs: &Costs) -> Result<(), SitingError> {
    let limit = MOST_WORK / u64::from(costs.limit().max(1));
    let mut people = 0;
    for (demand, &weight) in costs.weights().iter().enumerate() {
        people += u64::from(weight);
        if people > limit {
            return Err(SitingError::TooManyPeople { demand, limit });
        }
    }
    Ok(())
}
