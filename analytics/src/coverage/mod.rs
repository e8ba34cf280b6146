//! Coverage: for every population cell, how long and how far to the nearest open point.
//!
//! **In**: a [`geodata::Pack`], [`TravelSettings`], a [`Mode`], the points that count, a
//! [`Rule`]. **Out**: a [`CellReach`] for each cell, and people and shares by unit and city
//! ([`Summary`]). Pure and deterministic: the same question has the same answer to the last bit.
//!
//! # The travel model
//! Minutes from a cell's centre **to** a point are the least of two ways:
//! - *by road*: an access leg from the centre to the nearest place on the nearest edge the mode
//!   may use, the quickest way on the network, and an access leg from the network to the point;
//! - *directly*: one access leg from centre to point.
//!
//! An access leg is a straight line times the detour, at the mode's access speed. On the network
//! an edge takes its length over the mode's speed for its class; one-ways are obeyed by vehicles
//! where known. `access_km` is the straight line of the access leg at the cell's end (without the
//! detour); over [`APPROXIMATE_OVER_KM`] the road network says little about the cell, and its
//! figure is `approximate`. Kilometres are great-circle from the centre.
//!
//! # How it is computed
//! One Dijkstra over the junctions, from all points at once and against the direction of travel,
//! gives each junction its minutes to the nearest point and which point that is; equal minutes go
//! to the lower id. A cell lies somewhere along an edge: it may leave by either end (a one-way only
//! forwards), or meet a point that lies on the same edge. Positions at an edge's very end are at
//! the junction, so a one-way does not hold them.
//!
//! [`Coverage::prepare`] does what depends on the mode alone (snapping every cell) and is kept;
//! [`Coverage::compute`] answers for a set of points.

mod network;
mod output;
mod reach;
mod rule;
mod settings;
mod summary;

#[cfg(test)]
mod naive;
#[cfg(test)]
mod tests;

pub use output::{Row, row, rows, summary_to_geojson, to_geojson};
pub use reach::{APPROXIMATE_OVER_KM, CellReach, Coverage, CoverageError, PointRef, select};
pub use rule::{Rule, RuleKind, UnknownRule};
pub use settings::{ModeSpeeds, TravelSettings};
pub use summary::{CityShare, Summary, UnitShare, summary};

pub use geodata::Mode;
