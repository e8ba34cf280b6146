//! Proves that events from a real MQTT broker are taken once each: while the service is there, while it is killed in the middle, while
//! it is away, and when the broker is started anew; and that what cannot be read stops nothing.
//!
//! The broker is Debian's Mosquitto (`make test` installs it where it may).

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use harness::events::{DAY, NEXT_DAY, line, ndjson};
use harness::program::run;
use harness::server::{Clock, Server, Setup, free_port};
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

#[track_caller]
fn until(what: &str, mut satisfied: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !satisfied() {
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "not within a minute: {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
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
        metric(&server, "vonglau_mqtt_connected") > 0.0
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
    let rejected = r#"vonglau_mqtt_messages_total{outcome="rejected"}"#;
    assert!((metric(&server, rejected) - 1.0).abs() < 0.5);
    drop(server);

    // Acknowledged is durable: nothing comes again once it was.
    let server = start();
    until("it is connected", || {
        metric(&server, "vonglau_mqtt_connected") > 0.0
    });
    broker.publish(&tickets(1_603..1_604)).done();
    until("the last one has come", || visits(&server) == 1_604);
    assert!(metric(&server, r#"vonglau_mqtt_messages_total{outcome="taken"}"#) < 300.0);
}

#[test]
fn an_address_that_is_none_is_told() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let data = dir.path().join("data");
    let data = data.to_str().expect("test paths are UTF-8");
    let wrong = run(&[
        "serve",
        "--data",
        data,
        "--open",
        "--listen",
        "127.0.0.1:0",
        "--mqtt",
        "http://broker/a",
    ]);
    assert!(
        wrong.code == 2 && wrong.stderr.contains("mqtt://"),
        "{}",
        wrong.stderr
    );
}
