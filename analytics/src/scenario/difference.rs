//! What differs between two computations of coverage by one rule.

use geodata::{UnitCode, UnitIndex};
use serde::Serialize;

use crate::coverage::{CellReach, CityShare, Coverage, PointRef, Rule, summary};

/// A unit that more or fewer people of are covered, or whose share is otherwise the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitDifference {
    /// Its code.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// All its people.
    pub population: u64,
    /// The share covered before, 0 to 1.
    pub before: f64,
    /// And after.
    pub after: f64,
    /// People who are covered after and were not before.
    pub gained: u64,
    /// People who were covered before and are not after.
    pub lost: u64,
}

/// What differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The city before.
    pub before: CityShare,
    /// The city after.
    pub after: CityShare,
    /// People who are covered after and were not before.
    pub gained: u64,
    /// People who were covered before and are not after.
    pub lost: u64,
    /// Units with people gained or lost, by code.
    pub units: Vec<UnitDifference>,
    /// Positions of the cells of which anything differs: minutes, kilometres, nearest point, covered or not.
    pub cells: Vec<usize>,
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The points that counted.
    pub points: &'a [PointRef<'a>],
    /// Every cell, in the pack's order.
    pub reaches: &'a [CellReach],
}

/// Compares two computations on one pack, by one mode and rule.
pub fn difference(
    coverage: &Coverage<'_>,
    rule: &Rule,
    before: Side<'_>,
    after: Side<'_>,
) -> Difference {
    let shares = [before, after].map(|side| summary(coverage, side.reaches, rule));
    let mut moved = vec![(0u64, 0u64); coverage.pack().units.len()];
    let mut cells = Vec::new();
    for (at, (was, is)) in before.reaches.iter().zip(after.reaches).enumerate() {
        if differs(was, before.points, is, after.points) {
            cells.push(at);
        }
        let UnitIndex(unit) = was.unit;
        let (gained, lost) = &mut moved[unit as usize];
        match (was.covered, is.covered) {
            (false, true) => *gained += u64::from(is.population),
            (true, false) => *lost += u64::from(is.population),
            _ => {}
        }
    }
    let [before, after] = shares;
    let units = before.units.iter().zip(&after.units).zip(&moved);
    let units = units.filter(|(_, (gained, lost))| gained + lost > 0);
    let units = units.map(|((was, is), (gained, lost))| UnitDifference {
        unit: was.unit.clone(),
        name: was.name.clone(),
        population: was.population,
        before: was.share,
        after: is.share,
        gained: *gained,
        lost: *lost,
    });
    Difference {
        units: units.collect(),
        gained: moved.iter().map(|(gained, _)| gained).sum(),
        lost: moved.iter().map(|(_, lost)| lost).sum(),
        before: before.city,
        after: after.city,
        cells,
    }
}

fn differs(
    was: &CellReach,
    points_before: &[PointRef<'_>],
    is: &CellReach,
    points_after: &[PointRef<'_>],
) -> bool {
    let id = |at: Option<u32>, points: &[PointRef<'_>]| {
        at.and_then(|at| points.get(at as usize).map(|p| p.id.to_owned()))
    };
    was.covered != is.covered
        || was.minutes.to_bits() != is.minutes.to_bits()
        || was.km.to_bits() != is.km.to_bits()
        || id(was.nearest_by_time, points_before) != id(is.nearest_by_time, points_after)
        || id(was.nearest_by_distance, points_before) != id(is.nearest_by_distance, points_after)
}
