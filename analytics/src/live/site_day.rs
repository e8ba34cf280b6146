//! All that happened at a site on a local day: what leaves memory, and comes back, as one.

use std::collections::BTreeMap;

use compact_str::CompactString;
use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::{Performer, RatingChannel};
use serde::{Deserialize, Serialize};

use super::heard::Heard;
use super::place::PlaceEvent;
use super::visit::{Booking, Ticket, TicketEvent};
use crate::mark::Marks;
use crate::names::{Map, Name};

/// What an event says about a counter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CounterEvent {
    /// The state it goes over to.
    pub state: CounterState,
    /// What it serves, where said.
    pub services: Option<Vec<Name>>,
    /// Who works there, where said.
    pub performer: Option<Performer>,
}

/// A counter's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CounterState {
    /// Serving.
    Open,
    /// Paused.
    Paused,
    /// Not serving.
    Closed,
}

impl CounterState {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Closed => "closed",
        }
    }
}

/// What a board said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// People waiting.
    pub waiting: u32,
    /// Counters open.
    pub open_counters: u32,
    /// The number being served.
    pub serving: Option<Name>,
    /// Mean service time in seconds.
    pub service_seconds: Option<f64>,
}

/// A rating.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    /// 1 to 5.
    pub score: u8,
    /// How it was given.
    pub channel: RatingChannel,
    /// At which counter, when said.
    pub counter: Option<Name>,
    /// For which ticket of the day, when said.
    pub ticket: Option<CompactString>,
    /// For which dossier, when said.
    pub dossier: Option<CompactString>,
}

/// What happened at a site on a day. Ratings that name no site stand under the site without a code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SiteDay {
    /// Tickets by code.
    pub tickets: Map<CompactString, Ticket>,
    /// Board snapshots by service.
    pub boards: BTreeMap<Name, Marks<Board>>,
    /// Counters by code.
    pub counters: BTreeMap<Name, Marks<CounterEvent>>,
    /// Ratings.
    pub ratings: Marks<Rating>,
    /// Needs registered in advance, with the day they are for.
    pub needs: Marks<Option<Day>>,
    /// Hours and moves.
    pub doors: Marks<PlaceEvent>,
    /// When each device gave a sign of life.
    pub heard: BTreeMap<Name, Heard>,
    /// When the last of its events to come came, as [`crate::mark::Mark::arrived`]: kept, since what is over is asked for it,
    /// and its events are many.
    pub changed: u64,
}

impl SiteDay {
    /// Takes an applicant's digest out of the tickets; answers of how many.
    pub(super) fn forget_applicant(&mut self, digest: u64) -> usize {
        let events = self.tickets.values_mut().flat_map(|t| t.marks.each_mut());
        let bookings = events.filter_map(|event| match event {
            TicketEvent::Issued { booking, .. } => Some(booking),
            _ => None,
        });
        let mut forgotten = 0;
        for place in bookings {
            if let Some(booking) = place
                && booking.applicant == Some(digest)
            {
                booking.applicant = None;
                forgotten += 1;
                if **booking == Booking::default() {
                    *place = None;
                }
            }
        }
        forgotten
    }

    /// The last snapshot of each board at an instant.
    pub fn boards_at(
        &self,
        instant: EventTime,
    ) -> impl Iterator<Item = (&Name, EventTime, &Board)> {
        self.boards.iter().filter_map(move |(service, marks)| {
            let mark = marks.until(instant).last()?;
            Some((service, mark.time, &mark.what))
        })
    }
}
