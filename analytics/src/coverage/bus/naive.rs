//! The model said once more, as plainly as possible: Dijkstra forwards from one origin at one
//! departure over (stop, buses so far, whether one has walked there), looking at every trip of
//! every pattern. It shares the walks' seconds with the search that it checks, nothing else.

use super::{BusSettings, Day, Leg, Timetable};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

/// What one question needs.
pub(super) struct Question<'a> {
    pub(super) timetable: &'a Timetable,
    pub(super) day: Day,
    pub(super) settings: BusSettings,
    pub(super) legs: &'a [Leg],
    pub(super) from_stops: &'a [Option<u32>],
    pub(super) walk_s: Option<u32>,
}

/// Seconds and buses of the best way at a departure.
pub(super) fn best_way(question: &Question<'_>, leaves: i64) -> Option<(i64, u8)> {
    let Question {
        timetable,
        settings,
        ..
    } = question;
    let stops = timetable.stops();
    let mut best = question.walk_s.map(|seconds| (i64::from(seconds), 0));
    // Time, buses, stop, and whether one may still walk to another stop.
    let mut open = BinaryHeap::new();
    for leg in question.legs {
        open.push(Reverse((
            leaves + i64::from(leg.seconds),
            0u8,
            leg.stop.at(),
            false,
        )));
    }
    let mut settled = HashSet::new();
    while let Some(Reverse((time, buses, stop, has_alighted))) = open.pop() {
        // What is later than any way that counts need not be looked at.
        let is_late = time - leaves > i64::from(settings.max_journey_s);
        if is_late || !settled.insert((buses, stop, has_alighted)) {
            continue;
        }
        if has_alighted {
            if let Some(walk) = question.from_stops[stop] {
                let seconds = time + i64::from(walk) - leaves;
                let counts = seconds <= i64::from(settings.max_journey_s);
                if counts && best.is_none_or(|best| (seconds, buses) < best) {
                    best = Some((seconds, buses));
                }
            }
            for (other, there) in stops.iter().enumerate() {
                let metres = there.place.distance_km(stops[stop].place) * 1000.0;
                if other == stop || metres <= 400.0 {
                    let walk = if other == stop {
                        0
                    } else {
                        settings.walk_seconds(metres)
                    };
                    let ready = time + i64::from(walk + settings.change_s);
                    open.push(Reverse((ready, buses, other, false)));
                }
            }
            continue;
        }
        if buses > settings.transfers {
            continue;
        }
        for (days, shift) in [(-1, -86_400i64), (0, 0), (1, 86_400)] {
            for pattern in timetable.patterns() {
                if !pattern.stops.iter().any(|there| there.at() == stop) {
                    continue;
                }
                for (service, calls) in pattern.trips() {
                    let service = &timetable.services()[service as usize];
                    if !service.runs_on(question.day.plus_days(days)) {
                        continue;
                    }
                    for on in 0..calls.len() {
                        let here = pattern.stops[on].at() == stop;
                        if !here || i64::from(calls[on].departure) + shift < time {
                            continue;
                        }
                        let later = calls.iter().zip(&pattern.stops).skip(on + 1);
                        for (call, stop) in later {
                            let arrival = i64::from(call.arrival) + shift;
                            open.push(Reverse((arrival, buses + 1, stop.at(), true)));
                        }
                    }
                }
            }
        }
    }
    best
}
