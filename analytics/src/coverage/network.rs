//! A pack's roads as one mode sees them.

use super::{anchor::Anchor, graph, graph::Graph, graph::GraphEdge, settings::ModeSpeeds};
use geodata::{Mode, RoadNetwork, Snap};

/// What an edge is to a mode.
#[derive(Clone, Copy, Debug)]
struct ModeEdge {
    /// The junctions by their number in the graph.
    from: u32,
    to: u32,
    length_m: f64,
    /// Minutes a metre; `None` where the mode may not go.
    pace: Option<f64>,
    is_oneway: bool,
}

/// The edges of a network for one mode, their junctions numbered as in the graph.
#[derive(Debug)]
pub(super) struct ModeNetwork {
    node_count: usize,
    edges: Vec<ModeEdge>,
}

impl ModeNetwork {
    pub(super) fn new(roads: &RoadNetwork, speeds: &ModeSpeeds, mode: Mode) -> Self {
        let number = graph::numbers_along_curve(roads.nodes().iter().copied());
        let edges = roads
            .edges()
            .iter()
            .map(|edge| {
                let pace = speeds.pace(edge);
                ModeEdge {
                    from: number[edge.from.0 as usize],
                    to: number[edge.to.0 as usize],
                    length_m: edge.length_m,
                    pace: pace.filter(|_| edge.traits.admits.contains(mode)),
                    is_oneway: edge.traits.oneway && speeds.obeys_oneway,
                }
            })
            .collect();
        Self {
            node_count: number.len(),
            edges,
        }
    }

    /// Where a snapped place meets it; `None` on an edge that the mode may not use.
    pub(super) fn anchor(&self, snap: &Snap) -> Option<Anchor> {
        let edge = self.edges.get(snap.edge.0 as usize)?;
        Some(Anchor {
            edge: snap.edge.0,
            from: edge.from,
            to: edge.to,
            along_m: snap.along_m,
            length_m: edge.length_m,
            pace: edge.pace?,
            is_oneway: edge.is_oneway,
            access_km: snap.access_km,
        })
    }

    pub(super) fn graph(&self) -> Graph {
        Graph::new(self.node_count, || {
            self.edges.iter().filter_map(|edge| {
                let pace = edge.pace?;
                let whole = Anchor {
                    edge: 0,
                    from: edge.from,
                    to: edge.to,
                    along_m: 0.0,
                    length_m: edge.length_m,
                    pace,
                    is_oneway: edge.is_oneway,
                    access_km: 0.0,
                };
                Some(GraphEdge {
                    from: edge.from,
                    to: edge.to,
                    span: whole.span(),
                    oneway: edge.is_oneway,
                })
            })
        })
    }
}
