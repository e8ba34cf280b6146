//! The network of one mode as a search needs it: junctions in an order that follows the ground,
//! and for each the ways that meet there, packed into eight bytes each.
//!
//! Junctions that lie close together get numbers close together (by their place on a Z-shaped
//! curve, Morton 1966), so that a search around a point touches little memory, and a run of
//! numbers is a part of the country that one thread can take.

use super::time::Span;
use geodata::LonLat;

/// One stretch of road between two junctions, for one mode.
#[derive(Clone, Copy, Debug)]
pub(super) struct GraphEdge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) span: Span,
    /// Whether one may only go from `from` to `to`.
    pub(super) oneway: bool,
}

/// A way that meets a junction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    node: u32,
    pub(super) span: Span,
}

/// One may come from the other junction to this one.
const INWARD: u32 = 1 << 31;
/// One may go from this junction to the other.
const OUTWARD: u32 = 1 << 30;
const NODE_MASK: u32 = OUTWARD - 1;

impl Arc {
    /// The junction at the other end.
    pub(super) fn node(self) -> u32 {
        self.node & NODE_MASK
    }

    pub(super) fn is_inward(self) -> bool {
        self.node & INWARD != 0
    }

    pub(super) fn is_outward(self) -> bool {
        self.node & OUTWARD != 0
    }
}

/// Junctions and arcs in compressed rows: `arcs[first[n]..first[n + 1]]` are those of junction
/// `n`.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    first: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Graph {
    /// From edges whose ends are numbered as the graph shall number them. Takes them twice.
    pub(super) fn new<I>(node_count: usize, edges: impl Fn() -> I) -> Self
    where
        I: Iterator<Item = GraphEdge>,
    {
        let mut first = vec![0u32; node_count + 1];
        for edge in edges() {
            first[edge.from as usize + 1] += 1;
            first[edge.to as usize + 1] += 1;
        }
        for node in 0..node_count {
            first[node + 1] += first[node];
        }
        let blank = Arc {
            node: 0,
            span: Span::new(super::time::Ticks::ZERO),
        };
        let mut arcs = vec![blank; first[node_count] as usize];
        let mut next = first.clone();
        for edge in edges() {
            let back = if edge.oneway { 0 } else { INWARD };
            let forth = if edge.oneway { 0 } else { OUTWARD };
            let at_from = (edge.from, edge.to | OUTWARD | back);
            let at_to = (edge.to, edge.from | INWARD | forth);
            for (here, node) in [at_from, at_to] {
                let slot = &mut next[here as usize];
                arcs[*slot as usize] = Arc {
                    node,
                    span: edge.span,
                };
                *slot += 1;
            }
        }
        Self { first, arcs }
    }

    pub(super) fn node_count(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn arc_count(&self) -> usize {
        self.arcs.len()
    }

    pub(super) fn arcs(&self, node: u32) -> &[Arc] {
        let at = node as usize;
        &self.arcs[self.first[at] as usize..self.first[at + 1] as usize]
    }

    /// Bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.first) + size_of_val(&*self.arcs)
    }
}

/// The number in the graph of each place, along the curve; equal places keep their order.
pub(super) fn numbers_along_curve(places: impl Iterator<Item = LonLat>) -> Vec<u32> {
    let mut order: Vec<(u64, u32)> = places
        .enumerate()
        .map(|(at, place)| (curve_key(place), at as u32))
        .collect();
    order.sort_unstable();
    let mut number = vec![0u32; order.len()];
    for (to, (_, at)) in order.into_iter().enumerate() {
        number[at as usize] = to as u32;
    }
    number
}

/// The bits of longitude and latitude, interleaved.
fn curve_key(place: LonLat) -> u64 {
    let (lon, lat) = place.to_e7();
    let unsigned = |value: i32| value as u32 ^ 1 << 31;
    spread(unsigned(lon)) | spread(unsigned(lat)) << 1
}

/// Puts a zero before each bit.
fn spread(value: u32) -> u64 {
    let mut bits = u64::from(value);
    bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff;
    bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff;
    bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333;
    (bits | bits << 1) & 0x5555_5555_5555_5555
}

#[cfg(test)]
mod tests {
    use super::super::time::Ticks;
    use super::*;

    #[test]
    fn a_oneway_is_open_one_way_only() {
        let edge = GraphEdge {
            from: 0,
            to: 1,
            span: Span::new(Ticks(7)),
            oneway: true,
        };
        let graph = Graph::new(2, || [edge].into_iter());
        let (out, back) = (graph.arcs(0)[0], graph.arcs(1)[0]);
        assert!(out.is_outward() && !out.is_inward() && out.node() == 1);
        assert!(back.is_inward() && !back.is_outward() && back.node() == 0);
        assert_eq!((graph.node_count(), graph.arc_count()), (2, 2));
    }

    #[test]
    fn numbers_are_a_permutation_and_neighbours_stay_close() {
        let places = (0..64u32).map(|at| LonLat {
            lon: 105.0 + f64::from(at % 8) * 0.01,
            lat: 21.0 + f64::from(at / 8) * 0.01,
        });
        let mut numbers = numbers_along_curve(places);
        numbers.sort_unstable();
        assert!(numbers.iter().enumerate().all(|(at, n)| at as u32 == *n));
    }
}
