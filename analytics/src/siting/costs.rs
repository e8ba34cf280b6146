//! How far demands are from candidates: the caller's sparse minutes, checked.

use super::{
    Cover, SitingError,
    cover::{check_people, check_places},
};

/// Minutes are kept to so many parts.
pub(super) const PARTS: f64 = 1000.0;
/// The most minutes a pair or a limit may have.
pub const MAX_MINUTES: f64 = 10_000.0;

/// People, and the minutes from each demand to the candidates that it can reach. Minutes are
/// rounded to a thousandth on entry, and every sum from there on is exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    weights: Vec<u32>,
    candidates: usize,
    rows: Vec<Vec<(u32, u32)>>,
    kept: Vec<Option<u32>>,
    limit: u32,
}

impl Costs {
    /// Checks and takes the arrays: people of each demand; the number of candidates; for each
    /// demand its candidates with minutes; the minutes to the nearest kept point by demand
    /// (infinite where none is reached; empty where nothing is kept); and the limit. A demand
    /// farther than the limit from every open place is out of reach, and counts as that far.
    pub fn new(
        weights: Vec<u32>,
        candidates: usize,
        rows: Vec<Vec<(u32, f64)>>,
        kept: &[f64],
        limit: f64,
    ) -> Result<Self, SitingError> {
        check_people(&weights)?;
        let limit = thousandths(limit).ok_or(SitingError::BadSetting {
            setting: "limit",
            minutes: limit,
            limit: MAX_MINUTES,
        })?;
        check_length("minutes by demand", rows.len(), weights.len(), "demand")?;
        if !kept.is_empty() {
            check_length(
                "minutes to kept points",
                kept.len(),
                weights.len(),
                "demand",
            )?;
        }
        let kept = if kept.is_empty() {
            vec![None; weights.len()]
        } else {
            let all = kept.iter().enumerate();
            all.map(|(demand, &minutes)| kept_minutes(demand, minutes))
                .collect::<Result<_, _>>()?
        };
        let all = rows.into_iter().enumerate();
        let rows = all
            .map(|(demand, row)| checked(demand, row, candidates))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            weights,
            candidates,
            rows,
            kept,
            limit,
        })
    }

    /// People of each demand.
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// How many candidates there are.
    pub fn candidates(&self) -> usize {
        self.candidates
    }

    /// How many pairs of a demand and a candidate there are.
    pub fn pair_count(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    /// The limit in thousandths of a minute.
    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    /// Each demand's candidates, ascending, with thousandths of a minute.
    pub(super) fn rows(&self) -> &[Vec<(u32, u32)>] {
        &self.rows
    }

    /// Thousandths of a minute to the nearest kept point.
    pub(super) fn kept(&self) -> &[Option<u32>] {
        &self.kept
    }

    /// Who is within so many thousandths of a minute of what.
    pub(super) fn within(&self, radius: u32) -> Cover {
        let mut rows = vec![Vec::new(); self.candidates];
        for (demand, row) in self.rows.iter().enumerate() {
            for &(candidate, minutes) in row {
                if minutes <= radius {
                    rows[candidate as usize].push(demand as u32);
                }
            }
        }
        let all = self.kept.iter().enumerate();
        let held = all
            .filter(|(_, minutes)| minutes.is_some_and(|minutes| minutes <= radius))
            .map(|(demand, _)| demand as u32)
            .collect();
        Cover::of_checked(self.weights.clone(), rows, vec![held])
    }

    pub(super) fn check_places(&self, asked: usize) -> Result<(), SitingError> {
        check_places(asked, self.candidates)
    }
}

/// Whole thousandths of a minute; `None` for what cannot be.
pub(super) fn thousandths(minutes: f64) -> Option<u32> {
    (0.0..=MAX_MINUTES)
        .contains(&minutes)
        .then(|| (minutes * PARTS).round() as u32)
}

pub(super) fn check_length(
    list: &'static str,
    got: usize,
    expected: usize,
    what: &'static str,
) -> Result<(), SitingError> {
    if got == expected {
        return Ok(());
    }
    Err(SitingError::WrongLength {
        list,
        got,
        expected,
        what,
    })
}

fn kept_minutes(demand: usize, minutes: f64) -> Result<Option<u32>, SitingError> {
    if minutes == f64::INFINITY {
        return Ok(None);
    }
    thousandths(minutes)
        .map(Some)
        .ok_or(SitingError::BadMinutes {
            list: "kept minutes",
            row: demand,
            what: "demand",
            index: demand,
            minutes,
            limit: MAX_MINUTES,
        })
}

fn checked(
    demand: usize,
    mut row: Vec<(u32, f64)>,
    candidates: usize,
) -> Result<Vec<(u32, u32)>, SitingError> {
    row.sort_unstable_by_key(|entry| entry.0);
    if let Some(pair) = row.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(SitingError::Duplicate {
            list: "demand",
            row: demand,
            what: "candidate",
            index: pair[0].0 as usize,
        });
    }
    row.into_iter()
        .map(|(candidate, minutes)| {
            if candidate as usize >= candidates {
                return Err(SitingError::NoSuchCandidate {
                    list: "demand",
                    row: demand,
                    candidate: candidate as usize,
                    candidates,
                });
            }
            let parts = thousandths(minutes).ok_or(SitingError::BadMinutes {
                list: "demand",
                row: demand,
                what: "candidate",
                index: candidate as usize,
                minutes,
                limit: MAX_MINUTES,
            })?;
            Ok((candidate, parts))
        })
        .collect()
}
