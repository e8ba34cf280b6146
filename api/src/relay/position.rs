//! How far the server has come: a small file, replaced as a whole.
//!
//! It holds the position before which every event was answered for, and the same with all bits turned, so that what a torn or damaged
//! file says is not believed. Without a position all that is on the disk is sent, which the server takes as known.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use ingest::datadir::{DataDirError, write_durably};

/// Its name in a relay's directory.
const FILE: &str = "sent";

/// Reads the position; `None` where there is none that can be believed.
pub fn read(dir: &Path) -> std::io::Result<Option<u64>> {
    match std::fs::read(dir.join(FILE)) {
        Ok(bytes) => Ok(decode(&bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Writes it, durable on return. On a disk that has no room for another file the old one is written over: what a crash leaves of it
/// then is no position that can be believed, and the server is sent again what it knows.
pub fn write(dir: &Path, position: u64) -> Result<(), DataDirError> {
    let path = dir.join(FILE);
    match write_durably(&path, &encode(position)) {
        Err(DataDirError::Io { source, .. }) if is_full(&source) => write_over(&path, position)
            .map_err(|source| DataDirError::Io {
                action: "write over",
                path,
                source,
            }),
        written => written,
    }
}

/// True where the disk has no room.
pub(super) fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}

fn write_over(path: &Path, position: u64) -> std::io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    file.write_all_at(&encode(position), 0)?;
    file.sync_data()
}

fn encode(position: u64) -> Vec<u8> {
    format!("{position:016x} {:016x}\n", !position).into_bytes()
}

fn decode(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (position, turned) = text.split_once(' ')?;
    let number =
        |digits: &str| (digits.len() == 16).then(|| u64::from_str_radix(digits, 16).ok())?;
    let position = number(position)?;
    (number(turned)? == !position).then_some(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_or_damaged_position_is_none() {
        for position in [0, 1, 4_711, u64::MAX] {
            let whole = encode(position);
            assert_eq!(decode(&whole), Some(position));
            for length in 0..whole.len() {
                assert_eq!(decode(&whole[..length]), None, "cut after {length}");
            }
            for at in 0..whole.len() {
                for bit in 0..8 {
                    let mut damaged = whole.clone();
                    damaged[at] ^= 1 << bit;
                    // A letter in the other case says the same.
                    assert!(
                        decode(&damaged).is_none_or(|read| read == position),
                        "byte {at}, bit {bit}"
                    );
                }
            }
        }
    }

    #[test]
    fn it_is_there_again_and_a_write_cut_short_leaves_the_old_one() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        write(dir.path(), 17).unwrap();
        write(dir.path(), 4_711).unwrap();
        // What a kill leaves in the middle of the next one.
        std::fs::write(dir.path().join("sent.new"), &encode(9_999)[..9]).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some(4_711));
        write(dir.path(), 4_712).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some(4_712));
        // As on a full disk.
        write_over(&dir.path().join(FILE), 4_713).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some(4_713));
    }
}
