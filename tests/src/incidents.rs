//! The simulated city's incidents as an ideal observer sees them: when each is knowable, and which alerts are its.
//!
//! - [`Incident`] is one of the list that `simulate --incidents-out` writes; [`Arrivals`] says when an event of the stream arrives.
//! - [`observer`] hears the events as they truly were and says when an incident is knowable by limits and delays that it is
//!   told; [`queue`] is its reading of a queue. Neither shares code with `analytics::alerts`: only the limits come from there, so
//!   that the yardstick moves with the rules.
//!
//! Invariant: what is knowable is a function of the stream, the list and the limits, not of what was raised.

pub mod observer;
pub mod queue;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use analytics::alerts::{Key, Scope};
use analytics::names::Name;
use anyhow::Context as _;
use ingest::event::EventTime;
use serde::{Deserialize, Deserializer};

/// Seconds after an incident's end for which it is still looked for.
pub const AFTER_S: i64 = 3_600;

/// What kind of thing goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A ticket machine sends nothing.
    MachineFailure,
    /// Two counters of a busy point close.
    CountersClosed,
    /// Nothing of some twenty points arrives for a while.
    NetworkOutage,
    /// Three times the people at one branch.
    Rush,
    /// An agency does nothing for the rest of the day.
    AgencyStops,
    /// A point opens late.
    OpensLate,
}

impl Kind {
    /// All, in the order of the table.
    pub const ALL: [Self; 6] = [
        Self::MachineFailure,
        Self::CountersClosed,
        Self::NetworkOutage,
        Self::Rush,
        Self::AgencyStops,
        Self::OpensLate,
    ];

    /// Its words in the table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::MachineFailure => "ticket machine fails",
            Self::CountersClosed => "two counters closed",
            Self::NetworkOutage => "outage over 20 points",
            Self::Rush => "rush at a branch",
            Self::AgencyStops => "agency stops",
            Self::OpensLate => "point opens late",
        }
    }

    /// The group of alerts that says so.
    pub const fn group(self) -> &'static str {
        match self {
            Self::MachineFailure => "silent",
            Self::CountersClosed | Self::Rush => "flow",
            Self::NetworkOutage => "outage",
            Self::AgencyStops => "stopped",
            Self::OpensLate => "doors",
        }
    }
}

/// One incident.
#[derive(Debug, Clone, Deserialize)]
pub struct Incident {
    /// Its place in the list.
    pub number: u32,
    /// What goes wrong.
    pub kind: Kind,
    /// The points concerned.
    pub sites: BTreeSet<String>,
    /// The agency concerned.
    pub agency: Option<String>,
    /// When it begins.
    #[serde(deserialize_with = "instant")]
    pub begin: EventTime,
    /// When it is over.
    #[serde(deserialize_with = "instant")]
    pub end: EventTime,
}

#[derive(Deserialize)]
struct List {
    incidents: Vec<Incident>,
}

/// The list of a file's text.
pub fn list(json: &str) -> anyhow::Result<Vec<Incident>> {
    let list: List = serde_json::from_str(json).context("the list of incidents cannot be read")?;
    Ok(list.incidents)
}

fn instant<'de, D: Deserializer<'de>>(from: D) -> Result<EventTime, D::Error> {
    let text = String::deserialize(from)?;
    EventTime::parse_rfc3339(&text).ok_or_else(|| serde::de::Error::custom("not an instant"))
}

impl Incident {
    /// Up to when it is looked for.
    pub const fn until(&self) -> EventTime {
        self.end.plus_seconds(AFTER_S)
    }

    /// It is looked for at an instant.
    pub fn is_at(&self, at: EventTime) -> bool {
        self.begin <= at && at <= self.until()
    }

    /// An alert is about what it concerns, whatever it says of it.
    pub fn concerns(&self, key: &Key, members: &[Name]) -> bool {
        match key.subject.kind {
            Scope::Site => self.sites.contains(&*key.subject.id),
            Scope::Agency => self.agency.as_deref() == Some(&*key.subject.id),
            Scope::City => members.iter().any(|member| self.sites.contains(&**member)),
        }
    }

    /// An alert says what it is.
    pub fn fits(&self, key: &Key, members: &[Name]) -> bool {
        key.group == self.kind.group() && self.concerns(key, members)
    }
}

/// The point that a source of the simulated city speaks for.
pub fn site_of(source: &str) -> Option<&str> {
    source.strip_prefix("sim/site/")?.split('/').next()
}

/// When events arrive.
#[derive(Debug)]
pub struct Arrivals {
    outages: Vec<Incident>,
}

impl Arrivals {
    /// Of a list of incidents.
    pub fn of(incidents: &[Incident]) -> Self {
        let outages = incidents.iter().filter(|i| i.kind == Kind::NetworkOutage);
        Self {
            outages: outages.cloned().collect(),
        }
    }

    /// When an event arrives: at its time, or at the end of the outage that holds it back.
    pub fn at(&self, source: &str, time: EventTime) -> EventTime {
        let Some(site) = site_of(source) else {
            return time;
        };
        let holds = |i: &&Incident| i.begin <= time && time < i.end && i.sites.contains(site);
        self.outages.iter().find(holds).map_or(time, |i| i.end)
    }
}
