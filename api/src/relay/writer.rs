//! The thread that keeps events: batches that came while the last ones were made durable go into one frame.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use ingest::decode::{Batch, Chunk};
use ingest::event::EventTime;
use ingest::intake::Receipt;
use ingest::journal::{Block, Blocks};
use tokio::sync::{oneshot, watch};

use super::spool::{Spool, SpoolError};
use super::status::Status;

/// Batches that may wait for the disk.
const QUEUE: usize = 64;
/// A frame takes no more batches once it has so many events.
const FRAME_EVENTS: usize = 10_000;

/// Why a batch was not kept.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The disk, or its bound.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// Too many batches wait.
    #[error("events arrive faster than the disk takes them; send again in a second")]
    Overloaded,
    /// The disk refused; it may take the same a moment later.
    #[error("the disk does not take events now ({0}); look at its space, and send again")]
    Disk(String),
    /// The relay stops.
    #[error("the relay is stopping; send again to the next one")]
    Stopped,
}

type Answer = oneshot::Sender<Result<Receipt, PutError>>;

enum Work {
    Put(Batch, Answer),
    LetGo(u64),
}

/// The way to the thread.
#[derive(Debug)]
pub struct Writer(SyncSender<Work>);

impl Writer {
    /// Starts the thread, which ends with the last way to it, or with a disk that failed: then the error comes out of what is answered
    /// beside. `end` is told up to where events are durable.
    pub fn start(
        spool: Spool,
        end: watch::Sender<u64>,
        status: Arc<Status>,
    ) -> std::io::Result<(Self, oneshot::Receiver<SpoolError>)> {
        let (queue, works) = sync_channel(QUEUE);
        let (tell, ended) = oneshot::channel();
        let keeping = Keeping { spool, end, status };
        std::thread::Builder::new()
            .name("relay".to_owned())
            .spawn(move || {
                if let Err(error) = keeping.run(&works) {
                    drop(tell.send(error));
                }
            })?;
        Ok((Self(queue), ended))
    }

    /// Keeps a batch; answers when it is durable.
    pub async fn put(&self, batch: Batch) -> Result<Receipt, PutError> {
        let (answer, answered) = oneshot::channel();
        match self.0.try_send(Work::Put(batch, answer)) {
            Ok(()) => answered.await.unwrap_or(Err(PutError::Stopped)),
            Err(TrySendError::Full(_)) => Err(PutError::Overloaded),
            Err(TrySendError::Disconnected(_)) => Err(PutError::Stopped),
        }
    }

    /// Frees the disk before a position, sooner or later: the next time it is asked it is more.
    pub fn let_go(&self, before: u64) {
        drop(self.0.try_send(Work::LetGo(before)));
    }
}

/// The records of a batch, packed for the journal.
pub fn blocks(chunks: &[Chunk]) -> Vec<Block> {
    let mut blocks = Blocks::default();
    for chunk in chunks {
        match &chunk.block {
            Some(block) => blocks.push(block.clone()),
            None => blocks.put(&chunk.records, chunk.events.len()),
        }
    }
    blocks.finish()
}

struct Keeping {
    spool: Spool,
    end: watch::Sender<u64>,
    status: Arc<Status>,
}

impl Keeping {
    fn run(mut self, works: &Receiver<Work>) -> Result<(), SpoolError> {
        while let Ok(first) = works.recv() {
            let mut next = Some(first);
            let mut group: Vec<(Receipt, Answer)> = Vec::new();
            let (mut frame, mut events, mut cost) = (Vec::new(), 0, 0);
            // A frame says of all its events whether they came as they happened.
            let mut is_live = None;
            while let Some(work) = next.take() {
                match work {
                    Work::LetGo(before) => self.let_go(before),
                    Work::Put(batch, answer)
                        if is_live.is_some_and(|is_live| is_live != batch.is_live) =>
                    {
                        self.keep(&frame, std::mem::take(&mut group), is_live == Some(true))?;
                        (frame, events, cost) = (Vec::new(), 0, 0);
                        is_live = None;
                        next = Some(Work::Put(batch, answer));
                        continue;
                    }
                    Work::Put(batch, answer) => {
                        let blocks = blocks(&batch.chunks);
                        match self.spool.ask(&blocks, cost) {
                            Ok(more) => {
                                cost += more;
                                events += batch.len();
                                is_live = Some(batch.is_live);
                                frame.extend(blocks);
                                group.push((receipt(batch), answer));
                            }
                            Err(error) => drop(answer.send(Err(error.into()))),
                        }
                    }
                }
                let has_room = events < FRAME_EVENTS && cost < self.spool.most_at_once() / 2;
                if has_room {
                    next = works.try_recv().ok();
                }
            }
            self.keep(&frame, group, is_live == Some(true))?;
        }
        Ok(())
    }

    fn keep(
        &mut self,
        frame: &[Block],
        group: Vec<(Receipt, Answer)>,
        is_live: bool,
    ) -> Result<(), SpoolError> {
        if group.is_empty() {
            return Ok(());
        }
        let mut position = self.spool.end();
        if let Err(error) = self.spool.put(frame, EventTime::now(), is_live) {
            let text = error.to_string();
            tracing::error!(error = text, "events were refused");
            for (_, answer) in group {
                let refused = if error.is_fatal() {
                    PutError::Stopped
                } else {
                    PutError::Disk(text.clone())
                };
                drop(answer.send(Err(refused)));
            }
            return if error.is_fatal() { Err(error) } else { Ok(()) };
        }
        self.status.kept(self.spool.end(), self.spool.bytes());
        for (mut receipt, answer) in group {
            position += receipt.accepted;
            receipt.position = position;
            drop(answer.send(Ok(receipt)));
        }
        self.end.send_replace(self.spool.end());
        Ok(())
    }

    fn let_go(&mut self, before: u64) {
        if let Err(error) = self.spool.let_go(before) {
            tracing::warn!(%error, "the disk could not be freed of what was sent");
        }
        self.status.kept(self.spool.end(), self.spool.bytes());
    }
}

/// What a sender is told once its batch is durable: which events are new is the server's to say.
fn receipt(batch: Batch) -> Receipt {
    Receipt {
        accepted: batch.len() as u64,
        rejected: batch.rejected,
        dropped_fields: batch.dropped_fields,
        ..Receipt::default()
    }
}
