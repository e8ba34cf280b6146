//! The ground of every question: one mode's graph, and each cell where it meets it.
//!
//! It depends on the mode and the settings, not on the points. [`super::Coverage`] makes one from
//! a pack, [`super::generate`] a synthetic one; every computation runs on either.

use super::{
    anchor::{Anchor, Snapper},
    graph::Graph,
    isochrone::LazyBuckets,
    time::{Label, Ticks},
};
use geodata::{Cell, CellIndex, EdgeIndex, LonLat, Snap, UnitIndex, place::Direction};
use rayon::prelude::*;
use std::sync::OnceLock;

/// The network of a mode and the cells on it.
#[derive(Debug)]
pub struct Ground {
    pub(super) graph: Graph,
    pub(super) starts: Vec<Start>,
    pub(super) unit_count: usize,
    /// Minutes a straight kilometre of an access leg, as its two factors.
    access: AccessPace,
    snapper: Box<dyn Snapper>,
    cells_at: OnceLock<CellsAt>,
    pub(super) buckets: LazyBuckets,
}

/// An access leg's detour and speed.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccessPace {
    pub(super) detour: f64,
    pub(super) kmh: f64,
}

impl AccessPace {
    pub(super) fn ticks(self, straight_km: f64) -> Ticks {
        Ticks::from_minutes(straight_km * self.detour / self.kmh * 60.0)
    }

    /// Straight kilometres that take at least so long.
    pub(super) fn km_in(self, ticks: Ticks) -> f64 {
        ticks.minutes() / 60.0 * self.kmh / self.detour
    }
}

/// A cell as a search needs it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) cell: CellIndex,
    pub(super) unit: UnitIndex,
    pub(super) population: u32,
    pub(super) centre: LonLat,
    pub(super) direction: Direction,
    /// Kilometres to the network; infinite without one.
    pub(super) access_km: f64,
    pub(super) foot: Option<Foot>,
}

/// Where a cell meets the network. The two ways include the access leg.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foot {
    pub(super) edge: u32,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) along_m: f64,
    pub(super) access: Ticks,
    /// To the start of the edge; `NEVER` against a one-way.
    pub(super) by_from: Ticks,
    /// To its end.
    pub(super) by_to: Ticks,
}

impl Foot {
    fn new(anchor: &Anchor, access: Ticks) -> Self {
        Self {
            edge: anchor.edge,
            from: anchor.from,
            to: anchor.to,
            along_m: anchor.along_m,
            access,
            by_from: access.plus(anchor.back()),
            by_to: access.plus(anchor.ahead()),
        }
    }

    /// The least that the labels of the edge's ends lead to.
    pub(super) fn by_ends(&self, labels: &[Label]) -> Label {
        let by_from = labels[self.from as usize].after(self.by_from);
        let by_to = labels[self.to as usize].after(self.by_to);
        by_from.min(by_to)
    }

    /// Along the edge itself to a point on it that has this label there.
    pub(super) fn on_edge(&self, point: &Anchor, label: Label) -> Label {
        label.after(self.access.plus(point.ride_from(self.along_m)))
    }
}

/// The cells that leave the road network by each junction: `cells[first[n]..first[n + 1]]`.
#[derive(Debug)]
struct CellsAt {
    first: Vec<u32>,
    cells: Vec<u32>,
    ways: Vec<Ticks>,
}

impl Ground {
    /// Snaps the cells.
    pub(super) fn new(
        graph: Graph,
        cells: &[Cell],
        unit_count: usize,
        access: AccessPace,
        snapper: Box<dyn Snapper>,
    ) -> Self {
        let starts = cells
            .par_iter()
            .map(|cell| {
                let centre = cell.centre();
                let anchor = snapper.anchor(centre);
                Start {
                    cell: cell.index,
                    unit: cell.unit,
                    population: cell.population,
                    centre,
                    direction: centre.direction(),
                    access_km: anchor.map_or(f64::INFINITY, |anchor| anchor.access_km),
                    foot: anchor.map(|anchor| Foot::new(&anchor, access.ticks(anchor.access_km))),
                }
            })
            .collect();
        Self {
            graph,
            starts,
            unit_count,
            access,
            snapper,
            cells_at: OnceLock::new(),
            buckets: LazyBuckets::new(),
        }
    }

    /// The same cells on another graph of the same roads.
    pub(super) fn on(
        &self,
        graph: Graph,
        access: AccessPace,
        snapper: Box<dyn Snapper>,
        anchor: impl Fn(&Snap) -> Option<Anchor>,
    ) -> Self {
        let starts = self.starts.iter().map(|start| {
            let anchor = start.foot.and_then(|foot| {
                anchor(&Snap {
                    edge: EdgeIndex(foot.edge),
                    along_m: foot.along_m,
                    access_km: start.access_km,
                })
            });
            Start {
                foot: anchor.map(|anchor| Foot::new(&anchor, access.ticks(anchor.access_km))),
                ..*start
            }
        });
        Self {
            graph,
            starts: starts.collect(),
            unit_count: self.unit_count,
            access,
            snapper,
            cells_at: OnceLock::new(),
            buckets: LazyBuckets::new(),
        }
    }

    /// The position of a cell.
    pub fn position(&self, cell: CellIndex) -> Option<usize> {
        self.starts
            .binary_search_by_key(&cell, |start| start.cell)
            .ok()
    }

    /// Number of cells.
    pub fn cell_count(&self) -> usize {
        self.starts.len()
    }

    /// Number of junctions.
    pub fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    /// Ways that meet at junctions: two for each stretch of road that is open to the mode.
    pub fn arc_count(&self) -> usize {
        self.graph.arc_count()
    }

    /// Number of units.
    pub fn unit_count(&self) -> usize {
        self.unit_count
    }

    /// The cell at a position.
    pub fn cell(&self, at: usize) -> Option<Cell> {
        self.starts.get(at).map(|start| Cell {
            index: start.cell,
            unit: start.unit,
            population: start.population,
        })
    }

    /// All people.
    pub fn population(&self) -> u64 {
        let people = self.starts.iter().map(|start| u64::from(start.population));
        people.sum()
    }

    /// Bytes of the graph and the cells.
    pub fn bytes(&self) -> usize {
        self.graph.bytes() + size_of_val(&*self.starts)
    }

    /// Where a place meets the network.
    pub fn anchor(&self, place: LonLat) -> Option<Anchor> {
        self.snapper.anchor(place)
    }

    pub(super) fn access(&self) -> AccessPace {
        self.access
    }

    /// Positions of the cells that a junction is an edge's end for, each with its way to the
    /// junction.
    pub(super) fn cells_at(&self, node: u32) -> impl Iterator<Item = (u32, Ticks)> {
        let index = self.cells_at.get_or_init(|| self.index_cells());
        let at = node as usize;
        let row = index.first[at] as usize..index.first[at + 1] as usize;
        let cells = index.cells[row.clone()].iter().copied();
        cells.zip(index.ways[row].iter().copied())
    }

    fn index_cells(&self) -> CellsAt {
        let mut first = vec![0u32; self.graph.node_count() + 1];
        let feet = || {
            let feet = self.starts.iter().zip(0u32..);
            feet.filter_map(|(start, at)| Some((start.foot?, at)))
        };
        for (foot, _) in feet() {
            first[foot.from as usize + 1] += 1;
            first[foot.to as usize + 1] += 1;
        }
        for node in 1..first.len() {
            first[node] += first[node - 1];
        }
        let mut next = first.clone();
        let count = first.last().copied().unwrap_or(0) as usize;
        let mut cells = vec![0u32; count];
        let mut ways = vec![Ticks::NEVER; count];
        for (foot, at) in feet() {
            for (node, way) in [(foot.from, foot.by_from), (foot.to, foot.by_to)] {
                let slot = &mut next[node as usize];
                cells[*slot as usize] = at;
                ways[*slot as usize] = way;
                *slot += 1;
            }
        }
        CellsAt { first, cells, ways }
    }
}
