//! Tampering with the log, line by line and byte by byte.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::doors::role::Role;

const START: i64 = 1_795_651_200;

fn entry(i: i64) -> Entry {
    Entry {
        // Three a month and a half, so that the chain goes over files.
        at: At::of_seconds(START + i * 10 * 86_400),
        who: format!("ca-{i}"),
        role: (i % 2 == 0).then_some(Role::Supervisor),
        from: Some(Prefix::of([203, 0, 113, i as u8].into())),
        what: if i % 3 == 0 {
            What::SawDossier
        } else {
            What::SignedIn
        },
        target: "GET /api/v1/dossiers/{id}".to_owned(),
        request: format!("r{i}"),
    }
}

const LINES: i64 = 9;

fn made() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    for i in 0..LINES {
        log.append(entry(i)).unwrap();
    }
    dir
}

/// The files of months with their lines.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<String>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "ndjson"))
        .map(|p| {
            let text = std::fs::read_to_string(&p).unwrap();
            (p, text.lines().map(str::to_owned).collect())
        })
        .collect();
    files.sort();
    files
}

fn write(path: &Path, lines: &[String]) {
    let text: String = lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect();
    std::fs::write(path, text).unwrap();
}

fn fault_of(folder: &Path) -> Fault {
    let found = verify(folder, None).unwrap();
    found.fault.expect("it must be found")
}

/// Does something to each line in turn, in a log of its own.
fn each_line(tamper: impl Fn(&mut Vec<String>, usize)) -> Vec<(usize, usize, Fault)> {
    let count = files(made().path())
        .iter()
        .map(|(_, l)| l.len())
        .sum::<usize>();
    assert_eq!(count, LINES as usize);
    let mut faults = Vec::new();
    let shape: Vec<usize> = files(made().path()).iter().map(|(_, l)| l.len()).collect();
    assert!(shape.len() > 1, "over several files");
    for (file, lines) in shape.into_iter().enumerate() {
        for line in 0..lines {
            let dir = made();
            let (path, mut text) = files(dir.path()).swap_remove(file);
            tamper(&mut text, line);
            write(&path, &text);
            faults.push((file, line, fault_of(dir.path())));
        }
    }
    faults
}

#[test]
fn a_whole_log_is_whole_and_goes_on_after_a_restart() {
    let dir = made();
    let found = verify(dir.path(), None).unwrap();
    assert_eq!(
        (found.fault, found.head.count, found.beyond),
        (None, LINES as u64, 0)
    );
    let log = AuditLog::open(dir.path()).unwrap();
    assert_eq!(log.head(), found.head);
    log.append_all(vec![entry(LINES), entry(LINES + 1)])
        .unwrap();
    let noted = Some((found.head.count, found.head.hash));
    let found = verify(dir.path(), noted).unwrap();
    assert_eq!((found.fault, found.head.count), (None, LINES as u64 + 2));
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(&files(dir.path())[0].0)
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_changed_word_is_found_at_its_line() {
    for (_, line, fault) in each_line(|text, i| text[i] = text[i].replace("\"ca-", "\"cb-")) {
        assert_eq!(fault.line, Some(line + 1), "{fault}");
    }
}

#[test]
fn a_line_written_otherwise_is_found_though_it_says_the_same() {
    for (_, line, fault) in each_line(|text, i| text[i] = text[i].replace("\",\"", "\", \"")) {
        assert_eq!(fault.line, Some(line + 1), "{fault}");
    }
}

#[test]
fn a_line_with_a_hash_made_again_is_found_at_the_next() {
    let faults = each_line(|text, i| {
        let mut line: Line = serde_json::from_str(&text[i]).unwrap();
        line.entry.who = "nobody".to_owned();
        line.hash = Some(line.hashed());
        text[i] = line.text();
    });
    let all = faults.len();
    for (at, (.., fault)) in faults.into_iter().enumerate() {
        if at + 1 == all {
            assert_eq!(fault.file, "head.json", "the last one is anchored: {fault}");
        } else {
            assert!(fault.line.is_some(), "{fault}");
        }
    }
}

#[test]
fn a_line_taken_out_is_found() {
    each_line(|text, i| {
        text.remove(i);
    });
}

#[test]
fn a_line_put_twice_is_found() {
    each_line(|text, i| text.insert(i, text[i].clone()));
}

#[test]
fn lines_changed_over_are_found() {
    each_line(|text, i| {
        let other = (i + 1) % text.len();
        if other == i {
            text[i].insert(1, ' ');
        } else {
            text.swap(i, other);
        }
    });
}

#[test]
fn a_file_cut_after_any_line_is_found() {
    each_line(Vec::truncate);
}

#[test]
fn files_and_heads_that_are_gone_are_found() {
    for at in 0..files(made().path()).len() {
        let dir = made();
        std::fs::remove_file(&files(dir.path())[at].0).unwrap();
        fault_of(dir.path());
    }
    let dir = made();
    std::fs::remove_file(dir.path().join(HEAD)).unwrap();
    assert_eq!(fault_of(dir.path()).file, HEAD);
    assert!(AuditLog::open(dir.path()).is_err());
    let dir = made();
    for (path, _) in files(dir.path()) {
        std::fs::remove_file(path).unwrap();
    }
    fault_of(dir.path());
    assert!(matches!(
        AuditLog::open(dir.path()),
        Err(AuditError::Damaged(_))
    ));
}

#[test]
fn an_older_head_with_its_older_log_is_found_by_what_was_noted() {
    let dir = tempfile::tempdir().unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    log.append(entry(0)).unwrap();
    let (path, _) = files(dir.path()).swap_remove(0);
    let before = (
        std::fs::read(&path).unwrap(),
        std::fs::read(dir.path().join(HEAD)).unwrap(),
    );
    log.append(entry(0)).unwrap();
    let noted = log.head();
    std::fs::write(&path, before.0).unwrap();
    std::fs::write(dir.path().join(HEAD), before.1).unwrap();
    assert_eq!(
        verify(dir.path(), None).unwrap().fault,
        None,
        "the chain alone cannot tell"
    );
    let found = verify(dir.path(), Some((noted.count, noted.hash))).unwrap();
    assert!(found.fault.is_some());
}

#[test]
fn a_crash_loses_nothing_that_was_answered_for() {
    // Between the line and the head: the head is one behind.
    let dir = tempfile::tempdir().unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    log.append(entry(0)).unwrap();
    let head = std::fs::read(dir.path().join(HEAD)).unwrap();
    log.append(entry(1)).unwrap();
    drop(log);
    std::fs::write(dir.path().join(HEAD), head).unwrap();
    assert_eq!(verify(dir.path(), None).unwrap().beyond, 1);
    // And the next line torn.
    let (path, _) = files(dir.path()).pop().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"n\":3,\"prev\":\"00");
    std::fs::write(&path, bytes).unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    assert_eq!(log.head().count, 2);
    log.append(entry(2)).unwrap();
    let found = verify(dir.path(), None).unwrap();
    assert_eq!((found.fault, found.head.count, found.beyond), (None, 3, 0));
}

#[test]
fn a_log_cut_behind_its_head_does_not_open() {
    let dir = made();
    let (path, mut lines) = files(dir.path()).pop().unwrap();
    lines.pop();
    lines.push(lines.last().cloned().unwrap_or_default());
    lines.pop();
    write(&path, &lines);
    if lines.is_empty() {
        std::fs::remove_file(&path).unwrap();
    }
    assert!(AuditLog::open(dir.path()).is_err());
}

#[test]
fn a_command_writes_beside_the_server() {
    let dir = tempfile::tempdir().unwrap();
    let server = AuditLog::open(dir.path()).unwrap();
    server.append(entry(0)).unwrap();
    let command = AuditLog::open(dir.path()).unwrap();
    for i in 1..6 {
        let log = if i % 2 == 0 { &server } else { &command };
        log.append(entry(i)).unwrap();
    }
    let found = verify(dir.path(), None).unwrap();
    assert_eq!((found.fault, found.head.count, found.beyond), (None, 6, 0));
}

#[test]
fn a_clock_set_back_does_not_break_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    for i in [9, 0, 12, 3] {
        log.append(entry(i)).unwrap();
    }
    assert_eq!(verify(dir.path(), None).unwrap().fault, None);
}

#[test]
fn what_callers_write_stays_on_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    let hostile = Entry {
        who: "a\n{\"n\":2}\u{1b}[31m".to_owned(),
        target: "x".repeat(10_000),
        ..entry(0)
    };
    log.append(hostile).unwrap();
    let (_, lines) = files(dir.path()).swap_remove(0);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].len() < 1_000 && !lines[0].contains("\\u001b"),
        "{}",
        lines[0]
    );
}

#[test]
fn a_span_is_exported_with_the_head() {
    let dir = made();
    let mut out = Vec::new();
    let (from, to) = (entry(2).at, entry(5).at);
    assert_eq!(export(dir.path(), from, to, &mut out).unwrap(), 3);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(text.lines().last().unwrap().contains("\"head\""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any one byte made another is found, wherever it stands.
    #[test]
    fn any_changed_byte_is_found(file in 0_usize..16, at in 0_usize..100_000, flip in 1_u8..=255) {
        let dir = made();
        let files = files(dir.path());
        let (path, _) = &files[file % files.len()];
        let mut bytes = std::fs::read(path).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        std::fs::write(path, bytes).unwrap();
        prop_assert!(verify(dir.path(), None).unwrap().fault.is_some());
    }

    /// Cut anywhere, it is found.
    #[test]
    fn any_cut_is_found(file in 0_usize..16, at in 0_usize..100_000) {
        let dir = made();
        let files = files(dir.path());
        let (path, _) = &files[file % files.len()];
        let bytes = std::fs::read(path).unwrap();
        std::fs::write(path, &bytes[..at % bytes.len()]).unwrap();
        prop_assert!(verify(dir.path(), None).unwrap().fault.is_some());
    }
}
