//! When a site's doors and counters open, pause and close on a day.
//!
//! Invariant: a counter is told open before it serves and closed after it has served.

use super::clock::{self, HOUR, MINUTE, Millis};
use super::event::{Body, Ticket};
use super::visits::{Moment, OVERTIME, SiteDay};
use std::cmp::Reverse;

impl SiteDay<'_> {
    /// Opens the site and its counters; returns when the site really opened.
    pub(crate) fn open(&mut self, half: bool) -> Millis {
        let [(morning, noon), (afternoon, evening)] = self.site.sessions;
        // Most doors open a little before the hour; one day in thirty-three, 10 to 25 minutes late.
        let late = if self.chance.happens(0.03) {
            self.chance.between(10.0, 25.0)
        } else {
            self.chance.between(-6.0, 1.0)
        };
        let ordinary = self.instant(morning) + (late * MINUTE as f64) as Millis;
        let opens = self.opens_late().unwrap_or(ordinary);
        self.push(opens, Body::SiteOpened);
        for counter in 0..self.site.counters.len() {
            let mut jitter =
                |from: f64, to: f64| (self.chance.between(from, to) * MINUTE as f64) as Millis;
            let first = clock::at(self.day, morning).max(opens) + jitter(-2.0, 9.0).max(0);
            let lunch = clock::at(self.day, noon) - jitter(0.0, 4.0);
            let back = clock::at(self.day, afternoon) + jitter(0.0, 8.0);
            let (first_end, second) = if half {
                (
                    self.instant(noon) + OVERTIME,
                    (self.instant(noon) + OVERTIME, 0),
                )
            } else {
                (lunch, (back, self.instant(evening) + OVERTIME))
            };
            self.sessions.push([(first, first_end), second]);
            if !half {
                self.moments.push(Reverse((lunch, Moment::Lunch(counter))));
            }
            let breaks = self.chance.happens(0.35);
            let at =
                self.instant(morning) + (self.chance.between(1.0, 8.0) * HOUR as f64) as Millis;
            self.break_at.push(breaks.then_some(at));
            self.push(
                first,
                Body::CounterOpened {
                    counter: counter as u8,
                },
            );
            self.moments.push(Reverse((first, Moment::Free(counter))));
        }
        self.plan_shutting();
        opens
    }

    pub(crate) fn pause_for_lunch(&mut self, counter: usize, now: Millis, back: Millis) {
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
    }

    /// A counter with nobody before it goes to lunch on time; a busy one when it is free.
    pub(crate) fn idle_lunch(&mut self, counter: usize, now: Millis) {
        if self.idle[counter] {
            self.idle[counter] = false;
            self.pause_for_lunch(counter, now, self.sessions[counter][1].0);
        }
    }

    /// Closes the counters and the site. Who still waits has no end: the day closes over them.
    pub(crate) fn close(&mut self, half: bool) {
        let evening = self.site.sessions[usize::from(!half)].1;
        let mut last = self.instant(evening);
        for counter in 0..self.site.counters.len() {
            let closes = (self.instant(evening)
                - (self.chance.between(-4.0, 3.0) * MINUTE as f64) as Millis)
                .max(self.busy_until[counter]);
            last = last.max(closes);
            self.push(
                closes,
                Body::CounterClosed {
                    counter: counter as u8,
                },
            );
        }
        let after = (self.chance.between(1.0, 9.0) * MINUTE as f64) as Millis;
        self.push(last + after, Body::SiteClosed);
        let leaving: Vec<(Millis, Ticket)> = self
            .queues
            .iter()
            .flatten()
            .map(|index| &self.visits[*index])
            .filter(|visit| visit.gives_back && !visit.served_before && !visit.walk_in)
            .map(|visit| (visit.since + visit.patience, visit.ticket))
            .filter(|(leaves, _)| *leaves < last)
            .collect();
        for (leaves, ticket) in leaving {
            self.push(leaves, Body::Abandoned { ticket });
        }
    }
}
