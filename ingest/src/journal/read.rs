//! Reading segments back: every whole frame in order, a torn tail told from damage.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::block::PackedRecords;
use super::files::Files;
use super::{JournalError, frame, io};
use crate::event::EventTime;

/// How often the last segment is read again when a frame was being written under the reading.
const READINGS: u32 = 5;
/// Pause between two such readings.
const PAUSE: Duration = Duration::from_millis(50);

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
    /// The blocks of the events' records.
    pub fn blocks(&self) -> impl Iterator<Item = PackedRecords<'a>> + use<'a> {
        let mut rest = self.payload;
        std::iter::from_fn(move || {
            let (block, after) = PackedRecords::split(rest)?;
            rest = after;
            Some(block)
        })
    }

    /// True where its blocks fill it and have as many records as it says.
    fn is_sound(&self) -> bool {
        let (mut rest, mut count) = (self.payload, 0);
        while let Some((block, after)) = PackedRecords::split(rest) {
            count += u64::from(block.count);
            rest = after;
        }
        rest.is_empty() && count == u64::from(self.count)
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

/// Where the whole frames of a segment end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Position after the last event.
    pub position: u64,
    /// Bytes up to there.
    pub len: u64,
    /// Bytes behind, of a frame that is not whole.
    pub torn_bytes: u64,
    /// Where the last frame begins; 0 where there is none.
    last_frame: u64,
}

/// Where reading a segment ended.
pub(super) struct End {
    pub(super) position: u64,
    pub(super) len: u64,
    pub(super) torn_bytes: u64,
    /// The segment's bytes from its last frame on, or from its header where it has none.
    pub(super) last: Vec<u8>,
}

/// The segments of a journal in order. Files of other names are left alone.
pub(super) fn segments(files: &impl Files, dir: &Path) -> Result<Vec<Segment>, JournalError> {
    let mut found = Vec::new();
    for (path, len) in files.list(dir).map_err(io("read", dir))? {
        let name = path.file_name().and_then(|n| n.to_str());
        let Some(stem) = name.and_then(|n| n.strip_suffix(".vlj")) else {
            continue;
        };
        let Ok(first) = u64::from_str_radix(stem, 16) else {
            continue;
        };
        found.push(Segment { path, first, len });
    }
    found.sort_by_key(|s| s.first);
    Ok(found)
}

impl Segment {
    /// True for the bytes of a segment whose creation was cut short: its header is not whole, and it never
    /// had a frame.
    pub fn is_unborn(bytes: &[u8]) -> bool {
        frame::read_header(bytes).is_none() && !whole_frame_after(bytes)
    }

    /// Takes the length that its file has now.
    pub fn look_again(&mut self) -> Result<(), JournalError> {
        let meta = std::fs::metadata(&self.path).map_err(io("read", &self.path))?;
        self.len = meta.len();
        Ok(())
    }

    /// Its bytes up to the length that it was found with: what a program wrote since is left out.
    pub fn load(&self) -> Result<Vec<u8>, JournalError> {
        use std::io::Read as _;
        let mut bytes = Vec::with_capacity(self.len as usize);
        std::fs::File::open(&self.path)
            .and_then(|file| file.take(self.len).read_to_end(&mut bytes))
            .map_err(io("read", &self.path))?;
        Ok(bytes)
    }

    /// Fails where it does not begin at the position at which the segment before it ended.
    pub fn check_follows(&self, position: u64) -> Result<(), JournalError> {
        if self.first == position {
            return Ok(());
        }
        Err(JournalError::Damaged {
            path: self.path.clone(),
            offset: 0,
            detail: format!(
                "it begins at event {} where {position} was expected: a segment is missing",
                self.first
            ),
        })
    }

    pub(super) fn read(
        &self,
        files: &impl Files,
        is_last: bool,
        each: &mut impl FnMut(Frame<'_>) -> Result<(), JournalError>,
    ) -> Result<End, JournalError> {
        let bytes = files.read(&self.path).map_err(io("read", &self.path))?;
        let extent = self.walk(&bytes, is_last, each)?;
        Ok(End {
            position: extent.position,
            len: extent.len,
            torn_bytes: extent.torn_bytes,
            last: if is_last {
                bytes[extent.last_frame as usize..extent.len as usize].to_vec()
            } else {
                Vec::new()
            },
        })
    }

    /// Its whole frames while a program may be writing to it, and where they end; `None` for one whose creation
    /// is under way or was cut short.
    pub fn read_live(&self, is_last: bool) -> Result<Option<(Vec<u8>, Extent)>, JournalError> {
        let mut segment = self.clone();
        let mut reading = 1;
        loop {
            let mut bytes = segment.load()?;
            if is_last && Self::is_unborn(&bytes) {
                return Ok(None);
            }
            match segment.walk(&bytes, is_last, &mut |_| Ok(())) {
                Ok(extent) => {
                    bytes.truncate(extent.len as usize);
                    return Ok(Some((bytes, extent)));
                }
                // A frame that was half written when it was read is whole a moment later.
                Err(JournalError::Damaged { .. }) if is_last && reading < READINGS => {
                    reading += 1;
                    std::thread::sleep(PAUSE);
                    segment.look_again()?;
                }
                Err(e) => return Err(e),
            }
        }
    }

    /// Gives every whole frame that can be found in its bytes to `each`, whatever is damaged before, between and after them: for who
    /// would rather have what is left than nothing. Positions are those of a segment of nothing but these. Answers how many bytes are
    /// no part of a frame.
    pub fn salvage<'a>(&self, bytes: &'a [u8], each: &mut impl FnMut(Frame<'a>)) -> u64 {
        let mut at = frame::HEADER_BYTES.min(bytes.len());
        let (mut position, mut lost) = (self.first, 0);
        while at < bytes.len() {
            let read = frame::decode(&bytes[at..]);
            let frame = read.as_ref().map(|read| Frame {
                first: position,
                count: read.count,
                received_at: read.received_at,
                payload: read.payload,
            });
            match (read, frame) {
                (Some(read), Some(frame)) if frame.is_sound() => {
                    each(frame);
                    position += u64::from(read.count);
                    at += read.bytes;
                }
                _ => {
                    let rest = &bytes[at + 1..];
                    let next = memchr::memmem::find(rest, &frame::FRAME_MAGIC);
                    let step = next.unwrap_or(rest.len()) + 1;
                    lost += step as u64;
                    at += step;
                }
            }
        }
        lost
    }

    /// Gives every whole frame of its bytes to `each` in order. A tail that is not whole is damage but in the
    /// last segment.
    pub fn walk<'a>(
        &self,
        bytes: &'a [u8],
        is_last: bool,
        each: &mut impl FnMut(Frame<'a>) -> Result<(), JournalError>,
    ) -> Result<Extent, JournalError> {
        let damaged = |offset: usize, detail: &str| JournalError::Damaged {
            path: self.path.clone(),
            offset: offset as u64,
            detail: detail.to_owned(),
        };
        match frame::read_header(bytes) {
            Some((version, _)) if version != frame::VERSION => {
                return Err(JournalError::Version {
                    path: self.path.clone(),
                    found: char::from(version),
                    ours: char::from(frame::VERSION),
                });
            }
            Some((_, first)) if first == self.first => {}
            _ => {
                return Err(damaged(
                    0,
                    "its header is not that of a journal segment of this name",
                ));
            }
        }
        let mut at = frame::HEADER_BYTES;
        let mut position = self.first;
        let mut last = 0;
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
            let frame = Frame {
                first: position,
                count: read.count,
                received_at: read.received_at,
                payload: read.payload,
            };
            if !frame.is_sound() {
                return Err(damaged(
                    at,
                    "a frame passes its checksum and has no whole blocks",
                ));
            }
            each(frame)?;
            position += u64::from(read.count);
            last = at;
            at += read.bytes;
        }
        Ok(Extent {
            position,
            len: at as u64,
            torn_bytes: (bytes.len() - at) as u64,
            last_frame: last as u64,
        })
    }
}

/// True when a whole frame begins anywhere in `bytes`.
fn whole_frame_after(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, &frame::FRAME_MAGIC)
        .any(|at| frame::decode(&bytes[at..]).is_some())
}
