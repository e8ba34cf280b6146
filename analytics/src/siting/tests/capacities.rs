//! Capacitated covering against every choice tried, each with its own computation of the most that
//! can be served: the least cut over all sets of places (Ford and Fulkerson 1956).

use super::plain::{choices, small_cover};
use crate::siting::{generate::Random, *};

/// The most people that the places (rows with capacities) can serve: the least, over every subset
/// of them, of the subset's capacity and the people whom only the others or nobody misses.
fn most_served(weights: &[u32], places: &[(&Vec<u32>, u32)]) -> u64 {
    let cut = |mask: u32| -> u64 {
        // Places in the mask are cut off at their capacity; people of the rest at their number.
        let (mut total, mut reached) = (0, vec![false; weights.len()]);
        for (at, (row, capacity)) in places.iter().enumerate() {
            if mask >> at & 1 == 1 {
                total += u64::from(*capacity);
            } else {
                row.iter()
                    .for_each(|&demand| reached[demand as usize] = true);
            }
        }
        let people = weights.iter().zip(reached).filter(|(_, reached)| *reached);
        total + people.map(|(&people, _)| u64::from(people)).sum::<u64>()
    };
    (0..1 << places.len()).map(cut).min().unwrap()
}

#[test]
fn capacitated_cover_agrees_with_every_choice_tried() {
    let mut random = Random(9);
    for case in 0..120 {
        let count = 1 + random.below(7);
        let cover = small_cover(&mut random, count);
        let mut sizes = |count: usize| (0..count).map(|_| random.below(40) as u32).collect();
        let capacities = Capacities {
            candidates: sizes(count),
            kept: sizes(2),
        };
        let p = random.below(count + 1);
        let served = |chosen: &[u32]| {
            let at = |&at: &u32| {
                (
                    &cover.candidates()[at as usize],
                    capacities.candidates[at as usize],
                )
            };
            let kept = cover.kept().iter().zip(capacities.kept.iter().copied());
            let places: Vec<_> = chosen.iter().map(at).chain(kept).collect();
            most_served(cover.weights(), &places)
        };
        let best = choices(count, p)
            .iter()
            .map(|chosen| served(chosen))
            .max()
            .unwrap();
        let told = capacitated_cover(&cover, &capacities, p, &Budget::THOROUGH).unwrap();
        assert!(told.answer.proven, "case {case}");
        assert_eq!(told.kept_served, served(&[]));
        assert_eq!(
            told.kept_served + told.answer.objective,
            best,
            "case {case}"
        );
        let chosen: Vec<u32> = told
            .answer
            .chosen
            .iter()
            .map(|place| place.candidate)
            .collect();
        assert_eq!(served(&chosen), best);
        for place in &told.answer.chosen {
            let others: Vec<u32> = chosen
                .iter()
                .copied()
                .filter(|&at| at != place.candidate)
                .collect();
            let instead = (0..count as u32)
                .filter(|at| !chosen.contains(at))
                .map(|at| {
                    let with: Vec<u32> = others.iter().copied().chain([at]).collect();
                    (served(&with) - told.kept_served, std::cmp::Reverse(at))
                });
            let next = place
                .next_best
                .map(|next| (next.objective, std::cmp::Reverse(next.candidate)));
            assert_eq!(next, instead.max(), "case {case}");
        }
        // The assignment is one: within the covers, the capacities and the people.
        let mut people = vec![0; cover.weights().len()];
        for service in &told.services {
            let rows = if service.is_kept {
                cover.kept()
            } else {
                cover.candidates()
            };
            assert!(service.people <= u64::from(service.capacity));
            for &(demand, part) in &service.demands {
                assert!(rows[service.place as usize].contains(&demand));
                people[demand as usize] += part;
            }
        }
        assert!(
            people
                .iter()
                .zip(cover.weights())
                .all(|(&part, &all)| part <= u64::from(all))
        );
        assert_eq!(people.iter().sum::<u64>(), best);
        let quick = capacitated_cover(&cover, &capacities, p, &Budget::steps(2)).unwrap();
        let quick = (
            quick.answer.objective + told.kept_served,
            quick.answer.bound + told.kept_served,
        );
        assert!(quick.0 <= best && best <= quick.1);
    }
}

#[test]
fn room_for_everyone_is_plain_covering() {
    let mut random = Random(10);
    for _ in 0..40 {
        let cover = small_cover(&mut random, 9);
        let capacities = Capacities {
            candidates: vec![1000; 9],
            kept: vec![1000; 2],
        };
        let served = capacitated_cover(&cover, &capacities, 3, &Budget::THOROUGH).unwrap();
        let covered = maximal_cover(&cover, 3, &Budget::THOROUGH).unwrap();
        assert_eq!(served.answer.objective, covered.objective);
        let few = Capacities {
            candidates: vec![1; 8],
            kept: vec![1; 2],
        };
        let wrong = capacitated_cover(&cover, &few, 3, &Budget::QUICK);
        assert!(matches!(wrong, Err(SitingError::WrongLength { .. })));
    }
}
