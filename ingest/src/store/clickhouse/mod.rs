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

mod address;
mod schema;

use std::sync::Arc;
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

use super::{Batch, Changes, Rows, StoreError, Table};

/// The version of the schema; the ledger has it.
const SCHEMA: u32 = 2;
/// Rows of one insert.
const INSERT_ROWS: usize = 200_000;
/// An insert is tried so often at once, with the same token, before the caller is told.
const TRIES: u32 = 3;
/// Longest time for an insert or a question.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A ClickHouse store, connected when it is first needed.
#[derive(Debug)]
pub struct ClickHouse {
    address: Address,
    client: Client,
    runtime: Runtime,
    tables: Vec<Table>,
    installation: String,
    /// The ledger's position, once the schema has been checked.
    position: Mutex<Option<u64>>,
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
            position: Mutex::new(None),
        })
    }

    /// Journal position up to which the facts are complete, from the ledger. The first call creates and checks
    /// the schema.
    pub fn position(&self) -> Result<u64, StoreError> {
        let mut known = self.position.lock();
        if let Some(position) = *known {
            return Ok(position);
        }
        let position = self.runtime.block_on(async {
            self.prepare().await?;
            self.read_ledger().await
        })?;
        *known = Some(position);
        Ok(position)
    }

    /// The position, where the ledger has been read.
    pub fn known_position(&self) -> Option<u64> {
        self.position.try_lock().and_then(|known| *known)
    }

    /// Takes a batch: all tables' rows, and then the ledger.
    pub fn take(&self, batch: &Batch) -> Result<(), StoreError> {
        let since = self.position()?;
        if batch.position <= since {
            return Ok(());
        }
        self.runtime.block_on(async {
            for changes in &batch.tables {
                self.insert_changes(changes, since, batch.position).await?;
            }
            if !batch.is_last {
                return Ok(());
            }
            let ledger = format!(
                "INSERT INTO ledger (installation, position, schema) VALUES ('{}', {}, {SCHEMA})",
                self.installation, batch.position
            );
            self.execute(&ledger).await
        })?;
        if batch.is_last {
            *self.position.lock() = Some(batch.position);
        }
        Ok(())
    }

    /// Answers a read-only query.
    pub fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        self.position()?;
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
        let bytes = match tokio::time::timeout(TIMEOUT, answer).await {
            Ok(answer) => answer.map_err(|e| self.failed(e))?,
            Err(_) => return Err(self.failed(Error::TimedOut)),
        };
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
        match tokio::time::timeout(TIMEOUT, done).await {
            Ok(done) => done.map_err(|e| self.failed(e)),
            Err(_) => Err(self.failed(Error::TimedOut)),
        }
    }

    /// Makes the tables where they are not, checks them, and makes the views over them. Where one of rows is
    /// missing that the ledger counts on, the ledger begins again, before the table is made: all rows are sent.
    async fn prepare(&self) -> Result<(), StoreError> {
        let mut there = self.table_names().await?;
        if there.iter().any(|t| t == "ledger") {
            self.make_way().await?;
            there = self.table_names().await?;
        }
        let is_there = |name: &str| there.iter().any(|t| t == name);
        let missing = |table: &&Table| !is_there(&format!("{}_rows", table.name));
        if let Some(table) = self.tables.iter().find(missing)
            && is_there("ledger")
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
        let columns = self
            .texts(
                "SELECT table, name, type FROM system.columns WHERE database = currentDatabase() ORDER BY table, position",
            )
            .await?;
        let engines = self
            .texts("SELECT name, engine, engine_full FROM system.tables WHERE database = currentDatabase()")
            .await?;
        schema::check(&self.tables, &columns, &engines)
            .map_err(|message| self.remote(message, false))?;
        for statement in views {
            self.execute(&statement).await?;
        }
        Ok(())
    }

    async fn table_names(&self) -> Result<Vec<String>, StoreError> {
        let rows = self
            .texts("SELECT name FROM system.tables WHERE database = currentDatabase()")
            .await?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// Removes our own tables where an older program made them: they are made anew, and all facts are sent again.
    async fn make_way(&self) -> Result<(), StoreError> {
        // Of another installation, or a newer version, it is an error.
        self.read_ledger().await?;
        let versions = self.texts("SELECT max(schema) FROM ledger").await?;
        let version: u32 = versions
            .first()
            .and_then(|row| row.first()?.parse().ok())
            .unwrap_or(0);
        if version == 0 || version == SCHEMA {
            return Ok(());
        }
        tracing::warn!(
            version,
            "the tables are of an older program: they are made anew and all facts are sent again"
        );
        for statement in schema::dropped(&self.address, &self.tables) {
            self.execute(&statement).await?;
        }
        Ok(())
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
                .with_timeouts(Some(TIMEOUT), Some(TIMEOUT));
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
                self.remote(format!("it does not answer ({line}); it is asked again"), true)
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
