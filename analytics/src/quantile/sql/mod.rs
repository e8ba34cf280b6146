//! The functions of waits for DataFusion.
//!
//! | function | of | gives |
//! |---|---|---|
//! | `wait_stats(seconds)` | an aggregate | a row `{n, over_15min, p50, p90, p95, mean}` |
//! | `wait_state(seconds)` | an aggregate | the state as bytes, to be kept and merged |
//! | `wait_merge(state)` | an aggregate | the state of all states |
//! | `wait_stats_of(state)` | one state | the row of `wait_stats` |
//! | `wait_quantile(state, p)` | one state | the nearest-rank quantile |
//! | `wait_over(state, limit)` | one state | how many are over a limit of so many seconds |
//! | `wait_count(state)`, `wait_mean(state)` | one state | their number, their mean |
//!
//! NULLs, and what is not a finite number, are skipped. Without a value the counts are 0 and the quantiles
//! and the mean NULL. A query that names `wait_stats(x)` several times, as in `wait_stats(x)['p50'],
//! wait_stats(x)['p90']`, computes it once. A limit must be an edge between buckets
//! ([`Limit`](super::Limit)), so that its count is exact; another one is an error that names the nearest.
//!
//! **Partial states.** Each group is a pair: the only value, as a number, or a serialised state, as bytes.
//! Where a partial aggregation would not make the rows fewer, it is skipped, and the column of values passes
//! through as it is.

mod aggregate;
mod output;
mod scalar;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

/// The aggregates.
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    aggregate::all()
        .into_iter()
        .map(|f| Arc::new(AggregateUDF::new_from_impl(f)))
        .collect()
}

/// The functions of one state.
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    scalar::all()
        .into_iter()
        .map(|f| Arc::new(ScalarUDF::new_from_impl(f)))
        .collect()
}

/// Makes all functions known to a context.
pub fn register(context: &SessionContext) {
    for function in aggregates() {
        context.register_udaf(function.as_ref().clone());
    }
    for function in scalars() {
        context.register_udf(function.as_ref().clone());
    }
}
