//! Proves what is told of devices' clocks: a clock that is ahead or behind is told from a line that holds events back, what no clock
//! can mean is set aside and counted, imports say nothing; and that a point's day is provisional until its devices were heard.

use harness::events::{line, line_from, ndjson};
use harness::program;
use harness::server::{Clock, fresh};
use serde_json::{Value, json};

/// Beats of a device, each so many seconds before now.
fn beats(device: &str, ages: impl IntoIterator<Item = i64>) -> String {
    let now = jiff::Timestamp::now();
    let source = format!("site/00004/{device}");
    let lines = ages.into_iter().enumerate().map(|(n, age)| {
        let at = now - jiff::SignedDuration::from_secs(age);
        let data = json!({"site": "00004", "device": device});
        line_from(
            &source,
            "device.heartbeat",
            &at.to_string(),
            &n.to_string(),
            data,
        )
    });
    ndjson(&lines.collect::<Vec<String>>())
}

fn clock<'a>(answer: &'a Value, source: &str, device: &Value) -> &'a Value {
    let clocks = answer["clocks"].as_array().expect("clocks");
    let found = clocks
        .iter()
        .find(|c| c["source"] == source && c["device"] == *device);
    found.unwrap_or_else(|| panic!("no {source} {device}: {answer:#}"))
}

#[test]
fn a_clock_is_told_from_a_line_and_what_neither_can_mean_is_set_aside() {
    let it = fresh(Clock::Wall);
    it.http.post_all(&beats("right", (0..30).map(|_| 0)));
    it.http.post_all(&beats("fast", (0..30).map(|_| -120)));
    it.http.post_all(&beats("slow", (0..30).map(|_| 240)));
    it.http.post_all(&beats("held", (0..30).map(|n| n * 30)));
    it.http.post_all(&beats("rare", (0..5).map(|_| 0)));
    // A clock that was never set, and one that is too far ahead to be taken.
    it.http
        .post_all(&beats("lost", [56 * 366 * 86_400, 3 * 86_400]));
    let refused = it.http.post(&beats("far", [-600, -700])).ok();
    assert_eq!(refused["rejected"][0]["code"], "clock_ahead");
    // What is sent again says nothing more.
    it.http.post(&beats("rare", (0..5).map(|_| 0))).ok();

    let answer = it.http.get("/api/v1/devices/clocks", &[]).ok();
    let device = |name: &str| clock(&answer, &format!("site/00004/{name}"), &json!(name)).clone();
    let verdicts = ["right", "fast", "slow", "held", "rare", "lost"].map(|name| {
        let verdict = device(name)["verdict"].clone();
        verdict.as_str().expect("a verdict").to_owned()
    });
    assert_eq!(
        verdicts,
        [
            "in_step",
            "ahead",
            "behind",
            "late_batches",
            "too_few",
            "too_few"
        ]
    );
    let near = |value: &Value, expected: f64| {
        let value = value.as_f64().expect("seconds");
        // A median is within 5 %, and the machine that runs the test may be slow.
        assert!(
            value >= expected * 0.95 - 0.1 && value < expected * 1.06 + 15.0,
            "{value}, {expected}"
        );
    };
    near(&device("slow")["least_s"], 240.0);
    near(&device("held")["median_s"], 420.0);
    let fast = device("fast")["least_s"].as_f64().expect("seconds");
    assert!((-120.1..-100.0).contains(&fast), "{fast}");
    assert_eq!(
        (&device("fast")["site"], &device("fast")["n"]),
        (&json!("00004"), &json!(30))
    );
    let lost = device("lost");
    assert_eq!((&lost["n"], &lost["least_s"]), (&json!(0), &Value::Null));
    assert_eq!(
        lost["set_aside"],
        json!({"ahead": 0, "over_a_day": 2, "long_ago": 1})
    );
    let far = clock(&answer, "site/00004/far", &Value::Null);
    assert_eq!(far["set_aside"]["ahead"], 2);
    assert_eq!(
        (&answer["verdicts"]["ahead"], &answer["simulated"]),
        (&json!(1), &json!(false))
    );

    let metric = |name: &str| it.http.metric(name);
    assert_eq!(metric(r#"vonglau_device_clocks{verdict="ahead"}"#), 1.0);
    assert_eq!(
        metric(r#"vonglau_implausible_events_total{reason="clock_ahead"}"#),
        2.0
    );
    assert_eq!(
        metric(r#"vonglau_implausible_events_total{reason="long_ago"}"#),
        1.0
    );
    it.http
        .get("/api/v1/devices/clocks", &[("day", "soon")])
        .assert_problem(400);
    let long_ago = it
        .http
        .get("/api/v1/devices/clocks", &[("day", "2020-01-06")])
        .ok();
    assert_eq!(long_ago["clocks"], json!([]));
}

#[test]
fn an_import_says_nothing_of_clocks() {
    let it = fresh(Clock::Wall);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("week.ndjson");
    std::fs::write(&file, beats("k1", (0..30).map(|n| n * 3_600))).expect("it can be written");
    let url = format!("http://{}", it.server.address());
    let file = file.to_str().expect("UTF-8");
    program::run(&["ingest", file, "--url", &url]).done();
    let answer = it.http.get("/api/v1/devices/clocks", &[]).ok();
    assert_eq!(answer["clocks"], json!([]), "{answer}");
}

#[test]
fn a_points_day_is_provisional_until_its_devices_were_heard_past_closing() {
    let it = fresh(Clock::Events);
    let beat = |device: &str, time: &str| {
        let data = json!({"site": "00004", "device": device});
        let id = format!("{device}/{time}").replace('+', "-");
        line("device.heartbeat", time, &id, data)
    };
    it.http
        .post_all(&ndjson(&[beat("k1", "08:00"), beat("k2", "08:00")]));
    let today = || it.http.get("/api/v1/sites/00004", &[]).ok()["days"][0].clone();
    let report = || {
        it.http
            .report("visits", "2026-11-23", "2026-11-24", Some("day"))
            .ok()
    };
    assert_eq!(
        (&today()["provisional"], &today()["missing"]),
        (&json!(true), &json!([]))
    );
    it.http.post_all(&ndjson(&[beat("k1", "17:01")]));
    let evening = today();
    assert_eq!(
        evening,
        json!({
            "day": "2026-11-23", "provisional": true, "missing": ["k2"],
            "closes_at": "2026-11-23T17:00:00+07:00",
            "final_at": "2026-11-24T17:00:00+07:00",
        })
    );
    assert_eq!(
        report()["provisional"],
        json!([{"day": "2026-11-23", "sites": 1, "missing": 1}])
    );
    it.http.post_all(&ndjson(&[beat("k2", "17:02")]));
    assert_eq!(
        (&today()["provisional"], &today()["missing"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(report()["provisional"], json!([]));
}
