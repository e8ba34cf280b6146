//! Snapping: from any place to the nearest place on the nearest edge.
//!
//! The index is a tree of boxes in space over the segments of road, split in halves along the
//! longest side. A question goes down the nearer box first and leaves out every box that is
//! farther than what it already has: a city's cells are snapped in some hundredths of a second.

use crate::{
    EdgeIndex, LonLat, RoadClass, RoadNetwork,
    place::{Direction, nearest_on_chord},
    roads::Edge,
};

/// Where a place meets the network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    /// The nearest edge.
    pub edge: EdgeIndex,
    /// Metres along it from its `from` end: exactly 0 at that end, exactly its length at the other.
    pub along_m: f64,
    /// Straight-line kilometres from the place to the edge, without a detour.
    pub access_km: f64,
}

/// The segments of the edges a mode may use, ready to be asked for the nearest.
#[derive(Debug)]
pub struct SnapIndex {
    segments: Vec<Segment>,
    /// The tree, each node before its children; the first child follows at once.
    nodes: Vec<TreeNode>,
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    a: [f64; 3],
    b: [f64; 3],
    edge: u32,
    start_m: f64,
    length_m: f64,
}

#[derive(Clone, Copy, Debug)]
struct TreeNode {
    low: [f64; 3],
    high: [f64; 3],
    content: Content,
}

#[derive(Clone, Copy, Debug)]
enum Content {
    /// The segments from the first up to the second.
    Leaf(u32, u32),
    /// Where the second child stands.
    Split(u32),
}

/// Segments in a leaf: few enough to look at one by one.
const LEAF_SIZE: usize = 4;

/// The nearest segment found so far.
struct Best {
    chord2: f64,
    segment: Option<u32>,
}

impl SnapIndex {
    /// Indexes the edges for which `is_usable` holds (a mode's own roads). Ferries are left out:
    /// nobody gets on in the middle of the water.
    pub fn new(roads: &RoadNetwork, is_usable: impl Fn(&Edge) -> bool) -> Self {
        let mut segments = Vec::new();
        for (at, edge) in roads.edges().iter().enumerate() {
            if edge.traits.class == Some(RoadClass::Ferry) || !is_usable(edge) {
                continue;
            }
            let mut start_m = 0.0;
            let mut previous: Option<(LonLat, Direction)> = None;
            for &place in roads.shape(edge) {
                let direction = place.direction();
                if let Some((from, from_direction)) = previous {
                    let length_m = from.distance_km(place) * 1000.0;
                    segments.push(Segment {
                        a: from_direction.0,
                        b: direction.0,
                        edge: at as u32,
                        start_m,
                        length_m,
                    });
                    start_m += length_m;
                }
                previous = Some((place, direction));
            }
        }
        let mut nodes = Vec::with_capacity(segments.len());
        if !segments.is_empty() {
            grow(&mut nodes, &mut segments, 0);
        }
        Self { segments, nodes }
    }

    /// The nearest place on the nearest edge; `None` when there is no edge at all.
    pub fn nearest(&self, place: LonLat) -> Option<Snap> {
        let from = place.direction();
        let mut best = Best {
            chord2: f64::INFINITY,
            segment: None,
        };
        if !self.nodes.is_empty() {
            self.search(0, from.0, &mut best);
        }
        let segment = self.segments.get(best.segment? as usize)?;
        let on_chord = nearest_on_chord(segment.a, segment.b, from.0);
        let foot = Direction(on_chord.foot).place();
        Some(Snap {
            edge: EdgeIndex(segment.edge),
            along_m: segment.start_m + on_chord.share * segment.length_m,
            access_km: place.distance_km(foot),
        })
    }

    fn search(&self, at: usize, from: [f64; 3], best: &mut Best) {
        match self.nodes[at].content {
            Content::Leaf(first, end) => {
                for segment in first..end {
                    let Segment { a, b, .. } = self.segments[segment as usize];
                    let chord2 = nearest_on_chord(a, b, from).chord2;
                    if chord2 < best.chord2 {
                        *best = Best {
                            chord2,
                            segment: Some(segment),
                        };
                    }
                }
            }
            Content::Split(second) => {
                let one = (self.nodes[at + 1].distance2(from), at + 1);
                let two = (self.nodes[second as usize].distance2(from), second as usize);
                let (near, far) = if two.0 < one.0 {
                    (two, one)
                } else {
                    (one, two)
                };
                for (distance2, child) in [near, far] {
                    if distance2 < best.chord2 {
                        self.search(child, from, best);
                    }
                }
            }
        }
    }
}

impl TreeNode {
    /// Squared distance from a place in space to the box; 0 inside.
    fn distance2(&self, from: [f64; 3]) -> f64 {
        let mut sum = 0.0;
        for (axis, at) in from.into_iter().enumerate() {
            let outside = (self.low[axis] - at).max(at - self.high[axis]).max(0.0);
            sum += outside * outside;
        }
        sum
    }
}

/// Puts the segments in the tree's order and appends their nodes; `first` is the number of the
/// first of them among all.
fn grow(nodes: &mut Vec<TreeNode>, segments: &mut [Segment], first: u32) {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for segment in &*segments {
        for axis in 0..3 {
            low[axis] = low[axis].min(segment.a[axis]).min(segment.b[axis]);
            high[axis] = high[axis].max(segment.a[axis]).max(segment.b[axis]);
        }
    }
    let here = nodes.len();
    let content = Content::Leaf(first, first + segments.len() as u32);
    nodes.push(TreeNode { low, high, content });
    if segments.len() <= LEAF_SIZE {
        return;
    }
    let side = |axis: &usize| high[*axis] - low[*axis];
    let longest = (0..3usize)
        .max_by(|a, b| side(a).total_cmp(&side(b)))
        .unwrap_or(0);
    let middle = |segment: &Segment| segment.a[longest] + segment.b[longest];
    let half = segments.len() / 2;
    // The edge and the place along it settle ties, so that the tree is the same every time.
    segments.select_nth_unstable_by(half, |one, two| {
        middle(one)
            .total_cmp(&middle(two))
            .then(one.edge.cmp(&two.edge))
            .then(one.start_m.total_cmp(&two.start_m))
    });
    let (left, right) = segments.split_at_mut(half);
    grow(nodes, left, first);
    let second = nodes.len() as u32;
    grow(nodes, right, first + half as u32);
    nodes[here].content = Content::Split(second);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EdgeSpec, EdgeTraits, NodeIndex};
    use proptest::prelude::*;

    fn line_network(places: &[LonLat]) -> RoadNetwork {
        let specs = (1..places.len() as u32)
            .map(|to| EdgeSpec {
                from: NodeIndex(to - 1),
                to: NodeIndex(to),
                traits: EdgeTraits::UNKNOWN,
                between: vec![],
            })
            .collect();
        RoadNetwork::new(places.to_vec(), specs).unwrap()
    }

    /// Segments of up to 3 km: a real road's are shorter, and over that length a straight line in
    /// degrees, which the plain search walks, is still the shortest way to a decimetre.
    fn places() -> impl Strategy<Value = Vec<LonLat>> {
        let place = (105.79..105.81f64, 20.99..21.01f64).prop_map(|(lon, lat)| LonLat { lon, lat });
        prop::collection::vec(place, 2..12)
    }

    proptest! {
        /// Against a plain search that walks each segment in small steps.
        #[test]
        fn no_step_along_any_edge_is_nearer(places in places(), lon in 105.6..106.0f64, lat in 20.8..21.2f64) {
            let network = line_network(&places);
            let question = LonLat { lon, lat };
            let snap = SnapIndex::new(&network, |_| true).nearest(question).unwrap();
            let edge = &network.edges()[snap.edge.0 as usize];
            prop_assert!(snap.along_m >= 0.0 && snap.along_m <= edge.length_m);
            let mut best = f64::INFINITY;
            for pair in places.windows(2) {
                for step in 0..=200 {
                    let share = f64::from(step) / 200.0;
                    let at = LonLat {
                        lon: pair[0].lon + share * (pair[1].lon - pair[0].lon),
                        lat: pair[0].lat + share * (pair[1].lat - pair[0].lat),
                    };
                    best = best.min(question.distance_km(at));
                }
            }
            prop_assert!(snap.access_km <= best + 1e-3, "{} against {best}", snap.access_km);
            prop_assert!(snap.access_km >= best - 0.02);
        }
    }
}
