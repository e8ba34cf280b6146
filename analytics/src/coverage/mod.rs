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
//! Times are whole steps of 0.1 µs and carry the rank of their point by id, equal times going to
//! the lower id (`time`). One Dijkstra over the junctions (`search`), from all points at once and
//! against the direction of travel, gives each junction its best label. A cell lies somewhere
//! along an edge: it may leave by either end (a one-way only forwards), or meet a point that lies
//! on the same edge. Positions at an edge's very end are at the junction, so a one-way does not
//! hold them.
//!
//! [`Coverage::prepare`] does what depends on the mode alone (snapping every cell) and keeps it as
//! a [`Ground`]; everything else is a question to a ground:
//!
//! | question | answered by |
//! |---|---|
//! | the nearest point of every cell | [`Ground::nearest`], [`Coverage::compute`] |
//! | a point moves, comes or goes | [`Mover`] |
//! | one place's reach, many places' reaches | [`Ground::reach_of`], [`Ground::matrix`] |
//! | who is covered when | [`WeekCoverage`] |
//! | how minutes are shared; how sure the share is | [`equity()`], [`sensitivity`], [`HourBand`] |
//! | groups of people | [`Groups`] |
//! | capacity for which all compete; the queue counted | [`catchment()`], [`Ground::served_soonest`] |
//! | where people are left out | [`gaps()`] |
//! | what figures must say of themselves | [`marks()`] |
//! | the same for other programs to reckon | [`Ground::plain_arcs`] |
//!
//! A cell from which the network leads to no point has no [`CellReach::network_minutes`]; its
//! `minutes` are then those of the direct way, as the model has it.

mod anchor;
mod arcs;
mod bands;
pub mod bus;
mod catchment;
mod change;
mod equity;
mod gaps;
pub mod generate;
mod graph;
mod ground;
mod groups;
mod hours;
mod isochrone;
mod marks;
mod matrix;
mod moving;
mod nearest;
mod network;
mod output;
mod points;
mod queue;
mod reach;
mod rule;
mod search;
mod settings;
mod summary;
mod time;
mod waits;
mod week;

#[cfg(test)]
mod figures_tests;
#[cfg(test)]
mod moving_tests;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod tests;

pub use anchor::{Anchor, Snapper};
pub use arcs::PlainArcs;
pub use bands::{BandShare, HourBand, Sensitivity, by_hour_band, default_hour_bands, sensitivity};
pub use catchment::{Catchment, Supply, Zones, catchment};
pub use change::{CellChange, Change, ChangeError, Delta, HeldPoint, PeopleChange};
pub use equity::{Equity, Share, equity, shares};
pub use gaps::{Bearing, Gap, GapName, Join, NAMED_WITHIN_KM, NamedPlace, gaps};
pub use ground::Ground;
pub use groups::{GroupFigures, GroupRow, Groups, RowFault};
pub use hours::{CoveredPeople, OpenPoint, WeekCoverage};
pub use isochrone::{Reached, Workspace};
pub use marks::{Marks, marks};
pub use matrix::{Matrix, Within};
pub use moving::Mover;
pub use output::{Row, row, rows, summary_to_geojson, to_geojson};
pub use reach::{APPROXIMATE_OVER_KM, CellReach, Coverage, CoverageError, PointRef, select};
pub use rule::{Rule, RuleKind, UnknownRule};
pub use settings::{FERRY_WAIT_MIN, ModeSpeeds, TravelSettings};
pub use summary::{AreaShare, CityShare, Summary, UnitShare, summary};
pub use time::MAX_POINTS;
pub use waits::{ServedReach, WaitError};
pub use week::{BadOpening, Opening, WeekSet};

pub use geodata::Mode;
