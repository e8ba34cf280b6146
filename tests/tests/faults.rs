//! Proves that a ClickHouse that fails in any way under a running server costs nothing: events are taken and shown,
//! one line says what to do, a metric moves, and when it is mended every row is there, once. What a server says
//! that does not even start is in `clickhouse.rs`, `backup.rs` and `damage.rs`.

use std::path::Path;
use std::time::{Duration, Instant};

use harness::clickhouse::ClickHouse;
use harness::events::{DAY, NEXT_DAY, tickets};
use harness::http::{Answer, Http};
use harness::server::{Clock, Server, Setup, free_port};
use serde_json::{Value, json};
use tempfile::TempDir;

const BATCH: usize = 50;
const FAILURES: &str = "vonglau_store_failures_total";
const BEHIND: &str = "vonglau_facts_behind_events";
const COUNT: &str = "select count(*) as n from visits";

fn serve(data: &Path, store: &str) -> Server {
    Server::start_with(data, Clock::Events, Setup::with(&["--store", store]))
}

/// A server on a ClickHouse that can be told to fail, and the batches posted to it.
struct Case {
    server: Server,
    clickhouse: ClickHouse,
    posted: usize,
    _tmp: TempDir,
}

impl Case {
    /// With one batch in its store; `None` on a real ClickHouse where only a harness can do what is tested.
    fn start(more: &str, needs_harness: bool) -> Option<Self> {
        let tmp = tempfile::tempdir().expect("a temporary directory");
        let clickhouse = ClickHouse::start(&tmp.path().join("ch"));
        if needs_harness && !clickhouse.can_fail() {
            return None;
        }
        let store = format!("{}{more}", clickhouse.store());
        let mut case = Self {
            server: serve(&tmp.path().join("data"), &store),
            clickhouse,
            posted: 0,
            _tmp: tmp,
        };
        case.post();
        case.assert_whole();
        Some(case)
    }

    fn http(&self) -> Http {
        self.server.http()
    }

    /// A new batch, which must be taken and shown whatever the store does.
    #[track_caller]
    fn post(&mut self) {
        self.http().post_all(&tickets(self.posted, BATCH));
        self.posted += 1;
        let report = self.http().report("visits", DAY, NEXT_DAY, None).ok();
        assert_eq!(report["rows"][0]["visits"], self.posted * BATCH);
    }

    /// SQL is refused for now with a line that has all the `words`, and the metric moves.
    #[track_caller]
    fn assert_away(&self, words: &[&str]) {
        let before = self.http().metric(FAILURES);
        let answer = self.http().sql(COUNT);
        assert_says(&answer, words);
        assert!(self.http().metric(FAILURES) > before);
    }

    /// SQL answers, and every row is in the store once.
    #[track_caller]
    fn assert_whole(&self) {
        let all = (self.posted * BATCH).to_string();
        let answer = self.http().sql(COUNT).ok();
        assert_eq!(answer[0]["n"].to_string(), all, "{answer}");
        let rows = "SELECT count(), uniqExact(ticket) FROM visits_rows FINAL";
        assert_eq!(self.clickhouse.ask(rows), format!("{all}\t{all}"));
        let ledger = self.clickhouse.ask("SELECT max(position) FROM ledger");
        assert_eq!(ledger, all);
        assert_eq!(self.http().metric(BEHIND).to_string(), "0");
    }
}

/// A problem that says to come again, in one line with all the words.
#[track_caller]
fn assert_says(answer: &Answer, words: &[&str]) {
    answer.assert_problem(503);
    let problem = answer.json();
    assert_eq!(problem["code"], "store");
    assert!(answer.retry_after.is_some_and(|s| s > 0));
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(!detail.contains('\n'), "{detail}");
    for word in words {
        assert!(detail.contains(word), "{detail:?} does not say {word:?}");
    }
}

#[test]
fn tables_altered_under_a_running_server_are_told_and_once_renamed_filled_anew() {
    let Some(mut case) = Case::start("", false) else {
        return;
    };
    let made = case
        .clickhouse
        .ask("SHOW CREATE TABLE visits_rows FORMAT TSVRaw");
    let alterations = [
        "DROP COLUMN wait_s",
        // It would take numbers, and give back text.
        "MODIFY COLUMN wait_s Nullable(String)",
        "MODIFY COLUMN issued_at Nullable(DateTime64(3, 'Asia/Ho_Chi_Minh'))",
    ];
    for (i, alteration) in alterations.iter().enumerate() {
        let alter = format!("ALTER TABLE visits_rows {alteration} SETTINGS mutations_sync = 1");
        case.clickhouse.ask(&alter);
        case.post();
        case.assert_away(&["visits_rows", "altered by hand", "rename"]);
        assert_eq!(case.http().metric(BEHIND) as usize, BATCH);
        assert!(case.server.log().contains("altered by hand"));
        let rename = format!("RENAME TABLE visits_rows TO altered_{i}");
        case.clickhouse.ask(&rename);
        case.assert_whole();
    }

    // Another table of the same name, with nothing in it: to be filled, not to be trusted.
    case.clickhouse.ask("DROP TABLE visits_rows SYNC");
    case.clickhouse.ask(&made);
    case.post();
    case.assert_whole();
    // One that does not take a batch once.
    case.clickhouse.ask("DROP TABLE visits_rows SYNC");
    let window = "non_replicated_deduplication_window = 10000";
    case.clickhouse
        .ask(&made.replace(window, "non_replicated_deduplication_window = 0"));
    case.post();
    case.assert_away(&["visits_rows", "twice", "rename"]);
    case.clickhouse.ask("RENAME TABLE visits_rows TO forgetful");
    case.assert_whole();
    // The ledger as well: what it does not say is sent again.
    case.clickhouse.ask("DROP TABLE ledger SYNC");
    case.post();
    case.assert_whole();
    assert!(case.server.stop().success());
}

#[test]
fn half_an_answer_is_none() {
    let Some(case) = Case::start("", true) else {
        return;
    };
    // The text of the program's own question is another.
    let asked = "select count(*) as n from visits where site = '00004'";
    let cut = |fault: Value, words: &[&str]| {
        let before = case.http().metric(FAILURES);
        case.clickhouse.fault(&fault);
        assert_says(&case.http().sql(asked), words);
        assert!(case.http().metric(FAILURES) > before);
        case.clickhouse.heal();
        assert_eq!(case.http().sql(asked).ok()[0]["n"], BATCH);
    };
    cut(
        json!({"mode": "half_response", "match": asked}),
        &["does not answer", "asked again"],
    );
    cut(
        json!({"mode": "short_response", "match": asked}),
        &["ends too early", "asked again"],
    );
    // Whole messages, and only the end is missing: it reads as an answer that has fewer rows.
    cut(
        json!({"mode": "short_response", "keep_bytes": -8, "match": asked}),
        &["ends too early", "asked again"],
    );
    cut(
        json!({"mode": "late_error", "code": 241, "name": "MEMORY_LIMIT_EXCEEDED", "match": asked}),
        &["241"],
    );
    // A query that is none stays the asker's own, and is no failure of the store.
    let before = case.http().metric(FAILURES);
    case.http()
        .sql("select nonsense from visits")
        .assert_problem(400);
    assert_eq!(case.http().metric(FAILURES).to_string(), before.to_string());
}

#[test]
fn whatever_fails_at_random_leaves_every_row_once() {
    let Some(mut case) = Case::start("?timeout=2s", true) else {
        return;
    };
    let faults = [
        json!({"mode": "error", "when": "either"}),
        // One that is no passing one.
        json!({"mode": "error", "when": "either", "code": 49, "name": "LOGICAL_ERROR"}),
        json!({"mode": "late_error"}),
        json!({"mode": "half_response"}),
        json!({"mode": "short_response"}),
        json!({"mode": "refuse"}),
        json!({"mode": "timeout", "when": "either", "seconds": 4, "count": 2, "match": "INSERT"}),
    ];
    let mut failures = 0;
    for (seed, fault) in faults.into_iter().enumerate() {
        let mut fault = fault;
        fault["probability"] = json!(0.4);
        fault["seed"] = json!(seed);
        case.clickhouse.fault(&fault);
        for _ in 0..3 {
            case.post();
            let answer = case.http().sql(COUNT);
            assert!(matches!(answer.status, 200 | 400 | 503), "{answer:?}");
            if answer.status == 200 {
                assert_eq!(answer.json()[0]["n"], case.posted * BATCH);
            }
        }
        failures += case.clickhouse.heal();
        case.assert_whole();
    }
    assert!(failures > 10, "{failures} requests went wrong");
    assert!(case.http().metric(FAILURES) > 0.0);
}

#[test]
fn an_answer_after_the_time_limit_is_awaited_no_longer_and_makes_no_row_twice() {
    let Some(mut case) = Case::start("?timeout=2s", true) else {
        return;
    };
    // It works, and tells nobody: three times, after which the program gives up for now.
    case.clickhouse.fault(
        &json!({"mode": "timeout", "when": "after", "seconds": 30, "count": 3, "match": "INSERT"}),
    );
    case.post();
    let begin = Instant::now();
    case.assert_away(&["does not answer", "timeout", "asked again"]);
    assert!(
        begin.elapsed() < Duration::from_secs(25),
        "waited {:?}",
        begin.elapsed()
    );
    case.post();
    case.assert_whole();
    assert_eq!(case.clickhouse.heal(), 3);
    // A question of somebody's.
    case.clickhouse
        .fault(&json!({"mode": "timeout", "seconds": 30, "match": COUNT}));
    case.assert_away(&["does not answer", "timeout"]);
    case.clickhouse.heal();
    case.assert_whole();
}

#[test]
fn a_password_changed_under_a_running_server_is_told_and_nothing_is_lost() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let (folder, port) = (tmp.path().join("ch"), free_port());
    let guarded = |password: &str| {
        ClickHouse::start_with(&folder, port, &["--user", "van", "--password", password])
    };
    let open = ClickHouse::start_with(&folder, port, &[]);
    if !open.can_fail() {
        return;
    }
    drop(open);
    let clickhouse = guarded("geheim");
    let store = clickhouse
        .store()
        .replace("clickhouse://", "clickhouse://van:geheim@");
    let server = serve(&tmp.path().join("data"), &store);
    let http = server.http();
    http.post_all(&tickets(0, BATCH));
    assert_eq!(http.sql(COUNT).ok()[0]["n"], BATCH);

    drop(clickhouse);
    let clickhouse = guarded("other");
    http.post_all(&tickets(1, BATCH));
    let before = http.metric(FAILURES);
    assert_says(&http.sql(COUNT), &["VONGLAU_CLICKHOUSE_PASSWORD"]);
    assert!(http.metric(FAILURES) > before);
    assert_eq!(http.metric(BEHIND) as usize, BATCH);
    assert!(!server.log().contains("geheim"));

    drop(clickhouse);
    let _clickhouse = guarded("geheim");
    assert_eq!(http.sql(COUNT).ok()[0]["n"], 2 * BATCH);
    assert_eq!(http.metric(BEHIND).to_string(), "0");
}

#[test]
fn a_store_that_turns_out_to_be_another_installations_stays_as_it_is() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let (folder, port) = (tmp.path().join("ch"), free_port());
    let clickhouse = ClickHouse::start_with(&folder, port, &[]);
    if !clickhouse.can_fail() {
        return;
    }
    let store = clickhouse.store();
    let first = serve(&tmp.path().join("first"), &store);
    first.http().post_all(&tickets(0, BATCH));
    first.http().sql(COUNT).ok();
    assert!(first.stop().success());
    drop(clickhouse);

    // It is away when the second begins, which therefore does.
    let second = serve(&tmp.path().join("second"), &store);
    let http = second.http();
    http.post_all(&tickets(1, 2 * BATCH));
    assert_says(&http.sql(COUNT), &["does not answer", "asked again"]);
    let clickhouse = ClickHouse::start_with(&folder, port, &[]);
    let before = http.metric(FAILURES);
    assert_says(
        &http.sql(COUNT),
        &["another installation", "a database of its own"],
    );
    assert!(http.metric(FAILURES) > before);
    let there = "SELECT (SELECT count() FROM visits_rows), (SELECT max(position) FROM ledger)";
    assert_eq!(clickhouse.ask(there), format!("{BATCH}\t{BATCH}"));
    let report = http.report("visits", DAY, NEXT_DAY, None).ok();
    assert_eq!(report["rows"][0]["visits"], 2 * BATCH);
}

#[test]
fn a_ledger_of_which_half_is_read_is_not_an_empty_one() {
    let tmp = tempfile::tempdir().expect("a temporary directory");
    let clickhouse = ClickHouse::start(&tmp.path().join("ch"));
    if !clickhouse.can_fail() {
        return;
    }
    let store = clickhouse.store();
    let first = serve(&tmp.path().join("first"), &store);
    first.http().post_all(&tickets(0, BATCH));
    first.http().sql(COUNT).ok();
    assert!(first.stop().success());
    // Without its rows, but whole to a reader of Arrow: another installation would write into it.
    for keep in [0, -8] {
        clickhouse.fault(&json!({
            "mode": "short_response", "keep_bytes": keep, "match": "FROM ledger",
        }));
        let second = serve(&tmp.path().join("second"), &store);
        second.http().post_all(&tickets(1, BATCH));
        assert_says(&second.http().sql(COUNT), &["ends too early"]);
        clickhouse.heal();
        assert_says(&second.http().sql(COUNT), &["another installation"]);
        second.kill();
        std::fs::remove_dir_all(tmp.path().join("second")).expect("it is there");
    }
    let count = "SELECT count() FROM visits_rows FINAL";
    assert_eq!(clickhouse.ask(count), BATCH.to_string());
}
