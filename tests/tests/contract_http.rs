//! Proves the contract of `POST /api/v1/events`: every rejection with its line, whole and partly bad
//! batches, encodings, limits, duplicates, and errors as problem documents.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use harness::events::{DAY, NEXT_DAY, line, line_from, ndjson, ticket};
use harness::server::{Clock, fresh};
use serde_json::{Value, json};

const NDJSON: &str = "application/x-ndjson";
const BATCH: &str = "application/cloudevents-batch+json";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(text.as_bytes())
        .expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// `(accepted, duplicate, conflicting, rejected, dropped_fields)`.
fn counts(answer: &Value) -> (u64, u64, u64, usize, u64) {
    let count = |name: &str| {
        answer[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{name} is a count: {answer}"))
    };
    let rejected = answer["rejected"]
        .as_array()
        .unwrap_or_else(|| panic!("rejected is a list: {answer}"));
    (
        count("accepted"),
        count("duplicate"),
        count("conflicting"),
        rejected.len(),
        count("dropped_fields"),
    )
}

/// An `issued` line with one envelope or data field changed (null takes it away).
fn issued_with(path: &str, value: Value) -> String {
    let mut event: Value =
        serde_json::from_str(&ticket("issued", "08:00", "00004", "A1")).expect("a line is JSON");
    let (object, field) = match path.strip_prefix("data.") {
        Some(field) => (&mut event["data"], field),
        None => (&mut event, path),
    };
    if value.is_null() {
        object.as_object_mut().expect("an object").remove(field);
    } else {
        object[field] = value;
    }
    event.to_string()
}

#[test]
fn every_rejection_names_its_line_and_code_and_the_good_lines_are_taken() {
    let it = fresh(Clock::Events);
    let bad: Vec<(String, &[&str])> = vec![
        ("{\"specversion\":\"1.0\",".to_owned(), &["malformed_json"]),
        ("not json at all".to_owned(), &["malformed_json"]),
        ("[1,2]".to_owned(), &["not_cloudevent"]),
        ("{\"hello\":\"world\"}".to_owned(), &["not_cloudevent"]),
        (
            issued_with("specversion", json!("0.3")),
            &["not_cloudevent"],
        ),
        (
            issued_with("type", json!("ticket.eaten")),
            &["unknown_type"],
        ),
        (issued_with("data.service", Value::Null), &["missing_field"]),
        (issued_with("data.site", Value::Null), &["missing_field"]),
        (
            issued_with("data.site", json!("no spaces allowed")),
            &["bad_value"],
        ),
        (issued_with("data.ticket", json!("")), &["bad_value"]),
        (
            issued_with("data.ticket", json!("x".repeat(65))),
            &["bad_value"],
        ),
        (issued_with("data.site", json!(4)), &["bad_value"]),
        (
            issued_with("time", json!("2026-11-23T08:00:00")),
            &["bad_value", "not_cloudevent"],
        ),
        (
            issued_with("time", json!("yesterday")),
            &["bad_value", "not_cloudevent"],
        ),
        (
            issued_with("id", json!("a b")),
            &["bad_value", "not_cloudevent"],
        ),
        (
            line(
                "rating.given",
                "08:00",
                "r6",
                json!({"score": 6, "channel": "kiosk"}),
            ),
            &["bad_value"],
        ),
        (
            line(
                "rating.given",
                "08:00",
                "r0",
                json!({"score": 0, "channel": "kiosk"}),
            ),
            &["bad_value"],
        ),
        (
            line(
                "rating.given",
                "08:00",
                "rc",
                json!({"score": 3, "channel": "pigeon"}),
            ),
            &["bad_value"],
        ),
        (
            issued_with("data.service", json!("s".repeat(201))),
            &["bad_value"],
        ),
    ];
    // A good line before, between and after: bad ones stand on the even lines, counted from 1.
    let mut lines = Vec::new();
    for (i, (text, _)) in bad.iter().enumerate() {
        lines.push(ticket("issued", "08:00", "00004", &format!("G{i}")));
        lines.push(text.clone());
    }
    lines.push(ticket("issued", "08:00", "00004", "last"));
    let answer = it.http.post(&ndjson(&lines)).ok();

    assert_eq!(
        counts(&answer),
        (bad.len() as u64 + 1, 0, 0, bad.len(), 0),
        "{answer}"
    );
    for (i, rejected) in answer["rejected"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        let (text, codes) = &bad[i];
        assert_eq!(rejected["line"], 2 * i + 2, "{rejected} for {text}");
        let code = rejected["code"].as_str().expect("a code");
        assert!(codes.contains(&code), "{text} is {codes:?}, not {rejected}");
        assert!(
            rejected["message"]
                .as_str()
                .is_some_and(|message| !message.is_empty()),
            "{rejected}"
        );
    }
    assert!(answer["position"].is_u64(), "a position: {answer}");
    let report = it.http.report("visits", DAY, NEXT_DAY, None).ok();
    assert_eq!(
        report["rows"][0]["visits"],
        bad.len() + 1,
        "rejected lines count nowhere"
    );
}

#[test]
fn a_missing_envelope_field_is_rejected() {
    let it = fresh(Clock::Events);
    for field in ["specversion", "id", "source", "type", "time", "data"] {
        let answer = it
            .http
            .post(&ndjson(&[issued_with(field, Value::Null)]))
            .ok();
        assert_eq!(
            counts(&answer),
            (0, 0, 0, 1, 0),
            "without {field}: {answer}"
        );
        let code = answer["rejected"][0]["code"].as_str().expect("a code");
        assert!(
            ["not_cloudevent", "missing_field"].contains(&code),
            "without {field}: {answer}"
        );
    }
}

#[test]
fn the_same_pair_again_is_a_duplicate_and_with_other_content_also_conflicting() {
    let it = fresh(Clock::Events);
    let first = line_from(
        "k1",
        "ticket.issued",
        "08:00",
        "1",
        json!({"site": "00004", "ticket": "A1", "service": "s"}),
    );
    let other = line_from(
        "k1",
        "ticket.issued",
        "08:30",
        "1",
        json!({"site": "00004", "ticket": "A2", "service": "s"}),
    );
    let same_id_elsewhere = line_from(
        "k2",
        "ticket.issued",
        "08:00",
        "1",
        json!({"site": "00004", "ticket": "A3", "service": "s"}),
    );
    let within = it.http.post(&ndjson(&[&first, &first, &other])).ok();
    assert_eq!(
        counts(&within),
        (1, 2, 1, 0, 0),
        "inside one batch: {within}"
    );
    let later = it
        .http
        .post(&ndjson(&[&first, &other, &same_id_elsewhere]))
        .ok();
    assert_eq!(counts(&later), (1, 2, 1, 0, 0), "in a later batch: {later}");
    let report = it.http.report("visits", DAY, NEXT_DAY, None).ok();
    assert_eq!(
        report["rows"][0]["visits"], 2,
        "a duplicate has no effect: {report}"
    );
}

#[test]
fn the_order_of_fields_is_no_other_content() {
    let it = fresh(Clock::Events);
    let one = r#"{"specversion":"1.0","id":"1","source":"k","type":"ticket.issued","time":"2026-11-23T08:00:00+07:00","data":{"site":"00004","ticket":"A1","service":"s"}}"#;
    let two = r#"{"type":"ticket.issued","data":{"service":"s","ticket":"A1","site":"00004"}, "time":"2026-11-23T08:00:00+07:00","id":"1","source":"k","specversion":"1.0"}"#;
    let answer = it.http.post(&ndjson(&[one, two])).ok();
    assert_eq!(counts(&answer), (1, 1, 0, 0, 0), "{answer}");
}

#[test]
fn unknown_fields_are_dropped_and_counted() {
    let it = fresh(Clock::Events);
    let answer = it
        .http
        .post(&ndjson(&[
            issued_with("data.colour", json!("red")),
            ticket("called", "08:01", "00004", "A1"),
        ]))
        .ok();
    assert_eq!(counts(&answer), (2, 0, 0, 0, 1), "{answer}");
}

#[test]
fn a_time_ahead_of_the_clock_is_rejected_on_wall_time_only() {
    let ahead = (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(10)).to_string();
    let near = (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(3)).to_string();
    let data = json!({"site": "00004", "ticket": "A1", "service": "s"});
    let lines = ndjson(&[
        line("ticket.issued", &ahead, "1", data.clone()),
        line("ticket.issued", &near, "2", data.clone()),
        line("ticket.issued", "2001-01-01T00:00:00Z", "3", data),
    ]);
    let wall = fresh(Clock::Wall);
    let answer = wall.http.post(&lines).ok();
    assert_eq!(
        counts(&answer),
        (2, 0, 0, 1, 0),
        "five minutes are let by, any age is: {answer}"
    );
    assert_eq!(answer["rejected"][0]["code"], "clock_ahead");
    assert_eq!(answer["rejected"][0]["line"], 1);

    let events = fresh(Clock::Events);
    assert_eq!(
        counts(&events.http.post(&lines).ok()),
        (3, 0, 0, 0, 0),
        "event time has no clock to be ahead of"
    );
}

#[test]
fn a_cloudevents_batch_is_taken_like_lines() {
    let it = fresh(Clock::Events);
    let items: Vec<Value> = [
        ticket("issued", "08:00", "00004", "A1"),
        issued_with("type", json!("no.such")),
    ]
    .iter()
    .map(|text| serde_json::from_str(text).expect("a line is JSON"))
    .collect();
    let body = Value::from(items).to_string();
    let answer = it
        .http
        .try_post(body.into_bytes(), BATCH, None)
        .expect("an answer")
        .ok();
    assert_eq!(counts(&answer), (1, 0, 0, 1, 0), "{answer}");
    assert_eq!(
        (
            &answer["rejected"][0]["line"],
            &answer["rejected"][0]["code"]
        ),
        (&json!(2), &json!("unknown_type"))
    );
    it.http
        .try_post(b"{\"not\":\"a list\"}".to_vec(), BATCH, None)
        .expect("an answer")
        .assert_problem(400);
    it.http
        .try_post(b"[{".to_vec(), BATCH, None)
        .expect("an answer")
        .assert_problem(400);
}

#[test]
fn gzip_and_zstd_are_unpacked() {
    let it = fresh(Clock::Events);
    let packed = gzip(&ndjson(&[ticket("issued", "08:00", "00004", "A1")]));
    let answer = it
        .http
        .try_post(packed, NDJSON, Some("gzip"))
        .expect("an answer")
        .ok();
    assert_eq!(counts(&answer), (1, 0, 0, 0, 0));
    let lines = ndjson(&[ticket("issued", "08:00", "00004", "A2")]);
    let packed = zstd::encode_all(lines.as_bytes(), 3).expect("memory can be packed");
    let answer = it
        .http
        .try_post(packed, NDJSON, Some("zstd"))
        .expect("an answer")
        .ok();
    assert_eq!(counts(&answer), (1, 0, 0, 0, 0));
}

#[test]
fn a_truncated_or_broken_packing_is_one_clear_error() {
    let it = fresh(Clock::Events);
    let whole = gzip(&ndjson(
        &(0..200)
            .map(|i| ticket("issued", "08:00", "00004", &format!("T{i}")))
            .collect::<Vec<_>>(),
    ));
    let cut = whole[..whole.len() / 2].to_vec();
    it.http
        .try_post(cut, NDJSON, Some("gzip"))
        .expect("an answer")
        .assert_problem(400);
    it.http
        .try_post(b"no gzip".to_vec(), NDJSON, Some("gzip"))
        .expect("an answer")
        .assert_problem(400);
    it.http
        .try_post(b"no zstd".to_vec(), NDJSON, Some("zstd"))
        .expect("an answer")
        .assert_problem(400);
    let strange = it
        .http
        .try_post(b"x".to_vec(), NDJSON, Some("br"))
        .expect("an answer");
    assert!(
        [400, 415].contains(&strange.status),
        "an encoding that is not taken: {}",
        strange.status
    );
    it.http
        .post_all(&ndjson(&[ticket("issued", "08:00", "00004", "after")]));
}

#[test]
fn more_than_32_mib_unpacked_is_too_large_packed_or_not() {
    let it = fresh(Clock::Events);
    let line = ticket("issued", "08:00", "00004", "A1") + "\n";
    let body = line.repeat(33 * 1024 * 1024 / line.len() + 1);
    it.http
        .try_post(gzip(&body), NDJSON, Some("gzip"))
        .expect("an answer")
        .assert_problem(413);
    // The server may close the connection before it has read a plain body that says it is too large.
    if let Some(answer) = it.http.try_post(body.into_bytes(), NDJSON, None) {
        answer.assert_problem(413);
    }
    // The connection of a body that was not read to its end is of no more use.
    let afresh = it.server.http();
    assert_eq!(
        afresh.report("visits", DAY, NEXT_DAY, None).ok()["rows"][0]["visits"],
        0,
        "nothing of it was taken"
    );
}

#[test]
fn an_empty_body_and_empty_lines_count_nothing() {
    let it = fresh(Clock::Events);
    assert_eq!(counts(&it.http.post("").ok()), (0, 0, 0, 0, 0));
    let answer = it
        .http
        .post(&format!(
            "\n{}\n\nbad\n",
            ticket("issued", "08:00", "00004", "A1")
        ))
        .ok();
    assert_eq!(answer["accepted"], 1);
    let last = answer["rejected"]
        .as_array()
        .and_then(|list| list.last())
        .expect("the bad line is rejected");
    assert_eq!(last["line"], 4, "empty lines are still lines: {answer}");
    let without_end = ticket("issued", "08:00", "00004", "A2");
    assert_eq!(
        counts(&it.http.post(&without_end).ok()),
        (1, 0, 0, 0, 0),
        "the last line needs no end"
    );
    let windows = ticket("issued", "08:00", "00004", "A3") + "\r\n";
    assert_eq!(
        counts(&it.http.post(&windows).ok()),
        (1, 0, 0, 0, 0),
        "a carriage return is no content"
    );
}

#[test]
fn text_is_one_service_however_its_letters_are_composed() {
    let it = fresh(Clock::Events);
    let issued = |id: &str, service: &str| {
        line(
            "ticket.issued",
            "08:00",
            id,
            json!({"site": "00004", "ticket": id, "service": service}),
        )
    };
    let answer = it
        .http
        .post(&ndjson(&[
            issued("1", "h\u{1ed9} t\u{1ecb}ch"),
            issued("2", "ho\u{323}\u{302} ti\u{323}ch"),
        ]))
        .ok();
    let rows = it
        .http
        .report("visits", DAY, NEXT_DAY, Some("service"))
        .ok()["rows"]
        .clone();
    let taken = answer["accepted"].as_u64().expect("a count");
    assert_eq!(
        rows.as_array().map(Vec::len),
        Some(1),
        "NFC is kept, whether the other form is turned or refused: {rows}"
    );
    assert_eq!(rows[0]["visits"], taken);
}
