//! A block: some records, packed.
//!
//! Records repeat their words, so Snappy makes them several times smaller in less time than the disk would take
//! for the difference. A block is packed by whoever has its records — the decoders, on all processors — and
//! is put into a frame as it is. On the disk:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | number of records, little-endian |
//! | 4 | length of the records |
//! | 4 | length of what follows; equal to the one before where the records are not packed |
//! | … | the records, each behind its length (seven bits a byte, the lowest first), as a raw Snappy stream or plain |

use std::cell::RefCell;

use crate::event::record::{Packer, Unpacker};

/// Length of a block before its records.
const HEAD_BYTES: usize = 12;
/// Fewer bytes are not worth packing.
const MIN_PACKED: usize = 512;
/// Loose records that are packed together, about: a block is unpacked as a whole.
const LOOSE_BYTES: usize = 256 * 1024;
/// No block that this program writes is longer; a longer one is not unpacked.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A compressor and its room, kept by each thread that packs.
struct Compressor {
    encoder: snap::raw::Encoder,
    room: Vec<u8>,
}

thread_local! {
    static COMPRESSOR: RefCell<Compressor> = RefCell::new(Compressor {
        encoder: snap::raw::Encoder::new(),
        room: Vec::new(),
    });
}

impl Compressor {
    /// Packed records behind room for a head; `None` where that is not shorter.
    fn pack(&mut self, records: &[u8]) -> Option<Vec<u8>> {
        let most = snap::raw::max_compress_len(records.len());
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
        // Cannot fail with room for the worst case.
        let n = self.encoder.compress(records, &mut self.room).ok()?;
        (n < records.len()).then(|| [&[0; HEAD_BYTES], &self.room[..n]].concat())
    }
}

/// Packed records, as they lie in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    count: u32,
    bytes: Vec<u8>,
}

impl Block {
    /// Packs `count` records, each put there by [`Block::put`].
    pub fn pack(records: &[u8], count: usize) -> Self {
        let mut bytes = if records.len() >= MIN_PACKED {
            COMPRESSOR.with_borrow_mut(|compressor| compressor.pack(records))
        } else {
            None
        }
        .unwrap_or_else(|| [&[0; HEAD_BYTES], records].concat());
        let head = [
            count as u32,
            records.len() as u32,
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

    /// One that lies in a frame already, as it is.
    pub(super) fn stored(block: &PackedRecords<'_>) -> Self {
        Self {
            count: block.count,
            bytes: block.bytes.to_vec(),
        }
    }

    /// Appends a record to those that a block is to have.
    pub fn put(record: &[u8], records: &mut Vec<u8>) {
        Packer::new(records).number(record.len() as u64);
        records.extend_from_slice(record);
    }

    /// The records of an unpacked block, without their lengths, up to one that is cut short.
    pub fn records(records: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut from = Unpacker::new(records);
        std::iter::from_fn(move || {
            let length = from.number()?;
            from.bytes(length)
        })
    }

    /// How many records.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Its bytes in the journal.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A frame's blocks being made: those that come packed, and between them records that are packed together, all in their order.
#[derive(Debug, Default)]
pub struct Blocks {
    packed: Vec<Block>,
    loose: Vec<u8>,
    count: usize,
}

impl Blocks {
    /// Puts a block behind what is there.
    pub fn push(&mut self, block: Block) {
        self.pack();
        self.packed.push(block);
    }

    /// Puts `count` records, each put there by [`Block::put`].
    pub fn put(&mut self, records: &[u8], count: usize) {
        self.loose.extend_from_slice(records);
        self.count += count;
        if self.loose.len() >= LOOSE_BYTES {
            self.pack();
        }
    }

    /// All of them.
    pub fn finish(mut self) -> Vec<Block> {
        self.pack();
        self.packed
    }

    fn pack(&mut self) {
        if self.count > 0 {
            self.packed.push(Block::pack(&self.loose, self.count));
            self.loose.clear();
            self.count = 0;
        }
    }
}

/// A block that lies in a frame.
#[derive(Debug, Clone, Copy)]
pub struct PackedRecords<'a> {
    /// How many records.
    pub count: u32,
    length: usize,
    stored: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> PackedRecords<'a> {
    /// The first block of some bytes and what follows it; `None` where there is no whole one.
    pub fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let word = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize);
        let (count, length, stored) = (word(0)?, word(4)?, word(8)?);
        let rest = &bytes[HEAD_BYTES..];
        if length > MAX_BYTES || stored > rest.len() {
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

    /// The whole block, head and records.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The records, each with its length, in a room that may have had others; `None` where they do not unpack to what the
    /// head says.
    pub fn unpack<'b>(&self, room: &'b mut Vec<u8>) -> Option<&'b [u8]> {
        room.resize(self.length, 0);
        if self.stored.len() == self.length {
            room.copy_from_slice(self.stored);
        } else {
            if snap::raw::decompress_len(self.stored).ok()? != self.length {
                return None;
            }
            snap::raw::Decoder::new()
                .decompress(self.stored, room)
                .ok()?;
        }
        let (count, length) = Block::records(room).fold((0, 0), |(count, length), record| {
            (
                count + 1,
                length + length_bytes(record.len()) + record.len(),
            )
        });
        (length == self.length && count == self.count).then_some(room)
    }
}

/// Bytes of a record's length.
const fn length_bytes(length: usize) -> usize {
    match length.checked_ilog2() {
        Some(bit) => bit as usize / 7 + 1,
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_come_back_and_damage_never_panics(
            records in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..60),
            at in any::<proptest::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let mut put = Vec::new();
            for record in &records {
                Block::put(record, &mut put);
            }
            let block = Block::pack(&put, records.len());
            let (packed, rest) = PackedRecords::split(block.bytes()).unwrap();
            prop_assert!(rest.is_empty() && packed.count == block.count());
            let mut room = vec![7; usize::from(bit) * 100];
            prop_assert_eq!(packed.unpack(&mut room), Some(&put[..]));
            prop_assert!(Block::records(&put).eq(records.iter().map(|record| &record[..])));
            let mut bytes = block.bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Some((packed, _)) = PackedRecords::split(&bytes) {
                let _ = packed.unpack(&mut room);
            }
        }
    }
}
