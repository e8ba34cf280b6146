//! Groups that need no gathering: each processor's files have groups of their own.
//!
//! Files hold days or months, so that a question by day, hour or quarter of an hour finds each group's rows in one file.
//! The planner does not know that: it deals rows out by their group's hash, or gathers each group twice. Where what the
//! manifest says of the files shows that the groups of some files are not those of the others, this rule deals out
//! **files** instead, and every group is made once, whole, by one processor.
//!
//! It is applied only where it is certain: one of the grouping expressions is a column, or a column cut to a step of
//! time; the column is never NULL; and between the two halves no value of the expression is shared ([`halves`]).

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::{Result, ScalarValue};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::expressions::{CastExpr, Column, Literal};
use datafusion::physical_expr::{Partitioning, PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::{Distribution, ExecutionPlan};

/// Functions of a step and a time that never fall as the time grows.
const STEPS: [&str; 2] = ["date_bin", "date_trunc"];

/// The rule; after all others, since it takes out what they put in.
#[derive(Debug)]
pub(super) struct DisjointGroups;

impl PhysicalOptimizerRule for DisjointGroups {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        without_gathering(plan, false)
    }

    fn name(&self) -> &'static str {
        "disjoint_groups"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// A plan with its aggregations in one step where that is the same. Where somebody above relies on how rows are dealt
/// out (a join of two sides, say, that are dealt out alike), they are left.
fn without_gathering(
    node: Arc<dyn ExecutionPlan>,
    is_relied_on: bool,
) -> Result<Arc<dyn ExecutionPlan>> {
    if !is_relied_on && let Some(other) = rewritten(&node)? {
        return Ok(other);
    }
    let deals_anew = node.is::<RepartitionExec>()
        || node.is::<CoalescePartitionsExec>()
        || node.is::<SortPreservingMergeExec>();
    let children = node.children();
    let is_of_many = children.len() > 1;
    let needs = node.input_distribution_requirements();
    let children = children.into_iter().enumerate().map(|(at, child)| {
        let needs_it = !matches!(
            needs.child_distribution(at),
            Some(Distribution::UnspecifiedDistribution | Distribution::SinglePartition)
        );
        let is_relied_on = !deals_anew && (is_relied_on || is_of_many || needs_it);
        without_gathering(Arc::clone(child), is_relied_on)
    });
    let children = children.collect::<Result<Vec<_>>>()?;
    if children.is_empty() {
        return Ok(node);
    }
    replace_children_if_necessary(node, children)
}

/// An aggregation in two steps as one, where that is the same.
fn rewritten(node: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let Some(whole) = aggregation(node, AggregateMode::FinalPartitioned) else {
        return Ok(None);
    };
    let mut below = whole.input();
    while below.is::<RepartitionExec>() {
        below = below.children()[0];
    }
    let Some(partial) = aggregation(below, AggregateMode::Partial) else {
        return Ok(None);
    };
    let keys = partial.group_expr();
    if !keys.is_single() || whole.limit_options().is_some() || partial.limit_options().is_some() {
        return Ok(None);
    }
    let Some((scan, config)) = scan_below(partial.input()) else {
        return Ok(None);
    };
    for (key, _) in keys.expr() {
        let Some(halves) = halves(key, &scan, config) else {
            continue;
        };
        let mut dealt = config.clone();
        // Said to be dealt out, so that nobody takes files from another at run time.
        dealt.output_partitioning = Some(Partitioning::UnknownPartitioning(halves.len()));
        dealt.file_groups = halves;
        let source: Arc<dyn ExecutionPlan> = DataSourceExec::from_data_source(dealt);
        let input = put_below(partial.input(), source)?;
        let single = AggregateExec::try_new(
            AggregateMode::SinglePartitioned,
            keys.clone(),
            partial.aggr_expr().to_vec(),
            partial.filter_expr().to_vec(),
            input,
            partial.input_schema(),
        )?;
        if single.schema() == node.schema() {
            return Ok(Some(Arc::new(single)));
        }
    }
    Ok(None)
}

fn aggregation(node: &Arc<dyn ExecutionPlan>, mode: AggregateMode) -> Option<&AggregateExec> {
    node.downcast_ref::<AggregateExec>()
        .filter(|aggregation| *aggregation.mode() == mode)
}

/// True for what hands on some of its rows as they are.
fn is_passing(node: &dyn ExecutionPlan) -> bool {
    node.is::<RepartitionExec>()
        || node
            .downcast_ref::<FilterExec>()
            .is_some_and(|f| f.projection().is_none())
}

/// The scan that a node's rows are of, unchanged.
fn scan_below(
    mut node: &Arc<dyn ExecutionPlan>,
) -> Option<(Arc<dyn ExecutionPlan>, &FileScanConfig)> {
    while is_passing(node.as_ref()) {
        node = node.children()[0];
    }
    let source = node.downcast_ref::<DataSourceExec>()?;
    let config = source.data_source().downcast_ref::<FileScanConfig>()?;
    Some((Arc::clone(node), config))
}

/// A node with another scan under it, and its rows dealt out no more.
fn put_below(
    node: &Arc<dyn ExecutionPlan>,
    scan: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    if !is_passing(node.as_ref()) {
        return Ok(scan);
    }
    let below = put_below(node.children()[0], scan)?;
    if node.is::<RepartitionExec>() {
        return Ok(below);
    }
    replace_children_if_necessary(Arc::clone(node), vec![below])
}

/// A file with the least and the greatest value of an expression over its rows.
struct Extent {
    file: PartitionedFile,
    least: ScalarValue,
    greatest: ScalarValue,
}

/// The files in two groups, of about as many bytes each, that share no value of an expression; nothing where there
/// are none, or it cannot be known.
fn halves(
    key: &Arc<dyn PhysicalExpr>,
    scan: &Arc<dyn ExecutionPlan>,
    config: &FileScanConfig,
) -> Option<Vec<FileGroup>> {
    let column = rising_in(key)?;
    // The scan may give something else under the name of a column of the files.
    let at = match config.file_source.projection() {
        None => column.index(),
        Some(read) => {
            let given = read.as_ref().get(column.index())?;
            given.expr.downcast_ref::<Column>()?.index()
        }
    };
    let schema = scan.schema();
    let value = |of: &ScalarValue| -> Result<ScalarValue> {
        let columns = schema.fields().iter().enumerate().map(|(i, field)| {
            if i == column.index() {
                of.to_array()
            } else {
                ScalarValue::try_new_null(field.data_type())?.to_array()
            }
        });
        let nullable = schema
            .fields()
            .iter()
            .map(|f| f.as_ref().clone().with_nullable(true));
        let nullable = Arc::new(arrow::datatypes::Schema::new(nullable.collect::<Vec<_>>()));
        let row = RecordBatch::try_new(nullable, columns.collect::<Result<_>>()?)?;
        match key.evaluate(&row)? {
            ColumnarValue::Array(array) => ScalarValue::try_from_array(&array, 0),
            ColumnarValue::Scalar(scalar) => Ok(scalar),
        }
    };
    let mut extents: Vec<Extent> = Vec::new();
    for file in config.file_groups.iter().flat_map(FileGroup::iter) {
        // A file that was cut in pieces is whole again.
        if extents
            .iter()
            .any(|seen| seen.file.object_meta.location == file.object_meta.location)
        {
            continue;
        }
        let said = file.statistics.as_ref();
        let said = said.and_then(|s| s.column_statistics.get(at));
        let (
            Some(Precision::Exact(least)),
            Some(Precision::Exact(greatest)),
            Some(Precision::Exact(0)),
        ) = (
            said.map(|s| &s.min_value),
            said.map(|s| &s.max_value),
            said.map(|s| s.null_count),
        )
        else {
            return None;
        };
        // A time at the very end of what can be said has no step.
        let (Ok(least), Ok(greatest)) = (value(least), value(greatest)) else {
            return None;
        };
        let mut whole = file.clone();
        whole.range = None;
        extents.push(Extent {
            file: whole,
            least,
            greatest,
        });
    }
    dealt_out(extents)
}

/// Cuts files in the order of their values where none is shared, nearest to the middle of their bytes.
fn dealt_out(mut extents: Vec<Extent>) -> Option<Vec<FileGroup>> {
    if extents.iter().any(|e| {
        e.least
            .partial_cmp(&e.greatest)
            .is_none_or(std::cmp::Ordering::is_gt)
    }) {
        return None;
    }
    extents.sort_by(|a, b| {
        a.least
            .partial_cmp(&b.least)
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let all: u64 = extents.iter().map(|e| e.file.object_meta.size).sum();
    let (mut best, mut before) = (None, 0_u64);
    let mut greatest: Option<&ScalarValue> = None;
    for (at, extent) in extents.iter().enumerate() {
        let is_free = greatest.is_some_and(|greatest| *greatest < extent.least);
        let uneven = (2 * before).abs_diff(all);
        if is_free && best.is_none_or(|(_, least)| uneven < least) {
            best = Some((at, uneven));
        }
        if greatest.is_none_or(|greatest| *greatest < extent.greatest) {
            greatest = Some(&extent.greatest);
        }
        before += extent.file.object_meta.size;
    }
    let (cut, uneven) = best?;
    // With nearly all on one side the other processor would only wait.
    if uneven > all / 2 {
        return None;
    }
    let mut files = extents.into_iter().map(|e| e.file);
    let first = files.by_ref().take(cut).collect();
    Some(vec![FileGroup::new(first), FileGroup::new(files.collect())])
}

/// The column that an expression never falls in as it grows: itself, or cut to a step.
fn rising_in(key: &Arc<dyn PhysicalExpr>) -> Option<&Column> {
    if let Some(column) = key.downcast_ref::<Column>() {
        return Some(column);
    }
    let function = key.downcast_ref::<ScalarFunctionExpr>()?;
    let [step, time] = function.args() else {
        return None;
    };
    // The planner brings times to the finest unit first.
    let time = match time.downcast_ref::<CastExpr>() {
        Some(cast) if matches!(cast.cast_type(), DataType::Timestamp(..)) => cast.expr(),
        _ => time,
    };
    let is_step = STEPS.contains(&function.name()) && step.is::<Literal>();
    is_step.then(|| time.downcast_ref::<Column>()).flatten()
}
