//! The journal: what is in it was acknowledged, or may be; what was acknowledged is in it.
//!
//! # What it promises
//! 1. When [`Journal::append`] returns `Ok`, the events are on the disk (`fdatasync`) and survive
//!    `kill -9` and loss of power.
//! 2. Opening it yields exactly the events of all appends that returned `Ok`, in order, and possibly
//!    those of the one append that was under way — whole or not at all.
//! 3. A damaged byte is never read as an event.
//!
//! # How events lie on the disk
//! `journal/` holds segment files named by the position of their first event, sixteen hexadecimal
//! digits and `.vlj`. A position is the number of events before it. A segment is a 16-byte header
//! (`VLJOURN3`, first position) and frames end to end:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `VLF2` |
//! | 4 | length of the payload, little-endian |
//! | 4 | CRC-32 of the payload and of the two fields that follow this one |
//! | 4 | number of events |
//! | 8 | arrival time, microseconds since 1970 |
//! | … | payload: blocks of the events' records ([`Block`]) |
//!
//! One append is one frame: a group of batches that arrived while the last one was being made durable
//! (group commit). A record ([`crate::event::record`]) has what the event's line has in a third of its bytes; a new
//! type or optional field needs no new format, and `vonglau events` writes them all as the contract's lines.
//! `VLJOURN3` ends with the version of the format; a journal of another version is refused by name.
//!
//! # Recovery
//! Segments are read in order, and each must begin at the position where the one before ended. In the
//! last segment a frame that is short or fails its checksum, **with no whole frame after it**, is a torn
//! append that was never acknowledged: the file is cut back to the last whole frame. With a whole frame
//! after it, or in an earlier segment, it is damage to acknowledged events: the journal does not open,
//! and says where. A last segment without a whole header and without a frame is a creation cut short, and is
//! removed.
//! The last frame is written again in its place and flushed before anything is answered from it: a program
//! that was killed, or whose flush failed, may have left it in the system's memory alone, and from now
//! on it is an event that must not be lost to a loss of power.
//!
//! # From a position on
//! Opened for the events from a position on ([`Journal::open_from`]), segments that end before it are not read; damage in
//! them is for `vonglau doctor` and a backup to find.
//!
//! # Retention
//! [`Journal::retire`] removes segments from the begin, one after the other and the folder flushed after each, so that
//! no crash leaves a gap. Which ones nobody needs any more — every store, the index and two checkpoints have come
//! past them, and the operator's days are over — is the caller's to say. By default all are kept.
//!
//! # Changing what was written
//! Nothing does but [`rewrite`], with no program on the journal: a person may ask to be forgotten.
//!
//! # When the disk refuses
//! A write that fails (a full disk) is undone by cutting the file back; nothing of it is acknowledged,
//! and later appends may succeed. After a failed `fdatasync` the kernel may have dropped the pages:
//! the journal takes nothing more until the program is started again and has read back what is there.

mod block;
mod files;
mod frame;
mod read;
mod rewrite;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use block::{Block, Blocks, PackedRecords};
use files::{Files, OsFiles};
pub use read::{Extent, Frame, Segment};
pub use rewrite::{Change, Rewritten, rewrite};

use crate::event::EventTime;

/// A segment that has grown past this is followed by a new one.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// Why the journal could not be opened or appended to.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Acknowledged events cannot be read back.
    #[error(
        "{path} is damaged at byte {offset}: {detail}; restore this file from a backup, or move it and all later segments away to go on without them"
    )]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        detail: String,
    },
    /// A segment of another version of the format.
    #[error(
        "{path} is a journal of version {found}, this program reads version {ours}; start the program that wrote it, or take a new data directory"
    )]
    Version {
        /// The segment's file.
        path: PathBuf,
        /// Its version.
        found: char,
        /// The program's.
        ours: char,
    },
    /// A segment could not be written anew.
    #[error("cannot write {path} anew: {detail}; it is as it was: do it again")]
    Rewriting {
        /// The segment.
        path: PathBuf,
        /// What stopped it.
        detail: String,
    },
    /// A flush to the disk failed before; see the module's text.
    #[error("the disk failed while flushing; restart the program after checking the disk")]
    Poisoned,
}

impl JournalError {
    /// True where the same append may succeed later, for instance after space was freed.
    pub fn can_retry(&self) -> bool {
        matches!(self, Self::Io { .. })
    }

    /// True where a file is not there any more: a segment that was given up while it was looked at.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound)
    }

    /// True where the disk was full: the same append succeeds once space is freed.
    pub fn is_disk_full(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Io { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded))
    }
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::Io {
        action,
        path,
        source,
    }
}

/// The open journal, positioned at its end.
#[derive(Debug)]
pub struct Journal(Inner<OsFiles>);

#[derive(Debug)]
struct Inner<F: Files> {
    files: F,
    dir: PathBuf,
    file: F::Open,
    path: PathBuf,
    /// Length of the segments before the last one.
    sealed: u64,
    /// Length of the last segment up to its last whole frame.
    len: u64,
    /// Position after the last event.
    position: u64,
    segment_bytes: u64,
    poisoned: bool,
    buffer: Vec<u8>,
    /// When segments' first frames arrived, as far as it was asked, by first position.
    arrivals: BTreeMap<u64, EventTime>,
}

/// What opening the journal found besides its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovery {
    /// Bytes of a torn, unacknowledged append that were cut off.
    pub torn_bytes: u64,
}

impl Journal {
    /// Opens or creates the journal in `dir`, giving every frame to `each` in order.
    pub fn open(
        dir: &Path,
        each: impl FnMut(Frame<'_>) -> Result<(), JournalError>,
    ) -> Result<(Self, Recovery), JournalError> {
        Self::open_from(dir, 0, each)
    }

    /// As [`Journal::open`], but for the frames with events from a position on; the first may begin before it.
    pub fn open_from(
        dir: &Path,
        from: u64,
        each: impl FnMut(Frame<'_>) -> Result<(), JournalError>,
    ) -> Result<(Self, Recovery), JournalError> {
        let (inner, recovery) = Inner::open(OsFiles, dir, SEGMENT_BYTES, from, each)?;
        Ok((Self(inner), recovery))
    }

    /// Removes segments from the begin that hold only events before a position that arrived before an instant; answers
    /// how many bytes that were. The segment that is written to always stays.
    pub fn retire(&mut self, before: u64, arrived_before: EventTime) -> Result<u64, JournalError> {
        self.0.retire(before, arrived_before)
    }

    /// A segment that has grown past this is followed by a new one.
    pub const fn set_segment_bytes(&mut self, bytes: u64) {
        self.0.segment_bytes = bytes;
    }

    /// Position after the last event: how many events there are.
    pub const fn position(&self) -> u64 {
        self.0.position
    }

    /// Its length on the disk.
    pub const fn bytes(&self) -> u64 {
        self.0.bytes()
    }

    /// How much longer the journal becomes by an append of some blocks.
    pub fn cost(&self, blocks: &[Block]) -> u64 {
        self.0.cost(blocks)
    }

    /// Makes one frame of blocks durable; answers the position of its first event. Nothing is written
    /// for no events.
    pub fn append(
        &mut self,
        received_at: EventTime,
        blocks: &[Block],
    ) -> Result<u64, JournalError> {
        self.0.append(received_at, blocks)
    }
}

impl<F: Files> Inner<F> {
    fn open(
        files: F,
        dir: &Path,
        segment_bytes: u64,
        from: u64,
        mut each: impl FnMut(Frame<'_>) -> Result<(), JournalError>,
    ) -> Result<(Self, Recovery), JournalError> {
        let mut recovery = Recovery::default();
        let mut segments = read::segments(&files, dir)?;
        if let Some(last) = segments.last()
            && Segment::is_unborn(&files.read(&last.path).map_err(io("read", &last.path))?)
        {
            recovery.torn_bytes += last.len;
            files.remove(&last.path).map_err(io("remove", &last.path))?;
            segments.pop();
        }
        let sealed = segments.iter().rev().skip(1).map(|s| s.len).sum();
        let needed = segments.partition_point(|s| s.first <= from);
        let needed = &segments[needed.saturating_sub(1)..];
        // Where something is there, it begins at `from` or before.
        let mut position = needed.first().map_or(0, |s| s.first.min(from));
        let mut last = None;
        for (i, segment) in needed.iter().enumerate() {
            segment.check_follows(position)?;
            let is_last = i + 1 == needed.len();
            let end = segment.read(&files, is_last, &mut each)?;
            position = end.position;
            recovery.torn_bytes += end.torn_bytes;
            last = Some((&segment.path, end));
        }
        let (path, file, len) = if let Some((path, end)) = last {
            let mut file = files.open(path).map_err(io("open", path))?;
            if end.torn_bytes > 0 {
                files
                    .cut(&mut file, end.len)
                    .map_err(io("cut back", path))?;
            }
            let begin = end.len - end.last.len() as u64;
            files
                .write(&mut file, begin, &end.last)
                .map_err(io("write to", path))?;
            files.flush(&mut file).map_err(io("flush", path))?;
            files.flush_folder(dir).map_err(io("flush", dir))?;
            (path.clone(), file, end.len)
        } else {
            create_segment(&files, dir, position)?
        };
        let journal = Self {
            files,
            dir: dir.to_owned(),
            file,
            path,
            sealed,
            len,
            position,
            segment_bytes,
            poisoned: false,
            buffer: Vec::new(),
            arrivals: BTreeMap::new(),
        };
        Ok((journal, recovery))
    }

    const fn bytes(&self) -> u64 {
        self.sealed + self.len
    }

    const fn is_segment_full(&self) -> bool {
        self.len >= self.segment_bytes
    }

    fn cost(&self, blocks: &[Block]) -> u64 {
        if blocks.iter().all(|block| block.count() == 0) {
            return 0;
        }
        let header = if self.is_segment_full() {
            frame::HEADER_BYTES
        } else {
            0
        };
        let blocks: usize = blocks.iter().map(|block| block.bytes().len()).sum();
        (header + frame::FRAME_BYTES + blocks) as u64
    }

    fn append(&mut self, received_at: EventTime, blocks: &[Block]) -> Result<u64, JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        self.buffer.clear();
        let count = frame::encode(received_at, blocks.iter(), &mut self.buffer);
        let first = self.position;
        if count == 0 {
            return Ok(first);
        }
        if self.is_segment_full() {
            let (path, file, len) = create_segment(&self.files, &self.dir, self.position)?;
            self.sealed += self.len;
            (self.path, self.file, self.len) = (path, file, len);
        }
        if let Err(e) = self.files.write(&mut self.file, self.len, &self.buffer) {
            // Part of the frame may be there: cut it off, or take nothing more.
            self.poisoned = self.files.cut(&mut self.file, self.len).is_err();
            return Err(io("write to", &self.path)(e));
        }
        if let Err(e) = self.files.flush(&mut self.file) {
            self.poisoned = true;
            return Err(io("flush", &self.path)(e));
        }
        self.len += self.buffer.len() as u64;
        self.position += u64::from(count);
        Ok(first)
    }

    fn retire(&mut self, before: u64, arrived_before: EventTime) -> Result<u64, JournalError> {
        let segments = read::segments(&self.files, &self.dir)?;
        let mut removed = 0;
        for pair in segments.windows(2) {
            let [oldest, next] = pair else { break };
            // What is in the oldest arrived no later than what is in the next.
            if next.first > before || self.arrival(next)? >= arrived_before {
                break;
            }
            let remove = self.files.remove(&oldest.path);
            remove.map_err(io("remove", &oldest.path))?;
            let flush = self.files.flush_folder(&self.dir);
            flush.map_err(io("flush", &self.dir))?;
            self.arrivals.remove(&oldest.first);
            self.sealed -= oldest.len;
            removed += oldest.len;
        }
        Ok(removed)
    }

    /// When a segment's first frame arrived; of one without a frame, nobody knows: in the future.
    fn arrival(&mut self, segment: &Segment) -> Result<EventTime, JournalError> {
        if let Some(arrival) = self.arrivals.get(&segment.first) {
            return Ok(*arrival);
        }
        let bytes = self.files.read(&segment.path);
        let bytes = bytes.map_err(io("read", &segment.path))?;
        let first = bytes.get(frame::HEADER_BYTES..).and_then(frame::decode);
        let Some(first) = first else {
            return Ok(EventTime(i64::MAX));
        };
        self.arrivals.insert(segment.first, first.received_at);
        Ok(first.received_at)
    }
}

/// The position of the first event that a journal holds; 0 of one without events.
pub fn begin(dir: &Path) -> Result<u64, JournalError> {
    Ok(segments(dir)?.first().map_or(0, |segment| segment.first))
}

/// The segments of a journal that a program may be writing to, in order. Changes nothing.
pub fn segments(dir: &Path) -> Result<Vec<Segment>, JournalError> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let mut found = read::segments(&OsFiles, dir)?;
    for segment in &mut found {
        // A segment had its final length when a later one was made: asked for after the list is complete.
        segment.look_again()?;
    }
    Ok(found)
}

/// Creates a segment whose first event has the given position, durable with its name.
fn create_segment<F: Files>(
    files: &F,
    dir: &Path,
    first: u64,
) -> Result<(PathBuf, F::Open, u64), JournalError> {
    let path = dir.join(format!("{first:016x}.vlj"));
    let mut file = files.create(&path).map_err(io("create", &path))?;
    files
        .write(&mut file, 0, &frame::header(first))
        .map_err(io("write to", &path))?;
    files.flush(&mut file).map_err(io("flush", &path))?;
    files.flush_folder(dir).map_err(io("flush", dir))?;
    Ok((path, file, frame::HEADER_BYTES as u64))
}

#[cfg(test)]
mod tests;
