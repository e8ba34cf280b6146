//! What covering and median have in common: a choice saves, for each demand, the greatest saving
//! that any chosen candidate offers it. Covering is the case of all or nothing.
//!
//! Relaxed as Cornuéjols, Fisher and Nemhauser (1977) do, in savings: with `v_i` the price of
//! demand `i`, `L(v) = sum v_i + sum over the p best j of sum_i max(0, saving_ij - v_i)`.

mod interchange;

use super::{budget::Meter, engine::Model};

/// A sparse table of savings, held by candidate and by demand.
#[derive(Clone, Debug)]
pub(super) struct Savings {
    unit: i64,
    /// Saved already, whatever is chosen.
    constant: i64,
    /// Savings of demands that only this candidate serves: they need no multiplier.
    own: Vec<i64>,
    by_candidate: Table,
    by_demand: Table,
    /// The greatest saving of each demand.
    ceilings: Vec<i64>,
}

/// Rows of (column, saving), one after another.
#[derive(Clone, Debug, Default)]
struct Table {
    starts: Vec<u32>,
    entries: Vec<(u32, i64)>,
}

impl Table {
    fn row(&self, at: usize) -> &[(u32, i64)] {
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    fn of(rows: &[Vec<(u32, i64)>]) -> Self {
        let mut starts = Vec::with_capacity(rows.len() + 1);
        starts.push(0);
        let mut entries = Vec::with_capacity(rows.iter().map(Vec::len).sum());
        for row in rows {
            entries.extend_from_slice(row);
            starts.push(entries.len() as u32);
        }
        Self { starts, entries }
    }

    /// Columns become rows; within a row, columns ascend.
    fn turned(&self, columns: usize) -> Self {
        let mut starts = vec![0u32; columns + 1];
        for (column, _) in &self.entries {
            starts[*column as usize + 1] += 1;
        }
        for at in 0..columns {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); self.entries.len()];
        for row in 0..self.starts.len() - 1 {
            for &(column, saving) in self.row(row) {
                let slot = &mut next[column as usize];
                entries[*slot as usize] = (row as u32, saving);
                *slot += 1;
            }
        }
        Self { starts, entries }
    }
}

impl Savings {
    /// From each demand's savings by candidate (positive; candidates ascending). Rows are sorted
    /// first, so that the order in which demands come does not matter.
    pub(super) fn new(candidates: usize, unit: i64, mut demands: Vec<Vec<(u32, i64)>>) -> Self {
        demands.sort_unstable();
        Self::build(unit, 0, vec![0; candidates], demands)
    }

    fn build(unit: i64, constant: i64, mut own: Vec<i64>, demands: Vec<Vec<(u32, i64)>>) -> Self {
        let mut rows = demands;
        rows.retain(|row| {
            if let [(candidate, saving)] = row[..] {
                own[candidate as usize] += saving;
            }
            row.len() > 1
        });
        let by_demand = Table::of(&rows);
        let by_candidate = by_demand.turned(own.len());
        let most = |row: &Vec<(u32, i64)>| row.iter().map(|entry| entry.1).max().unwrap_or(0);
        Self {
            unit,
            constant,
            own,
            by_candidate,
            ceilings: rows.iter().map(most).collect(),
            by_demand,
        }
    }

    /// Candidates that some other one beats or equals for every demand (of equals the higher
    /// index), marked while at least `keep` remain. Some best choice of `keep` does without them.
    pub(super) fn dominated(&self, keep: usize) -> Vec<bool> {
        let count = self.own.len();
        let mut gone = vec![false; count];
        let mut remaining = count;
        // Whoever dominates serves the candidate's rarest demand too.
        for at in 0..count {
            if remaining <= keep {
                break;
            }
            // Demands of its own: nobody serves those in its stead.
            if self.own[at] > 0 {
                continue;
            }
            let row = self.by_candidate.row(at);
            let rarest = row
                .iter()
                .map(|entry| entry.0)
                .min_by_key(|&demand| self.by_demand.row(demand as usize).len());
            let beats = |other: usize| {
                other != at
                    && !gone[other]
                    && at_most(row, self.by_candidate.row(other))
                    && (other < at
                        || self.own[other] > 0
                        || !at_most(self.by_candidate.row(other), row))
            };
            let is_beaten = match rarest {
                Some(demand) => {
                    let others = self.by_demand.row(demand as usize).iter();
                    others.map(|entry| entry.0 as usize).any(beats)
                }
                None => (0..count).any(beats),
            };
            if is_beaten {
                gone[at] = true;
                remaining -= 1;
            }
        }
        gone
    }
}

/// Whether every saving of `row` is matched in `other`.
fn at_most(row: &[(u32, i64)], other: &[(u32, i64)]) -> bool {
    let mut others = other.iter();
    row.len() <= other.len()
        && row.iter().all(|&(demand, saving)| {
            let found = others.find(|entry| entry.0 >= demand);
            found.is_some_and(|entry| entry.0 == demand && entry.1 >= saving)
        })
}

/// Who is in, and what each demand saves.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    is_in: Vec<bool>,
    best: Vec<i64>,
    value: i64,
}

impl Model for Savings {
    type State = Saved;

    fn candidates(&self) -> usize {
        self.own.len()
    }

    fn ceilings(&self) -> &[i64] {
        &self.ceilings
    }

    fn unit(&self) -> i64 {
        self.unit
    }

    fn relax(&self, multipliers: &[i64], scores: &mut [i64]) -> i64 {
        for (at, score) in scores.iter_mut().enumerate() {
            let row = self.by_candidate.row(at).iter();
            let excess = |&(demand, saving): &(u32, i64)| -> i64 {
                (saving - multipliers[demand as usize]).max(0)
            };
            *score = self.own[at] + row.map(excess).sum::<i64>();
        }
        self.constant + multipliers.iter().sum::<i64>()
    }

    fn slopes(&self, multipliers: &[i64], chosen: &[u32], slopes: &mut [f64]) {
        slopes.fill(1.0);
        for &candidate in chosen {
            for &(demand, saving) in self.by_candidate.row(candidate as usize) {
                if saving > multipliers[demand as usize] {
                    slopes[demand as usize] -= 1.0;
                }
            }
        }
    }

    fn state(&self) -> Saved {
        Saved {
            is_in: vec![false; self.own.len()],
            best: vec![0; self.ceilings.len()],
            value: self.constant,
        }
    }

    fn value(&self, state: &Saved) -> i64 {
        state.value
    }

    fn add(&self, state: &mut Saved, candidate: u32) {
        state.is_in[candidate as usize] = true;
        state.value += self.own[candidate as usize];
        for &(demand, saving) in self.by_candidate.row(candidate as usize) {
            let best = &mut state.best[demand as usize];
            if saving > *best {
                state.value += saving - *best;
                *best = saving;
            }
        }
    }

    fn remove(&self, state: &mut Saved, candidate: u32) {
        state.is_in[candidate as usize] = false;
        state.value -= self.own[candidate as usize];
        for &(demand, saving) in self.by_candidate.row(candidate as usize) {
            let best = &mut state.best[demand as usize];
            if saving < *best {
                continue;
            }
            let row = self.by_demand.row(demand as usize).iter();
            let left = row
                .filter(|entry| state.is_in[entry.0 as usize])
                .map(|entry| entry.1)
                .max()
                .unwrap_or(0);
            state.value -= *best - left;
            *best = left;
        }
    }

    fn gains(&self, state: &Saved, gains: &mut [i64]) {
        self.relax(&state.best, gains);
    }

    /// All swaps are weighed in one pass, and the best is made.
    fn improve(&self, chosen: &mut [u32], meter: &mut Meter<'_>) -> i64 {
        let mut value = self.worth(chosen);
        while !chosen.is_empty() && meter.step() {
            let Some(swap) = interchange::best(self, chosen) else {
                break;
            };
            chosen[swap.out] = swap.enter;
            value += swap.gain;
        }
        value
    }

    fn reduce(&self, enter: &[u32], leave: &[bool], multipliers: &[i64]) -> (Self, Vec<i64>) {
        let mut state = self.state();
        let mut stays: Vec<bool> = leave.iter().map(|leave| !leave).collect();
        for &candidate in enter {
            self.add(&mut state, candidate);
            stays[candidate as usize] = false;
        }
        let mut number = vec![0u32; stays.len()];
        let mut own = Vec::new();
        for at in 0..stays.len() {
            number[at] = own.len() as u32;
            if stays[at] {
                own.push(self.own[at]);
            }
        }
        let mut rows = Vec::new();
        let mut carried = Vec::new();
        for (demand, &saved) in state.best.iter().enumerate() {
            let row: Vec<(u32, i64)> = self
                .by_demand
                .row(demand)
                .iter()
                .filter(|entry| stays[entry.0 as usize] && entry.1 > saved)
                .map(|entry| (number[entry.0 as usize], entry.1 - saved))
                .collect();
            if row.len() > 1 {
                let most = row.iter().map(|entry| entry.1).max().unwrap_or(0);
                carried.push((multipliers[demand] - saved).clamp(0, most));
            }
            rows.push(row);
        }
        (Self::build(self.unit, state.value, own, rows), carried)
    }
}
