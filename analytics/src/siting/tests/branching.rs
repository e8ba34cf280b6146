//! Cases that the relaxation alone does not settle: the search must branch, and still agree with
//! every choice tried.

use super::plain::choices;
use crate::siting::{generate::Random, *};

/// Each candidate covers few of many demands with like weights, so fractional choices do well.
fn knotty_cover(random: &mut Random, candidates: usize) -> Cover {
    let weights = (0..64).map(|_| 8 + random.below(3) as u32).collect();
    let row = |_| (0..64).filter(|_| random.fraction() < 0.2).collect();
    Cover::new(weights, (0..candidates).map(row).collect(), vec![]).unwrap()
}

#[test]
fn branching_agrees_with_every_choice_tried() {
    let mut random = Random(11);
    let mut nodes = 0;
    for case in 0..25 {
        let cover = knotty_cover(&mut random, 16);
        let mask = |row: &Vec<u32>| row.iter().fold(0u64, |mask, at| mask | 1 << at);
        let masks: Vec<u64> = cover.candidates().iter().map(mask).collect();
        let people = |chosen: &Vec<u32>| -> u64 {
            let held = chosen.iter().fold(0, |held, &at| held | masks[at as usize]);
            let all = cover.weights().iter().enumerate();
            all.filter(|(at, _)| held >> at & 1 == 1)
                .map(|(_, &w)| u64::from(w))
                .sum()
        };
        let p = 4 + case % 3;
        let all = choices(16, p);
        let best = all.iter().map(people).max().unwrap();
        let answer = maximal_cover(&cover, p, &Budget::THOROUGH).unwrap();
        assert!(answer.proven);
        assert_eq!(answer.objective, best, "case {case}");
        nodes += answer.nodes;
        for steps in [20, 60, 200] {
            let quick = maximal_cover(&cover, p, &Budget::steps(steps)).unwrap();
            assert!(quick.objective <= best && best <= quick.bound);
            assert!(quick.steps <= steps);
        }
        // Fewest places for what p can do: p, and not p - 1 where that cannot.
        let share = best as f64 / cover.people() as f64;
        let fewer = choices(16, p - 1).iter().map(people).max().unwrap();
        assert!(fewer < best);
        let fewest = set_cover(&cover, Target::Share(share), &Budget::THOROUGH).unwrap();
        assert!(fewest.proven);
        assert_eq!(fewest.objective as usize, p);
    }
    assert!(
        nodes > 100,
        "only {nodes} nodes: these cases do not test the search"
    );
}

/// A whole covering through serialisation, twice: nothing depends on addresses or hashing.
#[test]
fn the_same_question_has_the_same_bytes() {
    let plan = generate::Plan {
        demands: 800,
        candidates: 90,
        clusters: 7,
        radius: 8.0,
        seed: 5,
    };
    let instance = generate::instance(&plan);
    let told = || {
        let cover = instance.cover().unwrap();
        let costs = instance.costs(15.0).unwrap();
        let budget = Budget::steps(3_000);
        let covering = maximal_cover(&cover, 9, &budget).unwrap();
        let median = p_median(&costs, 9, &budget).unwrap();
        assert!(covering.objective <= covering.bound && median.bound <= median.objective);
        format!("{covering:?} {median:?}")
    };
    assert_eq!(told(), told());
}
