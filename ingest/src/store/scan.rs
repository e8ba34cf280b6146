//! A stored table as a query sees it: the files that its conditions can touch, and no others.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::config::TableParquetOptions;
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, DFSchema, ScalarValue, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat as _;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::error::Result;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::object_store::path::Path;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use super::file::{DataFile, stored};
use super::manifest::Manifest;
use super::{Table, file::Range};

/// The files of a table in one manifest, with what the manifest says of them.
#[derive(Debug)]
pub(super) struct StoredTable {
    schema: SchemaRef,
    files: Vec<PartitionedFile>,
    statistics: Vec<Arc<Statistics>>,
}

impl StoredTable {
    pub(super) fn of(manifest: &Manifest, table: &Table) -> Result<Self> {
        let mut all = Self {
            files: Vec::new(),
            statistics: Vec::new(),
            schema: as_read(&stored(&table.schema)),
        };
        for file in manifest.files(table.name) {
            let statistics = Arc::new(statistics(file, &all.schema)?);
            // Without a time: a file never changes, and no other gets its name.
            let mut named = PartitionedFile::new("", file.bytes);
            named.object_meta.location = Path::from_absolute_path(&file.path)?;
            all.files
                .push(named.with_statistics(Arc::clone(&statistics)));
            all.statistics.push(statistics);
        }
        Ok(all)
    }

    /// For each file, whether rows of it may meet all conditions.
    fn touched(&self, state: &dyn Session, conditions: &[Expr]) -> Result<Vec<bool>> {
        let all = || vec![true; self.files.len()];
        let Some(condition) = conjunction(conditions.iter().cloned()) else {
            return Ok(all());
        };
        let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
        let condition = state.create_physical_expr(condition, &schema)?;
        // What it cannot judge, it lets through.
        let builder = PruningPredicateBuilder::new().with_file_schema(Arc::clone(&self.schema));
        let Ok(predicate) = builder.try_build(condition) else {
            return Ok(all());
        };
        let statistics = PrunableStatistics::new(self.statistics.clone(), Arc::clone(&self.schema));
        predicate.prune(&statistics)
    }
}

#[async_trait]
impl TableProvider for StoredTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let touched = self.touched(state, filters)?;
        let files = self.files.iter().zip(touched);
        let files = files.filter(|(_, is_touched)| *is_touched);
        let group = FileGroup::new(files.map(|(file, _)| file.clone()).collect());
        if group.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let of_files = group.iter().filter_map(|file| file.statistics.as_deref());
        let statistics = Statistics::try_merge_iter(of_files, &self.schema)?;
        let groups = group.split_files(state.config().target_partitions());
        let source = Arc::new(ParquetSource::new(Arc::clone(&self.schema)));
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        let options = TableParquetOptions {
            global: state.config_options().execution.parquet.clone(),
            ..Default::default()
        };
        // It reads footers through the cache of the runtime.
        let format = ParquetFormat::new().with_options(options);
        format.create_physical_plan(state, config).await
    }
}

/// Columns as a query reads them: texts are views into pages, which are not copied and are quick to compare.
fn as_read(stored: &SchemaRef) -> SchemaRef {
    let fields = stored.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// What the manifest says of a file, as the planner takes it.
fn statistics(file: &DataFile, schema: &SchemaRef) -> Result<Statistics> {
    let mut all = Statistics::new_unknown(schema);
    all.num_rows = Precision::Exact(file.rows as usize);
    for range in &file.ranges {
        let Ok(at) = schema.index_of(&range.column) else {
            continue;
        };
        all.column_statistics[at] = column(range, schema.field(at).data_type())?;
    }
    Ok(all)
}

fn column(range: &Range, data_type: &DataType) -> Result<ColumnStatistics> {
    let mut column = ColumnStatistics::new_unknown();
    column.null_count = Precision::Exact(range.nulls as usize);
    if let Some((least, greatest)) = range.ends {
        let value = |stored: i64| match data_type {
            DataType::Date32 => Ok(ScalarValue::Date32(Some(stored as i32))),
            other => ScalarValue::Int64(Some(stored)).cast_to(other),
        };
        column.min_value = Precision::Exact(value(least)?);
        column.max_value = Precision::Exact(value(greatest)?);
    }
    Ok(column)
}
