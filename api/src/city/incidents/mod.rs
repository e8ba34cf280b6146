//! Seeded incidents of the simulated city: what goes wrong, when and where, and what was seen of it.
//!
//! A plan ([`Incidents::plan`]) is ten incidents a working day, two of each of the first five kinds of
//! [`IncidentKind`]; on two days in five a point that opens late takes the place of one of them. Each day
//! is drawn from the seed and its date, so weeks differ and a date's incidents do not depend on where the
//! week begins. On one day no site is in two incidents, nor an agency, so that each can be told apart.
//!
//! What flows in: the city's plan, then, while it is played, its days. What flows out: the list, which
//! serialises to JSON, with a [`Trace`] for each thing concerned once its day has been played; and, for
//! every event, the instant it arrives. **When an incident is knowable is not said here**: that
//! depends on the rules that judge; the traces hold what such a computation needs.
//!
//! How each kind acts on the city:
//! * *machine, counters, rush, late opening*: the site's day is simulated with it ([`super::disturbed`]).
//! * *network outage*: events stay as they are, but those of the sites' own sources (`sim/site/…`, also
//!   their dossiers') with a time in `[begin, end)` arrive at `end`, in one batch in order of time.
//! * *agency that stops*: from `begin` to the end of the day it takes, passes on, settles, extends
//!   nothing and asks for nothing. Each step so withheld, and all after it of the same dossier, moves by
//!   the working time from `begin` to the day's end, so that work goes on next morning where it stood; due
//!   dates stay. Reception, payment and handing results to people go on.
//!
//! Invariants: the same seed and plan give the same incidents and the same bytes; without incidents the
//! city is as if this module did not exist.

mod draw;
mod effect;
#[cfg(test)]
mod tests;
mod trace;

use super::CityPlan;
use super::chance::Chance;
use super::clock::{self, Day, HOUR, Millis};
use super::disturbed::{Disturbed, Notes, Span};
use super::event::{Agency, Event};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};

/// No network outage is longer.
const LONGEST_OUTAGE: Millis = 2 * HOUR;

/// What kind of thing goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// A point's ticket machine sends nothing for 1 to 4 hours.
    MachineFailure,
    /// Two counters of a busy point close for 1 to 3 hours, without announcement.
    CountersClosed,
    /// Nothing of some twenty neighbouring points arrives for 20 to 90 minutes; then all does.
    NetworkOutage,
    /// Three times the people at one branch for 1 to 2 hours.
    Rush,
    /// An agency does nothing for the rest of the day.
    AgencyStops,
    /// A point opens 30 to 90 minutes after its published hour.
    OpensLate,
}

/// One incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// Its place in the list, from 1.
    pub number: u32,
    /// What goes wrong.
    pub kind: IncidentKind,
    /// The sites concerned, as events carry them; none when an agency stops.
    pub sites: Vec<String>,
    /// The counters concerned, as events carry them.
    pub counters: Vec<String>,
    /// The device concerned, as heartbeats carry it.
    pub device: Option<&'static str>,
    /// The agency concerned, as dossiers carry it.
    pub agency: Option<String>,
    /// When it begins. Of a late opening: the published hour.
    #[serde(serialize_with = "instant")]
    pub begin: Timestamp,
    /// When it is over. Of an agency: the next working morning. Counters open, events arrive and doors
    /// open at this instant exactly.
    #[serde(serialize_with = "instant")]
    pub end: Timestamp,
    /// What its day showed of it, one for each thing concerned; empty until the day has been played.
    pub traces: Vec<Trace>,
    #[serde(skip)]
    span: Span,
    #[serde(skip)]
    day: Day,
    /// The sites as the plan numbers them, in order.
    #[serde(skip)]
    indices: Vec<u16>,
    #[serde(skip)]
    shut: Vec<u8>,
    #[serde(skip)]
    agent: Option<Agency>,
}

/// What was seen of one thing that an incident concerns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trace {
    /// What is traced: a site's id, `{site}/counter/{n}`, `{site}/kiosk/1` (its tickets),
    /// `{site}/kiosk/1/pulse` (its heartbeats), or an agency's id.
    pub subject: String,
    /// The last event of it before the incident.
    #[serde(serialize_with = "maybe_instant")]
    pub last_before: Option<Timestamp>,
    /// The first thing in the incident that is not as it would have been: the first heartbeat, event or
    /// step that is missing, the first person at a dead machine, the counter's closing, the first
    /// ticket of the rush, the published opening.
    #[serde(serialize_with = "maybe_instant")]
    pub first_touched: Option<Timestamp>,
    /// How many such things. Of a rush: all tickets issued within it.
    pub touched: u32,
    /// The first of it that arrives afterwards: an event, the counter's opening, the point's opening, the
    /// first step that had been withheld.
    #[serde(serialize_with = "maybe_instant")]
    pub first_after: Option<Timestamp>,
    /// Of a rush: the people expected in that time without it.
    pub ordinary: Option<f64>,
}

/// The incidents of some days. The default has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Incidents {
    seed: u64,
    /// In order of beginning.
    incidents: Vec<Incident>,
    /// What only the queues knew of the day that is being played.
    #[serde(skip)]
    notes: Vec<(u16, Notes)>,
}

impl Incidents {
    /// The incidents of the seven days from `week_start` on. A plan too small for a kind (no branch with
    /// a machine, no point with three counters) goes without it.
    pub fn plan(seed: u64, week_start: Date, plan: &CityPlan) -> Self {
        Self::days(seed, week_start, 7, plan)
    }

    /// The incidents of `days` days from `start` on; those of a date are the same in any such range.
    pub fn days(seed: u64, start: Date, days: u32, plan: &CityPlan) -> Self {
        let first = clock::day_of(start);
        let mut incidents = draw::days(seed, first, first + Day::from(days), plan);
        for (place, incident) in incidents.iter_mut().enumerate() {
            incident.number = place as u32 + 1;
        }
        Self {
            seed,
            incidents,
            notes: Vec::new(),
        }
    }

    /// All of them, in order of beginning.
    pub fn list(&self) -> &[Incident] {
        &self.incidents
    }

    /// When an event arrives: at its own time, or when the outage is over that holds it back.
    pub fn arrives(&self, event: &Event) -> Timestamp {
        Timestamp::from_millisecond(self.arrival(event)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The same in milliseconds.
    pub(crate) fn arrival(&self, event: &Event) -> Millis {
        if !of_the_site(event) {
            return event.at;
        }
        let begun = self
            .incidents
            .partition_point(|incident| incident.span.begin <= event.at);
        self.incidents[..begun]
            .iter()
            .rev()
            .take_while(|incident| incident.span.begin > event.at - LONGEST_OUTAGE)
            .find(|incident| {
                incident.kind == IncidentKind::NetworkOutage
                    && event.at < incident.span.end
                    && incident.indices.binary_search(&event.site).is_ok()
            })
            .map_or(event.at, |incident| incident.span.end)
    }

    /// What disturbs a site on a day.
    pub(crate) fn at_site(&self, site: u16, day: Day) -> Option<Disturbed> {
        let incident = self
            .of_day(day)
            .find(|incident| incident.plays_inside() && incident.indices.contains(&site))?;
        let span = incident.span;
        let when = |kind| (incident.kind == kind).then_some(span);
        Some(Disturbed {
            machine: when(IncidentKind::MachineFailure),
            rush: when(IncidentKind::Rush),
            shut: when(IncidentKind::CountersClosed).map(|span| (incident.shut.clone(), span)),
            opens: when(IncidentKind::OpensLate).map(|span| span.end),
            chance: Chance::new(self.seed, 32, u64::from(site), day),
        })
    }

    fn of_day(&self, day: Day) -> impl Iterator<Item = &Incident> {
        self.incidents[self.range(day)].iter()
    }

    fn range(&self, day: Day) -> std::ops::Range<usize> {
        let from = self
            .incidents
            .partition_point(|incident| incident.day < day);
        let to = self
            .incidents
            .partition_point(|incident| incident.day <= day);
        from..to
    }
}

impl Incident {
    /// Whether the site's own day is played differently.
    fn plays_inside(&self) -> bool {
        !matches!(
            self.kind,
            IncidentKind::NetworkOutage | IncidentKind::AgencyStops
        )
    }
}

/// Whether an event comes from a site's own sources, and not from one that speaks for the whole city.
fn of_the_site(event: &Event) -> bool {
    !matches!(event.producer(), 10 | 11)
}

fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn instant<S: Serializer>(at: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(at)
}

#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn maybe_instant<S: Serializer>(at: &Option<Timestamp>, out: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => out.collect_str(at),
        None => out.serialize_none(),
    }
}
