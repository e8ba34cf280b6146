//! What is open, and with whom: by the agency that has it in hand, by the competent one, by field and by level.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use serde::Serialize;

use crate::live::dossier::{Dossier, Stage};
use crate::rules::Rules;

/// What the open dossiers are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The agency that has it in hand.
    Holder,
    /// The competent agency.
    Agency,
    /// The field.
    Field,
    /// The competent agency's level.
    Level,
    /// The receiving point.
    Site,
}

impl By {
    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "holder" => Self::Holder,
            "agency" => Self::Agency,
            "field" => Self::Field,
            "level" => Self::Level,
            "site" => Self::Site,
            _ => return None,
        })
    }
}

/// A group's open dossiers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Backlog {
    /// Received and not ended.
    pub open: u64,
    /// Of them past due.
    pub overdue: u64,
    /// Due within the next eight working hours.
    pub due_soon: u64,
    /// Of them with the clock standing.
    pub paused: u64,
    /// Without a due date.
    pub no_due_date: u64,
    /// Filed and not yet received.
    pub awaiting_acceptance: u64,
    /// Open for less than 1, 3, 5, 10, 20 working days, and longer; by eight working hours each.
    pub age_days: [u64; 6],
    /// When the clock of the oldest began.
    pub oldest: Option<EventTime>,
}

/// Working days that part the ages.
pub const AGES: [i64; 5] = [1, 3, 5, 10, 20];
const DAY_US: i64 = 8 * 3_600_000_000;

/// What is open at an instant, in the making.
#[derive(Debug)]
pub struct Backlogs<'a> {
    rules: &'a Rules,
    by: By,
    at: EventTime,
    groups: BTreeMap<String, Backlog>,
}

impl<'a> Backlogs<'a> {
    /// At an instant.
    pub const fn new(rules: &'a Rules, by: By, at: EventTime) -> Self {
        Self {
            rules,
            by,
            at,
            groups: BTreeMap::new(),
        }
    }

    /// Adds a dossier.
    pub fn add(&mut self, dossier: &Dossier) {
        let state = dossier.at(self.at, self.rules);
        if !matches!(state.stage, Stage::Open | Stage::AwaitingAcceptance) {
            return;
        }
        let agency = state.filing.map(|f| &*f.agency);
        let key = match self.by {
            By::Holder => state.holder.map(|h| &**h),
            By::Agency => agency,
            By::Field => state.filing.map(|f| &*f.field),
            By::Site => state.filing.map(|f| &*f.site),
            By::Level => {
                let of_procedure = state.procedure.level.as_deref();
                of_procedure.or(agency.map(|agency| self.rules.agencies.level(agency)))
            }
        };
        let Some(key) = key else { return };
        let group = match self.groups.get_mut(key) {
            Some(group) => group,
            None => self.groups.entry(key.to_owned()).or_default(),
        };
        if state.stage == Stage::AwaitingAcceptance {
            group.awaiting_acceptance += u64::from(state.submitted.is_some());
            return;
        }
        group.open += 1;
        group.paused += u64::from(state.paused);
        match state.due {
            None => group.no_due_date += 1,
            Some(due) if self.at > due => group.overdue += 1,
            Some(due) => {
                let left = state.calendar.between(self.at, due);
                group.due_soon += u64::from(left <= DAY_US && !state.paused);
            }
        }
        if let Some(began) = state.began {
            let days = state.calendar.between(began, self.at) / DAY_US;
            let age = AGES.iter().position(|limit| days < *limit);
            group.age_days[age.unwrap_or(AGES.len())] += 1;
            group.oldest = Some(group.oldest.map_or(began, |oldest| oldest.min(began)));
        }
    }

    /// The groups, by key.
    pub fn finish(self) -> BTreeMap<String, Backlog> {
        self.groups
    }
}
