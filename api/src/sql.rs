//! Read-only SQL over the facts and the geographic pack.

use std::sync::Arc;

use analytics::facts;
use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use geodata::Pack;
use ingest::store::{FactStore, Question, Store, StoreError};

use crate::core::Core;

/// How often the store of facts could not be written or asked.
pub(crate) const STORE_FAILURES: &str = "vonglau_store_failures_total";

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// The query is not one, or asks for what is not there.
    #[error("the query has no answer: {0}")]
    Query(String),
    /// The store cannot be written or read.
    #[error("{error}{}", advice(error))]
    Store {
        /// Why.
        error: StoreError,
    },
}

const FREE_SPACE: &str = "; free space on the disk, the events are safe in the journal";

/// What to do where the system's own words do not say it.
fn advice(error: &StoreError) -> &'static str {
    match error {
        StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
            FREE_SPACE
        }
        _ => "",
    }
}

fn store_failed(error: StoreError) -> SqlError {
    metrics::counter!(STORE_FAILURES).increment(1);
    SqlError::Store { error }
}

impl Core {
    /// Answers a read-only query over the facts as they are now. It waits for the disk or the network: call
    /// it where that is allowed.
    pub fn sql(&self, sql: &str) -> Result<Vec<RecordBatch>, SqlError> {
        self.fresh_facts().map_err(store_failed)?;
        let answer = match &self.facts {
            Store::ClickHouse(store) => store.query(sql),
            Store::Embedded(store) => self.sql_here(store, sql),
        };
        answer.map_err(|e| match e {
            StoreError::Query(message) => SqlError::Query(message),
            // What ClickHouse does not do, it says of the query.
            StoreError::Remote {
                can_retry: false, ..
            } => SqlError::Query(e.to_string()),
            e => store_failed(e),
        })
    }

    fn sql_here(&self, store: &FactStore, sql: &str) -> Result<Vec<RecordBatch>, StoreError> {
        let now = self.now(&self.state.read());
        let as_of = format!("timestamp '{now}'");
        let today = format!("date '{}'", now.day());
        let view = |table: &facts::Table| {
            let rows = format!("{}_rows", table.name);
            (table.name, table.view(&rows, &as_of, &today))
        };
        self.ask(store, || {
            let in_memory = pack_tables(self.pack).map_err(|e| StoreError::Query(e.to_string()));
            let mut in_memory = in_memory?;
            let alerts = self.alert_rows(sql);
            let alerts = alerts.map_err(|e| StoreError::Query(format!("{e:#}")))?;
            in_memory.push((facts::ALERTS.name, alerts));
            Ok(Question {
                sql,
                tables: facts::stored_tables(),
                views: facts::TABLES.iter().map(|table| view(table)).collect(),
                in_memory,
                prepare: analytics::quantile::sql::register,
            })
        })
    }

    /// Asks the embedded store a query over its rows alone.
    pub(crate) fn ask_here(
        &self,
        store: &FactStore,
        sql: &str,
    ) -> Result<Vec<RecordBatch>, StoreError> {
        self.ask(store, || {
            Ok(Question {
                sql,
                tables: facts::stored_tables(),
                views: Vec::new(),
                in_memory: Vec::new(),
                prepare: analytics::quantile::sql::register,
            })
        })
    }

    /// Asks the embedded store. Facts that are found damaged are written again, and the question is asked once more.
    fn ask<'a>(
        &self,
        store: &FactStore,
        question: impl Fn() -> Result<Question<'a>, StoreError>,
    ) -> Result<Vec<RecordBatch>, StoreError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|e| StoreError::Query(e.to_string()))?;
        let answer = runtime.block_on(store.query(question()?));
        if let Err(StoreError::Unreadable(_)) = answer
            && store.damaged(&facts::stored_tables()).is_some()
        {
            tracing::warn!("damaged facts are written again from the journal");
            store.clear()?;
            self.flush_facts()?;
            return runtime.block_on(store.query(question()?));
        }
        answer
    }
}

/// The pack's points, units and cells as tables.
fn pack_tables(pack: &Pack) -> Result<Vec<(&'static str, RecordBatch)>, arrow::error::ArrowError> {
    let text = |items: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(items)) };
    let sites = RecordBatch::try_from_iter([
        (
            "site",
            text(pack.points.iter().map(|p| p.id.as_str()).collect()),
        ),
        (
            "name",
            text(pack.points.iter().map(|p| p.name.as_str()).collect()),
        ),
        (
            "kind",
            text(pack.points.iter().map(|p| p.kind.as_str()).collect()),
        ),
        (
            "unit",
            text(
                pack.points
                    .iter()
                    .map(|p| p.unit.as_ref().map_or("", |u| u.as_str()))
                    .collect(),
            ),
        ),
        (
            "lon",
            Arc::new(Float64Array::from_iter_values(
                pack.points.iter().map(|p| p.place.lon),
            )) as ArrayRef,
        ),
        (
            "lat",
            Arc::new(Float64Array::from_iter_values(
                pack.points.iter().map(|p| p.place.lat),
            )),
        ),
        (
            "coord_class",
            text(pack.points.iter().map(|p| p.coord_class.as_str()).collect()),
        ),
        (
            "open",
            Arc::new(BooleanArray::from_iter(
                pack.points.iter().map(|p| Some(p.open)),
            )),
        ),
    ])?;
    let units = RecordBatch::try_from_iter([
        (
            "unit",
            text(pack.units.iter().map(|u| u.code.as_str()).collect()),
        ),
        (
            "name",
            text(pack.units.iter().map(|u| u.name.as_str()).collect()),
        ),
        (
            "kind",
            text(pack.units.iter().map(|u| u.kind.as_str()).collect()),
        ),
        (
            "population",
            Arc::new(Int64Array::from_iter_values(
                pack.units.iter().map(|u| i64::from(u.population)),
            )) as ArrayRef,
        ),
        (
            "old_district",
            text(
                pack.units
                    .iter()
                    .map(|u| u.old_district.as_deref().unwrap_or(""))
                    .collect(),
            ),
        ),
    ])?;
    let codes: Vec<String> = pack.cells.iter().map(|c| c.index.to_string()).collect();
    let cells = RecordBatch::try_from_iter([
        ("cell", text(codes.iter().map(String::as_str).collect())),
        (
            "unit",
            text(
                pack.cells
                    .iter()
                    .map(|c| pack.units[c.unit.at()].code.as_str())
                    .collect(),
            ),
        ),
        (
            "population",
            Arc::new(Int64Array::from_iter_values(
                pack.cells.iter().map(|c| i64::from(c.population)),
            )) as ArrayRef,
        ),
    ])?;
    Ok(vec![("sites", sites), ("units", units), ("cells", cells)])
}
