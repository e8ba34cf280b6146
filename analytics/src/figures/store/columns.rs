//! Columns of an answer, whatever width and nullability an engine gave them.

use arrow::array::{Array, ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field};
use std::sync::Arc;

use super::Unreadable;

/// The columns of a batch by name.
pub(super) struct Columns<'a>(&'a RecordBatch);

/// Whole numbers; one that is not there is 0.
pub(super) struct Wholes(Int64Array);

impl Wholes {
    pub(super) fn value(&self, row: usize) -> i64 {
        if self.0.is_null(row) {
            0
        } else {
            self.0.value(row)
        }
    }
}

/// Whole numbers that may not be there.
pub(super) struct MaybeWholes(Int64Array);

impl MaybeWholes {
    pub(super) fn get(&self, row: usize) -> Option<i64> {
        (!self.0.is_null(row)).then(|| self.0.value(row))
    }
}

/// Texts.
pub(super) struct Texts(StringArray);

impl Texts {
    pub(super) fn get(&self, row: usize) -> Option<&str> {
        (!self.0.is_null(row)).then(|| self.0.value(row))
    }

    /// The text, empty where there is none.
    pub(super) fn value(&self, row: usize) -> &str {
        self.get(row).unwrap_or_default()
    }
}

/// Lists of whole numbers.
pub(super) struct Lists(ListArray);

impl Lists {
    pub(super) fn value(&self, row: usize) -> Vec<i64> {
        if self.0.is_null(row) {
            return Vec::new();
        }
        let values = self.0.value(row);
        let values = values.as_any().downcast_ref::<Int64Array>();
        values.map_or_else(Vec::new, |values| values.iter().flatten().collect())
    }
}

impl<'a> Columns<'a> {
    pub(super) const fn of(batch: &'a RecordBatch) -> Self {
        Self(batch)
    }

    pub(super) fn whole(&self, name: &str) -> Result<Wholes, Unreadable> {
        self.typed(name, &DataType::Int64).map(Wholes)
    }

    pub(super) fn maybe_whole(&self, name: &str) -> Result<MaybeWholes, Unreadable> {
        self.typed(name, &DataType::Int64).map(MaybeWholes)
    }

    pub(super) fn text(&self, name: &str) -> Result<Texts, Unreadable> {
        self.typed(name, &DataType::Utf8).map(Texts)
    }

    pub(super) fn bytes(&self, name: &str) -> Result<BinaryArray, Unreadable> {
        self.typed(name, &DataType::Binary)
    }

    pub(super) fn lists(&self, name: &str) -> Result<Lists, Unreadable> {
        let item = Arc::new(Field::new_list_field(DataType::Int64, true));
        self.typed(name, &DataType::List(item)).map(Lists)
    }

    fn typed<A: Array + Clone + 'static>(
        &self,
        name: &str,
        wanted: &DataType,
    ) -> Result<A, Unreadable> {
        let unreadable = |why: String| Unreadable(format!("column `{name}`: {why}"));
        let column = self.0.column_by_name(name);
        let column = column.ok_or_else(|| unreadable("it is missing".to_owned()))?;
        let column: ArrayRef = cast(column, wanted).map_err(|e| unreadable(e.to_string()))?;
        let typed = column.as_any().downcast_ref::<A>().cloned();
        typed.ok_or_else(|| unreadable(format!("it is a {}", column.data_type())))
    }
}
