//! Every kind of damage is found and named, and nothing is named where there is none; the directory stays as it was.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::archive::Archive;
use crate::checkpoint::Checkpoints;
use crate::decode::Decoder;
use crate::desk::DeskLog;
use crate::event::time::Day;
use crate::intake::Intake;
use crate::journal::Journal;
use crate::store::{Batch, Changes, FactStore, Rows, Table};

const HOUR_US: i64 = 3_600_000_000;
/// When the events arrive.
const ARRIVAL: EventTime = EventTime(1_795_400_000_000_000);

fn line(id: u32, time: EventTime) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"ticket.abandoned","time":"{time}","data":{{"site":"00004","ticket":"{id}"}}}}"#
    )
}

fn expected() -> Expected {
    Expected {
        limits: Limits {
            min_free: Size(0),
            ..Limits::default()
        },
        pack: Some(PackName {
            name: "Hà Nội".to_owned(),
            version: "1".to_owned(),
        }),
        now: EventTime(ARRIVAL.0 + HOUR_US),
    }
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

struct Case {
    dir: tempfile::TempDir,
}

impl Case {
    /// A sound directory with a few events, index and facts written.
    fn new() -> Self {
        let case = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        case.take(0..20, ARRIVAL);
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A sound directory of 20 events whose journal begins at the tenth; something has left memory.
    fn short() -> Self {
        let case = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        let dir = DataDir::open(case.dir.path(), Clock::Wall, Duration::ZERO).unwrap();
        dir.claim(&expected().pack.unwrap()).unwrap();
        let decoder = Decoder::new(dir.secret());
        let (mut intake, _) = Intake::open(&dir, &decoder, 0, |_| {}).unwrap();
        let segment = Size(1);
        intake.limit(
            &dir,
            Limits {
                segment,
                ..Limits::default()
            },
        );
        for id in 0..20 {
            let batch = decoder.ndjson(line(id, ARRIVAL).as_bytes(), None);
            intake.commit(vec![batch], ARRIVAL).unwrap();
        }
        intake.flush_index();
        case.let_go(15);
        for position in [10, 15] {
            case.check_in(position);
        }
        intake.retire(10, EventTime(i64::MAX)).unwrap();
        case
    }

    /// Puts an entity into the archive that reflects a position.
    fn let_go(&self, position: u64) {
        let archive = Archive::open(self.path("archive")).unwrap();
        let entity = (b"entity".to_vec(), vec![7; 40_000]);
        archive.put(vec![entity], position).unwrap();
    }

    /// Writes a checkpoint.
    fn check_in(&self, position: u64) {
        let checkpoints = Checkpoints::new(self.path("checkpoint"));
        let block = vec![1; 100];
        checkpoints.write(position, [block].into_iter()).unwrap();
    }

    fn checkpoint(&self, position: u64) -> PathBuf {
        self.path("checkpoint")
            .join(crate::checkpoint::file_name(position))
    }

    fn take(&self, ids: std::ops::Range<u32>, arrival: EventTime) {
        let dir = DataDir::open(self.dir.path(), Clock::Wall, Duration::ZERO).unwrap();
        dir.claim(&expected().pack.unwrap()).unwrap();
        let decoder = Decoder::new(dir.secret());
        let (mut intake, _) = Intake::open(&dir, &decoder, 0, |_| {}).unwrap();
        for id in ids {
            let batch = decoder.ndjson(line(id, arrival).as_bytes(), None);
            intake.commit(vec![batch], arrival).unwrap();
        }
        intake.flush_index();
    }

    /// Two tables of facts, up to event 20.
    fn write_facts(&self) {
        use arrow::array::{BooleanArray, Int64Array, RecordBatch};
        let numbers = Int64Array::from_iter_values((0..5_000).map(|i| i * i % 7_919));
        let keys = Int64Array::from_iter_values(0..5_000);
        let columns = [("key", keys), ("n", numbers)].map(|(name, c)| (name, Arc::new(c) as _));
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let deleted = BooleanArray::from(vec![false; batch.num_rows()]);
        let changes = ["visits", "ratings"].map(|name| Changes {
            table: Table {
                name,
                schema: batch.schema(),
                key: &["key"],
                order: &["n"],
            },
            days: [(
                Day(20_000),
                Rows {
                    batch: batch.clone(),
                    deleted: deleted.clone(),
                    are_in_order: false,
                },
            )]
            .into(),
        });
        let batch = Batch {
            position: 20,
            is_last: true,
            tables: changes.into(),
        };
        let store = FactStore::open(self.path("facts")).unwrap();
        store.take(&batch).unwrap();
    }

    fn segment(&self) -> PathBuf {
        self.path("journal/0000000000000000.vlj")
    }

    /// All files with their bytes.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let (mut files, mut folders) = (BTreeMap::new(), vec![self.dir.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap_or_default();
                    files.insert(path, bytes);
                }
            }
        }
        files
    }

    /// The codes of what is not as it should be.
    fn codes(&self, expected: &Expected) -> Vec<&'static str> {
        let before = self.files();
        let findings = examine(self.dir.path(), expected);
        assert!(before == self.files(), "nothing is changed");
        for finding in &findings {
            assert_eq!(finding.advice.is_some(), finding.level == Level::Wrong);
        }
        let told = findings.into_iter().filter(|f| f.level != Level::Ok);
        told.map(|f| f.code).collect()
    }

    fn found(&self) -> Vec<&'static str> {
        self.codes(&expected())
    }
}

#[test]
fn a_sound_directory_is_sound_empty_used_or_in_use() {
    let case = Case::new();
    assert_eq!(case.found(), [""; 0]);
    let held = DataDir::open_existing(case.dir.path(), Duration::ZERO).unwrap();
    assert_eq!(case.found(), [""; 0]);
    drop(held);
    std::fs::remove_dir_all(case.path("dedup")).unwrap();
    assert_eq!(case.found(), [""; 0], "what is derived may be away");
    let empty = tempfile::tempdir().unwrap();
    drop(DataDir::open(empty.path(), Clock::Wall, Duration::ZERO).unwrap());
    assert_eq!(Case { dir: empty }.found(), [""; 0]);
}

#[test]
fn the_directorys_own_files() {
    let case = Case {
        dir: tempfile::tempdir().unwrap(),
    };
    assert_eq!(case.found(), ["absent"]);
    let case = Case::new();
    std::fs::remove_file(case.path(SETTINGS)).unwrap();
    assert_eq!(case.found(), ["settings_missing"]);
    std::fs::write(case.path(SETTINGS), b"{").unwrap();
    assert_eq!(case.found(), ["settings_damaged"]);
    std::fs::write(case.path(SETTINGS), br#"{"format":7}"#).unwrap();
    assert_eq!(case.found(), ["format"]);
    std::fs::write(case.path(datadir::UNFINISHED), b"").unwrap();
    assert_eq!(case.found(), ["unfinished"]);

    let case = Case::new();
    let mut other = expected();
    other.pack = Some(PackName {
        name: "Huế".to_owned(),
        version: "1".to_owned(),
    });
    assert_eq!(case.codes(&other), ["other_city"]);
    let mode = |mode| {
        std::fs::set_permissions(case.path(SECRET), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o644);
    assert_eq!(case.found(), ["secret_open"]);
    mode(0o600);
    std::fs::write(case.path(SECRET), b"swordfish").unwrap();
    assert_eq!(case.found(), ["secret_damaged"]);
    std::fs::remove_file(case.path(SECRET)).unwrap();
    assert_eq!(case.found(), ["secret_missing"]);
}

#[test]
fn a_folder_that_may_not_be_written() {
    let case = Case::new();
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(case.path("journal"), permissions).unwrap();
    };
    mode(0o500);
    // Root may write everywhere, and is told nothing.
    let may_write = std::fs::write(case.path("journal/probe"), b"").is_ok();
    let found = case.found();
    mode(0o700);
    assert_eq!(found.contains(&"not_writable"), !may_write);
}

#[test]
fn room_on_the_disk() {
    let case = Case::new();
    let mut limits = expected();
    limits.limits.min_free = Size(u64::MAX);
    assert_eq!(case.codes(&limits), ["disk_low"]);
    let length = std::fs::metadata(case.segment()).unwrap().len();
    let mut limits = expected();
    limits.limits.max_journal = Some(Size(length));
    assert_eq!(case.codes(&limits), ["journal_full"]);
    limits.limits.max_journal = Some(Size(length + 20));
    assert_eq!(case.codes(&limits), ["journal_nearly_full"]);
}

#[test]
fn damage_to_the_journal() {
    let case = Case::new();
    change(&case.segment(), |bytes| {
        bytes.extend_from_slice(b"VLF2 torn");
    });
    assert_eq!(case.found(), ["torn_tail"]);
    change(&case.segment(), |bytes| bytes[60] ^= 1);
    assert_eq!(case.found(), ["journal_damaged"]);

    let case = Case::new();
    change(&case.segment(), |bytes| bytes[7] = b'9');
    assert_eq!(case.found(), ["journal_version"]);

    // A journal that lost its end: what is derived of it knows more.
    let case = Case::new();
    case.write_facts();
    assert_eq!(case.found(), [""; 0]);
    change(&case.segment(), |bytes| {
        let at = memchr::memmem::rfind(bytes, b"VLF2").unwrap();
        bytes.truncate(at);
    });
    assert_eq!(case.found(), ["index_ahead", "facts_ahead"]);

    let case = Case::new();
    let later = case.path("journal/0000000000000063.vlj");
    std::fs::write(&later, [&b"VLJOURN3"[..], &0x63_u64.to_le_bytes()].concat()).unwrap();
    assert_eq!(case.found(), ["journal_gap"]);
    std::fs::write(&later, b"VLJ").unwrap();
    assert_eq!(case.found(), ["journal_gap", "torn_tail"]);

    // Whole frames with a record that no program wrote.
    let case = Case::new();
    let (mut journal, _) = Journal::open(&case.path("journal"), |_| Ok(())).unwrap();
    let mut of_tomorrow = Vec::new();
    crate::journal::Block::put(&[200; 20], &mut of_tomorrow);
    let block = crate::journal::Block::pack(&of_tomorrow, 1);
    journal.append(ARRIVAL, &[block]).unwrap();
    drop(journal);
    assert_eq!(case.found(), ["unreadable_event"]);
}

#[test]
fn damage_to_the_index() {
    // Every file of it cut short and emptied: never more than the index is named, and it is when it must be.
    let case = Case::new();
    let files: Vec<PathBuf> = case.files().into_keys().collect();
    let index = files
        .iter()
        .filter(|path| path.starts_with(case.path("dedup")));
    let mut named = 0;
    for path in index {
        let sound = std::fs::read(path).unwrap();
        for length in [0, sound.len() / 2, sound.len().saturating_sub(1)] {
            std::fs::write(path, &sound[..length]).unwrap();
            let found = case.found();
            assert!(found.is_empty() || found == ["index_damaged"], "{found:?}");
            named += found.len();
        }
        std::fs::write(path, sound).unwrap();
    }
    assert!(named > 3, "damage to the index is seen: {named}");
    assert_eq!(case.found(), [""; 0]);
}

#[test]
fn a_begin_that_was_given_up_is_sound_while_what_stands_for_it_is() {
    let case = Case::short();
    assert_eq!(case.found(), [""; 0]);
    let held = DataDir::open_existing(case.dir.path(), Duration::ZERO).unwrap();
    assert_eq!(case.found(), [""; 0]);
    drop(held);
    // An index that is made anew lacks the pairs before.
    std::fs::remove_dir_all(case.path("dedup")).unwrap();
    assert_eq!(case.found(), [""; 0]);
    let dir = DataDir::open_existing(case.dir.path(), Duration::ZERO).unwrap();
    let decoder = Decoder::new(dir.secret());
    let (mut intake, _) = Intake::open(&dir, &decoder, 10, |_| {}).unwrap();
    intake.flush_index();
    drop((intake, dir));
    assert_eq!(case.found(), [""; 0]);

    std::fs::rename(case.path("archive"), case.path("away")).unwrap();
    assert_eq!(case.found(), ["archive_missing"]);
    std::fs::rename(case.path("away"), case.path("archive")).unwrap();
    change(&case.checkpoint(15), |bytes| bytes[30] ^= 1);
    assert_eq!(case.found(), ["checkpoint_damaged"]);
    let findings = examine(case.dir.path(), &expected());
    assert!(findings.iter().all(|f| f.level != Level::Wrong), "a note");
    change(&case.checkpoint(10), |bytes| bytes.truncate(50));
    let damaged = ["journal_gap", "checkpoint_damaged", "checkpoint_damaged"];
    assert_eq!(case.found(), damaged);
    std::fs::remove_dir_all(case.path("checkpoint")).unwrap();
    assert_eq!(case.found(), ["journal_gap"]);
    // One from which the journal does not go on is none.
    case.check_in(9);
    assert_eq!(case.found(), ["journal_gap"]);
    case.check_in(12);
    assert_eq!(case.found(), [""; 0]);
}

#[test]
fn damage_to_the_archive_and_to_checkpoints_of_a_whole_journal() {
    let case = Case::new();
    case.let_go(15);
    case.check_in(15);
    assert_eq!(case.found(), [""; 0]);
    change(&case.checkpoint(15), |bytes| bytes[30] ^= 1);
    assert_eq!(case.found(), ["checkpoint_damaged"]);
    std::fs::remove_dir_all(case.path("checkpoint")).unwrap();
    assert_eq!(case.found(), [""; 0]);
    let files: Vec<PathBuf> = case.files().into_keys().collect();
    let archive = files
        .iter()
        .filter(|path| path.starts_with(case.path("archive")));
    let mut named = 0;
    for path in archive {
        let sound = std::fs::read(path).unwrap();
        for length in [0, sound.len() / 2] {
            std::fs::write(path, &sound[..length]).unwrap();
            let found = case.found();
            assert!(
                found.is_empty() || found == ["archive_damaged"],
                "{found:?}"
            );
            named += found.len();
        }
        std::fs::write(path, sound).unwrap();
    }
    assert!(named > 1, "damage to the archive is seen: {named}");
    case.let_go(21);
    case.check_in(22);
    assert_eq!(case.found(), ["archive_ahead", "checkpoint_ahead"]);
}

#[test]
fn damage_to_the_facts() {
    let case = Case::new();
    case.write_facts();
    assert_eq!(case.found(), [""; 0]);
    let files = case.files();
    let mut files = files
        .keys()
        .filter(|p| p.extension().is_some_and(|e| e == "parquet"));
    let (first, second) = (files.next().unwrap(), files.next().unwrap());
    // At the head of a page, where the footer is whole. Pages have no checksum: a changed value may go unseen.
    change(first, |bytes| bytes[4..40].fill(0xff));
    assert_eq!(case.found(), ["facts_damaged"]);
    change(second, |bytes| bytes[4..40].fill(0xff));
    assert_eq!(case.found(), ["facts_damaged", "facts_damaged"]);
    // A file that is not in its length: none of them counts at the next start.
    change(second, |bytes| bytes.truncate(50));
    assert_eq!(case.found(), ["facts_damaged"]);
}

#[test]
fn damage_to_the_desks_log_is_told_with_its_line() {
    let case = Case::new();
    let desk = |findings: Vec<Finding>| findings.into_iter().find(|f| f.part == "desk").unwrap();
    let look = || desk(examine(case.dir.path(), &expected()));
    assert_eq!(look().level, Level::Ok, "without one");
    let (log, _) = DeskLog::<BTreeMap<String, u32>>::open(case.dir.path()).unwrap();
    for n in 0..3 {
        let line = BTreeMap::from([("n".to_owned(), n)]);
        log.append(ARRIVAL, &[line]).unwrap();
    }
    let month = ARRIVAL
        .day()
        .date()
        .strftime("desk/%Y-%m.ndjson")
        .to_string();
    let path = case.path(&month);
    let sound = std::fs::read(&path).unwrap();
    // While the log is open, and with half a line under way.
    change(&path, |bytes| bytes.extend_from_slice(b"{\"n\":"));
    assert_eq!(case.found(), [""; 0]);
    assert!(look().detail.contains("3 lines"), "{:?}", look());
    drop(log);
    let second = 1 + sound.iter().position(|b| *b == b'\n').unwrap();
    for at in [second, second + 9] {
        std::fs::write(&path, &sound).unwrap();
        change(&path, |bytes| bytes[at] ^= 1);
        assert_eq!(case.found(), ["desk_damaged"]);
        let found = look();
        let place = format!("line 2 of {}", path.display());
        assert!(found.detail.contains(&place), "{}", found.detail);
        let advice = found.advice.unwrap();
        assert!(advice.contains("line 2") && advice.contains("newest backup"));
    }
    // What the advice says helps.
    std::fs::write(&path, &sound).unwrap();
    assert_eq!(case.found(), [""; 0]);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(case.found(), ["desk_unreadable"]);
}

#[test]
fn clocks_that_were_set() {
    let case = Case::new();
    let mut at = expected();
    at.now = EventTime(ARRIVAL.0 - HOUR_US);
    assert_eq!(case.codes(&at), ["clock_back", "clock_behind"]);
    at.now = EventTime(ARRIVAL.0 - 60_000_000);
    assert_eq!(
        case.codes(&at),
        ["clock_back"],
        "times of events have a tolerance"
    );
    at.now = EventTime(ARRIVAL.0 - 1_000_000);
    assert_eq!(case.codes(&at), [""; 0]);
    case.take(20..25, EventTime(ARRIVAL.0 - HOUR_US));
    assert_eq!(case.found(), ["clock_stepped"]);
}
