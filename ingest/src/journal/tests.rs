//! The journal against a trivial model: a list of acknowledged lines.

use super::*;
use proptest::prelude::*;

fn lines_of(dir: &Path) -> Result<(Vec<Vec<u8>>, Journal, Recovery), JournalError> {
    let mut lines = Vec::new();
    let (journal, recovery) = Journal::open_with(dir, 400, |frame| {
        assert_eq!(frame.first, lines.len() as u64);
        lines.extend(frame.lines().map(<[u8]>::to_vec));
        assert_eq!(frame.first + u64::from(frame.count), lines.len() as u64);
        Ok(())
    })?;
    assert_eq!(journal.position(), lines.len() as u64);
    Ok((lines, journal, recovery))
}

fn append(journal: &mut Journal, lines: &[Vec<u8>]) {
    journal
        .append(EventTime(5), lines.iter().map(Vec::as_slice))
        .unwrap();
}

fn last_segment(dir: &Path) -> PathBuf {
    read::segments(dir).unwrap().pop().unwrap().path
}

#[test]
fn a_torn_tail_is_cut_off_and_the_journal_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = lines_of(dir.path()).unwrap();
    append(&mut journal, &[b"one".to_vec(), b"two".to_vec()]);
    let whole = std::fs::metadata(last_segment(dir.path())).unwrap().len();
    append(&mut journal, &[b"three".to_vec()]);
    drop(journal);
    let path = last_segment(dir.path());
    let all = std::fs::read(&path).unwrap();
    for cut in whole + 1..all.len() as u64 {
        std::fs::write(&path, &all[..cut as usize]).unwrap();
        let (lines, mut journal, recovery) = lines_of(dir.path()).unwrap();
        assert_eq!(lines, [b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(recovery.torn_bytes, cut - whole);
        append(&mut journal, &[b"four".to_vec()]);
        drop(journal);
        assert_eq!(lines_of(dir.path()).unwrap().0.len(), 3);
    }
}

#[test]
fn damage_to_acknowledged_events_is_refused_and_located() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = lines_of(dir.path()).unwrap();
    append(&mut journal, &[b"one".to_vec()]);
    append(&mut journal, &[b"two".to_vec()]);
    drop(journal);
    let path = last_segment(dir.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[frame::HEADER_BYTES + frame::FRAME_BYTES] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let error = lines_of(dir.path()).unwrap_err();
    assert!(
        matches!(error, JournalError::Damaged { offset: 16, .. }),
        "{error}"
    );
}

#[test]
fn a_missing_segment_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut journal, _) = lines_of(dir.path()).unwrap();
    for _ in 0..30 {
        append(&mut journal, &[vec![b'x'; 60]]);
    }
    drop(journal);
    let segments = read::segments(dir.path()).unwrap();
    assert!(segments.len() > 3);
    std::fs::remove_file(&segments[1].path).unwrap();
    assert!(matches!(
        lines_of(dir.path()),
        Err(JournalError::Damaged { .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Random appends and reopenings; at the end the file is cut or flipped at a random byte of its
    /// unacknowledged part. All acknowledged lines come back, in order, and nothing else but at most
    /// the whole last append.
    #[test]
    fn behaves_as_the_model(
        groups in proptest::collection::vec((proptest::collection::vec("[a-z]{0,40}", 0..5), any::<bool>()), 1..12),
        torn in proptest::collection::vec("[a-z]{0,40}", 1..4),
        damage in any::<proptest::sample::Index>(),
        flip in any::<bool>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut model: Vec<Vec<u8>> = Vec::new();
        let (_, mut journal, _) = lines_of(dir.path()).unwrap();
        for (group, reopen) in &groups {
            let group: Vec<Vec<u8>> = group.iter().map(|l| l.clone().into_bytes()).collect();
            append(&mut journal, &group);
            model.extend(group);
            if *reopen {
                drop(journal);
                let (lines, opened, recovery) = lines_of(dir.path()).unwrap();
                prop_assert_eq!(&lines, &model);
                prop_assert_eq!(recovery, Recovery::default());
                journal = opened;
            }
        }
        let path = journal.path.clone();
        let acknowledged = journal.len as usize;
        append(&mut journal, &torn.iter().map(|l| l.clone().into_bytes()).collect::<Vec<_>>());
        let same_segment = journal.path == path;
        drop(journal);
        if same_segment {
            let mut bytes = std::fs::read(&path).unwrap();
            let at = acknowledged + damage.index(bytes.len() - acknowledged);
            if flip {
                bytes[at] ^= 0x40;
            } else {
                bytes.truncate(at);
            }
            std::fs::write(&path, bytes).unwrap();
            let (lines, _, _) = lines_of(dir.path()).unwrap();
            prop_assert_eq!(&lines, &model);
        }
    }

    #[test]
    fn arbitrary_bytes_after_the_header_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().unwrap();
        let mut file = frame::header(0).to_vec();
        file.extend(bytes);
        std::fs::write(dir.path().join("0000000000000000.vlj"), file).unwrap();
        let _ = lines_of(dir.path());
    }
}
