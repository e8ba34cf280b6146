//! Proves that a backup made during ingest holds everything acknowledged before it, in whole batches; that one
//! killed in the middle is the one before or none; and that what is restored gives the same answers, also where the
//! begin of the journal was given up.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use harness::events::{DAY, NEXT_DAY, ndjson, ticket, tickets};
use harness::http::Http;
use harness::program::{self, Run};
use harness::server::{Clock, Server};
use harness::short::{self, END, GIVES_UP, START};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

const POSTERS: usize = 3;
const BATCH: usize = 120;

/// A batch of tickets of its own.
fn batch(number: usize) -> String {
    tickets(number, BATCH)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// Takes lines into a directory that nobody serves.
fn take(data: &Path, lines: &str) {
    let args = ["ingest", "-", "--data", text(data), "--clock", "events"];
    program::run_with_input(&args, lines.as_bytes()).done();
}

fn backup(data: &Path, target: &Path) -> Run {
    program::run(&["backup", "--data", text(data), text(target)])
}

fn restore(target: &Path, data: &Path) -> Run {
    program::run(&["restore", text(target), "--data", text(data)])
}

fn count(value: &Value, name: &str) -> usize {
    value[name]
        .as_u64()
        .unwrap_or_else(|| panic!("a count of {name}: {value}")) as usize
}

/// The one line that a command that failed says.
#[track_caller]
fn said(run: &Run) -> &str {
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "one line: {}", run.stderr);
    &run.stderr
}

/// Posts batches of its own, drawn from a common counter, until told to stop.
fn post(http: &Http, next: &AtomicUsize, acknowledged: &Mutex<Vec<usize>>, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        let number = next.fetch_add(1, Ordering::SeqCst);
        http.post_all(&batch(number));
        acknowledged
            .lock()
            .expect("no poster panics with it")
            .push(number);
    }
}

#[test]
fn a_backup_during_ingest_holds_what_was_acknowledged_before_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let server = Server::start(&at("data"), Clock::Events);
    let http = server.http();
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let acknowledged = Mutex::new(Vec::new());
    let mut backups: Vec<(Vec<usize>, usize, PathBuf)> = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..POSTERS {
            scope.spawn(|| post(&http, &next, &acknowledged, &stop));
        }
        for round in 0..4 {
            // Not a wait for something: backups fall at moments of their own into the ingest.
            std::thread::sleep(Duration::from_millis(150));
            let before = acknowledged
                .lock()
                .expect("no poster panics with it")
                .clone();
            let done = backup(&at("data"), &at("backup")).done().json();
            let restored = at(&format!("restored-{round}"));
            let again = restore(&at("backup"), &restored).done().json();
            assert_eq!(count(&again, "position"), count(&done, "position"));
            backups.push((before, count(&done, "position"), restored));
        }
        stop.store(true, Ordering::SeqCst);
    });
    let all = next.load(Ordering::SeqCst);
    assert!(server.stop().success());

    let last = backups.len() - 1;
    for (round, (before, position, restored)) in backups.into_iter().enumerate() {
        assert!(
            !before.is_empty() && position < all * BATCH,
            "it fell into the ingest"
        );
        let server = Server::start(&restored, Clock::Events);
        let http = server.http();
        let report = http.report("visits", DAY, NEXT_DAY, None).ok();
        assert_eq!(count(&report["rows"][0], "visits"), position);
        let mut there = 0;
        // All batches are asked for in the last one only: that takes a while.
        let asked = if round == last {
            (0..all).collect()
        } else {
            before.clone()
        };
        for number in asked {
            let answer = http.post(&batch(number)).ok();
            let (new, known) = (count(&answer, "accepted"), count(&answer, "duplicate"));
            assert!(
                new == 0 || known == 0,
                "a batch is there wholly or not at all: {answer}"
            );
            assert!(
                !before.contains(&number) || new == 0,
                "batch {number} was acknowledged"
            );
            there += known;
        }
        assert!(
            round < last || there == position,
            "and nothing else is there"
        );
    }
}

#[test]
fn what_is_restored_gives_the_same_answers() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let file = at("city.ndjson");
    let args = ["simulate", "--start", DAY, "--seed", "5", "--scale", "0.02"];
    let city = program::run(&args).done().stdout;
    std::fs::write(&file, city).expect("a temporary directory can be written");
    program::ingest(&file, &at("data"));
    backup(&at("data"), &at("backup")).done();
    restore(&at("backup"), &at("restored")).done();
    // And a backup of what was restored.
    backup(&at("restored"), &at("backup-2")).done();
    restore(&at("backup-2"), &at("restored-2")).done();
    for kind in ["visits", "boards", "dossiers", "ratings"] {
        let expected = program::report(kind, &at("data"), DAY, NEXT_DAY, Some("site"));
        for name in ["restored", "restored-2"] {
            let found = program::report(kind, &at(name), DAY, NEXT_DAY, Some("site"));
            assert_eq!(found, expected, "{kind} of {name}");
        }
    }
    let sql = "select site, count(*) n, sum(wait_s) s from visits group by site order by site";
    let asked = |name: &str| {
        program::run(&["sql", "--data", text(&at(name)), sql])
            .done()
            .stdout
    };
    let expected = asked("data");
    assert!(expected.lines().count() > 2, "{expected}");
    assert_eq!(asked("restored"), expected);
}

#[test]
fn a_backup_killed_in_the_middle_is_the_one_before_or_none() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let server = Server::start(&at("data"), Clock::Events);
    let http = server.http();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut least, mut killed) = (0, 0);
    for round in 0..25 {
        for number in 0..4 {
            http.post_all(&batch(round * 4 + number));
        }
        let posted = (round + 1) * 4 * BATCH;
        let mut child =
            program::command(&["backup", "--data", text(&at("data")), text(&at("backup"))])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
        // Not a wait for something: the moment of the kill is what the test draws.
        std::thread::sleep(Duration::from_millis(rng.random_range(0..40)));
        child.kill().ok();
        let is_done = child.wait().expect("a killed child ends").success();
        killed += usize::from(!is_done);
        if is_done {
            least = posted;
        }
        let restored = at(&format!("restored-{round}"));
        let run = restore(&at("backup"), &restored);
        if run.code == 0 {
            let position = count(&run.json(), "position");
            assert!(
                position >= least && position <= posted,
                "{least} <= {position} <= {posted}"
            );
            least = position;
            let report = program::report("visits", &restored, DAY, NEXT_DAY, None);
            assert_eq!(count(&report["rows"][0], "visits"), position);
        } else {
            assert_eq!(least, 0, "a backup that was there is gone: {}", run.stderr);
            let why = said(&run);
            assert!(why.contains("no whole backup"), "{why}");
        }
    }
    assert!(killed > 0, "the kills fell into the work: {killed}");
    backup(&at("data"), &at("backup")).done();
}

#[test]
fn a_restore_killed_in_the_middle_does_not_pass_for_a_data_directory() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    take(&at("data"), &batch(0));
    backup(&at("data"), &at("backup")).done();
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for round in 0..20 {
        let to = at(&format!("restored-{round}"));
        let mut child = program::command(&["restore", text(&at("backup")), "--data", text(&to)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        // As above: the moment is drawn.
        std::thread::sleep(Duration::from_millis(rng.random_range(0..20)));
        child.kill().ok();
        child.wait().expect("a killed child ends");
        let args = [
            "report",
            "visits",
            "--data",
            text(&to),
            "--from",
            DAY,
            "--to",
            NEXT_DAY,
            "--format",
            "json",
        ];
        let run = program::run(&args);
        if run.code == 0 {
            assert_eq!(
                count(&run.json()["rows"][0], "visits"),
                BATCH,
                "all or nothing"
            );
        } else {
            let why = said(&run);
            assert!(
                why.contains("cut short") || why.contains("not a data directory"),
                "{why}"
            );
        }
    }
}

#[test]
fn damage_and_wrong_places_are_told_in_one_line() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let lines = ndjson(&[ticket("issued", "08:00", "00004", "A1")]);
    take(&at("data"), &lines);
    backup(&at("data"), &at("backup")).done();
    assert!(said(&restore(&at("backup"), &at("data"))).contains("not empty"));
    assert!(said(&restore(&at("data"), &at("new"))).contains("no whole backup"));
    assert!(said(&backup(&at("backup"), &at("new"))).contains("not a data directory"));
    assert!(said(&backup(&at("data"), &at("data"))).contains("choose another folder"));

    let segment = at("backup/journal/0000000000000000.vlj");
    let mut bytes = std::fs::read(&segment).expect("the backup has a segment");
    bytes[60] ^= 1;
    std::fs::write(&segment, bytes).expect("it can be written");
    let run = restore(&at("backup"), &at("new"));
    assert!(
        said(&run).contains("0000000000000000.vlj fails its checksum"),
        "{}",
        run.stderr
    );
    assert!(!at("new").exists(), "nothing was restored");

    // Only the owner may read the secret, in a backup as in a data directory.
    let listed = Command::new("stat")
        .args(["-c", "%a"])
        .args([at("backup/secret.key"), at("data/secret.key"), at("backup")])
        .output()
        .expect("stat(1) runs");
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "600\n600\n700\n");
}

#[test]
fn the_directory_of_another_city_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let lines = ndjson(&[ticket("issued", "08:00", "00004", "A1")]);
    let args = ["ingest", "-", "--data", text(&data), "--clock", "events"];
    program::run_with_input(&args, lines.as_bytes()).done();
    let path = data.join("vonglau.json");
    let settings = std::fs::read_to_string(&path).expect("settings");
    let mut settings: Value = serde_json::from_str(&settings).expect("settings are JSON");
    let own = settings["pack"]["name"]
        .as_str()
        .expect("the pack is noted")
        .to_owned();
    settings["pack"]["name"] = json!("Atlantis");
    std::fs::write(&path, settings.to_string()).expect("it can be written");
    let run = program::run(&[
        "report",
        "visits",
        "--data",
        text(&data),
        "--from",
        DAY,
        "--to",
        NEXT_DAY,
        "--format",
        "json",
    ]);
    let why = said(&run);
    assert!(why.contains("Atlantis") && why.contains(&own), "{why}");
    let run = program::run(&[
        "serve",
        "--data",
        text(&data),
        "--open",
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(
        run.code == 1 && run.stderr.contains("Atlantis"),
        "{}",
        run.stderr
    );

    // A directory of an older program does not know its city, and is taken.
    settings.as_object_mut().expect("an object").remove("pack");
    std::fs::write(&path, settings.to_string()).expect("it can be written");
    let report = program::report("visits", &data, DAY, NEXT_DAY, None);
    assert_eq!(report["rows"][0]["visits"], 1);
}

/// Every report of a directory by site, and all together.
fn reports(data: &Path) -> Vec<Value> {
    let kinds = ["visits", "boards", "dossiers", "ratings"];
    let by = [None, Some("site"), Some("day")];
    let asked = kinds.iter().flat_map(|kind| by.map(|by| (*kind, by)));
    asked
        .map(|(kind, by)| program::report(kind, data, START, END, by)["rows"].clone())
        .collect()
}

/// The only file in a folder of a backup.
fn only_file(folder: &Path) -> PathBuf {
    let mut files = std::fs::read_dir(folder).expect("a folder of the backup");
    let file = files.next().expect("a file").expect("an entry").path();
    assert!(files.next().is_none(), "one file in {}", folder.display());
    file
}

#[test]
fn a_directory_whose_begin_was_given_up_comes_back_with_the_same_answers() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let lines = short::days();
    let (most, rest) = lines.split_at(lines.len() * 4 / 5);
    // A backup of the journal while it was whole, into the same place.
    let first = most.len() / 4;
    take(&at("data"), &ndjson(&most[..first]));
    backup(&at("data"), &at("backup")).done();
    std::fs::remove_dir_all(at("data")).expect("it can be removed");
    restore(&at("backup"), &at("data")).done();
    short::make(&at("data"), &most[first..]);

    let server = Server::start_with(&at("data"), Clock::Events, GIVES_UP);
    server.http().post_all(&ndjson(rest));
    let expected = reports(&at("data"));
    assert!(
        expected[0][0]["visits"].as_u64() > Some(0),
        "{}",
        expected[0]
    );
    let done = backup(&at("data"), &at("backup")).done().json();
    assert_eq!(count(&done, "position"), lines.len());
    assert!(
        !at("backup/journal/0000000000000000.vlj").exists(),
        "what was given up is not in the backup any more"
    );
    restore(&at("backup"), &at("while-served")).done();
    server.stop();
    backup(&at("data"), &at("backup")).done();
    restore(&at("backup"), &at("while-not")).done();
    backup(&at("while-not"), &at("backup-2")).done();
    restore(&at("backup-2"), &at("again")).done();
    for name in ["while-served", "while-not", "again"] {
        assert_eq!(reports(&at(name)), expected, "{name}");
        // It goes on: what the journal still has is known, and what comes is taken.
        let server = Server::start_with(&at(name), Clock::Events, GIVES_UP);
        let known = server.http().post(&ndjson(&lines[lines.len() - 5..])).ok();
        assert_eq!(count(&known, "duplicate"), 5, "{known}");
        // An event of before is counted as accepted, and changes nothing.
        let before = server.http().post(&ndjson(&lines[..5])).ok();
        assert_eq!(count(&before, "accepted"), 5, "{before}");
        assert_eq!(reports(&at(name)), expected, "{name} after old events");
        server.stop();
    }

    for folder in ["checkpoint", "archive"] {
        let file = only_file(&at("backup").join(folder));
        let sound = std::fs::read(&file).expect("it can be read");
        let mut damaged = sound.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        std::fs::write(&file, damaged).expect("it can be written");
        let run = restore(&at("backup"), &at("new"));
        let name = file.file_name().and_then(|n| n.to_str()).expect("a name");
        assert!(
            said(&run).contains(&format!("{name} fails its checksum")),
            "{}",
            run.stderr
        );
        assert!(!at("new").exists(), "nothing was restored");
        std::fs::write(&file, sound).expect("it can be written");
    }
}

#[test]
fn a_backup_of_a_short_journal_killed_in_the_middle_is_the_one_before() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    let lines = short::days();
    let (most, rest) = lines.split_at(lines.len() * 4 / 5);
    short::make(&at("data"), most);
    let mut least = count(
        &backup(&at("data"), &at("backup")).done().json(),
        "position",
    );
    let mut posted = least;
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut killed = 0;
    for (round, piece) in rest.chunks(rest.len() / 12 + 1).enumerate() {
        // What has left, and the checkpoint, become others at every stop.
        let server = Server::start_with(&at("data"), Clock::Events, GIVES_UP);
        server.http().post_all(&ndjson(piece));
        server.stop();
        posted += piece.len();
        let mut child =
            program::command(&["backup", "--data", text(&at("data")), text(&at("backup"))])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
        // Not a wait for something: the moment of the kill is what the test draws.
        std::thread::sleep(Duration::from_millis(rng.random_range(0..80)));
        child.kill().ok();
        let is_done = child.wait().expect("a killed child ends").success();
        killed += usize::from(!is_done);
        let restored = at(&format!("restored-{round}"));
        let position = count(&restore(&at("backup"), &restored).done().json(), "position");
        assert!(
            position == least || position == posted,
            "{position} is neither {least} nor {posted}"
        );
        assert!(!is_done || position == posted);
        least = position;
    }
    assert!(killed > 0, "the kills fell into the work: {killed}");
    backup(&at("data"), &at("backup")).done();
    restore(&at("backup"), &at("last")).done();
    assert_eq!(reports(&at("last")), reports(&at("data")));
}

#[test]
fn the_audit_log_comes_back_and_its_chain_goes_on() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let at = |name: &str| dir.path().join(name);
    take(&at("data"), &batch(0));
    let account = |data: &str, name: &str| {
        let role = ["--role", "supervisor"];
        let data = at(data);
        let args = [
            &["account", "create", "--data", text(&data), name],
            &role[..],
        ]
        .concat();
        program::run(&args).done();
    };
    let verified = |data: &str| {
        let verify = ["audit", "verify", "--data", text(&at(data))].map(str::to_owned);
        program::run(&verify.each_ref().map(String::as_str))
            .done()
            .stdout
    };
    let month = |folder: PathBuf| -> PathBuf {
        let files = std::fs::read_dir(folder).expect("it is there");
        let mut paths = files.map(|file| file.expect("a file").path());
        let is_month = |path: &PathBuf| path.extension().is_some_and(|e| e == "ndjson");
        paths.find(is_month).expect("a month")
    };
    let lines = |data: &str| {
        let path = month(at(data).join("audit"));
        std::fs::read_to_string(path).expect("it can be read")
    };
    account("data", "seat1");
    backup(&at("data"), &at("backup")).done();
    account("data", "seat2");
    // Again into the same: what was there is the begin of what is.
    backup(&at("data"), &at("backup")).done();
    let (end, log) = (verified("data"), lines("data"));
    assert_eq!(log.lines().count(), 2, "{log}");

    restore(&at("backup"), &at("restored")).done();
    assert_eq!(verified("restored"), end);
    assert_eq!(lines("restored"), log);
    account("restored", "seat3");
    assert_eq!(lines("restored").lines().count(), 3);
    verified("restored");

    // What somebody took out of the backup is told, and nothing is restored.
    let month = month(at("backup").join("audit"));
    std::fs::write(&month, log.lines().next().expect("a line")).expect("it can be written");
    let told = restore(&at("backup"), &at("again"));
    assert!(said(&told).contains("audit/"), "{}", told.stderr);
    // A log that lost what the backup has is not backed up over it.
    std::fs::remove_dir_all(at("data").join("audit")).expect("it is there");
    let told = backup(&at("data"), &at("backup"));
    assert!(said(&told).contains("audit/"), "{}", told.stderr);
}
