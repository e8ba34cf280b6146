//! Functions of one state.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, exec_datafusion_err, internal_err, plan_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::aggregate::{is_number, is_state};
use super::output::{StatsRows, stats_type};
use crate::quantile::bucket::Limit;
use crate::quantile::histogram::{Damaged, Histogram};

/// What is asked of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Question {
    Count,
    Mean,
    Quantile,
    Over,
    Stats,
}

/// One of the functions.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct WaitScalar {
    name: &'static str,
    question: Question,
    signature: Signature,
}

pub(super) fn all() -> [WaitScalar; 5] {
    [
        ("wait_count", Question::Count),
        ("wait_mean", Question::Mean),
        ("wait_quantile", Question::Quantile),
        ("wait_over", Question::Over),
        ("wait_stats_of", Question::Stats),
    ]
    .map(|(name, question)| WaitScalar {
        name,
        question,
        signature: Signature::user_defined(Volatility::Immutable),
    })
}

impl ScalarUDFImpl for WaitScalar {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let second = matches!(self.question, Question::Quantile | Question::Over);
        match types {
            [state] if !second && is_state(state) => Ok(vec![DataType::Binary]),
            [state, number] if second && is_state(state) && is_number(number) => {
                Ok(vec![DataType::Binary, DataType::Float64])
            }
            _ if second => plan_err!("{} takes a state and a number", self.name),
            _ => plan_err!("{} takes a state", self.name),
        }
    }

    fn return_type(&self, _types: &[DataType]) -> Result<DataType> {
        Ok(match self.question {
            Question::Count | Question::Over => DataType::Int64,
            Question::Mean | Question::Quantile => DataType::Float64,
            Question::Stats => stats_type(),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let one_row = args
            .args
            .iter()
            .all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let columns = ColumnarValue::values_to_arrays(&args.args)?;
        let answer = self.answer(&columns)?;
        if one_row {
            let value = datafusion::common::ScalarValue::try_from_array(&answer, 0)?;
            return Ok(ColumnarValue::Scalar(value));
        }
        Ok(ColumnarValue::Array(answer))
    }
}

impl WaitScalar {
    fn answer(&self, columns: &[ArrayRef]) -> Result<ArrayRef> {
        let Some(states) = columns.first().and_then(|c| c.as_binary_opt::<i32>()) else {
            return internal_err!("{}: the first argument is not of states", self.name);
        };
        let numbers = columns
            .get(1)
            .and_then(|c| c.as_primitive_opt::<Float64Type>());
        let number = |row: usize| numbers.filter(|n| n.is_valid(row)).map(|n| n.value(row));
        let states = states.iter().map(|state| {
            let state = state.map(Histogram::decode).transpose();
            state.map_err(|e: Damaged| exec_datafusion_err!("{}: {e}", self.name))
        });
        Ok(match self.question {
            Question::Count => {
                let counts = states.map(|s| Ok(s?.map(|s| s.len() as i64)));
                Arc::new(counts.collect::<Result<Int64Array>>()?)
            }
            Question::Mean => {
                let means = states.map(|s| Ok(s?.and_then(|s| s.mean())));
                Arc::new(means.collect::<Result<Float64Array>>()?)
            }
            Question::Quantile => {
                let quantiles = states.enumerate().map(|(row, state)| {
                    let (Some(state), Some(p)) = (state?, number(row)) else {
                        return Ok(None);
                    };
                    Ok(state.quantile(probability(p)?))
                });
                Arc::new(quantiles.collect::<Result<Float64Array>>()?)
            }
            Question::Over => {
                let counts = states.enumerate().map(|(row, state)| {
                    let (Some(state), Some(limit)) = (state?, number(row)) else {
                        return Ok(None);
                    };
                    Ok(Some(state.over(edge(limit)?) as i64))
                });
                Arc::new(counts.collect::<Result<Int64Array>>()?)
            }
            Question::Stats => {
                let nulls = columns[0].nulls().cloned();
                let mut rows = StatsRows::with_capacity(columns[0].len());
                for state in states {
                    state?.unwrap_or_default().view(|v| rows.push(v));
                }
                Arc::new(rows.finish(nulls)?)
            }
        })
    }
}

fn probability(p: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&p) {
        return Ok(p);
    }
    Err(exec_datafusion_err!(
        "a probability is between 0 and 1, not {p}"
    ))
}

fn edge(limit: f64) -> Result<Limit> {
    Limit::new(limit).ok_or_else(|| not_an_edge(limit))
}

fn not_an_edge(limit: f64) -> DataFusionError {
    if let Some((lower, upper)) = Limit::around(limit) {
        return exec_datafusion_err!(
            "waits over {limit} s are not counted exactly; take {} or {} s",
            lower.seconds(),
            upper.seconds()
        );
    }
    exec_datafusion_err!("{limit} s is no limit for a wait")
}
