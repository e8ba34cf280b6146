//! Proves that alert rules are refused with their reason, and kept over a power cut with who entered them, when and why.

use std::ops::Range;

use harness::events::{beats, ndjson, ticket};
use harness::http::{Answer, Http};
use harness::server::{Clock, Server};
use serde_json::{Value, json};

/// A rule of one's own with some of its lines given.
fn rule(id: &str, lines: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\neffective_from = \"2026-11-01\"\n{lines}\n\
         title = {{ vi = \"Thử\", en = \"A test\" }}\nresponse = {{ vi = \"Xem\", en = \"Look\" }}\n"
    )
}

#[test]
fn rules_are_refused_with_their_reason_and_kept_with_who_entered_them() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let http = server.http();
    // Twelve points at which somebody waits from the same minute on: no flood by the rules that ship.
    let sites: Vec<String> = ["00004", "00008", "00025", "00034", "00037", "00070"]
        .into_iter()
        .chain(["00082", "00091", "00097", "00103", "00118", "00127"])
        .map(str::to_owned)
        .collect();
    let lines: Vec<String> = sites
        .iter()
        .map(|site| ticket("issued", "08:05", site, "A1"))
        .collect();
    http.post_all(&ndjson(&lines));
    let spans: Vec<(&str, Range<u32>)> = sites.iter().map(|s| (s.as_str(), 450..500)).collect();
    http.post_all(&beats(&spans));

    let crowd = rule(
        "throng",
        "signal = \"waiting\"\nover = 0\ngroup = \"throng\"\nhours = \"open\"",
    );
    let bad = [
        ("[[rule]]\nid = ", "does_not_parse", "line 2"),
        (
            &*rule("x", "signal = \"mood\"\nover = 1\ngroup = \"x\""),
            "refers_to_nothing",
            "mood",
        ),
        (
            &*rule(
                "x",
                "signal = \"waiting\"\nover = 1\ngroup = \"x\"\nhides = [\"nowhere\"]",
            ),
            "refers_to_nothing",
            "nowhere",
        ),
        (
            &*rule(
                "x",
                "signal = \"waiting\"\nover = 1\nunder = 2\ngroup = \"x\"",
            ),
            "contradicts",
            "not both",
        ),
        (
            &*rule(
                "x",
                "signal = \"waiting\"\nover = 1\ngroup = \"flow\"\nhides = [\"silent\"]",
            ),
            "contradicts",
            "hide each other",
        ),
    ];
    for (toml, code, word) in bad {
        let checked = http
            .post_json("/api/v1/alerts/rules/check", &json!({"toml": toml}))
            .ok();
        let problem = &checked["problems"][0];
        assert_eq!(problem["code"], code, "{checked}");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(word), "{detail}");
        let put = enter(&http, toml);
        put.assert_problem(400);
        let refused = put.json();
        assert_eq!(refused["code"], "bad_rules");
        assert!(
            refused["detail"].as_str().is_some_and(|d| d.contains(word)),
            "{refused}"
        );
    }
    // What would have flooded the desk is seen by the check, and refused.
    let checked = http
        .post_json("/api/v1/alerts/rules/check", &json!({"toml": crowd}))
        .ok();
    let floods = |which: &str| {
        checked["replay"][which]["floods"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!((floods("now"), floods("then")), (0, 1), "{checked}");
    let put = enter(&http, &crowd);
    put.assert_problem(400);
    assert!(put.json()["detail"].as_str().is_some_and(|d| {
        d.contains("1 floods") && d.contains("instead of 0") && d.contains("`throng`")
    }));
    let none = http.get("/api/v1/alerts/rules", &[]).ok();
    assert_eq!(
        (&none["own"], none["entered"].as_array().map(Vec::len)),
        (&Value::Null, Some(0))
    );

    // Without a seat or a reason nothing is entered.
    let late = "[[rule]]\nid = \"wait_long\"\neffective_from = \"2026-11-01\"\nover = 3600\n";
    let put = http.put_json("/api/v1/alerts/rules", &json!({"toml": late, "by": "ca-1"}));
    assert_eq!(
        (put.status, &put.json()["code"]),
        (400, &json!("not_a_line"))
    );
    enter(&http, late).ok();
    server.kill();

    let server = Server::start(dir.path(), Clock::Events);
    let kept = server.http().get("/api/v1/alerts/rules", &[]).ok();
    assert_eq!(kept["own"], late);
    let entered = &kept["entered"][0];
    assert_eq!(
        (&entered["by"], &entered["reason"], &entered["toml"]),
        (&json!("ca-1"), &json!("thử ngưỡng mới"), &json!(late))
    );
    assert!(
        entered["at"]
            .as_str()
            .is_some_and(|t| t.starts_with("2026-11-23T08:15"))
    );
    let rules = kept["rules"].as_array().expect("rules");
    let limit = |from: &str| {
        let found = rules
            .iter()
            .find(|r| r["id"] == "wait_long" && r["effective_from"] == from);
        found.map(|r| r["limit"].clone())
    };
    // The rule that ships stands before the day from which the entered one does.
    assert_eq!(
        (limit("2024-10-01"), limit("2026-11-01")),
        (Some(json!(7200.0)), Some(json!(3600.0)))
    );
    server.stop();
}

fn enter(http: &Http, toml: &str) -> Answer {
    let body = json!({"toml": toml, "by": "ca-1", "reason": "thử ngưỡng mới"});
    http.put_json("/api/v1/alerts/rules", &body)
}
