//! Backups of a journal that grows, of damaged copies, and of what was cut short.

mod desk;

use std::time::Duration;

use super::manifest::{Part, segment_name};
use super::*;
use crate::archive::Archive;
use crate::datadir::{Clock, DataDir};
use crate::decode::Decoder;
use crate::intake::Intake;
use crate::room::Limits;
use crate::size::Size;

const NOW: EventTime = EventTime(1_795_000_000_000_000);

fn line(id: u32) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"ticket.abandoned","time":"2026-11-23T08:00:00+07:00","data":{{"site":"00004","ticket":"{id}"}}}}"#
    )
}

/// Takes events into a data directory, each into a segment of its own if so.
fn take_in(path: &Path, ids: std::ops::Range<u32>, each_apart: bool) {
    let dir = DataDir::open(path, Clock::Events, Duration::ZERO).unwrap();
    let decoder = Decoder::new(dir.secret());
    let begin = journal::begin(&dir.journal()).unwrap();
    let (mut intake, _) = Intake::open(&dir, &decoder, begin, |_| {}).unwrap();
    if each_apart {
        let segment = Size(1);
        intake.limit(
            &dir,
            Limits {
                segment,
                ..Limits::default()
            },
        );
    }
    for id in ids {
        let batch = decoder.ndjson(line(id).as_bytes(), None);
        intake.commit(vec![batch], NOW).unwrap();
    }
    intake.flush_index();
}

fn take(path: &Path, ids: std::ops::Range<u32>) {
    take_in(path, ids, false);
}

/// As keeping does: something leaves memory, a checkpoint is written, and the journal before a position is given up.
fn keep(path: &Path, position: u64, given_up: u64) {
    let dir = DataDir::open_existing(path, Duration::ZERO).unwrap();
    let entity = |n: u64| {
        (
            n.to_be_bytes().to_vec(),
            format!("left by {n}").into_bytes(),
        )
    };
    let archive = Archive::open(dir.archive()).unwrap();
    archive.put(vec![entity(position)], position).unwrap();
    let blocks = (0..3).map(|n| format!("{n} at {position}").into_bytes());
    let checkpoints = Checkpoints::new(dir.checkpoint());
    checkpoints.write(position, blocks).unwrap();
    let decoder = Decoder::new(dir.secret());
    let begin = journal::begin(&dir.journal()).unwrap();
    let (mut intake, _) = Intake::open(&dir, &decoder, begin, |_| {}).unwrap();
    intake.retire(given_up, EventTime(i64::MAX)).unwrap();
}

/// A backup of a directory that nobody holds.
fn back_up(data: &Path, target: &Path) -> Result<Summary, BackupError> {
    backup(data, target, "test", NOW, &mut |out| {
        let archive = Archive::open(data.join(ARCHIVE)).map_err(std::io::Error::other)?;
        archive.export(out).map(drop)
    })
}

/// The events of a data directory, by id.
fn events(path: &Path) -> Vec<String> {
    let dir = DataDir::open_existing(path, Duration::ZERO).unwrap();
    let decoder = Decoder::new(dir.secret());
    let mut ids = Vec::new();
    let begin = journal::begin(&dir.journal()).unwrap();
    let opened = Intake::open(&dir, &decoder, begin, |accepted| {
        ids.extend(accepted.iter().map(|(_, event)| event.id.to_string()));
    });
    opened.unwrap();
    ids
}

/// A checkpoint's position and blocks.
type BlocksAt = (u64, Vec<Vec<u8>>);

/// What a data directory has left of a begin that was given up: checkpoints with their blocks, and the archive's file.
fn left(path: &Path) -> (Vec<BlocksAt>, Vec<u8>) {
    let checkpoints = Checkpoints::new(path.join(CHECKPOINT)).all().into_iter();
    let checkpoints = checkpoints.map(|(at, path)| (at, Checkpoints::read(&path).unwrap()));
    let archive = Archive::open(path.join(ARCHIVE)).unwrap();
    (checkpoints.collect(), archive.export(Vec::new()).unwrap())
}

fn ids(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|id| id.to_string()).collect()
}

struct Place {
    dir: tempfile::TempDir,
    data: PathBuf,
    target: PathBuf,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    Place {
        data: dir.path().join("data"),
        target: dir.path().join("backup"),
        dir,
    }
}

impl Place {
    fn backup(&self) -> Result<Summary, BackupError> {
        back_up(&self.data, &self.target)
    }

    fn restored(&self, name: &str) -> PathBuf {
        let to = self.dir.path().join(name);
        restore(&self.target, &to).unwrap();
        to
    }

    fn segment(&self) -> PathBuf {
        self.target.join(segment_name(0))
    }
}

#[test]
fn a_backup_follows_the_journal_and_comes_back_whole() {
    let place = place();
    take(&place.data, 0..5);
    let first = place.backup().unwrap();
    assert_eq!((first.position, first.files, first.written), (5, 2, 2));
    let again = place.backup().unwrap();
    assert_eq!((again.position, again.written), (5, 0), "nothing is new");
    take(&place.data, 5..9);
    let second = place.backup().unwrap();
    assert_eq!(
        (second.position, second.written),
        (9, 1),
        "the segment that grew"
    );

    let to = place.restored("restored");
    assert_eq!(events(&to), ids(0..9));
    assert_eq!(
        std::fs::read(to.join(SECRET)).unwrap(),
        std::fs::read(place.data.join(SECRET)).unwrap()
    );
    assert_eq!(
        datadir::settings(&to).unwrap(),
        datadir::settings(&place.data).unwrap()
    );
    // What was restored can be backed up, to another place and to the same one.
    let other = place.dir.path().join("other");
    assert_eq!(back_up(&to, &other).unwrap().position, 9);
    assert_eq!(back_up(&to, &place.target).unwrap().written, 0);
    let error = restore(&place.target, &to).unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty { .. }), "{error}");
}

#[test]
fn a_torn_tail_is_left_out() {
    let place = place();
    take(&place.data, 0..3);
    let path = place.data.join(segment_name(0));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(b"VLF2 half a frame");
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(place.backup().unwrap().position, 3);
    assert_eq!(events(&place.restored("restored")), ids(0..3));
}

#[test]
fn a_backup_cut_short_anywhere_is_the_one_before_or_none() {
    let place = place();
    take(&place.data, 0..3);
    // The first one, cut before its manifest.
    place.backup().unwrap();
    std::fs::remove_file(place.target.join(MANIFEST)).unwrap();
    let error = restore(&place.target, &place.dir.path().join("none")).unwrap_err();
    assert!(matches!(error, BackupError::NoManifest { .. }), "{error}");
    place.backup().unwrap();
    // A later one, cut before its manifest: the segment has grown, its manifest has not.
    let before = std::fs::read(place.target.join(MANIFEST)).unwrap();
    take(&place.data, 3..6);
    place.backup().unwrap();
    std::fs::write(place.target.join(MANIFEST), &before).unwrap();
    std::fs::write(place.target.join("journal/0000000000000000.new"), b"half").unwrap();
    assert_eq!(events(&place.restored("before")), ids(0..3));
    assert_eq!(place.backup().unwrap().position, 6);
    assert_eq!(events(&place.restored("after")), ids(0..6));
}

#[test]
fn every_damaged_byte_is_found_and_nothing_is_restored() {
    let place = place();
    take(&place.data, 0..2);
    place.backup().unwrap();
    let to = place.dir.path().join("restored");
    for name in [MANIFEST, SECRET, "journal/0000000000000000.vlj"] {
        let path = place.target.join(name);
        let sound = std::fs::read(&path).unwrap();
        for at in (0..sound.len()).step_by(3) {
            let mut bytes = sound.clone();
            bytes[at] ^= 4;
            std::fs::write(&path, bytes).unwrap();
            let error = restore(&place.target, &to).unwrap_err();
            assert!(
                matches!(error, BackupError::Damaged { .. }) && error.to_string().contains(name),
                "{name} at {at}: {error}"
            );
            assert!(!to.exists());
        }
        std::fs::write(&path, &sound[..sound.len() / 2]).unwrap();
        let error = restore(&place.target, &to).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        std::fs::write(&path, &sound).unwrap();
    }
    // All that is damaged is named at once.
    std::fs::remove_file(place.target.join(SECRET)).unwrap();
    std::fs::write(place.segment(), b"").unwrap();
    let error = restore(&place.target, &to).unwrap_err().to_string();
    assert!(
        error.contains("secret.key is missing") && error.contains(".vlj has 0 bytes"),
        "{error}"
    );
    // The data directory is sound: the next backup mends it.
    assert_eq!(place.backup().unwrap().written, 2);
    assert_eq!(events(&place.restored("mended")), ids(0..2));
}

#[test]
fn a_backup_is_never_overwritten_with_another_or_with_less() {
    let place = place();
    take(&place.data, 0..4);
    place.backup().unwrap();
    let refused = |data: &Path| {
        let error = back_up(data, &place.target).unwrap_err();
        assert!(matches!(error, BackupError::Target { .. }), "{error}");
        assert_eq!(read_manifest(&place.target).unwrap().position, 4);
        error.to_string()
    };
    let other = place.dir.path().join("other");
    take(&other, 0..9);
    assert!(refused(&other).contains("another data directory"));
    // The same installation with less, and with another history.
    let less = place.restored("less");
    std::fs::remove_dir_all(less.join(JOURNAL)).unwrap();
    take(&less, 0..2);
    assert!(refused(&less).contains("later backup"));
    take(&less, 10..15);
    assert!(refused(&less).contains("another data directory"));
    assert_eq!(events(&place.restored("still")), ids(0..4));
}

#[test]
fn a_target_that_is_no_place_for_a_backup_is_refused_and_left_as_it_was() {
    let place = place();
    take(&place.data, 0..1);
    for target in [&place.data, &place.data.join("backup")] {
        let error = back_up(&place.data, target).unwrap_err();
        assert!(matches!(error, BackupError::Target { .. }), "{error}");
    }
    assert!(!place.data.join("backup").exists());
    std::fs::create_dir(&place.target).unwrap();
    std::fs::write(place.target.join("thesis.txt"), b"mine").unwrap();
    let error = place.backup().unwrap_err();
    assert!(error.to_string().contains("thesis.txt"), "{error}");
    assert_eq!(names(&place.target).unwrap(), ["thesis.txt"]);
    let nothing = place.dir.path().join("nothing");
    let error = back_up(&nothing, &place.dir.path().join("b")).unwrap_err();
    assert!(
        matches!(error, BackupError::DataDir(DataDirError::Absent { .. })),
        "{error}"
    );
}

#[test]
fn a_manifest_names_nothing_outside_the_backup() {
    for name in [
        "../secret.key",
        "/etc/passwd",
        "journal/../../x.vlj",
        "journal/0.vlj",
        "vonglau.json",
        "checkpoint/0000000000000001-../../x.vlc",
        "archive/../secret.key",
        "archive/.vla",
        "journal/+000000000000000.vlj",
    ] {
        assert_eq!(Part::of(name), None, "{name}");
    }
    let segment = "journal/00000000000000ff.vlj";
    assert_eq!(Part::of(segment), Some(Part::Segment(0xff)));
    let place = place();
    take(&place.data, 0..1);
    place.backup().unwrap();
    let mut manifest = read_manifest(&place.target).unwrap();
    manifest.files[0].name = "../stolen".to_owned();
    write_manifest(&place.target, &manifest).unwrap();
    assert!(matches!(
        read_manifest(&place.target),
        Err(BackupError::Damaged { .. })
    ));
    manifest.files[0].name = SECRET.to_owned();
    manifest.format = 9;
    write_manifest(&place.target, &manifest).unwrap();
    let error = restore(&place.target, &place.dir.path().join("to")).unwrap_err();
    assert!(
        matches!(error, BackupError::Format { found: 9, .. }),
        "{error}"
    );
}

/// A directory with events 0 to 9, two checkpoints, and a journal that begins at 4.
fn short() -> Place {
    let place = place();
    take_in(&place.data, 0..10, true);
    keep(&place.data, 4, 0);
    keep(&place.data, 7, 4);
    assert_eq!(journal::begin(&place.data.join(JOURNAL)).unwrap(), 4);
    place
}

#[test]
fn what_stands_for_a_begin_that_was_given_up_comes_back_with_the_rest() {
    let place = short();
    let done = place.backup().unwrap();
    // Secret, checkpoint, archive, six segments.
    assert_eq!((done.position, done.files, done.written), (10, 9, 9));
    assert_eq!(place.backup().unwrap().written, 0, "nothing is new");
    let to = place.restored("restored");
    assert_eq!(events(&to), ids(4..10));
    let (mut checkpoints, archive) = left(&place.data);
    checkpoints.truncate(1);
    assert_eq!(checkpoints[0].0, 7);
    assert_eq!(left(&to), (checkpoints, archive));
    // It goes on, and is backed up again into both places.
    take_in(&to, 10..13, true);
    keep(&to, 12, 7);
    let other = place.dir.path().join("other");
    for target in [&other, &place.target] {
        assert_eq!(back_up(&to, target).unwrap().position, 13);
        let name = format!("of {}", target.display()).replace('/', "_");
        let again = place.dir.path().join(name);
        restore(target, &again).unwrap();
        assert_eq!(events(&again), ids(7..13));
        assert_eq!(left(&again).0[0].0, 12);
    }
}

#[test]
fn a_backup_made_before_the_begin_was_given_up_becomes_the_later_one() {
    let place = place();
    take_in(&place.data, 0..10, true);
    assert_eq!(place.backup().unwrap().files, 11);
    keep(&place.data, 4, 0);
    keep(&place.data, 7, 4);
    // Until the manifest counts, all that the one before needs is there.
    let before = std::fs::read(place.target.join(MANIFEST)).unwrap();
    let held = |name: &str| place.target.join(name).exists();
    let failed = backup(&place.data, &place.target, "test", NOW, &mut |_| {
        Err(std::io::Error::other("cut short"))
    });
    assert!(matches!(failed, Err(BackupError::Archive { .. })));
    assert_eq!(std::fs::read(place.target.join(MANIFEST)).unwrap(), before);
    assert_eq!(events(&place.restored("before")), ids(0..10));
    assert!(held("archive/unfinished.new"));

    assert_eq!(
        place.backup().unwrap().written,
        1,
        "the checkpoint is there"
    );
    assert_eq!(events(&place.restored("after")), ids(4..10));
    assert!(!held(&segment_name(3)) && held(&segment_name(4)));
    assert!(!held("archive/unfinished.new"));
    // What is newer takes the place of what was.
    take_in(&place.data, 10..12, true);
    keep(&place.data, 11, 7);
    place.backup().unwrap();
    assert_eq!(left(&place.restored("later")).0[0].0, 11);
    for folder in [CHECKPOINT, ARCHIVE] {
        assert_eq!(names(&place.target.join(folder)).unwrap().len(), 1);
    }
    // What the directory has no longer, another with the same secret does not bring back.
    let error = back_up(&place.dir.path().join("before"), &place.target).unwrap_err();
    assert!(error.to_string().contains("later backup"), "{error}");
}

#[test]
fn another_history_of_a_short_journal_is_refused() {
    let place = short();
    place.backup().unwrap();
    let other = place.restored("other");
    // All of the journal that both have is the same, but for one segment, and then for where it ends.
    std::fs::remove_file(other.join(segment_name(9))).unwrap();
    take(&other, 20..24);
    let error = back_up(&other, &place.target).unwrap_err();
    assert!(
        error.to_string().contains("another data directory"),
        "{error}"
    );
    assert_eq!(events(&place.restored("still")), ids(4..10));
}

#[test]
fn damage_to_what_stands_for_the_begin_is_found() {
    let place = short();
    place.backup().unwrap();
    let to = place.dir.path().join("to");
    for folder in [CHECKPOINT, ARCHIVE] {
        let name = names(&place.target.join(folder)).unwrap().remove(0);
        let path = place.target.join(folder).join(&name);
        let sound = std::fs::read(&path).unwrap();
        for at in (0..sound.len()).step_by(5) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            let error = restore(&place.target, &to).unwrap_err().to_string();
            assert!(error.contains(&name), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        let error = restore(&place.target, &to).unwrap_err().to_string();
        assert!(error.contains("is missing"), "{error}");
        assert!(!to.exists());
        assert_eq!(place.backup().unwrap().written, 1, "the next mends it");
    }
    restore(&place.target, &to).unwrap();
}

#[test]
fn the_newest_checkpoint_that_reads_is_taken_and_one_there_must_be() {
    let place = short();
    let all = Checkpoints::new(place.data.join(CHECKPOINT)).all();
    let damage = |path: &Path| {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[20] ^= 1;
        std::fs::write(path, bytes).unwrap();
    };
    damage(&all[0].1);
    place.backup().unwrap();
    assert_eq!(left(&place.restored("older")).0[0].0, 4);
    damage(&all[1].1);
    let error = place.backup().unwrap_err();
    assert!(matches!(error, BackupError::NoCheckpoint { .. }), "{error}");
    assert_eq!(events(&place.restored("still")), ids(4..10));
}

#[test]
fn a_directory_that_goes_on_meanwhile_is_copied_as_it_is_then() {
    let place = short();
    // Two events and two checkpoints come, and the journal is given up past the checkpoint that was chosen.
    let go_on = |at: u32| {
        take_in(&place.data, at - 2..at, true);
        keep(&place.data, u64::from(at) - 1, 0);
        keep(&place.data, at.into(), u64::from(at) - 1);
    };
    let export = |out: &mut dyn Write| {
        let archive = Archive::open(place.data.join(ARCHIVE)).unwrap();
        archive.export(out).map(drop)
    };
    let mut times = 0;
    let done = backup(&place.data, &place.target, "test", NOW, &mut |out| {
        times += 1;
        if times < 3 {
            go_on(10 + 2 * times);
        }
        export(out)
    });
    assert_eq!((done.unwrap().position, times), (14, 3));
    assert_eq!(left(&place.restored("restored")).0[0].0, 14);
    for folder in [CHECKPOINT, ARCHIVE] {
        assert_eq!(names(&place.target.join(folder)).unwrap().len(), 1);
    }

    let error = backup(&place.data, &place.target, "test", NOW, &mut |out| {
        times += 1;
        go_on(8 + 2 * times);
        export(out)
    });
    assert!(matches!(error, Err(BackupError::Overtaken { .. })));
    assert_eq!(times, 3 + TRIES);
    assert_eq!(left(&place.restored("still")).0[0].0, 14);
}
