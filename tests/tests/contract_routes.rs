//! Proves the routes beside `POST /api/v1/events`: health, metrics, descriptions, and how reports
//! answer when there is nothing to say or the question is wrong.

use harness::events::{DAY, NEXT_DAY, issued_now, ndjson, ticket};
use harness::server::{Clock, fresh};
use serde_json::{Value, json};

#[test]
fn health_readiness_and_metrics_stand_at_the_root() {
    let it = fresh(Clock::Wall);
    assert_eq!(it.http.get("/healthz", &[]).status, 200);
    assert_eq!(it.http.get("/readyz", &[]).status, 200);
    it.http.post_all(&ndjson(&[issued_now("00004", "A1")]));
    let metrics = it.http.get("/metrics", &[]);
    assert_eq!(metrics.status, 200);
    assert!(
        metrics.content_type.starts_with("text/plain"),
        "Prometheus text, not {}",
        metrics.content_type
    );
    assert!(
        metrics.text.lines().any(|line| line.starts_with("# TYPE ")),
        "{}",
        metrics.text
    );
    assert!(
        it.http.get("/api/v1/openapi.json", &[]).ok()["paths"]["/events"].is_object()
            || it.http.get("/api/v1/openapi.json", &[]).ok()["paths"]["/api/v1/events"].is_object()
    );
    assert!(it.http.get("/api/v1/asyncapi.json", &[]).ok()["asyncapi"].is_string());
}

#[test]
fn a_report_without_anything_is_one_row_of_zeros_and_nulls() {
    let it = fresh(Clock::Events);
    let expected: [(&str, &[&str], &[&str]); 4] = [
        (
            "visits",
            &["visits", "started", "unresolved", "over_15min"],
            &["mean_wait_s", "p95_wait_s", "mean_rewait_s"],
        ),
        (
            "dossiers",
            &["submitted", "total", "supplement_twice"],
            &["mean_working_hours"],
        ),
        (
            "boards",
            &["snapshots"],
            &["first", "last", "mean_waiting", "mean_open_counters"],
        ),
        (
            "ratings",
            &["ratings", "satisfied"],
            &["mean_score", "satisfied_share", "low", "high"],
        ),
    ];
    for (kind, zeros, nulls) in expected {
        let answer = it.http.report(kind, DAY, NEXT_DAY, None).ok();
        let rows = answer["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), 1, "{kind}: without `by`, one row");
        for name in zeros {
            assert_eq!(rows[0][name], 0, "{kind}: {name} of {}", rows[0]);
        }
        for name in nulls {
            assert_eq!(
                rows[0].get(name),
                Some(&Value::Null),
                "{kind}: {name} of {}",
                rows[0]
            );
        }
        assert_eq!(
            it.http.report(kind, DAY, NEXT_DAY, Some("site")).ok()["rows"],
            json!([]),
            "{kind}: no group, no row"
        );
    }
}

#[test]
fn all_adds_the_known_others_with_nulls() {
    let it = fresh(Clock::Events);
    it.http
        .post_all(&ndjson(&[ticket("issued", "08:00", "00004", "A1")]));
    let answer = it
        .http
        .get(
            "/api/v1/visits",
            &[
                ("from", DAY),
                ("to", NEXT_DAY),
                ("by", "site"),
                ("all", "true"),
            ],
        )
        .ok();
    let rows = answer["rows"].as_array().expect("rows");
    let known = it.http.get("/api/v1/sites", &[]).ok()["sites"]
        .as_array()
        .expect("sites")
        .len();
    assert_eq!(rows.len(), known, "a row for every known site");
    let other = rows
        .iter()
        .find(|row| row["site"] != "00004")
        .expect("other sites");
    assert_eq!(
        other.get("visits"),
        Some(&Value::Null),
        "a site that sent nothing has no figures: {other}"
    );
}

#[test]
fn a_wrong_question_is_a_problem_of_status_400() {
    let it = fresh(Clock::Events);
    for (kind, by) in [
        ("visits", "field"),
        ("visits", "agency"),
        ("boards", "agency"),
        ("boards", "field"),
        ("boards", "counter"),
        ("dossiers", "counter"),
        ("visits", "colour"),
    ] {
        let answer = it.http.report(kind, DAY, NEXT_DAY, Some(by));
        assert_eq!(answer.status, 400, "{kind} by {by}: {}", answer.text);
        answer.assert_problem(400);
    }
    it.http
        .report("visits", "yesterday-ish", NEXT_DAY, None)
        .assert_problem(400);
    it.http
        .report("visits", NEXT_DAY, DAY, None)
        .assert_problem(400);
    it.http
        .get("/api/v1/no-such-thing", &[])
        .assert_problem(404);
    assert!(
        it.server
            .log()
            .lines()
            .all(|line| !line.contains("panicked")),
        "{}",
        it.server.log()
    );
}

#[test]
fn a_ticket_belongs_to_the_service_day_of_its_own_time() {
    let it = fresh(Clock::Events);
    it.http.post_all(&ndjson(&[
        ticket("issued", "2026-11-22T17:30:00Z", "00004", "A1"), // 00:30 of the 23rd
        ticket("issued", "2026-11-24T00:00:00+07:00", "00004", "A1"),
    ]));
    let by_day = it
        .http
        .report("visits", "2026-11-22", "2026-11-25", Some("day"))
        .ok();
    let days: Vec<&str> = by_day["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row["day"].as_str())
        .collect();
    assert_eq!(days, ["2026-11-23", "2026-11-24"]);
}
