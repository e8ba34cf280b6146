//! The briefing as the program makes it: its inputs gathered from the state and the stores ([`gather`]), and its forms
//! ([`forms`]).
//!
//! Everything is asked as over HTTP: figures of [`crate::answers`], cases of [`crate::survey`], alerts of the desk's log. Each
//! dossier is shown once for all that is asked about dossiers ([`Together`]), and the span and the one before are gone through
//! side by side.

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
use analytics::figures::together::Together;
use analytics::figures::within::Within;
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
    /// Figures of dossiers and duties.
    tables: Tables,
    index: Vec<Scored>,
    odd: Option<Found>,
    /// When dossiers were filed at mobile and community points.
    filed: BTreeMap<Name, Vec<EventTime>>,
}

/// Shown each case once, for all who ask about cases.
struct All<'a> {
    figures: Together<'a>,
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
        self.figures.add(dossier);
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
    let end = span.end().start();
    let (mut figures, mut previous, last_year, cases, cases_before) = thread::scope(|scope| {
        let survey = scope.spawn(|| cases(core, version, &spans.now, end, now, Some(&mobile)));
        let survey_before = scope.spawn(|| {
            let part = spans.previous.as_ref();
            part.map(|part| cases(core, version, part, part.to, now, None))
                .transpose()
        });
        let figures = tables(core, &spans.now, ASKED, false, now)?;
        let previous = spans.previous.as_ref();
        let previous = previous.map(|part| tables(core, part, ASKED, false, now));
        let last_year = spans.last_year.as_ref();
        let last_year = last_year.map(|part| tables(core, part, ASKED_OF_LAST_YEAR, true, now));
        Ok::<_, BriefingError>((
            figures,
            previous.transpose()?,
            last_year.transpose()?,
            survey.join().map_err(|_| BriefingError::Broken)??,
            survey_before.join().map_err(|_| BriefingError::Broken)??,
        ))
    })?;
    figures.add(cases.tables);
    if let (Some(previous), Some(before)) = (&mut previous, &cases_before) {
        previous.add(before.tables.clone());
    }
    let within = (spans.now.from, spans.now.to);
    let sessions = sessions_between(core, within, &cases.filed, now)
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
        index: Some(IndexInput {
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
        odd: cases.odd.as_ref(),
    }))
}

/// The questions about a part of a span.
fn questions(
    part: &Part,
    asked: &[(Family, Option<By>)],
    as_of: EventTime,
) -> impl Iterator<Item = Question> {
    asked.iter().map(move |(family, by)| Question {
        family: *family,
        from: part.from,
        to: part.to,
        as_of,
        by: *by,
        all: false,
        within: Within::ALL,
    })
}

/// Figures of dossiers and duties are made as the cases are shown.
const fn is_of_cases(family: Family) -> bool {
    matches!(family, Family::Dossiers | Family::Duties)
}

/// The figures of a part of a span, with or without those that are of its cases.
fn tables(
    core: &Core,
    part: &Part,
    asked: &[(Family, Option<By>)],
    with_cases: bool,
    as_of: EventTime,
) -> Result<Tables, AnswerError> {
    let mut tables = Tables::default();
    for question in questions(part, asked, as_of) {
        if with_cases || !is_of_cases(question.family) {
            tables.take(question.family, question.by, &core.answer(&question)?);
        }
    }
    Ok(tables)
}

/// The cases of a part of a span: their figures, their index, and with `mobile` points also odd histories and what was filed
/// there.
fn cases(
    core: &Core,
    version: &Version,
    part: &Part,
    period_end: EventTime,
    as_of: EventTime,
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
    let questions: Vec<Question> = questions(part, ASKED, as_of).collect();
    let nothing = std::collections::BTreeSet::new();
    let mut all = All {
        figures: Together::new(part.to, &questions, &core.registry, &core.rules),
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
    let mut tables = Tables::default();
    for (question, table) in all.figures.tables() {
        tables.take(question.family, question.by, &table);
    }
    Ok(Cases {
        tables,
        index: city.map_or_else(Vec::new, |city| city.indicators),
        odd: all.odd.map(Quality::finish),
        filed: all.filed,
    })
}
