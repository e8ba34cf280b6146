//! Complaints and proposals (*phản ánh, kiến nghị*).

use ingest::event::EventTime;
use ingest::event::types::About;
use serde::{Deserialize, Serialize};

use crate::mark::Marks;
use crate::names::Name;

/// A step's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// It came in.
    Received,
    /// It was sent on to who is to answer.
    Forwarded,
    /// It was explained.
    Explained,
    /// It was answered.
    Answered,
    /// It is done.
    Closed,
}

impl Step {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Forwarded => "forwarded",
            Self::Explained => "explained",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }
}

/// A step in a petition's life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PetitionEvent {
    /// Its kind.
    pub step: Step,
    /// Where it is about, when said.
    pub site: Option<Name>,
    /// Who is to answer, when said.
    pub agency: Option<Name>,
    /// Its field, when said.
    pub field: Option<Name>,
    /// What it is about.
    pub about: Option<About>,
    /// When it is due.
    pub due: Option<EventTime>,
    /// Whether the person was satisfied.
    pub satisfied: Option<bool>,
}

/// A petition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Petition {
    /// Its steps.
    pub marks: Marks<PetitionEvent>,
}

impl Petition {
    /// True until it is closed.
    pub fn is_open(&self) -> bool {
        let mut steps = self.marks.all().iter().map(|mark| mark.what.step);
        !steps.any(|step| step == Step::Closed)
    }
}
