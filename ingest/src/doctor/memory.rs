//! What has left memory and what a restart begins with, under examination: the archive and the checkpoints.
//!
//! While the journal is whole both can be made again. Once its begin has been given up they are what is left of it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::derived::{Sight, on_a_copy};
use super::{Finding, Held, Notebook};
use crate::archive::{self, Inspection};
use crate::checkpoint::Checkpoints;

const RESTORE: &str = "restore the newest backup into a new directory: `vonglau restore`";
const ANEW: &str = "remove the folders `archive` and `checkpoint` while no server runs: both are made anew from the journal; check the disk";
/// How often checkpoints are listed where those that were listed are gone.
const LISTINGS: u32 = 3;

/// A checkpoint that was read, or why it cannot be.
struct Read {
    position: u64,
    path: PathBuf,
    damage: Option<String>,
}

/// What was seen, before the journal is known.
pub(super) struct Memory {
    archive: Sight<Inspection>,
    checkpoints: Vec<Read>,
}

/// Looks at both.
pub(super) fn look(dir: &Path, is_held: bool) -> Memory {
    Memory {
        archive: on_a_copy(&dir.join("archive"), is_held, archive::inspect),
        checkpoints: checkpoints(&Checkpoints::new(dir.join("checkpoint"))),
    }
}

/// Reads each to its end, newest first. One that newer ones replaced meanwhile is left out.
fn checkpoints(checkpoints: &Checkpoints) -> Vec<Read> {
    let mut listing = 1;
    loop {
        let all = checkpoints.all();
        let count = all.len();
        let read = all.into_iter().filter_map(|(position, path)| {
            let damage = match Checkpoints::check(&path) {
                Ok(()) => None,
                Err(e) if e.kind() == ErrorKind::NotFound => return None,
                Err(e) => Some(e.to_string()),
            };
            Some(Read {
                position,
                path,
                damage,
            })
        });
        let read: Vec<Read> = read.collect();
        if read.len() == count || listing == LISTINGS {
            return read;
        }
        listing += 1;
    }
}

impl Memory {
    /// The position of the newest checkpoint that reads.
    pub(super) fn goes_on_from(&self) -> Option<u64> {
        let mut reading = self.checkpoints.iter().filter(|c| c.damage.is_none());
        reading.next().map(|c| c.position)
    }

    /// The findings, now that the journal is known.
    pub(super) fn judged(self, journal: &Held) -> Vec<Finding> {
        let mut findings = self.judge_archive(journal);
        findings.extend(self.judge_checkpoints(journal));
        findings
    }

    fn judge_archive(&self, journal: &Held) -> Vec<Finding> {
        let mut book = Notebook::of("archive");
        let advice = if journal.begin == 0 { ANEW } else { RESTORE };
        match &self.archive {
            Sight::Absent if journal.begin == 0 && self.checkpoints.is_empty() => {
                book.ok("not there; nothing has left memory yet".to_owned());
            }
            Sight::Absent => book.wrong(
                "archive_missing",
                "it is not there, and what has left memory is in no checkpoint".to_owned(),
                advice,
            ),
            Sight::NotSeen(why) => book.ok(format!("not looked at: {why}")),
            Sight::Damaged(why) => {
                book.wrong("archive_damaged", format!("it cannot be read: {why}"), advice);
            }
            Sight::Seen(seen) if journal.is_whole && seen.position > journal.position => book.wrong(
                "archive_ahead",
                format!(
                    "it reflects {} events, the journal has {}: acknowledged events are missing from the journal",
                    seen.position, journal.position
                ),
                "restore the newest backup into a new directory; without one, senders should send again what they sent since",
            ),
            Sight::Seen(seen) => book.ok(format!(
                "{} entities, up to event {} of {}",
                seen.entities, seen.position, journal.position
            )),
        }
        book.findings
    }

    fn judge_checkpoints(&self, journal: &Held) -> Vec<Finding> {
        let mut book = Notebook::of("checkpoint");
        let is_needless = self.goes_on_from() >= Some(journal.begin) || journal.begin == 0;
        for read in &self.checkpoints {
            let path = read.path.display();
            let Some(damage) = &read.damage else {
                continue;
            };
            let detail = format!("{path} cannot be read: {damage}");
            if is_needless {
                let instead = "a start reads an older one, or more of the journal";
                book.note("checkpoint_damaged", format!("{detail}; {instead}"));
            } else {
                book.wrong("checkpoint_damaged", detail, RESTORE);
            }
        }
        match self.goes_on_from() {
            Some(position) if journal.is_whole && position > journal.position => book.wrong(
                "checkpoint_ahead",
                format!(
                    "the newest is of {position} events, the journal has {}: acknowledged events are missing from the journal",
                    journal.position
                ),
                "restore the newest backup into a new directory; without one, senders should send again what they sent since",
            ),
            Some(position) => book.ok(format!(
                "a start goes on from event {position} of {}",
                journal.position
            )),
            None if self.checkpoints.is_empty() && journal.begin == 0 => {
                book.ok("none yet; a start reads the whole journal".to_owned());
            }
            // The journal's part says what that means.
            None => {}
        }
        book.findings
    }
}
