//! Mobile routes against every week tried.

use super::plain::{choices, covered, small_cover};
use crate::siting::{generate::Random, *};

#[test]
fn mobile_routes_agree_with_every_week_tried() {
    let mut random = Random(5);
    for case in 0..60 {
        let count = 2 + random.below(4);
        let cover = small_cover(&mut random, count);
        let mut travel = vec![Vec::new(); count];
        for (from, row) in travel.iter_mut().enumerate() {
            for to in (0..count).filter(|&to| to != from) {
                if random.fraction() < 0.5 {
                    row.push((to as u32, 40.0 * random.fraction()));
                }
            }
        }
        let near = |a: u32, b: u32| {
            let way = |a: u32, b: u32| {
                travel[a as usize]
                    .iter()
                    .any(|&(to, minutes)| to == b && minutes <= 20.0)
            };
            a == b || way(a, b) || way(b, a)
        };
        let mut kinds = Vec::new();
        for a in 0..count as u32 {
            kinds.extend((a..count as u32).filter(|&b| near(a, b)).map(|b| (a, b)));
        }
        let fleet = Fleet {
            vehicles: 1 + case % 2,
            days: vec![3, 1],
            most_minutes: 20.0,
        };
        let slots = (fleet.vehicles * 2).min(kinds.len());
        let best = choices(kinds.len(), slots)
            .iter()
            .map(|days| {
                let of = |&at: &u32| [kinds[at as usize].0, kinds[at as usize].1];
                covered(&cover, &days.iter().flat_map(of).collect::<Vec<_>>())
            })
            .max()
            .unwrap();
        let week = mobile_routes(&cover, &travel, &fleet, &Budget::THOROUGH).unwrap();
        assert!(week.answer.proven);
        assert_eq!(week.answer.objective, best, "case {case}");
        assert_eq!(week.timetables.len(), fleet.vehicles);
        let mut visited = Vec::new();
        for timetable in &week.timetables {
            assert!(timetable.windows(2).all(|pair| pair[0].day < pair[1].day));
            for day in timetable {
                assert!(fleet.days.contains(&day.day));
                assert!(near(day.morning, day.afternoon));
                visited.extend([day.morning, day.afternoon]);
            }
        }
        assert_eq!(covered(&cover, &visited), best);
        let quick = mobile_routes(&cover, &travel, &fleet, &Budget::steps(2)).unwrap();
        assert!(quick.answer.objective <= best && best <= quick.answer.bound);
    }
}

#[test]
fn a_week_that_cannot_be_is_refused() {
    let cover = Cover::new(vec![1], vec![vec![0]], vec![]).unwrap();
    let ask = |days: &[u8], travel: &[Vec<(u32, f64)>], most_minutes| {
        let fleet = Fleet {
            vehicles: 1,
            days: days.to_vec(),
            most_minutes,
        };
        mobile_routes(&cover, travel, &fleet, &Budget::QUICK)
    };
    assert!(ask(&[0, 4], &[vec![]], 20.0).is_ok());
    for days in [&[][..], &[7], &[1, 1]] {
        assert!(matches!(
            ask(days, &[vec![]], 20.0),
            Err(SitingError::BadWeek { .. })
        ));
    }
    assert!(matches!(
        ask(&[0], &[], 20.0),
        Err(SitingError::WrongLength { .. })
    ));
    assert!(matches!(
        ask(&[0], &[vec![]], -1.0),
        Err(SitingError::BadSetting { .. })
    ));
    let nan = ask(&[0], &[vec![(0, f64::NAN)]], 20.0);
    assert!(matches!(nan, Err(SitingError::BadMinutes { row: 0, .. })));
}
