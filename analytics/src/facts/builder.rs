//! Rows into record batches.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Float64Builder, Int64Builder,
    RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::error::ArrowError;
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::store::Rows;

use super::table::{Kind, Table};

/// Room for a text and for a dossier's history; what is not used is never touched.
const TEXT_BYTES: usize = 28;
const BYTES_BYTES: usize = 320;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    None,
    Text(&'a str),
    Whole(i64),
    Number(f64),
    Flag(bool),
    Time(EventTime),
    Date(Day),
    Bytes(&'a [u8]),
}

pub(super) fn text<T: AsRef<str> + ?Sized>(s: &T) -> Cell<'_> {
    Cell::Text(s.as_ref())
}

pub(super) fn maybe<'a, T>(value: Option<T>, cell: impl FnOnce(T) -> Cell<'a>) -> Cell<'a> {
    value.map_or(Cell::None, cell)
}

enum Column {
    Text(StringBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Flag(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Date(Date32Builder),
    Bytes(BinaryBuilder),
}

/// Builds a day's rows of a table, in the table's order of columns.
pub(super) struct Builder {
    table: &'static Table,
    columns: Vec<Column>,
    deleted: BooleanBuilder,
}

impl Builder {
    /// With room for so many rows: growing by and by moves megabytes again and again.
    pub(super) fn with_capacity(table: &'static Table, n: usize) -> Self {
        let columns = table.columns.iter().map(|(_, kind)| match kind {
            Kind::Text => Column::Text(StringBuilder::with_capacity(n, n * TEXT_BYTES)),
            Kind::Whole => Column::Whole(Int64Builder::with_capacity(n)),
            Kind::Number => Column::Number(Float64Builder::with_capacity(n)),
            Kind::Flag => Column::Flag(BooleanBuilder::with_capacity(n)),
            Kind::Time => {
                Column::Time(TimestampMicrosecondBuilder::with_capacity(n).with_timezone("+07:00"))
            }
            Kind::Date => Column::Date(Date32Builder::with_capacity(n)),
            Kind::Bytes => Column::Bytes(BinaryBuilder::with_capacity(n, n * BYTES_BYTES)),
        });
        Self {
            table,
            columns: columns.collect(),
            deleted: BooleanBuilder::with_capacity(n),
        }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [Cell<'_>; N]) {
        debug_assert_eq!(N, self.columns.len(), "a row has a cell for each column");
        self.cells(cells.into_iter());
        self.deleted.append_value(false);
    }

    /// A row that takes one away: its key alone.
    pub(super) fn deletion(&mut self, key: &[(&str, Cell<'_>)]) {
        let cells = self.table.columns.iter().map(|(name, _)| {
            let cell = key.iter().find(|(k, _)| k == name);
            cell.map_or(Cell::None, |(_, cell)| *cell)
        });
        let cells: Vec<Cell<'_>> = cells.collect();
        self.cells(cells.into_iter());
        self.deleted.append_value(true);
    }

    fn cells<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Column::Text(b), Cell::Text(s)) => b.append_value(s),
                (Column::Text(b), _) => b.append_null(),
                (Column::Whole(b), Cell::Whole(n)) => b.append_value(n),
                (Column::Whole(b), _) => b.append_null(),
                (Column::Number(b), Cell::Number(x)) => b.append_value(x),
                (Column::Number(b), _) => b.append_null(),
                (Column::Flag(b), Cell::Flag(f)) => b.append_value(f),
                (Column::Flag(b), _) => b.append_null(),
                (Column::Time(b), Cell::Time(t)) => b.append_value(t.0),
                (Column::Time(b), _) => b.append_null(),
                (Column::Date(b), Cell::Date(d)) => b.append_value(d.0),
                (Column::Date(b), _) => b.append_null(),
                (Column::Bytes(b), Cell::Bytes(bytes)) => b.append_value(bytes),
                (Column::Bytes(b), _) => b.append_null(),
            }
        }
    }

    pub(super) fn finish(mut self) -> Result<Rows, ArrowError> {
        let arrays = self
            .columns
            .into_iter()
            .map(|column| -> ArrayRef {
                match column {
                    Column::Text(mut b) => Arc::new(b.finish()),
                    Column::Whole(mut b) => Arc::new(b.finish()),
                    Column::Number(mut b) => Arc::new(b.finish()),
                    Column::Flag(mut b) => Arc::new(b.finish()),
                    Column::Time(mut b) => Arc::new(b.finish()),
                    Column::Date(mut b) => Arc::new(b.finish()),
                    Column::Bytes(mut b) => Arc::new(b.finish()),
                }
            })
            .collect();
        let deleted = self.deleted.finish();
        Ok(Rows {
            batch: RecordBatch::try_new(self.table.schema(), arrays)?,
            // The rows of every table are made in its order, each key once.
            are_in_order: deleted.true_count() == 0,
            deleted,
        })
    }
}
