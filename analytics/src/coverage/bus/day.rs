//! The trips of one day, laid out for the search: a flat list of calls, trip after trip, in
//! seconds from the asked day's midnight. Trips of the day before that run past midnight belong
//! to it, and so do those of the day after for whoever travels past the next midnight.

use super::{Day, Timetable};
use geodata::transit::StopIndex;
use std::ops::Range;

const DAY_S: i32 = 86_400;

/// A bus at a stop on the asked day.
#[derive(Clone, Copy, Debug)]
pub(super) struct DayCall {
    pub(super) stop: StopIndex,
    pub(super) arrival: i32,
    pub(super) departure: i32,
}

/// A chance to board.
#[derive(Clone, Copy, Debug)]
pub(super) struct Boarding {
    pub(super) departure: i32,
    /// Position of the call.
    pub(super) call: u32,
}

/// All trips that run within some hours of a day.
#[derive(Debug)]
pub(super) struct DayTrips {
    pub(super) calls: Vec<DayCall>,
    /// The calls of each trip.
    pub(super) trips: Vec<Range<usize>>,
    /// Where each stop's boardings begin; one more for the end.
    starts: Vec<u32>,
    boardings: Vec<Boarding>,
}

impl DayTrips {
    /// The trips of a day that are under way at some time between two, the ends included.
    pub(super) fn new(timetable: &Timetable, day: Day, hours: (i32, i32)) -> Self {
        let mut calls: Vec<DayCall> = Vec::new();
        let mut trips = Vec::new();
        for (days, shift) in [(-1, -DAY_S), (0, 0), (1, DAY_S)] {
            let runs = timetable.running_services(day.plus_days(days));
            for pattern in timetable.patterns() {
                for (service, trip) in pattern.trips() {
                    let (Some(first), Some(last)) = (trip.first(), trip.last()) else {
                        continue;
                    };
                    let is_under_way = last.arrival as i32 + shift >= hours.0
                        && first.departure as i32 + shift <= hours.1;
                    if !runs[service as usize] || !is_under_way {
                        continue;
                    }
                    let from = calls.len();
                    calls.extend(trip.iter().zip(&pattern.stops).map(|(call, stop)| DayCall {
                        stop: *stop,
                        arrival: call.arrival as i32 + shift,
                        departure: call.departure as i32 + shift,
                    }));
                    trips.push(from..calls.len());
                }
            }
        }
        let (starts, boardings) = boardings(timetable.stops().len(), &calls, hours);
        Self {
            calls,
            trips,
            starts,
            boardings,
        }
    }

    /// The boardings at a stop, the latest first.
    pub(super) fn boardings(&self, stop: usize) -> &[Boarding] {
        &self.boardings[self.starts[stop] as usize..self.starts[stop + 1] as usize]
    }
}

fn boardings(stops: usize, calls: &[DayCall], hours: (i32, i32)) -> (Vec<u32>, Vec<Boarding>) {
    let in_hours = |call: &DayCall| (hours.0..=hours.1).contains(&call.departure);
    let mut starts = vec![0u32; stops + 1];
    for call in calls.iter().filter(|call| in_hours(call)) {
        starts[call.stop.at() + 1] += 1;
    }
    for stop in 0..stops {
        starts[stop + 1] += starts[stop];
    }
    let mut next = starts.clone();
    let nothing = Boarding {
        departure: 0,
        call: 0,
    };
    let mut boardings = vec![nothing; starts[stops] as usize];
    for (at, call) in calls.iter().enumerate().filter(|(_, call)| in_hours(call)) {
        let slot = &mut next[call.stop.at()];
        boardings[*slot as usize] = Boarding {
            departure: call.departure,
            call: at as u32,
        };
        *slot += 1;
    }
    for stop in 0..stops {
        let of_stop = &mut boardings[starts[stop] as usize..starts[stop + 1] as usize];
        of_stop.sort_unstable_by_key(|boarding| (-boarding.departure, boarding.call));
    }
    (starts, boardings)
}
