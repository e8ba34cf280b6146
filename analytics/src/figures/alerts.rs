//! Figures of the alert desk: how many cases there were, and what became of them.
//!
//! A case belongs to the instant at which it was raised. Its figures are those of the case as the desk's log has it up to now,
//! so that a case that is closed a week later counts as closed. The quality of alerts ([`crate::desk::quality`]) takes its
//! counts, its median and its share of idle acknowledgements from here.

use super::Question;
use super::group::{By, Groups};
use super::stats::Sample;
use super::table::{Figure, Row, Table};
use crate::alerts::{Priority, Scope};
use crate::desk::Case;
use crate::registry::Registry;

/// The figures' names, in order.
pub const COLUMNS: &[&str] = &[
    "raised",
    "low",
    "medium",
    "high",
    "corrected",
    "escalated",
    "acknowledged",
    "median_acknowledge_s",
    "p90_acknowledge_s",
    "acknowledged_without_action",
    "without_action_share",
    "explained",
    "urged",
    "answered",
    "closed",
    "open",
];

/// What a group of cases adds up to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseFigures {
    /// Shown.
    pub raised: u64,
    /// Of them of low, medium and high priority.
    pub by_priority: [u64; 3],
    /// Late events said that they never stood.
    pub corrected: u64,
    /// Nobody took them in hand in time.
    pub escalated: u64,
    /// Seconds from shown to taken in hand, of those that were.
    pub waits: Sample,
    /// Taken in hand, and their condition gone or closed.
    pub acknowledged_and_gone: u64,
    /// Of those, nothing was explained, urged or given to anybody.
    pub idle: u64,
    /// With an explanation.
    pub explained: u64,
    /// With an urging.
    pub urged: u64,
    /// With an urging that was answered.
    pub answered: u64,
    /// Closed by now.
    pub closed: u64,
}

impl CaseFigures {
    /// Adds a case.
    pub fn add(&mut self, case: &Case) {
        self.raised += 1;
        let priority = Priority::ALL.iter().position(|p| *p == case.priority);
        if let Some(count) = priority.and_then(|at| self.by_priority.get_mut(at)) {
            *count += 1;
        }
        self.corrected += u64::from(case.corrected);
        self.escalated += u64::from(case.escalated_at.is_some());
        if let Some(taken) = case.acknowledged_at {
            self.waits.push(taken.seconds_since(case.raised_at));
        }
        let is_gone = case.returned_at.or(case.closed_at).is_some();
        let did_nothing =
            case.explanations.is_empty() && case.urges.is_empty() && case.assigned_to.is_none();
        let was_in_hand = case.acknowledged_at.is_some() && is_gone;
        self.acknowledged_and_gone += u64::from(was_in_hand);
        self.idle += u64::from(was_in_hand && did_nothing);
        self.explained += u64::from(!case.explanations.is_empty());
        self.urged += u64::from(!case.urges.is_empty());
        self.answered += u64::from(case.urges.iter().any(|urge| urge.answer.is_some()));
        self.closed += u64::from(!case.is_open());
    }

    /// The nearest-rank median and 90 % quantile of the time from shown to taken in hand, seconds.
    pub fn acknowledge_s(&self) -> [Option<f64>; 2] {
        self.waits.quantiles([0.5, 0.9])
    }

    /// The share without any action of those that were in hand and are gone.
    pub fn idle_share(&self) -> Option<f64> {
        let all = self.acknowledged_and_gone;
        (all > 0).then(|| self.idle as f64 / all as f64)
    }

    fn row(&self, key: String) -> Row {
        let [low, medium, high] = self.by_priority;
        let [median, p90] = self.acknowledge_s();
        let figures: [Figure; 16] = [
            self.raised.into(),
            low.into(),
            medium.into(),
            high.into(),
            self.corrected.into(),
            self.escalated.into(),
            (self.waits.len() as u64).into(),
            median.into(),
            p90.into(),
            self.idle.into(),
            self.idle_share().into(),
            self.explained.into(),
            self.urged.into(),
            self.answered.into(),
            self.closed.into(),
            (self.raised - self.closed).into(),
        ];
        Row {
            key,
            figures: figures.to_vec(),
        }
    }
}

/// The answer to a question about cases, from those of the desk's log.
pub fn table<'a>(
    cases: impl Iterator<Item = &'a Case>,
    registry: &Registry,
    question: &Question,
) -> Table {
    let mut groups: Groups<CaseFigures> = Groups::of(question);
    for case in cases.filter(|c| c.raised_at >= question.from && c.raised_at < question.to) {
        let subject = &case.key.subject;
        if !case.is_within(&question.within) {
            continue;
        }
        let is = |kind: Scope| (subject.kind == kind).then(|| subject.id.to_string());
        let key = match question.by {
            None => Some(String::new()),
            Some(By::Site) => is(Scope::Site),
            Some(By::Unit) => is(Scope::Site).map(|site| registry.unit_of(&site).to_owned()),
            Some(By::Agency) => is(Scope::Agency),
            Some(By::Group) => Some(case.key.group.clone()),
            Some(By::Rule) => Some(case.rule.clone()),
            Some(By::Priority) => Some(case.priority.as_str().to_owned()),
            Some(by) => by.bucket(case.raised_at).map(|bucket| bucket.key),
        };
        if let Some(key) = key {
            groups.add(&key, |group| group.add(case));
        }
    }
    groups.table(COLUMNS, CaseFigures::row)
}
