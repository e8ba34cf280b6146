//! Which numbers of the desk's log a receiver is done with.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What a receiver is done with: told, not wanted, or given up. The caller keeps it, and gives it back at the next start
/// with every notice above [`Progress::up_to`], so that nothing is lost and nothing settled is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// All numbers up to this one, itself too.
    pub up_to: u64,
    /// Those above it: what waits for a shift is passed by what does not.
    pub beyond: BTreeSet<u64>,
}

impl Progress {
    /// True where a number is done with.
    pub fn is_settled(&self, number: u64) -> bool {
        number <= self.up_to || self.beyond.contains(&number)
    }

    /// Takes a report into account: what was settled, and up to where all is.
    pub fn settle(&mut self, numbers: impl IntoIterator<Item = u64>, up_to: u64) {
        self.beyond.extend(numbers);
        self.up_to = self.up_to.max(up_to);
        self.beyond = self.beyond.split_off(&(self.up_to + 1));
    }
}
