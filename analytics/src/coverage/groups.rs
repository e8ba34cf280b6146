//! Groups of people: the elderly, poor households, whoever a list gives weights for.

use super::{CellReach, Ground, equity::Share, equity::equity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A line of the list: how many of a group live in a cell or a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// The group.
    pub group: String,
    /// A unit's code, or a cell in H3's hexadecimal form.
    pub place: String,
    /// How many, or any weight that is not negative.
    pub weight: f64,
}

/// Why a line does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// The place is no unit and no cell here.
    UnknownPlace,
    /// The weight is negative or no number.
    BadWeight,
}

/// The weights of each group by cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    weights: BTreeMap<String, Vec<f64>>,
    faults: Vec<(usize, RowFault)>,
}

/// One group's figures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupFigures {
    /// The group.
    pub group: String,
    /// Its weight.
    pub weight: f64,
    /// Its weight in covered cells.
    pub covered: f64,
    /// That share, 0 to 1; `None` for a group without weight.
    pub share: Option<f64>,
    /// Its weight in cells whose minutes are approximate.
    pub far: f64,
    /// Mean minutes.
    pub mean_minutes: Option<f64>,
    /// Minutes that nine tenths do not exceed.
    pub p90_minutes: Option<f64>,
}

impl Groups {
    /// Reads a list; `units` are the codes in the order of the ground's units. A unit's weight is
    /// spread over its cells by people, evenly where it has none. Lines of one group add up.
    pub fn new(ground: &Ground, units: &[&str], rows: &[GroupRow]) -> Self {
        let by_unit = cells_by_unit(ground);
        let mut groups = Self::default();
        for (number, row) in rows.iter().enumerate() {
            if !(row.weight >= 0.0 && row.weight.is_finite()) {
                groups.faults.push((number, RowFault::BadWeight));
                continue;
            }
            let unit = units.iter().position(|code| *code == row.place);
            let in_unit = unit.and_then(|unit| by_unit.get(unit));
            let cell = row
                .place
                .parse()
                .ok()
                .and_then(|cell| ground.position(cell));
            let cells = match (in_unit, cell) {
                (Some(cells), _) if !cells.is_empty() => cells.as_slice(),
                (_, Some(cell)) => &[cell],
                _ => {
                    groups.faults.push((number, RowFault::UnknownPlace));
                    continue;
                }
            };
            groups.spread(ground, &row.group, cells, row.weight);
        }
        groups
    }

    fn spread(&mut self, ground: &Ground, group: &str, cells: &[usize], weight: f64) {
        let blank = || vec![0.0; ground.cell_count()];
        let weights = self.weights.entry(group.to_owned()).or_insert_with(blank);
        let people = |cell: &usize| f64::from(ground.starts[*cell].population);
        let all: f64 = cells.iter().map(people).sum();
        for cell in cells {
            let share = if all > 0.0 {
                people(cell) / all
            } else {
                1.0 / cells.len() as f64
            };
            weights[*cell] += weight * share;
        }
    }

    /// The lines that do not count, by position in the list, with the reason.
    pub fn faults(&self) -> &[(usize, RowFault)] {
        &self.faults
    }

    /// The figures of every group, by name.
    pub fn figures(&self, reaches: &[CellReach]) -> Vec<GroupFigures> {
        let figures = |(group, weights): (&String, &Vec<f64>)| {
            let sum = |counts: fn(&CellReach) -> bool| -> f64 {
                let cells = reaches.iter().zip(weights);
                cells
                    .filter(|(reach, _)| counts(reach))
                    .map(|(_, weight)| weight)
                    .sum()
            };
            let weight = sum(|_| true);
            let covered = sum(|reach| reach.covered);
            let shares: Vec<Share> = reaches
                .iter()
                .zip(weights)
                .map(|(reach, people)| Share {
                    people: *people,
                    minutes: reach.minutes,
                })
                .collect();
            let equity = equity(&shares, &[0.9]);
            GroupFigures {
                group: group.clone(),
                weight,
                covered,
                share: (weight > 0.0).then(|| covered / weight),
                far: sum(|reach| reach.approximate),
                mean_minutes: equity.as_ref().map(|equity| equity.mean),
                p90_minutes: equity.and_then(|equity| Some(equity.quantiles.first()?.1)),
            }
        };
        self.weights.iter().map(figures).collect()
    }
}

fn cells_by_unit(ground: &Ground) -> Vec<Vec<usize>> {
    let mut units = vec![Vec::new(); ground.unit_count()];
    for (cell, start) in ground.starts.iter().enumerate() {
        if let Some(unit) = units.get_mut(start.unit.at()) {
            unit.push(cell);
        }
    }
    units
}
