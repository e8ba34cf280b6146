//! p-median, p-centre and closing.

use super::plain::{choices, covered, small_cover};
use crate::siting::{generate::Random, *};

/// A small random table of minutes, some of it missing, and the minutes to kept points.
fn small_costs(random: &mut Random, candidates: usize) -> (Costs, Vec<Vec<f64>>, Vec<f64>) {
    let demands = random.below(12);
    let weights: Vec<u32> = (0..demands).map(|_| random.below(9) as u32).collect();
    let mut table = vec![vec![f64::INFINITY; candidates]; demands];
    for row in &mut table {
        for minutes in row.iter_mut() {
            if random.fraction() < 0.6 {
                *minutes = random.below(160) as f64 / 4.0;
            }
        }
    }
    let sparse = |row: &Vec<f64>| {
        let all = row
            .iter()
            .enumerate()
            .filter(|(_, minutes)| minutes.is_finite());
        all.map(|(at, &minutes)| (at as u32, minutes))
            .rev()
            .collect()
    };
    let kept: Vec<f64> = (0..demands)
        .map(|_| {
            if random.fraction() < 0.7 {
                f64::INFINITY
            } else {
                random.below(40) as f64
            }
        })
        .collect();
    let rows = table.iter().map(sparse).collect();
    let costs = Costs::new(weights, candidates, rows, &kept, 30.0).unwrap();
    (costs, table, kept)
}

/// Minutes of each demand to the nearest open place.
fn nearest(table: &[Vec<f64>], kept: &[f64], chosen: &[u32]) -> Vec<f64> {
    let all = table.iter().zip(kept);
    all.map(|(row, &kept)| {
        chosen
            .iter()
            .fold(kept, |near, &at| near.min(row[at as usize]))
    })
    .collect()
}

#[test]
fn p_median_agrees_with_every_choice_tried() {
    let mut random = Random(6);
    for case in 0..120 {
        let candidates = 1 + random.below(9);
        let (costs, table, kept) = small_costs(&mut random, candidates);
        let p = random.below(candidates + 1);
        let total = |chosen: &[u32]| -> u64 {
            let far = nearest(&table, &kept, chosen)
                .into_iter()
                .zip(costs.weights());
            far.map(|(far, &people)| (far.min(30.0) * 1000.0) as u64 * u64::from(people))
                .sum()
        };
        let best = choices(candidates, p)
            .iter()
            .map(|chosen| total(chosen))
            .min()
            .unwrap();
        let answer = p_median(&costs, p, &Budget::THOROUGH).unwrap();
        assert!(answer.proven, "case {case}");
        assert_eq!(
            (answer.objective, answer.before),
            (best, total(&[])),
            "case {case}"
        );
        let chosen: Vec<u32> = answer.chosen.iter().map(|place| place.candidate).collect();
        assert_eq!(total(&chosen), best);
        let saved: u64 = answer.chosen.iter().map(|place| place.adds).sum();
        assert_eq!(answer.before - saved, best);
        let far = nearest(&table, &kept, &chosen)
            .into_iter()
            .zip(costs.weights());
        let out = far
            .filter(|(far, _)| *far > 30.0)
            .map(|(_, &people)| u64::from(people))
            .sum::<u64>();
        assert_eq!(answer.out_of_reach, out);
        let quick = p_median(&costs, p, &Budget::steps(2)).unwrap();
        assert!(quick.bound <= best && best <= quick.objective);
    }
}

#[test]
fn p_centre_agrees_with_every_choice_tried() {
    let mut random = Random(7);
    for case in 0..120 {
        let candidates = 1 + random.below(9);
        let (costs, table, kept) = small_costs(&mut random, candidates);
        let p = random.below(candidates + 1);
        let all: Vec<u32> = (0..candidates as u32).collect();
        let reachable = nearest(&table, &kept, &all);
        let counts = |at: usize| costs.weights()[at] > 0 && reachable[at].is_finite();
        let greatest = |chosen: &[u32]| {
            let far = nearest(&table, &kept, chosen).into_iter().enumerate();
            far.filter(|(at, _)| counts(*at))
                .map(|(_, far)| far)
                .fold(0.0, f64::max)
        };
        let all = choices(candidates, p);
        let best = all
            .iter()
            .map(|chosen| greatest(chosen))
            .fold(f64::INFINITY, f64::min);
        let answer = p_centre(&costs, p, &Budget::THOROUGH).unwrap();
        assert!(answer.proven, "case {case}");
        assert_eq!(answer.minutes.unwrap_or(f64::INFINITY), best, "case {case}");
        if answer.minutes.is_some() {
            let chosen: Vec<u32> = answer.chosen.iter().map(|place| place.candidate).collect();
            assert_eq!((chosen.len(), greatest(&chosen)), (p, best));
        }
        let quick = p_centre(&costs, p, &Budget::steps(3)).unwrap();
        assert!(quick.bound <= best && best <= quick.minutes.unwrap_or(f64::INFINITY));
    }
}

#[test]
fn closing_agrees_with_every_choice_tried() {
    let mut random = Random(8);
    for case in 0..120 {
        let count = 1 + random.below(9);
        let points = small_cover(&mut random, count);
        let k = random.below(count + 1);
        let all: Vec<u32> = (0..count as u32).collect();
        let loss = |closed: &[u32]| {
            let stay: Vec<u32> = all
                .iter()
                .copied()
                .filter(|at| !closed.contains(at))
                .collect();
            covered(&points, &all) - covered(&points, &stay)
        };
        let best = choices(count, k)
            .iter()
            .map(|closed| loss(closed))
            .min()
            .unwrap();
        let answer = close_points(&points, k, &Budget::THOROUGH).unwrap();
        assert!(answer.proven, "case {case}");
        assert_eq!(
            (answer.objective, answer.closed.len()),
            (best, k),
            "case {case}"
        );
        let closed: Vec<u32> = answer.closed.iter().map(|closed| closed.point).collect();
        assert_eq!(loss(&closed), best);
        assert_eq!(
            answer.closed.iter().map(|closed| closed.loses).sum::<u64>(),
            best
        );
        for one in &answer.closed {
            let others: Vec<u32> = closed
                .iter()
                .copied()
                .filter(|&at| at != one.point)
                .collect();
            assert_eq!(one.orphaned_people, best - loss(&others));
            let instead = all.iter().filter(|at| !closed.contains(at)).map(|&at| {
                let with: Vec<u32> = others.iter().copied().chain([at]).collect();
                (loss(&with), at)
            });
            let told = one.next_best.map(|next| (next.objective, next.candidate));
            assert_eq!(told, instead.min());
        }
        let quick = close_points(&points, k, &Budget::steps(2)).unwrap();
        assert!(quick.bound <= best && best <= quick.objective);
    }
}

#[test]
fn minutes_that_cannot_be_are_refused() {
    let ask = |minutes: f64, kept: &[f64], limit| {
        Costs::new(vec![1], 1, vec![vec![(0, minutes)]], kept, limit)
    };
    assert!(ask(3.0, &[], 30.0).is_ok() && ask(3.0, &[f64::INFINITY], 30.0).is_ok());
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        let refused = ask(bad, &[], 30.0);
        assert!(matches!(
            refused,
            Err(SitingError::BadMinutes { row: 0, .. })
        ));
        assert!(matches!(
            ask(1.0, &[], bad),
            Err(SitingError::BadSetting { .. })
        ));
    }
    assert!(matches!(
        ask(1.0, &[-2.0], 30.0),
        Err(SitingError::BadMinutes { .. })
    ));
    assert!(matches!(
        ask(1.0, &[1.0, 1.0], 30.0),
        Err(SitingError::WrongLength { .. })
    ));
    let twice = Costs::new(vec![1], 2, vec![vec![(1, 1.0), (1, 2.0)]], &[], 9.0);
    assert!(matches!(
        twice,
        Err(SitingError::Duplicate { index: 1, .. })
    ));
    let beyond = Costs::new(vec![1], 1, vec![vec![(1, 1.0)]], &[], 9.0);
    assert!(matches!(beyond, Err(SitingError::NoSuchCandidate { .. })));
    let costs = ask(3.0, &[], 30.0).unwrap();
    assert!(
        p_median(&costs, 2, &Budget::QUICK).is_err()
            && p_centre(&costs, 2, &Budget::QUICK).is_err()
    );
}

#[test]
fn nothing_to_do_is_an_answer_here_too() {
    let budget = Budget::THOROUGH;
    let none = Costs::new(vec![], 2, vec![], &[], 30.0).unwrap();
    for p in 0..=2 {
        let median = p_median(&none, p, &budget).unwrap();
        assert!(median.proven && median.objective == 0 && median.chosen.len() == p);
        let centre = p_centre(&none, p, &budget).unwrap();
        assert!(centre.proven && centre.minutes == Some(0.0) && centre.chosen.len() == p);
    }
    // Already as near as can be.
    let rows = vec![vec![(0, 5.0), (1, 3.0)]];
    let near = Costs::new(vec![7], 2, rows, &[1.0], 30.0).unwrap();
    assert_eq!(p_median(&near, 1, &budget).unwrap().objective, 7_000);
    assert_eq!(p_centre(&near, 0, &budget).unwrap().minutes, Some(1.0));

    let empty = Cover::new(vec![], vec![vec![], vec![]], vec![]).unwrap();
    let room = Capacities {
        candidates: vec![3, 0],
        kept: vec![],
    };
    for p in 0..=2 {
        let served = capacitated_cover(&empty, &room, p, &budget).unwrap().answer;
        assert!(served.proven && served.objective == 0);
        let closed = close_points(&empty, p, &budget).unwrap();
        assert!(closed.proven && closed.objective == 0 && closed.closed.len() == p);
    }
    let fleet = Fleet {
        vehicles: 0,
        days: vec![0],
        most_minutes: 9.0,
    };
    let week = mobile_routes(&empty, &[vec![], vec![]], &fleet, &budget).unwrap();
    assert!(week.answer.proven && week.timetables.is_empty());
}
