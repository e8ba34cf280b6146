//! What is asked of dossiers' handling beside their due dates, counted ([`crate::live::dossier::Duty`]).
//!
//! Each duty is counted once for each time that it was asked, as in the partition of dossiers: settled in `[from, to)` as asked
//! (`kept`) or not (`broken`), or unsettled at `to`, with time left (`open`) or without (`late`). Where no limit is set, it is in
//! `unset` alone, when it was settled in the span or is not settled. A result that waits may wait for years: `collect` is counted
//! of dossiers settled in the span, as it stands at `to`.

use ingest::event::EventTime;

use super::Question;
use super::group::{By, Groups, key_of_filing};
use super::table::{Row, Table};
use super::visits::Sum;
use crate::live::State;
use crate::live::dossier::{Asked, Dossier, DossierState, Duty, Standing};
use crate::registry::Registry;
use crate::rules::Rules;

/// The figures' names, in order: five of each duty, and the mean working hours to a taking over and to an answer.
pub const COLUMNS: &[&str] = &[
    "acknowledge_kept",
    "acknowledge_broken",
    "acknowledge_open",
    "acknowledge_late",
    "acknowledge_unset",
    "supplement_once_kept",
    "supplement_once_broken",
    "supplement_once_open",
    "supplement_once_late",
    "supplement_once_unset",
    "digitise_kept",
    "digitise_broken",
    "digitise_open",
    "digitise_late",
    "digitise_unset",
    "same_day_kept",
    "same_day_broken",
    "same_day_open",
    "same_day_late",
    "same_day_unset",
    "steps_kept",
    "steps_broken",
    "steps_open",
    "steps_late",
    "steps_unset",
    "hand_over_kept",
    "hand_over_broken",
    "hand_over_open",
    "hand_over_late",
    "hand_over_unset",
    "apology_kept",
    "apology_broken",
    "apology_open",
    "apology_late",
    "apology_unset",
    "collect_kept",
    "collect_broken",
    "collect_open",
    "collect_late",
    "collect_unset",
    "reason_kept",
    "reason_broken",
    "reason_open",
    "reason_late",
    "reason_unset",
    "mean_acknowledge_hours",
    "mean_hand_over_hours",
    "paper_in_transit",
];

const STANDINGS: usize = 5;

/// What a group's duties add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DutyFigures {
    counts: [[u64; STANDINGS]; Duty::ALL.len()],
    acknowledged: Sum,
    handed_over: Sum,
    /// Handed over with paper and not taken.
    pub paper_in_transit: u64,
}

impl DutyFigures {
    /// Adds a duty as it stands at the end of a span.
    pub fn add(&mut self, asked: &Asked, from: EventTime, to: EventTime) {
        let counted_at = match asked.duty {
            Duty::Collect => Some(asked.since),
            _ => asked.done,
        };
        if counted_at.is_some_and(|t| t < from || t >= to) {
            return;
        }
        self.counts[asked.duty as usize][asked.standing as usize] += 1;
        let sum = match asked.duty {
            Duty::Acknowledge => &mut self.acknowledged,
            Duty::HandOver => &mut self.handed_over,
            _ => return,
        };
        if let Some(us) = asked.worked {
            sum.add(Sum { n: 1, us });
        }
        let is_on_its_way = asked.duty == Duty::HandOver && asked.done.is_none();
        self.paper_in_transit += u64::from(is_on_its_way && asked.paper == Some(true));
    }

    /// How many of a duty stand so.
    pub const fn count(&self, duty: Duty, standing: Standing) -> u64 {
        self.counts[duty as usize][standing as usize]
    }

    fn row(&self, key: String) -> Row {
        let counts = self.counts.iter().flatten();
        let mut figures: Vec<_> = counts.map(|count| (*count).into()).collect();
        let hours = |sum: Sum| sum.mean().map(|s| s / 3600.0);
        figures.push(hours(self.acknowledged).into());
        figures.push(hours(self.handed_over).into());
        figures.push(self.paper_in_transit.into());
        Row { key, figures }
    }
}

/// An answer in the making.
pub(super) struct Answer<'a> {
    question: &'a Question,
    registry: &'a Registry,
    rules: &'a Rules,
    groups: Groups<DutyFigures>,
}

impl<'a> Answer<'a> {
    pub(super) fn new(question: &'a Question, registry: &'a Registry, rules: &'a Rules) -> Self {
        Self {
            question,
            registry,
            rules,
            groups: Groups::of(question),
        }
    }

    pub(super) fn add(&mut self, dossier: &Dossier) {
        let to = self.question.to;
        let state = dossier.at(to, self.rules);
        self.add_asked(&state, &dossier.duties(&state, to, self.rules));
    }

    /// Adds what is asked of a dossier as it is at the end of the span.
    pub(super) fn add_asked(&mut self, state: &DossierState<'_>, asked: &[Asked]) {
        let (from, to) = (self.question.from, self.question.to);
        let site = state.filing.map(|filing| &*filing.site);
        for one in asked {
            let agency = one.of.as_deref().or(state.filing.map(|f| &*f.agency));
            if !self.question.within.has(site, agency) {
                continue;
            }
            // A step or a handing over is the holder's, and what else is asked the competent agency's.
            let holder = one
                .of
                .as_deref()
                .filter(|_| self.question.by == Some(By::Agency));
            let key =
                holder.or_else(|| key_of_filing(self.question.by, state.filing, self.registry));
            if let Some(key) = key {
                self.groups.add(key, |group| group.add(one, from, to));
            }
        }
    }

    pub(super) fn table(self) -> Table {
        self.groups.table(COLUMNS, DutyFigures::row)
    }
}

/// The answer to a question about duties, from the live state.
pub(super) fn table(
    state: &State,
    registry: &Registry,
    rules: &Rules,
    question: &Question,
) -> Table {
    let mut answer = Answer::new(question, registry, rules);
    for dossier in state.dossiers.values() {
        answer.add(dossier);
    }
    answer.table()
}
