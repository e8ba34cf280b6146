//! A regular grid of population, from a table of squares or from a raster ([`raster`]).

use super::{BuildError, InputFile, Report, raster, table};
use crate::{EARTH_RADIUS_KM, LonLat};
use geo::Rect;
use serde::Deserialize;
use std::io::Read;

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
    /// Reads a population file: a table `lon,lat,pop` of squares, or a GeoTIFF, of which only what
    /// lies within `bounds` is kept.
    pub(super) fn read(
        file: InputFile<'_>,
        bounds: Rect<f64>,
        report: &mut Report,
    ) -> Result<Self, BuildError> {
        let mut start = [0; 4];
        let is_tiff = file.open()?.read_exact(&mut start).is_ok()
            && matches!(&start, b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+");
        if is_tiff {
            raster::read(file, bounds, report)
        } else {
            Self::read_table(file, report)
        }
    }

    fn read_table(file: InputFile<'_>, report: &mut Report) -> Result<Self, BuildError> {
        let mut rows = Vec::new();
        for (line, row) in table::rows::<GridRow>(file, report)? {
            let is_place = LonLat::new(row.lon, row.lat).is_some();
            if is_place && row.pop >= 0.0 && row.pop.is_finite() {
                rows.push((line, row));
                continue;
            }
            let swapped = if !is_place && LonLat::new(row.lat, row.lon).is_some() {
                " (lon and lat look exchanged)"
            } else {
                ""
            };
            let what = format!(
                "{}, {} with {} people is no place with people{swapped}: left out",
                row.lon, row.lat, row.pop
            );
            report.add(file.name, "no square", format!("line {line}"), "", what);
        }
        let not_a_grid = || file.error("is not a regular grid: give centres `lon,lat,pop`");
        let axis =
            |value: fn(&GridRow) -> f64| Axis::through(rows.iter().map(|(_, row)| value(row)));
        let lon = axis(|row| row.lon).ok_or_else(not_a_grid)?;
        let lat = axis(|row| row.lat).ok_or_else(not_a_grid)?;
        let mut grid = Self::empty(lon, lat);
        let mut is_known = vec![false; grid.density.len()];
        for (line, row) in rows {
            let place = LonLat {
                lon: row.lon,
                lat: row.lat,
            };
            let at = grid.square(place).ok_or_else(not_a_grid)?;
            if std::mem::replace(&mut is_known[at], true) {
                let what = format!(
                    "the square {}, {} was given before: the first is used",
                    row.lon, row.lat
                );
                report.add(file.name, "duplicate", format!("line {line}"), "", what);
                continue;
            }
            grid.density[at] = row.pop / grid.square_km2(row.lat);
        }
        Ok(grid)
    }

    /// Number of squares kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.density.len()
    }

    /// A grid without people.
    pub(super) fn empty(lon: Axis, lat: Axis) -> Self {
        Self {
            density: vec![0.0; lon.count * lat.count],
            lon,
            lat,
        }
    }

    /// Sets a square, counted from the south-west, to so many people.
    pub(super) fn set(&mut self, column: usize, row: usize, people: f64) {
        let km2 = self.square_km2(self.lat.first + row as f64 * self.lat.step);
        self.density[row * self.lon.count + column] = people / km2;
    }

    /// People per km² at a place; nobody outside the grid.
    pub(super) fn density_at(&self, place: LonLat) -> f64 {
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
pub(super) struct Axis {
    /// The first centre, degrees.
    pub(super) first: f64,
    /// From one centre to the next, degrees.
    pub(super) step: f64,
    /// Number of centres.
    pub(super) count: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Grid, BuildError> {
        let bounds = Rect::new((-180.0, -90.0), (180.0, 90.0));
        let file = InputFile::in_memory("grid.csv", text.as_bytes());
        Grid::read(file, bounds, &mut Report::default())
    }

    #[test]
    fn a_grid_is_read_whatever_its_order_and_gaps() {
        let text =
            "lon,lat,pop\n105.25,21.00,40\n105.00,21.00,10\n105.00,21.25,30\n105.50,21.25,5\n";
        let grid = read(text).unwrap();
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
            assert!(read(text).is_err(), "{text}");
        }
    }
}
