//! People and shares, by unit and for the city.

use super::{CellReach, Coverage, Mode, Rule, RuleKind};
use geodata::{Pack, Unit, UnitCode};
use serde::Serialize;
use std::collections::BTreeMap;

/// The city's people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CityShare {
    /// All people.
    pub population: u64,
    /// Those in covered cells.
    pub covered: u64,
    /// Their share, 0 to 1.
    pub share: f64,
    /// People in cells farther than 1 km from the road network, whose minutes are approximate.
    pub far_population: u64,
}

/// A unit's people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitShare {
    /// Its code.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// All people: the legal population.
    pub population: u64,
    /// Those in covered cells.
    pub covered: u64,
    /// Their share, 0 to 1.
    pub share: f64,
    /// People in cells farther than 1 km from the road network.
    pub far_population: u64,
}

/// The people of several units together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AreaShare {
    /// The old district's name, or the kind of unit.
    pub area: String,
    /// Its units.
    pub units: usize,
    /// All people.
    pub population: u64,
    /// Those in covered cells.
    pub covered: u64,
    /// Their share, 0 to 1.
    pub share: f64,
    /// People in cells farther than 1 km from the road network.
    pub far_population: u64,
}

/// The summary of a computation, with the rule it answers to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The rule.
    pub rule: RuleKind,
    /// Its limit in minutes.
    pub minutes: f64,
    /// Its limit in kilometres.
    pub km: f64,
    /// The mode.
    pub mode: Mode,
    /// The city.
    pub city: CityShare,
    /// Every unit, by code.
    pub units: Vec<UnitShare>,
    /// The districts of before July 2025, by name, where the pack says of each unit which held most of it. A unit counts
    /// wholly there, so that these are not the districts' own figures of old.
    pub districts: Vec<AreaShare>,
    /// Town and country: the wards (*phường*) and the communes (*xã*).
    pub zones: Vec<AreaShare>,
}

#[derive(Clone, Copy, Default)]
struct People {
    all: u64,
    covered: u64,
    far: u64,
}

impl People {
    fn add(&mut self, reach: &CellReach) {
        let people = u64::from(reach.population);
        self.all += people;
        self.covered += if reach.covered { people } else { 0 };
        self.far += if reach.approximate { people } else { 0 };
    }

    fn share(self) -> f64 {
        if self.all == 0 {
            0.0
        } else {
            self.covered as f64 / self.all as f64
        }
    }
}

/// Adds up cells.
pub fn summary(coverage: &Coverage<'_>, reaches: &[CellReach], rule: &Rule) -> Summary {
    let pack: &Pack = coverage.pack();
    let mut city = People::default();
    let mut by_unit = vec![People::default(); pack.units.len()];
    for reach in reaches {
        city.add(reach);
        by_unit[reach.unit.at()].add(reach);
    }
    let districts = areas(pack, &by_unit, |unit| unit.old_district.as_deref());
    let zones = areas(pack, &by_unit, |unit| Some(unit.kind.as_str()));
    let units = pack
        .units
        .iter()
        .zip(by_unit)
        .map(|(unit, people)| UnitShare {
            unit: unit.code.clone(),
            name: unit.name.clone(),
            population: people.all,
            covered: people.covered,
            share: people.share(),
            far_population: people.far,
        })
        .collect();
    Summary {
        rule: rule.kind,
        minutes: rule.minutes,
        km: rule.km,
        mode: coverage.mode(),
        city: CityShare {
            population: city.all,
            covered: city.covered,
            share: city.share(),
            far_population: city.far,
        },
        units,
        districts,
        zones,
    }
}

/// Adds up units by the area that each is in, in order of name; units of none are in none.
fn areas<'p>(
    pack: &'p Pack,
    by_unit: &[People],
    area_of: impl Fn(&'p Unit) -> Option<&'p str>,
) -> Vec<AreaShare> {
    let mut areas: BTreeMap<&str, (usize, People)> = BTreeMap::new();
    for (unit, people) in pack.units.iter().zip(by_unit) {
        let Some(area) = area_of(unit) else { continue };
        let (units, sum) = areas.entry(area).or_default();
        *units += 1;
        sum.all += people.all;
        sum.covered += people.covered;
        sum.far += people.far;
    }
    areas
        .into_iter()
        .map(|(area, (units, people))| AreaShare {
            area: area.to_owned(),
            units,
            population: people.all,
            covered: people.covered,
            share: people.share(),
            far_population: people.far,
        })
        .collect()
}
