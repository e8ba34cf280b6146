//! The schema: the statements that make it, and what must be there before anything is written.

use std::collections::HashMap;

use arrow::datatypes::DataType;

use super::address::Address;
use crate::store::Table;

const SINGLE: &str = include_str!("../../../../deploy/clickhouse/single.sql");
const CLUSTER: &str = include_str!("../../../../deploy/clickhouse/cluster.sql");

/// The columns of the program's tables.
pub(super) const COLUMNS: &str = "SELECT table, name, type FROM system.columns \
    WHERE database = currentDatabase() AND match(table, '_rows$|_local$|^ledger$') ORDER BY table, position";
/// Its tables, each with what tells it from another of the same name.
pub(super) const TABLES: &str = "SELECT name, engine, engine_full, toString(uuid) FROM system.tables \
    WHERE database = currentDatabase() AND match(name, '_rows$|_local$|^ledger$') ORDER BY name";

/// The program's tables as they are in ClickHouse: what [`COLUMNS`] and [`TABLES`] give.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) columns: Vec<Vec<String>>,
    pub(super) tables: Vec<Vec<String>>,
}

impl Look {
    /// True where there is a table of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.identity(name).is_some()
    }

    /// True where rows that were written are not there: no table, or another than `before`.
    pub(super) fn lacks(&self, table: &Table, before: Option<&Self>) -> bool {
        let [rows, local] = ["rows", "local"].map(|what| format!("{}_{what}", table.name));
        let is_other = |name: &str| {
            let was = before.and_then(|before| before.identity(name));
            was.is_some() && was != self.identity(name)
        };
        !self.has(&rows) || is_other(&rows) || is_other(&local)
    }

    fn identity(&self, name: &str) -> Option<&str> {
        let row = self.tables.iter().find(|row| row[0] == name)?;
        row.last().map(String::as_str)
    }
}

/// The statements, one by one, for an address.
pub(super) fn statements(address: &Address) -> Vec<String> {
    let text = match &address.cluster {
        None => SINGLE.to_owned(),
        Some(cluster) => CLUSTER.replace("{cluster}", cluster),
    };
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let mut text: String = lines.flat_map(|line| [line, "\n"]).collect();
    if let Some(keep) = &address.keep {
        text = text.replace("/* TTL", "TTL").replace("{keep} */", keep);
    }
    text.split(';')
        .map(str::trim)
        .filter(|statement| !statement.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The statements that remove the tables and views of another version, the ledger last.
pub(super) fn dropped(address: &Address, tables: &[Table]) -> Vec<String> {
    let everywhere = everywhere(address);
    let mut names: Vec<String> = Vec::new();
    for table in tables {
        names.extend(["", "_rows", "_local"].map(|end| format!("{}{end}", table.name)));
    }
    names.push("ledger".to_owned());
    let drop = |name: String| format!("DROP TABLE IF EXISTS {name}{everywhere} SYNC");
    names.into_iter().map(drop).collect()
}

/// The statement that makes the ledger begin again.
pub(super) fn emptied_ledger(address: &Address) -> String {
    format!("TRUNCATE TABLE ledger{}", everywhere(address))
}

fn everywhere(address: &Address) -> String {
    let cluster = address.cluster.as_ref();
    cluster.map_or_else(String::new, |name| format!(" ON CLUSTER '{name}'"))
}

/// Checks the tables that are there: each with its columns, and each taking a batch once. The message says
/// what to do.
pub(super) fn check(tables: &[Table], look: &Look) -> Result<(), String> {
    let mut types: HashMap<(&str, &str), &str> = HashMap::new();
    for row in &look.columns {
        if let [table, name, kind] = &row[..] {
            types.insert((table, name), kind);
        }
    }
    for table in tables {
        let name = format!("{}_rows", table.name);
        for field in table.schema.fields() {
            let Some(kind) = types.get(&(name.as_str(), field.name().as_str())) else {
                return Err(format!(
                    "the table `{name}` has no column `{}`; it was altered by hand or made by another program: rename it, and the facts are written again",
                    field.name()
                ));
            };
            if !fits(field.data_type(), kind) {
                return Err(format!(
                    "the column `{name}.{}` is a {kind}, which cannot hold it; it was altered by hand: rename the table, and the facts are written again",
                    field.name()
                ));
            }
        }
    }
    for row in &look.tables {
        let [name, engine, full, _] = &row[..] else {
            continue;
        };
        let is_ours = tables
            .iter()
            .any(|t| *name == format!("{}_rows", t.name) || *name == format!("{}_local", t.name));
        if is_ours && engine != "Distributed" && !takes_once(engine, full) {
            return Err(format!(
                "the table `{name}` would take a batch twice that is sent twice ({engine} without a deduplication window): rename it, and it is made again as deploy/clickhouse says"
            ));
        }
    }
    Ok(())
}

/// True where rows replace each other by version and tokens are remembered.
fn takes_once(engine: &str, full: &str) -> bool {
    let replaces = engine.ends_with("ReplacingMergeTree") && full.contains("version");
    let window = full.split("deduplication_window = ").nth(1);
    let remembers = window.is_some_and(|rest| !rest.starts_with('0'));
    replaces && (engine.starts_with("Replicated") || remembers)
}

/// True where a ClickHouse type holds values of an Arrow one.
fn fits(arrow: &DataType, clickhouse: &str) -> bool {
    let mut inner = clickhouse;
    for wrapper in ["LowCardinality(", "Nullable("] {
        if let Some(rest) = inner.strip_prefix(wrapper) {
            inner = rest.strip_suffix(')').unwrap_or(rest);
        }
    }
    match arrow {
        DataType::Utf8 | DataType::Binary => inner == "String",
        DataType::Int64 => ["UInt8", "UInt32", "UInt64", "Int64"].contains(&inner),
        DataType::Float64 => inner == "Float64",
        DataType::Boolean => inner == "Bool",
        DataType::Date32 => inner == "Date" || inner == "Date32",
        DataType::Timestamp(_, _) => inner.starts_with("DateTime64(6"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_variants_are_cut_into_statements() {
        let single = Address::parse("clickhouse://h", None).unwrap();
        let kept = Address::parse("clickhouse://h?keep=2 YEAR", None).unwrap();
        let cluster = Address::parse("clickhouse://h?cluster=hn", None).unwrap();
        for address in [&single, &kept, &cluster] {
            for statement in statements(address) {
                assert!(statement.starts_with("CREATE "), "{statement}");
                assert!(!statement.contains("--") && !statement.contains("'{cluster}'"));
            }
        }
        assert_eq!(statements(&single).len(), 17);
        assert_eq!(statements(&cluster).len(), 25);
        let ttls = |address| {
            statements(address)
                .iter()
                .filter(|s| s.contains("\nTTL "))
                .count()
        };
        assert_eq!((ttls(&single), ttls(&kept)), (0, 8));
        assert!(statements(&cluster)[0].contains("ON CLUSTER 'hn'"));
    }

    #[test]
    fn a_table_without_deduplication_is_told_from_one_with() {
        assert!(takes_once(
            "ReplacingMergeTree",
            "ReplacingMergeTree(version, deleted) ORDER BY x SETTINGS non_replicated_deduplication_window = 10000"
        ));
        assert!(!takes_once(
            "ReplacingMergeTree",
            "ReplacingMergeTree(version, deleted) ORDER BY x"
        ));
        assert!(!takes_once(
            "ReplacingMergeTree",
            "ReplacingMergeTree(version) SETTINGS non_replicated_deduplication_window = 0"
        ));
        assert!(!takes_once("MergeTree", "MergeTree ORDER BY version"));
        assert!(takes_once(
            "ReplicatedReplacingMergeTree",
            "ReplicatedReplacingMergeTree('/p', 'r', version, deleted) ORDER BY x"
        ));
    }
}
