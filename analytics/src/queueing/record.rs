//! What is known of a point's day: its visits, its counters' open spans, its board's readings; and the same as of an instant.
//!
//! A day of the past and today so far have one form, so that what is forecast live and what is learned from are made by one function,
//! [`Now::of`], which reads nothing that is timed at or after its instant.
//!
//! Invariant: [`Now::of`] of a day and of the same day cut off at the instant are equal (tested).

use serde::{Deserialize, Serialize};

use super::moment::{MINUTE, QUARTERS, Us, day_of, quarter_of, start_of};
use crate::figures::boards::HOLD_S;

/// All services, as a counter's mask.
pub const ALL_SERVICES: u64 = u64::MAX;
/// One who was called and of whom nothing more was heard is with the officer for at most so long.
const LONGEST: Us = 120 * MINUTE;
/// A board that says more than this is broken, and must not cost more than one that works.
const MOST_PEOPLE: u32 = 2000;
const MOST_COUNTERS: u32 = 400;
const BUSY_STEP: Us = 2 * MINUTE;
/// How long a reading is believed.
const HOLDS: Us = HOLD_S * 1_000_000;

/// A person's turn at a point: from a number to an end. A person who is sent on after service has a second one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// When the number was given, or the person was sent on.
    pub issued: Us,
    /// The first call.
    pub called: Option<Us>,
    /// The officer began; the wait's end.
    pub started: Option<Us>,
    /// The transaction's end.
    pub finished: Option<Us>,
    /// Left or did not come.
    pub abandoned: Option<Us>,
    /// From when on it is not believed to wait any longer, though nobody said so.
    pub lost: Option<Us>,
    /// The start is a call that stands in for one, which is known with the end alone.
    pub approximate: bool,
    /// The service, as the caller numbers them; below 64.
    pub service: u8,
    /// What the person came to do, as the caller numbers it; 0 where it is not known.
    pub purpose: u8,
    /// Lower ranks are called first: 0 vulnerable, 1 appointment or sent on, 2 others.
    pub rank: u8,
    /// The counter that called.
    pub counter: u16,
    /// A second turn after a service: it counts in the queue, not as an arrival, and has no wait.
    pub again: bool,
}

impl Visit {
    /// When it stopped waiting, as far as known.
    pub fn left_queue(&self) -> Option<Us> {
        let ends = [self.called, self.started, self.abandoned, self.lost];
        ends.into_iter().flatten().min()
    }

    /// Whether it waits at an instant.
    pub fn waits_at(&self, at: Us) -> bool {
        self.issued < at && self.left_queue().is_none_or(|left| left >= at)
    }

    /// Its wait, where it has one that is possible.
    pub fn wait(&self) -> Option<Us> {
        let wait = self.started? - self.issued;
        (wait >= 0 && !self.again).then_some(wait)
    }

    fn ended(&self) -> Option<Us> {
        self.finished.or(self.abandoned)
    }

    /// When its start was known.
    fn start_known(&self) -> Option<Us> {
        if self.approximate {
            self.finished
        } else {
            self.started
        }
    }
}

/// A counter was open. Pauses part spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSpan {
    /// The counter, as the caller numbers them.
    pub counter: u16,
    /// Since when.
    pub from: Us,
    /// Until when; `Us::MAX` while it is open.
    pub to: Us,
    /// The services it takes, a bit each.
    pub serves: u64,
}

/// A board's reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When.
    pub at: Us,
    /// People waiting.
    pub waiting: u32,
    /// Counters open.
    pub open: u32,
    /// The board's mean service time, in seconds.
    pub service_seconds: Option<u32>,
}

/// Counters' work while people waited: how many minutes a person takes of a counter, everything included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busy {
    /// Minutes of open counters.
    pub counter_minutes: u64,
    /// People called.
    pub calls: u64,
}

/// What waits say of a board's queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    /// Of those who met a queue: their waits times the counters open when they came, in seconds.
    pub counter_seconds: u64,
    /// Their positions: people ahead and themselves.
    pub positions: u64,
    /// Those who met nobody waiting.
    pub met_nobody: u64,
    /// And had to wait all the same, for over a minute and a half (a board's clock is that coarse).
    pub met_nobody_waited: u64,
}

/// A day of a point.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRecord {
    /// The local day, in days since 1970.
    pub day: i32,
    /// Visits, in the order of their numbers.
    pub visits: Vec<Visit>,
    /// Open spans of counters.
    pub spans: Vec<OpenSpan>,
    /// Readings in time order; where there are any, they tell of queue and counters, not the visits and spans.
    pub readings: Vec<Reading>,
}

impl DayRecord {
    /// The same as it was known just before an instant.
    pub fn cut(&self, at: Us) -> Self {
        let before = |time: Option<Us>| time.filter(|t| *t < at);
        let visits = self.visits.iter().filter(|v| v.issued < at).map(|v| Visit {
            called: before(v.called),
            started: v.started.filter(|_| before(v.start_known()).is_some()),
            finished: before(v.finished),
            abandoned: before(v.abandoned),
            lost: before(v.lost),
            counter: if before(v.called.or(v.started)).is_some() {
                v.counter
            } else {
                0
            },
            ..v.clone()
        });
        let spans = self.spans.iter().filter(|s| s.from < at).map(|s| OpenSpan {
            to: if s.to < at { s.to } else { Us::MAX },
            ..s.clone()
        });
        let readings = self.readings.iter().filter(|r| r.at < at).cloned();
        Self {
            day: self.day,
            visits: visits.collect(),
            spans: spans.collect(),
            readings: readings.collect(),
        }
    }

    /// The newest reading before an instant.
    pub fn reading_at(&self, at: Us) -> Option<&Reading> {
        let after = self.readings.partition_point(|r| r.at < at);
        after.checked_sub(1).map(|index| &self.readings[index])
    }

    /// Whether anything was known of the queue at an instant: a board that has fallen silent says nothing of it.
    pub fn is_known_at(&self, at: Us) -> bool {
        self.readings.is_empty() || self.reading_at(at).is_some_and(|r| at - r.at <= HOLDS)
    }

    /// People waiting at an instant.
    pub fn waiting_at(&self, at: Us) -> u32 {
        if self.readings.is_empty() {
            return self.visits.iter().filter(|v| v.waits_at(at)).count() as u32;
        }
        self.reading_at(at)
            .map_or(0, |r| r.waiting.min(MOST_PEOPLE))
    }

    /// Counters open at an instant.
    pub fn open_at(&self, at: Us) -> u32 {
        if self.readings.is_empty() {
            let open = self.spans.iter().filter(|s| s.from < at && s.to >= at);
            return open.count() as u32;
        }
        self.reading_at(at).map_or(0, |r| r.open.min(MOST_COUNTERS))
    }

    /// What a board's open counters got through between two instants while people waited: steps of two minutes at whose begin somebody
    /// waited. Nothing where tickets tell more.
    pub fn busy_between(&self, from: Us, to: Us) -> Busy {
        let mut busy = Busy::default();
        if self.readings.is_empty() {
            return busy;
        }
        let mut at = from;
        while at + BUSY_STEP <= to {
            let next = at + BUSY_STEP;
            let open = self.open_at(at);
            if self.waiting_at(at) > 0 && open > 0 {
                let calls = self.visits.iter().filter(|v| {
                    let called = v.called.or(v.started);
                    called.is_some_and(|c| at <= c && c < next)
                });
                busy.calls += calls.count() as u64;
                busy.counter_minutes += u64::from(open) * (BUSY_STEP / MINUTE) as u64;
            }
            at = next;
        }
        busy
    }

    /// What the waits of those started between two instants say of a board's queue; nothing where tickets tell more.
    pub fn served_between(&self, from: Us, to: Us) -> Served {
        let mut served = Served::default();
        if self.readings.is_empty() {
            return served;
        }
        for visit in &self.visits {
            let started = visit.started.filter(|t| from <= *t && *t < to);
            let (Some(_), Some(wait)) = (started, visit.wait()) else {
                continue;
            };
            let ahead = u64::from(self.waiting_at(visit.issued));
            if ahead == 0 {
                served.met_nobody += 1;
                served.met_nobody_waited += u64::from(wait > 90_000_000);
                continue;
            }
            let open = u64::from(self.open_at(visit.issued).max(1));
            served.counter_seconds += (wait / 1_000_000) as u64 * open;
            served.positions += ahead + 1;
        }
        served
    }

    /// When its counters first opened and last closed, or the first and last reading with an open counter. A counter without an end counts to
    /// the day's end.
    pub fn hours(&self) -> Option<(Us, Us)> {
        if self.readings.is_empty() {
            let from = self.spans.iter().map(|s| s.from).min()?;
            let ends = self.spans.iter().map(|s| s.to.min(start_of(self.day + 1)));
            return Some((from, ends.max()?));
        }
        let open = || self.readings.iter().filter(|r| r.open > 0);
        Some((open().map(|r| r.at).min()?, open().map(|r| r.at).max()?))
    }
}

/// A person at a counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serving {
    /// Since when.
    pub since: Us,
    /// The service.
    pub service: u8,
    /// The purpose.
    pub purpose: u8,
}

/// An open counter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterNow {
    /// The services it takes, a bit each.
    pub serves: u64,
    /// Whom it serves.
    pub serving: Option<Serving>,
}

/// A person waiting, or one who would come now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    /// The rank; lower first.
    pub rank: u8,
    /// Since when.
    pub since: Us,
    /// The service.
    pub service: u8,
    /// The purpose; 0 where it is not known.
    pub purpose: u8,
}

/// A transaction that is over: service, purpose, microseconds.
pub type Transaction = (u8, u8, Us);

/// What is known of a point at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The instant.
    pub at: Us,
    /// People waiting.
    pub waiting: u32,
    /// Who they are, in the order they will be called, where it is known; else empty.
    pub people: Vec<Person>,
    /// Counters open.
    pub open: u32,
    /// Which, where it is known; else empty.
    pub counters: Vec<CounterNow>,
    /// Numbers given today, by quarter of the day; the present one is not over.
    pub issued: Vec<u32>,
    /// Today's transactions that are over, the newest last.
    pub done: Vec<Transaction>,
    /// What the counters did in the last two hours while people waited.
    pub busy: Busy,
    /// What the waits of those started in the last two hours say.
    pub served: Served,
    /// The wait of the last person started.
    pub last_wait: Option<Us>,
}

impl Now {
    /// What is known of a day just before an instant.
    pub fn of(day: &DayRecord, at: Us) -> Self {
        let mut people: Vec<Person> = Vec::new();
        let mut issued = vec![0; QUARTERS];
        let mut done: Vec<(Us, Transaction)> = Vec::new();
        let mut last: Option<(Us, Us)> = None;
        // Whom each counter called last.
        let mut at_counter: std::collections::BTreeMap<u16, (Us, &Visit)> =
            std::collections::BTreeMap::new();
        for visit in day.visits.iter().filter(|v| v.issued < at) {
            if !visit.again && day_of(visit.issued) == day.day {
                issued[quarter_of(visit.issued)] += 1;
            }
            if visit.waits_at(at) {
                people.push(Person {
                    rank: visit.rank,
                    since: visit.issued,
                    service: visit.service,
                    purpose: visit.purpose,
                });
                continue;
            }
            if let Some(began) = visit.called.or(visit.started).filter(|t| *t < at) {
                let newest = at_counter.entry(visit.counter).or_insert((began, visit));
                if began > newest.0 {
                    *newest = (began, visit);
                }
            }
            let is_known = visit.start_known().is_some_and(|t| t < at);
            let Some(started) = visit.started.filter(|_| is_known) else {
                continue;
            };
            if let Some(wait) = visit.wait().filter(|_| last.is_none_or(|l| started > l.0)) {
                last = Some((started, wait));
            }
            if let Some(finished) = visit.finished.filter(|f| *f < at && *f > started) {
                done.push((finished, (visit.service, visit.purpose, finished - started)));
            }
        }
        people.sort_unstable();
        done.sort_unstable();
        let counters = if day.readings.is_empty() {
            let open = day.spans.iter().filter(|s| s.from < at && s.to >= at);
            let at_it = |counter: u16| {
                let (began, visit) = at_counter.get(&counter)?;
                let is_over = visit.ended().is_some_and(|end| end < at) || at - began > LONGEST;
                (!is_over).then_some(Serving {
                    since: *began,
                    service: visit.service,
                    purpose: visit.purpose,
                })
            };
            open.map(|s| CounterNow {
                serves: s.serves,
                serving: at_it(s.counter),
            })
            .collect()
        } else {
            people.clear();
            Vec::new()
        };
        Self {
            at,
            waiting: day.waiting_at(at),
            people,
            open: day.open_at(at),
            counters,
            issued,
            done: done.into_iter().map(|(_, what)| what).collect(),
            busy: day.busy_between(at - 120 * MINUTE, at),
            served: day.served_between(at - 120 * MINUTE, at),
            last_wait: last.map(|(_, wait)| wait),
        }
    }
}
