//! The rounds: from the walks to points to the profile of every stop.

use super::{
    Timetable,
    day::DayTrips,
    profile::{Profile, Step, Worth},
    settings::BusSettings,
};
use geodata::transit::StopIndex;
use rayon::prelude::*;

/// Trips, or stops, that one thread takes at a time.
const CHUNK: usize = 256;

/// A way on foot from where one alights to where one boards, the change included.
#[derive(Clone, Copy, Debug)]
struct Change {
    to: StopIndex,
    seconds: i32,
}

/// What the search needs of the network, whatever the points.
#[derive(Debug)]
pub(super) struct Search {
    trips: DayTrips,
    starts: Vec<u32>,
    changes: Vec<Change>,
    rounds: u8,
    /// Arrivals after this are too late for every departure of the window.
    latest: i32,
}

impl Search {
    pub(super) fn new(
        timetable: &Timetable,
        trips: DayTrips,
        settings: &BusSettings,
        latest: i32,
    ) -> Self {
        let mut starts = vec![0];
        let mut changes = Vec::new();
        for stop in (0..timetable.stops().len() as u32).map(StopIndex) {
            changes.push(Change {
                to: stop,
                seconds: settings.change_s as i32,
            });
            changes.extend(timetable.transfers(stop).iter().map(|transfer| Change {
                to: transfer.to,
                seconds: (settings.walk_seconds(transfer.metres) + settings.change_s) as i32,
            }));
            starts.push(changes.len() as u32);
        }
        Self {
            trips,
            starts,
            changes,
            rounds: settings.transfers + 1,
            latest,
        }
    }

    fn changes(&self, stop: usize) -> &[Change] {
        &self.changes[self.starts[stop] as usize..self.starts[stop + 1] as usize]
    }

    /// For each stop, what it is worth to wait there for a bus, by the time one is there.
    /// `walks` are the seconds from each stop to the nearest point.
    pub(super) fn profiles(&self, walks: &[Option<u32>]) -> Vec<Profile> {
        let stops = walks.len();
        let mut boarding = vec![Profile::default(); stops];
        let mut alighting = vec![Profile::default(); stops];
        let mut on_board = vec![Worth::NONE; self.trips.calls.len()];
        // In the first round, the stops from which one may walk to a point.
        let mut has_changed: Vec<bool> = walks.iter().map(Option::is_some).collect();
        for round in 1..=self.rounds {
            if round > 1 {
                has_changed = self.renew_alighting(&mut alighting, &boarding, &has_changed, walks);
            }
            if !has_changed.contains(&true) {
                break;
            }
            self.ride(&mut on_board, &alighting, &has_changed, walks);
            has_changed = self.renew_boarding(&mut boarding, &on_board);
        }
        boarding
    }

    /// What it is worth to alight, beside walking to a point: the profiles of the stops around,
    /// each earlier by the way there. Returns for which stops it changed.
    fn renew_alighting(
        &self,
        alighting: &mut [Profile],
        boarding: &[Profile],
        boarding_changed: &[bool],
        walks: &[Option<u32>],
    ) -> Vec<bool> {
        let renew = |(stop, profile): (usize, &mut Profile)| {
            let around = self.changes(stop);
            if !around.iter().any(|change| boarding_changed[change.to.at()]) {
                return false;
            }
            let mut steps = Vec::new();
            for change in around {
                let there = boarding[change.to.at()].steps();
                steps.extend(there.iter().map(|step| Step {
                    departure: step.departure - change.seconds,
                    worth: step.worth,
                }));
            }
            let mut renewed = Profile::from_unsorted(steps);
            if let Some(walk_s) = walks[stop] {
                renewed.retain_quicker_than(walk_s as i32);
            }
            replace(profile, renewed)
        };
        let stops = alighting.par_iter_mut().enumerate().with_min_len(CHUNK);
        stops.map(renew).collect()
    }

    /// What it is worth to be on board after each call: the best of alighting at a later one.
    fn ride(
        &self,
        on_board: &mut [Worth],
        alighting: &[Profile],
        has_changed: &[bool],
        walks: &[Option<u32>],
    ) {
        let ride = |calls: &std::ops::Range<usize>, on_board: &mut [Worth]| {
            let calls = &self.trips.calls[calls.clone()];
            if !calls.iter().any(|call| has_changed[call.stop.at()]) {
                return;
            }
            let mut best = Worth::NONE;
            for (call, worth) in calls.iter().zip(on_board).rev() {
                *worth = best;
                let stop = call.stop.at();
                let walk = walks[stop];
                let walked = walk.map_or(Worth::NONE, |walk_s| {
                    Worth::on_foot(call.arrival + walk_s as i32)
                });
                let alighted = walked.min(alighting[stop].at(call.arrival));
                if alighted.arrival <= self.latest {
                    best = best.min(alighted.after_a_bus());
                }
            }
        };
        let mut parts = Vec::with_capacity(self.trips.trips.len());
        let mut rest = on_board;
        for calls in &self.trips.trips {
            let (part, after) = rest.split_at_mut(calls.len());
            parts.push((calls, part));
            rest = after;
        }
        parts
            .into_par_iter()
            .with_min_len(CHUNK)
            .for_each(|(calls, part)| ride(calls, part));
    }

    fn renew_boarding(&self, boarding: &mut [Profile], on_board: &[Worth]) -> Vec<bool> {
        let stops = boarding.par_iter_mut().enumerate().with_min_len(CHUNK);
        let renew = |(stop, profile): (usize, &mut Profile)| {
            let steps = self.trips.boardings(stop).iter().map(|boarding| Step {
                departure: boarding.departure,
                worth: on_board[boarding.call as usize],
            });
            replace(profile, Profile::new(steps))
        };
        stops.map(renew).collect()
    }
}

/// Puts the new in place; whether it differs from the old.
fn replace(profile: &mut Profile, renewed: Profile) -> bool {
    let differs = *profile != renewed;
    *profile = renewed;
    differs
}
