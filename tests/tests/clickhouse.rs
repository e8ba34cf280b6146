//! Proves that facts in ClickHouse are those of the embedded store, to the last row, whatever the order, the
//! repetition and the failures on the way; and that a store that cannot be right is refused with a line that
//! says what to do.

use std::path::Path;
use std::time::{Duration, Instant};

use harness::clickhouse::ClickHouse;
use harness::events::{ndjson, ticket, tickets};
use harness::program::{self, run};
use harness::server::{Clock, Server, Setup, free_port};
use serde_json::json;

/// Every table with an order that tells its rows apart, and its columns as both engines write them alike.
const TABLES: &[(&str, &str)] = &[
    (
        "visits_rows",
        "site, unit, cast(day as varchar) as day, ticket, service, counter, priority, purpose, us(issued_at) as i, us(started_at) as s, us(ended_at) as e, outcome, wait_s, transaction_s, dossiers, legs, approximate, walk_in",
    ),
    (
        "dossiers_rows",
        "cast(day as varchar) as day, dossier, code_valid, procedure, field, site, unit, agency, holder, channel, us(submitted_at) as s, us(accepted_at) as a, us(due_at) as d, us(ended_at) as e, us(last_event_at) as l, stage, paused, us(digitised_at) as g, us(second_supplement_at) as u, working_hours",
    ),
    (
        "dossier_steps_rows",
        "dossier, us(at) as t, step, agency, us(due_at) as d, source, id",
    ),
    (
        "ratings_rows",
        "us(at) as t, score, channel, site, unit, counter, source, id",
    ),
    (
        "boards_rows",
        "site, service, us(at) as t, waiting, open_counters, serving, service_seconds, held_s, source, id",
    ),
    (
        "counters_rows",
        "site, counter, us(at) as t, state, services, performer, source, id",
    ),
    (
        "feedback_rows",
        "feedback, us(at) as t, step, site, agency, field, about, us(due_at) as d, satisfied, source, id",
    ),
];

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

/// A table's rows as sorted lines, as the embedded store has them.
fn embedded(data: &Path, table: &str, columns: &str) -> Vec<String> {
    let columns = with(columns, |c| {
        format!("cast(arrow_cast({c}, 'Int64') as varchar)")
    });
    let sql = format!("select {columns} from {table}");
    lines(&run(&["sql", "--data", text(data), &sql]).done().stdout)
}

/// The same of ClickHouse, by its own interface.
fn there(clickhouse: &ClickHouse, table: &str, columns: &str) -> Vec<String> {
    let columns = columns.replace("as varchar", "as String");
    let columns = with(&columns, |c| {
        format!("toString(toUnixTimestamp64Micro({c}))")
    });
    lines(&clickhouse.ask(&format!(
        "SELECT {columns} FROM {table} FINAL FORMAT CSVWithNames"
    )))
}

/// Puts something around each column of times, `us(…)`, to make it microseconds since 1970.
fn with(columns: &str, wrap: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    let mut rest = columns;
    while let Some((before, after)) = rest.split_once("us(") {
        let (column, tail) = after.split_once(')').expect("a bracket closes");
        out += before;
        out += &wrap(column);
        rest = tail;
    }
    out + rest
}

/// CSV lines without quotes and without the marks by which engines write nothing and truth, sorted.
fn lines(csv: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(true)
        .from_reader(csv.as_bytes());
    let mut rows: Vec<String> = reader
        .records()
        .map(|record| {
            let record = record.expect("CSV is well-formed");
            let cells = record.iter().map(|cell| match cell {
                "\\N" => String::new(),
                // Both write the shortest form, one with `.0`.
                cell => cell.strip_suffix(".0").unwrap_or(cell).to_owned(),
            });
            cells.collect::<Vec<_>>().join("|")
        })
        .collect();
    rows.sort();
    rows
}

/// A simulated day of a small city with the dossiers under way: some thousand lines that leave facts.
fn day() -> Vec<String> {
    let simulate = [
        "simulate",
        "--start",
        "2026-11-23",
        "--scale",
        "0.02",
        "--warm",
        "3",
    ];
    let all = run(&simulate).done().stdout;
    let facts = all
        .lines()
        .filter(|line| !line.contains("device.heartbeat"));
    facts.map(str::to_owned).collect()
}

#[track_caller]
fn assert_same(data: &Path, clickhouse: &ClickHouse) {
    for (table, columns) in TABLES {
        let (here, there) = (
            embedded(data, table, columns),
            there(clickhouse, table, columns),
        );
        let differing: Vec<_> = here
            .iter()
            .zip(&there)
            .filter(|(a, b)| a != b)
            .take(3)
            .collect();
        assert!(
            here == there,
            "{table}: {} rows here, {} there, {differing:#?}",
            here.len(),
            there.len()
        );
    }
}

/// Asks the server for SQL, which brings its store up to the journal first.
fn flushed(server: &Server) -> String {
    let answer = server
        .http()
        .try_post_to("/api/v1/sql", "select count(*) as n from visits_rows");
    answer.expect("the server answers").ok().to_string()
}

#[test]
fn facts_in_clickhouse_are_those_of_the_embedded_store_in_any_order_and_through_failures() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let lines = day();
    let here = tmp.path().join("here");
    let file = tmp.path().join("all.ndjson");
    std::fs::write(&file, ndjson(&lines)).expect("a file can be written");
    program::ingest(&file, &here);

    let clickhouse = ClickHouse::start(&tmp.path().join("ch"));
    let data = tmp.path().join("there");
    let store = clickhouse.store();
    let mut server = Server::start_with(
        &data,
        Clock::Events,
        Setup {
            args: &["--store", &store],
            ..Setup::default()
        },
    );
    // Backwards, in pieces, each piece sent twice, with failures before and after the work, and kills between.
    let mut reversed = lines.clone();
    reversed.reverse();
    let mut failures = 0;
    let pieces: Vec<&[String]> = reversed.chunks(reversed.len() / 6 + 1).collect();
    for (i, piece) in pieces.iter().enumerate() {
        server.http().post_all(&ndjson(piece));
        if clickhouse.can_fail() {
            clickhouse.fault(&json!({
                "mode": "error", "when": "either", "probability": 0.4, "seed": i, "match": "INSERT",
            }));
        }
        // It may fail; what it took may be told or not.
        let _ = server.http().try_post_to("/api/v1/sql", "select 1 as one");
        if clickhouse.can_fail() {
            failures += clickhouse.heal();
        }
        let again = server.http().post(&ndjson(piece)).ok();
        assert_eq!(again["duplicate"], piece.len(), "{again}");
        if i % 2 == 1 {
            server.kill();
            server = Server::start_with(
                &data,
                Clock::Events,
                Setup {
                    args: &["--store", &store],
                    ..Setup::default()
                },
            );
        } else {
            flushed(&server);
        }
    }
    flushed(&server);
    assert!(
        failures > 0 || !clickhouse.can_fail(),
        "nothing went wrong on the way"
    );
    assert_same(&here, &clickhouse);
    let ledger = clickhouse.ask("SELECT max(position) FROM ledger");
    assert_eq!(ledger, lines.len().to_string());

    // The same question of either store, by the program.
    let question =
        "select site, count(*) as n, sum(wait_s) as w from visits group by site order by site";
    let there = server
        .http()
        .try_post_to("/api/v1/sql", question)
        .expect("an answer")
        .ok();
    let asked = run(&["sql", "--data", text(&here), "--format", "json", question]).done();
    let sums = |rows: &serde_json::Value| -> Vec<(String, i64, i64)> {
        let rows = rows.as_array().expect("rows are an array").clone();
        let whole = |v: &serde_json::Value| v.as_f64().map_or(-1, |x| (x * 1000.0).round() as i64);
        let row = |r: &serde_json::Value| (r["site"].to_string(), whole(&r["n"]), whole(&r["w"]));
        rows.iter().map(row).collect()
    };
    assert_eq!(sums(&there), sums(&asked.json()));
    assert!(server.stop().success());
}

#[test]
fn the_room_goes_on_without_clickhouse_and_nothing_is_lost_or_twice_when_it_returns() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let lines = day();
    let folder = tmp.path().join("ch");
    let port = free_port();
    let clickhouse = ClickHouse::start_with(&folder, port, &[]);
    if !clickhouse.can_fail() {
        return;
    }
    let store = clickhouse.store();
    let data = tmp.path().join("data");
    let server = Server::start_with(
        &data,
        Clock::Events,
        Setup {
            args: &["--store", &store],
            ..Setup::default()
        },
    );
    let (first, rest) = lines.split_at(lines.len() / 3);
    server.http().post_all(&ndjson(first));
    flushed(&server);
    drop(clickhouse);
    // Away: taken, counted and shown all the same.
    server.http().post_all(&ndjson(rest));
    let answer = server
        .http()
        .try_post_to("/api/v1/sql", "select 1 as one")
        .expect("an answer");
    assert_ne!(answer.status, 200);
    let report = server.http().report(
        "visits",
        "2026-11-23T00:00:00+07:00",
        "2026-11-24T00:00:00+07:00",
        None,
    );
    assert!(
        report.ok()["rows"][0]["visits"]
            .as_u64()
            .is_some_and(|n| n > 0)
    );
    let metrics = server.http().get("/metrics", &[]).text;
    let behind = metrics
        .lines()
        .find(|l| l.starts_with("vonglau_facts_behind_events"));
    let behind: f64 = behind
        .and_then(|l| l.rsplit(' ').next())
        .and_then(|n| n.parse().ok())
        .expect("a metric");
    assert!((behind - rest.len() as f64).abs() < 0.5, "{behind}");

    let clickhouse = ClickHouse::start_with(&folder, port, &[]);
    let deadline = Instant::now() + Duration::from_mins(1);
    while clickhouse.ask("SELECT max(position) FROM ledger") != lines.len().to_string() {
        assert!(Instant::now() < deadline, "not caught up: {}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    let here = tmp.path().join("here");
    let file = tmp.path().join("all.ndjson");
    std::fs::write(&file, ndjson(&lines)).expect("a file can be written");
    program::ingest(&file, &here);
    assert_same(&here, &clickhouse);
    assert!(server.stop().success());
}

/// What a server says that refuses to start on a store, without the password that the tests use.
#[track_caller]
fn refusal(data: &Path, store: &str) -> String {
    let address = format!("127.0.0.1:{}", free_port());
    let args = [
        "serve",
        "--data",
        text(data),
        "--clock",
        "events",
        "--open",
        "--listen",
        &address,
        "--store",
        store,
    ];
    let run = run(&args);
    assert_ne!(run.code, 0, "{store}");
    assert!(
        !run.stderr.contains("geheim"),
        "a password is shown: {}",
        run.stderr
    );
    run.stderr
}

#[test]
fn a_table_that_was_renamed_is_made_and_filled_anew() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let clickhouse = ClickHouse::start(&tmp.path().join("ch"));
    // Rows are kept for fifty years here: the schema with a period is one that the engine takes.
    let store = format!("{}?keep=50+YEAR", clickhouse.store());
    let data = tmp.path().join("data");
    let serve = || {
        let args = ["--store", store.as_str()];
        let server = Server::start_with(
            &data,
            Clock::Events,
            Setup {
                args: &args,
                ..Setup::default()
            },
        );
        flushed(&server);
        server
    };
    let server = serve();
    server.http().post_all(&tickets(1, 50));
    flushed(&server);
    assert!(server.stop().success());
    assert!(
        clickhouse
            .ask("SHOW CREATE TABLE visits_rows")
            .contains("TTL")
    );
    clickhouse.ask("RENAME TABLE visits_rows TO visits_by_hand");
    let server = serve();
    assert_eq!(clickhouse.ask("SELECT count() FROM visits"), "50");
    assert_eq!(clickhouse.ask("SELECT max(position) FROM ledger"), "50");
    assert!(server.stop().success());
}

#[test]
fn a_store_that_cannot_be_right_is_refused_in_one_line() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let clickhouse = ClickHouse::start(&tmp.path().join("ch"));
    let store = clickhouse.store();
    let refused = |data: &str, store: &str, word: &str| {
        let said = refusal(&tmp.path().join(data), store);
        assert!(said.contains(word), "{said:?} does not say {word:?}");
    };
    refused("a", "postgres://h/db", "clickhouse://user@host");
    refused("a", "clickhouse://u:geheim@h/db?ttl=1", "clickhouse://");
    refused(
        "a",
        &store
            .replace("/facts", "/nowhere")
            .replace("vonglau_test", "nowhere"),
        "CREATE DATABASE",
    );

    let server = Server::start_with(
        &tmp.path().join("a"),
        Clock::Events,
        Setup {
            args: &["--store", &store],
            ..Setup::default()
        },
    );
    server
        .http()
        .post(&ndjson(&[ticket("issued", "08:00", "00004", "A1")]));
    flushed(&server);
    assert!(server.stop().success());
    refused("b", &store, "another installation");

    // The journal is gone, and the facts are not.
    std::fs::remove_dir_all(tmp.path().join("a/journal")).expect("a journal is there");
    refused("a", &store, "older copy");

    clickhouse.ask("TRUNCATE TABLE ledger");
    clickhouse.ask("ALTER TABLE visits_rows DROP COLUMN wait_s SETTINGS mutations_sync = 1");
    refused("b", &store, "visits_rows");
    clickhouse.ask("DROP TABLE visits_rows");
    clickhouse.ask("CREATE TABLE visits_rows (site String, day Date, ticket String, version UInt64) ENGINE = MergeTree ORDER BY site");
    refused("b", &store, "visits_rows");
    clickhouse.ask("DROP TABLE visits_rows");
    let made = clickhouse.ask("SHOW CREATE TABLE dossiers_rows FORMAT TSVRaw");
    let window = "non_replicated_deduplication_window = 10000";
    assert!(made.contains(window), "{made}");
    clickhouse.ask("DROP TABLE dossiers_rows");
    clickhouse.ask(&made.replace(window, "non_replicated_deduplication_window = 0"));
    refused("b", &store, "twice");
}

#[test]
fn a_store_that_is_found_ahead_of_the_journal_only_later_is_left_as_it_is() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let (folder, data, port) = (tmp.path().join("ch"), tmp.path().join("data"), free_port());
    let clickhouse = ClickHouse::start_with(&folder, port, &[]);
    if !clickhouse.can_fail() {
        return;
    }
    let store = clickhouse.store();
    let args = ["--store", store.as_str()];
    let server = Server::start_with(&data, Clock::Events, Setup::with(&args));
    server.http().post_all(&tickets(1, 50));
    flushed(&server);
    assert!(server.stop().success());

    // The journal is lost while ClickHouse is away, and nobody can know yet that it is shorter.
    drop(clickhouse);
    std::fs::remove_dir_all(data.join("journal")).expect("a journal is there");
    let server = Server::start_with(&data, Clock::Events, Setup::with(&args));
    server.http().post_all(&tickets(1, 20));
    let clickhouse = ClickHouse::start_with(&folder, port, &[]);
    let deadline = Instant::now() + Duration::from_mins(1);
    while !server.log().contains("older copy") {
        assert!(Instant::now() < deadline, "not told: {}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    let asked = server.http().sql("select count(*) as n from visits");
    assert_eq!(asked.status, 503, "{}", asked.text);
    assert!(
        asked
            .text
            .contains("up to event 50 and the journal ends at 20"),
        "{}",
        asked.text
    );
    assert_eq!(clickhouse.ask("SELECT max(position) FROM ledger"), "50");
    assert_eq!(
        clickhouse.ask("SELECT count() FROM visits_rows FINAL"),
        "50"
    );
    server.stop();
}

#[test]
fn a_wrong_password_is_told_without_showing_it() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let clickhouse = ClickHouse::start_with(
        &tmp.path().join("ch"),
        0,
        &["--user", "van", "--password", "right"],
    );
    if !clickhouse.can_fail() {
        return;
    }
    let store = format!(
        "clickhouse://van:geheim@127.0.0.1:{}/facts",
        clickhouse.port()
    );
    let said = refusal(&tmp.path().join("data"), &store);
    assert!(said.contains("VONGLAU_CLICKHOUSE_PASSWORD"), "{said}");
}
