//! The log of the alert desk: what was shown and what people did, a sealed file a month ([`crate::sealed`]).
//!
//! A line goes into the newest month's file, or begins a newer one: the order of files and lines is the order in which
//! they were written. What a line says is its writer's to know; here it is JSON of a bounded length.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::EventTime;
use crate::sealed::{SealedError, SealedFile, io, lines, written};

/// The longest line, bytes: an outage of a whole city names its points.
const MAX_LINE: usize = 64 * 1024;
/// Months that are read at the opening.
const READ_MONTHS: usize = 2;

/// Why the log cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// A file cannot be used, or is damaged.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// A line is too long.
    #[error("a line of the desk's log is over {MAX_LINE} bytes; shorten its text")]
    TooLong,
}

/// A month of the log: a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    fn of(at: EventTime) -> Self {
        let date = at.day().date();
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    /// Of a file's name; `None` for one that no month has.
    pub(crate) fn named(file: &str) -> Option<Self> {
        let (year, month) = file.strip_suffix(".ndjson")?.split_once('-')?;
        let named = Self {
            year: year.parse().ok()?,
            month: month.parse().ok()?,
        };
        let is_month = (1..=12).contains(&named.month) && named.file_name() == file;
        is_month.then_some(named)
    }

    /// Its file's name.
    pub(crate) fn file_name(self) -> String {
        format!("{:04}-{:02}.ndjson", self.year, self.month)
    }
}

/// The log.
#[derive(Debug)]
pub struct DeskLog<T> {
    folder: PathBuf,
    newest: Mutex<Option<(Month, SealedFile)>>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> DeskLog<T> {
    /// Opens a data directory's log; gives the lines of its newest two months, in order.
    pub fn open(dir: &Path) -> Result<(Self, Vec<T>), DeskError> {
        let folder = dir.join(crate::datadir::DESK);
        std::fs::create_dir_all(&folder).map_err(io("create", &folder))?;
        let months = months(dir)?;
        let mut found = Vec::new();
        let mut newest = None;
        let from = months.len().saturating_sub(READ_MONTHS);
        let last = months.len().saturating_sub(1);
        for (at, (month, path)) in months.into_iter().enumerate().skip(from) {
            if at == last {
                let (file, mut own) = SealedFile::open(path)?;
                found.append(&mut own);
                newest = Some((month, file));
            } else {
                found.append(&mut lines(&path)?.0);
            }
        }
        let log = Self {
            folder,
            newest: Mutex::new(newest),
            of: PhantomData,
        };
        Ok((log, found))
    }

    /// Writes lines of an instant; they are on the disk when it returns, all of them or none.
    pub fn append(&self, at: EventTime, news: &[T]) -> Result<(), DeskError> {
        let mut bytes = Vec::new();
        for line in news {
            let line = written(line);
            if line.len() > MAX_LINE {
                return Err(DeskError::TooLong);
            }
            bytes.extend_from_slice(&line);
        }
        let month = Month::of(at);
        let mut newest = self.newest.lock();
        let is_newer = newest.as_ref().is_none_or(|(last, _)| *last < month);
        if is_newer {
            let path = self.folder.join(month.file_name());
            let (file, _) = SealedFile::open::<T>(path)?;
            *newest = Some((month, file));
        }
        if let Some((_, file)) = newest.as_mut() {
            file.append(&bytes)?;
        }
        Ok(())
    }

    /// The lines of the months that a span touches, and of the one before it, in order.
    pub fn read(&self, from: EventTime, to: EventTime) -> Result<Vec<T>, DeskError> {
        let last = Month::of(to);
        let mut found = Vec::new();
        // What is written waits, so that lines that were written together are read together.
        let _one = self.newest.lock();
        each_month(&self.folder, from, |month, mut lines| {
            if month <= last {
                found.append(&mut lines);
            }
            month < last
        })?;
        Ok(found)
    }
}

/// Reads a directory's log month by month, from the one before that of `from` on, for as long as who takes the lines wants more:
/// `take` is given a month's lines, and whether it begins after `to`. Somebody may be writing meanwhile: a line that is not
/// whole yet is not read.
pub fn read_months<T: DeserializeOwned>(
    dir: &Path,
    (from, to): (EventTime, EventTime),
    mut take: impl FnMut(Vec<T>, bool) -> bool,
) -> Result<(), DeskError> {
    let folder = dir.join(crate::datadir::DESK);
    if !folder.is_dir() {
        return Ok(());
    }
    let last = Month::of(to);
    each_month(&folder, from, |month, lines| take(lines, month > last))
}

fn each_month<T: DeserializeOwned>(
    folder: &Path,
    from: EventTime,
    mut take: impl FnMut(Month, Vec<T>) -> bool,
) -> Result<(), DeskError> {
    let first = Month::of(from);
    let all: Vec<(Month, PathBuf)> = files(folder)?.into_iter().collect();
    let begin = all.iter().rposition(|(m, _)| *m < first).unwrap_or(0);
    for (month, path) in all.into_iter().skip(begin) {
        if !take(month, lines(&path)?.0) {
            break;
        }
    }
    Ok(())
}

/// The months of a directory's log, with their files, in order; none where there is no log.
pub(crate) fn months(dir: &Path) -> Result<BTreeMap<Month, PathBuf>, SealedError> {
    let folder = dir.join(crate::datadir::DESK);
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    files(&folder)
}

/// The months that a folder has. Files of other names are somebody's copies, and none of the log.
fn files(folder: &Path) -> Result<BTreeMap<Month, PathBuf>, SealedError> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(io("read", folder))? {
        let path = entry.map_err(io("read", folder))?.path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        if let Some(month) = Month::named(name) {
            found.insert(month, path.clone());
        }
    }
    Ok(found)
}

/// Checks that all of a directory's log can be read; gives how many lines there are.
pub fn check(dir: &Path) -> Result<usize, SealedError> {
    let mut all = 0;
    for path in months(dir)?.into_values() {
        all += lines::<serde_json::Value>(&path)?.0.len();
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> EventTime {
        EventTime::parse_rfc3339(&format!("{text}T09:00:00+07:00")).unwrap()
    }

    fn line(n: u32) -> BTreeMap<String, u32> {
        BTreeMap::from([("n".to_owned(), n)])
    }

    type Log = DeskLog<BTreeMap<String, u32>>;

    #[test]
    fn months_follow_one_another_and_the_newest_two_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let (log, found) = Log::open(dir.path()).unwrap();
        assert!(found.is_empty());
        log.append(at("2026-09-30"), &[line(1)]).unwrap();
        log.append(at("2026-10-31"), &[line(2), line(3)]).unwrap();
        log.append(at("2026-11-01"), &[line(4)]).unwrap();
        // What is older goes behind what is newest: order is that of writing.
        log.append(at("2026-10-31"), &[line(5)]).unwrap();
        drop(log);
        let (log, found) = Log::open(dir.path()).unwrap();
        assert_eq!(found, [line(2), line(3), line(4), line(5)]);
        let read = |from, to| log.read(at(from), at(to)).unwrap();
        assert_eq!(
            read("2026-10-02", "2026-10-03"),
            [line(1), line(2), line(3)]
        );
        assert_eq!(read("2026-11-02", "2026-12-03").len(), 4);
        assert_eq!(check(dir.path()).unwrap(), 5);
        // What somebody has put beside them is no month.
        for name in [
            "2026-11.old.ndjson",
            "2026-13.ndjson",
            "+026-11.ndjson",
            "2027-1.ndjson",
        ] {
            std::fs::write(dir.path().join("desk").join(name), b"no line\n").unwrap();
        }
        drop(log);
        assert_eq!(Log::open(dir.path()).unwrap().1.len(), 4);
    }

    #[test]
    fn months_are_read_for_as_long_as_is_wanted() {
        let dir = tempfile::tempdir().unwrap();
        let (log, _) = Log::open(dir.path()).unwrap();
        for (n, day) in [
            (1, "2026-08-10"),
            (2, "2026-09-10"),
            (3, "2026-11-10"),
            (4, "2026-12-10"),
        ] {
            log.append(at(day), &[line(n)]).unwrap();
        }
        let read = |wants_more: bool| {
            let mut found: Vec<BTreeMap<String, u32>> = Vec::new();
            let span = (at("2026-09-02"), at("2026-10-05"));
            read_months(dir.path(), span, |mut lines, is_after| {
                found.append(&mut lines);
                !is_after || wants_more
            })
            .unwrap();
            found
        };
        assert_eq!(read(false), [line(1), line(2), line(3)]);
        assert_eq!(read(true), [line(1), line(2), line(3), line(4)]);
        let nowhere = tempfile::tempdir().unwrap();
        let span = (at("2026-09-02"), at("2026-10-05"));
        read_months::<BTreeMap<String, u32>>(nowhere.path(), span, |_, _| panic!("no log"))
            .unwrap();
    }

    #[test]
    fn a_torn_end_is_cut_at_every_byte_and_damage_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let (log, _) = Log::open(dir.path()).unwrap();
        log.append(at("2026-11-01"), &[line(1), line(2)]).unwrap();
        drop(log);
        let path = dir.path().join("desk/2026-11.ndjson");
        let whole = std::fs::read(&path).unwrap();
        let first = whole.iter().position(|b| *b == b'\n').unwrap() + 1;
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (log, found) = Log::open(dir.path()).unwrap();
            assert_eq!(found.len(), usize::from(cut >= first), "cut at {cut}");
            log.append(at("2026-11-02"), &[line(9)]).unwrap();
            drop(log);
            let (_, found) = Log::open(dir.path()).unwrap();
            assert_eq!(found.last(), Some(&line(9)), "cut at {cut}");
        }
        for place in 0..first - 1 {
            let mut damaged = whole.clone();
            damaged[place] ^= 1;
            std::fs::write(&path, &damaged).unwrap();
            let opened = Log::open(dir.path());
            let is_told = matches!(
                opened,
                Err(DeskError::Sealed(SealedError::Damaged { line: 1, .. }))
            );
            assert!(is_told, "{place}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_takes_none_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let (log, _) = DeskLog::<BTreeMap<String, String>>::open(dir.path()).unwrap();
        let one = |text: String| BTreeMap::from([("t".to_owned(), text)]);
        let both = [one("a".to_owned()), one("x".repeat(MAX_LINE))];
        assert!(matches!(
            log.append(at("2026-11-01"), &both),
            Err(DeskError::TooLong)
        ));
        drop(log);
        let (_, found) = DeskLog::<BTreeMap<String, String>>::open(dir.path()).unwrap();
        assert!(found.is_empty());
    }
}
