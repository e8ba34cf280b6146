//! Reading the journal back: unpacked and decoded on all processors, handed out in order.
//!
//! A thread of its own walks the segments and gathers blocks into waves; a wave's blocks are decoded side by
//! side, and while the next wave is, the caller folds this one.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use parking_lot::Mutex;
use rayon::prelude::*;

use super::{Accepted, IntakeError};
use crate::datadir::DataDir;
use crate::decode::Decoder;
use crate::dedup::DedupIndex;
use crate::event::{Event, EventTime};
use crate::journal::{Block, Frame, Journal, JournalError, PackedRecords, Recovery};

/// Events in a wave.
const WAVE_EVENTS: u64 = 16_384;
/// Waves that may wait for the caller.
const WAVES: usize = 4;

/// A block on its way from a segment to the decoders.
struct Part {
    first: u64,
    received_at: EventTime,
    bytes: Vec<u8>,
}

/// Lists whose events were folded, for the next ones: making new ones costs more than filling them.
type Emptied = Mutex<Vec<Vec<Event>>>;

/// A block's events and the pairs of those that the index does not have on the disk yet.
type Item = (Accepted, Vec<(u128, u64)>);

type Wave = Result<Vec<Item>, IntakeError>;

/// Opens the journal and gives its events from a position on to `each` in order; the index learns those that it lacks.
pub(super) fn replay(
    dir: &DataDir,
    decoder: &Decoder,
    index: &mut DedupIndex,
    from: u64,
    each: &mut dyn FnMut(&Accepted),
) -> Result<(Journal, Recovery), IntakeError> {
    let bounds = Bounds {
        indexed: index.position(),
        from,
    };
    let emptied = Emptied::default();
    let lists = &emptied;
    std::thread::scope(|scope| {
        let (send, waves) = sync_channel::<Wave>(WAVES);
        let reader = scope.spawn(move || read(dir, decoder, bounds, lists, &send));
        let handed_out = hand_out(&waves, index, from, lists, each);
        // Frees a reader that waits for room.
        drop(waves);
        let opened = reader.join().unwrap_or(Err(JournalError::Poisoned));
        handed_out?;
        Ok(opened?)
    })
}

/// Takes waves until there are no more or one cannot be read.
fn hand_out(
    waves: &Receiver<Wave>,
    index: &mut DedupIndex,
    from: u64,
    emptied: &Emptied,
    each: &mut dyn FnMut(&Accepted),
) -> Result<(), IntakeError> {
    for wave in waves {
        let mut position = 0;
        for (mut accepted, pairs) in wave? {
            for (key, content) in pairs {
                index.learn(key, content)?;
            }
            position = accepted.end();
            if position <= from {
                continue;
            }
            let known = from.saturating_sub(accepted.first);
            accepted.events.drain(..known as usize);
            accepted.first += known;
            each(&accepted);
            accepted.events.clear();
            emptied.lock().push(accepted.events);
        }
        if position > index.position() {
            index.settle(position);
        }
    }
    Ok(())
}

/// From where on what is needed.
#[derive(Clone, Copy)]
struct Bounds {
    /// Pairs from here on.
    indexed: u64,
    /// Events from here on.
    from: u64,
}

/// Walks the segments; stops early, with what was read so far, when nobody listens any more.
fn read(
    dir: &DataDir,
    decoder: &Decoder,
    bounds: Bounds,
    emptied: &Emptied,
    send: &SyncSender<Wave>,
) -> Result<(Journal, Recovery), JournalError> {
    let mut parts: Vec<Part> = Vec::new();
    let mut gathered = 0;
    let needed = bounds.from.min(bounds.indexed);
    let opened = Journal::open_from(&dir.journal(), needed, |frame: Frame<'_>| {
        let mut first = frame.first;
        if first + u64::from(frame.count) <= needed {
            return Ok(());
        }
        for block in frame.blocks() {
            parts.push(Part {
                first,
                received_at: frame.received_at,
                bytes: block.bytes().to_vec(),
            });
            first += u64::from(block.count);
        }
        gathered += u64::from(frame.count);
        if gathered >= WAVE_EVENTS {
            gathered = 0;
            // An error means that the caller stopped at a wave before; it says why.
            let wave = decode(
                &std::mem::take(&mut parts),
                decoder,
                bounds.indexed,
                emptied,
            );
            let _ = send.send(wave);
        }
        Ok(())
    })?;
    let _ = send.send(decode(&parts, decoder, bounds.indexed, emptied));
    Ok(opened)
}

fn decode(parts: &[Part], decoder: &Decoder, indexed: u64, emptied: &Emptied) -> Wave {
    parts
        .par_iter()
        .map_init(Vec::new, |room, part| {
            let events = emptied.lock().pop().unwrap_or_default();
            decode_part(part, decoder, indexed, room, events)
        })
        .collect()
}

fn decode_part(
    part: &Part,
    decoder: &Decoder,
    indexed: u64,
    room: &mut Vec<u8>,
    mut events: Vec<Event>,
) -> Result<Item, IntakeError> {
    let unreadable = |position: u64, detail: &str| IntakeError::Unreadable {
        position,
        detail: detail.to_owned(),
    };
    let (block, _) = PackedRecords::split(&part.bytes)
        .ok_or_else(|| unreadable(part.first, "its block is cut short"))?;
    let records = block
        .unpack(room)
        .ok_or_else(|| unreadable(part.first, "its block does not unpack"))?;
    events.reserve(block.count as usize);
    let mut pairs = Vec::new();
    for (position, record) in (part.first..).zip(Block::records(records)) {
        let event = Event::unpack(record)
            .ok_or_else(|| unreadable(position, "its record is of no event"))?;
        if position >= indexed {
            pairs.push((decoder.identity(&event), decoder.content(record)));
        }
        events.push(event);
    }
    let accepted = Accepted {
        first: part.first,
        received_at: part.received_at,
        is_live: false,
        events,
    };
    Ok((accepted, pairs))
}
