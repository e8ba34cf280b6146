//! What a site's equipment tells of its queue: tickets, a plain board's figures, or nothing.
//!
//! The queue behind a board is simulated like any other; its tickets are then counted into snapshots per
//! service, every three minutes, and not told. Invariant: `waiting` is the number issued or sent on, less those called for
//! good or gone, up to the snapshot's instant.

use super::clock::{MINUTE, Millis};
use super::event::{Body, Event, Ticket};
use super::profile::{QueueSource, Site};
use super::services::SERVICES;
use super::visits::DayAtCounters;

const EVERY: Millis = 3 * MINUTE;

/// The state a board keeps of one service.
#[derive(Clone, Copy, Default)]
struct Row {
    /// Signed, so that an odd order inside one instant cannot wrap.
    waiting: i32,
    serving: Option<Ticket>,
}

/// The snapshots of a day whose events are given.
fn snapshots(site: &Site, index: u16, events: &[Event]) -> Vec<Event> {
    let mut ordered: Vec<&Event> = events.iter().collect();
    ordered.sort_by_key(|event| event.at);
    let Some(opened) = ordered
        .iter()
        .find(|event| event.body == Body::SiteOpened)
        .map(|event| event.at)
    else {
        return Vec::new();
    };
    let closed = ordered
        .iter()
        .rfind(|event| event.body == Body::SiteClosed)
        .map_or(opened, |event| event.at);

    let mut rows = [Row::default(); SERVICES.len()];
    let mut open = vec![false; site.counters.len()];
    // Where each ticket waits now; absent once it is served or gone.
    let mut waits: std::collections::BTreeMap<(char, u16), u8> = std::collections::BTreeMap::new();
    let mut out = Vec::new();
    let mut next = 0;
    let mut at = opened;
    while at <= closed {
        while next < ordered.len() && ordered[next].at <= at {
            apply(ordered[next], &mut rows, &mut open, &mut waits);
            next += 1;
        }
        for service in 0..SERVICES.len() {
            // A board shows the services that a point sees daily: the rest would be rows of zeros.
            if SERVICES[service].share[0] < 0.05 {
                continue;
            }
            let mask = 1_u16 << service;
            let counters = site
                .counters
                .iter()
                .zip(&open)
                .filter(|(counter, open)| **open && counter.services & mask != 0);
            let body = Body::Board {
                service: service as u8,
                waiting: rows[service].waiting.max(0) as u16,
                open: counters.count() as u8,
                serving: rows[service].serving,
                seconds: (SERVICES[service].minutes.0 * 60.0) as u16,
            };
            out.push(Event {
                at,
                site: index,
                number: 0,
                body,
            });
        }
        at += EVERY;
    }
    out
}

fn apply(
    event: &Event,
    rows: &mut [Row],
    open: &mut [bool],
    waits: &mut std::collections::BTreeMap<(char, u16), u8>,
) {
    let key = |ticket: Ticket| (ticket.letter, ticket.number);
    match event.body {
        Body::CounterOpened { counter } | Body::CounterResumed { counter } => {
            open[usize::from(counter)] = true;
        }
        Body::CounterPaused { counter } | Body::CounterClosed { counter } => {
            open[usize::from(counter)] = false;
        }
        Body::Issued {
            ticket, service, ..
        }
        | Body::MovedOn {
            ticket, service, ..
        } => {
            if let Some(before) = waits.insert(key(ticket), service) {
                rows[usize::from(before)].waiting -= 1;
            }
            rows[usize::from(service)].waiting += 1;
        }
        Body::Called { ticket, .. } => {
            if let Some(service) = waits.remove(&key(ticket)) {
                rows[usize::from(service)].waiting -= 1;
                rows[usize::from(service)].serving = Some(ticket);
            }
        }
        Body::Abandoned { ticket } => {
            if let Some(service) = waits.remove(&key(ticket)) {
                rows[usize::from(service)].waiting -= 1;
            }
        }
        _ => {}
    }
}

/// Keeps of a day at the counters what the site's equipment can tell.
pub(crate) fn told_by(site: &Site, index: u16, day: &mut DayAtCounters) {
    match site.queue {
        QueueSource::Tickets => {}
        QueueSource::Board => {
            let snapshots = snapshots(site, index, &day.events);
            day.events
                .retain(|event| matches!(event.body, Body::SiteOpened | Body::SiteClosed));
            day.events.extend(snapshots);
        }
        QueueSource::Nothing => day.events.clear(),
    }
}
