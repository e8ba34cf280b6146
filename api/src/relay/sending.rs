//! What waits, sent in order: one batch at a time, the next after the server has answered for the last.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ingest::event::EventTime;
use rand::Rng as _;
use tokio::sync::watch;

use super::answer::{Line, Verdict, judge};
use super::backoff::Backoff;
use super::position;
use super::refused::{self, Refusal};
use super::request::Sender;
use super::spool::{self, Batch, Most};
use super::status::Status;
use super::writer::Writer;

/// The largest batch.
const MOST: Most = Most {
    events: 2_000,
    bytes: 1024 * 1024,
};
/// What waited longer than this says nothing of clocks by when it comes.
const LATE: Duration = Duration::from_secs(5);

/// All that sending needs.
#[derive(Debug)]
pub struct Sending {
    /// The relay's directory.
    pub dir: PathBuf,
    /// The way to the server.
    pub sender: Sender,
    /// Who frees the disk.
    pub writer: Arc<Writer>,
    /// Who is told.
    pub status: Arc<Status>,
    /// Up to where events are durable.
    pub ends: watch::Receiver<u64>,
    /// The longest pause.
    pub max_pause: Duration,
}

/// What became of an attempt.
enum Attempt {
    /// The server has answered for all of the batch.
    Done,
    /// Come again with a smaller one.
    Smaller,
    /// Come again later.
    Later(Option<Duration>, String),
}

impl Sending {
    /// Sends what is durable from a position on, until it is to stop.
    pub async fn run(mut self, mut sent: u64, mut stopped: watch::Receiver<bool>) {
        let mut backoff = Backoff::new(self.max_pause);
        let mut events = MOST.events;
        loop {
            let has_more = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => return,
                end = self.ends.wait_for(|end| *end > sent) => end.is_ok(),
            };
            if !has_more {
                return;
            }
            let until = *self.ends.borrow();
            let batch = match self.read(sent, until, events).await {
                Ok(batch) => batch,
                Err(why) => {
                    if self.rest(&mut backoff, None, &why, &mut stopped).await {
                        continue;
                    }
                    return;
                }
            };
            self.status.waits_since(batch.since);
            match self.attempt(&batch).await {
                Attempt::Done => {
                    sent = batch.end();
                    backoff.reset();
                    events = (events * 2).min(MOST.events);
                    self.status.sent(sent, Some(EventTime::now()));
                    self.writer.let_go(sent);
                }
                Attempt::Smaller => events = (batch.events.len() / 2).max(1),
                Attempt::Later(after, why) => {
                    if !self.rest(&mut backoff, after, &why, &mut stopped).await {
                        return;
                    }
                }
            }
        }
    }

    async fn read(&self, from: u64, until: u64, events: usize) -> Result<Batch, String> {
        let dir = self.dir.clone();
        let most = Most { events, ..MOST };
        let read = tokio::task::spawn_blocking(move || spool::read(&dir, from, until, most));
        match read.await {
            Ok(Ok(batch)) if batch.events.is_empty() => {
                Err("events that wait cannot be found on the disk".to_owned())
            }
            Ok(Ok(batch)) => Ok(batch),
            Ok(Err(e)) => Err(e.to_string()),
            Err(e) => Err(e.to_string()),
        }
    }

    /// Sends a batch, and writes down that it is done with.
    async fn attempt(&self, batch: &Batch) -> Attempt {
        let now = EventTime::now();
        let waited = batch.since.map_or(0.0, |since| now.seconds_since(since));
        let is_late = waited > LATE.as_secs_f64();
        let sent = self
            .sender
            .send(&batch.lines, is_late, now.0 / 1_000_000)
            .await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(e) => return Attempt::Later(None, e.to_string()),
        };
        let refused = match judge(&answer, batch.events.len() as u64) {
            Verdict::Done(lines) => lines,
            Verdict::Again { after, why } => return Attempt::Later(after, why),
            Verdict::Smaller { .. } if batch.events.len() > 1 => return Attempt::Smaller,
            Verdict::Smaller {
                code,
                message,
                may_give_up: true,
            } => vec![Line {
                line: 1,
                code,
                message,
            }],
            Verdict::Smaller { message, .. } => {
                let why = format!("something on the way takes no batch of one event: {message}");
                return Attempt::Later(None, why);
            }
        };
        if let Err(why) = self.done(batch, &refused, now) {
            return Attempt::Later(None, why);
        }
        Attempt::Done
    }

    /// Writes down what was refused, and then how far the server has come.
    fn done(&self, batch: &Batch, refused: &[Line], now: EventTime) -> Result<(), String> {
        let refusals: Vec<Refusal<'_>> = refused
            .iter()
            .filter_map(|line| {
                let at = usize::try_from(line.line).ok()?.checked_sub(1)?;
                Some(Refusal {
                    event: batch.events.get(at)?,
                    code: &line.code,
                    message: &line.message,
                })
            })
            .collect();
        if let Some(first) = refusals.first() {
            tracing::warn!(
                events = refusals.len(),
                code = first.code,
                "the server refused events: see refused.ndjson in the relay's directory"
            );
            if let Err(e) = refused::note(&self.dir, &refusals, now) {
                tracing::warn!(error = %e, "what was refused is not noted");
            }
        }
        position::write(&self.dir, batch.end()).map_err(|e| e.to_string())?;
        self.status.refused(refusals.len() as u64);
        Ok(())
    }

    /// Waits after a failure; false where it is to stop.
    async fn rest(
        &self,
        backoff: &mut Backoff,
        after: Option<Duration>,
        why: &str,
        stopped: &mut watch::Receiver<bool>,
    ) -> bool {
        let pause = backoff.after_failure(after, rand::rng().random());
        if self.status.failed(EventTime::now(), why) {
            tracing::warn!("events wait here: {why}");
        }
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => false,
            () = tokio::time::sleep(pause) => true,
        }
    }
}
