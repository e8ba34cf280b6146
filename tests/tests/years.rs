//! Proves that nothing changes when what is over leaves memory: answers come from the store as they came from the live
//! state, to the last digit and in both stores; late events find what has left; a restart goes on from a checkpoint,
//! from an older one, or from the whole journal; and the journal's begin can be given up.

use std::path::{Path, PathBuf};

use harness::clickhouse::ClickHouse;
use harness::events::ndjson;
use harness::program::{self, run};
use harness::server::{Clock, Server, Setup};
use harness::short::{START, city};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// Every report with every grouping.
const REPORTS: &[(&str, &[Option<&str>])] = &[
    (
        "visits",
        &[
            None,
            Some("site"),
            Some("unit"),
            Some("service"),
            Some("counter"),
            Some("hour"),
            Some("day"),
            Some("week"),
        ],
    ),
    (
        "dossiers",
        &[
            None,
            Some("site"),
            Some("unit"),
            Some("agency"),
            Some("field"),
            Some("hour"),
            Some("day"),
            Some("week"),
        ],
    ),
    (
        "boards",
        &[
            None,
            Some("site"),
            Some("unit"),
            Some("service"),
            Some("hour"),
            Some("day"),
            Some("week"),
        ],
    ),
    (
        "ratings",
        &[
            None,
            Some("site"),
            Some("unit"),
            Some("counter"),
            Some("channel"),
            Some("hour"),
            Some("day"),
            Some("week"),
        ],
    ),
    (
        "duties",
        &[
            None,
            Some("site"),
            Some("unit"),
            Some("agency"),
            Some("field"),
        ],
    ),
    (
        "feedback",
        &[
            None,
            Some("site"),
            Some("unit"),
            Some("agency"),
            Some("field"),
        ],
    ),
];

/// What is judged case by case.
const SURVEYS: &[(&str, &[(&str, &str)])] = &[
    ("/api/v1/index766", &[("period", "2026-11"), ("by", "city")]),
    (
        "/api/v1/index766",
        &[("period", "2026-Q4"), ("by", "agency")],
    ),
    (
        "/api/v1/index766/losses",
        &[
            ("period", "2026-11"),
            ("indicator", "4.1"),
            ("limit", "5000"),
        ],
    ),
    (
        "/api/v1/index766/losses",
        &[
            ("period", "2026-11"),
            ("indicator", "5.4"),
            ("limit", "5000"),
        ],
    ),
    (
        "/api/v1/flows",
        &[
            ("from", "2026-11-01"),
            ("to", "2026-11-12"),
            ("limit", "5000"),
        ],
    ),
    (
        "/api/v1/process",
        &[
            ("from", "2026-11-01"),
            ("to", "2026-11-12"),
            ("variants", "1000"),
        ],
    ),
    (
        "/api/v1/quality",
        &[("from", "2026-11-01"), ("to", "2026-11-12")],
    ),
    (
        "/api/v1/integrity",
        &[("from", "2026-11-01"), ("to", "2026-11-12")],
    ),
    (
        "/api/v1/scorecard",
        &[("period", "2026-11"), ("view", "internal")],
    ),
    (
        "/api/v1/scorecard",
        &[("period", "2026-11"), ("view", "external")],
    ),
    ("/api/v1/forecast", &[("limit", "5000")]),
    (
        "/api/v1/sessions",
        &[("from", "2026-11-01"), ("to", "2026-11-12")],
    ),
];

/// Spans in the simulated days: one that begins and ends within hours, and all.
const SPANS: &[(&str, &str)] = &[
    ("2026-11-03T09:17:23+07:00", "2026-11-06T14:41:07+07:00"),
    ("2026-10-01", "2026-12-01"),
];

/// Two weeks of a small city.
fn weeks() -> Vec<String> {
    city("12", "0.005")
}

fn write(dir: &Path, name: &str, lines: &[String]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, ndjson(lines)).expect("the temporary directory is writable");
    path
}

/// All answers, each with its question.
fn answers(server: &Server) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for (kind, groupings) in REPORTS {
        for by in *groupings {
            for (from, to) in SPANS {
                let asked = format!("{kind} by {by:?} from {from} to {to}");
                let mut query = vec![("from", *from), ("to", *to), ("all", "true")];
                query.extend(by.map(|by| ("by", by)));
                let path = format!("/api/v1/{kind}");
                all.push((asked, server.http().get(&path, &query).ok()));
            }
        }
    }
    for (path, query) in SURVEYS {
        let asked = format!("{path} {query:?}");
        all.push((asked, server.http().get(path, query).ok()));
    }
    all
}

#[track_caller]
fn assert_same_answers(what: &str, found: &[(String, Value)], expected: &[(String, Value)]) {
    for ((asked, found), (_, expected)) in found.iter().zip(expected) {
        if found == expected {
            continue;
        }
        let rows = |answer: &Value| answer["rows"].as_array().cloned().unwrap_or_default();
        let (found, expected) = (rows(found), rows(expected));
        let differing = found.iter().zip(&expected).find(|(a, b)| a != b);
        panic!(
            "{what}: {asked}: {} rows for {}, {differing:#?}",
            found.len(),
            expected.len()
        );
    }
}

const FROM_STORE: Setup<'_> = Setup {
    args: &[],
    env: &[("VONGLAU_ANSWERS_FROM", "store")],
    disk: None,
    locked: false,
};

fn metric(server: &Server, name: &str) -> f64 {
    let answer = server.http().try_get("/metrics").expect("metrics");
    let line = answer
        .text
        .lines()
        .find(|line| line.starts_with(name) && !line.starts_with('#'));
    let value = line.and_then(|line| line.rsplit(' ').next());
    value.and_then(|v| v.parse().ok()).unwrap_or_default()
}

#[test]
fn answers_are_the_same_from_memory_and_from_either_store_whatever_has_left_and_came_late() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let mut lines = weeks();
    let data = tmp.path().join("data");
    // A tenth comes late, in any order, when all that it is about has left.
    lines.shuffle(&mut ChaCha8Rng::seed_from_u64(11));
    let late = lines.split_off(lines.len() * 9 / 10);
    lines.sort_by_key(|line| {
        let event: Value = serde_json::from_str(line).expect("lines are JSON");
        event["time"].as_str().map(str::to_owned)
    });

    // What is right: nothing has left yet.
    let whole = tmp.path().join("whole");
    let all: Vec<String> = lines.iter().chain(&late).cloned().collect();
    program::ingest(&write(tmp.path(), "all.ndjson", &all), &whole);
    let server = Server::start(&whole, Clock::Events);
    let expected = answers(&server);
    server.stop();

    // The same with what is over gone from memory, and asked of the store.
    let server = Server::start(&whole, Clock::Events);
    let dossiers = metric(&server, "vonglau_state_dossiers");
    assert_same_answers("after it has left", &answers(&server), &expected);
    server.stop();
    let server = Server::start_with(&whole, Clock::Events, FROM_STORE);
    assert_same_answers("all from the store", &answers(&server), &expected);
    server.stop();

    // The late ones after the others have left, in two pieces with a kill between.
    program::ingest(&write(tmp.path(), "most.ndjson", &lines), &data);
    Server::start(&data, Clock::Events).stop();
    let server = Server::start(&data, Clock::Events);
    let (first, second) = late.split_at(late.len() / 2);
    server.http().post_all(&ndjson(first));
    server.kill();
    let server = Server::start(&data, Clock::Events);
    server.http().post_all(&ndjson(second));
    assert_same_answers("after late events", &answers(&server), &expected);
    server.stop();
    let server = Server::start(&data, Clock::Events);
    assert_same_answers("after they have left again", &answers(&server), &expected);
    let again = metric(&server, "vonglau_state_dossiers");
    assert!(
        again <= dossiers,
        "{again} dossiers in memory, {dossiers} before"
    );
    server.stop();

    // Facts that are lost are written again, also of what has left.
    std::fs::remove_dir_all(data.join("facts")).expect("facts can be removed");
    let server = Server::start_with(&data, Clock::Events, FROM_STORE);
    assert_same_answers("facts written again", &answers(&server), &expected);
    server.stop();

    // A ClickHouse that is given to the directory now gets everything, too.
    let clickhouse = ClickHouse::start(&tmp.path().join("ch"));
    let store = clickhouse.store();
    let data_text = data.to_str().expect("test paths are UTF-8");
    let migrated = run(&["migrate", "--data", data_text]).done().json();
    let copied = run(&["copy-store", "--data", data_text, "--to", &store])
        .done()
        .json();
    for position in ["events", "facts", "checkpoint"] {
        assert_eq!(migrated[position], all.len(), "{migrated}");
    }
    assert_eq!(copied["position"], all.len(), "{copied}");
    let setup = Setup {
        args: &["--store", &store],
        ..FROM_STORE
    };
    let server = Server::start_with(&data, Clock::Events, setup);
    assert_same_answers("from ClickHouse", &answers(&server), &expected);
    server.stop();
}

#[test]
fn a_restart_goes_on_from_a_checkpoint_an_older_one_or_the_journal() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let lines = weeks();
    let data = tmp.path().join("data");
    let (first, rest) = lines.split_at(lines.len() / 2);
    let (second, third) = rest.split_at(rest.len() / 2);
    for piece in [first, second] {
        let server = Server::start(&data, Clock::Events);
        server.http().post_all(&ndjson(piece));
        server.stop();
    }
    let server = Server::start(&data, Clock::Events);
    server.http().post_all(&ndjson(third));
    let expected = answers(&server);
    server.kill();
    let checkpoints = || {
        let entries = std::fs::read_dir(data.join("checkpoint")).expect("checkpoints are there");
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        paths
    };
    assert_eq!(checkpoints().len(), 2);
    for damaged in 0..=2_usize {
        // The newest one first.
        if let Some(path) = damaged
            .checked_sub(1)
            .and_then(|n| checkpoints().into_iter().rev().nth(n))
        {
            let mut bytes = std::fs::read(&path).expect("a checkpoint can be read");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(path, bytes).expect("a checkpoint can be changed");
        }
        let server = Server::start(&data, Clock::Events);
        assert_same_answers(&format!("{damaged} damaged"), &answers(&server), &expected);
        let told = server.log().matches("a checkpoint cannot be read").count();
        assert_eq!(told, damaged, "{}", server.log());
        server.kill();
    }
}

#[test]
fn the_begin_of_the_journal_can_be_given_up() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let lines = weeks();
    let data = tmp.path().join("data");
    let setup = Setup {
        args: &[
            "--keep-journal-days",
            "0",
            "--journal-segment-bytes",
            "100kB",
        ],
        ..Setup::default()
    };
    let begin = || {
        let entries = std::fs::read_dir(data.join("journal")).expect("a journal is there");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names.min().expect("a journal has a segment")
    };
    let pieces: Vec<&[String]> = lines.chunks(lines.len() / 5 + 1).collect();
    for piece in &pieces {
        let server = Server::start_with(&data, Clock::Events, setup);
        server.http().post_all(&ndjson(piece));
        server.stop();
    }
    let server = Server::start_with(&data, Clock::Events, setup);
    assert_ne!(begin(), "0000000000000000.vlj", "the begin is gone");
    let whole = tmp.path().join("whole");
    program::ingest(&write(tmp.path(), "all.ndjson", &lines), &whole);
    let other = Server::start(&whole, Clock::Events);
    assert_same_answers("with a short journal", &answers(&server), &answers(&other));
    // What was given up is still known to have been there.
    let again = server.http().post(&ndjson(pieces[0])).ok();
    assert_eq!(again["duplicate"], pieces[0].len(), "{again}");
    server.stop();

    // Without its checkpoints such a directory says what to do.
    std::fs::remove_dir_all(data.join("checkpoint")).expect("checkpoints can be removed");
    let report = [
        "report",
        "visits",
        "--from",
        START,
        "--to",
        "2026-11-20",
        "--format",
        "csv",
    ];
    let data = data.to_str().expect("test paths are UTF-8");
    let refused = run(&[&report[..], &["--data", data]].concat());
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("restore the newest backup"),
        "{}",
        refused.stderr
    );
}
