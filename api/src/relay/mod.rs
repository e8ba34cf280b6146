//! `vonglau relay`: events of a point, kept on its disk while the line to the server is down.
//!
//! A small agent beside the point's machines. What flows in: batches of events, as the server takes them (`POST /api/v1/events`), or
//! lines of a file. What flows out: the same events, in the order in which they came, to the server.
//!
//! | step | where |
//! |---|---|
//! | a batch is asked for its key, unpacked and decoded by the server's own decoder | [`door`] |
//! | it is made durable with others that came meanwhile, then its sender is answered | [`writer`], [`spool`] |
//! | what is durable is read back, and sent | [`sending`], [`request`] |
//! | what the server's answer means: sent, to be tried again, or refused for good | [`answer`] |
//! | what the key may not send, or is ahead of the server's clock, is put by and comes again | [`scope`], [`held`] |
//! | how far the server has come is written down, and the disk before it is freed | [`position`] |
//!
//! What holds:
//! - **An answer of 200 means durable here**: the journal's promise ([`ingest::journal`]).
//! - **Nothing is given up that the server has not answered for**: the position moves on only past events that it took, knew, or
//!   refused one by one, or that are durable where they are put by. After a kill the last batch may be sent again; the server knows it by its ids.
//! - **Nothing blocks for ever but for what a person can mend**: a refused key, a full server, a line that is down. An event that the
//!   server will never take is set aside with its reason ([`refused`]), one that it may take later is put by, and the next is sent.
//! - **A byte that changed on the disk costs its frame**: what can be read of the file is sent, and the file is kept ([`spool`]).
//! - **Bounded**: at `--max-disk` batches are refused with 429, and what is there stays.
//! - **No field that is not the contract's reaches the disk**: what is kept is the record of the decoded event. Pseudonyms of
//!   applicants stay as the sender gave them, for the server to key: the result there is that of direct sending.
//!
//! Event times are not held against this machine's clock, which at a point may be wrong after a power cut; the server does that.

pub mod answer;
pub mod backoff;
pub mod door;
pub mod held;
pub mod left;
pub mod position;
pub mod reading;
pub mod refused;
pub mod request;
pub mod scope;
pub mod sending;
pub mod spool;
pub mod status;
pub mod writer;

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ingest::size::Size;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::doors::address::Proxies;
use crate::listening::{self, Listening};
use door::LocalKey;
use held::Held;
use request::{Key, Line};
use sending::Sending;
use spool::{Spool, SpoolError};
use status::Status;
use writer::Writer;

/// How often the state is written down where it changed.
const STATUS_EVERY: Duration = Duration::from_secs(1);
/// Time that requests and a batch under way have to end after a signal.
const GRACE: Duration = Duration::from_secs(5);

/// How often a directory is tried that another holds, and the pause between.
const HOLD_TRIES: u32 = 10;
const HOLD_PAUSE: Duration = Duration::from_millis(50);

/// What a relay is told.
#[derive(Debug)]
pub struct Settings {
    /// Its directory.
    pub dir: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// What it may take of the disk.
    pub max_disk: Size,
    /// The longest pause between two attempts to send.
    pub max_pause: Duration,
    /// The server, and what lets it in there.
    pub line: Line,
    /// What local senders must show.
    pub local_key: Option<LocalKey>,
    /// A file of events to take in besides.
    pub read: Option<PathBuf>,
}

/// Why a relay does not run, or runs no longer.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Another one holds the directory.
    #[error("{0} is in use by another relay: stop it, or give this one a directory of its own")]
    Held(PathBuf),
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// It cannot listen.
    #[error(
        "cannot listen on {address}: {source}; stop what uses the port, or choose another with --listen"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The events on the disk.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The task that sends.
    #[error("sending ended by itself ({0}): a fault of the program; please report it with the log")]
    Sending(String),
    /// The server cannot be asked as it is set up.
    #[error(transparent)]
    Line(#[from] request::LineError),
}

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> RelayError {
    let path = path.to_owned();
    move |source| RelayError::Io {
        action,
        path,
        source,
    }
}

/// Holds a relay's directory, made where it is new and readable by its owner alone.
fn hold(dir: &Path) -> Result<File, RelayError> {
    if !dir.exists() {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(io("create", dir))?;
    }
    let path = lock_path(dir);
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io("open", &path))?;
    let mut tries = 1;
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            // `--status` holds it for a moment, too.
            Err(TryLockError::WouldBlock) if tries < HOLD_TRIES => {
                tries += 1;
                std::thread::sleep(HOLD_PAUSE);
            }
            Err(TryLockError::WouldBlock) => return Err(RelayError::Held(dir.to_owned())),
            Err(TryLockError::Error(e)) => return Err(io("lock", &path)(e)),
        }
    }
    // One that was made otherwise, or by hand.
    std::fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(io("close", dir))?;
    Ok(lock)
}

/// The file that a running relay holds.
pub(crate) fn lock_path(dir: &Path) -> PathBuf {
    dir.join("lock")
}

/// Runs a relay until `stop` is done.
pub async fn run(
    settings: Settings,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), RelayError> {
    let _held = hold(&settings.dir)?;
    let sender = request::Sender::new(&settings.line)?;
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|source| RelayError::Listen {
        address: settings.listen,
        source,
    })?;
    let address = listener.local_addr().map_err(|source| RelayError::Listen {
        address: settings.listen,
        source,
    })?;
    let (spool, sent) = Spool::open(&settings.dir, settings.max_disk)?;
    let status = Arc::new(Status::new(
        &settings.dir,
        settings.line.to.clone(),
        address,
        settings.max_disk,
    ));
    let key = match &settings.line.key {
        Key::File(path) => Some(path.clone()),
        Key::Given(_) | Key::None => None,
    };
    let held = Held::open(&settings.dir, spool.most_held(), spool.held(), key);
    status.kept(spool.end(), spool.bytes());
    status.sent(sent, None);
    let (end, ends) = watch::channel(spool.end());
    let (writer, mut ended) = Writer::start(spool, end, Arc::clone(&status))
        .map_err(io("start the thread that writes to", &settings.dir))?;
    let writer = Arc::new(writer);
    tracing::info!(
        "listening on http://{address}, sending to {}",
        settings.line.to
    );

    let (stopping, stopped) = watch::channel(false);
    let sending = Sending {
        dir: settings.dir.clone(),
        sender,
        writer: Arc::clone(&writer),
        status: Arc::clone(&status),
        ends,
        max_pause: settings.max_pause,
        held,
    };
    let mut sending = tokio::spawn(sending.run(sent, stopped.clone()));
    let telling = tokio::spawn(write_down(Arc::clone(&status)));
    if let Some(path) = settings.read {
        reading::start(path, Arc::clone(&writer));
    }
    let router = door::router(door::Door {
        writer: Arc::clone(&writer),
        status: Arc::clone(&status),
        key: settings.local_key,
    });
    let mut told = stopped;
    let until = async move {
        let _ = told.wait_for(|stopped| *stopped).await.is_ok();
    };
    let all = vec![Listening {
        listener,
        tls: None,
    }];
    let proxies = Proxies::default();
    let serving = listening::serve(all, router, &proxies, until);
    let orderly = async {
        let (failed, is_sending) = tokio::select! {
            () = stop => (None, true),
            failed = &mut ended => (failed.ok().map(RelayError::from), true),
            done = &mut sending => {
                let failed = match done {
                    // It goes with the thread that writes.
                    Ok(Ok(())) => (&mut ended).await.ok().map(RelayError::from),
                    Ok(Err(error)) => Some(error.into()),
                    Err(error) => Some(RelayError::Sending(error.to_string())),
                };
                (failed, false)
            }
        };
        tracing::info!("stopping");
        stopping.send_replace(true);
        (failed, is_sending)
    };
    let ((failed, is_sending), ()) = tokio::join!(orderly, async {
        // A sender that says nothing is not waited for for ever.
        tokio::select! {
            () = serving => {}
            () = grace(stopping.subscribe()) => {}
        }
    });
    if is_sending {
        let _ = tokio::time::timeout(GRACE, sending).await;
    }
    telling.abort();
    status.write_down();
    match failed {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

async fn grace(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await.is_ok();
    tokio::time::sleep(GRACE).await;
}

/// Writes the state down now and then, for who asks while nobody runs.
async fn write_down(status: Arc<Status>) {
    loop {
        let each = Arc::clone(&status);
        let _ = tokio::task::spawn_blocking(move || each.write_down()).await;
        tokio::time::sleep(STATUS_EVERY).await;
    }
}
