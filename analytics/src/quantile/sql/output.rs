//! Columns of answers.

use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, BinaryArray, Float64Array, Int64Array, NullBufferBuilder, StructArray,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::{Result, exec_datafusion_err};

use crate::quantile::bucket::Limit;
use crate::quantile::histogram::View;

static STATS: LazyLock<Fields> = LazyLock::new(|| {
    Fields::from(vec![
        Field::new("n", DataType::Int64, true),
        Field::new("over_15min", DataType::Int64, true),
        Field::new("p50", DataType::Float64, true),
        Field::new("p90", DataType::Float64, true),
        Field::new("p95", DataType::Float64, true),
        Field::new("mean", DataType::Float64, true),
    ])
});

/// The row of `wait_stats`.
pub(super) fn stats_type() -> DataType {
    DataType::Struct(STATS.clone())
}

/// Rows of `wait_stats` in the making.
pub(super) struct StatsRows {
    n: Vec<i64>,
    over: Vec<i64>,
    quantiles: [Vec<f64>; 3],
    mean: Vec<f64>,
    known: NullBufferBuilder,
}

impl StatsRows {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self {
            n: Vec::with_capacity(rows),
            over: Vec::with_capacity(rows),
            quantiles: std::array::from_fn(|_| Vec::with_capacity(rows)),
            mean: Vec::with_capacity(rows),
            known: NullBufferBuilder::new(rows),
        }
    }

    pub(super) fn push(&mut self, view: View<'_>) {
        self.n.push(view.len() as i64);
        self.over.push(view.over(Limit::QUARTER_HOUR) as i64);
        let quantiles = view.quantiles([0.5, 0.9, 0.95]);
        for (column, quantile) in self.quantiles.iter_mut().zip(quantiles) {
            column.push(quantile.unwrap_or_default());
        }
        let mean = view.mean();
        self.mean.push(mean.unwrap_or_default());
        self.known.append(mean.is_some());
    }

    /// The rows, NULL where `nulls` says so; such a row must have been pushed without values.
    pub(super) fn finish(mut self, nulls: Option<NullBuffer>) -> Result<StructArray> {
        // A field of a row is taken without asking whether the row is NULL.
        let count = |values: Vec<i64>| -> ArrayRef {
            Arc::new(Int64Array::new(ScalarBuffer::from(values), nulls.clone()))
        };
        let known = self.known.finish();
        let number = |values: Vec<f64>| -> ArrayRef {
            Arc::new(Float64Array::new(ScalarBuffer::from(values), known.clone()))
        };
        let [p50, p90, p95] = self.quantiles.map(number);
        let columns = vec![
            count(self.n),
            count(self.over),
            p50,
            p90,
            p95,
            number(self.mean),
        ];
        Ok(StructArray::try_new(STATS.clone(), columns, nulls)?)
    }
}

/// A column of bytes in the making.
pub(super) struct BytesRows {
    offsets: Vec<i32>,
    data: Vec<u8>,
    full: bool,
}

impl BytesRows {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            offsets,
            data: Vec::new(),
            full: false,
        }
    }

    /// Adds a row of what `write` appends.
    #[inline]
    pub(super) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.full {
            return;
        }
        write(&mut self.data);
        match i32::try_from(self.data.len()) {
            Ok(end) => self.offsets.push(end),
            Err(_) => self.full = true,
        }
    }

    /// The column, NULL where `nulls` says so.
    pub(super) fn finish(self, nulls: Option<NullBuffer>) -> Result<BinaryArray> {
        if self.full {
            return Err(exec_datafusion_err!(
                "the states of so many groups take over 2 GB; ask about a shorter span"
            ));
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        Ok(BinaryArray::try_new(
            offsets,
            Buffer::from_vec(self.data),
            nulls,
        )?)
    }
}
