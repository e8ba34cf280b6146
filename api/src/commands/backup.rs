//! `vonglau backup` and `vonglau restore`: copies of a data directory, made while it is in use.

use std::io::Write;
use std::path::{Path, PathBuf};

use ::ingest::archive::Archive;
use ::ingest::backup::{Summary, backup, restore};
use ::ingest::event::EventTime;
use anyhow::Context as _;

use super::{DataArg, Held, answer_text, client, open_or_ask, print};

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
    let dir = &args.data.data;
    let summary = backup(
        dir,
        &args.target,
        env!("CARGO_PKG_VERSION"),
        EventTime::now(),
        &mut |out| export(dir, out).map_err(|e| std::io::Error::other(format!("{e:#}"))),
    )?;
    print_summary(&summary)
}

/// Writes the archive of a directory: it is asked of the server that holds it, or read here while nobody does.
fn export(dir: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    match open_or_ask(dir)? {
        Held::Here(dir) => {
            Archive::open(dir.archive())?.export(out)?;
        }
        Held::By(server) => {
            let url = format!("{}/api/v1/archive", server.url);
            let mut response = client()?.get(url).send()?;
            if !response.status().is_success() {
                let refused = answer_text(response).map(drop);
                return refused.context("the server that holds it gave no archive");
            }
            std::io::copy(&mut response, out)?;
        }
    }
    Ok(())
}

/// Runs `vonglau restore`.
pub fn run_restore(args: RestoreArgs) -> anyhow::Result<()> {
    print_summary(&restore(&args.target, &args.data)?)
}

fn print_summary(summary: &Summary) -> anyhow::Result<()> {
    print(&serde_json::to_string(summary)?)
}
