//! A `vonglau serve` of the test's own: started on a free port, stopped politely or killed.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::disk::SmallDisk;
use crate::http::Http;
use crate::program;

/// How long a server may take to become ready, journal replay included.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// How long a server may take to stop.
const STOPPED_WITHIN: Duration = Duration::from_secs(20);

/// Where a server's *now* comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    Wall,
    /// The greatest accepted event time.
    Events,
}

/// What a server gets besides the usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setup<'a> {
    /// More arguments.
    pub args: &'a [&'a str],
    /// A disk of its own, on which its data directory must lie.
    pub disk: Option<&'a SmallDisk>,
    /// More of its environment.
    pub env: &'a [(&'a str, &'a str)],
    /// Who asks needs credentials.
    pub locked: bool,
}

impl<'a> Setup<'a> {
    /// With arguments alone.
    pub fn with(args: &'a [&'a str]) -> Self {
        Self {
            args,
            ..Self::default()
        }
    }
}

/// A running server, killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    data: PathBuf,
    /// Where it speaks TLS.
    tls: Option<String>,
    /// Where it does not.
    address: String,
    log: PathBuf,
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let probe = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    probe
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

impl Server {
    /// Starts a server over `data` and waits until it is ready.
    #[track_caller]
    pub fn start(data: &Path, clock: Clock) -> Self {
        Self::start_with(data, clock, Setup::default())
    }

    /// As [`Server::start`], with its doors locked: who asks needs credentials.
    #[track_caller]
    pub fn start_locked(data: &Path, clock: Clock) -> Self {
        let setup = Setup {
            locked: true,
            ..Setup::default()
        };
        Self::start_with(data, clock, setup)
    }

    /// As [`Server::start`], set up otherwise.
    #[track_caller]
    pub fn start_with(data: &Path, clock: Clock, setup: Setup<'_>) -> Self {
        // Between the probe and the start another test may take the port: try another then.
        for _ in 0..4 {
            let mut server = Self::spawn(data, clock, setup, free_port());
            if server.wait_ready() {
                return server;
            }
            let log = server.log();
            assert!(
                log.contains("in use"),
                "the server ended before it was ready: {log}"
            );
        }
        panic!("no port stays free long enough");
    }

    /// As [`Server::start_with`], on a port that somebody already knows.
    #[track_caller]
    pub fn start_on(data: &Path, clock: Clock, setup: Setup<'_>, port: u16) -> Self {
        let mut server = Self::spawn(data, clock, setup, port);
        assert!(
            server.wait_ready(),
            "the server ended before it was ready: {}",
            server.log()
        );
        server
    }

    fn spawn(data: &Path, clock: Clock, setup: Setup<'_>, port: u16) -> Self {
        let address = format!("127.0.0.1:{port}");
        let log =
            std::env::temp_dir().join(format!("vonglau-test-{}-{port}.log", std::process::id()));
        let stderr = File::create(&log).expect("the temporary directory is writable");
        let data = data.to_str().expect("test paths are UTF-8");
        let mut args = vec!["serve", "--data", data, "--listen", &address];
        if !setup.locked {
            args.push("--open");
        }
        if clock == Clock::Events {
            args.extend(["--clock", "events"]);
        }
        args.extend(setup.args);
        let mut command = match setup.disk {
            None => program::command(&args),
            Some(disk) => disk.command(&args),
        };
        if cfg!(debug_assertions) {
            // Learning costs a server that is hardly optimised minutes; a test of forecasts says how many days it wants.
            command.env("VONGLAU_FORECAST_DAYS", "0");
        }
        let child = command
            .envs(setup.env.iter().copied())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("the program starts");
        Self {
            child,
            tls: setup.args.contains(&"--tls-cert").then(|| address.clone()),
            data: data.into(),
            address,
            log,
        }
    }

    /// Where it speaks TLS, its own commands ask it elsewhere.
    fn find_own_address(&mut self) {
        let told = std::fs::read(self.data.join("server.json")).ok();
        let told = told.and_then(|told| serde_json::from_slice::<Value>(&told).ok());
        let url = told.as_ref().and_then(|told| told["url"].as_str());
        if let Some(own) = url.and_then(|url| url.strip_prefix("http://")) {
            own.clone_into(&mut self.address);
        }
    }

    /// Waits for `/readyz`; false if the process ended first.
    fn wait_ready(&mut self) -> bool {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if self
                .child
                .try_wait()
                .expect("a child can be asked")
                .is_some()
            {
                return false;
            }
            if self.tls.is_some() {
                self.find_own_address();
            }
            if self
                .http()
                .try_get("/readyz")
                .is_some_and(|answer| answer.status == 200)
            {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("not ready within {READY_WITHIN:?}: {}", self.log());
    }

    /// A client of this server.
    pub fn http(&self) -> Http {
        Http::new(&format!("http://{}", self.address))
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where it speaks TLS: `127.0.0.1:port`.
    #[track_caller]
    pub fn tls_address(&self) -> &str {
        self.tls.as_deref().expect("it was started with --tls-cert")
    }

    /// The address of its WebSocket.
    pub fn ws_url(&self) -> String {
        format!("ws://{}/ws", self.address)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Whether the process still runs.
    pub fn is_running(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("a child can be asked")
            .is_none()
    }

    /// Ends it with SIGKILL, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("a running child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Asks it to end with SIGTERM and waits.
    #[track_caller]
    pub fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill(1) runs");
        assert!(
            asked.success(),
            "the server was gone before it was asked to stop"
        );
        let deadline = Instant::now() + STOPPED_WITHIN;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("did not stop within {STOPPED_WITHIN:?}: {}", self.log());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("server log: {}", self.log());
        }
        std::fs::remove_file(&self.log).ok();
    }
}

/// A server over an empty directory that goes with it.
#[derive(Debug)]
pub struct Fresh {
    /// A client of it.
    pub http: Http,
    /// The server, ended before its directory goes.
    pub server: Server,
    _data: TempDir,
}

/// Starts a server over a directory of its own.
#[track_caller]
pub fn fresh(clock: Clock) -> Fresh {
    let data = tempfile::tempdir().expect("a temporary directory");
    let server = Server::start(data.path(), clock);
    Fresh {
        http: server.http(),
        server,
        _data: data,
    }
}
