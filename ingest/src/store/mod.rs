//! The stores of facts: rows derived from the journal, for SQL.
//!
//! A row stands for an entity and is replaced by a later one of the same key. The program hands a store
//! [`Batch`]es: the rows that events up to a journal position made or changed since the position that the
//! store has come to ([`FactStore::position`], the ledger). A batch that is handed over again, whole or in
//! part, with the same rows or later ones, changes nothing: so a store is exact however often it was interrupted.
//!
//! [`FactStore`] is the embedded one: Parquet files that DataFusion reads; [`clickhouse`] is the other. Facts are derived, and what is
//! damaged is written again from the live state.
//!
//! # The embedded store's files
//! `facts/<table>/<day>.<generation>.parquet` holds all rows of a table that belong to a local day, sorted by
//! key. No file is ever changed. Taking a batch merges the new rows of a day with those of its file into a file
//! of a new name; when all are flushed, `facts/manifest.json` is replaced, at once, by one that names the
//! files that count from then on and the position that they have come to. A crash before leaves the old
//! manifest and some files that it does not name, which are removed at the next start; so merging is
//! compaction, and a crash in it changes nothing. A query works on the files of one manifest, and they stay
//! until it has ended.

pub mod clickhouse;
mod files;
mod merge;
mod query;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::datatypes::SchemaRef;
use parking_lot::Mutex;
use rayon::prelude::*;

use crate::event::time::Day;
use files::{DataFile, Manifest};
pub use query::Question;

/// A table of facts, as a store needs to know it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, without the version.
    pub schema: SchemaRef,
    /// The columns that tell its rows apart, in the order in which they are sorted.
    pub key: &'static [&'static str],
}

/// Rows of a table, each of which replaces that of its key, or takes it away.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The rows.
    pub batch: RecordBatch,
    /// True where a row takes that of its key away.
    pub deleted: BooleanArray,
}

/// What a table's rows became.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The table.
    pub table: Table,
    /// The rows by the day to which they belong.
    pub days: BTreeMap<Day, Rows>,
}

/// All rows that events up to a journal position made or changed, since the position of the store.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The position, and the version of every row.
    pub position: u64,
    /// True where the store has come to the position with it; false for a part that others of the same position
    /// follow: its rows are there at once, and are given again if the last part never comes.
    pub is_last: bool,
    /// The changes of each table.
    pub tables: Vec<Changes>,
}

/// The store that a server writes its facts to.
#[derive(Debug)]
pub enum Store {
    /// Files in the data directory.
    Embedded(FactStore),
    /// ClickHouse.
    ClickHouse(Box<clickhouse::ClickHouse>),
}

impl Store {
    /// Journal position up to which the facts are complete.
    pub fn position(&self) -> Result<u64, StoreError> {
        match self {
            Self::Embedded(store) => Ok(store.position()),
            Self::ClickHouse(store) => store.position(),
        }
    }

    /// As [`Store::position`], where it is known without asking anyone.
    pub fn known_position(&self) -> Option<u64> {
        match self {
            Self::Embedded(store) => Some(store.position()),
            Self::ClickHouse(store) => store.known_position(),
        }
    }

    /// Takes a batch, all or nothing; one that the store has come to already is taken before.
    pub fn take(&self, batch: &Batch) -> Result<(), StoreError> {
        match self {
            Self::Embedded(store) => store.take(batch),
            Self::ClickHouse(store) => store.take(batch),
        }
    }

    /// So many events' changes are handed over at once at most: the embedded store writes whole days and takes
    /// what there is, one elsewhere is sent pieces that memory and its limits bear.
    pub const fn window(&self) -> u64 {
        match self {
            Self::Embedded(_) => u64::MAX,
            Self::ClickHouse(_) => 250_000,
        }
    }
}

/// Why facts could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file cannot be read as Parquet.
    #[error("{path} is damaged ({detail}); it is written again from the journal")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// The rows could not be encoded.
    #[error("cannot write {path}: {detail}")]
    Encode {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A store elsewhere refused, or cannot be reached.
    #[error("{host}: {message}")]
    Remote {
        /// Where, without secrets.
        host: String,
        /// What it said and what to do.
        message: String,
        /// True where the same may succeed later.
        can_retry: bool,
    },
    /// The query is not one, or asks for what is not there.
    #[error("{0}")]
    Query(String),
}

impl StoreError {
    /// True where the same may succeed later: space freed, a server back.
    pub const fn can_retry(&self) -> bool {
        match self {
            Self::Io { .. } => true,
            Self::Remote { can_retry, .. } => *can_retry,
            Self::Damaged { .. } | Self::Encode { .. } | Self::Query(_) => false,
        }
    }
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        action,
        path,
        source,
    }
}

/// What the folder `facts` says of itself: its position and the files that count. Nothing is changed.
pub fn inspect(dir: &Path) -> Result<(u64, Vec<PathBuf>), String> {
    let manifest = Manifest::load(dir)?;
    let files = manifest.all().map(|file| file.path.clone()).collect();
    Ok((manifest.position, files))
}

/// The facts of a data directory.
#[derive(Debug)]
pub struct FactStore {
    dir: PathBuf,
    manifest: Mutex<Arc<Manifest>>,
    /// One batch at a time.
    taking: Mutex<()>,
}

impl FactStore {
    /// Opens the folder `facts` of a data directory. What is not as the manifest says is removed, to be
    /// written again.
    pub fn open(dir: PathBuf) -> Result<Self, StoreError> {
        let manifest = Manifest::open(&dir)?;
        Ok(Self {
            dir,
            manifest: Mutex::new(Arc::new(manifest)),
            taking: Mutex::new(()),
        })
    }

    fn snapshot(&self) -> Arc<Manifest> {
        Arc::clone(&self.manifest.lock())
    }

    /// Journal position up to which the facts are complete.
    pub fn position(&self) -> u64 {
        self.snapshot().position
    }

    /// Takes a batch, all or nothing. A file that cannot be merged with is [`StoreError::Damaged`].
    pub fn take(&self, batch: &Batch) -> Result<(), StoreError> {
        let _one = self.taking.lock();
        let before = self.snapshot();
        if batch.position <= before.position {
            return Ok(());
        }
        let generation = before.generation + 1;
        let jobs: Vec<(&Table, Day, &Rows)> = batch
            .tables
            .iter()
            .flat_map(|changes| {
                changes
                    .days
                    .iter()
                    .map(|(day, r)| (&changes.table, *day, r))
            })
            .collect();
        for changes in &batch.tables {
            let folder = self.dir.join(changes.table.name);
            std::fs::create_dir_all(&folder).map_err(io("create", &folder))?;
        }
        let merged =
            jobs.into_par_iter()
                .map(|(table, day, rows)| {
                    let old = before.file(table.name, day);
                    let old = old.map(|file| file.read(&table.schema)).transpose()?;
                    let merged = merge::merge(old.as_ref(), rows, batch.position, table.key)
                        .map_err(|e| StoreError::Encode {
                            path: self.dir.join(table.name),
                            detail: e.to_string(),
                        })?;
                    let file = if merged.num_rows() == 0 {
                        None
                    } else {
                        Some(DataFile::write(
                            &self.dir, table.name, day, generation, &merged,
                        )?)
                    };
                    Ok((table.name, day, file))
                })
                .collect::<Result<Vec<_>, StoreError>>()?;
        let position = if batch.is_last {
            batch.position
        } else {
            before.position
        };
        self.publish(&before, generation, position, merged)
    }

    fn publish(
        &self,
        before: &Manifest,
        generation: u64,
        position: u64,
        merged: Vec<(&'static str, Day, Option<DataFile>)>,
    ) -> Result<(), StoreError> {
        let mut replaced = Vec::new();
        let mut after = Manifest {
            position,
            generation,
            files: before.files.clone(),
        };
        for (table, day, file) in merged {
            let days = after.files.entry(table.to_owned()).or_default();
            replaced.extend(match file {
                Some(file) => days.insert(day, Arc::new(file)),
                None => days.remove(&day),
            });
        }
        after.save(&self.dir)?;
        // From now on the old ones go when their last reader has ended.
        for file in replaced {
            file.retire();
        }
        *self.manifest.lock() = Arc::new(after);
        Ok(())
    }

    /// Removes all facts, to be written again.
    pub fn clear(&self) -> Result<(), StoreError> {
        let _one = self.taking.lock();
        let before = self.snapshot();
        let after = Manifest {
            position: 0,
            generation: before.generation + 1,
            files: BTreeMap::new(),
        };
        after.save(&self.dir)?;
        for file in before.all() {
            file.retire();
        }
        *self.manifest.lock() = Arc::new(after);
        Ok(())
    }

    /// The first file that cannot be read to its end, if there is one.
    pub fn damaged(&self, tables: &[Table]) -> Option<StoreError> {
        let snapshot = self.snapshot();
        tables.iter().find_map(|table| {
            let days = snapshot.files.get(table.name)?;
            days.values()
                .find_map(|file| file.read(&table.schema).err())
        })
    }

    /// Answers a read-only query; see [`Question`].
    pub async fn query(&self, question: Question<'_>) -> Result<Vec<RecordBatch>, StoreError> {
        query::answer(&self.snapshot(), question).await
    }
}

#[cfg(test)]
mod tests;
