//! Complaints and proposals (*phản ánh, kiến nghị*): those received, answered, and open, and how people found the answers.
//!
//! As with dossiers, one is compared at `to` from what happened before it: answered in `[from, to)` on time or late, open at
//! `to` in time or late. What people thought of an answer counts with the answer.

use super::Question;
use super::group::{By, Groups};
use super::table::{Row, Table};
use crate::live::State;
use crate::live::petition::{Petition, PetitionState};
use crate::registry::Registry;
use crate::rules::Rules;

/// The figures' names, in order.
pub const COLUMNS: &[&str] = &[
    "received",
    "forwarded",
    "explained",
    "total",
    "answered",
    "answered_on_time",
    "answered_late",
    "open_in_time",
    "open_late",
    "about_procedure",
    "about_staff",
    "judged",
    "unsatisfied",
    "repeated",
    "forwarded_on_time",
];

/// What a group of petitions adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PetitionFigures {
    /// Received in the span.
    pub received: u64,
    /// Forwarded first in it.
    pub forwarded: u64,
    /// Explained first in it.
    pub explained: u64,
    /// Answered in it, by the due date.
    pub on_time: u64,
    /// Answered in it, later.
    pub late: u64,
    /// Open at its end, in time.
    pub open_in_time: u64,
    /// Open at its end, past due.
    pub open_late: u64,
    /// Of those answered or open: about a procedure.
    pub about_procedure: u64,
    /// About staff.
    pub about_staff: u64,
    /// Answered in it, with a word on the answer.
    pub judged: u64,
    /// Of them unsatisfied.
    pub unsatisfied: u64,
    /// Received in it, saying another one again.
    pub repeated: u64,
    /// Of those forwarded first in it, within the limit.
    pub forwarded_on_time: u64,
}

impl PetitionFigures {
    /// Adds a petition as it is at the end of the span.
    pub fn add(&mut self, p: &PetitionState<'_>, question: &Question) {
        use ingest::event::types::About;
        let within = |t: Option<ingest::event::EventTime>| {
            t.is_some_and(|t| question.from <= t && t < question.to)
        };
        let is_new = within(p.received);
        self.received += u64::from(is_new);
        self.repeated += u64::from(is_new && p.repeat_of.is_some());
        self.forwarded += u64::from(within(p.forwarded));
        let in_time = p
            .forwarded
            .zip(p.forward_due)
            .is_some_and(|(t, due)| t <= due);
        self.forwarded_on_time += u64::from(within(p.forwarded) && in_time);
        self.explained += u64::from(within(p.explained));
        let late = p.is_overdue(question.to);
        match p.answered {
            None => {
                self.open_in_time += u64::from(!late);
                self.open_late += u64::from(late);
            }
            Some(_) if within(p.answered) => {
                self.on_time += u64::from(!late);
                self.late += u64::from(late);
                self.judged += u64::from(p.satisfied.is_some());
                self.unsatisfied += u64::from(p.satisfied == Some(false));
            }
            Some(_) => return,
        }
        self.about_procedure += u64::from(p.about == Some(About::Procedure));
        self.about_staff += u64::from(p.about == Some(About::Staff));
    }

    /// Answered in the span.
    pub const fn answered(&self) -> u64 {
        self.on_time + self.late
    }

    fn row(&self, key: String) -> Row {
        let total = self.answered() + self.open_in_time + self.open_late;
        let figures = [
            self.received,
            self.forwarded,
            self.explained,
            total,
            self.answered(),
            self.on_time,
            self.late,
            self.open_in_time,
            self.open_late,
            self.about_procedure,
            self.about_staff,
            self.judged,
            self.unsatisfied,
            self.repeated,
            self.forwarded_on_time,
        ];
        Row {
            key,
            figures: figures.map(Into::into).to_vec(),
        }
    }
}

/// An answer in the making.
pub(super) struct Answer<'a> {
    question: &'a Question,
    registry: &'a Registry,
    rules: &'a Rules,
    groups: Groups<PetitionFigures>,
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

    pub(super) fn add(&mut self, petition: &Petition) {
        let p = petition.at(self.question.to, self.rules);
        let (site, agency) = (p.site.map(|s| &**s), p.agency.map(|a| &**a));
        if p.received.is_none() || !self.question.within.has(site, agency) {
            return;
        }
        let key = match self.question.by {
            None => Some(""),
            Some(By::Site) => p.site.map(|s| &**s),
            Some(By::Unit) => p.site.map(|s| self.registry.unit_of(s)),
            Some(By::Agency) => p.agency.map(|a| &**a),
            Some(By::Field) => p.field.map(|f| &**f),
            Some(_) => None,
        };
        if let Some(key) = key {
            self.groups.add(key, |group| group.add(&p, self.question));
        }
    }

    pub(super) fn table(self) -> Table {
        self.groups.table(COLUMNS, PetitionFigures::row)
    }
}

/// The answer to a question about petitions, from the live state.
pub(super) fn table(
    state: &State,
    registry: &Registry,
    rules: &Rules,
    question: &Question,
) -> Table {
    let mut answer = Answer::new(question, registry, rules);
    for petition in state.petitions.values() {
        answer.add(petition);
    }
    answer.table()
}
