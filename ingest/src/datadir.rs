//! The data directory: what lies where, who may use it, and its secret.
//!
//! | name | what | derived |
//! |---|---|---|
//! | `vonglau.json` | format version, the directory's clock, and the geographic pack it was made with | no |
//! | `calendar.toml`, `procedures.toml`, `limits.toml`, `agencies.toml` | the operator's rules, where there are any | no |
//! | `national.toml` | what the operator's senders of the national exchange mean by their words, where it is there | no |
//! | `notify.toml` | who is told of alerts, where it is there; its secrets' files lie beside it, and no backup has them | no |
//! | `notify.progress` | what each receiver of alerts is done with; without it they are told what comes, and nothing older | yes |
//! | `entries.ndjson` | what people have entered, where there is any ([`crate::entries`]) | no |
//! | `desk/` | what the alert desk has shown and what people did there ([`crate::desk`]) | no |
//! | `accounts.json`, `keys.json` | who may come in; readable by the owner alone, and in no backup | no |
//! | `sessions.json` | who is signed in; no backup has it | no |
//! | `audit/` | who did what, chained (`vonglau audit verify`); no backup has it | no |
//! | `facts.calendar` | a digest of the rules by which the facts were made | yes |
//! | `secret.key` | 32 random bytes in hexadecimal, readable by the owner alone | no |
//! | `lock` | held (flock) by the one process that uses the directory | |
//! | `server.json` | address of the server that holds it, while it does | |
//! | `journal/` | the accepted events | no |
//! | `dedup/` | the duplicate index | from the journal |
//! | `facts/` | Parquet tables | from the journal, the checkpoint and the archive |
//! | `archive/` | entities that have left memory | from the journal, while it is whole |
//! | `checkpoint/` | the live state at two positions | from the journal, while it is whole |
//! | `forecasts.vlf` | what the points' past days taught of their queues; no backup has it | from the last weeks' events |

mod own;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::decode::Secret;
pub use own::{
    ACCOUNTS, AGENCIES, AUDIT, AUDIT_HEAD, CALENDAR, DESK, ENTRIES, KEYS, LIMITS, NATIONAL, NOTIFY,
    OWN, PROCEDURES, own,
};

/// The layout that this program writes.
pub const FORMAT: u32 = 1;

/// Where *now* comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The machine's clock; events far ahead of it are refused.
    #[default]
    Wall,
    /// The greatest accepted event time: simulated or replayed data. Every view says so.
    Events,
}

/// The name of a directory's settings.
pub const SETTINGS: &str = "vonglau.json";
/// The name of its secret.
pub const SECRET: &str = "secret.key";
const FACTS_CALENDAR: &str = "facts.calendar";
/// A file that is there while a backup is being restored into the directory.
pub const UNFINISHED: &str = "restore.unfinished";

/// A geographic pack by name: the city that a directory's events are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackName {
    /// The city.
    pub name: String,
    /// Version of the pack's content.
    pub version: String,
}

impl std::fmt::Display for PackName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.version)
    }
}

/// What `vonglau.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    format: u32,
    /// The directory's clock.
    #[serde(default)]
    pub clock: Clock,
    /// The pack that it was first used with; not known of a directory that an older program made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<PackName>,
}

/// The address that a server leaves for other commands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServerAddress {
    /// Base URL, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// Its process.
    pub pid: u32,
}

/// Who holds a directory.
#[derive(Debug, Clone)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A command, or a server that does not listen yet.
    Command,
    /// A server.
    Server(ServerAddress),
}

/// Why a directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A server holds it.
    #[error(
        "{path} is held by the server at {url} (process {pid}); ask that server, or stop it first"
    )]
    Served {
        /// The directory.
        path: PathBuf,
        /// Where the server listens.
        url: String,
        /// Its process.
        pid: u32,
    },
    /// Another command holds it.
    #[error("{path} is in use by another vonglau command; try again when it has ended")]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// Written by another version.
    #[error(
        "{path} has data format {found}, this program reads {FORMAT}; use the program version that wrote it"
    )]
    Format {
        /// The directory.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A file that cannot be made again is unreadable.
    #[error("{path} is unreadable ({detail}); restore it from a backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Another city's.
    #[error(
        "{path} holds the events of {found}, this program has the pack of {ours}; use the program with that city's pack, or another data directory"
    )]
    OtherCity {
        /// The directory.
        path: PathBuf,
        /// Its pack.
        found: PackName,
        /// The program's.
        ours: PackName,
    },
    /// A restore that did not come to its end.
    #[error(
        "restoring a backup into {path} was cut short; remove the directory and run `vonglau restore` again"
    )]
    Unfinished {
        /// The directory.
        path: PathBuf,
    },
    /// The directory is not there.
    #[error(
        "{path} is not a data directory; give the one that `vonglau serve` or `vonglau ingest` made"
    )]
    Absent {
        /// The directory.
        path: PathBuf,
    },
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> DataDirError {
    let path = path.to_owned();
    move |source| DataDirError::Io {
        action,
        path,
        source,
    }
}

/// An open data directory, held until dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    settings: Settings,
    secret: Secret,
    announced: bool,
    /// Keeps the lock.
    _lock: File,
}

impl DataDir {
    /// Opens the directory, creating it where it is new. `clock` is kept for a new one; an existing one
    /// goes over to [`Clock::Events`] when asked, and never back: what it holds stays simulated.
    /// Waits up to `patience` for another command to end.
    pub fn open(path: &Path, clock: Clock, patience: Duration) -> Result<Self, DataDirError> {
        std::fs::create_dir_all(path).map_err(io("create", path))?;
        Self::open_existing_or_new(path, Some(clock), patience)
    }

    /// Opens a directory that must exist already, with the clock it has.
    pub fn open_existing(path: &Path, patience: Duration) -> Result<Self, DataDirError> {
        check_present(path)?;
        Self::open_existing_or_new(path, None, patience)
    }

    fn open_existing_or_new(
        path: &Path,
        clock: Option<Clock>,
        patience: Duration,
    ) -> Result<Self, DataDirError> {
        let lock = acquire_lock(path, patience)?;
        // Whoever left an address is gone: the lock was free.
        let _ = std::fs::remove_file(path.join("server.json"));
        check_finished(path)?;
        let settings_path = path.join(SETTINGS);
        let mut settings = if settings_path.exists() {
            read_settings(path)?
        } else {
            check_new(path, SETTINGS)?;
            let settings = Settings {
                format: FORMAT,
                clock: clock.unwrap_or_default(),
                pack: None,
            };
            write_durably(&settings_path, &json(&settings))?;
            settings
        };
        if clock == Some(Clock::Events) && settings.clock == Clock::Wall {
            settings.clock = Clock::Events;
            write_durably(&settings_path, &json(&settings))?;
        }
        let secret = if path.join(SECRET).exists() {
            secret(path)?
        } else {
            check_new(path, SECRET)?;
            make_secret(path)?
        };
        Ok(Self {
            path: path.to_owned(),
            settings,
            secret,
            announced: false,
            _lock: lock,
        })
    }

    /// Holds a directory that has nothing in it yet, so that no one else begins to use it.
    pub(crate) fn lock_new(path: &Path) -> Result<File, DataDirError> {
        acquire_lock(path, Duration::ZERO)
    }

    /// Makes sure that what it holds is about the city of a pack. A directory that does not know its city
    /// yet takes this one.
    pub fn claim(&self, ours: &PackName) -> Result<(), DataDirError> {
        match &self.settings.pack {
            Some(found) if found.name == ours.name => Ok(()),
            Some(found) => Err(DataDirError::OtherCity {
                path: self.path.clone(),
                found: found.clone(),
                ours: ours.clone(),
            }),
            None => {
                let settings = Settings {
                    pack: Some(ours.clone()),
                    ..self.settings.clone()
                };
                write_durably(&self.path.join(SETTINGS), &json(&settings))
            }
        }
    }

    /// Who holds a directory.
    pub fn holder(path: &Path) -> std::io::Result<Holder> {
        let lock = match OpenOptions::new().read(true).open(path.join("lock")) {
            Ok(lock) => lock,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Holder::Nobody),
            Err(e) => return Err(e),
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(Holder::Nobody),
            Err(TryLockError::WouldBlock) => {
                let address = std::fs::read(path.join("server.json")).ok();
                let address = address.and_then(|bytes| serde_json::from_slice(&bytes).ok());
                Ok(address.map_or(Holder::Command, Holder::Server))
            }
            Err(TryLockError::Error(e)) => Err(e),
        }
    }

    /// The server that holds a directory, if one does.
    pub fn server_of(path: &Path) -> Option<ServerAddress> {
        match Self::holder(path) {
            Ok(Holder::Server(address)) => Some(address),
            // A free lock means that the server died without removing its address.
            _ => None,
        }
    }

    /// Leaves the server's address for other commands.
    pub fn announce(&mut self, url: &str) -> Result<(), DataDirError> {
        let address = ServerAddress {
            url: url.to_owned(),
            pid: std::process::id(),
        };
        write_durably(&self.path.join("server.json"), &json(&address))?;
        self.announced = true;
        Ok(())
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The clock of what it holds.
    pub const fn clock(&self) -> Clock {
        self.settings.clock
    }

    /// Its secret.
    pub const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// One of the files that people write ([`OWN`]), where it is there.
    pub fn own(&self, name: &str) -> Result<Option<String>, DataDirError> {
        own(&self.path, name)
    }

    /// The digest that was noted last of the rules by which all facts were made; `None` without.
    pub fn facts_calendar(&self) -> Option<String> {
        std::fs::read_to_string(self.path.join(FACTS_CALENDAR)).ok()
    }

    /// Notes the rules by which all facts are made from now on.
    pub fn note_facts_calendar(&self, digest: &str) -> Result<(), DataDirError> {
        write_durably(&self.path.join(FACTS_CALENDAR), digest.as_bytes())
    }

    /// The journal's folder.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// The duplicate index's folder.
    pub fn dedup(&self) -> PathBuf {
        self.path.join("dedup")
    }

    /// The fact tables' folder.
    pub fn facts(&self) -> PathBuf {
        self.path.join("facts")
    }

    /// The archive's folder.
    pub fn archive(&self) -> PathBuf {
        self.path.join("archive")
    }

    /// The file of what is learned for forecasts.
    pub fn forecasts(&self) -> PathBuf {
        self.path.join("forecasts.vlf")
    }

    /// The checkpoints' folder.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint")
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if self.announced {
            let _ = std::fs::remove_file(self.path.join("server.json"));
        }
    }
}

fn acquire_lock(path: &Path, patience: Duration) -> Result<File, DataDirError> {
    let lock_path = path.join("lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .read(true)
        .open(&lock_path)
        .map_err(io("open", &lock_path))?;
    let deadline = Instant::now() + patience;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::Error(e)) => return Err(io("lock", &lock_path)(e)),
            Err(TryLockError::WouldBlock) => {}
        }
        if let Some(ServerAddress { url, pid }) = DataDir::server_of(path) {
            return Err(DataDirError::Served {
                path: path.to_owned(),
                url,
                pid,
            });
        }
        if Instant::now() >= deadline {
            return Err(DataDirError::Busy {
                path: path.to_owned(),
            });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The settings of a directory, which may be in use. Changes nothing.
pub fn settings(path: &Path) -> Result<Settings, DataDirError> {
    check_present(path)?;
    check_finished(path)?;
    read_settings(path)
}

fn check_present(path: &Path) -> Result<(), DataDirError> {
    if path.join(SETTINGS).is_file() || path.join(UNFINISHED).exists() {
        return Ok(());
    }
    Err(DataDirError::Absent {
        path: path.to_owned(),
    })
}

fn check_finished(path: &Path) -> Result<(), DataDirError> {
    if path.join(UNFINISHED).exists() {
        return Err(DataDirError::Unfinished {
            path: path.to_owned(),
        });
    }
    Ok(())
}

fn read_settings(dir: &Path) -> Result<Settings, DataDirError> {
    let path = dir.join(SETTINGS);
    let bytes = std::fs::read(&path).map_err(io("read", &path))?;
    let settings: Settings = serde_json::from_slice(&bytes).map_err(|e| DataDirError::Damaged {
        path,
        detail: e.to_string(),
    })?;
    if settings.format != FORMAT {
        return Err(DataDirError::Format {
            path: dir.to_owned(),
            found: settings.format,
        });
    }
    Ok(settings)
}

/// Fails where a file is missing that the journal was written with: made anew, it would be another.
fn check_new(dir: &Path, missing: &str) -> Result<(), DataDirError> {
    let has_journal =
        std::fs::read_dir(dir.join("journal")).is_ok_and(|mut entries| entries.next().is_some());
    if has_journal {
        return Err(DataDirError::Damaged {
            path: dir.join(missing),
            detail: "it is missing, and the journal was written with it".to_owned(),
        });
    }
    Ok(())
}

/// The secret of a directory, which may be in use.
pub fn secret(dir: &Path) -> Result<Secret, DataDirError> {
    let path = dir.join(SECRET);
    let text = std::fs::read_to_string(&path).map_err(io("read", &path))?;
    let text = text.trim();
    let damaged = || DataDirError::Damaged {
        path: path.clone(),
        detail: "not 64 hexadecimal digits".to_owned(),
    };
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return Err(damaged());
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).map_err(|_| damaged())?;
    }
    Ok(Secret::new(bytes))
}

fn make_secret(dir: &Path) -> Result<Secret, DataDirError> {
    let mut bytes = [0; 32];
    let mut random = File::open("/dev/urandom").map_err(io("open", Path::new("/dev/urandom")))?;
    std::io::Read::read_exact(&mut random, &mut bytes)
        .map_err(io("read", Path::new("/dev/urandom")))?;
    write_durably(&dir.join(SECRET), crate::hex::encode(&bytes).as_bytes())?;
    Ok(Secret::new(bytes))
}

pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain structs of text and numbers always have a JSON form.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Writes a small file so that after a crash either the old or the new content is there; readable by
/// the owner alone.
pub fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), DataDirError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let temporary = path.with_extension("new");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&temporary)
        .map_err(io("create", &temporary))?;
    file.write_all(bytes).map_err(io("write", &temporary))?;
    file.sync_all().map_err(io("flush", &temporary))?;
    std::fs::rename(&temporary, path).map_err(io("replace", path))?;
    if let Some(dir) = path.parent() {
        File::open(dir)
            .and_then(|d| d.sync_all())
            .map_err(io("flush", dir))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_the_secret_stays() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap();
        let busy = DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap_err();
        assert!(matches!(busy, DataDirError::Busy { .. }), "{busy}");
        first.announce("http://127.0.0.1:1").unwrap();
        let served = DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap_err();
        assert!(matches!(served, DataDirError::Served { .. }), "{served}");
        let secret = std::fs::read(dir.path().join("secret.key")).unwrap();
        drop(first);
        let again = DataDir::open(dir.path(), Clock::Events, Duration::ZERO).unwrap();
        assert_eq!(
            std::fs::read(dir.path().join("secret.key")).unwrap(),
            secret
        );
        assert_eq!(again.clock(), Clock::Events);
        drop(again);
        let kept = DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap();
        assert_eq!(
            kept.clock(),
            Clock::Events,
            "simulated data stays simulated"
        );
    }

    #[test]
    fn a_foreign_folder_is_refused_by_readers() {
        let dir = tempfile::tempdir().unwrap();
        let error = DataDir::open_existing(dir.path(), Duration::ZERO).unwrap_err();
        assert!(matches!(error, DataDirError::Absent { .. }));
    }

    #[test]
    fn a_directory_belongs_to_the_city_that_it_was_first_used_with() {
        let dir = tempfile::tempdir().unwrap();
        let pack = |name: &str, version: &str| PackName {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        let open = || DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap();
        // As an older program made it.
        std::fs::write(dir.path().join(SETTINGS), br#"{"format":1,"clock":"wall"}"#).unwrap();
        open().claim(&pack("Hà Nội", "1")).unwrap();
        assert_eq!(
            settings(dir.path()).unwrap().pack,
            Some(pack("Hà Nội", "1"))
        );
        open()
            .claim(&pack("Hà Nội", "2"))
            .expect("a newer pack of the same city");
        let other = open().claim(&pack("Huế", "1")).unwrap_err();
        assert!(matches!(other, DataDirError::OtherCity { .. }), "{other}");
        assert!(
            other.to_string().contains("Hà Nội") && other.to_string().contains("Huế"),
            "{other}"
        );
    }

    #[test]
    fn what_the_journal_was_written_with_is_not_made_anew() {
        for missing in [SETTINGS, SECRET] {
            let dir = tempfile::tempdir().unwrap();
            drop(DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap());
            std::fs::create_dir(dir.path().join("journal")).unwrap();
            std::fs::write(dir.path().join("journal/0000000000000000.vlj"), b"").unwrap();
            std::fs::remove_file(dir.path().join(missing)).unwrap();
            let error = DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap_err();
            assert!(matches!(error, DataDirError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains(missing), "{error}");
        }
    }

    #[test]
    fn a_directory_half_restored_does_not_open() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(UNFINISHED), b"").unwrap();
        for error in [
            DataDir::open(dir.path(), Clock::Wall, Duration::ZERO).unwrap_err(),
            DataDir::open_existing(dir.path(), Duration::ZERO).unwrap_err(),
            settings(dir.path()).unwrap_err(),
        ] {
            assert!(matches!(error, DataDirError::Unfinished { .. }), "{error}");
        }
    }
}
