use geodata::{KindSet, LonLat, Pack, Point, PointKind};

use super::change::{Change, WarningCode, change};
use super::choices::{Choices, Demands};
use super::difference::{Side, difference};
use crate::coverage::{
    CellReach, Coverage, Mode, PointRef, Rule, RuleKind, TravelSettings, select,
};
use crate::siting::{Budget, p_median};

fn pack() -> &'static Pack {
    Pack::hanoi().unwrap()
}

fn added(id: &str, lon: f64, lat: f64) -> Change {
    Change::Add {
        id: id.to_owned(),
        name: "Nhà văn hoá".to_owned(),
        kind: PointKind::Community,
        lon,
        lat,
    }
}

fn compared(changes: &[Change]) -> super::difference::Difference {
    let coverage = Coverage::prepare(pack(), &TravelSettings::default(), Mode::Motorbike).unwrap();
    // A rule that leaves out many.
    let rule = Rule {
        minutes: 10.0,
        km: 1.5,
        ..Rule::default()
    };
    let changed = change(pack(), &pack().points, changes);
    assert_eq!(changed.warnings, []);
    let of = |points: &[Point]| {
        let points = select(points, KindSet::attended());
        coverage.compute(&points, &rule)
    };
    let (was, is) = (of(&pack().points), of(&changed.points));
    let before = select(&pack().points, KindSet::attended());
    let after = select(&changed.points, KindSet::attended());
    let side = |points, reaches| Side { points, reaches };
    difference(&coverage, &rule, side(&before, &was), side(&after, &is))
}

#[test]
fn nothing_done_changes_nothing_and_neither_does_what_is_undone() {
    let none = compared(&[]);
    assert!(none.cells.is_empty() && none.units.is_empty());
    let back = compared(&[
        added("new", 105.5, 21.1),
        Change::Remove {
            id: "new".to_owned(),
        },
    ]);
    assert_eq!(back, none);
}

#[test]
fn people_gained_less_people_lost_are_what_the_city_grows_by() {
    let point = pack().points.iter().find(|p| p.kind == PointKind::Point);
    let point = point.unwrap();
    let d = compared(&[
        added("new", 105.36, 21.08),
        Change::Move {
            id: point.id.clone(),
            lon: point.place.lon + 0.03,
            lat: point.place.lat + 0.02,
        },
    ]);
    assert!(d.gained > 0 && !d.cells.is_empty());
    let grown = d.after.covered as i64 - d.before.covered as i64;
    assert_eq!(grown, d.gained as i64 - d.lost as i64);
    let by_unit: u64 = d.units.iter().map(|u| u.gained).sum();
    assert_eq!(by_unit, d.gained);
    for unit in &d.units {
        let people = (unit.after - unit.before) * unit.population as f64;
        let expected = unit.gained as f64 - unit.lost as f64;
        assert!((people - expected).abs() < 1e-3, "{unit:?}");
    }
}

#[test]
fn what_cannot_be_is_left_out_and_told() {
    let known = pack().points[0].clone();
    let changes = [
        Change::Remove {
            id: "nobody".to_owned(),
        },
        added(&known.id, 105.8, 21.0),
        added("exchanged", 21.0, 105.8),
        added("sea", 107.5, 20.5),
        added("edge", 106.1, 20.95),
        added("twice", known.place.lon, known.place.lat),
    ];
    let changed = change(pack(), &pack().points, &changes);
    let codes: Vec<WarningCode> = changed.warnings.iter().map(|w| w.code).collect();
    use WarningCode as W;
    assert_eq!(
        codes,
        [
            W::UnknownPoint,
            W::Duplicate,
            W::Swapped,
            W::Outside,
            W::Outside,
            W::Duplicate
        ]
    );
    assert_eq!(changed.points.len(), pack().points.len() + 2);
    assert!(changed.touched.iter().eq(["edge", "twice"]));
}

/// Whom choices say a place wins is whom coverage counts when it is there; under each rule, with all points and with none.
#[test]
fn what_a_choice_covers_is_what_coverage_counts() {
    let coverage = Coverage::prepare(pack(), &TravelSettings::default(), Mode::Walk).unwrap();
    let new = [(105.36, 21.08), (105.85, 21.03), (105.75, 20.72)];
    let new = new.map(|(lon, lat)| LonLat { lon, lat });
    for kind in [
        RuleKind::Any,
        RuleKind::All,
        RuleKind::Time,
        RuleKind::Distance,
    ] {
        let rule = Rule {
            kind,
            minutes: 25.0,
            km: 1.5,
        };
        let all = select(&pack().points, KindSet::attended());
        for kept in [&all[..], &[]] {
            let reaches = coverage.compute(kept, &rule);
            let choices = Choices {
                coverage: &coverage,
                reaches: &reaches,
                rule,
            };
            let cover = choices.cover(&new).unwrap();
            let people = |reaches: &[CellReach]| {
                let covered = reaches.iter().filter(|r| r.covered);
                covered.map(|r| u64::from(r.population)).sum::<u64>()
            };
            for (at, place) in new.iter().enumerate() {
                let mut points = kept.to_vec();
                points.push(PointRef {
                    id: "new",
                    place: *place,
                });
                let after = people(&coverage.compute(&points, &rule));
                let won = cover.candidates()[at].iter();
                let won: u64 = won
                    .map(|cell| u64::from(cover.weights()[*cell as usize]))
                    .sum();
                assert_eq!(cover.kept_people() + won, after, "{kind:?} {place:?}");
            }
            // Minutes added up cell by cell are those of coverage.
            let costs = choices.costs(&new, Demands::Cells, 100.0).unwrap();
            let answer = p_median(&costs, 3, &Budget::QUICK).unwrap();
            let mut points = kept.to_vec();
            points.extend(new.iter().map(|place| PointRef {
                id: "new",
                place: *place,
            }));
            let after = coverage.compute(&points, &rule);
            let minutes = after
                .iter()
                .map(|r| f64::from(r.population) * r.minutes.min(100.0));
            let (sum, told) = (minutes.sum::<f64>(), answer.objective as f64 / 1_000.0);
            let rounding = pack().units.iter().map(|u| u.population).sum::<u32>();
            assert!(
                (sum - told).abs() <= 0.000_5 * f64::from(rounding),
                "{sum} {told}"
            );
        }
    }
}
