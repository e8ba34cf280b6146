//! What is known of a point itself: its hours, counters, devices and boards.

use std::collections::{BTreeMap, HashMap};

use ingest::event::EventTime;
use ingest::event::types::{DeviceKind, Performer, SpanKind};

use crate::mark::Marks;
use crate::names::Name;

/// What an event says about a point.
#[derive(Debug, Clone, PartialEq)]
pub enum PlaceEvent {
    /// Open for the public.
    Opened,
    /// Closed for the public.
    Closed,
    /// A published opening span.
    Scheduled {
        /// Begins.
        from: EventTime,
        /// Ends.
        to: EventTime,
        /// Regular hours or a session.
        kind: SpanKind,
    },
    /// At a new place: longitude, latitude.
    Moved(f64, f64),
}

/// What an event says about a counter.
#[derive(Debug, Clone, PartialEq)]
pub struct CounterEvent {
    /// The state it goes over to.
    pub state: CounterState,
    /// What it serves, where said.
    pub services: Option<Vec<Name>>,
    /// Who works there, where said.
    pub performer: Option<Performer>,
}

/// A counter's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq)]
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

/// A point's own events.
#[derive(Debug, Default)]
pub struct Place {
    /// Hours and moves.
    pub marks: Marks<PlaceEvent>,
    /// Counters by code.
    pub counters: BTreeMap<Name, Marks<CounterEvent>>,
    /// Board snapshots by service.
    pub boards: BTreeMap<Name, Marks<Board>>,
    /// The last sign of life of each device.
    pub devices: HashMap<Name, (EventTime, Option<DeviceKind>)>,
    /// Times of events by local day: the first and the last, for telling silence.
    pub last_event: Option<EventTime>,
}
