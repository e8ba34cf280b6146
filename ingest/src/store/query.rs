//! Read-only SQL over the embedded store.
//!
//! Read-only by construction: the planner is told to refuse everything but queries, and no file outside the
//! registered tables can be named.
//!
//! Bounded: all queries of a store share [`QUERY_BYTES`] of memory. One that needs more puts a part of its groups or
//! of what it sorts into files, up to [`SPILL_BYTES`], and where that cannot be done, or its answer is over
//! [`ANSWER_BYTES`], it ends with an error that says so.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;
use datafusion::catalog::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::{SQLOptions, SessionConfig, SessionContext};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use futures_util::StreamExt as _;

use super::disjoint::DisjointGroups;
use super::manifest::Manifest;
use super::scan::StoredTable;
use super::{StoreError, Table, steps};

/// Memory for the queries of a store. Ten million visits in 1.35 million groups with their quantiles take half.
pub(super) const QUERY_BYTES: usize = 1024 * MB;
/// Disk for what does not fit into it.
const SPILL_BYTES: u64 = 8 * 1024 * MB as u64;
/// The largest answer: a million rows of a few columns.
const ANSWER_BYTES: usize = 256 * MB;
/// Memory for footers that queries share.
const FOOTER_BYTES: usize = 64 * MB;
/// So much is read of a file's end at first; most footers are shorter.
const FOOTER_READ: usize = 64 * 1024;

const MB: usize = 1024 * 1024;

/// A query and what it may name.
#[derive(Debug)]
pub struct Question<'a> {
    /// The query.
    pub sql: &'a str,
    /// The stored tables: each is there under its name with `_rows`, as stored.
    pub tables: Vec<Table>,
    /// What is seen under a name: a query over the stored rows.
    pub views: Vec<(&'a str, String)>,
    /// Tables given in memory.
    pub in_memory: Vec<(&'a str, RecordBatch)>,
    /// Makes functions of our own known.
    pub prepare: fn(&SessionContext),
}

/// What the queries of a store share.
pub(super) fn runtime(query_bytes: usize, spill: PathBuf) -> Result<Arc<RuntimeEnv>, StoreError> {
    RuntimeEnvBuilder::new()
        .with_memory_limit(query_bytes, 1.0)
        .with_temp_file_path(spill)
        .with_max_temp_directory_size(SPILL_BYTES)
        .with_metadata_cache_limit(FOOTER_BYTES)
        .build_arc()
        .map_err(refused)
}

fn config() -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(2)
        .with_information_schema(true);
    let execution = &mut config.options_mut().execution;
    // Many small groups, such as a point's quarters of an hour, are not worth gathering twice: half the memory.
    execution.skip_partial_aggregation_probe_ratio_threshold = 0.1;
    execution.parquet.metadata_size_hint = Some(FOOTER_READ);
    config
}

pub(super) async fn answer(
    runtime: &Arc<RuntimeEnv>,
    manifest: &Manifest,
    question: Question<'_>,
) -> Result<Vec<RecordBatch>, StoreError> {
    let state = SessionStateBuilder::new_with_default_features()
        .with_config(config())
        .with_runtime_env(Arc::clone(runtime))
        .with_physical_optimizer_rule(Arc::new(DisjointGroups))
        .build();
    let context = SessionContext::new_with_state(state);
    context.register_udf(steps::function());
    (question.prepare)(&context);
    for table in &question.tables {
        let name = format!("{}_rows", table.name);
        let stored = StoredTable::of(manifest, table).map_err(refused)?;
        context
            .register_table(name, Arc::new(stored))
            .map_err(refused)?;
    }
    for (name, sql) in question.views {
        let view = context.sql(&sql).await.map_err(refused)?;
        context
            .register_table(name, view.into_view())
            .map_err(refused)?;
    }
    for (table, rows) in question.in_memory {
        let provider = MemTable::try_new(rows.schema(), vec![vec![rows]]).map_err(refused)?;
        context
            .register_table(table, Arc::new(provider))
            .map_err(refused)?;
    }
    let read_only = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let frame = context
        .sql_with_options(question.sql, read_only)
        .await
        .map_err(refused)?;
    collect(frame.execute_stream().await.map_err(refused)?).await
}

/// All rows of an answer that is not too large; at least one batch, for its columns.
async fn collect(mut rows: SendableRecordBatchStream) -> Result<Vec<RecordBatch>, StoreError> {
    let (mut batches, mut bytes) = (Vec::new(), 0);
    let schema = shown(&rows.schema());
    while let Some(batch) = rows.next().await {
        let batch = show(&batch.map_err(refused)?, &schema).map_err(|e| refused(e.into()))?;
        bytes += size(&batch);
        if bytes > ANSWER_BYTES {
            return Err(StoreError::Query(format!(
                "the answer is over {} MB: ask for fewer rows or columns",
                ANSWER_BYTES / MB
            )));
        }
        batches.push(batch);
    }
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// Columns of an answer: texts as everyone reads them, not as views into pages.
fn shown(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8View => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8)),
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn show(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| cast(column, field.data_type()));
    RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?)
}

/// The bytes of its own rows: many batches may be parts of one allocation.
fn size(batch: &RecordBatch) -> usize {
    let sizes = batch.columns().iter().map(|column| {
        let data = column.to_data();
        data.get_slice_memory_size()
            .unwrap_or_else(|_| column.get_array_memory_size())
    });
    sizes.sum()
}

/// Whose fault an error is: the query's, or that of a file.
fn refused(error: DataFusionError) -> StoreError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(detail) => StoreError::Query(format!(
            "it needs more memory than queries have; ask about a shorter span, or for fewer groups ({})",
            one_line(detail.lines().last().unwrap_or_default())
        )),
        DataFusionError::ParquetError(_)
        | DataFusionError::ObjectStore(_)
        | DataFusionError::IoError(_) => StoreError::Unreadable(one_line(&error.strip_backtrace())),
        DataFusionError::ArrowError(e, _) if is_of_a_file(e) => {
            StoreError::Unreadable(one_line(&error.strip_backtrace()))
        }
        _ => StoreError::Query(one_line(&error.strip_backtrace())),
    }
}

fn is_of_a_file(error: &ArrowError) -> bool {
    use ArrowError::{ExternalError, IoError, IpcError, ParquetError};
    matches!(
        error,
        ParquetError(_) | ExternalError(_) | IoError(..) | IpcError(_)
    )
}

/// A message on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
