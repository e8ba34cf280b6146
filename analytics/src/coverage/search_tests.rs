//! Searches against one another and against plain Dijkstra in minutes, on synthetic networks.

use super::{
    PointRef, Rule, RuleKind, Within, Workspace, generate,
    generate::Generated,
    points::{self, Targets},
    search,
    time::Label,
};
use geodata::LonLat;
use proptest::prelude::*;
use std::{cmp::Reverse, collections::BinaryHeap};

/// Plain Dijkstra in floating-point minutes to one place: from each cell, by road or directly.
fn plain(generated: &Generated, place: LonLat) -> Vec<f64> {
    let ground = &generated.ground;
    let leg = |km: f64| km * 1.3 / 15.0 * 60.0;
    let mut minutes = vec![f64::INFINITY; ground.node_count()];
    let mut open = BinaryHeap::new();
    let anchor = ground.anchor(place).unwrap();
    let back_m = anchor.length_m - anchor.along_m;
    let mut seeds = vec![(anchor.from, anchor.along_m)];
    if !anchor.is_oneway || back_m == 0.0 {
        seeds.push((anchor.to, back_m));
    }
    for (node, metres) in seeds {
        minutes[node as usize] = leg(anchor.access_km) + metres * anchor.pace;
        open.push(Reverse((minutes[node as usize].to_bits(), node)));
    }
    while let Some(Reverse((bits, node))) = open.pop() {
        let here = f64::from_bits(bits);
        for arc in ground.graph.arcs(node).iter().filter(|arc| arc.is_inward()) {
            let next = here + arc.span.ticks().minutes();
            if next < minutes[arc.node() as usize] {
                minutes[arc.node() as usize] = next;
                open.push(Reverse((next.to_bits(), arc.node())));
            }
        }
    }
    let from_cell = |start: &super::ground::Start| {
        let direct = leg(start.centre.distance_km(place));
        let Some(foot) = ground.anchor(start.centre) else {
            return direct;
        };
        let mut road = minutes[foot.to as usize] + (foot.length_m - foot.along_m) * foot.pace;
        if !foot.is_oneway || foot.along_m == 0.0 {
            road = road.min(minutes[foot.from as usize] + foot.along_m * foot.pace);
        }
        let apart_m = anchor.along_m - foot.along_m;
        if foot.edge == anchor.edge && (!foot.is_oneway || apart_m >= 0.0) {
            road = road.min(apart_m.abs() * foot.pace + leg(anchor.access_km));
        }
        direct.min(road + leg(foot.access_km))
    };
    ground.starts.iter().map(from_cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn blocks_give_the_same_labels_as_one_search(seed in 0u64..50, size in 7usize..900) {
        let generated = generate::network(3000, seed);
        let places: Vec<LonLat> = generated.points.iter().map(|point| point.1).collect();
        let ground = &generated.ground;
        let seeds = Targets::new(ground, points::place(ground, &places)).seeds();
        let whole = search::labels(&ground.graph, &seeds);
        prop_assert_eq!(search::in_blocks(&ground.graph, &seeds, size), whole);
    }

    #[test]
    fn one_places_reach_is_plain_dijkstras(
        seed in 0u64..50, x in -0.06..0.06f64, y in -0.06..0.06f64, limit in 1.0..40.0f64,
    ) {
        let generated = generate::network(2000, seed);
        let place = LonLat { lon: 105.8 + x, lat: 21.0 + y };
        let expected = plain(&generated, place);
        let mut workspace = Workspace::default();
        // Twice with one workspace: nothing stays from the search before.
        generated.ground.reach_of(MOVED, limit, &mut workspace);
        let reached = generated.ground.reach_of(place, limit, &mut workspace);
        let mut minutes = vec![f64::INFINITY; expected.len()];
        for one in &reached {
            minutes[one.cell as usize] = one.minutes;
            prop_assert!(one.km > 0.0 && one.minutes <= limit);
        }
        for (minutes, expected) in minutes.iter().zip(&expected) {
            if *expected < limit - 1e-6 || minutes.is_finite() {
                prop_assert!((minutes - expected).abs() < 1e-6, "{minutes} against {expected}");
            }
        }
    }

    /// Every list holds the cells that the rule covers with that place as the only point.
    #[test]
    fn a_matrix_row_is_the_rule_for_one_point(seed in 0u64..50, kind in 0usize..4) {
        let generated = generate::network(1600, seed);
        let ground = &generated.ground;
        let kind = [RuleKind::Any, RuleKind::All, RuleKind::Time, RuleKind::Distance][kind];
        let rule = Rule { kind, minutes: 9.0, km: 2.0 };
        let places = [generated.points[0].1, MOVED];
        let matrix = ground.matrix(&places, Within::Rule(rule));
        prop_assert_eq!(matrix.len(), 2);
        for (at, place) in places.into_iter().enumerate() {
            let alone = ground.nearest(&[PointRef { id: "x", place }], &rule);
            let covered: Vec<u32> = (0..).zip(&alone).filter(|(_, r)| r.covered).map(|(at, _)| at).collect();
            let listed: Vec<u32> = matrix.of(at).iter().map(|reached| reached.cell).collect();
            prop_assert_eq!(&listed, &covered);
            for reached in matrix.of(at) {
                let one = &alone[reached.cell as usize];
                prop_assert_eq!(reached.km, one.km);
                prop_assert!(reached.minutes == one.minutes || one.minutes >= 9.0);
            }
        }
    }
}

const MOVED: LonLat = LonLat {
    lon: 105.81,
    lat: 21.01,
};

#[test]
fn an_island_has_no_minutes_by_network_and_is_counted() {
    // Seeds whose small network has islands without a point.
    let found = (0..40).any(|seed| {
        let generated = generate::network(6000, seed);
        let reaches = generated
            .ground
            .nearest(&generated.refs(), &Rule::default());
        reaches
            .iter()
            .any(|r| r.network_minutes.is_none() && r.minutes.is_finite())
    });
    assert!(found);
}

#[test]
fn the_same_seed_gives_the_same_network() {
    let (one, two) = (generate::network(900, 5), generate::network(900, 5));
    assert_eq!(one.points, two.points);
    let rule = Rule::default();
    assert_eq!(
        one.ground.nearest(&one.refs(), &rule),
        two.ground.nearest(&two.refs(), &rule)
    );
    assert!(Label::NONE.is_none());
}
