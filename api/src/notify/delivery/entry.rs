//! What a queue is made of: notices that wait, a message in flight, cases that stand; and what becomes of a notice.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::notify::message::{Notice, Told};

/// What became of a notice at a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The receiver took it.
    Delivered,
    /// The receiver does not want it, or it was over before the shift began.
    Skipped,
    /// Given up: too many waited.
    Crowded,
    /// Given up: too old.
    Old,
    /// Given up: the receiver refuses its content.
    Refused,
}

impl Fate {
    /// Its word for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Skipped => "skipped",
            Self::Crowded => "crowded",
            Self::Old => "old",
            Self::Refused => "refused",
        }
    }

    /// True where the receiver should have been told and was not.
    pub const fn is_given_up(self) -> bool {
        matches!(self, Self::Crowded | Self::Old | Self::Refused)
    }
}

/// A notice that waits.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) told: Told,
    /// Not before: the begin of the shift, where it waits for one.
    pub(super) ready_at: i64,
    /// The shift does not count for it.
    pub(super) any_time: bool,
    /// From when its age counts: waiting for its first shift does not age it.
    pub(super) ages_from: i64,
    /// It was in flight before: the receiver may have it.
    pub(super) was_tried: bool,
}

/// A message that is being sent, or tried again.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) entries: Vec<(Place, Waiting)>,
    pub(super) retry_at: i64,
    pub(super) is_sending: bool,
    pub(super) content_failures: u32,
    /// How many given up the message says.
    pub(super) given_up: u64,
}

/// A case that stands.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) notice: Arc<Notice>,
    pub(super) is_told: bool,
    pub(super) is_taken: bool,
    pub(super) again_at: i64,
}

/// A number of the log, and the order of coming for what is told again or has no number.
pub(super) type Place = (u64, u64);
