//! Proves that want of disk space is back-pressure and no loss: at the journal's bound, at the disk's reserve
//! and on a full disk senders are told to come again, readers go on, and what was acknowledged stays.

use std::path::Path;

use harness::disk::SmallDisk;
use harness::events::{DAY, NEXT_DAY, tickets};
use harness::http::{Answer, Http};
use harness::program;
use harness::server::{Clock, Server, Setup};

const BATCH: usize = 100;

/// A batch of tickets of its own.
fn batch(number: usize) -> String {
    tickets(number, BATCH)
}

/// Posts batches from a number on until one is refused; the number of that one, and the refusal.
fn post_until_refused(http: &Http, first: usize) -> (usize, Answer) {
    for number in first.. {
        let answer = http.post(&batch(number));
        if answer.status != 200 {
            return (number, answer);
        }
        assert_eq!(answer.json()["accepted"], BATCH);
        assert!(number < 100_000, "nothing is ever refused");
    }
    unreachable!()
}

/// Asserts that senders are told to come again because of `code`, with the setting that `says`.
#[track_caller]
fn assert_told(answer: &Answer, code: &str, says: &str) {
    answer.assert_problem(429);
    let problem = answer.json();
    assert_eq!(problem["code"], code);
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(
        detail.contains(says) && detail.contains("send it again"),
        "{detail}"
    );
    assert!(
        answer.retry_after.is_some_and(|s| s > 0),
        "it says when to come again"
    );
}

#[track_caller]
fn assert_visits(http: &Http, batches: usize) {
    let report = http.report("visits", DAY, NEXT_DAY, None).ok();
    assert_eq!(report["rows"][0]["visits"], batches * BATCH, "{report}");
}

fn metric(http: &Http, name: &str) -> f64 {
    let text = http.get("/metrics", &[]).text;
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("no {name} among the metrics: {text}"))
}

fn journal_bytes(data: &Path) -> u64 {
    let entries = std::fs::read_dir(data.join("journal")).expect("a journal");
    entries
        .map(|e| e.and_then(|e| e.metadata()).expect("a segment").len())
        .sum()
}

fn readiness(http: &Http) -> String {
    let answer = http.get("/readyz", &[]);
    assert_eq!(answer.status, 200, "readers are served");
    answer.text
}

#[test]
fn at_the_journals_bound_senders_wait_and_readers_go_on() {
    const BOUND: u64 = 20_000;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let bounded = Setup {
        args: &["--max-journal-bytes", "20kB"],
        ..Setup::default()
    };
    let server = Server::start_with(dir.path(), Clock::Events, bounded);
    let http = server.http();
    assert_eq!(readiness(&http), "ready\n");
    let (taken, refusal) = post_until_refused(&http, 0);
    assert!(taken > 1, "the bound leaves room for some");
    assert_told(&refusal, "journal_full", "--max-journal-bytes");
    assert!(journal_bytes(dir.path()) <= BOUND);
    assert_eq!(
        metric(&http, "vonglau_journal_bytes") as u64,
        journal_bytes(dir.path())
    );
    assert!(metric(&http, "vonglau_disk_free_bytes") > 0.0);
    let refused = "vonglau_refused_batches_total{reason=\"journal_full\"}";
    assert!(metric(&http, refused) >= 1.0);
    assert!(readiness(&http).contains("--max-journal-bytes"));

    assert_visits(&http, taken);
    let again = http.post(&batch(0)).ok();
    assert_eq!(
        again["duplicate"], BATCH,
        "what is known is answered, it needs no room"
    );
    assert!(server.stop().success());

    let roomier = Setup {
        args: &["--max-journal-bytes", "1MB"],
        ..Setup::default()
    };
    let server = Server::start_with(dir.path(), Clock::Events, roomier);
    let http = server.http();
    assert_eq!(readiness(&http), "ready\n");
    http.post_all(&batch(taken));
    assert_visits(&http, taken + 1);
}

#[test]
fn under_the_disks_reserve_nothing_is_taken_until_space_is_freed() {
    let Some(disk) = SmallDisk::new("under_the_disks_reserve", 96 << 20) else {
        return;
    };
    let setup = Setup {
        args: &["--min-free-bytes", "32MiB"],
        disk: Some(&disk),
        ..Setup::default()
    };
    let server = Server::start_with(&disk.path().join("data"), Clock::Events, setup);
    let http = server.http();
    http.post_all(&batch(0));
    let filler = disk.seen_by(server.pid(), "filler");
    std::fs::write(&filler, vec![7; 80 << 20]).expect("the disk has room for it");
    assert!(
        readiness(&http).contains("--min-free-bytes"),
        "told before a sender comes"
    );
    assert_told(&http.post(&batch(1)), "disk_low", "--min-free-bytes");
    assert!(metric(&http, "vonglau_refused_batches_total{reason=\"disk_low\"}") >= 1.0);
    assert_visits(&http, 1);

    std::fs::remove_file(&filler).expect("it is there");
    assert_eq!(readiness(&http), "ready\n");
    http.post_all(&batch(1));
    assert_visits(&http, 2);
}

#[test]
fn a_disk_that_fills_in_the_middle_loses_nothing() {
    let Some(disk) = SmallDisk::new("a_disk_that_fills_in_the_middle", 96 << 20) else {
        return;
    };
    let setup = Setup {
        args: &["--min-free-bytes", "0"],
        disk: Some(&disk),
        ..Setup::default()
    };
    let server = Server::start_with(&disk.path().join("data"), Clock::Events, setup);
    let http = server.http();
    http.post_all(&batch(0));
    let filler = disk.seen_by(server.pid(), "filler");
    std::fs::write(&filler, vec![7; 128 << 20]).expect_err("the disk is smaller than that");
    let (taken, refusal) = post_until_refused(&http, 1);
    assert_told(&refusal, "disk_full", "free space");
    assert!(metric(&http, "vonglau_refused_batches_total{reason=\"disk_full\"}") >= 1.0);
    assert_visits(&http, taken);

    std::fs::remove_file(&filler).expect("it is there");
    http.post_all(&batch(taken));
    for number in 0..=taken {
        assert_eq!(
            http.post(&batch(number)).ok()["duplicate"],
            BATCH,
            "batch {number}"
        );
    }
    assert_visits(&http, taken + 1);
}

#[test]
fn ingest_into_a_directory_says_it_in_one_line_and_can_be_repeated() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, file) = (dir.path().join("data"), dir.path().join("events.ndjson"));
    let lines: String = (0..500).map(batch).collect();
    std::fs::write(&file, &lines).expect("a temporary directory can be written");
    let text = |path: &Path| path.to_str().expect("test paths are UTF-8").to_owned();
    let (data_arg, file_arg) = (text(&data), text(&file));
    let args = [
        "ingest", &file_arg, "--data", &data_arg, "--clock", "events",
    ];
    let bounded = [&args[..], &["--max-journal-bytes", "300kB"]].concat();
    let run = program::run(&bounded);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let said: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(said.len(), 1, "one line: {said:#?}");
    assert!(said[0].contains("--max-journal-bytes"), "{}", said[0]);
    assert!(journal_bytes(&data) <= 300_000);
    // The reserve, which no disk has.
    let reserved = [&args[..], &["--min-free-bytes", "9999999TB"]].concat();
    let run = program::run(&reserved);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("--min-free-bytes"), "{}", run.stderr);

    let counts = program::run(&args).done().last_line();
    let known = counts["accepted"]
        .as_u64()
        .zip(counts["duplicate"].as_u64());
    assert_eq!(known.map(|(new, old)| new + old), Some(500 * BATCH as u64));
    let report = program::report("visits", &data, DAY, NEXT_DAY, None);
    assert_eq!(report["rows"][0]["visits"], 500 * BATCH);
    let wrong = program::run(&[&args[..], &["--max-journal-bytes", "much"]].concat());
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}
