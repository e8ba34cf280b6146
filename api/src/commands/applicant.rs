//! `vonglau applicant`: what one person's right to a copy and to be forgotten asks for (Luật 91/2025/QH15, Điều 4), by the pseudonym that the
//! sender gave the person.

use std::collections::BTreeSet;
use std::io::{BufWriter, Read as _, Write};
use std::path::Path;

use ::ingest::datadir::{self, DataDir};
use ::ingest::decode::Decoder;
use ::ingest::event::{Body, Event};
use ::ingest::journal;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;

use super::events::each_record;
use super::scoped::{existing, noted};
use super::{DataArg, PATIENCE, UsageError, print};
use crate::core::Core;
use crate::doors::audit::What;

/// Copy or erase what is known of one applicant.
#[derive(Debug, Args)]
pub struct ApplicantArgs {
    #[command(subcommand)]
    command: ApplicantCommand,
}

#[derive(Debug, Subcommand)]
enum ApplicantCommand {
    /// Write the applicant's events, and all of the dossiers and tickets that they tell of, as NDJSON; also while a server holds the directory
    Export(AskedArgs),
    /// Take the applicant out of all events, while no server holds the directory; the events stay, without who asked
    Erase(AskedArgs),
}

/// The pseudonym comes on standard input, so that no list of processes and no shell remembers it.
#[derive(Debug, Args)]
struct AskedArgs {
    #[command(flatten)]
    data: DataArg,
    /// The pseudonym is the one that this installation made, as `vonglau events` writes it
    #[arg(long)]
    keyed: bool,
}

impl AskedArgs {
    /// The pseudonym as it stands in the journal.
    fn applicant(&self, decoder: &Decoder) -> anyhow::Result<String> {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        let given = text.trim();
        let unfit = || {
            UsageError("give the sender's pseudonym of one applicant on standard input: 1 to 64 characters A-Z a-z 0-9 . _ : / -".to_owned())
        };
        if given.lines().count() != 1 {
            return Err(unfit().into());
        }
        let keyed = decoder.applicant(given).ok_or_else(unfit)?;
        Ok(if self.keyed {
            given.to_owned()
        } else {
            keyed.as_str().to_owned()
        })
    }
}

/// Runs the command.
pub fn run(args: &ApplicantArgs) -> anyhow::Result<()> {
    match &args.command {
        ApplicantCommand::Export(args) => export(args),
        ApplicantCommand::Erase(args) => erase(args),
    }
}

/// What an event is about, where that is a person's: a dossier, or a ticket of a point and day.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Dossier(String),
    Ticket(String, i32, String),
}

fn matter(event: &Event) -> Option<Matter> {
    if let Some(code) = event.body.dossier() {
        return Some(Matter::Dossier(code.as_str().to_owned()));
    }
    let ticket = |site: &str, ticket: &str| {
        Some(Matter::Ticket(
            site.to_owned(),
            event.time.day().0,
            ticket.to_owned(),
        ))
    };
    match &event.body {
        Body::TicketIssued(b) => ticket(b.site.as_str(), b.ticket.as_str()),
        Body::TicketCalled(b) => ticket(b.site.as_str(), b.ticket.as_str()),
        Body::TicketStarted(b) => ticket(b.site.as_str(), b.ticket.as_str()),
        Body::TicketFinished(b) => ticket(b.site.as_str(), b.ticket.as_str()),
        Body::TicketAbandoned(b) => ticket(b.site.as_str(), b.ticket.as_str()),
        Body::TicketTransferred(b) => ticket(b.site.as_str(), b.ticket.as_str()),
        _ => None,
    }
}

fn export(args: &AskedArgs) -> anyhow::Result<()> {
    let dir = existing(&args.data.data)?;
    let applicant = args.applicant(&Decoder::new(&datadir::secret(dir)?))?;
    let mut matters = BTreeSet::new();
    each_event(dir, &mut |event| {
        if event
            .body
            .applicant()
            .is_some_and(|a| a.as_str() == applicant)
        {
            matters.extend(matter(event));
        }
        Ok(())
    })?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut line, mut events) = (Vec::new(), 0_u64);
    if !matters.is_empty() {
        each_event(dir, &mut |event| {
            // An id given twice may hide two people behind one dossier: nobody else's events are told.
            let is_other = event
                .body
                .applicant()
                .is_some_and(|a| a.as_str() != applicant);
            if !is_other && matter(event).is_some_and(|m| matters.contains(&m)) {
                line.clear();
                event.write_json(&mut line);
                line.push(b'\n');
                out.write_all(&line)?;
                events += 1;
            }
            Ok(())
        })?;
    }
    out.flush()?;
    noted(dir, What::Exported, &format!("applicant: {events} events"))
}

/// Every event of the journal, in the order of arrival.
fn each_event(
    dir: &Path,
    each: &mut dyn FnMut(&Event) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    each_record(dir, &mut |record| {
        let unreadable =
            "the journal holds what this program cannot read: was it written by a newer one?";
        each(&Event::unpack(record).context(unreadable)?)
    })
}

fn erase(args: &AskedArgs) -> anyhow::Result<()> {
    let path = existing(&args.data.data)?;
    let dir = DataDir::open_existing(path, PATIENCE)?;
    let applicant = args.applicant(&Decoder::new(dir.secret()))?;
    let finder = memchr::memmem::Finder::new(applicant.as_bytes());
    let rewritten = journal::rewrite(&dir.journal(), |record| {
        // A record holds its texts as they are: few are worth unpacking.
        finder.find(record)?;
        let mut event = Event::unpack(record)?;
        if event.body.applicant()?.as_str() != applicant {
            return None;
        }
        event.body.forget_applicant();
        let mut record = Vec::new();
        event.pack(&mut record);
        Some(record)
    })?;
    let (core, _intake, _) = Core::open(&dir)?;
    let digest = analytics::live::applicant_digest(&applicant);
    let elsewhere = core.erase_applicant(digest)?;
    let told = json!({
        "events": rewritten.records, "segments": rewritten.segments, "derived": elsewhere,
    });
    noted(
        path,
        What::Changed,
        &format!("applicant erased: {} events", rewritten.records),
    )?;
    print(&told.to_string())
}
