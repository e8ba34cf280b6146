//! The journal under examination: every segment, frame, block and line is read.

use std::path::Path;

use rayon::prelude::*;

use super::{Finding, Held, Notebook};
use crate::event::{Event, EventTime};
use crate::journal::{self, Block, Frame, JournalError, PackedRecords, Segment};
use crate::size::Size;

/// A step back that is a clock that was set, not one that is kept.
const STEP_US: i64 = 2_000_000;

/// The position of the first event; 0 of a journal that cannot be listed, which [`look`] tells of.
pub(super) fn begin(dir: &Path) -> u64 {
    journal::begin(dir).unwrap_or_default()
}

/// Reads it all. What is wrong in one segment does not keep it from looking at the next. `goes_on` says that a checkpoint
/// reads from which the journal goes on: then it need not begin at the first event.
pub(super) fn look(dir: &Path, is_held: bool, goes_on: bool) -> (Held, Vec<Finding>) {
    let mut book = Notebook::of("journal");
    let mut held = Held {
        is_whole: true,
        ..Held::default()
    };
    let segments = match journal::segments(dir) {
        Ok(segments) => segments,
        Err(e) if e.is_gone() && is_held => {
            let detail = "its begin was given up while it was looked at: look again";
            book.note("moving", detail.to_owned());
            held.is_whole = false;
            return (held, book.findings);
        }
        Err(e) => {
            held.is_whole = false;
            book.wrong(
                "unreadable",
                e.to_string(),
                "run as the user who owns the directory; check the disk",
            );
            return (held, book.findings);
        }
    };
    held.bytes = segments.iter().map(|segment| segment.len).sum();
    let count = segments.len();
    held.begin = segments.first().map_or(0, |segment| segment.first);
    check_begin(held.begin, goes_on, &mut held, &mut book);
    let mut expected = Some(held.begin);
    for (i, segment) in segments.iter().enumerate() {
        check_follows(segment, expected, &mut held, &mut book);
        expected = look_at(segment, i + 1 == count, is_held, &mut held, &mut book);
        held.position = expected.unwrap_or(segment.first);
    }
    if held.is_whole {
        let given_up = match held.begin {
            0 => String::new(),
            begin => format!("; the {begin} before were given up"),
        };
        book.ok(format!(
            "{} events in {count} segment files ({}) read to the end{given_up}",
            held.position - held.begin,
            Size(held.bytes)
        ));
    }
    (held, book.findings)
}

/// A journal begins with the first event, or at or before a checkpoint that reads.
fn check_begin(begin: u64, goes_on: bool, held: &mut Held, book: &mut Notebook) {
    if begin == 0 || goes_on {
        return;
    }
    held.is_whole = false;
    book.wrong(
        "journal_gap",
        format!("it begins at event {begin}, and no checkpoint reads from which it goes on"),
        "restore the newest backup into a new directory: `vonglau restore`",
    );
}

/// A segment begins where the one before ended; where that one is damaged, nobody knows where that is.
fn check_follows(segment: &Segment, expected: Option<u64>, held: &mut Held, book: &mut Notebook) {
    let Some(expected) = expected.filter(|at| segment.check_follows(*at).is_err()) else {
        return;
    };
    held.is_whole = false;
    book.wrong(
        "journal_gap",
        format!(
            "{} begins at event {} where {expected} was expected: a segment is missing or cut",
            segment.path.display(),
            segment.first,
        ),
        "restore a backup into a new directory: `vonglau restore`",
    );
}

/// Reads a segment; the position after it, where it can be read.
fn look_at(
    segment: &Segment,
    is_last: bool,
    is_held: bool,
    held: &mut Held,
    book: &mut Notebook,
) -> Option<u64> {
    match segment.read_live(is_last) {
        Ok(None) => {
            if !is_held {
                let path = segment.path.display();
                let what = "was being made when the program ended; the next start removes it";
                book.note("torn_tail", format!("{path} {what}"));
            }
            Some(segment.first)
        }
        Ok(Some((bytes, extent))) => {
            if extent.torn_bytes > 0 && !is_held {
                book.note(
                    "torn_tail",
                    format!(
                        "{} ends with {} bytes that were never acknowledged; the next start cuts them off",
                        segment.path.display(),
                        extent.torn_bytes
                    ),
                );
            }
            if let Err((position, detail)) = read_events(segment, &bytes, is_last, held) {
                held.is_whole = false;
                book.wrong(
                    "unreadable_event",
                    format!(
                        "event {position} in {} cannot be read: {detail}",
                        segment.path.display()
                    ),
                    "use the newest version of the program that ever wrote here",
                );
            }
            Some(extent.position)
        }
        // Given up while it was looked at: the journal begins later now.
        Err(e) if e.is_gone() && is_held => None,
        Err(e) => {
            held.is_whole = false;
            damage(e, book);
            None
        }
    }
}

fn damage(error: JournalError, book: &mut Notebook) {
    match error {
        JournalError::Damaged {
            path,
            offset,
            detail,
        } => book.wrong(
            "journal_damaged",
            format!("{} is damaged at byte {offset}: {detail}", path.display()),
            "restore a backup into a new directory (`vonglau restore`), and check the disk; or move this file and all later ones away to go on without their events",
        ),
        JournalError::Version { path, found, ours } => book.wrong(
            "journal_version",
            format!(
                "{} is a journal of version {found}, this program reads version {ours}",
                path.display()
            ),
            "use the program that wrote it, or take a new data directory",
        ),
        e => book.wrong(
            "unreadable",
            e.to_string(),
            "run as the user who owns the directory; check the disk",
        ),
    }
}

/// Reads every record of a segment's whole frames, and notes times; the first that cannot be read.
fn read_events(
    segment: &Segment,
    bytes: &[u8],
    is_last: bool,
    held: &mut Held,
) -> Result<(), (u64, String)> {
    let mut blocks: Vec<(u64, PackedRecords<'_>)> = Vec::new();
    let walked = segment.walk(bytes, is_last, &mut |frame| {
        note_arrival(&frame, held);
        let mut first = frame.first;
        for block in frame.blocks() {
            blocks.push((first, block));
            first += u64::from(block.count);
        }
        Ok(())
    });
    walked.map_err(|e| (segment.first, e.to_string()))?;
    let newest = blocks
        .into_par_iter()
        .map(|(first, block)| read_block(first, &block))
        .try_reduce(|| None, |a, b| Ok(a.max(b)))?;
    held.newest_event = held.newest_event.max(newest);
    Ok(())
}

fn note_arrival(frame: &Frame<'_>, held: &mut Held) {
    if let Some(before) = held.newest_arrival
        && before.0 - frame.received_at.0 > STEP_US
    {
        let seconds = before.seconds_since(frame.received_at);
        if held.step_back.is_none_or(|(_, most)| seconds > most) {
            held.step_back = Some((frame.first, seconds));
        }
    }
    held.newest_arrival = held.newest_arrival.max(Some(frame.received_at));
}

/// The newest time among a block's events.
fn read_block(first: u64, block: &PackedRecords<'_>) -> Result<Option<EventTime>, (u64, String)> {
    let mut room = Vec::new();
    let records = block
        .unpack(&mut room)
        .ok_or_else(|| (first, "its block does not unpack".to_owned()))?;
    let mut newest = None;
    for (position, record) in (first..).zip(Block::records(records)) {
        let event = Event::unpack(record)
            .ok_or_else(|| (position, "its record is of no event".to_owned()))?;
        newest = newest.max(Some(event.time));
    }
    Ok(newest)
}
