//! A ticket's events, and the visit that they make.
//!
//! The contract's clocks, read from the marks in order of precedence:
//! - the **wait** runs from `issued` to the first `started`, across transfers before it;
//! - a transfer after a `started` begins a second leg, whose wait is the *rewait*;
//! - a leg's **transaction** runs from its `started` to its `finished`; of several the greatest counts,
//!   as the contract says *first* of the wait alone;
//! - in a leg without `started` but with `finished`, the last `called` before that `finished` stands in, and
//!   the visit is *approximate*.

use compact_str::CompactString;
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::{Priority, Purpose};
use serde::{Deserialize, Serialize};

use crate::mark::{Mark, Marks};
use crate::names::Name;

/// What an event says about a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum TicketEvent {
    /// A number was given.
    Issued {
        /// The service asked for.
        service: Name,
        /// Its priority.
        priority: Priority,
        /// What for.
        purpose: Option<Purpose>,
        /// What few tickets have.
        booking: Option<Box<Booking>>,
    },
    /// Called to a counter.
    Called(Name),
    /// Work began at a counter.
    Started(Name),
    /// Work ended; how many dossiers it handled, where said.
    Finished {
        /// The counter, where said.
        counter: Option<Name>,
        /// Dossiers handled.
        dossiers: Option<u32>,
    },
    /// Left or did not come.
    Abandoned,
    /// Sent on to another service.
    Transferred(Name),
}

/// What few tickets have when their number is given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Booking {
    /// The appointment it has.
    pub appointment_at: Option<EventTime>,
    /// Who asked for it: a digest of the installation's pseudonym, which tells two apart and names nobody.
    pub applicant: Option<u64>,
}

/// A ticket of a site's day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its events.
    pub marks: Marks<TicketEvent>,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `finished`.
    Finished,
    /// `abandoned`.
    Abandoned,
}

/// A piece of a visit served without a transfer in between.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Leg {
    /// When its wait began: `issued`, or the transfer that began it.
    pub waiting_since: Option<EventTime>,
    /// The service that it waits for.
    pub service: Option<Name>,
    /// When it was first called, since it was last sent on.
    pub called: Option<EventTime>,
    /// The counter that works on it or, before that, called it last.
    pub counter: Option<Name>,
    /// When work first began: the wait ends.
    pub started: Option<EventTime>,
    /// When work began by the last word on it: the transaction begins.
    pub begun: Option<EventTime>,
    /// When work ended.
    pub finished: Option<EventTime>,
    /// Dossiers handled in it.
    pub dossiers: Option<u32>,
    /// `started` is the last call standing in.
    pub approximate: bool,
}

impl Leg {
    /// Microseconds waited, negative where the clocks disagree.
    pub fn wait_us(&self) -> Option<i64> {
        Some(self.started?.0 - self.waiting_since?.0)
    }

    /// Seconds waited, negative where the clocks disagree.
    pub fn wait_s(&self) -> Option<f64> {
        Some(self.started?.seconds_since(self.waiting_since?))
    }

    /// Microseconds of work, negative where the clocks disagree.
    pub fn transaction_us(&self) -> Option<i64> {
        Some(self.finished?.0 - self.begun?.0)
    }

    /// Seconds of work, negative where the clocks disagree.
    pub fn transaction_s(&self) -> Option<f64> {
        Some(self.finished?.seconds_since(self.begun?))
    }
}

/// A visit as its ticket's events tell it.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The site's code.
    pub site: Name,
    /// The service day.
    pub day: Day,
    /// The ticket.
    pub ticket: CompactString,
    /// When the number was given; `None` is a walk-in.
    pub issued: Option<EventTime>,
    /// The service asked for.
    pub service: Option<Name>,
    /// The service waited for or given now, after transfers.
    pub current_service: Option<Name>,
    /// The counter of the first start.
    pub counter: Option<Name>,
    /// Its priority.
    pub priority: Priority,
    /// What for.
    pub purpose: Option<Purpose>,
    /// The legs, in order; the first is never missing.
    pub legs: Vec<Leg>,
    /// How it ended, when it did.
    pub end: Option<(EventTime, End)>,
    /// Time of its first event.
    pub first_event: EventTime,
    /// When and to which counter it was called last, while it is neither begun nor ended.
    pub called: Option<(EventTime, Name)>,
}

impl Visit {
    /// When the first work began.
    pub fn started(&self) -> Option<EventTime> {
        self.legs[0].started
    }

    /// Some start of it is a call standing in.
    pub fn is_approximate(&self) -> bool {
        self.legs.iter().any(|leg| leg.approximate)
    }

    /// The leg it is in.
    pub fn current_leg(&self) -> &Leg {
        &self.legs[self.legs.len() - 1]
    }

    /// Waiting now: a number was given, no work began in the present leg, and no end.
    /// Answers since when.
    pub fn waiting_since(&self) -> Option<EventTime> {
        let leg = self.current_leg();
        if self.issued.is_none() || self.end.is_some() || leg.started.is_some() {
            return None;
        }
        leg.waiting_since
    }

    /// Being served now: work began in the present leg, and no end. Answers since when.
    pub fn served_since(&self) -> Option<EventTime> {
        if self.end.is_some() {
            None
        } else {
            self.current_leg().started
        }
    }
}

impl Ticket {
    /// The visit that the events tell of.
    pub fn visit(&self, site: &Name, day: Day, ticket: &CompactString) -> Visit {
        Self::read(self.marks.all(), site, day, ticket)
    }

    fn read(marks: &[Mark<TicketEvent>], site: &Name, day: Day, ticket: &CompactString) -> Visit {
        let mut visit = Visit {
            site: Name::clone(site),
            day,
            ticket: ticket.clone(),
            issued: None,
            service: None,
            current_service: None,
            counter: None,
            priority: Priority::Normal,
            purpose: None,
            legs: Vec::with_capacity(1),
            end: None,
            first_event: marks.first().map_or(day.start(), |m| m.time),
            called: None,
        };
        let mut leg = Leg::default();
        let mut last_call: Option<(EventTime, &Name)> = None;
        for mark in marks {
            match &mark.what {
                TicketEvent::Issued {
                    service,
                    priority,
                    purpose,
                    ..
                } => {
                    visit.issued = Some(mark.time);
                    visit.service = Some(Name::clone(service));
                    visit.priority = *priority;
                    visit.purpose = *purpose;
                    visit
                        .current_service
                        .get_or_insert_with(|| Name::clone(service));
                    leg.service.get_or_insert_with(|| Name::clone(service));
                }
                TicketEvent::Called(counter) => {
                    last_call = Some((mark.time, counter));
                    visit.called = Some((mark.time, Name::clone(counter)));
                    leg.called.get_or_insert(mark.time);
                    if leg.begun.is_none() {
                        leg.counter = Some(Name::clone(counter));
                    }
                }
                TicketEvent::Started(counter) => {
                    if leg.started.is_none() || leg.approximate {
                        leg.started = Some(mark.time);
                        leg.approximate = false;
                        if visit.legs.is_empty() {
                            visit.counter = Some(Name::clone(counter));
                        }
                    }
                    leg.begun = Some(mark.time);
                    leg.counter = Some(Name::clone(counter));
                    visit.called = None;
                }
                TicketEvent::Finished { dossiers, .. } => {
                    if (leg.started.is_none() || leg.approximate)
                        && let Some((called_at, counter)) = last_call
                    {
                        (leg.started, leg.begun) = (Some(called_at), Some(called_at));
                        leg.approximate = true;
                        if visit.legs.is_empty() {
                            visit.counter = Some(Name::clone(counter));
                        }
                    }
                    leg.finished = Some(mark.time);
                    leg.dossiers = *dossiers;
                    visit.end = Some((mark.time, End::Finished));
                    visit.called = None;
                }
                TicketEvent::Abandoned => {
                    visit.end = Some((mark.time, End::Abandoned));
                    visit.called = None;
                }
                TicketEvent::Transferred(service) => {
                    visit.current_service = Some(Name::clone(service));
                    visit.called = None;
                    if leg.started.is_some() {
                        visit.legs.push(std::mem::take(&mut leg));
                        leg.waiting_since = Some(mark.time);
                        last_call = None;
                        // Sent on after `finished`: the visit goes on.
                        visit.end = None;
                    }
                    leg.service = Some(Name::clone(service));
                    (leg.called, leg.counter) = (None, None);
                }
            }
        }
        visit.legs.push(leg);
        visit.legs[0].waiting_since = visit.issued;
        visit
    }
}
