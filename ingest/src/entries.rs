//! What people enter that no event says: a month's figure of the national portal, an inspection's result, a task's evidence.
//!
//! One file, `entries.ndjson`, of sealed lines ([`crate::sealed`]): one for each time that something was entered. Of several
//! for one register and key the last counts, and all are kept: who asks sees what stood there before. An entry is
//! answered for once it is on the disk.
//!
//! What a value may be is its register's to say; here it is JSON of a bounded size.

use std::collections::BTreeMap;
use std::path::Path;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::EventTime;
use crate::sealed::{SealedError, SealedFile, written};

/// The longest line: a value of some lines of text.
const MAX_LINE: usize = 16 * 1024;
/// Bytes of the whole file: a hundred thousand entries.
const MAX_FILE: u64 = 64 * 1024 * 1024;

/// One thing that was entered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1 on.
    pub number: u64,
    /// When it was entered.
    pub entered_at: EventTime,
    /// What kind of thing it is.
    pub register: String,
    /// Which of its kind: a later entry with the same key stands for this one.
    pub key: String,
    /// What is said of it; `null` takes it away.
    pub value: Value,
    /// Where it comes from: a document, a portal, a survey.
    pub source: String,
}

/// Why something was not entered, or what was cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EntriesError {
    /// The file cannot be used, or is damaged.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// It is too long, or there is too much.
    #[error("{0}")]
    TooMuch(&'static str),
}

/// All that was entered.
#[derive(Debug)]
pub struct Entries {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Every entry, in order.
    all: Vec<Entry>,
    /// The last of each register and key, by its place.
    last: BTreeMap<(String, String), usize>,
    file: SealedFile,
}

impl Inner {
    fn take(&mut self, entry: Entry) {
        let key = (entry.register.clone(), entry.key.clone());
        self.last.insert(key, self.all.len());
        self.all.push(entry);
    }
}

impl Entries {
    /// Opens a directory's entries; without the file there are none.
    pub fn open(dir: &Path) -> Result<Self, EntriesError> {
        let (file, all) = SealedFile::open(dir.join(crate::datadir::ENTRIES))?;
        let mut inner = Inner {
            all: Vec::with_capacity(all.len()),
            last: BTreeMap::new(),
            file,
        };
        for entry in all {
            inner.take(entry);
        }
        Ok(Self {
            inner: Mutex::new(inner),
        })
    }

    /// Enters something; answers its number once it is on the disk.
    pub fn put(
        &self,
        entered_at: EventTime,
        register: &str,
        key: &str,
        value: Value,
        source: &str,
    ) -> Result<u64, EntriesError> {
        let mut inner = self.inner.lock();
        let entry = Entry {
            number: inner.all.len() as u64 + 1,
            entered_at,
            register: register.to_owned(),
            key: key.to_owned(),
            value,
            source: source.to_owned(),
        };
        let line = written(&entry);
        if line.len() > MAX_LINE {
            return Err(EntriesError::TooMuch("the entry is too long"));
        }
        if inner.file.bytes() + line.len() as u64 > MAX_FILE {
            return Err(EntriesError::TooMuch("there are too many entries"));
        }
        inner.file.append(&line)?;
        let number = entry.number;
        inner.take(entry);
        Ok(number)
    }

    /// How often something was entered.
    pub fn count(&self) -> u64 {
        self.inner.lock().all.len() as u64
    }

    /// What counts in a register, by key.
    pub fn current(&self, register: &str) -> Vec<Entry> {
        let inner = self.inner.lock();
        let from = (register.to_owned(), String::new());
        let of_it = inner
            .last
            .range(from..)
            .take_while(|((r, _), _)| r == register);
        let entries = of_it.map(|(_, at)| &inner.all[*at]);
        entries
            .filter(|entry| !entry.value.is_null())
            .cloned()
            .collect()
    }

    /// Everything that was ever entered in a register, in order.
    pub fn history(&self, register: &str) -> Vec<Entry> {
        let inner = self.inner.lock();
        let of_it = inner.all.iter().filter(|entry| entry.register == register);
        of_it.cloned().collect()
    }
}

/// Of a register's history, what counted at an instant, by key.
pub fn as_of(history: &[Entry], at: EventTime) -> Vec<Entry> {
    let mut last: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in history.iter().filter(|entry| entry.entered_at <= at) {
        last.insert(&entry.key, entry);
    }
    let stand = last.into_values().filter(|entry| !entry.value.is_null());
    stand.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn put(entries: &Entries, key: &str, value: Value) -> u64 {
        let put = entries.put(EventTime(7), "index", key, value, "văn bản 12/BC");
        put.unwrap()
    }

    #[test]
    fn the_last_counts_and_all_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let entries = Entries::open(dir.path()).unwrap();
        assert_eq!(put(&entries, "a", json!(1)), 1);
        assert_eq!(put(&entries, "b", json!({"x": "đ"})), 2);
        assert_eq!(put(&entries, "a", json!(2.5)), 3);
        drop(entries);
        let entries = Entries::open(dir.path()).unwrap();
        let values: Vec<Value> = entries
            .current("index")
            .into_iter()
            .map(|e| e.value)
            .collect();
        assert_eq!(values, [json!(2.5), json!({"x": "đ"})]);
        assert_eq!(entries.history("index").len(), 3);
        assert!(entries.current("inde").is_empty() && entries.current("indexx").is_empty());
        assert_eq!(put(&entries, "b", Value::Null), 4);
        assert_eq!(entries.current("index").len(), 1);
    }

    #[test]
    fn what_counted_at_an_instant_is_the_last_until_then() {
        let dir = tempfile::tempdir().unwrap();
        let entries = Entries::open(dir.path()).unwrap();
        for (at, key, value) in [
            (1, "b", json!(1)),
            (2, "a", json!(2)),
            (3, "b", Value::Null),
        ] {
            let put = entries.put(EventTime(at), "index", key, value, "văn bản 12/BC");
            put.unwrap();
        }
        let history = entries.history("index");
        let keys = |at: i64| -> Vec<String> {
            let stood = as_of(&history, EventTime(at));
            stood.into_iter().map(|entry| entry.key).collect()
        };
        assert_eq!(keys(0), Vec::<String>::new());
        assert_eq!(
            (keys(1), keys(2), keys(3)),
            (
                vec!["b".into()],
                vec!["a".into(), "b".into()],
                vec!["a".into()]
            )
        );
        let stands = as_of(&history, EventTime(i64::MAX));
        assert_eq!(stands.len(), entries.current("index").len());
    }

    #[test]
    fn a_torn_end_is_cut_at_every_byte_and_damage_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(crate::datadir::ENTRIES);
        let entries = Entries::open(dir.path()).unwrap();
        put(&entries, "a", json!(1));
        let first = std::fs::metadata(&path).unwrap().len() as usize;
        put(&entries, "b", json!(2));
        drop(entries);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let entries = Entries::open(dir.path()).unwrap();
            let expected = usize::from(cut >= first);
            assert_eq!(entries.current("index").len(), expected, "cut at {cut}");
            put(&entries, "c", json!(3));
            drop(entries);
            let again = Entries::open(dir.path()).unwrap();
            assert_eq!(again.current("index").len(), expected + 1, "cut at {cut}");
        }
        for at in 0..first - 1 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, &damaged).unwrap();
            let opened = Entries::open(dir.path());
            assert!(
                matches!(
                    opened,
                    Err(EntriesError::Sealed(SealedError::Damaged { line: 1, .. }))
                ),
                "{at}"
            );
        }
    }

    #[test]
    fn what_is_too_long_is_refused_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let entries = Entries::open(dir.path()).unwrap();
        let long = "x".repeat(MAX_LINE);
        let refused = entries.put(EventTime(1), "index", "a", json!(long), "");
        assert!(matches!(refused, Err(EntriesError::TooMuch(_))));
        assert!(entries.current("index").is_empty());
    }
}
