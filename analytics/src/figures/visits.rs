//! Waits and transactions.
//!
//! A visit belongs to the span, hour, day and week of its `issued`. Waits are those of its started tickets;
//! a negative duration is left out of every mean and counted `implausible`, one for each duration. A
//! walk-in, a ticket without `issued`, belongs to the time of its first event and counts as nothing else.
//! Transactions and rewaits are figured a leg; *per dossier* is a leg's transaction over the dossiers it
//! handled, for legs that say how many.

use std::collections::HashMap;

use ingest::event::EventTime;

use super::Question;
use super::group::By;
use super::stats::Sample;
use super::table::{Row, Table};
use crate::live::State;
use crate::live::visit::{End, Visit};
use crate::registry::Registry;

/// The target for a wait and for a transaction a dossier, seconds (scheme part 1, T4 and T5:
/// 15 minutes).
pub const LIMIT_S: f64 = 900.0;

/// The figures' names, in order.
pub const COLUMNS: &[&str] = &[
    "visits",
    "started",
    "finished",
    "abandoned",
    "unresolved",
    "walk_in",
    "implausible",
    "approximate",
    "mean_wait_s",
    "p50_wait_s",
    "p90_wait_s",
    "p95_wait_s",
    "over_15min",
    "mean_transaction_s",
    "mean_transaction_per_dossier_s",
    "over_15min_per_dossier",
    "mean_rewait_s",
];

/// What a group of visits adds up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VisitFigures {
    /// Tickets issued.
    pub visits: u64,
    /// Of them begun.
    pub started: u64,
    /// Of them finished.
    pub finished: u64,
    /// Of them abandoned.
    pub abandoned: u64,
    /// Of them without an end by the close of their day.
    pub unresolved: u64,
    /// Served without a number.
    pub walk_in: u64,
    /// Negative durations.
    pub implausible: u64,
    /// Visits with a call standing in for a start.
    pub approximate: u64,
    /// Waits, seconds.
    pub waits: Sample,
    /// Transactions, seconds.
    pub transactions: Sample,
    /// Transactions a dossier, seconds.
    pub per_dossier: Sample,
    /// Waits of second and later legs, seconds.
    pub rewaits: Sample,
}

impl VisitFigures {
    /// Adds a visit, as known at `as_of`.
    pub fn add(&mut self, visit: &Visit, as_of: EventTime) {
        if visit.issued.is_none() {
            self.walk_in += 1;
            return;
        }
        self.visits += 1;
        self.started += u64::from(visit.started().is_some());
        self.approximate += u64::from(visit.is_approximate());
        match visit.end {
            Some((_, End::Finished)) => self.finished += 1,
            Some((_, End::Abandoned)) => self.abandoned += 1,
            None if visit.day.end() <= as_of => self.unresolved += 1,
            None => {}
        }
        for (i, leg) in visit.legs.iter().enumerate() {
            if let Some(wait) = self.plausible(leg.wait_s()) {
                let sample = if i == 0 {
                    &mut self.waits
                } else {
                    &mut self.rewaits
                };
                sample.push(wait);
            }
            if let Some(transaction) = self.plausible(leg.transaction_s()) {
                self.transactions.push(transaction);
                if let Some(dossiers @ 1..) = leg.dossiers {
                    self.per_dossier.push(transaction / f64::from(dossiers));
                }
            }
        }
    }

    fn plausible(&mut self, duration: Option<f64>) -> Option<f64> {
        self.implausible += u64::from(duration.is_some_and(|s| s < 0.0));
        duration.filter(|s| *s >= 0.0)
    }

    /// Adds another group.
    pub fn merge(&mut self, other: &Self) {
        self.visits += other.visits;
        self.started += other.started;
        self.finished += other.finished;
        self.abandoned += other.abandoned;
        self.unresolved += other.unresolved;
        self.walk_in += other.walk_in;
        self.implausible += other.implausible;
        self.approximate += other.approximate;
        self.waits.extend(&other.waits);
        self.transactions.extend(&other.transactions);
        self.per_dossier.extend(&other.per_dossier);
        self.rewaits.extend(&other.rewaits);
    }

    fn row(&self, key: String) -> Row {
        let [p50, p90, p95] = self.waits.quantiles([0.5, 0.9, 0.95]);
        let figures = vec![
            self.visits.into(),
            self.started.into(),
            self.finished.into(),
            self.abandoned.into(),
            self.unresolved.into(),
            self.walk_in.into(),
            self.implausible.into(),
            self.approximate.into(),
            self.waits.mean().into(),
            p50.into(),
            p90.into(),
            p95.into(),
            self.waits.over(LIMIT_S).into(),
            self.transactions.mean().into(),
            self.per_dossier.mean().into(),
            self.per_dossier.over(LIMIT_S).into(),
            self.rewaits.mean().into(),
        ];
        Row { key, figures }
    }
}

/// The answer to a question about visits.
pub(super) fn table(state: &State, registry: &Registry, question: &Question) -> Table {
    let span = question.from..question.to;
    let as_of = question.as_of.max(question.to);
    let mut groups: HashMap<String, VisitFigures> = HashMap::new();
    if question.by.is_none() {
        groups.insert(String::new(), VisitFigures::default());
    }
    for visit in state.visits_between(question.from, question.to) {
        let belongs_to = visit.issued.unwrap_or(visit.first_event);
        if !span.contains(&belongs_to) {
            continue;
        }
        if let Some(key) = key_of(&visit, belongs_to, question.by, registry) {
            groups.entry(key).or_default().add(&visit, as_of);
        }
    }
    Table::new(
        COLUMNS,
        groups
            .into_iter()
            .map(|(key, figures)| figures.row(key))
            .collect(),
    )
}

/// The group of a visit; `None` when it has none, such as the counter of one not begun.
fn key_of(
    visit: &Visit,
    belongs_to: EventTime,
    by: Option<By>,
    registry: &Registry,
) -> Option<String> {
    let Some(by) = by else {
        return Some(String::new());
    };
    match by {
        By::Site => Some(visit.site.to_string()),
        By::Unit => Some(registry.unit_of(&visit.site).to_owned()),
        By::Service => visit.service.as_ref().map(ToString::to_string),
        By::Counter => visit
            .counter
            .as_ref()
            .map(|counter| format!("{}/{counter}", visit.site)),
        By::Hour | By::Day | By::Week => by.bucket(belongs_to).map(|b| b.key),
        By::Agency | By::Field | By::Channel => None,
    }
}
