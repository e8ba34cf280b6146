//! What a backup says that it holds: `manifest.json`, and the names of its files.
//!
//! A name is written to when a backup is restored: [`Part`] is all that a name may be.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{BackupError, io, sha256};
use crate::checkpoint;
use crate::datadir::{AUDIT, DESK, SECRET, Settings, write_durably};
use crate::desk::Month;

/// The form of a backup of a whole journal.
pub(super) const WHOLE: u32 = 1;
/// The form of one whose journal begins later: a program that knows the first form alone would take it for whole.
pub(super) const SHORT: u32 = 2;
/// The form of one that has the desk's log, of a whole journal or of one that begins later: programs that know the forms
/// before alone would take it for damaged.
pub(super) const WITH_DESK: u32 = 3;
/// The form of one that has the audit log, for the same reason.
pub(super) const WITH_AUDIT: u32 = 4;
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const JOURNAL: &str = "journal";
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const ARCHIVE: &str = "archive";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub(super) format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// When it was begun.
    pub made_at: String,
    /// Events in it.
    pub position: u64,
    /// The content of `vonglau.json`.
    pub(super) settings: Settings,
    /// The content of the files that people write, by name ([`datadir::OWN`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) own: BTreeMap<String, String>,
    /// Of backups from before there was more than one: the content of `calendar.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) calendar: Option<String>,
    /// Where the audit log's chain had come to, in the words of its own file: that is replaced with each line, and what is
    /// replaced stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) audit_head: Option<String>,
    pub(super) files: Vec<Entry>,
}

/// A file of a backup: its first `bytes` bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// The manifest's file: the manifest under a checksum of its own.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sha256: String,
    manifest: Box<RawValue>,
}

/// What a file of a backup is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The secret.
    Secret,
    /// The segment of the journal with this first position.
    Segment(u64),
    /// The checkpoint at this position.
    Checkpoint(u64),
    /// The archive's entities.
    Archive,
    /// A month of the alert desk's log.
    Desk(Month),
    /// A month of the audit log.
    Audit(Month),
}

impl Part {
    /// Of a name; `None` for one that no backup has.
    pub(super) fn of(name: &str) -> Option<Self> {
        if name == SECRET {
            return Some(Self::Secret);
        }
        let (folder, file) = name.split_once('/')?;
        let position = |text: &str| u64::from_str_radix(text, 16).ok();
        let (part, canonical) = match folder {
            JOURNAL => {
                let first = position(file.strip_suffix(".vlj")?)?;
                (Self::Segment(first), segment_name(first))
            }
            CHECKPOINT => {
                let (at, sha256) = file.strip_suffix(".vlc")?.split_once('-')?;
                let at = position(at)?;
                (Self::Checkpoint(at), checkpoint_name(at, digest(sha256)?))
            }
            ARCHIVE => {
                let sha256 = file.strip_suffix(".vla")?;
                (Self::Archive, archive_name(digest(sha256)?))
            }
            DESK => {
                let month = Month::named(file)?;
                (Self::Desk(month), desk_name(month))
            }
            AUDIT => {
                let month = Month::named(file)?;
                (Self::Audit(month), audit_name(month))
            }
            _ => return None,
        };
        (canonical == name).then_some(part)
    }

    /// The file of a restored data directory that it becomes; the archive becomes a folder.
    pub(super) fn restored_name(self) -> String {
        match self {
            Self::Secret => SECRET.to_owned(),
            Self::Segment(first) => segment_name(first),
            Self::Checkpoint(at) => format!("{CHECKPOINT}/{}", checkpoint::file_name(at)),
            Self::Archive => ARCHIVE.to_owned(),
            Self::Desk(month) => desk_name(month),
            Self::Audit(month) => audit_name(month),
        }
    }
}

/// A text that is a SHA-256 in hexadecimal.
fn digest(text: &str) -> Option<&str> {
    let is_digest = text.len() == 64 && text.bytes().all(|b| b"0123456789abcdef".contains(&b));
    is_digest.then_some(text)
}

pub(super) fn segment_name(first: u64) -> String {
    format!("{JOURNAL}/{first:016x}.vlj")
}

pub(super) fn checkpoint_name(position: u64, sha256: &str) -> String {
    format!("{CHECKPOINT}/{position:016x}-{sha256}.vlc")
}

pub(super) fn archive_name(sha256: &str) -> String {
    format!("{ARCHIVE}/{sha256}.vla")
}

pub(super) fn desk_name(month: Month) -> String {
    format!("{DESK}/{}", month.file_name())
}

pub(super) fn audit_name(month: Month) -> String {
    format!("{AUDIT}/{}", month.file_name())
}

pub(super) fn write_manifest(target: &Path, manifest: &Manifest) -> Result<(), BackupError> {
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
    if ![WHOLE, SHORT, WITH_DESK, WITH_AUDIT].contains(&form.format) {
        return Err(BackupError::Format {
            path: target.to_owned(),
            found: form.format,
        });
    }
    let manifest: Manifest =
        serde_json::from_str(text).map_err(|e| damaged(&format!("cannot be read ({e})")))?;
    for file in &manifest.files {
        if Part::of(&file.name).is_none() {
            return Err(damaged(&format!(
                "names {}, which is no part of a backup",
                file.name
            )));
        }
    }
    Ok(manifest)
}
