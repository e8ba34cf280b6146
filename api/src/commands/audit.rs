//! `vonglau audit`: the chained log of who did what, checked and taken out.

use std::io::{BufWriter, Write as _};

use anyhow::bail;
use clap::{Args, Subcommand};

use super::scoped::existing;
use super::{DataArg, UsageError};
use crate::doors::AUDIT;
use crate::doors::at::At;
use crate::doors::audit::{export, verify};

/// Check or export the log of who signed in, saw, changed, acknowledged and exported what.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Go through the whole chain: exit 1 with the first line that was changed, taken out or cut off
    Verify(DataArg),
    /// Write lines as NDJSON
    Export(ExportArgs),
}

#[derive(Debug, Args)]
struct ExportArgs {
    #[command(flatten)]
    data: DataArg,
    /// Begin, included: RFC 3339; the first line without it
    #[arg(long, value_name = "T")]
    from: Option<String>,
    /// End, excluded: RFC 3339; the last line without it
    #[arg(long, value_name = "T")]
    to: Option<String>,
}

/// Runs the command.
pub fn run(args: AuditArgs) -> anyhow::Result<()> {
    match args.command {
        AuditCommand::Verify(args) => {
            let verified = verify(&existing(&args.data)?.join(AUDIT), None)?;
            if let Some(fault) = verified.fault {
                bail!(
                    "the audit log is not whole: {fault}; keep the folder as it is, and compare it with a backup"
                );
            }
            let head = serde_json::to_string(&verified.head)?;
            println!("{head}");
            Ok(())
        }
        AuditCommand::Export(args) => {
            let time = |name: &str, text: &Option<String>, default: At| match text {
                None => Ok(default),
                Some(text) => At::parse(text).ok_or_else(|| {
                    UsageError(format!(
                        "{name} {text}: give a time such as 2026-11-23T00:00:00+07:00"
                    ))
                }),
            };
            let from = time("--from", &args.from, At(i64::MIN))?;
            let to = time("--to", &args.to, At(i64::MAX))?;
            let mut out = BufWriter::new(std::io::stdout().lock());
            export(&existing(&args.data.data)?.join(AUDIT), from, to, &mut out)?;
            out.flush()?;
            Ok(())
        }
    }
}
