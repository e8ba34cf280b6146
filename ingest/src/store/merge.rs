//! Old rows and new ones into the rows that count: the last of each key, sorted by key, without those taken away.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt32Array, UInt64Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};

use super::Rows;
use super::files::stored;

/// Merges `new` rows, of the given version, into `old` ones, which have theirs.
pub(super) fn merge(
    old: Option<&RecordBatch>,
    new: &Rows,
    version: u64,
    key: &[&str],
) -> Result<RecordBatch, ArrowError> {
    let new_rows = with_version(&new.batch, version)?;
    let first_new = old.map_or(0, RecordBatch::num_rows);
    let all = match old {
        Some(old) => concat_batches(&new_rows.schema(), [old, &new_rows])?,
        None => new_rows,
    };
    let columns: Vec<ArrayRef> = key
        .iter()
        .map(|name| all.column_by_name(name).map(Arc::clone))
        .collect::<Option<_>>()
        .ok_or_else(|| ArrowError::SchemaError(format!("the key {key:?} is not in the table")))?;
    let fields = columns
        .iter()
        .map(|column| SortField::new(column.data_type().clone()));
    let converter = RowConverter::new(fields.collect())?;
    let keys = converter.convert_columns(&columns)?;
    let is_deleted = |row: usize| row >= first_new && new.deleted.value(row - first_new);

    let mut order: Vec<usize> = (0..all.num_rows()).collect();
    // Of equal keys the last comes first, and it alone counts.
    order.sort_unstable_by(|a, b| keys.row(*a).cmp(&keys.row(*b)).then(b.cmp(a)));
    order.dedup_by(|later, first| keys.row(*later) == keys.row(*first));
    order.retain(|row| !is_deleted(*row));
    if order.len() == all.num_rows() && order.is_sorted() {
        return Ok(all);
    }
    let indices = UInt32Array::from_iter_values(order.into_iter().map(|row| row as u32));
    take_record_batch(&all, &indices)
}

fn with_version(rows: &RecordBatch, version: u64) -> Result<RecordBatch, ArrowError> {
    let versions: ArrayRef = Arc::new(UInt64Array::from(vec![version; rows.num_rows()]));
    let columns = rows.columns().iter().cloned().chain([versions]);
    RecordBatch::try_new(stored(&rows.schema()), columns.collect())
}
