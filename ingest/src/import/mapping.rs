//! The mapping file as it is written: TOML, checked for form but not yet against a CSV header.
//!
//! `ingest/mappings/README.md` is the language's reference. Invariant: an unknown key is an error,
//! so that a misspelt rule cannot be ignored in silence.

use super::ImportError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A mapping file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The language's version: 1.
    pub version: u32,
    /// A short name, for the summary.
    pub name: String,
    /// What it maps and where the choices come from.
    #[serde(default)]
    pub about: String,
    /// How the file is read.
    #[serde(default)]
    pub input: Input,
    /// Named instants.
    #[serde(default)]
    pub times: BTreeMap<String, Time>,
    /// Named derived texts, made in the order of the list.
    #[serde(default)]
    pub values: Vec<Value>,
    /// Rows are kept when all conditions hold.
    #[serde(default)]
    pub filter: Vec<Condition>,
    /// Rows of one case belong together.
    pub group: Option<Group>,
    /// What is looked for and told in the summary.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// What a row, or a case, becomes.
    pub events: Vec<Rule>,
}

/// How the file is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Input {
    /// One ASCII character.
    pub delimiter: char,
    /// One ASCII character.
    pub quote: char,
    /// The IANA zone of times without an offset.
    pub time_zone: String,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            delimiter: ',',
            quote: '"',
            time_zone: "Asia/Ho_Chi_Minh".to_owned(),
        }
    }
}

/// A named instant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// The text, a template.
    pub text: String,
    /// `strptime` formats, tried in order.
    pub formats: Vec<String>,
    /// Earliest and latest local date that can be right; others skip the row.
    pub not_before: Option<String>,
    /// See `not_before`.
    pub not_after: Option<String>,
    /// An unreadable time leaves it absent instead of skipping the row.
    #[serde(default)]
    pub optional: bool,
}

/// A derived text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// The text, a template.
    pub text: String,
    /// Exact texts and what stands for them.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// What to do with a text that `map` lacks.
    #[serde(default)]
    pub otherwise: Otherwise,
}

/// What to do with a text that a value's map lacks. Each such row is counted, unless it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// It stands as it is.
    #[default]
    Keep,
    /// The value is empty.
    Empty,
    /// The row is skipped.
    Skip,
}

/// A condition on a text. All that is said must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The text, a template.
    pub text: String,
    /// Whether it must be there, or must be empty.
    pub present: Option<bool>,
    /// One of these.
    pub is: Option<Vec<String>>,
    /// None of these.
    pub not: Option<Vec<String>>,
    /// In a filter: the reason that the summary gives.
    pub reason: Option<String>,
}

/// Rows of one case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The case, a template.
    pub by: String,
    /// The named time that orders its rows; rows at one time keep the file's order.
    pub order: String,
}

/// Something looked for in the rows. Rows are never changed; `drop` skips those found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "snake_case")]
pub enum Check {
    /// A key that repeats the same values for longer than `minutes`.
    Frozen {
        /// Its name in the summary.
        name: String,
        /// What is watched, a template.
        key: String,
        /// The values that must change, a template.
        watch: String,
        /// The named time.
        time: String,
        /// How long they may stand.
        minutes: i64,
        /// Only rows like these count.
        #[serde(default)]
        when: Vec<Condition>,
        /// Skip the rows found.
        #[serde(default)]
        drop: bool,
    },
    /// A key that says nothing for longer than `minutes` on one day, or all day.
    Silent {
        /// Its name in the summary.
        name: String,
        /// Who is listened to, a template.
        key: String,
        /// The named time.
        time: String,
        /// How long it may be silent.
        minutes: i64,
    },
    /// A key whose time goes back from one row to the next.
    OutOfOrder {
        /// Its name in the summary.
        name: String,
        /// The sequence, a template.
        key: String,
        /// The named time.
        time: String,
        /// Skip the rows found.
        #[serde(default)]
        drop: bool,
    },
    /// Rows with the same key: those with the same content, and those with another.
    Repeated {
        /// Its name in the summary.
        name: String,
        /// What should be single, a template.
        key: String,
    },
    /// An instant before another of the same row; the first row of each case when rows are grouped.
    Before {
        /// Its name in the summary.
        name: String,
        /// The instant that should not be earlier.
        time: String,
        /// Than this one.
        than: String,
        /// Look at every row of a case.
        #[serde(default)]
        every_row: bool,
        /// Skip the rows found.
        #[serde(default)]
        drop: bool,
    },
    /// Rows like these, counted; the first row of each case when rows are grouped.
    Count {
        /// Its name in the summary.
        name: String,
        /// All must hold.
        when: Vec<Condition>,
    },
}

/// What rows become.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The contract type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which rows.
    #[serde(default, rename = "for")]
    pub rows: Rows,
    /// In `change` rules: the derived value that must differ from its last known one in the case.
    pub of: Option<String>,
    /// All must hold.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// The event's `source`, a template.
    pub source: String,
    /// The event's `id`, a template.
    pub id: String,
    /// The named time, or `prev.NAME` in `change` rules.
    pub time: String,
    /// The fields of `data`.
    pub data: BTreeMap<String, Field>,
}

/// Which rows a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// Every row.
    #[default]
    Each,
    /// The first row of a case.
    First,
    /// The last row of a case.
    Last,
    /// Each row of a case at which a value changed.
    Change,
}

/// A field of `data`: a template for a text, or a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Field {
    /// A required text.
    Text(String),
    /// Anything else.
    Table(Box<FieldTable>),
}

/// A field of `data` with its kind. Exactly one of the first six is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldTable {
    /// A text, a template: NFC, at most 200 characters.
    pub text: Option<String>,
    /// An id of the contract, a template.
    pub id: Option<String>,
    /// A whole number, a template.
    pub integer: Option<String>,
    /// A named time.
    pub time: Option<String>,
    /// `true` when the text is one of `yes`, `false` otherwise.
    pub flag: Option<String>,
    /// As it stands.
    pub constant: Option<toml::Value>,
    /// For `flag`.
    #[serde(default)]
    pub yes: Vec<String>,
    /// For `integer`: multiplied by this.
    pub times: Option<i64>,
    /// For `integer`: least and most, before multiplying.
    pub min: Option<i64>,
    /// See `min`.
    pub max: Option<i64>,
    /// Texts that mean "not known": the field is left out, or the event where it is required.
    #[serde(default)]
    pub unknown: Vec<String>,
    /// An absent or unreadable value leaves the field out instead of skipping the event.
    #[serde(default)]
    pub optional: bool,
}

impl Mapping {
    /// Reads a mapping.
    pub fn parse(text: &str) -> Result<Self, ImportError> {
        let mapping: Self = toml::from_str(text)
            .map_err(|error| ImportError::Mapping(error.to_string().trim().to_owned()))?;
        if mapping.version != 1 {
            return Err(ImportError::Mapping(format!(
                "version {} is not known; this program reads 1",
                mapping.version
            )));
        }
        if mapping.events.is_empty() {
            return Err(ImportError::Mapping("no [[events]]".to_owned()));
        }
        if !mapping.input.delimiter.is_ascii() || !mapping.input.quote.is_ascii() {
            return Err(ImportError::Mapping(
                "delimiter and quote are single ASCII characters".to_owned(),
            ));
        }
        Ok(mapping)
    }
}
