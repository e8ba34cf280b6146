//! The fact tables: one description, from which the Arrow schema, the sort order of the embedded store and the
//! columns of ClickHouse come.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// A kind of column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// An instant: UTC microseconds, shown in local time.
    Time,
    /// A local day.
    Date,
    /// Bytes of our own, for reading by the program alone; no view shows them.
    Bytes,
}

use Kind::{Bytes, Date, Flag, Number, Text, Time, Whole};

/// A fact table.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in SQL.
    pub name: &'static str,
    /// Its columns in order.
    pub columns: &'static [(&'static str, Kind)],
    /// The columns that tell its rows apart.
    pub key: &'static [&'static str],
    /// The columns by which rows lie in a file of the embedded store: what questions ask for together is together.
    pub order: &'static [&'static str],
    /// The column by whose local day its rows are partitioned.
    pub by: &'static str,
}

/// Visits: a ticket of a site's day.
pub(super) const VISITS: Table = Table {
    name: "visits",
    columns: &[
        ("site", Text),
        ("unit", Text),
        ("day", Date),
        ("ticket", Text),
        ("service", Text),
        ("counter", Text),
        ("priority", Text),
        ("purpose", Text),
        ("issued_at", Time),
        ("started_at", Time),
        ("ended_at", Time),
        ("outcome", Text),
        ("wait_s", Number),
        ("transaction_s", Number),
        ("dossiers", Whole),
        ("legs", Whole),
        ("approximate", Flag),
        ("walk_in", Flag),
        // What its figures add up ([`crate::figures::visits::VisitFact`]).
        ("counted_at", Time),
        ("hour", Whole),
        ("wait_us", Whole),
        ("wait_bucket", Whole),
        ("transactions", Whole),
        ("transactions_us", Whole),
        ("per_dossier", Whole),
        ("per_dossier_us", Whole),
        ("per_dossier_over", Whole),
        ("rewaits", Whole),
        ("rewaits_us", Whole),
        ("implausible", Whole),
    ],
    key: &["site", "day", "ticket"],
    order: &["day", "site", "ticket"],
    by: "day",
};

/// Dossiers as of their last event; what changes by time alone is computed when they are read.
pub(super) const DOSSIERS: Table = Table {
    name: "dossiers",
    columns: &[
        ("day", Date),
        ("dossier", Text),
        ("code_valid", Flag),
        ("procedure", Text),
        ("field", Text),
        ("site", Text),
        ("unit", Text),
        ("agency", Text),
        ("holder", Text),
        ("channel", Text),
        ("submitted_at", Time),
        ("accepted_at", Time),
        ("due_at", Time),
        ("ended_at", Time),
        ("last_event_at", Time),
        ("stage", Text),
        ("paused", Flag),
        ("digitised_at", Time),
        ("second_supplement_at", Time),
        ("working_hours", Number),
        ("home_unit", Text),
        ("performer", Text),
        ("due_computed", Flag),
        ("result", Text),
        ("returned_at", Time),
        // For what it was at any instant ([`crate::live::dossier::Dossier::history`]).
        ("history", Bytes),
    ],
    key: &["dossier", "day"],
    // A week's dossiers are those still open, of whatever age, and those that something happened to in it.
    order: &["stage", "last_event_at"],
    by: "day",
};

/// Every step of every dossier.
pub(super) const DOSSIER_STEPS: Table = Table {
    name: "dossier_steps",
    columns: &[
        ("dossier", Text),
        ("at", Time),
        ("step", Text),
        ("agency", Text),
        ("due_at", Time),
        ("reason", Text),
        ("step_name", Text),
        ("step_due_at", Time),
        ("paper", Flag),
        ("apology", Flag),
        ("source", Text),
        ("id", Text),
    ],
    key: &["dossier", "at", "source", "id"],
    order: &["at"],
    by: "at",
};

/// Every rating.
pub(super) const RATINGS: Table = Table {
    name: "ratings",
    columns: &[
        ("at", Time),
        ("score", Whole),
        ("channel", Text),
        ("site", Text),
        ("unit", Text),
        ("counter", Text),
        ("ticket", Text),
        ("dossier", Text),
        ("source", Text),
        ("id", Text),
    ],
    key: &["at", "source", "id"],
    order: &["at"],
    by: "at",
};

/// Every snapshot of a board, with how long it held.
pub(super) const BOARDS: Table = Table {
    name: "boards",
    columns: &[
        ("site", Text),
        ("service", Text),
        ("at", Time),
        ("waiting", Whole),
        ("open_counters", Whole),
        ("serving", Text),
        ("service_seconds", Number),
        ("held_s", Number),
        ("source", Text),
        ("id", Text),
    ],
    key: &["site", "service", "at", "source", "id"],
    order: &["at"],
    by: "at",
};

/// Every change of a counter's state.
pub(super) const COUNTERS: Table = Table {
    name: "counters",
    columns: &[
        ("site", Text),
        ("counter", Text),
        ("at", Time),
        ("state", Text),
        ("services", Text),
        ("performer", Text),
        ("source", Text),
        ("id", Text),
    ],
    key: &["site", "counter", "at", "source", "id"],
    order: &["at"],
    by: "at",
};

/// Every step of every petition (*phản ánh, kiến nghị*).
pub(super) const FEEDBACK: Table = Table {
    name: "feedback",
    columns: &[
        ("feedback", Text),
        ("at", Time),
        ("step", Text),
        ("site", Text),
        ("agency", Text),
        ("field", Text),
        ("about", Text),
        ("due_at", Time),
        ("satisfied", Flag),
        ("dossier", Text),
        ("repeat_of", Text),
        ("source", Text),
        ("id", Text),
    ],
    key: &["feedback", "at", "source", "id"],
    order: &["at"],
    by: "at",
};

/// Cases of the alert desk. They come of its log and not of the journal ([`super::alerts`]), so they are not among [`TABLES`].
/// `site` is empty for what is no point's.
pub const ALERTS: Table = Table {
    name: "alerts",
    columns: &[
        ("day", Date),
        ("alert", Text),
        ("alert_group", Text),
        ("rule", Text),
        ("priority", Text),
        ("owner", Text),
        ("subject_kind", Text),
        ("subject", Text),
        ("site", Text),
        ("unit", Text),
        ("agency", Text),
        ("state", Text),
        ("standing", Flag),
        ("corrected", Flag),
        ("since", Time),
        ("raised_at", Time),
        ("acknowledged_at", Time),
        ("returned_at", Time),
        ("closed_at", Time),
        ("escalated_at", Time),
        ("shelved_until", Time),
        ("times", Whole),
        ("members", Whole),
        ("assigned_to", Text),
        ("acknowledged_by", Text),
        ("explanations", Whole),
        ("urges", Whole),
        ("answers", Whole),
        ("value", Number),
        ("sample", Whole),
        ("threshold", Number),
        ("value_unit", Text),
    ],
    key: &["site", "day", "alert"],
    order: &["day", "alert"],
    by: "day",
};

/// The fact tables that the journal's events make.
pub const TABLES: [&Table; 7] = [
    &VISITS,
    &DOSSIERS,
    &DOSSIER_STEPS,
    &RATINGS,
    &BOARDS,
    &COUNTERS,
    &FEEDBACK,
];

impl Table {
    /// Its columns as Arrow sees them.
    pub fn schema(&self) -> SchemaRef {
        let zone = || Some(Arc::from("+07:00"));
        let fields: Vec<Field> = self
            .columns
            .iter()
            .map(|(name, kind)| {
                let data = match kind {
                    Text => DataType::Utf8,
                    Whole => DataType::Int64,
                    Number => DataType::Float64,
                    Flag => DataType::Boolean,
                    Time => DataType::Timestamp(TimeUnit::Microsecond, zone()),
                    Date => DataType::Date32,
                    Bytes => DataType::Binary,
                };
                Field::new(*name, data, true)
            })
            .collect();
        Arc::new(Schema::new(fields))
    }

    /// What a store needs to know of it.
    pub fn stored(&self) -> ingest::store::Table {
        ingest::store::Table {
            name: self.name,
            schema: self.schema(),
            key: self.key,
            order: self.order,
        }
    }

    /// The query that readers see as the table: over the stored rows, with what changes by time alone as it is
    /// at `as_of`, a timestamp literal; `today` is its local day.
    pub fn view(&self, rows: &str, as_of: &str, today: &str) -> String {
        match self.name {
            "visits" => format!(
                "select * replace (case when outcome = 'in_progress' and day < {today} then 'unresolved' \
                 else outcome end as outcome) from {rows}"
            ),
            // The due date moves with the clock that stands still: a paused dossier is late if it was at its
            // last event.
            "dossiers" => format!(
                "select * exclude (history), coalesce(case when ended_at is not null then ended_at > due_at \
                 when paused then last_event_at > due_at else {as_of} > due_at end, false) as overdue from {rows}"
            ),
            _ => format!("select * from {rows}"),
        }
    }
}

/// What a store needs to know of all of them.
pub fn stored_tables() -> Vec<ingest::store::Table> {
    TABLES.iter().map(|table| table.stored()).collect()
}
