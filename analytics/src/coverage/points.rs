//! The points of a question, in order of rank, where they meet the network.

use super::{
    MAX_POINTS, PointRef,
    anchor::Anchor,
    ground::{Ground, Start},
    nearest::{Nearest, PointTree},
    search,
    time::{Label, Ticks},
};
use geodata::LonLat;
use rayon::prelude::*;

/// A point that counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) place: LonLat,
    pub(super) anchor: Option<Anchor>,
    /// What is added to the way to it: a wait, or nothing.
    pub(super) extra: Ticks,
}

/// The points in order of rank, with what finds the nearest of them.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) placed: Vec<Placed>,
    /// Points on the network, sorted by edge, with their label there.
    on_edges: Vec<(Anchor, Label)>,
    pub(super) tree: PointTree,
}

/// Positions among the points asked about, by rank: ids in order, equal ones in the order given.
pub(super) fn by_rank(points: &[PointRef<'_>]) -> Vec<u32> {
    let mut position: Vec<u32> = (0..points.len() as u32).collect();
    position.sort_by_key(|at| points[*at as usize].id);
    position.truncate(MAX_POINTS);
    position
}

/// Snaps points.
pub(super) fn place(ground: &Ground, places: &[LonLat]) -> Vec<Placed> {
    let placed = places.par_iter().map(|place| Placed {
        place: *place,
        anchor: ground.anchor(*place),
        extra: Ticks::ZERO,
    });
    placed.collect()
}

impl Targets {
    /// Of points in order of rank.
    pub(super) fn new(ground: &Ground, placed: Vec<Placed>) -> Self {
        let mut on_edges = Vec::with_capacity(placed.len());
        for (point, rank) in placed.iter().zip(0..) {
            let Some(anchor) = point.anchor else { continue };
            let access = ground.access().ticks(anchor.access_km);
            on_edges.push((anchor, Label::new(access.plus(point.extra), rank)));
        }
        on_edges.sort_by_key(|(anchor, _)| anchor.edge);
        let tree = PointTree::new(placed.iter().map(|point| point.place.direction()));
        Self {
            placed,
            on_edges,
            tree,
        }
    }

    /// What the points offer to the junctions next to them.
    pub(super) fn seeds(&self) -> search::Offers {
        let offers = self.on_edges.iter();
        offers
            .flat_map(|(anchor, label)| anchor.offers(*label))
            .collect()
    }

    /// The best way by road from a cell, by the junctions' labels or along the edge itself.
    pub(super) fn by_road(&self, start: &Start, labels: &[Label]) -> Label {
        let by_ends = start.foot.map_or(Label::NONE, |foot| foot.by_ends(labels));
        by_ends.min(self.along_its_edge(start))
    }

    /// The best way along the edge that a cell lies on, to a point on the same edge.
    pub(super) fn along_its_edge(&self, start: &Start) -> Label {
        let Some(foot) = start.foot else {
            return Label::NONE;
        };
        let mut best = Label::NONE;
        let first = self
            .on_edges
            .partition_point(|(anchor, _)| anchor.edge < foot.edge);
        let same_edge = self.on_edges[first..].iter();
        for (anchor, label) in same_edge.take_while(|(anchor, _)| anchor.edge == foot.edge) {
            best = best.min(foot.on_edge(anchor, *label));
        }
        best
    }

    /// Kilometres from a cell to the point that is nearest to it; infinite without one.
    pub(super) fn km(&self, start: &Start, nearest: Nearest) -> f64 {
        self.placed
            .get(nearest.rank as usize)
            .map_or(f64::INFINITY, |point| start.centre.distance_km(point.place))
    }
}
