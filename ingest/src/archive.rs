//! The archive: entities that have left memory, by key, as bytes that mean nothing here.
//!
//! What is put is durable on return, and replaces what its key had. It is what the journal's events made, so that it
//! can be made again as long as the journal is whole; once its begin has been given up ([`crate::journal`], retention),
//! the archive and the newest checkpoint are what remains of that begin, and a backup holds them.
//!
//! It also knows the journal position that the newest of its entities reflects: an archive that is ahead of the journal
//! is one of a longer journal, and does not belong to it.
//!
//! # Shelves
//! Keys that begin with the same byte lie on a shelf of their own in the store underneath. What comes in order of its keys, as
//! sites' days do, is then laid behind what is there and needs no merging; beside keys that come in any order it would be merged
//! with them again and again.
//!
//! # Exported
//! In a backup the archive is one file of checksummed blocks ([`crate::blocks`]). A block is a position (8,
//! little-endian) that its entities reflect at most, and then, for each, its key and its bytes, both behind their
//! length (4, little-endian). Entities may be put while it is written: those are in it or not.
//!
//! After a failed write (a full disk) the store underneath takes no more: it is opened again for the next one.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fjall::compaction::Leveled;
use fjall::config::PartitioningPolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use parking_lot::{Mutex, RwLock};

use crate::blocks::{Encoder, Reader};

/// The kind of an exported file; its last figure is raised when blocks are made otherwise.
pub const KIND: [u8; 8] = *b"VLARCHV4";
/// A block of an exported file is closed when it has so many bytes.
const BLOCK_BYTES: usize = 1 << 20;
const POSITION_BYTES: usize = 8;
/// Memory for blocks read from the disk.
const CACHE_BYTES: u64 = 24 * 1024 * 1024;
/// Memory for what was put and is not in a table on the disk yet.
const MEMTABLE_BYTES: u64 = 8 * 1024 * 1024;
const JOURNALING_BYTES: u64 = 64 * 1024 * 1024;
const POSITION_KEY: &[u8] = b"position";
/// Tables of a shelf from which on they are merged: what leaves together lies together already, and a key is looked for
/// only in tables that reach over it.
const TABLES: u8 = 8;
/// Entities of so many bytes are written as a table of their own, at a third of the cost, instead of one by one.
const TABLE_BYTES: usize = if cfg!(test) { 10 } else { 1 << 20 };

/// The archive could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error(
    "the archive in {path} {action}: {detail}; free disk space, or check the disk, and start again"
)]
pub struct ArchiveError {
    path: PathBuf,
    action: &'static str,
    detail: String,
}

/// An entity's key and bytes.
pub type Entry = (Vec<u8>, Vec<u8>);

/// The archive of a data directory.
#[derive(Debug)]
pub struct Archive {
    dir: PathBuf,
    open: Mutex<Option<Open>>,
    /// Nothing is in it yet: nothing has to be looked for.
    is_empty: AtomicBool,
}

#[derive(Clone)]
struct Open {
    db: Database,
    shelves: Arc<RwLock<BTreeMap<u8, Keyspace>>>,
    meta: Keyspace,
}

/// What a key's shelf is called by.
fn kind(key: &[u8]) -> u8 {
    key.first().copied().unwrap_or_default()
}

/// What a shelf's name begins with; its kind follows as two hexadecimal digits.
const SHELF: &str = "entities-";

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open")
    }
}

impl Open {
    fn new(dir: &Path) -> Result<Self, fjall::Error> {
        let db = Database::builder(dir)
            .cache_size(CACHE_BYTES)
            .max_journaling_size(JOURNALING_BYTES)
            .worker_threads(1)
            .open()?;
        let meta = db.keyspace("meta", KeyspaceCreateOptions::default)?;
        let open = Self {
            db,
            shelves: Arc::default(),
            meta,
        };
        for name in open.db.list_keyspace_names() {
            let kind = name.strip_prefix(SHELF);
            if let Some(kind) = kind.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                open.shelf(kind)?;
            }
        }
        Ok(open)
    }

    /// A shelf, made where it is not there.
    fn shelf(&self, kind: u8) -> Result<Keyspace, fjall::Error> {
        if let Some(shelf) = self.shelves.read().get(&kind) {
            return Ok(shelf.clone());
        }
        // Most keys that are asked for are new ones. A whole filter would be read from the disk for each; of one in
        // parts, a page is.
        let options = || {
            KeyspaceCreateOptions::default()
                .compaction_strategy(Arc::new(Leveled::default().with_l0_threshold(TABLES)))
                .max_memtable_size(MEMTABLE_BYTES)
                .filter_block_partitioning_policy(PartitioningPolicy::all(true))
                .index_block_partitioning_policy(PartitioningPolicy::all(true))
        };
        let shelf = self.db.keyspace(&format!("{SHELF}{kind:02x}"), options)?;
        self.shelves.write().insert(kind, shelf.clone());
        Ok(shelf)
    }

    fn is_empty(&self) -> Result<bool, fjall::Error> {
        for shelf in self.shelves.read().values() {
            if !shelf.is_empty()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, fjall::Error> {
        let shelf = self.shelves.read().get(&kind(key)).cloned();
        let Some(shelf) = shelf else { return Ok(None) };
        Ok(shelf.get(key)?.map(|bytes| bytes.to_vec()))
    }

    fn put(&self, entries: &[Entry], position: u64) -> Result<(), fjall::Error> {
        let before = self.position()?;
        let position = position.max(before).to_be_bytes();
        // The position with the first or before: nothing minds that it is further than what is here, and an entity that is
        // further than the position would be taken for one of this journal though it is not.
        let mut few = self.db.batch();
        few.insert(&self.meta, POSITION_KEY, position);
        let mut many = Vec::new();
        for some in entries.chunk_by(|a, b| kind(&a.0) == kind(&b.0)) {
            let shelf = self.shelf(kind(&some[0].0))?;
            let bytes = some.iter().map(|(key, bytes)| key.len() + bytes.len());
            if bytes.sum::<usize>() >= TABLE_BYTES {
                many.push((shelf, some));
                continue;
            }
            for (key, bytes) in some {
                few.insert(&shelf, key.as_slice(), bytes.as_slice());
            }
        }
        few.commit()?;
        self.db.persist(PersistMode::SyncData)?;
        for (shelf, entries) in many {
            let mut run = shelf.start_ingestion()?;
            for (key, bytes) in entries {
                run.write(key.as_slice(), bytes.as_slice())?;
            }
            run.finish()?;
        }
        Ok(())
    }

    fn position(&self) -> Result<u64, fjall::Error> {
        let stored = self.meta.get(POSITION_KEY)?;
        let position = stored.and_then(|v| v.as_ref().try_into().ok());
        Ok(position.map_or(0, u64::from_be_bytes))
    }
}

impl Archive {
    /// Opens or creates the archive in a folder.
    pub fn open(dir: PathBuf) -> Result<Self, ArchiveError> {
        let archive = Self {
            dir,
            open: Mutex::new(None),
            is_empty: AtomicBool::new(false),
        };
        let is_empty = archive.with("cannot be read", Open::is_empty)?;
        archive.is_empty.store(is_empty, Ordering::Release);
        Ok(archive)
    }

    /// One that is nowhere and empty.
    pub fn none() -> Self {
        Self {
            dir: PathBuf::new(),
            open: Mutex::new(None),
            is_empty: AtomicBool::new(true),
        }
    }

    /// True while nothing was ever put.
    pub fn is_empty(&self) -> bool {
        self.is_empty.load(Ordering::Acquire)
    }

    /// The journal position that the newest of its entities reflects.
    pub fn position(&self) -> Result<u64, ArchiveError> {
        self.with("cannot be read", Open::position)
    }

    /// An entity's bytes.
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ArchiveError> {
        if self.is_empty() {
            return Ok(None);
        }
        self.with("cannot be read", |open| open.get(key))
    }

    /// Puts entities that reflect a journal position; durable on return. Of two for one key, either.
    pub fn put(&self, mut entries: Vec<Entry>, position: u64) -> Result<(), ArchiveError> {
        entries.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        entries.dedup_by(|a, b| a.0 == b.0);
        self.with("cannot be written", |open| open.put(&entries, position))?;
        if !entries.is_empty() {
            self.is_empty.store(false, Ordering::Release);
        }
        Ok(())
    }

    /// Removes entities. Cut short, some are left for another time.
    pub fn remove(&self, keys: &[Vec<u8>]) -> Result<(), ArchiveError> {
        self.with("cannot be written", |open| {
            let mut removals = open.db.batch();
            for key in keys {
                removals.remove(&open.shelf(kind(key))?, key.as_slice());
            }
            removals.commit()
        })
    }

    /// Merges the tables of a shelf, so that what was replaced in it is in none of them any more; `key` is one of the shelf's. The store's
    /// own log has what was put lately until it is followed by a new one, after 64 MB.
    pub fn merge(&self, key: &[u8]) -> Result<(), ArchiveError> {
        self.with("cannot be merged", |open| {
            let shelf = open.shelf(kind(key))?;
            shelf.rotate_memtable_and_wait()?;
            shelf.major_compact()
        })
    }

    /// Shows entities in order of key, from `from` on if given, until `each` says that it has enough; answers the key after
    /// which to go on, or nothing at the end.
    pub fn scan(
        &self,
        from: Option<&[u8]>,
        mut each: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.with("cannot be read", |open| {
            let from = from.unwrap_or_default().to_vec();
            let shelves = open.shelves.read().clone();
            for shelf in shelves.range(kind(&from)..).map(|(_, shelf)| shelf) {
                for entry in shelf.range(from.clone()..) {
                    let (key, bytes) = entry.into_inner()?;
                    if !each(&key, &bytes) {
                        // The next key in order.
                        return Ok(Some([&key[..], &[0]].concat()));
                    }
                }
            }
            Ok(None)
        })
    }

    /// Writes all entities as one file of blocks, a block in memory at a time.
    pub fn export<W: Write>(&self, out: W) -> std::io::Result<W> {
        let mut blocks = Encoder::begin(out, KIND)?;
        let mut from = None;
        let mut is_at_end = self.is_empty();
        while !is_at_end {
            let mut block = vec![0; POSITION_BYTES];
            let next = self.scan(from.as_deref(), |key, bytes| {
                append(&mut block, key);
                append(&mut block, bytes);
                block.len() < BLOCK_BYTES
            });
            from = next.map_err(Error::other)?;
            is_at_end = from.is_none();
            if block.len() > POSITION_BYTES {
                // Asked for after its entities were: they reflect no more.
                let position = self.position().map_err(Error::other)?;
                block[..POSITION_BYTES].copy_from_slice(&position.to_le_bytes());
                blocks.block(&block)?;
            }
        }
        blocks.end()
    }

    /// Makes an archive in a new folder of an exported file.
    pub fn import(dir: PathBuf, file: &Path) -> std::io::Result<()> {
        let mut blocks = Reader::open(file, KIND)?;
        let archive = Self::open(dir).map_err(Error::other)?;
        while let Some(block) = blocks.block()? {
            let (position, entries) = entries(&block).ok_or_else(|| {
                Error::new(ErrorKind::InvalidData, "a block is none of an archive")
            })?;
            archive.put(entries, position).map_err(Error::other)?;
        }
        Ok(())
    }

    /// Does something with the store underneath, which is opened where it is not. One that fails is closed.
    fn with<T>(
        &self,
        action: &'static str,
        act: impl FnOnce(&Open) -> Result<T, fjall::Error>,
    ) -> Result<T, ArchiveError> {
        let failed = |e: fjall::Error| ArchiveError {
            path: self.dir.clone(),
            action,
            detail: e.to_string(),
        };
        let open = {
            let mut slot = self.open.lock();
            if slot.is_none() {
                *slot = Some(Open::new(&self.dir).map_err(failed)?);
            }
            slot.clone()
        };
        // Just put there.
        let Some(open) = open else {
            return Err(failed(fjall::Error::Poisoned));
        };
        act(&open).map_err(|e| {
            *self.open.lock() = None;
            failed(e)
        })
    }
}

/// Appends bytes behind their length.
fn append(block: &mut Vec<u8>, bytes: &[u8]) {
    // Keys and entities are far shorter than 4 GB.
    block.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    block.extend_from_slice(bytes);
}

/// Takes bytes off that stand behind their length.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (bytes, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(bytes)
}

/// The position and the entities of a block.
fn entries(block: &[u8]) -> Option<(u64, Vec<Entry>)> {
    let (position, mut rest) = block.split_first_chunk()?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let key = take(&mut rest)?.to_vec();
        entries.push((key, take(&mut rest)?.to_vec()));
    }
    Some((u64::from_le_bytes(*position), entries))
}

/// What an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inspection {
    /// How many entities.
    pub entities: u64,
    /// The journal position that the newest of them reflects.
    pub position: u64,
}

/// Reads every entity of the archive in a folder that nobody uses. Opening it writes there.
pub fn inspect(dir: &Path) -> Result<Inspection, ArchiveError> {
    let archive = Archive::open(dir.to_owned())?;
    let mut entities = 0;
    archive.scan(None, |_, _| {
        entities += 1;
        true
    })?;
    Ok(Inspection {
        entities,
        position: archive.position()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Against a map, with reopenings; scanned in pieces of any size.
        #[test]
        fn is_a_map(
            steps in proptest::collection::vec((0..30_u8, any::<u16>(), 0..8_u8), 1..60), piece in 1..7_usize
        ) {
            let dir = tempfile::tempdir().unwrap();
            let mut archive = Archive::open(dir.path().join("archive")).unwrap();
            let mut model: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
            prop_assert!(archive.is_empty());
            let mut position = 0;
            for (key, value, what) in steps {
                let (key, value) = (vec![b'k' + key % 2, key], value.to_be_bytes().to_vec());
                if what == 0 {
                    drop(archive);
                    archive = Archive::open(dir.path().join("archive")).unwrap();
                } else {
                    // Fewer and more than are written as a table.
                    let some = (0..what).map(|i| (vec![key[0], key[1] + i], value.clone()));
                    let some: Vec<Entry> = some.collect();
                    archive.put(some.clone(), value[0].into()).unwrap();
                    position = position.max(u64::from(value[0]));
                    model.extend(some);
                }
                prop_assert_eq!(archive.get(&key).unwrap(), model.get(&key).cloned());
                prop_assert_eq!(archive.is_empty(), model.is_empty());
            }
            prop_assert_eq!(archive.position().unwrap(), position);
            let mut found = BTreeMap::new();
            let mut from: Option<Vec<u8>> = None;
            loop {
                let mut n = 0;
                from = archive.scan(from.as_deref(), |key, bytes| {
                    n += 1;
                    found.insert(key.to_vec(), bytes.to_vec());
                    n < piece
                }).unwrap();
                if from.is_none() {
                    break;
                }
            }
            prop_assert_eq!(&found, &model);
            let (low, high) = (vec![b'k', 5], vec![b'l', 20]);
            let gone = low..high;
            let between: Vec<Vec<u8>> = model.range(gone.clone()).map(|(key, _)| key.clone()).collect();
            archive.remove(&between).unwrap();
            for key in model.keys() {
                let stays = !gone.contains(key);
                prop_assert_eq!(archive.get(key).unwrap().is_some(), stays);
            }
        }
    }

    #[test]
    fn what_is_exported_is_imported() {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::open(dir.path().join("archive")).unwrap();
        let file = dir.path().join("file");
        let export = |archive: &Archive| {
            let bytes = archive.export(Vec::new()).unwrap();
            std::fs::write(&file, &bytes).unwrap();
            bytes
        };
        let import = |name: &str| {
            Archive::import(dir.path().join(name), &file).unwrap();
            Archive::open(dir.path().join(name)).unwrap()
        };
        export(&archive);
        assert!(import("empty").is_empty());

        // More than a block, with an entity that is longer than one.
        let entity = |i: u32, bytes: usize| (i.to_be_bytes().to_vec(), vec![i as u8; bytes]);
        let entries: Vec<Entry> = (0..3_000).map(|i| entity(i, 1_000)).collect();
        archive.put(entries.clone(), 70).unwrap();
        archive
            .put(vec![entity(9_999, 2 * BLOCK_BYTES), entity(10_000, 0)], 50)
            .unwrap();
        let bytes = export(&archive);
        let copy = import("copy");
        assert_eq!(copy.position().unwrap(), 70);
        assert_eq!(copy.get(&entity(7, 0).0).unwrap(), Some(vec![7; 1_000]));
        assert!(
            copy.export(Vec::new()).unwrap() == bytes,
            "nothing else is in it"
        );
        drop(copy);
        let seen = inspect(&dir.path().join("copy")).unwrap();
        assert_eq!((seen.entities, seen.position), (3_002, 70));

        let cut = &bytes[..bytes.len() - 1];
        std::fs::write(&file, cut).unwrap();
        assert!(Archive::import(dir.path().join("cut"), &file).is_err());
    }
}
