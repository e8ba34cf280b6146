//! The intake: decoded batches in, durable and new events out, exactly once.
//!
//! One intake serialises all batches. A call to [`Intake::commit`] takes a group of them — what arrived
//! while the last group was being made durable — and does, in this order:
//!
//! 1. tell new pairs from duplicates, against the index, which learns the new ones;
//! 2. ask whether the disk has room for the new records ([`crate::room`]), and append them to the journal as
//!    one frame, durable on return;
//! 3. hand out the new events and a receipt a batch.
//!
//! When step 2 fails nothing of the group is taken: the index forgets its pairs, and the senders are told.
//! How the index keeps pairs, and what it does when the disk refuses them, is its own business
//! ([`crate::dedup`]).
//!
//! [`Writer`] puts an intake on a thread of its own behind a bounded queue.

mod replay;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::datadir::DataDir;
use crate::decode::{Batch, Chunk, Decoder, Rejection};
use crate::dedup::{DedupError, DedupIndex, Known};
use crate::event::{Event, EventTime};
use crate::journal::{self, Blocks, Journal, JournalError, Recovery};
use crate::room::{Limits, Room, Shortage};

/// Batches are joined to a group until it has so many events: more would leave the processor's cache.
const GROUP_EVENTS: usize = 30_000;
/// Batches that may wait for the writer.
const QUEUE_BATCHES: usize = 256;

/// Events that are durable and were not known before, in consecutive places of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The place of the first, from 0.
    pub first: u64,
    /// When they arrived.
    pub received_at: EventTime,
    /// They came from where they happened, as they happened; never of what is read back from the journal.
    pub is_live: bool,
    /// The events.
    pub events: Vec<Event>,
}

impl Accepted {
    /// Each event with its place in the journal.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Event)> {
        let events = self.events.iter().enumerate();
        events.map(|(i, event)| (self.first + i as u64, event))
    }

    /// The place after the last.
    pub fn end(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

/// What became of a batch's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// New events, now durable.
    pub accepted: u64,
    /// Lines whose pair was known.
    pub duplicate: u64,
    /// Those of the duplicates that say something else than the first.
    pub conflicting: u64,
    /// Lines refused, with reasons.
    pub rejected: Vec<Rejection>,
    /// Unknown fields left out.
    pub dropped_fields: u64,
    /// Journal position after the batch.
    pub position: u64,
}

/// Why a group was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The index could not be read.
    #[error(transparent)]
    Dedup(#[from] DedupError),
    /// A line of the journal passed its checksum but cannot be read.
    #[error(
        "event {position} of the journal cannot be read ({detail}); was it written by a newer program?"
    )]
    Unreadable {
        /// Its position.
        position: u64,
        /// Why.
        detail: String,
    },
    /// The index failed and cannot be opened again yet.
    #[error("the duplicate index cannot be opened; free disk space and send again")]
    IndexAway,
    /// The disk has no room; the senders are to come again.
    #[error(transparent)]
    NoRoom(#[from] Shortage),
    /// The writer's queue is full.
    #[error("events arrive faster than the disk takes them; send again in a second")]
    Overloaded,
    /// The writer has stopped.
    #[error("the server is stopping; send again to the next one")]
    Stopped,
}

impl IntakeError {
    /// True where sending the same batch again may succeed.
    pub fn can_retry(&self) -> bool {
        match self {
            Self::Journal(e) => e.can_retry(),
            Self::NoRoom(_) | Self::Overloaded | Self::Stopped | Self::IndexAway => true,
            Self::Dedup(_) | Self::Unreadable { .. } => false,
        }
    }
}

/// Journal and index, open.
#[derive(Debug)]
pub struct Intake {
    journal: Journal,
    index: DedupIndex,
    room: Arc<Room>,
}

impl Intake {
    /// Opens the intake of a data directory, giving every event of the journal from a position on to `each` in order.
    pub fn open(
        dir: &DataDir,
        decoder: &Decoder,
        from: u64,
        mut each: impl FnMut(&Accepted),
    ) -> Result<(Self, Recovery), IntakeError> {
        let mut index = open_index(dir)?;
        let begin = journal::begin(&dir.journal())?;
        if index.position() < begin {
            tracing::warn!(
                "the duplicate index lacks the events before {begin}, which the journal holds no longer: one of them that is sent again is counted as accepted, and changes no figure"
            );
            index.begin_at(begin);
        }
        let (mut journal, recovery) = replay::replay(dir, decoder, &mut index, from, &mut each)?;
        if index.position() > journal.position() {
            // Ahead of the journal: the journal was restored from an older copy. Made anew.
            drop((index, journal));
            discard_index(dir)?;
            index = open_index(dir)?;
            index.begin_at(begin);
            (journal, _) = replay::replay(dir, decoder, &mut index, u64::MAX, &mut |_| {})?;
        }
        let room = Arc::new(Room::new(
            &dir.journal(),
            Limits::default(),
            journal.bytes(),
        ));
        let intake = Self {
            journal,
            index,
            room,
        };
        Ok((intake, recovery))
    }

    /// Sets what it may take of the disk, instead of the default.
    pub fn limit(&mut self, dir: &DataDir, limits: Limits) {
        let room = Room::new(&dir.journal(), limits, self.journal.bytes());
        self.room = Arc::new(room);
        self.journal.set_segment_bytes(limits.segment.0);
    }

    /// A whole file of about so many events is taken, and then it ends.
    pub fn expect_many(&mut self, events: usize) {
        self.index.expect_many(events);
    }

    /// The room that it has.
    pub fn room(&self) -> Arc<Room> {
        Arc::clone(&self.room)
    }

    /// Journal position after the last event.
    pub const fn position(&self) -> u64 {
        self.journal.position()
    }

    /// Takes a group of batches; see the module's text.
    pub fn commit(
        &mut self,
        batches: Vec<Batch>,
        received_at: EventTime,
    ) -> Result<(Vec<Receipt>, Vec<Accepted>), IntakeError> {
        if self.index.is_full() {
            self.index.settle(self.journal.position());
        }
        if self.index.is_full() {
            return Err(IntakeError::IndexAway);
        }
        let mut group = Group {
            position: self.journal.position(),
            received_at,
            accepted: Vec::new(),
            learnt: Vec::new(),
            blocks: Blocks::default(),
        };
        let taken = batches
            .into_iter()
            .map(|batch| group.take(batch, &mut self.index))
            .collect::<Result<Vec<Receipt>, DedupError>>();
        let blocks = group.blocks.finish();
        let appended = taken.map_err(IntakeError::from).and_then(|receipts| {
            let more = self.journal.cost(&blocks);
            // A group that is wholly known needs none, and its senders must hear that it is.
            if more > 0 {
                self.room.ask(more)?;
            }
            self.journal.append(received_at, &blocks)?;
            if more > 0 {
                self.room.taken(self.journal.bytes());
            }
            Ok(receipts)
        });
        match appended {
            Ok(receipts) => {
                self.index.settle(self.journal.position());
                Ok((receipts, group.accepted))
            }
            Err(e) => {
                for key in group.learnt {
                    self.index.forget(key);
                }
                Err(e)
            }
        }
    }

    /// Gives up the begin of the journal: see [`Journal::retire`]. What the index does not have on the disk yet stays.
    pub fn retire(&mut self, before: u64, arrived_before: EventTime) -> Result<u64, IntakeError> {
        let before = before.min(self.index.position());
        let removed = self.journal.retire(before, arrived_before)?;
        if removed > 0 {
            self.room.taken(self.journal.bytes());
        }
        Ok(removed)
    }

    /// Brings the index on the disk up to the journal, so that the next start has little to read.
    pub fn flush_index(&mut self) {
        if let Err(e) = self.index.flush(self.journal.position()) {
            tracing::warn!(error = %e, "the next start reads more of the journal");
        }
    }
}

/// A group being made.
struct Group {
    position: u64,
    received_at: EventTime,
    accepted: Vec<Accepted>,
    learnt: Vec<u128>,
    blocks: Blocks,
}

impl Group {
    fn take(&mut self, batch: Batch, index: &mut DedupIndex) -> Result<Receipt, DedupError> {
        let mut receipt = Receipt {
            rejected: batch.rejected,
            dropped_fields: batch.dropped_fields,
            ..Receipt::default()
        };
        for chunk in batch.chunks {
            self.take_chunk(chunk, batch.is_live, &mut receipt, index)?;
        }
        receipt.position = self.position;
        Ok(receipt)
    }

    fn take_chunk(
        &mut self,
        chunk: Chunk,
        is_live: bool,
        receipt: &mut Receipt,
        index: &mut DedupIndex,
    ) -> Result<(), DedupError> {
        let mut is_new = Vec::with_capacity(chunk.decoded.len());
        for decoded in &chunk.decoded {
            let known = index.learn(decoded.key, decoded.content)?;
            match known {
                Known::New => self.learnt.push(decoded.key),
                Known::Before(content) => {
                    receipt.duplicate += 1;
                    receipt.conflicting += u64::from(content != decoded.content);
                }
            }
            is_new.push(known == Known::New);
        }
        let new = is_new.iter().filter(|new| **new).count();
        if new == 0 {
            return Ok(());
        }
        receipt.accepted += new as u64;
        let are_all_new = new == chunk.events.len();
        match chunk.block {
            Some(block) if are_all_new => self.blocks.push(block),
            _ => {
                let put = chunk.put_records().zip(&is_new);
                for (record, _) in put.filter(|(_, new)| **new) {
                    self.blocks.put(record, 1);
                }
            }
        }
        let mut events = chunk.events;
        if !are_all_new {
            let mut new = is_new.into_iter();
            events.retain(|_| new.next() == Some(true));
        }
        let accepted = Accepted {
            first: self.position,
            received_at: self.received_at,
            is_live,
            events,
        };
        self.position = accepted.end();
        self.accepted.push(accepted);
        Ok(())
    }
}

fn open_index(dir: &DataDir) -> Result<DedupIndex, IntakeError> {
    match DedupIndex::open(&dir.dedup()) {
        Ok(index) => Ok(index),
        Err(e) => {
            tracing::warn!(error = %e, "making the duplicate index anew from the journal");
            discard_index(dir)?;
            Ok(DedupIndex::open(&dir.dedup())?)
        }
    }
}

fn discard_index(dir: &DataDir) -> Result<(), IntakeError> {
    let path = dir.dedup();
    std::fs::remove_dir_all(&path).map_err(|source| {
        JournalError::Io {
            action: "remove",
            path,
            source,
        }
        .into()
    })
}

/// What a sender is told.
pub type Answer = Box<dyn FnOnce(Result<Receipt, IntakeError>) + Send>;

struct Job {
    batch: Batch,
    answer: Answer,
}

/// What the thread is asked for.
enum Work {
    Take(Job),
    /// [`Intake::retire`].
    Retire {
        before: u64,
        arrived_before: EventTime,
    },
}

/// An intake on a thread of its own.
///
/// Every group's receipts and new events go to the sink **before** their senders are answered, so that whoever has
/// been answered finds its events in every figure.
#[derive(Debug)]
pub struct Writer {
    queue: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        mut intake: Intake,
        mut sink: impl FnMut(&[Receipt], Vec<Accepted>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (queue, works) = sync_channel::<Work>(QUEUE_BATCHES);
        let thread = std::thread::Builder::new()
            .name("intake".to_owned())
            .spawn(move || {
                while let Ok(first) = works.recv() {
                    let (group, after) = gather(first, &works);
                    if let Some((before, arrived_before)) = after {
                        give_up(&mut intake, before, arrived_before);
                    }
                    let (batches, answers) = group;
                    if batches.is_empty() {
                        continue;
                    }
                    match intake.commit(batches, EventTime::now()) {
                        Ok((receipts, accepted)) => {
                            sink(&receipts, accepted);
                            for (answer, receipt) in answers.into_iter().zip(receipts) {
                                answer(Ok(receipt));
                            }
                        }
                        Err(e) => {
                            // Want of room is told once, when it begins.
                            if !matches!(e, IntakeError::NoRoom(_)) {
                                tracing::error!(error = %e, "a group of events was not taken");
                            }
                            refuse(answers, &e);
                        }
                    }
                }
                // Whoever waits for the last events need not wait for the index.
                drop(sink);
                intake.flush_index();
            })?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Hands a batch over without waiting; refuses when the queue is full.
    pub fn submit(&self, batch: Batch, answer: Answer) {
        let Some(queue) = &self.queue else {
            return answer(Err(IntakeError::Stopped));
        };
        let (work, error) = match queue.try_send(Work::Take(Job { batch, answer })) {
            Ok(()) => return,
            Err(TrySendError::Full(work)) => (work, IntakeError::Overloaded),
            Err(TrySendError::Disconnected(work)) => (work, IntakeError::Stopped),
        };
        if let Work::Take(job) = work {
            (job.answer)(Err(error));
        }
    }

    /// Hands a batch over, waiting for a place in the queue.
    pub fn submit_waiting(&self, batch: Batch, answer: Answer) {
        let Some(queue) = &self.queue else {
            return answer(Err(IntakeError::Stopped));
        };
        let sent = queue.send(Work::Take(Job { batch, answer }));
        if let Err(std::sync::mpsc::SendError(Work::Take(job))) = sent {
            (job.answer)(Err(IntakeError::Stopped));
        }
    }

    /// Asks for the begin of the journal to be given up ([`Intake::retire`]), unless too much is waiting: then another
    /// time.
    pub fn retire(&self, before: u64, arrived_before: EventTime) {
        if let Some(queue) = &self.queue {
            let _ = queue.try_send(Work::Retire {
                before,
                arrived_before,
            });
        }
    }
}

impl Drop for Writer {
    /// Finishes what is queued.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Batches, the answers that wait for them, and what is to be given up.
type Gathered = ((Vec<Batch>, Vec<Answer>), Option<(u64, EventTime)>);

/// Takes all that is waiting behind a first piece of work, up to a bound.
fn gather(first: Work, works: &Receiver<Work>) -> Gathered {
    let (mut batches, mut answers) = (Vec::new(), Vec::new());
    let mut events = 0;
    let mut retire = None;
    let mut next = Some(first);
    while let Some(work) = next {
        match work {
            Work::Take(job) => {
                events += job.batch.len();
                batches.push(job.batch);
                answers.push(job.answer);
            }
            Work::Retire {
                before,
                arrived_before,
            } => retire = Some((before, arrived_before)),
        }
        next = if events < GROUP_EVENTS {
            works.try_recv().ok()
        } else {
            None
        };
    }
    ((batches, answers), retire)
}

fn give_up(intake: &mut Intake, before: u64, arrived_before: EventTime) {
    match intake.retire(before, arrived_before) {
        Ok(0) => {}
        Ok(bytes) => tracing::info!(bytes, "the journal's begin was given up"),
        Err(e) => tracing::warn!(error = %e, "the journal's begin could not be given up"),
    }
}

/// Tells every sender of a group why it was not taken.
fn refuse(answers: Vec<Answer>, error: &IntakeError) {
    for answer in answers {
        let told = match error {
            IntakeError::Journal(JournalError::Io {
                action,
                path,
                source,
            }) => {
                let source = std::io::Error::new(source.kind(), source.to_string());
                IntakeError::Journal(JournalError::Io {
                    action,
                    path: path.clone(),
                    source,
                })
            }
            IntakeError::NoRoom(shortage) => IntakeError::NoRoom(*shortage),
            IntakeError::Overloaded => IntakeError::Overloaded,
            IntakeError::IndexAway => IntakeError::IndexAway,
            IntakeError::Journal(JournalError::Poisoned) => JournalError::Poisoned.into(),
            _ => IntakeError::Stopped,
        };
        answer(Err(told));
    }
}

#[cfg(test)]
mod tests;
