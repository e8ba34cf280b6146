//! Where people live: which cells a unit has, and how its legal population lies in them.
//!
//! The rule, in three steps:
//! 1. A cell (H3, resolution 9) belongs to the unit whose **detailed** outline holds its centre.
//!    Should two outlines claim a centre on their border, the lower code has it.
//! 2. A cell's weight is its area times the grid's density, averaged over the centres of its
//!    49 cells of resolution 11. The grid's squares are about seven times a cell, so most cells
//!    lie within one square; those on a border take from both by area, to about 2 %.
//!    (A finer raster, of 100 m, has four centres a pixel: the same holds.)
//! 3. The unit's legal population is shared out by weight and rounded by largest remainder
//!    (ties: the lower cell index). Where the grid has nobody in a unit, its area decides.

use super::{BuildError, Report, geometry::Outlines, grid::Grid};
use crate::{CELL_RESOLUTION, Cell, LonLat, Unit, UnitIndex, cells::cell_centre};
use geo::{BoundingRect, Contains, Rect};
use h3o::{CellIndex, LatLng, Resolution};
use std::collections::BTreeSet;

/// The finer resolution at whose centres the grid is read.
const SAMPLE_RESOLUTION: Resolution = Resolution::Eleven;

/// All cells of all units, with their people.
pub(super) fn cells(
    units: &[Unit],
    outlines: &Outlines,
    grid: &Grid,
    grid_file: &str,
    report: &mut Report,
) -> Result<Vec<Cell>, BuildError> {
    let mut areas = Vec::with_capacity(units.len());
    for unit in units {
        let outline = outlines.get(&unit.code).ok_or_else(|| {
            BuildError::Mismatch(format!("unit {} has no detailed outline", unit.code))
        })?;
        let bounds = outline.bounding_rect().ok_or_else(|| {
            BuildError::Mismatch(format!("the outline of unit {} is empty", unit.code))
        })?;
        areas.push((bounds, outline));
    }
    let mut members: Vec<Vec<CellIndex>> = vec![Vec::new(); units.len()];
    for cell in candidates(areas.iter().map(|(bounds, _)| *bounds)) {
        let centre = cell_centre(cell);
        let centre = geo::Point::new(centre.lon, centre.lat);
        let holder = areas
            .iter()
            .position(|(bounds, outline)| bounds.contains(&centre) && outline.contains(&centre));
        if let Some(at) = holder {
            members[at].push(cell);
        }
    }
    let mut cells = Vec::new();
    for (at, (unit, members)) in units.iter().zip(members).enumerate() {
        if members.is_empty() {
            return Err(BuildError::Mismatch(format!(
                "unit {} holds no cell's centre: it is too small for cells of a tenth of a km²",
                unit.code
            )));
        }
        let weights = weights(&members, grid).unwrap_or_else(|| {
            let what = format!(
                "nobody lives there by the grid: its {} people are spread by area",
                unit.population
            );
            report.add(grid_file, "empty unit", "unit", unit.code.as_str(), what);
            members.iter().map(|cell| cell.area_km2()).collect()
        });
        let shares = share_out(unit.population, &weights);
        for (index, population) in members.into_iter().zip(shares) {
            cells.push(Cell {
                index,
                unit: UnitIndex(at as u16),
                population,
            });
        }
    }
    Ok(cells)
}

/// All cells, ascending, whose centre lies within the bounds of all areas together: a flood from
/// the middle over neighbouring cells.
fn candidates(bounds: impl Iterator<Item = Rect<f64>>) -> BTreeSet<CellIndex> {
    let Some(whole) = bounds.reduce(|a, b| {
        Rect::new(
            (a.min().x.min(b.min().x), a.min().y.min(b.min().y)),
            (a.max().x.max(b.max().x), a.max().y.max(b.max().y)),
        )
    }) else {
        return BTreeSet::new();
    };
    // A cell's breadth more, so that the flood is not cut off in a corner.
    let is_near = |place: LonLat| {
        (whole.min().x - 0.01..=whole.max().x + 0.01).contains(&place.lon)
            && (whole.min().y - 0.01..=whole.max().y + 0.01).contains(&place.lat)
    };
    let middle = whole.center();
    let Ok(start) = LatLng::new(middle.y, middle.x) else {
        return BTreeSet::new();
    };
    let mut open = vec![start.to_cell(CELL_RESOLUTION)];
    let mut found: BTreeSet<CellIndex> = open.iter().copied().collect();
    while let Some(cell) = open.pop() {
        for neighbour in cell.grid_disk::<Vec<_>>(1) {
            if is_near(cell_centre(neighbour)) && found.insert(neighbour) {
                open.push(neighbour);
            }
        }
    }
    found
}

/// People by the grid in each cell; `None` where it has nobody in any.
fn weights(members: &[CellIndex], grid: &Grid) -> Option<Vec<f64>> {
    let by_people: Vec<f64> = members
        .iter()
        .map(|cell| cell.area_km2() * mean_density(*cell, grid))
        .collect();
    (by_people.iter().sum::<f64>() > 0.0).then_some(by_people)
}

fn mean_density(cell: CellIndex, grid: &Grid) -> f64 {
    let mut sum = 0.0;
    let mut count = 0;
    for child in cell.children(SAMPLE_RESOLUTION) {
        sum += grid.density_at(cell_centre(child));
        count += 1;
    }
    sum / f64::from(count.max(1))
}

/// Shares out a whole number by weights, rounded by largest remainder; adds up exactly. Weights
/// are not negative and not all zero.
fn share_out(total: u32, weights: &[f64]) -> Vec<u32> {
    let weight_sum: f64 = weights.iter().sum();
    let quotas = weights
        .iter()
        .map(|weight| f64::from(total) * (weight / weight_sum));
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (at, quota) in quotas.enumerate() {
        shares.push(quota.floor() as u32);
        remainders.push((quota - quota.floor(), at));
    }
    remainders.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let given: u64 = shares.iter().map(|share| u64::from(*share)).sum();
    let left = u64::from(total).saturating_sub(given) as usize;
    for (_, at) in remainders.iter().cycle().take(left) {
        shares[*at] += 1;
    }
    // Rounding errors of the quotas themselves could give one too many; take it back from the
    // smallest remainders.
    let over = given.saturating_sub(u64::from(total)) as usize;
    let takers = remainders
        .iter()
        .rev()
        .map(|(_, at)| *at)
        .filter(|at| weights[*at] > 0.0);
    for at in takers.take(over) {
        shares[at] = shares[at].saturating_sub(1);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn largest_remainders_go_first_and_ties_to_the_lower_cell() {
        assert_eq!(share_out(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(share_out(7, &[0.0, 3.0, 1.0]), [0, 5, 2]);
        assert_eq!(share_out(0, &[1.0, 2.0]), [0, 0]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_stay_within_one_of_their_quota(
            total in 0u32..2_000_000,
            weights in prop::collection::vec(0.0..1e4f64, 1..200),
        ) {
            let sum: f64 = weights.iter().sum();
            prop_assume!(sum > 0.0);
            let shares = share_out(total, &weights);
            prop_assert_eq!(shares.iter().sum::<u32>(), total);
            for (share, weight) in shares.iter().zip(&weights) {
                let quota = f64::from(total) * weight / sum;
                prop_assert!((f64::from(*share) - quota).abs() < 1.0 + 1e-6);
            }
        }
    }
}
