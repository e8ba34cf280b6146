//! The queues and their workers: the thin edge over [`queue::Queue`].
//!
//! What flows in: notices, offered in the order of the desk's log, and cases that somebody took. What flows out: messages
//! to receivers; a [`Report`] of what was settled, to the caller's function; each receiver's [`Health`].
//!
//! ```text
//! offer → every receiver's queue → its worker: what is due? → send within the limit → what came of it → report
//! ```
//!
//! **Across a restart.** The caller keeps a [`Progress`] for each receiver, as reports say. At a start it gives them to
//! [`Delivery::start`], recalls the cases that stand and were told ([`Delivery::recall`]), and offers the log above the
//! least [`Progress::up_to`], in order; each queue passes over what its receiver is done with. A report that was not kept
//! means that a notice is told again, under the same key: at least once, never less.
//!
//! **A dead receiver** is tried for ever, at most [`Bounds::longest_retry_us`] apart; its health says since when it fails.
//! The desk raises an alert of group [`crate::notify::settings::RECEIVER_GROUP`] with the receiver's name as subject: that
//! one is not sent to it.

mod bounds;
mod channel;
mod entry;
mod health;
mod progress;
pub mod queue;
mod smtp;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

pub use bounds::{Bounds, Failure, Trouble};
pub use entry::Fate;
pub use health::Health;
pub use progress::Progress;

use super::message::Notice;
use super::settings::Settings;
use channel::Way;
use queue::{Next, Queue};

/// A worker looks at the clock at least so often, since it may be set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// What a receiver is done with, told once it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which receiver.
    pub receiver: String,
    /// What became of which numbers.
    pub fates: Vec<(u64, Fate)>,
    /// All numbers up to this one are settled.
    pub up_to: u64,
}

/// Takes reports. It is called by workers and by [`Delivery::offer`], and so must be quick and must not call back.
pub type OnReport = Arc<dyn Fn(Report) + Send + Sync>;

/// Receivers could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "receiver `{receiver}` cannot be opened: {why}; see that the system's certificates are there (ca-certificates)"
)]
pub struct StartError {
    /// Which one.
    pub receiver: String,
    /// Why.
    pub why: String,
}

/// All receivers at work. Dropped, it stops at once; what was being sent may arrive all the same.
pub struct Delivery {
    lines: Vec<Arc<Line>>,
    workers: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

/// A receiver's queue and what wakes its worker.
struct Line {
    name: String,
    queue: Mutex<Queue>,
    wake: Notify,
    report: OnReport,
}

impl Delivery {
    /// Starts a worker for each receiver, on the Tokio runtime that it is called in. `progress` is what reports said
    /// before, by receiver; one that is not named there is told everything that is offered.
    ///
    /// # Errors
    /// Where a receiver's way cannot be opened, as for want of certificates.
    pub fn start(
        settings: &Settings,
        bounds: Bounds,
        progress: &HashMap<String, Progress>,
        report: OnReport,
    ) -> Result<Self, StartError> {
        let limit = Duration::from_micros(bounds.limit_us.max(0) as u64);
        let mut ways = Vec::with_capacity(settings.receivers.len());
        for receiver in &settings.receivers {
            let way = Way::open(receiver, limit).map_err(|e| StartError {
                receiver: receiver.name.clone(),
                why: e.without_url().to_string(),
            })?;
            let known = progress.get(&receiver.name).cloned().unwrap_or_default();
            let line = Line {
                name: receiver.name.clone(),
                queue: Mutex::new(Queue::new(Arc::new(receiver.clone()), bounds, known)),
                wake: Notify::new(),
                report: Arc::clone(&report),
            };
            ways.push((Arc::new(line), way));
        }
        let (stop, stopped) = watch::channel(false);
        let lines = ways.iter().map(|(line, _)| Arc::clone(line)).collect();
        let work = |(line, way)| tokio::spawn(work(line, way, stopped.clone()));
        let workers = ways.into_iter().map(work).collect();
        Ok(Self {
            lines,
            workers,
            stop,
        })
    }

    /// Offers a notice to every receiver that wants it; those of the log in the order of their numbers. It does not wait.
    pub fn offer(&self, notice: Notice) {
        let (notice, now) = (Arc::new(notice), now_us());
        for line in &self.lines {
            line.with(|queue| queue.offer(Arc::clone(&notice), now));
        }
    }

    /// Offers a notice to one receiver, such as a test; false where there is none of that name.
    pub fn offer_to(&self, receiver: &str, notice: Notice) -> bool {
        let Some(line) = self.lines.iter().find(|line| line.name == receiver) else {
            return false;
        };
        line.with(|queue| queue.offer(Arc::new(notice), now_us()));
        true
    }

    /// At a start: a case that stands, by the last notice that said so, where the receiver is done with that notice; it is
    /// told again when its repeat is over. `is_taken` says that somebody took it.
    pub fn recall(&self, notice: Notice, is_taken: bool) {
        let (notice, now) = (Arc::new(notice), now_us());
        for line in &self.lines {
            line.with(|queue| {
                if queue.progress().is_settled(notice.number) {
                    queue.recall(Arc::clone(&notice), is_taken, now);
                }
            });
        }
    }

    /// Somebody took a case: it is told again no more.
    pub fn taken(&self, case: &str) {
        for line in &self.lines {
            line.with(|queue| queue.taken(case));
        }
    }

    /// How each receiver does, in the file's order.
    pub fn health(&self) -> Vec<Health> {
        let pairs = self.lines.iter().zip(&self.workers);
        let health = |(line, worker): (&Arc<Line>, &JoinHandle<()>)| {
            let mut health = line.queue.lock().health();
            if worker.is_finished() {
                health
                    .failing_since
                    .get_or_insert(health.since_ok.unwrap_or(0));
                "its worker has ended; start the service again, and report it"
                    .clone_into(&mut health.last_error);
            }
            health
        };
        pairs.map(health).collect()
    }

    /// Ends the workers; what is being sent is waited for, up to `grace`, and then broken off.
    pub async fn stop(mut self, grace: Duration) {
        let _ = self.stop.send(true);
        let deadline = tokio::time::Instant::now() + grace;
        for worker in &mut self.workers {
            let _ = tokio::time::timeout_at(deadline, worker).await;
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        for worker in &self.workers {
            worker.abort();
        }
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.lines.iter().map(|line| &line.name);
        f.debug_list().entries(names).finish()
    }
}

impl Line {
    /// Does something to the queue, tells what was settled by it, and wakes the worker.
    fn with(&self, act: impl FnOnce(&mut Queue)) {
        self.then(act);
        self.wake.notify_one();
    }

    fn then<T>(&self, act: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.queue.lock();
        let done = act(&mut queue);
        let fates = queue.fates();
        metrics::gauge!("vonglau_notify_waiting", "receiver" => self.name.clone())
            .set(queue.len() as f64);
        if !fates.is_empty() {
            self.count(&fates);
            let up_to = queue.progress().up_to;
            // Under the lock, so that reports come in order.
            (self.report)(Report {
                receiver: self.name.clone(),
                fates,
                up_to,
            });
        }
        done
    }

    fn count(&self, fates: &[(u64, Fate)]) {
        let mut given_up = 0;
        for (_, fate) in fates {
            given_up += usize::from(fate.is_given_up());
            metrics::counter!("vonglau_notices_total", "receiver" => self.name.clone(), "fate" => fate.as_str()).increment(1);
        }
        if given_up > 0 {
            tracing::warn!(
                receiver = self.name,
                given_up,
                "notices were given up; see why the receiver does not take them"
            );
        }
    }
}

async fn work(line: Arc<Line>, mut way: Way, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow_and_update() {
        let sleep = match line.then(|queue| queue.next(now_us())) {
            Next::Send(batch) => {
                let outcome = way.send(&batch, now_us()).await;
                told(&line, batch.notices.len(), &outcome);
                line.then(|queue| queue.sent(outcome, now_us(), chance()));
                continue;
            }
            Next::At(at) => {
                Duration::from_micros(at.saturating_sub(now_us()).max(0) as u64).min(LONGEST_SLEEP)
            }
            Next::Idle => LONGEST_SLEEP,
        };
        tokio::select! {
            () = line.wake.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stopped.changed() => {}
        }
    }
}

fn told(line: &Line, notices: usize, outcome: &Result<Option<String>, Failure>) {
    let was_failing = line.queue.lock().health().failing_since.is_some();
    let receiver = &*line.name;
    match outcome {
        Ok(Some(remark)) => tracing::warn!(receiver, notices, remark, "told, but not all"),
        Ok(None) if was_failing => tracing::info!(receiver, notices, "told again after failures"),
        Ok(None) => tracing::debug!(receiver, notices, "told"),
        Err(failure) => {
            metrics::counter!("vonglau_notify_failures_total", "receiver" => line.name.clone())
                .increment(1);
            if was_failing {
                tracing::debug!(receiver, error = failure.text, "still not told");
            } else {
                tracing::warn!(
                    receiver,
                    error = failure.text,
                    "the receiver was not told; it is tried again"
                );
            }
        }
    }
}

/// The machine's clock, microseconds since 1970.
fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A chance in [0, 1) that spreads tries; nothing secret hangs on it.
fn chance() -> f64 {
    // The standard library seeds its hashing by chance.
    (RandomState::new().hash_one(0_u8) >> 11) as f64 / (1_u64 << 53) as f64
}
