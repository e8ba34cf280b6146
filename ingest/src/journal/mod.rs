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
//! digits and `.vlj`. A position is the number of events before it. A segment is an 16-byte header
//! (`VLJOURN1`, first position) and frames end to end:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `VLF1` |
//! | 4 | length of the payload, little-endian |
//! | 4 | CRC-32 of the payload and of the two fields that follow this one |
//! | 4 | number of events |
//! | 8 | arrival time, microseconds since 1970 |
//! | … | payload: the events' canonical lines, each ended by `\n` |
//!
//! One append is one frame: a group of batches that arrived while the last one was being made durable
//! (group commit). The lines are the same JSON that the contract speaks, so that a journal can be read
//! with any tool in twenty years, and a new optional field needs no new format.
//!
//! # Recovery
//! Segments are read in order, and each must begin at the position where the one before ended. In the
//! last segment a frame that is short or fails its checksum, **with no whole frame after it**, is a torn
//! append that was never acknowledged: the file is cut back to the last whole frame. With a whole frame
//! after it, or in an earlier segment, it is damage to acknowledged events: the journal does not open,
//! and says where. A last segment shorter than its header is a creation cut short, and is removed.
//!
//! # When the disk refuses
//! A write that fails (a full disk) is undone by cutting the file back; nothing of it is acknowledged,
//! and later appends may succeed. After a failed `fdatasync` the kernel may have dropped the pages:
//! the journal takes nothing more until the program is started again and has read back what is there.

mod frame;
mod read;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

pub use read::{Frame, Segment};

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
    /// A flush to the disk failed before; see the module's text.
    #[error("the disk failed while flushing; restart the program after checking the disk")]
    Poisoned,
}

impl JournalError {
    /// True where the same append may succeed later, for instance after space was freed.
    pub fn can_retry(&self) -> bool {
        matches!(self, Self::Io { .. })
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
pub struct Journal {
    dir: PathBuf,
    file: File,
    path: PathBuf,
    /// Length of the last segment up to its last whole frame.
    len: u64,
    /// Position after the last event.
    position: u64,
    segment_bytes: u64,
    poisoned: bool,
    buffer: Vec<u8>,
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
        Self::open_with(dir, SEGMENT_BYTES, each)
    }

    fn open_with(
        dir: &Path,
        segment_bytes: u64,
        mut each: impl FnMut(Frame<'_>) -> Result<(), JournalError>,
    ) -> Result<(Self, Recovery), JournalError> {
        std::fs::create_dir_all(dir).map_err(io("create", dir))?;
        let mut recovery = Recovery::default();
        let mut segments = read::segments(dir)?;
        if let Some(last) = segments.last()
            && last.len < frame::HEADER_BYTES as u64
        {
            recovery.torn_bytes += last.len;
            std::fs::remove_file(&last.path).map_err(io("remove", &last.path))?;
            segments.pop();
        }
        let mut position = 0;
        let mut last = None;
        for (i, segment) in segments.iter().enumerate() {
            if segment.first != position {
                return Err(JournalError::Damaged {
                    path: segment.path.clone(),
                    offset: 0,
                    detail: format!(
                        "it begins at event {} where {position} was expected: a segment is missing",
                        segment.first
                    ),
                });
            }
            let is_last = i + 1 == segments.len();
            let end = segment.read(is_last, &mut each)?;
            position = end.position;
            if end.torn_bytes > 0 {
                recovery.torn_bytes += end.torn_bytes;
                let file = OpenOptions::new()
                    .write(true)
                    .open(&segment.path)
                    .map_err(io("open", &segment.path))?;
                file.set_len(end.len)
                    .map_err(io("cut back", &segment.path))?;
                file.sync_all().map_err(io("flush", &segment.path))?;
            }
            last = Some((segment.path.clone(), end.len));
        }
        let (path, len) = match last {
            Some(last) => last,
            None => create_segment(dir, position)?,
        };
        let file = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(io("open", &path))?;
        let journal = Self {
            dir: dir.to_owned(),
            file,
            path,
            len,
            position,
            segment_bytes,
            poisoned: false,
            buffer: Vec::new(),
        };
        Ok((journal, recovery))
    }

    /// Position after the last event: how many events there are.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Makes one frame of canonical lines durable; answers the position of its first event.
    /// Nothing is written for no lines.
    pub fn append<'a>(
        &mut self,
        received_at: EventTime,
        lines: impl Iterator<Item = &'a [u8]>,
    ) -> Result<u64, JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        self.buffer.clear();
        let count = frame::encode(received_at, lines, &mut self.buffer);
        let first = self.position;
        if count == 0 {
            return Ok(first);
        }
        if self.len >= self.segment_bytes {
            let (path, len) = create_segment(&self.dir, self.position)?;
            self.file = OpenOptions::new()
                .append(true)
                .open(&path)
                .map_err(io("open", &path))?;
            (self.path, self.len) = (path, len);
        }
        if let Err(e) = self.file.write_all(&self.buffer) {
            // Part of the frame may be there: cut it off, or take nothing more.
            self.poisoned = self.file.set_len(self.len).is_err();
            return Err(io("write to", &self.path)(e));
        }
        if let Err(e) = self.file.sync_data() {
            self.poisoned = true;
            return Err(io("flush", &self.path)(e));
        }
        self.len += self.buffer.len() as u64;
        self.position += u64::from(count);
        Ok(first)
    }
}

/// Creates a segment whose first event has the given position, durable with its name.
fn create_segment(dir: &Path, first: u64) -> Result<(PathBuf, u64), JournalError> {
    let path = dir.join(format!("{first:016x}.vlj"));
    let mut file = File::create(&path).map_err(io("create", &path))?;
    file.write_all(&frame::header(first))
        .map_err(io("write to", &path))?;
    file.sync_all().map_err(io("flush", &path))?;
    File::open(dir)
        .and_then(|d| d.sync_all())
        .map_err(io("flush", dir))?;
    Ok((path, frame::HEADER_BYTES as u64))
}

#[cfg(test)]
mod tests;
