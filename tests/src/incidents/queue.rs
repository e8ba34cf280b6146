//! A point's queue, read plainly: from all its tickets at every instant, without keeping anything between two of them.

use std::collections::BTreeMap;

use analytics::alerts::{Rule, Signal};
use ingest::event::EventTime;

use super::observer::{GRID_S, Told, next};

/// How many limits a queue has.
const LIMITS: usize = 6;
/// Seconds for which counters that were open are expected to be.
const LATELY_S: i64 = 2 * 3_600;
/// Of fewer people a multiple says nothing.
const FEW: usize = 5;
/// More people than this wait in a crowd.
const CROWD_WAITING: usize = 8;
/// Seconds after which nobody is believed to wait any longer.
const PLAUSIBLE_S: f64 = 4.0 * 3_600.0;

/// What a rule over a queue compares.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// The limit.
    pub over: f64,
    /// The least sample.
    pub sample: usize,
    /// The window, seconds.
    pub window_s: i64,
    /// How long it must hold, seconds.
    pub delay_s: i64,
    /// People waiting for each counter, where that must hold too.
    pub per_counter: Option<f64>,
}

impl Limit {
    /// Of a rule.
    pub fn of(rule: &Rule) -> Self {
        let per_counter = rule
            .also
            .iter()
            .find(|also| also.signal == Signal::WaitingPerCounter);
        Self {
            over: rule.limit,
            sample: rule.min_sample as usize,
            window_s: rule.window_s,
            delay_s: rule.on_delay_s,
            per_counter: per_counter.map(|also| also.limit),
        }
    }

    fn holds(&self, value: f64, sample: usize) -> bool {
        sample >= self.sample && value > self.over
    }
}

/// The limits of a queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// The mean wait of those who began being served within a window, seconds.
    pub mean: Limit,
    /// The longest wait while the point was open, seconds.
    pub longest: Limit,
    /// By how many people the queue grew within a window.
    pub growth: Limit,
    /// How long nobody was called, seconds.
    pub quiet: Limit,
    /// How many counters fewer are open than within the last two hours.
    pub closed: Limit,
    /// How many times as many came within a window as a day before.
    pub crowd: Limit,
}

/// What was heard of a point.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    /// In the day.
    pub told: &'a [Told],
    /// In the day before.
    pub yesterday: &'a [Told],
    /// The day's published hours.
    pub hours: &'a [(EventTime, EventTime)],
}

/// A day's queue as lists.
#[derive(Debug, Default)]
struct Queue {
    /// Waits to be called: from when to when.
    waits: Vec<(EventTime, EventTime)>,
    arrived: Vec<EventTime>,
    /// When each began being served, and the wait, seconds.
    begun: Vec<(EventTime, f64)>,
    calls: Vec<EventTime>,
    /// Counters' words: when, which, open.
    counters: Vec<(EventTime, String, bool)>,
    doors: Vec<(EventTime, bool)>,
    /// Published hours, where there are any.
    hours: Vec<(EventTime, EventTime)>,
    /// When people came the day before.
    yesterday: Vec<EventTime>,
}

#[derive(Debug, Default)]
struct Ticket {
    issued: Option<EventTime>,
    waits_since: Option<EventTime>,
    called: Option<EventTime>,
    begun: bool,
}

const NEVER: EventTime = EventTime(i64::MAX);

impl Queue {
    fn of(heard: &Heard<'_>) -> Self {
        let told = heard.told;
        let issued = heard.yesterday.iter().filter(|t| t.word == "ticket.issued");
        let mut queue = Self {
            hours: heard.hours.to_vec(),
            yesterday: issued.map(|t| t.at).collect(),
            ..Self::default()
        };
        let mut tickets: BTreeMap<&str, Ticket> = BTreeMap::new();
        for told in told {
            let at = told.at;
            match told.word.as_str() {
                "site.opened" => queue.doors.push((at, true)),
                "site.closed" => {
                    queue.doors.push((at, false));
                    for ticket in tickets.values_mut() {
                        queue
                            .waits
                            .extend(ticket.waits_since.take().map(|since| (since, at)));
                    }
                }
                word if word.starts_with("counter.") => {
                    let is_open = matches!(word, "counter.opened" | "counter.resumed");
                    let counter = told.data.counter.clone().unwrap_or_default();
                    queue.counters.push((at, counter, is_open));
                }
                word if word.starts_with("ticket.") => {
                    let Some(name) = told.data.ticket.as_deref() else {
                        continue;
                    };
                    queue.ticket(word, at, tickets.entry(name).or_default());
                }
                _ => {}
            }
        }
        let left = tickets.values().filter_map(|ticket| ticket.waits_since);
        queue.waits.extend(left.map(|since| (since, NEVER)));
        queue
    }

    fn ticket(&mut self, word: &str, at: EventTime, ticket: &mut Ticket) {
        if word == "ticket.issued" {
            ticket.issued = Some(at);
            ticket.waits_since = Some(at);
            self.arrived.push(at);
            return;
        }
        // Whatever else is said of it, it waits no longer.
        self.waits
            .extend(ticket.waits_since.take().map(|since| (since, at)));
        match word {
            "ticket.called" => {
                self.calls.push(at);
                ticket.called.get_or_insert(at);
            }
            "ticket.started" => {
                self.calls.push(at);
                self.begin(at, at, ticket);
            }
            "ticket.finished" => {
                if let Some(called) = ticket.called {
                    self.begin(at, called, ticket);
                }
            }
            "ticket.transferred" => ticket.waits_since = Some(at),
            _ => {}
        }
    }

    fn begin(&mut self, at: EventTime, began: EventTime, ticket: &mut Ticket) {
        if let (false, Some(issued)) = (ticket.begun, ticket.issued) {
            self.begun.push((at, began.seconds_since(issued)));
        }
        ticket.begun = true;
    }

    /// Since when it is open: noon is not, where hours are published.
    fn open_since(&self, at: EventTime) -> Option<EventTime> {
        let last = self.doors.iter().rev().find(|door| door.0 <= at)?;
        let span = self.hours.iter().find(|(from, to)| *from <= at && at < *to);
        let opened = match span {
            _ if !last.1 => return None,
            Some((from, _)) => last.0.max(*from),
            None if self.hours.is_empty() => last.0,
            None => return None,
        };
        Some(opened)
    }

    /// Seconds of published hours within a span; all of it where none are published.
    fn open_seconds(&self, from: EventTime, to: EventTime) -> f64 {
        if self.hours.is_empty() {
            return to.seconds_since(from);
        }
        let parts = self.hours.iter().map(|(begin, end)| {
            let (begin, end) = ((*begin).max(from), (*end).min(to));
            end.seconds_since(begin).max(0.0)
        });
        parts.sum()
    }

    fn is_open(&self, at: EventTime) -> bool {
        self.open_since(at).is_some()
    }

    fn open_counters(&self, at: EventTime) -> usize {
        let mut last: BTreeMap<&str, bool> = BTreeMap::new();
        for (when, counter, is_open) in &self.counters {
            if *when <= at {
                last.insert(counter, *is_open);
            }
        }
        last.values().filter(|open| **open).count()
    }

    /// The most counters open at instants of the grid of the last hour.
    fn most_counters(&self, at: EventTime) -> usize {
        let instants = (0..=LATELY_S / GRID_S).map(|n| at.plus_seconds(-n * GRID_S));
        let open = instants.take_while(|at| self.is_open(*at));
        open.map(|at| self.open_counters(at)).max().unwrap_or(0)
    }

    /// Which of the limits are passed at an instant.
    fn over(&self, limits: &QueueLimits, at: EventTime) -> [bool; LIMITS] {
        let Some(opened) = self.open_since(at) else {
            return [false; LIMITS];
        };
        let waiting: Vec<f64> = self
            .waits
            .iter()
            .filter(|(from, to)| *from <= at && at < *to)
            .map(|(from, _)| at.seconds_since(*from))
            .filter(|wait| *wait <= PLAUSIBLE_S)
            .collect();
        let within = |t: EventTime, window_s: i64| at.plus_seconds(-window_s) < t && t <= at;

        let begun = self
            .begun
            .iter()
            .filter(|b| within(b.0, limits.mean.window_s));
        let waits: Vec<f64> = begun.map(|b| b.1).collect();
        let mean = waits.iter().sum::<f64>() / waits.len().max(1) as f64;

        let longest = waiting.iter().copied().fold(0.0, f64::max);
        let longest_open = self.open_seconds(at.plus_seconds(-(longest as i64)), at);

        let window_s = limits.growth.window_s;
        let came = self
            .arrived
            .iter()
            .filter(|t| within(**t, window_s))
            .count();
        let went = self
            .waits
            .iter()
            .filter(|(_, to)| within(*to, window_s))
            .count();
        let each = waiting.len() as f64 / self.open_counters(at).max(1) as f64;
        let is_crowded = limits.growth.per_counter.is_none_or(|over| each > over);

        let enough_wait = waiting.len() >= limits.closed.sample;
        let closed = if enough_wait {
            self.most_counters(at) - self.open_counters(at)
        } else {
            0
        };

        let crowd_s = limits.crowd.window_s;
        let now = self.arrived.iter().filter(|t| within(**t, crowd_s)).count();
        let day_later = |t: &EventTime| t.plus_seconds(86_400);
        let then = self.yesterday.iter().map(day_later);
        let then = then.filter(|t| within(*t, crowd_s)).count();

        let last_call = self.calls.iter().filter(|t| **t <= at).max();
        let since_call = last_call.map_or(f64::MAX, |t| at.seconds_since(*t));
        [
            limits.mean.holds(mean, waits.len()),
            limits.longest.holds(longest_open, waiting.len()),
            is_crowded && limits.growth.holds(came as f64 - went as f64, came),
            limits.quiet.holds(
                since_call.min(longest).min(at.seconds_since(opened)),
                waiting.len(),
            ),
            limits.closed.holds(closed as f64, waiting.len()),
            then >= FEW
                && waiting.len() > CROWD_WAITING
                && limits.crowd.holds(now as f64 / then as f64, now),
        ]
    }
}

/// The first instant of the grid within a span at which one of the limits has been passed for its delay.
pub fn first(
    heard: &Heard<'_>,
    limits: &QueueLimits,
    (from, to): (EventTime, EventTime),
) -> Option<EventTime> {
    let queue = Queue::of(heard);
    let all = [
        &limits.mean,
        &limits.longest,
        &limits.growth,
        &limits.quiet,
        &limits.closed,
        &limits.crowd,
    ];
    let delays = all.map(|l| l.delay_s);
    let begin = next(from, GRID_S);
    let longest_delay = delays.iter().copied().max().unwrap_or(0);
    let mut since: [Option<EventTime>; LIMITS] = [None; LIMITS];
    let mut at = begin.plus_seconds(-longest_delay);
    while at <= to {
        let over = queue.over(limits, at);
        for ((since, over), delay_s) in since.iter_mut().zip(over).zip(delays) {
            *since = if over { since.or(Some(at)) } else { None };
            let is_long = since.is_some_and(|since| at.0 - since.0 >= delay_s * 1_000_000);
            if at >= begin && is_long {
                return Some(at);
            }
        }
        at = at.plus_seconds(GRID_S);
    }
    None
}
