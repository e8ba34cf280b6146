//! A block: some canonical lines, packed.
//!
//! Lines repeat their words, so Snappy makes them several times smaller in less time than the disk would take
//! for the difference. A block is packed by whoever has its lines — the decoders, on all processors — and
//! is put into a frame as it is. On the disk:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | number of lines, little-endian |
//! | 4 | length of the lines |
//! | 4 | length of what follows; equal to the one before where the lines are not packed |
//! | … | the lines, each ended by `\n`, as a raw Snappy stream or plain |

use std::borrow::Cow;
use std::cell::RefCell;

/// Length of a block before its lines.
const HEAD_BYTES: usize = 12;
/// Fewer bytes are not worth packing.
const MIN_PACKED: usize = 512;
/// No block that this program writes is longer; a longer one is not unpacked.
const MAX_LINES_BYTES: usize = 64 * 1024 * 1024;

/// A compressor and its room, kept by each thread that packs.
struct Packer {
    encoder: snap::raw::Encoder,
    room: Vec<u8>,
}

thread_local! {
    static PACKER: RefCell<Packer> = RefCell::new(Packer {
        encoder: snap::raw::Encoder::new(),
        room: Vec::new(),
    });
}

impl Packer {
    /// Packed lines behind room for a head; `None` where that is not shorter.
    fn pack(&mut self, lines: &[u8]) -> Option<Vec<u8>> {
        let most = snap::raw::max_compress_len(lines.len());
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
        // Cannot fail with room for the worst case.
        let n = self.encoder.compress(lines, &mut self.room).ok()?;
        (n < lines.len()).then(|| [&[0; HEAD_BYTES], &self.room[..n]].concat())
    }
}

/// Packed lines, as they lie in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    count: u32,
    bytes: Vec<u8>,
}

impl Block {
    /// Packs `count` lines, each with its line end.
    pub fn pack(lines: &[u8], count: usize) -> Self {
        let mut bytes = if lines.len() >= MIN_PACKED {
            PACKER.with_borrow_mut(|packer| packer.pack(lines))
        } else {
            None
        }
        .unwrap_or_else(|| [&[0; HEAD_BYTES], lines].concat());
        let head = [
            count as u32,
            lines.len() as u32,
            (bytes.len() - HEAD_BYTES) as u32,
        ];
        for (at, word) in head.into_iter().enumerate() {
            bytes[at * 4..at * 4 + 4].copy_from_slice(&word.to_le_bytes());
        }
        Self {
            count: count as u32,
            bytes,
        }
    }

    /// The lines of an unpacked text, without their ends.
    pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        memchr::memchr_iter(b'\n', text).map(move |end| {
            let line = &text[begin..end];
            begin = end + 1;
            line
        })
    }

    /// How many lines.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Its bytes in the journal.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A block that lies in a frame.
#[derive(Debug, Clone, Copy)]
pub struct PackedLines<'a> {
    /// How many lines.
    pub count: u32,
    length: usize,
    stored: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> PackedLines<'a> {
    /// The first block of some bytes and what follows it; `None` where there is no whole one.
    pub fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
        let (count, length, stored) = (word(0)?, word(4)?, word(8)?);
        let rest = &bytes[HEAD_BYTES..];
        if length > MAX_LINES_BYTES || stored > rest.len() {
            return None;
        }
        let (stored, rest) = rest.split_at(stored);
        let block = Self {
            count: count as u32,
            length,
            stored,
            bytes: &bytes[..HEAD_BYTES + stored.len()],
        };
        Some((block, rest))
    }

    /// The whole block, head and lines.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The lines, each with its line end; `None` where they do not unpack to what the head says.
    pub fn unpack(&self) -> Option<Cow<'a, [u8]>> {
        let lines = if self.stored.len() == self.length {
            Cow::Borrowed(self.stored)
        } else {
            if snap::raw::decompress_len(self.stored).ok()? != self.length {
                return None;
            }
            Cow::Owned(snap::raw::Decoder::new().decompress_vec(self.stored).ok()?)
        };
        let ends = memchr::memchr_iter(b'\n', &lines).count();
        (lines.len() == self.length && ends == self.count as usize).then_some(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_come_back_and_damage_never_panics(
            lines in proptest::collection::vec("[a-z{}\":]{0,60}", 0..60),
            at in any::<proptest::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let mut text = lines.join("\n");
            if !lines.is_empty() {
                text.push('\n');
            }
            let block = Block::pack(text.as_bytes(), lines.len());
            let (packed, rest) = PackedLines::split(block.bytes()).unwrap();
            prop_assert!(rest.is_empty() && packed.count == block.count());
            let unpacked = packed.unpack();
            prop_assert_eq!(unpacked.as_deref(), Some(text.as_bytes()));
            let mut bytes = block.bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Some((packed, _)) = PackedLines::split(&bytes) {
                let _ = packed.unpack();
            }
        }
    }
}
