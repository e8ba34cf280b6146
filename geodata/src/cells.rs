//! The population cells: H3 at resolution 9, about a tenth of a square kilometre each.

use std::collections::BTreeSet;

use geo::MultiPolygon;
use h3o::geom::SolventBuilder;
use h3o::{CellIndex, LatLng, Resolution};

use crate::LonLat;

/// The resolution of every cell in a pack.
pub const CELL_RESOLUTION: Resolution = Resolution::Nine;

/// Position of a unit in [`crate::Pack::units`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitIndex(pub u16);

impl UnitIndex {
    /// As an index into a slice.
    pub fn at(self) -> usize {
        usize::from(self.0)
    }
}

/// One cell with its unit and its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// H3 index, resolution 9.
    pub index: CellIndex,
    /// The one unit that holds its centre.
    pub unit: UnitIndex,
    /// Whole people; a unit's cells add up to its legal population.
    pub population: u32,
}

impl Cell {
    /// The cell's centre.
    pub fn centre(&self) -> LonLat {
        cell_centre(self.index)
    }
}

/// The cell that a place lies in; `None` of what is no place.
pub fn cell_at(place: LonLat) -> Option<CellIndex> {
    let place = LatLng::new(place.lat, place.lon).ok()?;
    Some(place.to_cell(CELL_RESOLUTION))
}

/// A cell's centre in degrees.
pub fn cell_centre(index: CellIndex) -> LonLat {
    let centre = LatLng::from(index);
    LonLat {
        lon: centre.lng(),
        lat: centre.lat(),
    }
}

/// The area of cells, as outlines with their holes; cells that stand twice count once.
pub fn area(cells: impl IntoIterator<Item = CellIndex>) -> MultiPolygon<f64> {
    let cells: BTreeSet<CellIndex> = cells.into_iter().collect();
    let dissolved = SolventBuilder::new().build().dissolve(cells);
    // It refuses repetition and mixed resolutions alone.
    dissolved.unwrap_or_else(|_| MultiPolygon::new(Vec::new()))
}

/// All cells of a pack, in ascending order of their index, each exactly once. Cells without
/// people are kept: they carry the area.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(pub(crate) Vec<Cell>);

impl Cells {
    /// Puts cells in their order.
    pub fn new(mut cells: Vec<Cell>) -> Self {
        cells.sort_unstable_by_key(|cell| cell.index);
        Self(cells)
    }

    /// All cells, ascending.
    pub fn as_slice(&self) -> &[Cell] {
        &self.0
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All cells, ascending.
    pub fn iter(&self) -> std::slice::Iter<'_, Cell> {
        self.0.iter()
    }

    /// The cell of that index.
    pub fn get(&self, index: CellIndex) -> Option<&Cell> {
        let at = self
            .0
            .binary_search_by_key(&index, |cell| cell.index)
            .ok()?;
        self.0.get(at)
    }
}

impl<'a> IntoIterator for &'a Cells {
    type Item = &'a Cell;
    type IntoIter = std::slice::Iter<'a, Cell>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
