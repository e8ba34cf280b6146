//! Where people live: which cells a unit has, and how its legal population lies in them.
//!
//! The rule, in three steps:
//! 1. A cell (H3, resolution 9) belongs to the unit whose **detailed** outline holds its centre.
//!    Should two outlines claim a centre on their border, the lower code has it.
//! 2. A cell's weight is its area times the grid's density, averaged over the centres of its
//!    49 cells of resolution 11. The grid's squares are about seven times a cell, so most cells
//!    lie within one square; those on a border take from both by area, to about 2 %.
//! 3. The unit's legal population is shared out by weight and rounded by largest remainder
//!    (ties: the lower cell index). Where the grid has nobody in a unit, its area decides.

use super::{BuildError, InputFile, geometry::Outlines, table};
use crate::{CELL_RESOLUTION, Cell, EARTH_RADIUS_KM, LonLat, Unit, UnitIndex, cells::cell_centre};
use geo::{BoundingRect, Contains, Rect};
use h3o::{CellIndex, LatLng, Resolution};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The finer resolution at whose centres the grid is read.
const SAMPLE_RESOLUTION: Resolution = Resolution::Eleven;

#[derive(Deserialize)]
struct GridRow {
    lon: f64,
    lat: f64,
    pop: f64,
}

/// A regular grid of population: squares in degrees, given by their centres.
pub(super) struct Grid {
    lon: Axis,
    lat: Axis,
    /// People per km², row by row from the south-west; squares not given are empty.
    density: Vec<f64>,
}

impl Grid {
    /// Reads `lon,lat,pop`.
    pub(super) fn read(file: InputFile<'_>) -> Result<Self, BuildError> {
        let rows: Vec<GridRow> = table::rows(file)?.into_iter().map(|(_, row)| row).collect();
        let odd = rows.iter().position(|row| {
            LonLat::new(row.lon, row.lat).is_none() || !(row.pop >= 0.0 && row.pop.is_finite())
        });
        if let Some(at) = odd {
            return Err(file.error(format!("row {} is no place with people", at + 1)));
        }
        let not_a_grid = || file.error("is not a regular grid: give centres `lon,lat,pop`");
        let lon = Axis::through(rows.iter().map(|row| row.lon)).ok_or_else(not_a_grid)?;
        let lat = Axis::through(rows.iter().map(|row| row.lat)).ok_or_else(not_a_grid)?;
        let mut grid = Self {
            density: vec![0.0; lon.count * lat.count],
            lon,
            lat,
        };
        for row in rows {
            let place = LonLat {
                lon: row.lon,
                lat: row.lat,
            };
            let at = grid.square(place).ok_or_else(not_a_grid)?;
            grid.density[at] += row.pop / grid.square_km2(row.lat);
        }
        Ok(grid)
    }

    /// People per km² at a place; nobody outside the grid.
    fn density_at(&self, place: LonLat) -> f64 {
        self.square(place).map_or(0.0, |at| self.density[at])
    }

    fn square(&self, place: LonLat) -> Option<usize> {
        Some(self.lat.step_of(place.lat)? * self.lon.count + self.lon.step_of(place.lon)?)
    }

    fn square_km2(&self, lat: f64) -> f64 {
        let height_km = EARTH_RADIUS_KM * self.lat.step.to_radians();
        let width_km = EARTH_RADIUS_KM * self.lon.step.to_radians() * lat.to_radians().cos();
        height_km * width_km
    }
}

/// Evenly spaced centres along one direction.
struct Axis {
    first: f64,
    step: f64,
    count: usize,
}

impl Axis {
    /// Most centres along one direction: more is not a city's grid.
    const MAX_COUNT: usize = 20_000;

    /// The axis through some centres. Files round their coordinates, so the step is taken from
    /// the whole span, not from one gap.
    fn through(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        let (first, last) = (*values.first()?, *values.last()?);
        let gap = values
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .min_by(f64::total_cmp)?;
        let steps = ((last - first) / gap).round();
        if !(steps >= 1.0 && steps < Self::MAX_COUNT as f64) {
            return None;
        }
        let step = (last - first) / steps;
        let is_even = values.iter().all(|value| {
            let position = (value - first) / step;
            (position - position.round()).abs() < 0.05
        });
        is_even.then_some(Self {
            first,
            step,
            count: steps as usize + 1,
        })
    }

    fn step_of(&self, value: f64) -> Option<usize> {
        let position = ((value - self.first) / self.step).round();
        (position >= 0.0 && position < self.count as f64).then_some(position as usize)
    }
}

/// All cells of all units, with their people.
pub(super) fn cells(
    units: &[Unit],
    outlines: &Outlines,
    grid: &Grid,
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
        let shares = share_out(unit.population, &weights(&members, grid));
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

fn weights(members: &[CellIndex], grid: &Grid) -> Vec<f64> {
    let by_people: Vec<f64> = members
        .iter()
        .map(|cell| cell.area_km2() * mean_density(*cell, grid))
        .collect();
    if by_people.iter().sum::<f64>() > 0.0 {
        return by_people;
    }
    members.iter().map(|cell| cell.area_km2()).collect()
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

    #[test]
    fn a_grid_is_read_whatever_its_order_and_gaps() {
        let text =
            "lon,lat,pop\n105.25,21.00,40\n105.00,21.00,10\n105.00,21.25,30\n105.50,21.25,5\n";
        let grid = Grid::read(InputFile {
            name: "grid.csv",
            bytes: text.as_bytes(),
        })
        .unwrap();
        assert_eq!((grid.lon.count, grid.lat.count), (3, 2));
        assert_eq!(
            grid.density_at(LonLat {
                lon: 105.25,
                lat: 21.25
            }),
            0.0
        );
        let ratio = grid.density_at(LonLat {
            lon: 105.2,
            lat: 21.05,
        }) / grid.density_at(LonLat {
            lon: 105.0,
            lat: 21.0,
        });
        assert!((ratio - 4.0).abs() < 1e-9);
        assert_eq!(
            grid.density_at(LonLat {
                lon: 107.0,
                lat: 21.0
            }),
            0.0
        );
    }

    #[test]
    fn what_is_no_grid_is_refused() {
        for text in [
            "lon,lat,pop\n",
            "lon,lat,pop\n105,21,1\n",
            "lon,lat,pop\n105,21,1\n105.1,21.1,1\n105.17,21.2,1\n",
            "lon,lat,pop\n105,21,-1\n105.1,21.1,1\n",
            "lon,lat\n105,21\n",
        ] {
            assert!(
                Grid::read(InputFile {
                    name: "g",
                    bytes: text.as_bytes()
                })
                .is_err(),
                "{text}"
            );
        }
    }
}
