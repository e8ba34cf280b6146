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

use ingest::event::EventTime;

use super::Question;
use super::group::{Bucket, Groups, buckets, key_of_filing};
use super::table::{Row, Table};
use super::visits::Sum;
use crate::live::State;
use crate::live::dossier::{Dossier, DossierState, Stage};
use crate::registry::Registry;
use crate::rules::Rules;

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
    "resolved_early",
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
    /// Working time of those settled in the span.
    pub worked: Sum,
    /// Settled in the span on a day before that of the due date (*trước hạn*).
    pub resolved_early: u64,
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
                let is_early = d.due.is_some_and(|due| at.day() < due.day());
                self.resolved_early += u64::from(is_early);
                self.digitised_before += u64::from(d.digitised.is_some_and(|t| t <= at));
                if let Some(worked) = d.worked {
                    self.worked.add(Sum { n: 1, us: worked });
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
            self.worked.mean().map(|s| s / 3600.0).into(),
            self.resolved_early.into(),
        ];
        Row { key, figures }
    }
}

/// The answer to a question about dossiers in the making: it is shown each that may count.
pub(super) struct Answer<'a> {
    question: &'a Question,
    registry: &'a Registry,
    rules: &'a Rules,
    /// The pieces of the span by time; none where it is not grouped so.
    pieces: Vec<Bucket>,
    groups: Groups<DossierFigures>,
}

impl<'a> Answer<'a> {
    pub(super) fn new(question: &'a Question, registry: &'a Registry, rules: &'a Rules) -> Self {
        let by_time = question.by.filter(|by| by.bucket_us().is_some());
        let pieces = by_time.map_or_else(Vec::new, |by| buckets(by, question.from, question.to));
        Self {
            question,
            registry,
            rules,
            pieces,
            groups: Groups::of(question),
        }
    }

    pub(super) fn add(&mut self, dossier: &Dossier) {
        if self.pieces.is_empty() {
            return self.add_by_key(dossier);
        }
        for piece in &self.pieces[touched(dossier, &self.pieces)] {
            let d = dossier.at(piece.end, self.rules);
            if !self.question.within.has_filing(d.filing) {
                continue;
            }
            self.groups
                .add(&piece.key, |group| group.add(&d, piece.start, piece.end));
        }
    }

    fn add_by_key(&mut self, dossier: &Dossier) {
        self.add_state(&dossier.at(self.question.to, self.rules));
    }

    /// Adds a dossier as it is at the end of the span, where the question is not by time.
    pub(super) fn add_state(&mut self, d: &DossierState<'_>) {
        if !self.question.within.has_filing(d.filing) {
            return;
        }
        let key = key_of_filing(self.question.by, d.filing, self.registry);
        if let Some(key) = key {
            let (from, to) = (self.question.from, self.question.to);
            self.groups.add(key, |group| group.add(d, from, to));
        }
    }

    pub(super) fn table(self) -> Table {
        self.groups.table(COLUMNS, DossierFigures::row)
    }
}

/// The answer to a question about dossiers, from the live state.
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

/// The pieces in which a dossier can count: from its first event to its end, or to the last piece while
/// it has none.
fn touched(dossier: &Dossier, pieces: &[Bucket]) -> std::ops::Range<usize> {
    let marks = dossier.marks.all();
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
        return 0..0;
    };
    let ended = marks.iter().any(|mark| mark.what.is_end());
    let begin = pieces.partition_point(|p| p.end <= first.time);
    let end = if ended {
        pieces.partition_point(|p| p.start <= last.time)
    } else {
        pieces.len()
    };
    begin..end.max(begin)
}
