//! The city's events one by one, as a running clock or an iterator takes them.
//!
//! Invariant: events come in the order of their arrival, which is that of their time but for those that a
//! network outage held back.

use super::{City, CityPlan, Event, Incidents};
use jiff::Timestamp;
use std::sync::Arc;

/// The events of a [`City`] one by one.
#[derive(Debug)]
pub struct Stream {
    city: City,
    day: Vec<Event>,
    next: usize,
}

impl Stream {
    /// A stream of what the city plays from here on.
    pub(super) fn new(city: City) -> Self {
        Self {
            city,
            day: Vec::new(),
            next: 0,
        }
    }

    /// The plan, which writes the events' lines.
    pub fn plan(&self) -> &Arc<CityPlan> {
        self.city.plan()
    }

    /// The incidents, with what the days begun so far showed of them.
    pub fn incidents(&self) -> &Incidents {
        self.city.incidents()
    }

    /// The next event, left where it is.
    pub fn peek(&mut self) -> &Event {
        while self.next >= self.day.len() {
            self.day.clear();
            self.next = 0;
            self.city.day(&mut self.day);
        }
        &self.day[self.next]
    }

    /// Takes the events that arrive before `until` into `out`.
    pub fn take_until(&mut self, until: Timestamp, out: &mut Vec<Event>) {
        loop {
            let event = *self.peek();
            if self.city.incidents().arrives(&event) >= until {
                return;
            }
            out.push(event);
            self.next += 1;
        }
    }
}

impl Iterator for Stream {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let event = *self.peek();
        self.next += 1;
        Some(event)
    }
}
