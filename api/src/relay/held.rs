//! Events that are put by, whole, until they can be sent: those that the key may not send while it may send others, and those that
//! are ahead of the server's clock, which may be the one that is wrong.
//!
//! `held.ndjson` has their lines, and is flushed before the position moves past them. They go back to the end of what waits at a
//! start, when the key's file changes, and after a while; then the file is removed. A crash between leaves them in both places, and
//! the server knows by their ids what it has. The file is bounded, and counts against what the relay may take of the disk: when it is
//! full, events wait in their place as they do for a line that is down.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ingest::datadir::write_durably;
use ingest::event::Event;

/// The file's name in a relay's directory.
const FILE: &str = "held.ndjson";
/// How long what the key may not send is put by.
const LONG: Duration = Duration::from_hours(1);
/// And what is ahead of the clock, at first.
const SHORT: Duration = Duration::from_mins(10);
/// Lines that are put back together, bytes.
const TOGETHER: usize = 64 * 1024;

/// Why an event is put by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The key may send others, and not this.
    Scope,
    /// A clock is wrong.
    Clock,
}

/// Why events cannot be put by.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// The disk.
    #[error("held.ndjson in the relay's directory cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// Its bound.
    #[error(
        "held.ndjson in the relay's directory has all that it may; give the relay a key with the right points and types, or look at the clocks"
    )]
    Full,
}

/// Events that are put by.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    most: u64,
    events: u64,
    /// What the file takes, for who keeps to the bound.
    bytes: Arc<AtomicU64>,
    due: Option<Instant>,
    rounds: u32,
    put_back_at: Option<Instant>,
    key: Option<PathBuf>,
    key_changed: Option<SystemTime>,
}

/// How many events are put by in a relay's directory.
pub fn count(dir: &Path) -> u64 {
    std::fs::read(dir.join(FILE)).map_or(0, |text| lines_of(&text))
}

/// What they take.
pub fn bytes(dir: &Path) -> u64 {
    std::fs::metadata(dir.join(FILE)).map_or(0, |meta| meta.len())
}

fn lines_of(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

impl Held {
    /// What a directory has, to be put back at once. `key` is the file that, changed, makes another try worth while.
    pub fn open(dir: &Path, most: u64, bytes: Arc<AtomicU64>, key: Option<PathBuf>) -> Self {
        let events = count(dir);
        bytes.store(self::bytes(dir), Ordering::Release);
        Self {
            path: dir.join(FILE),
            most,
            events,
            bytes,
            due: (events > 0).then(Instant::now),
            rounds: 0,
            put_back_at: None,
            key_changed: key.as_deref().and_then(changed),
            key,
        }
    }

    /// How many.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// True where the key's file is another one than when this was last asked.
    pub fn has_key_changed(&mut self) -> bool {
        let now = self.key.as_deref().and_then(changed);
        // One that is away is no other one.
        let is_other = now.is_some() && now != self.key_changed;
        if is_other {
            self.key_changed = now;
        }
        is_other
    }

    /// Another key is another try.
    pub fn hurry(&mut self) {
        if self.events > 0 {
            self.due = Some(Instant::now());
        }
    }

    /// True when they are to be put back.
    pub fn is_due(&self) -> bool {
        self.events > 0 && self.due.is_some_and(|due| due <= Instant::now())
    }

    /// Puts events by, durable on return.
    pub fn add(&mut self, events: &[(&Event, Reason)]) -> Result<(), HoldError> {
        let mut text = Vec::new();
        for (event, _) in events {
            event.write_json(&mut text);
            text.push(b'\n');
        }
        let before = std::fs::metadata(&self.path).map_or(0, |meta| meta.len());
        if before + text.len() as u64 > self.most {
            return Err(HoldError::Full);
        }
        let is_new = before == 0;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path)?;
        let written = file.write_all(&text).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half a line would be no event.
            let _ = file.set_len(before);
            return Err(error.into());
        }
        if is_new {
            flush_folder(&self.path)?;
        }
        self.events += events.len() as u64;
        self.bytes
            .store(before + text.len() as u64, Ordering::Release);
        let is_of_clocks = events.iter().any(|(_, reason)| *reason == Reason::Clock);
        let due = Instant::now() + self.pause(is_of_clocks);
        self.due = Some(self.due.map_or(due, |before| before.min(due)));
        Ok(())
    }

    /// How long: what a clock holds back is tried soon, and less often the longer it lasts.
    fn pause(&mut self, is_of_clocks: bool) -> Duration {
        if self
            .put_back_at
            .is_none_or(|at| at.elapsed() > LONG + SHORT)
        {
            self.rounds = 0;
        }
        if is_of_clocks {
            SHORT
                .saturating_mul(2_u32.saturating_pow(self.rounds))
                .min(LONG)
        } else {
            LONG
        }
    }

    /// The lines in pieces, to be put back.
    pub fn pieces(&self) -> std::io::Result<Vec<Vec<u8>>> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut pieces = vec![Vec::new()];
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if let Some(piece) = pieces.last_mut().filter(|piece| piece.len() < TOGETHER) {
                piece.extend_from_slice(line);
            } else {
                pieces.push(line.to_vec());
            }
        }
        Ok(pieces)
    }

    /// These alone are left: the others are where they wait to be sent.
    pub fn keep_only(&mut self, pieces: &[Vec<u8>]) -> std::io::Result<()> {
        let text = pieces.concat();
        if text.is_empty() {
            match std::fs::remove_file(&self.path) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(e),
                _ => flush_folder(&self.path)?,
            }
        } else {
            write_durably(&self.path, &text).map_err(std::io::Error::other)?;
        }
        self.events = lines_of(&text);
        self.bytes.store(text.len() as u64, Ordering::Release);
        Ok(())
    }

    /// They were put back, or could not be: the next try is later.
    pub fn was_tried(&mut self) {
        self.rounds = self.rounds.saturating_add(1);
        let now = Instant::now();
        self.put_back_at = Some(now);
        self.due = (self.events > 0).then_some(now + SHORT);
    }
}

fn flush_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use ingest::decode::Decoder;

    use super::*;

    #[test]
    fn what_is_put_by_is_whole_bounded_and_there_after_a_start() {
        let dir = tempfile::tempdir().unwrap();
        let line = br#"{"specversion":"1.0","id":"17","source":"k1","type":"ticket.issued","time":"2026-11-23T08:00:00Z","data":{"site":"00004","ticket":"A1","service":"s","applicant":"p1"}}"#;
        let batch = Decoder::for_handing_on().ndjson(line, None);
        let event = batch.events().next().unwrap();
        let bytes = Arc::new(AtomicU64::new(0));
        let mut held = Held::open(dir.path(), 10_000, Arc::clone(&bytes), None);
        assert!(!held.is_due());
        held.add(&[(event, Reason::Scope), (event, Reason::Clock)])
            .unwrap();
        assert_eq!((held.events(), held.is_due()), (2, false));
        let file = dir.path().join(FILE);
        let meta = std::fs::metadata(&file).unwrap();
        assert_eq!(meta.permissions().mode() & 0o777, 0o600);
        assert_eq!(bytes.load(Ordering::Acquire), meta.len());
        let full = loop {
            if let Err(e) = held.add(&[(event, Reason::Scope)]) {
                break e;
            }
        };
        assert!(matches!(full, HoldError::Full), "{full}");
        assert!(std::fs::metadata(&file).unwrap().len() <= 10_000);

        let events = held.events();
        let mut held = Held::open(dir.path(), 10_000, bytes, None);
        assert_eq!((held.events(), held.is_due()), (events, true));
        let all = held.pieces().unwrap();
        let again = Decoder::for_handing_on().ndjson(&all.concat(), None);
        assert!(again.events().all(|each| each == event));
        assert_eq!(again.len() as u64, events);
        held.keep_only(&[]).unwrap();
        held.was_tried();
        assert!(!file.exists() && held.events() == 0 && !held.is_due());
    }

    #[test]
    fn a_clock_is_waited_for_longer_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let mut held = Held::open(dir.path(), 10_000, Arc::default(), None);
        let mut pauses = Vec::new();
        for _ in 0..5 {
            pauses.push(held.pause(true).as_secs() / 60);
            held.was_tried();
        }
        assert_eq!(pauses, [10, 20, 40, 60, 60]);
        assert_eq!(held.pause(false), LONG);
    }
}
