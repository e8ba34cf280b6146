//! Proves that ClickHouse has the cases of the alert desk as the desk has them: what changes is sent, what is sent again is one row,
//! and an empty table is filled from the log, however old a case is.

use std::time::{Duration, Instant};

use harness::clickhouse::ClickHouse;
use harness::events::beats;
use harness::http::Http;
use harness::program::run;
use harness::server::{Clock, Server, Setup};
use serde_json::json;

const PATIENCE: Duration = Duration::from_mins(1);
const COLUMNS: &str = "alert, alert_group, rule, priority, site, state, standing, corrected, times, members, assigned_to, \
                       acknowledged_by, explanations, urges, answers, sample, threshold, value_unit";

/// Waits until ClickHouse's view says something.
#[track_caller]
fn wait(clickhouse: &ClickHouse, columns: &str, expected: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = clickhouse.ask(&format!(
            "SELECT {columns} FROM alerts WHERE alert_group = 'silent' FORMAT CSV"
        ));
        if found == expected {
            return;
        }
        assert!(Instant::now() < deadline, "{found} is not {expected}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[track_caller]
fn act(http: &Http, case: &str, what: &str, mut body: serde_json::Value) {
    body["by"] = json!("ca-1");
    http.post_json(&format!("/api/v1/alerts/{case}/{what}"), &body)
        .ok();
}

#[test]
fn clickhouse_has_the_cases_as_the_desk_has_them() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let clickhouse = ClickHouse::start(&dir.path().join("clickhouse"));
    let data = dir.path().join("data");
    let store = clickhouse.store();
    let args = ["--store", store.as_str()];
    let server = Server::start_with(&data, Clock::Events, Setup::with(&args));
    let http = server.http();
    http.post_all(&beats(&[("00008", 450..560), ("00004", 450..510)]));
    wait(&clickhouse, "state, site", "\"new\",\"00004\"");
    let found = http.get("/api/v1/alerts", &[("group", "silent")]).ok();
    let id = found["alerts"][0]["id"].as_str().expect("an id");
    act(&http, id, "explain", json!({"text": "mất điện"}));
    wait(
        &clickhouse,
        "alert, state, explanations",
        &format!("\"{id}\",\"acknowledged\",1"),
    );
    // What is done right before the stop is sent at it.
    act(&http, id, "assign", json!({"to": "ky-thuat-1"}));
    assert!(server.stop().success());
    wait(
        &clickhouse,
        "alert, assigned_to",
        &format!("\"{id}\",\"ky-thuat-1\""),
    );
    let there = clickhouse.ask(&format!(
        "SELECT {COLUMNS} FROM alerts ORDER BY alert FORMAT CSVWithNames"
    ));
    let data = data.to_str().expect("UTF-8");
    let sql = format!("select {COLUMNS} from alerts order by alert");
    let here = run(&["sql", "--data", data, &sql]).done().stdout;
    let plain = |csv: &str| {
        let cells = csv.trim_end().replace('"', "").replace("\\N", "");
        cells.replace(".0,", ",")
    };
    assert_eq!(plain(&there), plain(&here));

    // An empty table is filled from the log.
    clickhouse.ask("TRUNCATE TABLE alerts_rows");
    let copied = run(&["copy-store", "--data", data, "--to", &store])
        .done()
        .json();
    assert_eq!(copied["rows"]["alerts"], 2, "{copied}");
    wait(
        &clickhouse,
        "alert, assigned_to, explanations",
        &format!("\"{id}\",\"ky-thuat-1\",1"),
    );
}
