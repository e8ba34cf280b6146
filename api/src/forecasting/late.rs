//! Whether events come for days that are over.
//!
//! A point's day knows the position of the last event that came for it, so a look at the few days in memory tells; an event for a day
//! that has left memory brings it back first.

use std::ops::Range;
use std::time::{Duration, Instant};

use analytics::live::State;
use ingest::event::time::Day;

/// Without a late event for so long, what comes late has come: an import is over.
const QUIET: Duration = Duration::from_secs(3);
/// But it is not waited for longer than this.
const PATIENCE: Duration = Duration::from_mins(10);

/// What came late since the last round of learning.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// The position up to which it was looked.
    position: u64,
    /// When the first and the last of them were seen.
    seen: Option<(Instant, Instant)>,
    /// A look was had before: what is there at a start is not late.
    has_looked: bool,
}

impl Late {
    /// Looks for events that came since the last look, for some days.
    pub(super) fn look(&mut self, state: &State, days: Range<Day>) {
        let since = std::mem::replace(&mut self.position, state.events);
        let past = state.days.range(days);
        let mut past = past.flat_map(|(_, sites)| sites.values());
        if self.has_looked && past.any(|day| day.changed > since) {
            let now = Instant::now();
            self.seen = Some((self.seen.map_or(now, |seen| seen.0), now));
        }
        self.has_looked = true;
    }

    /// A round of learning begins: what has come by now counts in it.
    pub(super) fn begin(&mut self, state: &State) {
        self.position = state.events;
        self.seen = None;
    }

    /// Nothing comes late just now.
    pub(super) fn is_quiet(&self) -> bool {
        self.seen
            .is_none_or(|(first, last)| last.elapsed() >= QUIET || first.elapsed() >= PATIENCE)
    }

    /// Something has come late.
    pub(super) fn has_come(&self) -> bool {
        self.seen.is_some()
    }
}

#[cfg(test)]
mod tests {
    use ingest::decode::{Decoder, Secret};

    use super::*;

    fn fold(state: &mut State, id: u32, day: Day) {
        let time = day.start().plus_seconds(36_000);
        let line = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"x","type":"ticket.issued","time":"{time}","data":{{"site":"s","ticket":"{id}","service":"a"}}}}"#
        );
        let batch = Decoder::new(&Secret::new([1; 32])).ndjson(line.as_bytes(), None);
        batch.events().for_each(|event| drop(state.apply(event)));
    }

    #[test]
    fn what_comes_for_days_that_are_over_is_late_and_nothing_else() {
        let (mut state, mut late) = (State::default(), Late::default());
        let today = Day(20_500);
        let past = Day(20_490)..today;
        fold(&mut state, 1, Day(20_499));
        late.look(&state, past.clone());
        assert!(!late.has_come(), "it was there before");
        fold(&mut state, 2, today);
        fold(&mut state, 3, Day(20_400));
        late.look(&state, past.clone());
        assert!(
            !late.has_come() && late.is_quiet(),
            "today's, and one too old to be learned"
        );
        fold(&mut state, 4, Day(20_498));
        late.look(&state, past.clone());
        assert!(late.has_come() && !late.is_quiet());
        late.begin(&state);
        late.look(&state, past);
        assert!(!late.has_come() && late.is_quiet());
    }
}
