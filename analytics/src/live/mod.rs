//! The live state: what is going on, folded from events in any order.
//!
//! [`State::apply`] is the one way in. It is a pure fold: what an event does depends on the event alone,
//! and every entity keeps the set of its events ([`crate::mark`]), so that any order and any repetition
//! of the same events give the same state. Nothing here reads a clock; figures are computed from the state
//! by [`crate::figures`] and views by [`crate::view`], with the instant as an argument.
//!
//! Memory is bounded by leaving: a site's day that is over, a dossier and a petition that are done ([`archive`]) may be
//! taken out as bytes once the stores have their rows, and are put back before an event for them is folded. What
//! is left, with the position that it has come to, makes a [`checkpoint`].

pub mod archive;
pub mod checkpoint;
pub mod dossier;
pub mod heard;
pub mod petition;
pub mod place;
pub mod site_day;
pub mod timeline;
pub mod visit;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;
use ingest::event::time::Day;
use ingest::event::types::{About, IncidentKind, Priority, SpanKind, TaskState};
use ingest::event::value::{Applicant, Text};
use ingest::event::{Body, Event, EventTime, SiteId};
use serde::{Deserialize, Serialize};

use crate::mark::Marks;
use crate::names::{Map, Name, Names};
use dossier::{Dossier, DossierEvent, Filing, HandOut, HandOver, Parts, Payment, Settlement};
use petition::{Petition, PetitionEvent, Step};
use place::{Device, LastWord, Place, PlaceEvent};
use site_day::{Board, CounterEvent, CounterState, Rating, SiteDay};
use visit::{Booking, TicketEvent, Visit};

/// A report of a plan's task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskReport {
    /// Open or done.
    pub state: TaskState,
    /// When it is due.
    pub due: Option<EventTime>,
    /// Who leads it.
    pub lead: Option<Name>,
}

/// A word on an incident at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentWord {
    /// It goes on.
    pub is_open: bool,
    /// Where, when said.
    pub site: Option<Name>,
    /// Of which kind, when said.
    pub kind: Option<IncidentKind>,
}

/// A report of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// Trained so far.
    pub count: u32,
    /// Of how many.
    pub of: Option<u32>,
}

/// The parts of the state that an event touched, for those who keep something derived from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touched {
    /// The site whose view changed.
    pub site: Option<Name>,
    /// Service day of a ticket, board or counter event.
    pub day: Option<Day>,
}

/// What is kept of a city whatever leaves: few things, or ones that never end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lasting {
    /// Points.
    pub places: Map<Name, Place>,
    /// Plans' tasks.
    pub tasks: BTreeMap<Name, Marks<TaskReport>>,
    /// Training by unit and subject.
    pub training: BTreeMap<(Name, Name), Marks<TrainingReport>>,
    /// Incidents.
    pub incidents: BTreeMap<Name, Marks<IncidentWord>>,
    /// Every competent agency ever named.
    pub agencies: BTreeSet<Name>,
    /// Every field ever named.
    pub fields: BTreeSet<Name>,
    /// Every service that a counter ever served.
    pub services: BTreeSet<Name>,
    /// The greatest event time.
    pub last_event: Option<EventTime>,
}

/// Everything known that has not left.
#[derive(Debug, Default)]
pub struct State {
    names: Names,
    /// Sites' days.
    pub days: BTreeMap<Day, Map<Name, SiteDay>>,
    /// Dossiers by code.
    pub dossiers: Map<CompactString, Dossier>,
    /// Petitions by code.
    pub petitions: Map<CompactString, Petition>,
    /// What never leaves.
    pub lasting: Lasting,
    /// What happened from then on is all here; of what was before, some may have left.
    pub whole_since: Option<EventTime>,
    /// Events applied: the journal position after the last, where every event of a journal is applied once.
    pub events: u64,
}

impl State {
    /// Takes an applicant's digest ([`applicant_digest`]) out of what is here; answers of how many tickets.
    pub fn forget_applicant(&mut self, digest: u64) -> usize {
        let days = self.days.values_mut().flat_map(Map::values_mut);
        days.map(|day| day.forget_applicant(digest)).sum()
    }

    /// Folds one event in. What the event is about must not have left ([`State::lacks`]).
    pub fn apply(&mut self, event: &Event) -> Touched {
        self.events += 1;
        self.lasting.last_event = self.lasting.last_event.max(Some(event.time));
        let site = match &event.body {
            Body::TicketIssued(b) => {
                let what = TicketEvent::Issued {
                    service: self.names.get(b.service.as_str()),
                    priority: b.priority.unwrap_or(Priority::Normal),
                    purpose: b.purpose,
                    booking: booking(b.appointment_at, b.applicant.as_ref()),
                };
                Some(self.ticket(event, &b.site, b.ticket.as_str(), what))
            }
            Body::TicketCalled(b) => {
                let what = TicketEvent::Called(self.names.get(b.counter.as_str()));
                Some(self.ticket(event, &b.site, b.ticket.as_str(), what))
            }
            Body::TicketStarted(b) => {
                let what = TicketEvent::Started(self.names.get(b.counter.as_str()));
                Some(self.ticket(event, &b.site, b.ticket.as_str(), what))
            }
            Body::TicketFinished(b) => {
                let what = TicketEvent::Finished {
                    counter: b.counter.as_ref().map(|c| self.names.get(c.as_str())),
                    dossiers: b.dossiers.map(|n| n.0),
                };
                Some(self.ticket(event, &b.site, b.ticket.as_str(), what))
            }
            Body::TicketAbandoned(b) => {
                Some(self.ticket(event, &b.site, b.ticket.as_str(), TicketEvent::Abandoned))
            }
            Body::TicketTransferred(b) => {
                let what = TicketEvent::Transferred(self.names.get(b.service.as_str()));
                Some(self.ticket(event, &b.site, b.ticket.as_str(), what))
            }
            Body::SiteOpened(b) => Some(self.door(event, &b.site, PlaceEvent::Opened)),
            Body::SiteClosed(b) => Some(self.door(event, &b.site, PlaceEvent::Closed)),
            Body::SiteScheduled(b) => {
                let what = PlaceEvent::Scheduled {
                    from: b.from,
                    to: b.to,
                    kind: b.kind.unwrap_or(SpanKind::Regular),
                    published: b.published_at,
                };
                Some(self.door(event, &b.site, what))
            }
            Body::SiteMoved(b) => {
                Some(self.door(event, &b.site, PlaceEvent::Moved(b.lon.0, b.lat.0)))
            }
            Body::CounterOpened(_)
            | Body::CounterResumed(_)
            | Body::CounterClosed(_)
            | Body::CounterPaused(_) => self.counter(event),
            Body::QueueSnapshot(b) => {
                let service = self.names.get(b.service.as_str());
                let board = Board {
                    waiting: b.waiting.0,
                    open_counters: b.open_counters.0,
                    serving: b.serving.as_ref().map(|s| self.names.get(&s.0)),
                    service_seconds: b.service_seconds.map(|s| s.0),
                };
                let site = self.heard(&b.site, event.time);
                let place = self.lasting.places.entry(site.clone()).or_default();
                if !place.board_services.contains(&service) {
                    place.board_services.insert(service.clone());
                }
                let (arrived, names, day) = self.site_day(event, &site);
                let marks = day.boards.entry(service).or_default();
                marks.insert(arrived, event, names, board);
                Some(site)
            }
            Body::DeviceHeartbeat(b) => {
                let site = self.heard(&b.site, event.time);
                let device = self.names.get(b.device.as_str());
                let place = self.lasting.places.entry(site.clone()).or_default();
                let known = place.devices.entry(device.clone());
                let known = known.or_insert(Device::new(event.time, b.kind));
                known.hear(event.time, b.kind);
                let (_, _, day) = self.site_day(event, &site);
                day.heard.entry(device).or_default().hear(event.time);
                Some(site)
            }
            Body::RatingGiven(b) => {
                let rating = Rating {
                    score: b.score.0,
                    channel: b.channel,
                    counter: b.counter.as_ref().map(|c| self.names.get(c.as_str())),
                    ticket: b.ticket.as_ref().map(|t| t.as_str().into()),
                    dossier: b.dossier.as_ref().map(|d| d.as_str().into()),
                };
                let site = b.site.as_ref().map(|site| self.heard(site, event.time));
                let of = site.clone().unwrap_or_else(|| self.names.get(""));
                let (arrived, names, day) = self.site_day(event, &of);
                day.ratings.insert(arrived, event, names, rating);
                site
            }
            Body::NeedRegistered(b) => {
                let site = self.heard(&b.site, event.time);
                let (arrived, names, day) = self.site_day(event, &site);
                day.needs.insert(arrived, event, names, b.for_day);
                Some(site)
            }
            Body::TaskReported(b) => {
                let report = TaskReport {
                    state: b.state,
                    due: b.due_at,
                    lead: b.lead.as_ref().map(|l| self.names.get(l.as_str())),
                };
                let task = self.names.get(b.task.as_str());
                let marks = self.lasting.tasks.entry(task).or_default();
                marks.insert(self.events, event, &mut self.names, report);
                None
            }
            Body::TrainingAttended(b) => {
                let unit = self.names.get(b.unit.as_str());
                let key = (unit, self.names.get(b.subject.as_str()));
                let report = TrainingReport {
                    count: b.count.0,
                    of: b.of.map(|n| n.0),
                };
                let marks = self.lasting.training.entry(key).or_default();
                marks.insert(self.events, event, &mut self.names, report);
                None
            }
            Body::IncidentReported(b) => {
                self.incident(event, b.incident.as_str(), (true, b.kind), b.site.as_ref())
            }
            Body::IncidentClosed(b) => {
                self.incident(event, b.incident.as_str(), (false, b.kind), b.site.as_ref())
            }
            Body::FeedbackReceived(_)
            | Body::FeedbackForwarded(_)
            | Body::FeedbackExplained(_)
            | Body::FeedbackAnswered(_)
            | Body::FeedbackClosed(_) => {
                self.petition(event);
                None
            }
            Body::DossierSubmitted(b) => {
                let filing = Filing {
                    procedure: self.names.get(b.procedure.as_str()),
                    field: self.names.get(b.field.as_str()),
                    site: self.names.get(b.site.as_str()),
                    agency: self.names.get(b.agency.as_str()),
                    channel: b.channel,
                    home_unit: b.home_unit.as_ref().map(|u| self.names.get(u.as_str())),
                    performer: b.performer,
                    verified_account: b.verified_account,
                    has_fee: b.has_fee,
                };
                remember(&mut self.lasting.agencies, &filing.agency);
                remember(&mut self.lasting.fields, &filing.field);
                let what = DossierEvent::Submitted(Box::new(filing));
                self.dossier(event, b.dossier.as_str(), what);
                Some(self.heard(&b.site, event.time))
            }
            _ => {
                self.dossier_step(event);
                None
            }
        };
        Touched {
            site,
            day: Some(event.time.day()),
        }
    }

    /// Folds in what is about a dossier and says no more than that and perhaps a due date or an agency.
    fn dossier_step(&mut self, event: &Event) {
        use DossierEvent as E;
        let names = &mut self.names;
        // Hands over a reason's code, or what stands beside an agency's, in shared texts.
        macro_rules! because {
            ($what:path, $b:expr) => {{
                let reason = $b.reason.as_ref().map(|r| names.get(r.as_str()));
                (&$b.dossier, $what(reason))
            }};
        }
        macro_rules! hand_over {
            ($what:path, $b:expr, $agency:expr) => {{
                let b = $b;
                let agency = names.get($agency.as_str());
                let says_more = b.step.is_some() || b.step_due_at.is_some() || b.paper.is_some();
                let more = says_more.then(|| {
                    Box::new(HandOver {
                        step: b.step.as_ref().map(|s| names.get(s.as_str())),
                        step_due: b.step_due_at,
                        paper: b.paper,
                    })
                });
                (&b.dossier, $what(agency, more))
            }};
        }
        let (dossier, what) = match &event.body {
            Body::DossierAccepted(b) => (&b.dossier, E::Accepted(b.due_at)),
            Body::DossierRefused(b) => because!(E::Refused, b),
            Body::DossierWithdrawn(b) => because!(E::Withdrawn, b),
            Body::DossierStopped(b) => because!(E::Stopped, b),
            Body::SupplementRequested(b) => because!(E::SupplementRequested, b),
            Body::DossierSupplemented(b) => because!(E::Supplemented, b),
            Body::DossierDigitised(b) => {
                let parts = Parts {
                    parts: b.parts.map(|n| n.0),
                    reused: b.reused.map(|n| n.0),
                    from_store: b.from_store.map(|n| n.0),
                };
                let is_told = parts != Parts::default();
                (&b.dossier, E::Digitised(is_told.then(|| Box::new(parts))))
            }
            Body::DossierTransferred(b) => hand_over!(E::Transferred, b, b.to_agency),
            Body::DossierTaken(b) => hand_over!(E::Taken, b, b.agency),
            Body::DossierSuspended(b) => because!(E::Suspended, b),
            Body::DossierResumed(b) => because!(E::Resumed, b),
            Body::DossierExtended(b) => (&b.dossier, E::Extended(b.due_at, b.apology)),
            Body::DossierResolved(b) => {
                let settlement = Settlement {
                    result: b.result,
                    e_result: b.e_result,
                };
                (&b.dossier, E::Resolved(settlement))
            }
            Body::DossierReturned(b) => {
                let out = HandOut {
                    site: b.site.as_ref().map(|s| names.get(s.as_str())),
                    channel: b.channel,
                };
                let is_told = out != HandOut::default();
                (&b.dossier, E::Returned(is_told.then(|| Box::new(out))))
            }
            Body::DossierPaid(b) => {
                let payment = Payment {
                    method: b.method,
                    amount_vnd: b.amount_vnd.map(|a| a.0),
                    via: b.via.as_ref().map(|v| names.get(v.as_str())),
                };
                let is_told = payment != Payment::default();
                (&b.dossier, E::Paid(is_told.then(|| Box::new(payment))))
            }
            // All others were folded before.
            _ => return,
        };
        self.dossier(event, dossier.as_str(), what);
    }

    fn dossier(&mut self, event: &Event, dossier: &str, what: DossierEvent) {
        let entry = match self.dossiers.get_mut(dossier) {
            Some(entry) => entry,
            None => self.dossiers.entry(dossier.into()).or_default(),
        };
        let marks = &mut entry.marks;
        marks.insert(self.events, event, &mut self.names, what);
    }

    /// A site's day, with what inserting into it takes.
    fn site_day(&mut self, event: &Event, site: &Name) -> (u64, &mut Names, &mut SiteDay) {
        let sites = self.days.entry(event.time.day()).or_default();
        let day = sites.entry(site.clone()).or_default();
        day.changed = day.changed.max(self.events);
        (self.events, &mut self.names, day)
    }

    fn ticket(&mut self, event: &Event, site: &SiteId, ticket: &str, what: TicketEvent) -> Name {
        let site = self.heard(site, event.time);
        let (arrived, names, day) = self.site_day(event, &site);
        let entry = match day.tickets.get_mut(ticket) {
            Some(entry) => entry,
            None => day.tickets.entry(ticket.into()).or_default(),
        };
        entry.marks.insert(arrived, event, names, what);
        site
    }

    /// A site that said something.
    fn heard(&mut self, site: &SiteId, time: EventTime) -> Name {
        let site = self.names.get(site.as_str());
        let place = match self.lasting.places.get_mut(&site) {
            Some(place) => place,
            None => self.lasting.places.entry(site.clone()).or_default(),
        };
        place.last_event = place.last_event.max(Some(time));
        site
    }

    fn door(&mut self, event: &Event, site: &SiteId, what: PlaceEvent) -> Name {
        let site = self.heard(site, event.time);
        let place = self.lasting.places.entry(site.clone()).or_default();
        let doors = &mut place.doors;
        doors.insert(self.events, event, &mut self.names, what.clone());
        let (arrived, names, day) = self.site_day(event, &site);
        day.doors.insert(arrived, event, names, what);
        site
    }

    fn counter(&mut self, event: &Event) -> Option<Name> {
        // The four types share their fields and nothing else.
        macro_rules! change {
            ($body:expr, $state:expr) => {{
                let b = $body;
                let counter = b.counter.as_str();
                (&b.site, counter, $state, b.services.as_ref(), b.performer)
            }};
        }
        let (site, counter, state, services, performer) = match &event.body {
            Body::CounterOpened(b) => change!(b, CounterState::Open),
            Body::CounterResumed(b) => change!(b, CounterState::Open),
            Body::CounterClosed(b) => change!(b, CounterState::Closed),
            Body::CounterPaused(b) => change!(b, CounterState::Paused),
            _ => return None,
        };
        let site = self.heard(site, event.time);
        let names = &mut self.names;
        let counter = names.get(counter);
        let services: Option<Vec<Name>> =
            services.map(|list| list.0.iter().map(|t| names.get(t.as_str())).collect());
        for service in services.iter().flatten() {
            remember(&mut self.lasting.services, service);
        }
        let place = self.lasting.places.entry(site.clone()).or_default();
        let known = place.counters.entry(counter.clone()).or_default();
        if let Some(services) = &services {
            LastWord::hear(&mut known.services, event, services.clone());
        }
        if let Some(performer) = performer {
            LastWord::hear(&mut known.performer, event, performer);
        }
        let what = CounterEvent {
            state,
            services,
            performer,
        };
        let (arrived, names, day) = self.site_day(event, &site);
        let marks = day.counters.entry(counter).or_default();
        marks.insert(arrived, event, names, what);
        Some(site)
    }

    fn incident(
        &mut self,
        event: &Event,
        incident: &str,
        (is_open, kind): (bool, Option<IncidentKind>),
        site: Option<&SiteId>,
    ) -> Option<Name> {
        let site = site.map(|s| self.names.get(s.as_str()));
        let incident = self.names.get(incident);
        let marks = self.lasting.incidents.entry(incident).or_default();
        let word = IncidentWord {
            is_open,
            site: site.clone(),
            kind,
        };
        marks.insert(self.events, event, &mut self.names, word);
        site
    }

    fn petition(&mut self, event: &Event) {
        // The five types share their fields and nothing else.
        macro_rules! step {
            ($body:expr, $step:expr) => {{
                let b = $body;
                let names = &mut self.names;
                let what = PetitionEvent {
                    step: $step,
                    site: b.site.as_ref().map(|s| names.get(s.as_str())),
                    agency: b.agency.as_ref().map(|a| names.get(a.as_str())),
                    field: b.field.as_ref().map(|f: &Text| names.get(f.as_str())),
                    about: b.about.map(|about: About| about),
                    due: b.due_at,
                    satisfied: b.satisfied,
                    dossier: b.dossier.as_ref().map(|d| d.as_str().into()),
                    repeat_of: b.repeat_of.as_ref().map(|r| r.as_str().into()),
                };
                (b.feedback.as_str(), what)
            }};
        }
        let (code, what) = match &event.body {
            Body::FeedbackReceived(b) => step!(b, Step::Received),
            Body::FeedbackForwarded(b) => step!(b, Step::Forwarded),
            Body::FeedbackExplained(b) => step!(b, Step::Explained),
            Body::FeedbackAnswered(b) => step!(b, Step::Answered),
            Body::FeedbackClosed(b) => step!(b, Step::Closed),
            _ => return,
        };
        let petition = self.petitions.entry(code.into()).or_default();
        let marks = &mut petition.marks;
        marks.insert(self.events, event, &mut self.names, what);
    }

    /// A site's day.
    pub fn day_of(&self, day: Day, site: &str) -> Option<&SiteDay> {
        self.days.get(&day)?.get(site)
    }

    /// The visits of a day at a site, in no particular order.
    pub fn visits_of<'a>(&'a self, day: Day, site: &'a Name) -> impl Iterator<Item = Visit> + 'a {
        let tickets = self.day_of(day, site).into_iter().flat_map(|d| &d.tickets);
        tickets.map(move |(ticket, entry)| entry.visit(site, day, ticket))
    }

    /// The sites' days that touch `[from, to)`, in order of day.
    pub fn days_between(
        &self,
        from: EventTime,
        to: EventTime,
    ) -> impl Iterator<Item = (Day, &Name, &SiteDay)> {
        // A span that ends at midnight does not touch the day that begins then.
        let last = EventTime(to.0 - 1).day().max(from.day());
        let days = self.days.range(from.day()..=last);
        days.flat_map(|(day, sites)| sites.iter().map(move |(site, d)| (*day, site, d)))
    }

    /// The visits of the days that touch `[from, to)`.
    pub fn visits_between(
        &self,
        from: EventTime,
        to: EventTime,
    ) -> impl Iterator<Item = Visit> + '_ {
        self.days_between(from, to).flat_map(|(day, site, d)| {
            let tickets = d.tickets.iter();
            tickets.map(move |(ticket, entry)| entry.visit(site, day, ticket))
        })
    }
}

fn booking(
    appointment_at: Option<EventTime>,
    applicant: Option<&Applicant>,
) -> Option<Box<Booking>> {
    let told = Booking {
        appointment_at,
        applicant: applicant.map(|a| applicant_digest(a.as_str())),
    };
    (told != Booking::default()).then(|| Box::new(told))
}

/// Tells two of the installation's pseudonyms apart; the same in every process.
pub fn applicant_digest(pseudonym: &str) -> u64 {
    // FNV-1a, 64 bits (Fowler, Noll, Vo).
    let bytes = pseudonym.bytes();
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Puts a name into a set without a copy for one that is there.
fn remember(set: &mut BTreeSet<Name>, name: &Name) {
    if !set.contains(name) {
        set.insert(name.clone());
    }
}
