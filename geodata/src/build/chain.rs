//! From lines to a network: vertices where roads branch or change become junctions, and the
//! chains between them become edges that keep every vertex as their shape.

use crate::{EdgeTraits, LonLat, NodeIndex, RoadNetwork, roads::RoadBuilder};
use std::collections::HashMap;

/// Lines over numbered vertices. Two lines meet where they have a vertex's number in common.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    vertices: Vec<LonLat>,
    by_place: HashMap<(i32, i32), u32>,
    /// The vertices of all lines, one line after the other.
    numbers: Vec<u32>,
    /// Each line's end in `numbers`, and its traits.
    drawn: Vec<(usize, EdgeTraits)>,
}

impl Lines {
    /// Adds a vertex that meets no other, and gives its number.
    pub fn add_vertex(&mut self, place: LonLat) -> u32 {
        self.vertices.push(place);
        (self.vertices.len() - 1) as u32
    }

    /// Adds a line over vertices; one of fewer than two is left out.
    pub fn push(&mut self, line: &[u32], traits: EdgeTraits) {
        if line.len() > 1 {
            self.numbers.extend_from_slice(line);
            self.drawn.push((self.numbers.len(), traits));
        }
    }

    /// The numbers of places; equal places (to 1e-7 degrees) are one vertex.
    pub fn number_places(&mut self, places: &[LonLat]) -> Vec<u32> {
        let mut line = Vec::with_capacity(places.len());
        for &place in places {
            let known = self.by_place.get(&place.to_e7()).copied();
            let number = known.unwrap_or_else(|| {
                let number = self.add_vertex(place);
                self.by_place.insert(place.to_e7(), number);
                number
            });
            line.push(number);
        }
        line
    }

    fn iter(&self) -> impl Iterator<Item = (&[u32], EdgeTraits)> {
        let mut start = 0;
        self.drawn.iter().map(move |(end, traits)| {
            let line = &self.numbers[start..*end];
            start = *end;
            (line, *traits)
        })
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.drawn.is_empty()
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.drawn.len()
    }
}

#[derive(Clone, Copy)]
struct Segment {
    from: u32,
    to: u32,
    traits: EdgeTraits,
}

impl Segment {
    fn other_end(&self, vertex: u32) -> u32 {
        if self.from == vertex {
            self.to
        } else {
            self.from
        }
    }
}

/// The network of some lines; `None` when they are too many to number.
pub(super) fn network(mut lines: Lines) -> Option<RoadNetwork> {
    let segments = segments(&lines);
    // From here on the segments stand for the lines: a country's are better not held twice.
    lines.by_place = HashMap::new();
    lines.numbers = Vec::new();
    lines.drawn = Vec::new();
    if u32::try_from(segments.len()).is_err() || u32::try_from(lines.vertices.len()).is_err() {
        return None;
    }
    let incident = Incident::new(lines.vertices.len(), &segments);
    let mut walk = Walk {
        vertices: &lines.vertices,
        incident: &incident,
        is_used: vec![false; segments.len()],
        node_of: vec![NO_NODE; lines.vertices.len()],
        path: Vec::new(),
        roads: RoadBuilder::default(),
        segments: &segments,
    };
    for vertex in 0..lines.vertices.len() as u32 {
        if incident.is_junction(vertex, &segments) {
            for &segment in incident.at(vertex) {
                walk.chain(vertex, segment)?;
            }
        }
    }
    // What is left are rings without a junction: each gets one where it was first drawn.
    for segment in 0..segments.len() as u32 {
        walk.chain(segments[segment as usize].from, segment)?;
    }
    let roads = walk.roads;
    drop((incident, segments));
    Some(roads.finish())
}

/// In [`Walk::node_of`]: the vertex is no junction yet.
const NO_NODE: u32 = u32::MAX;

fn segments(lines: &Lines) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (line, traits) in lines.iter() {
        for pair in line.windows(2) {
            if pair[0] != pair[1] {
                segments.push(Segment {
                    from: pair[0],
                    to: pair[1],
                    traits,
                });
            }
        }
    }
    segments
}

/// The segments at each vertex.
struct Incident {
    first: Vec<u32>,
    segments: Vec<u32>,
}

impl Incident {
    fn new(vertex_count: usize, segments: &[Segment]) -> Self {
        let mut first = vec![0u32; vertex_count + 1];
        for segment in segments {
            first[segment.from as usize + 1] += 1;
            first[segment.to as usize + 1] += 1;
        }
        for vertex in 0..vertex_count {
            first[vertex + 1] += first[vertex];
        }
        let mut next = first.clone();
        let mut sorted = vec![0u32; segments.len() * 2];
        for (at, segment) in segments.iter().enumerate() {
            for vertex in [segment.from, segment.to] {
                let slot = &mut next[vertex as usize];
                sorted[*slot as usize] = at as u32;
                *slot += 1;
            }
        }
        Self {
            first,
            segments: sorted,
        }
    }

    fn at(&self, vertex: u32) -> &[u32] {
        let vertex = vertex as usize;
        &self.segments[self.first[vertex] as usize..self.first[vertex + 1] as usize]
    }

    /// A vertex is a junction unless exactly two segments with the same traits pass through it,
    /// for a one-way in the same direction.
    fn is_junction(&self, vertex: u32, segments: &[Segment]) -> bool {
        match self.at(vertex) {
            [] => false,
            &[one, two] => {
                let (one, two) = (&segments[one as usize], &segments[two as usize]);
                let passes_through = (one.to == vertex) == (two.from == vertex);
                one.traits != two.traits || (one.traits.oneway && !passes_through)
            }
            _ => true,
        }
    }
}

struct Walk<'a> {
    vertices: &'a [LonLat],
    segments: &'a [Segment],
    incident: &'a Incident,
    is_used: Vec<bool>,
    node_of: Vec<u32>,
    /// The vertices of the chain at hand.
    path: Vec<u32>,
    roads: RoadBuilder,
}

impl Walk<'_> {
    /// Follows the chain that leaves `start` by a segment up to the next junction. `None` never
    /// happens: its ends are junctions of the network.
    fn chain(&mut self, start: u32, first: u32) -> Option<()> {
        if self.is_used[first as usize] {
            return Some(());
        }
        let head = self.segments[first as usize];
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        path.push(start);
        let mut next = Some(first);
        while let Some(segment) = next.take() {
            self.is_used[segment as usize] = true;
            let here = path[path.len() - 1];
            let there = self.segments[segment as usize].other_end(here);
            path.push(there);
            if there != start && !self.incident.is_junction(there, self.segments) {
                let unused = |candidate: &&u32| !self.is_used[**candidate as usize];
                next = self.incident.at(there).iter().find(unused).copied();
            }
        }
        // A one-way is stored in its own direction, whichever end the walk came from.
        if head.traits.oneway && head.from != start {
            path.reverse();
        }
        let from = self.node(path[0]);
        let to = self.node(path[path.len() - 1]);
        let between = path[1..path.len() - 1].iter();
        let places = between.map(|vertex| self.vertices[*vertex as usize]);
        let added = self.roads.add_edge(from, to, head.traits, places);
        self.path = path;
        added
    }

    fn node(&mut self, vertex: u32) -> NodeIndex {
        let slot = &mut self.node_of[vertex as usize];
        if *slot == NO_NODE {
            *slot = self.roads.add_node(self.vertices[vertex as usize]).0;
        }
        NodeIndex(*slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mode, ModeSet, RoadClass};

    fn lines(drawn: &[(&[u32], EdgeTraits)]) -> Lines {
        let mut lines = Lines::default();
        for at in 0..10 {
            lines.add_vertex(LonLat {
                lon: 105.0 + f64::from(at) * 0.01,
                lat: 21.0,
            });
        }
        for (line, traits) in drawn {
            lines.push(line, *traits);
        }
        lines
    }

    const TWO_WAY: EdgeTraits = EdgeTraits::UNKNOWN;
    const ONE_WAY: EdgeTraits = EdgeTraits {
        class: Some(RoadClass::Primary),
        oneway: true,
        admits: ModeSet::ALL,
    };

    #[test]
    fn lines_end_to_end_become_one_edge() {
        let network = network(lines(&[(&[0, 1, 2], TWO_WAY), (&[4, 3, 2], TWO_WAY)])).unwrap();
        assert_eq!((network.nodes().len(), network.edges().len()), (2, 1));
        assert_eq!(network.shape(&network.edges()[0]).len(), 5);
    }

    #[test]
    fn a_branch_at_an_inner_vertex_is_a_junction() {
        let network = network(lines(&[(&[0, 1, 2], TWO_WAY), (&[1, 5], TWO_WAY)])).unwrap();
        assert_eq!((network.nodes().len(), network.edges().len()), (4, 3));
    }

    #[test]
    fn one_ways_keep_their_direction_and_do_not_run_into_each_other() {
        let network = network(lines(&[(&[3, 2, 1], ONE_WAY), (&[1, 0], ONE_WAY)])).unwrap();
        let edge = &network.edges()[0];
        assert_eq!(network.edges().len(), 1);
        assert!((network.nodes()[edge.from.0 as usize].lon - 105.03).abs() < 1e-9);

        let opposed = super::network(lines(&[(&[0, 1], ONE_WAY), (&[2, 1], ONE_WAY)])).unwrap();
        assert_eq!(opposed.edges().len(), 2);
    }

    #[test]
    fn a_change_of_traits_is_a_junction() {
        let closed = EdgeTraits {
            admits: ModeSet::ALL.without(Mode::Car),
            ..EdgeTraits::UNKNOWN
        };
        let network = network(lines(&[(&[0, 1], TWO_WAY), (&[1, 2], closed)])).unwrap();
        assert_eq!(network.edges().len(), 2);
    }

    #[test]
    fn a_ring_alone_gets_one_junction() {
        let network = network(lines(&[(&[0, 1, 2, 0], ONE_WAY)])).unwrap();
        assert_eq!((network.nodes().len(), network.edges().len()), (1, 1));
        assert_eq!(network.shape(&network.edges()[0]).len(), 4);
    }

    #[test]
    fn a_ring_on_a_stalk_is_an_edge_of_its_own() {
        let network = network(lines(&[(&[0, 1, 2, 3, 1], TWO_WAY)])).unwrap();
        assert_eq!((network.nodes().len(), network.edges().len()), (2, 2));
    }

    #[test]
    fn repeated_vertices_add_nothing() {
        let network = network(lines(&[(&[0, 0, 1, 1], TWO_WAY), (&[5], TWO_WAY)])).unwrap();
        assert_eq!((network.nodes().len(), network.edges().len()), (2, 1));
    }
}
