//! From single trips to patterns in which no trip overtakes another.

use super::{
    calendar::Service,
    timetable::{Call, Pattern, Route, Stop, StopIndex, Timetable, UnsoundTimetable, follows},
};
use std::collections::BTreeMap;

/// One trip, as a feed gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TripSpec {
    /// Position of its route.
    pub route: u32,
    /// The stops in order.
    pub stops: Vec<StopIndex>,
    /// Its calls there.
    pub calls: Vec<Call>,
    /// Position of its service.
    pub service: u32,
}

/// A trip's calls and service, its route and stops being known.
type TimedTrip = (Vec<Call>, u32);

impl Timetable {
    /// Puts trips into patterns; the number of trips left out because another of the same route
    /// and service calls at the same stops at the same times comes with it. The order of the
    /// trips does not matter.
    pub fn from_trips(
        stops: Vec<Stop>,
        routes: Vec<Route>,
        services: Vec<Service>,
        mut trips: Vec<TripSpec>,
    ) -> Result<(Self, u64), UnsoundTimetable> {
        let given = trips.len();
        trips.sort_unstable();
        trips.dedup();
        let doubled = (given - trips.len()) as u64;
        let mut groups: BTreeMap<(u32, Vec<StopIndex>), Vec<TimedTrip>> = BTreeMap::new();
        for trip in trips {
            let group = groups.entry((trip.route, trip.stops)).or_default();
            group.push((trip.calls, trip.service));
        }
        let mut patterns = Vec::new();
        for ((route, stops), trips) in groups {
            split(route, &stops, trips, &mut patterns);
        }
        let timetable = Self::new(stops, routes, services, patterns)?;
        Ok((timetable, doubled))
    }
}

/// Gives each trip, in the order of their times, to the first pattern whose last trip it does not
/// overtake.
fn split(route: u32, stops: &[StopIndex], trips: Vec<TimedTrip>, patterns: &mut Vec<Pattern>) {
    let first = patterns.len();
    for (calls, service) in trips {
        let fits = patterns[first..].iter().position(|pattern| {
            let last = pattern.calls.len().saturating_sub(stops.len());
            follows(&pattern.calls[last..], &calls)
        });
        let at = fits.map_or(patterns.len(), |at| first + at);
        if at == patterns.len() {
            patterns.push(Pattern {
                route,
                stops: stops.to_vec(),
                services: vec![],
                calls: vec![],
            });
        }
        patterns[at].services.push(service);
        patterns[at].calls.extend(calls);
    }
}
