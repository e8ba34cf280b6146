//! The public list of waits: what a citizen may know before travelling.
//!
//! **In**: the points as they are now ([`PointNow`]), an [`Outlook`], the [`Neighbours`]. **Out**: a [`Feed`]. Pure.
//!
//! # The shape
//! ```json
//! {"as_of": "2026-11-23T09:40:00+07:00", "simulated": false, "standard_min": 15,
//!  "points": [{
//!    "id": "CN01", "name": "…", "kind": "branch", "lon": 105.8, "lat": 21.0,
//!    "state": "open", "opens_at": null, "closes_at": "2026-11-23T12:00:00+07:00",
//!    "heard_at": "2026-11-23T09:39:41+07:00",
//!    "waiting": 14, "waiting_source": "tickets",
//!    "wait": {"from_min": 20, "to_min": 35, "sample": 31, "basis": "hour"},
//!    "over_standard": true,
//!    "neighbour": {"id": "CN02", "name": "…", "travel_min": 9, "approximate": false,
//!                  "from_min": 0, "to_min": 5, "saves_min": 11}}]}
//! ```
//! - `state`: `open`, `closed`, or `no_data`: nothing heard today or nothing for twenty minutes of its hours. Of *no
//!   data* every figure is `null`, and so is any other figure without a sample; a reader shows that and never a zero.
//! - `opens_at` only while closed, `closes_at` only while open or *no data*, where known.
//! - `heard_at`: the point's last event, so `as_of − heard_at` is the age of its figures.
//! - `wait`: somebody who arrives now waits about `from_min` to `to_min` minutes, multiples of five: from the median
//!   rounded down to the 90 % bound rounded up; `to_min` is `null` without a bound. `sample`: waits (`basis` `hour`),
//!   transactions (`queue`), or past days (`forecast`) that it rests on.
//! - `over_standard`: the expected wait is over the 15 minutes; `null` without one.
//! - `neighbour`: of an overloaded point, where its newcomers are served soonest, if anywhere by a margin; its minutes
//!   are the wait there on arrival. `saves_min`: travel and wait together, on the mean of all who go.
//!
//! # Invariants
//! No ticket, no counter by its name, no person: only how many wait and how long, and no wait whose sample is fewer than
//! [`LEAST_TOLD`] people (its bound is never under the longest wait of who stand there now). Points in order of code.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use serde::Serialize;

use super::decision::{Expected, Outlook, Relief, Settings, reliefs};
use super::estimate::Basis;
use super::opening::Opening;
use super::travel::Neighbours;
use crate::figures::visits::LIMIT_S;
use crate::names::Name;
use crate::view::{QueueSource, SiteState, SiteSummary};

/// Waits are told in steps of so many minutes: finer would be more than is known.
const STEP_MIN: u32 = 5;

/// A figure of fewer people than these is told to nobody outside (k-anonymity, k = 5).
pub const LEAST_TOLD: u64 = 5;

/// What the list is made from, for one point.
#[derive(Debug, Clone, Copy)]
pub struct PointNow<'a> {
    /// Its figures.
    pub summary: &'a SiteSummary,
    /// Its door.
    pub opening: Opening,
}

/// The list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Feed {
    /// Up to when it is complete.
    pub as_of: EventTime,
    /// Of a simulated city.
    pub simulated: bool,
    /// The standard of a wait, minutes (scheme part 1, T4).
    pub standard_min: u32,
    /// The points.
    pub points: Vec<PublicPoint>,
}

/// Whether one may go there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// Open.
    Open,
    /// Closed.
    Closed,
    /// Nothing is known of it.
    NoData,
}

/// A point on the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublicPoint {
    /// Its code.
    pub id: Name,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// Its door.
    pub state: Door,
    /// When it opens, while closed.
    pub opens_at: Option<EventTime>,
    /// When it closes.
    pub closes_at: Option<EventTime>,
    /// Its last event.
    pub heard_at: Option<EventTime>,
    /// People waiting.
    pub waiting: Option<u64>,
    /// Where that is from.
    pub waiting_source: Option<QueueSource>,
    /// The expected wait.
    pub wait: Option<WaitRange>,
    /// It is over the standard.
    pub over_standard: Option<bool>,
    /// Where one is served sooner.
    pub neighbour: Option<Suggestion>,
}

/// An expected wait as a citizen is told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WaitRange {
    /// From about so many minutes.
    pub from_min: u32,
    /// To about so many, where there is a bound.
    pub to_min: Option<u32>,
    /// What it rests on.
    pub sample: u64,
    /// How it was reckoned.
    pub basis: Option<Basis>,
}

/// A neighbour where one is served sooner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// Its code.
    pub id: Name,
    /// Its name.
    pub name: String,
    /// Travel by motorbike, whole minutes, rounded up.
    pub travel_min: u32,
    /// That is rough: a point lies far from the roads.
    pub approximate: bool,
    /// The wait there from about so many minutes.
    pub from_min: u32,
    /// To about so many, where there is a bound.
    pub to_min: Option<u32>,
    /// Saved, travel taken off, whole minutes, rounded down.
    pub saves_min: u32,
}

/// The list of the points that are registered, which have a name and a place.
pub fn feed<'a>(
    points: impl IntoIterator<Item = PointNow<'a>>,
    outlook: &impl Outlook,
    neighbours: &Neighbours,
    settings: &Settings,
    as_of: EventTime,
    simulated: bool,
) -> Feed {
    let points: BTreeMap<&Name, PointNow<'a>> = points
        .into_iter()
        .filter(|point| point.summary.registered)
        .map(|point| (&point.summary.id, point))
        .collect();
    let open = points.iter().filter(|(_, p)| door(p) == Door::Open);
    let proposals = reliefs(open.map(|(id, _)| *id), neighbours, outlook, settings);
    let mut best: BTreeMap<&Name, &Relief> = BTreeMap::new();
    for relief in &proposals {
        // Of a point the best comes first.
        best.entry(&relief.from).or_insert(relief);
    }
    let shown = points.iter().filter_map(|(id, point)| {
        let name = |id: &Name| points.get(id).and_then(|p| p.summary.name.clone());
        let relief = best.get(id).copied();
        let neighbour = relief.and_then(|r| suggestion(r, name(&r.to)?, outlook));
        public_point(point, outlook, neighbour)
    });
    Feed {
        as_of,
        simulated,
        standard_min: (LIMIT_S / 60.0) as u32,
        points: shown.collect(),
    }
}

/// Whether one may go to a point now.
pub fn door(point: &PointNow<'_>) -> Door {
    let waiting = point.summary.queue.as_ref().map_or(0, |q| q.waiting);
    let is_closed = !point.opening.is_open && waiting == 0;
    match point.summary.state {
        _ if is_closed => Door::Closed,
        SiteState::NoData => Door::NoData,
        SiteState::Closed => Door::Closed,
        SiteState::Ok | SiteState::Busy | SiteState::Over => Door::Open,
    }
}

fn public_point(
    point: &PointNow<'_>,
    outlook: &impl Outlook,
    neighbour: Option<Suggestion>,
) -> Option<PublicPoint> {
    let summary = point.summary;
    let state = door(point);
    let is_open = state == Door::Open;
    let expected = expected(outlook, &summary.id, 0.0).filter(|_| is_open);
    let queue = summary.queue.as_ref().filter(|_| is_open);
    Some(PublicPoint {
        id: summary.id.clone(),
        name: summary.name.clone()?,
        kind: summary.kind?,
        lon: summary.lon?,
        lat: summary.lat?,
        state,
        opens_at: point.opening.opens_at.filter(|_| state == Door::Closed),
        closes_at: point.opening.closes_at.filter(|_| state != Door::Closed),
        heard_at: summary.last_event_at,
        waiting: queue.map(|q| q.waiting),
        waiting_source: queue.map(|q| q.source),
        wait: expected.as_ref().and_then(range),
        over_standard: expected.and_then(|e| e.wait_s).map(|wait| wait > LIMIT_S),
        neighbour,
    })
}

/// What is expected, where enough people were measured for it. A forecast rests on whole days.
fn expected(outlook: &impl Outlook, site: &Name, after_s: f64) -> Option<Expected> {
    let expected = outlook.expected(site, after_s)?;
    let is_of_days = expected.basis == Some(Basis::Forecast);
    (is_of_days || expected.sample >= LEAST_TOLD).then_some(expected)
}

fn range(expected: &Expected) -> Option<WaitRange> {
    let (from_min, to_min) = minutes(expected)?;
    Some(WaitRange {
        from_min,
        to_min,
        sample: expected.sample,
        basis: expected.basis,
    })
}

/// The median in steps, rounded down, and the bound, rounded up and at least a step more.
fn minutes(expected: &Expected) -> Option<(u32, Option<u32>)> {
    let step_s = f64::from(STEP_MIN) * 60.0;
    let figure = |s: Option<f64>| s.filter(|s| s.is_finite() && *s >= 0.0);
    let from = (figure(expected.wait_s)? / step_s).floor() as u32;
    let to = figure(expected.high_s).map(|high| ((high / step_s).ceil() as u32).max(from + 1));
    Some((from * STEP_MIN, to.map(|to| to * STEP_MIN)))
}

fn suggestion(relief: &Relief, name: String, outlook: &impl Outlook) -> Option<Suggestion> {
    let there = expected(outlook, &relief.to, relief.minutes * 60.0)?;
    let (from_min, to_min) = minutes(&there)?;
    Some(Suggestion {
        id: relief.to.clone(),
        name,
        travel_min: relief.minutes.ceil() as u32,
        approximate: relief.approximate,
        from_min,
        to_min,
        saves_min: (relief.saves_s / 60.0) as u32,
    })
}
