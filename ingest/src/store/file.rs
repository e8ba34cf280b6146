//! A file of rows: how one is written, read and left behind, and what the manifest knows of it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::{max, min};
use arrow::datatypes::{
    DataType, Date32Type, Field, Int64Type, Schema, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};

use super::span::Span;
use super::{StoreError, io};

/// Columns with hardly a value twice: a dictionary would only grow.
const DISTINCT: [&str; 4] = ["dossier", "ticket", "feedback", "id"];
/// Texts by which rows lie together, so that a question can skip what has others: the least and the greatest of any other would be found
/// for nothing.
const TOGETHER: [&str; 4] = ["site", "unit", "agency", "stage"];
/// Rows of a row group at most: what a query reads or skips whole; a day of the city's visits is less.
const GROUP_ROWS: usize = 65_536;
/// Rows of a page at most: what a query reads or skips within a row group. Each page read costs a decompressor,
/// whose memory the system hands out anew: with pages of 8,192 rows that was a tenth of a long question.
const PAGE_ROWS: usize = 32_768;
/// Rows read at a time; many files are read side by side when a month is joined.
const READ_ROWS: usize = 2_048;

/// A file of rows. It is removed when its last reader has let go, unless it counts.
#[derive(Debug)]
pub(super) struct DataFile {
    pub(super) path: PathBuf,
    pub(super) span: Span,
    pub(super) bytes: u64,
    pub(super) rows: u64,
    pub(super) ranges: Vec<Range>,
    counts: AtomicBool,
}

/// What a column of days, times or whole numbers has in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    pub(super) column: String,
    /// The least and the greatest value, as stored; none where all are NULL.
    pub(super) ends: Option<(i64, i64)>,
    pub(super) nulls: u64,
}

impl Range {
    fn add(&mut self, column: &dyn Array) {
        self.nulls += column.null_count() as u64;
        if let Some((least, greatest)) = ends(column) {
            self.ends = Some(match self.ends {
                Some((l, g)) => (l.min(least), g.max(greatest)),
                None => (least, greatest),
            });
        }
    }
}

fn has_range(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Date32 | DataType::Int64 | DataType::Timestamp(TimeUnit::Microsecond, _)
    )
}

fn ends(column: &dyn Array) -> Option<(i64, i64)> {
    if let Some(days) = column.as_primitive_opt::<Date32Type>() {
        return Some((min(days)?.into(), max(days)?.into()));
    }
    if let Some(times) = column.as_primitive_opt::<TimestampMicrosecondType>() {
        return Some((min(times)?, max(times)?));
    }
    let numbers = column.as_primitive_opt::<Int64Type>()?;
    Some((min(numbers)?, max(numbers)?))
}

impl Drop for DataFile {
    fn drop(&mut self) {
        if !self.counts.load(Ordering::Relaxed)
            && let Err(e) = std::fs::remove_file(&self.path)
        {
            // The next start removes it.
            tracing::warn!(path = %self.path.display(), error = %e, "a file left behind stays");
        }
    }
}

impl DataFile {
    /// One that a manifest names.
    pub(super) fn named(
        path: PathBuf,
        span: Span,
        bytes: u64,
        rows: u64,
        ranges: Vec<Range>,
    ) -> Self {
        Self {
            path,
            span,
            bytes,
            rows,
            ranges,
            counts: AtomicBool::new(true),
        }
    }

    /// It stays when it is let go; said before a manifest names it.
    pub(super) fn keep(&self) {
        self.counts.store(true, Ordering::Relaxed);
    }

    /// It goes with its last reader; said when no manifest names it any more.
    pub(super) fn retire(&self) {
        self.counts.store(false, Ordering::Relaxed);
    }

    /// Its rows with their versions, a few at a time. `columns` are the table's, without the version.
    pub(super) fn read(self: &Arc<Self>, columns: &SchemaRef) -> Result<Reading, StoreError> {
        let file = File::open(&self.path).map_err(|e| self.damaged(&e.to_string()))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|e| self.damaged(&e.to_string()))?;
        if reader.schema().fields() != stored(columns).fields() {
            return Err(self.damaged("its columns are those of another version"));
        }
        let reader = reader
            .with_batch_size(READ_ROWS)
            .build()
            .map_err(|e| self.damaged(&e.to_string()))?;
        Ok(Reading {
            file: Arc::clone(self),
            reader,
        })
    }

    fn damaged(&self, detail: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            detail: detail.to_owned(),
        }
    }
}

/// A file being read; it stays until then.
pub(super) struct Reading {
    file: Arc<DataFile>,
    reader: ParquetRecordBatchReader,
}

impl Iterator for Reading {
    type Item = Result<RecordBatch, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.map_err(|e| self.file.damaged(&e.to_string())))
    }
}

/// A file being written. Dropped before its end, it leaves nothing behind.
pub(super) struct Writing {
    data: DataFile,
    writer: ArrowWriter<File>,
}

impl Writing {
    /// Begins a file of a name that no other has. `stored` are its columns with the version.
    pub(super) fn create(
        folder: &Path,
        span: Span,
        generation: u64,
        stored: &SchemaRef,
    ) -> Result<Self, StoreError> {
        let path = folder.join(format!("{span}.{generation}.parquet"));
        let file = File::create(&path).map_err(io("create", &path))?;
        let ranges = stored
            .fields()
            .iter()
            .filter(|field| has_range(field.data_type()))
            .map(|field| Range {
                column: field.name().clone(),
                ends: None,
                nulls: 0,
            });
        let data = DataFile {
            span,
            bytes: 0,
            rows: 0,
            ranges: ranges.collect(),
            counts: AtomicBool::new(false),
            path,
        };
        let writer = ArrowWriter::try_new(file, Arc::clone(stored), Some(properties(stored, span)))
            .map_err(|e| encode(&data.path, e))?;
        Ok(Self { data, writer })
    }

    pub(super) fn write(&mut self, rows: &RecordBatch) -> Result<(), StoreError> {
        for range in &mut self.data.ranges {
            if let Some(column) = rows.column_by_name(&range.column) {
                range.add(column);
            }
        }
        self.data.rows += rows.num_rows() as u64;
        self.writer
            .write(rows)
            .map_err(|e| encode(&self.data.path, e))
    }

    /// The rows to come are of another row group.
    pub(super) fn end_group(&mut self) -> Result<(), StoreError> {
        self.writer.flush().map_err(|e| encode(&self.data.path, e))
    }

    /// Ends the file, durable on return but for its name; without rows there is none.
    pub(super) fn finish(mut self) -> Result<Option<DataFile>, StoreError> {
        if self.data.rows == 0 {
            return Ok(None);
        }
        let path = self.data.path.clone();
        let file = self.writer.into_inner().map_err(|e| encode(&path, e))?;
        file.sync_all().map_err(io("flush", &path))?;
        self.data.bytes = file.metadata().map_err(io("read", &path))?.len();
        Ok(Some(self.data))
    }
}

/// What the system said comes back out of the writer's wrapping: a full disk is not a fault of the rows.
fn encode(path: &Path, error: ParquetError) -> StoreError {
    let detail = error.to_string();
    if let ParquetError::External(inner) = error
        && let Ok(source) = inner.downcast::<std::io::Error>()
    {
        return io("write", path)(*source);
    }
    StoreError::Encode {
        path: path.to_owned(),
        detail,
    }
}

fn properties(stored: &SchemaRef, span: Span) -> WriterProperties {
    // A day's file is written again and again until its month is joined: it is packed quickly. What stays for years is
    // packed well.
    let packing = if span.first == span.last {
        Compression::SNAPPY
    } else {
        Compression::ZSTD(ZstdLevel::default())
    };
    let mut properties = WriterProperties::builder()
        .set_compression(packing)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_statistics_enabled(EnabledStatistics::Page);
    for column in DISTINCT {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    let texts = stored.fields().iter().filter(|field| {
        *field.data_type() == DataType::Utf8 && !TOGETHER.contains(&field.name().as_str())
    });
    for field in texts {
        let column = ColumnPath::from(field.name().as_str());
        properties = properties.set_column_statistics_enabled(column, EnabledStatistics::None);
    }
    // Bytes are asked for by their row, never by their value.
    let bytes = stored
        .fields()
        .iter()
        .filter(|field| *field.data_type() == DataType::Binary)
        .map(|field| ColumnPath::from(field.name().as_str()));
    for column in bytes {
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_statistics_enabled(column, EnabledStatistics::None);
    }
    properties.build()
}

/// A table's columns as they are stored: with the version last.
pub(super) fn stored(columns: &SchemaRef) -> SchemaRef {
    let version = Arc::new(Field::new("version", DataType::UInt64, false));
    let fields = columns.fields().iter().cloned().chain([version]);
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
