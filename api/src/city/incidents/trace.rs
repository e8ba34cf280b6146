//! What a played day showed of its incidents.
//!
//! Read from the day's events before a dead machine's are taken away, so that what is missing can be
//! named. Agencies are traced where their steps are moved, in [`super::effect`].

use super::super::clock::Day;
use super::super::event::{Body, Event};
use super::{Incident, IncidentKind, Incidents, Notes, Trace, of_the_site, timestamp};

impl Incidents {
    /// Sets the traces of a day's incidents, from its events in any order.
    pub(super) fn trace_day(&mut self, day: Day, events: &[Event]) {
        let notes = std::mem::take(&mut self.notes);
        let range = self.range(day);
        for incident in &mut self.incidents[range] {
            let noted = notes
                .iter()
                .find(|(site, _)| incident.indices.contains(site))
                .map(|(_, notes)| notes);
            if let Some(traces) = incident.seen(events, noted) {
                incident.traces = traces;
            }
        }
    }
}

impl Incident {
    fn seen(&self, events: &[Event], notes: Option<&Notes>) -> Option<Vec<Trace>> {
        let site = self.indices.first().copied();
        let name = self.sites.first().map_or("", String::as_str);
        let here = |event: &Event| Some(event.site) == site;
        match self.kind {
            // Traced where its steps were moved.
            IncidentKind::AgencyStops => None,
            IncidentKind::MachineFailure => {
                let pulses = self.over(events, format!("{name}/kiosk/1/pulse"), |event| {
                    here(event) && event.body == Body::Heartbeat { device: 0 }
                });
                let mut tickets = self.over(events, format!("{name}/kiosk/1"), |event| {
                    here(event) && event.producer() == 1
                });
                // Those who found it dead, not the few numbers that were given back.
                let (count, first) = notes.map(|notes| notes.at_dead_machine).unwrap_or_default();
                tickets.touched = count;
                tickets.first_touched = first.map(timestamp);
                Some(vec![tickets, pulses])
            }
            IncidentKind::CountersClosed => {
                let traces = self.shut.iter().map(|counter| {
                    let subject = format!("{name}/counter/{}", counter + 1);
                    self.counter(events, subject, *counter)
                });
                Some(traces.collect())
            }
            IncidentKind::NetworkOutage => {
                let traces = self.indices.iter().zip(&self.sites).map(|(index, id)| {
                    let mut trace = self.over(events, id.clone(), |event| {
                        event.site == *index && of_the_site(event)
                    });
                    if trace.touched > 0 {
                        trace.first_after = Some(self.end);
                    }
                    trace
                });
                Some(traces.collect())
            }
            IncidentKind::Rush => {
                let mut trace = self.over(events, name.to_owned(), |event| {
                    here(event) && matches!(event.body, Body::Issued { .. })
                });
                trace.ordinary = notes.and_then(|notes| notes.ordinary);
                Some(vec![trace])
            }
            IncidentKind::OpensLate => {
                let mut trace = Trace::of(name.to_owned());
                trace.touch(self.span.begin);
                for event in events {
                    if here(event) && event.body == Body::SiteOpened {
                        trace.after(event.at);
                    }
                }
                Some(vec![trace])
            }
        }
    }

    /// Of the events that belong to a subject: the last before, those within, the first after.
    fn over(&self, events: &[Event], subject: String, belongs: impl Fn(&Event) -> bool) -> Trace {
        let mut trace = Trace::of(subject);
        for event in events.iter().filter(|event| belongs(event)) {
            if event.at < self.span.begin {
                trace.before(event.at);
            } else if event.at < self.span.end {
                trace.touch(event.at);
            } else {
                trace.after(event.at);
            }
        }
        trace
    }

    /// A counter's closing and its opening again.
    fn counter(&self, events: &[Event], subject: String, counter: u8) -> Trace {
        let producer = 16 + u16::from(counter);
        let mut trace = Trace::of(subject);
        let here =
            |event: &&Event| self.indices.contains(&event.site) && event.producer() == producer;
        for event in events.iter().filter(here) {
            if event.at < self.span.begin {
                trace.before(event.at);
            } else if event.body == (Body::CounterClosed { counter })
                && self.span.contains(event.at)
            {
                trace.touch(event.at);
            } else if event.body == (Body::CounterOpened { counter }) && event.at >= self.span.end {
                trace.after(event.at);
            }
        }
        trace
    }
}
