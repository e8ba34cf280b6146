//! The duplicate index and the facts under examination, judged by the journal.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;

use super::{Finding, Held, Notebook};
use crate::dedup::{self, Inspection};
use crate::room::{MIN_FREE, free_bytes};
use crate::size::Size;
use crate::store;

/// What was seen of the index.
enum Index {
    Absent,
    NotSeen(String),
    Damaged(String),
    Seen(Inspection),
}

/// What was seen, before the journal is known.
pub(super) struct Derived {
    index: Index,
    facts_position: u64,
    fact_files: usize,
    damaged_facts: Vec<String>,
}

/// Looks at index and facts.
pub(super) fn look(dir: &Path, is_held: bool) -> Derived {
    let facts = store::inspect(&dir.join("facts"));
    let (facts_position, files) = facts.clone().unwrap_or_default();
    let damaged_files = files
        .par_iter()
        .filter_map(|path| Some(format!("{}: {}", path.display(), damage(path)?)));
    let mut damaged_facts: Vec<String> = damaged_files.collect();
    damaged_facts.extend(facts.err());
    Derived {
        index: index(&dir.join("dedup"), is_held),
        facts_position,
        fact_files: files.len(),
        damaged_facts,
    }
}

/// A folder that is removed when dropped.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens a copy of the index: opening writes, and the directory stays as it is.
fn index(dir: &Path, is_held: bool) -> Index {
    if !dir.exists() {
        return Index::Absent;
    }
    if is_held {
        return Index::NotSeen("whoever holds the directory has it open".to_owned());
    }
    let name = format!("vonglau-doctor-{}", std::process::id());
    let copy = Temporary(std::env::temp_dir().join(name));
    let room = free_bytes(&std::env::temp_dir()).unwrap_or(u64::MAX);
    let needed = size(dir).unwrap_or(0);
    if room.saturating_sub(needed) < MIN_FREE.0 {
        return Index::NotSeen(format!(
            "{} has no room for a copy of its {} (TMPDIR names another place)",
            std::env::temp_dir().display(),
            Size(needed)
        ));
    }
    if let Err(e) = copy_folder(dir, &copy.0) {
        return Index::NotSeen(format!("it cannot be copied to be looked at: {e}"));
    }
    match dedup::inspect(&copy.0) {
        Ok(seen) => Index::Seen(seen),
        Err(e) => Index::Damaged(e.to_string()),
    }
}

fn size(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += if meta.is_dir() {
            size(&entry.path())?
        } else {
            meta.len()
        };
    }
    Ok(bytes)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&from, &to)?;
        } else {
            std::fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

/// Why a Parquet file cannot be read to its end; `None` where it can, or is gone meanwhile.
fn damage(path: &Path) -> Option<String> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return None,
        Err(e) => return Some(e.to_string()),
    };
    let reader = match ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
    {
        Ok(reader) => reader,
        Err(e) => return Some(e.to_string()),
    };
    reader.filter_map(Result::err).map(|e| e.to_string()).next()
}

impl Derived {
    /// The findings, now that the journal is known.
    pub(super) fn judged(self, journal: &Held) -> Vec<Finding> {
        let mut findings = self.judge_index(journal);
        findings.extend(self.judge_facts(journal));
        findings
    }

    fn judge_index(&self, journal: &Held) -> Vec<Finding> {
        let mut book = Notebook::of("index");
        let anew = "it is made anew from the journal at the next start, or remove the folder `dedup`; check the disk";
        match &self.index {
            Index::Absent => book.ok("not there; the next start makes it from the journal".to_owned()),
            Index::NotSeen(why) => book.ok(format!("not looked at: {why}")),
            Index::Damaged(why) => {
                book.wrong("index_damaged", format!("it cannot be read: {why}"), anew);
            }
            Index::Seen(seen) if seen.pairs < seen.position => book.wrong(
                "index_damaged",
                format!(
                    "it has {} pairs where it says that it knows those of {} events",
                    seen.pairs, seen.position
                ),
                "remove the folder `dedup` while no server runs: it is made anew from the journal",
            ),
            Index::Seen(seen) if journal.is_whole && seen.position > journal.position => book.wrong(
                "index_ahead",
                format!(
                    "it knows {} events, the journal has {}: acknowledged events are missing from the journal",
                    seen.position, journal.position
                ),
                "restore the newest backup into a new directory; without one, senders should send again what they sent since",
            ),
            Index::Seen(seen) => book.ok(format!(
                "{} pairs, up to event {} of {}",
                seen.pairs, seen.position, journal.position
            )),
        }
        book.findings
    }

    fn judge_facts(&self, journal: &Held) -> Vec<Finding> {
        let mut book = Notebook::of("facts");
        for damaged in &self.damaged_facts {
            book.wrong(
                "facts_damaged",
                damaged.clone(),
                "remove the folder `facts` while no server runs: it is written anew from the journal; check the disk",
            );
        }
        if journal.is_whole && self.facts_position > journal.position {
            book.wrong(
                "facts_ahead",
                format!(
                    "they are of {} events, the journal has {}: acknowledged events are missing from the journal",
                    self.facts_position, journal.position
                ),
                "restore the newest backup into a new directory; without one, senders should send again what they sent since",
            );
        } else if self.damaged_facts.is_empty() {
            book.ok(format!(
                "{} files read to the end, up to event {} of {}",
                self.fact_files, self.facts_position, journal.position
            ));
        }
        book.findings
    }
}
