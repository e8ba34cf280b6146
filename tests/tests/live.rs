//! Proves the live views: a snapshot, then deltas without a gap; a reader that comes back is given
//! what it missed, or a new snapshot; and every reader's view equals the server's once it is quiet.

use std::time::{Duration, Instant};

use harness::events::{line, ndjson, ticket};
use harness::live::{Place, Readers, SOON, Subscriber, View};
use harness::server::{Clock, Server};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

const SITE: &str = "00004";

fn site_key(site: &str) -> String {
    format!("site/{site}")
}

/// People waiting at a site, in the city's view.
fn waiting(view: &View, site: &str) -> Value {
    view.values
        .get(&site_key(site))
        .map_or(Value::Null, |summary| summary["queue"]["waiting"].clone())
}

fn post_tickets(server: &Server, range: std::ops::Range<usize>) {
    let lines: Vec<String> = range
        .map(|i| ticket("issued", "08:00", SITE, &format!("A{i}")))
        .collect();
    server.http().post_all(&ndjson(&lines));
}

#[test]
fn a_posted_ticket_reaches_the_city_its_site_and_the_feed() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let city = readers.subscribe(&server.ws_url(), "city");
    let site = readers.subscribe(&server.ws_url(), &format!("site/{SITE}"));
    let feed = readers.subscribe(&server.ws_url(), "feed");

    let before = city.first();
    assert_eq!(
        (before.kinds[0].as_str(), before.recovered),
        ("snapshot", Some(false))
    );
    for key in ["clock", "figures", "source"] {
        assert!(before.values.contains_key(key), "the city has {key}");
    }
    assert_eq!(
        before.values["clock"]["simulated"], true,
        "event time is said to be simulated"
    );
    assert_eq!(
        before.values[&site_key(SITE)]["queue"],
        Value::Null,
        "nothing known is not an empty queue"
    );
    let registered = before
        .values
        .values()
        .filter(|value| value["registered"] == true)
        .count();
    assert_eq!(registered, 156, "126 points and 30 branch points");
    site.first();
    feed.first();

    post_tickets(&server, 0..3);
    let after = city.until("three waiting in the city", |view| waiting(view, SITE) == 3);
    assert_eq!(after.kinds.last().map(String::as_str), Some("delta"));
    let summary = &after.values[&site_key(SITE)];
    assert_eq!(summary["queue"]["source"], "tickets");
    assert_eq!(summary["day"]["visits"], 3);
    assert_eq!(
        summary["day"]["mean_wait_s"],
        Value::Null,
        "nobody was started"
    );
    assert_eq!(after.values["source"]["accepted"], 3);
    let there = site.until("three waiting at the site", |view| {
        view.values["summary"]["queue"]["waiting"] == 3
    });
    assert_eq!(there.values["service/certification"]["waiting"], 3);
    let fed = feed.until("the tickets in the feed", |view| !view.values.is_empty());
    let (key, newest) = fed.values.iter().next_back().expect("a key");
    assert!(key.starts_with("e/"), "{key}");
    assert_eq!(
        (&newest["type"], &newest["site"]),
        (&json!("ticket.issued"), &json!(SITE))
    );

    server.http().post_all(&ndjson(&[
        ticket("called", "08:09", SITE, "A0"),
        ticket("started", "08:10", SITE, "A0"),
    ]));
    let started = city.until("two waiting", |view| waiting(view, SITE) == 2);
    assert_eq!(started.values[&site_key(SITE)]["day"]["mean_wait_s"], 600.0);
    let there = site.until("a serving counter", |view| {
        view.values
            .get("counter/1")
            .is_some_and(|c| c["serving"] == "A0")
    });
    assert_eq!(there.values["counter/1"]["counter"], "1");
}

#[test]
fn an_unregistered_site_is_shown_and_marked() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let city = readers.subscribe(&server.ws_url(), "city");
    city.first();
    server
        .http()
        .post_all(&ndjson(&[ticket("issued", "08:00", "elsewhere", "A1")]));
    let view = city.until("the unknown site", |view| {
        view.values.contains_key("site/elsewhere")
    });
    let summary = &view.values["site/elsewhere"];
    assert_eq!(
        (&summary["registered"], &summary["unit"]),
        (&json!(false), &Value::Null)
    );
}

#[test]
fn an_id_with_a_slash_is_percent_encoded_in_its_topic() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    server
        .http()
        .post_all(&ndjson(&[ticket("issued", "08:00", "mobile/7", "A1")]));
    let view = Readers::new()
        .subscribe(&server.ws_url(), "site/mobile%2F7")
        .first();
    assert_eq!(view.values["summary"]["id"], "mobile/7");
}

#[test]
fn a_board_stands_for_the_queue_for_five_minutes() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let city = readers.subscribe(&server.ws_url(), "city");
    city.first();
    let snapshot = |service: &str, waiting: u32| {
        let data =
            json!({"site": SITE, "service": service, "waiting": waiting, "open_counters": 2});
        line("queue.snapshot", "08:00", service, data)
    };
    server
        .http()
        .post_all(&ndjson(&[snapshot("a", 4), snapshot("b", 5)]));
    let view = city.until("nine on the boards", |view| waiting(view, SITE) == 9);
    let queue = &view.values[&site_key(SITE)]["queue"];
    assert_eq!(
        (&queue["source"], &queue["longest_wait_s"]),
        (&json!("board"), &Value::Null)
    );
    // Event time moves on by another site's event; the board is then too old to be believed.
    server
        .http()
        .post_all(&ndjson(&[ticket("issued", "08:05:01", "00008", "A1")]));
    city.until("no queue known", |view| {
        view.values[&site_key(SITE)]["queue"].is_null()
    });
}

#[test]
fn a_reader_that_comes_back_is_given_the_missed_deltas() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let first = readers.subscribe(&server.ws_url(), "city");
    first.first();
    post_tickets(&server, 0..2);
    let left = first.until("two waiting", |view| waiting(view, SITE) == 2);
    drop(first);
    post_tickets(&server, 2..5);

    let again = readers.resume(&server.ws_url(), "city", &left);
    let back = again.until("five waiting", |view| waiting(view, SITE) == 5);
    assert_eq!(
        (back.recovered, back.kinds[0].as_str()),
        (Some(true), "delta"),
        "caught up from where it left"
    );
    let fresh = readers.subscribe(&server.ws_url(), "city");
    assert_same_view(&again, &fresh.first());
}

#[test]
fn an_offset_that_is_not_kept_is_answered_with_a_snapshot() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let now = readers.subscribe(&server.ws_url(), "city").first();
    let place = now.place.clone().expect("a place");
    let elsewhere = [
        Place {
            offset: place.offset + 1_000_000,
            ..place.clone()
        },
        Place {
            epoch: "another".to_owned(),
            ..place
        },
    ];
    for place in elsewhere {
        let stale = View {
            place: Some(place.clone()),
            ..View::default()
        };
        let view = readers.resume(&server.ws_url(), "city", &stale).first();
        assert_eq!(
            (view.recovered, view.kinds[0].as_str()),
            (Some(false), "snapshot"),
            "since {place:?}"
        );
    }
}

#[test]
fn missed_deltas_that_are_no_longer_kept_become_a_snapshot_or_one_whole_delta() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let watcher = readers.subscribe(&server.ws_url(), "city");
    let left = watcher.first();
    // Each post is awaited in the view, so that the changes are not merged into few offsets.
    for i in 0..400 {
        post_tickets(&server, i..i + 1);
        watcher.until("the next ticket", |view| waiting(view, SITE) == i + 1);
    }
    let again = readers.resume(&server.ws_url(), "city", &left);
    let back = again.until("400 waiting", |view| waiting(view, SITE) == 400);
    let expected = if back.recovered == Some(true) {
        "delta"
    } else {
        "snapshot"
    };
    assert_eq!(back.kinds[0], expected);
    assert_same_view(&again, &readers.subscribe(&server.ws_url(), "city").first());
}

#[test]
fn a_restart_begins_a_new_epoch_with_the_same_facts() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let reader = readers.subscribe(&server.ws_url(), "city");
    reader.first();
    post_tickets(&server, 0..4);
    let before = reader.until("four waiting", |view| waiting(view, SITE) == 4);
    server.kill();

    let server = Server::start(dir.path(), Clock::Events);
    let after = readers.resume(&server.ws_url(), "city", &before).first();
    assert_eq!(
        (after.recovered, after.kinds[0].as_str()),
        (Some(false), "snapshot")
    );
    assert_ne!(
        after.place.map(|p| p.epoch),
        before.place.map(|p| p.epoch),
        "a new run is a new epoch"
    );
    assert_eq!(
        after.values[&site_key(SITE)]["queue"],
        before.values[&site_key(SITE)]["queue"]
    );
    assert_eq!(
        after.values["figures"], before.values["figures"],
        "the same facts give the same figures"
    );
}

#[test]
fn ping_is_answered_and_an_unsubscribed_topic_falls_silent() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let texts = [
        r#"{"op":"subscribe","topic":"city"}"#,
        r#"{"op":"unsubscribe","topic":"city"}"#,
        r#"{"op":"ping"}"#,
    ];
    let reader = readers.open(
        &server.ws_url(),
        texts.map(str::to_owned).to_vec(),
        View::default(),
    );
    reader.until_other("a pong", |frame| frame["kind"] == "pong");
    let frames = reader.view().kinds.len();
    let other = readers.subscribe(&server.ws_url(), "city");
    other.first();
    post_tickets(&server, 0..1);
    other.until("the ticket", |view| waiting(view, SITE) == 1);
    assert_eq!(
        reader.view().kinds.len(),
        frames,
        "nothing comes after unsubscribe"
    );
}

/// Waits until a reader's values equal those of a snapshot; says the keys that differ if they never do.
#[track_caller]
fn assert_same_view(reader: &Subscriber, snapshot: &View) {
    let deadline = Instant::now() + SOON;
    loop {
        let view = reader.view();
        let keys = view.values.keys().chain(snapshot.values.keys());
        let differing: Vec<&String> = keys
            .filter(|key| view.values.get(*key) != snapshot.values.get(*key))
            .collect();
        let Some(first) = differing.first() else {
            return;
        };
        assert!(
            Instant::now() < deadline,
            "{} keys differ once quiet, such as {first}: reader {:?}, server {:?}",
            differing.len(),
            view.values.get(*first),
            snapshot.values.get(*first)
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A little of anything at one of a few sites.
fn random_lines(rng: &mut ChaCha8Rng, round: usize) -> String {
    let lines: Vec<String> = (0..rng.random_range(1..60))
        .map(|i| {
            let site = ["00004", "00008", "00070", "unknown"]
                .choose(rng)
                .expect("there are sites");
            let what = [
                "issued",
                "issued",
                "called",
                "started",
                "finished",
                "abandoned",
            ]
            .choose(rng)
            .expect("there are kinds");
            let name = format!("A{}", rng.random_range(0..200));
            let time = format!(
                "{:02}:{:02}:{:02}",
                8 + round / 12,
                (round * 5) % 60,
                i % 60
            );
            if rng.random_bool(0.1) {
                let data =
                    json!({"score": rng.random_range(1..=5), "channel": "device", "site": site});
                return line("rating.given", &time, &format!("r{round}-{i}"), data);
            }
            ticket(what, &time, site, &name)
        })
        .collect();
    ndjson(&lines)
}

#[test]
fn every_readers_view_equals_the_servers_once_quiet() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let readers = Readers::new();
    let url = server.ws_url();
    let topics = ["city", "site/00004", "feed", "city", "site/unknown", "city"];
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut all: Vec<(&str, Subscriber)> = (0..36)
        .map(|i| {
            (
                topics[i % topics.len()],
                readers.subscribe(&url, topics[i % topics.len()]),
            )
        })
        .collect();

    let http = server.http();
    for round in 0..60 {
        http.post(&random_lines(&mut rng, round)).ok();
        for (topic, reader) in &mut all {
            if rng.random_bool(0.05) {
                let left = reader.view();
                *reader = match left.place {
                    Some(_) if rng.random_bool(0.8) => readers.resume(&url, topic, &left),
                    _ => readers.subscribe(&url, topic),
                };
            }
        }
    }
    // One last event that every city view must show says that all before it has been seen.
    http.post_all(&ndjson(&[ticket("issued", "17:59", "last", "A1")]));
    let seen = readers.subscribe(&url, "city");
    seen.until("the last event", |view| {
        view.values.contains_key("site/last")
    });
    for (topic, reader) in &all {
        if *topic == "city" {
            reader.until("the last event", |view| {
                view.values.contains_key("site/last")
            });
        }
        let fresh = readers.subscribe(&url, topic).first();
        assert_same_view(reader, &fresh);
    }
}

#[test]
fn watch_prints_a_topic_as_it_changes() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(dir.path(), Clock::Events);
    let url = format!("http://{}", server.address());
    let mut child = harness::program::command(&["watch", &url, "city"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let out = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let (send, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        out.lines()
            .map_while(Result::ok)
            .try_for_each(|line| send.send(line))
    });
    lines.recv_timeout(SOON).expect("the first state");
    post_tickets(&server, 0..1);
    let deadline = Instant::now() + SOON;
    let mut shown = String::new();
    while !shown.contains(SITE) || !shown.contains("waiting") {
        let left = deadline.saturating_duration_since(Instant::now());
        let line = lines
            .recv_timeout(left)
            .unwrap_or_else(|_| panic!("the ticket is not shown: {shown}"));
        shown = line;
    }
    child.kill().expect("a running child can be killed");
    child.wait().expect("a killed child ends");
}
