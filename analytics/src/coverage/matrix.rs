//! Cells by places, sparse: for each place the cells that its rule covers, with minutes and
//! kilometres. What siting chooses from, and what a week's hours and a catchment are made of.

use super::{
    Rule, RuleKind, ground::Ground, isochrone::Reached, isochrone::Workspace, time::Ticks,
};
use geodata::LonLat;
use rayon::prelude::*;

/// For each place the cells within its reach, in the order of the cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    first: Vec<usize>,
    entries: Vec<Reached>,
}

/// What a list must hold of a place's surroundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Within {
    /// Cells that the rule covers, were the place the only point.
    Rule(Rule),
    /// Cells at most so many minutes away.
    Minutes(f64),
}

impl Matrix {
    /// Number of places.
    pub fn len(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of pairs.
    pub fn pair_count(&self) -> usize {
        self.entries.len()
    }

    /// The cells of a place; none for a place that is not there.
    pub fn of(&self, place: usize) -> &[Reached] {
        match (self.first.get(place), self.first.get(place + 1)) {
            (Some(first), Some(end)) => &self.entries[*first..*end],
            _ => &[],
        }
    }
}

impl Ground {
    /// Searches around every place, in parallel. Minutes of a cell that only its kilometres bring
    /// in are those of the quicker way found: exact when under the rule's minutes, else an upper
    /// bound.
    pub fn matrix(&self, places: &[LonLat], within: Within) -> Matrix {
        let (limit, km) = match within {
            Within::Minutes(minutes) => (Ticks::at_most(minutes), 0.0),
            Within::Rule(rule) => {
                let needs_km = matches!(rule.kind, RuleKind::Any | RuleKind::Distance);
                let km = if needs_km { rule.km } else { 0.0 };
                (Ticks::at_most(rule.minutes), km)
            }
        };
        let holds = |reached: &Reached| match within {
            Within::Minutes(_) => Ticks::from_minutes(reached.minutes) <= limit,
            Within::Rule(rule) => rule.covers(reached.minutes, reached.km),
        };
        let lists: Vec<Vec<Reached>> = places
            .par_iter()
            .map_init(Workspace::default, |workspace, place| {
                let found = self.within(*place, limit, km, workspace);
                let mut list: Vec<Reached> = found.filter(holds).collect();
                list.sort_unstable_by_key(|reached| reached.cell);
                list
            })
            .collect();
        let mut matrix = Matrix {
            first: Vec::with_capacity(lists.len() + 1),
            entries: Vec::with_capacity(lists.iter().map(Vec::len).sum()),
        };
        matrix.first.push(0);
        for list in lists {
            matrix.entries.extend_from_slice(&list);
            matrix.first.push(matrix.entries.len());
        }
        matrix
    }
}
