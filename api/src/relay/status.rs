//! How a relay does: for whoever asks it, for Prometheus, and in a file for whoever looks while it does not run.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ingest::event::EventTime;
use ingest::size::Size;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// The file's name in a relay's directory.
const FILE: &str = "status.json";

/// What went wrong last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// When.
    pub at: String,
    /// What, and what to do.
    pub text: String,
    /// True while it goes on: nothing has worked since.
    pub is_standing: bool,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Where events go.
    pub server: String,
    /// Where the relay listens.
    pub listening: String,
    /// Events that the server has not answered for.
    pub waiting_events: u64,
    /// Seconds since the oldest of them came.
    pub oldest_waiting_seconds: f64,
    /// What is on the disk.
    pub disk_bytes: u64,
    /// What may be.
    pub max_disk_bytes: u64,
    /// Events that the server answered for since the start.
    pub sent_events: u64,
    /// Those of them that it refused.
    pub refused_events: u64,
    /// Events that are put by until the key may send them, or a clock is right.
    #[serde(default)]
    pub held_events: u64,
    /// Files of events that were found damaged and set aside.
    #[serde(default)]
    pub damaged_files: u64,
    /// When the server last took something.
    pub last_success: Option<String>,
    /// What went wrong last.
    pub last_error: Option<LastError>,
}

#[derive(Debug)]
struct Inner {
    end: u64,
    sent: u64,
    disk_bytes: u64,
    sent_events: u64,
    refused_events: u64,
    held_events: u64,
    damaged_files: u64,
    oldest: Option<EventTime>,
    last_success: Option<EventTime>,
    last_error: Option<LastError>,
    has_changed: bool,
}

/// The state that is told.
#[derive(Debug)]
pub struct Status {
    dir: PathBuf,
    server: String,
    listening: SocketAddr,
    max_disk: Size,
    inner: Mutex<Inner>,
}

impl Status {
    /// At a start.
    pub fn new(dir: &Path, server: String, listening: SocketAddr, max_disk: Size) -> Self {
        let before = read(dir);
        let last_success = before.and_then(|told| told.last_success);
        Self {
            dir: dir.to_owned(),
            server,
            listening,
            max_disk,
            inner: Mutex::new(Inner {
                end: 0,
                sent: 0,
                disk_bytes: 0,
                sent_events: 0,
                refused_events: 0,
                held_events: super::held::count(dir),
                damaged_files: super::spool::damaged_files(dir),
                oldest: None,
                last_success: last_success.and_then(|at| EventTime::parse_rfc3339(&at)),
                last_error: None,
                has_changed: true,
            }),
        }
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.inner.lock();
        change(&mut inner);
        inner.has_changed = true;
    }

    /// Events are durable up to a position.
    pub(super) fn kept(&self, end: u64, disk_bytes: u64) {
        self.change(|inner| {
            (inner.end, inner.disk_bytes) = (end, disk_bytes);
        });
    }

    /// The oldest that waits came then.
    pub(super) fn waits_since(&self, since: Option<EventTime>) {
        self.change(|inner| inner.oldest = since);
    }

    /// The server has answered for what is before a position; `at` where it did so now.
    pub(super) fn sent(&self, position: u64, at: Option<EventTime>) {
        self.change(|inner| {
            if at.is_some() {
                inner.sent_events += position.saturating_sub(inner.sent);
                inner.last_success = at;
                if let Some(error) = &mut inner.last_error {
                    error.is_standing = false;
                }
            }
            inner.sent = position;
            inner.oldest = None;
        });
    }

    /// It refused events for good.
    pub(super) fn refused(&self, events: u64) {
        self.change(|inner| inner.refused_events += events);
    }

    /// So many are put by.
    pub(super) fn held(&self, events: u64) {
        self.change(|inner| inner.held_events = events);
    }

    /// Nothing was sent. Answers true where this is something new.
    pub(super) fn failed(&self, at: EventTime, text: &str) -> bool {
        let mut is_new = true;
        self.change(|inner| {
            let before = inner.last_error.as_ref();
            is_new = before.is_none_or(|before| !before.is_standing || before.text != text);
            inner.last_error = Some(LastError {
                at: at.to_string(),
                text: text.to_owned(),
                is_standing: true,
            });
        });
        is_new
    }

    /// What is told at an instant.
    pub fn told(&self, now: EventTime) -> Told {
        let inner = self.inner.lock();
        Told {
            server: self.server.clone(),
            listening: self.listening.to_string(),
            waiting_events: inner.end.saturating_sub(inner.sent),
            oldest_waiting_seconds: inner
                .oldest
                .map_or(0.0, |since| now.seconds_since(since).max(0.0)),
            disk_bytes: inner.disk_bytes,
            max_disk_bytes: self.max_disk.0,
            sent_events: inner.sent_events,
            refused_events: inner.refused_events,
            held_events: inner.held_events,
            damaged_files: inner.damaged_files,
            last_success: inner.last_success.map(|at| at.to_string()),
            last_error: inner.last_error.clone(),
        }
    }

    /// Writes the file where something changed. It is derived: what a crash leaves of it does not matter.
    pub(super) fn write_down(&self) {
        if !std::mem::take(&mut self.inner.lock().has_changed) {
            return;
        }
        let told = self.told(EventTime::now());
        let path = self.dir.join(FILE);
        let temporary = path.with_extension("json.new");
        let written = serde_json::to_vec_pretty(&told)
            .map_err(std::io::Error::other)
            .and_then(|text| std::fs::write(&temporary, text))
            .and_then(|()| std::fs::rename(&temporary, &path));
        if let Err(error) = written {
            tracing::debug!(%error, "the relay's state is not written down");
        }
    }
}

/// What a relay's directory says of it.
pub fn read(dir: &Path) -> Option<Told> {
    serde_json::from_slice(&std::fs::read(dir.join(FILE)).ok()?).ok()
}

impl Told {
    /// As Prometheus reads it.
    pub fn metrics(&self) -> String {
        let last_success = self.last_success.as_deref();
        let last_success = last_success
            .and_then(EventTime::parse_rfc3339)
            .map_or(0.0, |at| at.0 as f64 / 1e6);
        let is_failing = self.last_error.as_ref().is_some_and(|e| e.is_standing);
        let mut text = String::new();
        for (name, kind, value) in [
            ("waiting_events", "gauge", self.waiting_events as f64),
            (
                "oldest_waiting_seconds",
                "gauge",
                self.oldest_waiting_seconds,
            ),
            ("disk_bytes", "gauge", self.disk_bytes as f64),
            ("max_disk_bytes", "gauge", self.max_disk_bytes as f64),
            ("sent_events_total", "counter", self.sent_events as f64),
            (
                "refused_events_total",
                "counter",
                self.refused_events as f64,
            ),
            ("held_events", "gauge", self.held_events as f64),
            ("damaged_files", "gauge", self.damaged_files as f64),
            ("last_success_timestamp_seconds", "gauge", last_success),
            ("failing", "gauge", f64::from(u8::from(is_failing))),
        ] {
            let name = format!("vonglau_relay_{name}");
            // Writing to a text does not fail.
            let _ = write!(text, "# TYPE {name} {kind}\n{name} {value}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stands_until_something_works_and_the_last_success_outlives_a_start() {
        let dir = tempfile::tempdir().unwrap();
        let new = || {
            let at = "127.0.0.1:1".parse().unwrap();
            Status::new(dir.path(), "http://s".to_owned(), at, Size(100))
        };
        let status = new();
        status.kept(10, 50);
        status.waits_since(Some(EventTime(1_000_000)));
        assert!(status.failed(EventTime(0), "away"));
        assert!(!status.failed(EventTime(0), "away"), "the same again");
        assert!(status.failed(EventTime(0), "refused"));
        let told = status.told(EventTime(3_000_000));
        assert_eq!(
            (told.waiting_events, told.oldest_waiting_seconds),
            (10, 2.0)
        );
        assert!(told.last_error.as_ref().unwrap().is_standing);
        assert!(told.metrics().contains("\nvonglau_relay_failing 1\n"));
        status.sent(10, Some(EventTime(2_000_000)));
        let told = status.told(EventTime(3_000_000));
        assert_eq!((told.waiting_events, told.sent_events), (0, 10));
        assert!(!told.last_error.as_ref().unwrap().is_standing);
        assert!(status.failed(EventTime(0), "refused"), "anew");
        status.write_down();
        assert_eq!(read(dir.path()).unwrap().last_success, told.last_success);
        assert_eq!(new().told(EventTime(0)).last_success, told.last_success);
    }
}
