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

/// What was seen of something that only its holder may open.
pub(super) enum Sight<T> {
    Absent,
    NotSeen(String),
    Damaged(String),
    Seen(T),
}

/// What was seen, before the journal is known.
pub(super) struct Derived {
    index: Sight<Inspection>,
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
        index: on_a_copy(&dir.join("dedup"), is_held, dedup::inspect),
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

/// Looks at a copy of a folder: opening writes, and the directory stays as it is.
pub(super) fn on_a_copy<T, E: std::fmt::Display>(
    dir: &Path,
    is_held: bool,
    inspect: impl FnOnce(&Path) -> Result<T, E>,
) -> Sight<T> {
    if !dir.exists() {
        return Sight::Absent;
    }
    if is_held {
        return Sight::NotSeen("whoever holds the directory has it open".to_owned());
    }
    let name = format!("vonglau-doctor-{}", std::process::id());
    let copy = Temporary(std::env::temp_dir().join(name));
    let room = free_bytes(&std::env::temp_dir()).unwrap_or(u64::MAX);
    let needed = size(dir).unwrap_or(0);
    if room.saturating_sub(needed) < MIN_FREE.0 {
        return Sight::NotSeen(format!(
            "{} has no room for a copy of its {} (TMPDIR names another place)",
            std::env::temp_dir().display(),
            Size(needed)
        ));
    }
    if let Err(e) = copy_folder(dir, &copy.0) {
        return Sight::NotSeen(format!("it cannot be copied to be looked at: {e}"));
    }
    match inspect(&copy.0) {
        Ok(seen) => Sight::Seen(seen),
        Err(e) => Sight::Damaged(e.to_string()),
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
            Sight::Absent => book.ok("not there; the next start makes it from the journal".to_owned()),
            Sight::NotSeen(why) => book.ok(format!("not looked at: {why}")),
            Sight::Damaged(why) => {
                book.wrong("index_damaged", format!("it cannot be read: {why}"), anew);
            }
            // Those before the journal's begin cannot be learnt any more, where it was made anew.
            Sight::Seen(seen) if seen.pairs < seen.position.saturating_sub(journal.begin) => book.wrong(
                "index_damaged",
                format!(
                    "it has {} pairs where it says that it knows those of {} events",
                    seen.pairs,
                    seen.position.saturating_sub(journal.begin)
                ),
                "remove the folder `dedup` while no server runs: it is made anew from the journal",
            ),
            Sight::Seen(seen) if journal.is_whole && seen.position > journal.position => book.wrong(
                "index_ahead",
                format!(
                    "it knows {} events, the journal has {}: acknowledged events are missing from the journal",
                    seen.position, journal.position
                ),
                "restore the newest backup into a new directory; without one, senders should send again what they sent since",
            ),
            Sight::Seen(seen) => book.ok(format!(
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
