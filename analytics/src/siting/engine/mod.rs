//! The common engine: choose `p` of `n` so that a value is greatest, with a proven bound.
//!
//! Covering, median and capacitated covering differ in what a choice is worth; they share this
//! shape. Relaxing the constraints that tie the places together, with a multiplier `v_i` for each,
//! leaves `L(v) = constant(v) + sum of the p greatest scores_j(v)`, which is never below the value
//! of any choice (Geoffrion 1974). The engine minimises `L` ([`dual`]), improves choices by greedy
//! and swaps ([`primal`]), and proves the best one by branch and bound ([`branch`]).
//!
//! Values and multipliers are whole numbers on a fine grid, so every sum is exact: a bound is a
//! proof and not a rounded figure, and the order of summation cannot matter.

mod branch;
mod dual;
mod primal;

pub(super) use branch::{Solved, solve};
pub(super) use primal::greedy;

use super::budget::Meter;
use std::cmp::Reverse;

/// What a choice is worth, and its Lagrangian relaxation.
pub(super) trait Model: Sized {
    /// A choice being built.
    type State: Clone;

    /// How many candidates there are.
    fn candidates(&self) -> usize;

    /// The greatest useful value of each multiplier; the least is 0.
    fn ceilings(&self) -> &[i64];

    /// Values of choices are multiples of this many grid steps.
    fn unit(&self) -> i64;

    /// Fills the candidates' scores under the multipliers and gives the constant.
    fn relax(&self, multipliers: &[i64], scores: &mut [i64]) -> i64;

    /// Fills the subgradient of `L` for that choice: change of `L` for each multiplier.
    fn slopes(&self, multipliers: &[i64], chosen: &[u32], slopes: &mut [f64]);

    /// The empty choice.
    fn state(&self) -> Self::State;

    /// What it is worth.
    fn value(&self, state: &Self::State) -> i64;

    /// Adds a candidate that is not in.
    fn add(&self, state: &mut Self::State, candidate: u32);

    /// Takes out one that is in.
    fn remove(&self, state: &mut Self::State, candidate: u32);

    /// Fills what each candidate would add at least (exactly, where that is cheap); those that are
    /// in are not to be read.
    fn gains(&self, state: &Self::State, gains: &mut [i64]);

    /// The model in which the candidates `enter` are in for good and those marked in `leave` are
    /// gone; the rest keep their order. The multipliers are carried over.
    fn reduce(&self, enter: &[u32], leave: &[bool], multipliers: &[i64]) -> (Self, Vec<i64>);

    /// The candidate not ruled out with which the choice is worth most, and that worth; of equals
    /// the lowest index.
    fn best_addition(
        &self,
        state: &Self::State,
        is_out: &dyn Fn(u32) -> bool,
    ) -> Option<(u32, i64)> {
        let mut gains = vec![0; self.candidates()];
        self.gains(state, &mut gains);
        let free = (0..gains.len() as u32).filter(|&at| !is_out(at));
        let best = free.min_by_key(|&at| (Reverse(gains[at as usize]), at))?;
        Some((best, self.value(state) + gains[best as usize]))
    }

    /// Swaps one in for one out as long as that gains and the budget lasts; gives the value.
    fn improve(&self, chosen: &mut [u32], meter: &mut Meter<'_>) -> i64 {
        primal::swaps(self, chosen, meter)
    }

    /// What a whole choice is worth.
    fn worth(&self, chosen: &[u32]) -> i64 {
        let mut state = self.state();
        for &candidate in chosen {
            self.add(&mut state, candidate);
        }
        self.value(&state)
    }
}

/// The grid value rounded down to a value that a choice can have.
fn whole(value: i64, unit: i64) -> i64 {
    value.div_euclid(unit) * unit
}

/// Puts the `p` candidates of greatest score first (equal scores: lower index), in no order.
fn lead(order: &mut [u32], scores: &[i64], p: usize) {
    if p > 0 && p < order.len() {
        order.select_nth_unstable_by_key(p - 1, |&at| (Reverse(scores[at as usize]), at));
    }
}
