//! Waits and transactions.
//!
//! A visit belongs to the span, hour, day and week of its `issued`. Waits are those of its started tickets;
//! a negative duration is left out of every mean and counted `implausible`, one for each duration. A
//! walk-in, a ticket without `issued`, belongs to the time of its first event and counts as nothing else.
//! Transactions and rewaits are figured a leg; *per dossier* is a leg's transaction over the dossiers it
//! handled, for legs that say how many.
//!
//! What a visit adds to the figures is said once, in [`VisitFact::of`]: whole numbers and durations in
//! microseconds, which add up to the same in any order. The live views add facts of the live state; a store has
//! the same facts as columns of `visits`, and its engine adds them ([`super::store`]). Quantiles come from
//! histograms that merge ([`crate::quantile`]).

use std::collections::HashMap;

use ingest::event::EventTime;
use ingest::event::time::Day;

use super::Question;
use super::group::By;
use super::table::{Row, Table};
use crate::live::State;
use crate::live::visit::{End, Visit};
use crate::quantile::{Histogram, Limit};
use crate::registry::Registry;

/// The limit of a wait, and of a transaction a dossier, seconds (scheme part 1, T4 and T5:
/// 15 minutes).
pub const LIMIT_S: f64 = 900.0;
const LIMIT_US: i64 = 900_000_000;

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

/// Durations added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub n: u64,
    /// Their sum, microseconds.
    pub us: i64,
}

impl Sum {
    const fn one(us: i64) -> Self {
        Self { n: 1, us }
    }

    /// Adds another.
    pub const fn add(&mut self, other: Self) {
        self.n += other.n;
        self.us += other.us;
    }

    /// The mean in seconds.
    pub fn mean(self) -> Option<f64> {
        (self.n > 0).then(|| self.us as f64 / self.n as f64 / 1e6)
    }
}

/// What a visit adds to the figures. Of a walk-in it is nothing but that it was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitFact {
    /// When it counts: when its number was given, or its first event.
    pub counted_at: EventTime,
    /// Its service day.
    pub day: Day,
    /// Served without a number.
    pub walk_in: bool,
    /// Work began.
    pub started: bool,
    /// How it ended.
    pub end: Option<End>,
    /// A call stands in for a start.
    pub approximate: bool,
    /// Its wait, where plausible.
    pub wait_us: Option<i64>,
    /// Its plausible transactions.
    pub transactions: Sum,
    /// The same a dossier, of those that say how many dossiers they handled.
    pub per_dossier: Sum,
    /// Of these the ones over the limit.
    pub per_dossier_over: u64,
    /// Waits of second and later legs, where plausible.
    pub rewaits: Sum,
    /// Negative durations.
    pub implausible: u64,
}

impl VisitFact {
    /// Of a visit.
    pub fn of(visit: &Visit) -> Self {
        let mut fact = Self {
            counted_at: visit.issued.unwrap_or(visit.first_event),
            day: visit.day,
            walk_in: visit.issued.is_none(),
            started: false,
            end: None,
            approximate: false,
            wait_us: None,
            transactions: Sum::default(),
            per_dossier: Sum::default(),
            per_dossier_over: 0,
            rewaits: Sum::default(),
            implausible: 0,
        };
        if fact.walk_in {
            return fact;
        }
        fact.started = visit.started().is_some();
        fact.end = visit.end.map(|(_, end)| end);
        fact.approximate = visit.is_approximate();
        for (i, leg) in visit.legs.iter().enumerate() {
            if let Some(us) = fact.plausible(leg.wait_us()) {
                if i == 0 {
                    fact.wait_us = Some(us);
                } else {
                    fact.rewaits.add(Sum::one(us));
                }
            }
            if let Some(us) = fact.plausible(leg.transaction_us()) {
                fact.transactions.add(Sum::one(us));
                if let Some(dossiers @ 1..) = leg.dossiers {
                    let dossiers = i64::from(dossiers);
                    fact.per_dossier
                        .add(Sum::one((us + dossiers / 2) / dossiers));
                    fact.per_dossier_over += u64::from(us > LIMIT_US.saturating_mul(dossiers));
                }
            }
        }
        fact
    }

    fn plausible(&mut self, us: Option<i64>) -> Option<i64> {
        self.implausible += u64::from(us.is_some_and(|us| us < 0));
        us.filter(|us| *us >= 0)
    }
}

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
    /// Waits.
    pub waits: Sum,
    /// How the waits are distributed, seconds.
    pub distribution: Histogram,
    /// Transactions.
    pub transactions: Sum,
    /// Transactions a dossier.
    pub per_dossier: Sum,
    /// Of these the ones over 15 minutes.
    pub per_dossier_over: u64,
    /// Waits of second and later legs.
    pub rewaits: Sum,
}

impl VisitFigures {
    /// Adds a visit, as known at `as_of`.
    pub fn add(&mut self, visit: &Visit, as_of: EventTime) {
        self.add_fact(&VisitFact::of(visit), as_of);
    }

    fn add_fact(&mut self, fact: &VisitFact, as_of: EventTime) {
        if fact.walk_in {
            self.walk_in += 1;
            return;
        }
        self.visits += 1;
        self.started += u64::from(fact.started);
        self.approximate += u64::from(fact.approximate);
        match fact.end {
            Some(End::Finished) => self.finished += 1,
            Some(End::Abandoned) => self.abandoned += 1,
            None if fact.day < as_of.day() => self.unresolved += 1,
            None => {}
        }
        if let Some(us) = fact.wait_us {
            self.waits.add(Sum::one(us));
            self.distribution.push(us as f64 / 1e6);
        }
        self.transactions.add(fact.transactions);
        self.per_dossier.add(fact.per_dossier);
        self.per_dossier_over += fact.per_dossier_over;
        self.rewaits.add(fact.rewaits);
        self.implausible += fact.implausible;
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
        self.waits.add(other.waits);
        self.distribution.merge(&other.distribution);
        self.transactions.add(other.transactions);
        self.per_dossier.add(other.per_dossier);
        self.per_dossier_over += other.per_dossier_over;
        self.rewaits.add(other.rewaits);
    }

    /// Waits over 15 minutes, exactly.
    pub fn over_15min(&self) -> u64 {
        self.distribution.over(Limit::QUARTER_HOUR)
    }

    fn row(&self, key: String) -> Row {
        let [p50, p90, p95] = self.distribution.quantiles([0.5, 0.9, 0.95]);
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
            self.over_15min().into(),
            self.transactions.mean().into(),
            self.per_dossier.mean().into(),
            self.per_dossier_over.into(),
            self.rewaits.mean().into(),
        ];
        Row { key, figures }
    }
}

/// The answer to a question about visits, from the live state.
pub(super) fn table(state: &State, registry: &Registry, question: &Question) -> Table {
    let span = question.from..question.to;
    let as_of = question.known_at();
    let mut groups = Groups::of(question);
    for visit in state.visits_between(question.from, question.to) {
        let belongs_to = visit.issued.unwrap_or(visit.first_event);
        if !span.contains(&belongs_to) || !question.within.has_site(&visit.site) {
            continue;
        }
        if let Some(key) = key_of(&visit, belongs_to, question.by, registry) {
            groups.entry(key).add(&visit, as_of);
        }
    }
    groups.table()
}

/// Groups in the making.
pub(super) struct Groups(HashMap<String, VisitFigures>);

impl Groups {
    pub(super) fn of(question: &Question) -> Self {
        let mut groups = HashMap::new();
        if question.by.is_none() {
            groups.insert(String::new(), VisitFigures::default());
        }
        Self(groups)
    }

    pub(super) fn entry(&mut self, key: String) -> &mut VisitFigures {
        self.0.entry(key).or_default()
    }

    pub(super) fn table(self) -> Table {
        let rows = self.0.into_iter().map(|(key, figures)| figures.row(key));
        Table::new(COLUMNS, rows.collect())
    }
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
        By::Agency | By::Field | By::Channel | By::Group | By::Rule | By::Priority => None,
    }
}
