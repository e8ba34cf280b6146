//! What waits, sent in order: one batch at a time, the next after the server has answered for the last.
//!
//! A batch that the server refuses as a whole is sent in smaller ones, until it is known which event it is. Of events that the key may
//! not send see [`super::scope`]: where nothing of a batch may be sent and it is not known whether the key may send anything, events
//! behind it are tried one by one, each of another kind, ahead of their turn; they come again in their turn, and are known.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ingest::decode::Decoder;
use ingest::event::{Event, EventTime};
use rand::Rng as _;
use tokio::sync::watch;
use tokio::task::block_in_place;
use tokio::time::MissedTickBehavior;

use super::answer::{Line, OUT_OF_SCOPE, Verdict, judge};
use super::backoff::Backoff;
use super::held::{Held, Reason};
use super::position;
use super::refused::{self, Refusal};
use super::request::{RequestError, Sender};
use super::scope::Scope;
use super::spool::{self, Batch, Most, SpoolError};
use super::status::Status;
use super::writer::Writer;

/// The largest batch.
const MOST: Most = Most {
    events: 2_000,
    bytes: 1024 * 1024,
};
/// What waited longer than this says nothing of clocks by when it comes.
const LATE: Duration = Duration::from_secs(5);
/// How often it is looked whether what is put by is to be put back.
const LOOK: Duration = Duration::from_secs(2);
/// The shortest pause where new events may show more.
const BREATH: Duration = Duration::from_secs(1);
/// Events that are tried ahead of their turn, at most, before a pause.
const TRIES: u32 = 50;
/// Readings of a damaged file, before the relay is started anew to put it aside.
const READINGS: u32 = 3;
/// The refusal that a clock brings about.
const CLOCK_AHEAD: &str = "clock_ahead";

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
    /// What is put by.
    pub held: Held,
}

/// What became of an attempt.
enum Attempt {
    /// The server has answered for some of the batch, and all of it is done with.
    Done,
    /// All of it was put by.
    PutBy,
    /// Come again with a smaller one.
    Smaller,
    /// Come again with another one: more is known of what the key may send.
    Anew,
    /// Come again later.
    Later(Option<Duration>, String),
    /// Come again later with a smaller one.
    Slower(String),
    /// Come again later, or when other events have come.
    Stuck(String),
}

/// A pause after a failure.
struct Rest {
    said: Option<Duration>,
    why: String,
    /// Events behind this end it.
    until: Option<u64>,
}

impl Sending {
    /// Sends what is durable from a position on, until it is to stop. An error is one that a new start mends.
    pub async fn run(
        mut self,
        mut sent: u64,
        mut stopped: watch::Receiver<bool>,
    ) -> Result<(), SpoolError> {
        let mut backoff = Backoff::new(self.max_pause);
        let mut events = MOST.events;
        let mut scope = Scope::default();
        let mut readings = 0;
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_time = tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
                _ = look.tick() => true,
                end = self.ends.wait_for(|end| *end > sent) => {
                    if end.is_err() {
                        return Ok(());
                    }
                    false
                }
            };
            if is_time {
                self.look_after_held(&mut scope).await;
                continue;
            }
            let until = *self.ends.borrow();
            let attempt = match self.read(sent, until, events).await {
                Ok(batch) => {
                    readings = 0;
                    self.status.waits_since(batch.since);
                    let attempt = self.attempt(&batch, until, &mut scope).await;
                    match &attempt {
                        Attempt::Done | Attempt::PutBy => {
                            sent = batch.end();
                            backoff.reset();
                            events = (events * 2).min(MOST.events);
                            let is_taken = matches!(attempt, Attempt::Done);
                            self.status.sent(sent, is_taken.then(EventTime::now));
                            self.status.held(self.held.events());
                            self.writer.let_go(sent);
                        }
                        Attempt::Smaller | Attempt::Slower(_) => {
                            events = (batch.events.len() / 2).max(1);
                        }
                        Attempt::Anew => events = MOST.events,
                        // One event shows whether it is mended.
                        Attempt::Stuck(_) => events = 1,
                        Attempt::Later(..) => {}
                    }
                    attempt
                }
                Err(error) => {
                    readings += 1;
                    if readings >= READINGS && matches!(error, SpoolError::Damaged { .. }) {
                        return Err(error);
                    }
                    Attempt::Later(None, error.to_string())
                }
            };
            let rest = match attempt {
                Attempt::Later(said, why) => Rest {
                    said,
                    why,
                    until: None,
                },
                Attempt::Slower(why) => Rest {
                    said: None,
                    why,
                    until: None,
                },
                Attempt::Stuck(why) => Rest {
                    said: None,
                    why,
                    until: Some(until),
                },
                _ => continue,
            };
            if !self.rest(&mut backoff, rest, &mut stopped).await {
                return Ok(());
            }
        }
    }

    async fn read(&self, from: u64, until: u64, events: usize) -> Result<Batch, SpoolError> {
        let dir = self.dir.clone();
        let most = Most { events, ..MOST };
        let read = tokio::task::spawn_blocking(move || spool::read(&dir, from, until, most));
        match read.await {
            Ok(Ok(batch)) if batch.events.is_empty() => Err(SpoolError::Gone(from)),
            Ok(read) => read,
            Err(e) => Err(SpoolError::Position(e.to_string())),
        }
    }

    /// Sends a batch, and writes down that it is done with.
    async fn attempt(&mut self, batch: &Batch, until: u64, scope: &mut Scope) -> Attempt {
        let now = EventTime::now();
        let (inside, outside): (Vec<&Event>, Vec<&Event>) = batch
            .events
            .iter()
            .partition(|event| !scope.leaves_out(event));
        if inside.is_empty() {
            return self.outside_alone(batch, until, scope).await;
        }
        let waited = batch.since.map_or(0.0, |since| now.seconds_since(since));
        // Less than nothing: the clock was set back, and says nothing either.
        let is_late = batch.is_import || !(0.0..=LATE.as_secs_f64()).contains(&waited);
        let lines = if outside.is_empty() {
            Cow::Borrowed(&batch.lines[..])
        } else {
            Cow::Owned(lines_of(&inside))
        };
        let answer = self.sender.send(&lines, is_late, now.0 / 1_000_000).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(e @ RequestError::Slow(_)) => return Attempt::Slower(e.to_string()),
            Err(e) => return Attempt::Later(None, e.to_string()),
        };
        let refused = match judge(&answer, inside.len() as u64) {
            Verdict::Done(lines) => lines,
            Verdict::Again { after, why } => return Attempt::Later(after, why),
            Verdict::Smaller { .. } if inside.len() > 1 => return Attempt::Smaller,
            Verdict::Smaller {
                code,
                message,
                may_give_up: true,
            } => vec![Line {
                line: 1,
                code,
                message,
            }],
            Verdict::Smaller { code, message, .. } if code == OUT_OF_SCOPE => {
                if let Some(event) = inside.first() {
                    scope.learn(event, message);
                }
                return Attempt::Anew;
            }
            Verdict::Smaller { message, .. } => {
                let why = format!("something on the way takes no batch of one event: {message}");
                return Attempt::Later(None, why);
            }
        };
        let is_proof = refused.len() < inside.len();
        if !outside.is_empty() && !is_proof && !scope.is_proven {
            // Nothing of it shows that the key is a right one: those that are refused go alone.
            return Attempt::Smaller;
        }
        if let Err(why) = self.done(batch, &inside, &outside, &refused, now) {
            return Attempt::Later(None, why);
        }
        if is_proof {
            scope.prove();
        }
        Attempt::Done
    }

    /// Of a batch of which the key may send nothing.
    async fn outside_alone(&mut self, batch: &Batch, until: u64, scope: &mut Scope) -> Attempt {
        if !scope.is_proven {
            match self.is_anything_taken(batch.end(), until, scope).await {
                Ok(true) => scope.is_proven = true,
                Ok(false) => {
                    if let Some(first) = batch.events.first() {
                        scope.doubt(first);
                    }
                    return Attempt::Stuck(scope.why.clone());
                }
                Err(attempt) => return attempt,
            }
        }
        let outside: Vec<&Event> = batch.events.iter().collect();
        match self.done(batch, &[], &outside, &[], EventTime::now()) {
            Ok(()) => Attempt::PutBy,
            Err(why) => Attempt::Later(None, why),
        }
    }

    /// Whether the server takes anything of what waits behind a position, each kind tried once.
    async fn is_anything_taken(
        &self,
        from: u64,
        until: u64,
        scope: &mut Scope,
    ) -> Result<bool, Attempt> {
        let mut at = from.max(scope.looked_until);
        let mut tries = 0;
        while at < until {
            let batch = self.read(at, until, MOST.events).await;
            let batch = batch.map_err(|e| Attempt::Later(None, e.to_string()))?;
            for event in &batch.events {
                if scope.leaves_out(event) {
                    continue;
                }
                if tries == TRIES {
                    return Ok(false);
                }
                tries += 1;
                let now = EventTime::now().0 / 1_000_000;
                let answer = self.sender.send(&lines_of(&[event]), true, now).await;
                let answer = answer.map_err(|e| Attempt::Later(None, e.to_string()))?;
                match judge(&answer, 1) {
                    Verdict::Done(refused) if refused.is_empty() => return Ok(true),
                    Verdict::Again { after, why } => return Err(Attempt::Later(after, why)),
                    Verdict::Smaller { code, message, .. } if code == OUT_OF_SCOPE => {
                        scope.learn(event, message);
                    }
                    Verdict::Done(_) | Verdict::Smaller { .. } => {}
                }
            }
            at = batch.end();
            scope.looked_until = at;
        }
        Ok(false)
    }

    /// Puts by what may be sent later, writes down what was refused, and then how far the server has come: each durable before the
    /// next. `refused` counts among `inside`.
    fn done(
        &mut self,
        batch: &Batch,
        inside: &[&Event],
        outside: &[&Event],
        refused: &[Line],
        now: EventTime,
    ) -> Result<(), String> {
        let mut held: Vec<(&Event, Reason)> = outside
            .iter()
            .map(|event| (*event, Reason::Scope))
            .collect();
        let mut refusals = Vec::new();
        for line in refused {
            let at = usize::try_from(line.line)
                .ok()
                .and_then(|n| n.checked_sub(1));
            let Some(event) = at.and_then(|at| inside.get(at)) else {
                continue;
            };
            if line.code == CLOCK_AHEAD {
                held.push((event, Reason::Clock));
            } else {
                refusals.push(Refusal {
                    event,
                    code: &line.code,
                    message: &line.message,
                });
            }
        }
        block_in_place(|| {
            if !held.is_empty() {
                let is_first = self.held.events() == 0;
                self.held.add(&held).map_err(|e| e.to_string())?;
                if is_first {
                    tracing::warn!(
                        not_for_this_key = outside.len(),
                        ahead_of_the_clock = held.len() - outside.len(),
                        "events are put by in held.ndjson and tried again later: look at the key's points and types, and at the clocks"
                    );
                }
            }
            if let Some(first) = refusals.first() {
                tracing::warn!(
                    events = refusals.len(),
                    code = first.code,
                    "the server refused events: see refused.ndjson in the relay's directory"
                );
                match refused::note(&self.dir, &refusals, now) {
                    Ok(()) => {}
                    // They are refused whether there is room for saying so or not.
                    Err(e) if position::is_full(&e) => {
                        tracing::warn!(error = %e, "what was refused is not noted");
                    }
                    Err(e) => return Err(format!("what was refused cannot be noted: {e}")),
                }
            }
            position::write(&self.dir, batch.end()).map_err(|e| e.to_string())
        })?;
        self.status.refused(refusals.len() as u64);
        Ok(())
    }

    /// Puts events back to the end of what waits, when it is time.
    async fn look_after_held(&mut self, scope: &mut Scope) {
        if self.held.has_key_changed() {
            *scope = Scope::default();
            self.held.hurry();
        }
        if !self.held.is_due() {
            return;
        }
        scope.forget();
        if let Err(why) = self.put_back().await {
            tracing::warn!("events that are put by stay so: {why}");
        }
        self.held.was_tried();
        self.status.held(self.held.events());
    }

    async fn put_back(&mut self) -> Result<(), String> {
        let pieces = block_in_place(|| self.held.pieces()).map_err(|e| e.to_string())?;
        let mut done = 0;
        let mut failed = None;
        for piece in &pieces {
            // As they came, and late by now.
            let batch = Decoder::for_handing_on().ndjson(piece, None);
            if !batch.rejected.is_empty() {
                tracing::warn!(
                    lines = batch.rejected.len(),
                    "lines of held.ndjson are no events and are left out"
                );
            }
            if let Err(e) = self.writer.put(batch).await {
                failed = Some(e.to_string());
                break;
            }
            done += 1;
        }
        let left = pieces.get(done..).unwrap_or_default();
        block_in_place(|| self.held.keep_only(left)).map_err(|e| e.to_string())?;
        failed.map_or(Ok(()), Err)
    }

    /// Waits after a failure; false where it is to stop.
    async fn rest(
        &mut self,
        backoff: &mut Backoff,
        rest: Rest,
        stopped: &mut watch::Receiver<bool>,
    ) -> bool {
        let pause = backoff.after_failure(rest.said, rand::rng().random());
        if self.status.failed(EventTime::now(), &rest.why) {
            tracing::warn!("events wait here: {}", rest.why);
        }
        let more = async {
            match rest.until {
                Some(until) => {
                    tokio::time::sleep(BREATH).await;
                    let _ = self.ends.wait_for(|end| *end > until).await.is_ok();
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => false,
            () = tokio::time::sleep(pause) => true,
            () = more => true,
        }
    }
}

/// Events as they are sent.
fn lines_of(events: &[&Event]) -> Vec<u8> {
    let mut lines = Vec::new();
    for event in events {
        event.write_json(&mut lines);
        lines.push(b'\n');
    }
    lines
}
