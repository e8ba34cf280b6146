//! Coverage against the naive model on small random networks, its limits, and Hà Nội's pack.

use super::*;
use geodata::{
    Cell, Cells, CoordClass, EdgeSpec, EdgeTraits, KindSet, LonLat, Meta, ModeSet, MultiPolygon,
    NodeIndex, Pack, PointKind, RoadClass, RoadNetwork, Unit, UnitCode, UnitIndex, UnitKind,
};
use proptest::prelude::*;
use std::sync::OnceLock;

fn small_pack(roads: RoadNetwork) -> Pack {
    let middle = h3o::LatLng::new(21.0, 105.8)
        .unwrap()
        .to_cell(geodata::CELL_RESOLUTION);
    let cells: Vec<Cell> = middle
        .grid_disk::<Vec<_>>(5)
        .into_iter()
        .map(|index| Cell {
            index,
            unit: UnitIndex(0),
            population: 1,
        })
        .collect();
    let unit = Unit {
        code: UnitCode("00001".into()),
        name: "Xã Thử".into(),
        kind: UnitKind::Commune,
        area_km2: 1.0,
        population: cells.len() as u32,
        old_district: None,
        seat: LonLat {
            lon: 105.8,
            lat: 21.0,
        },
        seat_class: CoordClass::A,
        outline: MultiPolygon::new(vec![]),
    };
    let meta = Meta {
        name: "thử".into(),
        version: "0".into(),
        command: String::new(),
        sources: vec![],
    };
    Pack {
        meta,
        units: vec![unit],
        cells: Cells::new(cells),
        roads,
        points: vec![],
        timetable: None,
    }
}

fn places(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<LonLat>> {
    let place =
        (105.78..105.82f64, 20.98..21.02f64).prop_map(|(lon, lat)| LonLat { lon, lat }.quantised());
    prop::collection::vec(place, count)
}

fn edge_traits() -> impl Strategy<Value = EdgeTraits> {
    let classes = [
        None,
        None,
        Some(RoadClass::Motorway),
        Some(RoadClass::Trunk),
        Some(RoadClass::Residential),
        Some(RoadClass::Footway),
        Some(RoadClass::Ferry),
    ];
    let admits = [ModeSet::ALL, ModeSet::ALL, ModeSet::ALL.without(Mode::Car)];
    (
        prop::sample::select(classes.to_vec()),
        any::<bool>(),
        prop::sample::select(admits.to_vec()),
    )
        .prop_map(|(class, oneway, admits)| EdgeTraits {
            class,
            oneway,
            admits,
        })
}

fn networks() -> impl Strategy<Value = RoadNetwork> {
    (2usize..9).prop_flat_map(|count| {
        let spec = (
            0..count as u32,
            0..count as u32,
            edge_traits(),
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

fn refs<'a>(ids: &'a [String], places: &[LonLat]) -> Vec<PointRef<'a>> {
    ids.iter()
        .zip(places)
        .map(|(id, place)| PointRef { id, place: *place })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Every cell's minutes, kilometres and nearest points, against plain code.
    #[test]
    fn agrees_with_the_naive_model(
        roads in networks(),
        on_nodes in any::<bool>(),
        places in places(1..6),
        mode in prop::sample::select(Mode::ALL.to_vec()),
    ) {
        let mut places = places;
        if on_nodes {
            // Points at junctions, and two at one place: the cases where ties and ends matter.
            places[0] = roads.nodes()[0];
            places.push(roads.nodes()[0]);
        }
        let ids: Vec<String> = (0..places.len()).map(|at| format!("P{}", (at * 7) % 10)).collect();
        let points = refs(&ids, &places);
        let pack = small_pack(roads);
        let settings = TravelSettings::default();
        let coverage = Coverage::prepare(&pack, &settings, mode).unwrap();
        let reaches = coverage.compute(&points, &Rule::default());
        prop_assert_eq!(reaches.len(), pack.cells.len());
        for (cell, reach) in pack.cells.iter().zip(&reaches).step_by(5) {
            let centre = cell.centre();
            let expected = naive::minutes(&pack.roads, &settings, mode, centre, &points);
            let best = expected.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!((reach.minutes - best).abs() < 1e-6, "{} against {best}", reach.minutes);
            let by_time = reach.nearest_by_time.unwrap() as usize;
            prop_assert!((expected[by_time] - best).abs() < 1e-6);

            let km: Vec<f64> = places.iter().map(|place| centre.distance_km(*place)).collect();
            let nearest_km = km.iter().copied().fold(f64::INFINITY, f64::min);
            prop_assert!((reach.km - nearest_km).abs() < 1e-9);
            let by_distance = reach.nearest_by_distance.unwrap() as usize;
            let lowest_id = (0..ids.len()).filter(|at| km[*at] == nearest_km).map(|at| &ids[at]).min();
            prop_assert_eq!(Some(&ids[by_distance]), lowest_id);
        }
    }
}

#[test]
fn of_two_points_at_one_place_the_lower_id_is_nearest() {
    let nodes = vec![
        LonLat {
            lon: 105.79,
            lat: 21.0,
        },
        LonLat {
            lon: 105.81,
            lat: 21.0,
        },
    ];
    let spec = EdgeSpec {
        from: NodeIndex(0),
        to: NodeIndex(1),
        traits: EdgeTraits::UNKNOWN,
        between: vec![],
    };
    let pack = small_pack(RoadNetwork::new(nodes, vec![spec]).unwrap());
    let coverage = Coverage::prepare(&pack, &TravelSettings::default(), Mode::Motorbike).unwrap();
    let place = LonLat {
        lon: 105.803,
        lat: 21.001,
    };
    let points = [PointRef { id: "B", place }, PointRef { id: "A", place }];
    for reach in coverage.compute(&points, &Rule::default()) {
        assert_eq!(
            (reach.nearest_by_time, reach.nearest_by_distance),
            (Some(1), Some(1))
        );
    }
}

#[test]
fn the_limits_are_strict_in_time_and_inclusive_in_distance() {
    let just_under = 29.0 + 59.99 / 60.0;
    let rule = |kind| Rule {
        kind,
        ..Rule::default()
    };
    assert!(rule(RuleKind::Time).covers(just_under, 9.0));
    assert!(!rule(RuleKind::Time).covers(30.0, 0.0));
    assert!(rule(RuleKind::Distance).covers(99.0, 5.0));
    assert!(!rule(RuleKind::Distance).covers(0.0, 5.000_001));
    assert!(rule(RuleKind::Any).covers(30.0, 5.0) && rule(RuleKind::Any).covers(1.0, 50.0));
    assert!(!rule(RuleKind::Any).covers(30.0, 5.1));
    assert!(rule(RuleKind::All).covers(just_under, 5.0));
    assert!(!rule(RuleKind::All).covers(30.0, 5.0) && !rule(RuleKind::All).covers(1.0, 5.1));
}

#[test]
fn without_a_point_nothing_is_reached_or_covered() {
    let pack = small_pack(RoadNetwork::default());
    let coverage = Coverage::prepare(&pack, &TravelSettings::default(), Mode::Walk).unwrap();
    let reaches = coverage.compute(&[], &Rule::default());
    assert!(
        reaches
            .iter()
            .all(|reach| !reach.covered && reach.nearest_by_time.is_none())
    );
    let no_points: [PointRef<'_>; 0] = [];
    let row = rows(&pack, &no_points, &reaches).next().unwrap();
    assert_eq!((row.minutes, row.km, row.access_km), (None, None, None));
    assert!(row.approximate);
    let summary = summary(&coverage, &reaches, &Rule::default());
    assert_eq!((summary.city.covered, summary.city.share), (0, 0.0));
}

#[test]
fn impossible_settings_are_refused() {
    let pack = small_pack(RoadNetwork::default());
    let mut settings = TravelSettings::default();
    settings.car.access_kmh = 0.0;
    assert!(Coverage::prepare(&pack, &settings, Mode::Walk).is_err());
}

#[test]
fn the_defaults_are_the_travel_models() {
    let settings = TravelSettings::default();
    let figures = |mode| {
        (
            settings.speeds(mode).access_kmh,
            settings.speeds(mode).unclassed_kmh,
        )
    };
    assert_eq!(settings.detour, 1.3);
    assert_eq!(figures(Mode::Motorbike), (15.0, 25.0));
    assert_eq!(figures(Mode::Walk), (4.5, 4.5));
    assert_eq!(figures(Mode::Car), (15.0, 22.0));
    assert_eq!(APPROXIMATE_OVER_KM, 1.0);
}

fn hanoi() -> &'static Coverage<'static> {
    static COVERAGE: OnceLock<Coverage<'static>> = OnceLock::new();
    COVERAGE.get_or_init(|| {
        let pack = Pack::hanoi().unwrap();
        Coverage::prepare(pack, &TravelSettings::default(), Mode::Motorbike).unwrap()
    })
}

#[test]
fn hanois_people_add_up_and_branches_cover_fewer_than_all_points() {
    let coverage = hanoi();
    let pack = coverage.pack();
    let rule = Rule::default();
    let answer = |kinds: KindSet| {
        let reaches = coverage.compute(&select(&pack.points, kinds), &rule);
        summary(coverage, &reaches, &rule)
    };
    let all = answer(KindSet::default());
    assert_eq!(all.city.population, 8_807_523);
    for (share, unit) in all.units.iter().zip(&pack.units) {
        assert_eq!(
            share.population,
            u64::from(unit.population),
            "{}",
            unit.name
        );
        assert!(share.covered <= share.population);
    }
    assert_eq!(
        all.units.iter().map(|unit| unit.covered).sum::<u64>(),
        all.city.covered
    );
    let branches = answer([PointKind::Branch].into_iter().collect());
    assert!(branches.city.covered < all.city.covered);
    assert!(all.city.share > 0.9, "{}", all.city.share);
}

#[test]
fn hanois_cells_agree_with_the_naive_model() {
    let coverage = hanoi();
    let pack = coverage.pack();
    let points = select(&pack.points, KindSet::default());
    // The naive model is slow on a whole city: a few points, a few cells.
    let few: Vec<PointRef<'_>> = points.iter().copied().step_by(40).collect();
    let reaches = coverage.compute(&few, &Rule::default());
    for (cell, reach) in pack.cells.iter().zip(&reaches).step_by(9_000) {
        let settings = TravelSettings::default();
        let expected = naive::minutes(&pack.roads, &settings, Mode::Motorbike, cell.centre(), &few);
        let best = expected.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(
            (reach.minutes - best).abs() < 1e-6,
            "{} against {best}",
            reach.minutes
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Opening a point never makes anyone's way longer, nor anyone uncovered.
    #[test]
    fn one_point_more_is_never_worse(
        chosen in prop::sample::subsequence((0..156usize).collect::<Vec<_>>(), 2..40),
        closed in 0usize..40,
    ) {
        let coverage = hanoi();
        let points = select(&coverage.pack().points, KindSet::default());
        let more: Vec<PointRef<'_>> = chosen.iter().map(|at| points[*at]).collect();
        let mut fewer = more.clone();
        fewer.remove(closed % more.len());
        let rule = Rule::default();
        let before = coverage.compute(&fewer, &rule);
        let after = coverage.compute(&more, &rule);
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(after.minutes <= before.minutes && after.km <= before.km);
            prop_assert!(after.covered || !before.covered);
        }
    }
}

#[test]
fn rows_and_map_carry_the_contracts_columns() {
    let coverage = hanoi();
    let pack = coverage.pack();
    let points = select(&pack.points, KindSet::default());
    let reaches = coverage.compute(&points, &Rule::default());
    let row = serde_json::to_string(&rows(pack, &points, &reaches).next().unwrap()).unwrap();
    let names = "cell unit population minutes km nearest_by_time nearest_by_distance covered \
                 access_km approximate";
    let mut from = 0;
    for name in names.split_whitespace() {
        let at = row[from..].find(&format!("\"{name}\":")).expect(name);
        from += at;
    }
    let map: serde_json::Value =
        serde_json::from_str(&to_geojson(pack, &points, &reaches[..3])).unwrap();
    assert_eq!(map["features"].as_array().unwrap().len(), 3);
    assert_eq!(
        map["features"][0]["geometry"]["coordinates"][0][0]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
