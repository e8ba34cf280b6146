//! A simulated city's events, sent to a server at a steady rate, and a reader of the room beside it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;

use crate::http::Http;
use crate::live::View;
use crate::program;

const BATCHES_A_SECOND: u32 = 10;
/// Events of a simulated day of Hà Nội's volume, of all days of a week; for choosing a scale alone.
const EVENTS_A_DAY: f64 = 187_000.0;
/// Batches that are under way at once.
const POSTERS: usize = 4;
/// Events of a batch of the past.
const PAST_BATCH: u64 = 5_000;
/// The first simulated day, a Monday, with no day off in the eleven weeks after it: a day off is a day's dossiers fewer in
/// the week of those that are done.
pub const START: &str = "2026-09-07";
/// Five weeks on: what comes and goes in memory has found its size.
pub const SETTLED: &str = "2026-10-12";
/// Days whose dossiers are in progress when it begins, so that their number is about what it stays.
const WARM: &str = "90";

/// How fast, and how large a city.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Events a second.
    pub rate: u32,
    /// Simulated days an hour; Hà Nội's own volume without it.
    pub days_an_hour: Option<f64>,
    /// The first simulated day at that rate; what is before it is sent as fast as it is taken.
    pub from: &'static str,
}

impl Pace {
    /// How large a city has so many events in the time.
    fn scale(self) -> f64 {
        let an_hour = f64::from(self.rate) * 3600.0;
        self.days_an_hour
            .map_or(1.0, |days| an_hour / days / EVENTS_A_DAY)
    }
}

/// What a sender has sent, so far.
#[derive(Debug, Default)]
pub struct Sent {
    /// Events that were answered as accepted.
    pub accepted: AtomicU64,
    /// Those of them that are of before the first day at the rate.
    pub past: AtomicU64,
    /// Batches that were refused once and sent again.
    pub refused: AtomicU64,
    /// The longest time to an answer, in microseconds.
    pub slowest_us: AtomicU64,
    is_steady: AtomicBool,
    stop: AtomicBool,
}

impl Sent {
    /// True once the past is sent, and events come at their rate.
    pub fn is_steady(&self) -> bool {
        self.is_steady.load(Ordering::SeqCst)
    }
}

/// Lines that are posted together.
#[derive(Default)]
struct Batch {
    lines: String,
    count: u64,
    /// Of before the first day at the rate.
    is_past: bool,
}

/// A sender at work.
#[derive(Debug)]
pub struct Sender {
    /// What it has sent.
    pub sent: Arc<Sent>,
    thread: JoinHandle<anyhow::Result<Duration>>,
}

impl Sender {
    /// Begins to send a city of its own; `seed` is another city.
    pub fn start(http: Http, pace: Pace, seed: u64) -> anyhow::Result<Self> {
        let sent = Arc::new(Sent::default());
        let (batches, city) = batches(pace, seed)?;
        let told = Arc::clone(&sent);
        let thread = std::thread::Builder::new()
            .name("sender".to_owned())
            .spawn(move || {
                // The city ends with the reader of its batches, if it has not.
                let result = send(&http, batches, &told);
                if let Err(error) = &result {
                    // Who looks after it sees only that it ended.
                    eprintln!("  the sender: {error:#}");
                }
                let mut city = city;
                city.kill().ok();
                city.wait().ok();
                result
            })?;
        Ok(Self { sent, thread })
    }

    /// Stops after the batch under way; how long it has sent at its rate.
    pub fn stop(self) -> anyhow::Result<Duration> {
        self.sent.stop.store(true, Ordering::SeqCst);
        match self.thread.join() {
            Ok(result) => result,
            Err(_) => bail!("the sender panicked"),
        }
    }

    /// Whether it has ended by itself, which it does on an error alone.
    pub fn has_failed(&self) -> bool {
        self.thread.is_finished()
    }
}

/// A city's days one after the other, cut into batches, ready before they are due.
fn batches(pace: Pace, seed: u64) -> anyhow::Result<(Receiver<Batch>, Child)> {
    let (scale, seed) = (pace.scale().to_string(), seed.to_string());
    let mut city = program::command(&[
        "simulate", "--days", "3660", "--start", START, "--warm", WARM, "--scale", &scale,
        "--seed", &seed,
    ])
    .stdout(Stdio::piped())
    .stderr(Stdio::inherit())
    .spawn()?;
    let mut lines = BufReader::new(city.stdout.take().context("stdout is piped")?);
    let size = u64::from((pace.rate / BATCHES_A_SECOND).max(1));
    // A few seconds ahead: a day is made at once, which takes a moment.
    let (ready, batches) = sync_channel(4 * BATCHES_A_SECOND as usize);
    std::thread::Builder::new()
        .name("city".to_owned())
        .spawn(move || {
            let mut batch = Batch::default();
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|n| n > 0) {
                let is_past = is_past(&line, pace.from);
                let full = if is_past { PAST_BATCH } else { size };
                let is_full = batch.count >= full || (is_past != batch.is_past && batch.count > 0);
                if is_full && ready.send(std::mem::take(&mut batch)).is_err() {
                    return;
                }
                batch.is_past = is_past;
                batch.lines.push_str(&line);
                batch.count += 1;
                line.clear();
            }
        })?;
    Ok((batches, city))
}

/// Batches and when the next is due.
struct Queue {
    batches: Receiver<Batch>,
    /// When it began to be steady, and when the next batch is due.
    steady: Option<(Instant, Instant)>,
}

impl Queue {
    /// The next batch, once it is due, and whether it is of the past.
    fn next(&mut self, sent: &Sent) -> Option<(Batch, bool)> {
        let batch = self.batches.recv().ok()?;
        let is_past = self.steady.is_none() && batch.is_past;
        if !is_past {
            let now = Instant::now();
            let (_, due) = self.steady.get_or_insert((now, now));
            sent.is_steady.store(true, Ordering::SeqCst);
            std::thread::sleep(due.saturating_duration_since(now));
            *due += Duration::from_secs(1) / BATCHES_A_SECOND;
        }
        Some((batch, is_past))
    }
}

/// Sends until it is to stop, several batches at a time: points do not wait for each other's answers.
fn send(http: &Http, batches: Receiver<Batch>, sent: &Sent) -> anyhow::Result<Duration> {
    let queue = Mutex::new(Queue {
        batches,
        steady: None,
    });
    std::thread::scope(|scope| {
        let posters = [(); POSTERS].map(|()| {
            scope.spawn(|| {
                let result = post_all(http, &queue, sent);
                if result.is_err() {
                    sent.stop.store(true, Ordering::SeqCst);
                }
                result
            })
        });
        posters.into_iter().try_for_each(|poster| {
            let ended = poster.join();
            ended.unwrap_or_else(|_| bail!("a poster panicked"))
        })
    })?;
    let steady = queue.lock().expect("no holder panics").steady;
    Ok(steady.map_or(Duration::ZERO, |(begin, _)| begin.elapsed()))
}

fn post_all(http: &Http, queue: &Mutex<Queue>, sent: &Sent) -> anyhow::Result<()> {
    while !sent.stop.load(Ordering::SeqCst) {
        let next = queue.lock().expect("no holder panics").next(sent);
        let Some((batch, is_past)) = next else { break };
        let accepted = post(http, &batch.lines, sent)?;
        ensure!(
            accepted == batch.count,
            "{accepted} of {} events are new; all of them are",
            batch.count
        );
        sent.accepted.fetch_add(accepted, Ordering::SeqCst);
        if is_past {
            sent.past.fetch_add(accepted, Ordering::SeqCst);
        }
    }
    Ok(())
}

/// Whether a line's event is of a time before a day.
fn is_past(line: &str, day: &str) -> bool {
    let time = line.split_once("\"time\":\"").map(|(_, rest)| rest);
    time.is_some_and(|time| time < day)
}

/// Posts a batch until it is taken.
fn post(http: &Http, batch: &str, sent: &Sent) -> anyhow::Result<u64> {
    loop {
        let begin = Instant::now();
        let answer = http
            .try_post_lines(batch)
            .context("the server does not answer")?;
        let us = begin.elapsed().as_micros() as u64;
        sent.slowest_us.fetch_max(us, Ordering::SeqCst);
        match answer.status {
            200 => {
                let receipt: Value = serde_json::from_str(&answer.text)?;
                return receipt["accepted"].as_u64().context("a receipt counts");
            }
            429 | 503 => {
                sent.refused.fetch_add(1, Ordering::SeqCst);
                let pause = answer.retry_after.unwrap_or(1);
                std::thread::sleep(Duration::from_secs(pause.into()));
            }
            status => bail!("a batch was answered {status}: {}", answer.text),
        }
    }
}

/// What a reader of the city's view has seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Frames.
    pub frames: u64,
    /// The longest time without one.
    pub longest_gap: Duration,
    /// What broke the order of the frames, or ended them.
    pub broken: Option<String>,
}

/// A reader of the city's view, which holds every frame to the protocol.
#[derive(Debug)]
pub struct RoomReader {
    runtime: tokio::runtime::Runtime,
    seen: Arc<Mutex<(Seen, Instant)>>,
}

impl RoomReader {
    /// Subscribes.
    pub fn start(url: &str) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let seen = Arc::new(Mutex::new((Seen::default(), Instant::now())));
        let mut socket = runtime.block_on(async {
            let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
            let wish = r#"{"op":"subscribe","topic":"city"}"#;
            socket.send(Message::text(wish)).await?;
            anyhow::Ok(socket)
        })?;
        let told = Arc::clone(&seen);
        runtime.spawn(async move {
            let mut view = View::default();
            loop {
                let read = match socket.next().await {
                    Some(Ok(Message::Text(text))) => serde_json::from_str(&text)
                        .map_err(anyhow::Error::from)
                        .and_then(|frame: Value| view.apply(&frame)),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => {
                        Err(anyhow::anyhow!("the connection ended"))
                    }
                    Some(Ok(_)) => continue,
                };
                // One is enough to know that it is not the first.
                view.kinds.truncate(1);
                let (seen, last) = &mut *told.lock().expect("no holder panics");
                match read {
                    Ok(()) => {
                        seen.frames += 1;
                        seen.longest_gap = seen.longest_gap.max(last.elapsed());
                        *last = Instant::now();
                    }
                    Err(error) => {
                        seen.broken = Some(error.to_string());
                        return;
                    }
                }
            }
        });
        Ok(Self { runtime, seen })
    }

    /// What it has seen up to now, and the silence that still lasts.
    pub fn end(self) -> Seen {
        let (mut seen, last) = {
            let held = self.seen.lock().expect("no holder panics");
            (held.0.clone(), held.1)
        };
        seen.longest_gap = seen.longest_gap.max(last.elapsed());
        self.runtime.shutdown_background();
        seen
    }
}
