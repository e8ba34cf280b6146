//! Proves that a served directory forecasts what its past days teach: told with a sample where it is better than guessing, with a reason
//! where it is not told; kept over a restart; made again, and the same, when what was kept is lost or damaged.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use harness::events::{line_from, ndjson};
use harness::http::Http;
use harness::live::Readers;
use harness::program;
use harness::server::{Clock, Server, Setup};
use serde_json::{Value, json};

/// How long learning may take in a program that is built for tests.
const WITHIN: Duration = Duration::from_mins(3);
/// The morning of the last day, up to which the events go.
const NOW: &str = "2026-11-18T10:00:00.000+07:00";
const DAYS: &str = "17";
/// A registered point that sends nothing in these tests.
const SILENT: &str = "00004";
const FILE: &str = "forecasts.vlf";

fn data_of(line: &str) -> Value {
    serde_json::from_str(line).expect("lines are JSON")
}

/// The tickets, counters and doors of the busiest points of a small city, from the Monday before last to a Wednesday's morning.
fn lines() -> (Vec<String>, Vec<String>) {
    let run = program::run(&[
        "simulate",
        "--days",
        DAYS,
        "--start",
        "2026-11-02",
        "--seed",
        "31",
        "--scale",
        "0.2",
    ])
    .done();
    let mut of_site: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let kinds = ["\"ticket.", "\"counter.", "\"site."];
    for line in run.stdout.lines() {
        if !kinds.iter().any(|kind| line.contains(kind)) {
            continue;
        }
        let event = data_of(line);
        let site = event["data"]["site"].as_str().unwrap_or_default();
        if event["time"].as_str().unwrap_or("9") <= NOW && site != SILENT {
            of_site
                .entry(site.to_owned())
                .or_default()
                .push(line.to_owned());
        }
    }
    // Some points are open on Saturdays; these are not.
    let is_saturday = |line: &String| line.contains("\"time\":\"2026-11-07T");
    let mut busiest: Vec<(String, Vec<String>)> = of_site
        .into_iter()
        .filter(|(_, lines)| !lines.iter().any(is_saturday))
        .collect();
    busiest.sort_by_key(|(_, lines)| std::cmp::Reverse(lines.len()));
    busiest.truncate(3);
    let sites = busiest.iter().map(|(site, _)| site.clone()).collect();
    (
        sites,
        busiest.into_iter().flat_map(|(_, lines)| lines).collect(),
    )
}

/// A server that learns as one of an installation does.
fn start(data: &Path) -> Server {
    Server::start_with(data, Clock::Events, Setup::with(&["--forecast-days", "28"]))
}

fn outlook(http: &Http, site: &str) -> Value {
    http.get(&format!("/api/v1/sites/{site}/outlook"), &[]).ok()
}

/// The points' outlooks once all days are learned.
fn learned(server: &Server, sites: &[String], days: u64) -> Vec<Value> {
    let http = server.http();
    let deadline = Instant::now() + WITHIN;
    loop {
        // The log says when the round has ended: what is told before is of fewer days, or of one being learned again.
        if server.log().contains("forecasts are brought up") {
            let all: Vec<Value> = sites.iter().map(|site| outlook(&http, site)).collect();
            for told in &all {
                assert_eq!(told["days"], days, "{told}");
            }
            return all;
        }
        assert!(Instant::now() < deadline, "not learned: {}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn import(data: &Path, lines: &[String]) {
    let file = data.with_extension("ndjson");
    std::fs::write(&file, ndjson(lines)).expect("a file can be written");
    program::ingest(&file, data);
}

/// Each figure has its sample or a reason, and never both.
fn assert_sound(told: &Value) {
    let is_reason = |why: &Value| {
        let all = ["no_data", "too_few_days", "not_better", "closed"];
        why.as_str().is_some_and(|why| all.contains(&why))
    };
    let told_or_hidden = |figure: &Value, why: &Value| {
        assert_eq!(figure.is_null(), is_reason(why), "{told}");
        assert_eq!(figure.is_object(), why.is_null(), "{told}");
    };
    told_or_hidden(&told["wait"], &told["wait_hidden"]);
    told_or_hidden(&told["counters"], &told["counters_hidden"]);
    let queue = told["queue"].as_array().expect("a queue");
    let minutes: Vec<&Value> = queue.iter().map(|q| &q["minutes"]).collect();
    assert_eq!(minutes, [30, 60, 120]);
    for then in queue {
        told_or_hidden(&then["people"], &then["hidden"]);
    }
}

#[test]
fn what_past_days_teach_is_told_kept_and_made_again() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let data = folder.path().join("data");
    let (sites, lines) = lines();
    import(&data, &lines);
    // Mondays to Fridays before the last: the points have no Saturdays.
    let days = 12;

    let server = start(&data);
    let first = learned(&server, &sites, days);
    for told in &first {
        assert_sound(told);
        assert!(told["as_of"].as_str().expect("a time") <= NOW, "{told}");
    }
    let waits: Vec<&Value> = first
        .iter()
        .filter(|told| !told["wait"].is_null())
        .collect();
    assert!(
        !waits.is_empty(),
        "of three busy points one is told: {first:?}"
    );
    let told = waits[0];
    let wait = &told["wait"];
    assert!(
        wait["sample"].as_u64() > Some(0) && wait["median_s"].as_u64() <= wait["bound_s"].as_u64()
    );
    assert!(
        told["counters"]["steps"]
            .as_array()
            .is_some_and(|steps| !steps.is_empty()),
        "{told}"
    );
    assert_eq!(
        told["counters"]["target"],
        json!({"wait_s": 900.0, "share": 0.9})
    );

    // The room sees the same, live; and the public list rests on it.
    let site = told["site"].as_str().expect("a code");
    let readers = Readers::new();
    let topic = readers.subscribe(&server.ws_url(), &format!("site/{site}"));
    let view = topic.until("the outlook", |view| view.values.contains_key("outlook"));
    assert_eq!(&view.values["outlook"], told);
    let list = server.http().get("/api/v1/public/waits", &[]).ok();
    let points = list["points"].as_array().expect("points");
    let on_list = points.iter().find(|p| p["id"] == site).expect("the point");
    assert_eq!(on_list["wait"]["basis"], "forecast", "{on_list}");
    assert_eq!(on_list["wait"]["sample"], days);

    // A point without a day, and none at all.
    let silent = outlook(&server.http(), SILENT);
    assert_sound(&silent);
    assert_eq!(
        (&silent["days"], &silent["wait_hidden"]),
        (&json!(0), &json!("too_few_days"))
    );
    assert_eq!(silent["counters_hidden"], "too_few_days");
    server
        .http()
        .get("/api/v1/sites/nobody/outlook", &[])
        .assert_problem(404);

    // A power cut; what was learned is read back.
    server.kill();
    let kept = std::fs::read(data.join(FILE)).expect("settled days are kept");
    let server = start(&data);
    assert_eq!(learned(&server, &sites, days), first);
    assert!(!server.log().contains("learned again"), "{}", server.log());
    server.stop();

    // Half of it is left, or nothing.
    std::fs::write(data.join(FILE), &kept[..kept.len() / 2]).expect("the file can be cut");
    let server = start(&data);
    assert_eq!(learned(&server, &sites, days), first);
    assert!(
        server.log().contains("forecasts cannot be read"),
        "{}",
        server.log()
    );
    server.kill();
    std::fs::remove_file(data.join(FILE)).expect("the file was made again");
    let server = start(&data);
    assert_eq!(learned(&server, &sites, days), first);
    server.stop();
    assert!(data.join(FILE).is_file());

    // It is derived: sound to the doctor, and in no backup.
    let path = data.to_str().expect("test paths are UTF-8");
    program::run(&["doctor", "--data", path, "--min-free-bytes", "1MB"]).done();
    let backup = folder.path().join("backup");
    let to = backup.to_str().expect("test paths are UTF-8");
    program::run(&["backup", "--data", path, to]).done();
    assert!(!backup.join(FILE).exists());
}

/// Days that are imported when later ones are learned already are learned, too; and of a day that is settled, much that comes late.
#[test]
fn an_import_of_the_past_is_learned() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let data = folder.path().join("data");
    let (sites, lines) = lines();
    let is_old = |line: &String| {
        data_of(line)["time"]
            .as_str()
            .is_some_and(|time| time < "2026-11-10")
    };
    let (old, new): (Vec<String>, Vec<String>) = lines.into_iter().partition(is_old);
    import(&data, &new);
    let server = start(&data);
    for told in learned(&server, &sites, 6) {
        assert_sound(&told);
    }
    server.stop();
    import(&data, &old);
    let server = start(&data);
    let together = learned(&server, &sites, 12);
    assert!(
        server.log().contains("all are learned again"),
        "{}",
        server.log()
    );
    server.stop();

    let other = folder.path().join("other");
    import(&other, &[new, old].concat());
    let server = start(&other);
    assert_eq!(
        learned(&server, &sites, 12),
        together,
        "whatever came first"
    );
}

/// A point of which nobody has heard anything for hours is told as that, not as a short queue.
#[test]
fn a_silent_point_is_no_data() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let data = folder.path().join("data");
    let (sites, mut lines) = lines();
    // Another point goes on, so that the clock does.
    let later = "2026-11-18T11:15:00+07:00";
    lines.push(line_from(
        "late",
        "site.opened",
        later,
        "1",
        json!({"site": SILENT}),
    ));
    import(&data, &lines);
    let server = start(&data);
    for told in learned(&server, &sites, 12) {
        assert_sound(&told);
        assert!(
            told["wait"].is_null() && told["counters"].is_null(),
            "{told}"
        );
        assert_eq!(told["wait_hidden"], "no_data", "{told}");
    }
}
