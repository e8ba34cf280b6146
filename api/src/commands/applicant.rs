//! `vonglau applicant`: what one person's right to a copy and to be forgotten asks for (Luật 91/2025/QH15, Điều 4), by the pseudonym that the
//! sender gave the person.

use std::collections::BTreeSet;
use std::io::{BufWriter, Read as _, Write};
use std::path::Path;

use ::ingest::datadir::{self, DataDir};
use ::ingest::decode::Decoder;
use ::ingest::event::value::{DossierId, PetitionId, TicketId};
use ::ingest::event::{Body, Event, SiteId};
use ::ingest::{dedup, journal};
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

/// What an event is about, where that is a person's: a dossier, a petition, or a ticket of a point and day.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Dossier(String),
    Petition(String),
    Ticket(String, i32, String),
}

/// All that an event names: a rating may name a dossier and a ticket, a petition's event its dossier.
fn matters(event: &Event) -> Vec<Matter> {
    let dossier = |code: &DossierId| Matter::Dossier(code.as_str().to_owned());
    let ticket = |site: &SiteId, ticket: &TicketId| {
        let day = event.time.day().0;
        Matter::Ticket(site.as_str().to_owned(), day, ticket.as_str().to_owned())
    };
    let petition = |code: &PetitionId, about: Option<&DossierId>| {
        let own = Matter::Petition(code.as_str().to_owned());
        std::iter::once(own).chain(about.map(dossier)).collect()
    };
    match &event.body {
        Body::TicketIssued(b) => vec![ticket(&b.site, &b.ticket)],
        Body::TicketCalled(b) => vec![ticket(&b.site, &b.ticket)],
        Body::TicketStarted(b) => vec![ticket(&b.site, &b.ticket)],
        Body::TicketFinished(b) => vec![ticket(&b.site, &b.ticket)],
        Body::TicketAbandoned(b) => vec![ticket(&b.site, &b.ticket)],
        Body::TicketTransferred(b) => vec![ticket(&b.site, &b.ticket)],
        Body::RatingGiven(b) => {
            let of_ticket = b.site.as_ref().zip(b.ticket.as_ref());
            let of_ticket = of_ticket.map(|(site, number)| ticket(site, number));
            of_ticket
                .into_iter()
                .chain(b.dossier.as_ref().map(dossier))
                .collect()
        }
        Body::FeedbackReceived(b) => petition(&b.feedback, b.dossier.as_ref()),
        Body::FeedbackForwarded(b) => petition(&b.feedback, b.dossier.as_ref()),
        Body::FeedbackExplained(b) => petition(&b.feedback, b.dossier.as_ref()),
        Body::FeedbackAnswered(b) => petition(&b.feedback, b.dossier.as_ref()),
        Body::FeedbackClosed(b) => petition(&b.feedback, b.dossier.as_ref()),
        body => body.dossier().map(dossier).into_iter().collect(),
    }
}

fn export(args: &AskedArgs) -> anyhow::Result<()> {
    let dir = existing(&args.data.data)?;
    let applicant = args.applicant(&Decoder::new(&datadir::secret(dir)?))?;
    // Before anything is handed out.
    noted(dir, What::Exported, "a copy of one applicant's events")?;
    let mut known = BTreeSet::new();
    each_event(dir, &mut |event| {
        if event
            .body
            .applicant()
            .is_some_and(|a| a.as_str() == applicant)
        {
            known.extend(matters(event));
        }
        Ok(())
    })?;
    // A petition is told of whole, also where only one of its events names the dossier.
    if !known.is_empty() {
        let mut petitions = BTreeSet::new();
        each_event(dir, &mut |event| {
            let all = matters(event);
            if all.iter().any(|m| known.contains(m)) {
                petitions.extend(all.into_iter().filter(|m| matches!(m, Matter::Petition(_))));
            }
            Ok(())
        })?;
        known.append(&mut petitions);
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut line, mut events) = (Vec::new(), 0_u64);
    if !known.is_empty() {
        each_event(dir, &mut |event| {
            // A code given twice may hide two people behind it: nobody else's events are told.
            let is_other = event
                .body
                .applicant()
                .is_some_and(|a| a.as_str() != applicant);
            if !is_other && matters(event).iter().any(|m| known.contains(m)) {
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
    let begin = journal::begin(&dir.join("journal"))?;
    let told = if begin > 0 {
        "; the journal's begin was given up: what came before is not in the copy, nor what followed to a dossier that was filed then"
    } else {
        ""
    };
    eprintln!("{events} events{told}");
    Ok(())
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
    let decoder = Decoder::new(&datadir::secret(path)?);
    let applicant = args.applicant(&decoder)?;
    let dir = DataDir::open_existing(path, PATIENCE)?;
    // What cannot be opened cannot be finished: it says so before anything is changed.
    drop(Core::open(&dir)?);
    let finder = memchr::memmem::Finder::new(applicant.as_bytes());
    let mut relearned = Vec::new();
    let rewritten = journal::rewrite(&dir.journal(), |record: &[u8]| {
        // A record holds its texts as they are: few are worth unpacking.
        if finder.find(record).is_none() {
            return Ok(None);
        }
        let unreadable = "it holds what this program cannot read: was it written by a newer one?";
        let mut event = Event::unpack(record).ok_or(unreadable)?;
        if event
            .body
            .applicant()
            .is_none_or(|a| a.as_str() != applicant)
        {
            return Ok(None);
        }
        event.body.forget_applicant();
        let mut record = Vec::new();
        event.pack(&mut record);
        relearned.push((decoder.identity(&event), decoder.content(&record)));
        Ok(Some(record))
    })?;
    noted(
        path,
        What::Changed,
        &format!("applicant erased: {} events", rewritten.records),
    )?;
    dedup::relearn(&dir.dedup(), relearned.into_iter())?;
    let (core, _intake, _) = Core::open(&dir)?;
    let digest = analytics::live::applicant_digest(&applicant);
    let elsewhere = core.erase_applicant(digest)?;
    eprintln!(
        "backups from before still know the applicant: make one into a new folder, and remove those"
    );
    let told = json!({
        "events": rewritten.records, "segments": rewritten.segments, "derived": elsewhere,
    });
    print(&told.to_string())
}
