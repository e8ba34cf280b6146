//! A past span gone through again by given rules: what the desk would have shown, without anybody acting.
//!
//! [`replay`] goes through the days by one set of rules; [`Compared`] has what the rules in force and others would have shown,
//! each judged by the same yardstick. HTTP and the command `vonglau alerts` both answer with it.

use std::collections::BTreeMap;

use analytics::alerts::dossiers::{Found, Papers};
use analytics::alerts::watch::Points;
use analytics::alerts::{RuleSet, Scope, cause};
use analytics::desk::quality::{Quality, Worked, quality};
use analytics::desk::{Case, Desk};
use analytics::live::State;
use analytics::live::archive::{DONE_DAYS_STAY, Key};
use analytics::names::Name;
use ingest::event::EventTime;
use ingest::event::time::Day;
use serde_json::{Value, json};

use super::counted::counted;
use super::showing;
use crate::core::Core;
use crate::http::registers::Reported;

/// Seconds between two looks at the desk.
const STEP_S: i64 = 120;
/// Days that may be gone through at once.
pub const MAX_DAYS: i32 = 14;

/// Cases of an answer, at most.
const MOST: usize = 10_000;

/// What a span would have been by the rules in force, and by others.
#[derive(Debug)]
pub struct Compared {
    /// By the rules in force.
    pub now: Quality,
    /// By the others, where some are given.
    pub then: Option<Quality>,
    /// The cases by the others, or by those in force where none are given.
    pub cases: Vec<Case>,
    /// From which day on dossiers could be looked at.
    pub dossiers_from: Day,
}

impl Compared {
    /// Goes through a span by the rules in force, and by others.
    pub fn of(
        core: &Core,
        near: &BTreeMap<Name, Vec<Name>>,
        (set, other): (&RuleSet, Option<&RuleSet>),
        span: (EventTime, EventTime),
    ) -> anyhow::Result<Self> {
        let judged = |set: &RuleSet| -> anyhow::Result<(Replayed, Quality)> {
            let found = replay(core, set, near, span)?;
            let quality = quality(found.cases.iter(), span, found.worked, span.1);
            Ok((found, quality))
        };
        let (found, now) = judged(set)?;
        let then = other.map(judged).transpose()?;
        let dossiers_from = found.dossiers_from;
        let (cases, then) = match then {
            None => (found.cases, None),
            Some((found, quality)) => (found.cases, Some(quality)),
        };
        Ok(Self {
            now,
            then,
            cases,
            dossiers_from,
        })
    }

    /// As JSON (`docs/alerts.md`).
    pub fn json(&self, core: &Core) -> Value {
        let cases = self.cases.iter().take(MOST);
        let alerts: Vec<Value> = cases.map(|case| showing::case(core, case, None)).collect();
        json!({
            "now": self.now,
            "then": self.then,
            "dossiers_from": self.dossiers_from,
            "alerts": alerts,
        })
    }
}

/// What a replay found.
#[derive(Debug)]
pub struct Replayed {
    /// The cases that would have been raised.
    pub cases: Vec<Case>,
    /// From which day on dossiers could be looked at: those that ended earlier have left memory.
    pub dossiers_from: Day,
    /// The city's working hours.
    pub worked: Worked,
}

/// Goes through the days of a span.
pub fn replay(
    core: &Core,
    set: &RuleSet,
    near: &BTreeMap<Name, Vec<Name>>,
    (from, to): (EventTime, EventTime),
) -> anyhow::Result<Replayed> {
    let now = core.now(&core.state.read());
    let to = to.min(now);
    let dossiers_from = Day(now.day().0 - DONE_DAYS_STAY + 1);
    let (mut desk, mut hours) = (Desk::default(), Vec::new());
    let mut day = from.day();
    while day.start() < to {
        let end = day.end().min(to);
        let apart = day_apart(core, day)?;
        hours.push((day, worked(core, day, (from, end)), !apart.days.is_empty()));
        let rules = set.on(day);
        let mut points = Points::new(day, rules);
        let mut papers = Found::new();
        let mut at = day.start();
        while at < end {
            let is_first = at == day.start();
            at = at.plus_seconds(STEP_S).min(end);
            points.advance(&apart, &core.rules, near, at);
            let is_hour = (at.0 - day.start().0) % (3_600 * 1_000_000) == 0;
            if is_first || is_hour || at == end {
                papers = all_papers(core, &points, at, day >= dossiers_from);
            }
            let own = points.episodes().map(|(site, e)| (Scope::Site, site, e));
            let theirs = papers.iter().map(|(kind, id, e)| (*kind, id, e));
            let alerts = cause::alerts(own.chain(theirs), points.rules());
            for line in desk.observe(at, &alerts) {
                desk.take(&line);
            }
        }
        day = Day(day.0 + 1);
    }
    let cases = desk.cases().filter(|case| case.raised_at >= from);
    let cases: Vec<Case> = cases.cloned().collect();
    Ok(Replayed {
        worked: Worked::of(hours, cases.iter()),
        cases,
        dossiers_from,
    })
}

/// A state of one day's points, wherever they lie.
fn day_apart(core: &Core, day: Day) -> anyhow::Result<State> {
    let mut apart = State::default();
    apart.lasting.clone_from(&core.state.read().lasting);
    let sites: Vec<Name> = apart.lasting.places.keys().cloned().collect();
    for site in sites {
        if let Some(found) = core.site_day(&Key::SiteDay(day, site.clone()))? {
            apart.days.entry(day).or_default().insert(site, found);
        }
    }
    Ok(apart)
}

/// What is not of a point: tasks and training, and dossiers where all of the day are in memory.
fn all_papers(core: &Core, points: &Points, at: EventTime, has_dossiers: bool) -> Found {
    let mut papers = Papers::new(&core.rules, at).without(points.silent());
    let state = core.state.read();
    if has_dossiers {
        for dossier in state.dossiers.values() {
            papers.add(dossier);
        }
        for petition in state.petitions.values() {
            papers.add_petition(petition);
        }
    }
    let reported = Reported::of(&state);
    drop(state);
    let counted = counted(core, &reported, &papers.instants());
    papers.finish(points.rules(), &counted)
}

/// Working hours of the city in the part of a day that lies in a span.
pub fn worked(core: &Core, day: Day, (from, to): (EventTime, EventTime)) -> f64 {
    let calendar = core.rules.calendars.city();
    let (from, to) = (day.start().max(from), day.end().min(to));
    analytics::calendar::hours(calendar.between(from, to.max(from)))
}
