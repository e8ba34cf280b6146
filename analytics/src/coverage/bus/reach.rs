//! The question and its answer for every origin.

use super::{
    BusError, BusSettings, Day, Origins, Targets, Timetable, Window,
    day::DayTrips,
    profile::{Profile, Worth},
    search::Search,
};
use rayon::prelude::*;
use serde::Serialize;

/// The percentiles of [`ReachByBus::seconds`].
pub const PERCENTILES: [u32; 3] = [10, 50, 90];

/// How one origin reaches the nearest point over the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReachByBus {
    /// Seconds from leaving to arriving at the 10th, 50th and 90th percentile of the departures
    /// (nearest rank: of 60 departures the 6th, 30th and 54th quickest); `None` where one never
    /// arrives.
    pub seconds: [Option<u32>; 3],
    /// Number of departures that arrive under the limit.
    pub departures_under: u32,
    /// Number of departures of the window.
    pub departures: u32,
    /// Buses taken at the median departure (of equally quick ones the one with fewer buses); 0 on
    /// foot.
    pub buses: Option<u8>,
    /// First and last departure that arrives under the limit, seconds of the day.
    pub under: Option<(u32, u32)>,
    /// First and last departure at which a bus is quicker than walking all the way.
    pub by_bus: Option<(u32, u32)>,
}

impl ReachByBus {
    /// Share of the departures that arrive under the limit, 0 to 1.
    pub fn share_under(&self) -> f64 {
        f64::from(self.departures_under) / f64::from(self.departures.max(1))
    }
}

/// An answer, with what is needed to change it cheaply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For each origin, in their order.
    pub reach: Vec<ReachByBus>,
    /// Seconds that must not be reached.
    pub limit_s: u32,
    targets: Targets,
    profiles: Vec<Profile>,
}

impl Answer {
    /// The points it is for.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }
}

/// A timetable, a day, a window and origins made ready. Keep it: points may then come and go.
#[derive(Debug)]
pub struct BusCoverage {
    origins: Origins,
    search: Search,
    stops: usize,
    departures: Vec<u32>,
    max_journey_s: i32,
    hours: Option<(u32, u32)>,
}

impl BusCoverage {
    /// Lays out the trips of the day that a departure of the window can use.
    pub fn prepare(
        timetable: &Timetable,
        origins: Origins,
        day: Day,
        window: Window,
        settings: &BusSettings,
    ) -> Result<Self, BusError> {
        settings.check()?;
        window.check()?;
        let departures: Vec<u32> = window.departures().collect();
        let max_journey_s = settings.max_journey_s as i32;
        let last = departures.last().copied().unwrap_or_default() as i32;
        let latest = last + max_journey_s;
        let trips = DayTrips::new(timetable, day, (window.from_s as i32, latest));
        Ok(Self {
            origins,
            search: Search::new(timetable, trips, settings, latest),
            stops: timetable.stops().len(),
            departures,
            max_journey_s,
            hours: timetable.hours(day),
        })
    }

    /// The origins it was prepared for.
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// First departure and last arrival of that day's trips, seconds of the day. A window outside
    /// of these hours knows of no bus, and whoever shows the answer must say so.
    pub fn hours(&self) -> Option<(u32, u32)> {
        self.hours
    }

    /// How every origin reaches the nearest point.
    pub fn compute(&self, targets: Targets, limit_s: u32) -> Result<Answer, BusError> {
        self.check(&targets)?;
        let profiles = self.search.profiles(&targets.from_stops);
        let reach = (0..self.origins.len())
            .into_par_iter()
            .map(|origin| self.reach(origin, &targets, &profiles, limit_s))
            .collect();
        Ok(Answer {
            reach,
            limit_s,
            targets,
            profiles,
        })
    }

    /// The answer for other points, from the answer for similar ones: only origins for which
    /// something changed are looked at again. Equal to [`Self::compute`] for those points.
    pub fn after_move(&self, before: &Answer, targets: Targets) -> Result<Answer, BusError> {
        self.check(&before.targets)?;
        self.check(&targets)?;
        let profiles = self.search.profiles(&targets.from_stops);
        let has_changed: Vec<bool> = profiles
            .par_iter()
            .zip(&before.profiles)
            .map(|(new, old)| new != old)
            .collect();
        let renew = |(origin, old): (usize, &ReachByBus)| {
            let is_same = targets.from_origins[origin] == before.targets.from_origins[origin]
                && !self
                    .origins
                    .legs(origin)
                    .iter()
                    .any(|leg| has_changed[leg.stop.at()]);
            if is_same {
                return old.clone();
            }
            self.reach(origin, &targets, &profiles, before.limit_s)
        };
        let reach = before.reach.par_iter().enumerate().map(renew).collect();
        Ok(Answer {
            reach,
            limit_s: before.limit_s,
            targets,
            profiles,
        })
    }

    fn check(&self, targets: &Targets) -> Result<(), BusError> {
        let counts = [
            ("stops", targets.from_stops.len(), self.stops),
            ("origins", targets.from_origins.len(), self.origins.len()),
        ];
        for (what, given, expected) in counts {
            if given != expected {
                return Err(BusError::Walks {
                    what,
                    given,
                    expected,
                });
            }
        }
        Ok(())
    }

    fn reach(
        &self,
        origin: usize,
        targets: &Targets,
        profiles: &[Profile],
        limit_s: u32,
    ) -> ReachByBus {
        let walk_s = targets.from_origins[origin].map(|seconds| seconds as i32);
        let mut best: Vec<Worth> = self
            .departures
            .iter()
            .map(|leaves| {
                walk_s.map_or(Worth::NONE, |walk_s| {
                    Worth::on_foot(*leaves as i32 + walk_s)
                })
            })
            .collect();
        for leg in self.origins.legs(origin) {
            let to_stop_s = leg.seconds as i32;
            if walk_s.is_some_and(|walk_s| walk_s <= to_stop_s) {
                continue;
            }
            let steps = profiles[leg.stop.at()].steps();
            // The earliest departure from the stop that one can still catch.
            let mut usable = 0;
            for (leaves, best) in self.departures.iter().zip(&mut best).rev() {
                let leaves = *leaves as i32;
                let there = leaves + to_stop_s;
                while steps
                    .get(usable)
                    .is_some_and(|step| step.departure >= there)
                {
                    usable += 1;
                }
                let Some(step) = usable.checked_sub(1).map(|at| steps[at]) else {
                    continue;
                };
                if step.worth < *best && step.worth.arrival - leaves <= self.max_journey_s {
                    *best = step.worth;
                }
            }
        }
        self.summarise(&best, limit_s)
    }

    fn summarise(&self, best: &[Worth], limit_s: u32) -> ReachByBus {
        let mut ways: Vec<(u32, u8)> = Vec::with_capacity(best.len());
        let mut reach = ReachByBus {
            seconds: [None; 3],
            departures_under: 0,
            departures: best.len() as u32,
            buses: None,
            under: None,
            by_bus: None,
        };
        for (&leaves, worth) in self.departures.iter().zip(best) {
            if *worth == Worth::NONE {
                ways.push((u32::MAX, u8::MAX));
                continue;
            }
            let seconds = (worth.arrival - leaves as i32) as u32;
            ways.push((seconds, worth.buses));
            if seconds < limit_s {
                reach.departures_under += 1;
                extend(&mut reach.under, leaves);
            }
            if worth.buses > 0 {
                extend(&mut reach.by_bus, leaves);
            }
        }
        ways.sort_unstable();
        let at_rank = |percent: u32| {
            let rank = (percent as usize * ways.len()).div_ceil(100).max(1);
            ways.get(rank - 1).filter(|way| way.0 != u32::MAX)
        };
        reach.seconds = PERCENTILES.map(|percent| at_rank(percent).map(|way| way.0));
        reach.buses = at_rank(50).map(|way| way.1);
        reach
    }
}

/// Stretches a first and last to a later time.
fn extend(ends: &mut Option<(u32, u32)>, time: u32) {
    let first = ends.map_or(time, |ends| ends.0);
    *ends = Some((first, time));
}
