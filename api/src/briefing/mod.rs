//! The briefing as the program makes it: its inputs gathered from the state and the stores ([`gather`]), and its forms
//! ([`forms`]).
//!
//! Everything is asked as over HTTP: figures of [`crate::answers`], cases of [`crate::survey`], alerts of the desk's log. The
//! span, the one before and the cases are asked side by side, since each waits for the store.

pub mod forms;
pub mod printing;

use std::collections::BTreeMap;
use std::thread;

use analytics::briefing::model::Briefing;
use analytics::briefing::span::{NotBegun, Part, Span, Spans};
use analytics::briefing::tables::{ASKED, ASKED_OF_LAST_YEAR, Tables};
use analytics::briefing::targets::{TargetError, Targets};
use analytics::briefing::{IndexInput, Inputs, TrainingInput, brief};
use analytics::coverage::Summary;
use analytics::figures::group::By;
use analytics::figures::{Family, Question};
use analytics::index::definition::Version;
use analytics::index::score::Scored;
use analytics::index::tally::{Asked, Index, Part as OfIndex};
use analytics::integrity::quality::{Found, Quality};
use analytics::live::dossier::{Dossier, DossierEvent};
use analytics::live::petition::Petition;
use analytics::names::Name;
use analytics::register::{tasks, training};
use analytics::view::unsettled;
use compact_str::CompactString;
use ingest::event::EventTime;

use crate::answers::AnswerError;
use crate::core::Core;
use crate::http::index::{entered_values, value_key};
use crate::http::registers::{mobile_sites, plan, progresses, sessions_between, subjects_due};
use crate::survey::Surveyor;

/// Why there is no briefing.
#[derive(Debug, thiserror::Error)]
pub enum BriefingError {
    /// The span has not begun.
    #[error(transparent)]
    NotBegun(#[from] NotBegun),
    /// Its figures cannot be had.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The targets that ship are wrong.
    #[error(transparent)]
    Targets(#[from] TargetError),
    /// What points did on past days cannot be read.
    #[error("the points' past days cannot be read: {0}")]
    Days(String),
    /// A thread of the gathering came to an end.
    #[error("the briefing could not be gathered; the log says why")]
    Broken,
}

/// The cases of a span.
struct Cases {
    index: Vec<Scored>,
    odd: Option<Found>,
    /// When dossiers were filed at mobile and community points.
    filed: BTreeMap<Name, Vec<EventTime>>,
}

/// Shown each case once, for all who ask about cases.
struct All<'a> {
    index: Index<'a>,
    odd: Option<Quality<'a>>,
    span: &'a Part,
    mobile: &'a std::collections::BTreeSet<Name>,
    filed: BTreeMap<Name, Vec<EventTime>>,
}

impl Surveyor for All<'_> {
    fn rating(&mut self, dossier: &str, score: u8) {
        self.index.rating(dossier, score);
    }

    fn petitions(&mut self, petitions: &[(CompactString, Petition)]) {
        self.index.petitions(petitions);
    }

    fn dossier(&mut self, code: &str, dossier: &Dossier) {
        self.index.dossier(code, dossier);
        let Some(odd) = &mut self.odd else { return };
        odd.add(code, dossier);
        for mark in dossier.marks.before(self.span.to) {
            if let DossierEvent::Submitted(filing) = &mark.what
                && mark.time >= self.span.from
                && self.mobile.contains(&filing.site)
            {
                let times = self.filed.entry(filing.site.clone()).or_default();
                times.push(mark.time);
            }
        }
    }
}

/// The briefing of a span; `coverage` is of the points as they are. It may wait for the disk or the network: call it where that
/// is allowed.
pub fn gather(
    core: &Core,
    span: Span,
    coverage: Option<&Summary>,
) -> Result<Briefing, BriefingError> {
    let targets = Targets::shipped()?;
    let now = core.now(&core.state.read());
    let spans = Spans::at(span, now)?;
    let version = core.index.on(spans.now.from.day());
    let mobile = mobile_sites(core);
    let ask = |part: Option<&Part>, asked: &[(Family, Option<By>)]| {
        part.map(|part| tables(core, part, asked, now)).transpose()
    };
    let end = span.end().start();
    let survey = |part: Option<&Part>, period_end: EventTime, is_whole: bool| {
        part.map(|part| cases(core, version, part, period_end, is_whole.then_some(&mobile)))
            .transpose()
    };
    let gathered = thread::scope(|scope| {
        let figures = scope.spawn(|| ask(Some(&spans.now), ASKED));
        let before = scope.spawn(|| -> Result<_, AnswerError> {
            let previous = ask(spans.previous.as_ref(), ASKED)?;
            Ok((previous, ask(spans.last_year.as_ref(), ASKED_OF_LAST_YEAR)?))
        });
        let surveyed = || -> Result<_, AnswerError> {
            let cases = survey(Some(&spans.now), end, true)?;
            let previous_end = spans.now.from;
            Ok((cases, survey(spans.previous.as_ref(), previous_end, false)?))
        };
        let surveyed = surveyed();
        Ok::<_, BriefingError>((
            figures.join().map_err(|_| BriefingError::Broken)??,
            before.join().map_err(|_| BriefingError::Broken)??,
            surveyed?,
        ))
    })?;
    let (figures, (previous, last_year), (cases, cases_before)) = gathered;
    let figures = figures.unwrap_or_default();
    let filed = cases.as_ref().map(|cases| &cases.filed);
    let sessions = sessions_between(
        core,
        (spans.now.from, spans.now.to),
        filed.unwrap_or(&BTreeMap::new()),
        now,
    )
    .map_err(|e| BriefingError::Days(format!("{e:#}")))?;

    // As it stood at the end of the span.
    let at = EventTime(spans.now.to.0 - 1).min(now);
    let dues = subjects_due(core);
    let progress = progresses(core);
    let plan = plan(core);
    let state = core.state.read();
    let tasks = tasks::rows(&plan, &state.lasting.tasks, &progress, at);
    let due = |subject: &str| dues.get(subject).copied();
    let (rows, subjects) = training::rows(&state.lasting.training, due, at);
    let provisional = unsettled(&state, &core.rules, (spans.now.from, spans.now.to), now);
    drop(state);

    Ok(brief(&Inputs {
        spans: &spans,
        simulated: core.is_simulated(),
        registry: &core.registry,
        rules: &core.rules,
        targets: &targets,
        now: &figures,
        previous: previous.as_ref(),
        last_year: last_year.as_ref(),
        index: cases.as_ref().map(|cases| IndexInput {
            version,
            now: &cases.index,
            previous: cases_before.as_ref().map(|cases| &*cases.index),
        }),
        coverage,
        sessions: &sessions,
        tasks: &tasks,
        training: TrainingInput {
            rows: &rows,
            subjects: &subjects,
        },
        provisional: &provisional,
        odd: cases.as_ref().and_then(|cases| cases.odd.as_ref()),
    }))
}

/// The figures of a part of a span.
fn tables(
    core: &Core,
    part: &Part,
    asked: &[(Family, Option<By>)],
    as_of: EventTime,
) -> Result<Tables, AnswerError> {
    let mut tables = Tables::default();
    for (family, by) in asked {
        let question = Question {
            family: *family,
            from: part.from,
            to: part.to,
            as_of,
            by: *by,
            all: false,
        };
        tables.take(*family, *by, &core.answer(&question)?);
    }
    Ok(tables)
}

/// The cases of a part of a span: its index, and with `mobile` points also odd histories and what was filed there.
fn cases(
    core: &Core,
    version: &Version,
    part: &Part,
    period_end: EventTime,
    mobile: Option<&std::collections::BTreeSet<Name>>,
) -> Result<Cases, AnswerError> {
    let asked = Asked {
        version,
        from: part.from,
        to: part.to,
        period_end,
        part: OfIndex::City,
        losses: None,
    };
    let nothing = std::collections::BTreeSet::new();
    let mut all = All {
        index: Index::new(asked, &core.rules, &core.registry),
        odd: mobile.map(|_| Quality::new(&core.rules, &core.registry, part.from, part.to)),
        span: part,
        mobile: mobile.unwrap_or(&nothing),
        filed: BTreeMap::new(),
    };
    core.survey(part.from, part.to, &mut all)?;
    let entered = entered_values(core, &part.name);
    let (parts, _) = all.index.finish(|key, indicator| {
        let key = value_key(&part.name, &indicator.code, "city", key);
        entered.get(&key).copied()
    });
    let city = parts.into_iter().next();
    Ok(Cases {
        index: city.map_or_else(Vec::new, |city| city.indicators),
        odd: all.odd.map(Quality::finish),
        filed: all.filed,
    })
}
