//! The scorecard: nine groups of criteria, for branches and points (internal supervision) and for agencies (external).
//!
//! Each metric has a value, its sample and an interval; a group is the mean of its metrics that are known, and the score is the mean
//! of the groups that are, by weights that are settings ([`Card::known_weight`] says of how much of them it is). Ranks go by the
//! **lower end** of the score's interval, so that a point with six good ratings is not first; and who has under half of the
//! weights known has no rank.

mod definition;
pub mod equity;
pub mod productivity;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::figures::stats::wilson;
use crate::figures::table::{Figure, Table};
pub use definition::{Baseline, Criteria, CriteriaError, GroupOf, Measure, Metric, View};

/// Share of the weights from which on there is a rank.
pub const RANKED_FROM: f64 = 0.5;

/// What is known of a point or an agency: figures by `family.figure`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures(BTreeMap<String, f64>);

impl Figures {
    /// A figure; `None` where it is not known.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied()
    }

    /// Sets a figure.
    pub fn set(&mut self, name: impl Into<String>, value: f64) {
        self.0.insert(name.into(), value);
    }

    /// Adds others, which stand for those of the same name.
    pub fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

/// Adds the figures of a table that is grouped by points or agencies.
pub fn gather(all: &mut BTreeMap<String, Figures>, family: &str, table: &Table) {
    for row in &table.rows {
        let figures = all.entry(row.key.clone()).or_default();
        for (name, figure) in table.columns.iter().zip(&row.figures) {
            let value = match figure {
                Figure::Count(n) => *n as f64,
                Figure::Number(x) => *x,
                Figure::None | Figure::Time(_) => continue,
            };
            figures.set(format!("{family}.{name}"), value);
        }
    }
}

/// A metric of one point or agency.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scored {
    /// Its code.
    pub code: String,
    /// Its group.
    pub group: String,
    /// Its value: a share, a mean, or what was entered.
    pub value: Option<f64>,
    /// Of how many.
    pub sample: Option<u64>,
    /// Points of 100.
    pub points: Option<f64>,
    /// The lower end of their 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// It was entered by people.
    pub is_entered: bool,
}

/// A group's points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupPoints {
    /// Its code.
    pub code: String,
    /// Points of 100; `None` where no metric of it is known.
    pub points: Option<f64>,
    /// The lower end of their interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Metrics of it that are known, and all that there are.
    pub known: [usize; 2],
}

/// A point's or an agency's scorecard.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Card {
    /// Whose.
    pub key: String,
    /// Metrics, in the definition's order.
    pub metrics: Vec<Scored>,
    /// Groups, in the definition's order.
    pub groups: Vec<GroupPoints>,
    /// Points of 100 of the groups that are known.
    pub points: Option<f64>,
    /// The lower end of their interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Share of the weights of which the groups are known.
    pub known_weight: f64,
    /// Its rank, 1 for the best; `None` where too little is known.
    pub rank: Option<usize>,
    /// The best and the worst rank that the intervals allow.
    pub rank_between: Option<[usize; 2]>,
}

/// The scorecards of all, ranked. `entered` tells what people entered for a metric of one; weights are by group.
pub fn cards(
    criteria: &Criteria,
    view: View,
    all: &BTreeMap<String, Figures>,
    weights: &BTreeMap<String, f64>,
    entered: impl Fn(&str, &Metric) -> Option<f64>,
) -> Vec<Card> {
    let mut cards: Vec<Card> = all
        .iter()
        .map(|(key, figures)| card(criteria, view, key, figures, weights, &entered))
        .collect();
    rank(&mut cards);
    cards
}

fn card(
    criteria: &Criteria,
    view: View,
    key: &str,
    figures: &Figures,
    weights: &BTreeMap<String, f64>,
    entered: &impl Fn(&str, &Metric) -> Option<f64>,
) -> Card {
    let metrics: Vec<Scored> = criteria
        .metrics
        .iter()
        .filter(|metric| metric.views.contains(&view))
        .map(|metric| score(metric, figures, entered(key, metric)))
        .collect();
    let groups: Vec<GroupPoints> = criteria
        .groups
        .iter()
        .map(|group| {
            let of_it: Vec<&Scored> = metrics.iter().filter(|m| m.group == group.code).collect();
            let mean = |of: fn(&Scored) -> Option<f64>| mean(of_it.iter().filter_map(|m| of(m)));
            GroupPoints {
                code: group.code.clone(),
                points: mean(|m| m.points),
                low: mean(|m| m.low),
                high: mean(|m| m.high),
                known: [
                    of_it.iter().filter(|m| m.points.is_some()).count(),
                    of_it.len(),
                ],
            }
        })
        .collect();
    let weight = |code: &str| weights.get(code).copied().unwrap_or(1.0);
    let whole: f64 = groups.iter().map(|g| weight(&g.code)).sum();
    let known = groups.iter().filter(|g| g.points.is_some());
    let known: f64 = known.map(|g| weight(&g.code)).sum();
    let weighted = |of: fn(&GroupPoints) -> Option<f64>| {
        let sum = groups.iter().filter_map(|g| Some(of(g)? * weight(&g.code)));
        (known > 0.0).then(|| sum.sum::<f64>() / known)
    };
    Card {
        key: key.to_owned(),
        points: weighted(|g| g.points),
        low: weighted(|g| g.low),
        high: weighted(|g| g.high),
        known_weight: if whole > 0.0 { known / whole } else { 0.0 },
        rank: None,
        rank_between: None,
        metrics,
        groups,
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0_u32);
    for value in values {
        sum += value;
        n += 1;
    }
    (n > 0).then(|| sum / f64::from(n))
}

fn score(metric: &Metric, figures: &Figures, entered: Option<f64>) -> Scored {
    let mut scored = Scored {
        code: metric.code.clone(),
        group: metric.group.clone(),
        value: None,
        sample: None,
        points: None,
        low: None,
        high: None,
        is_entered: false,
    };
    let sum = |names: &[String]| {
        let known: Vec<f64> = names.iter().filter_map(|name| figures.get(name)).collect();
        // One that is not reported at all is not none.
        (!known.is_empty()).then(|| known.iter().sum::<f64>())
    };
    match &metric.measure {
        Measure::Share {
            good,
            all,
            inverted,
        } => {
            let (Some(good), Some(all)) = (sum(good), sum(all)) else {
                return scored;
            };
            if all < 1.0 {
                scored.sample = Some(0);
                return scored;
            }
            let bad_or_good = good.clamp(0.0, all);
            let good = if *inverted {
                all - bad_or_good
            } else {
                bad_or_good
            };
            let interval = wilson(good.round() as u64, all.round() as u64);
            scored.value = Some(good / all);
            scored.sample = Some(all.round() as u64);
            scored.points = Some(100.0 * good / all);
            scored.low = interval.map(|(low, _)| 100.0 * low);
            scored.high = interval.map(|(_, high)| 100.0 * high);
        }
        Measure::Mean { mean, n, target } => {
            let (Some(mean), Some(n)) = (figures.get(mean), figures.get(n)) else {
                return scored;
            };
            let of = |mean: f64| 100.0 * (target / mean.max(1e-9)).min(1.0);
            // Waits spread about as far as they are long: the error of their mean is their mean over the root of n.
            let error = 1.96 * mean / n.max(1.0).sqrt();
            scored.value = Some(mean);
            scored.sample = Some(n.round() as u64);
            scored.points = Some(of(mean));
            scored.low = Some(of(mean + error));
            scored.high = Some(of((mean - error).max(0.0)));
        }
        Measure::Entered => {
            scored.value = entered;
            scored.points = entered;
            scored.low = entered;
            scored.high = entered;
            scored.is_entered = entered.is_some();
        }
    }
    scored
}

/// Puts the best first, and those without a rank last, by key.
fn rank(cards: &mut [Card]) {
    let place = |card: &Card| {
        (card.known_weight >= RANKED_FROM)
            .then_some(card.low)
            .flatten()
    };
    cards.sort_by(|a, b| {
        let (x, y) = (place(a), place(b));
        let by_low = y.unwrap_or(-1.0).total_cmp(&x.unwrap_or(-1.0));
        by_low.then_with(|| a.key.cmp(&b.key))
    });
    let ranked: Vec<(f64, f64)> = cards
        .iter()
        .filter_map(|card| Some((place(card)?, card.high?)))
        .collect();
    for (at, card) in cards.iter_mut().enumerate().take(ranked.len()) {
        let (low, high) = ranked[at];
        let surely_better = ranked.iter().filter(|(other, _)| *other > high).count();
        let surely_worse = ranked.iter().filter(|(_, other)| *other < low).count();
        card.rank = Some(at + 1);
        card.rank_between = Some([surely_better + 1, ranked.len() - surely_worse]);
    }
}
