//! The duplicate index: which `source` + `id` pairs the journal holds, and a hash of what each says.
//!
//! It lives on the disk in a log-structured store (`fjall`), so that it is exact without a limit of age
//! and its memory is bounded by its cache and write buffer, not by the events of the years. It is derived:
//! everything in it can be read from the journal again. Two rules follow.
//!
//! - **The journal goes first.** A pair is recorded only after its event is durable. Were it the other
//!   way round, an event lost in a crash would be refused as a duplicate when it is sent again.
//! - **It knows how far it has come.** Each record of pairs is written atomically with the journal
//!   position that it brings the index to; at start the journal's events from there on are recorded
//!   again. An index that cannot be opened, or that is ahead of the journal, is thrown away and
//!   made anew.

use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions};

/// Memory for blocks read from the disk.
const CACHE_BYTES: u64 = 24 * 1024 * 1024;
/// Memory for pairs not yet written out in sorted order.
const WRITE_BUFFER_BYTES: u64 = 16 * 1024 * 1024;
const POSITION_KEY: &[u8] = b"position";

/// The index could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "the duplicate index {action}: {source}; free disk space or delete the folder `dedup`, it is made anew from the journal"
)]
pub struct DedupError {
    action: &'static str,
    source: Box<fjall::Error>,
}

fn failed(action: &'static str) -> impl FnOnce(fjall::Error) -> DedupError {
    move |e| DedupError {
        action,
        source: Box::new(e),
    }
}

/// The open index.
pub struct DedupIndex {
    db: Database,
    pairs: Keyspace,
    meta: Keyspace,
    position: u64,
}

impl std::fmt::Debug for DedupIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DedupIndex")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl DedupIndex {
    /// Opens or creates the index in `dir`.
    pub fn open(dir: &Path) -> Result<Self, DedupError> {
        let db = Database::builder(dir)
            .cache_size(CACHE_BYTES)
            .worker_threads(1)
            .max_journaling_size(64 * 1024 * 1024)
            .open()
            .map_err(failed("cannot be opened"))?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(WRITE_BUFFER_BYTES);
        let pairs = db
            .keyspace("pairs", options)
            .map_err(failed("cannot be opened"))?;
        let meta = db
            .keyspace("meta", KeyspaceCreateOptions::default)
            .map_err(failed("cannot be opened"))?;
        let stored = meta.get(POSITION_KEY).map_err(failed("cannot be read"))?;
        let position = stored
            .and_then(|v| v.as_ref().try_into().ok())
            .map_or(0, u64::from_be_bytes);
        Ok(Self {
            db,
            pairs,
            meta,
            position,
        })
    }

    /// Journal position up to which pairs are recorded.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The content hash recorded for a pair, `None` for a new one.
    pub fn content_of(&self, key: u128) -> Result<Option<u64>, DedupError> {
        let found = self
            .pairs
            .get(key.to_be_bytes())
            .map_err(failed("cannot be read"))?;
        Ok(found
            .and_then(|v| v.as_ref().try_into().ok())
            .map(u64::from_be_bytes))
    }

    /// Records pairs and the journal position that they complete, all or nothing.
    pub fn record(
        &mut self,
        pairs: impl Iterator<Item = (u128, u64)>,
        position: u64,
    ) -> Result<(), DedupError> {
        let mut batch = self.db.batch();
        // In order, neighbours in the index are written while they are in the processor's cache.
        let mut pairs: Vec<(u128, u64)> = pairs.collect();
        pairs.sort_unstable();
        for (key, content) in pairs {
            batch.insert(&self.pairs, key.to_be_bytes(), content.to_be_bytes());
        }
        batch.insert(&self.meta, POSITION_KEY, position.to_be_bytes());
        batch.commit().map_err(failed("cannot be written"))?;
        self.position = position;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_position_survive_reopening() {
        let dir = tempfile::tempdir().unwrap();
        {
            let mut index = DedupIndex::open(dir.path()).unwrap();
            assert_eq!(index.position(), 0);
            assert_eq!(index.content_of(1).unwrap(), None);
            index
                .record((0..1000).map(|n| (n, n as u64 * 3)), 1000)
                .unwrap();
        }
        let index = DedupIndex::open(dir.path()).unwrap();
        assert_eq!(index.position(), 1000);
        for n in 0..1000 {
            assert_eq!(index.content_of(n).unwrap(), Some(n as u64 * 3));
        }
        assert_eq!(index.content_of(1000).unwrap(), None);
    }
}
