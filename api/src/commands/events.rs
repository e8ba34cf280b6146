//! `vonglau events`: what a journal holds, as the contract's lines. It changes nothing.

use std::io::{BufWriter, Write as _, stdout};
use std::path::Path;

use ::ingest::datadir;
use ::ingest::event::Event;
use ::ingest::journal::{self, Block};
use anyhow::Context as _;

use super::DataArg;

/// Arguments of `vonglau events`.
///
/// Writes every event in the order of arrival as NDJSON, to look at or to take into another directory. Applicants are the
/// pseudonyms that this installation made. Also while a server holds the directory.
#[derive(Debug, clap::Args)]
pub struct EventsArgs {
    #[command(flatten)]
    data: DataArg,
}

/// Runs the command.
pub fn run(args: EventsArgs) -> anyhow::Result<()> {
    datadir::settings(&args.data.data)?;
    let mut out = BufWriter::new(stdout().lock());
    let mut line = Vec::new();
    each_record(&args.data.data, &mut |record| {
        let event = Event::unpack(record).context(UNREADABLE)?;
        line.clear();
        event.write_json(&mut line);
        line.push(b'\n');
        Ok(out.write_all(&line)?)
    })?;
    Ok(out.flush()?)
}

const UNREADABLE: &str = "it holds what this program cannot read: was it written by a newer one?";

/// Gives the records of a directory's journal in the order of arrival, also while a server holds the directory.
pub(super) fn each_record(
    dir: &Path,
    each: &mut dyn FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let segments = journal::segments(&dir.join("journal"))?;
    let mut room = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        let Some((bytes, _)) = segment.read_live(is_last)? else {
            continue;
        };
        let mut failed = Ok(());
        segment.walk(&bytes, is_last, &mut |frame| {
            if failed.is_ok() {
                failed = frame.blocks().try_for_each(|block| {
                    let records = block.unpack(&mut room).context(UNREADABLE)?;
                    Block::records(records).try_for_each(&mut *each)
                });
            }
            Ok(())
        })?;
        failed.with_context(|| segment.path.display().to_string())?;
    }
    Ok(())
}
