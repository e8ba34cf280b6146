//! Proposals against every possible allocation, and what must never be proposed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::names::Name;
use crate::relief::{EndedBy, Expected, Neighbour, Neighbours, Outlook, Relief, Settings, reliefs};

fn expected(wait_min: f64, raise_s: f64, arrivals: f64) -> Expected {
    Expected {
        wait_s: Some(wait_min * 60.0),
        high_s: Some(wait_min * 120.0),
        open_counters: Some(2),
        transaction_s: Some(raise_s * 2.0),
        arrivals_per_hour: Some(arrivals),
        is_open: true,
        ..Expected::default()
    }
}

fn ways(lists: &[(&str, &[(&str, f64)])]) -> Neighbours {
    let neighbour = |(site, minutes): &(&str, f64)| Neighbour {
        site: (*site).into(),
        minutes: *minutes,
        km: minutes / 4.0,
        approximate: false,
    };
    let list =
        |(from, to): &(&str, &[(&str, f64)])| ((*from).into(), to.iter().map(neighbour).collect());
    lists.iter().map(list).collect()
}

type City = BTreeMap<Name, Expected>;

fn city(sites: &[(&str, Expected)]) -> City {
    let entry = |(site, e): &(&str, Expected)| (Name::from(*site), e.clone());
    sites.iter().map(entry).collect()
}

fn proposals(city: &City, neighbours: &Neighbours) -> Vec<Relief> {
    reliefs(city.keys(), neighbours, city, &Settings::default())
}

#[test]
fn a_worked_example() {
    // Here 40 min, one more person is 60 s. There 5 min and 10 min of travel, one more 30 s, of whom 20 an hour come
    // anyway: they keep the counters busy for 1/6, so the k-th one sent costs them 30 · 20/3600 · (300 + 30 k) / (5/6)
    // = 60 + 6 k seconds. The first saves 40 − 15 = 25 min = 1500 s, the n-th 1500 − 90 · (n − 1); with what that one
    // costs taken off 1530 − 96 n, which is at least 300 up to the 12th.
    let city = city(&[
        ("A", expected(40.0, 60.0, 50.0)),
        ("B", expected(5.0, 30.0, 20.0)),
    ]);
    let found = proposals(&city, &ways(&[("A", &[("B", 10.0)])]));
    assert_eq!(found.len(), 1);
    let relief = &found[0];
    assert_eq!((&*relief.from, &*relief.to), ("A", "B"));
    assert_eq!(relief.people_per_hour, 12);
    assert!((relief.first_saves_s - 1500.0).abs() < 1e-9);
    assert!((relief.saves_s - (1500.0 - 90.0 * 5.5)).abs() < 1e-9);
    let cost_s = 12.0 * 60.0 + 6.0 * 78.0;
    assert!((relief.total_minutes_saved * 60.0 - (12.0 * 1005.0 - cost_s)).abs() < 1e-6);
    assert!((relief.why.cost_there_min * 60.0 - cost_s).abs() < 1e-9);
    assert!((relief.why.wait_there_after_s - (300.0 + 360.0)).abs() < 1e-9);
    assert_eq!(relief.why.ended_by, EndedBy::Gain);
}

#[test]
fn the_ceiling_and_the_newcomers_end_it_too() {
    let neighbours = ways(&[("A", &[("B", 1.0)])]);
    let there = expected(13.0, 60.0, 0.0);
    let full = city(&[("A", expected(120.0, 10.0, 50.0)), ("B", there.clone())]);
    let found = proposals(&full, &neighbours);
    assert_eq!(
        found[0].people_per_hour, 2,
        "15 minutes may be reached, not passed"
    );
    assert_eq!(found[0].why.ended_by, EndedBy::Ceiling);
    let few = city(&[("A", expected(120.0, 10.0, 1.9)), ("B", there)]);
    let found = proposals(&few, &neighbours);
    assert_eq!(
        (found[0].people_per_hour, found[0].why.ended_by),
        (1, EndedBy::Arrivals)
    );
}

#[test]
fn what_is_not_known_or_not_fit_is_never_proposed() {
    let neighbours = ways(&[("A", &[("B", 5.0)])]);
    let good = expected(2.0, 20.0, 5.0);
    let asked = |here: Expected, there: Option<Expected>| {
        let mut city = city(&[("A", here)]);
        city.extend(there.map(|e| (Name::from("B"), e)));
        proposals(&city, &neighbours).len()
    };
    let here = || Expected {
        services: Some(BTreeSet::from(["land".into(), "copy".into()])),
        ..expected(40.0, 60.0, 50.0)
    };
    assert_eq!(asked(here(), Some(good.clone())), 1);
    assert_eq!(asked(here(), None), 0);
    let spoilt: [fn(&mut Expected); 9] = [
        |e| e.wait_s = None,
        |e| e.wait_s = Some(f64::NAN),
        |e| e.open_counters = None,
        |e| e.open_counters = Some(0),
        |e| e.transaction_s = None,
        |e| e.arrivals_per_hour = None,
        |e| e.is_open = false,
        |e| e.high_s = Some(5_000.0),
        |e| e.services = Some(BTreeSet::from(["copy".into()])),
    ];
    for (number, spoil) in spoilt.into_iter().enumerate() {
        let mut there = good.clone();
        spoil(&mut there);
        assert_eq!(asked(here(), Some(there)), 0, "there, {number}");
        // Nor is anybody sent from a point of which as much is unknown; its bad case and its services do not matter.
        let mut from_here = here();
        spoil(&mut from_here);
        assert_eq!(
            asked(from_here, Some(good.clone())),
            usize::from(number > 6),
            "here, {number}"
        );
    }
    // At the bound it is not over it.
    assert_eq!(asked(expected(15.0, 60.0, 50.0), Some(good.clone())), 0);
    let unknown_bound = Expected {
        high_s: None,
        ..good
    };
    assert_eq!(asked(here(), Some(unknown_bound)), 1);
}

#[test]
fn the_wait_is_that_at_the_time_of_arrival() {
    /// There a rush begins in twenty minutes.
    struct Rush;
    impl Outlook for Rush {
        fn expected(&self, site: &str, in_s: f64) -> Option<Expected> {
            let wait = match site {
                "A" => 40.0,
                _ if in_s > 1200.0 => 38.0,
                _ => 2.0,
            };
            Some(expected(wait, 30.0, 10.0))
        }
    }
    let sites = [Name::from("A")];
    let asked = |minutes| {
        let neighbours = ways(&[("A", &[("B", minutes)])]);
        reliefs(&sites, &neighbours, &Rush, &Settings::default()).len()
    };
    assert_eq!((asked(20.0), asked(20.1)), (1, 0));
}

#[test]
fn two_overloaded_points_share_a_neighbour() {
    let (here, there) = (expected(40.0, 60.0, 50.0), expected(5.0, 60.0, 0.0));
    let sites = [("A", here.clone()), ("B", here), ("C", there)];
    let both = ways(&[("A", &[("C", 5.0)]), ("B", &[("C", 5.0)])]);
    let alone = ways(&[("A", &[("C", 5.0)])]);
    let people = |found: &[Relief]| found.iter().map(|r| r.people_per_hour).sum::<u32>();
    let shared = proposals(&city(&sites), &both);
    assert_eq!(people(&shared), 10, "up to 15 minutes, whoever sends them");
    assert_eq!(people(&proposals(&city(&sites), &alone)), 10);
    assert_eq!(shared.len(), 2);
    assert!(
        shared
            .iter()
            .all(|r| r.people_per_hour == 5 && r.why.wait_there_after_s <= 900.0)
    );
}

// Everything below is drawn at random and checked against the reckoning written out a second time.

#[derive(Debug, Clone)]
struct Drawn {
    here: Expected,
    theres: Vec<(f64, Expected)>,
    settings: Settings,
}

impl Drawn {
    fn ids(&self) -> impl Iterator<Item = String> {
        (0..self.theres.len()).map(|at| format!("N{at}"))
    }

    fn city(&self) -> City {
        let theres = self.ids().zip(&self.theres);
        let theres = theres.map(|(id, (_, e))| (id.as_str().into(), e.clone()));
        std::iter::once((Name::from("A"), self.here.clone()))
            .chain(theres)
            .collect()
    }

    fn neighbours(&self) -> Neighbours {
        let list = self
            .ids()
            .zip(&self.theres)
            .map(|(id, (minutes, _))| Neighbour {
                site: id.as_str().into(),
                minutes: *minutes,
                km: 1.0,
                approximate: false,
            });
        std::iter::once((Name::from("A"), list.collect())).collect()
    }

    fn proposals(&self) -> Vec<Relief> {
        reliefs(
            self.city().keys(),
            &self.neighbours(),
            &self.city(),
            &self.settings,
        )
    }

    fn sent(&self, proposals: &[Relief]) -> Vec<u32> {
        let to = |id: String| {
            let to = proposals.iter().find(|r| *r.to == *id);
            to.map_or(0, |r| r.people_per_hour)
        };
        self.ids().map(to).collect()
    }

    /// Seconds that everybody together is better off by, those who are sent and the neighbours' own newcomers, when so
    /// many are sent to each; `None` when that is not allowed.
    fn better_by_s(&self, sent: &[u32]) -> Option<f64> {
        let raise = |e: &Expected| Some(e.transaction_s? / e.open_counters? as f64);
        let total: u32 = sent.iter().sum();
        if total == 0 {
            return Some(0.0);
        }
        if f64::from(total) > self.here.arrivals_per_hour? || !self.here.is_open {
            return None;
        }
        let wait_here = self.here.wait_s?;
        let mut sum = 0.0;
        for n in 0..total {
            sum += wait_here - f64::from(n) * raise(&self.here)?;
        }
        for (people, (minutes, there)) in sent.iter().zip(&self.theres) {
            if *people == 0 {
                continue;
            }
            let (travel, raise) = (minutes * 60.0, raise(there)?);
            let is_worse_at_worst = travel + there.high_s? > self.here.high_s?;
            if !there.is_open || is_worse_at_worst {
                return None;
            }
            if there.wait_s? + f64::from(*people) * raise > self.settings.ceiling_s {
                return None;
            }
            for k in 0..*people {
                sum -= travel + there.wait_s? + f64::from(k) * raise;
            }
            // What it costs those who come there anyway: while the queue lasts, at most for half of the hour.
            let per_s = there.arrivals_per_hour? / 3600.0;
            for k in 1..=*people {
                let queue = there.wait_s? + f64::from(k) * raise;
                let busy = per_s * raise;
                let lasts = if busy < 1.0 {
                    queue / (1.0 - busy)
                } else {
                    f64::INFINITY
                };
                sum -= raise * per_s * lasts.min(1800.0);
            }
        }
        Some(sum)
    }

    /// The most that any allocation brings over the margin of each.
    fn best_over_margin(&self, sent: &mut Vec<u32>, most: u32) -> f64 {
        if sent.len() == self.theres.len() {
            let people = f64::from(sent.iter().sum::<u32>());
            let better = self.better_by_s(sent).unwrap_or(f64::NEG_INFINITY);
            return better - people * self.settings.margin_s;
        }
        let mut best = f64::NEG_INFINITY;
        for people in 0..=most {
            sent.push(people);
            best = best.max(self.best_over_margin(sent, most - people));
            sent.pop();
        }
        best
    }
}

fn drawn_expected(wait_min: std::ops::Range<f64>) -> impl Strategy<Value = Expected> {
    let odd = prop::sample::select(vec![0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
    (
        wait_min,
        1.0..3.0f64,
        1u64..6,
        60.0..900.0f64,
        0.0..30.0f64,
        odd,
    )
        .prop_map(
            |(wait, spread, counters, transaction, arrivals, odd)| Expected {
                wait_s: (odd != 1).then_some(wait * 60.0),
                high_s: Some(wait * 60.0 * spread),
                open_counters: (odd != 2).then_some(counters),
                transaction_s: (odd != 3).then_some(transaction),
                arrivals_per_hour: (odd != 4).then_some(arrivals),
                is_open: odd != 5,
                ..Expected::default()
            },
        )
}

fn drawn(neighbours: std::ops::Range<usize>, most: f64) -> impl Strategy<Value = Drawn> {
    let there = (0.0..40.0f64, drawn_expected(0.0..16.0));
    let theres = prop::collection::vec(there, neighbours);
    let settings = (0.0..600.0f64, 600.0..1500.0f64).prop_map(|(margin_s, ceiling_s)| Settings {
        ceiling_s,
        margin_s,
        ..Settings::default()
    });
    let here = (drawn_expected(10.0..120.0), 0.0..most).prop_map(|(mut here, arrivals)| {
        here.arrivals_per_hour = here.arrivals_per_hour.map(|_| arrivals);
        here
    });
    (here, theres, settings).prop_map(|(here, theres, settings)| Drawn {
        here,
        theres,
        settings,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// No allocation is better than the one proposed.
    #[test]
    fn no_allocation_is_better(drawn in drawn(1..4, 11.0)) {
        let found = drawn.proposals();
        let sent = drawn.sent(&found);
        let better = drawn.better_by_s(&sent);
        prop_assert!(better.is_some(), "an allocation that is not allowed: {sent:?}");
        let people = f64::from(sent.iter().sum::<u32>());
        let over_margin = better.unwrap() - people * drawn.settings.margin_s;
        let overloaded = drawn.here.wait_s.is_some_and(|w| w > drawn.settings.overloaded_over_s);
        if overloaded {
            let best = drawn.best_over_margin(&mut Vec::new(), 11);
            prop_assert!((best - over_margin).abs() < 1e-6, "{over_margin} where {best} is possible");
        } else {
            prop_assert!(found.is_empty());
        }
        let told: f64 = found.iter().map(|r| r.total_minutes_saved * 60.0).sum();
        prop_assert!((told - better.unwrap()).abs() < 1e-6);
    }

    /// Everybody together is better off, and each who goes by at least the margin.
    #[test]
    fn nobody_is_worse_off_in_sum(drawn in drawn(0..9, 200.0)) {
        let found = drawn.proposals();
        for r in &found {
            prop_assert!(r.people_per_hour > 0);
            prop_assert!(r.total_minutes_saved > 0.0 || drawn.settings.margin_s == 0.0);
            prop_assert!(r.total_minutes_saved * 60.0 >= f64::from(r.people_per_hour) * drawn.settings.margin_s - 1e-6);
            prop_assert!(r.first_saves_s + 1e-9 >= r.saves_s && r.saves_s >= drawn.settings.margin_s - 1e-9);
            prop_assert!(r.why.wait_there_after_s <= drawn.settings.ceiling_s);
        }
        prop_assert!(drawn.better_by_s(&drawn.sent(&found)).is_some_and(|s| s >= 0.0));
        prop_assert!(found.windows(2).all(|pair| pair[0].first_saves_s >= pair[1].first_saves_s));
    }

    /// A neighbour that lies farther away gets no more people, and nothing more is saved.
    #[test]
    fn farther_is_never_better(drawn in drawn(1..6, 60.0), which in any::<prop::sample::Index>(), by in 0.0..30.0f64) {
        let at = which.index(drawn.theres.len());
        let mut farther = drawn.clone();
        farther.theres[at].0 += by;
        let (before, after) = (drawn.proposals(), farther.proposals());
        prop_assert!(farther.sent(&after)[at] <= drawn.sent(&before)[at]);
        let saved = |found: &[Relief]| found.iter().map(|r| r.total_minutes_saved).sum::<f64>();
        prop_assert!(saved(&after) <= saved(&before) + 1e-6);
    }

    /// Several overloaded points and shared neighbours: nobody over the ceiling, the sum better, the same in any order.
    #[test]
    fn a_city_is_filled_together(
        heres in prop::collection::vec((drawn_expected(10.0..90.0), prop::collection::vec(1.0..30.0f64, 4)), 1..5),
        theres in prop::collection::vec(drawn_expected(0.0..16.0), 4),
    ) {
        let mut all = City::new();
        let mut lists = Vec::new();
        for (number, (here, minutes)) in heres.iter().enumerate() {
            let id = Name::from(&*format!("H{number}"));
            all.insert(id.clone(), here.clone());
            let list = minutes.iter().enumerate().map(|(at, minutes)| Neighbour {
                site: Name::from(&*format!("T{at}")), minutes: *minutes, km: 1.0, approximate: false,
            });
            lists.push((id, list.collect()));
        }
        for (number, there) in theres.iter().enumerate() {
            all.insert(Name::from(&*format!("T{number}")), there.clone());
        }
        let neighbours: Neighbours = lists.into_iter().collect();
        let found = proposals(&all, &neighbours);
        let backwards: Vec<&Name> = all.keys().rev().collect();
        prop_assert_eq!(&found, &reliefs(backwards, &neighbours, &all, &Settings::default()));
        for (id, there) in all.iter().filter(|(id, _)| id.starts_with('T')) {
            let people: u32 = found.iter().filter(|r| r.to == *id).map(|r| r.people_per_hour).sum();
            if people > 0 {
                let raise = there.transaction_s.unwrap() / there.open_counters.unwrap() as f64;
                prop_assert!(there.is_open && there.wait_s.unwrap() + raise * f64::from(people) <= 900.0 + 1e-6);
            }
        }
        prop_assert!(found.iter().all(|r| r.total_minutes_saved > 0.0 && r.from.starts_with('H')));
        for (id, here) in all.iter().filter(|(id, _)| id.starts_with('H')) {
            let people: u32 = found.iter().filter(|r| r.from == *id).map(|r| r.people_per_hour).sum();
            prop_assert!(f64::from(people) <= here.arrivals_per_hour.unwrap_or(0.0));
        }
    }
}
