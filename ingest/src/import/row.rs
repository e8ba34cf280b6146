//! A row with what the mapping derives from it, and the program that derives it.
//!
//! Invariant: a row is derived once, in the file's order; every later step (checks, grouping, rules)
//! only reads it.

use super::ImportError;
use super::mapping::{self, Mapping, Otherwise};
use super::template::{Names, Source, Template};
use super::times::{Bad, Moment, NamedTime};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A row of the file.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) line: u64,
    fields: csv::StringRecord,
    pub(crate) values: Vec<String>,
    pub(crate) times: Vec<Option<Moment>>,
}

impl Source for Row {
    fn column(&self, index: usize) -> &str {
        self.fields.get(index).unwrap_or("")
    }
    fn value(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }
    fn hash(&self) -> String {
        let mut out = String::with_capacity(12);
        for byte in &self.content()[..6] {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
    fn line(&self) -> u64 {
        self.line
    }
}

impl Row {
    /// A hash of the row's cells: the same on every machine.
    pub(crate) fn content(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for field in &self.fields {
            hasher.update((field.len() as u64).to_le_bytes());
            hasher.update(field.as_bytes());
        }
        hasher.finalize().into()
    }
}

/// A condition against a header.
#[derive(Debug)]
pub(crate) struct Condition {
    text: Template,
    present: Option<bool>,
    is: Option<Vec<String>>,
    not: Option<Vec<String>>,
    pub(crate) reason: String,
}

impl Condition {
    pub(crate) fn compile(
        condition: &mapping::Condition,
        names: Names<'_>,
        with_prev: bool,
    ) -> Result<Self, ImportError> {
        Ok(Self {
            text: Template::compile(&condition.text, names, with_prev)?,
            present: condition.present,
            is: condition.is.clone(),
            not: condition.not.clone(),
            reason: condition
                .reason
                .clone()
                .unwrap_or_else(|| format!("filtered by {}", condition.text)),
        })
    }

    pub(crate) fn compile_all(
        conditions: &[mapping::Condition],
        names: Names<'_>,
        with_prev: bool,
    ) -> Result<Vec<Self>, ImportError> {
        conditions
            .iter()
            .map(|condition| Self::compile(condition, names, with_prev))
            .collect()
    }

    pub(crate) fn holds(&self, row: &dyn Source, before: Option<&dyn Source>) -> bool {
        let text = self.text.render(row, before);
        let present = self
            .present
            .is_none_or(|wanted| text.trim().is_empty() != wanted);
        let is = self.is.as_ref().is_none_or(|list| list.contains(&text));
        let not = self.not.as_ref().is_none_or(|list| !list.contains(&text));
        present && is && not
    }
}

/// A derived value against a header.
#[derive(Debug)]
struct Derived {
    name: String,
    text: Template,
    map: BTreeMap<String, String>,
    otherwise: Otherwise,
}

/// What makes rows of records.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) columns: Vec<String>,
    pub(crate) value_names: Vec<String>,
    pub(crate) times: Vec<NamedTime>,
    derived: Vec<Derived>,
    filter: Vec<Condition>,
}

/// A row, and the reasons of what was left out of it.
pub(crate) type Made = (Row, Vec<String>);

impl Reader {
    /// Compiles the mapping's times, values and filter against the header.
    pub(crate) fn compile(mapping: &Mapping, columns: Vec<String>) -> Result<Self, ImportError> {
        let zone = jiff::tz::TimeZone::get(&mapping.input.time_zone).map_err(|_| {
            ImportError::Mapping(format!("no time zone `{}`", mapping.input.time_zone))
        })?;
        let mut value_names: Vec<String> = Vec::new();
        let mut derived = Vec::new();
        for value in &mapping.values {
            if value_names.contains(&value.name) {
                return Err(ImportError::Mapping(format!("two values `{}`", value.name)));
            }
            // A value may use those before it.
            let names = Names {
                columns: &columns,
                values: &value_names,
            };
            derived.push(Derived {
                name: value.name.clone(),
                text: Template::compile(&value.text, names, false)?,
                map: value.map.clone(),
                otherwise: value.otherwise,
            });
            value_names.push(value.name.clone());
        }
        let names = Names {
            columns: &columns,
            values: &value_names,
        };
        let times = mapping
            .times
            .iter()
            .map(|(name, time)| NamedTime::compile(name, time, names, &zone))
            .collect::<Result<Vec<_>, _>>()?;
        let filter = Condition::compile_all(&mapping.filter, names, false)?;
        Ok(Self {
            columns,
            value_names,
            times,
            derived,
            filter,
        })
    }

    pub(crate) fn names(&self) -> Names<'_> {
        Names {
            columns: &self.columns,
            values: &self.value_names,
        }
    }

    pub(crate) fn time(&self, name: &str) -> Result<usize, ImportError> {
        let found = self.times.iter().position(|time| time.name == name);
        found.ok_or_else(|| ImportError::Mapping(format!("no [times.{name}]")))
    }

    /// The row of a record, or the reason to skip it.
    pub(crate) fn row(&self, line: u64, fields: csv::StringRecord) -> Result<Made, String> {
        if fields.len() != self.columns.len() {
            return Err("wrong number of cells".to_owned());
        }
        let mut notes = Vec::new();
        let mut row = Row {
            line,
            fields,
            values: Vec::with_capacity(self.derived.len()),
            times: Vec::new(),
        };
        for derived in &self.derived {
            let text = derived.text.render(&row, None);
            let value = match (derived.map.get(&text), derived.otherwise) {
                (Some(mapped), _) => mapped.clone(),
                (None, Otherwise::Keep) => text,
                (None, _) if text.is_empty() => text,
                (None, Otherwise::Empty) => {
                    notes.push(format!("{}: unknown value", derived.name));
                    String::new()
                }
                (None, Otherwise::Skip) => return Err(format!("{}: unknown value", derived.name)),
            };
            row.values.push(value);
        }
        for condition in &self.filter {
            if !condition.holds(&row, None) {
                return Err(condition.reason.clone());
            }
        }
        for time in &self.times {
            let read = match time.read(&row) {
                Ok(read) => read,
                Err(Bad::Unreadable) if time.optional => {
                    notes.push(format!("{}: unreadable time", time.name));
                    None
                }
                Err(Bad::Unreadable) => return Err(format!("{}: unreadable time", time.name)),
                Err(Bad::OutOfRange) => return Err(format!("{}: date out of range", time.name)),
            };
            if read.is_some_and(|moment| moment.ambiguous) {
                notes.push(format!(
                    "{}: in a clock change, earlier offset taken",
                    time.name
                ));
            }
            row.times.push(read);
        }
        Ok((row, notes))
    }
}
