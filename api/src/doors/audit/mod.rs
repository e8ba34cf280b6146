//! The audit log: who signed in, saw, changed, acknowledged and took out what.
//!
//! # Form
//! A folder with a file a UTC month, `2026-11.ndjson`, and `head.json`. A line is an entry as JSON:
//!
//! `{"n":7,"prev":"<hash of line 6>","at":…,"who":…,"role":…,"from":…,"what":…,"target":…,"request":…,"hash":"<hash>"}`
//!
//! `hash` is the SHA-256 of the line before, as 32 bytes, followed by the entry's canonical JSON: the line without `hash`,
//! members in this order, no spaces. The first line's `prev` is 64 zeros. The chain goes on from month to month. `head.json`
//! keeps the count and the hash of the last line; it is replaced after each group of lines.
//!
//! # What it shows
//! A line that was changed, taken out, put in, moved, or a file that was cut or removed is found by [`verify()`], which names the
//! first such line. The chain has no key: who can write all the files can make another whole chain. Against that,
//! keep `head.json`'s hash elsewhere (a printed briefing, another machine's log), and give it to [`verify()`].
//!
//! # Order of writing
//! A line is on the disk before what it tells of is answered for. A crash between the line and the head leaves a line beyond
//! the head; the next start takes it in. A torn last line was never answered for and is cut off.
//!
//! No personal data stands here: `who` is an account's or key's name, `from` an address without its last part, `target` an
//! address of the service with a dossier's code at most.

mod log;
#[cfg(test)]
mod tests;
mod verify;

use serde::{Deserialize, Serialize};

use super::address::Prefix;
use super::at::At;
use super::files::FileError;
use super::secret::Digest;

pub use log::AuditLog;
pub use verify::{Fault, Head, Verified, export, verify};

/// Characters of a name or target that are kept.
const LONGEST: usize = 200;
/// What stands before the first line.
const BEGIN: Digest = Digest([0; 32]);
/// The file of the head.
const HEAD: &str = ingest::datadir::AUDIT_HEAD;

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Signed in.
    SignedIn,
    /// Tried to sign in, and could not.
    SignInFailed,
    /// Signed out.
    SignedOut,
    /// Asked for what it has no right to.
    Refused,
    /// Changed or entered something.
    Changed,
    /// Did something at the alert desk.
    Acknowledged,
    /// Took a file or a table out.
    Exported,
    /// Saw single dossiers.
    SawDossier,
    /// Changed an account, its own or another's.
    AccountChanged,
    /// Made or revoked a key.
    KeyChanged,
}

impl What {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::Refused => "refused",
            Self::Changed => "changed",
            Self::Acknowledged => "acknowledged",
            Self::Exported => "exported",
            Self::SawDossier => "saw_dossier",
            Self::AccountChanged => "account_changed",
            Self::KeyChanged => "key_changed",
        }
    }
}

/// Something to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: At,
    /// The account or key.
    pub who: String,
    /// In which role; none where nobody was known.
    pub role: Option<super::role::Role>,
    /// From where; none for a command at the machine.
    pub from: Option<Prefix>,
    /// What.
    pub what: What,
    /// To what.
    pub target: String,
    /// The request's id.
    pub request: String,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    n: u64,
    prev: Digest,
    #[serde(flatten)]
    entry: Entry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<Digest>,
}

impl Line {
    fn new(n: u64, prev: Digest, mut entry: Entry) -> Self {
        entry.who = kept(&entry.who);
        entry.target = kept(&entry.target);
        entry.request = kept(&entry.request);
        let mut line = Self {
            n,
            prev,
            entry,
            hash: None,
        };
        line.hash = Some(line.hashed());
        line
    }

    /// The hash that it must have.
    fn hashed(&self) -> Digest {
        let plain = Self {
            hash: None,
            ..self.clone()
        };
        Digest::of_parts(&[&self.prev.0, plain.text().as_bytes()])
    }

    /// Without the end of line.
    fn text(&self) -> String {
        // Plain structs of text and numbers always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A text of one line, not too long.
fn kept(text: &str) -> String {
    let clean = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    clean.take(LONGEST).collect()
}

/// Why something was not kept, or what was cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The log's end is not what its head says.
    #[error(
        "the audit log is damaged: {0}; keep the folder as it is for whoever examines it, move it away, and start again"
    )]
    Damaged(Fault),
}
