//! Proves that what a server finds on its disk and may not use, or finds full, is told in one line that says what to
//! do, and stays as it is.

use std::path::Path;

use harness::disk::SmallDisk;
use harness::events::{DAY, NEXT_DAY, tickets};
use harness::program;
use harness::server::{Clock, Server, Setup, free_port};

const COUNT: &str = "select count(*) as n from visits";

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

#[test]
fn a_journal_of_a_newer_version_is_refused_by_every_command_and_left_alone() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let server = Server::start(&data, Clock::Events);
    server.http().post_all(&tickets(0, 100));
    assert!(server.stop().success());
    let segment = harness::newest_journal(&data);
    let sound = std::fs::read(&segment).expect("the journal can be read");
    let mut newer = sound.clone();
    assert_eq!(&newer[..7], b"VLJOURN", "a segment's head");
    newer[7] = b'9';
    std::fs::write(&segment, &newer).expect("it can be written");

    let address = format!("127.0.0.1:{}", free_port());
    let file = dir.path().join("more.ndjson");
    std::fs::write(&file, tickets(1, 10)).expect("a file can be written");
    let to = dir.path().join("backup");
    let commands: [&[&str]; 5] = [
        &["serve", "--open", "--clock", "events", "--listen", &address],
        &["ingest", text(&file), "--clock", "events"],
        &[
            "report", "visits", "--from", DAY, "--to", NEXT_DAY, "--format", "json",
        ],
        &["sql", COUNT],
        &["backup", text(&to)],
    ];
    for command in commands {
        let run = program::run(&[command, &["--data", text(&data)]].concat());
        assert_eq!(run.code, 1, "{command:?}: {}", run.stderr);
        let said: Vec<&str> = run.stderr.lines().collect();
        assert_eq!(said.len(), 1, "{command:?}: one line: {said:#?}");
        assert!(
            said[0].contains("version 9") && said[0].contains("start the program that wrote it"),
            "{command:?}: {}",
            said[0]
        );
    }
    let after = std::fs::read(&segment).expect("the journal can be read");
    assert_eq!(after, newer, "it is left as it was");

    // With the program that wrote it, all is there.
    std::fs::write(&segment, &sound).expect("it can be written");
    let server = Server::start(&data, Clock::Events);
    assert_eq!(server.http().post(&tickets(0, 100)).ok()["duplicate"], 100);
}

#[test]
fn facts_that_find_the_disk_full_are_written_when_there_is_room() {
    let Some(disk) = SmallDisk::new("facts_that_find_the_disk_full", 96 << 20) else {
        return;
    };
    let setup = Setup {
        args: &["--min-free-bytes", "0"],
        disk: Some(&disk),
        ..Setup::default()
    };
    let server = Server::start_with(&disk.path().join("data"), Clock::Events, setup);
    let http = server.http();
    http.post_all(&tickets(0, 1000));
    assert_eq!(http.sql(COUNT).ok()[0]["n"], 1000);
    http.post_all(&tickets(1, 1000));
    let filler = disk.seen_by(server.pid(), "filler");
    std::fs::write(&filler, vec![7; 128 << 20]).expect_err("the disk is smaller than that");

    let failures = "vonglau_store_failures_total";
    let before = http.metric(failures);
    let answer = http.sql(COUNT);
    answer.assert_problem(503);
    let detail = answer.json()["detail"].to_string();
    assert!(
        detail.contains("No space left") && detail.contains("free space"),
        "{detail}"
    );
    assert!(http.metric(failures) > before);
    assert_eq!(http.metric("vonglau_facts_behind_events") as u64, 1000);
    let report = http.report("visits", DAY, NEXT_DAY, None).ok();
    assert_eq!(report["rows"][0]["visits"], 2000);

    std::fs::remove_file(&filler).expect("it is there");
    assert_eq!(http.sql(COUNT).ok()[0]["n"], 2000);
    assert_eq!(http.metric("vonglau_facts_behind_events").to_string(), "0");
}
