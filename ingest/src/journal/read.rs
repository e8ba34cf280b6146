//! Reading segments back: every whole frame in order, a torn tail told from damage.

use std::path::{Path, PathBuf};

use super::{JournalError, frame, io};
use crate::event::EventTime;

/// A frame of the journal: the events of one append.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// Position of its first event.
    pub first: u64,
    /// How many events it has.
    pub count: u32,
    /// When they arrived.
    pub received_at: EventTime,
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The events' canonical lines.
    pub fn lines(&self) -> impl Iterator<Item = &'a [u8]> {
        self.payload
            .split(|b| *b == b'\n')
            .take(self.count as usize)
    }
}

/// A segment file.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its file.
    pub path: PathBuf,
    /// Position of its first event, from its name.
    pub first: u64,
    /// Its length.
    pub len: u64,
}

/// Where reading a segment ended.
pub(super) struct End {
    pub(super) position: u64,
    pub(super) len: u64,
    pub(super) torn_bytes: u64,
}

/// The segments of a journal in order. Files of other names are left alone.
pub(super) fn segments(dir: &Path) -> Result<Vec<Segment>, JournalError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io("read", dir))? {
        let entry = entry.map_err(io("read", dir))?;
        let path = entry.path();
        let name = entry.file_name();
        let Some(stem) = name.to_str().and_then(|n| n.strip_suffix(".vlj")) else {
            continue;
        };
        let Ok(first) = u64::from_str_radix(stem, 16) else {
            continue;
        };
        let len = entry.metadata().map_err(io("read", &path))?.len();
        found.push(Segment { path, first, len });
    }
    found.sort_by_key(|s| s.first);
    Ok(found)
}

impl Segment {
    pub(super) fn read(
        &self,
        is_last: bool,
        each: &mut impl FnMut(Frame<'_>) -> Result<(), JournalError>,
    ) -> Result<End, JournalError> {
        let bytes = std::fs::read(&self.path).map_err(io("read", &self.path))?;
        let damaged = |offset: usize, detail: &str| JournalError::Damaged {
            path: self.path.clone(),
            offset: offset as u64,
            detail: detail.to_owned(),
        };
        if frame::read_header(&bytes) != Some(self.first) {
            return Err(damaged(
                0,
                "its header is not that of a journal segment of this name",
            ));
        }
        let mut at = frame::HEADER_BYTES;
        let mut position = self.first;
        while at < bytes.len() {
            let Some(read) = frame::decode(&bytes[at..]) else {
                if !is_last || whole_frame_after(&bytes[at + 1..]) {
                    return Err(damaged(
                        at,
                        "a frame fails its checksum and later ones do not",
                    ));
                }
                break;
            };
            each(Frame {
                first: position,
                count: read.count,
                received_at: read.received_at,
                payload: read.payload,
            })?;
            position += u64::from(read.count);
            at += read.bytes;
        }
        Ok(End {
            position,
            len: at as u64,
            torn_bytes: (bytes.len() - at) as u64,
        })
    }
}

/// True when a whole frame begins anywhere in `bytes`.
fn whole_frame_after(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, &frame::FRAME_MAGIC)
        .any(|at| frame::decode(&bytes[at..]).is_some())
}
