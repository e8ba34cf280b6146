//! What incidents do to a day's events once they are drawn: steps withheld, machines silent, events held back.
//!
//! Each works on the events as they stand and takes no draw. Invariants: a dossier's steps keep their
//! numbers and their order; nothing moves to before its own time.

use super::super::CityPlan;
use super::super::clock::{self, Day, Millis, SECOND};
use super::super::dossiers::working_between;
use super::super::event::{Agency, Body, Dossier, Event, Step};
use super::super::services::TAX;
use super::{IncidentKind, Incidents, Notes, Span, Trace, timestamp};
use std::collections::BTreeMap;

/// What tells a dossier from every other.
type Key = (u16, Day, u32);

impl Incidents {
    /// Keeps what a site's queue knew of its incident.
    pub(crate) fn note(&mut self, site: u16, day: Day, notes: Notes) {
        if self
            .of_day(day)
            .any(|incident| incident.indices.contains(&site))
        {
            self.notes.push((site, notes));
        }
    }

    /// Moves the steps that stopped agencies do not take to after the stop. `today` and `later` hold the
    /// day's events and what was drawn on it, `pending` the days to come; what moves goes to `later`.
    pub(crate) fn stop_agencies(
        &mut self,
        plan: &CityPlan,
        day: Day,
        today: &mut Vec<Event>,
        later: &mut Vec<Event>,
        pending: &mut BTreeMap<Day, Vec<Event>>,
    ) {
        for incident in self.range(day) {
            let incident = &mut self.incidents[incident];
            let (Some(agent), Some(name)) = (incident.agent, &incident.agency) else {
                continue;
            };
            let mut trace = Trace::of(name.clone());
            let mut first_held: BTreeMap<Key, u32> = BTreeMap::new();
            for event in today.iter().chain(later.iter()) {
                let Body::Dossier { dossier, step } = event.body else {
                    continue;
                };
                if !acts(plan, dossier, step, agent) || clock::local_day(event.at) != day {
                    continue;
                }
                if event.at < incident.span.begin {
                    trace.before(event.at);
                    continue;
                }
                trace.touch(event.at);
                let first = first_held.entry(dossier.key()).or_insert(event.number);
                *first = (*first).min(event.number);
            }
            let mut moved = Vec::new();
            take_held(today, &first_held, &mut moved);
            take_held(later, &first_held, &mut moved);
            for events in pending.values_mut() {
                take_held(events, &first_held, &mut moved);
            }
            shift(&mut moved, incident.span.begin, day);
            if let Some(first) = moved.iter().map(|event| event.at).min() {
                trace.after(first);
            }
            later.append(&mut moved);
            incident.traces = vec![trace];
        }
    }

    /// Takes away what a dead ticket machine does not send: pulses, and what is given back at it.
    pub(crate) fn silence_machines(&mut self, day: Day, events: &mut Vec<Event>) {
        let dead: Vec<(u16, Span)> = self
            .of_day(day)
            .filter(|incident| incident.kind == IncidentKind::MachineFailure)
            .flat_map(|incident| incident.indices.iter().map(|site| (*site, incident.span)))
            .collect();
        // Before they are gone: the traces tell of the pulses that are missing.
        self.trace_day(day, events);
        if dead.is_empty() {
            return;
        }
        events.retain(|event| {
            let of_machine = matches!(
                event.body,
                Body::Heartbeat { device: 0 } | Body::Issued { .. } | Body::Abandoned { .. }
            );
            !of_machine
                || !dead
                    .iter()
                    .any(|(site, span)| *site == event.site && span.contains(event.at))
        });
    }

    /// Puts a day that is in order of time into the order of arrival.
    pub(crate) fn hold_back(&self, day: Day, events: &mut [Event]) {
        let outage = |incident: &super::Incident| incident.kind == IncidentKind::NetworkOutage;
        if self.of_day(day).any(outage) {
            // Stable: a batch keeps the order of time.
            events.sort_by_cached_key(|event| self.arrival(event));
        }
    }
}

/// Takes the events of held dossiers, from the first step held on.
fn take_held(events: &mut Vec<Event>, first_held: &BTreeMap<Key, u32>, moved: &mut Vec<Event>) {
    events.retain(|event| {
        let Body::Dossier { dossier, .. } = event.body else {
            return true;
        };
        let held = first_held
            .get(&dossier.key())
            .is_some_and(|first| event.number >= *first);
        if held {
            moved.push(*event);
        }
        !held
    });
}

/// Moves steps by the working time that the day still had at the stop.
fn shift(moved: &mut [Event], stop: Millis, day: Day) {
    let key = |event: &Event| match event.body {
        Body::Dossier { dossier, .. } => (dossier.key(), event.number),
        _ => ((0, 0, 0), event.number),
    };
    moved.sort_by_key(key);
    // A second more than the day had: what was due at the stop itself falls on the next morning.
    let lost = working_between(stop, clock::at(day + 1, 0)) + SECOND;
    let mut last: Option<(Key, Millis)> = None;
    for event in moved {
        let dossier = key(event).0;
        let mut at = clock::add_working(event.at, lost);
        if let Some((before, time)) = last
            && before == dossier
        {
            // Steps taken outside working time would all fall on one instant.
            at = at.max(time + SECOND);
        }
        event.at = at;
        last = Some((dossier, at));
    }
}

/// Whether a step is an agency's act.
pub(super) fn acts(plan: &CityPlan, dossier: Dossier, step: Step, agent: Agency) -> bool {
    actor(dossier, step).is_some_and(|who| same(plan, who, agent))
}

/// Whose act a step is; none where it is the applicant's or the one-stop desk's.
fn actor(dossier: Dossier, step: Step) -> Option<Agency> {
    match step {
        Step::Taken { agency, .. } => Some(agency),
        Step::Transferred { step: 2, .. }
        | Step::SupplementRequested { .. }
        | Step::Stopped
        | Step::Extended { .. }
        | Step::Resolved { .. } => Some(dossier.competent()),
        Step::Transferred { step: 3, .. } => Some(Agency::Department(TAX as u8)),
        _ => None,
    }
}

/// A commune's committee is one, whichever of its sites received the dossier.
fn same(plan: &CityPlan, a: Agency, b: Agency) -> bool {
    match (a, b) {
        (Agency::Commune(a), Agency::Commune(b)) => plan.site(a).unit == plan.site(b).unit,
        (a, b) => a == b,
    }
}

impl Trace {
    /// A trace of which nothing is known yet.
    pub(super) fn of(subject: String) -> Self {
        Self {
            subject,
            last_before: None,
            first_touched: None,
            touched: 0,
            first_after: None,
            ordinary: None,
        }
    }

    pub(super) fn before(&mut self, at: Millis) {
        self.last_before = self.last_before.max(Some(timestamp(at)));
    }

    pub(super) fn touch(&mut self, at: Millis) {
        let at = timestamp(at);
        self.touched += 1;
        self.first_touched = Some(self.first_touched.map_or(at, |first| first.min(at)));
    }

    pub(super) fn after(&mut self, at: Millis) {
        let at = timestamp(at);
        self.first_after = Some(self.first_after.map_or(at, |first| first.min(at)));
    }
}
