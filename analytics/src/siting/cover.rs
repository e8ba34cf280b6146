//! Who is covered by what: the caller's arrays, checked.

use super::SitingError;

/// The most people a question may hold. Up to here every sum in this module is exact.
pub const MAX_PEOPLE: u64 = u32::MAX as u64;

/// People, and which of them each place would cover.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cover {
    weights: Vec<u32>,
    candidates: Vec<Vec<u32>>,
    kept: Vec<Vec<u32>>,
    kept_covers: Vec<bool>,
}

impl Cover {
    /// Checks and takes the arrays: people of each demand, the demands each candidate would cover,
    /// and the demands each kept point covers (empty where nothing is kept; one row is enough
    /// where it only matters who is covered already). The order within a row means nothing.
    pub fn new(
        weights: Vec<u32>,
        candidates: Vec<Vec<u32>>,
        kept: Vec<Vec<u32>>,
    ) -> Result<Self, SitingError> {
        check_people(&weights)?;
        let candidates = checked("candidate", candidates, weights.len())?;
        let kept = checked("kept point", kept, weights.len())?;
        Ok(Self::of_checked(weights, candidates, kept))
    }

    /// Takes arrays that are known to be right, with ascending rows.
    pub(super) fn of_checked(
        weights: Vec<u32>,
        candidates: Vec<Vec<u32>>,
        kept: Vec<Vec<u32>>,
    ) -> Self {
        let mut kept_covers = vec![false; weights.len()];
        for &demand in kept.iter().flatten() {
            kept_covers[demand as usize] = true;
        }
        Self {
            weights,
            candidates,
            kept,
            kept_covers,
        }
    }

    /// People of each demand.
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// Demands of each candidate, ascending.
    pub fn candidates(&self) -> &[Vec<u32>] {
        &self.candidates
    }

    /// Demands of each kept point, ascending.
    pub fn kept(&self) -> &[Vec<u32>] {
        &self.kept
    }

    /// Whether a kept point covers that demand.
    pub fn is_kept_covered(&self, demand: u32) -> bool {
        self.kept_covers[demand as usize]
    }

    /// All people.
    pub fn people(&self) -> u64 {
        self.weights.iter().map(|&people| u64::from(people)).sum()
    }

    /// People whom the kept points cover.
    pub fn kept_people(&self) -> u64 {
        people_where(&self.weights, &self.kept_covers)
    }

    /// People covered by the kept points or any candidate.
    pub fn reachable_people(&self) -> u64 {
        let all: Vec<u32> = (0..self.candidates.len() as u32).collect();
        self.people_covered(&all)
    }

    /// People covered by the kept points or the choice.
    pub(super) fn people_covered(&self, chosen: &[u32]) -> u64 {
        let mut reached = self.kept_covers.clone();
        for &candidate in chosen {
            for &demand in &self.candidates[candidate as usize] {
                reached[demand as usize] = true;
            }
        }
        people_where(&self.weights, &reached)
    }

    /// The same with one for every demand that has people: who must be reached, not how many.
    pub(super) fn counting_demands(&self) -> Self {
        Self {
            weights: self.weights.iter().map(|&people| people.min(1)).collect(),
            ..self.clone()
        }
    }

    /// Candidates of each demand, ascending.
    pub(super) fn by_demand(&self) -> Vec<Vec<u32>> {
        let mut rows = vec![Vec::new(); self.weights.len()];
        for (candidate, demands) in self.candidates.iter().enumerate() {
            for &demand in demands {
                rows[demand as usize].push(candidate as u32);
            }
        }
        rows
    }

    /// Refuses to choose more places than there are.
    pub(super) fn check_places(&self, asked: usize) -> Result<(), SitingError> {
        check_places(asked, self.candidates.len())
    }
}

pub(super) fn check_places(asked: usize, there: usize) -> Result<(), SitingError> {
    if asked > there {
        return Err(SitingError::TooManyPlaces { asked, there });
    }
    Ok(())
}

pub(super) fn check_people(weights: &[u32]) -> Result<(), SitingError> {
    let mut people = 0u64;
    for (demand, &weight) in weights.iter().enumerate() {
        people += u64::from(weight);
        if people > MAX_PEOPLE {
            let limit = MAX_PEOPLE;
            return Err(SitingError::TooManyPeople { demand, limit });
        }
    }
    Ok(())
}

fn people_where(weights: &[u32], mask: &[bool]) -> u64 {
    let pairs = weights.iter().zip(mask);
    pairs
        .filter(|(_, held)| **held)
        .map(|(&people, _)| u64::from(people))
        .sum()
}

/// Sorts each row, and refuses indices out of range and duplicates.
fn checked(
    list: &'static str,
    mut rows: Vec<Vec<u32>>,
    demands: usize,
) -> Result<Vec<Vec<u32>>, SitingError> {
    for (row, named) in rows.iter_mut().enumerate() {
        named.sort_unstable();
        if let Some(pair) = named.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(SitingError::Duplicate {
                list,
                row,
                what: "demand",
                index: pair[0] as usize,
            });
        }
        if let Some(&demand) = named.last().filter(|demand| **demand as usize >= demands) {
            return Err(SitingError::NoSuchDemand {
                list,
                row,
                demand: demand as usize,
                demands,
            });
        }
    }
    Ok(rows)
}
