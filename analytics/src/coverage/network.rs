//! The network as one mode sees it, and the search over it.

use super::settings::ModeSpeeds;
use geodata::{EdgeIndex, Mode, NodeIndex, RoadNetwork};
use std::{cmp::Reverse, collections::BinaryHeap};

/// Minutes to a point, and the point's rank by id. Ordered by minutes, then by rank.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Label {
    pub(super) minutes: f64,
    pub(super) rank: u32,
}

impl Label {
    pub(super) const NONE: Self = Self {
        minutes: f64::INFINITY,
        rank: u32::MAX,
    };

    /// The better of two.
    pub(super) fn or(self, other: Self) -> Self {
        if other < self { other } else { self }
    }

    /// The same point, so much later.
    pub(super) fn after(self, minutes: f64) -> Self {
        Self {
            minutes: self.minutes + minutes,
            rank: self.rank,
        }
    }
}

/// What an edge is to a mode.
#[derive(Clone, Copy, Debug)]
pub(super) struct ModeEdge {
    pub(super) from: NodeIndex,
    pub(super) to: NodeIndex,
    pub(super) length_m: f64,
    /// Minutes a metre; `None` where the mode may not go.
    pub(super) pace: Option<f64>,
    pub(super) is_oneway: bool,
}

impl ModeEdge {
    /// Whether one may go back to `from` from so far along: always when it is just there.
    pub(super) fn may_go_back_from(&self, along_m: f64) -> bool {
        !self.is_oneway || along_m == 0.0
    }

    /// Whether one may come from `to` to so far along: always when it is just there.
    pub(super) fn may_come_back_to(&self, along_m: f64) -> bool {
        !self.is_oneway || along_m == self.length_m
    }
}

/// The whole network for one mode.
#[derive(Debug)]
pub(super) struct ModeNetwork<'p> {
    roads: &'p RoadNetwork,
    edges: Vec<ModeEdge>,
}

impl<'p> ModeNetwork<'p> {
    pub(super) fn new(roads: &'p RoadNetwork, speeds: &ModeSpeeds, mode: Mode) -> Self {
        let edges = roads
            .edges()
            .iter()
            .map(|edge| {
                let speed = speeds.on(edge.traits.class);
                let admitted = speed.filter(|_| edge.traits.admits.contains(mode));
                ModeEdge {
                    from: edge.from,
                    to: edge.to,
                    length_m: edge.length_m,
                    pace: admitted.map(minutes_per_metre),
                    is_oneway: edge.traits.oneway && speeds.obeys_oneway,
                }
            })
            .collect();
        Self { roads, edges }
    }

    pub(super) fn edge(&self, index: EdgeIndex) -> &ModeEdge {
        &self.edges[index.0 as usize]
    }

    /// For each junction, the quickest way from it to any seed. A seed is a junction from which a
    /// point is already so many minutes away.
    pub(super) fn labels(&self, seeds: impl Iterator<Item = (NodeIndex, Label)>) -> Vec<Label> {
        let mut labels = vec![Label::NONE; self.roads.nodes().len()];
        let mut open = BinaryHeap::new();
        for (node, label) in seeds {
            improve(&mut labels, &mut open, node, label);
        }
        while let Some(Reverse((minutes_bits, rank, node))) = open.pop() {
            let label = Label {
                minutes: f64::from_bits(minutes_bits),
                rank,
            };
            if labels[node as usize] != label {
                continue;
            }
            for end in self.roads.ends_at(NodeIndex(node)) {
                let edge = self.edge(end.edge);
                let Some(pace) = edge.pace else { continue };
                // Against travel: from an edge's end back to where one would have set out.
                let (origin, is_open) = if end.at_to {
                    (edge.from, true)
                } else {
                    (edge.to, !edge.is_oneway)
                };
                if is_open {
                    improve(
                        &mut labels,
                        &mut open,
                        origin,
                        label.after(edge.length_m * pace),
                    );
                }
            }
        }
        labels
    }
}

/// Entries of the search's queue: minutes as bits (which order as the numbers do, none being
/// negative), rank, junction.
type Queue = BinaryHeap<Reverse<(u64, u32, u32)>>;

fn improve(labels: &mut [Label], open: &mut Queue, node: NodeIndex, label: Label) {
    let slot = &mut labels[node.0 as usize];
    if label < *slot {
        *slot = label;
        open.push(Reverse((label.minutes.to_bits(), label.rank, node.0)));
    }
}

fn minutes_per_metre(kmh: f64) -> f64 {
    60.0 / (kmh * 1000.0)
}
