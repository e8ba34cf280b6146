//! People who reach a point by bus in time, by unit and for the city.

use geodata::Pack;
use serde::Serialize;

use super::reach::{PERCENTILES, ReachByBus};

/// The people of a place, and those who arrive under the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PeopleByBus {
    /// All of them.
    pub population: u64,
    /// Those under the limit at each of [`PERCENTILES`] of the departures.
    pub under: [u64; PERCENTILES.len()],
    /// Those under it at the median who take a bus for it.
    pub riding: u64,
}

impl PeopleByBus {
    fn add(&mut self, people: u32, reach: &ReachByBus, limit_s: u32) {
        let people = u64::from(people);
        let is_under = |at: usize| reach.seconds[at].is_some_and(|s| s < limit_s);
        self.population += people;
        for (at, sum) in self.under.iter_mut().enumerate() {
            if is_under(at) {
                *sum += people;
            }
        }
        if is_under(MEDIAN) && reach.buses.is_some_and(|buses| buses > 0) {
            self.riding += people;
        }
    }
}

/// Where the median stands among [`PERCENTILES`].
const MEDIAN: usize = 1;

/// People by unit, in the pack's order, and of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BusSummary {
    /// All people.
    pub city: PeopleByBus,
    /// Each unit's.
    pub units: Vec<PeopleByBus>,
}

/// Adds up an answer whose origins were the pack's cells.
pub fn bus_summary(pack: &Pack, reach: &[ReachByBus], limit_s: u32) -> BusSummary {
    let mut city = PeopleByBus::default();
    let mut units = vec![PeopleByBus::default(); pack.units.len()];
    for (cell, reach) in pack.cells.iter().zip(reach) {
        city.add(cell.population, reach, limit_s);
        units[cell.unit.at()].add(cell.population, reach, limit_s);
    }
    BusSummary { city, units }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(seconds: [Option<u32>; 3], buses: u8) -> ReachByBus {
        ReachByBus {
            seconds,
            departures_under: 0,
            departures: 60,
            buses: Some(buses),
            under: None,
            by_bus: None,
        }
    }

    #[test]
    fn a_limit_is_strict_and_who_walks_does_not_ride() {
        let mut people = PeopleByBus::default();
        people.add(10, &reach([Some(1799), Some(1799), Some(1800)], 1), 1800);
        people.add(5, &reach([Some(60), Some(60), Some(60)], 0), 1800);
        people.add(3, &reach([Some(1700), Some(1900), None], 2), 1800);
        let expected = PeopleByBus {
            population: 18,
            under: [18, 15, 5],
            riding: 10,
        };
        assert_eq!(people, expected);
    }

    #[test]
    fn units_add_up_to_the_city() {
        let pack = Pack::hanoi().unwrap();
        let one = |at: usize| reach([Some(at as u32 % 4000), Some(1000), None], (at % 3) as u8);
        let reaches: Vec<_> = (0..pack.cells.len()).map(one).collect();
        let summary = bus_summary(pack, &reaches, 1800);
        let sum = |of: fn(&PeopleByBus) -> u64| summary.units.iter().map(of).sum::<u64>();
        assert_eq!(sum(|p| p.population), pack.population());
        assert_eq!(sum(|p| p.under[0]), summary.city.under[0]);
        assert_eq!(sum(|p| p.riding), summary.city.riding);
        assert_eq!(summary.city.under[1], pack.population());
        assert_eq!(summary.city.under[2], 0);
    }
}
