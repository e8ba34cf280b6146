//! Runs of rows into one: rows in a table's order, the newest of each key, without those taken away.
//!
//! Files hold a key once, and files of different days have no key in common, so that new rows need only push
//! out the old ones of their keys ([`Replaced`]); what is left is put together in order, a few rows of each
//! run at a time, whatever the files' size.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, UInt32Array, UInt64Array};
use arrow::compute::{filter_record_batch, interleave_record_batch, take_record_batch};
use arrow::error::ArrowError;
use arrow::row::{OwnedRow, RowConverter, Rows as Encoded, SortField};

use foldhash::fast::RandomState;

use super::file::{Reading, Writing, stored};
use super::{Rows, StoreError, Table};

/// Rows that are put together before they are written.
const WRITE_ROWS: usize = 8_192;

/// Encodes some columns so that bytes compare as rows do.
pub(super) struct Encoder {
    columns: Vec<usize>,
    converter: RowConverter,
}

impl Encoder {
    /// The order of a table's rows in a file: its own, and where that leaves rows equal, its key.
    pub(super) fn order(table: &Table) -> Result<Self, ArrowError> {
        let rest = table.key.iter().filter(|name| !table.order.contains(*name));
        let columns: Vec<&str> = table.order.iter().chain(rest).copied().collect();
        Self::of(table, &columns)
    }

    pub(super) fn key(table: &Table) -> Result<Self, ArrowError> {
        Self::of(table, table.key)
    }

    /// What rows of a row group have in common: the first column of an order by several.
    pub(super) fn lead(table: &Table) -> Result<Self, ArrowError> {
        let lead = usize::from(table.order.len() > 1);
        Self::of(table, &table.order[..lead])
    }

    fn of(table: &Table, names: &[&str]) -> Result<Self, ArrowError> {
        let columns: Vec<usize> = names
            .iter()
            .map(|name| table.schema.index_of(name))
            .collect::<Result<_, _>>()?;
        let fields = columns
            .iter()
            .map(|at| SortField::new(table.schema.field(*at).data_type().clone()));
        let converter = RowConverter::new(fields.collect())?;
        Ok(Self { columns, converter })
    }

    fn encode(&self, rows: &RecordBatch) -> Result<Encoded, ArrowError> {
        let columns: Vec<ArrayRef> = self
            .columns
            .iter()
            .map(|at| Arc::clone(rows.column(*at)))
            .collect();
        self.converter.convert_columns(&columns)
    }
}

/// Keys whose rows in a file are replaced or taken away.
#[derive(Default)]
pub(super) struct Replaced(HashSet<Box<[u8]>>);

impl Replaced {
    /// The rows that are left of some.
    fn filter(&self, key: &Encoder, rows: RecordBatch) -> Result<RecordBatch, ArrowError> {
        if self.0.is_empty() {
            return Ok(rows);
        }
        let keys = key.encode(&rows)?;
        let stays: BooleanArray = keys
            .iter()
            .map(|key| Some(!self.0.contains(key.as_ref())))
            .collect();
        if stays.true_count() == rows.num_rows() {
            return Ok(rows);
        }
        filter_record_batch(&rows, &stays)
    }
}

/// New rows with their version, in order: the last of each key, without deletions. Where there are files that they may
/// replace rows of, their keys are added to those that are replaced.
pub(super) fn prepare(
    new: &Rows,
    version: u64,
    key: &Encoder,
    order: &Encoder,
    replaced: Option<&mut Replaced>,
) -> Result<RecordBatch, ArrowError> {
    if new.are_in_order && replaced.is_none() {
        debug_assert!(are_in_order(new, key, order)?, "{:?}", new.batch.schema());
        return with_version(new.batch.clone(), version);
    }
    let keys = key.encode(&new.batch)?;
    let mut last: HashMap<&[u8], usize, RandomState> =
        HashMap::with_capacity_and_hasher(keys.num_rows(), RandomState::default());
    for at in 0..keys.num_rows() {
        last.insert(keys.row(at).data(), at);
    }
    if let Some(replaced) = replaced {
        replaced.0.extend(last.keys().map(|key| Box::from(*key)));
    }
    let mut rows: Vec<usize> = last.into_values().collect();
    rows.retain(|at| !new.deleted.value(*at));
    let places = order.encode(&new.batch)?;
    rows.sort_unstable_by(|a, b| places.row(*a).cmp(&places.row(*b)));
    let sorted = if rows.len() == new.batch.num_rows() && rows.is_sorted() {
        new.batch.clone()
    } else {
        let indices = UInt32Array::from_iter_values(rows.into_iter().map(|at| at as u32));
        take_record_batch(&new.batch, &indices)?
    };
    with_version(sorted, version)
}

fn with_version(rows: RecordBatch, version: u64) -> Result<RecordBatch, ArrowError> {
    let versions: ArrayRef = Arc::new(UInt64Array::from(vec![version; rows.num_rows()]));
    let columns = rows.columns().iter().cloned().chain([versions]);
    RecordBatch::try_new(stored(&rows.schema()), columns.collect())
}

/// What rows say of themselves, looked at.
fn are_in_order(rows: &Rows, key: &Encoder, order: &Encoder) -> Result<bool, ArrowError> {
    let (keys, places) = (key.encode(&rows.batch)?, order.encode(&rows.batch)?);
    let distinct: HashSet<&[u8]> = keys.iter().map(|key| key.data()).collect();
    let is_sorted = (1..places.num_rows()).all(|at| places.row(at - 1) < places.row(at));
    Ok(is_sorted && distinct.len() == keys.num_rows() && rows.deleted.true_count() == 0)
}

/// Rows in order.
pub(super) enum Run {
    File(Reading),
    New(Option<RecordBatch>),
}

impl Run {
    fn next(&mut self) -> Result<Option<RecordBatch>, StoreError> {
        match self {
            Self::File(reading) => reading.next().transpose(),
            Self::New(rows) => Ok(rows.take()),
        }
    }
}

/// A run and the rows of it that are looked at.
struct Head {
    run: Run,
    places: Encoded,
    /// Which batch of those at hand.
    batch: usize,
    row: usize,
}

/// Puts runs together into a file, without the rows of files that are replaced.
pub(super) struct Merge<'a> {
    pub(super) table: &'a Table,
    pub(super) key: Encoder,
    pub(super) order: Encoder,
    lead: Encoder,
    pub(super) replaced: Replaced,
}

impl<'a> Merge<'a> {
    pub(super) fn of(table: &'a Table) -> Result<Self, ArrowError> {
        Ok(Self {
            table,
            key: Encoder::key(table)?,
            order: Encoder::order(table)?,
            lead: Encoder::lead(table)?,
            replaced: Replaced::default(),
        })
    }

    /// Adds new rows; files are given afterwards, where there `are_files`.
    pub(super) fn add(
        &mut self,
        new: &Rows,
        version: u64,
        are_files: bool,
    ) -> Result<Run, ArrowError> {
        let replaced = are_files.then_some(&mut self.replaced);
        let rows = prepare(new, version, &self.key, &self.order, replaced)?;
        Ok(Run::New(Some(rows)))
    }

    /// Writes all rows of the runs in order.
    pub(super) fn write(&self, mut runs: Vec<Run>, out: &mut Writing) -> Result<(), StoreError> {
        // New rows alone, as most are, are in order already.
        if let [Run::New(rows)] = &mut runs[..] {
            let rows = rows.take().filter(|rows| rows.num_rows() > 0);
            return rows.map_or(Ok(()), |rows| self.write_groups(&rows, &mut None, out));
        }
        let mut pending = Pending::default();
        let mut heads: Vec<Head> = Vec::new();
        let mut next: BinaryHeap<Reverse<(OwnedRow, usize)>> = BinaryHeap::new();
        for mut run in runs {
            if let Some((rows, places)) = self.advance(&mut run)? {
                next.push(Reverse((places.row(0).owned(), heads.len())));
                heads.push(Head {
                    run,
                    places,
                    batch: pending.hold(rows),
                    row: 0,
                });
            }
        }
        while let Some(Reverse((_, at))) = next.pop() {
            let until = next.peek().map(|Reverse((place, _))| place.clone());
            let mut ended = false;
            // As long as this run is before all others, it goes on.
            loop {
                let head = &mut heads[at];
                pending.rows.push((head.batch, head.row));
                head.row += 1;
                if pending.rows.len() == WRITE_ROWS {
                    self.flush(&mut pending, &mut heads, out)?;
                }
                let head = &mut heads[at];
                if head.row == head.places.num_rows() {
                    let Some((rows, places)) = self.advance(&mut head.run)? else {
                        ended = true;
                        break;
                    };
                    (head.places, head.row) = (places, 0);
                    head.batch = pending.hold(rows);
                }
                let place = head.places.row(head.row);
                if until.as_ref().is_some_and(|until| place > until.row()) {
                    break;
                }
            }
            if !ended {
                let head = &heads[at];
                next.push(Reverse((head.places.row(head.row).owned(), at)));
            }
        }
        self.flush(&mut pending, &mut heads, out)
    }

    /// The next rows of a run that are not replaced, and their places in the order.
    fn advance(&self, run: &mut Run) -> Result<Option<(RecordBatch, Encoded)>, StoreError> {
        while let Some(rows) = run.next()? {
            let rows = match run {
                Run::File(_) => {
                    let left = self.replaced.filter(&self.key, rows);
                    left.map_err(|e| self.failed(&e))?
                }
                Run::New(_) => rows,
            };
            if rows.num_rows() > 0 {
                let places = self.order.encode(&rows).map_err(|e| self.failed(&e))?;
                return Ok(Some((rows, places)));
            }
        }
        Ok(None)
    }

    fn flush(
        &self,
        pending: &mut Pending,
        heads: &mut [Head],
        out: &mut Writing,
    ) -> Result<(), StoreError> {
        if pending.rows.is_empty() {
            return Ok(());
        }
        let batches: Vec<&RecordBatch> = pending.batches.iter().collect();
        let rows = interleave_record_batch(&batches, &pending.rows).map_err(|e| self.failed(&e))?;
        self.write_groups(&rows, &mut pending.lead, out)?;
        // Only what the runs still look at is held on to.
        pending.rows.clear();
        let before = std::mem::take(&mut pending.batches);
        for head in heads {
            head.batch = pending.hold(before[head.batch].clone());
        }
        Ok(())
    }

    /// Writes rows in order; a row group ends where the first column of the order changes.
    fn write_groups(
        &self,
        rows: &RecordBatch,
        before: &mut Option<OwnedRow>,
        out: &mut Writing,
    ) -> Result<(), StoreError> {
        if self.lead.columns.is_empty() {
            return out.write(rows);
        }
        let leads = self.lead.encode(rows).map_err(|e| self.failed(&e))?;
        let mut from = 0;
        for at in 0..leads.num_rows() {
            let lead = leads.row(at);
            if before.as_ref().is_some_and(|before| before.row() == lead) {
                continue;
            }
            if at > from {
                out.write(&rows.slice(from, at - from))?;
            }
            if before.is_some() {
                out.end_group()?;
            }
            (*before, from) = (Some(lead.owned()), at);
        }
        out.write(&rows.slice(from, rows.num_rows() - from))
    }

    fn failed(&self, error: &ArrowError) -> StoreError {
        StoreError::Encode {
            path: self.table.name.into(),
            detail: error.to_string(),
        }
    }
}

/// Rows that were put in order and are not written yet.
#[derive(Default)]
struct Pending {
    batches: Vec<RecordBatch>,
    /// Of which batch which row.
    rows: Vec<(usize, usize)>,
    /// What the last row that was written shares with its row group.
    lead: Option<OwnedRow>,
}

impl Pending {
    fn hold(&mut self, rows: RecordBatch) -> usize {
        self.batches.push(rows);
        self.batches.len() - 1
    }
}
