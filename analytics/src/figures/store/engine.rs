//! What the two engines say differently.

use arrow::array::{Array, BinaryArray};
use ingest::event::EventTime;
use ingest::event::time::{Day, LOCAL_OFFSET_S};

use super::Unreadable;
use super::columns::{Columns, Lists, Wholes};
use crate::quantile::{EXACT, Histogram};

/// An engine that answers queries over facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// DataFusion over the embedded store.
    DataFusion,
    /// ClickHouse.
    ClickHouse,
}

impl Engine {
    /// The rows that count of a table, as a relation.
    pub(super) fn rows(self, table: &str) -> String {
        match self {
            Self::DataFusion => format!("{table}_rows"),
            Self::ClickHouse => format!("(select * from {table}_rows final) as {table}"),
        }
    }

    /// An instant as a literal.
    pub(super) fn instant(self, t: EventTime) -> String {
        match self {
            Self::DataFusion => {
                format!(
                    "arrow_cast({}, 'Timestamp(Microsecond, Some(\"+07:00\"))')",
                    t.0
                )
            }
            Self::ClickHouse => format!("fromUnixTimestamp64Micro({})", t.0),
        }
    }

    /// A day as a literal.
    pub(super) fn day(self, day: Day) -> String {
        match self {
            Self::DataFusion => format!("date '{day}'"),
            Self::ClickHouse => format!("toDate32('{day}')"),
        }
    }

    /// A time's microseconds since 1970.
    pub(super) fn microseconds(self, column: &str) -> String {
        match self {
            Self::DataFusion => format!("arrow_cast({column}, 'Int64')"),
            Self::ClickHouse => format!("toUnixTimestamp64Micro({column})"),
        }
    }

    /// A time's local hour, as [`crate::figures::group::hour_of`].
    pub(super) fn hour(self, column: &str) -> String {
        let us = self.microseconds(column);
        let hours = format!("floor(({us} + {LOCAL_OFFSET_S}000000) / 3600000000.0)");
        match self {
            Self::DataFusion => format!("arrow_cast({hours}, 'Int64')"),
            Self::ClickHouse => format!("toInt64({hours})"),
        }
    }

    /// The columns that give the waits of a group as the state of a histogram.
    pub(super) fn wait_states(self) -> Vec<String> {
        match self {
            Self::DataFusion => vec!["wait_state(wait_us / 1000000.0) as w_state".to_owned()],
            // The values themselves where they are few, counts by bucket and the ends where they are not.
            Self::ClickHouse => vec![
                format!("groupArray({})(wait_us) as w_few", EXACT + 1),
                "sumMap(if(wait_us is null, [], [assumeNotNull(wait_bucket)]), \
                 if(wait_us is null, [], [toUInt64(1)])) as w_map"
                    .to_owned(),
                "w_map.1 as w_keys".to_owned(),
                "w_map.2 as w_counts".to_owned(),
                "min(wait_us) as w_min".to_owned(),
                "max(wait_us) as w_max".to_owned(),
            ],
        }
    }

    /// Reads [`Engine::wait_states`].
    pub(super) fn read_waits(self, columns: &Columns<'_>) -> Result<Waits, Unreadable> {
        Ok(match self {
            Self::DataFusion => Waits::States(columns.bytes("w_state")?),
            Self::ClickHouse => Waits::Parts(Box::new(Parts {
                few: columns.lists("w_few")?,
                keys: columns.lists("w_keys")?,
                counts: columns.lists("w_counts")?,
                min: columns.whole("w_min")?,
                max: columns.whole("w_max")?,
                sum: columns.whole("s_waits_us")?,
            })),
        })
    }
}

/// The waits of an answer's groups.
pub(super) enum Waits {
    States(BinaryArray),
    Parts(Box<Parts>),
}

/// The values where they are few, counts by bucket, the ends and the sum.
pub(super) struct Parts {
    few: Lists,
    keys: Lists,
    counts: Lists,
    min: Wholes,
    max: Wholes,
    sum: Wholes,
}

impl Waits {
    /// Those of a row.
    pub(super) fn at(&self, row: usize) -> Result<Histogram, Unreadable> {
        let damaged = || Unreadable("the waits of a group do not fit together".to_owned());
        match self {
            Self::States(states) if states.is_null(row) => Ok(Histogram::default()),
            Self::States(states) => Histogram::decode(states.value(row)).map_err(|_| damaged()),
            Self::Parts(parts) => {
                let few = parts.few.value(row);
                if few.len() <= EXACT {
                    return Ok(few.into_iter().map(seconds).collect());
                }
                let buckets = parts.keys.value(row).into_iter();
                let buckets = buckets.zip(parts.counts.value(row));
                let ends = seconds(parts.min.value(row))..=seconds(parts.max.value(row));
                Histogram::of_buckets(buckets, parts.sum.value(row), ends).ok_or_else(damaged)
            }
        }
    }
}

fn seconds(us: i64) -> f64 {
    us as f64 / 1e6
}
