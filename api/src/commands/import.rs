//! `vonglau import`: CSV to contract events by a mapping file.
//!
//! Holds the command's arguments and its files; the work is [`ingest::import`]. Events go to
//! stdout and nothing else does; the summary goes to stderr, and to a file when asked.

use crate::commands::UsageError;
use anyhow::Context;
use ingest::import::{Mapping, SHIPPED};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `vonglau import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The mapping: a TOML file, or the name of one that ships (warsaw-boards, permit-log)
    #[arg(long, value_name = "MAP.toml")]
    map: PathBuf,
    /// The CSV file, plain or gzip; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Also write the summary to this file, as JSON
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: ImportArgs) -> anyhow::Result<()> {
    let mapping = mapping(&args.map)?;
    let input: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(&args.file);
        Box::new(file.with_context(|| {
            format!(
                "cannot open {}: name an existing CSV file",
                args.file.display()
            )
        })?)
    };
    let input = ingest::import::unpacked(input)?;
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    let summary = match ingest::import::import(&mapping, input, &mut out) {
        Ok(summary) => summary,
        Err(error) => {
            // What was read before the damage stands.
            out.flush()
                .context("cannot write events to standard output")?;
            return Err(error).with_context(|| format!("cannot import {}", args.file.display()));
        }
    };
    out.flush()
        .context("cannot write events to standard output")?;
    eprint!("{summary}");
    if let Some(path) = &args.summary {
        let json = serde_json::to_string_pretty(&summary)?;
        std::fs::write(path, json + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn mapping(path: &Path) -> anyhow::Result<Mapping> {
    let shipped = SHIPPED
        .iter()
        .find(|(name, _)| path == Path::new(name))
        .map(|(_, text)| *text);
    let text = match (std::fs::read_to_string(path), shipped) {
        (Ok(text), _) => text,
        (Err(_), Some(text)) => text.to_owned(),
        (Err(error), None) => {
            let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "--map {}: {error}; give a file, or one of {}",
                path.display(),
                names.join(", ")
            );
            return Err(UsageError(message).into());
        }
    };
    Mapping::parse(&text)
        .map_err(|error| UsageError(format!("--map {}: {error}", path.display())).into())
}
