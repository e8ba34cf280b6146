//! What is derived from reaches, against plain second computations.

use super::{
    CellReach, Coverage, GapName, GroupRow, Groups, HourBand, Join, Mode, NamedPlace, OpenPoint,
    Opening, PointRef, RowFault, Rule, RuleKind, Sensitivity, Share, Supply, TravelSettings,
    WaitError, WeekCoverage, WeekSet, Zones, by_hour_band, catchment, default_hour_bands, equity,
    gaps, generate, marks, select, sensitivity, shares,
};
use geodata::{CellIndex, KindSet, LonLat, Pack, RoadClass, UnitIndex};
use proptest::prelude::*;
use std::sync::OnceLock;

fn hanoi() -> &'static Coverage<'static> {
    static COVERAGE: OnceLock<Coverage<'static>> = OnceLock::new();
    COVERAGE.get_or_init(|| {
        let pack = Pack::hanoi().unwrap();
        Coverage::prepare(pack, &TravelSettings::default(), Mode::Motorbike).unwrap()
    })
}

fn week(openings: &[(u8, u16, u16)]) -> WeekSet {
    let openings: Vec<Opening> = openings
        .iter()
        .map(|(weekday, from, to)| Opening {
            weekday: *weekday,
            from: *from,
            to: *to,
        })
        .collect();
    WeekSet::new(&openings).unwrap()
}

#[test]
fn a_week_holds_whole_quarters_and_refuses_what_is_no_opening() {
    let set = week(&[(0, 480, 690), (0, 690, 700), (6, 1425, 1440)]);
    assert!(set.contains(0, 480) && !set.contains(0, 694) && set.contains(6, 1439));
    assert!(!set.contains(0, 479) && !set.contains(1, 480) && !set.contains(7, 0));
    assert_eq!(set.hours(), 3.75);
    // Two spans that share a quarter fill it.
    assert!(week(&[(0, 0, 7), (0, 7, 15)]).contains(0, 3));
    for bad in [(7, 0, 60), (0, 60, 60), (0, 0, 1441)] {
        let opening = Opening {
            weekday: bad.0,
            from: bad.1,
            to: bad.2,
        };
        assert!(WeekSet::new(&[opening]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// At any time: as computed from scratch with the points then open.
    #[test]
    fn hours_equal_a_run_with_the_open_points(
        seed in 0u64..20, kind in 0usize..4, weekday in 0u8..7, hour in 6u16..20,
        spans in prop::collection::vec((0u8..7, 6u16..12, 13u16..20), 8),
    ) {
        let kind = [RuleKind::Any, RuleKind::All, RuleKind::Time, RuleKind::Distance][kind];
        let rule = Rule { kind, minutes: 8.0, km: 2.0 };
        let generated = generate::network(2000, seed);
        let ground = &generated.ground;
        let places: Vec<LonLat> = (0..8).map(|at| ground.starts[at * 150].centre).collect();
        let points: Vec<OpenPoint> = places.iter().zip(&spans).map(|(place, (day, from, to))| OpenPoint {
            place: *place,
            week: week(&[(*day, from * 60, to * 60), ((day + 1) % 7, from * 60 + 30, to * 60)]),
        }).collect();
        let coverage = WeekCoverage::new(ground, &points, &rule);
        let minute = hour * 60 + 30;
        let open: Vec<PointRef<'_>> = points.iter().filter(|point| point.week.contains(weekday, minute))
            .map(|point| PointRef { id: "", place: point.place }).collect();
        let fresh = ground.nearest(&open, &rule);
        let people: u64 = fresh.iter().filter(|r| r.covered).map(|r| u64::from(r.population)).sum();
        let told = coverage.at(weekday, minute).unwrap();
        prop_assert_eq!(told.covered, people);
        prop_assert_eq!(told.units.iter().sum::<u64>(), people);
        for (week, reach) in coverage.cells().iter().zip(&fresh) {
            prop_assert_eq!(week.contains(weekday, minute), reach.covered);
        }
        let mut hours = 0.0;
        for (week, start) in coverage.cells().iter().zip(&ground.starts) {
            hours += week.hours() * f64::from(start.population);
        }
        prop_assert!((hours / ground.population() as f64 - coverage.mean_hours()).abs() < 1e-9);
        prop_assert!(coverage.at(7, 0).is_none());
    }

    /// Against every pair of people, one by one.
    #[test]
    fn equity_equals_counting_person_by_person(list in prop::collection::vec((0u32..6, 0u32..50), 1..20)) {
        let shares: Vec<Share> = list.iter()
            .map(|(people, minutes)| Share { people: f64::from(*people), minutes: f64::from(*minutes) }).collect();
        let mut each: Vec<f64> = list.iter()
            .flat_map(|(people, minutes)| (0..*people).map(|_| f64::from(*minutes))).collect();
        each.sort_by(f64::total_cmp);
        let told = equity(&shares, &[0.5, 0.9]);
        let Some(told) = told else { prop_assert!(each.is_empty()); return Ok(()) };
        let n = each.len() as f64;
        let mean = each.iter().sum::<f64>() / n;
        let mut apart = 0.0;
        for a in &each { for b in &each { apart += (a - b).abs(); } }
        let gini = if mean > 0.0 { apart / (2.0 * n * n * mean) } else { 0.0 };
        prop_assert!((told.mean - mean).abs() < 1e-9 && (told.gini - gini).abs() < 1e-9);
        prop_assert_eq!(told.quantiles[0].1, each[(n * 0.5).ceil() as usize - 1]);
        prop_assert_eq!(told.quantiles[1].1, each[((n * 0.9).ceil() as usize - 1).min(each.len() - 1)]);
        if each.len().is_multiple_of(10) {
            let worst = &each[each.len() - each.len() / 10..];
            prop_assert!((told.worst_tenth_mean - worst.iter().sum::<f64>() / worst.len() as f64).abs() < 1e-9);
            prop_assert_eq!(told.worst_tenth_from, worst[0]);
        }
    }

    /// Against each cell and point, and: what is given out is what there is.
    #[test]
    fn a_catchment_gives_out_its_capacity(seed in 0u64..20, enhanced in any::<bool>()) {
        let generated = generate::network(1600, seed);
        let ground = &generated.ground;
        let places: Vec<LonLat> = (0..4).map(|at| ground.starts[at * 250].centre).collect();
        let supplies: Vec<Supply> = places.iter().zip(1..).map(|(place, n)| Supply { place: *place, capacity: f64::from(n) }).collect();
        let zones = if enhanced { Zones::enhanced() } else { Zones::flat(12.0) };
        let told = catchment(ground, &supplies, &zones);
        let mut expected = vec![0.0; ground.cell_count()];
        for (supply, ratio) in supplies.iter().zip(&told.ratios) {
            let alone = ground.nearest(&[PointRef { id: "", place: supply.place }], &Rule::default());
            let weight = |reach: &CellReach| match reach.minutes {
                m if enhanced && m <= 10.0 => 1.0,
                m if enhanced && m <= 20.0 => 0.68,
                m if enhanced && m <= 30.0 => 0.22,
                m if !enhanced && m <= 12.0 => 1.0,
                _ => 0.0,
            };
            let demand: f64 = alone.iter().map(|r| f64::from(r.population) * weight(r)).sum();
            prop_assert!((ratio.unwrap() - supply.capacity / demand).abs() < 1e-12);
            for (sum, reach) in expected.iter_mut().zip(&alone) { *sum += ratio.unwrap() * weight(reach); }
        }
        let mut given = 0.0;
        for ((told, expected), start) in told.access.iter().zip(&expected).zip(&ground.starts) {
            prop_assert!((told - expected).abs() < 1e-12);
            given += told * f64::from(start.population);
        }
        prop_assert!((given - 10.0).abs() < 1e-6, "{given}");
    }

    /// Against each point alone with its wait added.
    #[test]
    fn the_queue_that_counts_is_the_least_sum(
        seed in 0u64..20, waits in prop::collection::vec(prop::option::of(0u32..40), 5),
    ) {
        let generated = generate::network(1600, seed);
        let ground = &generated.ground;
        let ids = ["e", "b", "d", "a", "c"];
        let points: Vec<PointRef<'_>> = ids.iter().enumerate()
            .map(|(at, id)| PointRef { id, place: ground.starts[at * 200 + 20].centre }).collect();
        let waits: Vec<Option<f64>> = waits.iter().map(|wait| wait.map(f64::from)).collect();
        let told = ground.served_soonest(&points, &waits).unwrap();
        let alone: Vec<Vec<CellReach>> = points.iter().map(|p| ground.nearest(&[*p], &Rule::default())).collect();
        let nearest = ground.nearest(&points, &Rule::default());
        for (cell, told) in told.iter().enumerate() {
            let sum = |at: usize| alone[at][cell].minutes + waits[at].unwrap_or(0.0);
            let best = (0..5).map(sum).fold(f64::INFINITY, f64::min);
            let point = told.point.unwrap() as usize;
            prop_assert!((told.minutes - best).abs() < 1e-7 && (sum(point) - best).abs() < 1e-7);
            prop_assert!((told.travel_minutes - alone[point][cell].minutes).abs() < 1e-7);
            prop_assert_eq!(told.wait_minutes, waits[point]);
            prop_assert_eq!(told.nearest, nearest[cell].nearest_by_time);
            prop_assert_eq!(told.differs, told.point != told.nearest);
        }
        let too_few = WaitError::Count { points: 5, waits: 1 };
        prop_assert_eq!(ground.served_soonest(&points, &[None]), Err(too_few));
        let bad = [Some(-1.0), None, None, None, None];
        prop_assert_eq!(ground.served_soonest(&points, &bad), Err(WaitError::NoWait("e".into())));
    }
}

#[test]
fn other_speeds_on_known_snaps_equal_preparing_anew() {
    let coverage = hanoi();
    let pack = coverage.pack();
    let points = select(&pack.points, KindSet::default());
    let rule = Rule::default();
    let mut settings = TravelSettings {
        detour: 1.4,
        ..TravelSettings::default()
    };
    settings.motorbike.access_kmh = 11.0;
    settings.motorbike.unclassed_kmh = 19.0;
    let anew = Coverage::prepare(pack, &settings, Mode::Motorbike).unwrap();
    let again = coverage.at_speeds(&settings).unwrap();
    assert_eq!(again.nearest(&points, &rule), anew.compute(&points, &rule));
    settings.motorbike.class_kmh.remove(&RoadClass::Trunk);
    let anew = Coverage::prepare(pack, &settings, Mode::Motorbike).unwrap();
    let again = coverage.at_speeds(&settings).unwrap();
    assert_eq!(again.nearest(&points, &rule), anew.compute(&points, &rule));
}

#[test]
fn the_band_rises_with_speed_and_falls_with_detour() {
    let coverage = hanoi();
    let points = select(&coverage.pack().points, KindSet::default());
    let (settings, rule) = (TravelSettings::default(), Rule::default());
    let over = Sensitivity {
        speeds: vec![0.8, 1.0, 1.2],
        detours: vec![1.2, 1.3, 1.5],
    };
    let band = sensitivity(coverage, &settings, &points, &rule, &over).unwrap();
    let at = |speed: usize, detour: usize| band[speed * 3 + detour];
    for one in 0..3 {
        for two in 1..3 {
            assert!(at(two, one).covered >= at(two - 1, one).covered);
            assert!(at(one, two).covered <= at(one, two - 1).covered);
        }
    }
    let now: u64 = coverage
        .compute(&points, &rule)
        .iter()
        .filter(|r| r.covered)
        .map(|r| u64::from(r.population))
        .sum();
    assert_eq!(
        (at(1, 1).covered, at(1, 1).speed, at(1, 1).detour),
        (now, 1.0, 1.3)
    );
    let peak = by_hour_band(coverage, &settings, &points, &rule, &default_hour_bands()).unwrap();
    assert!(
        peak.iter()
            .all(|(covered, share)| *covered <= now && *share <= 1.0)
    );
    let nothing = Sensitivity {
        speeds: vec![0.0],
        detours: vec![1.3],
    };
    assert!(sensitivity(coverage, &settings, &points, &rule, &nothing).is_err());
}

#[test]
fn a_band_of_hours_slows_vehicles_by_class_and_nobody_on_foot() {
    let bands = default_hour_bands();
    assert_eq!(
        HourBand::at(&bands, 0, 450).map(|band| band.name.as_str()),
        Some("morning_peak")
    );
    assert!(HourBand::at(&bands, 5, 450).is_none() && HourBand::at(&bands, 0, 540).is_none());
    let (then, now) = (
        TravelSettings::default(),
        bands[0].apply(&TravelSettings::default()),
    );
    assert_eq!(now.walk, then.walk);
    assert_eq!(now.car.class_kmh[&RoadClass::Primary], 30.0 * 0.6);
    assert_eq!(
        now.car.class_kmh[&RoadClass::Service],
        then.car.class_kmh[&RoadClass::Service]
    );
    assert_eq!(now.motorbike.unclassed_kmh, 25.0 * 0.8);
}

#[test]
fn groups_add_up_and_name_the_rows_that_do_not_count() {
    let coverage = hanoi();
    let pack = coverage.pack();
    let codes: Vec<&str> = pack.units.iter().map(|unit| unit.code.as_str()).collect();
    let reaches = coverage.compute(&select(&pack.points, KindSet::default()), &Rule::default());
    let row = |group: &str, place: &str, weight| GroupRow {
        group: group.into(),
        place: place.into(),
        weight,
    };
    let cell = reaches
        .iter()
        .find(|reach| !reach.covered)
        .unwrap()
        .cell
        .to_string();
    let mut rows: Vec<GroupRow> = pack
        .units
        .iter()
        .map(|unit| row("all", unit.code.as_str(), f64::from(unit.population)))
        .collect();
    rows.extend([
        row("few", &cell, 3.0),
        row("few", "nowhere", 1.0),
        row("few", "89283082803ffff", 1.0),
        row("few", &cell, -1.0),
    ]);
    let groups = Groups::new(coverage.ground(), &codes, &rows);
    let first = pack.units.len();
    let faults = [
        (first + 1, RowFault::UnknownPlace),
        (first + 2, RowFault::UnknownPlace),
        (first + 3, RowFault::BadWeight),
    ];
    assert_eq!(groups.faults(), faults);
    let figures = groups.figures(&reaches);
    let covered: u64 = reaches
        .iter()
        .filter(|r| r.covered)
        .map(|r| u64::from(r.population))
        .sum();
    let people = equity(&shares(&reaches), &[0.9]).unwrap();
    assert_eq!(
        (figures[0].group.as_str(), figures[1].group.as_str()),
        ("all", "few")
    );
    // Spread by people, the whole population is each cell's own.
    assert!((figures[0].covered - covered as f64).abs() < 1e-3);
    assert!((figures[0].mean_minutes.unwrap() - people.mean).abs() < 1e-6);
    assert_eq!(
        (figures[1].weight, figures[1].covered, figures[1].share),
        (3.0, 0.0, Some(0.0))
    );
    let far = marks(coverage.ground(), &reaches);
    assert!((figures[0].far - far.0.far_population as f64).abs() < 1e-3);
    assert_eq!(
        far.1.iter().map(|unit| unit.far_population).sum::<u64>(),
        far.0.far_population
    );
    assert_eq!(far.0.off_network_cells, 0);
}

/// Cells of a disk, uncovered where asked, in two units.
fn field(uncovered: &[CellIndex], disk: &[CellIndex]) -> Vec<CellReach> {
    disk.iter()
        .enumerate()
        .map(|(at, cell)| {
            let is_gap = uncovered.contains(cell);
            CellReach {
                cell: *cell,
                unit: UnitIndex((at % 2) as u16),
                population: 10,
                minutes: if is_gap { 41.0 } else { 5.0 },
                network_minutes: None,
                km: if is_gap { 7.5 } else { 1.0 },
                nearest_by_time: Some(0),
                nearest_by_distance: Some(0),
                covered: !is_gap,
                access_km: 0.1,
                approximate: false,
            }
        })
        .collect()
}

#[test]
fn gaps_join_what_touches() {
    let pack = Pack::hanoi().unwrap();
    let middle = pack.cells.as_slice()[9000].index;
    let disk: Vec<CellIndex> = middle.grid_disk(4);
    // The middle with its ring, and one cell on the fourth ring by itself.
    let mut uncovered: Vec<CellIndex> = middle.grid_disk(1);
    uncovered.push(disk[disk.len() - 1]);
    let mut reaches = field(&uncovered, &disk);
    let rule = Rule::default();
    let found = gaps(&reaches, &pack.units, &[], &rule, Join::AcrossUnits);
    assert_eq!(
        found.iter().map(|gap| gap.people).collect::<Vec<_>>(),
        [70, 10]
    );
    assert_eq!(found[0].centre, middle);
    assert_eq!(
        (
            found[0].worst_minutes,
            found[0].excess_minutes,
            found[0].excess_km
        ),
        (41.0, 11.0, 2.5)
    );
    assert_eq!(found[0].units.iter().map(|unit| unit.1).sum::<u64>(), 70);
    assert!(matches!(&found[0].name, GapName::Unit(_, Some(_))));
    // Every cell of one gap stands in one gap when units part them, too.
    let parted = gaps(&reaches, &pack.units, &[], &rule, Join::WithinUnit);
    assert!(parted.len() > 2 && parted.iter().all(|gap| gap.units.len() == 1));
    assert_eq!(parted.iter().map(|gap| gap.people).sum::<u64>(), 80);
    let place = geodata::cells::cell_centre(middle);
    let named = [("xa", 0.02), ("gần", 0.01), ("ngoài", 0.04)].map(|(name, off)| NamedPlace {
        name: name.into(),
        place: LonLat {
            lon: place.lon + off,
            lat: place.lat,
        },
    });
    let found = gaps(&reaches, &pack.units, &named, &rule, Join::AcrossUnits);
    assert_eq!(found[0].name, GapName::Place("gần".into()));
    for reach in &mut reaches {
        reach.population = 0;
    }
    assert!(gaps(&reaches, &pack.units, &[], &rule, Join::AcrossUnits).is_empty());
}

#[test]
fn hanois_gaps_hold_everyone_uncovered() {
    let coverage = hanoi();
    let pack = coverage.pack();
    let reaches = coverage.compute(&select(&pack.points, KindSet::default()), &Rule::default());
    let found = gaps(
        &reaches,
        &pack.units,
        &[],
        &Rule::default(),
        Join::default(),
    );
    let uncovered: u64 = reaches
        .iter()
        .filter(|r| !r.covered)
        .map(|r| u64::from(r.population))
        .sum();
    assert_eq!(found.iter().map(|gap| gap.people).sum::<u64>(), uncovered);
    assert!(
        found
            .windows(2)
            .all(|pair| pair[0].people >= pair[1].people)
    );
    let mut seen = std::collections::HashSet::new();
    assert!(
        found
            .iter()
            .flat_map(|gap| &gap.cells)
            .all(|cell| seen.insert(*cell))
    );
}
