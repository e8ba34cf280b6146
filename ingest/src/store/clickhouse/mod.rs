//! Facts in a ClickHouse server or cluster.
//!
//! Every table of rows is a `ReplacingMergeTree` over the key and the version, so that a row that is sent again,
//! or later with a greater version, replaces itself: what is read (`FINAL`) is exact however often a batch
//! was interrupted. On top, each insert carries a fixed deduplication token, so that a server that took it and
//! could not say so drops it when it comes again. `async_insert` is off: an answer means that it is written.
//!
//! The table `ledger` has the journal position that this installation's facts have come to, written after
//! all rows up to it. Until then the journal keeps the only copy that counts. One database belongs to one
//! installation, which its secret's fingerprint tells.
//!
//! The schema is `deploy/clickhouse/single.sql` or, on a cluster, `cluster.sql`; it is created where it is not,
//! and checked before anything is written: tables altered by hand, or without deduplication, are refused.
//! Tables can be altered under a running program, too: it looks at them before each batch, and where they are not
//! what they were, everything is checked again. A table that is gone, or is another one of the same name, is filled anew.

mod address;
mod schema;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arrow::array::{ArrayRef, RecordBatch, UInt8Array, UInt64Array};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use clickhouse::Client;
use clickhouse::error::Error;
use parking_lot::Mutex;
use tokio::runtime::Runtime;

pub use address::{Address, AddressError};
use schema::Look;

use super::{Changes, LazyBatch, Rows, StoreError, Table};

/// The version of the schema; the ledger has it.
const SCHEMA: u32 = 4;
/// Rows of one insert.
const INSERT_ROWS: usize = 200_000;
/// An insert is tried so often at once, with the same token, before the caller is told.
const TRIES: u32 = 3;
/// The end of every whole Arrow stream. A stream may also be cut between two messages, which a reader does not see.
const END_OF_STREAM: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
/// No position is known.
const UNKNOWN: u64 = u64::MAX;

/// A ClickHouse store, connected when it is first needed.
#[derive(Debug)]
pub struct ClickHouse {
    address: Address,
    client: Client,
    runtime: Runtime,
    tables: Vec<Table>,
    installation: String,
    /// What was found there last; held by one call at a time.
    known: Mutex<Option<Known>>,
    /// The position known last, for those who tell of it and do not wait.
    reached: AtomicU64,
    /// The position is no longer to be counted on before the tables were checked.
    is_doubted: AtomicBool,
}

/// The tables when they were last checked, and what the ledger said then or was told since.
#[derive(Debug)]
struct Known {
    look: Look,
    position: u64,
}

impl ClickHouse {
    /// A store at an address, for an installation. Nothing is sent yet.
    pub fn new(
        address: Address,
        tables: Vec<Table>,
        installation: String,
    ) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("clickhouse")
            .enable_all()
            .build()
            .map_err(|e| StoreError::Query(e.to_string()))?;
        let mut client = Client::default()
            .with_url(address.http())
            .with_database(&address.database)
            .with_setting("async_insert", "0")
            .with_setting("wait_end_of_query", "1");
        if let Some(user) = &address.user {
            client = client.with_user(user);
        }
        if let Some(password) = &address.password {
            client = client.with_password(password);
        }
        Ok(Self {
            address,
            client,
            runtime,
            tables,
            installation,
            known: Mutex::new(None),
            reached: UNKNOWN.into(),
            is_doubted: false.into(),
        })
    }

    /// Journal position up to which the facts are complete, from the ledger. The first call creates and checks
    /// the schema; so does one that finds the tables other than they were.
    pub fn position(&self) -> Result<u64, StoreError> {
        let mut known = self.known.lock();
        let is_doubted = self.is_doubted.load(Ordering::Relaxed);
        let position = self.runtime.block_on(async {
            if let Some(known) = &*known
                && !is_doubted
                && self.look().await? == known.look
            {
                return Ok(known.position);
            }
            let before = known.as_ref().map(|known| &known.look);
            let look = self.prepare(before).await?;
            let position = self.read_ledger().await?;
            *known = Some(Known { look, position });
            Ok::<_, StoreError>(position)
        })?;
        self.is_doubted.store(false, Ordering::Relaxed);
        self.reached.store(position, Ordering::Relaxed);
        Ok(position)
    }

    /// The position as it was known last, where the ledger has ever been read.
    pub fn known_position(&self) -> Option<u64> {
        Some(self.reached.load(Ordering::Relaxed)).filter(|position| *position != UNKNOWN)
    }

    /// Takes a batch that follows the position: all tables' rows, and then the ledger.
    pub fn take_lazy(&self, batch: LazyBatch<'_>) -> Result<(), StoreError> {
        let since = match self.known_position() {
            Some(position) => position,
            None => self.position()?,
        };
        if batch.position <= since {
            return Ok(());
        }
        if let Err(error) = self.runtime.block_on(self.send(batch, since)) {
            if !error.can_retry() {
                // Perhaps a table was altered just now: then the check says it better.
                self.is_doubted.store(true, Ordering::Relaxed);
                self.position()?;
            }
            return Err(error);
        }
        if batch.is_last {
            if let Some(known) = &mut *self.known.lock() {
                known.position = batch.position;
            }
            self.reached.store(batch.position, Ordering::Relaxed);
        }
        Ok(())
    }

    async fn send(&self, batch: LazyBatch<'_>, since: u64) -> Result<(), StoreError> {
        for at in 0..batch.tables {
            let changes = (batch.changes)(at)?;
            self.insert_changes(&changes, since, batch.position).await?;
        }
        if !batch.is_last {
            return Ok(());
        }
        let ledger = format!(
            "INSERT INTO ledger (installation, position, schema) VALUES ('{}', {}, {SCHEMA})",
            self.installation, batch.position
        );
        self.execute(&ledger).await
    }

    /// Sends rows that follow no journal, with a version of the sender's own: a greater one replaces a lesser. The ledger
    /// does not know of them.
    pub fn put(&self, changes: &Changes, version: u64) -> Result<(), StoreError> {
        // The tables are there, and checked.
        self.position()?;
        self.runtime
            .block_on(self.insert_changes(changes, version, version))
    }

    /// Answers a read-only query.
    pub fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        // Not `position` each time: what it finds is for the one who writes.
        if self.known_position().is_none() {
            self.position()?;
        }
        self.runtime.block_on(self.ask(sql))
    }

    /// As [`ClickHouse::query`], with texts as bytes: it has one type for both.
    pub fn query_bytes(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        self.position()?;
        self.runtime.block_on(self.ask_as(sql, "0"))
    }

    async fn ask(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        self.ask_as(sql, "1").await
    }

    async fn ask_as(
        &self,
        sql: &str,
        strings_as_strings: &str,
    ) -> Result<Vec<RecordBatch>, StoreError> {
        let query = self
            .client
            .query_raw(sql)
            // Two allows what the client sets with each request, and no writing.
            .with_setting("readonly", "2")
            .with_setting("output_format_arrow_string_as_string", strings_as_strings)
            .with_setting("output_format_arrow_compression_method", "none");
        let answer = async { query.fetch_bytes("ArrowStream")?.collect().await };
        let bytes = match tokio::time::timeout(self.address.timeout, answer).await {
            Ok(answer) => answer.map_err(|e| self.failed(e))?,
            Err(_) => return Err(self.failed(Error::TimedOut)),
        };
        if !bytes.ends_with(&END_OF_STREAM) {
            let message =
                "its answer ends too early; see what stands between it and here, it is asked again";
            return Err(self.remote(message.to_owned(), true));
        }
        let unreadable = |e: arrow::error::ArrowError| {
            self.remote(format!("its answer cannot be read ({e})"), true)
        };
        let reader = StreamReader::try_new(bytes.as_ref(), None).map_err(unreadable)?;
        let schema = reader.schema();
        let mut batches = reader.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }

    /// A query's cells as text.
    async fn texts(&self, sql: &str) -> Result<Vec<Vec<String>>, StoreError> {
        let batches = self.ask(sql).await?;
        let mut rows = Vec::new();
        for batch in batches {
            for row in 0..batch.num_rows() {
                let cells = batch.columns().iter().map(|column| {
                    arrow::util::display::array_value_to_string(column, row).unwrap_or_default()
                });
                rows.push(cells.collect());
            }
        }
        Ok(rows)
    }

    async fn execute(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.client.query_raw(sql).execute();
        match tokio::time::timeout(self.address.timeout, done).await {
            Ok(done) => done.map_err(|e| self.failed(e)),
            Err(_) => Err(self.failed(Error::TimedOut)),
        }
    }

    /// The tables as they are.
    async fn look(&self) -> Result<Look, StoreError> {
        Ok(Look {
            columns: self.texts(schema::COLUMNS).await?,
            tables: self.texts(schema::TABLES).await?,
        })
    }

    /// Makes the tables where they are not, checks them, and makes the views over them. Where one of rows is
    /// missing that the ledger counts on, or is not the one that it was `before`, the ledger begins again, before the
    /// table is made: all rows are sent.
    async fn prepare(&self, before: Option<&Look>) -> Result<Look, StoreError> {
        let mut there = self.look().await?;
        if there.has("ledger") && self.make_way().await? {
            there = self.look().await?;
        }
        let gone = self.tables.iter().find(|t| there.lacks(t, before));
        if let Some(table) = gone
            && there.has("ledger")
            && self.read_ledger().await? > 0
        {
            tracing::warn!(
                table = table.name,
                "a table is gone: all facts are sent again"
            );
            self.execute(&schema::emptied_ledger(&self.address)).await?;
        }
        let (views, tables): (Vec<_>, Vec<_>) = schema::statements(&self.address)
            .into_iter()
            .partition(|statement| statement.starts_with("CREATE OR REPLACE VIEW"));
        for statement in tables {
            self.execute(&statement).await?;
        }
        let look = self.look().await?;
        schema::check(&self.tables, &look).map_err(|message| self.remote(message, false))?;
        for statement in views {
            self.execute(&statement).await?;
        }
        Ok(look)
    }

    /// Removes our own tables where an older program made them: they are made anew, and all facts are sent again. Answers
    /// whether it did.
    async fn make_way(&self) -> Result<bool, StoreError> {
        // Of another installation, or a newer version, it is an error.
        self.read_ledger().await?;
        let versions = self.texts("SELECT max(schema) FROM ledger").await?;
        let version: u32 = versions
            .first()
            .and_then(|row| row.first()?.parse().ok())
            .unwrap_or(0);
        if version == 0 || version == SCHEMA {
            return Ok(false);
        }
        tracing::warn!(
            version,
            "the tables are of an older program: they are made anew and all facts are sent again"
        );
        for statement in schema::dropped(&self.address, &self.tables) {
            self.execute(&statement).await?;
        }
        Ok(true)
    }

    async fn read_ledger(&self) -> Result<u64, StoreError> {
        let rows = self
            .texts(
                "SELECT installation, max(position), max(schema) FROM ledger GROUP BY installation",
            )
            .await?;
        let mut position = 0;
        for row in rows {
            let [installation, reached, schema] = &row[..] else {
                continue;
            };
            if *installation != self.installation {
                let message = format!(
                    "the database `{}` holds the facts of another installation; name a database of its own for each",
                    self.address.database
                );
                return Err(self.remote(message, false));
            }
            if schema.parse().unwrap_or(0) > SCHEMA {
                let message = format!(
                    "its tables are of version {schema} and this program knows {SCHEMA}; start the newer program"
                );
                return Err(self.remote(message, false));
            }
            position = reached.parse().unwrap_or(0);
        }
        Ok(position)
    }

    /// Sends a table's rows in parts, each with its token.
    async fn insert_changes(
        &self,
        changes: &Changes,
        since: u64,
        position: u64,
    ) -> Result<(), StoreError> {
        let days: Vec<RecordBatch> = changes
            .days
            .values()
            .map(|rows| sent(rows, position))
            .collect::<Result<_, _>>()
            .map_err(|e| self.remote(e.to_string(), false))?;
        let Some(first) = days.first() else {
            return Ok(());
        };
        let all = concat_batches(&first.schema(), &days)
            .map_err(|e| self.remote(e.to_string(), false))?;
        let table = changes.table.name;
        let columns: Vec<&str> = all
            .schema_ref()
            .fields()
            .iter()
            .map(|f| f.name().as_str())
            .collect();
        let sql = format!(
            "INSERT INTO {table}_rows ({}) FORMAT ArrowStream",
            columns.join(", ")
        );
        for begin in (0..all.num_rows()).step_by(INSERT_ROWS) {
            let part = all.slice(begin, INSERT_ROWS.min(all.num_rows() - begin));
            let bytes = stream(&part).map_err(|e| self.remote(e.to_string(), false))?;
            let token = format!(
                "{}-{table}-{since}-{position}-{begin}-{:08x}",
                self.installation,
                crc32fast::hash(&bytes)
            );
            self.insert(&sql, bytes.into(), &token).await?;
        }
        Ok(())
    }

    /// One insert; again where it is not known whether it was taken.
    async fn insert(&self, sql: &str, bytes: bytes::Bytes, token: &str) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            let mut insert = self
                .client
                .insert_formatted_with(sql)
                .with_setting("insert_deduplication_token", token)
                .with_setting("max_partitions_per_insert_block", "0")
                .with_setting("distributed_foreground_insert", "1")
                .with_timeouts(Some(self.address.timeout), Some(self.address.timeout));
            let sent = async {
                insert.send(bytes.clone()).await?;
                insert.end().await
            };
            let error = match sent.await {
                Ok(()) => return Ok(()),
                Err(e) => self.failed(e),
            };
            tries += 1;
            if tries >= TRIES || !error.can_retry() {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(100) * 4_u32.pow(tries - 1)).await;
        }
    }

    fn remote(&self, message: String, can_retry: bool) -> StoreError {
        StoreError::Remote {
            host: self.address.shown(),
            message,
            can_retry,
        }
    }

    /// What an error of the client means.
    fn failed(&self, error: Error) -> StoreError {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default().to_owned();
        let code = text
            .split("Code: ")
            .nth(1)
            .and_then(|rest| rest.split('.').next())
            .and_then(|code| code.trim().parse::<u32>().ok());
        match (&error, code) {
            (_, Some(192..=194 | 516)) => self.remote(
                "it does not know this user or password; give them in the address, or the password in VONGLAU_CLICKHOUSE_PASSWORD".to_owned(),
                false,
            ),
            (_, Some(81)) => self.remote(
                format!(
                    "it has no database `{}`; create it: CREATE DATABASE {}",
                    self.address.database, self.address.database
                ),
                false,
            ),
            // Too slow, too busy, too full, or cut off from others: it may be better later. All other refusals
            // would come again.
            (_, Some(159 | 160 | 202 | 203 | 209 | 210 | 236 | 241 | 242 | 243 | 252 | 285 | 286 | 319 | 394 | 425 | 999)) => {
                self.remote(line, true)
            }
            (_, Some(_)) => self.remote(line, false),
            (Error::Network(_) | Error::TimedOut, _) => {
                self.remote(format!("it does not answer ({line}); see whether it runs and can be reached, it is asked again"), true)
            }
            _ => self.remote(line, true),
        }
    }
}

/// Rows as they are sent: with version and deletion.
fn sent(rows: &Rows, version: u64) -> Result<RecordBatch, arrow::error::ArrowError> {
    let n = rows.batch.num_rows();
    let added = [
        Arc::new(Field::new("version", DataType::UInt64, false)),
        Arc::new(Field::new("deleted", DataType::UInt8, false)),
    ];
    let schema = rows.batch.schema();
    let fields: Vec<_> = schema.fields().iter().cloned().chain(added).collect();
    let versions: ArrayRef = Arc::new(UInt64Array::from(vec![version; n]));
    let deleted: UInt8Array = (0..n)
        .map(|i| Some(u8::from(rows.deleted.value(i))))
        .collect();
    let columns = rows.batch.columns().iter().cloned();
    let columns = columns.chain([versions, Arc::new(deleted) as ArrayRef]);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.collect())
}

fn stream(rows: &RecordBatch) -> Result<Vec<u8>, arrow::error::ArrowError> {
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, rows.schema_ref())?;
    writer.write(rows)?;
    writer.finish()?;
    drop(writer);
    Ok(bytes)
}
