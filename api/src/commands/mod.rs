//! The commands of `vonglau`, one module each.
//!
//! Exit codes are part of the contract: 0 done, 2 wrong use, 1 failed, with one line on stderr that says
//! why and what to do. Results go to stdout, progress and logs to stderr.

pub mod account;
pub mod alerts;
pub mod applicant;
mod asked;
pub mod audit;
pub mod backup;
pub mod briefing;
pub mod bus;
mod config;
pub mod copy_store;
pub mod coverage;
pub mod demo;
pub mod doctor;
pub mod events;
pub mod import;
pub mod ingest;
pub mod key;
pub mod migrate;
pub mod pack;
pub mod relay;
pub mod report;
mod scoped;
pub mod serve;
pub mod simulate;
pub mod site;
pub mod sql;
pub mod watch;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use ::ingest::datadir::{Clock, DataDir, DataDirError, ServerAddress};
use ::ingest::room::{Limits, MIN_FREE, SEGMENT};
use ::ingest::size::Size;
use clap::{Parser, Subcommand, ValueEnum};

/// How long a command waits for another one that holds the data directory.
const PATIENCE: Duration = Duration::from_secs(10);

/// The command was used wrongly: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Real-time supervision of public administrative service centres
#[derive(Debug, Parser)]
#[command(name = "vonglau", version, about, propagate_version = true)]
struct Cli {
    /// Key for a server that is asked, as `vonglau key create` prints it
    #[arg(long, global = true, env = "VONGLAU_KEY", hide_env_values = true)]
    key: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// The key with which servers are asked.
static KEY: OnceLock<String> = OnceLock::new();

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service on a data directory
    Serve(Box<serve::ServeArgs>),
    /// Run a simulated city with the dashboards
    Demo(demo::DemoArgs),
    /// Write a simulated city's events as NDJSON
    Simulate(simulate::SimulateArgs),
    /// Take events from a file into a server or a data directory
    Ingest(ingest::IngestArgs),
    /// Keep a point's events while the line to the server is down, and send them in order
    Relay(relay::RelayArgs),
    /// Turn CSV into events by a mapping
    Import(import::ImportArgs),
    /// Report figures over a span of time
    Report(report::ReportArgs),
    /// Write the briefing of a week, a month or a quarter
    Briefing(briefing::BriefingArgs),
    /// Try alert rules on a past span, or check a file of them
    Alerts(alerts::AlertsArgs),
    /// Minutes and kilometres from every cell to the nearest point
    Coverage(coverage::CoverageArgs),
    /// Minutes to the nearest point by bus and on foot, by a timetable
    Bus(bus::BusArgs),
    /// Where the next points should go, with what no other choice could beat
    Site(site::SiteArgs),
    /// Make or describe a geographic pack
    Pack(pack::PackArgs),
    /// Ask a read-only SQL query over the facts
    Sql(sql::SqlArgs),
    /// Follow a live topic in the terminal
    Watch(watch::WatchArgs),
    /// Make, list and revoke keys of programs
    Key(key::KeyArgs),
    /// Make, list and change accounts of people
    Account(account::AccountArgs),
    /// Check or export the log of who did what
    Audit(audit::AuditArgs),
    /// Copy or erase what is known of one applicant
    Applicant(applicant::ApplicantArgs),
    /// Copy a data directory into a backup, also while a server holds it
    Backup(backup::BackupArgs),
    /// Make a data directory of a backup
    Restore(backup::RestoreArgs),
    /// Say what is wrong with a data directory and what to do
    Doctor(doctor::DoctorArgs),
    /// Write all events of a data directory as NDJSON
    Events(events::EventsArgs),
    /// Bring a data directory to the form that this program writes
    Migrate(migrate::MigrateArgs),
    /// Copy all facts of a data directory into ClickHouse
    CopyStore(copy_store::CopyStoreArgs),
}

/// Where *now* comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClockArg {
    /// The machine's clock
    Wall,
    /// The greatest accepted event time: simulated or replayed data
    Events,
}

impl From<ClockArg> for Clock {
    fn from(arg: ClockArg) -> Self {
        match arg {
            ClockArg::Wall => Self::Wall,
            ClockArg::Events => Self::Events,
        }
    }
}

/// What may be used of the disk.
#[derive(Debug, Clone, clap::Args)]
struct RoomArgs {
    /// What the journal may grow to, such as 20GB; at the bound no events are taken. No bound without it
    #[arg(long, value_name = "SIZE", env = "VONGLAU_MAX_JOURNAL_BYTES")]
    max_journal_bytes: Option<Size>,
    /// What stays free on the disk of the data directory; below it no events are taken
    #[arg(long, value_name = "SIZE", env = "VONGLAU_MIN_FREE_BYTES", default_value_t = MIN_FREE)]
    min_free_bytes: Size,
    /// A segment of the journal that has grown past this is followed by a new one
    #[arg(long, value_name = "SIZE", env = "VONGLAU_JOURNAL_SEGMENT_BYTES", default_value_t = SEGMENT)]
    journal_segment_bytes: Size,
}

impl From<RoomArgs> for Limits {
    fn from(args: RoomArgs) -> Self {
        Self {
            max_journal: args.max_journal_bytes,
            min_free: args.min_free_bytes,
            segment: args.journal_segment_bytes,
        }
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let args = std::env::args_os().collect();
    let line = match config::with_file(args) {
        Ok(line) => line,
        Err(e) => return told(&e.into()),
    };
    match config::printed::wished(&line) {
        Ok(None) => {}
        Ok(Some(text)) => match print(&text) {
            Err(e) if !is_broken_pipe(&e) => return told(&e),
            _ => return ExitCode::SUCCESS,
        },
        Err(e) => return told(&e.into()),
    }
    let cli = Cli::parse_from(line.args);
    if let Some(key) = cli.key {
        // Set once, here.
        let _ = KEY.set(key);
    }
    let serves = matches!(
        cli.command,
        Command::Serve(_) | Command::Demo(_) | Command::Relay(_)
    );
    start_log(if serves {
        "warn,api=info,ingest=info"
    } else {
        // Want of room is an error of the command, told at its end.
        "warn,ingest::room=error"
    });
    let result = match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Ingest(args) => ingest::run(args),
        Command::Relay(args) => relay::run(args),
        Command::Import(args) => import::run(args),
        Command::Report(args) => report::run(args),
        Command::Briefing(args) => briefing::run(args),
        Command::Alerts(args) => alerts::run(args),
        Command::Coverage(args) => coverage::run(args),
        Command::Bus(args) => bus::run(args),
        Command::Site(args) => site::run(args),
        Command::Pack(args) => pack::run(args),
        Command::Sql(args) => sql::run(args),
        Command::Watch(args) => watch::run(args),
        Command::Key(args) => key::run(args),
        Command::Account(args) => account::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Backup(args) => backup::run_backup(args),
        Command::Migrate(args) => migrate::run(args),
        Command::CopyStore(args) => copy_store::run(args),
        Command::Restore(args) => backup::run_restore(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Events(args) => events::run(args),
        Command::Applicant(args) => applicant::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) if is_broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => told(&e),
    }
}

/// One line that says what went wrong, and the exit code for it.
fn told(e: &anyhow::Error) -> ExitCode {
    let line = format!("{e:#}")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    eprintln!("vonglau: {line}");
    ExitCode::from(if e.is::<UsageError>() { 2 } else { 1 })
}

/// Logs go to stderr; `VONGLAU_LOG` chooses how much instead of the default.
fn start_log(default: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("VONGLAU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}

/// A huge page stays whole while anything in it is in use, and a state is small things that come and go: without huge pages a ninth
/// less is resident in a server (measured after three million events), a fifth in a file's ingest, which takes a tenth less time for
/// it: the system clears a page before it hands it out.
fn keep_pages_small() {
    #[cfg(target_os = "linux")]
    if let Err(error) = nix::sys::prctl::set_thp_disable(true) {
        tracing::debug!(%error, "huge pages stay in use");
    }
}

/// Writes a result to stdout, ending its last line.
fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// A reader that has seen enough (`| head`) is no failure.
fn is_broken_pipe(e: &anyhow::Error) -> bool {
    e.chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A data directory as a command finds it.
enum Held {
    /// Free, and now held by this command.
    Here(DataDir),
    /// Held by a server, which is to be asked.
    By(ServerAddress),
}

/// Opens an existing data directory, or finds the server that holds it.
fn open_or_ask(path: &Path) -> anyhow::Result<Held> {
    match DataDir::open_existing(path, PATIENCE) {
        Ok(dir) => Ok(Held::Here(dir)),
        Err(DataDirError::Served { url, pid, .. }) => Ok(Held::By(ServerAddress { url, pid })),
        Err(e) => Err(e.into()),
    }
}

/// The header with the key that was given, if one was.
fn bearer() -> Result<Option<reqwest::header::HeaderValue>, UsageError> {
    let value = KEY.get().map(|key| format!("Bearer {key}").parse());
    value
        .transpose()
        .map_err(|_| UsageError("--key is no key: `vonglau key create` prints one".to_owned()))
}

/// A client for a server on this machine or elsewhere.
fn client() -> anyhow::Result<reqwest::blocking::Client> {
    let mut headers = reqwest::header::HeaderMap::new();
    if let Some(value) = bearer()? {
        headers.insert(reqwest::header::AUTHORIZATION, value);
    }
    Ok(reqwest::blocking::Client::builder()
        .timeout(Duration::from_mins(2))
        .default_headers(headers)
        .build()?)
}

/// A server's answer as text, or its problem's sentence as an error.
fn answer_text(response: reqwest::blocking::Response) -> anyhow::Result<String> {
    let status = response.status();
    let text = response.text()?;
    if status.is_success() {
        return Ok(text);
    }
    let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let detail = problem["detail"]
        .as_str()
        .unwrap_or("no reason given")
        .to_owned();
    if status == reqwest::StatusCode::BAD_REQUEST {
        return Err(UsageError(detail).into());
    }
    anyhow::bail!("the server answered {status}: {detail}")
}

/// Where a command's data directory is.
#[derive(Debug, Clone, clap::Args)]
struct DataArg {
    /// The data directory
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}
