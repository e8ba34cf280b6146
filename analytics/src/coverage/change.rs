//! Changes to the points, and what a change tells: the words of [`super::Mover`].

use super::{CellReach, MAX_POINTS};
use geodata::{CellIndex, LonLat, UnitIndex};
use std::collections::BTreeMap;

/// What happens to one point.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A point is added.
    Add {
        /// Its id.
        id: String,
        /// Where it is.
        place: LonLat,
    },
    /// A point moves.
    Move {
        /// Its id.
        id: String,
        /// Where it is from now on.
        place: LonLat,
    },
    /// A point is removed.
    Remove {
        /// Its id.
        id: String,
    },
}

/// Why a change cannot be made. Nothing has changed then.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// No point has that id.
    #[error("there is no point `{0}`: add it first")]
    Unknown(String),
    /// A point has that id already.
    #[error("there is a point `{0}` already: move it, or give the new one another id")]
    Known(String),
    /// The coordinates are not a place.
    #[error("the place given for point `{0}` is not one: longitude and latitude in degrees")]
    NoPlace(String),
    /// There are [`MAX_POINTS`] points.
    #[error("there are {MAX_POINTS} points, and no room for another: remove one first")]
    Full,
}

/// A cell whose reach has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct CellChange {
    /// Position among the cells.
    pub at: u32,
    /// The cell.
    pub cell: CellIndex,
    /// Minutes before, unrounded.
    pub minutes_before: f64,
    /// Kilometres before.
    pub km_before: f64,
    /// Whether it was covered before.
    pub covered_before: bool,
    /// Its reach now; nearest points as positions in [`super::Mover::points`].
    pub now: CellReach,
}

/// People who become covered, and who cease to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeopleChange {
    /// Covered now, not before.
    pub gained: u64,
    /// Covered before, not now.
    pub lost: u64,
}

/// What a change did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delta {
    /// Cells whose reach differs in anything, in the order of the cells.
    pub cells: Vec<CellChange>,
    /// People of all units.
    pub people: PeopleChange,
    /// People by unit; units without gain or loss are left out.
    pub units: BTreeMap<UnitIndex, PeopleChange>,
    /// People covered after the change.
    pub covered: u64,
}

/// A point that the engine holds.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldPoint {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub place: LonLat,
}
