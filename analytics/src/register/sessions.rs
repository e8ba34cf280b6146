//! Sessions of community and mobile points: what was published against what was kept.
//!
//! A session is kept when the point opened within it, or up to [`EARLY_S`] before. A point that sends no openings but receives dossiers
//! or visits in the session kept it, too: what it did shows it.

use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::SpanKind;
use serde::Serialize;

use crate::live::place::PlaceEvent;
use crate::live::site_day::SiteDay;
use crate::names::Name;

/// Seconds before its begin from which on an opening is the session's.
pub const EARLY_S: i64 = 3600;
/// Seconds after which an opening is late.
pub const LATE_S: i64 = 15 * 60;

/// How a session was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Opened in time.
    Kept,
    /// Opened late.
    Late,
    /// Opened by nothing that is known, and visited.
    Visited,
    /// Not kept, as far as is known.
    Missed,
    /// Not begun.
    Ahead,
}

/// A published session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Session {
    /// The point.
    pub site: Name,
    /// Begin, as published.
    pub from: EventTime,
    /// End, as published.
    pub to: EventTime,
    /// When it was published, where that was said.
    pub published: Option<EventTime>,
    /// How it was kept.
    pub kept: Kept,
    /// When the point opened.
    pub opened: Option<EventTime>,
    /// Visits begun in it.
    pub visits: u64,
    /// Dossiers filed in it.
    pub dossiers: u64,
}

/// The sessions of a point's days; `days` are those of the point, `filed` tells how many dossiers were filed there in a span.
pub fn of_point<'a>(
    site: &Name,
    days: impl Iterator<Item = (Day, &'a SiteDay)> + Clone,
    filed: impl Fn(EventTime, EventTime) -> u64,
    now: EventTime,
) -> Vec<Session> {
    let doors = days.clone().flat_map(|(_, day)| day.doors.all());
    let mut published: Vec<(EventTime, EventTime, Option<EventTime>)> = doors
        .clone()
        .filter_map(|mark| match mark.what {
            PlaceEvent::Scheduled {
                from,
                to,
                kind: SpanKind::Session,
                published,
            } if from < to => Some((from, to, published)),
            _ => None,
        })
        .collect();
    published.sort_unstable();
    published.dedup_by_key(|(from, to, _)| (*from, *to));
    let openings = doors.filter(|mark| matches!(mark.what, PlaceEvent::Opened));
    let openings: Vec<EventTime> = openings.map(|mark| mark.time).collect();
    let mut sessions = Vec::with_capacity(published.len());
    for (from, to, published) in published {
        let is_of_it = |t: &&EventTime| from.plus_seconds(-EARLY_S) <= **t && **t < to;
        let opened = openings.iter().filter(is_of_it).min().copied();
        let tickets = days.clone().flat_map(|(_, day)| day.tickets.values());
        let visits = tickets
            .filter(|ticket| {
                let first = ticket.marks.all().first();
                first.is_some_and(|mark| from <= mark.time && mark.time < to)
            })
            .count() as u64;
        let dossiers = filed(from, to);
        let kept = match opened {
            Some(opened) if opened <= from.plus_seconds(LATE_S) => Kept::Kept,
            Some(_) => Kept::Late,
            None if visits + dossiers > 0 => Kept::Visited,
            None if now < to => Kept::Ahead,
            None => Kept::Missed,
        };
        sessions.push(Session {
            site: site.clone(),
            from,
            to,
            published,
            kept,
            opened,
            visits,
            dossiers,
        });
    }
    sessions
}
