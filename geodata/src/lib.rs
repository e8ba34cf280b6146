//! What the city is made of, in one geographic pack: its units (communes and wards), its
//! population cells, its roads, the points where people are served, and its timetable of buses.
//!
//! **In**: public files — outlines, a table of units, a population grid or raster, roads as OSM
//! PBF or GeoJSON, points, GTFS ([`build`]) — or the bytes of a pack made from them ([`Pack::read`]). **Out**: a
//! [`Pack`] in memory, its bytes ([`Pack::write`]), and GeoJSON for maps ([`geojson_out`]). The
//! pack of Hà Nội is built into the program: [`Pack::hanoi`].
//!
//! What holds of every pack, whoever made it (checked on reading as well as on building):
//! - units are sorted by code and unique; cells are sorted and unique, each in exactly one unit,
//!   and every unit has at least one;
//! - a unit's cells add up to its legal population exactly, and so does the city;
//! - every edge joins two junctions of the network and its length is that of its whole shape;
//! - points' ids are unique, and each carries how sure its coordinates are;
//! - the same inputs give the same bytes.
//!
//! No input can make reading panic: a pack that is damaged, foreign or of another format version
//! is refused with one line that says what to do.
//!
//! The map of the crate: [`place`] measures, [`unit`], [`cells`], [`roads`] and [`point`] are
//! the model, [`snap`] finds the nearest edge, [`format`] is the file's layout, [`build`] makes
//! packs, [`points_csv`] reads a city's own list of points, [`whereabouts`] says in which unit a place lies, [`transit`] reads timetables.

pub mod build;
pub mod cells;
pub mod format;
pub mod geojson_out;
pub mod pack;
pub mod place;
pub mod point;
pub mod points_csv;
pub mod roads;
pub mod snap;
pub mod transit;
pub mod unit;
pub mod whereabouts;

#[cfg(test)]
mod format_tests;

pub use cells::{CELL_RESOLUTION, Cell, Cells, UnitIndex};
pub use pack::{Meta, Pack, PackError, Source};
pub use place::{EARTH_RADIUS_KM, LonLat};
pub use point::{KindSet, Point, PointKind};
pub use roads::{
    Edge, EdgeIndex, EdgeSpec, EdgeTraits, Mode, ModeSet, NodeIndex, Parts, RoadClass, RoadNetwork,
};
pub use snap::{Snap, SnapIndex};
pub use unit::{CoordClass, Unit, UnitCode, UnitKind};

pub use geo::MultiPolygon;
pub use h3o::{CellIndex, Resolution};
