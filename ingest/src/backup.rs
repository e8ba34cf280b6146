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
//! | `checkpoint/`, `archive/` | of a journal whose begin was given up: a file each that stands for it |
//! | `desk/` | the months of the alert desk's log ([`crate::desk`]), each up to its last whole line |
//! | `audit/` | the months of the audit log, each up to its last whole line; the end of its chain is in the manifest |
//! | `lock` | held while a backup is written |
//!
//! # A journal whose begin was given up
//! What was there is in the newest checkpoint and in the archive. Three things are taken, in this order:
//!
//! 1. the newest checkpoint that reads to its end: entities that were in memory at its position;
//! 2. all entities of the archive, as one file ([`crate::archive`]): those that had left before are among them;
//! 3. the journal, from a position at or before the checkpoint's to its end: it has all that either reflects.
//!
//! An entity that changes or leaves meanwhile is in one of the first two as it was at the checkpoint or later, and the
//! journal has the rest: sets of events only grow. Where the directory went on so far that the journal begins after
//! the checkpoint by then, or a file is gone, it is tried again from 1. Who can read the archive is the caller's to
//! know: a running server alone can read its own.
//!
//! # The desk's log
//! It is taken before the journal, so that the journal has the events that its lines are about. Lines are only appended: a
//! month is put as a segment is. Months are never given up. A line that is damaged stops the backup and is named.
//!
//! The audit log is taken in the same way. The end of its chain is read first: lines beyond an end are taken in when the log is
//! opened, an end beyond the lines is tampering.
//!
//! # What it promises
//! 1. It holds a prefix of the journal, whole frames, and in it everything acknowledged before it began. The
//!    journal only grows at its end, and a segment is final once there is a later one (but for an applicant who is erased, with no
//!    program on it: a target from before is refused then, and stays as it is): to copy the segments in order,
//!    the last up to its last whole frame, needs no word with whoever is writing.
//! 2. It counts from the moment when its manifest is there. What is written before leaves the backup before it
//!    whole: a segment is replaced only by one that begins with the same bytes, the manifest says how
//!    many bytes of each file are meant, and a checkpoint or an archive has its checksum in its name. A backup cut
//!    short at any point is the one before, or none.
//! 3. The manifest names what this backup needs. What it does not name is removed once it counts: what the data
//!    directory has given up does not live on in its backup.
//! 4. It is never overwritten with less: a target that holds another installation, another history, or a later
//!    position is refused. Histories are compared where both have the journal.
//! 5. Nothing is restored unless every checksum is right, and nothing over anything. A directory in which
//!    restoring was cut short is marked and does not open.
//!
//! A file that is in the target with the right bytes is not written again.

mod copy;
mod manifest;
mod restore;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::archive;
use crate::checkpoint::{self, Checkpoints};
use crate::datadir::{self, AUDIT, AUDIT_HEAD, DESK, DataDirError, SECRET};
use crate::desk::{self, Month};
use crate::event::EventTime;
use crate::journal::{self, JournalError};
use crate::sealed::{self, SealedError};
use copy::{Copy, read_begin, tidy};
use manifest::{
    ARCHIVE, CHECKPOINT, JOURNAL, MANIFEST, SHORT, WHOLE, WITH_AUDIT, WITH_DESK, write_manifest,
};
pub use manifest::{Manifest, read_manifest};
pub use restore::restore;

const LOCK: &str = "lock";
/// Names that a target may have beside a backup's files.
const LOST_AND_FOUND: &str = "lost+found";
const OURS: &[&str] = &[
    MANIFEST,
    SECRET,
    JOURNAL,
    CHECKPOINT,
    ARCHIVE,
    DESK,
    AUDIT,
    LOCK,
    LOST_AND_FOUND,
];
/// How often it is tried where the directory goes on faster than it is copied.
const TRIES: u32 = 5;

/// Writes a directory's archive somewhere, as [`archive::Archive::export`] does.
pub type Export<'a> = &'a mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>;

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
    /// The desk's log cannot be read.
    #[error(transparent)]
    Desk(#[from] SealedError),
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
        "{path} is a backup of form {found}, this program reads {WITH_AUDIT} and older ones; use the program that wrote it"
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
    /// The begin of the journal was given up, and what stands for it cannot be read.
    #[error(
        "the journal begins at event {begin}, and no checkpoint from there on can be read in {path}: there is nothing whole to copy; restore the newest backup into a new directory"
    )]
    NoCheckpoint {
        /// The folder of checkpoints.
        path: PathBuf,
        /// Where the journal begins.
        begin: u64,
    },
    /// The archive could not be had.
    #[error("the archive of {path} cannot be copied: {source}")]
    Archive {
        /// The data directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The directory goes on faster than it is copied.
    #[error(
        "what was to be copied of {path} was given up meanwhile, {TRIES} times; run `vonglau backup` again, or keep the journal for longer (--keep-journal-days)"
    )]
    Overtaken {
        /// The data directory.
        path: PathBuf,
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

impl BackupError {
    /// True where the directory gave up what was just to be copied.
    fn is_overtaken(&self) -> bool {
        match self {
            Self::Overtaken { .. } => true,
            Self::Journal(e) => e.is_gone(),
            _ => false,
        }
    }
}

/// Brings the backup in `target` up to the data directory, which may be in use. `export` is called where the archive is
/// needed.
pub fn backup(
    dir: &Path,
    target: &Path,
    program: &str,
    now: EventTime,
    export: Export<'_>,
) -> Result<Summary, BackupError> {
    let settings = datadir::settings(dir)?;
    let mut own = BTreeMap::new();
    for name in datadir::OWN {
        own.extend(datadir::own(dir, name)?.map(|text| (name.to_owned(), text)));
    }
    let secret_path = dir.join(SECRET);
    datadir::secret(dir)?;
    let secret = std::fs::read(&secret_path).map_err(io("read", &secret_path))?;

    let _lock = claim(dir, target)?;
    let before = match read_manifest(target) {
        Ok(manifest) => Some(manifest),
        Err(BackupError::NoManifest { .. }) => None,
        Err(e) => return Err(e),
    };
    let mut tries = 1;
    let gathered = loop {
        let mut copy = Copy::new(target, before.as_ref());
        copy.put(SECRET, &secret)?;
        match gather(dir, copy, export) {
            Err(e) if e.is_overtaken() && tries < TRIES => tries += 1,
            Err(e) if e.is_overtaken() => {
                let path = dir.to_owned();
                return Err(BackupError::Overtaken { path });
            }
            other => break other?,
        }
    };
    let Gathered {
        copy,
        audit_head,
        begin,
        position,
    } = gathered;
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
    copy.check_goes_on(begin)?;
    let format = match begin {
        _ if copy.has_audit() => WITH_AUDIT,
        _ if copy.has_desk() => WITH_DESK,
        0 => WHOLE,
        _ => SHORT,
    };
    let manifest = Manifest {
        format,
        program: program.to_owned(),
        made_at: now.to_string(),
        position,
        settings,
        own,
        calendar: None,
        audit_head,
        files: copy.files,
    };
    write_manifest(target, &manifest)?;
    tidy(target, &manifest)?;
    Ok(Summary {
        position,
        files: manifest.files.len() as u64,
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        written: copy.written,
    })
}

/// What was put into the target.
struct Gathered<'a> {
    copy: Copy<'a>,
    /// The end of the audit log's chain.
    audit_head: Option<String>,
    /// Position of the journal's first event.
    begin: u64,
    /// Position after its last.
    position: u64,
}

/// Puts the desk's log, what stands for the journal's begin, where that was given up, and then the journal.
fn gather<'a>(
    dir: &Path,
    mut copy: Copy<'a>,
    export: Export<'_>,
) -> Result<Gathered<'a>, BackupError> {
    put_desk(dir, &mut copy)?;
    let audit_head = put_audit(dir, &mut copy)?;
    let journal = dir.join(JOURNAL);
    let begin = journal::begin(&journal)?;
    let mut from = 0;
    if begin > 0 {
        from = put_checkpoint(dir, begin, &mut copy)?;
        put_archive(dir, &mut copy, export)?;
    }
    // Listed after that: it has what checkpoint and archive reflect.
    let segments = journal::segments(&journal)?;
    let begin = segments.first().map_or(0, |segment| segment.first);
    if begin > from {
        let path = dir.to_owned();
        return Err(BackupError::Overtaken { path });
    }
    let mut position = begin;
    let count = segments.len();
    for (i, segment) in segments.iter().enumerate() {
        let is_last = i + 1 == count;
        segment.check_follows(position)?;
        let Some((bytes, extent)) = segment.read_live(is_last)? else {
            continue;
        };
        position = extent.position;
        copy.put(&manifest::segment_name(segment.first), &bytes)?;
    }
    Ok(Gathered {
        copy,
        audit_head,
        begin,
        position,
    })
}

/// Puts the months of the desk's log, each up to its last whole line. A server may be appending.
fn put_desk(dir: &Path, copy: &mut Copy<'_>) -> Result<(), BackupError> {
    let months = desk::months(dir)?;
    if months.is_empty() {
        return Ok(());
    }
    make_folder(&copy.target.join(DESK))?;
    for (month, path) in months {
        let (_, whole) = sealed::lines::<serde::de::IgnoredAny>(&path)?;
        let bytes = read_begin(&path, whole).map_err(io("read", &path))?;
        // Lines that could not be made durable are taken back.
        if (bytes.len() as u64) < whole {
            let path = dir.to_owned();
            return Err(BackupError::Overtaken { path });
        }
        copy.put(&manifest::desk_name(month), &bytes)?;
    }
    Ok(())
}

/// Puts the months of the audit log, each up to its last whole line; answers the end of its chain, from before. A server or
/// a command may be appending.
fn put_audit(dir: &Path, copy: &mut Copy<'_>) -> Result<Option<String>, BackupError> {
    let folder = dir.join(AUDIT);
    let path = folder.join(AUDIT_HEAD);
    let head = match std::fs::read_to_string(&path) {
        Ok(head) => head,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(io("read", &path)(e)),
    };
    make_folder(&copy.target.join(AUDIT))?;
    let mut months: Vec<Month> = names(&folder)?
        .iter()
        .filter_map(|name| Month::named(name))
        .collect();
    months.sort_unstable();
    for month in months {
        let path = folder.join(month.file_name());
        let mut bytes = std::fs::read(&path).map_err(io("read", &path))?;
        let whole = bytes.iter().rposition(|b| *b == b'\n');
        bytes.truncate(whole.map_or(0, |at| at + 1));
        copy.put(&manifest::audit_name(month), &bytes)?;
    }
    Ok(Some(head))
}

/// Puts the newest checkpoint that reads, from a position on; answers its position.
fn put_checkpoint(dir: &Path, begin: u64, copy: &mut Copy<'_>) -> Result<u64, BackupError> {
    let folder = dir.join(CHECKPOINT);
    for (position, path) in Checkpoints::new(folder.clone()).all() {
        if position < begin {
            break;
        }
        let opened = Checkpoints::check(&path).and_then(|()| File::open(&path));
        let mut file = match opened {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let path = dir.to_owned();
                return Err(BackupError::Overtaken { path });
            }
            Err(e) => {
                tracing::warn!(path = %path.display(), error = %e, "a checkpoint cannot be read: an older one is copied");
                continue;
            }
        };
        copy.put_blocks(
            (CHECKPOINT, checkpoint::KIND),
            &mut |out| std::io::copy(&mut file, out).map(drop),
            |e| io("copy", &path)(e),
            |sha256| manifest::checkpoint_name(position, sha256),
        )?;
        return Ok(position);
    }
    Err(BackupError::NoCheckpoint {
        path: folder,
        begin,
    })
}

/// Puts the archive's entities.
fn put_archive(dir: &Path, copy: &mut Copy<'_>, export: Export<'_>) -> Result<(), BackupError> {
    copy.put_blocks(
        (ARCHIVE, archive::KIND),
        export,
        |source| BackupError::Archive {
            path: dir.to_owned(),
            source,
        },
        manifest::archive_name,
    )
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
        let is_ours = OURS.contains(&name.as_str())
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

#[cfg(test)]
mod tests;
