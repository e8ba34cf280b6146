//! Changing records that are in the journal already: the one thing that may, since an applicant may ask to be forgotten.
//!
//! A segment with a changed record is written anew beside the old one, flushed, and put in its place by one renaming: at any
//! moment it is wholly the old or wholly the new one. Positions, counts and arrival times stay. Cut short, the segments so far are
//! changed, and doing it again does the rest; it removes what a time before left half written, too.

use std::path::Path;

use super::block::{Block, Blocks, PackedRecords};
use super::files::{Files as _, OsFiles};
use super::{Frame, JournalError, Segment, frame, io};
use crate::datadir::write_durably;

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rewritten {
    /// Records.
    pub records: u64,
    /// Segments, each written anew.
    pub segments: u64,
}

/// Answers another record for one that is to be changed; fails on one that it cannot read.
pub trait Change: FnMut(&[u8]) -> Result<Option<Vec<u8>>, String> {}

impl<F: FnMut(&[u8]) -> Result<Option<Vec<u8>>, String>> Change for F {}

/// Gives every record of a journal that no program holds to `change`, and writes those for which it answers another. The last segment
/// loses a torn end that recovery would cut off, where it is written anew.
pub fn rewrite(dir: &Path, mut change: impl Change) -> Result<Rewritten, JournalError> {
    let segments = super::segments(dir)?;
    remove_unfinished(dir)?;
    let mut done = Rewritten::default();
    for (at, segment) in segments.iter().enumerate() {
        let bytes = segment.load()?;
        let is_last = at + 1 == segments.len();
        if is_last && Segment::is_unborn(&bytes) {
            continue;
        }
        let mut anew = frame::header(segment.first).to_vec();
        let mut records = 0;
        segment.walk(&bytes, is_last, &mut |old: Frame<'_>| {
            let blocks = blocks(&old, &mut records, &mut change);
            let blocks = blocks.map_err(|detail| JournalError::Damaged {
                path: segment.path.clone(),
                offset: 0,
                detail,
            })?;
            frame::encode(old.received_at, blocks.iter(), &mut anew);
            Ok(())
        })?;
        if records == 0 {
            continue;
        }
        write_durably(&segment.path, &anew).map_err(|e| JournalError::Rewriting {
            path: segment.path.clone(),
            detail: e.to_string(),
        })?;
        done.records += records;
        done.segments += 1;
    }
    Ok(done)
}

/// Removes what [`write_durably`] left where it was cut short: it holds what a segment holds, and nobody would look for it.
fn remove_unfinished(dir: &Path) -> Result<(), JournalError> {
    for (path, _) in OsFiles.list(dir).map_err(io("read", dir))? {
        if path.extension().is_some_and(|end| end == "new") {
            OsFiles.remove(&path).map_err(io("remove", &path))?;
        }
    }
    Ok(())
}

/// A frame's blocks with its changed records; fails where one does not unpack.
fn blocks(
    frame: &Frame<'_>,
    changed: &mut u64,
    change: &mut impl Change,
) -> Result<Vec<Block>, String> {
    let mut blocks = Blocks::default();
    let mut room = Vec::new();
    for old in frame.blocks() {
        blocks.push(block(&old, &mut room, changed, change)?);
    }
    Ok(blocks.finish())
}

fn block(
    old: &PackedRecords<'_>,
    room: &mut Vec<u8>,
    changed: &mut u64,
    change: &mut impl Change,
) -> Result<Block, String> {
    let before = *changed;
    let mut records = Vec::new();
    let unpacked = old.unpack(room).ok_or("a block does not unpack")?;
    for record in Block::records(unpacked) {
        let other = change(record)?;
        *changed += u64::from(other.is_some());
        Block::put(other.as_deref().unwrap_or(record), &mut records);
    }
    Ok(if *changed == before {
        Block::stored(old)
    } else {
        Block::pack(&records, old.count as usize)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{EventTime, Inner, read};
    use super::*;

    /// Frames of records, each a frame's time and its records.
    type Frames = Vec<(i64, Vec<Vec<u8>>)>;

    fn told(dir: &Path) -> (Frames, Vec<u64>) {
        let mut frames = Frames::new();
        let opened = Inner::open(OsFiles, dir, 300, 0, |frame| {
            let mut records = Vec::new();
            for block in frame.blocks() {
                let mut room = Vec::new();
                let unpacked = block.unpack(&mut room).expect("a whole block unpacks");
                records.extend(Block::records(unpacked).map(<[u8]>::to_vec));
            }
            frames.push((frame.received_at.0, records));
            Ok(())
        });
        opened.expect("it opens");
        let segments = read::segments(&OsFiles, dir).unwrap();
        (frames, segments.iter().map(|s| s.first).collect())
    }

    proptest! {
        /// Against a list: what is changed is, the rest, the frames and the segments' names stay, and a second time changes nothing.
        #[test]
        fn some_records_are_others_and_nothing_else_is(
            frames in proptest::collection::vec(
                (0..1_000_000_i64, proptest::collection::vec(proptest::collection::vec(0..4_u8, 1..200), 1..6)), 1..12),
            torn in proptest::option::of(1..20_usize),
        ) {
            let dir = tempfile::tempdir().unwrap();
            {
                let (mut journal, _) = Inner::open(OsFiles, dir.path(), 300, 0, |_| Ok(())).unwrap();
                for (at, records) in &frames {
                    let mut put = Vec::new();
                    for record in records {
                        Block::put(record, &mut put);
                    }
                    journal.append(EventTime(*at), &[Block::pack(&put, records.len())]).unwrap();
                }
                if let Some(torn) = torn {
                    use std::io::Write as _;
                    let mut last = std::fs::OpenOptions::new().append(true).open(&journal.path).unwrap();
                    last.write_all(&b"VLF2 this is no whole frame"[..torn]).unwrap();
                }
            }
            let change = |record: &[u8]| Ok(record.starts_with(&[3]).then(|| vec![9; record.len() / 2]));
            let expected: Frames = frames
                .iter()
                .map(|(at, records)| {
                    let other = |r: &Vec<u8>| change(r).unwrap().unwrap_or_else(|| r.clone());
                    (*at, records.iter().map(other).collect())
                })
                .collect();
            let names = super::super::segments(dir.path()).unwrap();
            let names: Vec<u64> = names.iter().map(|s| s.first).collect();
            let left = dir.path().join("0000000000000000.new");
            std::fs::write(&left, b"cut short").unwrap();
            let done = rewrite(dir.path(), change).unwrap();
            prop_assert!(!left.exists());
            let changed = frames.iter().flat_map(|f| &f.1).filter(|r| r.starts_with(&[3])).count();
            prop_assert_eq!(done.records, changed as u64);
            let again = rewrite(dir.path(), change).unwrap();
            prop_assert_eq!(again, Rewritten::default());
            prop_assert_eq!(told(dir.path()), (expected, names));
        }
    }
}
