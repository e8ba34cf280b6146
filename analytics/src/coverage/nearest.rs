//! The nearest point in a straight line: a tree over the points' directions (k-d tree, Bentley
//! 1975), exact to the last bit against looking at each point.
//!
//! A box's distance is computed by the same subtractions, squares and sums, in the same order, as
//! a point's; rounding keeps order, so a box is never found farther than a point in it.

use geodata::place::Direction;

/// Points in a leaf.
const LEAF: usize = 8;

/// The points by rank, in the tree's order.
#[derive(Debug, Default)]
pub(super) struct PointTree {
    entries: Vec<(Direction, u32)>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    low: [f64; 3],
    high: [f64; 3],
    first: u32,
    end: u32,
    /// Where the second child stands, the first being the next; 0 for a leaf.
    second: u32,
}

/// The nearest point so far: its rank and the squared chord to it (radius 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Nearest {
    pub(super) chord2: f64,
    pub(super) rank: u32,
}

impl Nearest {
    pub(super) const NONE: Self = Self {
        chord2: f64::INFINITY,
        rank: u32::MAX,
    };

    /// Whether another is nearer; of equally near ones the lower rank is.
    pub(super) fn yields_to(&self, other: &Self) -> bool {
        (other.chord2, other.rank) < (self.chord2, self.rank)
    }
}

impl PointTree {
    /// Of points in the order of their rank.
    pub(super) fn new(directions: impl Iterator<Item = Direction>) -> Self {
        let mut tree = Self {
            entries: directions.zip(0..).collect(),
            nodes: Vec::new(),
        };
        if !tree.entries.is_empty() {
            tree.grow(0, tree.entries.len());
        }
        tree
    }

    fn grow(&mut self, first: usize, end: usize) {
        let entries = &mut self.entries[first..end];
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for (direction, _) in &*entries {
            for axis in 0..3 {
                low[axis] = low[axis].min(direction.0[axis]);
                high[axis] = high[axis].max(direction.0[axis]);
            }
        }
        let here = self.nodes.len();
        self.nodes.push(Node {
            low,
            high,
            first: first as u32,
            end: end as u32,
            second: 0,
        });
        if end - first <= LEAF {
            return;
        }
        let width = |axis: &usize| high[*axis] - low[*axis];
        let longest = (0..3).max_by(|a, b| width(a).total_cmp(&width(b)));
        let axis = longest.unwrap_or(0);
        let middle = entries.len() / 2;
        entries.select_nth_unstable_by(middle, |a, b| a.0.0[axis].total_cmp(&b.0.0[axis]));
        self.grow(first, first + middle);
        self.nodes[here].second = self.nodes.len() as u32;
        self.grow(first + middle, end);
    }

    /// The nearest point; of several equally near, the lowest rank.
    pub(super) fn nearest(&self, from: Direction) -> Nearest {
        let mut best = Nearest::NONE;
        self.visit(
            from,
            &mut best,
            |best| best.chord2,
            |best, found| {
                if best.yields_to(&found) {
                    *best = found;
                }
            },
        );
        best
    }

    /// Hands over every point whose box is no farther than `reach` says (a squared chord, asked
    /// anew each time), the nearer boxes first.
    pub(super) fn visit<T>(
        &self,
        from: Direction,
        state: &mut T,
        reach: impl Fn(&T) -> f64 + Copy,
        mut found: impl FnMut(&mut T, Nearest),
    ) {
        if !self.nodes.is_empty() {
            self.visit_at(0, from, state, reach, &mut found);
        }
    }

    fn visit_at<T>(
        &self,
        at: usize,
        from: Direction,
        state: &mut T,
        reach: impl Fn(&T) -> f64 + Copy,
        found: &mut impl FnMut(&mut T, Nearest),
    ) {
        let node = &self.nodes[at];
        if node.second == 0 {
            for (direction, rank) in &self.entries[node.first as usize..node.end as usize] {
                let chord2 = from.chord2(*direction);
                found(
                    state,
                    Nearest {
                        chord2,
                        rank: *rank,
                    },
                );
            }
            return;
        }
        let second = node.second as usize;
        let one = (self.nodes[at + 1].chord2(from), at + 1);
        let two = (self.nodes[second].chord2(from), second);
        let (near, far) = if two.0 < one.0 {
            (two, one)
        } else {
            (one, two)
        };
        for (chord2, child) in [near, far] {
            if chord2 <= reach(state) {
                self.visit_at(child, from, state, reach, found);
            }
        }
    }
}

impl Node {
    /// Squared chord from a direction to the box; 0 inside.
    fn chord2(&self, from: Direction) -> f64 {
        let outside = |axis: usize| {
            let at = from.0[axis];
            (self.low[axis] - at).max(at - self.high[axis]).max(0.0)
        };
        let [x, y, z] = [outside(0), outside(1), outside(2)];
        x * x + y * y + z * z
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::LonLat;
    use proptest::prelude::*;

    proptest! {
        /// Against looking at each, on a coarse lattice so that equal distances happen.
        #[test]
        fn equals_looking_at_each(
            places in prop::collection::vec((0..20i32, 0..20i32), 0..80),
            lon in 0..20i32, lat in 0..20i32,
        ) {
            let at = |x: i32, y: i32| LonLat { lon: 105.0 + f64::from(x) / 64.0, lat: 21.0 + f64::from(y) / 64.0 }.direction();
            let directions: Vec<Direction> = places.iter().map(|p| at(p.0, p.1)).collect();
            let mut expected = Nearest::NONE;
            for (rank, direction) in directions.iter().enumerate() {
                let found = Nearest { chord2: at(lon, lat).chord2(*direction), rank: rank as u32 };
                if found.chord2 < expected.chord2 {
                    expected = found;
                }
            }
            prop_assert_eq!(PointTree::new(directions.into_iter()).nearest(at(lon, lat)), expected);
        }
    }
}
