//! A `vonglau relay` of the test's own, stopped or killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::Http;
use crate::program;

/// How long it may take to listen, or to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running relay, killed when dropped.
#[derive(Debug)]
pub struct Relay {
    child: Child,
    port: u16,
    log: PathBuf,
}

impl Relay {
    /// Starts one on a port, for a directory, to a server, and waits until it listens. A pause between attempts is a second at most.
    #[track_caller]
    pub fn start(dir: &Path, port: u16, to: &str, more: &[&str]) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let log = dir.with_extension("log");
        let stderr = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log can be written");
        let place = dir.to_str().expect("test paths are UTF-8");
        let args = [
            &["relay", "--dir", place, "--to", to, "--listen", &listen][..],
            &["--max-pause", "1"],
            more,
        ];
        let child = program::command(&args.concat())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("the program starts");
        let mut relay = Self { child, port, log };
        let begun = Instant::now();
        while relay.http().try_get("/healthz").is_none() {
            let ended = relay.child.try_wait().expect("a child can be asked");
            assert!(
                ended.is_none() && begun.elapsed() < PATIENCE,
                "the relay does not listen: {}",
                relay.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        relay
    }

    /// A client of it.
    pub fn http(&self) -> Http {
        Http::new(&format!("http://127.0.0.1:{}", self.port))
    }

    /// How it does, in its own words.
    #[track_caller]
    pub fn health(&self) -> Value {
        self.http().get("/health", &[]).ok()
    }

    /// Events that wait.
    #[track_caller]
    pub fn waiting(&self) -> u64 {
        let health = self.health();
        health["waiting_events"].as_u64().expect("a number")
    }

    /// What stands in the way, as it says.
    #[track_caller]
    pub fn trouble(&self) -> String {
        let error = &self.health()["last_error"];
        match error["is_standing"].as_bool() {
            Some(true) => error["text"].as_str().unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// What it has logged, in all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("a running child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Asks it to end and waits.
    #[track_caller]
    pub fn stop(mut self) {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.expect("kill(1) runs").success());
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                assert!(status.success(), "{}", self.log());
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "does not stop: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("relay log: {}", self.log());
        }
    }
}
