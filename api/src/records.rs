//! The alert desk's log as figures and rows: what was shown and done, asked as the other facts are.
//!
//! Cases are folded from the log each time that somebody asks, from the months that bear on the question; nothing of them is
//! kept. So a command that opens a directory without a server has them too.
//!
//! A store elsewhere is sent the rows of what changed ([`AlertDesk::send`]): each time with a version greater than all that it
//! has, so that whatever is sent again, in whatever order, the last state of a case counts. A table that is empty is sent all.

use analytics::desk::{Case, Desk, Line};
use analytics::facts;
use analytics::figures::table::Table;
use analytics::figures::{Question, alerts};
use anyhow::Context as _;
use arrow::array::AsArray as _;
use arrow::array::RecordBatch;
use arrow::datatypes::UInt64Type;
use ingest::desk::{DeskError, read_months};
use ingest::event::EventTime;
use ingest::store::Store;
use ingest::store::clickhouse::ClickHouse;

use crate::core::Core;
use crate::desk::AlertDesk;

/// Before all cases, and after all of them: 1970 and 2100.
const ALWAYS: (EventTime, EventTime) = (EventTime(0), EventTime(4_102_444_800_000_000));

impl Core {
    /// The cases raised in `[from, to)`, as they are now.
    pub fn desk_cases(&self, from: EventTime, to: EventTime) -> Result<Vec<Case>, DeskError> {
        let mut desk = Desk::default();
        let is_of = |case: &Case| case.raised_at >= from && case.raised_at < to;
        read_months::<Line>(&self.dir, (from, to), |lines, is_after| {
            for line in &lines {
                desk.take(line);
            }
            // A month later something is still explained; from then on only what is open can change.
            !is_after || desk.open().any(is_of)
        })?;
        Ok(desk.cases().filter(|case| is_of(case)).cloned().collect())
    }

    /// All cases there ever were.
    pub fn all_desk_cases(&self) -> Result<Vec<Case>, DeskError> {
        self.desk_cases(ALWAYS.0, ALWAYS.1)
    }

    /// The answer to a question about alerts.
    pub(crate) fn alert_figures(&self, question: &Question) -> Result<Table, DeskError> {
        let cases = self.desk_cases(question.from, question.to)?;
        let mut table = alerts::table(cases.iter(), &self.registry, question);
        question.complete(&mut table, &self.state.read().lasting, &self.registry);
        Ok(table)
    }

    /// All cases as rows, where a query speaks of them; none otherwise, since the whole log is read for them.
    pub(crate) fn alert_rows(&self, sql: &str) -> anyhow::Result<RecordBatch> {
        let cases = if sql.to_ascii_lowercase().contains(facts::ALERTS.name) {
            self.all_desk_cases()?
        } else {
            Vec::new()
        };
        Ok(facts::alerts::batch(&cases, &self.registry)?)
    }

    /// Sends a store elsewhere all cases.
    pub fn send_all_alerts(&self) -> anyhow::Result<()> {
        let Store::ClickHouse(store) = &self.facts else {
            return Ok(());
        };
        let (_, version) = self.sent_alerts()?;
        self.send_alerts(store, &self.all_desk_cases()?, version)
    }

    /// Rows that a store elsewhere has, and the greatest version of them.
    fn sent_alerts(&self) -> anyhow::Result<(u64, u64)> {
        let sql = format!(
            "select count() as n, max(version) as last from {}_rows",
            facts::ALERTS.name
        );
        let batches = self.ask_rows(&sql)?;
        let cell = |column: &str| {
            let batch = batches.first()?;
            let column = batch.column_by_name(column)?;
            column
                .as_primitive_opt::<UInt64Type>()?
                .iter()
                .next()
                .flatten()
        };
        let sent = cell("n").zip(cell("last"));
        sent.context("the store does not say how many alerts it has")
    }

    fn send_alerts(&self, store: &ClickHouse, cases: &[Case], version: u64) -> anyhow::Result<()> {
        let changes = facts::alerts::changes(cases, &self.registry)?;
        let now = u64::try_from(EventTime::now().0).unwrap_or_default();
        Ok(store.put(&changes, now.max(version + 1))?)
    }
}

impl AlertDesk {
    /// Sends a store elsewhere the cases that changed since the last time; answers how many. What is not taken is sent the
    /// next time.
    pub fn send(&self) -> anyhow::Result<usize> {
        let core = self.core();
        let Store::ClickHouse(store) = &core.facts else {
            return Ok(0);
        };
        let (numbers, known) = self.unsent();
        if numbers.is_empty() {
            return Ok(0);
        }
        let send = || {
            let (rows, version) = core.sent_alerts()?;
            // What has left memory is in the log.
            let is_all_here = rows > 0 && known.len() == numbers.len();
            let cases = if is_all_here {
                known
            } else {
                core.all_desk_cases()?
            };
            core.send_alerts(store, &cases, version)?;
            anyhow::Ok(cases.len())
        };
        let sent = send();
        if sent.is_err() {
            self.keep_unsent(numbers);
        }
        sent
    }
}
