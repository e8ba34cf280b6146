//! A site's panel: its services, counters and boards, and the waits of the last two hours.

use std::collections::{BTreeMap, HashSet};

use compact_str::CompactString;
use ingest::event::EventTime;
use serde::Serialize;

use super::{Period, tenths, waiting};
use crate::figures::visits::VisitFigures;
use crate::live::State;
use crate::live::place::Place;
use crate::live::site_day::SiteDay;
use crate::live::visit::Visit;
use crate::names::Name;

/// A service at a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceView {
    /// The service.
    pub service: Name,
    /// People waiting for it.
    pub waiting: u64,
    /// The longest wait of those, seconds.
    pub longest_wait_s: Option<f64>,
    /// Today.
    pub day: Period,
    /// The last hour.
    pub hour: Period,
}

/// A counter at a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CounterView {
    /// The counter.
    pub counter: Name,
    /// `open`, `paused`, `closed`, or `unknown` without an event today.
    pub state: &'static str,
    /// What it serves, where said.
    pub services: Vec<Name>,
    /// Who works there, where said.
    pub performer: Option<&'static str>,
    /// The ticket being served.
    pub serving: Option<String>,
    /// Since when.
    pub since: Option<EventTime>,
    /// Today.
    pub day: Period,
}

/// A board at a site: its last snapshot of today.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardView {
    /// The service.
    pub service: Name,
    /// People waiting.
    pub waiting: u32,
    /// Counters open.
    pub open_counters: u32,
    /// The number shown.
    pub serving: Option<Name>,
    /// Mean service time, seconds.
    pub service_seconds: Option<f64>,
    /// When it said so.
    pub at: EventTime,
}

/// The last two hours in pieces of five minutes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waits {
    /// Length of a piece, seconds.
    pub bucket_s: i64,
    /// Begin of the first.
    pub from: EventTime,
    /// Mean wait of those begun in the piece; `None` where nobody was.
    pub mean_wait_s: Vec<Option<f64>>,
    /// Tickets issued in it.
    pub issued: Vec<u64>,
    /// Tickets begun in it.
    pub started: Vec<u64>,
    /// People waiting at its end, at the latest now.
    pub waiting: Vec<u64>,
}

/// The services asked for at a site today.
pub fn services(place: Option<&Place>, visits: &[Visit], now: EventTime) -> Vec<ServiceView> {
    #[derive(Default)]
    struct Group {
        waiting: u64,
        longest: Option<EventTime>,
        day: VisitFigures,
        hour: VisitFigures,
    }
    let mut groups: BTreeMap<&Name, Group> = BTreeMap::new();
    for visit in visits {
        if let (Some(service), Some(issued)) = (&visit.service, visit.issued) {
            let group = groups.entry(service).or_default();
            group.day.add(visit, now);
            if issued >= now.plus_seconds(-3600) {
                group.hour.add(visit, now);
            }
        }
    }
    for (visit, since) in waiting(visits, place, now) {
        let Some(service) = &visit.current_service else {
            continue;
        };
        let group = groups.entry(service).or_default();
        group.waiting += 1;
        group.longest = Some(group.longest.map_or(since, |l| l.min(since)));
    }
    groups
        .into_iter()
        .map(|(service, group)| ServiceView {
            service: Name::clone(service),
            waiting: group.waiting,
            longest_wait_s: group
                .longest
                .map(|since| now.seconds_since(since).max(0.0).round()),
            day: Period::of(&group.day),
            hour: Period::of(&group.hour),
        })
        .collect()
}

/// The counters of a site: their state by their events of today, the rest by the last word on it.
pub fn counters(
    place: Option<&Place>,
    today: Option<&SiteDay>,
    visits: &[Visit],
    now: EventTime,
) -> Vec<CounterView> {
    let mut days: BTreeMap<Name, VisitFigures> = BTreeMap::new();
    let mut serving: BTreeMap<Name, (EventTime, String)> = BTreeMap::new();
    for visit in visits {
        let Some(counter) = &visit.counter else {
            continue;
        };
        days.entry(Name::clone(counter))
            .or_default()
            .add(visit, now);
        if let Some(since) = visit.served_since() {
            let latest = serving
                .entry(Name::clone(counter))
                .or_insert((since, visit.ticket.to_string()));
            if since > latest.0 {
                *latest = (since, visit.ticket.to_string());
            }
        }
    }
    let known = place.into_iter().flat_map(|p| p.counters.keys());
    let all: std::collections::BTreeSet<Name> = known.chain(days.keys()).cloned().collect();
    all.into_iter()
        .map(|counter| {
            let marks = today
                .and_then(|day| day.counters.get(&counter))
                .map(|marks| marks.until(now))
                .unwrap_or_default();
            let known = place.and_then(|p| p.counters.get(&counter));
            let services = marks.iter().rev().find_map(|m| m.what.services.clone());
            let services = services.or_else(|| {
                let last = known?.services.as_ref();
                Some(last.filter(|l| l.time <= now)?.what.clone())
            });
            let performer = marks.iter().rev().find_map(|m| m.what.performer);
            let performer = performer.or_else(|| {
                let last = known?.performer.as_ref();
                Some(last.filter(|l| l.time <= now)?.what)
            });
            let (since, ticket) = serving
                .remove(&counter)
                .map_or((None, None), |(t, id)| (Some(t), Some(id)));
            CounterView {
                state: marks.last().map_or("unknown", |m| m.what.state.as_str()),
                services: services.unwrap_or_default(),
                performer: performer.map(ingest::event::types::Performer::as_str),
                serving: ticket,
                since,
                day: days.get(&counter).map(Period::of).unwrap_or_default(),
                counter,
            }
        })
        .collect()
}

/// The boards of a site with a snapshot today.
pub fn boards(today: Option<&SiteDay>, now: EventTime) -> Vec<BoardView> {
    let boards = today.into_iter().flat_map(|day| day.boards_at(now));
    boards
        .map(|(service, at, board)| BoardView {
            service: service.clone(),
            waiting: board.waiting,
            open_counters: board.open_counters,
            serving: board.serving.clone(),
            service_seconds: board.service_seconds.map(tenths),
            at,
        })
        .collect()
}

/// The last two hours of a site.
pub fn waits(place: Option<&Place>, visits: &[Visit], now: EventTime) -> Waits {
    const BUCKET_S: i64 = 300;
    const BUCKETS: usize = 24;
    const BUCKET_US: i64 = BUCKET_S * 1_000_000;
    let current = now.0.div_euclid(BUCKET_US) * BUCKET_US;
    let from = EventTime(current - (BUCKETS as i64 - 1) * BUCKET_US);
    let piece = |t: EventTime| {
        let i = (t.0 - from.0).div_euclid(BUCKET_US);
        usize::try_from(i).ok().filter(|i| *i < BUCKETS)
    };
    let waits_now: HashSet<&CompactString> = super::waiting(visits, place, now)
        .map(|(v, _)| &v.ticket)
        .collect();
    let mut sums = [(0.0, 0_u64); BUCKETS];
    let (mut issued, mut started, mut waiting) =
        (vec![0; BUCKETS], vec![0; BUCKETS], vec![0; BUCKETS]);
    for visit in visits {
        let Some(since) = visit.issued else { continue };
        if let Some(i) = piece(since) {
            issued[i] += 1;
        }
        if let Some(t) = visit.started()
            && let Some(i) = piece(t)
        {
            started[i] += 1;
            let wait = t.seconds_since(since);
            if wait >= 0.0 {
                sums[i].0 += wait;
                sums[i].1 += 1;
            }
        }
        let until = visit.started().or(visit.end.map(|(t, _)| t));
        let still = until.is_none() && waits_now.contains(&visit.ticket);
        for (i, count) in waiting.iter_mut().enumerate() {
            let end = EventTime(from.0 + (i as i64 + 1) * BUCKET_US).min(now);
            // A ticket lost sight of is in no queue: when it left is not known.
            *count += u64::from(since <= end && until.map_or(still, |t| t > end));
        }
    }
    Waits {
        bucket_s: BUCKET_S,
        from,
        mean_wait_s: sums
            .iter()
            .map(|(s, n)| (*n > 0).then(|| tenths(s / *n as f64)))
            .collect(),
        issued,
        started,
        waiting,
    }
}

/// The visits of a site today, in order of ticket.
pub fn visits_today(state: &State, site: &Name, now: EventTime) -> Vec<Visit> {
    let mut visits: Vec<Visit> = state.visits_of(now.day(), site).collect();
    visits.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    visits
}
