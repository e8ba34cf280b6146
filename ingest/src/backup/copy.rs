//! A backup being written: each of its files is put into the target, and noted for the manifest.
//!
//! Nothing that the manifest before names is changed: segments grow, and the other files have the checksum of their
//! content in their names.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::manifest::{ARCHIVE, CHECKPOINT, Entry, JOURNAL, Manifest, Part};
use super::{BackupError, Export, io, make_folder, names, sha256};
use crate::blocks;
use crate::datadir::{AUDIT, DESK, write_durably};

/// A file that is being written, and has no name of its own yet.
pub(super) const UNFINISHED: &str = "unfinished.new";

/// A backup being written.
pub(super) struct Copy<'a> {
    pub(super) target: &'a Path,
    before: HashMap<&'a str, &'a Entry>,
    pub(super) files: Vec<Entry>,
    pub(super) written: u64,
}

impl<'a> Copy<'a> {
    pub(super) fn new(target: &'a Path, before: Option<&'a Manifest>) -> Self {
        let files = before.into_iter().flat_map(|manifest| &manifest.files);
        Self {
            target,
            before: files.map(|file| (file.name.as_str(), file)).collect(),
            files: Vec::new(),
            written: 0,
        }
    }

    /// Sees to it that a file of the target begins with some bytes.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), BackupError> {
        let path = self.target.join(name);
        if let Some(before) = self.before.get(name) {
            // Nothing of the backup before may be lost by this one, whatever becomes of it.
            match bytes.get(..before.bytes as usize) {
                None => return Err(self.refused(
                        "holds a later backup than this would be, or one from before an applicant was erased: take a new folder then",
                    )),
                Some(begin) if sha256(begin) != before.sha256 => {
                    return Err(self.differs(name));
                }
                Some(_) => {}
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

    /// Puts a file of blocks that `write` writes, of any length, under the name that `name` makes of its checksum.
    /// `failed` says what is wrong where it could not be written, or is not whole.
    pub(super) fn put_blocks(
        &mut self,
        (folder, kind): (&str, [u8; 8]),
        write: Export<'_>,
        failed: impl Fn(std::io::Error) -> BackupError,
        name: impl FnOnce(&str) -> String,
    ) -> Result<(), BackupError> {
        let folder = self.target.join(folder);
        make_folder(&folder)?;
        let unfinished = folder.join(UNFINISHED);
        let mut file = Hashed::create(&unfinished).map_err(io("create", &unfinished))?;
        write(&mut file).map_err(&failed)?;
        let (bytes, sha256) = file.finish().map_err(io("flush", &unfinished))?;
        // What came from elsewhere may have been cut short.
        blocks::check(&unfinished, kind).map_err(&failed)?;
        let entry = Entry {
            name: name(&sha256),
            bytes,
            sha256,
        };
        let path = self.target.join(&entry.name);
        if problem(self.target, &entry).is_none() {
            std::fs::remove_file(&unfinished).map_err(io("remove", &unfinished))?;
        } else {
            std::fs::rename(&unfinished, &path).map_err(io("replace", &path))?;
            flush_folder(&folder)?;
            self.written += 1;
        }
        self.files.push(entry);
        Ok(())
    }

    /// Fails where the backup before has a segment from `begin` on that this one lacks: it is of another history. Months of
    /// the desk's log and of the audit log are never given up.
    pub(super) fn check_goes_on(&self, begin: u64) -> Result<(), BackupError> {
        for name in self.before.keys() {
            if self.files.iter().any(|file| file.name == *name) {
                continue;
            }
            match Part::of(name) {
                Some(Part::Segment(first)) if first >= begin => return Err(self.differs(name)),
                Some(Part::Desk(_) | Part::Audit(_)) => {
                    let why = format!("holds {name}, which the data directory lacks");
                    return Err(self.refused(&why));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// True where it has a month of the desk's log.
    pub(super) fn has_desk(&self) -> bool {
        let mut parts = self.files.iter().map(|file| Part::of(&file.name));
        parts.any(|part| matches!(part, Some(Part::Desk(_))))
    }

    /// True where it has a month of the audit log.
    pub(super) fn has_audit(&self) -> bool {
        let mut parts = self.files.iter().map(|file| Part::of(&file.name));
        parts.any(|part| matches!(part, Some(Part::Audit(_))))
    }

    fn differs(&self, name: &str) -> BackupError {
        self.refused(&format!(
            "holds the backup of another data directory, or one from before an applicant was erased: take a new folder then ({name} differs)"
        ))
    }

    fn refused(&self, why: &str) -> BackupError {
        BackupError::Target {
            path: self.target.to_owned(),
            why: why.to_owned(),
        }
    }
}

/// Removes the files of backups that the manifest does not name: of the one before, and of those cut short.
pub(super) fn tidy(target: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    for folder in [JOURNAL, CHECKPOINT, ARCHIVE, DESK, AUDIT] {
        let path = target.join(folder);
        if !path.exists() {
            continue;
        }
        let mut has_removed = false;
        for file in names(&path)? {
            let name = format!("{folder}/{file}");
            let is_unfinished = Path::new(&file).extension().is_some_and(|e| e == "new");
            let is_ours = is_unfinished || Part::of(&name).is_some();
            if is_ours && !manifest.files.iter().any(|entry| entry.name == name) {
                let path = target.join(&name);
                std::fs::remove_file(&path).map_err(io("remove", &path))?;
                has_removed = true;
            }
        }
        if has_removed {
            flush_folder(&path)?;
        }
    }
    Ok(())
}

pub(super) fn flush_folder(folder: &Path) -> Result<(), BackupError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io("flush", folder))
}

/// True where a file is there and begins with some bytes.
fn begins_with(path: &Path, bytes: &[u8]) -> Result<bool, BackupError> {
    match read_begin(path, bytes.len() as u64) {
        Ok(there) => Ok(there == bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(io("read", path)(e)),
    }
}

/// The first bytes of a file; fewer where it has fewer.
pub(super) fn read_begin(path: &Path, bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut begin = Vec::new();
    File::open(path)?.take(bytes).read_to_end(&mut begin)?;
    Ok(begin)
}

/// What is wrong with the file of an entry.
pub(super) fn problem(target: &Path, file: &Entry) -> Option<String> {
    let mut hashed = Hashed::new(std::io::sink());
    let read = File::open(target.join(&file.name))
        .and_then(|there| std::io::copy(&mut there.take(file.bytes), &mut hashed));
    let sha256 = hashed.sha256();
    match read {
        Ok(bytes) if bytes < file.bytes => Some(format!(
            "{} has {bytes} bytes instead of {}",
            file.name, file.bytes
        )),
        Ok(_) if sha256 != file.sha256 => Some(format!("{} fails its checksum", file.name)),
        Ok(_) => None,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            Some(format!("{} is missing", file.name))
        }
        Err(e) => Some(format!("{} cannot be read ({e})", file.name)),
    }
}

/// Bytes on their way somewhere, counted and hashed.
pub(super) struct Hashed<W> {
    out: W,
    bytes: u64,
    digest: Sha256,
}

impl<W: Write> Hashed<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            bytes: 0,
            digest: Sha256::new(),
        }
    }

    fn sha256(self) -> String {
        crate::hex::encode(&self.digest.finalize())
    }
}

impl Hashed<File> {
    /// Begins a file that its owner alone may read.
    pub(super) fn create(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self::new(file))
    }

    /// Makes its content durable; its length and checksum.
    pub(super) fn finish(self) -> std::io::Result<(u64, String)> {
        self.out.sync_all()?;
        Ok((self.bytes, self.sha256()))
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
