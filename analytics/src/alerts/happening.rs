//! A point's day as happenings in order: what its tickets, counters, boards, doors and ratings said, one after the other.

use compact_str::CompactString;
use ingest::event::EventTime;
use ingest::event::types::{Priority, SpanKind};

use crate::live::place::{Place, PlaceEvent};
use crate::live::site_day::{CounterState, SiteDay};
use crate::live::visit::TicketEvent;
use crate::mark::Mark;
use crate::names::Name;

/// Something that happened at a point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Happening {
    pub(super) at: EventTime,
    source: Name,
    id: CompactString,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Issued {
        ticket: CompactString,
        service: Name,
        priority: Priority,
        appointment: Option<EventTime>,
        applicant: Option<u64>,
    },
    Called(CompactString, Name),
    Started(CompactString, Name),
    Finished(CompactString, Option<Name>),
    Abandoned(CompactString),
    Transferred(CompactString, Name),
    Counter(Name, CounterState, Option<Vec<Name>>),
    Board {
        service: Name,
        waiting: u32,
        open: u32,
        service_s: Option<f64>,
    },
    Rated(u8),
    Opened,
    Closed,
    Scheduled(EventTime, EventTime, SpanKind),
    /// Something else was heard.
    Heard,
}

/// Which happenings of a day are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Those after it.
    pub(super) after: EventTime,
    /// Those up to it.
    pub(super) until: EventTime,
    /// Events that had come by then were looked at.
    pub(super) seen: u64,
}

/// The happenings of a day after an instant up to another, in order of precedence; `None` where one came since that is
/// timed before: what was made of the day so far is to be made anew.
pub(super) fn between(day: &SiteDay, wanted: Wanted) -> Option<Vec<Happening>> {
    let mut found = Vec::new();
    let mut is_late = false;
    let mut take = |mark: Meta<'_>, what: &mut dyn FnMut() -> What| {
        if mark.time <= wanted.after {
            is_late |= mark.arrived > wanted.seen;
        } else if mark.time <= wanted.until {
            found.push(Happening {
                at: mark.time,
                source: mark.source.clone(),
                id: mark.id.clone(),
                what: what(),
            });
        }
    };
    for (ticket, entry) in &day.tickets {
        for mark in entry.marks.all() {
            take(meta(mark), &mut || ticket_event(ticket, &mark.what));
        }
    }
    for (counter, marks) in &day.counters {
        for mark in marks.all() {
            take(meta(mark), &mut || {
                What::Counter(counter.clone(), mark.what.state, mark.what.services.clone())
            });
        }
    }
    for (service, marks) in &day.boards {
        for mark in marks.all() {
            take(meta(mark), &mut || What::Board {
                service: service.clone(),
                waiting: mark.what.waiting,
                open: mark.what.open_counters,
                service_s: mark.what.service_seconds,
            });
        }
    }
    for mark in day.ratings.all() {
        take(meta(mark), &mut || What::Rated(mark.what.score));
    }
    for mark in day.doors.all() {
        take(meta(mark), &mut || door(&mark.what));
    }
    for mark in day.needs.all() {
        take(meta(mark), &mut || What::Heard);
    }
    if is_late {
        return None;
    }
    found.sort_unstable_by(|a, b| {
        (a.at, &*a.source, a.id.as_str()).cmp(&(b.at, &*b.source, b.id.as_str()))
    });
    Some(found)
}

/// The spans that reach into a day and were published before it.
pub(super) fn published(
    place: &Place,
    from: EventTime,
    to: EventTime,
) -> impl Iterator<Item = (EventTime, EventTime, SpanKind)> {
    let before = place.doors.before(from).iter();
    before.filter_map(move |mark| match mark.what {
        PlaceEvent::Scheduled {
            from: begin,
            to: end,
            kind,
            ..
        } if begin < to && end > from => Some((begin, end, kind)),
        _ => None,
    })
}

struct Meta<'a> {
    time: EventTime,
    arrived: u64,
    source: &'a Name,
    id: &'a CompactString,
}

fn meta<K>(mark: &Mark<K>) -> Meta<'_> {
    Meta {
        time: mark.time,
        arrived: mark.arrived,
        source: &mark.source,
        id: &mark.id,
    }
}

fn ticket_event(ticket: &CompactString, event: &TicketEvent) -> What {
    let ticket = ticket.clone();
    match event {
        TicketEvent::Issued {
            service,
            priority,
            booking,
            ..
        } => What::Issued {
            ticket,
            service: service.clone(),
            priority: *priority,
            appointment: booking.as_ref().and_then(|b| b.appointment_at),
            applicant: booking.as_ref().and_then(|b| b.applicant),
        },
        TicketEvent::Called(counter) => What::Called(ticket, counter.clone()),
        TicketEvent::Started(counter) => What::Started(ticket, counter.clone()),
        TicketEvent::Finished { counter, .. } => What::Finished(ticket, counter.clone()),
        TicketEvent::Abandoned => What::Abandoned(ticket),
        TicketEvent::Transferred(service) => What::Transferred(ticket, service.clone()),
    }
}

fn door(event: &PlaceEvent) -> What {
    match event {
        PlaceEvent::Opened => What::Opened,
        PlaceEvent::Closed => What::Closed,
        PlaceEvent::Scheduled { from, to, kind, .. } => What::Scheduled(*from, *to, *kind),
        PlaceEvent::Moved(..) => What::Heard,
    }
}
