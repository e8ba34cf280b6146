//! The figures that a briefing is made of, as the families of [`crate::figures`] give them: gathered from tables, never
//! reckoned anew.

use std::collections::{BTreeMap, BTreeSet};

use super::decompose::Sum;
use crate::figures::Family;
use crate::figures::group::By;
use crate::figures::table::Table;
use crate::scorecard::{Figures, gather};

/// Questions to the figures about the span and the one before.
pub const ASKED: &[(Family, Option<By>)] = &[
    (Family::Visits, None),
    (Family::Visits, Some(By::Site)),
    (Family::Visits, Some(By::Hour)),
    (Family::Dossiers, None),
    (Family::Dossiers, Some(By::Site)),
    (Family::Dossiers, Some(By::Agency)),
    (Family::Dossiers, Some(By::Field)),
    (Family::Ratings, None),
    (Family::Ratings, Some(By::Site)),
    (Family::Duties, None),
    (Family::Feedback, None),
    (Family::Alerts, None),
];

/// Questions about the same span of the year before: its totals.
pub const ASKED_OF_LAST_YEAR: &[(Family, Option<By>)] = &[
    (Family::Visits, None),
    (Family::Dossiers, None),
    (Family::Ratings, None),
    (Family::Duties, None),
    (Family::Feedback, None),
];

/// The figures of a span, as `family.figure`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tables {
    /// Of all.
    pub city: Figures,
    /// By receiving point.
    pub by_site: BTreeMap<String, Figures>,
    /// By competent agency.
    pub by_agency: BTreeMap<String, Figures>,
    /// By field.
    pub by_field: BTreeMap<String, Figures>,
    /// By local hour, as `2026-11-23T08:00+07:00`.
    pub by_hour: BTreeMap<String, Figures>,
}

impl Tables {
    /// Takes the answer to one of the questions. Of other groupings nothing is kept.
    pub fn take(&mut self, family: Family, by: Option<By>, table: &Table) {
        let word = family.as_str();
        match by {
            None => {
                let mut all = BTreeMap::from([(String::new(), std::mem::take(&mut self.city))]);
                gather(&mut all, word, table);
                self.city = all.remove("").unwrap_or_default();
            }
            Some(By::Site) => gather(&mut self.by_site, word, table),
            Some(By::Agency) => gather(&mut self.by_agency, word, table),
            Some(By::Field) => gather(&mut self.by_field, word, table),
            Some(By::Hour) => gather(&mut self.by_hour, word, table),
            Some(_) => {}
        }
    }

    /// Adds the figures of other families of the same span.
    pub fn add(&mut self, other: Self) {
        self.city.add(other.city);
        for (mine, others) in [
            (&mut self.by_site, other.by_site),
            (&mut self.by_agency, other.by_agency),
            (&mut self.by_field, other.by_field),
            (&mut self.by_hour, other.by_hour),
        ] {
            for (key, figures) in others {
                mine.entry(key).or_default().add(figures);
            }
        }
    }

    /// True where something of a family was told in the span: without it a count is not known, rather than none.
    pub fn has(&self, family: Family) -> bool {
        let any = |names: &[&str]| {
            let mut figures = names.iter().map(|name| self.city.get(name));
            figures.any(|figure| figure.is_some_and(|n| n > 0.0))
        };
        match family {
            Family::Visits => any(&["visits.visits", "visits.walk_in"]),
            Family::Dossiers => any(&["dossiers.submitted", "dossiers.accepted", "dossiers.total"]),
            Family::Ratings => any(&["ratings.ratings"]),
            // That nobody complained, or that nothing was asked of a dossier, is told by silence.
            Family::Boards | Family::Duties | Family::Feedback | Family::Alerts => {
                self.has_anything()
            }
        }
    }

    /// True where anything was told in the span.
    pub fn has_anything(&self) -> bool {
        [Family::Visits, Family::Dossiers, Family::Ratings]
            .into_iter()
            .any(|family| self.has(family))
    }

    /// Points at which something was served or received.
    pub fn active_sites(&self) -> BTreeSet<&str> {
        let served = [
            "visits.visits",
            "visits.walk_in",
            "dossiers.submitted",
            "dossiers.accepted",
        ];
        let is_active = |figures: &Figures| {
            let mut all = served.iter().map(|name| figures.get(name));
            all.any(|figure| figure.is_some_and(|n| n > 0.0))
        };
        let sites = self.by_site.iter();
        sites
            .filter(|(site, figures)| !site.is_empty() && is_active(figures))
            .map(|(site, _)| site.as_str())
            .collect()
    }

    /// Local days on which a number was given or somebody was served without one, as `2026-11-23`.
    pub fn active_days(&self) -> BTreeSet<&str> {
        let hours = self.by_hour.iter().filter(|(_, figures)| {
            let visits = figures.get("visits.visits").unwrap_or(0.0);
            visits + figures.get("visits.walk_in").unwrap_or(0.0) > 0.0
        });
        hours.filter_map(|(hour, _)| hour.get(..10)).collect()
    }

    /// Waits by hour of the day (`08`), over all days of the span.
    pub fn waits_by_hour_of_day(&self) -> BTreeMap<String, Sum> {
        let mut all: BTreeMap<String, Sum> = BTreeMap::new();
        for (key, figures) in &self.by_hour {
            let Some(hour) = key.get(11..13) else {
                continue;
            };
            let sum = mean_of(figures, "visits.mean_wait_s", "visits.started");
            all.entry(hour.to_owned()).or_default().add(sum);
        }
        all.retain(|_, sum| sum.n > 0.0);
        all
    }
}

/// A mean with its sample; nothing where it is not known.
pub(super) fn mean_of(figures: &Figures, mean: &str, n: &str) -> Sum {
    match (figures.get(mean), figures.get(n)) {
        (Some(mean), Some(n)) => Sum::of_mean(mean, n),
        _ => Sum::default(),
    }
}

/// Good cases of all, each the sum of figures; nothing where they are not known.
pub(super) fn share_of(figures: &Figures, good: &[&str], all: &[&str]) -> Sum {
    let sum = |names: &[&str]| -> Option<f64> {
        let known: Vec<f64> = names.iter().filter_map(|name| figures.get(name)).collect();
        (!known.is_empty()).then(|| known.iter().sum())
    };
    match (sum(good), sum(all)) {
        (Some(total), Some(n)) => Sum { n, total },
        _ => Sum::default(),
    }
}
