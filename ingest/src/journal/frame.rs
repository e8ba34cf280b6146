//! The bytes of a frame and of a segment's header. Pure; see the journal's text for the layout.

use super::block::Block;
use crate::event::EventTime;

/// Length of a segment's header.
pub(super) const HEADER_BYTES: usize = 16;
/// Length of a frame before its payload.
pub(super) const FRAME_BYTES: usize = 24;
/// First bytes of every frame; recovery searches for them.
pub(super) const FRAME_MAGIC: [u8; 4] = *b"VLF2";
/// First bytes of a segment of any version.
const SEGMENT_MAGIC: [u8; 7] = *b"VLJOURN";
/// The version of the format that this program writes, the only one that it reads.
pub(super) const VERSION: u8 = b'3';

pub(super) fn header(first: u64) -> [u8; HEADER_BYTES] {
    let mut bytes = [0; HEADER_BYTES];
    bytes[..7].copy_from_slice(&SEGMENT_MAGIC);
    bytes[7] = VERSION;
    bytes[8..].copy_from_slice(&first.to_le_bytes());
    bytes
}

/// The version and first position of a segment, `None` when these are not the bytes of a header.
pub(super) fn read_header(bytes: &[u8]) -> Option<(u8, u64)> {
    let (magic, rest) = bytes.split_first_chunk::<7>()?;
    let (version, rest) = rest.split_first()?;
    let first = rest.first_chunk::<8>()?;
    (*magic == SEGMENT_MAGIC).then(|| (*version, u64::from_le_bytes(*first)))
}

/// Appends a frame; answers the number of events in it.
pub(super) fn encode<'a>(
    received_at: EventTime,
    blocks: impl Iterator<Item = &'a Block>,
    out: &mut Vec<u8>,
) -> u32 {
    let start = out.len();
    out.extend_from_slice(&FRAME_MAGIC);
    out.extend_from_slice(&[0; 12]);
    out.extend_from_slice(&received_at.0.to_le_bytes());
    let mut count = 0_u32;
    for block in blocks {
        out.extend_from_slice(block.bytes());
        count += block.count();
    }
    let length = (out.len() - start - FRAME_BYTES) as u32;
    out[start + 12..start + 16].copy_from_slice(&count.to_le_bytes());
    let crc = crc32fast::hash(&out[start + 12..]);
    out[start + 4..start + 8].copy_from_slice(&length.to_le_bytes());
    out[start + 8..start + 12].copy_from_slice(&crc.to_le_bytes());
    count
}

/// A frame read back.
pub(super) struct Read<'a> {
    pub(super) count: u32,
    pub(super) received_at: EventTime,
    pub(super) payload: &'a [u8],
    pub(super) bytes: usize,
}

/// Reads the frame at the beginning of `bytes`; `None` when there is no whole one.
pub(super) fn decode(bytes: &[u8]) -> Option<Read<'_>> {
    let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    if !bytes.starts_with(&FRAME_MAGIC) {
        return None;
    }
    let length = word(4)? as usize;
    let end = FRAME_BYTES.checked_add(length)?;
    let checked = bytes.get(12..end)?;
    if crc32fast::hash(checked) != word(8)? {
        return None;
    }
    let received_at = EventTime(i64::from_le_bytes(*bytes.get(16..)?.first_chunk()?));
    let payload = &bytes[FRAME_BYTES..end];
    Some(Read {
        count: word(12)?,
        received_at,
        payload,
        bytes: end,
    })
}
