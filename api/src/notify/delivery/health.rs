//! How a receiver does.

use serde::Serialize;

/// How a receiver does, for the desk to show and to raise an alert about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Its name.
    pub name: String,
    /// When it last took a message, microseconds since 1970.
    pub since_ok: Option<i64>,
    /// Since when no try succeeds, microseconds since 1970; `None` where the last one did.
    pub failing_since: Option<i64>,
    /// What the last failure was, or what was odd at the last success; empty where nothing is. It holds no secrets.
    pub last_error: String,
    /// Notices that wait or are being sent.
    pub waiting: u64,
    /// Notices that it took, repeats too.
    pub delivered: u64,
    /// Notices that were given up.
    pub dropped: u64,
}

impl Health {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            since_ok: None,
            failing_since: None,
            last_error: String::new(),
            waiting: 0,
            delivered: 0,
            dropped: 0,
        }
    }

    /// True where nothing is known against it.
    pub const fn is_well(&self) -> bool {
        self.failing_since.is_none() && self.last_error.is_empty()
    }

    /// Seconds for which it has failed at an instant (microseconds since 1970).
    pub fn failing_s(&self, now: i64) -> i64 {
        self.failing_since
            .map_or(0, |since| now.saturating_sub(since).max(0) / 1_000_000)
    }

    pub(super) fn takes(&mut self, now: i64, notices: u64, remark: Option<String>) {
        self.since_ok = Some(now);
        self.failing_since = None;
        self.last_error = remark.unwrap_or_default();
        self.delivered += notices;
    }

    pub(super) fn fails(&mut self, now: i64, error: String) {
        self.failing_since.get_or_insert(now);
        self.last_error = error;
    }
}
