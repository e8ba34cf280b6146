//! What is known of procedures (*thủ tục hành chính*): their limits, and how their clocks run.
//!
//! Rules are data ([`file`]): what ships, and what an operator's `procedures.toml` adds. Each entry is in force from a day
//! on, and a dossier is under the one that was in force when its clock began: one from before a change keeps its rule.
//! What no entry says is not known, which is a value of its own: a procedure without a limit has no computed due date, and
//! one that is not said to be online is in no denominator of online services.
//!
//! Codes are compared as the national ones are, on their first eight characters where they have that form (`1.001234`
//! and `1.001234.000.00.00.H26` are one procedure), and whole otherwise.

mod due;
mod file;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use compact_str::CompactString;
use ingest::event::EventTime;
use ingest::event::time::Day;

use crate::live::dossier::StepKind;

pub use due::Computed;

/// The data of procedures could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the procedures cannot be read: {0}")]
pub struct ProcedureError(String);

/// How long a settlement may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Working days; the day of reception is not counted.
    WorkingDays(u32),
    /// Working hours, in microseconds.
    WorkingHours(i64),
    /// Calendar days; one that ends on a day off ends on the next working day.
    Days(u32),
    /// The day of reception.
    SameDay,
}

/// How far a procedure can be used online.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Online {
    /// Not.
    None,
    /// In part (*một phần*).
    Partial,
    /// Wholly (*toàn trình*).
    Full,
}

/// Which events begin, stop, move and end a clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    /// Its name.
    pub kind: String,
    /// The clock begins at the last event of the first of these kinds that there is one of.
    pub start: Vec<StepKind>,
    /// It stands from an event of the first kind to one of the second.
    pub pauses: Vec<(StepKind, StepKind)>,
    /// Events that settle; other ends are ends without settlement.
    pub stop: Vec<StepKind>,
    /// Events whose due date counts; of a supplement, that the limit begins anew.
    pub reset: Vec<StepKind>,
}

impl ClockRule {
    /// The event contract's.
    pub fn contract() -> Self {
        Self {
            kind: "contract".to_owned(),
            start: vec![StepKind::Accepted, StepKind::Submitted],
            pauses: vec![
                (StepKind::SupplementRequested, StepKind::Supplemented),
                (StepKind::Suspended, StepKind::Resumed),
            ],
            stop: vec![StepKind::Resolved],
            reset: vec![StepKind::Accepted, StepKind::Extended],
        }
    }

    /// The pauses that hold after an event, of those that held before: a bit each.
    pub fn after(&self, open: u8, kind: StepKind) -> u8 {
        let mut open = open;
        for (i, (begin, end)) in self.pauses.iter().enumerate() {
            let bit = 1 << i;
            if kind == *begin {
                open |= bit;
            } else if kind == *end {
                open &= !bit;
            }
        }
        open
    }
}

/// What is known of a procedure from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Procedure {
    /// Its code as given; empty for one that nothing is known of.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Its field.
    pub field: Option<String>,
    /// The level of its agency, such as `city`, `commune`, `vertical`.
    pub level: Option<String>,
    /// From when on.
    pub effective_from: Day,
    /// How long it may take.
    pub limit: Option<Limit>,
    /// For one to be settled on the day of reception: received after this time of day, it is due on the next working day.
    pub same_day_cutoff: Option<i64>,
    /// Received after this time of day, it counts as received on the next working day.
    pub late_receipt: Option<i64>,
    /// A due date by days ends with the working day, and not at the hour of reception.
    pub ends_with_day: bool,
    /// How its clock runs.
    pub clock: usize,
    /// How far it is online.
    pub online: Option<Online>,
    /// Its fee can be paid online.
    pub pays_online: Option<bool>,
    /// It has a fee.
    pub has_fee: Option<bool>,
    /// It yields a paper or licence as its result.
    pub gives_paper: Option<bool>,
    /// Where this is written.
    pub source: Option<String>,
}

/// All that is known of procedures.
#[derive(Debug)]
pub struct Procedures {
    /// By comparable code, in order of the day from which on they hold.
    by_code: HashMap<CompactString, Vec<Procedure>>,
    unknown: Procedure,
    clocks: Vec<ClockRule>,
    remarks: Vec<String>,
    digest: String,
}

impl Procedures {
    /// Those that ship.
    pub fn shipped() -> Result<Self, ProcedureError> {
        file::read(&[file::SHIPPED])
    }

    /// Those that ship with what an operator's file adds.
    pub fn with(text: &str) -> Result<Self, ProcedureError> {
        file::read(&[file::SHIPPED, text])
    }

    /// What is known of a procedure on a day.
    pub fn of(&self, code: &str, day: Day) -> &Procedure {
        if self.by_code.is_empty() {
            return &self.unknown;
        }
        let versions = self.by_code.get(comparable(code));
        let in_force = versions.and_then(|all| {
            let after = all.partition_point(|p| p.effective_from <= day);
            all[..after].last()
        });
        in_force.unwrap_or(&self.unknown)
    }

    /// How a procedure's clock runs.
    pub fn clock(&self, procedure: &Procedure) -> &ClockRule {
        self.clocks.get(procedure.clock).unwrap_or(&self.clocks[0])
    }

    /// Those known to be in force on a day, by code.
    pub fn in_force(&self, day: Day) -> Vec<&Procedure> {
        let mut all: Vec<&Procedure> = self
            .by_code
            .values()
            .filter_map(|versions| {
                let after = versions.partition_point(|p| p.effective_from <= day);
                versions[..after].last()
            })
            .collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    /// What its data says twice, and which of the two counts.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// A short text that is another one for other data.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}

/// The part of a code by which it is compared.
pub fn comparable(code: &str) -> &str {
    let is_national = |head: &str| {
        let bytes = head.as_bytes();
        bytes[1] == b'.' && bytes[0].is_ascii_digit() && bytes[2..].iter().all(u8::is_ascii_digit)
    };
    match code.get(..8) {
        Some(head) if is_national(head) && matches!(code.as_bytes().get(8), None | Some(b'.')) => {
            head
        }
        _ => code,
    }
}

/// A due date that is computed from a limit.
impl Procedure {
    /// When a dossier that was received at an instant is due, by the agency's calendar; `None` without a limit.
    pub fn due(
        &self,
        received: EventTime,
        calendar: &crate::calendar::Calendar,
    ) -> Option<Computed> {
        due::due(self, received, calendar)
    }
}
