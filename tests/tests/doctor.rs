//! Proves that `vonglau doctor` says what is wrong and what to do, ends with 0 for a sound directory and with 1
//! otherwise, works beside a server, and changes nothing.

use std::path::Path;

use harness::events::{ndjson, ticket};
use harness::program::{self, Run};
use harness::server::{Clock, Server};
use harness::short::{self, GIVES_UP};
use serde_json::Value;

fn doctor(data: &Path, more: &[&str]) -> Run {
    let data = data.to_str().expect("test paths are UTF-8");
    program::run(&[&["doctor", "--data", data, "--min-free-bytes", "1MB"], more].concat())
}

/// The codes of what must be seen to; the exit code must say the same.
#[track_caller]
fn wrong(data: &Path) -> Vec<String> {
    let run = doctor(data, &["--json"]);
    let report = run.json();
    let findings = report["findings"].as_array().expect("findings");
    for part in ["directory", "pack"] {
        assert!(
            findings.iter().any(|f| f["part"] == part),
            "{part} was looked at: {report}"
        );
    }
    let wrong: Vec<&Value> = findings.iter().filter(|f| f["level"] == "wrong").collect();
    assert!(wrong.iter().all(|f| f["advice"].is_string()), "{report}");
    assert_eq!(report["sound"], wrong.is_empty());
    assert_eq!(run.code, i32::from(!wrong.is_empty()), "{}", run.stderr);
    assert_eq!(
        run.stderr.lines().count(),
        usize::from(!wrong.is_empty()),
        "{}",
        run.stderr
    );
    wrong
        .iter()
        .map(|f| f["code"].as_str().expect("a code").to_owned())
        .collect()
}

#[test]
fn sound_used_served_and_damaged() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    assert_eq!(wrong(&data), ["absent"]);
    let server = Server::start(&data, Clock::Events);
    let lines: Vec<String> = (0..200)
        .map(|i| ticket("issued", "08:00", "00004", &format!("A{i}")))
        .collect();
    server.http().post_all(&ndjson(&lines));
    assert_eq!(wrong(&data), [""; 0]);
    let human = doctor(&data, &[]).done().stdout;
    assert!(
        human.contains(server.address()),
        "it says who holds the directory: {human}"
    );
    assert!(human.contains("200 events"), "{human}");
    assert!(server.stop().success());
    let text = data.to_str().expect("test paths are UTF-8");
    program::run(&["sql", "--data", text, "select count(*) from visits"]).done();
    assert_eq!(wrong(&data), [""; 0]);

    let segment = data.join("journal/0000000000000000.vlj");
    let sound = std::fs::read(&segment).expect("a segment");
    let mut damaged = sound.clone();
    damaged[100] ^= 0x10;
    std::fs::write(&segment, damaged).expect("it can be written");
    // A single frame that is not whole may be a torn one: what the index knows says that it was not.
    assert!(!wrong(&data).is_empty());
    let mut newer = sound.clone();
    newer[7] = b'9';
    std::fs::write(&segment, newer).expect("it can be written");
    assert_eq!(wrong(&data), ["journal_version"]);
    let run = doctor(&data, &[]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("WRONG") && run.stdout.contains("do: "),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("version 9"), "{}", run.stdout);
    std::fs::write(&segment, sound).expect("it can be written");
    assert_eq!(wrong(&data), [""; 0], "nothing was changed");

    let facts = data.join("facts/visits");
    let file = std::fs::read_dir(&facts).expect("facts").flatten().next();
    let file = file.expect("a file of facts").path();
    std::fs::write(&file, b"PAR1 not really").expect("it can be written");
    assert_eq!(wrong(&data), ["facts_damaged"]);
}

#[test]
fn a_directory_whose_begin_was_given_up() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    short::make(&data, &short::days());
    assert_eq!(wrong(&data), [""; 0]);
    let human = doctor(&data, &[]).done().stdout;
    assert!(human.contains("were given up"), "{human}");
    let server = Server::start_with(&data, Clock::Events, GIVES_UP);
    assert_eq!(wrong(&data), [""; 0]);
    server.stop();

    let entries = std::fs::read_dir(data.join("checkpoint")).expect("checkpoints");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    for path in paths {
        let mut bytes = std::fs::read(&path).expect("a checkpoint can be read");
        bytes.truncate(bytes.len() - 3);
        std::fs::write(path, bytes).expect("it can be written");
    }
    let expected = ["journal_gap", "checkpoint_damaged", "checkpoint_damaged"];
    assert_eq!(wrong(&data), expected);
}
