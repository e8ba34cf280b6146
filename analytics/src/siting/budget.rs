//! How much work an answer may cost, counted so that the same budget gives the same answer.

use std::fmt;

/// The work allowed. One step is one pass over the sparse entries of the problem at hand: one
/// evaluation of a relaxation, or one look at all gains in greedy or swap search. Counting steps
/// and not seconds makes an answer independent of the machine and of what else it does.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    steps: u64,
    stop: Option<&'a dyn Fn() -> bool>,
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("steps", &self.steps)
            .field("stop", &self.stop.is_some())
            .finish()
    }
}

impl Budget<'static> {
    /// A first answer with a bound: a few hundred steps.
    pub const QUICK: Self = Self::steps(700);
    /// Enough to prove most instances of a city's size.
    pub const THOROUGH: Self = Self::steps(200_000);

    /// So many steps. A first solution is always built, even with none.
    pub const fn steps(steps: u64) -> Self {
        Self { steps, stop: None }
    }
}

impl<'a> Budget<'a> {
    /// The same, but it also ends when `stop` says so (asked once a step). An answer that was
    /// stopped this way is as valid as any other, but need not come out the same again.
    pub fn stopped_by(self, stop: &'a dyn Fn() -> bool) -> Self {
        Self {
            stop: Some(stop),
            ..self
        }
    }

    pub(super) fn meter(self) -> Meter<'a> {
        Meter {
            limit: self.steps,
            used: 0,
            stopped: false,
            stop: self.stop,
        }
    }
}

/// Counts the steps of one answer.
pub(super) struct Meter<'a> {
    limit: u64,
    used: u64,
    stopped: bool,
    stop: Option<&'a dyn Fn() -> bool>,
}

impl Meter<'_> {
    /// Takes one step; `false` when none is left.
    pub(super) fn step(&mut self) -> bool {
        if self.is_spent() {
            return false;
        }
        self.used += 1;
        if self.stop.is_some_and(|stop| stop()) {
            self.stopped = true;
        }
        true
    }

    pub(super) fn is_spent(&self) -> bool {
        self.stopped || self.used >= self.limit
    }

    pub(super) fn left(&self) -> f64 {
        self.limit.saturating_sub(self.used) as f64
    }

    pub(super) fn used(&self) -> u64 {
        self.used
    }

    /// Runs `work` with at most `share` of what is left (at least one step).
    pub(super) fn portion<T>(&mut self, share: f64, work: impl FnOnce(&mut Self) -> T) -> T {
        let left = self.limit.saturating_sub(self.used);
        let whole = self.limit;
        let part = ((left as f64 * share) as u64).max(1).min(left);
        self.limit = self.used + part;
        let result = work(self);
        self.limit = whole;
        result
    }
}
