//! What a figure must say of itself: people whose minutes are approximate, and people whom no
//! road leads to a point.

use super::{CellReach, Ground};
use serde::Serialize;

/// Marked cells and their people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// Cells over [`super::APPROXIMATE_OVER_KM`] from the network.
    pub far_cells: u32,
    /// Their people.
    pub far_population: u64,
    /// Cells from which the network leads to no point: their minutes are those of the direct way.
    pub off_network_cells: u32,
    /// Their people.
    pub off_network_population: u64,
}

impl Marks {
    fn add(&mut self, reach: &CellReach) {
        let people = u64::from(reach.population);
        if reach.approximate {
            self.far_cells += 1;
            self.far_population += people;
        }
        if reach.network_minutes.is_none() {
            self.off_network_cells += 1;
            self.off_network_population += people;
        }
    }
}

/// The marks of all cells, and of each unit in its order.
pub fn marks(ground: &Ground, reaches: &[CellReach]) -> (Marks, Vec<Marks>) {
    let mut all = Marks::default();
    let mut units = vec![Marks::default(); ground.unit_count()];
    for reach in reaches {
        all.add(reach);
        if let Some(unit) = units.get_mut(reach.unit.at()) {
            unit.add(reach);
        }
    }
    (all, units)
}
