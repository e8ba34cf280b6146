//! Synthetic networks for tests and measurements: a grid of streets, bent, thinned out, with
//! faster roads, one-ways and islands, cells and points on it. The same size and seed give the
//! same network, on every machine.
//!
//! Nothing of the grid is stored: a junction's place and an edge's kind follow from its number and
//! the seed, so that a network of a whole country fits beside what is computed on it.

use super::{
    PointRef,
    anchor::{Anchor, Snapper},
    graph::{self, Graph, GraphEdge},
    ground::{AccessPace, Ground},
};
use geodata::{
    CELL_RESOLUTION, Cell, Cells, LonLat, UnitIndex,
    place::{Direction, nearest_on_chord},
};

/// Where the middle of every network lies.
const MIDDLE: LonLat = LonLat {
    lon: 105.8,
    lat: 21.0,
};
/// Cells for each junction, and junctions for each point, as in the country: 5 million junctions,
/// 3.3 million cells, 3,300 points.
const CELLS_PER_NODE: f64 = 0.66;
const NODES_PER_POINT: usize = 1515;
/// Kilometres between neighbours: what makes the grid as large as the cells' ground.
const SPACING_KM: f64 = 0.33;
/// Junctions on a side of the squares of which some are islands.
const ISLAND_SIDE: u64 = 16;

/// A synthetic network with its points.
#[derive(Debug)]
pub struct Generated {
    /// Network and cells.
    pub ground: Ground,
    /// Points: ids and places.
    pub points: Vec<(String, LonLat)>,
}

impl Generated {
    /// The points as a question takes them.
    pub fn refs(&self) -> Vec<PointRef<'_>> {
        self.points
            .iter()
            .map(|(id, place)| PointRef { id, place: *place })
            .collect()
    }
}

/// A network of about so many junctions (at least four), for motorbikes at the model's speeds.
pub fn network(nodes: usize, seed: u64) -> Generated {
    let grid = Grid::new(nodes, seed);
    let number = graph::numbers_along_curve((0..grid.node_count()).map(|at| grid.place(at)));
    let graph = Graph::new(grid.node_count(), || {
        grid.edges().map(|edge| {
            let anchor = grid.whole(&number, edge);
            GraphEdge {
                from: anchor.from,
                to: anchor.to,
                span: anchor.span(),
                oneway: anchor.is_oneway,
            }
        })
    });
    let cells = grid.cells();
    let points = grid.points(&cells);
    let unit_count = grid.unit_count();
    let access = AccessPace {
        detour: 1.3,
        kmh: 15.0,
    };
    let snapper = GridSnapper { grid, number };
    let ground = Ground::new(
        graph,
        cells.as_slice(),
        unit_count,
        access,
        Box::new(snapper),
    );
    Generated { ground, points }
}

/// The grid, all of it computed.
#[derive(Clone, Copy, Debug)]
struct Grid {
    seed: u64,
    side: u64,
    step_lon: f64,
    step_lat: f64,
}

/// An edge: the junction it starts at, and whether it goes north instead of east.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct GridEdge {
    at: u64,
    is_north: bool,
}

impl GridEdge {
    /// A number of its own.
    fn code(self) -> u64 {
        self.at * 2 + u64::from(self.is_north)
    }
}

impl Grid {
    fn new(nodes: usize, seed: u64) -> Self {
        let side = (nodes as f64).sqrt().round().max(2.0) as u64;
        let km_per_degree = geodata::EARTH_RADIUS_KM * 1f64.to_radians();
        Self {
            seed,
            side,
            step_lon: SPACING_KM / km_per_degree / MIDDLE.lat.to_radians().cos(),
            step_lat: SPACING_KM / km_per_degree,
        }
    }

    fn node_count(&self) -> usize {
        (self.side * self.side) as usize
    }

    /// Always the same number between 0 and 1 for the same things.
    fn chance(&self, what: u64, number: u64) -> f64 {
        // SplitMix64 (Steele, Lea & Flood 2014).
        let mut bits = self.seed ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number << 8;
        for _ in 0..2 {
            bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
            bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            bits ^= bits >> 31;
        }
        (bits >> 11) as f64 / (1u64 << 53) as f64
    }

    fn place(&self, at: usize) -> LonLat {
        let at = at as u64;
        let off = |what| (self.chance(what, at) - 0.5) * 0.6;
        let half = self.side as f64 / 2.0;
        let (x, y) = ((at % self.side) as f64, (at / self.side) as f64);
        LonLat {
            lon: MIDDLE.lon + (x - half + off(1)) * self.step_lon,
            lat: MIDDLE.lat + (y - half + off(2)) * self.step_lat,
        }
    }

    fn end(&self, edge: GridEdge) -> u64 {
        edge.at + if edge.is_north { self.side } else { 1 }
    }

    /// Whether the edge is inside the grid, and its road was built.
    fn is_there(&self, edge: GridEdge) -> bool {
        let (x, y) = (edge.at % self.side, edge.at / self.side);
        let (far_x, far_y) = if edge.is_north {
            (x, y + 1)
        } else {
            (x + 1, y)
        };
        if far_x >= self.side || far_y >= self.side {
            return false;
        }
        let square = |x: u64, y: u64| (x / ISLAND_SIDE) | ((y / ISLAND_SIDE) << 32);
        let (here, there) = (square(x, y), square(far_x, far_y));
        let is_island = |square| self.chance(3, square) < 0.005;
        let leaves_island = here != there && (is_island(here) || is_island(there));
        let is_built = self.line(edge).is_multiple_of(4) || self.chance(4, edge.code()) < 0.85;
        is_built && !leaves_island
    }

    /// The number of the street an edge is part of.
    fn line(&self, edge: GridEdge) -> u64 {
        if edge.is_north {
            edge.at % self.side
        } else {
            edge.at / self.side
        }
    }

    fn kmh(&self, edge: GridEdge) -> f64 {
        match self.line(edge) {
            line if line.is_multiple_of(32) => 35.0,
            line if line.is_multiple_of(8) => 30.0,
            line if line.is_multiple_of(4) => 25.0,
            _ => 20.0,
        }
    }

    fn edges(&self) -> impl Iterator<Item = GridEdge> + use<> {
        let grid = *self;
        let all = (0..grid.side * grid.side)
            .flat_map(|at| [false, true].map(|is_north| GridEdge { at, is_north }));
        all.filter(move |edge| grid.is_there(*edge))
    }

    /// An edge with its start as the place on it.
    fn whole(&self, number: &[u32], edge: GridEdge) -> Anchor {
        let (from, to) = (edge.at as usize, self.end(edge) as usize);
        Anchor {
            edge: edge.code() as u32,
            from: number[from],
            to: number[to],
            along_m: 0.0,
            length_m: self.place(from).distance_km(self.place(to)) * 1000.0,
            pace: 60.0 / (self.kmh(edge) * 1000.0),
            is_oneway: self.chance(5, edge.code()) < 0.03,
            access_km: 0.0,
        }
    }

    /// A disk of cells around the middle, people by chance, units as bands of cells.
    fn cells(&self) -> Cells {
        let wanted = self.node_count() as f64 * CELLS_PER_NODE;
        let radius = (wanted / 3.0).sqrt().round() as u32;
        let Ok(middle) = h3o::LatLng::new(MIDDLE.lat, MIDDLE.lon) else {
            return Cells::default();
        };
        let disk: Vec<h3o::CellIndex> = middle.to_cell(CELL_RESOLUTION).grid_disk(radius);
        let cells = disk.into_iter().map(|index| {
            let share = self.chance(6, u64::from(index));
            let unit = u64::from(index) >> 27;
            Cell {
                index,
                unit: UnitIndex((unit % self.unit_count() as u64) as u16),
                population: (share * share * share * 200.0) as u32,
            }
        });
        Cells::new(cells.collect())
    }

    fn unit_count(&self) -> usize {
        (self.node_count() / NODES_PER_POINT).clamp(1, 60_000)
    }

    /// Points a little off the centres of cells taken by chance.
    fn points(&self, cells: &Cells) -> Vec<(String, LonLat)> {
        let cells = cells.as_slice();
        let count = (self.node_count() / NODES_PER_POINT).max(1) as u64;
        let point = |at: u64| {
            let cell = cells.get((self.chance(7, at) * cells.len() as f64) as usize)?;
            let centre = cell.centre();
            let place = LonLat {
                lon: centre.lon + (self.chance(8, at) - 0.5) * 0.002,
                lat: centre.lat + (self.chance(9, at) - 0.5) * 0.002,
            };
            Some((format!("P{at:06}"), place.quantised()))
        };
        (0..count).filter_map(point).collect()
    }
}

/// Snaps to the grid's edges around a place.
#[derive(Debug)]
struct GridSnapper {
    grid: Grid,
    number: Vec<u32>,
}

impl GridSnapper {
    /// The nearest edge that starts so many steps or fewer from a place.
    fn nearest(&self, place: LonLat, reach: i64) -> Option<(f64, Anchor)> {
        let grid = &self.grid;
        let half = grid.side as f64 / 2.0;
        let last = grid.side as i64 - 1;
        let x = ((place.lon - MIDDLE.lon) / grid.step_lon + half).round() as i64;
        let y = ((place.lat - MIDDLE.lat) / grid.step_lat + half).round() as i64;
        let (x, y) = (x.clamp(0, last), y.clamp(0, last));
        let from = place.direction();
        let mut best: Option<(f64, GridEdge, f64, [f64; 3])> = None;
        for at_y in (y - reach).max(0)..=(y + reach).min(last) {
            for at_x in (x - reach).max(0)..=(x + reach).min(last) {
                let at = at_y as u64 * grid.side + at_x as u64;
                let a = grid.place(at as usize).direction();
                for is_north in [false, true] {
                    let edge = GridEdge { at, is_north };
                    if !grid.is_there(edge) {
                        continue;
                    }
                    let b = grid.place(grid.end(edge) as usize).direction();
                    let on = nearest_on_chord(a.0, b.0, from.0);
                    if best.is_none_or(|best| on.chord2 < best.0) {
                        best = Some((on.chord2, edge, on.share, on.foot));
                    }
                }
            }
        }
        let (chord2, edge, share, foot) = best?;
        let whole = grid.whole(&self.number, edge);
        let anchor = Anchor {
            along_m: if share >= 1.0 {
                whole.length_m
            } else {
                share * whole.length_m
            },
            access_km: place.distance_km(Direction(foot).place()),
            ..whole
        };
        Some((chord2, anchor))
    }
}

impl Snapper for GridSnapper {
    /// Exact: edges that start farther away than was searched are farther than the best found.
    fn anchor(&self, place: LonLat) -> Option<Anchor> {
        let mut reach = 2i64;
        loop {
            let found = self.nearest(place, reach);
            // A junction is off its place by up to 0.3 steps and an edge is up to 1.6 long.
            let searched_km = (reach as f64 - 2.5) * SPACING_KM * 0.85;
            let all = reach as u64 >= self.grid.side;
            let is_sure = found.is_some_and(|(_, anchor)| anchor.access_km <= searched_km);
            if all || is_sure {
                return found.map(|(_, anchor)| anchor);
            }
            reach = if found.is_some() && reach < 4 {
                4
            } else {
                reach * 2
            };
        }
    }
}
