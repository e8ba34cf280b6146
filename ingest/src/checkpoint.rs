//! Checkpoints on the disk: `checkpoint/<position>.vlc`, the two newest of them.
//!
//! What the blocks mean is their maker's business. The one before the newest is kept for when the newest cannot be
//! read; so the journal is needed from its position on, and no further back.

use std::path::{Path, PathBuf};

use crate::blocks::{self, Reader, Writer};

/// How many are kept.
const KEPT: usize = 2;
/// The kind of file; its last figure is raised when blocks are made otherwise.
pub const KIND: [u8; 8] = *b"VLCHECK4";

/// A checkpoint could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write a checkpoint in {path}: {source}; the next start reads more of the journal")]
pub struct CheckpointError {
    path: PathBuf,
    source: std::io::Error,
}

/// The name of the checkpoint at a position.
pub fn file_name(position: u64) -> String {
    format!("{position:016x}.vlc")
}

/// The checkpoints of a data directory.
#[derive(Debug, Clone)]
pub struct Checkpoints {
    dir: PathBuf,
}

impl Checkpoints {
    /// Those in a folder, which is made when the first is written.
    pub const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The files, newest first, with their positions.
    pub fn all(&self) -> Vec<(u64, PathBuf)> {
        let entries = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let mut all: Vec<(u64, PathBuf)> = entries
            .filter_map(|entry| {
                let path = entry.path();
                let name = path.file_name()?.to_str()?.strip_suffix(".vlc")?;
                Some((u64::from_str_radix(name, 16).ok()?, path))
            })
            .collect();
        all.sort_by(|a, b| b.cmp(a));
        all
    }

    /// The blocks of a file.
    pub fn read(path: &Path) -> std::io::Result<Vec<Vec<u8>>> {
        Reader::open(path, KIND)?.all()
    }

    /// Reads a file to its end, a block at a time; fails where it is damaged.
    pub fn check(path: &Path) -> std::io::Result<()> {
        blocks::check(path, KIND)
    }

    /// Writes one, durable on return, and removes what is older than the one before. `blocks` are asked for one after
    /// the other.
    pub fn write(
        &self,
        position: u64,
        blocks: impl Iterator<Item = Vec<u8>>,
    ) -> Result<(), CheckpointError> {
        let failed = |source| CheckpointError {
            path: self.dir.clone(),
            source,
        };
        std::fs::create_dir_all(&self.dir).map_err(failed)?;
        let path = self.dir.join(file_name(position));
        let mut writer = Writer::create(&path, KIND).map_err(failed)?;
        for block in blocks {
            writer.block(&block).map_err(failed)?;
        }
        writer.finish().map_err(failed)?;
        for (_, path) in self.all().into_iter().skip(KEPT) {
            std::fs::remove_file(path).map_err(failed)?;
        }
        Ok(())
    }

    /// The position from which on the journal is needed whichever of them can be read; 0 unless there are as many
    /// as are kept.
    pub fn needed_from(&self) -> u64 {
        let all = self.all();
        all.get(KEPT - 1).map_or(0, |(position, _)| *position)
    }

    /// Removes all but the one at a position, which can be read.
    pub fn keep_only(&self, position: u64) -> std::io::Result<()> {
        Self::check(&self.dir.join(file_name(position)))?;
        let mut others = self.all().into_iter().filter(|(at, _)| *at != position);
        others.try_for_each(|(_, path)| std::fs::remove_file(path))
    }

    /// Removes all.
    pub fn clear(&self) -> std::io::Result<()> {
        for (_, path) in self.all() {
            std::fs::remove_file(path)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_newest_stay() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(dir.path().join("checkpoint"));
        assert_eq!((checkpoints.needed_from(), checkpoints.all().len()), (0, 0));
        for position in [5, 300, 20_000_u64] {
            let block = position.to_string().into_bytes();
            checkpoints.write(position, [block].into_iter()).unwrap();
        }
        let all = checkpoints.all();
        let positions: Vec<u64> = all.iter().map(|(p, _)| *p).collect();
        assert_eq!(positions, [20_000, 300]);
        assert_eq!(checkpoints.needed_from(), 300);
        let blocks = Checkpoints::read(&all[0].1).unwrap();
        assert_eq!(blocks, [b"20000".to_vec()]);
        assert!(checkpoints.keep_only(7).is_err());
        assert_eq!(checkpoints.all().len(), 2);
        checkpoints.keep_only(300).unwrap();
        assert_eq!(checkpoints.all(), all[1..]);
        checkpoints.clear().unwrap();
        assert_eq!(checkpoints.all(), []);
    }
}
