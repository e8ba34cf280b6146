//! A dossier's events, and what it is at an instant.
//!
//! A dossier is compared **at the instant asked about, from events timed before it**; so the same marks
//! answer for now and for any day past. The rules are the contract's:
//! - the clock begins at `accepted`, valid reception, or at `submitted` where there is none;
//! - it stops between a request for supplement and its answer, and while suspended; spans that overlap
//!   count once;
//! - a stopped span moves the due date later by its working time, until a later `accepted` or `extended`
//!   sets a new one; of a span begun before the setting event only the part after it counts;
//! - `resolved` at the due instant is on time.
//!
//! They are the rule of every procedure that no entry gives another ([`crate::procedure::ClockRule`]): which events begin, stop and move
//! its clock, and what its limit is where a receipt gives no due date, are data, by the procedure and the day.

mod duty;
mod event;

#[cfg(test)]
mod tests;

use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, WorkingUs};
use crate::mark::{Mark, Marks};
use crate::names::Name;
use crate::procedure::{ClockRule, Procedure};
use crate::rules::Rules;
pub use duty::{Asked, Duty, Standing};
pub use event::{
    DossierEvent, Filing, HandOut, HandOver, Parts, Payment, Reason, Settlement, StepKind,
};

/// A dossier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dossier {
    /// Its events.
    pub marks: Marks<DossierEvent>,
}

/// How far a dossier has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Filed, not yet validly received.
    AwaitingAcceptance,
    /// Received and not ended.
    Open,
    /// Settled.
    Resolved,
    /// Refused.
    Refused,
    /// Withdrawn.
    Withdrawn,
    /// Stopped.
    Stopped,
}

impl Stage {
    /// All, in order.
    pub const ALL: [Self; 6] = [
        Self::AwaitingAcceptance,
        Self::Open,
        Self::Resolved,
        Self::Refused,
        Self::Withdrawn,
        Self::Stopped,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingAcceptance => "awaiting_acceptance",
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
        }
    }
}

/// A dossier at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct DossierState<'a> {
    /// What was filed, where `submitted` is known.
    pub filing: Option<&'a Filing>,
    /// When it was filed.
    pub submitted: Option<EventTime>,
    /// When it was validly received.
    pub accepted: Option<EventTime>,
    /// When its clock began.
    pub began: Option<EventTime>,
    /// How far it has come.
    pub stage: Stage,
    /// When it ended, for stages that are ends.
    pub ended: Option<EventTime>,
    /// Its due date, moved by stopped spans.
    pub due: Option<EventTime>,
    /// No receipt gave the due date: it is computed from the procedure's limit.
    pub is_due_computed: bool,
    /// Who holds it.
    pub holder: Option<&'a Name>,
    /// The second request for supplement.
    pub second_request: Option<EventTime>,
    /// The first digitisation.
    pub digitised: Option<EventTime>,
    /// The clock stands still at the instant.
    pub paused: bool,
    /// Working time from reception to settlement less stopped spans; for settled dossiers.
    pub worked: Option<WorkingUs>,
    /// The calendar by which its time is counted: the competent agency's, or the city's where that is unknown.
    pub calendar: &'a Calendar,
    /// What is known of its procedure.
    pub procedure: &'a Procedure,
    /// How its clock runs.
    pub clock: &'a ClockRule,
}

impl DossierState<'_> {
    /// True where it is settled after its due date, or open past it, at an instant.
    pub fn is_overdue(&self, instant: EventTime) -> bool {
        let at = self.ended.unwrap_or(instant);
        self.due.is_some_and(|due| at > due)
    }
}

/// Stopped spans, in order, each with its end where it has one.
struct Pauses {
    spans: Vec<(EventTime, EventTime)>,
    open: bool,
}

impl Pauses {
    /// The working time in them after an instant.
    fn since(&self, begin: EventTime, calendar: &Calendar) -> WorkingUs {
        let spans = self.spans.iter();
        let after = |(from, to): &(EventTime, EventTime)| {
            calendar.between((*from).max(begin), (*to).max(begin))
        };
        spans.map(after).sum()
    }
}

impl Dossier {
    /// The dossier at an instant, from events timed before it.
    pub fn at<'a>(&'a self, instant: EventTime, rules: &'a Rules) -> DossierState<'a> {
        let marks = self.marks.before(instant);
        let (filing, began) = (self.filing_before(instant), marks.first());
        let calendar = rules.calendar_of(filing.map(|f| &*f.agency));
        let code = filing.map(|f| &*f.procedure);
        let known_since = began.map_or(Day(0), |mark| mark.time.day());
        let (mut procedure, mut clock) = rules.procedure(code, known_since);
        let began = began_by(marks, clock);
        if let Some(began) = began
            && began.day() != known_since
        {
            (procedure, clock) = rules.procedure(code, began.day());
        }
        let mut state = DossierState {
            filing,
            submitted: None,
            accepted: None,
            began,
            stage: Stage::AwaitingAcceptance,
            ended: None,
            due: None,
            is_due_computed: false,
            holder: None,
            second_request: None,
            digitised: None,
            paused: false,
            worked: None,
            calendar,
            procedure,
            clock,
        };
        // When it was set, what it is set to, and whether a limit says so.
        let mut due_set: Option<(EventTime, EventTime, bool)> = None;
        let mut end: Option<(EventTime, Stage)> = None;
        let mut requests = 0;
        let computed = |from: EventTime| {
            let computed = procedure.due(from, calendar)?;
            Some((from, computed.due, true))
        };
        for mark in marks {
            let t = mark.time;
            match &mark.what {
                DossierEvent::Submitted(filing) => {
                    state.submitted = Some(t);
                    state.holder.get_or_insert(&filing.agency);
                }
                DossierEvent::Accepted(due) => {
                    state.accepted = Some(t);
                    due_set = due.map(|due| (t, due, false)).or(due_set);
                }
                DossierEvent::Extended(due, _) if clock.reset.contains(&StepKind::Extended) => {
                    due_set = Some((t, *due, false));
                }
                DossierEvent::Supplemented(_) if clock.reset.contains(&StepKind::Supplemented) => {
                    due_set = computed(t).or(due_set);
                }
                DossierEvent::SupplementRequested(_) => {
                    requests += 1;
                    if requests == 2 {
                        state.second_request = Some(t);
                    }
                }
                DossierEvent::Digitised(_) => {
                    state.digitised.get_or_insert(t);
                }
                DossierEvent::Transferred(agency, _) | DossierEvent::Taken(agency, _) => {
                    state.holder = Some(agency);
                }
                other if other.is_end() => end = Some((t, clock.stage_of(other.kind()))),
                _ => {}
            }
        }
        if due_set.is_none() && state.accepted.is_some() {
            due_set = began.and_then(computed);
        }
        let until = end.map_or(instant, |(t, _)| t);
        let pauses = self.pauses(until, clock);
        state.paused = end.is_none() && pauses.open;
        if let Some((t, stage)) = end {
            state.ended = Some(t);
            state.stage = stage;
        } else if state.accepted.is_some() {
            state.stage = Stage::Open;
        }
        if let Some((set_at, due, is_computed)) = due_set {
            state.due = Some(calendar.add(due, pauses.since(set_at, calendar)));
            state.is_due_computed = is_computed;
        }
        if state.stage == Stage::Resolved
            && let Some(began) = began
            && let Some(ended) = state.ended
        {
            let stopped = pauses.since(began, calendar);
            // A settlement before the reception is a clock's error and has no working time.
            state.worked = (ended >= began).then(|| calendar.between(began, ended) - stopped);
        }
        state
    }

    /// The spans in which its clock ran, from its beginning to an instant; `state` is what it is then.
    pub fn running(
        &self,
        state: &DossierState<'_>,
        until: EventTime,
    ) -> Vec<(EventTime, EventTime)> {
        let Some(mut from) = state.began else {
            return Vec::new();
        };
        let mut running = Vec::new();
        for (stop, go) in self.pauses(until, state.clock).spans {
            if from < stop {
                running.push((from, stop));
            }
            from = from.max(go);
        }
        if from < until {
            running.push((from, until));
        }
        running
    }

    /// What was filed, from events timed before an instant.
    fn filing_before(&self, instant: EventTime) -> Option<&Filing> {
        let marks = self.marks.before(instant).iter().rev();
        marks.into_iter().find_map(|mark| match &mark.what {
            DossierEvent::Submitted(filing) => Some(&**filing),
            _ => None,
        })
    }

    /// The stopped spans up to an instant, joined where they overlap.
    fn pauses(&self, until: EventTime, clock: &ClockRule) -> Pauses {
        let mut spans: Vec<(EventTime, EventTime)> = Vec::new();
        let mut open = 0;
        let mut since = None;
        for mark in self.marks.until(until) {
            open = clock.after(open, mark.what.kind());
            match (open != 0, since) {
                (true, None) => since = Some(mark.time),
                (false, Some(from)) => {
                    spans.push((from, mark.time));
                    since = None;
                }
                _ => {}
            }
        }
        if let Some(from) = since {
            spans.push((from, until));
        }
        Pauses {
            spans,
            open: since.is_some(),
        }
    }
}

/// When a clock began: at the last event of the first kind that begins it and that there is one of.
fn began_by(marks: &[Mark<DossierEvent>], clock: &ClockRule) -> Option<EventTime> {
    clock.start.iter().find_map(|kind| {
        let of_kind = marks.iter().rfind(|mark| mark.what.kind() == *kind);
        of_kind.map(|mark| mark.time)
    })
}

impl ClockRule {
    /// The stage that an end brings about.
    fn stage_of(&self, end: StepKind) -> Stage {
        if self.stop.contains(&end) {
            return Stage::Resolved;
        }
        match end {
            StepKind::Refused => Stage::Refused,
            StepKind::Withdrawn => Stage::Withdrawn,
            _ => Stage::Stopped,
        }
    }
}

impl Dossier {
    /// All that its figures need, as bytes: what happened and when, in order, without who said it.
    pub fn history(&self) -> Vec<u8> {
        let marks = self.marks.all();
        let begin = marks.first().map_or(0, |mark| mark.time.0);
        let steps = marks.iter().map(|m| (m.time.0 - begin, &m.what));
        let steps: Vec<(i64, &DossierEvent)> = steps.collect();
        // Plain structures of numbers and texts always have a binary form.
        postcard::to_allocvec(&(begin, steps)).unwrap_or_default()
    }

    /// Of its history; `None` for what [`Dossier::history`] never gives.
    pub fn of_history(bytes: &[u8]) -> Option<Self> {
        let (begin, steps): (i64, Vec<(i64, DossierEvent)>) = postcard::from_bytes(bytes).ok()?;
        let steps = steps.into_iter();
        let events = steps.map(|(after, what)| (EventTime(begin + after), what));
        Some(Self {
            marks: Marks::told(events),
        })
    }

    /// The local day of its first event, where its facts stand.
    pub fn first_day(&self) -> Option<Day> {
        self.marks.all().first().map(|mark| mark.time.day())
    }

    /// True where its events reach into the days from `first` to `last`.
    pub fn touches(&self, first: Day, last: Day) -> bool {
        let marks = self.marks.all();
        let (Some(begin), Some(end)) = (marks.first(), marks.last()) else {
            return false;
        };
        begin.time.day() <= last && end.time.day() >= first
    }

    /// The receiving site, where `submitted` is known.
    pub fn site(&self) -> Option<&Name> {
        self.marks
            .all()
            .iter()
            .rev()
            .find_map(|mark| match &mark.what {
                DossierEvent::Submitted(filing) => Some(&filing.site),
                _ => None,
            })
    }

    /// True until an event ends it.
    pub fn is_open(&self) -> bool {
        !self.marks.all().iter().any(|mark| mark.what.is_end())
    }
}
