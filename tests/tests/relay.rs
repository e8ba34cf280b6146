//! Proves that a point's relay loses nothing and changes nothing: what it acknowledged is at the server once, in order and as if it had
//! been sent there directly, whatever is down, killed or full meanwhile; what cannot be taken blocks nothing behind it; and nothing
//! that is not the contract's reaches its disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use harness::caller::key;
use harness::events::{DAY, NEXT_DAY, issued_now, line, ndjson, tickets};
use harness::http::{Answer, Http};
use harness::program::{self, run};
use harness::relay::Relay;
use harness::server::{Clock, Server, Setup, free_port};
use harness::waiting::until;
use serde_json::{Value, json};
use tempfile::TempDir;

const BATCH: usize = 10;

/// A relay's and a server's places, and ports that stay theirs.
struct Place {
    dir: TempDir,
    relay: u16,
    server: u16,
}

impl Place {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a temporary directory"),
            relay: free_port(),
            server: free_port(),
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.at(name)
            .to_str()
            .expect("test paths are UTF-8")
            .to_owned()
    }

    #[track_caller]
    fn relay(&self, more: &[&str]) -> Relay {
        let to = format!("http://127.0.0.1:{}", self.server);
        Relay::start(&self.at("relay"), self.relay, &to, more)
    }

    #[track_caller]
    fn server(&self) -> Server {
        Server::start_on(
            &self.at("data"),
            Clock::Events,
            Setup::default(),
            self.server,
        )
    }

    /// The ids of the server's events, in the order in which they came; it must be down.
    #[track_caller]
    fn ids(&self) -> Vec<String> {
        let written = run(&["events", "--data", &self.text("data")]).done();
        written
            .stdout
            .lines()
            .map(|line| {
                let event: Value = serde_json::from_str(line).expect("an event");
                event["id"].as_str().expect("an id").to_owned()
            })
            .collect()
    }
}

/// The ids of batches of [`tickets`].
fn expected(batches: usize, size: usize) -> Vec<String> {
    (0..batches)
        .flat_map(|number| (0..size).map(move |i| format!("{number}-{i}")))
        .collect()
}

fn visits(server: &Server) -> u64 {
    let report = server.http().report("visits", DAY, NEXT_DAY, None).ok();
    report["rows"][0]["visits"].as_u64().unwrap_or_default()
}

/// All bytes of all files below a folder.
fn contents(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(contents(&path));
        } else {
            all.extend(std::fs::read(&path).unwrap_or_default());
        }
    }
    all
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

fn post(http: &Http, body: &str) -> Option<Answer> {
    http.try_post(body.as_bytes().to_vec(), "application/x-ndjson", None)
}

#[test]
fn what_came_while_the_line_was_down_is_sent_once_and_in_order() {
    let place = Place::new();
    let relay = place.relay(&[]);
    for number in 0..30 {
        let answer = relay.http().post(&tickets(number, BATCH)).ok();
        assert_eq!(
            (&answer["accepted"], &answer["position"]),
            (&json!(BATCH), &json!((number + 1) * BATCH))
        );
    }
    until("it says what is wrong", || {
        relay.trouble().contains("cannot be reached")
    });
    assert_eq!(relay.waiting(), 300);
    let metrics = relay.http().get("/metrics", &[]).text;
    assert!(
        metrics.contains("\nvonglau_relay_waiting_events 300\n"),
        "{metrics}"
    );
    let status = || {
        run(&["relay", "--status", &place.text("relay")])
            .done()
            .json()
    };
    let told = status();
    assert_eq!(
        (&told["running"], &told["waiting_events"]),
        (&json!(true), &json!(300))
    );

    // Stopped and killed, all of it is still there, and looked at without a relay.
    relay.stop();
    let told = status();
    assert_eq!(
        (&told["running"], &told["waiting_events"]),
        (&json!(false), &json!(300))
    );
    assert!(
        told["oldest_waiting_seconds"].as_f64() > Some(0.0),
        "{told}"
    );
    let relay = place.relay(&[]);
    relay.http().post(&tickets(30, BATCH)).ok();
    relay.kill();
    let relay = place.relay(&[]);
    assert_eq!(relay.waiting(), 310);

    let server = place.server();
    until("all is sent", || relay.waiting() == 0);
    assert_eq!(visits(&server), 310);
    assert_eq!(relay.trouble(), "");
    assert!(relay.health()["last_success"].is_string());
    // And what comes now goes at once.
    relay.http().post(&tickets(31, BATCH)).ok();
    until("it is there", || visits(&server) == 320);
    assert!(server.stop().success());
    assert_eq!(place.ids(), expected(32, BATCH));
}

#[test]
fn whoever_is_killed_in_the_middle_all_is_there_once_and_in_order() {
    const BATCHES: usize = 400;
    let place = Place::new();
    let (mut relay, mut server) = (place.relay(&[]), place.server());
    let http = relay.http();
    // A sender as a kiosk is one: the same batch again until it is acknowledged.
    let sending = std::thread::spawn(move || {
        for number in 0..BATCHES {
            let batch = tickets(number, BATCH);
            until("a batch is taken", || {
                post(&http, &batch).is_some_and(|answer| answer.status == 200)
            });
        }
    });
    for round in 1..=3 {
        until("some have come", || visits(&server) > round * 200);
        relay.kill();
        relay = place.relay(&[]);
        until("some more have come", || {
            visits(&server) > round * 200 + 100
        });
        server.kill();
        server = place.server();
    }
    sending.join().expect("all is acknowledged");
    until("all is sent", || relay.waiting() == 0);
    assert_eq!(visits(&server), (BATCHES * BATCH) as u64);
    assert!(server.stop().success());
    assert_eq!(place.ids(), expected(BATCHES, BATCH));
}

#[test]
fn at_its_bound_senders_wait_and_nothing_acknowledged_is_lost() {
    const SIZE: usize = 500;
    let place = Place::new();
    let bound = ["--max-disk", "1MB"];
    let relay = place.relay(&bound);
    let mut taken = 0;
    let refused = loop {
        let answer = relay.http().post(&tickets(taken, SIZE));
        if answer.status != 200 {
            break answer;
        }
        taken += 1;
        assert!(taken < 10_000, "nothing is ever refused");
    };
    refused.assert_problem(429);
    assert_eq!(refused.json()["code"], "relay_full");
    assert!(refused.retry_after.is_some_and(|seconds| seconds > 0));
    let used = contents(&place.at("relay")).len();
    assert!((500_000..1_010_000).contains(&used), "{used}");
    assert_eq!(relay.waiting(), (taken * SIZE) as u64);
    // A batch that could never fit is told so.
    let large = relay.http().post(&tickets(taken, 60_000));
    large.assert_problem(413);

    relay.kill();
    let relay = place.relay(&bound);
    let server = place.server();
    until("all is sent", || relay.waiting() == 0);
    until("the disk is freed", || {
        contents(&place.at("relay")).len() < 300_000
    });
    relay.http().post(&tickets(taken, SIZE)).ok();
    taken += 1;
    until("that, too", || relay.waiting() == 0);
    assert_eq!(visits(&server), (taken * SIZE) as u64);
    assert!(server.stop().success());
    assert_eq!(place.ids(), expected(taken, SIZE));
}

#[test]
fn a_refused_key_is_waited_for_and_nothing_is_lost() {
    for is_signing in [false, true] {
        let place = Place::new();
        let locked = Setup {
            locked: true,
            ..Setup::default()
        };
        let server = Server::start_on(&place.at("data"), Clock::Events, locked, place.server);
        let used = if is_signing { "signing" } else { "bearer" };
        let made = |site| {
            key(
                &place.at("data"),
                &["--role", "source", "--sites", site, "--used", used],
            )
        };
        let right = made("00004");
        let elsewhere = made("00005");
        let reader = key(&place.at("data"), &["--role", "supervisor"]);
        let file = place.text("key");
        let (head, _) = right.rsplit_once('_').expect("a key has parts");
        let put = |key: &str| std::fs::write(&file, key).expect("a file");
        let mut args = vec!["--key-file", &*file];
        if is_signing {
            args.push("--sign");
        }

        put(&format!("{head}_another"));
        let relay = place.relay(&args);
        relay.http().post(&tickets(0, BATCH)).ok();
        until("the key is told", || {
            relay.trouble().contains("does not know the key")
        });
        put(&elsewhere);
        until("the scope is told", || relay.trouble().contains("00004"));
        std::fs::remove_file(&file).expect("it is there");
        until("the file is told", || {
            relay.trouble().contains("cannot be read")
        });
        assert_eq!(relay.waiting(), BATCH as u64);
        put(&format!("{right}\n"));
        until("all is sent", || relay.waiting() == 0);
        assert!(!relay.log().contains(&right) && !holds(&contents(&place.at("relay")), &right));

        let mut caller = harness::caller::Caller::new(&server, Some(&reader));
        let (status, report) = caller.get(&format!("/api/v1/visits?from={DAY}&to={NEXT_DAY}"));
        assert_eq!(
            (status.as_u16(), &report["rows"][0]["visits"]),
            (200, &json!(BATCH))
        );
    }
}

/// Words that must be found nowhere.
const SECRETS: [&str; 5] = [
    "NguyenVanTest-Zk3",
    "0912-555-Wt9",
    "reason-about-Lan-Pm2",
    "rejected-Hg5-text",
    "type-Of-Tran-Test",
];

#[test]
fn the_server_is_as_after_direct_sending_and_no_name_is_on_the_relays_disk() {
    let place = Place::new();
    // Two servers with one secret.
    let direct = Server::start(&place.at("direct"), Clock::Events);
    assert!(direct.stop().success());
    let copied = std::process::Command::new("cp")
        .args(["-r", &place.text("direct"), &place.text("data")])
        .status();
    assert!(copied.expect("cp runs").success());

    let submitted = json!({
        "dossier": "000.00.01.H26-261123-0001", "procedure": "1.000001", "field": "hộ ti\u{323}ch", "site": "00004",
        "agency": "000.00.01.H26", "applicant": "pseudonym-Qx7", "name": SECRETS[0], "phone": SECRETS[1], "has_fee": true,
    });
    let mut bodies: Vec<String> = [
        line("dossier.submitted", "08:00", "1", submitted.clone()),
        line("dossier.submitted", "08:00", "1", submitted),
        line("dossier.refused", "09:00", "2", json!({"dossier": "000.00.01.H26-261123-0001", "reason": SECRETS[2]})),
        line("ticket.issued", "08:00", "3", json!({"site": "00004", "ticket": "A1", "service": "s", "applicant": "pseudonym-Qx7"})),
        line("ticket.issued", "08:00", "4", json!({"ticket": SECRETS[3]})),
        line(SECRETS[4], "08:00", "5", json!({})),
        line("dossier.paid", "10:00", "6", json!({"dossier": "000.00.01.H26-261123-0001", "amount_vnd": 12_500.5, "method": "cash"})),
        // The same identity with other content.
        line("ticket.issued", "08:01", "3", json!({"site": "00004", "ticket": "A2", "service": "s"})),
        "no event".to_owned(),
    ]
    .iter()
    .map(|line| ndjson(&[line]))
    .collect();
    bodies.push(format!("{}{}", bodies[3], bodies[4]));

    let relay = place.relay(&[]);
    let direct = Server::start(&place.at("direct"), Clock::Events);
    for body in &bodies {
        let (here, there) = (relay.http().post(body).ok(), direct.http().post(body).ok());
        assert_eq!(here["rejected"], there["rejected"], "{body}");
        assert_eq!(here["dropped_fields"], there["dropped_fields"], "{body}");
        let taken = |receipt: &Value| {
            receipt["accepted"]
                .as_u64()
                .zip(receipt["duplicate"].as_u64())
        };
        let sum = |receipt: &Value| taken(receipt).map(|(new, known)| new + known);
        assert_eq!(sum(&here), sum(&there), "{body}");
    }
    // A batch as an array, packed, and bodies that are none.
    let array = json!([serde_json::from_str::<Value>(&bodies[3]).expect("an event")]).to_string();
    let kind = "application/cloudevents-batch+json";
    for (body, kind, encoding, status) in [
        (array.as_bytes(), kind, None, 200),
        (b"{}", kind, None, 400),
        (b"no gzip", "application/x-ndjson", Some("gzip"), 400),
        (b"x", "text/csv", None, 415),
    ] {
        for http in [relay.http(), direct.http()] {
            let answer = http
                .try_post(body.to_vec(), kind, encoding)
                .expect("an answer");
            assert_eq!(answer.status, status, "{}", answer.text);
        }
    }
    let disk = contents(&place.at("relay"));
    assert!(
        holds(&disk, "pseudonym-Qx7"),
        "words are found where they are"
    );

    let server = place.server();
    until("all is sent", || relay.waiting() == 0);
    let disk = [disk, contents(&place.at("relay"))].concat();
    let log = relay.log();
    for secret in SECRETS {
        assert!(!holds(&disk, secret), "{secret} is on the relay's disk");
        assert!(!log.contains(secret), "{secret} is in the relay's log");
    }
    assert!(server.stop().success() && direct.stop().success());
    let events = |name| run(&["events", "--data", &place.text(name)]).done().stdout;
    assert_eq!(events("data"), events("direct"));
    assert!(
        !events("data").contains("pseudonym-Qx7"),
        "keyed by the server"
    );
}

/// The ids of what a relay has put by.
fn held(place: &Place) -> Vec<String> {
    let text = std::fs::read_to_string(place.at("relay").join("held.ndjson")).unwrap_or_default();
    let id = |line: &str| {
        let event: Value = serde_json::from_str(line).expect("an event");
        event["id"].as_str().expect("an id").to_owned()
    };
    text.lines().map(id).collect()
}

#[test]
fn what_is_ahead_of_a_clock_stops_nothing_and_comes_when_the_clock_is_right() {
    let place = Place::new();
    let server = Server::start_on(
        &place.at("data"),
        Clock::Wall,
        Setup::default(),
        place.server,
    );
    let relay = place.relay(&[]);
    let ahead = line(
        "ticket.issued",
        &(jiff::Timestamp::now() + Duration::from_hours(3)).to_string(),
        "ahead",
        json!({"site": "00004", "ticket": "B1", "service": "s", "applicant": "pseudonym-Qx7"}),
    );
    let batch = ndjson(&[issued_now("00004", "B0"), ahead, issued_now("00004", "B2")]);
    assert_eq!(
        relay.http().post(&batch).ok()["accepted"],
        3,
        "a relay trusts no clock"
    );
    until("all is answered for", || relay.waiting() == 0);
    let health = relay.health();
    assert_eq!(
        (&health["refused_events"], &health["held_events"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(held(&place), ["ahead"]);
    // Started anew it is tried at once, and put by once more.
    relay.stop();
    let relay = place.relay(&[]);
    until("it was tried", || {
        relay.health()["sent_events"] == 1 && relay.waiting() == 0
    });
    assert_eq!(held(&place), ["ahead"]);
    relay.stop();
    assert!(server.stop().success());
    assert_eq!(place.ids(), ["00004/B0", "00004/B2"]);

    // With a clock for which it is not ahead.
    let server = place.server();
    let relay = place.relay(&[]);
    until("it is taken", || {
        relay.health()["sent_events"] == 1 && relay.health()["held_events"] == 0
    });
    assert_eq!(held(&place), [""; 0]);
    assert!(server.stop().success());
    assert_eq!(place.ids(), ["00004/B0", "00004/B2", "ahead"]);
}

#[test]
fn what_the_key_may_not_send_stops_nothing_and_comes_with_another_key() {
    let place = Place::new();
    let locked = Setup {
        locked: true,
        ..Setup::default()
    };
    let server = Server::start_on(&place.at("data"), Clock::Events, locked, place.server);
    let narrow = key(&place.at("data"), &["--role", "source", "--sites", "00004"]);
    let wide = key(&place.at("data"), &["--role", "source"]);
    let file = place.text("key");
    std::fs::write(&file, &narrow).expect("a file");
    let args = ["--key-file", &*file];
    // Without a point, of another one, and of this one, in turn.
    let of = |n: usize| {
        let dossier = json!({"dossier": format!("000.00.01.H26-261123-{n:04}")});
        let elsewhere = json!({"site": "00005", "ticket": format!("E{n}"), "service": "s"});
        let here = json!({"site": "00004", "ticket": format!("H{n}"), "service": "s"});
        [
            line("dossier.refused", "08:00", &format!("d{n}"), dossier),
            line("ticket.issued", "08:00", &format!("e{n}"), elsewhere),
            line("ticket.issued", "08:00", &format!("h{n}"), here),
        ]
    };
    let relay = place.relay(&args);
    // First what may not be sent alone: it waits, since it may be the key that is wrong.
    relay.http().post(&ndjson(&of(0)[..2])).ok();
    until("the scope is told", || {
        relay.trouble().contains("right points and types")
    });
    assert_eq!(relay.waiting(), 2);
    let all: Vec<String> = (1..40).flat_map(of).collect();
    relay.http().post(&ndjson(&of(0)[2..])).ok();
    relay.http().post(&ndjson(&all)).ok();
    until("nothing waits", || relay.waiting() == 0);
    assert_eq!(relay.health()["held_events"], 80);
    assert_eq!(relay.trouble(), "");
    let mut put_by = held(&place);
    assert_eq!(put_by.len(), 80);
    put_by.retain(|id| id.starts_with('h'));
    assert!(put_by.is_empty(), "{put_by:?}");
    let metrics = relay.http().get("/metrics", &[]).text;
    assert!(
        metrics.contains("\nvonglau_relay_held_events 80\n"),
        "{metrics}"
    );
    relay.kill();
    let told = run(&["relay", "--status", &place.text("relay")])
        .done()
        .json();
    assert_eq!(told["held_events"], 80);

    // Started anew with the same key it is the same; with another all goes.
    let relay = place.relay(&args);
    relay.http().post(&ndjson(&of(40)[2..])).ok();
    until("nothing waits", || {
        relay.waiting() == 0 && relay.health()["held_events"] == 80
    });
    std::fs::write(&file, &wide).expect("a file");
    until("nothing is put by", || {
        relay.waiting() == 0 && relay.health()["held_events"] == 0
    });
    relay.stop();
    assert!(server.stop().success());
    let mut ids = place.ids();
    ids.sort();
    let mut expected: Vec<String> = (0..40)
        .flat_map(|n| ["d", "e", "h"].map(|kind| format!("{kind}{n}")))
        .collect();
    expected.push("h40".to_owned());
    expected.sort();
    assert_eq!(ids, expected, "once each");
}

#[test]
fn a_damaged_file_of_events_does_not_stop_a_relay() {
    let place = Place::new();
    let relay = place.relay(&[]);
    for number in 0..20 {
        relay.http().post(&tickets(number, BATCH)).ok();
    }
    relay.kill();
    let journal = place.at("relay").join("journal");
    let entries = std::fs::read_dir(&journal).expect("a folder");
    let paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(paths.len(), 1, "{paths:?}");
    let mut bytes = std::fs::read(&paths[0]).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&paths[0], bytes).expect("a file");

    let relay = place.relay(&[]);
    let health = relay.health();
    assert_eq!(
        (&health["waiting_events"], &health["damaged_files"]),
        (&json!(190), &json!(1))
    );
    assert!(relay.log().contains("are damaged"), "{}", relay.log());
    let server = place.server();
    relay.http().post(&tickets(20, BATCH)).ok();
    until("all is sent", || relay.waiting() == 0);
    relay.stop();
    assert!(server.stop().success());
    assert_eq!(place.ids().len(), 200);
}

#[test]
fn a_relay_is_let_in_by_its_key_alone_and_wrong_use_is_told() {
    let place = Place::new();
    let file = place.text("local");
    std::fs::write(&file, "short").expect("a file");
    let (dir, to) = (
        place.text("relay"),
        format!("http://127.0.0.1:{}", place.server),
    );
    for (args, told) in [
        (
            vec!["--to", &*to, "--listen", "0.0.0.0:0"],
            "--local-key-file",
        ),
        (vec!["--to", "http://10.1.2.3"], "https://"),
        (vec!["--to", "https://u:p@10.1.2.3"], "--key-file"),
        (vec!["--to", &to, "--local-key-file", &file], "sixteen"),
        (vec!["--to", &to, "--max-disk", "10kB"], "--max-disk"),
        (vec!["--to", &to, "--sign"], "--key-file"),
        (vec![], "--to"),
    ] {
        let wrong = run(&[&["relay", "--dir", &*dir][..], &args].concat());
        assert!(
            wrong.code == 2 && wrong.stderr.contains(told),
            "{args:?}: {}",
            wrong.stderr
        );
    }
    std::fs::write(&file, "a-word-of-the-point-17\n").expect("a file");
    let relay = place.relay(&["--local-key-file", &file]);
    let events = format!("http://127.0.0.1:{}/api/v1/events", place.relay);
    let client = reqwest::blocking::Client::new();
    let ask = |key: &str| {
        let request = client.post(&events).body(tickets(0, 1));
        request
            .bearer_auth(key)
            .send()
            .expect("an answer")
            .status()
            .as_u16()
    };
    assert_eq!(
        (ask("another"), ask(""), ask("a-word-of-the-point-17")),
        (401, 401, 200)
    );
    relay.http().get("/health", &[]).assert_problem(401);
    // One relay a directory.
    let second = run(&[
        "relay",
        "--dir",
        &dir,
        "--to",
        &to,
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(
        second.code == 1 && second.stderr.contains("in use"),
        "{}",
        second.stderr
    );
    drop(relay);

    // Without a key no page of a browser may send, wherever it is from.
    let _relay = place.relay(&[]);
    let page = client
        .post(&events)
        .header("origin", "http://127.0.0.1:8090")
        .body(tickets(1, 1));
    assert_eq!(page.send().expect("an answer").status().as_u16(), 403);
}

#[test]
fn lines_of_standard_input_are_kept_as_they_come() {
    use std::io::Write as _;
    let place = Place::new();
    let (dir, to) = (
        place.text("relay"),
        format!("http://127.0.0.1:{}", place.server),
    );
    let listen = format!("127.0.0.1:{}", place.relay);
    let mut child = program::command(&[
        "relay",
        "--dir",
        &dir,
        "--to",
        &to,
        "--listen",
        &listen,
        "--max-pause",
        "1",
        "--read",
        "-",
    ])
    .stdin(std::process::Stdio::piped())
    .stderr(std::process::Stdio::null())
    .spawn()
    .expect("the program starts");
    let server = place.server();
    let mut input = child.stdin.take().expect("its input");
    input
        .write_all(format!("{}no event\n", tickets(0, 3)).as_bytes())
        .expect("it reads");
    until("they have come while the input is open", || {
        visits(&server) == 3
    });
    input
        .write_all(tickets(1, 2).trim_end().as_bytes())
        .expect("it reads");
    drop(input);
    until("the last line needs no end", || visits(&server) == 5);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}
