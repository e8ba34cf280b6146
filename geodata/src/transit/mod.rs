//! A timetable of public transport: read from GTFS, kept in memory as a search needs it, and
//! written in a compact form.
//!
//! **In**: a GTFS folder ([`gtfs::read_folder`]) or its files' bytes ([`gtfs::read`]). **Out**: a
//! [`Timetable`] and a [`gtfs::Report`] of every row that was set aside, by file, row and name.
//!
//! What holds of every timetable, read from a feed or from its compact form:
//! - stops, routes and services are sorted by id, each once; a pattern has two stops or more and a
//!   trip or more, and names only what is there;
//! - within a trip time never goes back; within a pattern no trip overtakes the one before it;
//! - no call is later than four days after its service day's midnight;
//! - a stop's transfers are the other stops at most [`TRANSFER_M`] away in a straight line;
//! - the order of a feed's rows never matters: the same rows give the same timetable.
//!
//! Days: [`calendar`]. A timetable is often older than the question, so one asks for an ordinary
//! weekday, or for a date and then with exceptions.

mod assemble;
pub mod calendar;
mod compact;
pub mod gtfs;
pub mod near;
mod timetable;

#[cfg(test)]
mod tests;

pub use assemble::TripSpec;
pub use calendar::{Date, Day, Service, Weekday, WeekdaySet};
pub use near::NearIndex;
pub use timetable::{
    Call, LATEST_S, Pattern, Route, Stop, StopIndex, TRANSFER_M, Timetable, Transfer,
    UnsoundTimetable,
};
