//! Small files that are replaced whole: after a crash either the old or the new content is there.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bits of a file's mode that nobody but its owner may have.
const OTHERS: u32 = 0o077;

/// Why a file of the doors cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file system refuses.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not what was written.
    #[error("{path} is damaged ({detail}): put the file of the newest backup in its place")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Others than its owner may read it.
    #[error(
        "{path} holds secrets and others may read or write it: set it to its owner alone (chmod 600)"
    )]
    Open {
        /// Which file.
        path: PathBuf,
    },
}

/// An error of the file system about a file.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> FileError {
    let path = path.to_owned();
    move |source| FileError::Io {
        action,
        path,
        source,
    }
}

/// Gives what a command made to whom the folder around it belongs: run by root beside a server that has a user of its own, it would lock
/// that server out of its own files.
pub(crate) fn as_folder(path: &Path) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt as _;
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    let of = |path: &Path| std::fs::metadata(path).map_err(io("look at", path));
    let (own, around) = (of(path)?, of(folder)?);
    if own.uid() == around.uid() {
        return Ok(());
    }
    match std::os::unix::fs::chown(path, Some(around.uid()), Some(around.gid())) {
        // Not root, and a folder shared by its group: it stays with who made it.
        Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        given => given.map_err(io("give to the folder's owner", path)),
    }
}

/// Replaces a file durably; readable by its owner alone.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let temporary = path.with_extension("new");
    // A leftover of a crash could be readable by others: it is made anew.
    match std::fs::remove_file(&temporary) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(io("remove", &temporary)(source)),
    }
    let mut open = OpenOptions::new();
    let file = open
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&temporary);
    let mut file = file.map_err(io("create", &temporary))?;
    file.write_all(bytes).map_err(io("write", &temporary))?;
    file.sync_all().map_err(io("flush", &temporary))?;
    as_folder(&temporary)?;
    std::fs::rename(&temporary, path).map_err(io("replace", path))?;
    flush_folder(path)
}

/// Makes what was created, renamed or removed beside `path` durable.
pub(crate) fn flush_folder(path: &Path) -> Result<(), FileError> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    let flushed = File::open(folder).and_then(|folder| folder.sync_all());
    flushed.map_err(io("flush", folder))
}

/// Replaces a file by a value as JSON.
pub(crate) fn replace_json(path: &Path, value: &impl Serialize) -> Result<(), FileError> {
    let bytes = serde_json::to_vec_pretty(value).map_err(|e| FileError::Damaged {
        path: path.to_owned(),
        detail: e.to_string(),
    })?;
    replace(path, &bytes)
}

/// Reads a file of secrets; the default where there is none. One that others may read is refused.
pub(crate) fn read_json<T: DeserializeOwned + Default>(path: &Path) -> Result<T, FileError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(T::default()),
        Err(source) => return Err(io("read", path)(source)),
    };
    let meta = std::fs::metadata(path).map_err(io("look at", path))?;
    if meta.permissions().mode() & OTHERS != 0 {
        let path = path.to_owned();
        return Err(FileError::Open { path });
    }
    serde_json::from_slice(&bytes).map_err(|e| FileError::Damaged {
        path: path.to_owned(),
        detail: e.to_string(),
    })
}

/// A small file of a value that the server and commands beside it change: what is read is what the file says now, and a change is
/// made to what it says now, under a lock, so that none is lost.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    path: PathBuf,
    last: Mutex<(Stamp, T)>,
}

/// By what a file that was replaced is told from the one before: its number, length and time.
pub(crate) type Stamp = Option<(u64, u64, i64, i64)>;

pub(crate) fn stamp(path: &Path) -> Stamp {
    use std::os::unix::fs::MetadataExt as _;
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()))
}

/// Takes a lock among processes; it is given back when the file is dropped.
pub(crate) fn locked(lock: &Path) -> Result<File, FileError> {
    let mut open = OpenOptions::new();
    let open = open.create(true).truncate(false).write(true).mode(0o600);
    let held = open.open(lock).map_err(io("open", lock))?;
    as_folder(lock)?;
    held.lock().map_err(io("lock", lock))?;
    Ok(held)
}

impl<T: Serialize + DeserializeOwned + Default + Clone> Kept<T> {
    /// Opens a file; the default where there is none.
    pub(crate) fn open(path: PathBuf) -> Result<Self, FileError> {
        let last = Mutex::new((stamp(&path), read_json(&path)?));
        Ok(Self { path, last })
    }

    /// Reads it. When it has become damaged, what it said before holds, and the log says so.
    pub(crate) fn read<R>(&self, of: impl FnOnce(&T) -> R) -> R {
        let mut last = self.last.lock();
        let now = stamp(&self.path);
        if now != last.0 {
            match read_json(&self.path) {
                Ok(value) => *last = (now, value),
                Err(e) => tracing::error!(error = %e, "what it said before holds"),
            }
        }
        of(&last.1)
    }

    /// Changes it, unless the change refuses; it is on the disk when this returns.
    pub(crate) fn edit<R, E: From<FileError>>(
        &self,
        change: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut last = self.last.lock();
        let _held = locked(&self.path.with_extension("lock"))?;
        let mut value = read_json(&self.path)?;
        let answer = change(&mut value)?;
        replace_json(&self.path, &value)?;
        *last = (stamp(&self.path), value);
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_its_owners_alone_and_replaced_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        std::fs::write(path.with_extension("new"), "left over").unwrap();
        replace_json(&path, &vec![1, 2]).unwrap();
        replace_json(&path, &vec![3]).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(read_json::<Vec<u8>>(&path).unwrap(), vec![3]);
        assert!(!path.with_extension("new").exists());
    }

    /// Only root can try it: what it makes in somebody's folder is theirs.
    #[test]
    fn what_root_makes_belongs_to_whom_the_folder_belongs() {
        use std::os::unix::fs::MetadataExt as _;
        let dir = tempfile::tempdir().unwrap();
        if std::os::unix::fs::chown(dir.path(), Some(65_534), Some(65_534)).is_err() {
            return;
        }
        let path = dir.path().join("x.json");
        replace_json(&path, &vec![1]).unwrap();
        let lock = dir.path().join("x.lock");
        drop(locked(&lock).unwrap());
        for made in [path, lock] {
            assert_eq!(std::fs::metadata(&made).unwrap().uid(), 65_534, "{made:?}");
        }
    }

    #[test]
    fn what_others_may_read_or_is_damaged_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        assert!(read_json::<Vec<u8>>(&path).unwrap().is_empty(), "no file");
        replace(&path, b"[1").unwrap();
        let error = read_json::<Vec<u8>>(&path).unwrap_err();
        assert!(error.to_string().contains("backup"), "{error}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = read_json::<Vec<u8>>(&path).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn changes_of_two_holders_are_both_kept_and_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        let server = Kept::<Vec<u32>>::open(path.clone()).unwrap();
        let command = Kept::<Vec<u32>>::open(path.clone()).unwrap();
        let push = |kept: &Kept<Vec<u32>>, n| {
            kept.edit(|v| -> Result<(), FileError> {
                v.push(n);
                Ok(())
            })
            .unwrap();
        };
        push(&server, 1);
        push(&command, 2);
        push(&server, 3);
        assert_eq!(command.read(Clone::clone), [1, 2, 3]);
        std::fs::write(&path, "{").unwrap();
        assert_eq!(
            server.read(Clone::clone),
            [1, 2, 3],
            "what it said before holds"
        );
    }
}
