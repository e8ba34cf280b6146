//! A question as a plain list of arcs, for other programs to reckon the same on the same network: a second opinion, and a rival.

use super::{Ground, PointRef, points, points::Targets};

/// Junctions, then cells, then points, numbered in this order, and the ways between them in minutes.
#[derive(Debug, Clone, PartialEq)]
pub struct PlainArcs {
    /// How many junctions there are; the first cell has this number.
    pub junctions: u32,
    /// How many cells.
    pub cells: u32,
    /// How many points; their order is that of their ids.
    pub points: u32,
    /// From, to, minutes. From a cell they lead into the network, to a point out of it.
    pub arcs: Vec<(u32, u32, f64)>,
}

impl Ground {
    /// The network with every cell and these points on it. A way of a cell along its own edge to a point on it stands as an arc
    /// from cell to point; a way off the network does not stand here.
    pub fn plain_arcs(&self, asked: &[PointRef<'_>]) -> PlainArcs {
        let places: Vec<_> = points::by_rank(asked)
            .into_iter()
            .map(|at| asked[at as usize].place)
            .collect();
        let targets = Targets::new(self, points::place(self, &places));
        let (junctions, cells) = (self.node_count() as u32, self.starts.len() as u32);
        let mut arcs = Vec::with_capacity(self.arc_count() + 3 * self.starts.len());
        for node in 0..junctions {
            let out = self.graph.arcs(node).iter().filter(|arc| arc.is_outward());
            arcs.extend(out.map(|arc| (node, arc.node(), arc.span.ticks().minutes())));
        }
        for (start, cell) in self.starts.iter().zip(junctions..) {
            let Some(foot) = start.foot else { continue };
            for (junction, way) in [(foot.from, foot.by_from), (foot.to, foot.by_to)] {
                if way.minutes().is_finite() {
                    arcs.push((cell, junction, way.minutes()));
                }
            }
            let along = targets.along_its_edge(start);
            if !along.is_none() {
                arcs.push((cell, junctions + cells + along.rank(), along.minutes()));
            }
        }
        for (junction, label) in targets.seeds() {
            if !label.is_none() {
                let point = junctions + cells + label.rank();
                arcs.push((junction, point, label.minutes()));
            }
        }
        PlainArcs {
            junctions,
            cells,
            points: places.len() as u32,
            arcs,
        }
    }
}
