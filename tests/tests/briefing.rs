//! The briefing of a simulated week, through the program: its figures are those of the reports, whoever is asked.

use std::path::Path;

use harness::program::{self, run};
use harness::server::{Clock, Server, fresh};
use serde_json::Value;

const FROM: &str = "2026-11-16";
const TO: &str = "2026-11-23";

/// Events from the Thursday before the week to the Monday after it.
fn city(dir: &Path) {
    let file = dir.join("city.ndjson");
    let events = run(&[
        "simulate",
        "--days",
        "12",
        "--start",
        "2026-11-12",
        "--seed",
        "7",
        "--scale",
        "0.02",
    ])
    .done()
    .stdout;
    std::fs::write(&file, events).expect("the temporary directory is writable");
    program::ingest(&file, &dir.join("data"));
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
fn assert_near(told: &Value, reported: f64, what: &str) {
    let told = number(told);
    // Reports have six decimals.
    assert!(
        (told - reported).abs() <= 1e-6 * (1.0 + reported.abs()),
        "{what}: {told}, report {reported}"
    );
}

/// Every headline beside the reports of its span.
fn assert_as_reported(briefing: &Value, http: &harness::http::Http, span: [&str; 2], member: &str) {
    let report = |family: &str| http.report(family, span[0], span[1], None).ok()["rows"][0].clone();
    let (visits, dossiers) = (report("visits"), report("dossiers"));
    let (ratings, duties) = (report("ratings"), report("duties"));
    let headlines = briefing["headlines"].as_array().expect("headlines");
    let told = |code: &str| {
        let headline = headlines
            .iter()
            .find(|h| h["code"] == code)
            .expect("a headline");
        if member.is_empty() {
            headline["value"].clone()
        } else {
            headline[member]["value"].clone()
        }
    };
    let share = |row: &Value, good: &[&str], all: &[&str]| {
        let sum = |names: &[&str]| names.iter().map(|name| number(&row[*name])).sum::<f64>();
        sum(good) / sum(all)
    };
    for (code, reported) in [
        ("visits", number(&visits["visits"])),
        ("mean_wait_s", number(&visits["mean_wait_s"])),
        (
            "over_15min_share",
            share(&visits, &["over_15min"], &["started"]),
        ),
        (
            "mean_transaction_per_dossier_s",
            number(&visits["mean_transaction_per_dossier_s"]),
        ),
        ("accepted", number(&dossiers["accepted"])),
        ("resolved", number(&dossiers["resolved"])),
        (
            "on_time_share",
            share(&dossiers, &["resolved_early_or_on_time"], &["resolved"]),
        ),
        (
            "in_progress_overdue",
            number(&dossiers["in_progress_overdue"]),
        ),
        (
            "digitised_share",
            share(&dossiers, &["digitised_before"], &["resolved"]),
        ),
        ("supplement_twice", number(&dossiers["supplement_twice"])),
        (
            "acknowledged_share",
            share(
                &duties,
                &["acknowledge_kept"],
                &["acknowledge_kept", "acknowledge_broken", "acknowledge_late"],
            ),
        ),
        ("satisfied_share", number(&ratings["satisfied_share"])),
    ] {
        assert_near(&told(code), reported, code);
    }
}

#[test]
fn a_weeks_briefing_says_what_the_reports_say() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    city(dir.path());
    let data = dir.path().join("data");
    let server = Server::start(&data, Clock::Events);
    let http = server.http();
    let briefing = http.get("/api/v1/briefings/2026-W47", &[]).ok();
    assert_eq!(briefing["is_over"], true);
    assert_eq!(briefing["simulated"], true);
    assert_as_reported(&briefing, &http, [FROM, TO], "");
    assert_as_reported(&briefing, &http, ["2026-11-09", FROM], "previous");

    // Parts and rest are the change.
    let movements = briefing["movements"].as_array().expect("movements");
    assert_eq!(movements.len(), 3);
    for movement in movements {
        for split in movement["splits"].as_array().expect("splits") {
            let parts = split["parts"].as_array().expect("parts").iter();
            let sum: f64 = parts.map(|p| number(&p["mix"]) + number(&p["level"])).sum();
            let change = number(&movement["change"]);
            assert!(
                (sum + number(&split["rest"]) - change).abs() < 1e-6,
                "{}",
                movement["code"]
            );
        }
    }
    // A simulated city has no year before.
    assert_eq!(briefing["headlines"][0]["last_year"]["value"], Value::Null);
    assert!(
        briefing["decisions"]
            .as_array()
            .is_some_and(|d| !d.is_empty() && d.len() <= 3)
    );
    let coverage = http.get("/api/v1/coverage?summary=true", &[]).ok();
    assert_eq!(
        briefing["network"]["coverage"]["covered"],
        coverage["city"]["covered"]
    );

    // The command asks the server that runs, and reckons alone when none does: the same bytes.
    let write = |name: &str| {
        let (json, paper) = (
            dir.path().join(format!("{name}.json")),
            dir.path().join(format!("{name}.paper.json")),
        );
        let text = |path: &Path| path.to_str().expect("test paths are UTF-8").to_owned();
        run(&[
            "briefing",
            "--data",
            &text(&data),
            "--week",
            "2026-W47",
            "--out",
            &text(&json),
            &text(&paper),
        ])
        .done();
        [json, paper].map(|file| std::fs::read_to_string(file).expect("the file is written"))
    };
    let asked = write("asked");
    assert_eq!(
        serde_json::from_str::<Value>(&asked[0]).expect("JSON"),
        briefing
    );
    assert!(server.stop().success());
    assert_eq!(write("alone"), asked);
    let paper: Value = serde_json::from_str(&asked[1]).expect("JSON");
    assert_eq!(paper["title"], "BÁO CÁO");
    assert_eq!(
        paper["letterhead"]["place_and_date"],
        "Hà Nội, ngày 23 tháng 11 năm 2026"
    );
}

#[test]
fn what_cannot_be_briefed_is_told() {
    let it = fresh(Clock::Events);
    for span in ["2026-W60", "2026", "tuan-47", "2026-13"] {
        it.http
            .get(&format!("/api/v1/briefings/{span}"), &[])
            .assert_problem(400);
    }
    let it_is = |query: &[(&str, &str)]| it.http.get("/api/v1/briefings/2026-W47", query).status;
    assert_eq!(it_is(&[("format", "exe")]), 400);
    assert_eq!(it_is(&[("lang", "fr")]), 400);
    let ahead = it.http.get("/api/v1/briefings/2098-W01", &[]);
    ahead.assert_problem(400);
    assert_eq!(ahead.json()["code"], "not_begun");

    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().to_str().expect("test paths are UTF-8");
    for args in [
        &["--week", "2026-11", "--out", "x.json"][..],
        &[
            "--week", "2026-W47", "--month", "2026-11", "--out", "x.json",
        ],
        &["--week", "2026-W47", "--out", "x.exe"],
        &["--out", "x.json"],
    ] {
        let mut all = vec!["briefing", "--data", data];
        all.extend(args);
        assert_eq!(run(&all).code, 2, "{args:?}");
    }
}
