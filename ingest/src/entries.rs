//! What people enter that no event says: a month's figure of the national portal, an inspection's result, a task's evidence.
//!
//! One file, `entries.ndjson`, that only grows: a line for each time that something was entered, with a checksum. Of several
//! for one register and key the last counts, and all are kept: who asks sees what stood there before. An entry is
//! answered for once it is on the disk. A last line that is torn was never answered for and is cut off; a line that is damaged
//! elsewhere stops the opening, since what it said may not be guessed.
//!
//! What a value may be is its register's to say; here it is JSON of a bounded size.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::event::EventTime;

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
    /// A file cannot be used.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A line is not what was written.
    #[error(
        "line {line} of {path} is damaged: put the file of the newest backup in its place, or take the line out if you know what it said"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1 on.
        line: usize,
    },
    /// It is too long, or there is too much.
    #[error("{0}")]
    TooMuch(&'static str),
}

/// All that was entered.
#[derive(Debug)]
pub struct Entries {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Every entry, in order.
    all: Vec<Entry>,
    /// The last of each register and key, by its place.
    last: BTreeMap<(String, String), usize>,
    file: Option<File>,
    bytes: u64,
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
        let path = dir.join(crate::datadir::ENTRIES);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(io("read", &path)(source)),
        };
        let mut inner = Inner::default();
        let whole = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        for (number, line) in bytes[..whole].split(|b| *b == b'\n').enumerate() {
            if line.is_empty() && number > 0 {
                continue;
            }
            if line.is_empty() {
                break;
            }
            let Some(entry) = read(line) else {
                let line = number + 1;
                return Err(EntriesError::Damaged { path, line });
            };
            inner.take(entry);
        }
        inner.bytes = whole as u64;
        if whole < bytes.len() {
            tracing::warn!(path = %path.display(), "cut off an entry that was never answered for");
            let file = OpenOptions::new().write(true).open(&path);
            let file = file.map_err(io("open", &path))?;
            file.set_len(inner.bytes).map_err(io("cut", &path))?;
            file.sync_all().map_err(io("flush", &path))?;
        }
        Ok(Self {
            path,
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
        if inner.bytes + line.len() as u64 > MAX_FILE {
            return Err(EntriesError::TooMuch("there are too many entries"));
        }
        if inner.file.is_none() {
            inner.file = Some(self.create(inner.bytes)?);
        }
        let before = inner.bytes;
        let Some(file) = &mut inner.file else {
            return Err(EntriesError::TooMuch("the file is not open"));
        };
        let done = file.write_all(&line).and_then(|()| file.sync_data());
        if let Err(source) = done {
            // Half a line must not stand before the next whole one.
            let undone = file.set_len(before).and_then(|()| file.sync_data());
            if undone.is_err() {
                inner.file = None;
            }
            return Err(io("write", &self.path)(source));
        }
        inner.bytes += line.len() as u64;
        let number = entry.number;
        inner.take(entry);
        Ok(number)
    }

    /// The file, with nothing behind what counts: half a line may stand there that could not be taken back.
    fn create(&self, bytes: u64) -> Result<File, EntriesError> {
        let mut open = OpenOptions::new();
        let file = open.create(true).append(true).open(&self.path);
        let file = file.map_err(io("open", &self.path))?;
        file.set_len(bytes).map_err(io("cut", &self.path))?;
        file.sync_all().map_err(io("flush", &self.path))?;
        if let Some(folder) = self.path.parent() {
            let folder = File::open(folder).and_then(|folder| folder.sync_all());
            folder.map_err(io("flush", &self.path))?;
        }
        Ok(file)
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

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> EntriesError {
    let path = path.to_owned();
    move |source| EntriesError::Io {
        action,
        path,
        source,
    }
}

const SEAL: &[u8] = b",\"crc\":\"";
/// The seal, eight digits, and the end of the object.
const SEALED: usize = SEAL.len() + 8 + 2;

/// An entry as a line, sealed.
fn written(entry: &Entry) -> Vec<u8> {
    // Plain structures of numbers and texts always have a JSON form.
    let mut line = serde_json::to_vec(entry).unwrap_or_default();
    let sum = crc32fast::hash(&line);
    line.pop();
    line.extend_from_slice(SEAL);
    line.extend_from_slice(format!("{sum:08x}\"}}\n").as_bytes());
    line
}

/// The entry of a line without its end; `None` for what [`written`] never gives.
fn read(line: &[u8]) -> Option<Entry> {
    let at = line.len().checked_sub(SEALED)?;
    let (text, seal) = line.split_at(at);
    let sum = seal.strip_prefix(SEAL)?.strip_suffix(b"\"}")?;
    let mut text = text.to_vec();
    text.push(b'}');
    let expected = format!("{:08x}", crc32fast::hash(&text));
    if sum != expected.as_bytes() {
        return None;
    }
    serde_json::from_slice(&text).ok()
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
                matches!(opened, Err(EntriesError::Damaged { line: 1, .. })),
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
