//! Dossiers in a list: what is asked for, and one as a row.

use ingest::event::EventTime;
use ingest::event::types::DossierChannel;
use serde::Serialize;

use crate::calendar::hours;
use crate::live::dossier::{Dossier, Stage};
use crate::names::Name;
use crate::rules::Rules;

/// What a list is asked for; what is not given does not matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wanted {
    /// Part of the code, in capitals and without spaces.
    pub code: String,
    /// Stages; none are all.
    pub stages: Vec<Stage>,
    /// Past due at the instant asked about, or settled so.
    pub overdue: Option<bool>,
    /// The clock stands.
    pub paused: Option<bool>,
    /// It has a due date.
    pub has_due: Option<bool>,
    /// The competent agency.
    pub agency: Option<String>,
    /// Who has it in hand.
    pub holder: Option<String>,
    /// The receiving point.
    pub site: Option<String>,
    /// The field.
    pub field: Option<String>,
    /// The procedure, compared as the national codes are.
    pub procedure: Option<String>,
    /// How it was filed.
    pub channel: Option<DossierChannel>,
    /// Due from then on, and before then.
    pub due: [Option<EventTime>; 2],
    /// Filed from then on, and before then.
    pub filed: [Option<EventTime>; 2],
}

/// A dossier as a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Its code.
    pub dossier: String,
    /// The procedure.
    pub procedure: Option<Name>,
    /// The field.
    pub field: Option<Name>,
    /// The receiving point.
    pub site: Option<Name>,
    /// The competent agency.
    pub agency: Option<Name>,
    /// Who has it in hand.
    pub holder: Option<Name>,
    /// How it was filed.
    pub channel: Option<DossierChannel>,
    /// How far it has come.
    pub stage: &'static str,
    /// When it was filed.
    pub submitted: Option<EventTime>,
    /// When it was validly received.
    pub accepted: Option<EventTime>,
    /// Its due date, as stopped spans have moved it.
    pub due: Option<EventTime>,
    /// The due date is computed, and not a receipt's.
    pub due_is_computed: bool,
    /// When it ended.
    pub ended: Option<EventTime>,
    /// Past due; `None` where it has no due date, or is neither open nor settled.
    pub overdue: Option<bool>,
    /// The clock stands.
    pub paused: bool,
    /// Working hours of its settlement.
    pub working_hours: Option<f64>,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The sooner due first; those without a due date last.
    #[default]
    Due,
    /// The later filed first.
    Filed,
    /// The later ended first.
    Ended,
    /// By code.
    Code,
}

impl Order {
    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "due" => Self::Due,
            "filed" => Self::Filed,
            "ended" => Self::Ended,
            "code" => Self::Code,
            _ => return None,
        })
    }
}

/// A typed code as codes are compared: without spaces, in capitals.
pub fn typed_code(text: &str) -> String {
    let letters = text.chars().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_uppercase).collect()
}

fn is_wanted(wanted: Option<&String>, found: Option<&Name>) -> bool {
    wanted.is_none_or(|wanted| found.is_some_and(|found| **found == **wanted))
}

fn is_within(span: [Option<EventTime>; 2], t: Option<EventTime>) -> bool {
    if span == [None, None] {
        return true;
    }
    t.is_some_and(|t| span[0].is_none_or(|from| from <= t) && span[1].is_none_or(|to| t < to))
}

/// A dossier's row at an instant, where it is wanted.
pub fn row(
    code: &str,
    dossier: &Dossier,
    wanted: &Wanted,
    now: EventTime,
    rules: &Rules,
) -> Option<Row> {
    if !wanted.code.is_empty() && !typed_code(code).contains(&wanted.code) {
        return None;
    }
    let state = dossier.at(now, rules);
    if !wanted.stages.is_empty() && !wanted.stages.contains(&state.stage) {
        return None;
    }
    let filing = state.filing;
    let overdue = match state.stage {
        Stage::Open | Stage::Resolved => state.due.map(|_| state.is_overdue(now)),
        _ => None,
    };
    let is_procedure = wanted.procedure.as_ref().is_none_or(|wanted| {
        let comparable = crate::procedure::comparable;
        filing.is_some_and(|f| comparable(&f.procedure) == comparable(wanted))
    });
    let is_it = is_procedure
        && wanted
            .overdue
            .is_none_or(|wanted| overdue.unwrap_or(false) == wanted)
        && wanted.paused.is_none_or(|wanted| state.paused == wanted)
        && wanted
            .has_due
            .is_none_or(|wanted| state.due.is_some() == wanted)
        && is_wanted(wanted.agency.as_ref(), filing.map(|f| &f.agency))
        && is_wanted(wanted.site.as_ref(), filing.map(|f| &f.site))
        && is_wanted(wanted.field.as_ref(), filing.map(|f| &f.field))
        && is_wanted(wanted.holder.as_ref(), state.holder)
        && wanted
            .channel
            .is_none_or(|c| filing.is_some_and(|f| f.channel == Some(c)))
        && is_within(wanted.due, state.due)
        && is_within(wanted.filed, state.submitted);
    is_it.then(|| Row {
        dossier: code.to_owned(),
        procedure: filing.map(|f| f.procedure.clone()),
        field: filing.map(|f| f.field.clone()),
        site: filing.map(|f| f.site.clone()),
        agency: filing.map(|f| f.agency.clone()),
        holder: state.holder.cloned(),
        channel: filing.and_then(|f| f.channel),
        stage: state.stage.as_str(),
        submitted: state.submitted,
        accepted: state.accepted,
        due: state.due,
        due_is_computed: state.is_due_computed,
        ended: state.ended,
        overdue,
        paused: state.paused,
        working_hours: state.worked.map(hours),
    })
}

/// Puts rows in order; equal ones by code.
pub fn sort(rows: &mut [Row], order: Order) {
    const NEVER: EventTime = EventTime(i64::MAX);
    let later_first = |t: Option<EventTime>| std::cmp::Reverse(t);
    match order {
        Order::Code => rows.sort_unstable_by(|a, b| a.dossier.cmp(&b.dossier)),
        Order::Due => rows.sort_unstable_by(|a, b| {
            let key = |row: &Row| row.due.unwrap_or(NEVER);
            key(a).cmp(&key(b)).then_with(|| a.dossier.cmp(&b.dossier))
        }),
        Order::Filed => rows.sort_unstable_by(|a, b| {
            let by_time = later_first(a.submitted).cmp(&later_first(b.submitted));
            by_time.then_with(|| a.dossier.cmp(&b.dossier))
        }),
        Order::Ended => rows.sort_unstable_by(|a, b| {
            let by_time = later_first(a.ended).cmp(&later_first(b.ended));
            by_time.then_with(|| a.dossier.cmp(&b.dossier))
        }),
    }
}
