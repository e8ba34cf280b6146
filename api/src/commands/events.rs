//! `vonglau events`: what a journal holds, as the contract's lines. It changes nothing.

use std::io::{BufWriter, Write as _, stdout};

use ::ingest::datadir;
use ::ingest::event::Event;
use ::ingest::journal::{self, Block, PackedRecords};
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
    let segments = journal::segments(&args.data.data.join("journal"))?;
    let mut out = BufWriter::new(stdout().lock());
    let mut line = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        let Some((bytes, _)) = segment.read_live(is_last)? else {
            continue;
        };
        let mut failed = Ok(());
        segment.walk(&bytes, is_last, &mut |frame| {
            if failed.is_ok() {
                let mut blocks = frame.blocks();
                failed = blocks.try_for_each(|block| write(&block, &mut line, &mut out));
            }
            Ok(())
        })?;
        failed.with_context(|| segment.path.display().to_string())?;
    }
    Ok(out.flush()?)
}

/// Writes a block's events.
fn write(
    block: &PackedRecords<'_>,
    line: &mut Vec<u8>,
    out: &mut impl std::io::Write,
) -> anyhow::Result<()> {
    let unreadable = "it holds what this program cannot read: was it written by a newer one?";
    let mut room = Vec::new();
    let records = block.unpack(&mut room).context(unreadable)?;
    for record in Block::records(records) {
        let event = Event::unpack(record).context(unreadable)?;
        line.clear();
        event.write_json(line);
        line.push(b'\n');
        out.write_all(line)?;
    }
    Ok(())
}
