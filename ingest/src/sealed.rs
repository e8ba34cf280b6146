//! Files of sealed lines: JSON with a checksum per line, appended and never changed.
//!
//! What is appended is on the disk before it is answered for. A last line that is torn was never answered for and is cut
//! off; a line that is damaged elsewhere stops the reading, since what it said may not be guessed.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why something was not written, or what was cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// A file cannot be used.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A line is not what was written.
    #[error(
        "line {line} of {path} is damaged: put the file of the newest backup in its place, or take the line out if you know what it said"
    )]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1 on.
        line: usize,
    },
}

/// A file that is appended to.
#[derive(Debug)]
pub(crate) struct SealedFile {
    path: PathBuf,
    file: Option<File>,
    bytes: u64,
}

impl SealedFile {
    /// Opens a file and cuts off a torn end; gives its lines, none where there is no file.
    pub(crate) fn open<T: DeserializeOwned>(path: PathBuf) -> Result<(Self, Vec<T>), SealedError> {
        let (found, bytes) = lines(&path)?;
        let length = std::fs::metadata(&path).map_or(0, |meta| meta.len());
        if bytes < length {
            tracing::warn!(path = %path.display(), "cut off what was never answered for");
            let file = OpenOptions::new().write(true).open(&path);
            let file = file.map_err(io("open", &path))?;
            file.set_len(bytes).map_err(io("cut", &path))?;
            file.sync_all().map_err(io("flush", &path))?;
        }
        let opened = Self {
            path,
            file: None,
            bytes,
        };
        Ok((opened, found))
    }

    /// Its length.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends whole lines ([`written`]); they are on the disk when it returns, or none of them is there.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<(), SealedError> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.create()?,
        };
        let done = file.write_all(lines).and_then(|()| file.sync_data());
        if let Err(source) = done {
            // Half a line must not stand before the next whole one.
            let undone = file.set_len(self.bytes).and_then(|()| file.sync_data());
            self.file = undone.is_ok().then_some(file);
            return Err(io("write", &self.path)(source));
        }
        self.file = Some(file);
        self.bytes += lines.len() as u64;
        Ok(())
    }

    /// The file, with nothing behind what counts: half a line may stand there that could not be taken back.
    fn create(&self) -> Result<File, SealedError> {
        let mut open = OpenOptions::new();
        let file = open.create(true).append(true).open(&self.path);
        let file = file.map_err(io("open", &self.path))?;
        file.set_len(self.bytes).map_err(io("cut", &self.path))?;
        file.sync_all().map_err(io("flush", &self.path))?;
        if let Some(folder) = self.path.parent() {
            let folder = File::open(folder).and_then(|folder| folder.sync_all());
            folder.map_err(io("flush", &self.path))?;
        }
        Ok(file)
    }
}

/// The whole lines of a file, and how many bytes they have; none where there is no file.
pub(crate) fn lines<T: DeserializeOwned>(path: &Path) -> Result<(Vec<T>, u64), SealedError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(io("read", path)(source)),
    };
    let end = bytes.iter().rposition(|b| *b == b'\n');
    let whole = end.map_or(0, |at| at + 1);
    let mut found = Vec::new();
    for (number, line) in bytes[..whole].split(|b| *b == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let Some(value) = read(line) else {
            let path = path.to_owned();
            let line = number + 1;
            return Err(SealedError::Damaged { path, line });
        };
        found.push(value);
    }
    Ok((found, whole as u64))
}

pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> SealedError {
    let path = path.to_owned();
    move |source| SealedError::Io {
        action,
        path,
        source,
    }
}

const SEAL: &[u8] = b",\"crc\":\"";
/// The seal, eight digits, and the end of the object.
const SEALED: usize = SEAL.len() + 8 + 2;

/// An object as a line, sealed.
pub(crate) fn written(value: &impl Serialize) -> Vec<u8> {
    // Plain structures of numbers and texts always have a JSON form.
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    let sum = crc32fast::hash(&line);
    line.pop();
    line.extend_from_slice(SEAL);
    line.extend_from_slice(format!("{sum:08x}\"}}\n").as_bytes());
    line
}

/// The value of a line without its end; `None` for what [`written`] never gives.
fn read<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let at = line.len().checked_sub(SEALED)?;
    let (text, seal) = line.split_at(at);
    let sum = seal.strip_prefix(SEAL)?.strip_suffix(b"\"}")?;
    let mut text = text.to_vec();
    text.push(b'}');
    let expected = format!("{:08x}", crc32fast::hash(&text));
    if sum != expected.as_bytes() {
        return None;
    }
    serde_json::from_slice(&text).ok()
}
