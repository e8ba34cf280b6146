//! A dossier's course against its allotted time.

use ingest::event::EventTime;

use crate::calendar::WorkingUs;
use crate::live::dossier::{Dossier, DossierEvent as E, Stage};
use crate::names::Name;
use crate::rules::Rules;

/// A dossier's course until an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// The procedure.
    pub procedure: Name,
    /// The competent agency.
    pub agency: Name,
    /// When it is due, as stopped spans have moved it.
    pub due: EventTime,
    /// Working time that it may take.
    pub allotted: WorkingUs,
    /// Working time used, to its end or to the instant.
    pub used: WorkingUs,
    /// Whether it was late, where that is known: settled, or past due.
    pub late: Option<bool>,
    /// It is open.
    pub is_open: bool,
    /// In whose hands or which step it was, from which used time on.
    pub steps: Vec<(WorkingUs, Name)>,
}

impl Course {
    /// Of a dossier at an instant; `None` where it has no due date or no filing, ended without settlement, or was
    /// due before it was received.
    pub fn of(dossier: &Dossier, instant: EventTime, rules: &Rules) -> Option<Self> {
        let state = dossier.at(instant, rules);
        let (filing, due) = (state.filing?, state.due?);
        if !matches!(state.stage, Stage::Open | Stage::Resolved) {
            return None;
        }
        let until = state.ended.unwrap_or(instant);
        let running = dossier.running(&state, until);
        let used_at = |t: EventTime| -> WorkingUs {
            let spans = running.iter();
            let within = spans.map(|(from, to)| state.calendar.between(*from, (*to).min(t)).max(0));
            within.sum()
        };
        let used = used_at(until);
        // What is left to the due date, or was overdrawn, makes the whole.
        let allotted = used + state.calendar.between(until, due);
        if allotted <= 0 {
            return None;
        }
        let mut steps = vec![(0, filing.agency.clone())];
        for mark in dossier.marks.until(until) {
            let step = match &mark.what {
                E::Transferred(to, more) | E::Taken(to, more) => {
                    let step = more.as_ref().and_then(|m| m.step.as_ref());
                    step.unwrap_or(to)
                }
                _ => continue,
            };
            if steps.last().is_some_and(|(_, last)| last != step) {
                steps.push((used_at(mark.time), step.clone()));
            }
        }
        let late = match state.stage {
            Stage::Resolved => Some(until > due),
            _ => (instant > due).then_some(true),
        };
        Some(Self {
            procedure: filing.procedure.clone(),
            agency: filing.agency.clone(),
            due,
            allotted,
            used,
            late,
            is_open: state.stage == Stage::Open,
            steps,
        })
    }

    /// The step in which it was with so much time used.
    pub fn step_at(&self, used: WorkingUs) -> &Name {
        let after = self.steps.partition_point(|(since, _)| *since <= used);
        &self.steps[after.saturating_sub(1)].1
    }

    /// The part of its time that it has used.
    pub fn part(&self) -> f64 {
        self.used as f64 / self.allotted as f64
    }
}
