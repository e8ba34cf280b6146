//! One day of one site's queue: people come, wait, are called, served, sent on, or leave.
//!
//! A discrete-event simulation of `c` counters with three queues (vulnerable people, appointments,
//! others), so that waits emerge from load, staffing, opening and lunch instead of being drawn.
//! Invariants: nobody starts before being issued a number; a counter serves one person at a time
//! and only inside its sessions (what it has begun it finishes); the same stream of draws gives the
//! same day.

use super::chance::{Chance, ln};
use super::clock::{self, Day, HOUR, MINUTE, Millis, SECOND};
use super::disturbed::{Disturbed, Notes};
use super::event::{Body, Event, Ticket};
use super::profile::Site;
use super::services::{PURPOSES, SERVICES};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// A filing visit that was served: what it leaves to the one-stop desk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filed {
    pub(crate) started: Millis,
    pub(crate) finished: Millis,
    pub(crate) service: u8,
    pub(crate) dossiers: u8,
    pub(crate) performer: u8,
    pub(crate) applicant: u64,
}

/// Whoever has a number at closing is still served for this long.
pub(crate) const OVERTIME: Millis = 40 * MINUTE;

pub(crate) struct Visit {
    pub(crate) arrived: Millis,
    /// Since when it stands in the present queue.
    pub(crate) since: Millis,
    pub(crate) service: u8,
    pub(crate) purpose: u8,
    pub(crate) priority: u8,
    pub(crate) appointment: Option<Millis>,
    pub(crate) ticket: Ticket,
    /// How long it bears to wait.
    pub(crate) patience: Millis,
    /// Says so at the machine when it leaves, instead of being missed when called.
    pub(crate) gives_back: bool,
    pub(crate) walk_in: bool,
    pub(crate) dossiers: u8,
    pub(crate) applicant: u64,
    pub(crate) served_before: bool,
    pub(crate) moved: bool,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Moment {
    Arrives(usize),
    Returns(usize),
    Lunch(usize),
    Free(usize),
    /// A counter closes without announcement.
    Shuts(usize),
}

/// A day as all sites see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Today {
    pub(crate) day: Day,
    /// Multiplies the mean day's visits.
    pub(crate) load: f64,
    /// The morning alone is worked.
    pub(crate) half: bool,
}

/// The simulation of a site's day.
pub(crate) struct SiteDay<'a> {
    pub(crate) site: &'a Site,
    pub(crate) index: u16,
    pub(crate) day: Day,
    pub(crate) chance: Chance,
    pub(crate) visits: Vec<Visit>,
    pub(crate) queues: [VecDeque<usize>; 3],
    pub(crate) idle: Vec<bool>,
    pub(crate) busy_until: Vec<Millis>,
    pub(crate) moments: BinaryHeap<Reverse<(Millis, Moment)>>,
    /// Sessions of each counter, as instants, and whether its break is still to come.
    pub(crate) sessions: Vec<[(Millis, Millis); 2]>,
    pub(crate) break_at: Vec<Option<Millis>>,
    pub(crate) last_leaves: Millis,
    pub(crate) out: Vec<Event>,
    pub(crate) filed: Vec<Filed>,
    /// What is not as on other days; none on an ordinary one.
    pub(crate) disturbed: Option<Disturbed>,
    pub(crate) notes: Notes,
}

/// What a day at the counters left.
pub(crate) struct DayAtCounters {
    pub(crate) events: Vec<Event>,
    pub(crate) filed: Vec<Filed>,
    pub(crate) notes: Notes,
}

/// Plays one day.
pub(crate) fn play(
    site: &Site,
    index: u16,
    today: Today,
    chance: Chance,
    disturbed: Option<Disturbed>,
) -> DayAtCounters {
    let Today { day, load, half } = today;
    let counters = site.counters.len();
    let mut play = SiteDay {
        site,
        index,
        day,
        chance,
        visits: Vec::new(),
        queues: Default::default(),
        idle: vec![false; counters],
        busy_until: vec![0; counters],
        moments: BinaryHeap::new(),
        sessions: Vec::with_capacity(counters),
        break_at: Vec::with_capacity(counters),
        last_leaves: 0,
        out: Vec::new(),
        filed: Vec::new(),
        disturbed,
        notes: Notes::default(),
    };
    let opens = play.open(half);
    play.arrivals(load, half, opens);
    while let Some(Reverse((now, moment))) = play.moments.pop() {
        match moment {
            Moment::Arrives(visit) | Moment::Returns(visit) => play.join(visit),
            Moment::Free(counter) => play.becomes_free(counter, now),
            Moment::Lunch(counter) => play.idle_lunch(counter, now),
            Moment::Shuts(counter) => play.idle_shuts(counter, now),
        }
        play.dispatch(now);
    }
    play.close(half);
    DayAtCounters {
        events: play.out,
        filed: play.filed,
        notes: play.notes,
    }
}

impl SiteDay<'_> {
    pub(crate) fn push(&mut self, at: Millis, body: Body) {
        self.out.push(Event {
            at,
            site: self.index,
            number: 0,
            body,
        });
    }

    pub(crate) fn instant(&self, of_day: Millis) -> Millis {
        clock::at(self.day, of_day)
    }

    fn join(&mut self, index: usize) {
        let visit = &self.visits[index];
        let queue = match (visit.priority, visit.moved) {
            (2, _) => 0,
            // One who was sent on goes before those who never were served.
            (_, true) | (1, _) => 1,
            _ => 2,
        };
        self.queues[queue].push_back(index);
    }

    fn session(&self, counter: usize, now: Millis) -> Option<usize> {
        self.sessions[counter]
            .iter()
            .position(|(from, to)| *from <= now && now < *to)
    }

    fn becomes_free(&mut self, counter: usize, now: Millis) {
        if let Some(until) = self.shut_until(counter, now) {
            self.shut(counter, now, until);
            return;
        }
        if self.session(counter, now).is_some() {
            if self.break_at[counter].is_some_and(|at| at <= now) {
                self.break_at[counter] = None;
                let back = now + (self.chance.between(6.0, 14.0) * MINUTE as f64) as Millis;
                if self.session(counter, back).is_some() {
                    self.push(
                        now,
                        Body::CounterPaused {
                            counter: counter as u8,
                        },
                    );
                    self.push(
                        back,
                        Body::CounterResumed {
                            counter: counter as u8,
                        },
                    );
                    self.moments.push(Reverse((back, Moment::Free(counter))));
                    return;
                }
            }
            self.idle[counter] = true;
            return;
        }
        let [_, (back, end)] = self.sessions[counter];
        if now < back && back < end {
            self.pause_for_lunch(counter, now, back);
        }
        // Past its last session: `close` tells of it.
    }

    /// Gives waiting people to idle counters, in the order of the queues.
    fn dispatch(&mut self, now: Millis) {
        for counter in 0..self.idle.len() {
            if !self.idle[counter] || self.session(counter, now).is_none() {
                continue;
            }
            if let Some(visit) = self.next_for(counter, now) {
                self.idle[counter] = false;
                self.serve(counter, visit, now);
            }
        }
    }

    fn next_for(&mut self, counter: usize, now: Millis) -> Option<usize> {
        let set = self.site.counters[counter].services;
        for queue in 0..self.queues.len() {
            let mut at = 0;
            while at < self.queues[queue].len() {
                let index = self.queues[queue][at];
                let visit = &self.visits[index];
                let leaves = visit.since + visit.patience;
                if visit.gives_back && !visit.served_before && !visit.walk_in && leaves < now {
                    let ticket = visit.ticket;
                    self.queues[queue].remove(at);
                    self.push(leaves, Body::Abandoned { ticket });
                    continue;
                }
                // An appointment is kept from ten minutes before its time.
                let early = visit
                    .appointment
                    .is_some_and(|time| now + 10 * MINUTE < time)
                    && queue == 1;
                if set & (1 << visit.service) != 0 && !early {
                    self.queues[queue].remove(at);
                    return Some(index);
                }
                at += 1;
            }
        }
        // Nobody in turn: one with an appointment may come earlier rather than the counter stand idle.
        let at = self.queues[1]
            .iter()
            .position(|index| set & (1 << self.visits[*index].service) != 0)?;
        self.queues[1].remove(at)
    }

    fn serve(&mut self, counter: usize, index: usize, now: Millis) {
        let seconds = |value: f64| (value * SECOND as f64) as Millis;
        let visit = &self.visits[index];
        let (ticket, service, purpose, priority) =
            (visit.ticket, visit.service, visit.purpose, visit.priority);
        let gone = !visit.served_before && !visit.walk_in && now - visit.since > visit.patience;
        let (walk_in, dossiers, moved) = (visit.walk_in, visit.dossiers, visit.moved);
        let number = counter as u8;
        let called = now + seconds(self.chance.between(1.0, 5.0));
        if !walk_in {
            self.push(
                called,
                Body::Called {
                    ticket,
                    counter: number,
                },
            );
        }
        if gone || (!walk_in && self.chance.happens(0.004)) {
            let again = called + seconds(self.chance.between(40.0, 75.0));
            if self.chance.happens(0.7) {
                self.push(
                    again,
                    Body::Called {
                        ticket,
                        counter: number,
                    },
                );
            }
            let given_up = again + seconds(self.chance.between(40.0, 90.0));
            self.push(given_up, Body::Abandoned { ticket });
            self.free_at(counter, given_up + seconds(2.0));
            return;
        }
        let mut walk = self.chance.between(6.0, 35.0) * if priority == 2 { 1.8 } else { 1.0 };
        if !walk_in && self.chance.happens(0.05) {
            let again = called + seconds(self.chance.between(35.0, 60.0));
            self.push(
                again,
                Body::Called {
                    ticket,
                    counter: number,
                },
            );
            walk += 60.0;
        }
        let started = called + seconds(walk);

        // Sent to another service: mostly once the talk has begun, rarely already at the call.
        if !moved && !walk_in {
            let at_call = self.chance.happens(0.003);
            if at_call || self.chance.happens(0.012) {
                let other = self.other_service(service);
                let mut leaves = started;
                if !at_call {
                    if self.site.tells_start {
                        self.push(
                            started,
                            Body::Started {
                                ticket,
                                counter: number,
                            },
                        );
                    }
                    leaves += seconds(self.chance.between(60.0, 240.0));
                }
                self.push(
                    leaves,
                    Body::MovedOn {
                        ticket,
                        counter: number,
                        service: other,
                    },
                );
                let visit = &mut self.visits[index];
                visit.service = other;
                visit.moved = true;
                visit.served_before = !at_call;
                visit.since = leaves;
                self.moments.push(Reverse((leaves, Moment::Returns(index))));
                self.free_at(counter, leaves + seconds(8.0));
                return;
            }
        }

        let (mean, sigma) = match PURPOSES[usize::from(purpose)].2 {
            minutes if minutes > 0.0 => (minutes, 0.5),
            _ => SERVICES[usize::from(service)].minutes,
        };
        let extra = 1.0 + 0.5 * f64::from(dossiers.saturating_sub(1));
        let minutes = self.chance.lognormal(mean * extra, sigma).clamp(0.5, 110.0);
        let finished = started + (minutes * MINUTE as f64) as Millis;
        if self.site.tells_start || walk_in {
            self.push(
                started,
                Body::Started {
                    ticket,
                    counter: number,
                },
            );
        }
        if !self.chance.happens(0.012) {
            self.push(
                finished,
                Body::Finished {
                    ticket,
                    counter: number,
                    dossiers,
                },
            );
            self.rate(counter, ticket, finished, now - self.visits[index].arrived);
        }
        if dossiers > 0 {
            let performer = self.site.counters[counter].performer;
            let applicant = self.visits[index].applicant;
            self.filed.push(Filed {
                started,
                finished,
                service,
                dossiers,
                performer,
                applicant,
            });
        }
        let gap = self.chance.between(4.0, 35.0);
        self.free_at(counter, finished + seconds(gap));
    }

    fn free_at(&mut self, counter: usize, at: Millis) {
        self.busy_until[counter] = at;
        self.last_leaves = self.last_leaves.max(at);
        self.moments.push(Reverse((at, Moment::Free(counter))));
    }

    fn other_service(&mut self, service: u8) -> u8 {
        let step = 1 + self.chance.below(SERVICES.len() - 1);
        ((usize::from(service) + step) % SERVICES.len()) as u8
    }

    /// Some rate, more where a device stands; a long wait costs marks.
    fn rate(&mut self, counter: usize, ticket: Ticket, finished: Millis, wait: Millis) {
        let response = if self.site.rating_device { 0.20 } else { 0.045 };
        if !self.chance.happens(response) {
            return;
        }
        let channel = match (self.site.rating_device, self.chance.unit()) {
            (true, draw) if draw < 0.72 => 0,
            (true, draw) if draw < 0.86 => 1,
            _ => 2,
        };
        let hours = wait as f64 / HOUR as f64;
        let poor = (0.012 + 0.05 * hours).min(0.3);
        let score = match self.chance.unit() {
            draw if draw < poor * 0.4 => 1,
            draw if draw < poor => 2,
            draw if draw < poor * 2.2 => 3,
            draw if draw < poor * 2.2 + 0.27 => 4,
            _ => 5,
        };
        let at = finished + (-ln(1.0 - self.chance.unit() * 0.95) * 20.0 * SECOND as f64) as Millis;
        let named = (channel != 2 || self.chance.happens(0.5)).then_some(ticket);
        self.push(
            at,
            Body::Rating {
                score,
                channel,
                counter: counter as u8,
                ticket: named,
            },
        );
    }
}
