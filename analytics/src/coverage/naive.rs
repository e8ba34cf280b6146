//! The travel model said once more, as plainly as possible: a graph in which every place on an
//! edge is a vertex of its own, and Bellman–Ford over it. Slow, and independent of the search
//! that it checks; it shares only the snapping, which has its own tests.

use super::{Mode, PointRef, TravelSettings};
use geodata::{LonLat, RoadNetwork, Snap, SnapIndex};

/// Minutes from a place to each point.
pub(super) fn minutes(
    roads: &RoadNetwork,
    settings: &TravelSettings,
    mode: Mode,
    from: LonLat,
    points: &[PointRef<'_>],
) -> Vec<f64> {
    let speeds = settings.speeds(mode);
    let usable = |edge: &geodata::Edge| {
        edge.traits.admits.contains(mode) && speeds.on(edge.traits.class).is_some()
    };
    let index = SnapIndex::new(roads, usable);
    let leg = |km: f64| km * settings.detour / speeds.access_kmh * 60.0;
    let direct = |point: &PointRef<'_>| leg(from.distance_km(point.place));
    let start = index.nearest(from);
    let ends: Vec<Option<Snap>> = points
        .iter()
        .map(|point| index.nearest(point.place))
        .collect();

    // Vertices: the junctions, then the start, then each point's place on the network.
    let junctions = roads.nodes().len();
    let mut arcs: Vec<(usize, usize, f64)> = Vec::new();
    for (at, edge) in roads.edges().iter().enumerate() {
        if !usable(edge) {
            continue;
        }
        let kmh = speeds.on(edge.traits.class).unwrap();
        let mut stops = vec![
            (0.0, edge.from.0 as usize),
            (edge.length_m, edge.to.0 as usize),
        ];
        let snaps = std::iter::once(&start).chain(&ends).enumerate();
        for (number, snap) in snaps {
            if let Some(snap) = snap.as_ref().filter(|snap| snap.edge.0 as usize == at) {
                stops.push((snap.along_m, junctions + number));
            }
        }
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pair in stops.windows(2) {
            let metres = pair[1].0 - pair[0].0;
            let is_ferry = edge.traits.class == Some(geodata::RoadClass::Ferry) && metres > 0.0;
            // Nothing snaps to a ferry: this is all of it.
            let wait = if is_ferry { speeds.ferry_wait_min } else { 0.0 };
            let minutes = wait + metres / 1000.0 / kmh * 60.0;
            arcs.push((pair[0].1, pair[1].1, minutes));
            let is_oneway = edge.traits.oneway && speeds.obeys_oneway;
            if !is_oneway || minutes == 0.0 {
                arcs.push((pair[1].1, pair[0].1, minutes));
            }
        }
    }
    let mut reached = vec![f64::INFINITY; junctions + 1 + points.len()];
    if let Some(start) = start {
        reached[junctions] = leg(start.access_km);
    }
    for _ in 0..reached.len() {
        for &(a, b, minutes) in &arcs {
            reached[b] = reached[b].min(reached[a] + minutes);
        }
    }
    points
        .iter()
        .zip(&ends)
        .enumerate()
        .map(|(at, (point, end))| {
            let by_road = end.map_or(f64::INFINITY, |end| {
                reached[junctions + 1 + at] + leg(end.access_km)
            });
            by_road.min(direct(point))
        })
        .collect()
}
