//! What waits on the disk: a journal, and how far of it was sent.
//!
//! Segments are small beside the bound, since the disk is freed segment by segment and the one that is written to stays: a sixteenth of
//! the bound. One batch may take a quarter of it. So with everything sent there is always room for the largest batch.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ingest::event::{Event, EventTime};
use ingest::journal::{self, Block, Journal, JournalError, Segment};
use ingest::room::free_bytes;
use ingest::size::Size;

use super::position;

/// The smallest bound that makes sense.
pub const LEAST: Size = Size(1_000_000);
/// Bounds of a segment's length.
const SEGMENT: [u64; 2] = [32 * 1024, 4 * 1024 * 1024];
/// How often a directory is looked at whose segments are freed meanwhile.
pub const LOOKS: u32 = 4;
/// What the name of a segment ends with whose events are being saved, and of one that was damaged.
const SAVING: &str = "saving";
const DAMAGED: &str = "damaged";
/// What stays free on the disk whatever the bound: for the position and the state.
const RESERVE: u64 = 16 * 1024 * 1024;

/// Why events cannot be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The journal.
    #[error(transparent)]
    Journal(JournalError),
    /// The bound is reached.
    #[error(
        "the relay has {used} of events that wait and may have {most}; the line to the server must come back first"
    )]
    Full {
        /// What is there.
        used: Size,
        /// The bound.
        most: Size,
    },
    /// The disk is.
    #[error("the disk of the relay has {0} free, too little to keep events; free space on it")]
    DiskLow(Size),
    /// One batch is too large for the bound.
    #[error("one batch may take {0} of the relay's disk; send smaller ones, or raise --max-disk")]
    TooLarge(Size),
    /// How far was sent.
    #[error("the position of what was sent cannot be read or written: {0}")]
    Position(String),
    /// A record that passes its checksum.
    #[error("event {0} that waits cannot be read: was it written by a newer program?")]
    Unreadable(u64),
    /// Events that are not where they were put.
    #[error("events from {0} on, which wait, cannot be found on the disk")]
    Gone(u64),
    /// Bytes that waited are other ones than were written.
    #[error(
        "{path} is damaged: {detail}; started again the relay puts this file aside and goes on with what can be read of it. Look at the disk"
    )]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

impl From<JournalError> for SpoolError {
    fn from(error: JournalError) -> Self {
        match error {
            // A relay has no backup to restore.
            JournalError::Damaged { path, detail, .. } => Self::Damaged { path, detail },
            error => Self::Journal(error),
        }
    }
}

impl SpoolError {
    /// True where nothing can be kept any more until the program is started again.
    pub const fn is_fatal(&self) -> bool {
        matches!(self, Self::Journal(JournalError::Poisoned))
    }
}

/// What waits, open for writing.
#[derive(Debug)]
pub struct Spool {
    journal: Journal,
    dir: PathBuf,
    bound: u64,
    held: Arc<AtomicU64>,
}

/// Where a relay's events are.
pub fn journal_dir(dir: &Path) -> PathBuf {
    dir.join("journal")
}

impl Spool {
    /// Opens what is in a directory; answers up to which position it was sent.
    pub fn open(dir: &Path, bound: Size) -> Result<(Self, u64), SpoolError> {
        let events = journal_dir(dir);
        let failed = |e: std::io::Error| SpoolError::Position(e.to_string());
        std::fs::create_dir_all(&events).map_err(failed)?;
        let begin = journal::begin(&events)?;
        let told = position::read(dir).map_err(failed)?;
        if told.is_none() && begin > 0 {
            tracing::warn!("it is not known how far was sent: all that is there is sent again");
        }
        let sent = told.unwrap_or(begin).max(begin);
        let (mut journal, recovery) = loop {
            match Journal::open_from(&events, sent, |_| Ok(())) {
                Ok(opened) => break opened,
                // Each time there is a segment less.
                Err(JournalError::Damaged { path, detail, .. }) => {
                    tracing::error!(
                        file = %path.display(),
                        detail,
                        "events that wait are damaged: what can be read of them is saved, and the file put aside. Look at the disk"
                    );
                    put_aside(&events, &path).map_err(failed)?;
                }
                Err(e) => return Err(e.into()),
            }
        };
        if recovery.torn_bytes > 0 {
            tracing::warn!(
                bytes = recovery.torn_bytes,
                "cut off a batch that was never acknowledged"
            );
        }
        if sent > journal.position() {
            tracing::warn!(
                "events that were sent are not there any more: what comes is counted from where the others end"
            );
            // On the disk as well, or what comes now would be taken as sent at the next start.
            position::write(dir, journal.position())
                .map_err(|e| SpoolError::Position(e.to_string()))?;
        }
        journal.set_segment_bytes((bound.0 / 16).clamp(SEGMENT[0], SEGMENT[1]));
        let sent = sent.min(journal.position());
        save(&events, &mut journal)?;
        let mut spool = Self {
            journal,
            dir: dir.to_owned(),
            bound: bound.0,
            held: Arc::default(),
        };
        if let Err(error) = spool.let_go(sent) {
            tracing::warn!(%error, "the disk could not be freed of what was sent");
        }
        Ok((spool, sent))
    }

    /// What is put by beside the events that wait, and counts with them.
    pub fn held(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.held)
    }

    /// What may be put by.
    pub const fn most_held(&self) -> u64 {
        self.bound / 8
    }

    /// The position after the last event.
    pub const fn end(&self) -> u64 {
        self.journal.position()
    }

    /// What it takes of the disk.
    pub fn bytes(&self) -> u64 {
        self.journal.bytes() + self.held.load(Ordering::Acquire)
    }

    /// What one frame may take.
    pub const fn most_at_once(&self) -> u64 {
        self.bound / 4
    }

    /// Whether blocks would find room, `before` others that are to be kept with them.
    pub fn ask(&self, blocks: &[Block], before: u64) -> Result<u64, SpoolError> {
        let cost = self.journal.cost(blocks);
        if cost > self.most_at_once() {
            return Err(SpoolError::TooLarge(Size(self.most_at_once())));
        }
        let used = self.bytes() + before;
        if cost > 0 && used + cost > self.bound {
            return Err(SpoolError::Full {
                used: Size(used),
                most: Size(self.bound),
            });
        }
        match free_bytes(&self.dir) {
            Ok(free) if cost > 0 && free < RESERVE.saturating_add(before + cost) => {
                Err(SpoolError::DiskLow(Size(free)))
            }
            // A file system that does not tell says so itself when it is full.
            _ => Ok(cost),
        }
    }

    /// Keeps events, durable on return. Of those that did not come as they happened, the frame says so by a time below zero.
    pub fn put(
        &mut self,
        blocks: &[Block],
        now: EventTime,
        is_live: bool,
    ) -> Result<(), SpoolError> {
        let came = if is_live { now } else { EventTime(-now.0) };
        self.journal.append(came, blocks)?;
        Ok(())
    }

    /// Frees what lies wholly before a position, which is durable itself.
    pub fn let_go(&mut self, before: u64) -> Result<(), SpoolError> {
        self.journal.retire(before, EventTime(i64::MAX))?;
        Ok(())
    }
}

/// Puts a damaged segment and those behind it aside, under names that are no segments'.
fn put_aside(events: &Path, damaged: &Path) -> std::io::Result<()> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(events)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    // Names are of one length, in the order of positions. From the last on: what a crash leaves has no gap.
    paths.sort();
    for path in paths.iter().rev() {
        if path.extension().is_some_and(|end| end == "vlj") && path.as_path() >= damaged {
            std::fs::rename(path, free_name(path, SAVING))?;
        }
    }
    std::fs::File::open(events)?.sync_all()
}

/// A name that nothing has: with a number, for the same one may have been damaged before.
fn free_name(path: &Path, end: &str) -> PathBuf {
    (0..u32::MAX)
        .map(|number| path.with_extension(format!("vlj.{number}.{end}")))
        .find(|name| !name.exists())
        .unwrap_or_else(|| path.with_extension(end))
}

/// Appends what can be read of segments that were put aside; those that are whole are removed then, and damaged ones stay for who can
/// do more. A crash between makes it begin again, and the server knows what it has.
fn save(events: &Path, journal: &mut Journal) -> Result<(), SpoolError> {
    let failed = |e: std::io::Error| SpoolError::Position(e.to_string());
    let mut names: Vec<PathBuf> = std::fs::read_dir(events)
        .map_err(failed)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()
        .map_err(failed)?;
    names.retain(|path| path.extension().is_some_and(|end| end == SAVING));
    names.sort();
    for path in names {
        let name = path.file_name().and_then(|name| name.to_str());
        let first = name.and_then(|name| u64::from_str_radix(name.split('.').next()?, 16).ok());
        let bytes = std::fs::read(&path).map_err(failed)?;
        let segment = Segment {
            path: path.clone(),
            first: first.unwrap_or_default(),
            len: bytes.len() as u64,
        };
        let mut frames = Vec::new();
        let lost = segment.salvage(&bytes, &mut |frame| frames.push(frame));
        let (mut saved, mut room) = (0_u64, Vec::new());
        for frame in frames {
            let mut blocks = Vec::new();
            for block in frame.blocks() {
                if let Some(records) = block.unpack(&mut room) {
                    blocks.push(Block::pack(records, block.count as usize));
                }
            }
            // They come late by now.
            let came = EventTime(-frame.received_at.0.saturating_abs());
            journal.append(came, &blocks)?;
            saved += u64::from(frame.count);
        }
        let done = if lost == 0 {
            std::fs::remove_file(&path)
        } else {
            let plain = path.with_extension("").with_extension("");
            let aside = free_name(&plain, DAMAGED);
            tracing::error!(
                file = %aside.display(),
                lost_bytes = lost,
                saved_events = saved,
                "a damaged file of events is kept beside the others: remove it when nobody needs it any more"
            );
            std::fs::rename(&path, aside)
        };
        done.and_then(|()| std::fs::File::open(events)?.sync_all())
            .map_err(failed)?;
    }
    Ok(())
}

/// How many damaged files of events a relay's directory has.
pub fn damaged_files(dir: &Path) -> u64 {
    let Ok(all) = std::fs::read_dir(journal_dir(dir)) else {
        return 0;
    };
    let is_damaged = |path: &Path| path.extension().is_some_and(|end| end == DAMAGED);
    all.flatten()
        .filter(|each| is_damaged(&each.path()))
        .count() as u64
}

/// Events in order, with the lines that they are sent as.
#[derive(Debug, Default, PartialEq)]
pub struct Batch {
    /// The position of the first.
    pub first: u64,
    /// Them.
    pub events: Vec<Event>,
    /// Their lines, one each.
    pub lines: Vec<u8>,
    /// When the first came.
    pub since: Option<EventTime>,
    /// Some of them did not come as they happened.
    pub is_import: bool,
}

impl Batch {
    /// The position after the last.
    pub fn end(&self) -> u64 {
        self.first + self.events.len() as u64
    }
}

/// How much is read at once.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// Events.
    pub events: usize,
    /// Bytes of lines.
    pub bytes: usize,
}

/// Reads events of a relay's directory from a position up to another.
pub fn read(dir: &Path, from: u64, until: u64, most: Most) -> Result<Batch, SpoolError> {
    // What was sent is freed meanwhile: a segment may go between finding and reading it.
    let mut looks = 1;
    loop {
        match read_once(dir, from, until, most) {
            Err(SpoolError::Journal(e)) if e.is_gone() && looks < LOOKS => looks += 1,
            read => return read,
        }
    }
}

fn read_once(dir: &Path, from: u64, until: u64, most: Most) -> Result<Batch, SpoolError> {
    let mut batch = Batch {
        first: from,
        ..Batch::default()
    };
    let segments = journal::segments(&journal_dir(dir))?;
    let at = segments.partition_point(|segment| segment.first <= from);
    let mut unreadable = None;
    let mut room = Vec::new();
    for (i, segment) in segments.iter().enumerate().skip(at.saturating_sub(1)) {
        if segment.first >= until || batch.is_full(most) || unreadable.is_some() {
            break;
        }
        let is_last = i + 1 == segments.len();
        let Some((bytes, _)) = segment.read_live(is_last)? else {
            break;
        };
        segment.walk(&bytes, is_last, &mut |frame| {
            let mut position = frame.first;
            if position + u64::from(frame.count) <= from {
                return Ok(());
            }
            for block in frame.blocks() {
                if position >= until || batch.is_full(most) || unreadable.is_some() {
                    break;
                }
                let Some(records) = block.unpack(&mut room) else {
                    unreadable = Some(position);
                    break;
                };
                for record in Block::records(records) {
                    if position >= from && position < until && !batch.is_full(most) {
                        let Some(event) = Event::unpack(record) else {
                            unreadable = Some(position);
                            break;
                        };
                        batch.push(event, frame.received_at);
                    }
                    position += 1;
                }
            }
            Ok(())
        })?;
    }
    match unreadable {
        // What is before it goes first.
        Some(position) if batch.events.is_empty() => Err(SpoolError::Unreadable(position)),
        _ => Ok(batch),
    }
}

impl Batch {
    fn is_full(&self, most: Most) -> bool {
        self.events.len() >= most.events || self.lines.len() >= most.bytes
    }

    fn push(&mut self, event: Event, came: EventTime) {
        event.write_json(&mut self.lines);
        self.lines.push(b'\n');
        self.is_import |= came.0 < 0;
        self.since.get_or_insert(EventTime(came.0.saturating_abs()));
        self.events.push(event);
    }
}

#[cfg(test)]
mod tests {
    use ingest::decode::Decoder;

    use super::*;

    const ALL: Most = Most {
        events: usize::MAX,
        bytes: usize::MAX,
    };

    fn lines(numbers: std::ops::Range<usize>) -> String {
        let one = |n| {
            format!(
                "{{\"specversion\":\"1.0\",\"id\":\"{n}\",\"source\":\"k\",\"type\":\"ticket.issued\",\"time\":\"2026-11-23T08:00:00Z\",\"data\":{{\"site\":\"00004\",\"ticket\":\"A{n}\",\"service\":\"s\",\"applicant\":\"p{n}\"}}}}\n"
            )
        };
        let all: Vec<String> = numbers.map(one).collect();
        all.concat()
    }

    fn put(spool: &mut Spool, numbers: std::ops::Range<usize>) -> Result<(), SpoolError> {
        let batch = Decoder::for_handing_on().ndjson(lines(numbers).as_bytes(), None);
        let blocks = super::super::writer::blocks(&batch.chunks);
        spool.ask(&blocks, 0)?;
        spool.put(&blocks, EventTime(1_000_000), true)
    }

    #[test]
    fn what_was_put_is_read_in_order_from_anywhere_and_as_it_was_given() {
        let dir = tempfile::tempdir().unwrap();
        let (mut spool, sent) = Spool::open(dir.path(), Size(10_000_000)).unwrap();
        assert_eq!((sent, spool.end()), (0, 0));
        for n in 0..100 {
            put(&mut spool, n * 10..n * 10 + 10).unwrap();
        }
        let all = read(dir.path(), 0, spool.end(), ALL).unwrap();
        assert_eq!(all.events.len(), 1_000);
        // The canonical lines decode to the same events, pseudonyms included.
        let given = Decoder::for_handing_on().ndjson(lines(0..1_000).as_bytes(), None);
        assert!(given.events().eq(&all.events));
        let again = Decoder::for_handing_on().ndjson(&all.lines, None);
        assert!(given.events().eq(again.events()));
        assert!(String::from_utf8_lossy(&all.lines).contains(r#""applicant":"p17""#));
        for (from, until, events) in [(0, 1, 10), (7, 1_000, 5), (995, 1_000, 50), (13, 15, 50)] {
            let most = Most { events, ..ALL };
            let some = read(dir.path(), from, until, most).unwrap();
            let end = until.min(from + events as u64);
            assert_eq!((some.first, some.end()), (from, end));
            assert_eq!(some.events, all.events[from as usize..end as usize]);
        }
    }

    #[test]
    fn at_the_bound_nothing_is_taken_and_what_was_sent_makes_room() {
        let dir = tempfile::tempdir().unwrap();
        let (mut spool, _) = Spool::open(dir.path(), LEAST).unwrap();
        let mut n = 0;
        let refused = loop {
            match put(&mut spool, n * 100..n * 100 + 100) {
                Ok(()) => n += 1,
                Err(e) => break e,
            }
        };
        assert!(matches!(refused, SpoolError::Full { .. }), "{refused}");
        assert!(spool.bytes() <= LEAST.0 && n > 10);
        let end = spool.end();
        assert_eq!(
            read(dir.path(), 0, end, ALL).unwrap().events.len() as u64,
            end
        );
        position::write(dir.path(), end / 2).unwrap();
        spool.let_go(end / 2).unwrap();
        let left = read(dir.path(), end / 2, end, ALL).unwrap();
        assert_eq!(left.events.len() as u64, end - end / 2);
        put(&mut spool, 0..100).unwrap();
        drop(spool);
        // It goes on where it was.
        let (mut spool, sent) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!((sent, spool.end()), (end / 2, end + 100));
        spool.let_go(spool.end()).unwrap();
        assert!(spool.bytes() < LEAST.0 / 4);
        // Without a position all that is there is sent.
        std::fs::remove_file(dir.path().join("sent")).unwrap();
        drop(spool);
        let (_, sent) = Spool::open(dir.path(), LEAST).unwrap();
        assert!(sent > 0 && sent <= end + 100);
        // One that is ahead of the events is not believed.
        position::write(dir.path(), 1 << 40).unwrap();
        let (spool, sent) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!(sent, spool.end());
    }

    #[test]
    fn what_comes_after_a_position_that_was_ahead_is_not_taken_as_sent() {
        let dir = tempfile::tempdir().unwrap();
        position::write(dir.path(), 1 << 40).unwrap();
        let (spool, sent) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!((sent, spool.end()), (0, 0));
        drop(spool);
        let (mut spool, sent) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!(sent, 0);
        put(&mut spool, 0..10).unwrap();
        drop(spool);
        let (spool, sent) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!((sent, spool.end()), (0, 10), "they wait");
    }

    #[test]
    fn of_a_damaged_segment_the_rest_is_sent_and_the_file_kept() {
        let dir = tempfile::tempdir().unwrap();
        let (mut spool, _) = Spool::open(dir.path(), LEAST).unwrap();
        let mut count = 0;
        while spool.bytes() < 250_000 {
            put(&mut spool, count..count + 10).unwrap();
            count += 10;
        }
        let (count, sent) = (count as u64, 105);
        position::write(dir.path(), sent).unwrap();
        drop(spool);
        let segments = journal::segments(&journal_dir(dir.path())).unwrap();
        assert!(segments.len() > 2);
        // One in the middle, so that whole ones follow.
        let mut bytes = std::fs::read(&segments[1].path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        std::fs::write(&segments[1].path, bytes).unwrap();

        let all = |from, until| {
            let read = read(dir.path(), from, until, ALL).unwrap();
            let ids = read
                .events
                .iter()
                .map(|event| event.id.parse::<u64>().unwrap());
            ids.collect::<Vec<_>>()
        };
        let (mut spool, from) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!(from, sent);
        let ids = all(from, spool.end());
        assert_eq!(ids.len() as u64, count - sent - 10, "all but one frame");
        assert!(ids.is_sorted() && ids[0] == sent && ids.last() == Some(&(count - 1)));
        assert_eq!(damaged_files(dir.path()), 1);
        // And so it goes on.
        put(&mut spool, count as usize..count as usize + 10).unwrap();
        let end = spool.end();
        drop(spool);
        let (spool, from) = Spool::open(dir.path(), LEAST).unwrap();
        assert_eq!(
            (from, spool.end(), damaged_files(dir.path())),
            (sent, end, 1)
        );
        assert_eq!(all(from, end).len() as u64, count - sent);
        drop(spool);

        // The last one, and the only one that is left.
        position::write(dir.path(), end - 15).unwrap();
        let (mut spool, from) = Spool::open(dir.path(), LEAST).unwrap();
        spool.let_go(from).unwrap();
        drop(spool);
        for segment in journal::segments(&journal_dir(dir.path())).unwrap() {
            let mut bytes = std::fs::read(&segment.path).unwrap();
            bytes[20] ^= 0x10;
            std::fs::write(&segment.path, bytes).unwrap();
        }
        let (spool, from) = Spool::open(dir.path(), LEAST).unwrap();
        assert!(from <= spool.end());
        let last: Vec<u64> = (count..count + 10).collect();
        assert!(all(from, spool.end()).ends_with(&last));
    }

    #[test]
    fn what_did_not_come_as_it_happened_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let (mut spool, _) = Spool::open(dir.path(), LEAST).unwrap();
        for (n, is_live) in [(0, true), (1, false)] {
            let batch = Decoder::for_handing_on().ndjson(lines(n..n + 1).as_bytes(), None);
            let blocks = super::super::writer::blocks(&batch.chunks);
            spool.put(&blocks, EventTime(5), is_live).unwrap();
            let read = read(dir.path(), n as u64, spool.end(), ALL).unwrap();
            assert_eq!((read.since, read.is_import), (Some(EventTime(5)), !is_live));
        }
    }

    #[test]
    fn a_batch_that_could_never_fit_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let (mut spool, _) = Spool::open(dir.path(), LEAST).unwrap();
        let refused = put(&mut spool, 0..60_000).unwrap_err();
        assert!(matches!(refused, SpoolError::TooLarge(_)), "{refused}");
    }
}
