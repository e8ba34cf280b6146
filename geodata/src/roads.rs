//! The road network: junctions, the edges between them, and the shape of each edge.
//!
//! An edge runs from one junction to another without a branch between; its shape is the source's
//! own, unsimplified, so that a place can be snapped anywhere along it and its length is the sum
//! of its segments' great-circle lengths. A one-way edge runs from `from` to `to`.

use crate::LonLat;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, str::FromStr};

/// How people travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By motorbike, the city's ordinary way.
    Motorbike,
    /// On foot.
    Walk,
    /// By car.
    Car,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Motorbike, Self::Walk, Self::Car];

    /// The name used in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Motorbike => "motorbike",
            Self::Walk => "walk",
            Self::Car => "car",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no mode.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no way of travelling: use motorbike, walk or car")]
pub struct UnknownMode(pub String);

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(name: &str) -> Result<Self, UnknownMode> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == name)
            .ok_or_else(|| UnknownMode(name.to_owned()))
    }
}

/// A set of modes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModeSet(u8);

impl ModeSet {
    const MASK: u8 = 0b111;

    /// No mode.
    pub const EMPTY: Self = Self(0);
    /// Every mode.
    pub const ALL: Self = Self(Self::MASK);

    /// The set with one mode more.
    pub fn with(self, mode: Mode) -> Self {
        Self(self.0 | 1 << mode as u8)
    }

    /// The set with one mode fewer.
    pub fn without(self, mode: Mode) -> Self {
        Self(self.0 & !(1 << mode as u8))
    }

    /// Whether the set holds a mode.
    pub fn contains(self, mode: Mode) -> bool {
        self.0 & (1 << mode as u8) != 0
    }

    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        (bits & !Self::MASK == 0).then_some(Self(bits))
    }
}

/// A road's class, OpenStreetMap's `highway` value with its `_link` folded in; or a ferry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoadClass {
    /// Expressway.
    Motorway,
    /// National road.
    Trunk,
    /// Primary road.
    Primary,
    /// Secondary road.
    Secondary,
    /// Tertiary road.
    Tertiary,
    /// Minor road.
    Unclassified,
    /// Street of houses.
    Residential,
    /// Lane where people on foot come first.
    LivingStreet,
    /// Way to a building or a yard.
    Service,
    /// Field road.
    Track,
    /// Village or dyke path.
    Path,
    /// Bicycle way.
    Cycleway,
    /// Pedestrian street.
    Pedestrian,
    /// Footpath.
    Footway,
    /// Stairs.
    Steps,
    /// A ferry's way over water (`route=ferry`): part of the network, but nobody steps on or off
    /// between its ends.
    Ferry,
}

impl RoadClass {
    /// Every class; its position is its stored number.
    pub const ALL: [Self; 16] = [
        Self::Motorway,
        Self::Trunk,
        Self::Primary,
        Self::Secondary,
        Self::Tertiary,
        Self::Unclassified,
        Self::Residential,
        Self::LivingStreet,
        Self::Service,
        Self::Track,
        Self::Path,
        Self::Cycleway,
        Self::Pedestrian,
        Self::Footway,
        Self::Steps,
        Self::Ferry,
    ];

    /// OpenStreetMap's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Motorway => "motorway",
            Self::Trunk => "trunk",
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Tertiary => "tertiary",
            Self::Unclassified => "unclassified",
            Self::Residential => "residential",
            Self::LivingStreet => "living_street",
            Self::Service => "service",
            Self::Track => "track",
            Self::Path => "path",
            Self::Cycleway => "cycleway",
            Self::Pedestrian => "pedestrian",
            Self::Footway => "footway",
            Self::Steps => "steps",
            Self::Ferry => "ferry",
        }
    }

    /// The class of a `highway` value; `None` for what is no road (proposed, raceway, platform).
    pub fn from_highway(value: &str) -> Option<Self> {
        let base = value.strip_suffix("_link").unwrap_or(value);
        // `road` is OpenStreetMap's word for "class unknown": taken as a minor road.
        let base = if base == "road" { "unclassified" } else { base };
        let found = Self::ALL.into_iter().find(|class| class.as_str() == base);
        // A ferry is a `route`, never a `highway`.
        found.filter(|class| *class != Self::Ferry)
    }
}

/// Position of a junction in [`RoadNetwork::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeIndex(pub u32);

/// Position of an edge in [`RoadNetwork::edges`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EdgeIndex(pub u32);

/// What is known of an edge besides its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EdgeTraits {
    /// Its class, where the source has one.
    pub class: Option<RoadClass>,
    /// Whether vehicles may only go from `from` to `to`.
    pub oneway: bool,
    /// Modes that the source's access tags admit; the class may forbid more.
    pub admits: ModeSet,
}

impl EdgeTraits {
    /// A road of which only the line is known: open to all, both ways.
    pub const UNKNOWN: Self = Self {
        class: None,
        oneway: false,
        admits: ModeSet::ALL,
    };
}

/// A stretch of road between two junctions.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Where it starts.
    pub from: NodeIndex,
    /// Where it ends.
    pub to: NodeIndex,
    /// Class, direction and access.
    pub traits: EdgeTraits,
    /// Great-circle length of its whole shape, metres.
    pub length_m: f64,
    shape: Range<u32>,
}

/// One end of an edge at a junction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeEnd {
    /// The edge.
    pub edge: EdgeIndex,
    /// Whether the junction is the edge's `to` end.
    pub at_to: bool,
}

/// An edge to be put into a network: its ends, its traits and the shape between the ends.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeSpec {
    /// Where it starts.
    pub from: NodeIndex,
    /// Where it ends.
    pub to: NodeIndex,
    /// Class, direction and access.
    pub traits: EdgeTraits,
    /// The vertices between its two junctions, without them.
    pub between: Vec<LonLat>,
}

/// The road network with, for each junction, the edges that end there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoadNetwork {
    nodes: Vec<LonLat>,
    edges: Vec<Edge>,
    vertices: Vec<LonLat>,
    first_end: Vec<u32>,
    ends: Vec<EdgeEnd>,
}

/// Puts a network together edge by edge, without holding any of it twice.
#[derive(Debug, Default)]
pub(crate) struct RoadBuilder {
    nodes: Vec<LonLat>,
    edges: Vec<Edge>,
    vertices: Vec<LonLat>,
}

impl RoadBuilder {
    /// Starts with some junctions.
    pub(crate) fn with_nodes(nodes: Vec<LonLat>) -> Self {
        Self {
            nodes,
            ..Self::default()
        }
    }

    /// Adds a junction.
    pub(crate) fn add_node(&mut self, place: LonLat) -> NodeIndex {
        self.nodes.push(place);
        NodeIndex(self.nodes.len() as u32 - 1)
    }

    /// The place of a junction.
    pub(crate) fn node(&self, node: NodeIndex) -> Option<LonLat> {
        self.nodes.get(node.0 as usize).copied()
    }

    /// Adds an edge; `None` when it names a junction that is not there.
    pub(crate) fn add_edge(
        &mut self,
        from: NodeIndex,
        to: NodeIndex,
        traits: EdgeTraits,
        between: impl IntoIterator<Item = LonLat>,
    ) -> Option<()> {
        let first = *self.nodes.get(from.0 as usize)?;
        let last = *self.nodes.get(to.0 as usize)?;
        let start = self.vertices.len();
        self.vertices.push(first);
        self.vertices.extend(between);
        self.vertices.push(last);
        let length_m = self.vertices[start..]
            .windows(2)
            .fold(0.0, |sum, pair| sum + pair[0].distance_km(pair[1]) * 1000.0);
        self.edges.push(Edge {
            from,
            to,
            traits,
            length_m,
            shape: start as u32..self.vertices.len() as u32,
        });
        Some(())
    }

    /// The network, its edge ends sorted by junction.
    pub(crate) fn finish(self) -> RoadNetwork {
        let (first_end, ends) = ends_by_node(self.nodes.len(), &self.edges);
        RoadNetwork {
            nodes: self.nodes,
            edges: self.edges,
            vertices: self.vertices,
            first_end,
            ends,
        }
    }
}

impl RoadNetwork {
    /// Puts a network together; `None` when an edge names a junction that is not there.
    pub fn new(nodes: Vec<LonLat>, specs: Vec<EdgeSpec>) -> Option<Self> {
        let mut builder = RoadBuilder::with_nodes(nodes);
        for spec in specs {
            builder.add_edge(spec.from, spec.to, spec.traits, spec.between)?;
        }
        Some(builder.finish())
    }

    /// The junctions.
    pub fn nodes(&self) -> &[LonLat] {
        &self.nodes
    }

    /// The edges.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The shape of an edge, both junctions included: at least two places.
    pub fn shape(&self, edge: &Edge) -> &[LonLat] {
        &self.vertices[edge.shape.start as usize..edge.shape.end as usize]
    }

    /// The edge ends at a junction, in the order of the edges.
    pub fn ends_at(&self, node: NodeIndex) -> &[EdgeEnd] {
        let at = node.0 as usize;
        &self.ends[self.first_end[at] as usize..self.first_end[at + 1] as usize]
    }

    /// Length of all edges, kilometres.
    pub fn length_km(&self) -> f64 {
        self.edges.iter().map(|edge| edge.length_m).sum::<f64>() / 1000.0
    }

    /// How many parts have no road between them, directions left aside.
    pub fn component_count(&self) -> usize {
        self.parts().km.len()
    }

    /// The parts that have no road between them, directions left aside, in the order of their
    /// first junctions.
    pub fn parts(&self) -> Parts {
        const UNSEEN: u32 = u32::MAX;
        let mut of_node = vec![UNSEEN; self.nodes.len()];
        let mut count = 0;
        for start in 0..self.nodes.len() {
            if of_node[start] != UNSEEN {
                continue;
            }
            of_node[start] = count;
            let mut open = vec![start];
            while let Some(node) = open.pop() {
                for end in self.ends_at(NodeIndex(node as u32)) {
                    let edge = &self.edges[end.edge.0 as usize];
                    let other = if end.at_to { edge.from } else { edge.to };
                    let slot = &mut of_node[other.0 as usize];
                    if *slot == UNSEEN {
                        *slot = count;
                        open.push(other.0 as usize);
                    }
                }
            }
            count += 1;
        }
        let mut km = vec![0.0; count as usize];
        for edge in &self.edges {
            km[of_node[edge.from.0 as usize] as usize] += edge.length_m / 1000.0;
        }
        Parts { of_node, km }
    }
}

/// The parts of a network that have no road between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// The part of each junction.
    pub of_node: Vec<u32>,
    /// Kilometres of road in each part.
    pub km: Vec<f64>,
}

impl Parts {
    /// The part with the most kilometres; of equal ones the first. `None` of no network.
    pub fn largest(&self) -> Option<u32> {
        let longest = self.km.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let at = self.km.iter().position(|km| *km == longest)?;
        Some(at as u32)
    }
}

/// Sorts the edge ends by junction: `ends[first[n]..first[n + 1]]` are those at junction `n`.
fn ends_by_node(node_count: usize, edges: &[Edge]) -> (Vec<u32>, Vec<EdgeEnd>) {
    let mut first = vec![0u32; node_count + 1];
    for edge in edges {
        first[edge.from.0 as usize + 1] += 1;
        first[edge.to.0 as usize + 1] += 1;
    }
    for node in 0..node_count {
        first[node + 1] += first[node];
    }
    let mut next = first.clone();
    let blank = EdgeEnd {
        edge: EdgeIndex(0),
        at_to: false,
    };
    let mut ends = vec![blank; edges.len() * 2];
    for (at, edge) in edges.iter().enumerate() {
        for (node, at_to) in [(edge.from, false), (edge.to, true)] {
            let slot = &mut next[node.0 as usize];
            ends[*slot as usize] = EdgeEnd {
                edge: EdgeIndex(at as u32),
                at_to,
            };
            *slot += 1;
        }
    }
    (first, ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(lon: f64, lat: f64) -> LonLat {
        LonLat { lon, lat }
    }

    fn spec(from: u32, to: u32, between: Vec<LonLat>) -> EdgeSpec {
        EdgeSpec {
            from: NodeIndex(from),
            to: NodeIndex(to),
            traits: EdgeTraits::UNKNOWN,
            between,
        }
    }

    #[test]
    fn lengths_follow_the_shape_and_ends_are_found_by_junction() {
        let nodes = vec![place(105.8, 21.0), place(105.9, 21.0), place(106.0, 21.0)];
        let bend = place(105.85, 21.05);
        let network = RoadNetwork::new(
            nodes.clone(),
            vec![spec(0, 1, vec![bend]), spec(2, 2, vec![bend])],
        )
        .unwrap();
        let expected = (nodes[0].distance_km(bend) + bend.distance_km(nodes[1])) * 1000.0;
        assert!((network.edges()[0].length_m - expected).abs() < 1e-6);
        assert_eq!(network.ends_at(NodeIndex(0)).len(), 1);
        assert_eq!(
            network.ends_at(NodeIndex(2)).len(),
            2,
            "a loop ends twice at its junction"
        );
        assert_eq!(network.component_count(), 2);
    }

    #[test]
    fn an_edge_to_nowhere_is_refused() {
        assert!(RoadNetwork::new(vec![place(105.8, 21.0)], vec![spec(0, 1, vec![])]).is_none());
    }

    #[test]
    fn links_and_unknown_roads_have_a_class() {
        assert_eq!(
            RoadClass::from_highway("primary_link"),
            Some(RoadClass::Primary)
        );
        assert_eq!(
            RoadClass::from_highway("road"),
            Some(RoadClass::Unclassified)
        );
        assert_eq!(RoadClass::from_highway("proposed"), None);
    }
}
