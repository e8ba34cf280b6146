//! The journal on the real file system: recorded cases, and every single byte cut or flipped.

use super::*;
use proptest::prelude::*;

mod crashes;

type Lines = Vec<Vec<u8>>;

fn open_os(dir: &Path) -> Result<(Lines, Inner<OsFiles>, Recovery), JournalError> {
    let opened = open_on(OsFiles, dir, 400)?;
    let on_disk = read::segments(&OsFiles, dir)?;
    let on_disk: u64 = on_disk.iter().map(|segment| segment.len).sum();
    assert_eq!(opened.1.bytes(), on_disk, "it knows its length");
    Ok(opened)
}

/// Opens a journal and gives all its lines.
fn open_on<F: Files>(
    files: F,
    dir: &Path,
    segment_bytes: u64,
) -> Result<(Lines, Inner<F>, Recovery), JournalError> {
    let (first, lines, journal, recovery) = open_from_on(files, dir, segment_bytes, 0)?;
    assert_eq!(first, 0);
    Ok((lines, journal, recovery))
}

/// Opens a journal from a position on and gives the position of the first line that it shows, and those lines.
fn open_from_on<F: Files>(
    files: F,
    dir: &Path,
    segment_bytes: u64,
    from: u64,
) -> Result<(u64, Lines, Inner<F>, Recovery), JournalError> {
    let mut lines: Lines = Vec::new();
    let mut first = None;
    let (journal, recovery) = Inner::open(files, dir, segment_bytes, from, |frame| {
        let begin = *first.get_or_insert(frame.first);
        assert_eq!(frame.first, begin + lines.len() as u64);
        for block in frame.blocks() {
            let mut room = Vec::new();
            let records = block.unpack(&mut room).expect("a whole block unpacks");
            lines.extend(Block::records(records).map(<[u8]>::to_vec));
        }
        let end = begin + lines.len() as u64;
        assert_eq!(frame.first + u64::from(frame.count), end);
        Ok(())
    })?;
    let first = first.unwrap_or(journal.position);
    assert_eq!(journal.position, first + lines.len() as u64);
    Ok((first, lines, journal, recovery))
}

fn block(lines: &[Vec<u8>]) -> Block {
    let mut records = Vec::new();
    for line in lines {
        Block::put(line, &mut records);
    }
    Block::pack(&records, lines.len())
}

fn append(journal: &mut Inner<OsFiles>, lines: &[Vec<u8>]) {
    let blocks = [block(lines)];
    let expected = journal.bytes() + journal.cost(&blocks);
    journal.append(EventTime(5), &blocks).unwrap();
    assert_eq!(journal.bytes(), expected, "the cost was told before");
}

fn last_segment(dir: &Path) -> PathBuf {
    read::segments(&OsFiles, dir).unwrap().pop().unwrap().path
}

#[test]
fn a_torn_tail_is_cut_off_and_the_journal_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = open_os(dir.path()).unwrap();
    append(&mut journal, &[b"one".to_vec(), b"two".to_vec()]);
    let whole = std::fs::metadata(last_segment(dir.path())).unwrap().len();
    append(&mut journal, &[b"three".to_vec()]);
    drop(journal);
    let path = last_segment(dir.path());
    let all = std::fs::read(&path).unwrap();
    for cut in whole + 1..all.len() as u64 {
        std::fs::write(&path, &all[..cut as usize]).unwrap();
        let (lines, mut journal, recovery) = open_os(dir.path()).unwrap();
        assert_eq!(lines, [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(recovery.torn_bytes, cut - whole);
        append(&mut journal, &[b"four".to_vec()]);
        drop(journal);
        assert_eq!(open_os(dir.path()).unwrap().0.len(), 3);
    }
}

#[test]
fn damage_to_acknowledged_events_is_refused_and_located() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = open_os(dir.path()).unwrap();
    append(&mut journal, &[b"one".to_vec()]);
    append(&mut journal, &[b"two".to_vec()]);
    drop(journal);
    let path = last_segment(dir.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[frame::HEADER_BYTES + frame::FRAME_BYTES] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let error = open_os(dir.path()).unwrap_err();
    assert!(
        matches!(error, JournalError::Damaged { offset: 16, .. }),
        "{error}"
    );
}

#[test]
fn a_missing_segment_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = open_os(dir.path()).unwrap();
    for _ in 0..30 {
        append(&mut journal, &[vec![b'x'; 60]]);
    }
    drop(journal);
    let segments = read::segments(&OsFiles, dir.path()).unwrap();
    assert!(segments.len() > 3);
    std::fs::remove_file(&segments[1].path).unwrap();
    assert!(matches!(
        open_os(dir.path()),
        Err(JournalError::Damaged { .. })
    ));
}

#[test]
fn what_is_given_up_is_gone_from_the_begin_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = open_os(dir.path()).unwrap();
    for n in 0..30_u8 {
        append(&mut journal, &[vec![n; 60]]);
    }
    let firsts = || -> Vec<u64> {
        let segments = read::segments(&OsFiles, dir.path()).unwrap();
        segments.iter().map(|s| s.first).collect()
    };
    let before = firsts();
    // Nothing arrived before the instant, or the position lies in the first segment.
    assert_eq!(journal.retire(30, EventTime(5)).unwrap(), 0);
    assert_eq!(journal.retire(before[1] - 1, EventTime(6)).unwrap(), 0);
    let bytes = journal.bytes();
    let removed = journal.retire(before[2], EventTime(6)).unwrap();
    assert_eq!(firsts(), before[2..]);
    assert_eq!(journal.bytes(), bytes - removed);
    // The last one stays whatever is asked for.
    journal.retire(u64::MAX, EventTime(i64::MAX)).unwrap();
    let last = *before.last().unwrap();
    assert_eq!(firsts(), [last]);
    append(&mut journal, &[b"more".to_vec()]);
    drop(journal);
    let open = |from| open_from_on(OsFiles, dir.path(), 400, from);
    assert!(matches!(open(last - 1), Err(JournalError::Damaged { .. })));
    let (first, lines, journal, _) = open(last).unwrap();
    assert_eq!((first, first + lines.len() as u64), (last, 31));
    assert_eq!(
        (lines.last().unwrap().as_slice(), journal.position),
        (&b"more"[..], 31)
    );
}

#[test]
fn another_version_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    drop(open_os(dir.path()).unwrap());
    let path = last_segment(dir.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[7] = b'9';
    std::fs::write(&path, &bytes).unwrap();
    let error = open_os(dir.path()).unwrap_err();
    assert!(
        matches!(error, JournalError::Version { found: '9', .. }),
        "{error}"
    );
    assert!(error.to_string().contains("version 9"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_after_the_header_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().unwrap();
        let mut file = frame::header(0).to_vec();
        file.extend(bytes);
        std::fs::write(dir.path().join("0000000000000000.vlj"), file).unwrap();
        let _ = open_os(dir.path());
    }
}
