//! Backups of a data directory: made while it is in use, checked, and restored.
//!
//! # What a backup is
//! A folder that holds what cannot be made again, and nothing that can (the duplicate index, facts):
//!
//! | name | what |
//! |---|---|
//! | `manifest.json` | position, settings, and length and SHA-256 of every file; written last |
//! | `secret.key` | the installation's secret, readable by the owner alone |
//! | `journal/` | the segments, as they are in the data directory |
//! | `lock` | held while a backup is written |
//!
//! # What it promises
//! 1. It holds a prefix of the journal, whole frames, and in it everything acknowledged before it began. The
//!    journal only grows, and a segment is final once there is a later one: to copy the segments in order, the last
//!    up to its last whole frame, needs no word with whoever is writing.
//! 2. It counts from the moment when its manifest is there. What is written before leaves the backup before it
//!    whole: a segment is replaced only by one that begins with the same bytes, and the manifest says how
//!    many bytes of each file are meant. A backup cut short at any point is the one before, or none.
//! 3. It is never overwritten with less: a target that holds another installation, another history, or a later
//!    position is refused.
//! 4. Nothing is restored unless every checksum is right, and nothing over anything. A directory in which
//!    restoring was cut short is marked and does not open.
//!
//! A segment that is in the target with the right bytes is not written again.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::datadir::{self, DataDir, DataDirError, SECRET, Settings, write_durably};
use crate::event::EventTime;
use crate::journal::{self, JournalError};

/// The form of backup that this program writes.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const JOURNAL: &str = "journal";
const LOCK: &str = "lock";
/// Names that a target may have beside a backup's files.
const LOST_AND_FOUND: &str = "lost+found";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// When it was begun.
    pub made_at: String,
    /// Events in it.
    pub position: u64,
    /// The content of `vonglau.json`.
    settings: Settings,
    files: Vec<Entry>,
}

/// A file of a backup: its first `bytes` bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    name: String,
    bytes: u64,
    sha256: String,
}

/// The manifest's file: the manifest under a checksum of its own.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sha256: String,
    manifest: Box<RawValue>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Events in the backup.
    pub position: u64,
    /// Files in it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that were written now; the others were there.
    pub written: u64,
}

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
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
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The target is no place for this backup.
    #[error("{path} {why}; choose another folder for this backup")]
    Target {
        /// The target.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// Another backup is being written there.
    #[error("another backup is being written into {path}; try again when it has ended")]
    Busy {
        /// The target.
        path: PathBuf,
    },
    /// There is no whole backup.
    #[error(
        "{path} holds no whole backup: it has no manifest.json; run `vonglau backup` into it again, or name another"
    )]
    NoManifest {
        /// The folder.
        path: PathBuf,
    },
    /// Written by a newer program.
    #[error(
        "{path} is a backup of form {found}, this program reads {FORMAT}; use the program that wrote it"
    )]
    Format {
        /// The folder.
        path: PathBuf,
        /// Its form.
        found: u32,
    },
    /// What it holds is not what was written.
    #[error(
        "the backup in {path} is damaged: {what}; nothing was restored, use another copy of it"
    )]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is damaged, every file of it.
        what: String,
    },
    /// A backup is restored into an empty directory alone.
    #[error("{path} is not empty; restore into a new directory and start the server there")]
    NotEmpty {
        /// The directory.
        path: PathBuf,
    },
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::Io {
        action,
        path,
        source,
    }
}

fn sha256(bytes: &[u8]) -> String {
    crate::hex::encode(&Sha256::digest(bytes))
}

/// Brings the backup in `target` up to the data directory, which may be in use.
pub fn backup(
    dir: &Path,
    target: &Path,
    program: &str,
    now: EventTime,
) -> Result<Summary, BackupError> {
    let settings = datadir::settings(dir)?;
    let secret_path = dir.join(SECRET);
    datadir::secret(dir)?;
    let secret = std::fs::read(&secret_path).map_err(io("read", &secret_path))?;
    let segments = journal::segments(&dir.join(JOURNAL))?;

    let _lock = claim(dir, target)?;
    let before = match read_manifest(target) {
        Ok(manifest) => Some(manifest),
        Err(BackupError::NoManifest { .. }) => None,
        Err(e) => return Err(e),
    };
    let mut copy = Copy::new(target, before.as_ref());
    copy.put(SECRET, &secret)?;
    let mut position = 0;
    let count = segments.len();
    for (i, segment) in segments.iter().enumerate() {
        let is_last = i + 1 == count;
        segment.check_follows(position)?;
        let Some((bytes, extent)) = segment.read_live(is_last)? else {
            continue;
        };
        position = extent.position;
        copy.put(&segment_name(segment.first), &bytes)?;
    }
    if let Some(before) = &before
        && before.position > position
    {
        return Err(BackupError::Target {
            path: target.to_owned(),
            why: format!(
                "holds a later backup: {} events, and the data directory has {position}",
                before.position
            ),
        });
    }
    let manifest = Manifest {
        format: FORMAT,
        program: program.to_owned(),
        made_at: now.to_string(),
        position,
        settings,
        files: copy.files,
    };
    write_manifest(target, &manifest)?;
    Ok(Summary {
        position,
        files: manifest.files.len() as u64,
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        written: copy.written,
    })
}

fn segment_name(first: u64) -> String {
    format!("{JOURNAL}/{first:016x}.vlj")
}

/// Makes the target's folders and takes its lock; refuses a folder that is something else.
fn claim(dir: &Path, target: &Path) -> Result<File, BackupError> {
    let refuse = |why: &str| BackupError::Target {
        path: target.to_owned(),
        why: why.to_owned(),
    };
    make_folder(&target.join(JOURNAL))?;
    let real = |path: &Path| path.canonicalize().map_err(io("find", path));
    if real(target)?.starts_with(real(dir)?) {
        remove_empty(target);
        return Err(refuse("lies in the data directory itself"));
    }
    for name in names(target)? {
        let is_ours = [MANIFEST, SECRET, JOURNAL, LOCK, LOST_AND_FOUND].contains(&name.as_str())
            || Path::new(&name).extension().is_some_and(|e| e == "new");
        if !is_ours {
            remove_empty(target);
            return Err(refuse(&format!(
                "is not empty and no backup (it has {name})"
            )));
        }
    }
    let path = target.join(LOCK);
    let lock = File::create(&path).map_err(io("create", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(BackupError::Busy {
            path: target.to_owned(),
        }),
        Err(std::fs::TryLockError::Error(e)) => Err(io("lock", &path)(e)),
    }
}

/// Takes away the empty folders that were just made in a place that is none for a backup.
fn remove_empty(target: &Path) {
    let _ = std::fs::remove_dir(target.join(JOURNAL));
    let _ = std::fs::remove_dir(target);
}

/// Makes a folder for the owner alone.
fn make_folder(path: &Path) -> Result<(), BackupError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(io("create", path))
}

fn names(folder: &Path) -> Result<Vec<String>, BackupError> {
    let entries = std::fs::read_dir(folder).map_err(io("read", folder))?;
    entries
        .map(|entry| {
            let entry = entry.map_err(io("read", folder))?;
            Ok(entry.file_name().to_string_lossy().into_owned())
        })
        .collect()
}

/// A backup being written.
struct Copy<'a> {
    target: &'a Path,
    before: HashMap<&'a str, &'a Entry>,
    files: Vec<Entry>,
    written: u64,
}

impl<'a> Copy<'a> {
    fn new(target: &'a Path, before: Option<&'a Manifest>) -> Self {
        let files = before.into_iter().flat_map(|manifest| &manifest.files);
        Self {
            target,
            before: files.map(|file| (file.name.as_str(), file)).collect(),
            files: Vec::new(),
            written: 0,
        }
    }

    /// Sees to it that a file of the target begins with some bytes.
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let path = self.target.join(name);
        if let Some(before) = self.before.get(name) {
            // Nothing of the backup before may be lost by this one, whatever becomes of it.
            let why = match bytes.get(..before.bytes as usize) {
                None => Some("holds a later backup than this would be".to_owned()),
                Some(begin) if sha256(begin) != before.sha256 => Some(format!(
                    "holds the backup of another data directory ({name} differs)"
                )),
                Some(_) => None,
            };
            if let Some(why) = why {
                let path = self.target.to_owned();
                return Err(BackupError::Target { path, why });
            }
        }
        if !begins_with(&path, bytes)? {
            write_durably(&path, bytes)?;
            self.written += 1;
        }
        self.files.push(Entry {
            name: name.to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        });
        Ok(())
    }
}

/// True where a file is there and begins with some bytes.
fn begins_with(path: &Path, bytes: &[u8]) -> Result<bool, BackupError> {
    match read_begin(path, bytes.len() as u64) {
        Ok(there) => Ok(there == bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(io("read", path)(e)),
    }
}

fn read_begin(path: &Path, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut begin = Vec::new();
    File::open(path)?.take(bytes).read_to_end(&mut begin)?;
    Ok(begin)
}

fn write_manifest(target: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    // Plain structs of text and numbers always have a JSON form.
    let text = serde_json::to_string(manifest).unwrap_or_default();
    let sealed = format!(
        "{{\"sha256\":\"{}\",\"manifest\":{text}}}\n",
        sha256(text.as_bytes())
    );
    write_durably(&target.join(MANIFEST), sealed.as_bytes())?;
    Ok(())
}

/// The manifest of a backup.
pub fn read_manifest(target: &Path) -> Result<Manifest, BackupError> {
    let path = target.join(MANIFEST);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(BackupError::NoManifest {
                path: target.to_owned(),
            });
        }
        Err(e) => return Err(io("read", &path)(e)),
    };
    let damaged = |what: &str| BackupError::Damaged {
        path: target.to_owned(),
        what: format!("{MANIFEST} {what}"),
    };
    let sealed: Sealed =
        serde_json::from_slice(&bytes).map_err(|_| damaged("is not what was written"))?;
    let text = sealed.manifest.get();
    if sha256(text.as_bytes()) != sealed.sha256 {
        return Err(damaged("fails its checksum"));
    }
    #[derive(Deserialize)]
    struct Form {
        format: u32,
    }
    let form: Form = serde_json::from_str(text).map_err(|_| damaged("has no form"))?;
    if form.format != FORMAT {
        return Err(BackupError::Format {
            path: target.to_owned(),
            found: form.format,
        });
    }
    let manifest: Manifest =
        serde_json::from_str(text).map_err(|e| damaged(&format!("cannot be read ({e})")))?;
    // A name is written to: nothing but what a backup has may be named.
    for file in &manifest.files {
        if file.name != SECRET && !is_segment_name(&file.name) {
            return Err(damaged(&format!(
                "names {}, which is no part of a backup",
                file.name
            )));
        }
    }
    Ok(manifest)
}

fn is_segment_name(name: &str) -> bool {
    let stem = name
        .strip_prefix("journal/")
        .and_then(|rest| rest.strip_suffix(".vlj"));
    let first = stem.and_then(|stem| u64::from_str_radix(stem, 16).ok());
    first.is_some_and(|first| segment_name(first) == name)
}

/// What is wrong with the file of an entry.
fn problem(target: &Path, file: &Entry) -> Option<String> {
    match read_begin(&target.join(&file.name), file.bytes) {
        Ok(bytes) if (bytes.len() as u64) < file.bytes => Some(format!(
            "{} has {} bytes instead of {}",
            file.name,
            bytes.len(),
            file.bytes
        )),
        Ok(bytes) if sha256(&bytes) != file.sha256 => {
            Some(format!("{} fails its checksum", file.name))
        }
        Ok(_) => None,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            Some(format!("{} is missing", file.name))
        }
        Err(e) => Some(format!("{} cannot be read ({e})", file.name)),
    }
}

/// Makes a data directory of a backup. The directory must be empty, or not be there.
pub fn restore(target: &Path, dir: &Path) -> Result<Summary, BackupError> {
    let manifest = read_manifest(target)?;
    let damaged = |what: String| BackupError::Damaged {
        path: target.to_owned(),
        what,
    };
    let problems: Vec<String> = manifest
        .files
        .iter()
        .filter_map(|file| problem(target, file))
        .collect();
    if !problems.is_empty() {
        return Err(damaged(problems.join(", ")));
    }
    check_empty(dir)?;
    make_folder(dir)?;
    let _lock = DataDir::lock_new(dir)?;
    check_empty(dir)?;
    let unfinished = dir.join(datadir::UNFINISHED);
    write_durably(&unfinished, b"restoring was cut short\n")?;
    make_folder(&dir.join(JOURNAL))?;
    for file in &manifest.files {
        let path = target.join(&file.name);
        let bytes = read_begin(&path, file.bytes).map_err(io("read", &path))?;
        if sha256(&bytes) != file.sha256 {
            return Err(damaged(format!("{} changed while it was read", file.name)));
        }
        write_durably(&dir.join(&file.name), &bytes)?;
    }
    let settings = datadir::json(&manifest.settings);
    write_durably(&dir.join(datadir::SETTINGS), &settings)?;
    std::fs::remove_file(&unfinished).map_err(io("remove", &unfinished))?;
    File::open(dir)
        .and_then(|folder| folder.sync_all())
        .map_err(io("flush", dir))?;
    let files = manifest.files.len() as u64;
    Ok(Summary {
        position: manifest.position,
        files,
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        written: files,
    })
}

fn check_empty(dir: &Path) -> Result<(), BackupError> {
    if !dir.exists() {
        return Ok(());
    }
    let is_empty = names(dir)?
        .iter()
        .all(|name| name == LOCK || name == LOST_AND_FOUND);
    if is_empty {
        return Ok(());
    }
    Err(BackupError::NotEmpty {
        path: dir.to_owned(),
    })
}

#[cfg(test)]
mod tests;
