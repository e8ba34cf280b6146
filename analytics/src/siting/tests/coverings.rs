//! Maximal covering and set cover.

use super::plain::{choices, covered, small_cover};
use crate::siting::{generate::Random, *};

#[test]
fn maximal_cover_agrees_with_every_choice_tried() {
    let mut random = Random(1);
    for case in 0..150 {
        let candidates = 1 + random.below(11);
        let cover = small_cover(&mut random, candidates);
        let p = random.below(candidates + 1);
        let best = choices(candidates, p)
            .iter()
            .map(|chosen| covered(&cover, chosen))
            .max()
            .unwrap();
        let answer = maximal_cover(&cover, p, &Budget::THOROUGH).unwrap();
        assert!(answer.proven, "case {case}");
        assert_eq!(answer.objective, best, "case {case}: {answer:?}");
        assert_eq!(answer.chosen.len(), p);
        let chosen: Vec<u32> = answer.chosen.iter().map(|place| place.candidate).collect();
        assert_eq!(covered(&cover, &chosen), best);
        let added: u64 = answer.chosen.iter().map(|place| place.adds).sum();
        assert_eq!(added, best);
        for budget in [0, 1, 7, 30] {
            let quick = maximal_cover(&cover, p, &Budget::steps(budget)).unwrap();
            assert!(quick.objective <= best && best <= quick.bound);
        }
    }
}

#[test]
fn what_a_place_alone_does_and_what_could_replace_it() {
    let mut random = Random(2);
    for _ in 0..60 {
        let cover = small_cover(&mut random, 8);
        let answer = maximal_cover(&cover, 3, &Budget::THOROUGH).unwrap();
        let chosen: Vec<u32> = answer.chosen.iter().map(|place| place.candidate).collect();
        for place in &answer.chosen {
            let others: Vec<u32> = chosen
                .iter()
                .copied()
                .filter(|&at| at != place.candidate)
                .collect();
            assert_eq!(
                place.rescued_people,
                answer.objective - covered(&cover, &others)
            );
            let replaced = (0..8).filter(|at| !chosen.contains(at)).map(|at| {
                let with: Vec<u32> = others.iter().copied().chain([at]).collect();
                (covered(&cover, &with), std::cmp::Reverse(at))
            });
            let (objective, candidate) = replaced.max().unwrap();
            let expected = Replacement {
                candidate: candidate.0,
                objective,
            };
            assert_eq!(place.next_best, Some(expected));
        }
    }
}

#[test]
fn set_cover_agrees_with_every_choice_tried() {
    let mut random = Random(3);
    for case in 0..120 {
        let candidates = 1 + random.below(9);
        let cover = small_cover(&mut random, candidates);
        let kept = cover.kept_people();
        let target = if case % 3 == 0 {
            Target::Everyone
        } else {
            Target::Share(random.fraction())
        };
        let wanted = match target {
            Target::Everyone => cover.reachable_people(),
            Target::Share(share) => (share * cover.people() as f64).ceil() as u64,
        };
        let fewest = (0..=candidates).find(|&p| {
            let all = choices(candidates, p);
            all.iter()
                .any(|chosen| kept + covered(&cover, chosen) >= wanted)
        });
        let answer = set_cover(&cover, target, &Budget::THOROUGH);
        let Some(fewest) = fewest else {
            assert!(matches!(answer, Err(SitingError::OutOfReach { .. })));
            continue;
        };
        let answer = answer.unwrap();
        assert!(answer.proven, "case {case}: {answer:?}");
        assert_eq!(answer.objective as usize, fewest, "case {case}");
        assert!(answer.covered >= wanted && answer.target == wanted);
        let quick = set_cover(&cover, target, &Budget::steps(3)).unwrap();
        assert!(quick.bound as usize <= fewest && fewest <= quick.objective as usize);
        assert!(quick.covered >= wanted);
    }
}

#[test]
fn the_order_of_demands_changes_nothing() {
    let mut random = Random(4);
    for _ in 0..60 {
        let cover = small_cover(&mut random, 9);
        let count = cover.weights().len();
        let mut moved: Vec<u32> = (0..count as u32).collect();
        for at in (1..count).rev() {
            moved.swap(at, random.below(at + 1));
        }
        let mut weights = vec![0; count];
        for (from, &to) in moved.iter().enumerate() {
            weights[to as usize] = cover.weights()[from];
        }
        let rows = |rows: &[Vec<u32>]| {
            let row = |row: &Vec<u32>| row.iter().rev().map(|&at| moved[at as usize]).collect();
            rows.iter().map(row).collect()
        };
        let turned = Cover::new(weights, rows(cover.candidates()), rows(cover.kept())).unwrap();
        for budget in [Budget::steps(9), Budget::THOROUGH] {
            let a = maximal_cover(&cover, 4, &budget).unwrap();
            let b = maximal_cover(&turned, 4, &budget).unwrap();
            let told = |answer: &Answer| {
                let place = |place: &Place| (place.candidate, place.adds, place.next_best);
                (
                    answer.chosen.iter().map(place).collect::<Vec<_>>(),
                    answer.bound,
                    answer.steps,
                )
            };
            assert_eq!(told(&a), told(&b));
            assert_eq!(a, maximal_cover(&cover, 4, &budget).unwrap());
        }
    }
}

#[test]
fn nothing_to_do_is_an_answer_too() {
    let thorough = Budget::THOROUGH;
    let empty = Cover::new(vec![], vec![vec![], vec![]], vec![]).unwrap();
    let answer = maximal_cover(&empty, 2, &thorough).unwrap();
    assert!(answer.proven && answer.objective == 0 && answer.chosen.len() == 2);
    assert_eq!(
        set_cover(&empty, Target::Everyone, &thorough)
            .unwrap()
            .objective,
        0
    );

    let held = Cover::new(vec![5, 6], vec![vec![0], vec![1]], vec![vec![0, 1]]).unwrap();
    let answer = maximal_cover(&held, 1, &thorough).unwrap();
    assert!(answer.proven && answer.objective == 0 && answer.gap == 0.0);
    assert_eq!(
        set_cover(&held, Target::Share(1.0), &thorough)
            .unwrap()
            .objective,
        0
    );

    let some = Cover::new(vec![5, 6], vec![vec![0], vec![1]], vec![]).unwrap();
    let answer = maximal_cover(&some, 0, &thorough).unwrap();
    assert!(answer.proven && answer.objective == 0 && answer.chosen.is_empty());
    let none = Cover::new(vec![], vec![], vec![]).unwrap();
    assert!(maximal_cover(&none, 0, &thorough).unwrap().proven);
}

#[test]
fn a_mistake_names_its_row() {
    let mistake = |weights: &[u32], rows: &[&[u32]]| {
        let rows = rows.iter().map(|row| row.to_vec()).collect();
        Cover::new(weights.to_vec(), rows, vec![])
            .unwrap_err()
            .to_string()
    };
    assert!(mistake(&[1], &[&[0], &[1]]).starts_with("candidate 1 names demand 1"));
    assert!(mistake(&[1, 1], &[&[1, 0, 1]]).starts_with("candidate 0 names demand 1 twice"));
    assert!(mistake(&[1, u32::MAX], &[]).starts_with("with demand 1"));
    let cover = Cover::new(vec![1], vec![vec![0]], vec![]).unwrap();
    let answer = maximal_cover(&cover, 2, &Budget::QUICK);
    assert_eq!(
        answer,
        Err(SitingError::TooManyPlaces { asked: 2, there: 1 })
    );
    for share in [-0.1, 1.1, f64::NAN] {
        let answer = set_cover(&cover, Target::Share(share), &Budget::QUICK);
        assert!(matches!(answer, Err(SitingError::BadShare { .. })));
    }
}

#[test]
fn a_caller_may_stop_it() {
    let plan = generate::Plan {
        demands: 600,
        candidates: 80,
        clusters: 6,
        radius: 9.0,
        seed: 1,
    };
    let cover = generate::instance(&plan).cover().unwrap();
    let answer = maximal_cover(&cover, 8, &Budget::THOROUGH.stopped_by(&|| true)).unwrap();
    assert!(answer.steps <= 2 && answer.objective > 0 && answer.objective <= answer.bound);
}
