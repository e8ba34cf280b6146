//! The rules that figures are reckoned by, all of them data: working calendars, procedures, agencies, and the other
//! limits.
//!
//! A limit ([`Limits`]) has a name, a day from which on it holds, and where it is written; an installation's own file
//! adds to those that ship and replaces them from its day on.

mod agencies;
mod limits;

use ingest::event::time::Day;

use crate::calendar::{Calendar, CalendarError, Calendars};
use crate::procedure::{ClockRule, Procedure, ProcedureError, Procedures};
pub use agencies::{Agencies, AgencyError, UNKNOWN};
pub use limits::{Limit, LimitError, Limits, Named};

/// Everything that figures are reckoned by.
#[derive(Debug)]
pub struct Rules {
    /// The working calendars.
    pub calendars: Calendars,
    /// What is known of procedures.
    pub procedures: Procedures,
    /// The other limits.
    pub limits: Limits,
    /// What is known of agencies.
    pub agencies: Agencies,
}

/// What an operator's files add to what ships.
#[derive(Debug, Clone, Copy, Default)]
pub struct Own<'a> {
    /// Of `calendar.toml`.
    pub calendar: Option<&'a str>,
    /// Of `procedures.toml`.
    pub procedures: Option<&'a str>,
    /// Of `limits.toml`.
    pub limits: Option<&'a str>,
    /// Of `agencies.toml`.
    pub agencies: Option<&'a str>,
}

/// A file of rules that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum RulesError {
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    #[error(transparent)]
    Procedures(#[from] ProcedureError),
    #[error(transparent)]
    Limits(#[from] LimitError),
    #[error(transparent)]
    Agencies(#[from] AgencyError),
}

impl Rules {
    /// Those that ship.
    pub fn shipped() -> Result<Self, RulesError> {
        Self::with(Own::default())
    }

    /// Those that ship with what an operator's files add.
    pub fn with(own: Own<'_>) -> Result<Self, RulesError> {
        Ok(Self {
            calendars: own
                .calendar
                .map_or_else(Calendars::shipped, Calendars::with)?,
            procedures: own
                .procedures
                .map_or_else(Procedures::shipped, Procedures::with)?,
            limits: own.limits.map_or_else(Limits::shipped, Limits::with)?,
            agencies: own
                .agencies
                .map_or_else(Agencies::shipped, Agencies::with)?,
        })
    }

    /// A short text that is another one for other rules of which stored rows are made.
    pub fn digest(&self) -> String {
        format!("{}-{}", self.calendars.digest(), self.procedures.digest())
    }

    /// What the data says twice, and which of the two counts.
    pub fn remarks(&self) -> impl Iterator<Item = &String> {
        let all = [
            self.calendars.remarks(),
            self.procedures.remarks(),
            self.limits.remarks(),
        ];
        all.into_iter().flatten()
    }

    /// The calendar of the agency that is competent, or the city's where it is not known.
    pub fn calendar_of(&self, agency: Option<&str>) -> &Calendar {
        match agency {
            Some(agency) => self.calendars.of_agency(agency),
            None => self.calendars.city(),
        }
    }

    /// What is known of a procedure on a day, with how its clock runs.
    pub fn procedure(&self, code: Option<&str>, day: Day) -> (&Procedure, &ClockRule) {
        let procedure = self.procedures.of(code.unwrap_or_default(), day);
        (procedure, self.procedures.clock(procedure))
    }
}
