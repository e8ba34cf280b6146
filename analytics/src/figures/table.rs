//! A result: named columns and a row a group, written as JSON or CSV with the same names.

use std::collections::HashSet;
use std::fmt::Write as _;

use ingest::event::EventTime;
use serde_json::{Map, Value, json};

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// No sample.
    None,
    /// A count.
    Count(u64),
    /// A measure.
    Number(f64),
    /// A time.
    Time(EventTime),
}

impl From<u64> for Figure {
    fn from(n: u64) -> Self {
        Self::Count(n)
    }
}

impl From<Option<f64>> for Figure {
    fn from(n: Option<f64>) -> Self {
        n.map_or(Self::None, Self::Number)
    }
}

impl From<Option<EventTime>> for Figure {
    fn from(t: Option<EventTime>) -> Self {
        t.map_or(Self::None, Self::Time)
    }
}

impl Figure {
    /// As JSON, numbers to six decimals.
    pub fn to_json(self) -> Value {
        match self {
            Self::None => Value::Null,
            Self::Count(n) => json!(n),
            Self::Number(x) => json!(round6(x)),
            Self::Time(t) => json!(t.to_string()),
        }
    }

    fn to_csv(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Count(n) => n.to_string(),
            Self::Number(x) => round6(x).to_string(),
            Self::Time(t) => t.to_string(),
        }
    }
}

fn round6(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// A group and its figures, in the order of the table's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The group's key; empty without a grouping.
    pub key: String,
    /// Its figures.
    pub figures: Vec<Figure>,
}

/// A result.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the figures.
    pub columns: &'static [&'static str],
    /// Rows in order of key.
    pub rows: Vec<Row>,
}

impl Table {
    /// Of rows in any order.
    pub fn new(columns: &'static [&'static str], mut rows: Vec<Row>) -> Self {
        rows.sort_by(|a, b| a.key.cmp(&b.key));
        Self { columns, rows }
    }

    /// Adds rows without figures for keys that have none.
    pub fn add_empty(&mut self, keys: impl IntoIterator<Item = String>) {
        let have: HashSet<String> = self.rows.iter().map(|r| r.key.clone()).collect();
        let figures = vec![Figure::None; self.columns.len()];
        let missing = keys.into_iter().filter(|k| !have.contains(k));
        self.rows.extend(missing.map(|key| Row {
            key,
            figures: figures.clone(),
        }));
        self.rows.sort_by(|a, b| a.key.cmp(&b.key));
        self.rows.dedup_by(|a, b| a.key == b.key);
    }

    /// The rows as JSON objects; `by` names the key.
    pub fn rows_json(&self, by: Option<&str>) -> Vec<Value> {
        self.rows
            .iter()
            .map(|row| {
                let mut object = Map::new();
                if let Some(by) = by {
                    object.insert(by.to_owned(), json!(row.key));
                }
                for (name, figure) in self.columns.iter().zip(&row.figures) {
                    object.insert((*name).to_owned(), figure.to_json());
                }
                Value::Object(object)
            })
            .collect()
    }

    /// The rows as CSV with a header line; an empty cell is a figure without a sample.
    pub fn to_csv(&self, by: Option<&str>) -> String {
        let mut out = String::new();
        let header = by
            .into_iter()
            .chain(self.columns.iter().copied())
            .collect::<Vec<_>>()
            .join(",");
        let _ = writeln!(out, "{header}");
        for row in &self.rows {
            let key = by.map(|_| csv_text(&row.key));
            let cells = key
                .into_iter()
                .chain(row.figures.iter().map(|f| f.to_csv()));
            let _ = writeln!(out, "{}", cells.collect::<Vec<_>>().join(","));
        }
        out
    }
}

/// A text as a CSV cell (RFC 4180).
fn csv_text(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
