//! A ClickHouse of the test's own: the real engine behind `tests/clickhouse/server.py`, or the server that
//! `VONGLAU_TEST_CLICKHOUSE` names (`http://host:8123`), with a database for each test.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

use crate::program;

/// A running ClickHouse, ended when dropped.
#[derive(Debug)]
pub struct ClickHouse {
    harness: Option<Harness>,
    http: String,
    database: String,
}

#[derive(Debug)]
struct Harness {
    child: Child,
    // The harness ends when this closes, however the test does.
    _stdin: Option<ChildStdin>,
}

impl Drop for Harness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl ClickHouse {
    /// Starts one on `dir`, with an empty database `facts`.
    pub fn start(dir: &Path) -> Self {
        Self::start_with(dir, 0, &[])
    }

    /// Starts one on a port, with arguments for the harness.
    pub fn start_with(dir: &Path, port: u16, args: &[&str]) -> Self {
        if let Ok(http) = std::env::var("VONGLAU_TEST_CLICKHOUSE") {
            let database = format!("vonglau_test_{}_{}", std::process::id(), port_of_time());
            let server = Self {
                harness: None,
                http,
                database,
            };
            server.ask_in("default", &format!("CREATE DATABASE {}", server.database));
            return server;
        }
        let folder = program::workspace().join("tests/clickhouse");
        let python = folder.join(".venv/bin/python");
        assert!(
            python.exists(),
            "{} is missing: make tests/clickhouse/.venv/.installed",
            python.display()
        );
        let mut child = Command::new(python)
            .arg(folder.join("server.py"))
            .arg("--path")
            .arg(dir)
            .args(["--port", &port.to_string(), "--until-stdin-closes"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("the harness says its port");
        let said: Value = serde_json::from_str(&line).expect("the harness says its port as JSON");
        let stdin = child.stdin.take();
        let server = Self {
            harness: Some(Harness {
                child,
                _stdin: stdin,
            }),
            http: format!("http://127.0.0.1:{}", said["port"]),
            database: "facts".to_owned(),
        };
        if args.is_empty() {
            server.ask_in("default", "CREATE DATABASE IF NOT EXISTS facts");
        }
        server
    }

    /// What `--store` is given.
    pub fn store(&self) -> String {
        let host = self.http.trim_start_matches("http://");
        format!("clickhouse://{host}/{}", self.database)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        let port = self.http.rsplit(':').next().and_then(|p| p.parse().ok());
        port.expect("the address ends with a port")
    }

    /// A query's answer as text, tab-separated.
    #[track_caller]
    pub fn ask(&self, sql: &str) -> String {
        self.ask_in(&self.database, sql)
    }

    #[track_caller]
    fn ask_in(&self, database: &str, sql: &str) -> String {
        let answer = reqwest::blocking::Client::new()
            .post(format!("{}/?database={database}", self.http))
            .body(sql.to_owned())
            .send()
            .expect("ClickHouse answers");
        let status = answer.status();
        let text = answer.text().expect("an answer has a text");
        assert!(status.is_success(), "{sql}: {text}");
        text.trim_end().to_owned()
    }

    /// Makes requests go wrong; see the harness. Only a harness can.
    pub fn fault(&self, fault: &Value) {
        let sent = reqwest::blocking::Client::new()
            .post(format!("{}/__fault", self.http))
            .body(fault.to_string())
            .send();
        assert!(sent.expect("the harness answers").status().is_success());
    }

    /// Ends what goes wrong; answers how many requests did.
    pub fn heal(&self) -> u64 {
        let told = reqwest::blocking::get(format!("{}/__fault", self.http))
            .and_then(reqwest::blocking::Response::text)
            .expect("the harness tells its fault");
        let told: Value = serde_json::from_str(&told).expect("the fault is JSON");
        self.fault(&json!({"mode": "none"}));
        told["injected"].as_u64().unwrap_or(0)
    }

    /// True where faults can be made.
    pub fn can_fail(&self) -> bool {
        self.harness.is_some()
    }
}

fn port_of_time() -> u128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |t| t.as_nanos())
}
