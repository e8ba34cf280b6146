//! What is looked for in rows and told: frozen boards, silent offices, time going back, repeats.
//!
//! Checks see kept rows in the file's order (grouped files: each case's rows in their order) and
//! hold one small state per key, so memory follows the number of keys; `repeated` alone keeps sixteen
//! bytes a row. Invariant: a check never changes a row; one with `drop` may have it skipped.

use super::ImportError;
use super::mapping;
use super::row::{Condition, Reader, Row};
use super::summary::{CheckResult, KeyResult};
use super::template::Template;
use jiff::civil::Date;
use std::collections::{BTreeSet, HashMap};

/// A running check.
#[derive(Debug)]
pub(crate) struct Check {
    result: CheckResult,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Frozen {
        key: Template,
        watch: Template,
        time: usize,
        seconds: i64,
        when: Vec<Condition>,
        seen: HashMap<String, Standing>,
    },
    Silent {
        key: Template,
        time: usize,
        seconds: i64,
        seen: HashMap<String, (i64, BTreeSet<Date>)>,
        days: BTreeSet<Date>,
    },
    OutOfOrder {
        key: Template,
        time: usize,
        seen: HashMap<String, i64>,
    },
    Repeated {
        key: Template,
        seen: HashMap<u64, u64>,
    },
    Before {
        time: usize,
        than: usize,
        every_row: bool,
    },
    Count {
        when: Vec<Condition>,
    },
}

/// What a key has shown since when.
#[derive(Debug)]
struct Standing {
    values: String,
    since: i64,
    day: Date,
}

impl Check {
    pub(crate) fn compile(check: &mapping::Check, reader: &Reader) -> Result<Self, ImportError> {
        let names = reader.names();
        let template = |text: &str| Template::compile(text, names, false);
        let (name, dropped, meaning, kind) = match check {
            mapping::Check::Frozen {
                name,
                key,
                watch,
                time,
                minutes,
                when,
                drop,
            } => (
                name,
                *drop,
                format!("rows that repeat the same values for over {minutes} min"),
                Kind::Frozen {
                    key: template(key)?,
                    watch: template(watch)?,
                    time: reader.time(time)?,
                    seconds: minutes.saturating_mul(60),
                    when: Condition::compile_all(when, names, false)?,
                    seen: HashMap::new(),
                },
            ),
            mapping::Check::Silent {
                name,
                key,
                time,
                minutes,
            } => (
                name,
                false,
                format!("gaps of over {minutes} min within a day"),
                Kind::Silent {
                    key: template(key)?,
                    time: reader.time(time)?,
                    seconds: minutes.saturating_mul(60),
                    seen: HashMap::new(),
                    days: BTreeSet::new(),
                },
            ),
            mapping::Check::OutOfOrder {
                name,
                key,
                time,
                drop,
            } => (
                name,
                *drop,
                "rows earlier than the row before them".to_owned(),
                Kind::OutOfOrder {
                    key: template(key)?,
                    time: reader.time(time)?,
                    seen: HashMap::new(),
                },
            ),
            mapping::Check::Repeated { name, key } => (
                name,
                false,
                "rows whose key was there before".to_owned(),
                Kind::Repeated {
                    key: template(key)?,
                    seen: HashMap::new(),
                },
            ),
            mapping::Check::Before {
                name,
                time,
                than,
                every_row,
                drop,
            } => (
                name,
                *drop,
                format!("with {time} before {than}"),
                Kind::Before {
                    time: reader.time(time)?,
                    than: reader.time(than)?,
                    every_row: *every_row,
                },
            ),
            mapping::Check::Count { name, when } => (
                name,
                false,
                "found".to_owned(),
                Kind::Count {
                    when: Condition::compile_all(when, names, false)?,
                },
            ),
        };
        let result = CheckResult {
            name: name.clone(),
            dropped,
            meaning,
            ..CheckResult::default()
        };
        Ok(Self { result, kind })
    }

    /// Whether it looks at a case once instead of at every row.
    pub(crate) fn is_by_case(&self) -> bool {
        matches!(
            self.kind,
            Kind::Before {
                every_row: false,
                ..
            } | Kind::Count { .. }
        )
    }

    /// Looks at a row; true when the row is to be skipped.
    pub(crate) fn see(&mut self, row: &Row) -> bool {
        let mut key_found = None;
        let mut minutes = None;
        let found = match &mut self.kind {
            Kind::Frozen {
                key,
                watch,
                time,
                seconds,
                when,
                seen,
            } => {
                let Some(moment) = row.times[*time] else {
                    return false;
                };
                let (at, day) = (moment.at.as_second(), moment.date());
                let values = watch.render(row, None);
                let key = key.render(row, None);
                let standing = seen.entry(key.clone()).or_insert_with(|| Standing {
                    values: values.clone(),
                    since: at,
                    day,
                });
                if standing.values != values || standing.day != day || at < standing.since {
                    *standing = Standing {
                        values,
                        since: at,
                        day,
                    };
                }
                let stands = at - standing.since;
                minutes = Some(stands / 60);
                key_found = Some(key);
                stands > *seconds && when.iter().all(|condition| condition.holds(row, None))
            }
            Kind::Silent {
                key,
                time,
                seconds,
                seen,
                days,
            } => {
                let Some(moment) = row.times[*time] else {
                    return false;
                };
                let (at, day) = (moment.at.as_second(), moment.date());
                days.insert(day);
                let key = key.render(row, None);
                let (last, spoke) = seen
                    .entry(key.clone())
                    .or_insert_with(|| (at, BTreeSet::new()));
                let gap = at - *last;
                // The night is no gap: only one between two rows of the same day.
                let same_day = spoke.contains(&day);
                spoke.insert(day);
                *last = at.max(*last);
                minutes = Some(gap / 60);
                key_found = Some(key);
                same_day && gap > *seconds
            }
            Kind::OutOfOrder { key, time, seen } => {
                let Some(moment) = row.times[*time] else {
                    return false;
                };
                let at = moment.at.as_millisecond();
                let key = key.render(row, None);
                let last = seen.entry(key.clone()).or_insert(at);
                let back = at < *last;
                *last = at.max(*last);
                key_found = Some(key);
                back
            }
            Kind::Repeated { key, seen } => {
                let key = key.render(row, None);
                let content = short(&row.content());
                let hash = short_of(&key);
                let before = seen.insert(hash, content);
                if before.is_some_and(|before| before != content) {
                    // Told apart in the summary: the same key with other content.
                    self.result
                        .keys
                        .entry("with other content".to_owned())
                        .or_default()
                        .count += 1;
                }
                before.is_some()
            }
            Kind::Before { time, than, .. } => match (row.times[*time], row.times[*than]) {
                (Some(time), Some(than)) => time.at < than.at,
                _ => false,
            },
            Kind::Count { when } => when.iter().all(|condition| condition.holds(row, None)),
        };
        if found {
            self.found(row.line, key_found, minutes);
        }
        found && self.result.dropped
    }

    fn found(&mut self, line: u64, key: Option<String>, minutes: Option<i64>) {
        self.result.count += 1;
        let first = self.result.first_line.get_or_insert(line);
        *first = line.min(*first);
        if let Some(key) = key {
            let entry: &mut KeyResult = self.result.keys.entry(key).or_default();
            entry.count += 1;
            entry.longest_minutes = entry.longest_minutes.max(minutes);
        }
    }

    /// The result, with the days on which a key said nothing.
    pub(crate) fn finish(mut self) -> CheckResult {
        if let Kind::Silent { seen, days, .. } = &self.kind {
            for (key, (_, spoke)) in seen {
                let silent: Vec<String> = days.difference(spoke).map(ToString::to_string).collect();
                if !silent.is_empty() {
                    self.result.keys.entry(key.clone()).or_default().silent_days = silent;
                }
            }
        }
        self.result
    }
}

fn short(content: &[u8; 32]) -> u64 {
    content[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn short_of(text: &str) -> u64 {
    use sha2::{Digest, Sha256};
    short(&Sha256::digest(text.as_bytes()).into())
}
