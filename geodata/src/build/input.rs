//! Input files: the one place of the build that opens them.
//!
//! A file is read from its path piece by piece where it may be large (an extract, a raster), or
//! stands in memory already.

use super::BuildError;
use sha2::{Digest, Sha256};
use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Cursor, Read, Seek},
    path::Path,
};

/// A file of the build.
#[derive(Clone, Copy, Debug)]
pub struct InputFile<'a> {
    /// Its name, for messages and provenance.
    pub name: &'a str,
    /// Where its bytes are.
    pub content: Content<'a>,
}

/// Where a file's bytes are.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// In memory.
    Bytes(&'a [u8]),
    /// On the disk.
    Path(&'a Path),
}

/// What a file can be recognised by.
pub(super) struct Fingerprint {
    /// Its size in bytes.
    pub(super) bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub(super) sha256: String,
}

/// A file that can be read from any place.
pub(super) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// Bytes read at once.
const BUFFER: usize = 1 << 20;

impl<'a> InputFile<'a> {
    /// A file whose bytes are in memory.
    pub fn in_memory(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            content: Content::Bytes(bytes),
        }
    }

    /// A file on the disk.
    pub fn at(name: &'a str, path: &'a Path) -> Self {
        Self {
            name,
            content: Content::Path(path),
        }
    }

    pub(super) fn open(&self) -> Result<Box<dyn ReadSeek + 'a>, BuildError> {
        match self.content {
            Content::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes))),
            Content::Path(path) => {
                let file = File::open(path).map_err(|error| self.unreadable(&error))?;
                Ok(Box::new(BufReader::with_capacity(BUFFER, file)))
            }
        }
    }

    /// All its bytes: for files of a city's size.
    pub(super) fn bytes(&self) -> Result<Cow<'a, [u8]>, BuildError> {
        match self.content {
            Content::Bytes(bytes) => Ok(Cow::Borrowed(bytes)),
            Content::Path(path) => std::fs::read(path)
                .map(Cow::Owned)
                .map_err(|error| self.unreadable(&error)),
        }
    }

    pub(super) fn fingerprint(&self) -> Result<Fingerprint, BuildError> {
        let mut reader = self.open()?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; BUFFER];
        let mut bytes = 0;
        loop {
            let count = reader
                .read(&mut buffer)
                .map_err(|error| self.unreadable(&error))?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            bytes += count as u64;
        }
        let mut sha256 = String::with_capacity(64);
        for byte in hash.finalize() {
            for digit in [byte >> 4, byte & 15] {
                sha256.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        Ok(Fingerprint { bytes, sha256 })
    }

    pub(super) fn error(&self, what: impl Into<String>) -> BuildError {
        BuildError::File {
            file: self.name.to_owned(),
            what: what.into(),
        }
    }

    fn unreadable(&self, error: &std::io::Error) -> BuildError {
        self.error(format!("cannot be read: {error}"))
    }
}
