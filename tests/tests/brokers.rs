//! Proves that events from real brokers (MQTT, NATS JetStream) are taken once each: while the service is there, while it is killed in
//! the middle, while it is away, and when the broker is started anew; that what cannot be read stops nothing; that nothing is
//! acknowledged that finds no room; and that what is set up wrongly is told.
//!
//! The brokers are Debian's Mosquitto and nats-server (`make test` installs them where it may).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harness::events::{DAY, NEXT_DAY, issued_now, line, ndjson};
use harness::nats;
use harness::program::run;
use harness::server::{Clock, Server, Setup, free_port};
use harness::waiting::until;
use serde_json::json;

const TOPIC: &str = "vonglau/events/kiosk-1";

/// A broker with its files in a folder.
struct Broker {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Broker {
    fn start(folder: &Path, port: u16) -> Self {
        let config = folder.join("mosquitto.conf");
        let place = folder.to_str().expect("test paths are UTF-8");
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\npersistence_location {place}/\nmax_queued_messages 0\nlog_dest none\n"
        );
        std::fs::write(&config, text).expect("a file can be written");
        let child = Command::new("mosquitto")
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let broker = Self {
            child: child.expect("mosquitto starts: `make test` installs it, or `apt-get install mosquitto mosquitto-clients`"),
            port,
            folder: folder.to_owned(),
        };
        until("the broker listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        broker
    }

    /// Stops it as a machine that goes down does, and starts it anew.
    fn anew(mut self) -> Self {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.expect("kill(1) runs").success());
        self.child.wait().expect("it ends");
        Self::start(&self.folder.clone(), self.port)
    }

    /// Publishes messages, each at least once, and waits until the broker has them.
    fn publish(&self, messages: &str) -> Publishing {
        let mut child = Command::new("mosquitto_pub")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &self.port.to_string(),
                "-t",
                TOPIC,
                "-q",
                "1",
                "-l",
            ])
            .stdin(Stdio::piped())
            .spawn()
            .expect("mosquitto_pub starts");
        let mut input = child.stdin.take().expect("its input");
        let messages = messages.to_owned();
        let writing = std::thread::spawn(move || input.write_all(messages.as_bytes()));
        Publishing { child, writing }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Publishing {
    child: Child,
    writing: std::thread::JoinHandle<std::io::Result<()>>,
}

impl Publishing {
    fn done(mut self) {
        self.writing
            .join()
            .expect("it writes")
            .expect("all is written");
        assert!(self.child.wait().expect("it ends").success());
    }
}

fn tickets(numbers: std::ops::Range<usize>) -> String {
    let lines: Vec<String> = numbers
        .map(|n| {
            let data =
                json!({"site": "00004", "ticket": format!("A{n}"), "service": "certification"});
            line("ticket.issued", "08:00:00", &format!("t{n}"), data)
        })
        .collect();
    ndjson(&lines)
}

fn visits(server: &Server) -> u64 {
    let answer = server
        .http()
        .get("/api/v1/visits", &[("from", DAY), ("to", NEXT_DAY)])
        .ok();
    answer["rows"][0]["visits"].as_u64().unwrap_or_default()
}

fn metric(server: &Server, name: &str) -> f64 {
    let text = server.http().try_get("/metrics").expect("metrics").text;
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or_default()
}

#[test]
fn what_kiosks_publish_is_taken_once_whatever_is_killed_meanwhile() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, folder) = (dir.path().join("data"), dir.path().join("broker"));
    std::fs::create_dir(&folder).expect("a folder");
    let broker = Broker::start(&folder, free_port());
    let address = format!("mqtt://127.0.0.1:{}/vonglau/events/#", broker.port);
    let args = ["--mqtt", &*address];
    let start = || Server::start_with(&data, Clock::Events, Setup::with(&args));

    let server = start();
    until("it is connected", || {
        metric(&server, "vonglau_broker_connected{broker=\"mqtt\"}") > 0.0
    });
    broker.publish(&tickets(0..300)).done();
    until("all of them have come", || visits(&server) == 300);

    // Killed in the middle; what is published meanwhile waits at the broker, which is started anew.
    let publishing = broker.publish(&tickets(300..1_500));
    until("some have come", || visits(&server) > 320);
    drop(server);
    publishing.done();
    broker.publish(&tickets(1_500..1_600)).done();
    let broker = broker.anew();
    let server = start();
    until("all have come", || visits(&server) >= 1_600);

    // A message may be a batch; what cannot be read stops nothing behind it.
    let batch: Vec<serde_json::Value> = tickets(1_600..1_602)
        .lines()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect();
    broker
        .publish(&format!(
            "no event\n{}\n{}",
            json!(batch),
            tickets(1_602..1_603)
        ))
        .done();
    until("the last one has come", || visits(&server) >= 1_603);
    assert_eq!(visits(&server), 1_603, "once each");
    let rejected = r#"vonglau_broker_messages_total{broker="mqtt",outcome="rejected"}"#;
    assert!((metric(&server, rejected) - 1.0).abs() < 0.5);
    drop(server);

    // Acknowledged is durable: nothing comes again once it was.
    let server = start();
    until("it is connected", || {
        metric(&server, "vonglau_broker_connected{broker=\"mqtt\"}") > 0.0
    });
    broker.publish(&tickets(1_603..1_604)).done();
    until("the last one has come", || visits(&server) == 1_604);
    let taken = r#"vonglau_broker_messages_total{broker="mqtt",outcome="taken"}"#;
    assert!(metric(&server, taken) < 300.0);
}

#[test]
fn an_address_that_is_none_is_told() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let data = data.to_str().expect("test paths are UTF-8");
    for (flag, address, told) in [
        ("--mqtt", "http://broker/a", "mqtt://"),
        ("--nats", "nats://broker", "nats://"),
        (
            "--nats",
            "nats://user:password@broker/EVENTS",
            "VONGLAU_NATS_PASSWORD",
        ),
    ] {
        let wrong = run(&[
            "serve",
            "--data",
            data,
            "--open",
            "--listen",
            "127.0.0.1:0",
            flag,
            address,
        ]);
        assert!(
            wrong.code == 2 && wrong.stderr.contains(told),
            "{}",
            wrong.stderr
        );
    }
}

const SUBJECT: &str = "vonglau.events.kiosk-1";
const NATS: &str = r#"vonglau_broker_connected{broker="nats"}"#;

fn nats_messages(outcome: &str) -> String {
    format!(r#"vonglau_broker_messages_total{{broker="nats",outcome="{outcome}"}}"#)
}

fn ticket_lines(numbers: std::ops::Range<usize>) -> Vec<String> {
    tickets(numbers).lines().map(str::to_owned).collect()
}

/// A place for data, and a broker with a stream.
fn with_stream(dir: &Path) -> (PathBuf, nats::Broker, nats::Client) {
    let folder = dir.join("broker");
    std::fs::create_dir(&folder).expect("a folder");
    let broker = nats::Broker::start(&folder, free_port());
    let mut client = broker.client();
    client.make_stream("EVENTS");
    (dir.join("data"), broker, client)
}

/// Messages that the broker has not handed out, and those that were not acknowledged.
fn left(client: &mut nats::Client) -> (u64, u64) {
    let consumer = client.consumer("EVENTS", "vonglau");
    let count = |name: &str| consumer[name].as_u64().expect("a consumer has counts");
    (count("num_pending"), count("num_ack_pending"))
}

#[test]
fn what_is_in_a_stream_is_taken_once_whatever_is_killed_meanwhile() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, broker, mut client) = with_stream(dir.path());
    let address = format!("nats://127.0.0.1:{}/EVENTS/vonglau.events.>", broker.port);
    let args = ["--nats", &*address];
    let start = || Server::start_with(&data, Clock::Events, Setup::with(&args));

    // What was there before the service is taken, too; what is of another subject is not.
    client.publish(SUBJECT, &ticket_lines(0..300));
    client.publish("vonglau.other", &["of no concern"]);
    let server = start();
    until("all of them have come", || visits(&server) == 300);
    assert!(metric(&server, NATS) > 0.0);

    // Killed in the middle; what is published meanwhile waits at the broker.
    let publishing = std::thread::spawn(move || {
        client.publish(SUBJECT, &ticket_lines(300..6_000));
        client
    });
    until("some have come", || visits(&server) > 320);
    server.kill();
    let mut client = publishing.join().expect("all is published");
    client.publish(SUBJECT, &ticket_lines(6_000..6_100));
    drop(client);

    // The broker goes down while the service is there, which finds it again.
    let server = start();
    until("some more have come", || visits(&server) > 340);
    let broker = broker.stop();
    until("it is seen", || metric(&server, NATS) < 0.5);
    let broker = broker.start();
    let mut client = broker.client();
    until("all have come", || visits(&server) >= 6_100);
    until("all is acknowledged", || left(&mut client) == (0, 0));
    assert_eq!(visits(&server), 6_100, "once each");

    // A message may be a batch; what cannot be read stops nothing behind it and never comes again.
    let batch: Vec<serde_json::Value> = ticket_lines(6_100..6_102)
        .iter()
        .map(|line| serde_json::from_str(line).expect("an event"))
        .collect();
    let half = format!(
        "{}\n{{\"name\":\"NguyenVanTest\"}}",
        ticket_lines(6_102..6_103)[0]
    );
    client.publish(
        SUBJECT,
        &[
            "[\"NguyenVanTest\"]",
            "NguyenVanTest",
            &*json!(batch).to_string(),
            &*half,
        ],
    );
    client.publish(SUBJECT, &ticket_lines(6_103..6_104));
    until("the last one has come", || visits(&server) >= 6_104);
    until("nothing is left", || left(&mut client) == (0, 0));
    assert_eq!(visits(&server), 6_104, "once each");
    assert!((metric(&server, &nats_messages("rejected")) - 3.0).abs() < 0.5);
    let log = server.log();
    assert!(
        log.contains("not_cloudevent") && log.contains("malformed_json"),
        "{log}"
    );
    assert!(!log.contains("NguyenVanTest"), "{log}");
    assert!(server.stop().success());

    // Acknowledged is durable: nothing comes again once it was.
    let server = start();
    client.publish(SUBJECT, &ticket_lines(6_104..6_105));
    until("the last one has come", || visits(&server) == 6_105);
    assert!((metric(&server, &nats_messages("taken")) - 1.0).abs() < 0.5);
}

#[test]
fn what_finds_no_room_stays_in_the_stream() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let (data, broker, mut client) = with_stream(dir.path());
    let address = format!("nats://127.0.0.1:{}/EVENTS", broker.port);

    let bounded = ["--nats", &*address, "--max-journal-bytes", "4kB"];
    let server = Server::start_with(&data, Clock::Events, Setup::with(&bounded));
    until("it is connected", || metric(&server, NATS) > 0.0);
    client.publish(SUBJECT, &ticket_lines(0..1_000));
    until("the journal is full", || {
        server.log().contains("it is not acknowledged")
    });
    let taken = visits(&server);
    assert!(taken < 1_000, "{taken} of 1000 in four thousand bytes");
    let (pending, unacknowledged) = left(&mut client);
    assert!(pending + unacknowledged >= 1_000 - taken);
    server.kill();

    let server = Server::start_with(&data, Clock::Events, Setup::with(&["--nats", &address]));
    until("all have come", || visits(&server) >= 1_000);
    until("all is acknowledged", || left(&mut client) == (0, 0));
    assert_eq!(visits(&server), 1_000, "once each");
}

#[test]
fn a_broker_that_is_set_up_otherwise_is_told_clearly() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = dir.path().join("store");
    let users = "authorization { users: [ { user: vonglau, password: planted-word } ] }\n";
    let jetstream = format!(
        "jetstream {{ store_dir: {:?} }}\n",
        store.display().to_string()
    );
    let me = Some(("vonglau", "planted-word"));
    let port = free_port();
    let address = format!("nats://vonglau@127.0.0.1:{port}/EVENTS");
    let args = ["--nats", &address];
    let with = |password| Setup {
        args: &args[..],
        env: password,
        ..Setup::default()
    };
    let right = [("VONGLAU_NATS_PASSWORD", "planted-word")];

    // The service is there whatever the broker does.
    let data = dir.path().join("data");
    let server = Server::start_with(&data, Clock::Events, with(&right));
    until("it is told", || server.log().contains("cannot be reached"));
    let broker = nats::Broker::start_with(dir.path(), port, users, me);
    until("it is told", || server.log().contains("has no JetStream"));
    drop(server);
    let stopped = broker.stop();
    drop(stopped);

    let both = format!("{users}{jetstream}");
    let broker = nats::Broker::start_with(dir.path(), port, &both, me);
    let server = Server::start_with(
        &data,
        Clock::Events,
        with(&[("VONGLAU_NATS_PASSWORD", "wrong")]),
    );
    until("it is told", || {
        server.log().contains("refuses the credentials")
    });
    drop(server);

    let server = Server::start_with(&data, Clock::Events, with(&right));
    until("it is told", || {
        server.log().contains("has no stream EVENTS")
    });
    let mut client = broker.client();
    client.make_stream("EVENTS");
    client.publish(SUBJECT, &ticket_lines(0..1));
    until("it is mended", || visits(&server) == 1);
    assert!(!server.log().contains("planted-word"), "{}", server.log());
}

#[test]
fn the_rights_that_are_documented_are_enough_and_fewer_are_told() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = dir.path().join("store");
    let (port, data) = (free_port(), dir.path().join("data"));
    // As docs/operations.md has them.
    let settings = |next: &str| {
        format!(
            "jetstream {{ store_dir: {:?} }}\nauthorization {{ users: [\n  {{ user: admin, password: admin-word }}\n  {{ user: vonglau, password: planted-word, permissions: {{ publish: [\"$JS.API.STREAM.INFO.EVENTS\", \"$JS.API.CONSUMER.INFO.EVENTS.vonglau\", \"$JS.API.CONSUMER.CREATE.EVENTS.vonglau.>\", {next} \"$JS.ACK.EVENTS.vonglau.>\"], subscribe: [\"_INBOX.>\"] }} }}\n] }}\n",
            store.display().to_string()
        )
    };
    let address = format!("nats://vonglau@127.0.0.1:{port}/EVENTS/vonglau.events.>");
    let args = ["--nats", &*address];
    let setup = Setup {
        args: &args,
        env: &[("VONGLAU_NATS_PASSWORD", "planted-word")],
        ..Setup::default()
    };
    let admin = Some(("admin", "admin-word"));
    let fewer = nats::Broker::start_with(dir.path(), port, &settings(""), admin);
    let mut client = fewer.client();
    client.make_stream("EVENTS");
    client.publish(SUBJECT, &ticket_lines(0..10));
    let server = Server::start_with(&data, Clock::Events, setup);
    until("the right is told", || {
        server
            .log()
            .contains("it may publish to $JS.API.STREAM.INFO.EVENTS")
    });
    assert_eq!(visits(&server), 0);
    drop(client);
    drop(fewer.stop());

    let next = "\"$JS.API.CONSUMER.MSG.NEXT.EVENTS.vonglau\",";
    let broker = nats::Broker::start_with(dir.path(), port, &settings(next), admin);
    until("all have come", || visits(&server) == 10);
    let mut client = broker.client();
    until("all is acknowledged", || left(&mut client) == (0, 0));
}

#[test]
fn a_consumer_that_would_lose_events_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let broker = nats::Broker::start(dir.path(), free_port());
    let mut client = broker.client();
    client.make_stream("EVENTS");
    client.publish(SUBJECT, &ticket_lines(0..3));
    let address = format!("nats://127.0.0.1:{}/EVENTS", broker.port);
    for (name, setting, value, told) in [
        ("headers", "headers_only", json!(true), "headers only"),
        ("new", "deliver_policy", json!("new"), "the first message"),
        (
            "fast",
            "ack_wait",
            json!(1_000_000_000),
            "ack_wait under 10 s",
        ),
    ] {
        let mut config = json!({
            "durable_name": name, "ack_policy": "explicit", "deliver_policy": "all", "replay_policy": "instant",
            "ack_wait": 10_000_000_000_u64,
        });
        config[setting] = value;
        let question = json!({"stream_name": "EVENTS", "config": config});
        let subject = format!("$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.{name}");
        let made = client.ask(&subject, &question);
        assert!(made["error"].is_null(), "{made}");
        let args = ["--nats", &*address, "--nats-consumer", name];
        let data = dir.path().join(name);
        let server = Server::start_with(&data, Clock::Events, Setup::with(&args));
        until("it is told", || server.log().contains(told));
        assert_eq!(visits(&server), 0);
    }
}

#[test]
fn what_is_ahead_of_the_clock_stays_in_the_stream_and_nothing_is_not_taken() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let broker = nats::Broker::start(dir.path(), free_port());
    let mut client = broker.client();
    client.make_stream("EVENTS");
    let address = format!("nats://127.0.0.1:{}/EVENTS", broker.port);
    let args = ["--nats", &*address];
    let server = Server::start_with(&dir.path().join("data"), Clock::Wall, Setup::with(&args));
    let ahead = line(
        "ticket.issued",
        &(jiff::Timestamp::now() + Duration::from_hours(3)).to_string(),
        "ahead",
        json!({"site": "00004", "ticket": "B1", "service": "s"}),
    );
    client.publish(SUBJECT, &[&*ahead, "", &issued_now("00004", "B2")]);
    let count = |outcome| metric(&server, &nats_messages(outcome)).round() as u64;
    until("the last one has come", || count("taken") == 1);
    assert_eq!((count("delayed"), count("rejected")), (1, 1));
    until("it is kept", || left(&mut client) == (0, 1));
}
