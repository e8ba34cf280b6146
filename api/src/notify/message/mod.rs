//! A notice, the messages that are made of notices, and their texts.
//!
//! What flows in: [`Notice`]s of the desk's log, joined into a [`Batch`] for one receiver. What flows out: a mail
//! ([`mail`]), a webhook's body ([`webhook`]) with its signature ([`signature`]), an Alertmanager's list
//! ([`alertmanager`]).
//!
//! Invariants: what is made depends only on the batch, the receiver and the instant; no text of a notice can begin a
//! header or a line of its own ([`one_line`]); Vietnamese stands before English.

pub mod alertmanager;
pub mod mail;
pub mod signature;
#[cfg(test)]
pub(in crate::notify) mod tests;
pub mod webhook;

use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Longest text in one line, characters.
const LONGEST_LINE: usize = 2_000;

/// How serious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Least.
    Low,
    /// Between.
    Medium,
    /// Most.
    High,
}

impl Priority {
    /// All, the least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Its word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Its word in Vietnamese.
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Low => "thấp",
            Self::Medium => "trung bình",
            Self::High => "cao",
        }
    }
}

/// The step of an alert's life that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It stands.
    Raised,
    /// Nobody took it in time.
    Escalated,
    /// What it was about is over.
    Normal,
    /// It was never so: what came late undid it.
    Corrected,
    /// Somebody is urged to act.
    Urged,
    /// It is done with.
    Closed,
    /// A message to see that messages arrive.
    Test,
}

impl What {
    /// Those that a receiver may choose from.
    pub const ALL: [Self; 7] = [
        Self::Raised,
        Self::Escalated,
        Self::Normal,
        Self::Corrected,
        Self::Urged,
        Self::Closed,
        Self::Test,
    ];

    /// True where the case stands from then on.
    pub const fn stands(self) -> bool {
        matches!(self, Self::Raised | Self::Escalated)
    }

    /// True where the case stands no more.
    pub const fn ends(self) -> bool {
        matches!(self, Self::Normal | Self::Corrected | Self::Closed)
    }

    /// Its word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Escalated => "escalated",
            Self::Normal => "normal",
            Self::Corrected => "corrected",
            Self::Urged => "urged",
            Self::Closed => "closed",
            Self::Test => "test",
        }
    }

    /// Its words in Vietnamese.
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Raised => "Phát sinh",
            Self::Escalated => "Nâng cấp, chưa có người nhận",
            Self::Normal => "Đã trở lại bình thường",
            Self::Corrected => "Đính chính, không phải cảnh báo",
            Self::Urged => "Đôn đốc",
            Self::Closed => "Đã đóng",
            Self::Test => "Thử thông báo",
        }
    }

    /// Its words in English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Raised => "Raised",
            Self::Escalated => "Escalated, nobody took it",
            Self::Normal => "Back to normal",
            Self::Corrected => "Corrected, no alert",
            Self::Urged => "Urged",
            Self::Closed => "Closed",
            Self::Test => "Test message",
        }
    }
}

/// A step of an alert's life as receivers are told it. It has no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The alert, the same from raised to closed, and never used again for another.
    pub case: String,
    /// Its number in the desk's log, rising; 0 for a message outside the log, such as a test, which is not settled.
    pub number: u64,
    /// Which step.
    pub what: What,
    /// How serious.
    pub priority: Priority,
    /// The group of alerts.
    pub group: String,
    /// The rule's id.
    pub rule: String,
    /// The id of what it is about: a point, an agency, a receiver.
    pub subject: String,
    /// The name of that.
    pub subject_name: String,
    /// Who acts, as the rule's word.
    pub owner: String,
    /// The alert's title in Vietnamese.
    pub title_vi: String,
    /// The alert's title in English.
    pub title_en: String,
    /// What to do, in Vietnamese.
    pub response_vi: String,
    /// What to do, in English.
    pub response_en: String,
    /// The figure, its sample and its limit, in Vietnamese.
    pub evidence_vi: String,
    /// The figure, its sample and its limit, in English.
    pub evidence_en: String,
    /// Since when it is so, microseconds since 1970.
    pub since: i64,
    /// When the step was taken, microseconds since 1970.
    pub at: i64,
    /// The desk's page of it.
    pub url: Option<String>,
    /// Made of simulated data.
    pub simulated: bool,
}

/// A notice in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The notice.
    pub notice: Arc<Notice>,
    /// When it came to be told again, microseconds since 1970; `None` the first time.
    pub repeated_at: Option<i64>,
}

impl Told {
    /// What tells it from every other notice to the same receiver, the same at each try: `17`, or `17r1772700000` where
    /// it is told again.
    pub fn key(&self) -> String {
        match (self.notice.number, self.repeated_at) {
            (0, _) => format!("0t{}", self.notice.at),
            (number, None) => number.to_string(),
            (number, Some(at)) => format!("{number}r{}", at.div_euclid(1_000_000)),
        }
    }
}

/// Notices that go to one receiver in one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// To whom.
    pub receiver: String,
    /// In the order of the log.
    pub notices: Vec<Told>,
    /// Notices to this receiver that were given up since the last message that it took.
    pub given_up: u64,
}

impl Batch {
    /// What tells the message from every other, the same at each try: 32 hexadecimal digits.
    pub fn key(&self) -> String {
        let mut text = self.receiver.clone();
        for told in &self.notices {
            text.push('\n');
            text.push_str(&told.notice.case);
            text.push('\t');
            text.push_str(&told.key());
        }
        digest(&text)
    }

    /// True where a notice is of simulated data.
    pub fn is_simulated(&self) -> bool {
        self.notices.iter().any(|told| told.notice.simulated)
    }
}

/// The first 32 hexadecimal digits of a text's SHA-256.
fn digest(text: &str) -> String {
    let mut hex = hex(&Sha256::digest(text.as_bytes()));
    hex.truncate(32);
    hex
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A text as one line: control signs, line ends and the signs that turn the direction of writing become spaces, runs of
/// spaces one, and what is too long ends with `…`.
pub fn one_line(text: &str, longest: usize) -> String {
    let is_break = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let words: Vec<&str> = text
        .split(is_break)
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    if line.chars().nth(longest).is_none() {
        return line;
    }
    let kept: String = line.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// An instant in local time (UTC+7) as RFC 3339, to the second; the nearest that can be written for one far off.
pub fn rfc3339(at: i64) -> String {
    zoned(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// An instant in local time as people read it: `07:45 02/03/2026`.
fn for_people(at: i64) -> String {
    zoned(at).strftime("%H:%M %d/%m/%Y").to_string()
}

fn zoned(at: i64) -> jiff::Zoned {
    let nearest = if at < 0 {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    };
    let instant = jiff::Timestamp::from_microsecond(at).unwrap_or(nearest);
    instant.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)))
}

/// The desk's page where it is an address of the web; receivers' programs open it.
fn page(notice: &Notice) -> Option<String> {
    let url = notice.url.as_deref()?;
    let url = reqwest::Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}
