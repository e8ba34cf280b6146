//! A point's signals, swept over its day: happenings go in in order, readings come out at instants in between.
//!
//! Only what has happened by an instant counts for its readings. That is why a ticket is *called away* from the queue at
//! its call, not at the start that may follow: machines that send no *started* would otherwise show people as waiting
//! who are being served (domain rules §6.4). The live views, which show the contract's wait, differ from it by the
//! minute between a call and the start.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use compact_str::CompactString;
use ingest::event::EventTime;
use ingest::event::types::{Priority, SpanKind};

use super::happening::{Happening, What};
use super::signal::{Reading, Signal};
use crate::calendar::Calendar;
use crate::figures::boards::HOLD_S;
use crate::figures::stats::wilson;
use crate::live::site_day::CounterState;
use crate::names::Name;

/// The longest wait that is believed, seconds (domain rules §6.13).
const PLAUSIBLE_S: i64 = 4 * 3600;
/// The longest transaction that is believed, seconds (domain rules §6.13).
const PLAUSIBLE_WORK_S: f64 = 2.0 * 3600.0;
/// A counter without anybody is idle after so many seconds.
const IDLE_S: i64 = 120;
/// An appointment may wait so many seconds past its time before it is passed over.
const GRACE_S: i64 = 300;
/// Of fewer people a multiple says nothing.
const FEW: usize = 5;
/// Counters that were open so many seconds ago may still be expected.
const LATELY_S: i64 = 2 * 3_600;
/// A device that has not been heard for so many of its gaps is not waited for.
const ALIVE: f64 = 2.5;
/// Silence that is usual at a point without devices, seconds.
const QUIET_S: f64 = 13.0 * 60.0;

#[derive(Debug, Clone)]
struct Ticket {
    service: Name,
    priority: Priority,
    appointment: Option<EventTime>,
    issued: Option<EventTime>,
    /// The first call, while nothing has begun.
    called: Option<EventTime>,
    begun: bool,
    passed: u32,
}

#[derive(Debug, Clone)]
struct Counter {
    state: CounterState,
    services: Vec<Name>,
    /// The ticket that it is with, and since when by a *started*.
    with: Option<(CompactString, Option<EventTime>)>,
    free_since: EventTime,
}

/// The last signs of life of a point's devices at an instant, in whole minutes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Devices {
    /// Each with its last sign and its usual gap, seconds.
    pub(super) all: Vec<(Name, EventTime, f64)>,
}

/// The day so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Sweep {
    tickets: HashMap<CompactString, Ticket>,
    /// Who waits to be called, by the begin of the wait.
    waiting: BTreeSet<(EventTime, CompactString)>,
    counters: BTreeMap<Name, Counter>,
    /// When each first began being served, in order, with the sum of waits up to it.
    begun: Vec<(EventTime, f64)>,
    arrived: Vec<EventTime>,
    left: Vec<EventTime>,
    last_call: Option<EventTime>,
    boards: BTreeMap<Name, (EventTime, u32, u32, Option<f64>)>,
    ratings: (u64, u64),
    by_applicant: HashMap<u64, u32>,
    most_of_one: u32,
    said: Option<(EventTime, bool)>,
    spans: Vec<(EventTime, EventTime, SpanKind)>,
    /// It says when it opens: where it never did, nothing is made of its silence on that.
    tells_doors: bool,
    last_heard: Option<EventTime>,
    /// Open at the last instant that was read, since.
    open_since: Option<EventTime>,
    /// Shut since, where it was open earlier in the day.
    shut_since: Option<EventTime>,
    /// When it was shut between two openings, in order.
    breaks: Vec<(EventTime, EventTime)>,
    /// When it first opened.
    opened: Option<EventTime>,
    /// The same of the day's service, noon included.
    day_since: Option<EventTime>,
    /// When people came yesterday, in order.
    yesterday: Arc<[EventTime]>,
    /// Open counters at the instants of the last hours, while the point was open.
    open_lately: VecDeque<(EventTime, u32)>,
}

/// What a point is read against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) at: EventTime,
    pub(super) calendar: &'a Calendar,
    pub(super) devices: &'a Devices,
}

impl Sweep {
    /// Of a day with what was published for it before.
    pub(super) fn new(
        published: impl Iterator<Item = (EventTime, EventTime, SpanKind)>,
        tells_doors: bool,
        yesterday: Arc<[EventTime]>,
    ) -> Self {
        Self {
            tells_doors,
            yesterday,
            spans: published.collect(),
            ..Self::default()
        }
    }

    /// Takes what happened next.
    pub(super) fn take(&mut self, happening: &Happening) {
        let at = happening.at;
        self.last_heard = self.last_heard.max(Some(at));
        match &happening.what {
            What::Issued {
                ticket,
                service,
                priority,
                appointment,
                applicant,
            } => {
                let known = self.ticket(ticket, service);
                known.service = service.clone();
                known.priority = *priority;
                known.appointment = *appointment;
                let is_first = known.issued.is_none();
                let begins = is_first && !known.begun && known.called.is_none();
                known.issued = Some(at);
                if let (Some(applicant), true) = (applicant, is_first) {
                    let tickets = self.by_applicant.entry(*applicant).or_default();
                    *tickets += 1;
                    self.most_of_one = self.most_of_one.max(*tickets);
                }
                if begins {
                    self.waiting.insert((at, ticket.clone()));
                    self.arrived.push(at);
                }
            }
            What::Called(ticket, counter) => self.called(at, ticket, counter),
            What::Started(ticket, counter) => self.started(at, ticket, counter),
            What::Finished(ticket, counter) => self.finished(at, ticket, counter.as_ref()),
            What::Abandoned(ticket) => {
                if self.leaves_queue(ticket) {
                    self.left.push(at);
                }
                self.free(at, ticket);
            }
            What::Transferred(ticket, service) => {
                self.free(at, ticket);
                if let Some(known) = self.tickets.get_mut(ticket) {
                    known.service = service.clone();
                    let was_called = known.called.take().is_some();
                    let since = if known.begun || was_called {
                        at
                    } else {
                        known.issued.unwrap_or(at)
                    };
                    self.leaves_queue(ticket);
                    self.waiting.insert((since, ticket.clone()));
                }
            }
            What::Counter(counter, state, services) => {
                let known = self.counter(at, counter);
                if known.state != *state {
                    known.state = *state;
                    known.free_since = at;
                }
                if let Some(services) = services {
                    known.services.clone_from(services);
                }
            }
            What::Board {
                service,
                waiting,
                open,
                service_s,
            } => {
                self.boards
                    .insert(service.clone(), (at, *waiting, *open, *service_s));
            }
            What::Rated(score) => {
                self.ratings.0 += 1;
                self.ratings.1 += u64::from(*score >= 4);
            }
            What::Opened => self.said = Some((at, true)),
            What::Closed => {
                self.said = Some((at, false));
                // Who is left in the machine is not in the room.
                self.waiting.clear();
            }
            What::Scheduled(from, to, kind) => self.spans.push((*from, *to, *kind)),
            What::Heard => {}
        }
    }

    fn ticket(&mut self, ticket: &CompactString, service: &Name) -> &mut Ticket {
        self.tickets
            .entry(ticket.clone())
            .or_insert_with(|| Ticket {
                service: service.clone(),
                priority: Priority::Normal,
                appointment: None,
                issued: None,
                called: None,
                begun: false,
                passed: 0,
            })
    }

    fn counter(&mut self, at: EventTime, counter: &Name) -> &mut Counter {
        self.counters
            .entry(counter.clone())
            .or_insert_with(|| Counter {
                state: CounterState::Open,
                services: Vec::new(),
                with: None,
                free_since: at,
            })
    }

    /// Takes a ticket out of the queue; false where it was not in it.
    fn leaves_queue(&mut self, ticket: &CompactString) -> bool {
        let place = self.waiting.iter().find(|(_, t)| t == ticket).cloned();
        place.is_some_and(|place| self.waiting.remove(&place))
    }

    fn called(&mut self, at: EventTime, ticket: &CompactString, counter: &Name) {
        self.last_call = Some(at);
        let nothing = Name::from("");
        let known = self.ticket(ticket, &nothing);
        known.called.get_or_insert(at);
        let (service, is_normal, issued) = (
            known.service.clone(),
            known.priority == Priority::Normal,
            known.issued,
        );
        if self.leaves_queue(ticket) {
            self.left.push(at);
        }
        if let (true, Some(issued)) = (is_normal, issued) {
            self.pass_over(at, &service, issued);
        }
        self.counter(at, counter).with = Some((ticket.clone(), None));
    }

    /// A normal ticket was called: who of its service should have come first?
    fn pass_over(&mut self, at: EventTime, service: &Name, issued: EventTime) {
        for (since, ticket) in &self.waiting {
            let Some(other) = self.tickets.get_mut(ticket) else {
                continue;
            };
            if other.priority == Priority::Normal || other.service != *service {
                continue;
            }
            let due = match (other.priority, other.appointment) {
                (Priority::Appointment, Some(at)) => at.plus_seconds(GRACE_S).max(*since),
                (Priority::Appointment, None) => continue,
                _ => *since,
            };
            // Who came after them, or was called after their time.
            let is_over = due <= at && (other.priority == Priority::Appointment || issued > *since);
            other.passed += u32::from(is_over);
        }
    }

    fn started(&mut self, at: EventTime, ticket: &CompactString, counter: &Name) {
        self.last_call = self.last_call.max(Some(at));
        let nothing = Name::from("");
        let known = self.ticket(ticket, &nothing);
        let is_first = !known.begun;
        known.begun = true;
        let issued = known.issued;
        if self.leaves_queue(ticket) {
            self.left.push(at);
        }
        if let (true, Some(issued)) = (is_first, issued) {
            self.begins(at, at.seconds_since(issued));
        }
        self.counter(at, counter).with = Some((ticket.clone(), Some(at)));
    }

    fn begins(&mut self, at: EventTime, wait_s: f64) {
        if wait_s >= 0.0 {
            let sum = self.begun.last().map_or(0.0, |last| last.1);
            self.begun.push((at, sum + wait_s));
        }
    }

    fn finished(&mut self, at: EventTime, ticket: &CompactString, counter: Option<&Name>) {
        if self.leaves_queue(ticket) {
            self.left.push(at);
        }
        if let Some(known) = self.tickets.get_mut(ticket)
            && !known.begun
        {
            known.begun = true;
            // A call stands in for the start that was not sent.
            if let (Some(called), Some(issued)) = (known.called, known.issued) {
                self.begins(at, called.seconds_since(issued));
            }
        }
        self.free(at, ticket);
        if let Some(counter) = counter {
            let known = self.counter(at, counter);
            known.free_since = at;
        }
    }

    /// The counter that is with a ticket is free.
    fn free(&mut self, at: EventTime, ticket: &CompactString) {
        for counter in self.counters.values_mut() {
            if counter.with.as_ref().is_some_and(|(t, _)| t == ticket) {
                counter.with = None;
                counter.free_since = at;
            }
        }
    }

    /// Open for the public at an instant: not closed by its own word, and in its published hours, or, where none were
    /// published, by its word or as the calendar expects. A point that opened in the morning says nothing of its noon.
    pub(super) fn is_open(&self, around: Around<'_>) -> bool {
        let at = around.at;
        let said = self.said.map(|(_, open)| open);
        if said == Some(false) {
            return false;
        }
        if !self.spans.is_empty() {
            return self
                .spans
                .iter()
                .any(|(from, to, _)| *from <= at && at < *to);
        }
        said == Some(true) || around.calendar.between(at, at.plus_seconds(60)) > 0
    }

    /// Between the day's first opening and its last closing: as [`Self::is_open`], but for what lies between two openings.
    fn serves_today(&self, around: Around<'_>) -> bool {
        let first = self.spans.iter().map(|span| span.0).min();
        let last = self.spans.iter().map(|span| span.1).max();
        match (self.said.map(|(_, open)| open), first, last) {
            (Some(false), ..) => false,
            (_, Some(first), Some(last)) => first <= around.at && around.at < last,
            (said, ..) => said == Some(true) || self.is_open(around),
        }
    }

    /// The last instant was one of the day's service, noon included.
    pub(super) const fn is_in_day(&self) -> bool {
        self.day_since.is_some()
    }

    /// Goes on to an instant, all that happened until it having been taken; answers whether the point is open.
    pub(super) fn reach(&mut self, around: Around<'_>) -> bool {
        let open = self.is_open(around);
        match (open, self.open_since) {
            (true, None) => self.opens(around.at),
            (false, Some(_)) => {
                self.open_since = None;
                self.shut_since = Some(around.at);
            }
            _ => {}
        }
        if self.serves_today(around) {
            self.day_since.get_or_insert(around.at);
        } else {
            self.day_since = None;
        }
        self.keep_counters(around.at, open);
        let oldest = around.at.plus_seconds(-PLAUSIBLE_S);
        while let Some((since, _)) = self.waiting.first() {
            if *since >= oldest {
                break;
            }
            self.waiting.pop_first();
        }
        open
    }

    fn opens(&mut self, at: EventTime) {
        self.open_since = Some(at);
        self.opened.get_or_insert(at);
        if let Some(shut) = self.shut_since.take() {
            self.breaks.push((shut, at));
        }
    }

    fn keep_counters(&mut self, at: EventTime, open: bool) {
        if !open {
            self.open_lately.clear();
            return;
        }
        let oldest = at.plus_seconds(-LATELY_S);
        while self.open_lately.front().is_some_and(|(t, _)| *t < oldest) {
            self.open_lately.pop_front();
        }
        let now = self.open_counters(at).unwrap_or(0);
        self.open_lately.push_back((at, now));
    }

    fn counters_closed(&self) -> Option<Reading> {
        if self.counters.is_empty() {
            return None;
        }
        let (_, now) = self.open_lately.back()?;
        let most = self.open_lately.iter().map(|(_, open)| *open).max()?;
        Some(Reading {
            value: f64::from(most - now),
            sample: self.waiting.len() as u32,
        })
    }

    /// A signal at the instant last reached, with the part of the point that it is of.
    pub(super) fn read<'a>(
        &'a self,
        signal: Signal,
        window_s: i64,
        around: Around<'a>,
    ) -> (Option<Reading>, Option<&'a Name>) {
        let plain = |reading| (reading, None);
        match signal {
            Signal::MeanWaitS => plain(self.mean_wait(around.at, window_s)),
            Signal::LongestWaitS => plain(self.longest_wait(around.at)),
            Signal::LongestOpenWaitS => plain(self.longest_open_wait(around.at)),
            Signal::LongestTransactionS => self.longest_transaction(around.at),
            Signal::QueueGrowth => plain(self.growth(around.at, window_s)),
            Signal::ArrivalsRatio => plain(self.arrivals_ratio(around.at, window_s)),
            Signal::Waiting => plain(self.people(around.at).map(Reading::count)),
            Signal::WaitingPerCounter => plain(self.per_counter(around.at)),
            Signal::BoardWaitS => self.board_wait(around.at),
            Signal::IdleCounters => plain(self.idle(around.at)),
            Signal::CountersClosed => plain(self.counters_closed()),
            Signal::NoCallS => plain(self.no_call(around.at)),
            Signal::PassedOver => plain(self.passed_over()),
            Signal::SameSubmitter => plain(Some(Reading::count(self.most_of_one))),
            Signal::LateOpeningS => plain(self.late_opening(around.at, SpanKind::Regular)),
            Signal::SessionLateS => plain(self.late_opening(around.at, SpanKind::Session)),
            Signal::EarlyClosingS => plain(self.early_closing(around.at)),
            Signal::SilentS => plain(self.silent(around, false)),
            Signal::DeviceBeats => self.device(around),
            Signal::SatisfiedHigh => plain(self.satisfied()),
            _ => (None, None),
        }
    }

    fn mean_wait(&self, at: EventTime, window_s: i64) -> Option<Reading> {
        let first = self
            .begun
            .partition_point(|b| b.0 <= at.plus_seconds(-window_s));
        let sample = self.begun.len() - first;
        let before = first.checked_sub(1).map_or(0.0, |i| self.begun[i].1);
        let sum = self.begun.last()?.1 - before;
        (sample > 0).then(|| Reading {
            value: sum / sample as f64,
            sample: sample as u32,
        })
    }

    fn longest_wait(&self, at: EventTime) -> Option<Reading> {
        let (since, _) = self.waiting.first()?;
        Some(Reading {
            value: at.seconds_since(*since),
            sample: self.waiting.len() as u32,
        })
    }

    /// The longest wait without the time before the first opening and at noon, in which nobody could have been called.
    fn longest_open_wait(&self, at: EventTime) -> Option<Reading> {
        let (since, _) = self.waiting.first()?;
        let since = (*since).max(self.opened?);
        let shut = self.breaks.iter().map(|(from, to)| {
            let from = (*from).max(since);
            (*to).max(from).seconds_since(from)
        });
        Some(Reading {
            value: at.seconds_since(since) - shut.sum::<f64>(),
            sample: self.waiting.len() as u32,
        })
    }

    fn longest_transaction(&self, at: EventTime) -> (Option<Reading>, Option<&Name>) {
        let going = self.counters.iter().filter_map(|(name, counter)| {
            let (_, since) = counter.with.as_ref()?;
            Some((name, at.seconds_since((*since)?)))
        });
        let believed: Vec<(&Name, f64)> = going.filter(|g| g.1 <= PLAUSIBLE_WORK_S).collect();
        let longest = believed.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let reading = longest.map(|(_, value)| Reading {
            value: *value,
            sample: believed.len() as u32,
        });
        (reading, longest.map(|(name, _)| *name))
    }

    fn growth(&self, at: EventTime, window_s: i64) -> Option<Reading> {
        let from = at.plus_seconds(-window_s);
        let came = self.arrived.len() - self.arrived.partition_point(|t| *t <= from);
        let went = self.left.len() - self.left.partition_point(|t| *t <= from);
        (came > 0).then_some(Reading {
            value: came as f64 - went as f64,
            sample: came as u32,
        })
    }

    fn arrivals_ratio(&self, at: EventTime, window_s: i64) -> Option<Reading> {
        let within = |times: &[EventTime], to: EventTime| {
            let from = to.plus_seconds(-window_s);
            times.partition_point(|t| *t <= to) - times.partition_point(|t| *t <= from)
        };
        let then = within(&self.yesterday, at.plus_seconds(-86_400));
        let now = within(&self.arrived, at);
        (then >= FEW).then(|| Reading {
            value: now as f64 / then as f64,
            sample: now as u32,
        })
    }

    fn fresh_boards(&self, at: EventTime) -> impl Iterator<Item = (&Name, u32, u32, Option<f64>)> {
        let oldest = at.plus_seconds(-HOLD_S);
        let boards = self.boards.iter();
        boards
            .filter(move |(_, board)| board.0 > oldest)
            .map(|(service, b)| (service, b.1, b.2, b.3))
    }

    /// People waiting, by tickets where there are any, otherwise by boards; `None` where nothing says so.
    fn people(&self, at: EventTime) -> Option<u32> {
        if !self.arrived.is_empty() {
            return Some(self.waiting.len() as u32);
        }
        let mut boards = self.fresh_boards(at).map(|b| b.1).peekable();
        boards.peek()?;
        Some(boards.sum())
    }

    fn open_counters(&self, at: EventTime) -> Option<u32> {
        let by_events = self
            .counters
            .values()
            .filter(|c| c.state == CounterState::Open);
        if !self.counters.is_empty() {
            return Some(by_events.count() as u32);
        }
        let mut boards = self.fresh_boards(at).map(|b| b.2).peekable();
        boards.peek()?;
        Some(boards.sum())
    }

    fn per_counter(&self, at: EventTime) -> Option<Reading> {
        let (people, counters) = (self.people(at)?, self.open_counters(at)?);
        Some(Reading {
            // Without a counter all of them wait for the first that opens.
            value: f64::from(people) / f64::from(counters.max(1)),
            sample: people,
        })
    }

    fn board_wait(&self, at: EventTime) -> (Option<Reading>, Option<&Name>) {
        if !self.arrived.is_empty() {
            return (None, None);
        }
        let waits = self
            .fresh_boards(at)
            .filter_map(|(service, waiting, open, service_s)| {
                let wait = f64::from(waiting) * service_s? / f64::from(open.max(1));
                Some((service, waiting, wait))
            });
        let longest = waits.max_by(|a, b| a.2.total_cmp(&b.2));
        match longest {
            None => (None, None),
            Some((service, sample, value)) => (Some(Reading { value, sample }), Some(service)),
        }
    }

    fn idle(&self, at: EventTime) -> Option<Reading> {
        if self.arrived.is_empty() {
            return None;
        }
        let wanted: BTreeSet<&Name> = self
            .waiting
            .iter()
            .filter_map(|(_, ticket)| Some(&self.tickets.get(ticket)?.service))
            .collect();
        let idle = self.counters.values().filter(|counter| {
            counter.state == CounterState::Open
                && counter.with.is_none()
                && counter.free_since.plus_seconds(IDLE_S) <= at
                && (counter.services.is_empty()
                    || counter.services.iter().any(|s| wanted.contains(s)))
        });
        let idle = if wanted.is_empty() { 0 } else { idle.count() };
        Some(Reading {
            value: idle as f64,
            sample: self.waiting.len() as u32,
        })
    }

    /// Counters that could take somebody of another point, and people waiting.
    pub(super) fn spare(&self, at: EventTime) -> (u32, u32) {
        let idle = self.counters.values().filter(|counter| {
            counter.state == CounterState::Open
                && counter.with.is_none()
                && counter.free_since.plus_seconds(IDLE_S) <= at
        });
        let idle = if self.waiting.is_empty() {
            idle.count()
        } else {
            0
        };
        (idle as u32, self.waiting.len() as u32)
    }

    fn no_call(&self, at: EventTime) -> Option<Reading> {
        let (since, _) = self.waiting.first()?;
        // Who was there before the doors opened is waited for by nobody.
        let since = (*since).max(self.open_since?);
        let quiet_since = self.last_call.map_or(since, |call| call.max(since));
        Some(Reading {
            value: at.seconds_since(quiet_since),
            sample: self.waiting.len() as u32,
        })
    }

    fn passed_over(&self) -> Option<Reading> {
        let passed = self
            .waiting
            .iter()
            .filter_map(|(_, ticket)| Some(self.tickets.get(ticket)?.passed));
        Some(Reading::count(passed.max()?))
    }

    fn late_opening(&self, at: EventTime, kind: SpanKind) -> Option<Reading> {
        let running = self
            .spans
            .iter()
            .filter(|(from, to, k)| *k == kind && *from <= at && at < *to);
        let from = running.map(|span| span.0).min()?;
        // A quarter of an hour before still counts as opening for it.
        if kind == SpanKind::Regular && !self.tells_doors && self.said.is_none() {
            return None;
        }
        let opened = self.said.is_some_and(|(t, open)| open || t >= from);
        let works = self.last_call.is_some_and(|t| t >= from.plus_seconds(-900));
        if opened || works {
            return None;
        }
        Some(Reading {
            value: at.seconds_since(from),
            sample: 1,
        })
    }

    fn early_closing(&self, at: EventTime) -> Option<Reading> {
        let (closed, open) = self.said?;
        if open {
            return None;
        }
        let running = self
            .spans
            .iter()
            .filter(|(from, to, _)| *from <= closed && closed < *to && at < *to);
        let to = running.map(|span| span.1).max()?;
        Some(Reading {
            value: to.seconds_since(closed),
            sample: 1,
        })
    }

    /// Silence beyond what is usual. `at_noon` too where several points are compared, since their devices go on giving signs.
    pub(super) fn silent(&self, around: Around<'_>, at_noon: bool) -> Option<Reading> {
        let (_, expected) = self.fell_silent(around, at_noon)?;
        Some(Reading {
            value: around.at.seconds_since(expected).max(0.0),
            sample: 1,
        })
    }

    /// When the point was heard last, and by when it would usually have been heard again: its line was lost between them.
    /// Devices that had been silent for long by then are not waited for.
    pub(super) fn fell_silent(
        &self,
        around: Around<'_>,
        at_noon: bool,
    ) -> Option<(EventTime, EventTime)> {
        let devices = &around.devices.all;
        let heard = devices.iter().map(|d| d.1).max().max(self.last_heard);
        let alive = devices
            .iter()
            .filter(|(_, last, gap)| heard.is_some_and(|t| t.seconds_since(*last) <= ALIVE * gap));
        let usual_s = alive.clone().map(|d| d.2).fold(QUIET_S, f64::min);
        // At noon nobody is called: the silence of one device is the device's.
        let is_told = alive.clone().count() > usize::from(!at_noon);
        let begin = if is_told {
            self.day_since?
        } else {
            self.open_since?
        };
        let since = heard.map_or(begin, |heard| heard.max(begin));
        Some((since, since.plus_seconds(usual_s as i64)))
    }

    fn device<'a>(&self, around: Around<'a>) -> (Option<Reading>, Option<&'a Name>) {
        let Some(open_since) = self.day_since else {
            return (None, None);
        };
        let silences = around.devices.all.iter().map(|(device, last, gap)| {
            let since = (*last).max(open_since);
            (device, around.at.seconds_since(since) / gap)
        });
        let longest = silences.max_by(|a, b| a.1.total_cmp(&b.1));
        let reading = longest.map(|(_, value)| Reading { value, sample: 1 });
        (reading, longest.map(|(device, _)| device))
    }

    fn satisfied(&self) -> Option<Reading> {
        let (all, satisfied) = self.ratings;
        let (_, high) = wilson(satisfied, all)?;
        Some(Reading {
            value: high,
            sample: all as u32,
        })
    }
}
