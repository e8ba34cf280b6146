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
//! `facts/<table>/<day>.<generation>.parquet` holds all rows of a table that belong to a local day, in the table's
//! [`order`](Table::order). No file is ever changed. Taking a batch merges the new rows of a day with those of
//! its file into a file of a new name; when all are flushed, `facts/manifest.json` is replaced, at once, by one
//! that names the files that count from then on and the position that they have come to. A crash before leaves
//! the old manifest and some files that it does not name, which are removed at the next start. A query works on
//! the files of one manifest, and they stay until it has ended.
//!
//! # Months
//! A file a day is soon thousands. [`FactStore::compact`] joins the files of each calendar month that ended over
//! 40 days ago into one, `<first day>_<last day>.<generation>.parquet`, and replaces the manifest in the same way,
//! so a crash in it changes nothing either. It reads the day files side by side, a few thousand rows of each,
//! and takes batches meanwhile: a month that one of them changed waits for the next time. Days
//! do not share keys, so joining only puts rows in order. New rows of a day that a month's file covers are
//! merged by writing that file again. Such rows are rare, and cost seconds: an event over 40 days late, or the end
//! of a dossier that was filed two months before.
//!
//! # What a query reads
//! The manifest says of each file how many rows it has and the ends of each column of days, times and whole
//! numbers. Files that a query's `where` cannot touch are dropped by it before any is opened (`scan`);
//! of the others only footers are read, which queries share, and then the row groups and pages whose statistics do
//! not rule them out. A table's order puts together what is asked for together. Groups by day or time whose rows
//! lie in files of one processor alone are made there, whole, instead of being gathered twice (`disjoint`).

pub mod clickhouse;
mod disjoint;
mod embedded;
mod file;
mod manifest;
mod merge;
mod query;
mod scan;
mod span;
mod steps;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::{BooleanArray, RecordBatch};
use arrow::datatypes::SchemaRef;

use crate::event::time::Day;
pub use embedded::FactStore;
use manifest::Manifest;
pub use query::Question;

/// A table of facts, as a store needs to know it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, without the version.
    pub schema: SchemaRef,
    /// The columns that tell its rows apart. Rows of different days differ in them.
    pub key: &'static [&'static str],
    /// The columns by which rows lie in a file of the embedded store; the key goes on where they are equal. The
    /// first of several has few values in a month: each begins a row group, which queries read or skip whole.
    pub order: &'static [&'static str],
}

/// Rows of a table, each of which replaces that of its key, or takes it away.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The rows.
    pub batch: RecordBatch,
    /// True where a row takes that of its key away.
    pub deleted: BooleanArray,
    /// The rows are in the table's order, each key is there once, and none takes away: they need no sorting. Where that
    /// cannot be said it is false.
    pub are_in_order: bool,
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

/// A [`Batch`] whose tables are made when they are written, so that not all are in memory at once.
#[derive(Clone, Copy)]
pub struct LazyBatch<'a> {
    /// As [`Batch::position`].
    pub position: u64,
    /// As [`Batch::is_last`].
    pub is_last: bool,
    /// How many tables.
    pub tables: usize,
    /// Makes the changes of a table by its number; asked once for each, from several threads.
    pub changes: &'a (dyn Fn(usize) -> Result<Changes, StoreError> + Sync),
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
    pub fn take(&self, batch: LazyBatch<'_>) -> Result<(), StoreError> {
        match self {
            Self::Embedded(store) => store.take_lazy(batch),
            Self::ClickHouse(store) => store.take_lazy(batch),
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
    /// It has facts of events that the journal does not have.
    #[error(
        "the store has facts up to event {facts} and the journal ends at {journal}: it was restored from an older copy or cut; restore the newest journal, or name a new database"
    )]
    Ahead {
        /// The store's position.
        facts: u64,
        /// The journal's.
        journal: u64,
    },
    /// Others are bringing it up to the journal, and that takes long.
    #[error("the facts are {behind} events behind and are being written; ask again")]
    Busy {
        /// Events that are still to be written.
        behind: u64,
    },
    /// The query is not one, asks for what is not there, or for more than there is room for.
    #[error("{0}")]
    Query(String),
    /// A query found a file that it could not read.
    #[error("the facts could not be read: {0}")]
    Unreadable(String),
}

impl StoreError {
    /// True where the same may succeed later: space freed, a server back.
    pub const fn can_retry(&self) -> bool {
        match self {
            Self::Io { .. } | Self::Busy { .. } => true,
            Self::Remote { can_retry, .. } => *can_retry,
            Self::Damaged { .. }
            | Self::Encode { .. }
            | Self::Ahead { .. }
            | Self::Query(_)
            | Self::Unreadable(_) => false,
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

#[cfg(test)]
mod tests;
