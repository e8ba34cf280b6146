//! The states of many groups side by side.
//!
//! A question by site and quarter of an hour has over a million groups of about seven waits. Each group
//! is eight bytes here, and its values lie in a block of an arena, of 8, 16, 32 or 64 places. A group
//! that outgrows its block moves to one of twice the size and leaves the old one to the next group that
//! needs such a block. Beyond [`EXACT`] values it is counted, in an allocation of its own. The arena grows
//! by chunks, which never move.

use super::counted::Counted;
use super::histogram::{Damaged, EXACT, Encoded, View};

/// Places of the smallest block.
const SMALLEST: usize = 8;
/// Classes of blocks, each of twice the places of the one before.
const CLASSES: usize = (EXACT / SMALLEST).ilog2() as usize + 1;
/// As `len` and `places`: the group is counted, and `at` is where in `counted`.
const COUNTED: u8 = u8::MAX;

/// Places of a chunk; a block lies in one chunk.
const CHUNK: usize = 1 << 15;

/// Blocks of values.
#[derive(Debug, Default)]
struct Arena {
    /// Each with room for [`CHUNK`] places, and as long as it has blocks.
    chunks: Vec<Vec<f64>>,
    /// Starts of blocks given back, by class.
    free: [Vec<u32>; CLASSES],
}

impl Arena {
    /// A block of a power of two of places.
    fn take(&mut self, places: usize) -> Result<u32, Refused> {
        if let Some(at) = self.free[class(places)].pop() {
            return Ok(at);
        }
        let full = self.chunks.last().is_none_or(|c| c.len() + places > CHUNK);
        if full {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let whole = (self.chunks.len() - 1) * CHUNK;
        let chunk = self.chunks.last_mut().ok_or(Refused::Full)?;
        let at = u32::try_from(whole + chunk.len()).map_err(|_| Refused::Full)?;
        chunk.resize(chunk.len() + places, 0.0);
        Ok(at)
    }

    fn give_back(&mut self, at: u32, places: usize) {
        self.free[class(places)].push(at);
    }

    fn values(&self, at: u32, len: usize) -> &[f64] {
        let start = at as usize % CHUNK;
        self.chunks
            .get(at as usize / CHUNK)
            .map_or(&[], |chunk| &chunk[start..start + len])
    }

    fn values_mut(&mut self, at: u32, len: usize) -> &mut [f64] {
        let start = at as usize % CHUNK;
        self.chunks
            .get_mut(at as usize / CHUNK)
            .map_or(&mut [], |chunk| &mut chunk[start..start + len])
    }

    #[inline]
    fn set(&mut self, at: u32, offset: u8, x: f64) {
        let place = at as usize + usize::from(offset);
        self.chunks[place / CHUNK][place % CHUNK] = x;
    }

    /// Copies the first values of a block to another.
    fn copy(&mut self, from: u32, to: u32, len: usize) {
        if len == 0 {
            return;
        }
        let (from_chunk, from) = (from as usize / CHUNK, from as usize % CHUNK);
        let (to_chunk, to) = (to as usize / CHUNK, to as usize % CHUNK);
        if from_chunk == to_chunk {
            self.chunks[to_chunk].copy_within(from..from + len, to);
        } else if let Ok([old, new]) = self.chunks.get_disjoint_mut([from_chunk, to_chunk]) {
            new[to..to + len].copy_from_slice(&old[from..from + len]);
        }
    }

    fn bytes(&self) -> usize {
        let free: usize = self.free.iter().map(Vec::capacity).sum();
        self.chunks.len() * CHUNK * size_of::<f64>() + free * size_of::<u32>()
    }
}

fn class(places: usize) -> usize {
    (places / SMALLEST).ilog2() as usize
}

/// Where a group's values are.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// Start of the block in the arena, or index of the counts.
    at: u32,
    len: u8,
    /// Size of the block; 0 before the first value.
    places: u8,
}

/// States of groups numbered from 0: of each what a [`Histogram`](super::Histogram) would be.
#[derive(Debug, Default)]
pub(super) struct Groups {
    slots: Vec<Slot>,
    arena: Arena,
    counted: Vec<Option<Box<Counted>>>,
    /// Indices of `counted` given back.
    vacant: Vec<u32>,
    /// Bytes of all that is counted.
    counted_bytes: usize,
}

/// There is no room for more groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// The arena is full: 2³² places.
    #[error("too many waits in one question; ask about a shorter span")]
    Full,
    /// A serialised state cannot be read.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

impl Groups {
    /// Makes room for so many groups.
    pub(super) fn resize(&mut self, groups: usize) {
        if groups > self.slots.len() {
            self.slots.resize(groups, Slot::default());
        }
    }

    /// Adds a value to a group; what is not finite is skipped.
    #[inline]
    pub(super) fn push(&mut self, group: usize, seconds: f64) -> Result<(), Refused> {
        if !seconds.is_finite() {
            return Ok(());
        }
        // Minus zero becomes zero.
        let x = seconds + 0.0;
        let slot = &mut self.slots[group];
        if slot.len < slot.places {
            self.arena.set(slot.at, slot.len, x);
            slot.len += 1;
            return Ok(());
        }
        self.push_further(group, x)
    }

    /// Adds a value to a group that has no place left in its block.
    #[cold]
    #[inline(never)]
    fn push_further(&mut self, group: usize, x: f64) -> Result<(), Refused> {
        let slot = self.slots[group];
        if slot.places == COUNTED {
            self.change(slot, |counted| counted.push(x));
            return Ok(());
        }
        if usize::from(slot.len) == EXACT {
            let values = self.arena.values_mut(slot.at, EXACT);
            let mut counted = Box::new(Counted::of(values));
            counted.push(x);
            self.give_back(slot);
            return self.count(group, counted);
        }
        self.reserve(group, 1)?;
        let slot = &mut self.slots[group];
        self.arena.set(slot.at, slot.len, x);
        slot.len += 1;
        Ok(())
    }

    /// Gives a group a block with room for `more` values, at most [`EXACT`] in all.
    fn reserve(&mut self, group: usize, more: usize) -> Result<(), Refused> {
        let slot = self.slots[group];
        let len = usize::from(slot.len);
        if len + more <= usize::from(slot.places) {
            return Ok(());
        }
        let places = (len + more).next_power_of_two().max(SMALLEST);
        let at = self.arena.take(places)?;
        self.arena.copy(slot.at, at, len);
        self.give_back(slot);
        self.slots[group] = Slot {
            at,
            len: slot.len,
            places: places as u8,
        };
        Ok(())
    }

    /// Adds a serialised state to a group.
    pub(super) fn merge_encoded(&mut self, group: usize, bytes: &[u8]) -> Result<(), Refused> {
        let slot = self.slots[group];
        match Encoded::read(bytes)? {
            Encoded::Exact(values) => {
                let room = slot.places != COUNTED && usize::from(slot.len) + values.len() <= EXACT;
                if !room {
                    return values.into_iter().try_for_each(|x| self.push(group, x));
                }
                let more = values.len();
                self.reserve(group, more)?;
                let slot = &mut self.slots[group];
                let len = usize::from(slot.len);
                let places = &mut self.arena.values_mut(slot.at, len + more)[len..];
                for (place, x) in places.iter_mut().zip(values) {
                    *place = x;
                }
                slot.len += more as u8;
                Ok(())
            }
            Encoded::Counted(theirs) if slot.places == COUNTED => {
                self.change(slot, |counted| counted.merge(&theirs));
                Ok(())
            }
            Encoded::Counted(mut theirs) => {
                for x in self.arena.values(slot.at, usize::from(slot.len)) {
                    theirs.push(*x);
                }
                self.give_back(slot);
                self.count(group, theirs)
            }
        }
    }

    /// Changes the counts of a counted group.
    fn change(&mut self, slot: Slot, change: impl FnOnce(&mut Counted)) {
        if let Some(counted) = &mut self.counted[slot.at as usize] {
            let before = counted.heap();
            change(counted);
            self.counted_bytes += counted.heap();
            self.counted_bytes -= before;
        }
    }

    /// Makes a group a counted one.
    fn count(&mut self, group: usize, counted: Box<Counted>) -> Result<(), Refused> {
        self.counted_bytes += size_of::<Counted>() + counted.heap();
        let at = if let Some(at) = self.vacant.pop() {
            self.counted[at as usize] = Some(counted);
            at
        } else {
            let at = u32::try_from(self.counted.len()).map_err(|_| Refused::Full)?;
            self.counted.push(Some(counted));
            at
        };
        self.slots[group] = Slot {
            at,
            len: COUNTED,
            places: COUNTED,
        };
        Ok(())
    }

    /// Takes a group's memory back.
    fn give_back(&mut self, slot: Slot) {
        match slot.places {
            0 => {}
            COUNTED => {
                if let Some(counted) = self.counted[slot.at as usize].take() {
                    self.counted_bytes -= size_of::<Counted>() + counted.heap();
                    self.vacant.push(slot.at);
                }
            }
            places => self.arena.give_back(slot.at, usize::from(places)),
        }
    }

    /// Shows the first `n` groups in order, each with its values in order.
    pub(super) fn show(&mut self, n: usize, mut each: impl FnMut(View<'_>)) {
        for slot in &self.slots[..n] {
            if slot.places == COUNTED {
                if let Some(counted) = &self.counted[slot.at as usize] {
                    each(View::Counted(counted));
                }
            } else {
                let values = self.arena.values_mut(slot.at, usize::from(slot.len));
                each(View::exact(values));
            }
        }
    }

    /// Shows the first `n` groups in order as what another [`Groups`] merges: nothing, the only value, or a
    /// serialised state, which may have its values in any order.
    pub(super) fn show_parts(&self, n: usize, mut each: impl FnMut(Part<'_>)) {
        for slot in &self.slots[..n] {
            match (slot.places, slot.len) {
                (COUNTED, _) => {
                    if let Some(counted) = &self.counted[slot.at as usize] {
                        each(Part::Many(View::Counted(counted)));
                    }
                }
                (_, 0) => each(Part::None),
                (_, len) => each(match self.arena.values(slot.at, usize::from(len)) {
                    [only] => Part::One(*only),
                    values => Part::Many(View::Exact(values)),
                }),
            }
        }
    }

    /// Forgets the first `n` groups; the others move to the front.
    pub(super) fn forget(&mut self, n: usize) {
        if n >= self.slots.len() {
            *self = Self::default();
            return;
        }
        for at in 0..n {
            self.give_back(self.slots[at]);
        }
        self.slots.drain(..n);
    }

    /// How many groups there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Bytes of memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
            + self.arena.bytes()
            + self.vacant.capacity() * size_of::<u32>()
            + self.counted.capacity() * size_of::<Option<Box<Counted>>>()
            + self.counted_bytes
    }
}

/// What is handed from one [`Groups`] to another.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// A group without values.
    None,
    /// A group's only value.
    One(f64),
    /// A state to serialise; values are in any order.
    Many(View<'a>),
}
