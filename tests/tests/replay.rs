//! Proves `vonglau alerts`: a past span by the rules in force and by a file's, from a directory and from the server that holds it
//! alike; and that a file with faults is told what to do, and ends with 1.

use std::path::Path;

use harness::events::{DAY, NEXT_DAY, line, ndjson};
use harness::program::{self, Run, run};
use harness::server::{Clock, Server};
use serde_json::{Value, json};

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// A morning: one point beats all of it, one is silent for an hour, one for twelve minutes.
fn morning() -> String {
    let beats = |site: &'static str, silent: std::ops::Range<u32>| {
        let minutes = (90..132).map(|n| n * 5);
        minutes
            .filter(move |m| !silent.contains(m))
            .map(move |minute| {
                let clock = format!("{:02}:{:02}:10", minute / 60, minute % 60);
                let data = json!({"site": site, "device": "k1", "kind": "ticket_machine"});
                line(
                    "device.heartbeat",
                    &clock,
                    &format!("{site}/{minute}"),
                    data,
                )
            })
    };
    let lines = beats("00008", 0..0)
        .chain(beats("00004", 540..600))
        .chain(beats("00025", 570..582));
    ndjson(&lines.collect::<Vec<String>>())
}

fn directory(data: &Path) {
    let args = ["ingest", "-", "--data", text(data), "--clock", "events"];
    program::run_with_input(&args, morning().as_bytes()).done();
}

fn replay(data: &Path, more: &[&str]) -> Run {
    let mut args = vec!["alerts", "replay", "--data", text(data)];
    args.extend(["--from", DAY, "--to", NEXT_DAY]);
    args.extend(more);
    run(&args)
}

/// Subjects of what would have been shown, with their rules.
fn shown(answer: &Value) -> Vec<(String, String)> {
    let alerts = answer["alerts"].as_array().expect("alerts");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let told = alerts
        .iter()
        .map(|a| (text(&a["subject"]["id"]), text(&a["rule"])));
    told.collect()
}

fn pair(site: &str) -> (String, String) {
    (site.to_owned(), "silent".to_owned())
}

#[test]
fn a_span_is_gone_through_by_the_rules_in_force_and_by_a_files() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    directory(&data);
    let answer = replay(&data, &["--json"]).done().json();
    // The plan's deadlines that have passed stand all day.
    let plan = || ("plan".to_owned(), "tasks_overdue".to_owned());
    assert_eq!(
        shown(&answer),
        [plan(), pair("00004"), pair("00025")],
        "{answer}"
    );
    assert_eq!(
        (&answer["now"]["raised"], &answer["then"]),
        (&json!(3), &Value::Null)
    );
    assert_eq!(
        answer["alerts"][0]["raised_at"],
        "2026-11-23T00:02:00+07:00"
    );
    let first = &answer["alerts"][1];
    // It spoke last at 08:55:10, may be silent for five minutes and seven more, and it is looked every two.
    assert_eq!(
        (&first["raised_at"], &first["priority"]),
        (&json!("2026-11-23T09:08:00+07:00"), &json!("medium")),
        "{first}"
    );

    // Half an hour's silence instead of seven minutes: the short one is none.
    let rules = dir.path().join("rules.toml");
    let slow = "[[rule]]\nid = \"silent\"\neffective_from = \"2026-11-01\"\nover = 1800\n\
                [[rule]]\nid = \"device_silent\"\neffective_from = \"2026-11-01\"\nenabled = false\n";
    std::fs::write(&rules, slow).expect("it can be written");
    let args = ["--rules", text(&rules), "--json"];
    let both = replay(&data, &args).done().json();
    assert_eq!(shown(&both), [plan(), pair("00004")]);
    assert_eq!(
        (&both["now"], &both["then"]["raised"]),
        (&answer["now"], &json!(2))
    );
    // Side by side for people.
    let table = replay(&data, &["--rules", text(&rules)]).done().stdout;
    let raised = table
        .lines()
        .find(|line| line.starts_with("alerts raised"))
        .expect("a line of alerts");
    let figures: Vec<&str> = raised.split_whitespace().skip(2).collect();
    assert_eq!(figures, ["3", "2"], "{table}");
    let words: Vec<&str> = table.split_whitespace().collect();
    assert!(
        words
            .join(" ")
            .contains("medium silent silent site 00004, until 2026-11-23T10:0"),
        "{table}"
    );

    // The server that holds the directory answers the same.
    let server = Server::start(&data, Clock::Events);
    let asked = replay(&data, &args).done().json();
    assert_eq!(asked, both);
    server.stop();
}

#[test]
fn a_file_with_faults_is_told_what_to_do_and_ends_with_1() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, rules) = (dir.path().join("data"), dir.path().join("rules.toml"));
    directory(&data);
    let write = |text: &str| std::fs::write(&rules, text).expect("it can be written");

    write("[[rule]]\nid = \"silent\"\neffective_from = \"2026-11-01\"\nover = 1800\n");
    let fine = run(&["alerts", "check", text(&rules)]).done();
    assert!(fine.stdout.starts_with("no faults"), "{}", fine.stdout);
    let fine = run(&["alerts", "check", text(&rules), "--json"]).done();
    assert_eq!(fine.json()["problems"], json!([]));

    write(
        "[[rule]]\nid = \"silent\"\neffective_from = \"soon\"\n\
         [[rule]]\nid = \"mine\"\neffective_from = \"2026-11-01\"\nsignal = \"mood\"\n",
    );
    let faulty = run(&["alerts", "check", text(&rules)]);
    assert_eq!(faulty.code, 1, "{}", faulty.stderr);
    let faults: Vec<&str> = faulty.stdout.lines().collect();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("silent: ") && faults[0].contains("write it such as 2026-11-23"),
        "{faults:?}"
    );
    assert!(
        faults[1].starts_with("mine: ") && faults[1].contains("no signal `mood`"),
        "{faults:?}"
    );
    assert_eq!(faulty.stderr.lines().count(), 1, "{}", faulty.stderr);
    assert!(faulty.stderr.contains("2 faults"), "{}", faulty.stderr);
    let as_json = run(&["alerts", "check", text(&rules), "--json"]);
    assert_eq!(as_json.code, 1);
    assert_eq!(as_json.json()["problems"][1]["code"], "refers_to_nothing");

    // A replay by them is none.
    let replayed = replay(&data, &["--rules", text(&rules)]);
    assert_eq!(
        (replayed.code, replayed.stdout.as_str()),
        (1, faulty.stdout.as_str())
    );
    let nowhere = dir.path().join("nowhere.toml");
    let missing = run(&["alerts", "check", text(&nowhere)]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.stderr.contains("nowhere.toml"),
        "{}",
        missing.stderr
    );
    let backwards = run(&[
        "alerts",
        "replay",
        "--data",
        text(&data),
        "--from",
        NEXT_DAY,
        "--to",
        DAY,
    ]);
    assert_eq!(backwards.code, 2, "{}", backwards.stderr);
}
