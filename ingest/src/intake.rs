//! The intake: decoded batches in, durable and new events out, exactly once.
//!
//! One intake serialises all batches. A call to [`Intake::commit`] takes a group of them — what arrived
//! while the last group was being made durable — and does, in this order:
//!
//! 1. tell new pairs from duplicates, against the index and within the group;
//! 2. append the new lines to the journal as one frame, durable on return;
//! 3. record their pairs in the index;
//! 4. hand out the new events and a receipt a batch.
//!
//! When step 2 fails nothing of the group is taken, and the senders are told so. When step 3 fails the
//! events are durable and are handed out; the intake remembers their pairs in memory, and opens the index
//! again, which brings it up, as soon as that succeeds (a full disk that was freed), or at the next start.
//!
//! [`Writer`] puts an intake on a thread of its own behind a bounded queue.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::datadir::DataDir;
use crate::decode::{Batch, Decoder, Rejection, read_canonical};
use crate::dedup::{DedupError, DedupIndex};
use crate::event::{Event, EventTime};
use crate::journal::{Journal, JournalError, Recovery};

/// Batches are joined to a group until it has so many events: more would leave the processor's cache.
const GROUP_EVENTS: usize = 30_000;
/// Batches that may wait for the writer.
const QUEUE_BATCHES: usize = 256;
/// Pairs recorded at once when the index is brought up to the journal.
const CATCH_UP_PAIRS: usize = 100_000;
/// Lines that one thread reads back at a time.
const REPLAY_CHUNK: usize = 1024;
/// Pause between two tries to open an index that failed.
const REVIVE_PAUSE: Duration = Duration::from_secs(5);

/// An event that is durable and was not known before.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// Its place in the journal, from 0.
    pub position: u64,
    /// When its batch arrived.
    pub received_at: EventTime,
    /// The event.
    pub event: Event,
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
            Self::Overloaded | Self::Stopped | Self::IndexAway => true,
            Self::Dedup(_) | Self::Unreadable { .. } => false,
        }
    }
}

/// Pairs are uniformly distributed already: their low half is their hash.
#[derive(Default)]
pub struct PairHasher(u64);

impl Hasher for PairHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }
    fn write_u128(&mut self, pair: u128) {
        self.0 = pair as u64;
    }
}

type Pairs = HashMap<u128, u64, BuildHasherDefault<PairHasher>>;

/// Journal and index, open.
#[derive(Debug)]
pub struct Intake {
    journal: Journal,
    /// `None` while it cannot be opened again after a failure: nothing is taken then.
    index: Option<DedupIndex>,
    index_dir: PathBuf,
    /// Pairs that are in the journal and not yet in the index.
    unrecorded: Pairs,
    /// When the index failed, or was last tried again.
    failed_at: Option<Instant>,
}

impl Intake {
    /// Opens the intake of a data directory, giving every event of the journal to `each` in order.
    pub fn open(
        dir: &DataDir,
        decoder: &Decoder,
        mut each: impl FnMut(Accepted),
    ) -> Result<(Self, Recovery), IntakeError> {
        Self::open_dyn(dir, decoder, &mut each)
    }

    fn open_dyn(
        dir: &DataDir,
        decoder: &Decoder,
        each: &mut dyn FnMut(Accepted),
    ) -> Result<(Self, Recovery), IntakeError> {
        let mut index = open_index(dir)?;
        let mut pairs: Vec<(u128, u64)> = Vec::new();
        let mut problem = None;
        let read = Journal::open(&dir.journal(), |frame| {
            let lines: Vec<&[u8]> = frame.lines().collect();
            let first_unknown = index.position() + pairs.len() as u64;
            let read = |i: usize| {
                let (position, line) = (frame.first + i as u64, lines[i]);
                let event = read_canonical(line)
                    .map_err(|detail| IntakeError::Unreadable { position, detail })?;
                let unknown = position >= first_unknown;
                let pair = unknown.then(|| (decoder.identity(&event), decoder.content(line)));
                Ok((
                    Accepted {
                        position,
                        received_at: frame.received_at,
                        event,
                    },
                    pair,
                ))
            };
            let all: Result<Vec<_>, IntakeError> = (0..lines.len())
                .into_par_iter()
                .with_min_len(REPLAY_CHUNK)
                .map(read)
                .collect();
            match all {
                Ok(all) => {
                    for (accepted, pair) in all {
                        pairs.extend(pair);
                        each(accepted);
                    }
                }
                Err(e) => {
                    problem.get_or_insert(e);
                    return Ok(());
                }
            }
            if pairs.len() >= CATCH_UP_PAIRS {
                let position = index.position() + pairs.len() as u64;
                if let Err(e) = index.record(pairs.drain(..), position) {
                    problem.get_or_insert(IntakeError::Dedup(e));
                }
            }
            Ok(())
        })?;
        if let Some(problem) = problem {
            return Err(problem);
        }
        let (journal, recovery) = read;
        if index.position() > journal.position() {
            // Ahead of the journal: the journal was restored from an older copy. Made anew.
            drop(index);
            discard_index(dir)?;
            return Self::open_dyn(dir, decoder, &mut |_| {}).map(|(intake, _)| (intake, recovery));
        }
        index.record(pairs.into_iter(), journal.position())?;
        let intake = Self {
            journal,
            index: Some(index),
            index_dir: dir.dedup(),
            unrecorded: Pairs::default(),
            failed_at: None,
        };
        Ok((intake, recovery))
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
        self.revive_index()?;
        let known = self.known(&batches)?;
        let mut in_group = Pairs::default();
        let mut fresh = Vec::new();
        let mut receipts = Vec::with_capacity(batches.len());
        for batch in batches {
            let mut receipt = Receipt {
                rejected: batch.rejected,
                dropped_fields: batch.dropped_fields,
                ..Receipt::default()
            };
            for decoded in batch.events {
                if let Some(content) = in_group
                    .get(&decoded.key)
                    .or_else(|| known.get(&decoded.key))
                {
                    receipt.duplicate += 1;
                    receipt.conflicting += u64::from(*content != decoded.content);
                } else {
                    in_group.insert(decoded.key, decoded.content);
                    receipt.accepted += 1;
                    fresh.push(decoded);
                }
            }
            receipts.push(receipt);
        }
        let first = self
            .journal
            .append(received_at, fresh.iter().map(|d| &*d.canonical))?;
        let mut position = first;
        for receipt in &mut receipts {
            position += receipt.accepted;
            receipt.position = position;
        }
        self.record(&in_group);
        let accepted = (first..)
            .zip(fresh)
            .map(|(position, decoded)| Accepted {
                position,
                received_at,
                event: decoded.event,
            })
            .collect();
        Ok((receipts, accepted))
    }

    /// Those of the batches' pairs that are known already, with what they said first.
    fn known(&self, batches: &[Batch]) -> Result<Pairs, DedupError> {
        let events = batches.iter().flat_map(|batch| &batch.events);
        let mut keys: Vec<u128> = events.map(|decoded| decoded.key).collect();
        // In order, neighbours in the index are read while they are in the processor's cache.
        keys.sort_unstable();
        keys.dedup();
        let mut known = Pairs::default();
        for key in keys {
            let recorded = match (self.unrecorded.get(&key), &self.index) {
                (Some(content), _) => Some(*content),
                (None, Some(index)) => index.content_of(key)?,
                (None, None) => None,
            };
            known.extend(recorded.map(|content| (key, content)));
        }
        Ok(known)
    }

    fn record(&mut self, in_group: &Pairs) {
        if in_group.is_empty() {
            return;
        }
        let position = self.journal.position();
        let pairs = self
            .unrecorded
            .iter()
            .chain(in_group)
            .map(|(k, c)| (*k, *c));
        let Some(index) = &mut self.index else { return };
        match index.record(pairs, position) {
            Ok(()) => self.unrecorded.clear(),
            Err(e) => {
                tracing::error!(error = %e, "events are safe in the journal, but the duplicate index is behind");
                self.unrecorded.extend(in_group);
                self.failed_at = Some(Instant::now());
            }
        }
    }

    /// Opens an index that failed again, at most once a [`REVIVE_PAUSE`], and brings it up to the journal.
    fn revive_index(&mut self) -> Result<(), IntakeError> {
        let due = self
            .failed_at
            .is_some_and(|at| at.elapsed() >= REVIVE_PAUSE);
        if !due && self.index.is_some() {
            return Ok(());
        }
        // The failed one holds the folder's lock until it is gone.
        self.index = None;
        self.failed_at = Some(Instant::now());
        let mut index = DedupIndex::open(&self.index_dir).map_err(|e| {
            tracing::error!(error = %e, "nothing is taken until the duplicate index can be opened again");
            IntakeError::IndexAway
        })?;
        if index.position() + self.unrecorded.len() as u64 != self.journal.position() {
            // It lost more than its last record: only reading the journal again can mend that.
            tracing::error!(
                "the duplicate index lost records; restart the program to make it anew"
            );
            return Err(IntakeError::IndexAway);
        }
        let pairs = self.unrecorded.iter().map(|(k, c)| (*k, *c));
        if index.record(pairs, self.journal.position()).is_ok() {
            tracing::info!("the duplicate index is up to the journal again");
            self.unrecorded.clear();
            self.failed_at = None;
        }
        self.index = Some(index);
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

/// An intake on a thread of its own.
///
/// Every group's receipts and new events go to the sink **before** their senders are answered, so that whoever has
/// been answered finds its events in every figure.
#[derive(Debug)]
pub struct Writer {
    queue: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        mut intake: Intake,
        mut sink: impl FnMut(&[Receipt], Vec<Accepted>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(QUEUE_BATCHES);
        let thread = std::thread::Builder::new()
            .name("intake".to_owned())
            .spawn(move || {
                while let Some((batches, answers)) = next_group(&jobs) {
                    match intake.commit(batches, EventTime::now()) {
                        Ok((receipts, accepted)) => {
                            sink(&receipts, accepted);
                            for (answer, receipt) in answers.into_iter().zip(receipts) {
                                answer(Ok(receipt));
                            }
                        }
                        Err(e) => {
                            tracing::error!(error = %e, "a group of events was not taken");
                            refuse(answers, &e);
                        }
                    }
                }
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
        match queue.try_send(Job { batch, answer }) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => (job.answer)(Err(IntakeError::Overloaded)),
            Err(TrySendError::Disconnected(job)) => (job.answer)(Err(IntakeError::Stopped)),
        }
    }

    /// Hands a batch over, waiting for a place in the queue.
    pub fn submit_waiting(&self, batch: Batch, answer: Answer) {
        let Some(queue) = &self.queue else {
            return answer(Err(IntakeError::Stopped));
        };
        if let Err(e) = queue.send(Job { batch, answer }) {
            (e.0.answer)(Err(IntakeError::Stopped));
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

/// Waits for a batch and takes all that are waiting behind it, up to a bound; `None` when the queue
/// is closed and empty.
fn next_group(jobs: &Receiver<Job>) -> Option<(Vec<Batch>, Vec<Answer>)> {
    let first = jobs.recv().ok()?;
    let mut events = first.batch.events.len();
    let (mut batches, mut answers) = (vec![first.batch], vec![first.answer]);
    while events < GROUP_EVENTS {
        let Ok(job) = jobs.try_recv() else { break };
        events += job.batch.events.len();
        batches.push(job.batch);
        answers.push(job.answer);
    }
    Some((batches, answers))
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
