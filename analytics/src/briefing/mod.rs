//! The briefing: the figures of a week, a month or a quarter against what was promised, what changed and where, and three
//! things to decide.
//!
//! [`brief`] makes the [`model::Briefing`] of tables that the other modules give ([`Inputs`]); that is what programs read.
//! [`words`] makes a [`paper::Paper`] of it for people, in Vietnamese or English, of which the forms (PDF, DOCX, XLSX, HTML) are
//! made elsewhere. [`span`] says which spans there are and what they are compared with, [`tables`] which figures are asked for,
//! [`headlines`] what stands beside which target ([`targets`], data), [`decompose`] where a change lies, [`decisions`] which
//! rules propose what.
//!
//! Invariants: no figure is reckoned here that another module defines; what was not measured is `None`, and no zero stands for
//! it; the parts of a change and its rest are the change; no cause is named that the figures do not show; the same inputs give
//! the same briefing.

mod changes;
pub mod decisions;
pub mod decompose;
mod headlines;
pub mod model;
pub mod paper;
mod parts;
pub mod span;
pub mod tables;
pub mod targets;
pub mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::coverage::Summary;
use crate::index::definition::Version;
use crate::index::score::Scored;
use crate::integrity::quality::Found;
use crate::names::Name;
use crate::register::sessions::Session;
use crate::register::{tasks, training};
use crate::registry::Registry;
use crate::rules::Rules;
use crate::view::UnsettledDay;
use model::{Briefing, Warning};
use span::Spans;
use tables::Tables;
use targets::Targets;

/// The index of the span's cases and of the one before, by the same version.
#[derive(Debug, Clone, Copy)]
pub struct IndexInput<'a> {
    /// The version in force.
    pub version: &'a Version,
    /// Indicators of the span, in the version's order.
    pub now: &'a [Scored],
    /// Indicators of the span before.
    pub previous: Option<&'a [Scored]>,
}

/// Training as it stood at the end of the span.
#[derive(Debug, Clone, Copy)]
pub struct TrainingInput<'a> {
    /// By unit and subject.
    pub rows: &'a [training::Row],
    /// By subject.
    pub subjects: &'a BTreeMap<Name, training::Subject>,
}

/// What a briefing is made of.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The spans.
    pub spans: &'a Spans,
    /// The data are simulated.
    pub simulated: bool,
    /// The points.
    pub registry: &'a Registry,
    /// Calendars and agencies' names.
    pub rules: &'a Rules,
    /// What figures are held against.
    pub targets: &'a Targets,
    /// Figures of the span.
    pub now: &'a Tables,
    /// Figures of the span before.
    pub previous: Option<&'a Tables>,
    /// Figures of the same span of the year before.
    pub last_year: Option<&'a Tables>,
    /// The index.
    pub index: Option<IndexInput<'a>>,
    /// Who reaches a point.
    pub coverage: Option<&'a Summary>,
    /// Mobile and community points' sessions that began in the span.
    pub sessions: &'a [Session],
    /// Tasks as they stood at the end of the span.
    pub tasks: &'a [tasks::Row],
    /// Training at the same time.
    pub training: TrainingInput<'a>,
    /// Days of the span that are provisional.
    pub provisional: &'a [UnsettledDay],
    /// Odd histories of the span.
    pub odd: Option<&'a Found>,
}

/// The briefing of a span.
pub fn brief(inputs: &Inputs<'_>) -> Briefing {
    let spans = inputs.spans;
    let known = Inputs {
        previous: inputs.previous.filter(|tables| tables.has_anything()),
        last_year: inputs.last_year.filter(|tables| tables.has_anything()),
        ..*inputs
    };
    let inputs = &known;
    let mut briefing = Briefing {
        span: spans.span.to_string(),
        length: spans.span.length(),
        first: spans.span.first(),
        last: ingest::event::time::Day(spans.span.end().0 - 1),
        now: spans.now.clone(),
        previous: spans.previous.clone(),
        last_year: spans.last_year.clone(),
        is_over: spans.is_over,
        simulated: inputs.simulated,
        warnings: Vec::new(),
        decisions: Vec::new(),
        headlines: headlines::headlines(inputs),
        movements: changes::movements(inputs),
        waits_by_hour: changes::waits_by_hour(inputs),
        overdue: parts::overdue(inputs),
        index: parts::index(inputs),
        network: parts::network(inputs),
        unsatisfied: parts::unsatisfied(inputs),
        feedback: parts::feedback(inputs),
        tasks: parts::tasks(inputs),
        quality: parts::quality(inputs),
    };
    briefing.warnings = warnings(inputs, &briefing);
    briefing.decisions = decisions::propose(inputs, &briefing);
    briefing
}

fn warnings(inputs: &Inputs<'_>, briefing: &Briefing) -> Vec<Warning> {
    let has_anything = inputs.now.has_anything();
    let all = [
        (Warning::NoData, !has_anything),
        (Warning::NotOver, !briefing.is_over),
        (Warning::OnePoint, briefing.network.active == 1),
        (
            Warning::DaysWithoutData,
            has_anything && !briefing.quality.days_without_data.is_empty(),
        ),
        (
            Warning::PreviousIncomplete,
            !briefing.quality.days_without_data_before.is_empty(),
        ),
        (
            Warning::Provisional,
            !briefing.quality.provisional.is_empty(),
        ),
        (Warning::NoPrevious, inputs.previous.is_none()),
        (Warning::NoLastYear, inputs.last_year.is_none()),
    ];
    let told = all.into_iter().filter(|(_, holds)| *holds);
    told.map(|(warning, _)| warning).collect()
}
