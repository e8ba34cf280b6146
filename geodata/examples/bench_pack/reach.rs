//! Minutes from every cell to the nearest point, said plainly: one Dijkstra from all points at
//! once, over the roads turned round. The program's own coverage is another crate; this shows
//! that a pack of this size can be asked, and what snapping and searching it take.

use geodata::{Edge, LonLat, Mode, NodeIndex, Pack, RoadClass, Snap, SnapIndex};
use std::{cmp::Reverse, collections::BinaryHeap};

const DETOUR: f64 = 1.3;
const ACCESS_KMH: f64 = 15.0;

/// Kilometres an hour on an edge; `None` where the mode may not go.
fn kmh(edge: &Edge, mode: Mode) -> Option<f64> {
    let speed = match edge.traits.class {
        Some(RoadClass::Motorway) => return None,
        Some(RoadClass::Primary) => 30.0,
        Some(RoadClass::Secondary) => 28.0,
        Some(RoadClass::Residential) => 20.0,
        Some(RoadClass::Ferry) => 8.0,
        _ => 25.0,
    };
    edge.traits.admits.contains(mode).then_some(speed)
}

fn leg(km: f64) -> f64 {
    km * DETOUR / ACCESS_KMH * 60.0
}

pub(crate) fn minutes(pack: &Pack, mode: Mode) -> Vec<f64> {
    let roads = &pack.roads;
    let index = SnapIndex::new(roads, |edge| kmh(edge, mode).is_some());
    let ride = |edge: &Edge, metres: f64| {
        kmh(edge, mode).map_or(f64::INFINITY, |kmh| metres / 1000.0 / kmh * 60.0)
    };
    let mut reached = vec![f64::INFINITY; roads.nodes().len()];
    let mut open: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
    let mut improve = |open: &mut BinaryHeap<_>, node: NodeIndex, minutes: f64| {
        let slot = &mut reached[node.0 as usize];
        if minutes < *slot {
            *slot = minutes;
            open.push(Reverse((minutes.to_bits(), node.0)));
        }
    };
    for point in &pack.points {
        let Some(snap) = index.nearest(point.place) else {
            continue;
        };
        let edge = &roads.edges()[snap.edge.0 as usize];
        let off = leg(snap.access_km);
        improve(&mut open, edge.from, off + ride(edge, snap.along_m));
        if !edge.traits.oneway {
            improve(
                &mut open,
                edge.to,
                off + ride(edge, edge.length_m - snap.along_m),
            );
        }
    }
    while let Some(Reverse((bits, node))) = open.pop() {
        let here = f64::from_bits(bits);
        for end in roads.ends_at(NodeIndex(node)) {
            let edge = &roads.edges()[end.edge.0 as usize];
            // Going to the point, an edge is taken against the search.
            let (before, is_open) = if end.at_to {
                (edge.from, true)
            } else {
                (edge.to, !edge.traits.oneway)
            };
            if is_open {
                improve(&mut open, before, here + ride(edge, edge.length_m));
            }
        }
    }
    let from = |place: LonLat| {
        let by_road = |snap: Snap| {
            let edge = &roads.edges()[snap.edge.0 as usize];
            let ahead = reached[edge.to.0 as usize] + ride(edge, edge.length_m - snap.along_m);
            let back = if edge.traits.oneway {
                f64::INFINITY
            } else {
                reached[edge.from.0 as usize] + ride(edge, snap.along_m)
            };
            leg(snap.access_km) + ahead.min(back)
        };
        index.nearest(place).map_or(f64::INFINITY, by_road)
    };
    pack.cells.iter().map(|cell| from(cell.centre())).collect()
}
