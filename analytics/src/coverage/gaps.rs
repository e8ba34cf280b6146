//! Gaps: uncovered cells joined into places where people live too far away.
//!
//! Uncovered cells with people that touch (H3 neighbours) are one gap, across units or only
//! within one ([`Join`]); empty cells neither count nor join. Gaps are ranked by people, equal
//! ones by their first cell.

use super::{CellReach, Rule};
use geodata::{CellIndex, LonLat, Unit, UnitIndex};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A named place farther than this from a gap's centre does not name it, kilometres.
pub const NAMED_WITHIN_KM: f64 = 3.0;
/// A gap's centre nearer than this to a unit's seat has no bearing from it, kilometres.
const AT_SEAT_KM: f64 = 1.0;

/// Which touching cells are one gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// All.
    #[default]
    AcrossUnits,
    /// Those of one unit.
    WithinUnit,
}

/// A place with a name that people know.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPlace {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: LonLat,
}

/// A side of the compass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Bearing {
    North,
    NorthEast,
    East,
    SouthEast,
    South,
    SouthWest,
    West,
    NorthWest,
}

/// What a gap is called; its words are the caller's.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapName {
    /// A named place within [`NAMED_WITHIN_KM`].
    Place(String),
    /// Its unit, and on which side of the unit's seat it lies; `None` at the seat.
    Unit(String, Option<Bearing>),
}

/// A gap.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What it is called.
    pub name: GapName,
    /// Its cells, ascending.
    pub cells: Vec<CellIndex>,
    /// Its people.
    pub people: u64,
    /// Its units with their people in it, most first.
    pub units: Vec<(UnitIndex, u64)>,
    /// The cell nearest to the middle of its people.
    pub centre: CellIndex,
    /// The longest way of its cells, minutes.
    pub worst_minutes: f64,
    /// How far that is over the rule, minutes; 0 when it is not.
    pub excess_minutes: f64,
    /// How far its farthest cell is over the rule, kilometres; 0 when it is not.
    pub excess_km: f64,
    /// The nearest point by time from its centre, as in the reaches given.
    pub nearest: Option<u32>,
    /// Whether any of its cells has approximate minutes.
    pub approximate: bool,
}

/// The gaps of a computation, most people first.
pub fn gaps(
    reaches: &[CellReach],
    units: &[Unit],
    named: &[NamedPlace],
    rule: &Rule,
    join: Join,
) -> Vec<Gap> {
    let mut left: HashMap<CellIndex, usize> = reaches
        .iter()
        .enumerate()
        .filter(|(_, reach)| !reach.covered && reach.population > 0)
        .map(|(at, reach)| (reach.cell, at))
        .collect();
    let mut starts: Vec<usize> = left.values().copied().collect();
    starts.sort_unstable_by_key(|at| reaches[*at].cell);
    let mut gaps = Vec::new();
    for start in starts {
        if left.remove(&reaches[start].cell).is_none() {
            continue;
        }
        let mut members = vec![start];
        let mut next = 0;
        while let Some(&at) = members.get(next) {
            next += 1;
            let here = &reaches[at];
            for cell in here.cell.grid_disk::<Vec<_>>(1) {
                let Some(&other) = left.get(&cell) else {
                    continue;
                };
                let is_one = join == Join::AcrossUnits || reaches[other].unit == here.unit;
                if is_one {
                    left.remove(&cell);
                    members.push(other);
                }
            }
        }
        members.sort_unstable_by_key(|at| reaches[*at].cell);
        let cells: Vec<&CellReach> = members.iter().map(|at| &reaches[*at]).collect();
        gaps.extend(describe(&cells, units, named, rule));
    }
    gaps.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.cells.cmp(&b.cells)));
    gaps
}

fn describe(
    cells: &[&CellReach],
    units: &[Unit],
    named: &[NamedPlace],
    rule: &Rule,
) -> Option<Gap> {
    let people = |reach: &CellReach| u64::from(reach.population);
    let mut by_unit: BTreeMap<UnitIndex, u64> = BTreeMap::new();
    for reach in cells {
        *by_unit.entry(reach.unit).or_default() += people(reach);
    }
    let mut by_people: Vec<(UnitIndex, u64)> = by_unit.into_iter().collect();
    by_people.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let centre = centre(cells)?;
    let most =
        |figure: fn(&CellReach) -> f64| cells.iter().map(|reach| figure(reach)).fold(0.0, f64::max);
    let worst_minutes = most(|reach| reach.minutes);
    let place = geodata::cells::cell_centre(centre.cell);
    Some(Gap {
        name: name(place, units.get(by_people.first()?.0.at()), named),
        cells: cells.iter().map(|reach| reach.cell).collect(),
        people: cells.iter().map(|reach| people(reach)).sum(),
        units: by_people,
        centre: centre.cell,
        worst_minutes,
        excess_minutes: (worst_minutes - rule.minutes).max(0.0),
        excess_km: (most(|reach| reach.km) - rule.km).max(0.0),
        nearest: centre.nearest_by_time,
        approximate: cells.iter().any(|reach| reach.approximate),
    })
}

/// The cell nearest to the middle of the people, in space.
fn centre<'a>(cells: &[&'a CellReach]) -> Option<&'a CellReach> {
    let direction = |reach: &CellReach| geodata::cells::cell_centre(reach.cell).direction();
    let mut middle = [0.0; 3];
    for reach in cells {
        let at = direction(reach).0;
        for axis in 0..3 {
            middle[axis] += at[axis] * f64::from(reach.population);
        }
    }
    let middle = geodata::place::Direction(middle).place().direction();
    let away = |reach: &CellReach| direction(reach).chord2(middle);
    let nearest = cells.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
    nearest.copied()
}

fn name(place: LonLat, unit: Option<&Unit>, named: &[NamedPlace]) -> GapName {
    let away = |named: &&NamedPlace| named.place.distance_km(place);
    let near = named.iter().filter(|named| away(named) <= NAMED_WITHIN_KM);
    let nearest = near.min_by(|a, b| {
        away(a)
            .total_cmp(&away(b))
            .then_with(|| a.name.cmp(&b.name))
    });
    match (nearest, unit) {
        (Some(named), _) => GapName::Place(named.name.clone()),
        (None, Some(unit)) => GapName::Unit(unit.name.clone(), bearing(unit.seat, place)),
        (None, None) => GapName::Unit(String::new(), None),
    }
}

/// The side on which a place lies, by the first course of the great circle to it.
fn bearing(from: LonLat, to: LonLat) -> Option<Bearing> {
    const SIDES: [Bearing; 8] = [
        Bearing::North,
        Bearing::NorthEast,
        Bearing::East,
        Bearing::SouthEast,
        Bearing::South,
        Bearing::SouthWest,
        Bearing::West,
        Bearing::NorthWest,
    ];
    if from.distance_km(to) < AT_SEAT_KM {
        return None;
    }
    let (lat_a, lat_b) = (from.lat.to_radians(), to.lat.to_radians());
    let east = (to.lon - from.lon).to_radians();
    let y = east.sin() * lat_b.cos();
    let x = lat_a.cos() * lat_b.sin() - lat_a.sin() * lat_b.cos() * east.cos();
    let side = (y.atan2(x).to_degrees() / 45.0).round() as i32;
    SIDES.get(side.rem_euclid(8) as usize).copied()
}
