//! Who reaches a point by bus: walk to a stop, ride, change, walk on; or walk all the way.
//!
//! **In**: a [`Timetable`], where people start ([`Origins`]), a [`Day`], a [`Window`] of departures,
//! [`BusSettings`], the points ([`Targets`]) and a limit. **Out**: for each origin a
//! [`ReachByBus`]. Pure and deterministic; whole seconds inside.
//!
//! # The model
//! At each departure of the window one takes the way that arrives first: on foot all the way, or
//! on foot to a stop, then at most so many buses, then on foot to a point. Between two buses one
//! may stay at the stop or walk to another at most 400 m off. A walk is a straight line times the
//! detour at walking speed, a second begun counted whole, or whatever seconds the caller gives.
//! Of two ways that arrive together the one with fewer buses is taken. A way by bus counts if it
//! takes no longer than `max_journey_s`; the walk always competes. A limit is strict: *under* 30:00.
//!
//! # How it is computed
//! In rounds, as RAPTOR (Delling, Pajor, Werneck, "Round-based public transit routing", ALENEX
//! 2012, Transportation Science 2015): after round *k* everything with at most *k* buses is known.
//! All departures at once, as its range form rRAPTOR. And backwards, from all points together:
//! 1. For each stop, what it is worth to alight there at a time: the walk to the nearest point, or
//!    the best bus of the round before from there or from a stop near by ([`profile`]).
//! 2. Along each trip from its end to its start, what it is worth to be on board ([`search`]).
//! 3. For each stop, its departures that are worth more than every later one: its *profile*, a
//!    staircase from departures to arrivals at the nearest point.
//!
//! A round looks only at trips of stops whose worth changed. A profile is the least over all points
//! already, so one search serves all of them; profiles of single points would cost as many searches
//! as there are points. [`BusCoverage::after_move`] searches again and then looks only at the
//! origins near a stop whose profile changed; its answer is that of a whole computation.

mod cells;
mod day;
mod profile;
mod reach;
mod search;
mod settings;
mod summary;
mod walks;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod real_tests;
#[cfg(test)]
mod tests;

pub use cells::{BusQuestion, CellsByBus, cells_by_bus};
pub use reach::{Answer, BusCoverage, PERCENTILES, ReachByBus};
pub use settings::{BusError, BusSettings, Window, clock, time_of_day};
pub use summary::{BusSummary, PeopleByBus, bus_summary};
pub use walks::{Leg, Origins, Targets};

use geodata::transit::{Day, Timetable};
