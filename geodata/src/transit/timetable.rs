//! The timetable in memory, and what must hold of it.

use super::{
    calendar::{Day, Service},
    compact::Compact,
    near::NearIndex,
};
use crate::LonLat;
use serde::{Deserialize, Serialize};

/// Farthest straight line of a transfer on foot between two stops, metres.
pub const TRANSFER_M: f64 = 400.0;

/// Latest time of a call, seconds: four days, which no trip of a city needs.
pub const LATEST_S: u32 = 4 * 86_400;

/// Position of a stop in [`Timetable::stops`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StopIndex(pub u32);

impl StopIndex {
    /// As an index into a slice.
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// A place where buses stop. Stops of the feed at one and the same place are one stop here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Its id in the feed; of several at one place, the lowest.
    pub id: String,
    /// The name of that one.
    pub name: String,
    /// Where it is.
    pub place: LonLat,
}

/// A line as passengers know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Route {
    /// Its id in the feed.
    pub id: String,
    /// Number or short name.
    pub short_name: String,
    /// Long name.
    pub long_name: String,
}

/// A bus at a stop: seconds from the service day's midnight (as GTFS counts: twelve hours before
/// its noon), over 86,400 after the following midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Call {
    /// It arrives.
    pub arrival: u32,
    /// It leaves, at or after its arrival.
    pub departure: u32,
}

/// Trips of one route with the same stops in the same order, none of which overtakes another (a
/// "route" in Delling, Pajor, Werneck, "Round-based public transit routing", 2012).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Position in [`Timetable::routes`].
    pub route: u32,
    /// The stops in order; one may come again.
    pub stops: Vec<StopIndex>,
    /// Position in [`Timetable::services`] of each trip, in the order of departure.
    pub services: Vec<u32>,
    /// The calls of each trip, one trip after the other.
    pub calls: Vec<Call>,
}

impl Pattern {
    /// Its trips: the service's position and the calls, as many as stops.
    pub fn trips(&self) -> impl Iterator<Item = (u32, &[Call])> {
        let calls = self.calls.chunks_exact(self.stops.len().max(1));
        self.services.iter().copied().zip(calls)
    }
}

/// A way on foot to another stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// The other stop.
    pub to: StopIndex,
    /// Straight line to it, great-circle metres, at most [`TRANSFER_M`].
    pub metres: f64,
}

/// Why a timetable cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the timetable is not sound ({0}): make it again from its GTFS folder")]
pub struct UnsoundTimetable(pub String);

/// Stops, patterns of trips, services, and the ways on foot between stops. Serialised as
/// [`Compact`]; whatever is read is checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Compact", into = "Compact")]
pub struct Timetable {
    stops: Vec<Stop>,
    routes: Vec<Route>,
    services: Vec<Service>,
    patterns: Vec<Pattern>,
    /// For each stop, where its transfers begin; one more for the end.
    transfer_starts: Vec<u32>,
    transfers: Vec<Transfer>,
}

impl Timetable {
    /// Checks the parts and finds the transfers.
    pub fn new(
        stops: Vec<Stop>,
        routes: Vec<Route>,
        services: Vec<Service>,
        patterns: Vec<Pattern>,
    ) -> Result<Self, UnsoundTimetable> {
        check_parts(&stops, &routes, &services)?;
        for pattern in &patterns {
            check_pattern(pattern, stops.len(), routes.len(), services.len())?;
        }
        let (transfer_starts, transfers) = find_transfers(&stops);
        Ok(Self {
            stops,
            routes,
            services,
            patterns,
            transfer_starts,
            transfers,
        })
    }

    /// The stops, ascending by id.
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// The routes, ascending by id.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The services, ascending by id.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The patterns, by route, then stops, then first departure.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The ways on foot from a stop, ascending by the other stop; itself is not among them.
    pub fn transfers(&self, stop: StopIndex) -> &[Transfer] {
        let range = self.transfer_starts[stop.at()]..self.transfer_starts[stop.at() + 1];
        &self.transfers[range.start as usize..range.end as usize]
    }

    /// Number of trips.
    pub fn trip_count(&self) -> usize {
        self.patterns
            .iter()
            .map(|pattern| pattern.services.len())
            .sum()
    }

    /// The first departure and the last arrival of all trips that begin on a day, seconds from
    /// its midnight; `None` when none runs. Outside these hours the timetable knows of no bus.
    pub fn hours(&self, day: Day) -> Option<(u32, u32)> {
        let runs = self.running_services(day);
        let trips = self.patterns.iter().flat_map(Pattern::trips);
        trips
            .filter(|(service, _)| runs[*service as usize])
            .filter_map(|(_, calls)| Some((calls.first()?.departure, calls.last()?.arrival)))
            .reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
    }

    /// For each service whether it runs on a day.
    pub fn running_services(&self, day: Day) -> Vec<bool> {
        self.services
            .iter()
            .map(|service| service.runs_on(day))
            .collect()
    }
}

/// Whether a trip may follow another in a pattern: at no stop before it.
pub(super) fn follows(earlier: &[Call], later: &[Call]) -> bool {
    let mut pairs = earlier.iter().zip(later);
    pairs.all(|(a, b)| a.arrival <= b.arrival && a.departure <= b.departure)
}

fn check_parts(
    stops: &[Stop],
    routes: &[Route],
    services: &[Service],
) -> Result<(), UnsoundTimetable> {
    if !stops.windows(2).all(|pair| pair[0].id < pair[1].id) {
        return unsound("its stops are not sorted by id, each once");
    }
    if !stops
        .iter()
        .all(|stop| LonLat::new(stop.place.lon, stop.place.lat).is_some())
    {
        return unsound("a stop lies nowhere on the globe");
    }
    if !routes.windows(2).all(|pair| pair[0].id < pair[1].id) {
        return unsound("its routes are not sorted by id, each once");
    }
    if !services.windows(2).all(|pair| pair[0].id < pair[1].id) {
        return unsound("its services are not sorted by id, each once");
    }
    let are_sorted = services.iter().all(|service| {
        let lists = [&service.added, &service.removed];
        service.weekdays.is_sound()
            && lists
                .iter()
                .all(|dates| dates.windows(2).all(|pair| pair[0] < pair[1]))
    });
    if !are_sorted {
        return unsound("a service's days are not days, or not in order");
    }
    Ok(())
}

fn check_pattern(
    pattern: &Pattern,
    stops: usize,
    routes: usize,
    services: usize,
) -> Result<(), UnsoundTimetable> {
    let length = pattern.stops.len();
    if length < 2 || pattern.services.is_empty() {
        return unsound("a pattern has no trip or fewer than two stops");
    }
    if pattern.calls.len() != length * pattern.services.len() {
        return unsound("a trip does not call at every stop of its pattern");
    }
    let is_known = pattern.stops.iter().all(|stop| stop.at() < stops)
        && (pattern.route as usize) < routes
        && pattern
            .services
            .iter()
            .all(|service| (*service as usize) < services);
    if !is_known {
        return unsound("a pattern names a stop, route or service that is not there");
    }
    let mut previous: Option<&[Call]> = None;
    for (_, calls) in pattern.trips() {
        let is_forward = calls.iter().all(|call| call.arrival <= call.departure)
            && calls
                .windows(2)
                .all(|pair| pair[0].departure <= pair[1].arrival)
            && calls.last().is_some_and(|call| call.departure <= LATEST_S);
        if !is_forward {
            return unsound("a trip goes back in time or runs over four days");
        }
        if previous.is_some_and(|previous| !follows(previous, calls)) {
            return unsound("a trip overtakes another of its pattern");
        }
        previous = Some(calls);
    }
    Ok(())
}

fn unsound<T>(what: &str) -> Result<T, UnsoundTimetable> {
    Err(UnsoundTimetable(what.to_owned()))
}

fn find_transfers(stops: &[Stop]) -> (Vec<u32>, Vec<Transfer>) {
    let index = NearIndex::new(stops.iter().map(|stop| stop.place));
    let mut starts = vec![0];
    let mut transfers = Vec::new();
    for (from, stop) in stops.iter().enumerate() {
        let near = index.within(stop.place, TRANSFER_M);
        transfers.extend(near.into_iter().filter(|(to, _)| *to as usize != from).map(
            |(to, metres)| Transfer {
                to: StopIndex(to),
                metres,
            },
        ));
        starts.push(transfers.len() as u32);
    }
    (starts, transfers)
}
