//! Backups of a journal that grows, of damaged copies, and of what was cut short.

use std::time::Duration;

use super::*;
use crate::datadir::Clock;
use crate::decode::Decoder;
use crate::intake::Intake;

const NOW: EventTime = EventTime(1_795_000_000_000_000);

fn line(id: u32) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"s","type":"ticket.abandoned","time":"2026-11-23T08:00:00+07:00","data":{{"site":"00004","ticket":"{id}"}}}}"#
    )
}

/// Takes events into a data directory.
fn take(path: &Path, ids: std::ops::Range<u32>) {
    let dir = DataDir::open(path, Clock::Events, Duration::ZERO).unwrap();
    let decoder = Decoder::new(dir.secret());
    let (mut intake, _) = Intake::open(&dir, &decoder, 0, |_| {}).unwrap();
    for id in ids {
        let batch = decoder.ndjson(line(id).as_bytes(), None);
        intake.commit(vec![batch], NOW).unwrap();
    }
}

/// The events of a data directory, by id.
fn events(path: &Path) -> Vec<String> {
    let dir = DataDir::open_existing(path, Duration::ZERO).unwrap();
    let decoder = Decoder::new(dir.secret());
    let mut ids = Vec::new();
    drop(Intake::open(&dir, &decoder, 0, |accepted| {
        ids.extend(accepted.iter().map(|(_, event)| event.id.to_string()));
    }));
    ids
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
        backup(&self.data, &self.target, "test", NOW)
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
    assert_eq!(backup(&to, &other, "test", NOW).unwrap().position, 9);
    assert_eq!(backup(&to, &place.target, "test", NOW).unwrap().written, 0);
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
        let error = backup(data, &place.target, "test", NOW).unwrap_err();
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
        let error = backup(&place.data, target, "test", NOW).unwrap_err();
        assert!(matches!(error, BackupError::Target { .. }), "{error}");
    }
    assert!(!place.data.join("backup").exists());
    std::fs::create_dir(&place.target).unwrap();
    std::fs::write(place.target.join("thesis.txt"), b"mine").unwrap();
    let error = place.backup().unwrap_err();
    assert!(error.to_string().contains("thesis.txt"), "{error}");
    assert_eq!(names(&place.target).unwrap(), ["thesis.txt"]);
    let nothing = place.dir.path().join("nothing");
    let error = backup(&nothing, &place.dir.path().join("b"), "test", NOW).unwrap_err();
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
        "journal/+000000000000000.vlj",
    ] {
        assert!(!is_segment_name(name), "{name}");
    }
    assert!(is_segment_name("journal/00000000000000ff.vlj"));
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
