//! A NATS broker with JetStream, its files in a folder, and a client of a few lines: publish, and ask JetStream's API.
//!
//! The broker is Debian's nats-server (`make test` installs it where it may).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long the broker may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);
/// Where answers come.
const INBOX: &str = "_INBOX.test";

/// A running broker, killed when dropped.
#[derive(Debug)]
pub struct Broker {
    child: Child,
    /// Where it listens, on loopback.
    pub port: u16,
    folder: PathBuf,
    settings: String,
    user: Option<(String, String)>,
}

impl Broker {
    /// Starts one with JetStream.
    #[track_caller]
    pub fn start(folder: &Path, port: u16) -> Self {
        let store = folder.join("store");
        let settings = format!(
            "jetstream {{ store_dir: {:?} }}\n",
            store.display().to_string()
        );
        Self::start_with(folder, port, &settings, None)
    }

    /// Starts one with settings beside its address; `user` is who this client is.
    #[track_caller]
    pub fn start_with(
        folder: &Path,
        port: u16,
        settings: &str,
        user: Option<(&str, &str)>,
    ) -> Self {
        let config = folder.join("nats.conf");
        std::fs::write(&config, format!("listen: \"127.0.0.1:{port}\"\n{settings}"))
            .expect("a file can be written");
        let child = Command::new("nats-server")
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(
                "nats-server starts: `make test` installs it, or `apt-get install nats-server`",
            );
        let broker = Self {
            child,
            port,
            folder: folder.to_owned(),
            settings: settings.to_owned(),
            user: user.map(|(name, password)| (name.to_owned(), password.to_owned())),
        };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the broker does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        broker
    }

    /// Stops it as a machine that goes down does.
    #[track_caller]
    pub fn stop(mut self) -> Stopped {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(asked.expect("kill(1) runs").success());
        self.child.wait().expect("it ends");
        Stopped {
            folder: self.folder.clone(),
            port: self.port,
            settings: self.settings.clone(),
            user: self.user.clone(),
        }
    }

    /// A client.
    #[track_caller]
    pub fn client(&self) -> Client {
        Client::new(self.port, self.user.as_ref())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A broker that is down, with its files.
#[derive(Debug)]
pub struct Stopped {
    folder: PathBuf,
    port: u16,
    settings: String,
    user: Option<(String, String)>,
}

impl Stopped {
    /// Starts it anew on the same port.
    #[track_caller]
    pub fn start(self) -> Broker {
        let user = self.user.as_ref().map(|(n, p)| (n.as_str(), p.as_str()));
        Broker::start_with(&self.folder, self.port, &self.settings, user)
    }
}

/// A connection in NATS' own protocol.
#[derive(Debug)]
pub struct Client {
    from: BufReader<TcpStream>,
    to: TcpStream,
}

impl Client {
    fn new(port: u16, user: Option<&(String, String)>) -> Self {
        let to = TcpStream::connect(("127.0.0.1", port)).expect("the broker listens");
        to.set_read_timeout(Some(PATIENCE))
            .expect("a socket has timeouts");
        let from = BufReader::new(to.try_clone().expect("a socket can be had twice"));
        let mut client = Self { from, to };
        let mut me = json!({"verbose": false, "pedantic": false, "lang": "test", "version": "0"});
        if let Some((name, password)) = user {
            me["user"] = json!(name);
            me["pass"] = json!(password);
        }
        client.say(&format!("CONNECT {me}\r\nSUB {INBOX} 1\r\nPING\r\n"));
        while client.line() != "PONG" {}
        client
    }

    fn say(&mut self, text: &str) {
        self.to
            .write_all(text.as_bytes())
            .expect("the broker takes what is said");
    }

    #[track_caller]
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.from.read_line(&mut line).expect("the broker answers");
        assert!(!line.is_empty(), "the broker closed the line");
        assert!(!line.starts_with("-ERR"), "{line}");
        line.trim_end().to_owned()
    }

    /// The next answer.
    #[track_caller]
    fn answer(&mut self) -> Value {
        loop {
            let line = self.line();
            if line == "PING" {
                self.say("PONG\r\n");
            }
            if let Some(message) = line.strip_prefix("MSG ") {
                let bytes = message.rsplit(' ').next().and_then(|n| n.parse().ok());
                let mut payload = vec![0; bytes.expect("a message has a length")];
                self.from.read_exact(&mut payload).expect("a whole message");
                self.line();
                return serde_json::from_slice(&payload).expect("an answer is JSON");
            }
        }
    }

    /// Asks, for instance JetStream's API.
    #[track_caller]
    pub fn ask(&mut self, subject: &str, question: &Value) -> Value {
        let question = question.to_string();
        self.say(&format!(
            "PUB {subject} {INBOX} {}\r\n{question}\r\n",
            question.len()
        ));
        self.answer()
    }

    /// Makes a stream of the subjects `vonglau.>` in files.
    #[track_caller]
    pub fn make_stream(&mut self, name: &str) {
        let settings = json!({
            "name": name, "subjects": ["vonglau.>"], "storage": "file", "retention": "limits", "discard": "old", "num_replicas": 1,
        });
        let answer = self.ask(&format!("$JS.API.STREAM.CREATE.{name}"), &settings);
        assert!(answer["error"].is_null(), "{answer}");
    }

    /// Publishes messages and waits until the stream has them all.
    #[track_caller]
    pub fn publish<S: AsRef<str>>(&mut self, subject: &str, messages: &[S]) {
        for some in messages.chunks(50) {
            let one = |message: &S| {
                let message = message.as_ref();
                format!("PUB {subject} {INBOX} {}\r\n{message}\r\n", message.len())
            };
            let all: Vec<String> = some.iter().map(one).collect();
            self.say(&all.concat());
            for _ in some {
                let answer = self.answer();
                assert!(answer["seq"].is_u64(), "{answer}");
            }
        }
    }

    /// What the broker knows of a consumer.
    #[track_caller]
    pub fn consumer(&mut self, stream: &str, name: &str) -> Value {
        self.ask(
            &format!("$JS.API.CONSUMER.INFO.{stream}.{name}"),
            &json!({}),
        )
    }
}
