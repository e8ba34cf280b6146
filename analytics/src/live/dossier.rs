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

use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::DossierChannel;
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Calendars, WorkingUs};
use crate::mark::Marks;
use crate::names::Name;

/// What an event says about a dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DossierEvent {
    /// Filed.
    Submitted(Box<Filing>),
    /// Valid reception, with the due date where given.
    Accepted(Option<EventTime>),
    /// Refused at reception.
    Refused,
    /// Withdrawn.
    Withdrawn,
    /// Stopped for good.
    Stopped,
    /// A supplement is asked for.
    SupplementRequested,
    /// The supplement came.
    Supplemented,
    /// Digitised.
    Digitised,
    /// Handed over to an agency.
    Transferred(Name),
    /// Taken by an agency.
    Taken(Name),
    /// The clock stops.
    Suspended,
    /// The clock goes on.
    Resumed,
    /// A new due date.
    Extended(EventTime),
    /// Settled.
    Resolved,
    /// Handed over to the applicant.
    Returned,
    /// Paid.
    Paid,
}

impl DossierEvent {
    /// True for an event that ends a dossier.
    pub const fn is_end(&self) -> bool {
        matches!(
            self,
            Self::Refused | Self::Withdrawn | Self::Stopped | Self::Resolved
        )
    }

    /// The word by which the steps' table names it.
    pub const fn step(&self) -> &'static str {
        match self {
            Self::Submitted(_) => "submitted",
            Self::Accepted(_) => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::SupplementRequested => "supplement_requested",
            Self::Supplemented => "supplemented",
            Self::Digitised => "digitised",
            Self::Transferred(_) => "transferred",
            Self::Taken(_) => "taken",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Extended(_) => "extended",
            Self::Resolved => "resolved",
            Self::Returned => "returned",
            Self::Paid => "paid",
        }
    }
}

/// What a filing says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The procedure.
    pub procedure: Name,
    /// The field (*lĩnh vực*).
    pub field: Name,
    /// The receiving site.
    pub site: Name,
    /// The competent agency.
    pub agency: Name,
    /// How it was filed.
    pub channel: Option<DossierChannel>,
    /// Where the applicant lives.
    pub home_unit: Option<Name>,
}

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
    /// How far it has come.
    pub stage: Stage,
    /// When it ended, for stages that are ends.
    pub ended: Option<EventTime>,
    /// Its due date, moved by stopped spans.
    pub due: Option<EventTime>,
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
}

impl DossierState<'_> {
    /// When its clock began.
    pub fn clock_began(&self) -> Option<EventTime> {
        self.accepted.or(self.submitted)
    }

    /// The calendar by which its time is counted: the competent agency's, or the city's where that is unknown.
    pub fn calendar<'c>(&self, calendars: &'c Calendars) -> &'c Calendar {
        match self.filing {
            Some(filing) => calendars.of_agency(&filing.agency),
            None => calendars.city(),
        }
    }
}

/// Stopped spans, in order, each with its end where it has one.
struct Pauses {
    spans: Vec<(EventTime, EventTime)>,
    open: bool,
}

impl Dossier {
    /// The dossier at an instant, from events timed before it.
    pub fn at<'a>(&'a self, instant: EventTime, calendars: &Calendars) -> DossierState<'a> {
        let mut state = DossierState {
            filing: None,
            submitted: None,
            accepted: None,
            stage: Stage::AwaitingAcceptance,
            ended: None,
            due: None,
            holder: None,
            second_request: None,
            digitised: None,
            paused: false,
            worked: None,
        };
        let mut due_set: Option<(EventTime, EventTime)> = None;
        let mut end: Option<(EventTime, Stage)> = None;
        let mut requests = 0;
        let marks = self.marks.before(instant);
        for mark in marks {
            let t = mark.time;
            match &mark.what {
                DossierEvent::Submitted(filing) => {
                    state.filing = Some(filing);
                    state.submitted = Some(t);
                    state.holder.get_or_insert(&filing.agency);
                }
                DossierEvent::Accepted(due) => {
                    state.accepted = Some(t);
                    due_set = due.map(|due| (t, due)).or(due_set);
                }
                DossierEvent::Extended(due) => due_set = Some((t, *due)),
                DossierEvent::Refused => end = Some((t, Stage::Refused)),
                DossierEvent::Withdrawn => end = Some((t, Stage::Withdrawn)),
                DossierEvent::Stopped => end = Some((t, Stage::Stopped)),
                DossierEvent::Resolved => end = Some((t, Stage::Resolved)),
                DossierEvent::SupplementRequested => {
                    requests += 1;
                    if requests == 2 {
                        state.second_request = Some(t);
                    }
                }
                DossierEvent::Digitised => {
                    state.digitised.get_or_insert(t);
                }
                DossierEvent::Transferred(agency) | DossierEvent::Taken(agency) => {
                    state.holder = Some(agency);
                }
                DossierEvent::Supplemented
                | DossierEvent::Suspended
                | DossierEvent::Resumed
                | DossierEvent::Returned
                | DossierEvent::Paid => {}
            }
        }
        let calendar = state.calendar(calendars);
        let until = end.map_or(instant, |(t, _)| t);
        let pauses = self.pauses(until);
        state.paused = end.is_none() && pauses.open;
        if let Some((t, stage)) = end {
            state.ended = Some(t);
            state.stage = stage;
        } else if state.accepted.is_some() {
            state.stage = Stage::Open;
        }
        state.due = due_set.map(|(set_at, due)| {
            let stopped: WorkingUs = pauses
                .spans
                .iter()
                .map(|(from, to)| calendar.between((*from).max(set_at), (*to).max(set_at)))
                .sum();
            calendar.add(due, stopped)
        });
        if state.stage == Stage::Resolved
            && let Some(began) = state.clock_began()
            && let Some(ended) = state.ended
        {
            let stopped: WorkingUs = pauses
                .spans
                .iter()
                .map(|(from, to)| calendar.between((*from).max(began), (*to).max(began)))
                .sum();
            // A settlement before the reception is a clock's error and has no working time.
            state.worked = (ended >= began).then(|| calendar.between(began, ended) - stopped);
        }
        state
    }

    /// The stopped spans up to an instant, joined where they overlap.
    fn pauses(&self, until: EventTime) -> Pauses {
        let mut spans: Vec<(EventTime, EventTime)> = Vec::new();
        let (mut awaiting, mut suspended) = (false, false);
        let mut since = None;
        for mark in self.marks.until(until) {
            match mark.what {
                DossierEvent::SupplementRequested => awaiting = true,
                DossierEvent::Supplemented => awaiting = false,
                DossierEvent::Suspended => suspended = true,
                DossierEvent::Resumed => suspended = false,
                _ => continue,
            }
            match (awaiting || suspended, since) {
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
