//! Index, flows, registers and lists over HTTP: against a plain computation straight from the lines, and through a restart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use harness::events::{line_from, ndjson};
use harness::http::Http;
use harness::naive::{Ms, bound, instant};
use harness::program;
use harness::server::{Clock, Server};
use serde_json::{Value, json};

/// Some weeks of a small city.
fn lines() -> Vec<Value> {
    let run = program::run(&[
        "simulate",
        "--days",
        "20",
        "--start",
        "2026-11-02",
        "--seed",
        "12",
        "--scale",
        "0.01",
    ])
    .done();
    let lines = run.stdout.lines();
    let lines = lines.map(|line| serde_json::from_str(line).expect("lines are JSON"));
    // Pulses and boards bear on nothing here, and are most of a day.
    let bears = |event: &Value| {
        let kind = event["type"].as_str().unwrap_or_default();
        !kind.starts_with("device.") && !kind.starts_with("queue.")
    };
    lines.filter(bears).collect()
}

fn serve(dir: &Path, lines: &[Value]) -> Server {
    let server = Server::start(dir, Clock::Events);
    for some in lines.chunks(20_000) {
        let texts: Vec<String> = some.iter().map(Value::to_string).collect();
        server.http().post_all(&ndjson(&texts));
    }
    server
}

/// An event's time, source, id, kind and data.
type Told = (Ms, String, String, String, Value);

/// The events of each dossier, in order of precedence.
fn dossiers(lines: &[Value]) -> BTreeMap<String, Vec<(Ms, String, Value)>> {
    let mut all: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for event in lines {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let Some(kind) = event["type"]
            .as_str()
            .and_then(|t| t.strip_prefix("dossier."))
        else {
            continue;
        };
        let time = instant(event["time"].as_str().expect("a time"));
        let of = all.entry(text(&event["data"]["dossier"])).or_default();
        of.push((
            time,
            text(&event["source"]),
            text(&event["id"]),
            kind.to_owned(),
            event["data"].clone(),
        ));
    }
    let sorted = all.into_iter().map(|(code, mut events)| {
        events.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        (
            code,
            events
                .into_iter()
                .map(|(time, _, _, kind, data)| (time, kind, data))
                .collect(),
        )
    });
    sorted.collect()
}

fn last<'a>(events: &'a [(Ms, String, Value)], kind: &str) -> Option<&'a (Ms, String, Value)> {
    events.iter().rfind(|(_, k, _)| k == kind)
}

fn indicator(http: &Http, query: &[(&str, &str)], code: &str) -> Value {
    let answer = http.get("/api/v1/index766", query).ok();
    let found = answer["rows"][0]["indicators"]
        .as_array()
        .expect("indicators");
    found
        .iter()
        .find(|i| i["code"] == code)
        .expect("the indicator")
        .clone()
}

#[test]
fn the_index_is_a_plain_count_and_names_the_dossiers_that_cost_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let lines = lines();
    let server = serve(dir.path(), &lines);
    let http = server.http();
    let all = dossiers(&lines);
    let (from, to) = (bound("2026-11-01"), bound("2026-12-01"));
    let is_in = |t: Ms| from <= t && t < to;

    // 4.1: of those settled in the month, those with an electronic result.
    let settled: Vec<(&String, bool)> = all
        .iter()
        .filter_map(|(code, events)| {
            let ends = ["resolved", "refused", "withdrawn", "stopped"];
            let (time, kind, data) = events
                .iter()
                .rfind(|(_, kind, _)| ends.contains(&kind.as_str()))?;
            (kind == "resolved" && is_in(*time)).then(|| (code, data["e_result"] == true))
        })
        .collect();
    let good = settled.iter().filter(|(_, has)| *has).count();
    let november = [("period", "2026-11")];
    let found = indicator(&http, &november, "4.1");
    assert_eq!(
        (&found["ratio"]["good"], &found["ratio"]["all"]),
        (&json!(good as f64), &json!(settled.len() as f64))
    );
    let points = 6.0 * good as f64 / settled.len() as f64;
    assert!((found["points"].as_f64().expect("points") - points).abs() < 1e-9);

    // 4.5b: of those received, those of a verified account or with something from the personal store.
    let received: Vec<bool> = all
        .values()
        .filter_map(|events| {
            let (time, ..) = last(events, "accepted")?;
            let stored = events
                .iter()
                .any(|(_, _, data)| data["from_store"].as_u64() > Some(0));
            let verified = last(events, "submitted")?.2["verified_account"] == true;
            is_in(*time).then_some(stored || verified)
        })
        .collect();
    let found = indicator(&http, &november, "4.5b");
    let good = received.iter().filter(|good| **good).count();
    assert_eq!(
        (&found["ratio"]["good"], &found["ratio"]["all"]),
        (&json!(good as f64), &json!(received.len() as f64))
    );

    // Every point lost has its dossier, and every dossier its page.
    let query = [
        ("period", "2026-11"),
        ("indicator", "4.1"),
        ("limit", "5000"),
    ];
    let losses = http.get("/api/v1/index766/losses", &query).ok();
    let items = losses["items"].as_array().expect("items");
    let named: BTreeSet<&str> = items
        .iter()
        .filter_map(|item| item["case"].as_str())
        .collect();
    let expected: BTreeSet<&str> = settled
        .iter()
        .filter(|(_, has)| !has)
        .map(|(code, _)| code.as_str())
        .collect();
    assert_eq!(named, expected);
    let each = items[0]["points"].as_f64().expect("points");
    let lost = losses["indicator"]["lost"].as_f64().expect("points lost");
    assert!(
        (each * items.len() as f64 - lost).abs() < 1e-6,
        "{each} × {} is not {lost}",
        items.len()
    );
    let some: Vec<&str> = named.iter().take(3).copied().collect();
    for code in &some {
        let page = http.get(&format!("/api/v1/dossiers/{code}"), &[]).ok();
        assert_eq!(page["stage"], "resolved");
    }
    let chosen = some.join(",");
    let query = [
        ("period", "2026-11"),
        ("indicator", "4.1"),
        ("what_if", chosen.as_str()),
    ];
    let what_if = http.get("/api/v1/index766/losses", &query).ok()["what_if"].clone();
    let gained = what_if["if_done"].as_f64().unwrap() - what_if["now"].as_f64().unwrap();
    assert!((gained - 3.0 * each).abs() < 1e-9, "{what_if}");

    // The parts of the city add up to it.
    let parts = http
        .get(
            "/api/v1/index766",
            &[("period", "2026-11"), ("by", "agency")],
        )
        .ok();
    let sum: f64 = parts["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .flat_map(|row| row["indicators"].as_array().expect("indicators"))
        .filter(|i| i["code"] == "4.1")
        .filter_map(|i| i["ratio"]["all"].as_f64())
        .sum();
    assert_eq!(sum, settled.len() as f64);
}

fn post(http: &Http, path: &str, body: Value) -> harness::http::Answer {
    http.post_json(path, &body)
}

#[test]
fn what_people_enter_is_checked_kept_and_shown_as_entered() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let lines = lines();
    let server = serve(dir.path(), &lines[..lines.len() / 4]);
    let http = server.http();
    let value = |good: f64, all: f64| json!({"period": "2026-11", "indicator": "1.1", "good": good, "all": all, "source": "Báo cáo 12/BC"});
    post(&http, "/api/v1/index766/values", value(9.0, 12.0)).ok();
    for wrong in [
        value(13.0, 12.0),
        value(-1.0, 12.0),
        json!({"period": "2026-11", "indicator": "9.9", "good": 1, "all": 2, "source": "x"}),
        json!({"period": "2027-11", "indicator": "1.1", "good": 1, "all": 2, "source": "x"}),
        json!({"period": "2026-11", "indicator": "1.1", "good": 1, "all": 2, "source": " "}),
        json!({"period": "2026-11", "indicator": "1.1", "good": 1, "all": 2}),
    ] {
        let answer = post(&http, "/api/v1/index766/values", wrong.clone());
        assert!(
            (400..500).contains(&answer.status),
            "{wrong}: {}",
            answer.text
        );
    }
    let official = json!({"period": "2026-11", "points": {"1": 8.4, "2": 15.7}, "total": 24.5, "source": "Cổng DVCQG"});
    post(&http, "/api/v1/index766/official", official).ok();
    let progress =
        json!({"id": "transfer/06", "state": "done", "evidence": "QĐ 15", "source": "QĐ 15"});
    post(&http, "/api/v1/tasks/progress", progress).ok();
    post(
        &http,
        "/api/v1/tasks/progress",
        json!({"id": "no/such", "state": "done", "source": "x"}),
    )
    .assert_problem(400);
    post(
        &http,
        "/api/v1/staff",
        json!({"site": "00004", "staff": 3, "source": "Danh sách"}),
    )
    .ok();
    let judged = json!({"period": "2026-11", "metric": "law_inspection", "key": "00004", "points": 80, "source": "KL 1"});
    post(&http, "/api/v1/scorecard/entries", judged).ok();
    let weights = json!({"weights": {"5.1": 2.0}, "source": "QĐ 9"});
    post(&http, "/api/v1/scorecard/weights", weights).ok();
    post(
        &http,
        "/api/v1/scorecard/weights",
        json!({"weights": {"6.1": 2.0}, "source": "x"}),
    )
    .assert_problem(400);

    let check = |http: &Http| {
        let found = indicator(http, &[("period", "2026-11")], "1.1");
        assert_eq!(
            (&found["points"], &found["origin"]),
            (&json!(4.5), &json!("entered"))
        );
        let index = http.get("/api/v1/index766", &[("period", "2026-11")]).ok();
        assert_eq!(index["official"]["value"]["total"], 24.5);
        let tasks = http.get("/api/v1/tasks", &[]).ok();
        let task = tasks["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["id"] == "transfer/06")
            .cloned();
        let task = task.expect("the plan's task");
        assert_eq!(
            (&task["standing"], &task["evidence"]),
            (&json!("done"), &json!("QĐ 15"))
        );
        let card = http.get("/api/v1/scorecard", &[("period", "2026-11")]).ok();
        let row = card["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["key"] == "00004")
            .cloned();
        let metrics = row.expect("the point")["metrics"].clone();
        let metric = metrics
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["code"] == "law_inspection")
            .cloned();
        assert_eq!(metric.expect("the metric")["points"], 80.0);
        assert_eq!(card["weights"]["value"]["5.1"], 2.0);
    };
    check(&http);
    // Killed, started again, and restored from a backup elsewhere.
    server.kill();
    let server = Server::start(dir.path(), Clock::Events);
    check(&server.http());
    let away = tempfile::tempdir().expect("a temporary directory");
    let (backup, restored) = (away.path().join("backup"), away.path().join("data"));
    let text = |path: &Path| path.to_str().expect("test paths are UTF-8").to_owned();
    program::run(&["backup", &text(&backup), "--data", &text(dir.path())]).done();
    server.stop();
    program::run(&["restore", &text(&backup), "--data", &text(&restored)]).done();
    let server = Server::start(&restored, Clock::Events);
    check(&server.http());
    // A later value stands for the earlier one, and nothing takes it away.
    post(&server.http(), "/api/v1/index766/values", value(12.0, 12.0)).ok();
    assert_eq!(
        indicator(&server.http(), &[("period", "2026-11")], "1.1")["points"],
        6.0
    );
    let none = json!({"period": "2026-11", "indicator": "1.1", "source": "nhầm"});
    post(&server.http(), "/api/v1/index766/values", none).ok();
    assert_eq!(
        indicator(&server.http(), &[("period", "2026-11")], "1.1")["origin"],
        "unknown"
    );
}

#[test]
fn a_list_is_what_the_report_counts_and_a_file_has_all_of_it() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = serve(dir.path(), &lines());
    let http = server.http();
    let (from, to) = ("2026-11-01", "2026-12-01");
    let report = http.report("dossiers", from, to, None).ok()["rows"][0].clone();
    let total = |query: &[(&str, &str)]| {
        http.get("/api/v1/dossiers/list", query).ok()["total"]
            .as_u64()
            .expect("a total")
    };
    let open = total(&[("stage", "open")]);
    let whole = report["in_progress_in_time"].as_u64().unwrap()
        + report["in_progress_overdue"].as_u64().unwrap();
    assert_eq!(open, whole);
    assert_eq!(
        total(&[("stage", "awaiting_acceptance")]),
        report["awaiting_acceptance"]
    );
    let days = [("filed_from", from), ("filed_to", to)];
    let settled = [&[("stage", "resolved")][..], &days].concat();
    assert_eq!(total(&settled), report["resolved"]);
    let late = [&[("overdue", "true")][..], &settled].concat();
    assert_eq!(total(&late), report["resolved_overdue"]);
    let agencies = http.report("dossiers", from, to, Some("agency")).ok();
    let first = agencies["rows"]
        .as_array()
        .unwrap()
        .iter()
        .max_by_key(|r| r["total"].as_u64())
        .cloned()
        .unwrap();
    let of_agency = total(
        &[
            &[("agency", first["agency"].as_str().unwrap())][..],
            &settled,
        ]
        .concat(),
    );
    assert_eq!(of_agency, first["resolved"]);

    // Typed with spaces and in small letters, a code is found.
    let some = http
        .get("/api/v1/dossiers/list", &[("limit", "1"), ("stage", "all")])
        .ok();
    let code = some["rows"][0]["dossier"]
        .as_str()
        .expect("a code")
        .to_owned();
    let typed = format!(" {} ", code.to_lowercase());
    let found = http
        .get(
            "/api/v1/dossiers/list",
            &[("q", typed.as_str()), ("stage", "all")],
        )
        .ok();
    assert_eq!(
        (&found["total"], &found["rows"][0]["dossier"]),
        (&json!(1), &json!(code))
    );

    // The forecast of one dossier is what the list of all says of it.
    let all = http.get("/api/v1/forecast", &[("limit", "5000")]).ok();
    let one = all["items"].as_array().and_then(|items| items.last());
    let one = one.expect("an open dossier");
    let alone = http
        .get(
            "/api/v1/forecast",
            &[("dossier", one["dossier"].as_str().expect("a code"))],
        )
        .ok();
    assert_eq!(alone["items"], json!([one]));
    assert_eq!(alone["total"], 1);
    let unknown = http
        .get("/api/v1/forecast", &[("dossier", "no-such-code")])
        .ok();
    assert_eq!(unknown["total"], 0);

    let csv = http.get(
        "/api/v1/dossiers/list",
        &[("stage", "open"), ("format", "csv")],
    );
    assert_eq!(csv.text.lines().count() as u64, open + 1);
    for wrong in [
        ("stage", "none"),
        ("sort", "size"),
        ("format", "doc"),
        ("channel", "pigeon"),
        ("due_from", "soon"),
    ] {
        http.get("/api/v1/dossiers/list", &[wrong])
            .assert_problem(400);
    }
}

#[test]
fn rules_of_the_operator_are_followed_and_wrong_ones_named() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let step = |step: &str, time: &str, mut data: Value| {
        data["dossier"] = json!("000.00.25.H26-261116-0001");
        let time = format!("2026-11-{time}:00+07:00");
        let id = format!("{step}-{}", time.replace('+', "-"));
        line_from("onestop", &format!("dossier.{step}"), &time, &id, data)
    };
    let filing = json!({"procedure": "1.990001.000.00.00.H26", "field": "land", "site": "00004", "agency": "000.00.15.H26"});
    let events = [
        step("submitted", "16T09:00", filing),
        step("accepted", "16T10:00", json!({})),
    ];
    let server = Server::start(dir.path(), Clock::Events);
    server.http().post_all(&ndjson(&events));
    let dossier = |server: &Server| {
        server
            .http()
            .get("/api/v1/dossiers/000.00.25.H26-261116-0001", &[])
            .ok()
    };
    assert_eq!(dossier(&server)["due"], Value::Null);
    server.stop();
    let write = |name: &str, text: &str| {
        std::fs::write(dir.path().join(name), text).expect("the directory is ours");
    };
    write(
        "procedures.toml",
        "[[procedure]]\ncode = \"1.990001\"\neffective_from = \"2026-01-01\"\nlimit = { working_days = 2 }\n",
    );
    write(
        "agencies.toml",
        "[[agency]]\ncode = \"000.00.15.H26\"\nname = \"Sở Thử nghiệm\"\nlevel = \"city\"\n",
    );
    let server = Server::start(dir.path(), Clock::Events);
    let told = dossier(&server);
    assert_eq!(told["due"], "2026-11-18T17:00:00+07:00");
    assert_eq!(told["due_dates"][0]["is_computed"], true);
    let backlog = server
        .http()
        .get("/api/v1/backlog", &[("by", "agency")])
        .ok();
    assert_eq!(
        (&backlog["rows"][0]["name"], &backlog["rows"][0]["level"]),
        (&json!("Sở Thử nghiệm"), &json!("city"))
    );
    let sql = server
        .http()
        .sql("select due_at, due_computed from dossiers")
        .ok();
    assert_eq!(sql[0]["due_computed"], true, "{sql}");
    server.stop();
    for (name, text) in [
        ("procedures.toml", "[[procedure]]\n"),
        ("limits.toml", "[[limit]]\n"),
        ("agencies.toml", "[[agency]]\n"),
    ] {
        let before = std::fs::read(dir.path().join(name)).ok();
        write(name, text);
        let data = dir.path().to_str().expect("test paths are UTF-8");
        let run = program::run(&["sql", "--data", data, "select 1"]);
        assert!(run.stderr.contains(name), "{}", run.stderr);
        match before {
            Some(bytes) => {
                std::fs::write(dir.path().join(name), bytes).expect("the directory is ours");
            }
            None => std::fs::remove_file(dir.path().join(name)).expect("the directory is ours"),
        }
    }
}
