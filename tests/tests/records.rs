//! Proves that the alert desk's log is asked as other facts are: the report of alerts, SQL over `alerts`, and the quality of alerts
//! have the same figures, while the server runs, after it, and as a plain count over the cases says.

use std::time::{Duration, Instant};

use harness::events::{DAY, NEXT_DAY, beats};
use harness::http::Http;
use harness::program::{self, run};
use harness::server::{Clock, Server};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);
const TALKER: &str = "00008";

/// Waits until so many cases are in a state.
#[track_caller]
fn wait(http: &Http, state: &str, n: usize) -> Vec<Value> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let query = [("state", state), ("group", "silent")];
        let found = http.get("/api/v1/alerts", &query).ok();
        let found = found["alerts"].as_array().expect("alerts").clone();
        if found.len() == n {
            return found;
        }
        assert!(Instant::now() < deadline, "{n} {state}: {found:#?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn act(http: &Http, case: &Value, what: &str, body: Value) {
    let id = case["id"].as_str().expect("an id");
    http.post_json(&format!("/api/v1/alerts/{id}/{what}"), &body)
        .ok();
}

fn sql(http: &Http, query: &str) -> Value {
    http.sql(query).ok()
}

#[test]
fn cases_are_reported_and_asked_as_a_plain_count_says() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let http = server.http();
    // Three points fall silent one after the other: each is an alert of its own.
    let points = ["00004", "00025", "00034"];
    http.post_all(&beats(&[
        (TALKER, 450..560),
        (points[0], 450..510),
        (points[1], 450..520),
        (points[2], 450..530),
    ]));
    let cases = wait(&http, "new", 3);
    let of = |site: &str| {
        let found = cases.iter().find(|case| case["site"] == site);
        found.expect("its case").clone()
    };
    let by = |more: Value| {
        let mut body = more;
        body["by"] = json!("ca-1");
        body
    };
    // One is taken in hand and nothing is done, one is urged and answered, one has nobody.
    act(&http, &of(points[0]), "acknowledge", by(json!({})));
    http.post_all(&beats(&[(TALKER, 560..575)]));
    let urge = json!({"agency": "so-tttt", "text": "kiểm tra đường truyền"});
    act(&http, &of(points[1]), "urge", by(urge));
    let answer = json!({"urge": 1, "text": "đã sửa"});
    act(&http, &of(points[1]), "answer", by(answer));
    http.post_all(&beats(&[
        (TALKER, 575..600),
        (points[0], 575..600),
        (points[1], 575..600),
        (points[2], 575..600),
    ]));
    wait(&http, "returned", 1);
    wait(&http, "settled", 2);

    let silent = [("state", "all"), ("group", "silent")];
    let all = http.get("/api/v1/alerts", &silent).ok();
    let all = all["alerts"].as_array().expect("alerts");
    let seconds = |from: &Value, to: &Value| -> f64 {
        let at = |v: &Value| harness::naive::instant(v.as_str().expect("a time"));
        (at(to) - at(from)) as f64 / 1e3
    };
    let mut waits: Vec<f64> = all
        .iter()
        .filter(|case| !case["acknowledged_at"].is_null())
        .map(|case| seconds(&case["raised_at"], &case["acknowledged_at"]))
        .collect();
    waits.sort_by(f64::total_cmp);
    assert_eq!(waits.len(), 2);
    let span = [("from", DAY), ("to", NEXT_DAY), ("family", "alerts")];
    let by_group = [span.as_slice(), &[("by", "group")]].concat();
    let report = http.get("/api/v1/report", &by_group).ok();
    // Beside the silence of points there are the plan's overdue tasks, which stand on that day.
    let rows = report["rows"].as_array().expect("rows");
    let row = rows
        .iter()
        .find(|row| row["group"] == "silent")
        .expect("the group");
    let expected = json!({
        "raised": 3, "low": 0, "medium": 3, "high": 0, "corrected": 0,
        "escalated": all.iter().filter(|c| !c["escalated_at"].is_null()).count(),
        "acknowledged": 2, "median_acknowledge_s": waits[0], "p90_acknowledge_s": waits[1],
        "acknowledged_without_action": 1, "without_action_share": 0.5,
        "explained": 0, "urged": 1, "answered": 1, "closed": 0, "open": 3,
    });
    for (name, figure) in expected.as_object().expect("figures") {
        let same = match (figure.as_f64(), row[name].as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-6,
            _ => false,
        };
        assert!(same, "{name}: {} is not {figure}", row[name]);
    }
    // The quality of alerts has the same counts.
    let whole = http.get("/api/v1/report", &span).ok();
    let row = &whole["rows"][0];
    let quality = http.get("/api/v1/alerts/quality", &span[..2]).ok();
    for name in [
        "raised",
        "median_acknowledge_s",
        "acknowledged_without_action",
        "without_action_share",
    ] {
        assert_eq!(
            (quality[name].as_f64(), quality[name].is_null()),
            (row[name].as_f64(), row[name].is_null()),
            "{name}"
        );
    }
    // By what alerts have of their own, and by the usual.
    let keys = |word: &str| -> Vec<(String, u64)> {
        let mut query = span.to_vec();
        query.push(("by", word));
        let answer = http.get("/api/v1/report", &query).ok();
        let rows = answer["rows"].as_array().expect("rows");
        let told = rows.iter().map(|row| {
            let key = row[word].as_str().expect("a key").to_owned();
            (key, row["raised"].as_u64().expect("a count"))
        });
        told.collect()
    };
    let pair = |key: &str, n: u64| (key.to_owned(), n);
    assert_eq!(keys("group"), [pair("plan", 1), pair("silent", 3)]);
    assert_eq!(keys("rule"), [pair("silent", 3), pair("tasks_overdue", 1)]);
    assert_eq!(keys("priority"), [pair("low", 1), pair("medium", 3)]);
    assert_eq!(keys("day"), [pair(DAY, 4)]);
    assert_eq!(keys("site").len(), 3);
    http.get(
        "/api/v1/report",
        &[span.as_slice(), &[("by", "service")]].concat(),
    )
    .assert_problem(400);
    http.get("/api/v1/report", &span[..2]).assert_problem(400);

    // SQL has a row for each case, as HTTP shows it.
    let rows = sql(
        &http,
        "select alert, alert_group, rule, subject_kind, subject, site, priority, state, standing, corrected, \
         assigned_to, acknowledged_by, explanations, urges, answers, sample, threshold, value_unit \
         from alerts where alert_group = 'silent' order by alert",
    );
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.len(), 3);
    for row in rows {
        let case = all
            .iter()
            .find(|c| c["id"] == row["alert"])
            .expect("its case");
        for (column, field) in [
            ("alert_group", &case["group"]),
            ("rule", &case["rule"]),
            ("subject_kind", &case["subject"]["kind"]),
            ("subject", &case["subject"]["id"]),
            ("site", &case["site"]),
            ("priority", &case["priority"]),
            ("state", &case["state"]),
            ("standing", &case["standing"]),
            ("corrected", &case["corrected"]),
            ("assigned_to", &case["assigned_to"]),
            ("acknowledged_by", &case["acknowledged_by"]),
            ("sample", &case["reasons"][0]["sample"]),
            ("threshold", &case["reasons"][0]["limit"]),
            ("value_unit", &case["reasons"][0]["unit"]),
        ] {
            assert_eq!(&row[column], field, "{column} of {row}");
        }
        let count = |list: &str| case[list].as_array().map_or(0, Vec::len);
        assert_eq!(
            (&row["urges"], &row["explanations"]),
            (&json!(count("urges")), &json!(count("explanations")))
        );
    }

    // What is closed a day later counts as closed, also for who asks the directory without a server.
    let last = of(points[0]);
    act(&http, &last, "close", by(json!({"reason": "đã xong"})));
    let data = dir.path().to_str().expect("UTF-8");
    let args = [
        "report", "alerts", "--data", data, "--from", DAY, "--to", NEXT_DAY, "--by", "hour",
        "--format", "json",
    ];
    let asked = run(&args).done().json();
    server.stop();
    let alone = run(&args).done().json();
    assert_eq!(alone["rows"], asked["rows"]);
    let closed = |answer: &Value| -> u64 {
        let rows = answer["rows"].as_array().expect("rows");
        rows.iter().filter_map(|row| row["closed"].as_u64()).sum()
    };
    assert_eq!(closed(&alone), 1, "{alone}");
    let query = "select state, count(*) as n from alerts group by state order by state";
    let counted = run(&["sql", "--data", data, query]).done().stdout;
    assert_eq!(
        counted.trim_end(),
        "state,n\nclosed,1\nnew,1\nreturned,1\nsettled,1"
    );
    assert_eq!(
        program::report("alerts", dir.path(), DAY, NEXT_DAY, None)["rows"][0]["raised"],
        4
    );
}
