//! One dossier's clock over HTTP: explained from memory and from the archive, by the operator's calendar, and in the
//! figures after the calendar has changed.

use std::path::Path;

use harness::events::{line_from, ndjson};
use harness::program;
use harness::server::{Clock, Server};
use serde_json::{Value, json};

const CODE: &str = "000.00.25.H26-261116-0001";

fn step(step: &str, time: &str, mut data: Value) -> String {
    data["dossier"] = json!(CODE);
    let time = format!("2026-11-{time}:00+07:00");
    let id = format!("{step}-{}", time.replace('+', "-"));
    line_from("onestop", &format!("dossier.{step}"), &time, &id, data)
}

/// Filed on Monday, stopped on Tuesday, settled on Thursday after it was due.
fn events() -> Vec<String> {
    let filing =
        json!({"procedure": "1.001", "field": "land", "site": "00004", "agency": "dept/justice"});
    vec![
        step("submitted", "16T09:00", filing),
        step(
            "accepted",
            "16T10:00",
            json!({"due_at": "2026-11-18T10:00:00+07:00"}),
        ),
        step("supplement_requested", "17T08:00", json!({})),
        step("supplemented", "17T17:00", json!({})),
        step("resolved", "19T15:00", json!({"result": "approved"})),
    ]
}

fn take(data: &Path, lines: &[String]) {
    let args = [
        "ingest",
        "-",
        "--data",
        data.to_str().expect("test paths are UTF-8"),
        "--clock",
        "events",
    ];
    program::run_with_input(&args, ndjson(lines).as_bytes()).done();
}

fn dossier(server: &Server) -> Value {
    let path = format!("/api/v1/dossiers/{CODE}");
    server.http().get(&path, &[]).ok()
}

fn phases(dossier: &Value) -> Vec<(String, f64)> {
    let spans = dossier["spans"].as_array().expect("spans");
    let told = spans.iter().map(|span| {
        let because = &span["because"]["event"];
        assert!(because.is_string(), "each span names its event: {span}");
        let phase = span["phase"].as_str().expect("a phase").to_owned();
        (phase, span["working_hours"].as_f64().expect("hours"))
    });
    told.collect()
}

#[test]
fn a_dossier_is_explained_wherever_it_lies() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    take(dir.path(), &events());
    let server = Server::start(dir.path(), Clock::Events);
    let here = dossier(&server);
    let expected = [
        ("awaiting_reception", 1.0),
        ("running", 6.0),
        ("awaiting_supplement", 8.0),
        ("running", 10.0),
        ("overdue", 4.0),
        ("awaiting_collection", 0.0),
    ];
    let told = phases(&here);
    for (told, expected) in told.iter().zip(expected) {
        assert_eq!((told.0.as_str(), told.1), expected);
    }
    assert_eq!(told.len(), expected.len(), "{told:?}");
    assert_eq!(here["stage"], "resolved");
    assert_eq!(here["overdue"], true);
    assert_eq!(here["due"], "2026-11-19T10:00:00+07:00");
    assert_eq!(here["working_hours"], 20.0);
    let unknown = server.http().get("/api/v1/dossiers/nobody", &[]);
    assert_eq!(unknown.status, 404);
    let at = [("at", "soon")];
    let wrong = server.http().get(&format!("/api/v1/dossiers/{CODE}"), &at);
    assert_eq!(wrong.status, 400);
    let at = [("at", "2026-11-17T12:00:00+07:00")];
    let then = server
        .http()
        .get(&format!("/api/v1/dossiers/{CODE}"), &at)
        .ok();
    assert_eq!(
        (&then["stage"], &then["paused"]),
        (&json!("open"), &json!(true))
    );
    server.stop();

    // A month later it has left memory, and says the same of its clock.
    let later = line_from(
        "kiosk",
        "device.heartbeat",
        "2026-12-20T09:00:00+07:00",
        "1",
        json!({"site": "00004", "device": "k"}),
    );
    take(dir.path(), &[later]);
    let args = ["migrate", "--data", dir.path().to_str().expect("UTF-8")];
    program::run(&args).done();
    let server = Server::start(dir.path(), Clock::Events);
    assert_eq!(server.http().metric("vonglau_state_dossiers"), 0.0);
    // The wait for collection goes on, and nothing else has changed.
    let [from_archive, here] = [dossier(&server), here].map(|mut dossier| {
        let spans = dossier["spans"].as_array_mut().expect("spans");
        assert_eq!(spans.pop().expect("a span")["phase"], "awaiting_collection");
        let duties = dossier["duties"].as_array_mut().expect("duties");
        assert_eq!(duties.pop().expect("a duty")["duty"], "collect");
        dossier["as_of"] = Value::Null;
        dossier
    });
    assert_eq!(from_archive, here);
    server.stop();
}

#[test]
fn a_changed_calendar_moves_every_figure() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    take(dir.path(), &events());
    let report = || {
        let rows = program::report("dossiers", dir.path(), "2026-11-16", "2026-11-23", None);
        rows["rows"][0].clone()
    };
    let sql = || {
        let question = "select due_at, working_hours from dossiers";
        let data = dir.path().to_str().expect("UTF-8");
        program::run(&["sql", "--data", data, question])
            .done()
            .stdout
    };
    let before = report();
    assert_eq!(before["mean_working_hours"], 20.0);
    assert_eq!(before["resolved_overdue"], 1);
    let rows_before = sql();

    // The agency does not work on Tuesdays and Wednesdays: nothing of it was late.
    let calendar = "[[hours]]\nof = [\"agency/dept/justice\"]\neffective_from = \"2026-01-01\"\n\
        weekdays = [\"08:00-12:00\", \"13:00-17:00\"]\ntuesday = []\nwednesday = []\n";
    std::fs::write(dir.path().join("calendar.toml"), calendar).expect("the directory is ours");
    let after = report();
    assert_eq!(after["mean_working_hours"], 12.0, "{after}");
    assert_ne!(sql(), rows_before, "the facts are made again");
    let server = Server::start(dir.path(), Clock::Events);
    let told = phases(&dossier(&server));
    assert_eq!(told[1], ("running".to_owned(), 6.0));
    assert_eq!(told[2], ("awaiting_supplement".to_owned(), 0.0));
    server.stop();

    let other = tempfile::tempdir().expect("a temporary directory");
    let (backup, restored) = (other.path().join("backup"), other.path().join("restored"));
    let [data, backup, restored] =
        [dir.path(), &backup, &restored].map(|path| path.to_str().expect("UTF-8"));
    program::run(&["backup", backup, "--data", data]).done();
    program::run(&["restore", backup, "--data", restored]).done();
    let kept = std::fs::read_to_string(Path::new(restored).join("calendar.toml"));
    assert_eq!(kept.expect("a backup holds it"), calendar);

    std::fs::write(dir.path().join("calendar.toml"), "[[hours]]\n").expect("the directory is ours");
    let run = program::run(&["sql", "--data", data, "select 1"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("calendar.toml") && run.stderr.contains("effective_from"),
        "{}",
        run.stderr
    );
}
