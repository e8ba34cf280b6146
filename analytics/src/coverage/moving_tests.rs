//! A mover against computing from scratch, on synthetic networks and on Hà Nội.

use super::{
    Change, ChangeError, Coverage, Ground, Mode, Mover, PointRef, Rule, TravelSettings, generate,
    select,
};
use geodata::{KindSet, LonLat, Pack};
use proptest::prelude::*;

/// Everything a mover holds is what a computation from scratch gives, and the delta is right.
fn check(ground: &Ground, mover: &Mover<'_>, covered_before: u64, delta: &super::Delta) {
    let refs: Vec<PointRef<'_>> = mover
        .points()
        .iter()
        .map(|point| PointRef {
            id: &point.id,
            place: point.place,
        })
        .collect();
    let fresh = ground.nearest(&refs, &Rule::default());
    assert_eq!(mover.reaches(), fresh);
    let covered: u64 = fresh
        .iter()
        .filter(|r| r.covered)
        .map(|r| u64::from(r.population))
        .sum();
    assert_eq!((mover.covered(), delta.covered), (covered, covered));
    assert_eq!(
        covered_before + delta.people.gained - delta.people.lost,
        covered
    );
    let by_unit: u64 = delta.units.values().map(|people| people.gained).sum();
    assert_eq!(by_unit, delta.people.gained);
}

fn steps() -> impl Strategy<Value = Vec<(u8, usize, f64, f64)>> {
    prop::collection::vec((0u8..4, 0usize..1000, 0.0..1.0f64, 0.0..1.0f64), 1..12)
}

fn run(ground: &Ground, points: &[PointRef<'_>], steps: &[(u8, usize, f64, f64)], width: f64) {
    let mut mover = Mover::new(ground, points, Rule::default()).unwrap();
    for (number, (kind, which, x, y)) in steps.iter().enumerate() {
        let held = mover.points();
        let place = LonLat {
            lon: 105.8 + (x - 0.5) * width,
            lat: 21.0 + (y - 0.5) * width,
        };
        // Sometimes onto another point, where ties are.
        let place = if which % 5 == 0 && !held.is_empty() {
            held[which % held.len()].place
        } else {
            place
        };
        let id = (!held.is_empty()).then(|| held[which % held.len()].id.clone());
        let change = match (kind, id) {
            (0, Some(id)) => Change::Remove { id },
            (1 | 2, Some(id)) => Change::Move { id, place },
            _ => Change::Add {
                id: format!("{}-{number}", ["A", "P0", "Z"][which % 3]),
                place,
            },
        };
        let before = mover.reaches().to_vec();
        let covered = mover.covered();
        let ids: Vec<String> = held.iter().map(|point| point.id.clone()).collect();
        let delta = mover.apply(&change).unwrap();
        check(ground, &mover, covered, &delta);
        // The cells of the delta are those that differ, nearest points by id.
        let id_then = |at: Option<u32>| at.map(|at| ids[at as usize].clone());
        let id_now = |at: Option<u32>| at.map(|at| mover.points()[at as usize].id.clone());
        let differs: Vec<u32> = before
            .iter()
            .zip(mover.reaches())
            .zip(0u32..)
            .filter(|((then, now), _)| {
                (then.minutes, then.km, then.network_minutes)
                    != (now.minutes, now.km, now.network_minutes)
                    || id_then(then.nearest_by_time) != id_now(now.nearest_by_time)
                    || id_then(then.nearest_by_distance) != id_now(now.nearest_by_distance)
            })
            .map(|(_, at)| at)
            .collect();
        let told: Vec<u32> = delta.cells.iter().map(|cell| cell.at).collect();
        assert_eq!(told, differs);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_series_of_changes_equals_computing_from_scratch(steps in steps(), seed in 0u64..6) {
        let generated = generate::network(1600, seed);
        let mut refs = generated.refs();
        refs.truncate(seed as usize);
        run(&generated.ground, &refs, &steps, 0.2);
    }
}

#[test]
fn hanoi_moves_equal_computing_from_scratch() {
    let pack = Pack::hanoi().unwrap();
    let coverage = Coverage::prepare(pack, &TravelSettings::default(), Mode::Motorbike).unwrap();
    let points = select(&pack.points, KindSet::default());
    let steps = [
        (1, 7, 0.3, 0.6),
        (3, 4, 0.5, 0.5),
        (0, 11, 0.0, 0.0),
        (2, 30, 0.52, 0.48),
        (2, 5, 0.2, 0.9),
    ];
    run(coverage.ground(), &points, &steps, 0.6);
}

#[test]
fn a_refused_change_changes_nothing() {
    let generated = generate::network(400, 1);
    let refs = generated.refs();
    let mut mover = Mover::new(&generated.ground, &refs, Rule::default()).unwrap();
    let before = mover.reaches().to_vec();
    let id = refs[0].id.to_owned();
    let place = refs[0].place;
    let nowhere = LonLat {
        lon: f64::NAN,
        lat: 0.0,
    };
    let unknown = Change::Remove { id: "no".into() };
    assert_eq!(
        mover.apply(&unknown),
        Err(ChangeError::Unknown("no".into()))
    );
    assert_eq!(
        mover.apply(&Change::Add {
            id: id.clone(),
            place
        }),
        Err(ChangeError::Known(id.clone()))
    );
    assert_eq!(
        mover.apply(&Change::Move {
            id: id.clone(),
            place: nowhere
        }),
        Err(ChangeError::NoPlace(id))
    );
    assert_eq!(mover.reaches(), before);
    let twice = [refs[0], refs[0]];
    assert!(Mover::new(&generated.ground, &twice, Rule::default()).is_err());
}
