//! Rules: what rows become events, and how an event's line is written.
//!
//! Invariants: a line carries only the fields that the mapping names; ids match the contract's form
//! and texts its length, or the event is not made and the reason counted.

use super::ImportError;
use super::mapping::{self, Field, FieldTable, Mapping, Rows};
use super::row::{Condition, Reader, Row};
use super::summary::Summary;
use super::template::{Source, Template};
use super::times::Moment;

/// A compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) kind: String,
    pub(crate) rows: Rows,
    /// Index of the value a `change` rule follows.
    pub(crate) of: Option<usize>,
    when: Vec<Condition>,
    source: Template,
    id: Template,
    time: usize,
    time_of_before: bool,
    fields: Vec<(String, bool, Maker)>,
}

#[derive(Debug)]
enum Maker {
    Text {
        text: Template,
        unknown: Vec<String>,
        id: bool,
    },
    Integer {
        text: Template,
        unknown: Vec<String>,
        times: i64,
        min: i64,
        max: i64,
    },
    Time(usize),
    Flag {
        text: Template,
        yes: Vec<String>,
    },
    Constant(String),
}

/// An event's line with what orders it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) moment: Moment,
    pub(crate) kind: usize,
    pub(crate) json: String,
}

impl Rule {
    pub(crate) fn compile(
        rule: &mapping::Rule,
        mapping: &Mapping,
        reader: &Reader,
    ) -> Result<Self, ImportError> {
        let bad = |text: &str| ImportError::Mapping(format!("event {}: {text}", rule.kind));
        if rule.rows != Rows::Each && mapping.group.is_none() {
            return Err(bad(
                "for = \"first\", \"last\" and \"change\" need a [group]",
            ));
        }
        let change = rule.rows == Rows::Change;
        let of = match (&rule.of, change) {
            (Some(name), true) => {
                let found = reader.value_names.iter().position(|value| value == name);
                Some(found.ok_or_else(|| bad(&format!("`of` names no value: {name}")))?)
            }
            (None, false) => None,
            _ => return Err(bad("`of` and for = \"change\" go together")),
        };
        let names = reader.names();
        let (time, time_of_before) = match rule.time.strip_prefix("prev.") {
            Some(name) if change => (reader.time(name)?, true),
            Some(_) => return Err(bad("`prev.` stands only in rules for = \"change\"")),
            None => (reader.time(&rule.time)?, false),
        };
        let mut fields = Vec::new();
        for (key, field) in &rule.data {
            let table = match field {
                Field::Text(text) => FieldTable {
                    text: Some(text.clone()),
                    ..FieldTable::default()
                },
                Field::Table(table) => FieldTable::clone(table),
            };
            let maker = maker(&table, reader, change)
                .map_err(|error| bad(&format!("data.{key}: {error}")))?;
            fields.push((key.clone(), table.optional, maker));
        }
        Ok(Self {
            kind: rule.kind.clone(),
            rows: rule.rows,
            of,
            when: Condition::compile_all(&rule.when, names, change)?,
            source: Template::compile(&rule.source, names, change)?,
            id: Template::compile(&rule.id, names, change)?,
            time,
            time_of_before,
            fields,
        })
    }

    /// The event of a row, if the rule applies and all it needs is there.
    pub(crate) fn make(
        &self,
        index: usize,
        row: &Row,
        before: Option<&Row>,
        summary: &mut Summary,
    ) -> Option<Line> {
        let earlier = before.map(|row| row as &dyn Source);
        if !self
            .when
            .iter()
            .all(|condition| condition.holds(row, earlier))
        {
            return None;
        }
        match self.write(index, row, before, summary) {
            Ok(line) => Some(line),
            Err(reason) => {
                Summary::count(
                    &mut summary.skipped_events,
                    format!("{}: {reason}", self.kind),
                    row.line,
                );
                None
            }
        }
    }

    fn write(
        &self,
        index: usize,
        row: &Row,
        before: Option<&Row>,
        summary: &mut Summary,
    ) -> Result<Line, String> {
        let earlier = before.map(|row| row as &dyn Source);
        let timed = if self.time_of_before {
            before
        } else {
            Some(row)
        };
        let moment = timed
            .and_then(|row| row.times[self.time])
            .ok_or("no time")?;
        let id = self.id.render(row, earlier);
        let source = self.source.render(row, earlier);
        if !is_id(&id) || !is_id(&source) {
            return Err("id or source is not of the contract's form".to_owned());
        }
        let mut json = format!(
            r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{}","time":"{}","data":{{"#,
            self.kind,
            moment.write()
        );
        let mut first = true;
        for (key, optional, maker) in &self.fields {
            match maker.make(row, earlier) {
                Ok(value) => {
                    if !first {
                        json.push(',');
                    }
                    first = false;
                    json.push_str(&quoted(key));
                    json.push(':');
                    json.push_str(&value);
                }
                Err(reason) if *optional => {
                    Summary::count(
                        &mut summary.left_out,
                        format!("{}.{key}: {reason}", self.kind),
                        row.line,
                    );
                }
                Err(reason) => return Err(format!("{key}: {reason}")),
            }
        }
        json.push_str("}}");
        Ok(Line {
            moment,
            kind: index,
            json,
        })
    }
}

fn maker(table: &FieldTable, reader: &Reader, with_prev: bool) -> Result<Maker, ImportError> {
    let template = |text: &String| Template::compile(text, reader.names(), with_prev);
    let unknown = table.unknown.clone();
    let texts = [
        &table.text,
        &table.id,
        &table.integer,
        &table.time,
        &table.flag,
    ];
    let given = texts.iter().filter(|field| field.is_some()).count()
        + usize::from(table.constant.is_some());
    if given != 1 {
        return Err(ImportError::Mapping(
            "give exactly one of text, id, integer, time, flag, constant".to_owned(),
        ));
    }
    if let Some(text) = &table.text {
        return Ok(Maker::Text {
            text: template(text)?,
            unknown,
            id: false,
        });
    }
    if let Some(text) = &table.id {
        return Ok(Maker::Text {
            text: template(text)?,
            unknown,
            id: true,
        });
    }
    if let Some(text) = &table.integer {
        let (min, max) = (table.min.unwrap_or(i64::MIN), table.max.unwrap_or(i64::MAX));
        return Ok(Maker::Integer {
            text: template(text)?,
            unknown,
            times: table.times.unwrap_or(1),
            min,
            max,
        });
    }
    if let Some(name) = &table.time {
        return Ok(Maker::Time(reader.time(name)?));
    }
    if let Some(text) = &table.flag {
        return Ok(Maker::Flag {
            text: template(text)?,
            yes: table.yes.clone(),
        });
    }
    let constant = serde_json::to_string(&table.constant)
        .map_err(|error| ImportError::Mapping(error.to_string()))?;
    Ok(Maker::Constant(constant))
}

impl Maker {
    /// The value as JSON, or why it is not there.
    fn make(&self, row: &Row, before: Option<&dyn Source>) -> Result<String, &'static str> {
        match self {
            Self::Text { text, unknown, id } => {
                let text = text.render(row, before);
                if text.trim().is_empty() || unknown.contains(&text) {
                    return Err("not given");
                }
                if *id && !is_id(&text) {
                    return Err("not an id of the contract's form");
                }
                if text.chars().count() > 200 {
                    return Err("longer than 200 characters");
                }
                Ok(quoted(&text))
            }
            Self::Integer {
                text,
                unknown,
                times,
                min,
                max,
            } => {
                let text = text.render(row, before);
                let text = text.trim();
                if text.is_empty() || unknown.iter().any(|word| word == text) {
                    return Err("not given");
                }
                let number = integer(text).ok_or("not a whole number")?;
                if number < *min || number > *max {
                    return Err("out of range");
                }
                number
                    .checked_mul(*times)
                    .map(|number| number.to_string())
                    .ok_or("out of range")
            }
            Self::Time(index) => row.times[*index]
                .map(|moment| format!("\"{}\"", moment.write()))
                .ok_or("not given"),
            Self::Flag { text, yes } => Ok(yes.contains(&text.render(row, before)).to_string()),
            Self::Constant(json) => Ok(json.clone()),
        }
    }
}

/// A whole number, also where a table program wrote it as `4.0`.
fn integer(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse().ok()
}

/// `^[A-Za-z0-9._:/-]{1,64}$`.
pub(crate) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
