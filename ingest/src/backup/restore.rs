//! A data directory made of a backup.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::copy::{Hashed, flush_folder, problem};
use super::manifest::{Entry, JOURNAL, Part, read_manifest};
use super::{BackupError, LOCK, LOST_AND_FOUND, Summary, io, make_folder, names};
use crate::archive::Archive;
use crate::datadir::{self, AUDIT, AUDIT_HEAD, DataDir, write_durably};

/// Makes a data directory of a backup. The directory must be empty, or not be there.
pub fn restore(target: &Path, dir: &Path) -> Result<Summary, BackupError> {
    let manifest = read_manifest(target)?;
    let problems: Vec<String> = manifest
        .files
        .iter()
        .filter_map(|file| problem(target, file))
        .collect();
    if !problems.is_empty() {
        return Err(damaged(target, problems.join(", ")));
    }
    check_empty(dir)?;
    make_folder(dir)?;
    let _lock = DataDir::lock_new(dir)?;
    check_empty(dir)?;
    let unfinished = dir.join(datadir::UNFINISHED);
    write_durably(&unfinished, b"restoring was cut short\n")?;
    make_folder(&dir.join(JOURNAL))?;
    for file in &manifest.files {
        put_back(target, file, dir)?;
    }
    let settings = datadir::json(&manifest.settings);
    write_durably(&dir.join(datadir::SETTINGS), &settings)?;
    if let Some(calendar) = &manifest.calendar {
        write_durably(&dir.join(datadir::CALENDAR), calendar.as_bytes())?;
    }
    if let Some(head) = &manifest.audit_head {
        let folder = dir.join(AUDIT);
        make_folder(&folder)?;
        write_durably(&folder.join(AUDIT_HEAD), head.as_bytes())?;
    }
    for name in datadir::OWN {
        if let Some(text) = manifest.own.get(name) {
            write_durably(&dir.join(name), text.as_bytes())?;
        }
    }
    std::fs::remove_file(&unfinished).map_err(io("remove", &unfinished))?;
    flush_folder(dir)?;
    let files = manifest.files.len() as u64;
    Ok(Summary {
        position: manifest.position,
        files,
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        written: files,
    })
}

fn damaged(target: &Path, what: String) -> BackupError {
    BackupError::Damaged {
        path: target.to_owned(),
        what,
    }
}

fn put_back(target: &Path, file: &Entry, dir: &Path) -> Result<(), BackupError> {
    // The manifest was read: it names nothing else.
    let Some(part) = Part::of(&file.name) else {
        return Ok(());
    };
    let (from, to) = (target.join(&file.name), dir.join(part.restored_name()));
    if part == Part::Archive {
        // Its blocks have checksums of their own.
        return Archive::import(to, &from).map_err(io("restore", &from));
    }
    to.parent().map_or(Ok(()), make_folder)?;
    let (bytes, sha256) = copy(&from, file.bytes, &to)?;
    if (bytes, sha256.as_str()) != (file.bytes, file.sha256.as_str()) {
        return Err(damaged(
            target,
            format!("{} changed while it was read", file.name),
        ));
    }
    to.parent().map_or(Ok(()), flush_folder)
}

fn copy(from: &Path, bytes: u64, to: &Path) -> Result<(u64, String), BackupError> {
    let file = File::open(from).map_err(io("read", from))?;
    let mut copy = Hashed::create(to).map_err(io("create", to))?;
    std::io::copy(&mut file.take(bytes), &mut copy).map_err(io("write", to))?;
    copy.finish().map_err(io("flush", to))
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
