//! What is read of agencies and of the city's papers: a day made at once from each dossier's course through it.
//!
//! A dossier tells from when to when it was overdue, waiting to be taken, unanswered and so on; an agency's signal at an
//! instant is how many spans of its dossiers hold it. So a day costs one look at each dossier, however many instants
//! are asked for, and nothing is kept between two makings.

use std::collections::{BTreeMap, BTreeSet};

use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::DossierChannel;

use super::latch::{Episode, Latch, Seen};
use super::rule::{Hours, Rule};
use super::signal::{Reading, Scope, Signal};
use crate::calendar::{Calendar, WorkingUs};
use crate::live::dossier::{Dossier, DossierEvent, Stage};
use crate::live::petition::Petition;
use crate::names::Name;
use crate::rules::{Named, Rules};

/// Seconds between two instants of the grid.
pub const DOSSIER_GRID_S: i64 = 300;
const GRID_US: i64 = DOSSIER_GRID_S * 1_000_000;
const HOUR_US: WorkingUs = 3_600_000_000;
/// Working hours before a due date from which on it is due soon.
const SOON: WorkingUs = 8 * HOUR_US;
/// Working hours after which an online dossier is close to its eight.
const ANSWER: WorkingUs = 6 * HOUR_US;
/// Working hours for taking over, where no limit is set.
const HAND_OVER_H: f64 = 8.0;
/// Days before from which it is learned how often an agency does something.
const PAST_DAYS: i64 = 5;

/// The signals that are counts of spans, by their place.
const COUNTED: [Signal; 8] = [
    Signal::Overdue,
    Signal::OverdueToday,
    Signal::DueSoon,
    Signal::HandOver,
    Signal::SecondSupplement,
    Signal::Undigitised,
    Signal::Unanswered,
    Signal::FeedbackDue,
];

/// The last instant of the grid at or before an instant.
pub const fn dossier_grid(at: EventTime) -> EventTime {
    EventTime(at.0.div_euclid(GRID_US) * GRID_US)
}

/// A day of agencies, being made.
#[derive(Debug)]
pub struct Papers<'a> {
    rules: &'a Rules,
    day: Day,
    until: EventTime,
    steps: usize,
    agencies: BTreeMap<Name, Agency>,
    /// When dossier events came in the day, of the whole city.
    events: Vec<EventTime>,
    /// Dossier events of the days before.
    past_events: u32,
    /// By source: at which points it told of dossiers being filed.
    filed: BTreeMap<Name, BTreeMap<Name, u32>>,
    /// Points of which nothing is heard.
    silent: BTreeSet<Name>,
}

#[derive(Debug, Default)]
struct Agency {
    /// For each signal, by how much its count changes at each step of the grid.
    changes: BTreeMap<usize, Vec<i32>>,
    acts: Vec<EventTime>,
    /// Past acts by the source that told of them.
    told_by: BTreeMap<Name, u32>,
}

/// An agency's, or the city's, episodes, and what they are of.
pub type Found = Vec<(Scope, Name, Episode)>;

/// What is counted of the city and does not come from dossiers.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Its signal.
    pub signal: Signal,
    /// What it is of.
    pub subject: &'static str,
    /// At each of the day's instants ([`Papers::instants`]).
    pub readings: Vec<Reading>,
}

impl<'a> Papers<'a> {
    /// Of the day of an instant, up to it.
    pub fn new(rules: &'a Rules, at: EventTime) -> Self {
        let (day, until) = (at.day(), dossier_grid(at));
        Self {
            rules,
            day,
            until,
            steps: ((until.0 - day.start().0) / GRID_US) as usize,
            agencies: BTreeMap::new(),
            events: Vec::new(),
            past_events: 0,
            filed: BTreeMap::new(),
            silent: BTreeSet::new(),
        }
    }

    /// The instants of the day's grid that are read.
    pub fn instants(&self) -> Vec<EventTime> {
        (0..=self.steps).map(|step| self.instant(step)).collect()
    }

    fn instant(&self, step: usize) -> EventTime {
        EventTime(self.day.start().0 + step as i64 * GRID_US)
    }

    /// With points of which nothing is heard at the instant: what agencies do there is not expected to be told.
    pub fn without(mut self, silent: BTreeSet<Name>) -> Self {
        self.silent = silent;
        self
    }

    /// The last instant of the grid.
    pub const fn until(&self) -> EventTime {
        self.until
    }

    fn span(&mut self, signal: Signal, agency: &Name, from: EventTime, to: EventTime) {
        let Some(place) = COUNTED.iter().position(|s| *s == signal) else {
            return;
        };
        // The steps at or after `from` and before `to`.
        let step = |t: EventTime| {
            let after = t.0 - self.day.start().0;
            usize::try_from((after + GRID_US - 1).div_euclid(GRID_US)).unwrap_or(0)
        };
        let (first, end) = (step(from), step(to));
        let steps = self.steps;
        if first >= end || first > steps {
            return;
        }
        let changes = self.agency(agency).changes.entry(place).or_default();
        changes.resize(steps + 2, 0);
        changes[first] += 1;
        changes[end.min(steps + 1)] -= 1;
    }

    /// Past acts of an agency that sources told of which still speak. A source speaks for the point at which nearly all that
    /// it told of was filed.
    fn heard_acts(&self, agency: &Agency) -> u32 {
        let is_silent = |source: &Name| {
            let at = self.filed.get(source)?;
            let all: u64 = at.values().map(|n| u64::from(*n)).sum();
            let (site, n) = at.iter().max_by_key(|(_, n)| **n)?;
            Some(u64::from(*n) * 10 >= all * 9 && self.silent.contains(site))
        };
        let told = agency.told_by.iter();
        told.filter(|(source, _)| is_silent(source) != Some(true))
            .map(|(_, n)| n)
            .sum()
    }

    fn agency(&mut self, agency: &Name) -> &mut Agency {
        if !self.agencies.contains_key(agency) {
            self.agencies.insert(agency.clone(), Agency::default());
        }
        self.agencies.entry(agency.clone()).or_default()
    }

    /// Takes a dossier.
    pub fn add(&mut self, dossier: &Dossier) {
        let marks = dossier.marks.until(self.until);
        let (Some(first), Some(last)) = (marks.first(), marks.last()) else {
            return;
        };
        let midnight = self.day.start();
        self.acts(dossier);
        let is_over = marks.iter().any(|m| m.what.is_end());
        if is_over && last.time < midnight {
            return;
        }
        let begin = first.time.max(midnight);
        let mut points = vec![begin];
        points.extend(marks.iter().map(|m| m.time).filter(|t| *t > begin));
        points.dedup();
        let end = EventTime(self.until.0 + 1);
        for (at, from) in points.iter().enumerate() {
            let to = points.get(at + 1).copied().unwrap_or(end);
            self.stretch(dossier, *from, to);
        }
    }

    /// A stretch of a dossier's day in which nothing happens to it.
    fn stretch(&mut self, dossier: &Dossier, from: EventTime, to: EventTime) {
        let state = dossier.at(EventTime(from.0 + 1), self.rules);
        let Some(filing) = state.filing else { return };
        let (agency, calendar) = (filing.agency.clone(), state.calendar);
        let day_end = self.day.end();
        if let Some(second) = state.second_request.filter(|t| t.day() == self.day) {
            self.span(Signal::SecondSupplement, &agency, from.max(second), to);
        }
        match state.stage {
            Stage::AwaitingAcceptance => {
                let asked = dossier.marks.until(from).iter();
                let is_answered = asked
                    .into_iter()
                    .any(|m| matches!(m.what, DossierEvent::SupplementRequested(_)));
                let is_online = filing.channel == Some(DossierChannel::Online);
                if let (Some(submitted), true, false) = (state.submitted, is_online, is_answered) {
                    let near = self
                        .rules
                        .calendars
                        .of_site(&filing.site)
                        .add(submitted, ANSWER);
                    self.span(Signal::Unanswered, &agency, from.max(near), to);
                }
            }
            Stage::Open => {
                let Some(due) = state.due else { return };
                let late = EventTime(due.0 + 1);
                if state.paused {
                    // The clock stands: it is late or not as when it stopped.
                    if late <= from {
                        self.span(Signal::Overdue, &agency, from, to);
                    }
                } else {
                    self.span(Signal::Overdue, &agency, from.max(late), to);
                    if due.day() == self.day {
                        self.span(Signal::OverdueToday, &agency, from.max(late), to);
                    }
                    let soon = calendar.before(due, SOON);
                    self.span(Signal::DueSoon, &agency, from.max(soon), to.min(late));
                }
                if let Some((handed, taker)) = handed_over(dossier, from) {
                    let hours = self
                        .rules
                        .limits
                        .value(Named::HandOverHours, self.day)
                        .unwrap_or(HAND_OVER_H);
                    let limit = (hours * HOUR_US as f64) as WorkingUs;
                    let late = self.rules.calendar_of(Some(&taker)).add(handed, limit);
                    self.span(Signal::HandOver, &taker, from.max(late), to);
                }
            }
            Stage::Resolved => {
                let Some(ended) = state.ended.filter(|t| t.day() == self.day) else {
                    return;
                };
                if state.digitised.is_none_or(|t| t > ended) {
                    self.span(
                        Signal::Undigitised,
                        &agency,
                        from.max(ended),
                        to.min(day_end),
                    );
                }
            }
            Stage::Refused | Stage::Withdrawn | Stage::Stopped => {}
        }
    }

    /// What agencies did with it, in the day and in the days before.
    fn acts(&mut self, dossier: &Dossier) {
        let midnight = self.day.start();
        let oldest = midnight.plus_seconds(-PAST_DAYS * 86_400);
        let marks = dossier.marks.until(self.until);
        if marks.last().is_none_or(|m| m.time < oldest) {
            return;
        }
        let mut holder: Option<&Name> = None;
        for mark in marks {
            let actor = match &mark.what {
                DossierEvent::Submitted(filing) => {
                    holder = holder.or(Some(&filing.agency));
                    let at = self.filed.entry(mark.source.clone()).or_default();
                    *at.entry(filing.site.clone()).or_default() += 1;
                    None
                }
                DossierEvent::Taken(agency, _) => {
                    holder = Some(agency);
                    Some(agency)
                }
                // The point's reception hands a dossier to the agency that it was filed for: that is nobody's act.
                DossierEvent::Transferred(agency, _) => {
                    holder.replace(agency).filter(|before| *before != agency)
                }
                DossierEvent::Resolved(_)
                | DossierEvent::SupplementRequested(_)
                | DossierEvent::Extended(..) => holder,
                _ => None,
            };
            if mark.time < oldest {
                continue;
            }
            let is_past = mark.time < midnight;
            if is_past {
                self.past_events += 1;
            } else {
                self.events.push(mark.time);
            }
            if let Some(actor) = actor {
                let actor = actor.clone();
                let agency = self.agency(&actor);
                if is_past {
                    *agency.told_by.entry(mark.source.clone()).or_default() += 1;
                } else {
                    agency.acts.push(mark.time);
                }
            }
        }
    }

    /// Takes a petition.
    pub fn add_petition(&mut self, petition: &Petition) {
        let marks = petition.marks.until(self.until);
        let midnight = self.day.start();
        let Some(first) = marks.first() else { return };
        let begin = first.time.max(midnight);
        let mut points = vec![begin];
        points.extend(marks.iter().map(|m| m.time).filter(|t| *t > begin));
        points.dedup();
        let end = EventTime(self.until.0 + 1);
        for (at, from) in points.iter().enumerate() {
            let to = points.get(at + 1).copied().unwrap_or(end);
            if !petition.is_open_before(EventTime(from.0 + 1)) {
                continue;
            }
            let state = petition.at(EventTime(from.0 + 1), self.rules);
            if let (Some(agency), Some(due)) = (state.agency, state.due) {
                let soon = self.rules.calendar_of(Some(agency)).before(due, SOON);
                let agency = agency.clone();
                self.span(Signal::FeedbackDue, &agency, (*from).max(soon), to);
            }
        }
    }

    /// The day's episodes.
    pub fn finish(mut self, alerts: &[Rule], counted: &[Counted]) -> Found {
        let mut found = Found::new();
        self.events.sort_unstable();
        for (name, mut agency) in std::mem::take(&mut self.agencies) {
            agency.acts.sort_unstable();
            let rules = alerts.iter().enumerate();
            for (place, rule) in rules.filter(|(_, r)| r.signal.scope() == Scope::Agency) {
                let calendar = self.rules.calendar_of(Some(&name));
                let mut series = Series::new(&self, &agency, calendar);
                let episodes = self.latched(place, rule, calendar, |step, at| {
                    let also = rule
                        .also
                        .iter()
                        .all(|a| a.holds(series.read(a.signal, step, at)));
                    (series.read(rule.signal, step, at), also)
                });
                found.extend(
                    episodes
                        .into_iter()
                        .map(|e| (Scope::Agency, name.clone(), e)),
                );
            }
        }
        let calendar = self.rules.calendars.city();
        let rules = alerts.iter().enumerate();
        for (place, rule) in rules.filter(|(_, r)| r.signal.scope() == Scope::City) {
            let (subject, episodes) = if rule.signal == Signal::DossiersSilentS {
                let silent = |_: usize, at: EventTime| (self.silence(calendar, at), true);
                (
                    Name::from("dossiers"),
                    self.latched(place, rule, calendar, silent),
                )
            } else {
                let Some(counted) = counted.iter().find(|c| c.signal == rule.signal) else {
                    continue;
                };
                let read = |step: usize, _: EventTime| (counted.readings.get(step).copied(), true);
                let subject = Name::from(counted.subject);
                (subject, self.latched(place, rule, calendar, read))
            };
            found.extend(
                episodes
                    .into_iter()
                    .map(|e| (Scope::City, subject.clone(), e)),
            );
        }
        found
    }

    /// What a signal of an agency read over a span of the day, a reading each instant of the grid: what is shown beside an alert.
    pub fn evidence(
        mut self,
        agency: &Name,
        signal: Signal,
        (from, to): (EventTime, EventTime),
    ) -> Vec<(EventTime, Option<Reading>)> {
        let Some(mut known) = self.agencies.remove(agency) else {
            return Vec::new();
        };
        known.acts.sort_unstable();
        let calendar = self.rules.calendar_of(Some(agency));
        let mut series = Series::new(&self, &known, calendar);
        let steps = (0..=self.steps).map(|step| {
            let at = self.instant(step);
            (at, series.read(signal, step, at))
        });
        steps.filter(|(at, _)| (from..=to).contains(at)).collect()
    }

    fn latched(
        &self,
        place: usize,
        rule: &Rule,
        calendar: &Calendar,
        mut read: impl FnMut(usize, EventTime) -> (Option<Reading>, bool),
    ) -> Vec<Episode> {
        let (mut latch, mut episodes) = (Latch::default(), Vec::new());
        for step in 0..=self.steps {
            let at = self.instant(step);
            let is_worked = calendar.between(at, at.plus_seconds(60)) > 0;
            if rule.hours == Hours::Working && !is_worked {
                // Nothing begins or ends at noon: what stood goes on.
                continue;
            }
            let (reading, also) = read(step, at);
            let seen = Seen {
                at,
                applies: true,
                reading,
                also,
                detail: None,
                began: None,
            };
            latch.step(place, rule, &seen, &mut episodes);
        }
        episodes
    }

    fn silence(&self, calendar: &Calendar, at: EventTime) -> Option<Reading> {
        if self.past_events == 0 {
            return None;
        }
        let heard = self.events.partition_point(|t| *t <= at);
        let last = heard
            .checked_sub(1)
            .map_or(self.day.start(), |i| self.events[i]);
        Some(Reading {
            value: calendar.between(last, at) as f64 / 1e6,
            sample: self.past_events,
        })
    }
}

/// An agency's signals, step by step.
struct Series<'a> {
    agency: &'a Agency,
    calendar: &'a Calendar,
    midnight: EventTime,
    /// Past acts of which would still be heard.
    past_acts: u32,
    /// Acts expected in an hour's work.
    rate: f64,
    /// The running counts, and up to which step.
    counts: BTreeMap<usize, (usize, i32)>,
}

impl<'a> Series<'a> {
    fn new(papers: &Papers<'_>, agency: &'a Agency, calendar: &'a Calendar) -> Self {
        let midnight = papers.day.start();
        let worked = calendar.between(midnight.plus_seconds(-PAST_DAYS * 86_400), midnight);
        let hours = worked as f64 / HOUR_US as f64;
        let past_acts = papers.heard_acts(agency);
        Self {
            agency,
            calendar,
            midnight,
            past_acts,
            rate: if hours > 0.0 {
                f64::from(past_acts) / hours
            } else {
                0.0
            },
            counts: BTreeMap::new(),
        }
    }

    fn read(&mut self, signal: Signal, step: usize, at: EventTime) -> Option<Reading> {
        if signal == Signal::AgencyIdle {
            return self.idle(at);
        }
        let place = COUNTED.iter().position(|s| *s == signal)?;
        let changes = self.agency.changes.get(&place);
        let (next, count) = self.counts.entry(place).or_insert((0, 0));
        while *next <= step {
            *count += changes.and_then(|c| c.get(*next)).copied().unwrap_or(0);
            *next += 1;
        }
        Some(Reading::count(u32::try_from(*count).unwrap_or(0)))
    }

    fn idle(&self, at: EventTime) -> Option<Reading> {
        if self.past_acts == 0 {
            return None;
        }
        let done = self.agency.acts.partition_point(|t| *t <= at);
        let last = done
            .checked_sub(1)
            .map_or(self.midnight, |i| self.agency.acts[i]);
        let hours = self.calendar.between(last, at) as f64 / HOUR_US as f64;
        Some(Reading {
            value: hours * self.rate,
            sample: self.past_acts,
        })
    }
}

/// When and to whom a dossier was handed over that nobody has taken by an instant.
fn handed_over(dossier: &Dossier, at: EventTime) -> Option<(EventTime, Name)> {
    let marks = dossier.marks.until(at).iter().rev();
    for mark in marks {
        match &mark.what {
            DossierEvent::Transferred(agency, _) => return Some((mark.time, agency.clone())),
            DossierEvent::Taken(..) => return None,
            what if what.is_end() => return None,
            _ => {}
        }
    }
    None
}
