//! The live state: everything known, folded from events in any order.
//!
//! [`State::apply`] is the one way in. It is a pure fold: what an event does depends on the event alone,
//! and every entity keeps the set of its events ([`crate::mark`]), so that any order and any repetition
//! of the same events give the same state. Nothing here reads a clock; figures are computed from the state
//! by [`crate::figures`] and views by [`crate::view`], with the instant as an argument.

pub mod dossier;
pub mod place;
pub mod visit;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use compact_str::CompactString;
use ingest::event::time::Day;
use ingest::event::types::{About, RatingChannel, TaskState};
use ingest::event::value::{Text, Texts};
use ingest::event::{Body, Event, EventTime, SiteId};

use crate::mark::Marks;
use crate::names::{Map, Name, Names};
use dossier::{Dossier, DossierEvent, Filing};
use place::{Board, CounterEvent, CounterState, Place, PlaceEvent};
use visit::{Ticket, TicketEvent, Visit};

/// The tickets of a site's day.
pub type Tickets = Map<CompactString, Ticket>;

/// A rating.
#[derive(Debug, Clone, PartialEq)]
pub struct Rating {
    /// 1 to 5.
    pub score: u8,
    /// How it was given.
    pub channel: RatingChannel,
    /// Where, when said.
    pub site: Option<Name>,
    /// At which counter, when said.
    pub counter: Option<Name>,
}

/// A step in a petition's life.
#[derive(Debug, Clone, PartialEq)]
pub struct PetitionEvent {
    /// `received`, `forwarded`, `explained`, `answered`, `closed`.
    pub step: &'static str,
    /// Where it is about, when said.
    pub site: Option<Name>,
    /// Who is to answer, when said.
    pub agency: Option<Name>,
    /// Its field, when said.
    pub field: Option<Name>,
    /// What it is about.
    pub about: Option<About>,
    /// When it is due.
    pub due: Option<EventTime>,
    /// Whether the person was satisfied.
    pub satisfied: Option<bool>,
}

/// A report of a plan's task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskReport {
    /// Open or done.
    pub state: TaskState,
    /// When it is due.
    pub due: Option<EventTime>,
    /// Who leads it.
    pub lead: Option<Name>,
}

/// A report of training.
#[derive(Debug, Clone, PartialEq)]
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

/// Everything known.
#[derive(Debug, Default)]
pub struct State {
    names: Names,
    /// Tickets by service day and site.
    pub days: BTreeMap<Day, Map<Name, Tickets>>,
    /// Dossiers by code.
    pub dossiers: Map<CompactString, Dossier>,
    /// Points' own events.
    pub places: BTreeMap<Name, Place>,
    /// Ratings, in order.
    pub ratings: Marks<Rating>,
    /// Petitions by code.
    pub petitions: Map<Name, Marks<PetitionEvent>>,
    /// Needs registered in advance, by site.
    pub needs: Map<Name, Marks<Option<Day>>>,
    /// Plans' tasks.
    pub tasks: Map<Name, Marks<TaskReport>>,
    /// Training by unit and subject.
    pub training: Map<(Name, Name), Marks<TrainingReport>>,
    /// Incidents: reported or closed, with the site where said.
    pub incidents: Map<Name, Marks<(bool, Option<Name>)>>,
    /// The greatest event time.
    pub last_event: Option<EventTime>,
    /// Events applied: the journal position after the last, where every event of a journal is applied once.
    pub events: u64,
}

impl State {
    /// Folds one event in.
    pub fn apply(&mut self, event: &Event) -> Touched {
        self.events += 1;
        self.last_event = self.last_event.max(Some(event.time));
        let arrived = self.events;
        let names = &mut self.names;
        let mut site_of: Option<Name> = None;
        match &event.body {
            Body::TicketIssued(b) => {
                let what = TicketEvent::Issued {
                    service: names.get(b.service.as_str()),
                    priority: b.priority.unwrap_or(ingest::event::types::Priority::Normal),
                    purpose: b.purpose,
                    appointment_at: b.appointment_at,
                };
                return self.ticket(event, &b.site, b.ticket.as_str(), what);
            }
            Body::TicketCalled(b) => {
                let what = TicketEvent::Called(names.get(b.counter.as_str()));
                return self.ticket(event, &b.site, b.ticket.as_str(), what);
            }
            Body::TicketStarted(b) => {
                let what = TicketEvent::Started(names.get(b.counter.as_str()));
                return self.ticket(event, &b.site, b.ticket.as_str(), what);
            }
            Body::TicketFinished(b) => {
                let what = TicketEvent::Finished {
                    counter: b.counter.as_ref().map(|c| names.get(c.as_str())),
                    dossiers: b.dossiers.map(|n| n.0),
                };
                return self.ticket(event, &b.site, b.ticket.as_str(), what);
            }
            Body::TicketAbandoned(b) => {
                return self.ticket(event, &b.site, b.ticket.as_str(), TicketEvent::Abandoned);
            }
            Body::TicketTransferred(b) => {
                let what = TicketEvent::Transferred(names.get(b.service.as_str()));
                return self.ticket(event, &b.site, b.ticket.as_str(), what);
            }
            Body::SiteOpened(b) => site_of = Some(self.place(event, &b.site, PlaceEvent::Opened)),
            Body::SiteClosed(b) => site_of = Some(self.place(event, &b.site, PlaceEvent::Closed)),
            Body::SiteScheduled(b) => {
                let kind = b.kind.unwrap_or(ingest::event::types::SpanKind::Regular);
                let what = PlaceEvent::Scheduled {
                    from: b.from,
                    to: b.to,
                    kind,
                };
                site_of = Some(self.place(event, &b.site, what));
            }
            Body::SiteMoved(b) => {
                site_of = Some(self.place(event, &b.site, PlaceEvent::Moved(b.lon.0, b.lat.0)));
            }
            Body::CounterOpened(b) => {
                site_of = Some(self.counter(
                    event,
                    &b.site,
                    b.counter.as_str(),
                    CounterState::Open,
                    b.services.as_ref(),
                    b.performer,
                ));
            }
            Body::CounterResumed(b) => {
                site_of = Some(self.counter(
                    event,
                    &b.site,
                    b.counter.as_str(),
                    CounterState::Open,
                    b.services.as_ref(),
                    b.performer,
                ));
            }
            Body::CounterClosed(b) => {
                site_of = Some(self.counter(
                    event,
                    &b.site,
                    b.counter.as_str(),
                    CounterState::Closed,
                    b.services.as_ref(),
                    b.performer,
                ));
            }
            Body::CounterPaused(b) => {
                site_of = Some(self.counter(
                    event,
                    &b.site,
                    b.counter.as_str(),
                    CounterState::Paused,
                    b.services.as_ref(),
                    b.performer,
                ));
            }
            Body::QueueSnapshot(b) => {
                let (site, service) = (names.get(b.site.as_str()), names.get(b.service.as_str()));
                let board = Board {
                    waiting: b.waiting.0,
                    open_counters: b.open_counters.0,
                    serving: b.serving.as_ref().map(|s| names.get(&s.0)),
                    service_seconds: b.service_seconds.map(|s| s.0),
                };
                let place = self.places.entry(Name::clone(&site)).or_default();
                place
                    .boards
                    .entry(service)
                    .or_default()
                    .insert(arrived, event, names, board);
                place.last_event = place.last_event.max(Some(event.time));
                site_of = Some(site);
            }
            Body::DeviceHeartbeat(b) => {
                let (site, device) = (names.get(b.site.as_str()), names.get(b.device.as_str()));
                let place = self.places.entry(Name::clone(&site)).or_default();
                let last = place.devices.entry(device).or_insert((event.time, b.kind));
                if event.time >= last.0 {
                    // At one instant the kinds are ordered, so that neither arrival wins.
                    *last = (
                        event.time,
                        if event.time > last.0 {
                            b.kind
                        } else {
                            b.kind.max(last.1)
                        },
                    );
                }
                place.last_event = place.last_event.max(Some(event.time));
                site_of = Some(site);
            }
            Body::RatingGiven(b) => {
                let rating = Rating {
                    score: b.score.0,
                    channel: b.channel,
                    site: b.site.as_ref().map(|s| names.get(s.as_str())),
                    counter: b.counter.as_ref().map(|c| names.get(c.as_str())),
                };
                site_of.clone_from(&rating.site);
                self.ratings.insert(arrived, event, names, rating);
                if let Some(site) = &site_of {
                    self.heard(site, event.time);
                }
            }
            Body::NeedRegistered(b) => {
                let site = names.get(b.site.as_str());
                self.needs
                    .entry(Name::clone(&site))
                    .or_default()
                    .insert(arrived, event, names, b.for_day);
                self.heard(&site, event.time);
                site_of = Some(site);
            }
            Body::TaskReported(b) => {
                let report = TaskReport {
                    state: b.state,
                    due: b.due_at,
                    lead: b.lead.as_ref().map(|l| names.get(l.as_str())),
                };
                let task = names.get(b.task.as_str());
                self.tasks
                    .entry(task)
                    .or_default()
                    .insert(arrived, event, names, report);
            }
            Body::TrainingAttended(b) => {
                let key = (names.get(b.unit.as_str()), names.get(b.subject.as_str()));
                let report = TrainingReport {
                    count: b.count.0,
                    of: b.of.map(|n| n.0),
                };
                self.training
                    .entry(key)
                    .or_default()
                    .insert(arrived, event, names, report);
            }
            Body::IncidentReported(b) => {
                site_of = self.incident(event, b.incident.as_str(), true, b.site.as_ref());
            }
            Body::IncidentClosed(b) => {
                site_of = self.incident(event, b.incident.as_str(), false, b.site.as_ref());
            }
            Body::FeedbackReceived(b) => self.petition(
                event,
                b.feedback.as_str(),
                "received",
                b.site.as_ref(),
                b.agency.as_ref().map(ingest::event::Agency::as_str),
                b.field.as_ref(),
                b.about,
                b.due_at,
                b.satisfied,
            ),
            Body::FeedbackForwarded(b) => self.petition(
                event,
                b.feedback.as_str(),
                "forwarded",
                b.site.as_ref(),
                b.agency.as_ref().map(ingest::event::Agency::as_str),
                b.field.as_ref(),
                b.about,
                b.due_at,
                b.satisfied,
            ),
            Body::FeedbackExplained(b) => self.petition(
                event,
                b.feedback.as_str(),
                "explained",
                b.site.as_ref(),
                b.agency.as_ref().map(ingest::event::Agency::as_str),
                b.field.as_ref(),
                b.about,
                b.due_at,
                b.satisfied,
            ),
            Body::FeedbackAnswered(b) => self.petition(
                event,
                b.feedback.as_str(),
                "answered",
                b.site.as_ref(),
                b.agency.as_ref().map(ingest::event::Agency::as_str),
                b.field.as_ref(),
                b.about,
                b.due_at,
                b.satisfied,
            ),
            Body::FeedbackClosed(b) => self.petition(
                event,
                b.feedback.as_str(),
                "closed",
                b.site.as_ref(),
                b.agency.as_ref().map(ingest::event::Agency::as_str),
                b.field.as_ref(),
                b.about,
                b.due_at,
                b.satisfied,
            ),
            Body::DossierSubmitted(b) => {
                let filing = Filing {
                    procedure: names.get(b.procedure.as_str()),
                    field: names.get(b.field.as_str()),
                    site: names.get(b.site.as_str()),
                    agency: names.get(b.agency.as_str()),
                    channel: b.channel,
                    home_unit: b.home_unit.as_ref().map(|u| names.get(u.as_str())),
                };
                let site = Name::clone(&filing.site);
                self.dossier(
                    event,
                    b.dossier.as_str(),
                    DossierEvent::Submitted(Box::new(filing)),
                );
                self.heard(&site, event.time);
                site_of = Some(site);
            }
            Body::DossierAccepted(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Accepted(b.due_at));
            }
            Body::DossierRefused(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Refused);
            }
            Body::DossierWithdrawn(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Withdrawn);
            }
            Body::DossierStopped(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Stopped);
            }
            Body::SupplementRequested(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::SupplementRequested);
            }
            Body::DossierSupplemented(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Supplemented);
            }
            Body::DossierDigitised(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Digitised);
            }
            Body::DossierTransferred(b) => {
                let to = names.get(b.to_agency.as_str());
                self.dossier(event, b.dossier.as_str(), DossierEvent::Transferred(to));
            }
            Body::DossierTaken(b) => {
                let by = names.get(b.agency.as_str());
                self.dossier(event, b.dossier.as_str(), DossierEvent::Taken(by));
            }
            Body::DossierSuspended(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Suspended);
            }
            Body::DossierResumed(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Resumed);
            }
            Body::DossierExtended(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Extended(b.due_at));
            }
            Body::DossierResolved(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Resolved);
            }
            Body::DossierReturned(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Returned);
            }
            Body::DossierPaid(b) => {
                self.dossier(event, b.dossier.as_str(), DossierEvent::Paid);
            }
        }
        Touched {
            site: site_of,
            day: Some(event.time.day()),
        }
    }

    fn ticket(&mut self, event: &Event, site: &SiteId, ticket: &str, what: TicketEvent) -> Touched {
        let site = self.names.get(site.as_str());
        let day = event.time.day();
        let tickets = self
            .days
            .entry(day)
            .or_default()
            .entry(Name::clone(&site))
            .or_default();
        let entry = match tickets.get_mut(ticket) {
            Some(entry) => entry,
            None => tickets.entry(ticket.into()).or_default(),
        };
        entry
            .marks
            .insert(self.events, event, &mut self.names, what);
        self.heard(&site, event.time);
        Touched {
            site: Some(site),
            day: Some(day),
        }
    }

    /// Folds a step in; answers the day of the dossier's first event before and after.
    fn dossier(&mut self, event: &Event, dossier: &str, what: DossierEvent) {
        let entry = match self.dossiers.get_mut(dossier) {
            Some(entry) => entry,
            None => self.dossiers.entry(dossier.into()).or_default(),
        };
        entry
            .marks
            .insert(self.events, event, &mut self.names, what);
    }

    fn heard(&mut self, site: &Name, time: EventTime) {
        let place = match self.places.get_mut(site) {
            Some(place) => place,
            None => self.places.entry(Name::clone(site)).or_default(),
        };
        place.last_event = place.last_event.max(Some(time));
    }

    fn place(&mut self, event: &Event, site: &SiteId, what: PlaceEvent) -> Name {
        let site = self.names.get(site.as_str());
        let place = self.places.entry(Name::clone(&site)).or_default();
        place
            .marks
            .insert(self.events, event, &mut self.names, what);
        place.last_event = place.last_event.max(Some(event.time));
        site
    }

    fn counter(
        &mut self,
        event: &Event,
        site: &SiteId,
        counter: &str,
        state: CounterState,
        services: Option<&Texts>,
        performer: Option<ingest::event::types::Performer>,
    ) -> Name {
        let arrived = self.events;
        let names = &mut self.names;
        let (site, counter) = (names.get(site.as_str()), names.get(counter));
        let services = services.map(|list| list.0.iter().map(|t| names.get(t.as_str())).collect());
        let place = self.places.entry(Name::clone(&site)).or_default();
        let what = CounterEvent {
            state,
            services,
            performer,
        };
        place
            .counters
            .entry(counter)
            .or_default()
            .insert(arrived, event, names, what);
        place.last_event = place.last_event.max(Some(event.time));
        site
    }

    fn incident(
        &mut self,
        event: &Event,
        incident: &str,
        open: bool,
        site: Option<&SiteId>,
    ) -> Option<Name> {
        let site = site.map(|s| self.names.get(s.as_str()));
        let incident = self.names.get(incident);
        let what = (open, site.clone());
        self.incidents.entry(incident).or_default().insert(
            self.events,
            event,
            &mut self.names,
            what,
        );
        site
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the five petition types share these fields and nothing else"
    )]
    fn petition(
        &mut self,
        event: &Event,
        petition: &str,
        step: &'static str,
        site: Option<&SiteId>,
        agency: Option<&str>,
        field: Option<&Text>,
        about: Option<About>,
        due: Option<EventTime>,
        satisfied: Option<bool>,
    ) {
        let arrived = self.events;
        let names = &mut self.names;
        let what = PetitionEvent {
            step,
            site: site.map(|s| names.get(s.as_str())),
            agency: agency.map(|a| names.get(a)),
            field: field.map(|f| names.get(f.as_str())),
            about,
            due,
            satisfied,
        };
        let petition = names.get(petition);
        self.petitions
            .entry(petition)
            .or_default()
            .insert(arrived, event, names, what);
    }

    /// The visits of a day at a site, in no particular order.
    pub fn visits_of<'a>(&'a self, day: Day, site: &'a Name) -> impl Iterator<Item = Visit> + 'a {
        self.days
            .get(&day)
            .and_then(|sites| sites.get(site))
            .into_iter()
            .flatten()
            .map(move |(ticket, entry)| entry.visit(site, day, ticket))
    }

    /// All visits whose service day touches `[from, to)`, in order of day and site.
    pub fn visits_between(
        &self,
        from: EventTime,
        to: EventTime,
    ) -> impl Iterator<Item = Visit> + '_ {
        self.days
            .range(from.day()..=to.day())
            .flat_map(|(day, sites)| {
                sites.iter().flat_map(move |(site, tickets)| {
                    tickets
                        .iter()
                        .map(move |(ticket, entry)| entry.visit(site, *day, ticket))
                })
            })
    }
}
