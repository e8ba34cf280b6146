//! What waits in a relay's directory, looked at from outside, while a relay holds it or not. Changes nothing.

use std::fs::{File, TryLockError};
use std::path::Path;

use ingest::event::EventTime;
use ingest::journal;

use super::spool::{self, Most, SpoolError};
use super::{held, lock_path, position};

/// What is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// A relay holds it.
    pub is_running: bool,
    /// Events that the server has not answered for.
    pub waiting: u64,
    /// When the oldest of them came.
    pub oldest: Option<EventTime>,
    /// What they take, with those that are put by.
    pub disk_bytes: u64,
    /// Events that are put by until the key may send them, or a clock is right.
    pub held: u64,
}

/// Looks.
pub fn look(dir: &Path) -> Result<Left, SpoolError> {
    let is_running = File::open(lock_path(dir))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)));
    // What was sent is freed meanwhile: a segment may go between finding and reading it.
    let mut looks = 1;
    loop {
        match look_once(dir, is_running) {
            Err(SpoolError::Journal(e)) if e.is_gone() && looks < spool::LOOKS => looks += 1,
            looked => return looked,
        }
    }
}

fn look_once(dir: &Path, is_running: bool) -> Result<Left, SpoolError> {
    // First how far was sent: what is sent meanwhile counts as waiting, never the other way.
    let sent = position::read(dir).map_err(|e| SpoolError::Position(e.to_string()))?;
    let segments = journal::segments(&spool::journal_dir(dir))?;
    let begin = segments.first().map_or(0, |segment| segment.first);
    let end = match segments.last() {
        None => 0,
        Some(last) => last
            .read_live(true)?
            .map_or(last.first, |(_, extent)| extent.position),
    };
    let sent = sent.unwrap_or(begin).clamp(begin, end.max(begin));
    let one = Most {
        events: 1,
        bytes: usize::MAX,
    };
    let oldest = if end > sent {
        spool::read(dir, sent, end, one)?.since
    } else {
        None
    };
    Ok(Left {
        is_running,
        waiting: end.saturating_sub(sent),
        oldest,
        disk_bytes: segments.iter().map(|segment| segment.len).sum::<u64>() + held::bytes(dir),
        held: held::count(dir),
    })
}
