//! Whether an outline crosses itself: exact, in whole ten-millionths of a degree.
//!
//! All edges of the outline's rings are swept from west to east; two edges cross when each has
//! the other's ends strictly on both sides. Rings that only touch are left alone.

use crate::LonLat;
use geo::MultiPolygon;

/// An edge of a ring, its western end first.
#[derive(Clone, Copy)]
struct Side {
    west: (i64, i64),
    east: (i64, i64),
}

/// A place on two edges that cross; `None` when no two do.
pub(super) fn first_crossing(outline: &MultiPolygon<f64>) -> Option<LonLat> {
    let mut sides = Vec::new();
    for polygon in outline {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for line in ring.lines() {
                let (a, b) = (whole(line.start), whole(line.end));
                let (west, east) = if a <= b { (a, b) } else { (b, a) };
                if a != b {
                    sides.push(Side { west, east });
                }
            }
        }
    }
    sides.sort_unstable_by_key(|side| (side.west, side.east));
    let mut open: Vec<Side> = Vec::new();
    for side in sides {
        open.retain(|other| other.east.0 >= side.west.0);
        if let Some(other) = open.iter().find(|other| cross(other, &side)) {
            return meeting(other, &side);
        }
        open.push(side);
    }
    None
}

fn whole(coord: geo::Coord<f64>) -> (i64, i64) {
    let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
    (e7(coord.x), e7(coord.y))
}

/// On which side of a line a place lies: the sign of twice the triangle's area.
fn turn(side: &Side, place: (i64, i64)) -> i128 {
    let (dx, dy) = (side.east.0 - side.west.0, side.east.1 - side.west.1);
    let (px, py) = (place.0 - side.west.0, place.1 - side.west.1);
    i128::from(dx) * i128::from(py) - i128::from(dy) * i128::from(px)
}

fn cross(one: &Side, two: &Side) -> bool {
    let on_both_sides = |line: &Side, other: &Side| {
        turn(line, other.west).signum() * turn(line, other.east).signum() < 0
    };
    on_both_sides(one, two) && on_both_sides(two, one)
}

/// Where two crossing edges meet.
fn meeting(one: &Side, two: &Side) -> Option<LonLat> {
    let (from, to) = (turn(one, two.west) as f64, turn(one, two.east) as f64);
    let share = from / (from - to);
    let along = |a: i64, b: i64| (a as f64 + share * (b - a) as f64) / 1e7;
    LonLat::new(along(two.west.0, two.east.0), along(two.west.1, two.east.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{LineString, Polygon};
    use proptest::prelude::*;

    fn outline(ring: &[(f64, f64)]) -> MultiPolygon<f64> {
        let polygon = Polygon::new(LineString::from(ring.to_vec()), vec![]);
        MultiPolygon::new(vec![polygon])
    }

    #[test]
    fn a_bow_tie_crosses_in_its_middle_and_a_square_does_not() {
        let bow_tie = [(105.0, 21.0), (105.2, 21.2), (105.2, 21.0), (105.0, 21.2)];
        let place = first_crossing(&outline(&bow_tie)).unwrap();
        assert!((place.lon - 105.1).abs() < 1e-6 && (place.lat - 21.1).abs() < 1e-6);
        let square = [(105.0, 21.0), (105.2, 21.0), (105.2, 21.2), (105.0, 21.2)];
        assert_eq!(first_crossing(&outline(&square)), None);
        // Two squares that touch in a corner.
        let touching = [
            (0.0, 0.0),
            (1.0, 0.0),
            (1.0, 1.0),
            (2.0, 1.0),
            (2.0, 2.0),
            (1.0, 2.0),
            (1.0, 1.0),
            (0.0, 1.0),
        ];
        assert_eq!(first_crossing(&outline(&touching)), None);
    }

    proptest! {
        /// Against every pair of edges, each looked at in floating point.
        #[test]
        fn agrees_with_looking_at_every_pair(ring in prop::collection::vec((0..9i32, 0..9i32), 3..12)) {
            let ring: Vec<(f64, f64)> = ring.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
            let outline = outline(&ring);
            let lines: Vec<geo::Line<f64>> = outline.0[0].exterior().lines().collect();
            let turn = |l: &geo::Line<f64>, c: geo::Coord<f64>| {
                (l.end.x - l.start.x) * (c.y - l.start.y) - (l.end.y - l.start.y) * (c.x - l.start.x)
            };
            let crosses = |a: &geo::Line<f64>, b: &geo::Line<f64>| {
                turn(a, b.start) * turn(a, b.end) < 0.0 && turn(b, a.start) * turn(b, a.end) < 0.0
            };
            let expected = lines.iter().enumerate().any(|(at, a)| lines[at + 1..].iter().any(|b| crosses(a, b)));
            prop_assert_eq!(first_crossing(&outline).is_some(), expected);
        }
    }
}
