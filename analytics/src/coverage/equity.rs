//! How minutes are shared among people: quantiles, the worst-off tenth, the Gini index.

use super::CellReach;
use serde::Serialize;

/// Minutes of one amount of people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// People, or any weight that is not negative.
    pub people: f64,
    /// Minutes of each of them.
    pub minutes: f64,
}

/// How minutes are shared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Equity {
    /// People with minutes.
    pub people: f64,
    /// People without: no point counts.
    pub without: f64,
    /// Mean minutes of a person.
    pub mean: f64,
    /// Gini index of minutes among people, 0 (all alike) to 1.
    pub gini: f64,
    /// Mean minutes of the tenth of people who are farthest.
    pub worst_tenth_mean: f64,
    /// Least minutes in that tenth.
    pub worst_tenth_from: f64,
    /// The quantiles asked for, each with its minutes.
    pub quantiles: Vec<(f64, f64)>,
}

/// The shares of cells by people.
pub fn shares(reaches: &[CellReach]) -> Vec<Share> {
    let share = |reach: &CellReach| Share {
        people: f64::from(reach.population),
        minutes: reach.minutes,
    };
    reaches.iter().map(share).collect()
}

/// How minutes are shared; `None` when nobody has any.
///
/// The Gini index is twice the area between the line of equality and the Lorenz curve, by
/// trapezoids over the people in order of minutes (Lorenz 1905, Gini 1914). The worst-off tenth
/// takes a part of a cell where its border falls within one. A quantile is the least minutes that
/// at least its share of the people have (nearest rank).
pub fn equity(shares: &[Share], quantiles: &[f64]) -> Option<Equity> {
    let (mut with, without): (Vec<Share>, Vec<Share>) =
        shares.iter().partition(|share| share.minutes.is_finite());
    with.retain(|share| share.people > 0.0);
    with.sort_by(|a, b| a.minutes.total_cmp(&b.minutes));
    let people: f64 = with.iter().map(|share| share.people).sum();
    let last = with.last()?;
    let total: f64 = with.iter().map(|share| share.people * share.minutes).sum();
    let quantile = |part: f64| {
        let wanted = part.clamp(0.0, 1.0) * people;
        let mut counted = 0.0;
        let reached = with.iter().find(|share| {
            counted += share.people;
            counted >= wanted
        });
        reached.unwrap_or(last).minutes
    };
    let (worst_tenth_mean, worst_tenth_from) = worst(&with, people / 10.0);
    Some(Equity {
        people,
        without: without.iter().map(|share| share.people).sum(),
        mean: total / people,
        gini: gini(&with, people, total),
        worst_tenth_mean,
        worst_tenth_from,
        quantiles: quantiles
            .iter()
            .map(|part| (*part, quantile(*part)))
            .collect(),
    })
}

fn gini(ascending: &[Share], people: f64, total: f64) -> f64 {
    if total <= 0.0 {
        return 0.0;
    }
    let mut sum = 0.0;
    let mut under_curve = 0.0;
    for share in ascending {
        let next = sum + share.people * share.minutes;
        under_curve += share.people / people * (sum + next) / total;
        sum = next;
    }
    (1.0 - under_curve).max(0.0)
}

/// Mean and least minutes of so many people, the farthest.
fn worst(ascending: &[Share], wanted: f64) -> (f64, f64) {
    let mut left = wanted;
    let mut sum = 0.0;
    let mut least = 0.0;
    for share in ascending.iter().rev() {
        if left <= 0.0 {
            break;
        }
        let taken = share.people.min(left);
        sum += taken * share.minutes;
        left -= taken;
        least = share.minutes;
    }
    (sum / wanted, least)
}
