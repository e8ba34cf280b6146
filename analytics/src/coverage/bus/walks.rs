//! Walks: from origins to stops, from stops to points, and all the way.
//!
//! By straight line, or as the caller has them from elsewhere (a road network).

use super::{BusError, BusSettings, Timetable};
use geodata::{
    LonLat,
    place::Direction,
    transit::{NearIndex, StopIndex},
};
use rayon::prelude::*;

/// Longer than any walk that can matter, seconds: four days. What is longer is no walk.
const LONGEST_S: u32 = 4 * 86_400;

/// A walk to a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The stop.
    pub stop: StopIndex,
    /// How long it takes.
    pub seconds: u32,
}

/// Where people start, as their walks to stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins {
    /// Where each origin's legs begin; one more for the end.
    starts: Vec<u32>,
    legs: Vec<Leg>,
}

impl Origins {
    /// Walks by straight line to every stop within the longest walk.
    pub fn by_line(timetable: &Timetable, places: &[LonLat], settings: &BusSettings) -> Self {
        let index = NearIndex::new(timetable.stops().iter().map(|stop| stop.place));
        let legs: Vec<Vec<Leg>> = places
            .par_iter()
            .map(|place| {
                let near = index.within(*place, settings.max_walk_m).into_iter();
                near.map(|(stop, metres)| Leg {
                    stop: StopIndex(stop),
                    seconds: settings.walk_seconds(metres),
                })
                .collect()
            })
            .collect();
        Self::gather(legs)
    }

    /// Walks as given, a list for each origin.
    pub fn from_legs(timetable: &Timetable, legs: Vec<Vec<Leg>>) -> Result<Self, BusError> {
        let stops = timetable.stops().len();
        let unknown = legs.iter().flatten().find(|leg| leg.stop.at() >= stops);
        match unknown {
            Some(leg) => Err(BusError::NoStop(leg.stop.0)),
            None => Ok(Self::gather(legs)),
        }
    }

    fn gather(lists: Vec<Vec<Leg>>) -> Self {
        let mut starts = vec![0];
        let mut legs = Vec::new();
        for list in lists {
            legs.extend(list.into_iter().filter(|leg| leg.seconds <= LONGEST_S));
            starts.push(legs.len() as u32);
        }
        Self { starts, legs }
    }

    /// Number of origins.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The walks of an origin.
    pub fn legs(&self, origin: usize) -> &[Leg] {
        &self.legs[self.starts[origin] as usize..self.starts[origin + 1] as usize]
    }
}

/// The points, as the walks to the nearest of them; `None` where none is in walking reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Targets {
    pub(super) from_stops: Vec<Option<u32>>,
    pub(super) from_origins: Vec<Option<u32>>,
}

impl Targets {
    /// Walks by straight line: from stops within the longest walk, from origins however far.
    pub fn by_line(
        timetable: &Timetable,
        origins: &[LonLat],
        points: &[LonLat],
        settings: &BusSettings,
    ) -> Self {
        let index = NearIndex::new(points.iter().copied());
        let from_stops = timetable.stops().par_iter().map(|stop| {
            let near = index.within(stop.place, settings.max_walk_m).into_iter();
            let nearest = near.map(|(_, metres)| metres).min_by(f64::total_cmp)?;
            Some(settings.walk_seconds(nearest))
        });
        let directions: Vec<Direction> = points.iter().map(|point| point.direction()).collect();
        let from_origins = origins.par_iter().map(|origin| {
            let from = origin.direction();
            let chords = directions.iter().map(|to| from.chord2(*to));
            let (nearest, _) = chords.enumerate().min_by(|a, b| a.1.total_cmp(&b.1))?;
            Some(settings.walk_seconds(origin.distance_km(points[nearest]) * 1000.0))
        });
        Self::from_seconds(from_stops.collect(), from_origins.collect())
    }

    /// Seconds to walk all the way from each origin.
    pub fn from_origins_seconds(&self) -> &[Option<u32>] {
        &self.from_origins
    }

    /// Seconds as given, for each stop of the timetable and for each origin.
    pub fn from_seconds(
        mut from_stops: Vec<Option<u32>>,
        mut from_origins: Vec<Option<u32>>,
    ) -> Self {
        for seconds in from_stops.iter_mut().chain(&mut from_origins) {
            *seconds = seconds.filter(|seconds| *seconds <= LONGEST_S);
        }
        Self {
            from_stops,
            from_origins,
        }
    }
}
