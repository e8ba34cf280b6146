//! Satisfaction: every rating counts, by the time it was given; *satisfied* is a score of 4 or 5.

use std::collections::HashMap;

use super::Question;
use super::group::By;
use super::stats::wilson;
use super::table::{Row, Table};
use crate::live::State;
use crate::live::site_day::Rating;
use crate::mark::Mark;
use crate::names::Name;
use crate::registry::Registry;

/// The figures' names, in order.
pub const COLUMNS: &[&str] = &[
    "ratings",
    "mean_score",
    "satisfied",
    "satisfied_share",
    "low",
    "high",
];

/// What a group of ratings adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RatingFigures {
    /// Ratings.
    pub ratings: u64,
    /// Sum of their scores.
    pub score: u64,
    /// Of them 4 or 5.
    pub satisfied: u64,
}

impl RatingFigures {
    /// Adds another group.
    pub const fn merge(&mut self, other: &Self) {
        self.ratings += other.ratings;
        self.score += other.score;
        self.satisfied += other.satisfied;
    }

    /// Adds a rating.
    pub fn add(&mut self, score: u8) {
        self.ratings += 1;
        self.score += u64::from(score);
        self.satisfied += u64::from(score >= 4);
    }

    /// The mean score.
    pub fn mean_score(&self) -> Option<f64> {
        (self.ratings > 0).then(|| self.score as f64 / self.ratings as f64)
    }

    /// The share of satisfied.
    pub fn satisfied_share(&self) -> Option<f64> {
        (self.ratings > 0).then(|| self.satisfied as f64 / self.ratings as f64)
    }

    /// Its 95 % Wilson interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        wilson(self.satisfied, self.ratings)
    }

    fn row(&self, key: String) -> Row {
        let interval = self.interval();
        let figures = vec![
            self.ratings.into(),
            self.mean_score().into(),
            self.satisfied.into(),
            self.satisfied_share().into(),
            interval.map(|i| i.0).into(),
            interval.map(|i| i.1).into(),
        ];
        Row { key, figures }
    }
}

/// Groups in the making.
pub(super) struct Groups(HashMap<String, RatingFigures>);

impl Groups {
    pub(super) fn of(question: &Question) -> Self {
        let mut groups = HashMap::new();
        if question.by.is_none() {
            groups.insert(String::new(), RatingFigures::default());
        }
        Self(groups)
    }

    pub(super) fn entry(&mut self, key: String) -> &mut RatingFigures {
        self.0.entry(key).or_default()
    }

    pub(super) fn table(self) -> Table {
        let rows = self.0.into_iter().map(|(key, figures)| figures.row(key));
        Table::new(COLUMNS, rows.collect())
    }
}

/// The answer to a question about ratings, from the live state.
pub(super) fn table(state: &State, registry: &Registry, question: &Question) -> Table {
    let mut groups = Groups::of(question);
    for (_, site, day) in state.days_between(question.from, question.to) {
        // Ratings that name no site stand under one without a code.
        let site = (!site.is_empty()).then_some(site);
        if !question.within.has(site.map(|site| &**site), None) {
            continue;
        }
        for mark in day.ratings.before(question.to) {
            if mark.time >= question.from
                && let Some(key) = key_of(mark, site, question.by, registry)
            {
                groups.entry(key).add(mark.what.score);
            }
        }
    }
    groups.table()
}

fn key_of(
    mark: &Mark<Rating>,
    site: Option<&Name>,
    by: Option<By>,
    registry: &Registry,
) -> Option<String> {
    let Some(by) = by else {
        return Some(String::new());
    };
    let rating = &mark.what;
    match by {
        By::Site => site.map(ToString::to_string),
        By::Unit => site.map(|site| registry.unit_of(site).to_owned()),
        By::Counter => {
            let (site, counter) = (site?, rating.counter.as_ref()?);
            Some(format!("{site}/{counter}"))
        }
        By::Channel => Some(rating.channel.as_str().to_owned()),
        By::Hour | By::Day | By::Week => by.bucket(mark.time).map(|b| b.key),
        By::Service | By::Agency | By::Field | By::Group | By::Rule | By::Priority => None,
    }
}
