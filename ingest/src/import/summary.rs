//! What an import did, for people and as JSON: nothing is left out in silence.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The result of one import.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The mapping's name.
    pub mapping: String,
    /// Data rows read, the header not counted.
    pub rows: u64,
    /// Cases, when rows are grouped.
    pub cases: Option<u64>,
    /// Events written.
    pub events: u64,
    /// Events by type.
    pub events_by_type: BTreeMap<String, u64>,
    /// Rows skipped, by reason.
    pub skipped_rows: BTreeMap<String, Found>,
    /// Events not made although a rule applied, by reason.
    pub skipped_events: BTreeMap<String, Found>,
    /// Optional fields left out, by field and reason.
    pub left_out: BTreeMap<String, Found>,
    /// What the checks found.
    pub checks: Vec<CheckResult>,
    /// The first and last event's time.
    pub first_time: Option<String>,
    /// See `first_time`.
    pub last_time: Option<String>,
}

/// How often, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// How often.
    pub count: u64,
    /// The first line.
    pub first_line: u64,
}

/// What one check found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CheckResult {
    /// The check's name.
    pub name: String,
    /// Rows (or cases, or gaps) found.
    pub count: u64,
    /// The first line.
    pub first_line: Option<u64>,
    /// Whether they were skipped.
    pub dropped: bool,
    /// In words.
    pub meaning: String,
    /// By key, where the check has one.
    pub keys: BTreeMap<String, KeyResult>,
}

/// What one check found at one key.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct KeyResult {
    /// How often.
    pub count: u64,
    /// The longest, in minutes, where it is a matter of time.
    pub longest_minutes: Option<i64>,
    /// Dates on which others spoke and this one did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silent_days: Vec<String>,
}

impl Summary {
    pub(crate) fn count(map: &mut BTreeMap<String, Found>, reason: String, line: u64) {
        let found = map.entry(reason).or_insert(Found {
            count: 0,
            first_line: line,
        });
        found.count += 1;
        found.first_line = found.first_line.min(line);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows", self.mapping, self.rows)?;
        if let Some(cases) = self.cases {
            write!(f, ", {cases} cases")?;
        }
        writeln!(f, ", {} events", self.events)?;
        for (kind, count) in &self.events_by_type {
            writeln!(f, "  {kind}: {count}")?;
        }
        for (title, map) in [
            ("rows skipped", &self.skipped_rows),
            ("events not made", &self.skipped_events),
            ("fields left out", &self.left_out),
        ] {
            for (reason, found) in map {
                writeln!(
                    f,
                    "  {title}: {reason}: {} (first at line {})",
                    found.count, found.first_line
                )?;
            }
        }
        for check in &self.checks {
            let kept = if check.dropped { "skipped" } else { "kept" };
            write!(
                f,
                "  check {}: {} {}, {kept}",
                check.name, check.count, check.meaning
            )?;
            if let Some(line) = check.first_line {
                write!(f, " (first at line {line})")?;
            }
            writeln!(f)?;
            let mut worst: Vec<(&String, &KeyResult)> = check.keys.iter().collect();
            worst.sort_by(|a, b| b.1.count.cmp(&a.1.count).then(a.0.cmp(b.0)));
            for (key, result) in worst.iter().take(5) {
                write!(f, "    {key}: {}", result.count)?;
                if let Some(minutes) = result.longest_minutes {
                    write!(f, ", longest {minutes} min")?;
                }
                if !result.silent_days.is_empty() {
                    write!(f, ", nothing on {}", result.silent_days.join(" "))?;
                }
                writeln!(f)?;
            }
            if worst.len() > 5 {
                writeln!(f, "    and {} more keys", worst.len() - 5)?;
            }
        }
        Ok(())
    }
}
