//! What keeps a directory fit for years, again and again beside everything else: facts are brought up to the state,
//! what is over leaves the state for the archive, a checkpoint is written, and the journal's begin is given up where
//! the operator wants that.
//!
//! The order matters, and each step is safe to repeat and to cut short:
//! 1. facts, since nothing leaves before the store has its rows (but where a whole journal is read anew: then what is over
//!    leaves first, and its rows are written from the archive once the state answers, [`Core::write_archived`]);
//! 2. the archive, durable before anything is removed from the state; memory is laid out anew where much has left;
//! 3. the checkpoint, which no longer has what left;
//! 4. the journal, up to where two checkpoints, the store and the duplicate index have come.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use analytics::facts::{self, TABLES, Window};
use analytics::live::State;
use analytics::live::archive::Key;
use analytics::live::checkpoint::{CompactError, Plan};
use ingest::checkpoint::Checkpoints;
use ingest::store::{LazyBatch, StoreError};

use crate::core::Core;
use crate::forgetting::Sweep;
use crate::refill::Refill;

/// Entities that are made durable in the archive at once: some megabytes.
const LEAVE_AT_ONCE: usize = 20_000;
/// A checkpoint is written when so many events came since the last, and at the latest after this time if any did.
const CHECKPOINT_EVENTS: u64 = 1_000_000;
const CHECKPOINT_PAUSE: Duration = Duration::from_mins(10);
/// Memory is laid out anew where at least so many have left, and of at most so many dossiers: it takes a second for 160,000
/// of them (measured), the room is to be silent for less than two, and who has more has memory for the holes.
const COMPACT_LEFT: usize = 10_000;
const COMPACT_DOSSIERS: usize = 300_000;
/// Events whose replay is felt at a start.
const LONG_REPLAY: u64 = 1_500_000;
/// Events folded without a pause between two times at which what is over leaves.
const RELIEF_EVENTS: u64 = 1_500_000;

/// Says when it is time to let go, to a thread that does it beside the folding.
#[derive(Debug)]
pub(crate) struct Relief {
    folded: u64,
    due: SyncSender<()>,
}

impl Relief {
    /// Events were folded. Waits where what is over is still being let go from the time before last, so that memory is bounded.
    pub(crate) fn folded(&mut self, events: u64) {
        self.folded += events;
        if self.folded >= RELIEF_EVENTS {
            self.folded = 0;
            // The thread listens for as long as this is here.
            let _ = self.due.send(());
        }
    }
}

/// The last checkpoint.
#[derive(Debug)]
pub(crate) struct Rhythm {
    /// Its position.
    position: u64,
    /// When it was written, or the directory opened.
    written: Instant,
    /// How far the archive has been looked through for what is to be forgotten.
    sweep: Sweep,
    /// Entities that have left since memory was laid out.
    left: usize,
}

impl Rhythm {
    /// Of a directory that was just opened.
    pub(crate) fn of(checkpoints: &Checkpoints) -> Self {
        Self {
            position: checkpoints.all().first().map_or(0, |c| c.0),
            written: Instant::now(),
            sweep: Sweep::default(),
            left: 0,
        }
    }
}

impl Core {
    /// Keeps once: facts, archive and, when it is due, a checkpoint. Answers the position up to which nobody needs the
    /// journal any longer. What is older than so many days is forgotten, where that is said ([`crate::forgetting`]).
    pub fn keep(&self, facts_days: Option<u32>) -> anyhow::Result<u64> {
        let mut rhythm = self.keeping.lock();
        self.flush_facts()?;
        self.join_facts()?;
        rhythm.left += self.relieve()?;
        self.compact(&mut rhythm);
        if let Some(days) = facts_days {
            self.forget(days, &mut rhythm.sweep)?;
        }
        let came = self.state.read().events.saturating_sub(rhythm.position);
        let is_due =
            came >= CHECKPOINT_EVENTS || (came > 0 && rhythm.written.elapsed() >= CHECKPOINT_PAUSE);
        if is_due {
            self.write_checkpoint(&mut rhythm)?;
        }
        self.needed_from()
    }

    fn needed_from(&self) -> anyhow::Result<u64> {
        let facts = self.facts.position()?;
        Ok(self.checkpoints.needed_from().min(facts))
    }

    /// Lets go what is over while many events come: facts, then the archive. What fails is told, and tried again
    /// another time.
    fn relieve_or_warn(&self, is_over: &AtomicBool) {
        let mut rhythm = self.keeping.lock();
        let written = if self.do_facts_wait {
            Ok(())
        } else {
            self.flush_facts().map_err(anyhow::Error::from)
        };
        match written.and_then(|()| self.relieve_until(is_over)) {
            Ok(left) => rhythm.left += left,
            Err(e) => {
                let error = format!("{e:#}");
                tracing::warn!(error, "memory is larger than it need be");
            }
        }
    }

    /// Does something that folds many events, with a thread beside it that lets go what is over each time that the
    /// [`Relief`] has been told of so many. Nobody waits for it afterwards: the rest leaves when things are kept.
    pub(crate) fn relieved<T>(&self, fold: impl FnOnce(&mut Relief) -> T) -> T {
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let (due, told) = sync_channel(1);
            let is_over = &is_over;
            scope.spawn(move || {
                for () in told {
                    if !is_over.load(Ordering::Relaxed) {
                        self.relieve_or_warn(is_over);
                    }
                }
            });
            let folded = fold(&mut Relief { folded: 0, due });
            is_over.store(true, Ordering::Relaxed);
            folded
        })
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

    /// As [`Core::settle`], where the next start would otherwise be long.
    pub fn settle_if_long(&self) -> anyhow::Result<()> {
        let since = self.checkpoint_position().unwrap_or(0);
        if self.state.read().events.saturating_sub(since) > LONG_REPLAY {
            self.settle()?;
        }
        Ok(())
    }

    /// The position of the newest checkpoint.
    pub fn checkpoint_position(&self) -> Option<u64> {
        self.checkpoints
            .all()
            .first()
            .map(|(position, _)| *position)
    }

    /// Lays memory out anew where half as much has left as is there: a city's every six days. The state stands still for it.
    fn compact(&self, rhythm: &mut Rhythm) {
        let mut state = self.state.write();
        let dossiers = state.dossiers.len();
        if rhythm.left < (dossiers / 2).max(COMPACT_LEFT) || dossiers > COMPACT_DOSSIERS {
            return;
        }
        rhythm.left = 0;
        let begin = Instant::now();
        match state.compact() {
            Ok(()) => {
                let seconds = begin.elapsed().as_secs_f64();
                tracing::info!(seconds, "memory is laid out anew");
            }
            Err(e @ CompactError::Kept(_)) => {
                tracing::warn!(error = %e, "memory is larger than it need be");
            }
            Err(e @ CompactError::Lost(_)) => {
                // Half a state must not answer; the next start reads it from the disk, where all of it is.
                tracing::error!(error = %e, "the program ends: start it again");
                std::process::abort();
            }
        }
    }

    /// The position up to which what is over may leave; `None` while the store has not been reached.
    fn may_leave(&self) -> Option<u64> {
        if self.do_facts_wait {
            return Some(self.state.read().events);
        }
        self.facts.known_position()
    }

    /// Lets go what is over and has its rows in the store; answers how much.
    fn relieve(&self) -> anyhow::Result<usize> {
        self.relieve_until(&AtomicBool::new(false))
    }

    /// As [`Core::relieve`]; ends before all of it has left when somebody says so.
    fn relieve_until(&self, is_over: &AtomicBool) -> anyhow::Result<usize> {
        let Some(taken) = self.may_leave() else {
            return Ok(0);
        };
        let (now, keys) = {
            let state = self.state.read();
            let Some(last_event) = state.lasting.last_event else {
                return Ok(0);
            };
            // A clock that leaps ahead makes nothing over: events say how far the day has come.
            let now = self.now(&state).min(last_event);
            (now, state.leaving(now, taken))
        };
        if keys.is_empty() {
            return Ok(0);
        }
        let mut left = 0;
        for some in keys.chunks(LEAVE_AT_ONCE) {
            if is_over.load(Ordering::Relaxed) {
                break;
            }
            let part = self
                .way_out
                .take(&self.state, some, taken, |state| state.let_go(now));
            left += part.arrive(&self.state, &self.archive)?;
            if self.may_leave() < Some(taken) {
                // The store was emptied meanwhile: it is to have the rows again first.
                break;
            }
        }
        self.state.write().tidy(now);
        metrics::counter!("vonglau_archived_total").increment(left as u64);
        Ok(left)
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

    /// Writes a checkpoint of the state as it is, and removes all others.
    pub(crate) fn write_only_checkpoint(&self) -> anyhow::Result<()> {
        let mut rhythm = self.keeping.lock();
        self.write_checkpoint(&mut rhythm)?;
        Ok(self.checkpoints.keep_only(rhythm.position)?)
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
        let refill = {
            let _nobody = self.way_out.empty();
            Refill::gather(&self.archive).map_err(failed)?
        };
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
        self.facts.take(LazyBatch {
            position: window.until,
            is_last: false,
            tables: TABLES.len(),
            changes: &|table| facts::table_changes(self.context(&apart), table, window),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ingest::datadir::{Clock, DataDir};
    use ingest::event::EventTime;

    use super::*;

    /// So many days, each with a dossier that is settled on it and a ticket that is served.
    fn lines(days: std::ops::RangeInclusive<u32>) -> String {
        let mut lines = String::new();
        for day in days {
            let code = format!("000.00.001.H26-2603{day:02}-0001");
            for (id, kind, data) in [
                (
                    "1",
                    "dossier.submitted",
                    serde_json::json!({
                        "dossier": code, "procedure": "1.990302", "field": "land", "site": "CN19", "channel": "online",
                        "agency": "dept/justice", "applicant": "someone",
                    }),
                ),
                (
                    "2",
                    "dossier.resolved",
                    serde_json::json!({"dossier": code, "result": "approved"}),
                ),
                (
                    "3",
                    "ticket.issued",
                    serde_json::json!({"site": "CN19", "ticket": "A001", "service": "certification"}),
                ),
            ] {
                let event = serde_json::json!({
                    "specversion": "1.0", "id": format!("{day}/{id}"), "source": "test", "type": kind,
                    "time": format!("2026-03-{day:02}T0{id}:00:00+07:00"), "data": data,
                });
                lines.push_str(&event.to_string());
                lines.push('\n');
            }
        }
        lines
    }

    fn rows(core: &Core) -> String {
        let tables = ["dossiers", "dossier_steps", "visits"].map(|table| {
            let answer = core.sql(&format!("select * from {table} order by 1, 2, 3, 4"));
            crate::http::questions::sql_text(&answer.unwrap(), false).unwrap()
        });
        tables.concat()
    }

    #[test]
    fn what_left_before_the_store_had_it_has_its_rows_all_the_same() {
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let [plain, waiting] = folders.each_ref().map(|folder| {
            let dir = DataDir::open(folder.path(), Clock::Events, Duration::ZERO).unwrap();
            Core::open(&dir).unwrap()
        });
        let fold = |(core, intake, decoder): &mut (Core, _, Arc<_>), text: &str| {
            let intake: &mut ingest::intake::Intake = intake;
            let decoder: &Arc<ingest::decode::Decoder> = decoder;
            let batch = decoder.ndjson(text.as_bytes(), None);
            assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
            let (_, accepted) = intake.commit(vec![batch], EventTime::now()).unwrap();
            core.apply_unseen(&accepted);
        };
        let (mut plain, mut waiting) = (plain, waiting);
        let (first, second) = (lines(2..=20), lines(21..=30));
        // What had left comes back for this, and leaves again.
        let late = first
            .lines()
            .nth(1)
            .unwrap()
            .replace("2/2", "late")
            .replace("02:00", "04:00");

        for text in [&first, &second, &late] {
            fold(&mut plain, text);
        }
        for text in [&first, &second, &late] {
            fold(&mut waiting, text);
            waiting.0.do_facts_wait = true;
            assert!(waiting.0.relieve().unwrap() > 0);
            waiting.0.do_facts_wait = false;
        }
        assert_eq!(waiting.0.facts.known_position(), Some(0));
        assert!(waiting.0.state.read().dossiers.len() < plain.0.state.read().dossiers.len());
        assert_eq!(rows(&waiting.0), rows(&plain.0));
        // Once more, now that the store has come to where the state is.
        plain.0.keep(None).unwrap();
        waiting.0.keep(None).unwrap();
        assert_eq!(rows(&waiting.0), rows(&plain.0));
    }

    #[test]
    fn a_start_that_is_cut_short_before_the_rows_are_written_is_made_good_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let dir = DataDir::open(folder.path(), Clock::Events, Duration::ZERO).unwrap();
            let opened = Core::open(&dir).unwrap();
            (dir, opened)
        };
        let (dir, (mut core, mut intake, decoder)) = open();
        let batch = decoder.ndjson(lines(2..=30).as_bytes(), None);
        let (_, accepted) = intake.commit(vec![batch], EventTime::now()).unwrap();
        core.apply_unseen(&accepted);
        core.do_facts_wait = true;
        assert!(core.relieve().unwrap() > 0);
        drop((core, intake, dir));

        let (_dir, (core, _intake, _)) = open();
        let count = core.sql("select (select count(*) from dossiers) d, (select count(*) from dossier_steps) s, (select count(*) from visits) v");
        let told = crate::http::questions::sql_text(&count.unwrap(), false).unwrap();
        for count in ["\"d\":29", "\"s\":58", "\"v\":29"] {
            assert!(told.contains(count), "{told}");
        }
    }

    #[test]
    fn who_is_told_that_it_is_over_lets_nothing_more_go() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path(), Clock::Events, Duration::ZERO).unwrap();
        let (core, mut intake, decoder) = Core::open(&dir).unwrap();
        let batch = decoder.ndjson(lines(2..=30).as_bytes(), None);
        let (_, accepted) = intake.commit(vec![batch], EventTime::now()).unwrap();
        core.apply_unseen(&accepted);
        core.flush_facts().unwrap();
        assert_eq!(core.relieve_until(&AtomicBool::new(true)).unwrap(), 0);
        assert!(core.relieve().unwrap() > 0);
    }
}
