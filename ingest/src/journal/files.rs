//! What the journal asks of a file system, so that the tests can put one under it that crashes.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A folder's files, as far as the journal uses them.
///
/// Two promises are asked for, those of POSIX: what was written before a [`Files::flush`] that succeeded
/// survives loss of power, and so does a name once [`Files::flush_folder`] has succeeded after it was made.
pub(super) trait Files: std::fmt::Debug {
    /// An open file.
    type Open: std::fmt::Debug;

    /// The names and lengths of the files of a folder; made if it is not there.
    fn list(&self, folder: &Path) -> Result<Vec<(PathBuf, u64)>>;
    /// A whole file.
    fn read(&self, path: &Path) -> Result<Vec<u8>>;
    /// Makes an empty file, or empties one.
    fn create(&self, path: &Path) -> Result<Self::Open>;
    /// Opens a file to write to.
    fn open(&self, path: &Path) -> Result<Self::Open>;
    /// Writes at a place, making the file longer where needed.
    fn write(&self, file: &mut Self::Open, at: u64, bytes: &[u8]) -> Result<()>;
    /// Cuts a file back.
    fn cut(&self, file: &mut Self::Open, length: u64) -> Result<()>;
    /// Makes what was written durable.
    fn flush(&self, file: &mut Self::Open) -> Result<()>;
    /// Makes names durable.
    fn flush_folder(&self, folder: &Path) -> Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> Result<()>;
}

/// The operating system's.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OsFiles;

impl Files for OsFiles {
    type Open = File;

    fn list(&self, folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
        std::fs::create_dir_all(folder)?;
        std::fs::read_dir(folder)?
            .map(|entry| {
                let entry = entry?;
                Ok((entry.path(), entry.metadata()?.len()))
            })
            .collect()
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn create(&self, path: &Path) -> Result<File> {
        File::create(path)
    }

    fn open(&self, path: &Path) -> Result<File> {
        OpenOptions::new().write(true).open(path)
    }

    fn write(&self, file: &mut File, at: u64, bytes: &[u8]) -> Result<()> {
        file.write_all_at(bytes, at)
    }

    fn cut(&self, file: &mut File, length: u64) -> Result<()> {
        file.set_len(length)
    }

    fn flush(&self, file: &mut File) -> Result<()> {
        file.sync_data()
    }

    fn flush_folder(&self, folder: &Path) -> Result<()> {
        File::open(folder)?.sync_all()
    }

    fn remove(&self, path: &Path) -> Result<()> {
        std::fs::remove_file(path)
    }
}
