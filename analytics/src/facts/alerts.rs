//! Rows of `alerts`: a case of the desk's log each.
//!
//! The log says what was shown and done, and follows arrival; so rows come of the cases that it folds to ([`crate::desk`]) and
//! not of the live state. A case that is told of again has the same key and replaces its row.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use ingest::event::time::Day;
use ingest::store::{Changes, Rows};

use super::builder::{Builder, Cell, maybe, text};
use super::table::ALERTS;
use crate::alerts::Scope;
use crate::desk::Case;
use crate::registry::Registry;

/// The rows of cases, by the day on which each was raised.
pub fn changes(cases: &[Case], registry: &Registry) -> Result<Changes, ArrowError> {
    let mut days: BTreeMap<Day, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        days.entry(case.raised_at.day()).or_default().push(case);
    }
    let made = days.into_iter().map(|(day, cases)| {
        let rows = rows(&cases, registry)?;
        Ok((day, rows))
    });
    Ok(Changes {
        table: ALERTS.stored(),
        days: made.collect::<Result<_, ArrowError>>()?,
    })
}

/// The rows of cases as one batch.
pub fn batch(cases: &[Case], registry: &Registry) -> Result<RecordBatch, ArrowError> {
    let cases: Vec<&Case> = cases.iter().collect();
    Ok(rows(&cases, registry)?.batch)
}

fn rows(cases: &[&Case], registry: &Registry) -> Result<Rows, ArrowError> {
    let mut out = Builder::with_capacity(&ALERTS, cases.len());
    for case in cases {
        row(case, registry, &mut out);
    }
    let rows = out.finish()?;
    Ok(Rows {
        // Numbers are in order, and names of cases as texts are not.
        are_in_order: false,
        ..rows
    })
}

fn row(case: &Case, registry: &Registry, out: &mut Builder) {
    let subject = &case.key.subject;
    let is = |kind: Scope| (subject.kind == kind).then_some(&*subject.id);
    let site = is(Scope::Site);
    let id = case.id();
    let named = case.reasons.iter().find(|reason| reason.rule == case.rule);
    let reason = named.or_else(|| case.reasons.first());
    let answered = case.urges.iter().filter(|urge| urge.answer.is_some());
    let count = |n: usize| Cell::Whole(n as i64);
    out.row([
        Cell::Date(case.raised_at.day()),
        text(&id),
        text(&case.key.group),
        text(&case.rule),
        text(case.priority.as_str()),
        text(case.owner.as_str()),
        text(subject.kind.as_str()),
        text(&*subject.id),
        text(site.unwrap_or_default()),
        maybe(site.map(|site| registry.unit_of(site)), Cell::Text),
        maybe(is(Scope::Agency), Cell::Text),
        text(case.state.as_str()),
        Cell::Flag(case.standing),
        Cell::Flag(case.corrected),
        Cell::Time(case.since),
        Cell::Time(case.raised_at),
        maybe(case.acknowledged_at, Cell::Time),
        maybe(case.returned_at, Cell::Time),
        maybe(case.closed_at, Cell::Time),
        maybe(case.escalated_at, Cell::Time),
        maybe(case.shelved_until, Cell::Time),
        Cell::Whole(i64::from(case.times)),
        count(case.members.len()),
        maybe(case.assigned_to.as_deref(), Cell::Text),
        maybe(case.acknowledged_by.as_deref(), Cell::Text),
        count(case.explanations.len()),
        count(case.urges.len()),
        count(answered.count()),
        maybe(reason.map(|r| r.value), Cell::Number),
        maybe(reason.map(|r| i64::from(r.sample)), Cell::Whole),
        maybe(reason.map(|r| r.limit), Cell::Number),
        maybe(reason.map(|r| r.unit.as_str()), Cell::Text),
    ]);
}
