//! One site now: its figures, its queue, and how much attention it needs.

use std::collections::BTreeMap;

use ingest::event::EventTime;
use serde::Serialize;

use super::{Period, SiteDossiers, share, tenths, waiting};
use crate::calendar::Calendar;
use crate::figures::boards::HOLD_S;
use crate::figures::ratings::RatingFigures;
use crate::figures::visits::{LIMIT_S, VisitFigures};
use crate::live::State;
use crate::live::place::{Place, PlaceEvent};
use crate::live::site_day::{Board, CounterState, SiteDay};
use crate::live::visit::Visit;
use crate::names::Name;
use crate::registry::Registry;
use crate::rules::Rules;

/// Silence inside opening hours that makes a site *no data*, seconds.
const SILENT_S: i64 = 20 * 60;
/// Mean wait of the hour that makes a site busy, seconds.
const BUSY_WAIT_S: f64 = 600.0;
/// People waiting for each open counter that make a site busy.
const BUSY_PER_COUNTER: u64 = 10;

/// Where a queue's length comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueSource {
    /// Ticket by ticket: exact.
    Tickets,
    /// A board's figures: coarser.
    Board,
}

/// The queue now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Queue {
    /// People waiting.
    pub waiting: u64,
    /// The longest wait of those waiting, seconds.
    pub longest_wait_s: Option<f64>,
    /// Where this is from.
    pub source: QueueSource,
}

/// A site's state, exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteState {
    /// Nothing received today, or silent inside opening hours.
    NoData,
    /// Closed for the public.
    Closed,
    /// Nothing to worry about.
    Ok,
    /// Near its bounds.
    Busy,
    /// Over a bound.
    Over,
}

/// Why a site is in its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The hour's mean wait is over 15 minutes.
    WaitOver,
    /// Someone waiting now waits over 15 minutes.
    LongestOver,
    /// People wait and no counter is open.
    NoCounter,
    /// The hour's mean wait is over 10 minutes.
    WaitHigh,
    /// Over ten people wait for each open counter.
    QueueLong,
    /// Heard today, silent now.
    Silent,
    /// Nothing received today.
    NeverHeard,
    /// Dossiers are overdue.
    Overdue,
    /// Closed for the public.
    Closed,
}

/// Ratings of a site today.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SiteRatings {
    /// Ratings: the sample.
    pub ratings: u64,
    /// The share of satisfied.
    pub satisfied_share: Option<f64>,
}

/// What the list and the map show of a site.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SiteSummary {
    /// Its code.
    pub id: Name,
    /// Its name, where registered.
    pub name: Option<String>,
    /// Its kind, where registered.
    pub kind: Option<&'static str>,
    /// Its unit, where registered.
    pub unit: Option<Name>,
    /// Longitude.
    pub lon: Option<f64>,
    /// Latitude.
    pub lat: Option<f64>,
    /// How sure the coordinates are.
    pub coord_class: Option<&'static str>,
    /// The pack knows it.
    pub registered: bool,
    /// Its state.
    pub state: SiteState,
    /// Why, most serious first.
    pub reasons: Vec<Reason>,
    /// 0 to 100: the order of what needs attention.
    pub attention: u8,
    /// Time of its last event.
    pub last_event_at: Option<EventTime>,
    /// Its queue; `None` is *no data*.
    pub queue: Option<Queue>,
    /// Counters open; `None` where unknown.
    pub open_counters: Option<u64>,
    /// Today.
    pub day: Period,
    /// The last hour.
    pub hour: Period,
    /// Its dossiers.
    pub dossiers: SiteDossiers,
    /// Its ratings today.
    pub ratings: SiteRatings,
}

/// A site's summary with the samples behind it, for the city's figures.
#[derive(Debug, Clone)]
pub struct SiteLive {
    /// The summary.
    pub summary: SiteSummary,
    /// Visits of today.
    pub day: VisitFigures,
    /// Visits of the last hour.
    pub hour: VisitFigures,
}

/// A site at an instant.
pub fn site_live(
    state: &State,
    registry: &Registry,
    rules: &Rules,
    site: &Name,
    dossiers: SiteDossiers,
    now: EventTime,
) -> SiteLive {
    let empty = Place::default();
    let place = state.lasting.places.get(site).unwrap_or(&empty);
    let today = state.day_of(now.day(), site);
    let hour_ago = now.plus_seconds(-3600);
    let (mut day, mut hour) = (VisitFigures::default(), VisitFigures::default());
    let visits: Vec<Visit> = state.visits_of(now.day(), site).collect();
    for visit in &visits {
        day.add(visit, now);
        if visit.issued.unwrap_or(visit.first_event) >= hour_ago {
            hour.add(visit, now);
        }
    }
    let board = fresh_boards(state, site, now);
    let queue = if visits.is_empty() {
        board.map(|(waiting, _)| Queue {
            waiting,
            longest_wait_s: None,
            source: QueueSource::Board,
        })
    } else {
        let waits: Vec<EventTime> = waiting(&visits, Some(place), now)
            .map(|(_, since)| since)
            .collect();
        let longest = waits
            .iter()
            .min()
            .map(|since| now.seconds_since(*since).max(0.0).round());
        Some(Queue {
            waiting: waits.len() as u64,
            longest_wait_s: longest,
            source: QueueSource::Tickets,
        })
    };
    let open_counters = today
        .and_then(|day| open_counters(day, now))
        .or(board.map(|(_, counters)| counters));
    let mut ratings = RatingFigures::default();
    for mark in today.into_iter().flat_map(|day| day.ratings.all()) {
        ratings.add(mark.what.score);
    }
    let (day_view, hour_view) = (Period::of(&day), Period::of(&hour));
    let (site_state, reasons) = assess(
        place,
        rules.calendars.of_site(site),
        now,
        queue.as_ref(),
        open_counters,
        &hour_view,
        &dossiers,
    );
    let registered = registry.get(site);
    let moved = last_place(place, now);
    let summary = SiteSummary {
        id: Name::clone(site),
        name: registered.map(|r| r.name.clone()),
        kind: registered.map(|r| r.kind),
        unit: registered.map(|r| Name::clone(&r.unit)),
        lon: moved.map(|m| m.0).or(registered.map(|r| r.lon)),
        lat: moved.map(|m| m.1).or(registered.map(|r| r.lat)),
        coord_class: registered.map(|r| r.coord_class),
        registered: registered.is_some(),
        state: site_state,
        attention: attention(site_state, &reasons, queue.as_ref(), &hour_view, &dossiers),
        reasons,
        last_event_at: place.last_event,
        queue,
        open_counters,
        day: day_view,
        hour: hour_view,
        dossiers,
        ratings: SiteRatings {
            ratings: ratings.ratings,
            satisfied_share: ratings.satisfied_share().map(share),
        },
    };
    SiteLive { summary, day, hour }
}

/// People waiting and counters open by boards that are still valid; `None` without one.
fn fresh_boards(state: &State, site: &str, now: EventTime) -> Option<(u64, u64)> {
    let oldest = now.plus_seconds(-HOLD_S);
    // Shortly after midnight the last ones of yesterday hold.
    let days = [oldest.day(), now.day()];
    let days = days[usize::from(days[0] == days[1])..].iter();
    let boards = days
        .filter_map(|day| state.day_of(*day, site))
        .flat_map(|day| day.boards_at(now));
    let fresh = boards.filter(|(_, at, _)| *at > oldest);
    // Of a service, the later one: days come in order.
    let last: BTreeMap<&Name, &Board> = fresh.map(|(service, _, b)| (service, b)).collect();
    last.into_values().fold(None, |sum, board| {
        let (waiting, counters) = sum.unwrap_or((0, 0));
        Some((
            waiting + u64::from(board.waiting),
            counters + u64::from(board.open_counters),
        ))
    })
}

/// Counters open by their events of today; `None` when none has any.
fn open_counters(today: &SiteDay, now: EventTime) -> Option<u64> {
    let counters = today.counters.values();
    let states = counters.filter_map(|marks| marks.until(now).last());
    states.fold(None, |open, mark| {
        Some(open.unwrap_or(0) + u64::from(mark.what.state == CounterState::Open))
    })
}

/// The place a mobile point moved to last.
fn last_place(place: &Place, now: EventTime) -> Option<(f64, f64)> {
    place
        .doors
        .until(now)
        .iter()
        .rev()
        .find_map(|mark| match mark.what {
            PlaceEvent::Moved(lon, lat) => Some((lon, lat)),
            _ => None,
        })
}

/// What is known of a site being open.
enum Hours {
    /// It said so today, or a published span covers now.
    Open,
    /// It said so today, or a published day has no span now.
    Closed,
    /// Nothing published: the working calendar decides what to expect.
    Expected(bool),
}

fn hours(place: &Place, calendar: &Calendar, now: EventTime) -> Hours {
    let (midnight, end) = (now.day().start(), now.day().end());
    let marks = place.doors.until(now);
    let said = marks
        .iter()
        .rev()
        .take_while(|m| m.time >= midnight)
        .find_map(|m| match m.what {
            PlaceEvent::Opened => Some(Hours::Open),
            PlaceEvent::Closed => Some(Hours::Closed),
            _ => None,
        });
    if let Some(said) = said {
        return said;
    }
    let mut published_today = false;
    for mark in place.doors.all() {
        if let PlaceEvent::Scheduled { from, to, .. } = mark.what
            && from < end
            && to > midnight
        {
            published_today = true;
            if from <= now && now < to {
                return Hours::Open;
            }
        }
    }
    if published_today {
        return Hours::Closed;
    }
    let next_minute = now.plus_seconds(60);
    Hours::Expected(calendar.between(now, next_minute) > 0)
}

fn assess(
    place: &Place,
    calendar: &Calendar,
    now: EventTime,
    queue: Option<&Queue>,
    open_counters: Option<u64>,
    hour: &Period,
    dossiers: &SiteDossiers,
) -> (SiteState, Vec<Reason>) {
    let heard_today = place.last_event.is_some_and(|t| t.day() == now.day());
    let waiting = queue.map_or(0, |q| q.waiting);
    let longest = queue.and_then(|q| q.longest_wait_s);
    let hours = hours(place, calendar, now);
    let mut reasons = Vec::new();
    let mut reason = |holds: bool, why: Reason| {
        if holds {
            reasons.push(why);
        }
    };
    if !heard_today {
        let closed = matches!(hours, Hours::Closed);
        reason(closed, Reason::Closed);
        reason(!closed, Reason::NeverHeard);
        reason(dossiers.overdue > 0, Reason::Overdue);
        return (
            if closed {
                SiteState::Closed
            } else {
                SiteState::NoData
            },
            reasons,
        );
    }
    let silent_s = place.last_event.map_or(0.0, |t| now.seconds_since(t));
    let expected_open = matches!(hours, Hours::Open | Hours::Expected(true));
    if expected_open && silent_s > SILENT_S as f64 {
        reason(true, Reason::Silent);
        reason(dossiers.overdue > 0, Reason::Overdue);
        return (SiteState::NoData, reasons);
    }
    // Of one that says nothing of its doors, silence out of hours is all that there is to go by.
    let is_closed = match hours {
        Hours::Closed => true,
        Hours::Expected(false) => silent_s > SILENT_S as f64,
        Hours::Open | Hours::Expected(true) => false,
    };
    if is_closed && waiting == 0 {
        reason(true, Reason::Closed);
        reason(dossiers.overdue > 0, Reason::Overdue);
        return (SiteState::Closed, reasons);
    }
    let wait = hour.mean_wait_s.unwrap_or(0.0);
    let no_counter = waiting > 0 && open_counters == Some(0);
    let over = [
        (wait > LIMIT_S, Reason::WaitOver),
        (longest.is_some_and(|s| s > LIMIT_S), Reason::LongestOver),
        (no_counter, Reason::NoCounter),
    ];
    let queue_long = open_counters.is_some_and(|n| n > 0 && waiting > n * BUSY_PER_COUNTER);
    let busy = [
        (wait > BUSY_WAIT_S && wait <= LIMIT_S, Reason::WaitHigh),
        (queue_long, Reason::QueueLong),
    ];
    let state = if over.iter().any(|(holds, _)| *holds) {
        SiteState::Over
    } else if busy.iter().any(|(holds, _)| *holds) {
        SiteState::Busy
    } else {
        SiteState::Ok
    };
    for (holds, why) in over.into_iter().chain(busy) {
        reason(holds, why);
    }
    reason(dossiers.overdue > 0, Reason::Overdue);
    (state, reasons)
}

/// The order of attention: bands by state, inside a band by how far over the bound and how many people.
fn attention(
    state: SiteState,
    reasons: &[Reason],
    queue: Option<&Queue>,
    hour: &Period,
    dossiers: &SiteDossiers,
) -> u8 {
    let wait = hour
        .mean_wait_s
        .unwrap_or(0.0)
        .max(queue.and_then(|q| q.longest_wait_s).unwrap_or(0.0));
    let pressure = (wait / LIMIT_S).min(3.0) / 3.0;
    let people = (queue.map_or(0, |q| q.waiting) as f64 / 40.0).min(1.0);
    let base = match state {
        SiteState::Over => 65.0 + 25.0 * pressure + 8.0 * people,
        SiteState::NoData if reasons.contains(&Reason::Silent) => 60.0,
        SiteState::Busy => 40.0 + 10.0 * pressure + 8.0 * people,
        SiteState::NoData => 30.0,
        SiteState::Ok => 5.0 + 15.0 * pressure + 5.0 * people,
        SiteState::Closed => 0.0,
    };
    let overdue = if dossiers.overdue > 0 { 2.0 } else { 0.0 };
    tenths(base + overdue).clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_that_tells_neither_doors_nor_hours_closes_with_its_silence_after_hours() {
        let (rules, registry) = (Rules::shipped().unwrap(), Registry::default());
        let name: Name = "00001".into();
        let at = |time: &str| {
            // A Wednesday.
            let text = format!("2026-11-25T{time}:00+07:00");
            EventTime::parse_rfc3339(&text).unwrap()
        };
        let state = |heard: &str, now: &str| {
            let mut state = State::default();
            let place = Place {
                last_event: Some(at(heard)),
                ..Place::default()
            };
            state.lasting.places.insert(name.clone(), place);
            let none = SiteDossiers::default();
            site_live(&state, &registry, &rules, &name, none, at(now))
                .summary
                .state
        };
        assert_eq!(state("15:00", "15:10"), SiteState::Ok);
        assert_eq!(state("15:00", "15:30"), SiteState::NoData);
        assert_eq!(state("16:55", "20:00"), SiteState::Closed);
        assert_eq!(state("19:50", "20:00"), SiteState::Ok, "somebody is there");
    }
}
