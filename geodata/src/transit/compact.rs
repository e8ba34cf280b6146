//! The compact form of a timetable, for postcard or any other serde format.
//!
//! Trips of a pattern mostly differ by their start alone. So each pattern keeps its distinct
//! *runs* (the seconds from one time to the next, arrival and departure by turns), and a trip is
//! its first arrival, as the difference to the trip before, and the number of its run. Places are
//! whole ten-millionths of a degree, each as the difference to the one before. Transfers are not
//! kept: they follow from the places. Reading checks everything that [`Timetable::new`] checks;
//! numbers that overflow are refused.

use super::{
    calendar::Service,
    timetable::{Call, Pattern, Route, Stop, StopIndex, Timetable, UnsoundTimetable},
};
use crate::LonLat;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most calls of a timetable: some bytes that repeat a long run endlessly are refused before they
/// fill the memory. The whole country's buses stay far below.
const MAX_CALLS: usize = 50_000_000;

/// What is written and read.
#[derive(Serialize, Deserialize)]
pub(super) struct Compact {
    /// Id, name, and longitude and latitude as differences.
    stops: Vec<(String, String, i32, i32)>,
    routes: Vec<Route>,
    services: Vec<Service>,
    patterns: Vec<CompactPattern>,
}

#[derive(Serialize, Deserialize)]
struct CompactPattern {
    route: u32,
    stops: Vec<StopIndex>,
    runs: Vec<Vec<u32>>,
    /// First arrival after the trip before, run, service.
    trips: Vec<(u32, u32, u32)>,
}

impl From<Timetable> for Compact {
    fn from(timetable: Timetable) -> Self {
        let mut before = (0, 0);
        let stops = timetable.stops().iter().map(|stop| {
            let (lon, lat) = stop.place.to_e7();
            let row = (
                stop.id.clone(),
                stop.name.clone(),
                lon.wrapping_sub(before.0),
                lat.wrapping_sub(before.1),
            );
            before = (lon, lat);
            row
        });
        Self {
            stops: stops.collect(),
            routes: timetable.routes().to_vec(),
            services: timetable.services().to_vec(),
            patterns: timetable.patterns().iter().map(pack_pattern).collect(),
        }
    }
}

fn pack_pattern(pattern: &Pattern) -> CompactPattern {
    let mut numbers: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
    let mut runs = Vec::new();
    let mut start = 0;
    let trips = pattern.trips().map(|(service, calls)| {
        let times: Vec<u32> = calls
            .iter()
            .flat_map(|call| [call.arrival, call.departure])
            .collect();
        let run: Vec<u32> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let number = *numbers.entry(run.clone()).or_insert_with(|| {
            runs.push(run);
            runs.len() as u32 - 1
        });
        let after = times[0] - start;
        start = times[0];
        (after, number, service)
    });
    let trips = trips.collect();
    CompactPattern {
        route: pattern.route,
        stops: pattern.stops.clone(),
        runs,
        trips,
    }
}

impl TryFrom<Compact> for Timetable {
    type Error = UnsoundTimetable;

    fn try_from(compact: Compact) -> Result<Self, UnsoundTimetable> {
        let mut before = (0i32, 0i32);
        let mut stops = Vec::with_capacity(compact.stops.len());
        for (id, name, lon, lat) in compact.stops {
            before = (before.0.wrapping_add(lon), before.1.wrapping_add(lat));
            let place = LonLat::from_e7(before.0, before.1)
                .ok_or_else(|| UnsoundTimetable(format!("stop {id} lies nowhere on the globe")))?;
            stops.push(Stop { id, name, place });
        }
        let sizes = compact.patterns.iter();
        let calls = sizes.map(|pattern| pattern.stops.len().saturating_mul(pattern.trips.len()));
        if calls.fold(0, usize::saturating_add) > MAX_CALLS {
            return Err(UnsoundTimetable(format!(
                "it has more than {MAX_CALLS} calls"
            )));
        }
        let patterns = compact.patterns.into_iter().map(unpack_pattern);
        let patterns = patterns.collect::<Result<_, _>>()?;
        Self::new(stops, compact.routes, compact.services, patterns)
    }
}

fn unpack_pattern(packed: CompactPattern) -> Result<Pattern, UnsoundTimetable> {
    let unsound = |what: &str| UnsoundTimetable(what.to_owned());
    let length = packed.stops.len();
    let mut services = Vec::with_capacity(packed.trips.len());
    let mut calls = Vec::new();
    let mut start = 0u32;
    for (after, number, service) in packed.trips {
        let run = packed
            .runs
            .get(number as usize)
            .filter(|run| length > 0 && run.len() == 2 * length - 1)
            .ok_or_else(|| unsound("a trip has no run of its pattern's length"))?;
        let too_late = || unsound("a trip's times run over all bounds");
        start = start.checked_add(after).ok_or_else(too_late)?;
        let mut time = start;
        let mut arrival = start;
        for (at, step) in run.iter().enumerate() {
            time = time.checked_add(*step).ok_or_else(too_late)?;
            if at % 2 == 1 {
                arrival = time;
                continue;
            }
            calls.push(Call {
                arrival,
                departure: time,
            });
        }
        services.push(service);
    }
    Ok(Pattern {
        route: packed.route,
        stops: packed.stops,
        services,
        calls,
    })
}
