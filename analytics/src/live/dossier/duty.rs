//! What is asked of a dossier's handling beside its due date, and how it stands.
//!
//! | duty | asked of | kept when | source |
//! |---|---|---|---|
//! | `acknowledge` | an online dossier | answered (received, refused or asked to be completed) within eight working hours of the receiving point | NĐ 45/2020; scheme, Phụ lục 03 |
//! | `supplement_once` | one that was asked to be completed | it was asked once | scheme L1907 |
//! | `digitise` | one that was received | digitised at or before settlement | scheme L1909 |
//! | `same_day` | a same-day procedure | settled on the day by which it is due | the procedure |
//! | `steps` | a step with a deadline | the next step or the end came by it | the event |
//! | `hand_over` | a handing over | the next holder took it within the limit, where one is set | setting |
//! | `apology` | one that is late, or has a new date | a new date with an apology was given by the old one, once | NĐ 61/2018, NĐ 118/2025 |
//! | `collect` | one whose result is ready | handed out within the limit | setting |
//! | `reason` | one refused | a reason's code was given | NĐ 61/2018 |
//!
//! A duty without a limit is `unset`, which is neither kept nor broken.

use ingest::event::EventTime;
use ingest::event::types::DossierChannel;
use serde::Serialize;

use super::{Dossier, DossierEvent as E, DossierState, Stage, StepKind};
use crate::calendar::{Calendar, WorkingUs};
use crate::mark::Mark;
use crate::names::Name;
use crate::procedure::Limit;
use crate::rules::{Named, Rules};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the module's table says what each is")]
pub enum Duty {
    Acknowledge,
    SupplementOnce,
    Digitise,
    SameDay,
    Steps,
    HandOver,
    Apology,
    Collect,
    Reason,
}

impl Duty {
    /// All, in order.
    pub const ALL: [Self; 9] = [
        Self::Acknowledge,
        Self::SupplementOnce,
        Self::Digitise,
        Self::SameDay,
        Self::Steps,
        Self::HandOver,
        Self::Apology,
        Self::Collect,
        Self::Reason,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::SupplementOnce => "supplement_once",
            Self::Digitise => "digitise",
            Self::SameDay => "same_day",
            Self::Steps => "steps",
            Self::HandOver => "hand_over",
            Self::Apology => "apology",
            Self::Collect => "collect",
            Self::Reason => "reason",
        }
    }
}

/// A duty of one dossier, once for each time that it was asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Asked {
    /// What is asked.
    pub duty: Duty,
    /// Since when.
    pub since: EventTime,
    /// By when; `None` where no limit is set, or it is no matter of time.
    pub due: Option<EventTime>,
    /// When it was settled, kept or not.
    pub done: Option<EventTime>,
    /// How it stands at the instant asked about.
    pub standing: Standing,
    /// Whose it is: the agency of a step or a handing over, where it is not the competent one's.
    pub of: Option<Name>,
    /// The step's name, where it has one.
    pub step: Option<Name>,
    /// Paper goes along.
    pub paper: Option<bool>,
    /// Working time from its beginning to when it was settled.
    #[serde(skip)]
    pub worked: Option<WorkingUs>,
}

/// How a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Done as asked.
    Kept,
    /// Done, and not as asked.
    Broken,
    /// Not done yet, and there is time.
    Open,
    /// Not done, and the time is over.
    OpenLate,
    /// No limit is set.
    Unset,
}

/// What the duties of a dossier are read from.
struct Reading<'a> {
    dossier: &'a Dossier,
    marks: &'a [Mark<E>],
    state: &'a DossierState<'a>,
    instant: EventTime,
    rules: &'a Rules,
    asked: Vec<Asked>,
}

impl Dossier {
    /// What was asked of its handling up to an instant, and how it stands; `state` is what it is then.
    pub fn duties(
        &self,
        state: &DossierState<'_>,
        instant: EventTime,
        rules: &Rules,
    ) -> Vec<Asked> {
        let mut reading = Reading {
            dossier: self,
            marks: self.marks.before(instant),
            state,
            instant,
            rules,
            asked: Vec::new(),
        };
        reading.acknowledge();
        reading.supplement_once();
        reading.digitise();
        reading.same_day();
        reading.steps();
        reading.hand_over();
        reading.apology();
        reading.collect();
        reading.reason();
        reading.asked
    }
}

impl Reading<'_> {
    fn first(&self, is: impl Fn(&Mark<E>) -> bool) -> Option<EventTime> {
        self.marks
            .iter()
            .find(|mark| is(mark))
            .map(|mark| mark.time)
    }

    /// What happens at its end or later is no part of its handling.
    fn is_over(&self, mark: &Mark<E>) -> bool {
        self.state.ended.is_some_and(|ended| mark.time >= ended)
    }

    /// A matter of time: done by then, or not.
    fn timed(
        &mut self,
        duty: Duty,
        since: EventTime,
        due: Option<EventTime>,
        done: Option<EventTime>,
        calendar: &Calendar,
    ) -> &mut Asked {
        let standing = match (due, done) {
            (None, _) => Standing::Unset,
            (Some(due), Some(done)) if done <= due => Standing::Kept,
            (Some(_), Some(_)) => Standing::Broken,
            (Some(due), None) if self.instant <= due => Standing::Open,
            (Some(_), None) => Standing::OpenLate,
        };
        let at = self.asked.len();
        self.stands(duty, since, due, done, standing);
        let asked = &mut self.asked[at];
        asked.worked = done.map(|done| calendar.between(since, done).max(0));
        asked
    }

    /// One whose standing is known already.
    fn stands(
        &mut self,
        duty: Duty,
        since: EventTime,
        due: Option<EventTime>,
        done: Option<EventTime>,
        standing: Standing,
    ) {
        self.asked.push(Asked {
            duty,
            since,
            due,
            done,
            standing,
            of: None,
            step: None,
            paper: None,
            worked: None,
        });
    }

    fn acknowledge(&mut self) {
        let (Some(filing), Some(filed)) = (self.state.filing, self.state.submitted) else {
            return;
        };
        if filing.channel != Some(DossierChannel::Online) {
            return;
        }
        let answers = |mark: &Mark<E>| {
            let kind = mark.what.kind();
            let is_answer = matches!(kind, StepKind::Accepted | StepKind::SupplementRequested);
            mark.time >= filed && (is_answer || kind.is_end())
        };
        let done = self.first(answers).or(self.state.ended);
        let calendar = self.rules.calendars.of_site(&filing.site);
        let hours = self
            .rules
            .limits
            .value(Named::AcknowledgeHours, filed.day());
        let due = hours.map(|hours| calendar.add(filed, (hours * 3.6e9) as i64));
        self.timed(Duty::Acknowledge, filed, due, done, calendar);
    }

    fn supplement_once(&mut self) {
        let requests = self.marks.iter();
        let mut requests = requests.filter(|m| m.what.kind() == StepKind::SupplementRequested);
        let Some(first) = requests.next().map(|mark| mark.time) else {
            return;
        };
        let Some(limit) = self.rules.limits.value(Named::Supplements, first.day()) else {
            return;
        };
        // The one request too many, counted from the first.
        let over = requests
            .nth((limit as usize).max(1) - 1)
            .map(|mark| mark.time);
        let (standing, done) = match (over, self.state.ended) {
            (Some(over), _) => (Standing::Broken, Some(over)),
            (None, Some(ended)) => (Standing::Kept, Some(ended)),
            (None, None) => (Standing::Open, None),
        };
        self.stands(Duty::SupplementOnce, first, None, done, standing);
    }

    fn digitise(&mut self) {
        let state = self.state;
        let Some(since) = state.accepted else { return };
        let standing = match (state.stage, state.digitised, state.ended) {
            (Stage::Resolved, Some(done), Some(ended)) if done <= ended => Standing::Kept,
            (Stage::Resolved, ..) => Standing::Broken,
            (Stage::Open, Some(_), _) => Standing::Kept,
            (Stage::Open, None, _) => Standing::Open,
            // What ends without settlement need not have been.
            _ => return,
        };
        let done = match standing {
            Standing::Kept => state.digitised,
            _ => state.ended,
        };
        self.stands(Duty::Digitise, since, None, done, standing);
    }

    fn same_day(&mut self) {
        let state = self.state;
        let is_same_day = state.procedure.same_day_cutoff.is_some()
            || state.procedure.limit == Some(Limit::SameDay);
        let (true, Some(since), Stage::Open | Stage::Resolved) =
            (is_same_day, state.accepted, state.stage)
        else {
            return;
        };
        let mut procedure = state.procedure.clone();
        procedure.limit = Some(Limit::SameDay);
        let computed = procedure.due(since, state.calendar);
        // The same calendar day: until its end, whatever the hour of closing.
        let due = computed.map(|c| EventTime(c.due.day().end().0 - 1));
        self.timed(Duty::SameDay, since, due, state.ended, state.calendar);
    }

    /// A step goes from the event that names it to the next one that hands over or takes for another, or to the end.
    fn steps(&mut self) {
        let marks = self.marks;
        let moves = marks.iter().enumerate().filter_map(|(at, mark)| {
            let kind = mark.what.kind();
            let is_move = matches!(kind, StepKind::Transferred | StepKind::Taken);
            (is_move && !self.is_over(mark)).then_some((at, mark))
        });
        let moves: Vec<_> = moves.collect();
        let mut told: Option<(EventTime, EventTime)> = None;
        for (number, (at, mark)) in moves.iter().enumerate() {
            let Some(more) = mark.what.hand_over() else {
                continue;
            };
            let Some(due) = more.step_due else { continue };
            let goes_on = |other: &Mark<E>| {
                let more = other.what.hand_over();
                let is_same = more.is_some_and(|m| m.step_due == Some(due));
                other.what.kind() == StepKind::Transferred && !is_same
                    || other.what.kind() == StepKind::Taken && more.is_some() && !is_same
            };
            let next = moves[number + 1..].iter().find(|(_, other)| goes_on(other));
            let next = next.map(|(_, other)| other.time);
            let end = marks[*at..]
                .iter()
                .find(|m| m.what.is_end())
                .map(|m| m.time);
            let done = [next, end].into_iter().flatten().min();
            // Who takes a step says its deadline again.
            if told == Some((due, done.unwrap_or(self.instant))) {
                continue;
            }
            told = Some((due, done.unwrap_or(self.instant)));
            let (of, step) = (mark.what.agency().cloned(), more.step.clone());
            let calendar = self.rules.calendar_of(of.as_deref());
            let asked = self.timed(Duty::Steps, mark.time, Some(due), done, calendar);
            (asked.of, asked.step) = (of, step);
        }
        if told.is_none()
            && let Some((_, first)) = moves.first()
        {
            let (done, calendar) = (self.state.ended, self.state.calendar);
            let asked = self.timed(Duty::Steps, first.time, None, done, calendar);
            asked.worked = None;
        }
    }

    fn hand_over(&mut self) {
        let marks = self.marks;
        for (at, mark) in marks.iter().enumerate() {
            let E::Transferred(to, more) = &mark.what else {
                continue;
            };
            if self.is_over(mark) {
                continue;
            }
            let rest = marks[at + 1..].iter();
            let taken = rest.clone().find(|m| match &m.what {
                E::Taken(by, _) => by == to,
                E::Transferred(..) => true,
                other => other.is_end(),
            });
            let calendar = self.rules.calendar_of(Some(to));
            let limit = self
                .rules
                .limits
                .value(Named::HandOverHours, mark.time.day());
            let due = limit.map(|hours| calendar.add(mark.time, (hours * 3.6e9) as i64));
            let done = taken.map(|m| m.time);
            let asked = self.timed(Duty::HandOver, mark.time, due, done, calendar);
            asked.of = Some(to.clone());
            asked.paper = more.as_ref().and_then(|m| m.paper);
            asked.step = more.as_ref().and_then(|m| m.step.clone());
        }
    }

    fn apology(&mut self) {
        let mut extensions = 0;
        let mut last: Option<(EventTime, EventTime, bool)> = None;
        for mark in self.marks {
            let E::Extended(given, apology) = mark.what else {
                continue;
            };
            extensions += 1;
            // The due date as it then was: moved by what had stopped the clock.
            let before = self.dossier.at(mark.time, self.rules).due;
            // A new date that is no later needs no apology.
            if let Some(before) = before.filter(|before| given > *before) {
                let is_good = apology == Some(true) && mark.time <= before && extensions == 1;
                last = Some((before, mark.time, is_good));
            }
        }
        let state = self.state;
        let is_late =
            matches!(state.stage, Stage::Open | Stage::Resolved) && state.is_overdue(self.instant);
        let (since, done, is_good) = match (is_late, last, state.due) {
            // Late after whatever new date there was, and no further one may be given.
            (true, _, Some(due)) => (due, None, false),
            (_, Some((before, given, is_good)), _) => (before, Some(given), is_good),
            _ => return,
        };
        let standing = match (is_good, state.stage) {
            (true, _) => Standing::Kept,
            (false, Stage::Open) if done.is_none() => Standing::OpenLate,
            (false, _) => Standing::Broken,
        };
        let done = done.or(state.ended);
        self.stands(Duty::Apology, since, Some(since), done, standing);
    }

    fn collect(&mut self) {
        let (Stage::Resolved, Some(ready)) = (self.state.stage, self.state.ended) else {
            return;
        };
        let is_handed_out =
            |mark: &Mark<E>| mark.time >= ready && mark.what.kind() == StepKind::Returned;
        let done = self.first(is_handed_out);
        let days = self.rules.limits.value(Named::CollectDays, ready.day());
        let calendar = self.state.calendar;
        // Nobody comes before the day that the receipt names.
        let from = self.state.due.map_or(ready, |due| due.max(ready));
        let due = days.and_then(|days| {
            let last = calendar.day_after(from.day(), days as u32);
            calendar.closes(last)
        });
        self.timed(Duty::Collect, ready, due, done, calendar);
    }

    fn reason(&mut self) {
        let refused = self
            .marks
            .iter()
            .rfind(|mark| mark.what.kind() == StepKind::Refused);
        let Some(mark) = refused else { return };
        let standing = if mark.what.reason().is_some() {
            Standing::Kept
        } else {
            Standing::Broken
        };
        self.stands(Duty::Reason, mark.time, None, Some(mark.time), standing);
    }
}
