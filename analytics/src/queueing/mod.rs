//! Queues and waits to come: what a person who comes now will wait, how many will wait in half an hour, an hour and two, and how many
//! counters to open by when.
//!
//! What it holds, from the bottom up:
//! - formulas: [`erlang`] (steady state of M/M/n and M/M/n+M, departure times), [`queue`] (the transient of M(t)/M/n(t)+M);
//! - what a point is like, learned from past days: [`arrivals`], [`service`], [`patience`], [`outlook::Capacity`];
//! - what is known now: [`record`] (a day so far, and the state it says), made of the live state by [`of_day`] and [`board`];
//! - forecasts: [`wait`] and [`queue`] from the [`outlook`], then [`calibrate`], which learns from what past forecasts missed by, beside
//!   the [`naive`] forecasts that have to be beaten;
//! - [`forecaster`]: all of it for one point; [`staffing`]: counters to open; [`points`]: all points, as they are kept on a disk;
//! - [`told`]: what a point's forecasts tell, and where they do not, why.
//!
//! What flows in: [`record::DayRecord`]s of days that are over, and of today so far. What flows out: medians with 90 % bounds, plans.
//!
//! Invariants:
//! - nothing reads a clock or draws by chance: the same days in the same order and the same question give the same answer;
//! - a forecast reads nothing timed at or after its instant (tested on random days);
//! - what is learned is sums of whole numbers;
//! - a forecast that was not better than naive on the point's last days is `None`.

pub mod arrivals;
pub mod board;
pub mod calibrate;
mod chance;
pub mod erlang;
pub mod forecaster;
pub mod moment;
pub mod naive;
pub mod of_day;
pub mod outlook;
pub mod patience;
pub mod points;
pub mod profile;
pub mod queue;
pub mod record;
pub mod service;
pub mod staffing;
pub mod told;
pub mod wait;

#[cfg(test)]
mod tests;
