//! `vonglau import`: CSV to contract events by a mapping file, or messages of the national exchange.
//!
//! Holds the command's arguments and its files; the work is [`ingest::import`] and [`ingest::national`]. Events go to
//! stdout and nothing else does; the summary goes to stderr, and to a file when asked.

use crate::commands::UsageError;
use anyhow::Context;
use ingest::import::SHIPPED;
use ingest::national::{self, Answer, Mapping};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Arguments of `vonglau import`.
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// The mapping: a TOML file, or the name of one that ships (warsaw-boards, permit-log); with --national a file that
    /// adds to the mapping that ships
    #[arg(long, value_name = "MAP.toml", required_unless_present = "national")]
    map: Option<PathBuf>,
    /// The file holds messages of the national exchange as JSON, one after the other, instead of CSV
    #[arg(long)]
    national: bool,
    /// The file, plain or gzip; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Also write the summary to this file, as JSON
    #[arg(long, value_name = "FILE.json")]
    summary: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: ImportArgs) -> anyhow::Result<()> {
    let summary = if args.national {
        national(&args)?
    } else {
        csv(&args)?
    };
    if let Some(path) = &args.summary {
        let json = serde_json::to_string_pretty(&summary)?;
        std::fs::write(path, json + "\n")
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn input(args: &ImportArgs) -> anyhow::Result<Box<dyn Read>> {
    let input: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(&args.file);
        Box::new(file.with_context(|| {
            format!("cannot open {}: name an existing file", args.file.display())
        })?)
    };
    Ok(ingest::import::unpacked(input)?)
}

fn csv(args: &ImportArgs) -> anyhow::Result<serde_json::Value> {
    // Required without --national.
    let mapping = mapping(args.map.as_deref().unwrap_or(Path::new("")))?;
    let input = input(args)?;
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
    Ok(serde_json::to_value(&summary)?)
}

/// Messages of the national exchange. The summary is each message's answer, as far as it can be given before the events are taken in.
fn national(args: &ImportArgs) -> anyhow::Result<serde_json::Value> {
    let mut mapping = Mapping::shipped()?;
    if let Some(path) = &args.map {
        let wrong = |error: &dyn std::fmt::Display| {
            UsageError(format!("--map {}: {error}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
        mapping = mapping.with(&text).map_err(|e| wrong(&e))?;
    }
    let mut text = Vec::new();
    input(args)?
        .read_to_end(&mut text)
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let mut out = BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
    let mut answers = Vec::new();
    for message in national::messages(&text) {
        let number = answers.len() + 1;
        let read = message.and_then(|message| national::read(message, &mapping));
        let answer = match read {
            Ok(reading) => {
                out.write_all(&reading.lines)
                    .context("cannot write events to standard output")?;
                reading.answer(&[])
            }
            Err(fault) if fault.is_unreadable() => {
                // What was read before the damage stands.
                out.flush()
                    .context("cannot write events to standard output")?;
                anyhow::bail!("{}: message {number}: {fault}", args.file.display());
            }
            Err(fault) => Answer::to_fault(&fault),
        };
        eprintln!(
            "message {number}: {} ({})",
            answer.message, answer.error_code
        );
        let refused = answer.data.iter().filter(|record| record.error_code != "0");
        for record in refused {
            eprintln!(
                "  {}: {} ({})",
                record.dossier, record.message, record.error_code
            );
        }
        answers.push(answer);
    }
    out.flush()
        .context("cannot write events to standard output")?;
    Ok(serde_json::to_value(&answers)?)
}

fn mapping(path: &Path) -> anyhow::Result<ingest::import::Mapping> {
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
    ingest::import::Mapping::parse(&text)
        .map_err(|error| UsageError(format!("--map {}: {error}", path.display())).into())
}
