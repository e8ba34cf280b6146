//! Proves that a machine's clock that jumps is told, counted, and costs nothing that was acknowledged; what was
//! refused because of it is taken when the clock is right again.

use std::path::{Path, PathBuf};

use harness::events::{DAY, NEXT_DAY, issued_now, ndjson, ticket, tickets};
use harness::http::Http;
use harness::live::Readers;
use harness::program;
use harness::server::{Clock, Server, Setup};
use harness::shared;
use harness::waiting::until;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Debian's libfaketime, by which a program sees a clock of the test's own.
fn libfaketime(test: &str) -> Option<PathBuf> {
    let arch = std::env::consts::ARCH;
    let path = PathBuf::from(format!(
        "/usr/lib/{arch}-linux-gnu/faketime/libfaketime.so.1"
    ));
    if path.is_file() {
        return Some(path);
    }
    shared::missing(
        test,
        &format!(
            "{} is not there (install Debian's libfaketime)",
            path.display()
        ),
    );
    None
}

/// Today's visits, wherever the server thinks it is.
fn visits(http: &Http) -> Value {
    let now = Timestamp::now();
    let [from, to] = [-48, 48].map(|h| (now + SignedDuration::from_hours(h)).to_string());
    http.report("visits", &from, &to, None).ok()["rows"][0]["visits"].clone()
}

#[test]
fn a_clock_set_back_and_ahead_under_a_server_is_told_and_nothing_is_lost() {
    let Some(library) = libfaketime("a_clock_set_back_and_ahead") else {
        return;
    };
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, offset) = (dir.path().join("data"), dir.path().join("offset"));
    let set = |text: &str| {
        // At once, so that the server never reads half of it.
        let next = dir.path().join("next");
        std::fs::write(&next, text).expect("a file can be written");
        std::fs::rename(&next, &offset).expect("a file can be renamed");
    };
    set("+0");
    let [library, file] = [&library, &offset].map(|p: &PathBuf| text(p).to_owned());
    let env = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", file.as_str()),
        ("FAKETIME_NO_CACHE", "1"),
        // Only the clock that people set.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let setup = Setup {
        env: &env,
        ..Setup::default()
    };
    let server = Server::start_with(&data, Clock::Wall, setup);
    let http = server.http();
    let issued = ["A1", "A2", "A3", "A4"].map(|name| ndjson(&[issued_now("00004", name)]));
    http.post_all(&issued[0]);
    let steps = |direction: &str| {
        http.metric(&format!(
            "vonglau_clock_steps_total{{direction=\"{direction}\"}}"
        ))
    };

    set("-3600");
    until("the step back is counted", || steps("back") >= 1.0);
    assert!(
        server.log().contains("set back by 3600 s"),
        "{}",
        server.log()
    );
    // What is true now lies ahead of such a clock: refused with a reason and counted, not taken and lost.
    let answer = http.post(&issued[1]).ok();
    assert_eq!(answer["rejected"][0]["code"], "clock_ahead", "{answer}");
    let rejected = "vonglau_rejected_lines_total{code=\"clock_ahead\"}";
    assert!(http.metric(rejected) >= 1.0);
    assert_eq!(visits(&http), 1);

    set("+0");
    until("the step ahead is counted", || steps("ahead") >= 1.0);
    assert!(
        server.log().contains("set ahead by 3600 s"),
        "{}",
        server.log()
    );
    http.post_all(&issued[1]);

    // Into tomorrow, and home.
    set("+93600");
    until("another step ahead", || steps("ahead") >= 2.0);
    http.post_all(&issued[2]);
    assert_eq!(http.post(&issued[0]).ok()["duplicate"], 1);
    set("+0");
    until("another step back", || steps("back") >= 2.0);
    http.post_all(&issued[3]);
    assert_eq!(visits(&http), 4);
    assert_eq!(http.sql("select count(*) as n from visits").ok()[0]["n"], 4);
    assert!(server.stop().success());

    // Arrivals that go back and forth in the journal disturb no later start, and the doctor says that some are of
    // a time that has not come yet.
    let server = Server::start(&data, Clock::Wall);
    for line in &issued {
        assert_eq!(server.http().post(line).ok()["duplicate"], 1);
    }
    assert_eq!(visits(&server.http()), 4);
    assert!(server.stop().success());
    let doctor = program::run(&[
        "doctor",
        "--data",
        text(&data),
        "--json",
        "--min-free-bytes",
        "1MB",
    ]);
    assert!(doctor.stdout.contains("clock_back"), "{}", doctor.stdout);
}

fn text(path: &Path) -> &str {
    path.to_str().expect("test paths are UTF-8")
}

#[test]
fn an_event_of_another_century_moves_the_clock_of_events_and_no_figure_of_a_day() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let http = server.http();
    http.post_all(&tickets(0, 20));
    let asked =
        |http: &Http| http.report("visits", DAY, NEXT_DAY, Some("site")).ok()["rows"].clone();
    let before = asked(&http);
    http.post_all(&ndjson(&[ticket(
        "issued",
        "2126-11-23T08:00:00+07:00",
        "00004",
        "Z1",
    )]));
    // Events of the day go on arriving, a century late.
    http.post_all(&tickets(1, 20));
    let after = asked(&http);
    assert_eq!(before[0]["visits"], 20);
    assert_eq!(after[0]["visits"], 40);
    assert!(server.stop().success());
    let server = Server::start(dir.path(), Clock::Events);
    assert_eq!(asked(&server.http()), after);
}

#[test]
fn where_events_are_the_clock_and_none_has_come_it_is_today_and_then_the_day_of_the_first() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let http = server.http();
    let readers = Readers::new();
    let city = readers.subscribe(&server.ws_url(), "city");
    let is_now = |as_of: &str| {
        let as_of: Timestamp = as_of.parse().expect("a time with an offset");
        Timestamp::now().duration_since(as_of).abs() < SignedDuration::from_mins(5)
    };
    let as_of = city.first().as_of;
    assert!(is_now(&as_of), "{as_of}");
    let visits = http.report("visits", DAY, NEXT_DAY, None).ok();
    let as_of = visits["as_of"].as_str().expect("a report says its time");
    assert!(is_now(as_of), "{as_of}");
    // A week that is over has a briefing, of nothing.
    let last_week = (Timestamp::now() - SignedDuration::from_hours(7 * 24))
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)))
        .date()
        .iso_week_date();
    let span = format!("{}-W{:02}", last_week.year(), last_week.week());
    let briefing = http.get(&format!("/api/v1/briefings/{span}"), &[]);
    assert_eq!(briefing.status, 200, "{}", briefing.text);

    // The first event may lie before: nothing has happened that a step back could undo.
    http.post_all(&tickets(0, 20));
    city.until("it is the day of the first event", |view| {
        view.as_of.starts_with(DAY)
    });
    let visits = http.report("visits", DAY, NEXT_DAY, None).ok();
    assert!(visits["as_of"].as_str().is_some_and(|t| t.starts_with(DAY)));
    assert_eq!(visits["rows"][0]["visits"], 20);
}
