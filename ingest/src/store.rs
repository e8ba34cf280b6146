//! The embedded store of facts: Parquet files by table and day, read by DataFusion.
//!
//! `facts/<table>/<day>.parquet` holds all rows of a table that belong to a local day (`none.parquet`
//! those that belong to none). A partition is replaced as a whole: written under another name, flushed, and
//! renamed, so that a reader sees the old file or the new one and a crash leaves one of them. Facts are
//! derived: what is damaged is written again from the journal.
//!
//! SQL is read-only by construction: the planner is told to refuse everything but queries, and no file
//! outside the registered tables can be named.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::DataFusionError;
use datafusion::execution::context::{SQLOptions, SessionConfig, SessionContext};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::event::time::Day;

/// Memory that a query may use.
const QUERY_BYTES: usize = 256 * 1024 * 1024;

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
    /// The query is not one, or asks for what is not there.
    #[error("{0}")]
    Query(String),
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        action,
        path,
        source,
    }
}

/// The facts of a data directory.
#[derive(Debug, Clone)]
pub struct FactStore {
    dir: PathBuf,
}

impl FactStore {
    /// In the folder `facts` of a data directory.
    pub fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    fn path(&self, table: &str, day: Option<Day>) -> PathBuf {
        let name = day.map_or_else(|| "none".to_owned(), |d| d.to_string());
        self.dir.join(table).join(format!("{name}.parquet"))
    }

    /// Replaces a partition; no rows removes it.
    pub fn replace(
        &self,
        table: &str,
        day: Option<Day>,
        rows: &RecordBatch,
    ) -> Result<(), StoreError> {
        let path = self.path(table, day);
        if rows.num_rows() == 0 {
            return match std::fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io("remove", &path)(e)),
                _ => Ok(()),
            };
        }
        let folder = self.dir.join(table);
        std::fs::create_dir_all(&folder).map_err(io("create", &folder))?;
        let temporary = path.with_extension("new");
        let encode = |e: parquet::errors::ParquetError| StoreError::Encode {
            path: temporary.clone(),
            detail: e.to_string(),
        };
        let file = File::create(&temporary).map_err(io("create", &temporary))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let mut writer =
            ArrowWriter::try_new(file, rows.schema(), Some(properties)).map_err(encode)?;
        writer.write(rows).map_err(encode)?;
        let file = writer.into_inner().map_err(encode)?;
        file.sync_all().map_err(io("flush", &temporary))?;
        std::fs::rename(&temporary, &path).map_err(io("replace", &path))?;
        File::open(&folder)
            .and_then(|d| d.sync_all())
            .map_err(io("flush", &folder))
    }

    /// Journal position up to which the facts are complete; 0 when unknown.
    pub fn position(&self) -> u64 {
        let text = std::fs::read_to_string(self.dir.join("position")).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }

    /// Records the position up to which the facts are complete. Write all partitions first.
    pub fn set_position(&self, position: u64) -> Result<(), StoreError> {
        std::fs::create_dir_all(&self.dir).map_err(io("create", &self.dir))?;
        let path = self.dir.join("position");
        let temporary = path.with_extension("new");
        std::fs::write(&temporary, position.to_string()).map_err(io("write", &temporary))?;
        std::fs::rename(&temporary, &path).map_err(io("replace", &path))
    }

    /// Removes all facts, to be written again from the journal.
    pub fn clear(&self) -> Result<(), StoreError> {
        match std::fs::remove_dir_all(&self.dir) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(io("remove", &self.dir)(e)),
            _ => Ok(()),
        }
    }

    /// The first file that cannot be read as Parquet with the table's columns, if there is one.
    pub fn damaged(&self, tables: &[(&str, SchemaRef)]) -> Option<StoreError> {
        for (table, schema) in tables {
            let Ok(entries) = std::fs::read_dir(self.dir.join(table)) else {
                continue;
            };
            for entry in entries.flatten() {
                let path = entry.path();
                if path.extension().is_none_or(|e| e != "parquet") {
                    continue;
                }
                let problem = match File::open(&path) {
                    Err(e) => Some(e.to_string()),
                    Ok(file) => match ParquetRecordBatchReaderBuilder::try_new(file) {
                        Err(e) => Some(e.to_string()),
                        Ok(reader) if reader.schema().fields() != schema.fields() => {
                            Some("its columns are those of another version".to_owned())
                        }
                        Ok(_) => None,
                    },
                };
                if let Some(detail) = problem {
                    return Some(StoreError::Damaged { path, detail });
                }
            }
        }
        None
    }

    /// Answers a read-only query over the fact tables and some tables given in memory.
    pub async fn query(
        &self,
        sql: &str,
        tables: &[(&str, SchemaRef)],
        in_memory: Vec<(&str, RecordBatch)>,
    ) -> Result<Vec<RecordBatch>, StoreError> {
        let asked = |e: DataFusionError| StoreError::Query(one_line(&e.strip_backtrace()));
        let config = SessionConfig::new()
            .with_target_partitions(2)
            .with_information_schema(true);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_limit(QUERY_BYTES, 1.0)
            .build_arc()
            .map_err(asked)?;
        let context = SessionContext::new_with_config_rt(config, runtime);
        for (table, schema) in tables {
            let folder = self.dir.join(table);
            std::fs::create_dir_all(&folder).map_err(io("create", &folder))?;
            let url = ListingTableUrl::parse(format!("{}/", folder.display())).map_err(asked)?;
            let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
                .with_file_extension(".parquet");
            let config = ListingTableConfig::new(url)
                .with_listing_options(options)
                .with_schema(Arc::clone(schema));
            let provider = ListingTable::try_new(config).map_err(asked)?;
            context
                .register_table(*table, Arc::new(provider))
                .map_err(asked)?;
        }
        for (table, rows) in in_memory {
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
            .sql_with_options(sql, read_only)
            .await
            .map_err(asked)?;
        let schema = Arc::clone(frame.schema().inner());
        let mut batches = frame.collect().await.map_err(asked)?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        Ok(batches)
    }
}

/// A message on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};

    fn rows(sites: &[&str], n: i64) -> RecordBatch {
        let schema = Arc::new(Schema::new(vec![
            Field::new("site", DataType::Utf8, false),
            Field::new("n", DataType::Int64, false),
        ]));
        let numbers = Int64Array::from(vec![n; sites.len()]);
        RecordBatch::try_new(
            schema,
            vec![
                Arc::new(StringArray::from(sites.to_vec())),
                Arc::new(numbers),
            ],
        )
        .unwrap()
    }

    async fn sum(store: &FactStore, sql: &str) -> Result<i64, StoreError> {
        let schema = rows(&[], 0).schema();
        let batches = store.query(sql, &[("visits", schema)], Vec::new()).await?;
        let column = batches[0]
            .column(0)
            .as_any()
            .downcast_ref::<Int64Array>()
            .unwrap();
        Ok(column.iter().flatten().sum())
    }

    #[tokio::test]
    async fn partitions_are_replaced_whole_and_queries_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let store = FactStore::new(dir.path().join("facts"));
        assert_eq!(
            sum(&store, "select count(*) from visits").await.unwrap(),
            0,
            "no data yet"
        );
        store
            .replace("visits", Some(Day(20_000)), &rows(&["a", "b"], 1))
            .unwrap();
        store
            .replace("visits", Some(Day(20_001)), &rows(&["a"], 5))
            .unwrap();
        assert_eq!(sum(&store, "select sum(n) from visits").await.unwrap(), 7);
        store
            .replace("visits", Some(Day(20_000)), &rows(&["a"], 2))
            .unwrap();
        assert_eq!(sum(&store, "select sum(n) from visits").await.unwrap(), 7);
        store
            .replace("visits", Some(Day(20_001)), &rows(&[], 0))
            .unwrap();
        assert_eq!(sum(&store, "select sum(n) from visits").await.unwrap(), 2);
        for bad in [
            "drop table visits",
            "create table x as select 1",
            "copy visits to '/tmp/stolen.csv'",
            "select * from '/etc/passwd'",
            "insert into visits values ('x', 1)",
            "set datafusion.execution.batch_size = 1",
            "selec 1",
        ] {
            let error = sum(&store, bad).await.unwrap_err();
            assert!(matches!(error, StoreError::Query(_)), "{bad}: {error}");
        }
    }

    #[test]
    fn damage_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let store = FactStore::new(dir.path().join("facts"));
        store.replace("visits", None, &rows(&["a"], 1)).unwrap();
        let tables = [("visits", rows(&[], 0).schema())];
        assert!(store.damaged(&tables).is_none());
        std::fs::write(store.path("visits", None), b"PAR1 not really").unwrap();
        assert!(matches!(
            store.damaged(&tables),
            Some(StoreError::Damaged { .. })
        ));
        store.clear().unwrap();
        assert!(store.damaged(&tables).is_none());
    }
}
