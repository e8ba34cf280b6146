//! `vonglau relay`: a small agent at a point that keeps events on its disk while the line to the server is down.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ::ingest::event::EventTime;
use ::ingest::size::Size;
use anyhow::Context as _;
use serde_json::json;

use super::serve::signalled;
use super::{KEY, UsageError, print};
use crate::relay::door::LocalKey;
use crate::relay::request::{Key, Line, server};
use crate::relay::spool::{self, LEAST};
use crate::relay::{self, Settings, left};

/// Arguments of `vonglau relay`.
#[derive(Debug, clap::Args)]
pub struct RelayArgs {
    /// Print how the relay of this directory does, running or not, and end
    #[arg(long, value_name = "DIR", conflicts_with_all = ["dir", "to"])]
    status: Option<PathBuf>,
    /// The relay's directory: what waits, and how far was sent; created where it is new
    #[arg(long, value_name = "DIR", env = "VONGLAU_RELAY_DIR")]
    dir: Option<PathBuf>,
    /// The server to send to, such as https://vonglau.example.vn
    #[arg(long, value_name = "URL", env = "VONGLAU_RELAY_TO")]
    to: Option<String>,
    /// A file with the key for the server, as `vonglau key create --role source` prints it; read for each request. `--key` or
    /// `VONGLAU_KEY` do as well
    #[arg(long, value_name = "FILE", env = "VONGLAU_RELAY_KEY_FILE")]
    key_file: Option<PathBuf>,
    /// Sign requests with the key instead of sending it: one made with `--used signing`
    #[arg(long)]
    sign: bool,
    /// Who signs the server's certificate, beside those whom this machine trusts: a PEM file
    #[arg(long, value_name = "FILE", env = "VONGLAU_RELAY_CA")]
    ca: Option<PathBuf>,
    /// Send over a line that is not encrypted by TLS: only where it is protected otherwise
    #[arg(long)]
    plain: bool,
    /// Where local senders come; another address than loopback needs --local-key-file
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8090",
        env = "VONGLAU_RELAY_LISTEN"
    )]
    listen: String,
    /// A file with a word that local senders must send as `Authorization: Bearer`, sixteen characters or more
    #[arg(long, value_name = "FILE", env = "VONGLAU_RELAY_LOCAL_KEY_FILE")]
    local_key_file: Option<PathBuf>,
    /// What waiting events may take of the disk; at the bound senders are told to come again
    #[arg(long, value_name = "SIZE", default_value_t = Size(1_000_000_000), env = "VONGLAU_RELAY_MAX_DISK")]
    max_disk: Size,
    /// The longest pause between two attempts to send, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3_600),
        env = "VONGLAU_RELAY_MAX_PAUSE")]
    max_pause: u64,
    /// Take in the lines of a file, too, as events of the past: the whole file again at each start, which does no harm and takes its
    /// time; `-` is standard input
    #[arg(long, value_name = "FILE")]
    read: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: RelayArgs) -> anyhow::Result<()> {
    if let Some(dir) = &args.status {
        return tell(dir);
    }
    let settings = settings(args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let signalled = {
        let _in = runtime.enter();
        signalled()
    };
    let done = runtime.block_on(relay::run(settings, signalled));
    // A read of standard input may never end.
    runtime.shutdown_background();
    Ok(done?)
}

fn settings(args: RelayArgs) -> anyhow::Result<Settings> {
    let usage = |why: &str| UsageError(why.to_owned());
    let dir = args
        .dir
        .ok_or_else(|| usage("give --dir, the relay's directory"))?;
    let to = args
        .to
        .ok_or_else(|| usage("give --to, the server's address"))?;
    let to = server(&to, args.plain).map_err(usage)?;
    let key = match (args.key_file, KEY.get()) {
        (Some(file), _) => Key::File(file),
        (None, Some(key)) => Key::Given(key.clone()),
        (None, None) => Key::None,
    };
    if args.sign && matches!(key, Key::None) {
        return Err(usage("--sign needs a key: give --key-file").into());
    }
    let listen = args.listen.to_socket_addrs().ok();
    let listen: Option<SocketAddr> = listen.and_then(|mut all| all.next());
    let listen =
        listen.ok_or_else(|| usage("--listen is no address; give one such as 127.0.0.1:8090"))?;
    let local_key = args.local_key_file.as_deref().map(local_key).transpose()?;
    if local_key.is_none() && !listen.ip().is_loopback() {
        let why = "without --local-key-file a relay listens on loopback alone: whoever reaches it may send events of this point";
        return Err(usage(why).into());
    }
    if args.max_disk.0 < LEAST.0 {
        return Err(UsageError(format!("--max-disk is {LEAST} at least")).into());
    }
    Ok(Settings {
        dir,
        listen,
        max_disk: args.max_disk,
        max_pause: Duration::from_secs(args.max_pause),
        line: Line {
            to,
            key,
            does_sign: args.sign,
            ca: args.ca,
        },
        local_key,
        read: args.read,
    })
}

fn local_key(path: &Path) -> anyhow::Result<LocalKey> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the local key from {}", path.display()))?;
    let key = text.trim();
    if key.len() < 16 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        let why = format!(
            "{} must hold one word of sixteen or more plain characters, such as `openssl rand -hex 24` prints",
            path.display()
        );
        return Err(UsageError(why).into());
    }
    Ok(LocalKey(key.to_owned()))
}

/// Prints how a relay does: what its disk says, with what it wrote down last.
fn tell(dir: &Path) -> anyhow::Result<()> {
    if !dir.is_dir() {
        return Err(UsageError(format!("{} is no relay's directory", dir.display())).into());
    }
    let now = EventTime::now();
    let left = left::look(dir)?;
    let told = relay::status::read(dir);
    let of = |value: Option<serde_json::Value>| value.unwrap_or_default();
    let told = told.as_ref();
    let text = json!({
        "running": left.is_running,
        "waiting_events": left.waiting,
        "oldest_waiting_seconds": left.oldest.map_or(0.0, |since| now.seconds_since(since).max(0.0)),
        "held_events": left.held,
        "damaged_files": spool::damaged_files(dir),
        "disk_bytes": left.disk_bytes,
        "server": of(told.map(|told| json!(told.server))),
        "listening": of(told.filter(|_| left.is_running).map(|told| json!(told.listening))),
        "max_disk_bytes": of(told.map(|told| json!(told.max_disk_bytes))),
        "last_success": of(told.map(|told| json!(told.last_success))),
        "last_error": of(told.map(|told| json!(told.last_error))),
    });
    print(&serde_json::to_string_pretty(&text)?)
}
