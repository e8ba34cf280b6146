//! What it is worth to be somewhere at a time: profiles, and the order of what they hold.

/// When one arrives at a point, and after how many buses from here. Ordered by arrival, then by
/// buses: the less the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Worth {
    pub(super) arrival: i32,
    pub(super) buses: u8,
}

impl Worth {
    /// One does not arrive.
    pub(super) const NONE: Self = Self {
        arrival: i32::MAX,
        buses: u8::MAX,
    };

    /// Reached on foot.
    pub(super) fn on_foot(arrival: i32) -> Self {
        Self { arrival, buses: 0 }
    }

    /// The same after one more bus.
    pub(super) fn after_a_bus(self) -> Self {
        Self {
            arrival: self.arrival,
            buses: self.buses.saturating_add(1),
        }
    }
}

/// A step of a profile: who is there by this time arrives so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) departure: i32,
    pub(super) worth: Worth,
}

/// Departures, the latest first, each worth more than every later one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Profile(Vec<Step>);

impl Profile {
    /// From steps with the latest departure first; of equal departures any order will do.
    pub(super) fn new(steps: impl Iterator<Item = Step>) -> Self {
        let mut kept: Vec<Step> = Vec::new();
        for step in steps {
            match kept.last_mut() {
                Some(last) if step.worth >= last.worth => {}
                Some(last) if step.departure == last.departure => *last = step,
                _ if step.worth == Worth::NONE => {}
                _ => kept.push(step),
            }
        }
        Self(kept)
    }

    /// From steps in any order.
    pub(super) fn from_unsorted(mut steps: Vec<Step>) -> Self {
        steps.sort_unstable_by_key(|step| (-step.departure, step.worth));
        Self::new(steps.into_iter())
    }

    /// The steps, the latest departure first.
    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What it is worth to be there at a time.
    pub(super) fn at(&self, time: i32) -> Worth {
        let usable = self.0.partition_point(|step| step.departure >= time);
        match usable.checked_sub(1) {
            Some(earliest) => self.0[earliest].worth,
            None => Worth::NONE,
        }
    }

    /// Leaves out what a walk from there does as well.
    pub(super) fn retain_quicker_than(&mut self, walk_s: i32) {
        self.0
            .retain(|step| step.worth.arrival < step.departure + walk_s);
    }
}
