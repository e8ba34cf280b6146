//! Proves that one applicant's events can be taken out as a copy and that the applicant can be forgotten: the events and the figures stay,
//! nobody else is touched, and what is sent again is not counted twice.

use std::path::Path;

use harness::events::{DAY, NEXT_DAY, line, ndjson};
use harness::program::{self, Run};
use harness::server::{Clock, Server};
use serde_json::{Value, json};

const DOSSIER: &str = "000.00.01.H26-261123-0001";
const OTHERS: &str = "000.00.01.H26-261123-0002";

fn lines() -> String {
    let filed = |code: &str, applicant: &str| {
        json!({
            "dossier": code, "procedure": "1.000001", "field": "hộ tịch", "site": "00004", "agency": "000.00.01.H26", "applicant": applicant,
        })
    };
    let ticket = |number: &str, applicant: &str| json!({"site": "00004", "ticket": number, "service": "s", "applicant": applicant});
    let rating = |code: &str| json!({"score": 5, "channel": "qr", "dossier": code});
    let called = |number: &str| json!({"site": "00004", "ticket": number, "counter": "1"});
    ndjson(&[
        line("dossier.submitted", "08:00", "1", filed(DOSSIER, "one")),
        line("dossier.submitted", "08:01", "2", filed(OTHERS, "other")),
        line(
            "dossier.accepted",
            "08:30",
            "3",
            json!({"dossier": DOSSIER}),
        ),
        line("dossier.accepted", "08:30", "4", json!({"dossier": OTHERS})),
        line("ticket.issued", "07:50", "5", ticket("A1", "one")),
        line("ticket.issued", "07:51", "6", ticket("A2", "other")),
        line("ticket.called", "07:58", "7", called("A1")),
        line("ticket.called", "07:59", "8", called("A2")),
        line("rating.given", "09:00", "9", rating(DOSSIER)),
        line("rating.given", "09:00", "10", rating(OTHERS)),
        line(
            "feedback.received",
            "10:00",
            "11",
            json!({"feedback": "PA1", "dossier": DOSSIER}),
        ),
        line("feedback.closed", "11:00", "12", json!({"feedback": "PA1"})),
        line(
            "feedback.received",
            "10:00",
            "13",
            json!({"feedback": "PA2", "dossier": OTHERS}),
        ),
    ])
}

fn applicant(command: &str, data: &Path, given: &str) -> Run {
    let data = data.to_str().expect("test paths are UTF-8");
    program::run_with_input(&["applicant", command, "--data", data], given.as_bytes())
}

/// The ids of the events that a copy has.
fn ids(copy: &Run) -> Vec<String> {
    let ids = copy.stdout.lines().map(|line| {
        let event: Value = serde_json::from_str(line).expect("a copy has the contract's lines");
        event["id"].as_str().expect("an event has an id").to_owned()
    });
    ids.collect()
}

fn figures(data: &Path) -> [Value; 2] {
    ["visits", "dossiers"].map(|kind| program::report(kind, data, DAY, NEXT_DAY, Some("site")))
}

#[test]
fn one_applicant_is_copied_and_forgotten_and_all_else_stays() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let server = Server::start(&data, Clock::Events);
    server.http().post_all(&lines());

    // A copy may be taken beside a server; nothing is erased beside one.
    let copy = applicant("export", &data, "one\n").done();
    assert_eq!(ids(&copy), ["1", "3", "5", "7", "9", "11", "12"]);
    let refused = applicant("erase", &data, "one");
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(server.stop().success());

    let before = figures(&data);
    let backup = |folder: &str| {
        let [data, target] =
            [&data, &dir.path().join(folder)].map(|p| p.to_str().expect("UTF-8").to_owned());
        program::run(&["backup", "--data", &data, &target])
    };
    backup("old").done();
    let done = applicant("erase", &data, "one").done().last_line();
    assert_eq!(done["events"], 2, "{done}");
    assert_eq!(figures(&data), before, "who asked is in no figure");
    for (given, left) in [("one", 0), ("other", 6), ("nobody", 0)] {
        assert_eq!(
            ids(&applicant("export", &data, given).done()).len(),
            left,
            "{given}"
        );
    }
    let text = data.to_str().expect("test paths are UTF-8");
    let events = program::run(&["events", "--data", text]).done().stdout;
    assert_eq!(events.lines().count(), 13);
    assert_eq!(events.matches("\"applicant\"").count(), 2);
    let doctor = program::run(&["doctor", "--data", text, "--min-free-bytes", "1MB"]);
    assert_eq!(doctor.code, 0, "{}", doctor.stdout);
    // A backup from before still knows: it is not gone on with, and the message says what to do.
    let refused = backup("old");
    assert!(
        refused.stderr.contains("take a new folder"),
        "{}",
        refused.stderr
    );
    backup("new").done();
    // What it was done for is nobody's name.
    let audit = program::run(&["audit", "export", "--data", text])
        .done()
        .stdout;
    assert!(audit.contains("applicant erased: 2 events"), "{audit}");
    assert!(!audit.contains("\"one\""), "{audit}");

    // The sender has it still, and may send it again: it is known, and stays forgotten.
    let server = Server::start(&data, Clock::Events);
    let receipt = server.http().post(&lines()).ok();
    assert_eq!(receipt["accepted"], 0, "{receipt}");
    assert_eq!(receipt["duplicate"], 13, "{receipt}");
    assert_eq!(
        receipt["conflicting"], 2,
        "it says more than what is kept: {receipt}"
    );
    assert!(server.stop().success());
    assert_eq!(figures(&data), before);
    assert_eq!(ids(&applicant("export", &data, "one").done()).len(), 0);
}

#[test]
fn what_is_no_pseudonym_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    assert!(Server::start(dir.path(), Clock::Events).stop().success());
    for given in ["", "two words", "one\nother"] {
        let refused = applicant("erase", dir.path(), given);
        assert_eq!(refused.code, 2, "{given}: {}", refused.stderr);
        assert!(refused.stderr.contains("pseudonym"), "{}", refused.stderr);
    }
}
