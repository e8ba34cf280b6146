//! The thread that watches: what stands at the grid's last instant, held against the desk.
//!
//! The state is locked for reading in short pieces: for one point at a time, and for dossiers a few thousand at a time. What is read
//! of dossiers is of the grid's own instant, so events that come meanwhile are the next look's.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use analytics::alerts::dossiers::{Found, Papers, dossier_grid};
use analytics::alerts::watch::{Points, grid};
use analytics::alerts::{Reading, Rule, RuleSet, Scope, Signal, cause};
use analytics::live::State;
use analytics::names::Name;
use compact_str::CompactString;
use ingest::event::EventTime;

use super::AlertDesk;
use super::counted::counted;
use crate::http::registers::Reported;

/// Time between two looks at the clock.
const EVERY: Duration = Duration::from_millis(250);
/// A pause is twice as long as the look before it, up to this: where days are sent within seconds, who sends them has the processor, too.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Seconds after an instant of the grid at which it is read: events take a moment to come.
const SETTLE_S: i64 = 5;
/// Shortest time between two readings of all dossiers.
const PAPERS_EVERY: Duration = Duration::from_secs(5);
/// Dossiers that are read under one lock.
const AT_ONCE: usize = 2_000;

/// What the thread keeps between two looks.
#[derive(Debug)]
struct Watching {
    points: Points,
    papers: Found,
    papers_at: Option<EventTime>,
    /// Points that were silent when they were made.
    papers_without: BTreeSet<Name>,
    papers_made: Option<Instant>,
    rules: Arc<RuleSet>,
}

impl AlertDesk {
    /// Watches until told to stop. Runs on a thread of its own.
    pub fn watch(&self, stopping: &AtomicBool) {
        let mut watching: Option<Watching> = None;
        while !stopping.load(Ordering::Relaxed) {
            let begin = Instant::now();
            if let Some(at) = self.due(watching.as_ref()) {
                self.look(&mut watching, at);
                let seconds = begin.elapsed().as_secs_f64();
                metrics::histogram!("vonglau_alert_look_seconds").record(seconds);
            }
            std::thread::sleep((2 * begin.elapsed()).clamp(EVERY, LONGEST_PAUSE));
        }
    }

    /// The grid's instant that is to be read, where there is a new one.
    fn due(&self, watching: Option<&Watching>) -> Option<EventTime> {
        let now = {
            let state = self.core.state.read();
            state.lasting.last_event?;
            self.core.begun(&state)?
        };
        let at = grid(now.plus_seconds(-SETTLE_S));
        let is_new = watching.is_none_or(|w| at > w.points.done() || w.points.day() != at.day());
        is_new.then_some(at)
    }

    fn look(&self, watching: &mut Option<Watching>, at: EventTime) {
        let rules = self.rules();
        let is_other = |w: &Watching| w.points.day() != at.day() || !Arc::ptr_eq(&w.rules, &rules);
        if watching.as_ref().is_none_or(is_other) {
            *watching = Some(Watching {
                points: Points::new(at.day(), rules.on(at.day())),
                papers: Found::new(),
                papers_at: None,
                papers_without: BTreeSet::new(),
                papers_made: None,
                rules: Arc::clone(&rules),
            });
        }
        let Some(watching) = watching else { return };
        let begin = Instant::now();
        watching
            .points
            .gather(&self.core.rules, &self.near, at, |step| {
                self.reading("points", step);
            });
        metrics::histogram!("vonglau_alert_points_seconds").record(begin.elapsed().as_secs_f64());
        let silent = watching.points.silent();
        // A line that comes back brings what agencies did meanwhile.
        let is_other =
            watching.papers_at != Some(dossier_grid(at)) || watching.papers_without != silent;
        let is_due = is_other
            && watching
                .papers_made
                .is_none_or(|t| t.elapsed() >= PAPERS_EVERY);
        if is_due {
            watching.papers = self.papers(watching.points.rules(), at, silent.clone());
            watching.papers_without = silent;
            watching.papers_at = Some(dossier_grid(at));
            watching.papers_made = Some(Instant::now());
        }
        let points = watching
            .points
            .episodes()
            .map(|(site, e)| (Scope::Site, site, e));
        let papers = watching.papers.iter().map(|(kind, id, e)| (*kind, id, e));
        let alerts = cause::alerts(points.chain(papers), watching.points.rules());
        match self.observe(at, alerts) {
            Ok(0) => {}
            Ok(news) => metrics::counter!("vonglau_desk_lines_total").increment(news as u64),
            Err(e) => {
                metrics::counter!("vonglau_desk_failures_total").increment(1);
                tracing::error!(error = %e, "the alert desk cannot be written; it is tried again");
            }
        }
    }

    fn papers(&self, rules: &[Rule], at: EventTime, silent: BTreeSet<Name>) -> Found {
        let papers = self.gathered(at).without(silent);
        let reported = self.reading("counts", Reported::of);
        let counted = counted(&self.core, &reported, &papers.instants());
        papers.finish(rules, &counted)
    }

    /// What a signal of an agency read over a span of the day of its end.
    pub fn agency_evidence(
        &self,
        agency: &Name,
        signal: Signal,
        (from, to): (EventTime, EventTime),
    ) -> Vec<(EventTime, Option<Reading>)> {
        self.gathered(to).evidence(agency, signal, (from, to))
    }

    /// The day of an instant up to it, of all dossiers and petitions in memory.
    fn gathered(&self, at: EventTime) -> Papers<'_> {
        let (keys, petitions): (Vec<CompactString>, Vec<CompactString>) =
            self.reading("names", |state| {
                (
                    state.dossiers.keys().cloned().collect(),
                    state.petitions.keys().cloned().collect(),
                )
            });
        let mut papers = Papers::new(&self.core.rules, at);
        for some in keys.chunks(AT_ONCE) {
            self.reading("dossiers", |state| {
                for dossier in some.iter().filter_map(|key| state.dossiers.get(key)) {
                    papers.add(dossier);
                }
            });
        }
        for some in petitions.chunks(AT_ONCE) {
            self.reading("dossiers", |state| {
                for petition in some.iter().filter_map(|key| state.petitions.get(key)) {
                    papers.add_petition(petition);
                }
            });
        }
        papers
    }

    /// Reads the state; how long its lock is held is told by what it is held for.
    fn reading<T>(&self, of: &'static str, read: impl FnOnce(&State) -> T) -> T {
        let state = self.core.state.read();
        let begin = Instant::now();
        let found = read(&state);
        drop(state);
        metrics::histogram!("vonglau_alert_lock_seconds", "of" => of)
            .record(begin.elapsed().as_secs_f64());
        found
    }
}
