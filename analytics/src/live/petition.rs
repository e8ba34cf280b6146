//! Complaints and proposals (*phản ánh, kiến nghị*): their steps, and what one is at an instant.
//!
//! A petition is due when its last word with a due date says, and otherwise so many working days after it was received
//! or last forwarded ([`Named::PetitionAnswerDays`]). It is answered by its first `answered`, or by `closed` where there is
//! none.

use compact_str::CompactString;
use ingest::event::EventTime;
use ingest::event::types::About;
use serde::{Deserialize, Serialize};

use crate::mark::Marks;
use crate::names::Name;
use crate::rules::{Named, Rules};

/// A step's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// It came in.
    Received,
    /// It was sent on to who is to answer.
    Forwarded,
    /// It was explained.
    Explained,
    /// It was answered.
    Answered,
    /// It is done.
    Closed,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 5] = [
        Self::Received,
        Self::Forwarded,
        Self::Explained,
        Self::Answered,
        Self::Closed,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Forwarded => "forwarded",
            Self::Explained => "explained",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// Of its word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }
}

/// A step in a petition's life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PetitionEvent {
    /// Its kind.
    pub step: Step,
    /// Where it is about, when said.
    pub site: Option<Name>,
    /// Who is to answer, when said.
    pub agency: Option<Name>,
    /// Its field, when said.
    pub field: Option<Name>,
    /// What it is about.
    pub about: Option<About>,
    /// When it is due.
    pub due: Option<EventTime>,
    /// Whether the person was satisfied.
    pub satisfied: Option<bool>,
    /// The dossier that it is about, when said.
    pub dossier: Option<CompactString>,
    /// The petition that it says again, when said.
    pub repeat_of: Option<CompactString>,
}

/// A petition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Petition {
    /// Its steps.
    pub marks: Marks<PetitionEvent>,
}

/// A petition at an instant: of what is said more than once, the last word counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PetitionState<'a> {
    /// When it came in: its first step, where no `received` is known.
    pub received: Option<EventTime>,
    /// When it was forwarded first.
    pub forwarded: Option<EventTime>,
    /// By when it was to be forwarded or refused, where a limit is set.
    pub forward_due: Option<EventTime>,
    /// When it was explained first.
    pub explained: Option<EventTime>,
    /// When it was answered.
    pub answered: Option<EventTime>,
    /// When it was closed.
    pub closed: Option<EventTime>,
    /// When it is due.
    pub due: Option<EventTime>,
    /// Its due date is computed, and not given.
    pub is_due_computed: bool,
    /// Where it is about.
    pub site: Option<&'a Name>,
    /// Who is to answer.
    pub agency: Option<&'a Name>,
    /// Its field.
    pub field: Option<&'a Name>,
    /// What it is about.
    pub about: Option<About>,
    /// Whether the person was satisfied.
    pub satisfied: Option<bool>,
    /// The dossier that it is about.
    pub dossier: Option<&'a str>,
    /// The petition that it says again.
    pub repeat_of: Option<&'a str>,
}

impl PetitionState<'_> {
    /// True where it was answered after its due date, or is open past it.
    pub fn is_overdue(&self, instant: EventTime) -> bool {
        let at = self.answered.unwrap_or(instant);
        self.due.is_some_and(|due| at > due)
    }
}

impl Petition {
    /// True until it is answered or closed: an answer that nobody closes is an answer.
    pub fn is_open(&self) -> bool {
        self.is_open_before(EventTime(i64::MAX))
    }

    /// The same, from events timed before an instant.
    pub fn is_open_before(&self, instant: EventTime) -> bool {
        let mut steps = self.marks.before(instant).iter().map(|mark| mark.what.step);
        !steps.any(|step| matches!(step, Step::Answered | Step::Closed))
    }

    /// The petition at an instant, from events timed before it.
    pub fn at<'a>(&'a self, instant: EventTime, rules: &Rules) -> PetitionState<'a> {
        let mut state = PetitionState::default();
        let mut counted_from = None;
        let marks = self.marks.before(instant);
        for mark in marks {
            let (t, what) = (mark.time, &mark.what);
            match what.step {
                Step::Received => {
                    state.received.get_or_insert(t);
                    counted_from = counted_from.max(Some(t));
                }
                Step::Forwarded => {
                    state.forwarded.get_or_insert(t);
                    counted_from = counted_from.max(Some(t));
                }
                Step::Explained => {
                    state.explained.get_or_insert(t);
                }
                Step::Answered => {
                    state.answered.get_or_insert(t);
                }
                Step::Closed => {
                    state.closed.get_or_insert(t);
                }
            }
            state.due = what.due.or(state.due);
            state.site = what.site.as_ref().or(state.site);
            state.agency = what.agency.as_ref().or(state.agency);
            state.field = what.field.as_ref().or(state.field);
            state.about = what.about.or(state.about);
            state.satisfied = what.satisfied.or(state.satisfied);
            state.dossier = what.dossier.as_deref().or(state.dossier);
            state.repeat_of = what.repeat_of.as_deref().or(state.repeat_of);
        }
        state.received = state.received.or(marks.first().map(|mark| mark.time));
        state.answered = state.answered.or(state.closed);
        let calendar = rules.calendar_of(state.agency.map(|agency| &**agency));
        let closing = |from: EventTime, limit: Named| {
            let days = rules.limits.value(limit, from.day())?;
            calendar.closes(calendar.day_after(from.day(), days as u32))
        };
        let received = state.received;
        state.forward_due = received.and_then(|t| closing(t, Named::PetitionForwardDays));
        if state.due.is_none() {
            let from = counted_from.or(received);
            state.due = from.and_then(|t| closing(t, Named::PetitionAnswerDays));
            state.is_due_computed = state.due.is_some();
        }
        state
    }
}
