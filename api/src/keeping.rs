//! What keeps a directory fit for years, again and again beside everything else: facts are brought up to the state,
//! what is over leaves the state for the archive, a checkpoint is written, and the journal's begin is given up where
//! the operator wants that.
//!
//! The order matters, and each step is safe to repeat and to cut short:
//! 1. facts, since nothing leaves before the store has its rows;
//! 2. the archive, durable before anything is removed from the state;
//! 3. the checkpoint, which no longer has what left;
//! 4. the journal, up to where two checkpoints, the store and the duplicate index have come.

use std::time::{Duration, Instant};

use analytics::facts::Window;
use analytics::live::State;
use analytics::live::archive::{Key, Packed};
use analytics::live::checkpoint::Plan;
use ingest::archive::Entry;
use ingest::checkpoint::Checkpoints;
use ingest::event::time::Day;
use ingest::store::{Batch, Store, StoreError};

use crate::core::Core;
use crate::refill::Refill;

/// Entities that leave at once: one lock each time.
const LEAVE_AT_ONCE: usize = 500;
/// A checkpoint is written when so many events came since the last, and at the latest after this time if any did.
const CHECKPOINT_EVENTS: u64 = 1_000_000;
const CHECKPOINT_PAUSE: Duration = Duration::from_mins(10);

/// The last checkpoint.
#[derive(Debug)]
pub(crate) struct Rhythm {
    /// Its position.
    position: u64,
    /// When it was written, or the directory opened.
    written: Instant,
}

impl Rhythm {
    /// Of a directory that was just opened.
    pub(crate) fn of(checkpoints: &Checkpoints) -> Self {
        Self {
            position: checkpoints.all().first().map_or(0, |c| c.0),
            written: Instant::now(),
        }
    }
}

impl Core {
    /// Keeps once: facts, archive and, when it is due, a checkpoint. Answers the position up to which nobody needs the
    /// journal any longer.
    /// Facts, and sites' days, older than so many days are forgotten, where that is said.
    pub fn keep(&self, facts_days: Option<u32>) -> anyhow::Result<u64> {
        let mut rhythm = self.keeping.lock();
        self.flush_facts()?;
        self.join_facts()?;
        self.relieve()?;
        if let Some(days) = facts_days {
            self.forget(days)?;
        }
        let came = self.state.read().events.saturating_sub(rhythm.position);
        let is_due =
            came >= CHECKPOINT_EVENTS || (came > 0 && rhythm.written.elapsed() >= CHECKPOINT_PAUSE);
        if is_due {
            self.write_checkpoint(&mut rhythm)?;
        }
        self.needed_from()
    }

    /// Forgets what is older than so many days. Of ClickHouse, its tables' TTL does that.
    fn forget(&self, days: u32) -> anyhow::Result<()> {
        let today = self.now(&self.state.read()).day();
        let first = Day(today.0.saturating_sub_unsigned(days));
        if let Store::Embedded(store) = &self.facts {
            let files = store.forget_before(first)?;
            if files > 0 {
                tracing::info!(files, "facts before {first} were forgotten");
            }
        }
        let key = |day| Key::SiteDay(day, "".into()).bytes();
        self.archive
            .remove_between(&key(Day(i32::MIN)), &key(first))?;
        Ok(())
    }

    fn needed_from(&self) -> anyhow::Result<u64> {
        let facts = self.facts.position()?;
        Ok(self.checkpoints.needed_from().min(facts))
    }

    /// Keeps once with a checkpoint at the end; what fails is told, and tried again another time.
    pub(crate) fn keep_or_warn(&self) {
        let kept = self.flush_facts().map_err(anyhow::Error::from);
        if let Err(e) = kept.and_then(|()| self.settle().map(drop)) {
            let error = format!("{e:#}");
            tracing::warn!(
                error,
                "memory and the next start are larger than they need be"
            );
        }
    }

    /// Lets go what is over, and writes a checkpoint, so that the next start is short. Facts must have been written.
    /// Answers as [`Core::keep`].
    pub fn settle(&self) -> anyhow::Result<u64> {
        let mut rhythm = self.keeping.lock();
        self.relieve()?;
        if self.state.read().events > rhythm.position {
            self.write_checkpoint(&mut rhythm)?;
        }
        self.needed_from()
    }

    /// The position of the newest checkpoint.
    pub fn checkpoint_position(&self) -> Option<u64> {
        self.checkpoints
            .all()
            .first()
            .map(|(position, _)| *position)
    }

    /// Lets go what is over and has its rows in the store.
    fn relieve(&self) -> anyhow::Result<()> {
        let Some(taken) = self.facts.known_position() else {
            return Ok(());
        };
        let (now, keys) = {
            let state = self.state.read();
            let Some(last_event) = state.lasting.last_event else {
                return Ok(());
            };
            // A clock that leaps ahead makes nothing over: events say how far the day has come.
            let now = self.now(&state).min(last_event);
            (now, state.leaving(now, taken))
        };
        if keys.is_empty() {
            return Ok(());
        }
        for some in keys.chunks(LEAVE_AT_ONCE) {
            let leaving: Vec<(Key, Packed)> = {
                let state = self.state.read();
                let packed = some
                    .iter()
                    .map(|key| Some((key.clone(), state.packed(key)?)));
                packed.flatten().collect()
            };
            let position = leaving.iter().map(|(_, p)| p.changed).max().unwrap_or(0);
            let entries = leaving
                .iter()
                .map(|(key, p)| (key.bytes(), p.bytes.clone()));
            let entries: Vec<Entry> = entries.collect();
            self.archive.put(&entries, position)?;
            let mut state = self.state.write();
            state.let_go(now);
            for (key, packed) in &leaving {
                state.remove(key, packed);
            }
        }
        self.state.write().tidy(now);
        metrics::counter!("vonglau_archived_total").increment(keys.len() as u64);
        Ok(())
    }

    fn write_checkpoint(&self, rhythm: &mut Rhythm) -> anyhow::Result<()> {
        let plan = Plan::of(&self.state.read());
        let head = std::iter::once(plan.head().to_vec());
        // A lock for each block: events go on being folded in between.
        let blocks = (0..plan.len()).map(|at| plan.block(at, &self.state.read()));
        self.checkpoints.write(plan.position, head.chain(blocks))?;
        rhythm.position = plan.position;
        rhythm.written = Instant::now();
        Ok(())
    }

    /// Hands the store the rows of what has left, where it has not come to where the archive is: as parts, after which it is
    /// still to be brought to the window's end.
    pub(crate) fn write_archived(&self, window: Window) -> Result<(), StoreError> {
        let failed = |e: anyhow::Error| StoreError::Query(format!("{e:#}"));
        let archived = self.archive.position().map_err(|e| failed(e.into()))?;
        if window.since >= archived {
            return Ok(());
        }
        tracing::info!(
            since = window.since,
            "the facts of what has left memory are written"
        );
        let refill = Refill::gather(&self.archive).map_err(failed)?;
        refill.each(|entries| self.write_entries(window, entries))
    }

    fn write_entries(
        &self,
        window: Window,
        entries: Vec<(Key, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let mut apart = State::default();
        {
            let state = self.state.read();
            for (key, bytes) in entries {
                // What has come back is given with the state.
                if !state.holds(&key) {
                    let restored = apart.restore(&key, &bytes);
                    restored.map_err(|e| StoreError::Query(e.to_string()))?;
                }
            }
        }
        let tables = analytics::facts::all_changes(self.context(&apart), window)?;
        self.facts.take(&Batch {
            position: window.until,
            is_last: false,
            tables,
        })
    }
}
