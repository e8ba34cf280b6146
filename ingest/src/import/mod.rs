//! Importers without code: CSV becomes contract events by a mapping file.
//!
//! A mapping (TOML; reference in `ingest/mappings/README.md`) says how a file is read, what is
//! derived from a row, what is looked for, and which rows become which events. Two ship: the queue
//! boards of Warsaw and a permit log.
//!
//! A file is read row by row. Without a `[group]` each row's events are written at once, in the
//! file's order, and memory follows the number of keys that the checks watch. With a group the rows
//! are held until the end and written case by case, each case's events in order of time.
//!
//! Invariants: the same file and mapping give the same bytes; no bytes make it panic; every row ends
//! as events, as *no rule applied*, or under a reason in the [`Summary`]. A cell is only carried
//! where the mapping names it, so a column of names stays behind unless someone maps it.
//!
//! `template` makes text of a row, `times` instants, `row` derives, `checks` looks, `rules` writes.

mod checks;
mod mapping;
#[cfg(test)]
mod real_tests;
mod row;
mod rules;
mod summary;
mod template;
#[cfg(test)]
mod tests;
mod times;

pub use mapping::Mapping;
pub use summary::{CheckResult, Found, KeyResult, Summary};

use checks::Check;
use flate2::read::MultiGzDecoder;
use mapping::Rows;
use row::{Reader, Row};
use rules::{Line, Rule};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use template::Template;

/// The mappings that ship, by name.
pub const SHIPPED: [(&str, &str); 2] = [
    (
        "warsaw-boards",
        include_str!("../../mappings/warsaw-boards.toml"),
    ),
    ("permit-log", include_str!("../../mappings/permit-log.toml")),
];

/// Why an import ends early.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The mapping is wrong, or does not fit the file.
    #[error("mapping: {0}")]
    Mapping(String),
    /// The file cannot be read on: what came before was written.
    #[error("reading stopped after line {line}: {cause}; what came before was written")]
    Read {
        /// The last line that was read.
        line: u64,
        /// The reason.
        cause: std::io::Error,
    },
    /// The events cannot be written.
    #[error("writing events: {0}")]
    Write(std::io::Error),
}

/// Unpacks gzip where the input begins with its two bytes.
pub fn unpacked<'a>(input: impl Read + 'a) -> Result<Box<dyn Read + 'a>, ImportError> {
    let mut buffered = BufReader::with_capacity(1 << 16, input);
    let start = buffered
        .fill_buf()
        .map_err(|cause| ImportError::Read { line: 0, cause })?;
    if start.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(MultiGzDecoder::new(buffered)))
    } else {
        Ok(Box::new(buffered))
    }
}

/// Turns CSV into event lines.
///
/// On [`ImportError::Read`] all rows before the damage have been written, when they are not grouped.
pub fn import(
    mapping: &Mapping,
    input: impl Read,
    out: &mut impl Write,
) -> Result<Summary, ImportError> {
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(mapping.input.delimiter as u8)
        .quote(mapping.input.quote as u8)
        .flexible(true)
        .has_headers(false)
        .from_reader(input);
    let mut record = csv::ByteRecord::new();
    let mut line = 1;
    if !read(&mut csv, &mut record, 0)? {
        return Err(ImportError::Mapping(
            "the file is empty: no header".to_owned(),
        ));
    }
    let columns = record
        .iter()
        .enumerate()
        .map(|(n, cell)| {
            // A byte order mark belongs to no name.
            let text = std::str::from_utf8(cell)
                .map_err(|_| ImportError::Mapping("the header is not UTF-8".to_owned()))?;
            Ok(if n == 0 {
                text.trim_start_matches('\u{feff}')
            } else {
                text
            }
            .to_owned())
        })
        .collect::<Result<Vec<String>, ImportError>>()?;

    let mut job = Job::compile(mapping, columns)?;
    while read(&mut csv, &mut record, line)? {
        line = record.position().map_or(line + 1, csv::Position::line);
        job.summary.rows += 1;
        let made = csv::StringRecord::from_byte_record(record.clone())
            .map_err(|_| "not UTF-8".to_owned())
            .and_then(|fields| job.reader.row(line, fields));
        match made {
            Ok((row, notes)) => {
                for note in notes {
                    Summary::count(&mut job.summary.left_out, note, line);
                }
                job.take(row, out)?;
            }
            Err(reason) => Summary::count(&mut job.summary.skipped_rows, reason, line),
        }
    }
    job.finish(out)
}

fn read(
    csv: &mut csv::Reader<impl Read>,
    record: &mut csv::ByteRecord,
    line: u64,
) -> Result<bool, ImportError> {
    csv.read_byte_record(record).map_err(|error| {
        let cause = match error.into_kind() {
            csv::ErrorKind::Io(cause) => cause,
            other => std::io::Error::other(format!("{other:?}")),
        };
        ImportError::Read { line, cause }
    })
}

/// One import at work.
struct Job {
    reader: Reader,
    checks: Vec<Check>,
    rules: Vec<Rule>,
    group: Option<(Template, usize)>,
    /// Rows by case, and the cases in the order of their first row.
    cases: HashMap<String, usize>,
    rows: Vec<Vec<Row>>,
    summary: Summary,
    span: Option<(jiff::Timestamp, String, jiff::Timestamp, String)>,
}

impl Job {
    fn compile(mapping: &Mapping, columns: Vec<String>) -> Result<Self, ImportError> {
        let reader = Reader::compile(mapping, columns)?;
        let checks = mapping
            .checks
            .iter()
            .map(|check| Check::compile(check, &reader))
            .collect::<Result<_, _>>()?;
        let rules = mapping
            .events
            .iter()
            .map(|rule| Rule::compile(rule, mapping, &reader))
            .collect::<Result<_, _>>()?;
        let group = match &mapping.group {
            Some(group) => Some((
                Template::compile(&group.by, reader.names(), false)?,
                reader.time(&group.order)?,
            )),
            None => None,
        };
        let summary = Summary {
            mapping: mapping.name.clone(),
            cases: group.is_some().then_some(0),
            ..Summary::default()
        };
        Ok(Self {
            reader,
            checks,
            rules,
            group,
            cases: HashMap::new(),
            rows: Vec::new(),
            summary,
            span: None,
        })
    }

    /// Takes a row: written at once, or kept with its case.
    fn take(&mut self, row: Row, out: &mut impl Write) -> Result<(), ImportError> {
        let Some((by, _)) = &self.group else {
            if self.see(&row, true) {
                return Ok(());
            }
            for index in 0..self.rules.len() {
                if let Some(line) = self.rules[index].make(index, &row, None, &mut self.summary) {
                    self.write(&line, out)?;
                }
            }
            return Ok(());
        };
        let case = by.render(&row, None);
        let next = self.rows.len();
        let index = *self.cases.entry(case).or_insert(next);
        if index == next {
            self.rows.push(Vec::new());
        }
        self.rows[index].push(row);
        Ok(())
    }

    /// Shows a row to the checks; true when one of them drops it.
    fn see(&mut self, row: &Row, first_of_case: bool) -> bool {
        let mut dropped = false;
        for check in &mut self.checks {
            if first_of_case || !check.is_by_case() {
                dropped |= check.see(row);
            }
        }
        if dropped {
            Summary::count(
                &mut self.summary.skipped_rows,
                "dropped by a check".to_owned(),
                row.line,
            );
        }
        dropped
    }

    /// Writes the held cases and closes the summary.
    fn finish(mut self, out: &mut impl Write) -> Result<Summary, ImportError> {
        if let Some((_, order)) = self.group {
            let cases = std::mem::take(&mut self.rows);
            self.summary.cases = Some(cases.len() as u64);
            for mut rows in cases {
                let mut first = true;
                // Checks see the file's order, rules the order of time.
                rows.retain(|row| {
                    let keep = !self.see(row, first);
                    first = false;
                    keep
                });
                rows.sort_by_key(|row| row.times[order].map(|moment| moment.at));
                let mut lines = self.case(&rows);
                lines.sort_by_key(|line| (line.moment.at, line.kind));
                for line in &lines {
                    self.write(line, out)?;
                }
            }
        }
        out.flush().map_err(ImportError::Write)?;
        self.summary.checks = self.checks.into_iter().map(Check::finish).collect();
        if let Some((_, first, _, last)) = self.span {
            self.summary.first_time = Some(first);
            self.summary.last_time = Some(last);
        }
        Ok(self.summary)
    }

    fn case(&mut self, rows: &[Row]) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            let mut make = |row: &Row, before: Option<&Row>| {
                lines.extend(rule.make(index, row, before, &mut self.summary));
            };
            match (rule.rows, rule.of) {
                (Rows::First, _) => rows.iter().take(1).for_each(|row| make(row, None)),
                (Rows::Last, _) => rows.iter().rev().take(1).for_each(|row| make(row, None)),
                (Rows::Change, Some(value)) => {
                    let mut known: Option<&Row> = None;
                    for row in rows.iter().filter(|row| !row.values[value].is_empty()) {
                        if let Some(before) = known
                            && before.values[value] != row.values[value]
                        {
                            make(row, Some(before));
                        }
                        known = Some(row);
                    }
                }
                _ => rows.iter().for_each(|row| make(row, None)),
            }
        }
        lines
    }

    fn write(&mut self, line: &Line, out: &mut impl Write) -> Result<(), ImportError> {
        out.write_all(line.json.as_bytes())
            .and_then(|()| out.write_all(b"\n"))
            .map_err(ImportError::Write)?;
        self.summary.events += 1;
        *self
            .summary
            .events_by_type
            .entry(self.rules[line.kind].kind.clone())
            .or_default() += 1;
        let at = line.moment.at;
        match &mut self.span {
            None => self.span = Some((at, line.moment.write(), at, line.moment.write())),
            Some((first, first_text, last, last_text)) => {
                if at < *first {
                    (*first, *first_text) = (at, line.moment.write());
                }
                if at > *last {
                    (*last, *last_text) = (at, line.moment.write());
                }
            }
        }
        Ok(())
    }
}
