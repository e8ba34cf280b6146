//! Keys of programs: `keys.json` in the data directory.
//!
//! A key is written `vgl_<id>_<secret>`; the id names it in lists and logs, and of the secret, 256 random bits, a SHA-256 is kept. A
//! *bearer* key is sent whole in an `Authorization` header. A *signing* key is never sent: it signs each request
//! ([`super::signing`]) with the SHA-256 of its secret as the HMAC's key. Who reads the file can therefore sign with signing keys, and
//! can do nothing with bearer keys; neither is taken in the other's place.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::at::At;
use super::files::{FileError, Kept};
use super::role::Role;
use super::scope::{BadScope, Scope};
use super::secret::{Digest, NoRandom, hex, random, token, unhex};

/// The file's name.
pub const FILE: &str = ingest::datadir::KEYS;
/// What a key begins with, so that scanners of texts find one that was left somewhere.
pub const PREFIX: &str = "vgl_";
/// Hexadecimal digits of an id.
const ID_DIGITS: usize = 16;
/// Keys, at most.
const MOST: usize = 10_000;

/// How a key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Sent with each request.
    #[default]
    Bearer,
    /// Signs each request.
    Signing,
}

/// What a key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its role.
    pub role: Role,
    /// What it is bounded to.
    pub scope: Scope,
    /// How it is used.
    pub used: Use,
    /// When it ends; none is never.
    pub expires: Option<At>,
    /// What it is for, as `kiosks of site 00004`: no person's name.
    pub note: String,
}

/// A key as it is kept, and as a list shows it but for the digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Its role.
    pub role: Role,
    /// What it is bounded to.
    #[serde(default)]
    pub scope: Scope,
    /// How it is used.
    pub used: Use,
    /// What it is for.
    #[serde(default)]
    pub note: String,
    digest: Digest,
    /// When it was made.
    pub made: At,
    /// When it ends.
    pub expires: Option<At>,
    /// When it was revoked.
    pub revoked: Option<At>,
    /// The UTC day on which it was last used, days since the epoch.
    pub last_day: Option<i64>,
}

impl Key {
    /// Whether it may be used.
    pub fn holds(&self, now: At) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|until| now < until)
    }

    /// The HMAC's key of a signing key.
    pub(crate) const fn signing_secret(&self) -> &[u8; 32] {
        &self.digest.0
    }
}

/// Why a key was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The scope.
    #[error(transparent)]
    Scope(#[from] BadScope),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
    /// There is none.
    #[error("there is no key `{0}`: `vonglau key list` names those that there are")]
    Absent(String),
    /// It ends before it begins.
    #[error("the key would end before now: give a later end")]
    Past,
    /// Too many.
    #[error("there may be up to {MOST} keys: revoked ones go with `vonglau key revoke --remove`")]
    TooMany,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct All {
    keys: BTreeMap<String, Key>,
}

/// All keys.
#[derive(Debug)]
pub struct Keys {
    kept: Kept<All>,
}

impl Keys {
    /// Opens a data directory's keys.
    pub fn open(dir: &Path) -> Result<Self, FileError> {
        Ok(Self {
            kept: Kept::open(dir.join(FILE))?,
        })
    }

    /// Makes a key; answers its id and the whole key, which is kept nowhere and is shown once.
    pub fn create(&self, wanted: Wanted, now: At) -> Result<(String, String), KeyError> {
        wanted.scope.check(wanted.role)?;
        if wanted.expires.is_some_and(|until| until <= now) {
            return Err(KeyError::Past);
        }
        let id = hex(&random::<{ ID_DIGITS / 2 }>()?);
        let secret = token()?;
        let key = Key {
            role: wanted.role,
            scope: wanted.scope,
            used: wanted.used,
            note: wanted
                .note
                .chars()
                .filter(|c| !c.is_control())
                .take(100)
                .collect(),
            digest: Digest::of(secret.as_bytes()),
            made: now,
            expires: wanted.expires,
            revoked: None,
            last_day: None,
        };
        self.kept.edit(|all| {
            if all.keys.len() >= MOST {
                return Err(KeyError::TooMany);
            }
            all.keys.insert(id.clone(), key);
            Ok(())
        })?;
        let whole = format!("{PREFIX}{id}_{secret}");
        Ok((id, whole))
    }

    /// All of them by id, revoked ones too.
    pub fn list(&self) -> BTreeMap<String, Key> {
        self.kept.read(|all| all.keys.clone())
    }

    /// Revokes a key; it is not taken at the next request. Revoking it twice keeps the first time.
    pub fn revoke(&self, id: &str, now: At) -> Result<(), KeyError> {
        self.kept.edit(|all| {
            let key = all
                .keys
                .get_mut(id)
                .ok_or_else(|| KeyError::Absent(id.to_owned()))?;
            key.revoked.get_or_insert(now);
            Ok(())
        })
    }

    /// Takes away a key that was revoked, or revokes and takes it away.
    pub fn remove(&self, id: &str) -> Result<(), KeyError> {
        self.kept.edit(|all| {
            let gone = all.keys.remove(id);
            gone.map(|_| ())
                .ok_or_else(|| KeyError::Absent(id.to_owned()))
        })
    }

    /// A key that holds, by its id.
    pub fn find(&self, id: &str, now: At) -> Option<Key> {
        self.kept
            .read(|all| all.keys.get(id).filter(|key| key.holds(now)).cloned())
    }

    /// The bearer key of which somebody sent the whole; none when it is not one that holds.
    pub fn bearer(&self, whole: &str, now: At) -> Option<(String, Key)> {
        let (id, secret) = parts(whole)?;
        let sent = Digest::of(secret.as_bytes());
        let key = self.find(id, now)?;
        let is_it = key.digest == sent && key.used == Use::Bearer;
        is_it.then(|| (id.to_owned(), key))
    }

    /// Whether it is noted that a key was used today.
    pub fn was_used(&self, id: &str, now: At) -> bool {
        let last = |all: &All| all.keys.get(id).and_then(|key| key.last_day);
        self.kept.read(last) >= Some(now.day())
    }

    /// Notes that a key is used today; writes once a day and key, and waits for the disk then.
    pub fn used(&self, id: &str, now: At) -> Result<(), KeyError> {
        if self.was_used(id, now) {
            return Ok(());
        }
        self.kept.edit(|all| {
            if let Some(key) = all.keys.get_mut(id) {
                key.last_day = key.last_day.max(Some(now.day()));
            }
            Ok(())
        })
    }
}

/// Id and secret of a whole key.
fn parts(whole: &str) -> Option<(&str, &str)> {
    let (id, secret) = whole.strip_prefix(PREFIX)?.split_once('_')?;
    unhex(secret)?;
    (id.len() == ID_DIGITS && id.bytes().all(|b| b.is_ascii_hexdigit())).then_some((id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: At = At::of_seconds(1_795_651_200);

    fn wanted(role: Role) -> Wanted {
        Wanted {
            role,
            scope: Scope::default(),
            used: Use::Bearer,
            expires: None,
            note: String::new(),
        }
    }

    fn opened() -> (tempfile::TempDir, Keys) {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path()).unwrap();
        (dir, keys)
    }

    #[test]
    fn a_key_is_known_until_it_ends_or_is_revoked() {
        let (dir, keys) = opened();
        let until = NOW.plus_seconds(1_000);
        let (id, whole) = keys
            .create(
                Wanted {
                    expires: Some(until),
                    ..wanted(Role::Source)
                },
                NOW,
            )
            .unwrap();
        let file = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert!(
            !file.contains(whole.rsplit_once('_').unwrap().1),
            "the secret is kept nowhere"
        );
        assert_eq!(keys.bearer(&whole, NOW).unwrap().0, id);
        assert!(keys.bearer(&whole, until).is_none());
        let command = Keys::open(dir.path()).unwrap();
        command.revoke(&id, NOW).unwrap();
        assert!(
            keys.bearer(&whole, NOW).is_none(),
            "revoked by a command, beside the server"
        );
        assert!(keys.list().contains_key(&id), "a list still shows it");
        keys.remove(&id).unwrap();
        assert!(matches!(keys.revoke(&id, NOW), Err(KeyError::Absent(_))));
    }

    #[test]
    fn a_signing_key_is_not_taken_as_a_bearer() {
        let (_dir, keys) = opened();
        let (_, whole) = keys
            .create(
                Wanted {
                    used: Use::Signing,
                    ..wanted(Role::Source)
                },
                NOW,
            )
            .unwrap();
        assert!(keys.bearer(&whole, NOW).is_none());
    }

    #[test]
    fn the_day_of_use_is_kept() {
        let (_dir, keys) = opened();
        let (id, _) = keys.create(wanted(Role::Display), NOW).unwrap();
        keys.used(&id, NOW).unwrap();
        assert_eq!(keys.list()[&id].last_day, Some(NOW.day()));
    }

    #[test]
    fn keys_that_must_not_be_are_refused() {
        let (_dir, keys) = opened();
        assert!(matches!(
            keys.create(wanted(Role::UnitOfficer), NOW),
            Err(KeyError::Scope(_))
        ));
        let past = Wanted {
            expires: Some(NOW),
            ..wanted(Role::Source)
        };
        assert!(matches!(keys.create(past, NOW), Err(KeyError::Past)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn anything_else_is_no_key(text in "(vgl_)?[0-9a-f_]{0,90}|\\PC{0,40}") {
            let (_dir, keys) = opened();
            let (_, whole) = keys.create(wanted(Role::Source), NOW).unwrap();
            prop_assert!(keys.bearer(&text, NOW).is_none());
            let longer = format!("{whole}0");
            prop_assert!(keys.bearer(&longer, NOW).is_none());
            prop_assert!(keys.bearer(&whole.to_uppercase(), NOW).is_none());
        }
    }
}
