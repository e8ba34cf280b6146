//! Proves how commands end: 0 done, 2 wrong use, 1 failed with one line that says why and what to do;
//! and that a damaged file, a taken port or a held directory is such a line, not a panic.

use std::net::TcpListener;
use std::path::Path;

use harness::events::{DAY, NEXT_DAY, ndjson, ticket, tickets};
use harness::program::{self, Run, run};
use harness::server::{Clock, Server, Setup};
use harness::{shared, short};
use serde_json::Value;

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// Exit 1, with one line on stderr, which says `word`.
#[track_caller]
fn assert_fails(run: &Run, word: &str) {
    assert_eq!(
        run.code,
        1,
        "stdout {:?}, stderr {:?}",
        program::head(&run.stdout),
        run.stderr
    );
    let said: Vec<&str> = run
        .stderr
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    assert_eq!(said.len(), 1, "one line that says why: {said:#?}");
    assert!(
        said[0].to_lowercase().contains(&word.to_lowercase()),
        "{:?} does not say {word:?}",
        said[0]
    );
}

#[test]
fn help_stands_on_every_command() {
    assert_eq!(run(&["--help"]).code, 0);
    for command in [
        "serve",
        "demo",
        "simulate",
        "ingest",
        "import",
        "report",
        "alerts",
        "coverage",
        "site",
        "key",
        "account",
        "audit",
        "pack",
        "sql",
        "watch",
        "backup",
        "restore",
        "doctor",
        "events",
        "migrate",
        "copy-store",
    ] {
        let run = run(&[command, "--help"]);
        assert_eq!(run.code, 0, "{command} --help");
        assert!(
            run.stdout.contains("Usage"),
            "{command} --help says how to use it"
        );
    }
}

#[test]
fn wrong_use_exits_2() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    program::run_with_input(&["ingest", "-", "--data", text(dir.path())], b"").done();
    let data = text(dir.path());
    let wrong: &[&[&str]] = &[
        &[],
        &["fly"],
        &["report", "visits", "--data", data],
        &[
            "report", "weather", "--data", data, "--from", DAY, "--to", NEXT_DAY, "--format",
            "json",
        ],
        &[
            "report", "visits", "--data", data, "--from", DAY, "--to", NEXT_DAY, "--by", "field",
            "--format", "json",
        ],
        &[
            "report", "dossiers", "--data", data, "--from", DAY, "--to", NEXT_DAY, "--by",
            "counter", "--format", "json",
        ],
        &[
            "report", "visits", "--data", data, "--from", "soon", "--to", NEXT_DAY, "--format",
            "json",
        ],
        &["simulate", "--days", "none", "--start", DAY, "--seed", "1"],
        &["coverage", "--rule", "perhaps"],
        &["ingest", "-"],
    ];
    for args in wrong {
        let run = run(args);
        assert_eq!(run.code, 2, "{args:?}: stderr {}", run.stderr);
        assert!(!run.stderr.is_empty(), "{args:?} says what is wrong");
        assert!(run.stdout.is_empty(), "{args:?}: errors belong on stderr");
    }
}

#[test]
fn events_are_written_as_they_came() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let lines = short::city("2", "0.002");
    let input = ndjson(&lines);
    let ingest = |input: &str, data: &Path| {
        let args = ["ingest", "-", "--data", text(data), "--clock", "events"];
        program::run_with_input(&args, input.as_bytes()).done()
    };
    ingest(&input, &data);
    let written = run(&["events", "--data", text(&data)]).done().stdout;
    // Applicants are keyed, and all else says what it said.
    let without_applicant = |line: &str| {
        let line = line.replace(".000+07:00", "+07:00");
        let mut event: Value = serde_json::from_str(&line).expect("a line is JSON");
        let applicant = event["data"]
            .as_object_mut()
            .and_then(|data| data.remove("applicant"));
        (event, applicant.is_some())
    };
    assert_eq!(written.lines().count(), lines.len());
    for (line, event) in lines.iter().zip(written.lines()) {
        assert_eq!(without_applicant(line), without_applicant(event));
    }

    let copy = dir.path().join("copy");
    ingest(&written, &copy);
    let figures = |data: &Path| program::report("dossiers", data, short::START, short::END, None);
    assert_eq!(figures(&copy)["rows"], figures(&data)["rows"]);

    let server = Server::start(&data, Clock::Events);
    let again = run(&["events", "--data", text(&data)]).done().stdout;
    assert!(again == written, "the same beside a server");
    server.stop();

    let nowhere = dir.path().join("nowhere");
    assert_fails(&run(&["events", "--data", text(&nowhere)]), "nowhere");
}

#[test]
fn a_taken_port_is_said_in_one_line() {
    let holder = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    let address = holder.local_addr().expect("an address").to_string();
    let dir = tempfile::tempdir().expect("a temporary directory");
    let run = run(&[
        "serve",
        "--data",
        text(dir.path()),
        "--open",
        "--listen",
        &address,
    ]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let last = run.stderr.lines().last().unwrap_or_default();
    assert!(last.contains(&address) && last.contains("in use"), "{last}");
}

#[test]
fn open_is_for_loopback_addresses_only() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let run = run(&[
        "serve",
        "--data",
        text(dir.path()),
        "--open",
        "--listen",
        "0.0.0.0:0",
    ]);
    assert!([1, 2].contains(&run.code), "{} {}", run.code, run.stderr);
    assert!(run.stderr.contains("loopback"), "{}", run.stderr);
}

#[test]
fn ingest_says_its_counts_in_the_last_line_and_writes_the_rejects() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let rejects = dir.path().join("rejects");
    let good = ticket("issued", "08:00", "00004", "A1");
    let input = ndjson(&[good.as_str(), "nonsense", good.as_str()]);
    let args = [
        "ingest",
        "-",
        "--data",
        text(&data),
        "--clock",
        "events",
        "--rejects",
        text(&rejects),
    ];
    let run = program::run_with_input(&args, input.as_bytes()).done();
    let counts = run.last_line();
    for (name, n) in [
        ("accepted", 1),
        ("duplicate", 1),
        ("conflicting", 0),
        ("rejected", 1),
        ("dropped_fields", 0),
    ] {
        assert_eq!(counts[name], n, "{name} of {counts}");
    }
    let written = std::fs::read_to_string(&rejects).expect("the rejects are written");
    assert!(
        written.contains("nonsense") && written.contains("malformed_json"),
        "line and reason: {written}"
    );
}

#[test]
fn ingest_checks_against_the_machines_clock_unless_told_otherwise() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let ahead = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48)).to_string();
    let input = ndjson(&[ticket("issued", &ahead, "00004", "A1")]);
    let wall = program::run_with_input(
        &["ingest", "-", "--data", text(&dir.path().join("wall"))],
        input.as_bytes(),
    );
    assert_eq!(wall.done().last_line()["rejected"], 1);
    let events = dir.path().join("events");
    let args = ["ingest", "-", "--data", text(&events), "--clock", "events"];
    assert_eq!(
        program::run_with_input(&args, input.as_bytes())
            .done()
            .last_line()["accepted"],
        1
    );
}

#[test]
fn ingest_over_http_counts_the_same() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let url = format!("http://{}", server.address());
    let lines: Vec<String> = (0..500)
        .map(|i| ticket("issued", "08:00", "00004", &format!("A{i}")))
        .collect();
    let run =
        program::run_with_input(&["ingest", "-", "--url", &url], ndjson(&lines).as_bytes()).done();
    assert_eq!(run.last_line()["accepted"], 500);
    assert_eq!(
        server.http().report("visits", DAY, NEXT_DAY, None).ok()["rows"][0]["visits"],
        500
    );
}

#[test]
fn a_directory_that_a_server_holds_is_asked_through_it_or_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    server
        .http()
        .post_all(&ndjson(&[ticket("issued", "08:00", "00004", "A1")]));
    let args = [
        "report",
        "visits",
        "--data",
        text(dir.path()),
        "--from",
        DAY,
        "--to",
        NEXT_DAY,
        "--format",
        "json",
    ];
    let asked = run(&args);
    if asked.code == 0 {
        assert_eq!(
            asked.json()["rows"][0]["visits"],
            1,
            "the running server's figures"
        );
    } else {
        assert_fails(&asked, "server");
    }
    let args = [
        "serve",
        "--data",
        text(dir.path()),
        "--open",
        "--listen",
        "127.0.0.1:0",
    ];
    let second = run(&args);
    assert_eq!(
        second.code, 1,
        "two servers never hold one directory: {}",
        second.stderr
    );
    assert_eq!(
        server.http().get("/readyz", &[]).status,
        200,
        "the first goes on"
    );
}

#[test]
fn what_cannot_be_read_is_said_in_one_line() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let missing = dir.path().join("missing.ndjson");
    let data = dir.path().join("data");
    assert_fails(
        &run(&["ingest", text(&missing), "--data", text(&data)]),
        "missing.ndjson",
    );
    let no_pack = dir.path().join("broken.pack");
    std::fs::write(&no_pack, b"this is no pack").expect("a file can be written");
    assert_fails(&run(&["pack", "show", text(&no_pack)]), "broken.pack");
    assert_fails(
        &run(&["coverage", "--pack", text(&no_pack), "--format", "json"]),
        "broken.pack",
    );
    let line = ndjson(&[ticket("issued", "08:00", "00004", "A1")]);
    let nobody = ["ingest", "-", "--url", "http://127.0.0.1:1"];
    assert_fails(
        &program::run_with_input(&nobody, line.as_bytes()),
        "127.0.0.1:1",
    );
    let file = dir.path().join("file");
    std::fs::write(&file, b"a file").expect("a file can be written");
    assert_fails(
        &run(&[
            "report",
            "visits",
            "--data",
            text(&file),
            "--from",
            DAY,
            "--to",
            NEXT_DAY,
            "--format",
            "json",
        ]),
        "file",
    );
}

#[test]
fn damaged_facts_are_written_again_from_the_journal() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("day.ndjson");
    let lines: Vec<String> = (0..2000)
        .map(|i| ticket("issued", "08:00", "00004", &format!("A{i}")))
        .collect();
    std::fs::write(&file, ndjson(&lines)).expect("a file can be written");
    let data = dir.path().join("data");
    program::ingest(&file, &data);
    let parquet = files(&data)
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "parquet"));
    let Some(parquet) = parquet else {
        eprintln!(
            "no Parquet file is written after {} events: nothing to damage",
            lines.len()
        );
        return;
    };
    let whole = std::fs::read(&parquet).expect("a file can be read");
    let damages: [fn(&mut Vec<u8>); 3] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| {
            let end = bytes.len();
            bytes[end / 2..].fill(0);
        },
        // The footer is whole and its statistics answer for it; the data is not.
        |bytes| bytes[4..400].fill(0x55),
    ];
    for damage in damages {
        let Some(parquet) = files(&data).into_iter().find(|f| {
            f.extension().is_some_and(|e| e == "parquet") && f.to_string_lossy().contains("visits")
        }) else {
            panic!("visits have a file");
        };
        let mut bytes = std::fs::read(&parquet).expect("a file can be read");
        assert!(bytes.len() >= whole.len() / 2, "a whole file stands again");
        damage(&mut bytes);
        std::fs::write(&parquet, bytes).expect("a file can be written");
        let asked = run(&[
            "sql",
            "--data",
            text(&data),
            "select count(*), max(issued_at), max(ticket), max(site), max(service) from visits",
        ])
        .done();
        assert!(
            asked.stdout.contains("2000"),
            "what is damaged is made again from the journal: {}",
            asked.stdout
        );
    }
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory can be listed") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn sql_reads_and_never_writes() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("day.ndjson");
    std::fs::write(&file, ndjson(&[ticket("issued", "08:00", "00004", "A1")]))
        .expect("a file can be written");
    let data = dir.path().join("data");
    program::ingest(&file, &data);
    for table in [
        "visits",
        "boards",
        "dossiers",
        "dossier_steps",
        "ratings",
        "alerts",
        "counters",
        "feedback",
        "sites",
        "units",
        "cells",
    ] {
        run(&[
            "sql",
            "--data",
            text(&data),
            &format!("select count(*) from {table}"),
        ])
        .done();
    }
    let outside = dir.path().join("written.csv");
    let writes = [
        "drop table visits".to_owned(),
        "create table t as select 1".to_owned(),
        "insert into visits select * from visits".to_owned(),
        format!("copy (select 1) to '{}'", text(&outside)),
        "select * from no_such_table".to_owned(),
        "selekt".to_owned(),
    ];
    for statement in writes {
        let run = run(&["sql", "--data", text(&data), &statement]);
        assert!(
            [1, 2].contains(&run.code),
            "{statement}: {} {}",
            run.code,
            run.stdout
        );
        assert!(!run.stderr.is_empty(), "{statement} says why not");
    }
    assert!(!outside.exists(), "sql writes no file");
}

#[test]
fn settings_of_a_file_are_those_of_the_flags_and_a_flag_counts_more() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("vonglau.toml");
    let data = dir.path().join("data");
    let write = |text: &str| std::fs::write(&file, text).expect("a file can be written");
    let config = ["--config", text(&file)];
    // The bound is so small that nothing is ever taken: the file was read. The clock and the address are flags.
    write(
        "max_journal_bytes = \"1kB\"\nlisten = \"203.0.113.1:1\"\nclock = \"wall\"\nopen = true\n",
    );
    let server = Server::start_with(
        &data,
        Clock::Events,
        Setup {
            args: &config,
            ..Setup::default()
        },
    );
    let answer = server.http().post(&tickets(1, 200));
    assert_eq!(answer.status, 429, "{}", answer.text);
    assert!(server.stop().success());

    for (settings, word) in [
        ("lissten = \"x\"", "`lissten` is none; those of serve are"),
        ("listen = [1]", "`listen` is neither"),
        ("listen = ", "settings in"),
        ("store = \"postgres://h\"", "clickhouse://user@host"),
    ] {
        write(settings);
        let run = run(&["serve", "--data", text(&data), config[0], config[1]]);
        assert_eq!(run.code, 2, "{settings}: {}", run.stderr);
        assert!(run.stderr.contains(word), "{settings}: {}", run.stderr);
    }
    let missing = run(&[
        "serve",
        "--data",
        text(&data),
        "--config=/no/such/file.toml",
    ]);
    assert_eq!(missing.code, 2);
    assert!(
        missing.stderr.contains("/no/such/file.toml"),
        "{}",
        missing.stderr
    );
}

#[test]
fn the_settings_in_force_are_printed_with_where_they_are_from() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("vonglau.toml");
    let settings = "listen = \"127.0.0.1:1\"\nmax_journal_bytes = \"20GB\"\nsession-hours = 24\nopen = true\nmqtt-client = \"a\"\n";
    std::fs::write(&file, settings).expect("a file can be written");
    let printed = |more: &[&str], environment: &[(&str, &str)]| {
        let whole = ["serve", "--data", "/nowhere", "--config", text(&file)];
        let mut command = program::command(&whole);
        command.args(more).arg("--print-config");
        command.envs(environment.iter().copied());
        let out = command.output().expect("the program runs");
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).expect("text")
    };
    let environment = [
        ("VONGLAU_MQTT_CLIENT", "b"),
        ("VONGLAU_STORE", "clickhouse://u:secret@h:1/d"),
    ];
    let first = printed(&["--listen", "127.0.0.1:2"], &environment);
    for line in [
        "data = \"/nowhere\" # flag",
        "listen = \"127.0.0.1:2\" # flag",
        "max-journal-bytes = \"20GB\" # file",
        "session-hours = 24 # file",
        "open = true # file",
        "mqtt-client = \"b\" # environment",
        "store = \"clickhouse://u@h:1/d\" # environment, its password not shown",
        "clock = \"wall\" # default",
        "# nats is not set",
    ] {
        assert!(first.lines().any(|l| l == line), "{line} in {first}");
    }
    assert!(!Path::new("/nowhere").exists());

    // What is printed means the same when it is read.
    std::fs::write(&file, &first).expect("a file can be written");
    let second = printed(&[], &[]);
    let values = |text: &str| -> Vec<String> {
        let set = text.lines().filter(|line| !line.starts_with('#'));
        let values = set.filter_map(|line| line.split(" # ").next());
        values.map(str::to_owned).collect()
    };
    assert_eq!(values(&first), values(&second));

    let schema = run(&["serve", "--print-config-schema"]);
    assert_eq!(schema.code, 0, "{}", schema.stderr);
    let schema: Value = serde_json::from_str(&schema.stdout).expect("JSON");
    let known = schema["properties"].as_object().expect("properties");
    for value in values(&first) {
        let name = value.split(" = ").next().expect("a name");
        assert!(known.contains_key(name), "{name}");
    }
    assert_eq!(known["clock"]["enum"][1], "events");
    assert_eq!(known["session-hours"]["type"][0], "integer");
}

#[test]
fn bus_tells_what_the_timetable_holds_and_what_was_set_aside() {
    let Some(feed) = shared::file("the timetable", "data/transit/stops.txt") else {
        return;
    };
    let folder = text(feed.parent().expect("a folder"));
    let midday = run(&["bus", "--gtfs", folder, "--summary"]);
    let err = &midday.stderr;
    assert_eq!(midday.code, 0, "{err}");
    assert_eq!(midday.stdout.lines().count(), 3, "{}", midday.stdout);
    assert!(err.contains("impossible_speed 594"), "{err}");
    assert!(err.contains("from 09:30 to 18:58"), "{err}");
    let window = ["--from", "07:30", "--until", "08:30"];
    let early = run(&[&["bus", "--gtfs", folder, "--summary"][..], &window].concat());
    assert!(early.stderr.contains("no bus then"), "{}", early.stderr);
    assert_fails(&run(&["bus", "--gtfs", "/nowhere"]), "nowhere");
    // The pack that is built in has that feed.
    assert_eq!(run(&["bus", "--summary"]).done().stdout, midday.stdout);
}
