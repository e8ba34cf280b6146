//! What incidents change inside one site's day: who comes, who gets a number, which counters serve.
//!
//! The queue is then simulated as on any other day, so waits follow from the incident instead of being
//! drawn. Invariant: a site without a [`Disturbed`] takes no draw here, and all draws made here are from
//! a stream of the incidents' own.
//!
//! **A ticket machine that is down** gives no numbers. The choice for people who come meanwhile, since no
//! source gives one: 55 % are served without a number in the order of coming (as today's walk-ins are,
//! and like them they stay until served), 20 % come again within an hour of the repair, 25 % are lost to
//! the day; so are those who would come again in its last half hour. What is given back meanwhile is not
//! told, then or later.
//!
//! **A point that opens late** has its machine behind the closed door: who came before takes a number
//! when it opens, in the order of coming.

use super::chance::Chance;
use super::clock::{self, MINUTE, Millis, SECOND};
use super::event::Body;
use super::visits::{Moment, SiteDay};
use std::cmp::Reverse;

/// Arrivals in a rush, as a multiple of those of the same day without it.
pub(crate) const RUSH: f64 = 3.0;
/// People at a dead machine: served without a number, come again, lost.
const AT_DEAD_MACHINE: [f64; 3] = [0.55, 0.20, 0.25];
/// Between two numbers taken when the doors open at last.
const DOOR_QUEUE: Millis = 6 * SECOND;

/// A stretch of time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) begin: Millis,
    pub(crate) end: Millis,
}

impl Span {
    pub(crate) fn contains(self, at: Millis) -> bool {
        (self.begin..self.end).contains(&at)
    }
}

/// What is not as on other days at one site.
pub(crate) struct Disturbed {
    /// The machine gives no numbers.
    pub(crate) machine: Option<Span>,
    /// Arrivals are [`RUSH`] times the day's own.
    pub(crate) rush: Option<Span>,
    /// These counters close once they are free, until the end of the span.
    pub(crate) shut: Option<(Vec<u8>, Span)>,
    /// The doors open at this instant.
    pub(crate) opens: Option<Millis>,
    pub(crate) chance: Chance,
}

/// What only the queue knows of an incident.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Notes {
    /// People who came to a dead machine: how many, and when the first.
    pub(crate) at_dead_machine: (u32, Option<Millis>),
    /// People expected within the rush, had there been none.
    pub(crate) ordinary: Option<f64>,
}

/// One who comes to the site.
pub(crate) struct Comer {
    pub(crate) arrived: Millis,
    /// The machine is down: no number.
    pub(crate) no_machine: bool,
}

impl SiteDay<'_> {
    /// When the doors open, where they open late by an incident.
    pub(crate) fn opens_late(&self) -> Option<Millis> {
        self.disturbed
            .as_ref()
            .and_then(|disturbed| disturbed.opens)
    }

    /// Who comes, given the people of an ordinary day in order and the day's stretches with their
    /// shares of people; in the order of coming.
    pub(crate) fn comers(
        &mut self,
        mut times: Vec<Millis>,
        stretches: &[(Millis, Millis, f64)],
        load: f64,
        opens: Millis,
    ) -> Vec<Comer> {
        let Some(mut disturbed) = self.disturbed.take() else {
            return times.into_iter().map(Comer::ordinary).collect();
        };
        if let Some(span) = disturbed.rush {
            self.more_come(span, stretches, load, &mut disturbed.chance, &mut times);
        }
        if disturbed.opens.is_some() {
            for (place, time) in times
                .iter_mut()
                .take_while(|time| **time < opens)
                .enumerate()
            {
                *time = opens + DOOR_QUEUE * (place as Millis + 1);
            }
            times.sort_unstable();
        }
        let comers = match disturbed.machine {
            Some(span) => self.without_machine(span, &times, &mut disturbed.chance),
            None => times.into_iter().map(Comer::ordinary).collect(),
        };
        self.disturbed = Some(disturbed);
        comers
    }

    /// Adds the people that make a rush of an ordinary stretch.
    fn more_come(
        &mut self,
        span: Span,
        stretches: &[(Millis, Millis, f64)],
        load: f64,
        chance: &mut Chance,
        times: &mut Vec<Millis>,
    ) {
        let mut ordinary = 0.0;
        for &(from, to, share) in stretches {
            let begin = clock::at(self.day, from).max(span.begin);
            let end = clock::at(self.day, to).min(span.end);
            if begin >= end {
                continue;
            }
            let part = (end - begin) as f64 / (to - from) as f64;
            let mean = self.site.visits * load * share * part;
            ordinary += mean;
            for _ in 0..chance.poisson(mean * (RUSH - 1.0)) {
                times.push(chance.between(begin as f64, end as f64) as Millis);
            }
        }
        times.sort_unstable();
        self.notes.ordinary = Some(ordinary);
    }

    /// What becomes of those who come while the machine is down.
    fn without_machine(&mut self, span: Span, times: &[Millis], chance: &mut Chance) -> Vec<Comer> {
        let last = self.instant(self.site.sessions[1].1) - 30 * MINUTE;
        let mut comers = Vec::with_capacity(times.len());
        for &arrived in times {
            if !span.contains(arrived) {
                comers.push(Comer::ordinary(arrived));
                continue;
            }
            let (count, first) = self.notes.at_dead_machine;
            self.notes.at_dead_machine = (count + 1, first.or(Some(arrived)));
            let again = span.end + (chance.between(2.0, 60.0) * MINUTE as f64) as Millis;
            match chance.pick(&AT_DEAD_MACHINE) {
                0 => comers.push(Comer {
                    arrived,
                    no_machine: true,
                }),
                1 if again < last => comers.push(Comer::ordinary(again)),
                _ => {}
            }
        }
        comers.sort_by_key(|comer| comer.arrived);
        comers
    }

    /// Sets the instant at which counters close without announcement.
    pub(crate) fn plan_shutting(&mut self) {
        if let Some((counters, span)) = self.disturbed.as_ref().and_then(|d| d.shut.as_ref()) {
            for counter in counters {
                let moment = Moment::Shuts(usize::from(*counter));
                self.moments.push(Reverse((span.begin, moment)));
            }
        }
    }

    /// Until when a counter is shut, if it is now.
    pub(crate) fn shut_until(&self, counter: usize, now: Millis) -> Option<Millis> {
        let (counters, span) = self.disturbed.as_ref()?.shut.as_ref()?;
        (counters.contains(&(counter as u8)) && span.contains(now)).then_some(span.end)
    }

    /// A counter with nobody before it closes on time; a busy one when it is free.
    pub(crate) fn idle_shuts(&mut self, counter: usize, now: Millis) {
        if let Some(until) = self.shut_until(counter, now)
            && self.idle[counter]
        {
            self.idle[counter] = false;
            self.shut(counter, now, until);
        }
    }

    /// Closes a counter and opens it again at the end.
    pub(crate) fn shut(&mut self, counter: usize, now: Millis, until: Millis) {
        let number = counter as u8;
        self.push(now, Body::CounterClosed { counter: number });
        self.push(until, Body::CounterOpened { counter: number });
        self.moments.push(Reverse((until, Moment::Free(counter))));
    }
}

impl Comer {
    fn ordinary(arrived: Millis) -> Self {
        Self {
            arrived,
            no_machine: false,
        }
    }
}
