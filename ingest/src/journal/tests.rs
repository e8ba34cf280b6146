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
    let mut lines: Lines = Vec::new();
    let (journal, recovery) = Inner::open(files, dir, segment_bytes, 0, |frame| {
        assert_eq!(frame.first, lines.len() as u64);
        for block in frame.blocks() {
            let text = block.unpack().expect("a whole block unpacks");
            lines.extend(Block::lines(&text).map(<[u8]>::to_vec));
        }
        assert_eq!(frame.first + u64::from(frame.count), lines.len() as u64);
        Ok(())
    })?;
    assert_eq!(journal.position, lines.len() as u64);
    Ok((lines, journal, recovery))
}

fn block(lines: &[Vec<u8>]) -> Block {
    let text: Vec<u8> = lines
        .iter()
        .flat_map(|line| line.iter().copied().chain(*b"\n"))
        .collect();
    Block::pack(&text, lines.len())
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
