//! Read-only SQL over the embedded store.
//!
//! Read-only by construction: the planner is told to refuse everything but queries, and no file outside the
//! registered tables can be named.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::DataFusionError;
use datafusion::execution::context::{SQLOptions, SessionConfig, SessionContext};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;

use super::files::{Manifest, stored};
use super::{StoreError, Table};

/// Memory that a query may use.
const QUERY_BYTES: usize = 256 * 1024 * 1024;

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

pub(super) async fn answer(
    manifest: &Manifest,
    question: Question<'_>,
) -> Result<Vec<RecordBatch>, StoreError> {
    let asked = |e: DataFusionError| StoreError::Query(one_line(&e.strip_backtrace()));
    let mut config = SessionConfig::new()
        .with_target_partitions(2)
        .with_information_schema(true);
    // Many small groups, such as a point's quarters of an hour, are not worth gathering twice: half the memory.
    config
        .options_mut()
        .execution
        .skip_partial_aggregation_probe_ratio_threshold = 0.1;
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(QUERY_BYTES, 1.0)
        .build_arc()
        .map_err(asked)?;
    let context = SessionContext::new_with_config_rt(config, runtime);
    (question.prepare)(&context);
    for table in &question.tables {
        register(&context, manifest, table).map_err(asked)?;
    }
    for (name, sql) in question.views {
        let view = context.sql(&sql).await.map_err(asked)?;
        context
            .register_table(name, view.into_view())
            .map_err(asked)?;
    }
    for (table, rows) in question.in_memory {
        let provider = MemTable::try_new(rows.schema(), vec![vec![rows]]).map_err(asked)?;
        context
            .register_table(table, Arc::new(provider))
            .map_err(asked)?;
    }
    let read_only = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let frame = context
        .sql_with_options(question.sql, read_only)
        .await
        .map_err(asked)?;
    let schema = Arc::clone(frame.schema().inner());
    let mut batches = frame.collect().await.map_err(asked)?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

/// Registers a table's files as `<name>_rows`.
fn register(
    context: &SessionContext,
    manifest: &Manifest,
    table: &Table,
) -> Result<(), DataFusionError> {
    let name = format!("{}_rows", table.name);
    let schema = stored(&table.schema);
    let files = manifest.files.get(table.name);
    let urls: Vec<ListingTableUrl> = files
        .into_iter()
        .flat_map(|days| days.values())
        .map(|file| ListingTableUrl::parse(file.path.display().to_string()))
        .collect::<Result<_, _>>()?;
    if urls.is_empty() {
        let empty = MemTable::try_new(schema, vec![vec![]])?;
        context.register_table(name, Arc::new(empty))?;
        return Ok(());
    }
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(schema);
    context.register_table(name, Arc::new(ListingTable::try_new(config)?))?;
    Ok(())
}

/// A message on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
