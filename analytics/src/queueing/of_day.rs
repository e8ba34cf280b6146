//! A point's day as the live state holds it ([`SiteDay`]), as the record that forecasts are made of ([`DayRecord`]).
//!
//! Visits are those that the live views show ([`crate::live::visit`]): the same waits, the same starts that a call stands in for. A ticket
//! is *called away* from the queue at its call, as in [`crate::alerts`]: only what is known at an instant may count for it. So of those who wait
//! by the live views, these wait who have not been called ([`crate::view::waiting`]; tested). A visit without a number takes a counter
//! and is no arrival. Who is never called is lost sight of when the point closes for the last time, or after four hours.
//!
//! Counters are open as their own events of the day say. Of a day that is over, one that never said it closed is taken as open until the
//! point closed, or until it last did something. Boards tell of the queue where there are no tickets, as in the live views, and
//! visits are read off them ([`super::board`]).
//!
//! Services are numbered by [`Numbers`], which the owner of a point's forecaster keeps; purposes by the contract's order; counters by
//! their names, within the day.
//!
//! Invariant: the record is a function of the set of the day's events and of the numbers: neither order nor repetition of events matters.

use std::collections::{BTreeMap, BTreeSet};

use ingest::event::EventTime;
use ingest::event::time::Day;
use ingest::event::types::{Priority, Purpose};
use serde::{Deserialize, Serialize};

use super::board::{self, Shown};
use super::moment::Us;
use super::record::{ALL_SERVICES, DayRecord, OpenSpan, Reading, Visit};
use crate::figures::boards::HOLD_S;
use crate::live::place::PlaceEvent;
use crate::live::site_day::{Board, CounterState, SiteDay};
use crate::live::visit::{self, End, Leg, TicketEvent};
use crate::names::Name;
use crate::view::PLAUSIBLE_S;

/// The number of every service beyond those that have their own.
const OTHERS: u8 = 63;
/// A board's reading holds for so long.
const HOLD: Us = HOLD_S * 1_000_000;

/// The numbers of the services that people asked for at a point. A number never changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    services: Vec<Name>,
}

impl Numbers {
    /// Numbers what a day has and none had before, in order of name.
    pub fn take(&mut self, day: &SiteDay) {
        let mut new: BTreeSet<&Name> = BTreeSet::new();
        for ticket in day.tickets.values() {
            for mark in ticket.marks.all() {
                let (TicketEvent::Issued { service, .. } | TicketEvent::Transferred(service)) =
                    &mark.what
                else {
                    continue;
                };
                new.insert(service);
            }
        }
        if day.tickets.is_empty() {
            new.extend(day.boards.keys());
        }
        let new = new.into_iter().filter(|name| !self.services.contains(name));
        let new: Vec<Name> = new.cloned().collect();
        let room = usize::from(OTHERS).saturating_sub(self.services.len());
        self.services.extend(new.into_iter().take(room));
    }

    fn of(&self, service: &Name) -> u8 {
        let known = self.services.iter().position(|name| name == service);
        known.map_or(OTHERS, |number| number as u8)
    }

    fn mask(&self, services: &[Name]) -> u64 {
        if services.is_empty() {
            return ALL_SERVICES;
        }
        let bits = services.iter().map(|name| 1_u64 << self.of(name));
        bits.fold(0, |all, bit| all | bit)
    }
}

/// The record of a point's day. Of a day that goes on, what is open stays open.
pub fn record(day: Day, day_of_site: &SiteDay, numbers: &Numbers, is_over: bool) -> DayRecord {
    let it = Reader {
        day,
        it: day_of_site,
        numbers,
        counters: counters(day_of_site),
        closed: last_closing(day_of_site),
    };
    let mut record = DayRecord {
        day: day.0,
        visits: it.visits(),
        spans: Vec::new(),
        readings: Vec::new(),
    };
    record.spans = it.spans(&record.visits, is_over);
    if day_of_site.tickets.is_empty() && !day_of_site.boards.is_empty() {
        record.readings = it.readings(is_over);
        record.visits = it.visits_of_boards();
    }
    record
}

/// The day's counters in order of name; their numbers begin with 1.
fn counters(day: &SiteDay) -> BTreeMap<&Name, u16> {
    let mut names: BTreeSet<&Name> = day.counters.keys().collect();
    for mark in day.tickets.values().flat_map(|t| t.marks.all()) {
        match &mark.what {
            TicketEvent::Called(counter) | TicketEvent::Started(counter) => {
                names.insert(counter);
            }
            _ => {}
        }
    }
    names.into_iter().zip(1..=u16::MAX).collect()
}

/// When the point closed, where that is the last it said of its door that day.
fn last_closing(day: &SiteDay) -> Option<Us> {
    let said = |what: &PlaceEvent| matches!(what, PlaceEvent::Opened | PlaceEvent::Closed);
    let last = day.doors.all().iter().rfind(|m| said(&m.what))?;
    (last.what == PlaceEvent::Closed).then_some(last.time.0)
}

struct Reader<'a> {
    day: Day,
    it: &'a SiteDay,
    numbers: &'a Numbers,
    counters: BTreeMap<&'a Name, u16>,
    closed: Option<Us>,
}

impl Reader<'_> {
    /// A visit's turns, in order of when they began to wait; of those at one instant, in order of ticket.
    fn visits(&self) -> Vec<Visit> {
        let nowhere = Name::from("");
        let mut turns = Vec::with_capacity(self.it.tickets.len());
        for (ticket, events) in &self.it.tickets {
            let visit = events.visit(&nowhere, self.day, ticket);
            for index in 0..visit.legs.len() {
                turns.extend(self.turn(&visit, index).map(|turn| (turn, ticket, index)));
            }
        }
        turns.sort_by(|a, b| (a.0.issued, a.1, a.2).cmp(&(b.0.issued, b.1, b.2)));
        turns.into_iter().map(|(turn, ..)| turn).collect()
    }

    /// A leg of a visit; `None` where nothing is known of when it was.
    fn turn(&self, visit: &visit::Visit, index: usize) -> Option<Visit> {
        let leg: &Leg = &visit.legs[index];
        let us = |time: Option<EventTime>| time.map(|t| t.0);
        let next = visit.legs.get(index + 1);
        let has_number = visit.issued.is_some();
        let issued = if has_number {
            leg.waiting_since?
        } else {
            leg.called.or(leg.started)?
        };
        let (priority, purpose) = if index == 0 {
            (rank(visit.priority), visit.purpose.map_or(0, number))
        } else {
            (1, 0)
        };
        let counter = leg
            .counter
            .as_ref()
            .and_then(|name| self.counters.get(name));
        let mut turn = Visit {
            issued: issued.0,
            called: us(leg.called),
            started: us(leg.started),
            // Who is sent on has finished here.
            finished: us(leg.finished.or(next.and_then(|n| n.waiting_since))),
            service: leg
                .service
                .as_ref()
                .map_or(OTHERS, |name| self.numbers.of(name)),
            purpose,
            rank: priority,
            counter: counter.copied().unwrap_or(0),
            again: index > 0 || !has_number,
            approximate: leg.approximate,
            ..Visit::default()
        };
        if turn.started.is_none() {
            // Finished without a call or a start: it was no wait, and nobody knows of what length.
            turn.lost = turn.finished.take();
        }
        if let (Some((at, End::Abandoned)), None) = (visit.end, next) {
            turn.abandoned = Some(at.0).filter(|at| turn.started.is_none_or(|start| *at > start));
        }
        if turn.called.is_none() && turn.started.is_none() && turn.lost.is_none() {
            self.lose_sight(&mut turn);
        }
        Some(turn)
    }

    /// Of one who was never called: when it is no longer believed to wait.
    fn lose_sight(&self, turn: &mut Visit) {
        let shut = self.closed.filter(|at| *at >= turn.issued);
        let implausible = turn.issued + PLAUSIBLE_S * 1_000_000 + 1;
        let lost = shut.unwrap_or(implausible).min(implausible);
        if turn.abandoned.is_none_or(|left| left > lost) {
            (turn.lost, turn.abandoned) = (Some(lost), None);
        }
    }

    fn spans(&self, visits: &[Visit], is_over: bool) -> Vec<OpenSpan> {
        let mut spans = Vec::new();
        for (name, marks) in &self.it.counters {
            let counter = self.counters.get(name).copied().unwrap_or(0);
            let mut serves = ALL_SERVICES;
            let mut open: Option<OpenSpan> = None;
            for mark in marks.all() {
                let at = mark.time.0;
                let serves_now = mark.what.services.as_deref();
                serves = serves_now.map_or(serves, |list| self.numbers.mask(list));
                let goes_on = mark.what.state == CounterState::Open;
                if let Some(span) = open.take_if(|span| !goes_on || span.serves != serves) {
                    spans.push(OpenSpan { to: at, ..span });
                }
                if goes_on && open.is_none() {
                    open = Some(OpenSpan {
                        counter,
                        from: at,
                        to: Us::MAX,
                        serves,
                    });
                }
            }
            if let Some(mut span) = open {
                if is_over {
                    span.to = self.last_sign(&span, visits);
                }
                spans.push(span);
            }
        }
        spans
    }

    /// Until when a counter was open that did not say so.
    fn last_sign(&self, span: &OpenSpan, visits: &[Visit]) -> Us {
        if let Some(closed) = self.closed.filter(|at| *at >= span.from) {
            return closed;
        }
        let at_it = visits.iter().filter(|v| v.counter == span.counter);
        let acts = at_it.flat_map(|v| [v.called, v.started, v.finished]);
        acts.flatten().max().unwrap_or(span.from).max(span.from)
    }

    /// What all boards together said, whenever one of them said something or ceased to hold.
    fn readings(&self, is_over: bool) -> Vec<Reading> {
        let mut said: Vec<(Us, &Name, Option<&Board>)> = Vec::new();
        for (service, marks) in &self.it.boards {
            let marks = marks.all();
            for (index, mark) in marks.iter().enumerate() {
                // Of several at one instant the last in precedence counts.
                let next = marks.get(index + 1).map(|m| m.time);
                if next == Some(mark.time) {
                    continue;
                }
                said.push((mark.time.0, service, Some(&mark.what)));
                let ends = mark.time.0 + HOLD;
                if next.is_none_or(|next| next.0 > ends) {
                    said.push((ends, service, None));
                }
            }
        }
        said.sort_by_key(|(at, service, board)| (*at, *service, board.is_some()));
        let mut boards: BTreeMap<&Name, &Board> = BTreeMap::new();
        let mut readings = Vec::new();
        for together in said.chunk_by(|a, b| a.0 == b.0) {
            for (_, service, board) in together {
                match board {
                    Some(board) => boards.insert(service, board),
                    None => boards.remove(service),
                };
            }
            // When all are silent the last word stands, and nobody believes it for long (`DayRecord::is_known_at`).
            if !boards.is_empty() {
                readings.push(summed(together[0].0, &boards));
            }
        }
        if is_over && let Some(last) = readings.last() {
            // The night is no queue that stays.
            let ends = last.at + HOLD;
            readings.push(Reading {
                at: ends,
                waiting: 0,
                open: 0,
                service_seconds: None,
            });
        }
        readings
    }

    fn visits_of_boards(&self) -> Vec<Visit> {
        let mut visits = Vec::new();
        for (service, marks) in &self.it.boards {
            let rows = marks.all().iter().map(|mark| Shown {
                at: mark.time.0,
                number: mark
                    .what
                    .serving
                    .as_ref()
                    .and_then(|text| trailing_number(text)),
                waiting: mark.what.waiting,
            });
            let rows: Vec<Shown> = rows.collect();
            visits.extend(board::visits(&rows, self.numbers.of(service)));
        }
        visits.sort_by_key(|v| v.issued);
        visits
    }
}

fn summed(at: Us, boards: &BTreeMap<&Name, &Board>) -> Reading {
    let sum = |of: fn(&Board) -> u32| {
        boards
            .values()
            .fold(0_u32, |sum, b| sum.saturating_add(of(b)))
    };
    let seconds: Vec<f64> = boards.values().filter_map(|b| b.service_seconds).collect();
    let mean = seconds.iter().sum::<f64>() / seconds.len().max(1) as f64;
    Reading {
        at,
        waiting: sum(|b| b.waiting),
        open: sum(|b| b.open_counters),
        service_seconds: (mean >= 1.0).then_some(mean.min(86_400.0).round() as u32),
    }
}

/// The digits at a text's end, such as those of `A012`.
fn trailing_number(text: &str) -> Option<u32> {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    text[text.len() - digits..].parse().ok()
}

fn rank(priority: Priority) -> u8 {
    match priority {
        Priority::Vulnerable => 0,
        Priority::Appointment => 1,
        Priority::Normal => 2,
    }
}

/// A purpose's number; 0 is kept for one that is not known.
fn number(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Submit => 1,
        Purpose::Collect => 2,
        Purpose::SelfService => 3,
        Purpose::Pay => 4,
        Purpose::Other => 5,
    }
}
