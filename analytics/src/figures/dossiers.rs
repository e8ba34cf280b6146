//! Dossiers against their due dates.
//!
//! In a span `[from, to)` a dossier is compared at `to`, from events timed before it. `total` is what was
//! settled in the span and what is accepted and still open at `to`; it splits into early or on time,
//! overdue, in progress in time and in progress overdue, and the four always add up to it (the partition
//! of *Bảng 01*). An open dossier without a due date counts as in time and in `no_due_date`; a settled
//! one without a due date as on time. `…_by_date` compares calendar dates instead of instants. Events that
//! stand beside — submitted, accepted, refused, withdrawn, stopped — count in the span in which they
//! happened.
//!
//! By hour, day or week, a row is the answer for that piece of the span: settlements belong to the time of
//! their `resolved`, and what is in progress is what is so at the piece's end.

use std::collections::HashMap;

use ingest::event::EventTime;

use super::Question;
use super::group::{Bucket, By, buckets};
use super::stats::Sample;
use super::table::{Row, Table};
use crate::calendar::{self, Calendar};
use crate::live::State;
use crate::live::dossier::{Dossier, DossierState, Stage};
use crate::registry::Registry;

/// The figures' names, in order.
pub const COLUMNS: &[&str] = &[
    "submitted",
    "accepted",
    "refused",
    "withdrawn",
    "stopped",
    "awaiting_acceptance",
    "total",
    "resolved",
    "resolved_early_or_on_time",
    "resolved_overdue",
    "in_progress_in_time",
    "in_progress_overdue",
    "no_due_date",
    "resolved_early_or_on_time_by_date",
    "resolved_overdue_by_date",
    "in_progress_in_time_by_date",
    "in_progress_overdue_by_date",
    "supplement_twice",
    "digitised_before",
    "mean_working_hours",
];

/// What a group of dossiers adds up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DossierFigures {
    /// Filed in the span.
    pub submitted: u64,
    /// Validly received in the span.
    pub accepted: u64,
    /// Refused in the span.
    pub refused: u64,
    /// Withdrawn in the span.
    pub withdrawn: u64,
    /// Stopped in the span.
    pub stopped: u64,
    /// Filed and not yet received at its end.
    pub awaiting_acceptance: u64,
    /// Settled in the span, not after the due instant.
    pub resolved_on_time: u64,
    /// Settled in the span, after it.
    pub resolved_overdue: u64,
    /// Open at the end of the span, not past due.
    pub open_in_time: u64,
    /// Open at the end of the span, past due.
    pub open_overdue: u64,
    /// Open without a due date.
    pub no_due_date: u64,
    /// The same four by calendar date.
    pub by_date: [u64; 4],
    /// Second request for supplement in the span.
    pub supplement_twice: u64,
    /// Settled in the span and digitised by then.
    pub digitised_before: u64,
    /// Working hours of those settled in the span.
    pub working_hours: Sample,
}

impl DossierFigures {
    /// Adds a dossier as it is at `to`.
    pub fn add(&mut self, d: &DossierState<'_>, from: EventTime, to: EventTime) {
        let within = |t: Option<EventTime>| t.is_some_and(|t| from <= t && t < to);
        let ended = within(d.ended);
        self.submitted += u64::from(within(d.submitted));
        self.accepted += u64::from(within(d.accepted));
        self.supplement_twice += u64::from(within(d.second_request));
        match d.stage {
            Stage::AwaitingAcceptance => {
                self.awaiting_acceptance += u64::from(d.submitted.is_some());
            }
            Stage::Refused => self.refused += u64::from(ended),
            Stage::Withdrawn => self.withdrawn += u64::from(ended),
            Stage::Stopped => self.stopped += u64::from(ended),
            Stage::Open => {
                let late = d.due.is_some_and(|due| to > due);
                let late_by_date = d.due.is_some_and(|due| to.day() > due.day());
                self.open_in_time += u64::from(!late);
                self.open_overdue += u64::from(late);
                self.by_date[2 + usize::from(late_by_date)] += 1;
                self.no_due_date += u64::from(d.due.is_none());
            }
            Stage::Resolved if ended => {
                let at = d.ended.unwrap_or(to);
                let late = d.due.is_some_and(|due| at > due);
                let late_by_date = d.due.is_some_and(|due| at.day() > due.day());
                self.resolved_on_time += u64::from(!late);
                self.resolved_overdue += u64::from(late);
                self.by_date[usize::from(late_by_date)] += 1;
                self.digitised_before += u64::from(d.digitised.is_some_and(|t| t <= at));
                if let Some(worked) = d.worked {
                    self.working_hours.push(calendar::hours(worked));
                }
            }
            Stage::Resolved => {}
        }
    }

    /// Settled in the span.
    pub const fn resolved(&self) -> u64 {
        self.resolved_on_time + self.resolved_overdue
    }

    /// Accepted and open at the end of the span.
    pub const fn in_progress(&self) -> u64 {
        self.open_in_time + self.open_overdue
    }

    /// True when nothing in the group counts.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn row(&self, key: String) -> Row {
        let figures = vec![
            self.submitted.into(),
            self.accepted.into(),
            self.refused.into(),
            self.withdrawn.into(),
            self.stopped.into(),
            self.awaiting_acceptance.into(),
            (self.resolved() + self.in_progress()).into(),
            self.resolved().into(),
            self.resolved_on_time.into(),
            self.resolved_overdue.into(),
            self.open_in_time.into(),
            self.open_overdue.into(),
            self.no_due_date.into(),
            self.by_date[0].into(),
            self.by_date[1].into(),
            self.by_date[2].into(),
            self.by_date[3].into(),
            self.supplement_twice.into(),
            self.digitised_before.into(),
            self.working_hours.mean().into(),
        ];
        Row { key, figures }
    }
}

/// The answer to a question about dossiers.
pub(super) fn table(
    state: &State,
    registry: &Registry,
    calendar: &Calendar,
    question: &Question,
) -> Table {
    let groups = match question.by {
        Some(by) if by.bucket_us().is_some() => by_time(state, calendar, question, by),
        by => by_key(state, registry, calendar, question, by),
    };
    let rows = groups
        .into_iter()
        .filter(|(_, figures)| question.by.is_none() || !figures.is_empty())
        .map(|(key, figures)| figures.row(key))
        .collect();
    Table::new(COLUMNS, rows)
}

fn by_key(
    state: &State,
    registry: &Registry,
    calendar: &Calendar,
    question: &Question,
    by: Option<By>,
) -> HashMap<String, DossierFigures> {
    let mut groups: HashMap<String, DossierFigures> = HashMap::new();
    if by.is_none() {
        groups.insert(String::new(), DossierFigures::default());
    }
    for dossier in state.dossiers.values() {
        let d = dossier.at(question.to, calendar);
        let key = match by {
            None => Some(String::new()),
            Some(By::Site) => d.filing.map(|f| f.site.to_string()),
            Some(By::Unit) => d.filing.map(|f| registry.unit_of(&f.site).to_owned()),
            Some(By::Agency) => d.filing.map(|f| f.agency.to_string()),
            Some(By::Field) => d.filing.map(|f| f.field.to_string()),
            Some(_) => None,
        };
        if let Some(key) = key {
            groups
                .entry(key)
                .or_default()
                .add(&d, question.from, question.to);
        }
    }
    groups
}

fn by_time(
    state: &State,
    calendar: &Calendar,
    question: &Question,
    by: By,
) -> HashMap<String, DossierFigures> {
    let pieces = buckets(by, question.from, question.to);
    let mut figures = vec![DossierFigures::default(); pieces.len()];
    for dossier in state.dossiers.values() {
        for i in touched(dossier, &pieces) {
            let piece = &pieces[i];
            figures[i].add(&dossier.at(piece.end, calendar), piece.start, piece.end);
        }
    }
    pieces
        .into_iter()
        .map(|piece| piece.key)
        .zip(figures)
        .collect()
}

/// The pieces in which a dossier can count: from its first event to its end, or to the last piece while
/// it has none.
fn touched(dossier: &Dossier, pieces: &[Bucket]) -> std::ops::Range<usize> {
    use crate::live::dossier::DossierEvent as E;
    let marks = dossier.marks.all();
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
        return 0..0;
    };
    let ended = marks
        .iter()
        .any(|m| matches!(m.what, E::Resolved | E::Refused | E::Withdrawn | E::Stopped));
    let begin = pieces.partition_point(|p| p.end <= first.time);
    let end = if ended {
        pieces.partition_point(|p| p.start <= last.time)
    } else {
        pieces.len()
    };
    begin..end.max(begin)
}
