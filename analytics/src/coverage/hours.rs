//! Who is covered when: coverage by the points that are open at each quarter-hour of the week.
//!
//! The surroundings of each point are searched once; a cell is covered when a point that reaches
//! it is open, so its week is the union of the weeks of the points within its reach. Where the
//! rule wants time *and* distance, the two may come from two points, as in
//! [`super::Coverage::compute`]: the two unions are kept apart and then intersected. People are
//! added up once for each distinct set of open points, not for each quarter-hour.

use super::{
    Ground, Matrix, Rule, RuleKind, Within,
    week::{self, WeekSet},
};
use geodata::LonLat;
use std::collections::HashMap;

/// A point with its hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenPoint {
    /// Where it is.
    pub place: LonLat,
    /// When it is open.
    pub week: WeekSet,
}

/// Coverage over a week.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekCoverage {
    cells: Vec<WeekSet>,
    /// For each quarter-hour the number of its set of open points.
    pattern: Vec<u32>,
    /// For each set of open points its people.
    people: Vec<CoveredPeople>,
    population: u64,
    mean_hours: f64,
}

/// People covered at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoveredPeople {
    /// Of all units.
    pub covered: u64,
    /// Of each unit, in its order.
    pub units: Vec<u64>,
}

impl WeekCoverage {
    /// Searches around each point and joins their weeks.
    pub fn new(ground: &Ground, points: &[OpenPoint], rule: &Rule) -> Self {
        let cells = cell_weeks(ground, points, rule);
        let (pattern, first_quarter) = patterns(points);
        let people = first_quarter
            .iter()
            .map(|quarter| people_at(ground, &cells, *quarter))
            .collect();
        let population = ground.population();
        let person_hours: f64 = ground
            .starts
            .iter()
            .zip(&cells)
            .map(|(start, week)| f64::from(start.population) * week.hours())
            .sum();
        Self {
            cells,
            pattern,
            people,
            population,
            mean_hours: if population == 0 {
                0.0
            } else {
                person_hours / population as f64
            },
        }
    }

    /// People covered at a weekday (0 for Monday) and minute of the day; `None` for what is no
    /// time of a week.
    pub fn at(&self, weekday: u8, minute: u16) -> Option<&CoveredPeople> {
        let quarter = week::quarter(weekday, minute)?;
        self.people.get(self.pattern[quarter] as usize)
    }

    /// When each cell is covered, in the order of the cells.
    pub fn cells(&self) -> &[WeekSet] {
        &self.cells
    }

    /// Covered hours a week, averaged over people.
    pub fn mean_hours(&self) -> f64 {
        self.mean_hours
    }

    /// All people.
    pub fn population(&self) -> u64 {
        self.population
    }

    /// How many distinct sets of open points a week has.
    pub fn distinct_sets(&self) -> usize {
        self.people.len()
    }
}

fn cell_weeks(ground: &Ground, points: &[OpenPoint], rule: &Rule) -> Vec<WeekSet> {
    let places: Vec<LonLat> = points.iter().map(|point| point.place).collect();
    let either = Rule {
        kind: RuleKind::Any,
        ..*rule
    };
    let matrix: Matrix = ground.matrix(&places, Within::Rule(either));
    let mut in_time = vec![WeekSet::EMPTY; ground.cell_count()];
    let mut in_reach = in_time.clone();
    for (at, point) in points.iter().enumerate() {
        for reached in matrix.of(at) {
            let cell = reached.cell as usize;
            if reached.minutes < rule.minutes {
                in_time[cell] = in_time[cell].union(&point.week);
            }
            if reached.km <= rule.km {
                in_reach[cell] = in_reach[cell].union(&point.week);
            }
        }
    }
    let join = |(time, reach): (WeekSet, WeekSet)| match rule.kind {
        RuleKind::Any => time.union(&reach),
        RuleKind::All => time.intersection(&reach),
        RuleKind::Time => time,
        RuleKind::Distance => reach,
    };
    in_time.into_iter().zip(in_reach).map(join).collect()
}

/// The number of each quarter-hour's set of open points, and a quarter-hour of each set.
fn patterns(points: &[OpenPoint]) -> (Vec<u32>, Vec<usize>) {
    let mut known: HashMap<Vec<bool>, u32> = HashMap::new();
    let mut first = Vec::new();
    let pattern = week::quarters()
        .map(|quarter| {
            let open: Vec<bool> = points.iter().map(|point| point.week.has(quarter)).collect();
            *known.entry(open).or_insert_with(|| {
                first.push(quarter);
                first.len() as u32 - 1
            })
        })
        .collect();
    (pattern, first)
}

fn people_at(ground: &Ground, cells: &[WeekSet], quarter: usize) -> CoveredPeople {
    let mut people = CoveredPeople {
        covered: 0,
        units: vec![0; ground.unit_count()],
    };
    for (start, week) in ground.starts.iter().zip(cells) {
        if week.has(quarter) {
            let count = u64::from(start.population);
            people.covered += count;
            if let Some(unit) = people.units.get_mut(start.unit.at()) {
                *unit += count;
            }
        }
    }
    people
}
