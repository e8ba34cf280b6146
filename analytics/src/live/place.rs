//! What is known of a point itself, across days: its hours, its counters, its devices.
//!
//! A point's memory is bounded: of its doors it keeps what still bears on something
//! ([`Place::forget_before`]), of each counter the last words, of each device the last sign of life.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use compact_str::CompactString;
use ingest::event::types::{DeviceKind, Performer, SpanKind};
use ingest::event::{Event, EventTime};
use serde::{Deserialize, Serialize};

use crate::mark::Marks;
use crate::names::Name;

/// What an event says about a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        /// When it was published, where said.
        published: Option<EventTime>,
    },
    /// At a new place: longitude, latitude.
    Moved(f64, f64),
}

/// The greatest in precedence of the events that said a thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastWord<T> {
    /// When.
    pub time: EventTime,
    source: CompactString,
    id: CompactString,
    /// What.
    pub what: T,
}

impl<T> LastWord<T> {
    /// Takes an event's word where it is the last.
    pub fn hear(last: &mut Option<Self>, event: &Event, what: T) {
        let before = last
            .as_ref()
            .map(|l| (l.time, l.source.as_str(), l.id.as_str()));
        if before.is_some_and(|before| before >= event.precedence()) {
            return;
        }
        *last = Some(Self {
            time: event.time,
            source: event.source.clone(),
            id: event.id.clone(),
            what,
        });
    }
}

/// What was last said of a counter, on whatever day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    /// What it serves.
    pub services: Option<LastWord<Vec<Name>>>,
    /// Who works there.
    pub performer: Option<LastWord<Performer>>,
}

/// What is known of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its first sign of life.
    pub first: EventTime,
    /// Its last.
    pub last: EventTime,
    /// What it is, by its last sign.
    pub kind: Option<DeviceKind>,
}

impl Device {
    /// By its first sign of life to come.
    pub const fn new(at: EventTime, kind: Option<DeviceKind>) -> Self {
        Self {
            first: at,
            last: at,
            kind,
        }
    }

    /// A sign of life.
    pub fn hear(&mut self, at: EventTime, kind: Option<DeviceKind>) {
        self.first = self.first.min(at);
        if at > self.last {
            (self.last, self.kind) = (at, kind);
        } else if at == self.last {
            // At one instant the kinds are ordered, so that neither arrival wins.
            self.kind = self.kind.max(kind);
        }
    }
}

/// What is known of a point.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Hours and moves that may still bear on what is shown.
    pub doors: Marks<PlaceEvent>,
    /// Every counter ever heard of.
    pub counters: BTreeMap<Name, Counter>,
    /// Every service ever on a board.
    pub board_services: BTreeSet<Name>,
    /// What is known of each device.
    pub devices: HashMap<Name, Device>,
    /// The greatest time of an event of the point.
    pub last_event: Option<EventTime>,
}

impl Place {
    /// Forgets the hours that ended before an instant, but for the last opening or closing and the last move.
    /// What an instant from then on is told does not change.
    pub fn forget_before(&mut self, instant: EventTime) {
        let before = self.doors.before(instant);
        if before.is_empty() {
            return;
        }
        let is_door = |e: &PlaceEvent| matches!(e, PlaceEvent::Opened | PlaceEvent::Closed);
        let door = before.iter().rposition(|m| is_door(&m.what));
        let moved = before
            .iter()
            .rposition(|m| matches!(m.what, PlaceEvent::Moved(..)));
        let mut at = 0;
        self.doors.retain(|mark| {
            let here = Some(at);
            at += 1;
            let ends_later = matches!(mark.what, PlaceEvent::Scheduled { to, .. } if to >= instant);
            mark.time >= instant || ends_later || here == door || here == moved
        });
    }
}
