//! Ways against plain code on small random networks, and against coverage on Hà Nội's pack.

use std::time::Instant;

use geodata::{
    EdgeSpec, EdgeTraits, KindSet, LonLat, Mode, ModeSet, NodeIndex, Pack, RoadClass, RoadNetwork,
    SnapIndex,
};
use proptest::prelude::*;

use crate::coverage::{Coverage, PointRef, Rule, TravelSettings, select};
use crate::relief::{Bounds, Neighbours};

fn places(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<LonLat>> {
    let place =
        (105.78..105.82f64, 20.98..21.02f64).prop_map(|(lon, lat)| LonLat { lon, lat }.quantised());
    prop::collection::vec(place, count)
}

fn networks() -> impl Strategy<Value = RoadNetwork> {
    let classes = [
        None,
        None,
        Some(RoadClass::Motorway),
        Some(RoadClass::Trunk),
        Some(RoadClass::Footway),
    ];
    let admits = [ModeSet::ALL, ModeSet::ALL.without(Mode::Motorbike)];
    let traits = (
        prop::sample::select(classes.to_vec()),
        any::<bool>(),
        prop::sample::select(admits.to_vec()),
    )
        .prop_map(|(class, oneway, admits)| EdgeTraits {
            class,
            oneway,
            admits,
        });
    (2usize..9).prop_flat_map(move |count| {
        let spec = (
            0..count as u32,
            0..count as u32,
            traits.clone(),
            places(0..3),
        )
            .prop_map(|(from, to, traits, between)| EdgeSpec {
                from: NodeIndex(from),
                to: NodeIndex(to),
                traits,
                between,
            });
        (places(count..count + 1), prop::collection::vec(spec, 0..14))
            .prop_map(|(nodes, specs)| RoadNetwork::new(nodes, specs).unwrap())
    })
}

/// The travel model once more: every point's place on an edge is a vertex of its own, and Dijkstra without a bound or
/// a heap from one point to all. Shares nothing with the search but the snapping.
fn naive(
    roads: &RoadNetwork,
    settings: &TravelSettings,
    mode: Mode,
    points: &[PointRef<'_>],
    from: usize,
) -> Vec<f64> {
    let speeds = settings.speeds(mode);
    let usable = |edge: &geodata::Edge| {
        edge.traits.admits.contains(mode) && speeds.on(edge.traits.class).is_some()
    };
    let index = SnapIndex::new(roads, usable);
    let leg = |km: f64| km * settings.detour / speeds.access_kmh * 60.0;
    let snaps: Vec<_> = points.iter().map(|p| index.nearest(p.place)).collect();
    let junctions = roads.nodes().len();
    let mut arcs: Vec<Vec<(usize, f64)>> = vec![Vec::new(); junctions + points.len()];
    for (at, edge) in roads.edges().iter().enumerate() {
        if !usable(edge) {
            continue;
        }
        let mut stops = vec![
            (0.0, edge.from.0 as usize),
            (edge.length_m, edge.to.0 as usize),
        ];
        for (number, snap) in snaps.iter().enumerate() {
            if let Some(snap) = snap.filter(|snap| snap.edge.0 as usize == at) {
                stops.push((snap.along_m, junctions + number));
            }
        }
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        for pair in stops.windows(2) {
            let metres = pair[1].0 - pair[0].0;
            let minutes = metres / 1000.0 / speeds.on(edge.traits.class).unwrap() * 60.0;
            arcs[pair[0].1].push((pair[1].1, minutes));
            if !(edge.traits.oneway && speeds.obeys_oneway) || metres == 0.0 {
                arcs[pair[1].1].push((pair[0].1, minutes));
            }
        }
    }
    let mut reached = vec![f64::INFINITY; arcs.len()];
    let mut done = vec![false; arcs.len()];
    if let Some(snap) = snaps[from] {
        reached[junctions + from] = leg(snap.access_km);
    }
    while let Some(next) = (0..arcs.len())
        .filter(|at| !done[*at] && reached[*at].is_finite())
        .min_by(|a, b| reached[*a].total_cmp(&reached[*b]))
    {
        done[next] = true;
        for (to, minutes) in &arcs[next] {
            reached[*to] = reached[*to].min(reached[next] + minutes);
        }
    }
    points
        .iter()
        .enumerate()
        .map(|(to, point)| {
            let by_road = snaps[to].map_or(f64::INFINITY, |snap| {
                reached[junctions + to] + leg(snap.access_km)
            });
            by_road.min(leg(points[from].place.distance_km(point.place)))
        })
        .collect()
}

fn refs<'a>(ids: &'a [String], places: &[LonLat]) -> Vec<PointRef<'a>> {
    ids.iter()
        .zip(places)
        .map(|(id, place)| PointRef { id, place: *place })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// All neighbours within the bounds, no other, with the plain code's minutes and in order.
    #[test]
    fn agrees_with_plain_code(
        roads in networks(),
        places in places(2..9),
        on_nodes in any::<bool>(),
        mode in prop::sample::select(Mode::ALL.to_vec()),
        count in 1usize..9,
        minutes in prop::sample::select(vec![2.0, 8.0, 45.0, 1e6]),
    ) {
        let mut places = places;
        if on_nodes {
            // At a junction, and two at one place: where one-ways and ties matter.
            places[0] = roads.nodes()[0];
            places.push(roads.nodes()[0]);
        }
        let ids: Vec<String> = (0..places.len()).map(|at| format!("P{}", (at * 7) % 10)).collect();
        let points = refs(&ids, &places);
        let settings = TravelSettings::default();
        let bounds = Bounds { neighbours: count, minutes };
        let found = Neighbours::of(&roads, &settings, mode, &points, bounds).unwrap();
        prop_assert_eq!(found.len(), points.len());
        for from in 0..points.len() {
            let expected = naive(&roads, &settings, mode, &points, from);
            let near = found.near(points[from].id);
            prop_assert!(near.windows(2).all(|pair| pair[0].minutes <= pair[1].minutes));
            prop_assert!(near.len() <= count);
            for neighbour in near {
                let to = ids.iter().position(|id| **id == *neighbour.site).unwrap();
                prop_assert!(to != from);
                prop_assert!((neighbour.minutes - expected[to]).abs() < 1e-6, "{} against {}", neighbour.minutes, expected[to]);
                prop_assert_eq!(neighbour.km, places[from].distance_km(places[to]));
            }
            let farthest = near.last().map_or(0.0, |last| last.minutes);
            for to in (0..points.len()).filter(|to| *to != from) {
                let is_listed = near.iter().any(|n| *n.site == *ids[to]);
                let is_beyond = expected[to] > minutes - 1e-6
                    || (near.len() == count && expected[to] >= farthest - 1e-6);
                prop_assert!(is_listed || is_beyond, "{} at {} is missing", ids[to], expected[to]);
            }
        }
    }
}

fn hanoi() -> (&'static Pack, Vec<PointRef<'static>>) {
    let pack = Pack::hanoi().unwrap();
    (pack, select(&pack.points, KindSet::default()))
}

#[test]
fn hanois_neighbours_agree_with_plain_code() {
    let (pack, points) = hanoi();
    let settings = TravelSettings::default();
    let mode = Mode::Motorbike;
    let found = Neighbours::of(&pack.roads, &settings, mode, &points, Bounds::default()).unwrap();
    assert_eq!(found.len(), points.len());
    let mut compared = 0;
    for from in [0, 77, 155] {
        let expected = naive(&pack.roads, &settings, mode, &points, from);
        let mut by_time: Vec<usize> = (0..points.len()).filter(|to| *to != from).collect();
        by_time.sort_by(|a, b| expected[*a].total_cmp(&expected[*b]));
        let near = found.near(points[from].id);
        let within = by_time.iter().take(12).filter(|to| expected[**to] <= 45.0);
        assert_eq!(near.len(), within.count());
        for (neighbour, to) in near.iter().zip(by_time) {
            assert!((neighbour.minutes - expected[to]).abs() < 1e-6);
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} ways compared");
}

/// From the centres of cells, where coverage starts: the same model has the same minutes.
#[test]
fn hanois_ways_agree_with_coverage() {
    let (pack, points) = hanoi();
    let settings = TravelSettings::default();
    let coverage = Coverage::prepare(pack, &settings, Mode::Motorbike).unwrap();
    let mut compared = 0;
    for target in points.iter().step_by(39) {
        let reaches = coverage.compute(&[*target], &Rule::default());
        let starts: Vec<_> = pack.cells.iter().zip(&reaches).step_by(997).collect();
        let ids: Vec<String> = (0..starts.len()).map(|at| format!("cell {at}")).collect();
        let from_cells = ids.iter().zip(&starts).map(|(id, (cell, _))| PointRef {
            id,
            place: cell.centre(),
        });
        let all: Vec<PointRef<'_>> = std::iter::once(*target).chain(from_cells).collect();
        let bounds = Bounds {
            neighbours: all.len(),
            minutes: 45.0,
        };
        let found = Neighbours::of(&pack.roads, &settings, Mode::Motorbike, &all, bounds).unwrap();
        for (id, (_, reach)) in ids.iter().zip(&starts) {
            match found.way(id, target.id) {
                Some(way) => {
                    assert!((way.minutes - reach.minutes).abs() < 1e-6);
                    compared += 1;
                }
                None => assert!(reach.minutes > 45.0 - 1e-6, "{} is missing", reach.minutes),
            }
        }
    }
    assert!(compared > 10, "{compared} ways compared");
}

/// Printed for whoever asks (`--no-capture`); the bound is generous, for a busy machine and an unoptimised build.
#[test]
fn a_city_is_searched_at_once() {
    let (pack, points) = hanoi();
    let settings = TravelSettings::default();
    let begin = Instant::now();
    let bounds = Bounds::default();
    let found = Neighbours::of(&pack.roads, &settings, Mode::Motorbike, &points, bounds).unwrap();
    let took = begin.elapsed();
    let kept: usize = points.iter().map(|p| found.near(p.id).len()).sum();
    println!(
        "{} points, {} junctions: {kept} ways in {took:?}",
        points.len(),
        pack.roads.nodes().len()
    );
    assert!(took.as_secs() < 10, "{took:?}");
}

#[test]
fn impossible_settings_and_nothing_at_all_are_answered() {
    let mut settings = TravelSettings::default();
    let roads = RoadNetwork::default();
    let place = LonLat {
        lon: 105.8,
        lat: 21.0,
    };
    let twice = [PointRef { id: "A", place }, PointRef { id: "A", place }];
    let of = |settings: &TravelSettings, points: &[PointRef<'_>]| {
        Neighbours::of(&roads, settings, Mode::Walk, points, Bounds::default())
    };
    assert!(of(&settings, &[]).unwrap().is_empty());
    let found = of(&settings, &twice).unwrap();
    assert_eq!((found.len(), found.near("A").len()), (1, 0));
    assert!(found.near("B").is_empty());
    settings.detour = 0.5;
    assert!(of(&settings, &[]).is_err());
}
