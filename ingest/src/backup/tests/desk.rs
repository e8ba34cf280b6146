//! The alert desk's log in backups: while it grows, damaged, and of a program that knew none.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::super::manifest::desk_name;
use super::*;
use crate::desk::{DeskLog, Month};

type Line = BTreeMap<String, u32>;

const OCTOBER: EventTime = EventTime(NOW.0 - 30 * 86_400_000_000);

fn open(path: &Path) -> (DeskLog<Line>, Vec<u32>) {
    let (log, lines) = DeskLog::<Line>::open(path).unwrap();
    (log, lines.into_iter().map(|line| line["n"]).collect())
}

fn append(log: &DeskLog<Line>, at: EventTime, numbers: std::ops::Range<u32>) {
    let lines: Vec<Line> = numbers.map(|n| Line::from([("n".to_owned(), n)])).collect();
    log.append(at, &lines).unwrap();
}

/// The numbers of a directory's log.
fn numbers(path: &Path) -> Vec<u32> {
    open(path).1
}

fn all(range: std::ops::Range<u32>) -> Vec<u32> {
    range.collect()
}

fn name(month: &str) -> String {
    desk_name(Month::named(&format!("{month}.ndjson")).unwrap())
}

#[test]
fn a_month_is_named_in_one_way() {
    let month = Month::named("2026-11.ndjson").unwrap();
    assert_eq!(Part::of("desk/2026-11.ndjson"), Some(Part::Desk(month)));
    for name in [
        "desk/../secret.key",
        "desk/2026-13.ndjson",
        "desk/2026-1.ndjson",
        "desk/+026-11.ndjson",
        "desk/2026-11/../../x.ndjson",
    ] {
        assert_eq!(Part::of(name), None, "{name}");
    }
}

#[test]
fn the_log_comes_back_and_a_later_backup_has_what_was_appended() {
    let place = place();
    take(&place.data, 0..2);
    let (log, _) = open(&place.data);
    append(&log, OCTOBER, 0..2);
    append(&log, NOW, 2..3);
    // Secret, segment, two months.
    let first = place.backup().unwrap();
    assert_eq!((first.files, first.written), (4, 4));
    assert_eq!(place.backup().unwrap().written, 0, "nothing is new");
    let before = std::fs::read(place.target.join(MANIFEST)).unwrap();

    append(&log, NOW, 3..7);
    let newest = place.data.join(name("2026-11"));
    let sound = std::fs::read(&newest).unwrap();
    std::fs::write(&newest, [&sound[..], b"{\"n\":7,\"c"].concat()).unwrap();
    assert_eq!(place.backup().unwrap().written, 1, "the month that grew");
    let to = place.restored("restored");
    assert_eq!(numbers(&to), all(0..7));
    assert_eq!(std::fs::read(to.join(name("2026-11"))).unwrap(), sound);
    assert_eq!(events(&to), ids(0..2));

    // The one before, had the later one been cut short before its manifest.
    let after = std::fs::read(place.target.join(MANIFEST)).unwrap();
    std::fs::write(place.target.join(MANIFEST), before).unwrap();
    std::fs::write(place.target.join("desk/2026-12.new"), b"half").unwrap();
    assert_eq!(numbers(&place.restored("before")), all(0..3));
    assert_eq!(place.backup().unwrap().written, 0);
    assert!(!place.target.join("desk/2026-12.new").exists());
    assert_eq!(std::fs::read(place.target.join(MANIFEST)).unwrap(), after);

    // What was restored goes on, into the same folder.
    let (log, _) = open(&to);
    append(&log, NOW, 7..8);
    assert_eq!(back_up(&to, &place.target).unwrap().written, 1);
    assert_eq!(numbers(&place.restored("on")), all(0..8));
}

#[test]
fn a_backup_beside_a_writer_has_whole_lines_and_all_that_was_answered_for() {
    let place = place();
    take(&place.data, 0..1);
    let (log, _) = open(&place.data);
    let (answered, is_done) = (AtomicU32::new(0), AtomicBool::new(false));
    let mut times = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..60 {
                append(&log, NOW, 3 * n..3 * n + 3);
                answered.store(3 * n + 3, Ordering::SeqCst);
            }
            is_done.store(true, Ordering::SeqCst);
        });
        loop {
            let was_done = is_done.load(Ordering::SeqCst);
            let least = answered.load(Ordering::SeqCst);
            place.backup().unwrap();
            let held = numbers(&place.restored(&format!("restored {times}")));
            assert!(held.len() as u32 >= least, "{} of {least}", held.len());
            assert_eq!(held, all(0..held.len() as u32));
            times += 1;
            if was_done {
                break;
            }
        }
    });
    assert_eq!(numbers(&place.restored("at last")), all(0..180));
}

#[test]
fn a_damaged_line_stops_the_backup_and_a_damaged_copy_is_not_restored() {
    let place = place();
    take(&place.data, 0..1);
    let (log, _) = open(&place.data);
    append(&log, NOW, 0..4);
    place.backup().unwrap();
    let damage = |folder: &Path| {
        let path = folder.join(name("2026-11"));
        let sound = std::fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        bytes[3] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        (path, sound)
    };
    let (path, sound) = damage(&place.data);
    let error = place.backup().unwrap_err().to_string();
    let told = format!("line 1 of {} is damaged", path.display());
    assert!(error.contains(&told), "{error}");
    assert_eq!(numbers(&place.restored("still")), all(0..4));
    std::fs::write(path, sound).unwrap();

    damage(&place.target);
    let to = place.dir.path().join("to");
    let error = restore(&place.target, &to).unwrap_err().to_string();
    assert!(
        error.contains("desk/2026-11.ndjson fails its checksum"),
        "{error}"
    );
    assert!(!to.exists());
    assert_eq!(place.backup().unwrap().written, 1, "the next mends it");
    assert_eq!(numbers(&place.restored("mended")), all(0..4));
}

#[test]
fn a_log_with_less_or_with_other_lines_is_refused() {
    let place = place();
    take(&place.data, 0..1);
    let (log, _) = open(&place.data);
    append(&log, OCTOBER, 0..2);
    append(&log, NOW, 2..4);
    place.backup().unwrap();
    let other = place.restored("other");
    let refused = |why: &str| {
        let error = back_up(&other, &place.target).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert!(matches!(read_manifest(&place.target), Ok(m) if m.files.len() == 4));
    };
    let (october, november) = (other.join(name("2026-10")), other.join(name("2026-11")));
    std::fs::remove_file(&november).unwrap();
    refused("desk/2026-11.ndjson, which the data directory lacks");
    append(&open(&other).0, NOW, 2..3);
    refused("later backup");
    append(&open(&other).0, NOW, 5..9);
    refused("another data directory");
    refused("(desk/2026-11.ndjson differs)");
    std::fs::copy(place.data.join(name("2026-11")), &november).unwrap();
    std::fs::remove_file(&october).unwrap();
    refused("desk/2026-10.ndjson, which the data directory lacks");
    std::fs::remove_dir_all(other.join(DESK)).unwrap();
    refused("which the data directory lacks");
    assert_eq!(numbers(&place.restored("still")), all(0..4));
}

#[test]
fn a_manifest_of_before_the_log_restores_as_before_and_is_gone_on_from() {
    let form = |target: &Path| {
        let text = std::fs::read_to_string(target.join(MANIFEST)).unwrap();
        let sealed: serde_json::Value = serde_json::from_str(&text).unwrap();
        let format = sealed["manifest"]["format"].as_u64().unwrap();
        (format, text.contains(DESK))
    };
    for (place, first, of_before) in [(place(), 0, 1), (short(), 4, 2)] {
        if first == 0 {
            take(&place.data, 0..10);
        }
        place.backup().unwrap();
        assert_eq!(form(&place.target), (of_before, false), "as it was written");
        let to = place.restored("before");
        assert!(!to.join(DESK).exists());
        assert_eq!(events(&to), ids(first..10));

        append(&open(&place.data).0, NOW, 0..3);
        assert_eq!(place.backup().unwrap().written, 1);
        assert_eq!(form(&place.target), (3, true));
        let to = place.restored("after");
        assert_eq!(numbers(&to), all(0..3));
        assert_eq!(events(&to), ids(first..10));
        assert_eq!(to.join(CHECKPOINT).exists(), first > 0);
    }
}
