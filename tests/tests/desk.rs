//! Proves the alert desk through the program: what stands is listed with its evidence, what people do follows the table of
//! `docs/alerts.md` and outlives a power cut, late events correct, and the topic shows what HTTP does.

use std::path::Path;
use std::time::{Duration, Instant};

use harness::events::{beats, ndjson, ticket};
use harness::http::{Answer, Http};
use harness::live::Readers;
use harness::server::{Clock, Server};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);
/// Beats all morning: it is what moves the clock.
const TALKER: &str = "00008";

/// The cases that a query finds.
fn cases(http: &Http, query: &[(&str, &str)]) -> Vec<Value> {
    let found = http.get("/api/v1/alerts", query).ok();
    found["alerts"].as_array().expect("alerts").clone()
}

/// Waits until a point has one case of a group, and it is in a state.
#[track_caller]
fn wait(http: &Http, site: &str, group: &str, state: &str) -> Value {
    let deadline = Instant::now() + PATIENCE;
    let query = [("state", "all"), ("site", site), ("group", group)];
    loop {
        let found = cases(http, &query);
        if let [case] = &found[..]
            && case["state"] == state
        {
            return case.clone();
        }
        assert!(
            Instant::now() < deadline,
            "no {group} of {site} that is {state}: {found:#?}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn act(http: &Http, case: &Value, act: &str, mut body: Value) -> Answer {
    let id = case["id"].as_str().expect("an id");
    body["by"] = json!("ca-1");
    http.post_json(&format!("/api/v1/alerts/{id}/{act}"), &body)
}

/// Does something that may be done; the case as it is then.
#[track_caller]
fn does(http: &Http, case: &Value, what: &str, body: Value) -> Value {
    act(http, case, what, body).ok()
}

/// What each act needs to be said with.
fn bodies() -> [(&'static str, Value); 8] {
    [
        ("acknowledge", json!({})),
        ("assign", json!({"to": "ky-thuat-1"})),
        ("explain", json!({"text": "đang gọi điểm phục vụ"})),
        (
            "urge",
            json!({"agency": "so-tttt", "text": "kiểm tra đường truyền"}),
        ),
        ("answer", json!({"urge": 1, "text": "đang sửa"})),
        ("shelve", json!({"minutes": 30, "reason": "đã cử người"})),
        ("unshelve", json!({})),
        ("close", json!({"reason": "đã xong"})),
    ]
}

/// Tries all that the table has nothing for, and sees that it changes nothing.
#[track_caller]
fn refuses(http: &Http, case: &Value, acts: &[&str]) {
    let id = case["id"].as_str().expect("an id");
    let path = format!("/api/v1/alerts/{id}");
    let before = http.get(&path, &[]).ok();
    for (name, body) in bodies().iter().filter(|(name, _)| acts.contains(name)) {
        let answer = act(http, case, name, body.clone());
        answer.assert_problem(409);
        assert_eq!(answer.json()["code"], "not_now", "{name} of {case}");
    }
    let after = http.get(&path, &[]).ok();
    assert_eq!(before["history"], after["history"]);
    assert_eq!(before["case"]["state"], after["case"]["state"]);
}

fn history(http: &Http, case: &Value) -> Vec<(String, Value, Value)> {
    let id = case["id"].as_str().expect("an id");
    let all = http.get(&format!("/api/v1/alerts/{id}"), &[]).ok();
    let lines = all["history"].as_array().expect("a history");
    let told = lines.iter().map(|l| {
        let what = l["what"].as_str().expect("a word").to_owned();
        (what, l["by"].clone(), l["text"].clone())
    });
    told.collect()
}

/// Of a history, what happened.
fn words(history: &[(String, Value, Value)]) -> Vec<&str> {
    history.iter().map(|(what, ..)| what.as_str()).collect()
}

#[test]
fn an_alert_is_listed_with_its_evidence_and_lives_as_the_table_says() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let http = server.http();
    let (quiet, back, taken, crowd) = ("00004", "00025", "00034", "00037");
    // Three people wait at one point from eight on, and nobody is called.
    let waiting: Vec<String> = (0..3)
        .map(|n| ticket("issued", "08:00", crowd, &format!("A{n}")))
        .collect();
    http.post_all(&ndjson(&waiting));
    http.post_all(&beats(&[
        (TALKER, 450..540),
        (quiet, 450..540),
        (back, 450..540),
        (taken, 450..540),
        (crowd, 450..540),
    ]));
    let flow = wait(&http, crowd, "flow", "new");

    // One falls silent at nine, another ten minutes later.
    http.post_all(&beats(&[
        (TALKER, 540..565),
        (back, 540..550),
        (taken, 540..565),
        (crowd, 540..565),
    ]));
    let case = wait(&http, quiet, "silent", "new");
    wait(&http, back, "silent", "new");
    evidence_of(&http, &case);
    as_the_table_says(&http, &case);

    // Another is taken in hand, and two come back.
    http.post_all(&beats(&[
        (TALKER, 565..585),
        (crowd, 565..570),
        (quiet, 570..585),
    ]));
    let third = wait(&http, taken, "silent", "new");
    does(&http, &third, "acknowledge", json!({}));
    refuses(&http, &third, &["acknowledge", "unshelve", "close"]);
    // Nobody took up who waits there: it was escalated. Now that the point is silent too, its silence is the cause.
    let hidden = wait(&http, crowd, "flow", "suppressed");
    assert!(hidden["escalated_at"].is_string(), "{hidden}");
    let cause = wait(&http, crowd, "silent", "new");
    assert_eq!(hidden["suppressed_by"], cause["id"]);
    refuses(
        &http,
        &hidden,
        &[
            "acknowledge",
            "urge",
            "answer",
            "shelve",
            "unshelve",
            "close",
        ],
    );
    does(&http, &hidden, "assign", json!({"to": "ca-2"}));
    let told = does(&http, &hidden, "explain", json!({"text": "máy hỏng"}));
    assert_eq!(
        (&told["state"], &told["assigned_to"]),
        (&json!("suppressed"), &json!("ca-2"))
    );

    http.post_all(&beats(&[
        (TALKER, 585..600),
        (back, 585..600),
        (taken, 585..600),
        (quiet, 585..600),
    ]));
    let returned = wait(&http, back, "silent", "returned");
    assert!(returned["returned_at"].is_string() && returned["standing"] == false);
    refuses(&http, &returned, &["shelve", "unshelve"]);
    let over = does(&http, &returned, "acknowledge", json!({}));
    assert_eq!(over["state"], "closed");
    refuses(
        &http,
        &over,
        &["acknowledge", "assign", "shelve", "unshelve", "close"],
    );
    does(
        &http,
        &over,
        "explain",
        json!({"text": "mất điện mười phút"}),
    );
    does(
        &http,
        &over,
        "urge",
        json!({"agency": "evn", "text": "báo trước khi cắt"}),
    );
    let settled = wait(&http, taken, "silent", "settled");
    refuses(&http, &settled, &["acknowledge", "shelve", "unshelve"]);
    let closed = does(
        &http,
        &settled,
        "close",
        json!({"reason": "đã có tín hiệu"}),
    );
    assert_eq!(closed["state"], "closed");
    assert!(closed["closed_at"].is_string());

    // What nobody closes does so by itself, an hour after it is gone.
    http.post_all(&beats(&[(TALKER, 600..675), (quiet, 600..675)]));
    let lapsed = wait(&http, quiet, "silent", "closed");
    assert_eq!(lapsed["corrected"], false);
    assert_eq!(
        words(&history(&http, &lapsed)).last().copied(),
        Some("lapsed")
    );
    assert!(
        flow["id"] != case["id"]
            && act(
                &http,
                &json!({"id": "a-999"}),
                "close",
                json!({"reason": "x"})
            )
            .status
                == 404
    );
}

/// What an alert shows of itself: why, by which figures of how many, what to do, and where its limit is from.
#[track_caller]
fn evidence_of(http: &Http, case: &Value) {
    let id = case["id"].as_str().expect("an id");
    let whole = http.get(&format!("/api/v1/alerts/{id}"), &[]).ok();
    let reason = &whole["case"]["reasons"][0];
    assert_eq!(
        (
            &reason["rule"],
            &reason["limit"],
            &reason["unit"],
            &reason["sample"]
        ),
        (&json!("silent"), &json!(420.0), &json!("s"), &json!(1)),
        "{reason}"
    );
    assert!(reason["value"].as_f64() > Some(180.0), "{reason}");
    let response = &whole["response"];
    assert!(
        response["vi"]
            .as_str()
            .is_some_and(|t| t.starts_with("Gọi điểm phục vụ"))
    );
    assert!(
        response["en"]
            .as_str()
            .is_some_and(|t| t.starts_with("Call the point"))
    );
    assert!(
        whole["source"]
            .as_str()
            .is_some_and(|t| t.contains("scheme L3733"))
    );
    let read = &whole["evidence"][0];
    assert_eq!(
        (&read["rule"], &read["signal"], &read["limit"]),
        (&json!("silent"), &json!("silent_s"), &json!(420.0))
    );
    let points = read["points"].as_array().expect("points");
    let value = |point: &Value| point["value"].as_f64();
    // Before opening there is no reading, while it spoke there was none to speak of, and at the end it is over the limit.
    assert!(points.iter().any(|p| p["value"].is_null()), "{read}");
    assert!(points.iter().any(|p| value(p) == Some(0.0)));
    let last = points.last().expect("a last reading");
    assert!(value(last) > Some(180.0) && last["sample"] == 1, "{last}");
    let listed = cases(http, &[("group", "silent"), ("priority", "medium")]);
    assert!(listed.iter().any(|c| c["id"] == case["id"]));
    assert_eq!(cases(http, &[("priority", "high")]), Vec::<Value>::new());
}

/// A case that stands, gone through with all that may be done and what may not.
#[track_caller]
fn as_the_table_says(http: &Http, case: &Value) {
    refuses(http, case, &["unshelve", "close", "answer"]);
    let given = does(http, case, "assign", json!({"to": "ky-thuat-1"}));
    // Given to somebody is not in hand.
    assert_eq!(
        (&given["state"], &given["assigned_to"]),
        (&json!("new"), &json!("ky-thuat-1"))
    );
    for (name, text) in [
        ("explain", "gọi anh 0912 345 678"),
        ("explain", "CCCD 001099012345, mã H26"),
        ("urge", "+84.912.345.678"),
    ] {
        let answer = act(http, case, name, json!({"text": text, "agency": "so-tttt"}));
        answer.assert_problem(400);
        assert_eq!(answer.json()["code"], "names_a_person", "{text}");
    }
    let nameless = act(http, case, "explain", json!({"text": "  "}));
    assert_eq!(
        (nameless.status, &nameless.json()["code"]),
        (400, &json!("not_a_line"))
    );
    let path = format!(
        "/api/v1/alerts/{}/acknowledge",
        case["id"].as_str().expect("an id")
    );
    let person = http.post_json(&path, &json!({"by": "Nguyễn Văn A"}));
    assert_eq!(
        (person.status, &person.json()["code"]),
        (400, &json!("bad_seat"))
    );
    // Explaining is having it in hand.
    let text = "hồ sơ 000.00.25.H26-261123-0001 chờ từ 09:05, ngày 23/11/2026";
    let told = does(http, case, "explain", json!({"text": text}));
    assert_eq!(
        (
            &told["state"],
            &told["acknowledged_by"],
            &told["explanations"][0]["text"]
        ),
        (&json!("acknowledged"), &json!("ca-1"), &json!(text))
    );
    refuses(http, case, &["acknowledge", "unshelve", "close"]);
    let urged = does(
        http,
        case,
        "urge",
        json!({"agency": "so-tttt", "text": "kiểm tra đường truyền"}),
    );
    assert_eq!(
        (&urged["urges"][0]["urge"], &urged["urges"][0]["answer"]),
        (&json!(1), &Value::Null)
    );
    let answered = does(http, case, "answer", json!({"urge": 1, "text": "đang sửa"}));
    assert_eq!(answered["urges"][0]["answer"]["text"], "đang sửa");
    // An urging is answered once.
    refuses(http, case, &["answer"]);
    let minutes = act(
        http,
        case,
        "shelve",
        json!({"minutes": 0, "reason": "đã cử người"}),
    );
    assert_eq!(
        (minutes.status, &minutes.json()["code"]),
        (400, &json!("bad_minutes"))
    );
    let shelved = does(
        http,
        case,
        "shelve",
        json!({"minutes": 30, "reason": "đã cử người"}),
    );
    assert_eq!(
        (&shelved["state"], &shelved["shelved_reason"]),
        (&json!("shelved"), &json!("đã cử người"))
    );
    assert!(shelved["shelved_until"].is_string());
    refuses(http, case, &["acknowledge", "close"]);
    let back = does(http, case, "unshelve", json!({}));
    assert_eq!(
        (&back["state"], &back["shelved_until"]),
        (&json!("acknowledged"), &Value::Null)
    );
    let history = history(http, case);
    assert_eq!(
        words(&history),
        [
            "raised", "assign", "explain", "urge", "answer", "shelve", "unshelve"
        ]
    );
    let all_by = history.iter().skip(1).all(|(_, by, _)| by == "ca-1");
    assert!(all_by, "{history:?}");
    assert_eq!(history[3].2, "so-tttt: kiểm tra đường truyền");
}

/// A server whose point fell silent at nine, with the case.
fn silent(data: &Path) -> (Server, Value) {
    let server = Server::start(data, Clock::Events);
    let http = server.http();
    http.post_all(&beats(&[(TALKER, 450..565), ("00004", 450..540)]));
    let case = wait(&http, "00004", "silent", "new");
    (server, case)
}

#[test]
fn what_was_answered_for_outlives_a_power_cut() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (server, case) = silent(dir.path());
    does(&server.http(), &case, "acknowledge", json!({}));
    let shelf = json!({"minutes": 60, "reason": "đã cử người"});
    let before = does(&server.http(), &case, "shelve", shelf);
    server.kill();
    let server = Server::start(dir.path(), Clock::Events);
    let http = server.http();
    // Once the desk has looked, what stands is held against what was kept.
    let deadline = Instant::now() + PATIENCE;
    while http.get("/api/v1/alerts", &[]).ok()["counts"]["evaluated_at"].is_null() {
        assert!(Instant::now() < deadline, "the desk does not look");
        std::thread::sleep(Duration::from_millis(20));
    }
    let after = wait(&http, "00004", "silent", "shelved");
    assert_eq!(after, before);
    assert_eq!(
        words(&history(&http, &after)),
        ["raised", "acknowledge", "shelve"]
    );
    // A shelf wakes by itself, and what is in hand is still in hand.
    http.post_all(&beats(&[(TALKER, 565..640)]));
    let woken = wait(&http, "00004", "silent", "acknowledged");
    assert_eq!(woken["acknowledged_by"], "ca-1");
    server.stop();
}

#[test]
fn late_events_that_undo_an_alert_correct_it_and_keep_its_reason() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (server, case) = silent(dir.path());
    let http = server.http();
    does(&http, &case, "acknowledge", json!({}));
    // What the line held back comes: it was never silent.
    http.post_all(&beats(&[("00004", 540..570), (TALKER, 565..570)]));
    let corrected = wait(&http, "00004", "silent", "closed");
    assert_eq!(
        (&corrected["id"], &corrected["corrected"]),
        (&case["id"], &json!(true))
    );
    assert_eq!(corrected["reasons"][0]["rule"], "silent");
    assert!(corrected["reasons"][0]["value"].as_f64() > Some(180.0));
    assert_eq!(
        words(&history(&http, &corrected)),
        ["raised", "acknowledge", "corrected"]
    );
    refuses(
        &http,
        &corrected,
        &["acknowledge", "assign", "shelve", "unshelve", "close"],
    );
    server.stop();
}

#[test]
fn the_topic_shows_the_case_that_http_gives() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (server, case) = silent(dir.path());
    let http = server.http();
    let readers = Readers::new();
    let reader = readers.subscribe(&server.ws_url(), "alerts");
    let id = case["id"].as_str().expect("an id");
    let key = format!("a/{id}");
    let shown = reader.until("the case", |view| view.values.contains_key(&key));
    let given = http.get(&format!("/api/v1/alerts/{id}"), &[]).ok();
    assert_eq!(shown.values[&key], given["case"]);
    // The plan's overdue tasks stand beside it, of low priority.
    let others = shown.values.len() - 3;
    assert_eq!(
        (
            &shown.values["desk"]["new"],
            &shown.values["desk"]["by_priority"]["medium"]
        ),
        (&json!(1 + others), &json!(1))
    );
    assert_eq!(shown.values["clock"]["simulated"], true);

    let taken = does(&http, &case, "acknowledge", json!({}));
    let shown = reader.until("it in hand", |view| {
        view.values
            .get(&key)
            .is_some_and(|c| c["state"] == "acknowledged")
    });
    assert_eq!(shown.values[&key], taken);
    assert_eq!(
        (
            &shown.values["desk"]["new"],
            &shown.values["desk"]["acknowledged"]
        ),
        (&json!(others), &json!(1))
    );
    // It is gone, and an hour later no longer shown.
    http.post_all(&beats(&[(TALKER, 565..600), ("00004", 575..600)]));
    reader.until("it settled", |view| {
        view.values
            .get(&key)
            .is_some_and(|c| c["state"] == "settled")
    });
    http.post_all(&beats(&[(TALKER, 600..665), ("00004", 600..665)]));
    let shown = reader.until("it closed", |view| !view.values.contains_key(&key));
    assert_eq!(shown.values["desk"]["open"], others);
    server.stop();
}
