//! Who is waiting now, as far as can be told.
//!
//! A ticket waits from its number to its start or end. Machines leave some open: no *started* is sent, an
//! end is missing, the day's last tickets are never closed (domain rules §6). Counting those as people
//! would show queues that are not there, so a ticket is set aside as *lost sight of* when
//! - the point has closed since the wait began, or
//! - the counter that called it has called or begun another since, or
//! - it waits longer than [`PLAUSIBLE_S`].
//!
//! A ticket set aside is still a visit, and `unresolved` when its day closes.

use std::collections::HashMap;

use ingest::event::EventTime;

use crate::live::place::{Place, PlaceEvent};
use crate::live::visit::Visit;

/// The longest wait that is believed, seconds (domain rules §6.13: a wait over four hours).
pub const PLAUSIBLE_S: i64 = 4 * 3600;

/// The visits that wait, each with the begin of its wait.
pub fn waiting<'a>(
    visits: &'a [Visit],
    place: Option<&Place>,
    now: EventTime,
) -> impl Iterator<Item = (&'a Visit, EventTime)> {
    let closed = place.and_then(|p| last_closing(p, now));
    let mut last_act: HashMap<&str, EventTime> = HashMap::new();
    for visit in visits {
        let begun = visit.started().zip(visit.counter.as_ref());
        let called = visit.called.as_ref().map(|(t, counter)| (*t, counter));
        for (t, counter) in begun.into_iter().chain(called) {
            let last = last_act.entry(counter).or_insert(t);
            *last = (*last).max(t);
        }
    }
    visits.iter().filter_map(move |visit| {
        let since = visit.waiting_since()?;
        let shut = closed.is_some_and(|t| t >= since);
        let passed_over = visit
            .called
            .as_ref()
            .is_some_and(|(t, counter)| last_act.get(&**counter).is_some_and(|last| last > t));
        let implausible = since.plus_seconds(PLAUSIBLE_S) < now;
        (!shut && !passed_over && !implausible).then_some((visit, since))
    })
}

/// When the point closed, if that is the last it said of its doors.
fn last_closing(place: &Place, now: EventTime) -> Option<EventTime> {
    let marks = place.doors.until(now);
    let last = marks
        .iter()
        .rev()
        .find(|m| matches!(m.what, PlaceEvent::Opened | PlaceEvent::Closed))?;
    (last.what == PlaceEvent::Closed).then_some(last.time)
}
