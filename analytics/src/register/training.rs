//! Training: how many of a unit's staff have attended a subject, against all of them.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use serde::Serialize;

use crate::live::TrainingReport;
use crate::mark::Marks;
use crate::names::Name;

/// A unit's training in a subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The unit.
    pub unit: Name,
    /// The subject.
    pub subject: Name,
    /// Trained so far.
    pub count: u32,
    /// Of how many, where that was ever said.
    pub of: Option<u32>,
    /// The share; no more than whole, and `None` where it is not known of how many.
    pub share: Option<f64>,
    /// Of when it is.
    pub told_at: EventTime,
    /// The subject's deadline has passed and not all are trained.
    pub is_overdue: bool,
}

/// A subject over all units.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Subject {
    /// Units that have reported.
    pub units: usize,
    /// Units in which all are trained.
    pub complete: usize,
    /// Trained in units of which it is known of how many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The deadline, where one is set.
    pub due: Option<EventTime>,
}

/// All reports at an instant, with the subjects; `due` gives a subject's deadline.
pub fn rows(
    reported: &BTreeMap<(Name, Name), Marks<TrainingReport>>,
    due: impl Fn(&str) -> Option<EventTime>,
    now: EventTime,
) -> (Vec<Row>, BTreeMap<Name, Subject>) {
    let mut rows = Vec::new();
    let mut subjects: BTreeMap<Name, Subject> = BTreeMap::new();
    for ((unit, subject), marks) in reported {
        let told = marks.until(now);
        let Some(last) = told.last() else { continue };
        let of = told
            .iter()
            .rev()
            .find_map(|mark| mark.what.of)
            .filter(|of| *of > 0);
        let share = of.map(|of| (f64::from(last.what.count) / f64::from(of)).min(1.0));
        let due = due(subject);
        let is_whole = share.is_some_and(|share| share >= 1.0);
        let sum = subjects.entry(subject.clone()).or_default();
        sum.units += 1;
        sum.complete += usize::from(is_whole);
        sum.due = due;
        if let Some(of) = of {
            sum.count += u64::from(last.what.count.min(of));
            sum.of += u64::from(of);
        }
        rows.push(Row {
            unit: unit.clone(),
            subject: subject.clone(),
            count: last.what.count,
            of,
            share,
            told_at: last.time,
            is_overdue: !is_whole && due.is_some_and(|due| now > due),
        });
    }
    (rows, subjects)
}
