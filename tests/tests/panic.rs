//! Proves that no input from outside ends the server: arbitrary bytes and arbitrary JSON are answered
//! with counts that add up to the lines given, or with a refusal of the whole.

use std::cell::RefCell;

use harness::http::{Answer, Http};
use harness::live::{Readers, View};
use harness::server::{Clock, Server};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A server that answers all cases of one test.
struct Target {
    server: RefCell<Server>,
    http: Http,
    _data: TempDir,
}

impl Target {
    fn start() -> Self {
        let data = tempfile::tempdir().expect("a temporary directory");
        let server = Server::start(data.path(), Clock::Events);
        Self {
            http: server.http(),
            server: RefCell::new(server),
            _data: data,
        }
    }

    /// The server lives, is ready, and has not logged a panic.
    fn assert_alive(&self) {
        let mut server = self.server.borrow_mut();
        assert!(server.is_running(), "the server ended: {}", server.log());
        assert_eq!(self.http.get("/readyz", &[]).status, 200);
        assert!(
            !server.log().contains("panicked"),
            "a part of the server panicked: {}",
            server.log()
        );
    }
}

/// Runs some cases of a strategy, without a file of failures beside the test.
fn check<S: Strategy>(strategy: S, test: impl Fn(S::Value)) {
    let config = ProptestConfig {
        cases: 64,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let case = |value| {
        test(value);
        Ok(())
    };
    if let Err(error) = TestRunner::new(config).run(&strategy, case) {
        panic!("{error}");
    }
}

/// Counts that add up to some number of lines, or a 4xx.
fn sum(answer: &Answer) -> Option<usize> {
    if (400..500).contains(&answer.status) {
        answer.assert_problem(answer.status);
        return None;
    }
    let counts = answer.ok();
    let rejected = counts["rejected"].as_array().expect("a list").len();
    let number = |name: &str| counts[name].as_u64().expect("a count") as usize;
    Some(number("accepted") + number("duplicate") + rejected)
}

/// Any JSON, of moderate depth and width.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
        Just(json!("2026-11-23T08:00:00+07:00")),
        Just(json!("-262143-01-01T00:00:00Z")),
        Just(json!("9999-12-31T23:59:59+14:00")),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map("[a-z_]{1,10}", inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

const TYPES: &[&str] = &[
    "site.scheduled",
    "site.opened",
    "site.closed",
    "site.moved",
    "counter.opened",
    "counter.paused",
    "ticket.issued",
    "ticket.called",
    "ticket.started",
    "ticket.finished",
    "ticket.abandoned",
    "ticket.transferred",
    "queue.snapshot",
    "rating.given",
    "need.registered",
    "dossier.submitted",
    "dossier.accepted",
    "dossier.supplement_requested",
    "dossier.supplemented",
    "dossier.suspended",
    "dossier.resumed",
    "dossier.extended",
    "dossier.resolved",
    "dossier.returned",
    "dossier.paid",
    "dossier.digitised",
    "dossier.transferred",
    "dossier.taken",
    "feedback.received",
    "device.heartbeat",
    "task.reported",
    "training.attended",
    "incident.reported",
    "no.such",
];

const FIELDS: &[&str] = &[
    "site",
    "ticket",
    "service",
    "counter",
    "score",
    "channel",
    "dossier",
    "due_at",
    "waiting",
    "open_counters",
    "dossiers",
    "lon",
    "lat",
    "from",
    "to",
    "procedure",
    "field",
    "agency",
    "services",
    "state",
    "count",
    "of",
    "amount_vnd",
    "reason",
];

/// An envelope that is nearly right, with data fields of known names and odd values.
fn near_event() -> impl Strategy<Value = Value> {
    let times = prop_oneof![
        Just("2026-11-23T08:00:00+07:00".to_owned()),
        Just("0001-01-01T00:00:00Z".to_owned()),
        Just("9999-12-31T23:59:59Z".to_owned()),
        Just("2026-11-23T23:59:60+07:00".to_owned()),
        Just("1970-01-01T00:00:00-14:00".to_owned()),
        ".{0,30}",
    ];
    let values = prop_oneof![
        3 => Just(json!("00004")), 1 => Just(json!("A1")), 2 => (-10_i64..20).prop_map(Value::from),
        1 => Just(json!(i64::MIN)), 1 => Just(json!(u64::MAX)), 1 => Just(json!(1e308)),
        1 => Just(json!("2026-11-23T09:00:00+07:00")), 1 => Just(json!("9999-12-31T23:59:59Z")),
        1 => Just(json!("0001-01-01T00:00:00Z")), 1 => Just(json!(true)), 3 => any_json(),
    ];
    let data = vec((select(FIELDS), values), 0..10);
    (select(TYPES), times, "[A-Za-z0-9]{1,3}", data).prop_map(|(kind, time, id, data)| {
        let mut fields = json!({"site": "00004", "ticket": "A1", "dossier": "D1", "counter": "1", "service": "s"});
        for (name, value) in data {
            fields[name] = value;
        }
        json!({"specversion": "1.0", "id": id, "source": "fuzz", "type": kind, "time": time, "data": fields})
    })
}

#[test]
fn arbitrary_bytes_are_answered() {
    let target = Target::start();
    let encodings = select(vec![None, Some("gzip"), Some("zstd"), Some("x-no-such")]);
    let types = select(vec![
        "application/x-ndjson",
        "application/cloudevents-batch+json",
        "text/plain",
    ]);
    check(
        (vec(any::<u8>(), 0..600), encodings, types),
        |(bytes, encoding, kind)| {
            sum(&target
                .http
                .try_post(bytes, kind, encoding)
                .expect("an answer"));
            target.assert_alive();
        },
    );
}

#[test]
fn arbitrary_lines_add_up() {
    let target = Target::start();
    check(vec("[^\\r\\n\\s][^\\r\\n]{0,80}", 1..20), |lines| {
        let answer = target.http.post(&(lines.join("\n") + "\n"));
        assert_eq!(sum(&answer), Some(lines.len()), "{}", answer.text);
        target.assert_alive();
    });
}

#[test]
fn arbitrary_json_adds_up_and_every_report_still_answers() {
    let target = Target::start();
    check(
        vec(prop_oneof![any_json(), near_event()], 1..20),
        |values| {
            let lines: Vec<String> = values.iter().map(Value::to_string).collect();
            let answer = target.http.post(&(lines.join("\n") + "\n"));
            assert_eq!(sum(&answer), Some(lines.len()), "{}", answer.text);
            let body = Value::from(values).to_string().into_bytes();
            let batch = target
                .http
                .try_post(body, "application/cloudevents-batch+json", None)
                .expect("an answer");
            assert_eq!(sum(&batch), Some(lines.len()), "{}", batch.text);
            for kind in ["visits", "dossiers", "boards", "ratings"] {
                target
                    .http
                    .report(kind, "2026-11-01", "2026-12-01", Some("site"))
                    .ok();
                target
                    .http
                    .report(kind, "1960-01-02", "2060-01-01", None)
                    .ok();
            }
            target.assert_alive();
        },
    );
}

#[test]
fn arbitrary_questions_are_answered() {
    let target = Target::start();
    check((".{0,24}", ".{0,24}", ".{0,12}"), |(from, to, by)| {
        let status = target.http.report("visits", &from, &to, Some(&by)).status;
        assert!((200..500).contains(&status), "{status}");
        target.assert_alive();
    });
}

#[test]
fn deep_nesting_is_a_rejected_line() {
    let target = Target::start();
    for depth in [200, 100_000] {
        let answer = target
            .http
            .post(&format!("{}{}\n", "[".repeat(depth), "]".repeat(depth)));
        assert_eq!(sum(&answer), Some(1), "{}", answer.text);
    }
    target.assert_alive();
}

#[test]
fn nonsense_on_the_websocket_is_answered_with_errors() {
    let target = Target::start();
    let url = target.server.borrow().ws_url();
    let readers = Readers::new();
    let nonsense = [
        "",
        "{",
        "[]",
        "42",
        r#"{"op":"fly"}"#,
        r#"{"op":"subscribe"}"#,
        r#"{"op":"subscribe","topic":7}"#,
        r#"{"op":"subscribe","topic":"no-such"}"#,
        r#"{"op":"subscribe","topic":"city","since":{"epoch":1,"offset":"x"}}"#,
    ];
    for text in nonsense {
        let reader = readers.open(
            &url,
            vec![text.to_owned(), r#"{"op":"ping"}"#.to_owned()],
            View::default(),
        );
        let error = reader.until_other(text, |frame| frame["kind"] == "error");
        assert!(
            error["code"].is_string() && error["message"].is_string(),
            "{error}"
        );
        reader.until_other("a pong after it", |frame| frame["kind"] == "pong");
    }
    target.assert_alive();
}
