//! One place's reach: the cells from which it is within a limit, with their minutes.
//!
//! Minutes go **to** the place, as everywhere in the model. The search goes outwards from the
//! place and ends at the limit; its memory is kept between searches ([`Workspace`]), so that a
//! reach costs what lies within it and not what the country is large.

use super::{
    ground::Ground,
    search::Around,
    time::{Label, Ticks},
};
use geodata::{EARTH_RADIUS_KM, LonLat};
use std::sync::OnceLock;

/// A cell within reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// Position among the cells.
    pub cell: u32,
    /// Minutes to the place, unrounded.
    pub minutes: f64,
    /// Great-circle kilometres to it.
    pub km: f64,
}

/// The memory of searches around one place. One for each thread; any ground may use it.
#[derive(Debug, Default)]
pub struct Workspace {
    around: Around,
    stamp: u32,
    /// The best time of each cell, with the stamp that makes it count.
    cells: Vec<(Ticks, u32)>,
    touched: Vec<u32>,
}

impl Workspace {
    fn start(&mut self, cell_count: usize) {
        self.touched.clear();
        if self.cells.len() != cell_count || self.stamp == u32::MAX {
            self.cells.clear();
            self.cells.resize(cell_count, (Ticks::NEVER, 0));
            self.stamp = 0;
        }
        self.stamp += 1;
    }

    fn offer(&mut self, cell: u32, ticks: Ticks) {
        let slot = &mut self.cells[cell as usize];
        if slot.1 != self.stamp {
            *slot = (ticks, self.stamp);
            self.touched.push(cell);
        } else if ticks < slot.0 {
            slot.0 = ticks;
        }
    }
}

impl Ground {
    /// The cells from which a place is at most so many minutes away, in the order of the cells.
    pub fn reach_of(&self, place: LonLat, minutes: f64, workspace: &mut Workspace) -> Vec<Reached> {
        let limit = Ticks::at_most(minutes);
        self.search_cells(place, limit, 0.0, workspace);
        let mut reached: Vec<Reached> = workspace
            .touched
            .iter()
            .filter_map(|cell| {
                let ticks = workspace.cells[*cell as usize].0;
                let km = || self.starts[*cell as usize].centre.distance_km(place);
                (ticks <= limit).then(|| Reached {
                    cell: *cell,
                    minutes: ticks.minutes(),
                    km: km(),
                })
            })
            .collect();
        reached.sort_unstable_by_key(|reached| reached.cell);
        reached
    }

    /// As [`Self::reach_of`], with the cells at most so many kilometres away too, whatever their
    /// minutes (infinite when they are over the limit and cannot be told). In the order in which
    /// they are found.
    pub(super) fn within(
        &self,
        place: LonLat,
        limit: Ticks,
        km: f64,
        workspace: &mut Workspace,
    ) -> impl Iterator<Item = Reached> {
        self.search_cells(place, limit, km, workspace);
        let workspace = &*workspace;
        workspace.touched.iter().map(move |cell| Reached {
            cell: *cell,
            minutes: workspace.cells[*cell as usize].0.minutes(),
            km: self.starts[*cell as usize].centre.distance_km(place),
        })
    }

    /// Leaves in the workspace every cell within the limit or the kilometres, with its time.
    fn search_cells(&self, place: LonLat, limit: Ticks, km: f64, workspace: &mut Workspace) {
        workspace.start(self.starts.len());
        let direct_km = self.access().km_in(limit).max(km);
        let direction = place.direction();
        // A chord is no longer than its arc, so nothing within the kilometres is left out.
        let direct_chord = direct_km / EARTH_RADIUS_KM * (1.0 + 1e-9) + 1e-12;
        for cell in self.cells_within(place, direct_km) {
            let start = &self.starts[cell as usize];
            if start.direction.chord2(direction) > direct_chord * direct_chord {
                continue;
            }
            let away_km = start.centre.distance_km(place);
            if away_km <= direct_km {
                workspace.offer(cell, self.access().ticks(away_km));
            }
        }
        let Some(anchor) = self.anchor(place) else {
            return;
        };
        let label = Label::new(self.access().ticks(anchor.access_km), 0);
        for (cell, _) in self.cells_at(anchor.from) {
            if let Some(foot) = self.starts[cell as usize].foot
                && foot.edge == anchor.edge
            {
                let by_edge = foot.on_edge(&anchor, label);
                if by_edge.ticks() <= limit {
                    workspace.offer(cell, by_edge.ticks());
                }
            }
        }
        let mut around = std::mem::take(&mut workspace.around);
        let seeds = anchor.offers(label);
        around.search(&self.graph, seeds, limit, |node, label| {
            for (cell, way) in self.cells_at(node) {
                let ticks = label.after(way).ticks();
                if ticks <= limit {
                    workspace.offer(cell, ticks);
                }
            }
        });
        workspace.around = around;
    }

    /// Cells whose bucket touches a circle: every cell within it, and some around.
    fn cells_within(&self, place: LonLat, km: f64) -> impl Iterator<Item = u32> {
        let buckets = self
            .buckets
            .get_or_init(|| Buckets::new(self.starts.iter().map(|start| start.centre)));
        buckets.around(place, km)
    }
}

/// Cells by squares of a fiftieth of a degree, in rows from south to north.
#[derive(Debug)]
pub(super) struct Buckets {
    west: i32,
    south: i32,
    columns: i32,
    rows: i32,
    first: Vec<u32>,
    cells: Vec<u32>,
}

/// Buckets in a degree.
const PER_DEGREE: f64 = 50.0;

impl Buckets {
    fn new(centres: impl Iterator<Item = LonLat> + Clone) -> Self {
        let square = |place: LonLat| (step(place.lon), step(place.lat));
        let (mut west, mut south, mut east, mut north) = (i32::MAX, i32::MAX, i32::MIN, i32::MIN);
        for (x, y) in centres.clone().map(square) {
            (west, east) = (west.min(x), east.max(x));
            (south, north) = (south.min(y), north.max(y));
        }
        let is_empty = west > east;
        let (columns, rows) = if is_empty {
            (0, 0)
        } else {
            (east - west + 1, north - south + 1)
        };
        let at = |place: LonLat| {
            let (x, y) = square(place);
            ((y - south) * columns + (x - west)) as usize
        };
        let mut first = vec![0u32; (columns * rows) as usize + 1];
        for centre in centres.clone() {
            first[at(centre) + 1] += 1;
        }
        for bucket in 1..first.len() {
            first[bucket] += first[bucket - 1];
        }
        let mut next = first.clone();
        let mut cells = vec![0u32; first.last().copied().unwrap_or(0) as usize];
        for (centre, cell) in centres.zip(0..) {
            let slot = &mut next[at(centre)];
            cells[*slot as usize] = cell;
            *slot += 1;
        }
        Self {
            west,
            south,
            columns,
            rows,
            first,
            cells,
        }
    }

    fn around(&self, place: LonLat, km: f64) -> impl Iterator<Item = u32> {
        // The circle's own box, a little widened; near a pole it takes in every longitude.
        let angle = (km / EARTH_RADIUS_KM * 1.000_001).min(std::f64::consts::PI);
        let high_lat = angle.to_degrees() + 1e-6;
        let ratio = angle.sin() / place.lat.to_radians().cos().max(1e-12);
        let is_wide = angle >= 1.5 || ratio >= 1.0;
        let wide_lon = if is_wide {
            360.0
        } else {
            ratio.asin().to_degrees() + 1e-6
        };
        let clamp =
            |value: f64, low: i32, count: i32| (step(value).saturating_sub(low)).clamp(-1, count);
        let west = clamp(place.lon - wide_lon, self.west, self.columns).max(0);
        let east = clamp(place.lon + wide_lon, self.west, self.columns).min(self.columns - 1);
        let south = clamp(place.lat - high_lat, self.south, self.rows).max(0);
        let north = clamp(place.lat + high_lat, self.south, self.rows).min(self.rows - 1);
        let rows = if west <= east { south..north + 1 } else { 0..0 };
        rows.flat_map(move |row| {
            let first = self.first[(row * self.columns + west) as usize];
            let end = self.first[(row * self.columns + east) as usize + 1];
            self.cells[first as usize..end as usize].iter().copied()
        })
    }
}

fn step(degrees: f64) -> i32 {
    (degrees * PER_DEGREE).floor() as i32
}

/// Buckets that are made when first asked for.
pub(super) type LazyBuckets = OnceLock<Buckets>;
