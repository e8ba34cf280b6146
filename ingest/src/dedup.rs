//! The duplicate index: which `source` + `id` pairs the journal holds, and a hash of what each says.
//!
//! Exact without a limit of age, in bounded memory. New pairs are kept in memory, and when there are
//! [`RECENT_PAIRS`] of them they are set aside, sorted and written to the disk as one run, on a thread of
//! its own, into a log-structured store (`fjall`). A pair is looked for in what is recent, then in what is
//! being written, then on the disk.
//!
//! The index is derived: everything in it can be read from the journal again. Two rules follow.
//!
//! - **The journal goes first.** A pair that is not durable in the journal is taken out again. Were it the
//!   other way round, an event lost in a crash would be refused as a duplicate when it is sent again.
//! - **It knows how far it has come.** After a run has been written, the journal position that it
//!   completes is; at start the journal's events from there on are remembered again. Writing a run
//!   twice does no harm. An index that cannot be opened, or that is ahead of the journal, is thrown
//!   away and made anew.
//!
//! When a run cannot be written (a full disk), its pairs stay in memory, and after a pause the store is opened
//! again and the run repeated. Meanwhile the intake goes on until memory holds twice as many pairs again;
//! then it takes nothing, and says so, until the disk takes the run.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fjall::config::PartitioningPolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

/// Pairs kept in memory before they are written: about 26 MB, and at most twice as much again while they are.
const RECENT_PAIRS: usize = 1 << 19;
/// The same for who takes a whole file: as many as a map of 52 MB has room for, less what a group brings that is over it. While nothing is
/// on the disk nothing is looked for there.
const MANY_PAIRS: usize = (7 << 18) - (1 << 16);
/// Memory for blocks read from the disk.
const CACHE_BYTES: u64 = 24 * 1024 * 1024;
/// Pause between two tries to write a run that failed.
const REVIVE_PAUSE: Duration = Duration::from_secs(5);
const POSITION_KEY: &[u8] = b"position";

/// The index could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "the duplicate index {action}: {detail}; free disk space or delete the folder `dedup`, it is made anew from the journal"
)]
pub struct DedupError {
    action: &'static str,
    detail: String,
}

fn failed(action: &'static str) -> impl FnOnce(fjall::Error) -> DedupError {
    move |e| DedupError {
        action,
        detail: e.to_string(),
    }
}

/// A pair's hash in two halves, which lie closer in a map than a `u128`.
type Key = [u64; 2];

const fn halves(key: u128) -> Key {
    [(key >> 64) as u64, key as u64]
}

/// Pairs are uniformly distributed already: a half of one is its hash.
#[derive(Default)]
struct HalfHasher(u64);

impl Hasher for HalfHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks_exact(8) {
            self.0 = u64::from_le_bytes(word.try_into().unwrap_or_default());
        }
    }
    fn write_u64(&mut self, half: u64) {
        self.0 = half;
    }
    fn write_usize(&mut self, _: usize) {}
}

type Pairs = HashMap<Key, u64, BuildHasherDefault<HalfHasher>>;

/// The runs on the disk.
#[derive(Clone)]
struct Runs {
    // Keeps the store open, and its lock.
    db: Database,
    pairs: Keyspace,
    meta: Keyspace,
}

impl Runs {
    fn open(dir: &Path) -> Result<Self, DedupError> {
        let db = Database::builder(dir)
            .cache_size(CACHE_BYTES)
            .worker_threads(1)
            .open()
            .map_err(failed("cannot be opened"))?;
        // Nearly every pair that is looked for is new, and what says so is a run's filter. Whole, it is megabytes
        // and would be read for every pair; in parts, a page is.
        let options = || {
            KeyspaceCreateOptions::default()
                .filter_block_partitioning_policy(PartitioningPolicy::all(true))
                .index_block_partitioning_policy(PartitioningPolicy::all(true))
        };
        let pairs = db
            .keyspace("pairs", options)
            .map_err(failed("cannot be opened"))?;
        let meta = db
            .keyspace("meta", KeyspaceCreateOptions::default)
            .map_err(failed("cannot be opened"))?;
        Ok(Self { db, pairs, meta })
    }

    fn position(&self) -> Result<u64, DedupError> {
        let stored = self
            .meta
            .get(POSITION_KEY)
            .map_err(failed("cannot be read"))?;
        let position = stored.and_then(|v| v.as_ref().try_into().ok());
        Ok(position.map_or(0, u64::from_be_bytes))
    }

    fn get(&self, key: &Key) -> Result<Option<u64>, DedupError> {
        let found = self
            .pairs
            .get(bytes(key))
            .map_err(failed("cannot be read"))?;
        let content = found.and_then(|v| v.as_ref().try_into().ok());
        Ok(content.map(u64::from_be_bytes))
    }

    /// Writes a run, and then the position that it completes.
    fn write(&self, pairs: &Pairs, position: u64) -> Result<(), DedupError> {
        let mut sorted: Vec<(Key, u64)> = pairs.iter().map(|(k, c)| (*k, *c)).collect();
        sorted.sort_unstable();
        let written = self.pairs.start_ingestion().and_then(|mut run| {
            for (key, content) in &sorted {
                run.write(bytes(key), content.to_be_bytes())?;
            }
            run.finish()
        });
        written.map_err(failed("cannot be written"))?;
        self.meta
            .insert(POSITION_KEY, position.to_be_bytes())
            .and_then(|()| self.db.persist(PersistMode::SyncData))
            .map_err(failed("cannot be written"))
    }
}

fn bytes(key: &Key) -> [u8; 16] {
    ((u128::from(key[0]) << 64) | u128::from(key[1])).to_be_bytes()
}

/// Pairs that are on their way to the disk.
struct Frozen {
    pairs: Arc<Pairs>,
    position: u64,
    /// `None` after a failure, until it is tried again.
    writing: Option<JoinHandle<Result<(), DedupError>>>,
}

/// The open index.
pub struct DedupIndex {
    dir: PathBuf,
    recent: Pairs,
    frozen: Option<Frozen>,
    /// `None` while it cannot be opened again after a failure.
    runs: Option<Runs>,
    /// Nothing is on the disk yet: no pair has to be looked for there.
    is_disk_empty: bool,
    position: u64,
    failed_at: Option<Instant>,
    limit: usize,
}

impl std::fmt::Debug for DedupIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DedupIndex")
            .field("position", &self.position)
            .field("recent", &self.recent.len())
            .finish_non_exhaustive()
    }
}

/// What the index says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It was not known, and now is.
    New,
    /// It was known, with the given content.
    Before(u64),
}

impl DedupIndex {
    /// Opens or creates the index in `dir`.
    pub fn open(dir: &Path) -> Result<Self, DedupError> {
        Self::open_with(dir, RECENT_PAIRS)
    }

    fn open_with(dir: &Path, limit: usize) -> Result<Self, DedupError> {
        let runs = Runs::open(dir)?;
        let position = runs.position()?;
        Ok(Self {
            dir: dir.to_owned(),
            recent: Pairs::default(),
            frozen: None,
            // A run may be there whose position was not written any more: then the table is not empty.
            is_disk_empty: position == 0
                && runs.pairs.is_empty().map_err(failed("cannot be read"))?,
            runs: Some(runs),
            position,
            failed_at: None,
            limit,
        })
    }

    /// Keeps more in memory before it is written: for who takes a whole file of about so many pairs and ends.
    pub fn expect_many(&mut self, pairs: usize) {
        self.limit = MANY_PAIRS;
        let more = pairs.min(MANY_PAIRS).saturating_sub(self.recent.len());
        self.recent.reserve(more);
    }

    /// Journal position up to which pairs are on the disk.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Tells that the pairs before a position cannot be learnt any more.
    pub fn begin_at(&mut self, position: u64) {
        self.position = self.position.max(position);
    }

    /// Looks for a pair and remembers it where it is new.
    pub fn learn(&mut self, key: u128, content: u64) -> Result<Known, DedupError> {
        let place = match self.recent.entry(halves(key)) {
            Entry::Occupied(known) => return Ok(Known::Before(*known.get())),
            Entry::Vacant(place) => place,
        };
        if let Some(known) = self.frozen.as_ref().and_then(|f| f.pairs.get(place.key())) {
            return Ok(Known::Before(*known));
        }
        if !self.is_disk_empty {
            let Some(runs) = &self.runs else {
                return Err(DedupError {
                    action: "is away",
                    detail: "it failed before and cannot be opened yet".to_owned(),
                });
            };
            if let Some(known) = runs.get(place.key())? {
                return Ok(Known::Before(known));
            }
        }
        place.insert(content);
        Ok(Known::New)
    }

    /// Forgets a pair that was just learnt, since its event did not become durable.
    pub fn forget(&mut self, key: u128) {
        self.recent.remove(&halves(key));
    }

    /// Tells that everything learnt is durable in the journal up to a position. Sets pairs aside for
    /// the disk when there are many, and looks after what is being written.
    pub fn settle(&mut self, position: u64) {
        self.look_after_writing(false);
        if self.recent.len() < self.limit {
            return;
        }
        if self.frozen.is_some() {
            if self.recent.len() < 2 * self.limit {
                return;
            }
            // Faster than the disk: wait for it.
            self.look_after_writing(true);
        }
        if self.frozen.is_none() {
            self.freeze(position);
        }
    }

    /// True where memory is full of pairs that the disk does not take.
    pub fn is_full(&self) -> bool {
        self.runs.is_none() || (self.frozen.is_some() && self.recent.len() >= 2 * self.limit)
    }

    /// Writes everything to the disk, up to a position.
    pub fn flush(&mut self, position: u64) -> Result<(), DedupError> {
        self.look_after_writing(true);
        if self.frozen.is_none() && !self.recent.is_empty() {
            self.freeze(position);
            self.look_after_writing(true);
        }
        match self.frozen {
            None => Ok(()),
            Some(_) => Err(DedupError {
                action: "cannot be written",
                detail: "see the log".to_owned(),
            }),
        }
    }

    fn freeze(&mut self, position: u64) {
        self.frozen = Some(Frozen {
            pairs: Arc::new(std::mem::take(&mut self.recent)),
            position,
            writing: None,
        });
        self.write_frozen();
    }

    fn write_frozen(&mut self) {
        let (Some(frozen), Some(runs)) = (&mut self.frozen, &self.runs) else {
            return;
        };
        let (pairs, position, runs) = (Arc::clone(&frozen.pairs), frozen.position, runs.clone());
        let thread = std::thread::Builder::new()
            .name("dedup".to_owned())
            .spawn(move || runs.write(&pairs, position));
        match thread {
            Ok(thread) => frozen.writing = Some(thread),
            Err(e) => {
                tracing::error!(error = %e, "cannot start a thread for the duplicate index");
                self.failed_at = Some(Instant::now());
            }
        }
    }

    /// Takes the result of a writing that has ended, or waits for it; tries one that failed again.
    fn look_after_writing(&mut self, wait: bool) {
        let Some(frozen) = &mut self.frozen else {
            return;
        };
        match frozen.writing.take() {
            Some(thread) if wait || thread.is_finished() => match thread.join() {
                Ok(Ok(())) => {
                    self.position = frozen.position;
                    self.is_disk_empty = false;
                    self.frozen = None;
                    if self.failed_at.take().is_some() {
                        tracing::info!("the duplicate index takes pairs again");
                    }
                }
                Ok(Err(e)) => {
                    tracing::error!(error = %e, "events are safe in the journal, but the duplicate index is behind");
                    self.failed_at = Some(Instant::now());
                }
                Err(_) => self.failed_at = Some(Instant::now()),
            },
            Some(thread) => frozen.writing = Some(thread),
            None => {
                let due = self.failed_at.is_none_or(|at| at.elapsed() >= REVIVE_PAUSE);
                if due {
                    self.revive();
                }
            }
        }
    }

    /// Opens the store again, which refuses to write after a failure, and repeats the run.
    fn revive(&mut self) {
        self.failed_at = Some(Instant::now());
        // The failed one holds the folder's lock until it is gone. Part of a run may be there.
        self.runs = None;
        self.is_disk_empty = false;
        match Runs::open(&self.dir) {
            Ok(runs) => {
                self.runs = Some(runs);
                self.write_frozen();
            }
            Err(e) => tracing::error!(error = %e, "the duplicate index cannot be opened again yet"),
        }
    }
}

impl Drop for DedupIndex {
    fn drop(&mut self) {
        self.look_after_writing(true);
    }
}

/// Puts other contents for pairs that an index has, which nobody holds: their events say something else now. It is as one that is made anew
/// from the journal then.
pub fn relearn(dir: &Path, pairs: impl Iterator<Item = (u128, u64)>) -> Result<(), DedupError> {
    let runs = Runs::open(dir)?;
    let position = runs.position()?;
    let pairs: Pairs = pairs.map(|(key, content)| (halves(key), content)).collect();
    if pairs.is_empty() || position == 0 {
        return Ok(());
    }
    runs.write(&pairs, position)
}

/// What an index holds on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspection {
    /// Journal position up to which it is complete.
    pub position: u64,
    /// Pairs in it.
    pub pairs: u64,
}

/// Reads every pair of an index. Opening it may change its files: give it a copy of one that is to stay as it is.
pub fn inspect(dir: &Path) -> Result<Inspection, DedupError> {
    let runs = Runs::open(dir)?;
    let mut pairs = 0;
    for pair in runs.pairs.iter() {
        pair.into_inner().map_err(failed("cannot be read"))?;
        pairs += 1;
    }
    Ok(Inspection {
        position: runs.position()?,
        pairs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_contents_are_what_is_known_from_then_on() {
        let dir = tempfile::tempdir().unwrap();
        let open = || DedupIndex::open_with(dir.path(), 2).unwrap();
        {
            let mut index = open();
            for key in 1..=3 {
                assert_eq!(index.learn(key, 10).unwrap(), Known::New);
            }
            index.flush(3).unwrap();
        }
        relearn(dir.path(), [(2, 20)].into_iter()).unwrap();
        let mut index = open();
        assert_eq!(index.position(), 3);
        let known: Vec<Known> = (1..=3).map(|key| index.learn(key, 0).unwrap()).collect();
        assert_eq!(known, [10, 20, 10].map(Known::Before));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        /// Against a map: every pair is new once and says later what it said first, whether it is in memory,
        /// on its way or on the disk, and what is on the disk comes back after reopening.
        #[test]
        fn is_a_map(steps in proptest::collection::vec((0..60_u8, any::<u8>(), 0..20_u8), 1..120)) {
            let dir = tempfile::tempdir().unwrap();
            let mut index = DedupIndex::open_with(dir.path(), 7).unwrap();
            let mut model: Vec<(u128, u64)> = Vec::new();
            for (key, content, what) in steps {
                let spread = (u128::from(key) << 121) | u128::from(key);
                if what == 0 {
                    index.flush(model.len() as u64).unwrap();
                    prop_assert_eq!(index.position(), model.len() as u64);
                    drop(index);
                    index = DedupIndex::open_with(dir.path(), 7).unwrap();
                    prop_assert_eq!(index.position(), model.len() as u64);
                    continue;
                }
                let known = index.learn(spread, content.into()).unwrap();
                if let Some((_, first)) = model.iter().find(|(k, _)| *k == spread) {
                    prop_assert_eq!(known, Known::Before(*first));
                } else {
                    prop_assert_eq!(known, Known::New);
                    if what == 1 {
                        index.forget(spread);
                        continue;
                    }
                    model.push((spread, content.into()));
                }
                index.settle(model.len() as u64);
            }
        }
    }
}
