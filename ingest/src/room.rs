//! Room on the disk: what the journal may take of it, and what must stay free.
//!
//! The journal is never cut to make room. When a group of batches would take it past its bound, or the
//! disk's free space under the reserve, the group is **not taken** and its senders are told to come again
//! (back-pressure): nothing was acknowledged, so nothing is lost. Readers go on. The reserve is there for
//! what the program must still be able to write then: the duplicate index, facts, the address of a server.
//!
//! The file system is asked once a group that has something to write, beside the flush of the same group that costs
//! a thousand times more. What was refused last is remembered, so that readiness is told by the same
//! measure as the refusal, and heals when space is freed, without a sender having to try.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::size::Size;

/// How much of a disk may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What the journal may grow to; no bound without it.
    pub max_journal: Option<Size>,
    /// What stays free on the journal's file system.
    pub min_free: Size,
    /// A segment of the journal that has grown past this is followed by a new one.
    pub segment: Size,
}

/// Length of a segment where nothing else is said.
pub const SEGMENT: Size = Size(64 * 1024 * 1024);
/// Free space that is kept where nothing else is said.
pub const MIN_FREE: Size = Size(256_000_000);

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_journal: None,
            min_free: MIN_FREE,
            segment: SEGMENT,
        }
    }
}

/// Why a group finds no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Shortage {
    /// The journal's bound.
    #[error(
        "the journal has {used} and may have {most}, so nothing of this was taken; raise --max-journal-bytes, then send it again"
    )]
    Journal {
        /// Its length.
        used: Size,
        /// The bound.
        most: Size,
    },
    /// The disk's reserve.
    #[error(
        "the disk has {free} free and {least} are kept free, so nothing of this was taken; free space on it or lower --min-free-bytes, then send it again"
    )]
    Disk {
        /// Free space.
        free: Size,
        /// The reserve.
        least: Size,
    },
}

impl Shortage {
    /// A word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Journal { .. } => "journal_full",
            Self::Disk { .. } => "disk_low",
        }
    }
}

/// Asks for the free space, in bytes.
type AskFree = Box<dyn Fn() -> std::io::Result<u64> + Send + Sync>;

/// The journal's room, shared by the intake, which asks for it, and by those who tell of it.
pub struct Room {
    limits: Limits,
    free: AskFree,
    journal_bytes: AtomicU64,
    /// What was asked for and refused last; 0 after something was taken.
    refused: AtomicU64,
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room")
            .field("limits", &self.limits)
            .field("journal_bytes", &self.journal_bytes)
            .finish_non_exhaustive()
    }
}

impl Room {
    /// On the file system of a folder, for a journal of so many bytes.
    pub fn new(folder: &Path, limits: Limits, journal_bytes: u64) -> Self {
        let folder = folder.to_owned();
        Self::of(limits, journal_bytes, Box::new(move || free_bytes(&folder)))
    }

    fn of(limits: Limits, journal_bytes: u64, free: AskFree) -> Self {
        Self {
            limits,
            free,
            journal_bytes: journal_bytes.into(),
            refused: 0.into(),
        }
    }

    /// The journal's length.
    pub fn journal_bytes(&self) -> u64 {
        self.journal_bytes.load(Ordering::Relaxed)
    }

    /// Free space; `None` where the system does not tell.
    pub fn free_bytes(&self) -> Option<u64> {
        (self.free)().ok()
    }

    /// Asks for so many bytes more.
    pub(crate) fn ask(&self, more: u64) -> Result<(), Shortage> {
        let asked = self.look(more);
        if let Err(shortage) = &asked {
            let before = self.refused.swap(more.max(1), Ordering::Relaxed);
            if before == 0 {
                tracing::warn!("no events are taken: {shortage}");
            }
        }
        asked
    }

    /// Tells that the journal has grown to so many bytes.
    pub(crate) fn taken(&self, journal_bytes: u64) {
        self.journal_bytes.store(journal_bytes, Ordering::Relaxed);
        if self.refused.swap(0, Ordering::Relaxed) > 0 {
            tracing::info!("events are taken again");
        }
    }

    /// Why nothing would be taken now, measured by what was refused last.
    pub fn shortage(&self) -> Option<Shortage> {
        let more = self.refused.load(Ordering::Relaxed).max(1);
        self.look(more).err()
    }

    fn look(&self, more: u64) -> Result<(), Shortage> {
        let used = self.journal_bytes();
        if let Some(most) = self.limits.max_journal
            && used.saturating_add(more) > most.0
        {
            return Err(Shortage::Journal {
                used: Size(used),
                most,
            });
        }
        let least = self.limits.min_free;
        match (self.free)() {
            Ok(free) if free.saturating_sub(more) < least.0 => Err(Shortage::Disk {
                free: Size(free),
                least,
            }),
            // A file system that does not tell says so itself when it is full.
            _ => Ok(()),
        }
    }
}

/// Bytes of a folder's file system that this user may still take.
pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_refusal_is_measured_again_and_ends_by_itself() {
        let free = Arc::new(AtomicU64::new(1_000));
        let asked = Arc::clone(&free);
        let limits = Limits {
            max_journal: Some(Size(500)),
            min_free: Size(100),
            ..Limits::default()
        };
        let room = Room::of(
            limits,
            0,
            Box::new(move || Ok(asked.load(Ordering::Relaxed))),
        );
        assert!(room.ask(400).is_ok());
        room.taken(400);
        assert_eq!(room.shortage(), None);
        // Too much for the journal, while less would go.
        assert!(matches!(room.ask(101), Err(Shortage::Journal { .. })));
        assert!(matches!(room.shortage(), Some(Shortage::Journal { .. })));
        assert!(room.ask(50).is_ok());
        room.taken(450);
        assert_eq!(room.shortage(), None);
        free.store(120, Ordering::Relaxed);
        assert!(matches!(room.ask(21), Err(Shortage::Disk { .. })));
        assert!(matches!(room.shortage(), Some(Shortage::Disk { .. })));
        // Space is freed: told without a sender that tries.
        free.store(10_000, Ordering::Relaxed);
        assert_eq!(room.shortage(), None);
    }

    #[test]
    fn this_disk_tells_its_free_space() {
        assert!(free_bytes(&std::env::temp_dir()).unwrap() > 0);
        let room = Room::of(
            Limits::default(),
            0,
            Box::new(|| Err(std::io::ErrorKind::Unsupported.into())),
        );
        assert_eq!(room.shortage(), None, "a disk that does not tell is used");
    }
}
