//! Sessions of people who signed in.
//!
//! A session's id is 256 random bits that the browser alone keeps; here stands its SHA-256. Sessions live in memory, and in
//! `sessions.json` so that a restart signs nobody out. What a session may do is the account's to say at each request
//! ([`super::accounts::Accounts::standing`]): a session says only whose it is.
//!
//! Bounds: idle (since it was last seen), absolute (since its holder signed in; a rotation does not lengthen it), sessions an
//! account may have (the one seen longest ago ends), and sessions in all. The file is written when a session begins or ends; when each was
//! last seen is written by [`Sessions::flush`] alone, so that a crash makes sessions seem idle for longer, never for shorter.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::at::At;
use super::files::{FileError, read_json, replace_json};
use super::secret::{Digest, NoRandom, token, unhex};

/// The file's name.
pub const FILE: &str = "sessions.json";
/// Sessions of an account, at most.
pub const MOST_OF_ONE: usize = 10;
/// Sessions, at most.
pub const MOST: usize = 20_000;

/// How long sessions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bounds {
    /// Seconds without a request.
    pub idle_s: u32,
    /// Seconds since signing in.
    pub absolute_s: u32,
}

impl Default for Bounds {
    /// Thirty minutes, and a shift with its hand-over.
    fn default() -> Self {
        Self {
            idle_s: 30 * 60,
            absolute_s: 12 * 3_600,
        }
    }
}

/// Why a session was not begun.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Whose.
    pub account: String,
    /// When its holder signed in.
    pub signed_in: At,
    /// When this id was made.
    pub made: At,
    /// When it was last seen.
    pub seen: At,
    /// Whom the identity provider proved, where it was not the account's own password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved: Option<Proved>,
}

/// Somebody whom the identity provider proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proved {
    /// Who, as accounts are linked to them.
    pub subject: Digest,
    /// It asked for a second factor.
    pub has_second_factor: bool,
}

impl Session {
    fn holds(&self, bounds: Bounds, now: At) -> bool {
        now.since(self.seen) < u64::from(bounds.idle_s) * 1_000
            && now.since(self.signed_in) < u64::from(bounds.absolute_s) * 1_000
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    sessions: Vec<(Digest, Session)>,
}

/// All sessions.
#[derive(Debug)]
pub struct Sessions {
    path: PathBuf,
    bounds: Bounds,
    by: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    /// Opens a data directory's sessions. A file that is damaged, or a newer program's, has none: people sign in again.
    pub fn open(dir: &Path, bounds: Bounds, now: At) -> Result<Self, FileError> {
        let path = dir.join(FILE);
        let saved: Saved = match read_json(&path) {
            Err(FileError::Damaged { detail, .. }) => {
                tracing::warn!(detail, "{FILE} cannot be read: everybody signs in again");
                Saved::default()
            }
            read => read?,
        };
        let held = saved.sessions.into_iter();
        let held = held.filter(|(_, session)| session.holds(bounds, now));
        Ok(Self {
            path,
            bounds,
            by: Mutex::new(held.collect()),
        })
    }

    /// Begins a session; answers its id, which is kept nowhere here.
    pub fn begin(&self, account: &str, now: At) -> Result<String, SessionError> {
        self.begin_as(account, None, now)
    }

    /// The same of somebody whom the identity provider proved.
    pub fn begin_as(
        &self,
        account: &str,
        proved: Option<Proved>,
        now: At,
    ) -> Result<String, SessionError> {
        let session = Session {
            account: account.to_owned(),
            signed_in: now,
            made: now,
            seen: now,
            proved,
        };
        let mut by = self.by.lock();
        self.add(&mut by, session, now)
    }

    fn add(
        &self,
        by: &mut HashMap<Digest, Session>,
        session: Session,
        now: At,
    ) -> Result<String, SessionError> {
        let id = token()?;
        let account = session.account.clone();
        by.retain(|_, session| session.holds(self.bounds, now));
        while by.values().filter(|s| s.account == account).count() >= MOST_OF_ONE {
            end_stalest(by, |session| session.account == account);
        }
        while by.len() >= MOST {
            end_stalest(by, |_| true);
        }
        by.insert(Digest::of(id.as_bytes()), session);
        self.save(by)?;
        Ok(id)
    }

    /// The session of an id, which is seen now; none when there is none that holds. What is not of an id's form is none.
    pub fn find(&self, id: &str, now: At) -> Option<(Digest, Session)> {
        unhex(id)?;
        let digest = Digest::of(id.as_bytes());
        let mut by = self.by.lock();
        let session = by.get_mut(&digest)?;
        if !session.holds(self.bounds, now) {
            by.remove(&digest);
            return None;
        }
        session.seen = session.seen.max(now);
        Some((digest, session.clone()))
    }

    /// The session of a digest, without being seen: for connections that outlast a request.
    pub fn peek(&self, digest: &Digest, now: At) -> Option<Session> {
        let by = self.by.lock();
        let session = by.get(digest)?;
        session.holds(self.bounds, now).then(|| session.clone())
    }

    /// Gives a session another id, when its rights rise; the former id is void. None when there is none.
    pub fn rotate(&self, digest: &Digest, now: At) -> Result<Option<String>, SessionError> {
        let mut by = self.by.lock();
        let Some(session) = by.remove(digest).filter(|s| s.holds(self.bounds, now)) else {
            return Ok(None);
        };
        let session = Session {
            made: now,
            seen: now,
            ..session
        };
        self.add(&mut by, session, now).map(Some)
    }

    /// Ends a session.
    pub fn end(&self, digest: &Digest) -> Result<(), FileError> {
        let mut by = self.by.lock();
        by.remove(digest);
        self.save(&by)
    }

    /// Ends an account's sessions, but for one; answers how many ended.
    pub fn end_all(&self, account: &str, but: Option<&Digest>) -> Result<usize, FileError> {
        let mut by = self.by.lock();
        let before = by.len();
        by.retain(|digest, session| session.account != account || Some(digest) == but);
        let ended = before - by.len();
        self.save(&by)?;
        Ok(ended)
    }

    /// An account's sessions, the last seen first.
    pub fn of(&self, account: &str, now: At) -> Vec<(Digest, Session)> {
        let by = self.by.lock();
        let own = by
            .iter()
            .filter(|(_, session)| session.account == account && session.holds(self.bounds, now));
        let mut own: Vec<_> = own.map(|(d, s)| (*d, s.clone())).collect();
        own.sort_by_key(|(digest, session)| (std::cmp::Reverse(session.seen), *digest));
        own
    }

    /// Writes when each was last seen: every minute or so, and when the server stops.
    pub fn flush(&self, now: At) -> Result<(), FileError> {
        let mut by = self.by.lock();
        by.retain(|_, session| session.holds(self.bounds, now));
        self.save(&by)
    }

    /// How many there are, those that no longer hold among them.
    pub fn count(&self) -> usize {
        self.by.lock().len()
    }

    fn save(&self, by: &HashMap<Digest, Session>) -> Result<(), FileError> {
        let mut sessions: Vec<_> = by.iter().map(|(d, s)| (*d, s.clone())).collect();
        sessions.sort_by_key(|(digest, _)| *digest);
        replace_json(&self.path, &Saved { sessions })
    }
}

fn end_stalest(by: &mut HashMap<Digest, Session>, of: impl Fn(&Session) -> bool) {
    let own = by.iter().filter(|(_, session)| of(session));
    let stalest = own.min_by_key(|(digest, session)| (session.seen, **digest));
    if let Some(digest) = stalest.map(|(digest, _)| *digest) {
        by.remove(&digest);
    }
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
