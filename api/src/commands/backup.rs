//! `vonglau backup` and `vonglau restore`: copies of a data directory, made while it is in use.

use std::path::PathBuf;

use ::ingest::backup::{Summary, backup, restore};
use ::ingest::event::EventTime;

use super::{DataArg, print};

/// Arguments of `vonglau backup`.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    #[command(flatten)]
    data: DataArg,
    /// The folder of the backup; what it holds already is not written again
    #[arg(value_name = "TARGET")]
    target: PathBuf,
}

/// Arguments of `vonglau restore`.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    /// The folder of the backup
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    /// The data directory to make; empty, or not there yet
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Runs `vonglau backup`. The directory is not locked: a server may hold it.
pub fn run_backup(args: BackupArgs) -> anyhow::Result<()> {
    let program = env!("CARGO_PKG_VERSION");
    let summary = backup(&args.data.data, &args.target, program, EventTime::now())?;
    print_summary(&summary)
}

/// Runs `vonglau restore`.
pub fn run_restore(args: RestoreArgs) -> anyhow::Result<()> {
    print_summary(&restore(&args.target, &args.data)?)
}

fn print_summary(summary: &Summary) -> anyhow::Result<()> {
    print(&serde_json::to_string(summary)?)
}
