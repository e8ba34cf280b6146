//! The aggregates: one kind of accumulator for one group, one for many.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Float64Array, NullBufferBuilder,
    new_null_array,
};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{
    Result, ScalarValue, exec_datafusion_err, internal_datafusion_err, not_impl_err, plan_err,
};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use super::output::{BytesRows, StatsRows, stats_type};
use crate::quantile::groups::{Groups, Part, Refused};
use crate::quantile::histogram::Histogram;

/// What an aggregate takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Input {
    Seconds,
    States,
}

/// What an aggregate gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Output {
    Stats,
    State,
}

/// One of the aggregates.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct WaitAggregate {
    name: &'static str,
    input: Input,
    output: Output,
    signature: Signature,
}

pub(super) fn all() -> [WaitAggregate; 3] {
    [
        ("wait_stats", Input::Seconds, Output::Stats),
        ("wait_state", Input::Seconds, Output::State),
        ("wait_merge", Input::States, Output::State),
    ]
    .map(|(name, input, output)| WaitAggregate {
        name,
        input,
        output,
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

/// Whether a type holds serialised states, to be cast to `Binary`.
pub(super) fn is_state(data_type: &DataType) -> bool {
    use DataType::{Binary, BinaryView, LargeBinary, Null};
    matches!(data_type, Binary | LargeBinary | BinaryView | Null)
}

/// Whether a type holds seconds, to be cast to `Float64`.
pub(super) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric() || data_type.is_null()
}

impl AggregateUDFImpl for WaitAggregate {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        match (self.input, types) {
            (Input::Seconds, [t]) if is_number(t) => Ok(vec![DataType::Float64]),
            (Input::States, [t]) if is_state(t) => Ok(vec![DataType::Binary]),
            (Input::Seconds, _) => plan_err!("{} takes one column of seconds", self.name),
            (Input::States, _) => plan_err!("{} takes one column of states", self.name),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(match self.output {
            Output::Stats => stats_type(),
            Output::State => DataType::Binary,
        })
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn default_value(&self, _data_type: &DataType) -> Result<ScalarValue> {
        self.output.of(&Histogram::default())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |name, data_type| {
            Arc::new(Field::new(
                format_state_name(args.name, name),
                data_type,
                true,
            ))
        };
        Ok(vec![
            field("only", DataType::Float64),
            field("state", DataType::Binary),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        self.refuse_distinct(&args)?;
        Ok(Box::new(One {
            input: self.input,
            output: self.output,
            waits: Histogram::default(),
        }))
    }

    fn groups_accumulator_supported(&self, _args: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(
        &self,
        args: AccumulatorArgs,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        self.refuse_distinct(&args)?;
        Ok(Box::new(Many {
            input: self.input,
            output: self.output,
            groups: Groups::default(),
        }))
    }
}

impl WaitAggregate {
    fn refuse_distinct(&self, args: &AccumulatorArgs) -> Result<()> {
        if args.is_distinct {
            return not_impl_err!("{}(DISTINCT …) has no meaning here", self.name);
        }
        Ok(())
    }
}

impl Output {
    fn of(self, waits: &Histogram) -> Result<ScalarValue> {
        match self {
            Self::State => Ok(ScalarValue::Binary(Some(waits.encode()))),
            Self::Stats => {
                let mut rows = StatsRows::with_capacity(1);
                waits.view(|v| rows.push(v));
                Ok(ScalarValue::Struct(Arc::new(rows.finish(None)?)))
            }
        }
    }
}

fn refused(error: Refused) -> datafusion::error::DataFusionError {
    exec_datafusion_err!("{error}")
}

/// A column by its place and type.
fn seconds(values: &[ArrayRef], at: usize) -> Result<&Float64Array> {
    values
        .get(at)
        .and_then(|a| a.as_primitive_opt::<Float64Type>())
        .ok_or_else(|| internal_datafusion_err!("waits: column {at} is not of seconds"))
}

fn states(values: &[ArrayRef], at: usize) -> Result<&BinaryArray> {
    values
        .get(at)
        .and_then(|a| a.as_binary_opt::<i32>())
        .ok_or_else(|| internal_datafusion_err!("waits: column {at} is not of states"))
}

/// The accumulator of a question without groups.
#[derive(Debug)]
struct One {
    input: Input,
    output: Output,
    waits: Histogram,
}

impl One {
    fn add_seconds(&mut self, values: &Float64Array) {
        values.iter().flatten().for_each(|x| self.waits.push(x));
    }

    fn add_states(&mut self, values: &BinaryArray) -> Result<()> {
        for state in values.iter().flatten() {
            self.waits
                .merge_encoded(state)
                .map_err(|e| refused(e.into()))?;
        }
        Ok(())
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        match self.input {
            Input::Seconds => self.add_seconds(seconds(values, 0)?),
            Input::States => self.add_states(states(values, 0)?)?,
        }
        Ok(())
    }

    fn merge_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add_seconds(seconds(values, 0)?);
        self.add_states(states(values, 1)?)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![
            ScalarValue::Float64(None),
            ScalarValue::Binary(Some(self.waits.encode())),
        ])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.output.of(&self.waits)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.waits.heap()
    }
}

/// The accumulator of a question with groups.
struct Many {
    input: Input,
    output: Output,
    groups: Groups,
}

/// The rows that count: neither NULL nor filtered out. `None` when all do.
fn counting(nulls: Option<&NullBuffer>, filter: Option<&BooleanArray>) -> Option<NullBuffer> {
    let passed = filter.map(|f| match f.nulls() {
        Some(nulls) => NullBuffer::new(f.values() & nulls.inner()),
        None => NullBuffer::new(f.values().clone()),
    });
    NullBuffer::union(nulls, passed.as_ref()).filter(|n| n.null_count() > 0)
}

impl Many {
    fn add_seconds(
        &mut self,
        values: &Float64Array,
        groups: &[usize],
        filter: Option<&BooleanArray>,
    ) -> Result<()> {
        let add = |(x, group): (&f64, &usize)| self.groups.push(*group, *x).map_err(refused);
        let mut rows = values.values().iter().zip(groups);
        match counting(values.nulls(), filter) {
            None => rows.try_for_each(add),
            Some(rows_that) if rows_that.null_count() == rows_that.len() => Ok(()),
            Some(rows_that) => rows
                .zip(&rows_that)
                .filter(|(_, counts)| *counts)
                .map(|(row, _)| row)
                .try_for_each(add),
        }
    }

    fn add_states(
        &mut self,
        values: &BinaryArray,
        groups: &[usize],
        filter: Option<&BooleanArray>,
    ) -> Result<()> {
        let rows_that = counting(values.nulls(), filter);
        if rows_that
            .as_ref()
            .is_some_and(|n| n.null_count() == n.len())
        {
            return Ok(());
        }
        for (row, group) in groups.iter().enumerate() {
            if rows_that.as_ref().is_none_or(|n| n.is_valid(row)) {
                self.groups
                    .merge_encoded(*group, values.value(row))
                    .map_err(refused)?;
            }
        }
        Ok(())
    }

    fn asked(&self, emit_to: EmitTo) -> usize {
        match emit_to {
            EmitTo::All => self.groups.len(),
            EmitTo::First(n) => n.min(self.groups.len()),
        }
    }
}

impl GroupsAccumulator for Many {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.groups.resize(total);
        match self.input {
            Input::Seconds => self.add_seconds(seconds(values, 0)?, groups, filter),
            Input::States => self.add_states(states(values, 0)?, groups, filter),
        }
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.groups.resize(total);
        self.add_seconds(seconds(values, 0)?, groups, None)?;
        self.add_states(states(values, 1)?, groups, None)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let n = self.asked(emit_to);
        let mut only = Vec::with_capacity(n);
        let mut is_only = NullBufferBuilder::new(n);
        let mut bytes = BytesRows::with_capacity(n);
        let mut is_state = NullBufferBuilder::new(n);
        self.groups.show_parts(n, |part| {
            let (one, many) = match part {
                Part::None => (None, None),
                Part::One(x) => (Some(x), None),
                Part::Many(view) => (None, Some(view)),
            };
            only.push(one.unwrap_or_default());
            is_only.append(one.is_some());
            is_state.append(many.is_some());
            bytes.push(|out| {
                if let Some(view) = many {
                    view.encode(out);
                }
            });
        });
        self.groups.forget(n);
        Ok(vec![
            Arc::new(Float64Array::new(
                ScalarBuffer::from(only),
                is_only.finish(),
            )),
            Arc::new(bytes.finish(is_state.finish())?),
        ])
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let n = self.asked(emit_to);
        let column: ArrayRef = match self.output {
            Output::Stats => {
                let mut rows = StatsRows::with_capacity(n);
                self.groups.show(n, |view| rows.push(view));
                Arc::new(rows.finish(None)?)
            }
            Output::State => {
                let mut rows = BytesRows::with_capacity(n);
                self.groups
                    .show(n, |view| rows.push(|out| view.encode(out)));
                Arc::new(rows.finish(None)?)
            }
        };
        self.groups.forget(n);
        Ok(column)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        match self.input {
            Input::Seconds => {
                let values = seconds(values, 0)?;
                let nulls = counting(values.nulls(), filter);
                let only = Float64Array::new(values.values().clone(), nulls);
                let state = new_null_array(&DataType::Binary, only.len());
                Ok(vec![Arc::new(only), state])
            }
            Input::States => {
                let values = states(values, 0)?;
                let nulls = counting(values.nulls(), filter);
                let state =
                    BinaryArray::try_new(values.offsets().clone(), values.values().clone(), nulls)?;
                let only = new_null_array(&DataType::Float64, state.len());
                Ok(vec![only, Arc::new(state)])
            }
        }
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.bytes()
    }
}
