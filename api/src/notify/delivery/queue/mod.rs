//! A receiver's queue: what is due when, what is joined, tried again, told again and given up. Pure; time is an argument,
//! in microseconds since 1970, and may step back.
//!
//! A notice is *offered*, *waits* (for its shift, for others to join it, for the receiver), is *in flight* with those of its
//! message, and is *settled* once: told, not wanted, or given up. A message in flight keeps its notices, and so its key,
//! until it is taken; what comes meanwhile waits behind it. For a case that stands, the last notice that says so waits
//! again when the receiver's repeat is over, unless somebody took the case.
//!
//! Invariants, held by the tests on random courses:
//! - every number offered is settled exactly once, or waits;
//! - the numbers of a case are in flight in rising order;
//! - no more wait than [`Bounds::most_waiting`];
//! - nothing is in flight outside the shift but what is told at any time, and what the same case had waiting before that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

mod moving;

use super::bounds::{Bounds, Failure, Trouble};
use super::entry::{Fate, Flight, Place, Standing, Waiting};
use super::health::Health;
use super::progress::Progress;
use crate::notify::message::{Batch, Notice, Told};
use crate::notify::settings::{Channel, Receiver};

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send this, and say how it went with [`Queue::sent`].
    Send(Batch),
    /// Ask again at this instant, or when something is offered.
    At(i64),
    /// Ask again when something is offered.
    Idle,
}

/// A receiver's queue.
#[derive(Debug)]
pub struct Queue {
    receiver: Arc<Receiver>,
    bounds: Bounds,
    waiting: BTreeMap<Place, Waiting>,
    flight: Option<Flight>,
    standing: HashMap<String, Standing>,
    /// No standing case is to be told again before.
    again_at: i64,
    /// Notices up to this place go alone: one of them is refused for its content.
    alone_until: Option<Place>,
    /// How many came, for their order.
    came: u64,
    greatest: u64,
    progress: Progress,
    /// Since the last message that was taken.
    given_up: u64,
    failures: u32,
    fates: Vec<(u64, Fate)>,
    health: Health,
}

impl Queue {
    /// An empty queue of a receiver that is done with what `progress` says.
    pub fn new(receiver: Arc<Receiver>, bounds: Bounds, progress: Progress) -> Self {
        let health = Health::new(&receiver.name);
        Self {
            receiver,
            bounds,
            waiting: BTreeMap::new(),
            flight: None,
            standing: HashMap::new(),
            again_at: i64::MAX,
            alone_until: None,
            came: 0,
            greatest: progress.up_to,
            progress,
            given_up: 0,
            failures: 0,
            fates: Vec::new(),
            health,
        }
    }

    /// Takes a notice; numbers come in rising order, and one that is known already is passed over.
    pub fn offer(&mut self, notice: Arc<Notice>, now: i64) {
        let number = notice.number;
        let is_numbered = number > 0;
        if is_numbered && number <= self.greatest {
            return;
        }
        self.greatest = self.greatest.max(number);
        if is_numbered && self.progress.is_settled(number) {
            return self.remember(&notice, now);
        }
        let case = notice.case.clone();
        let is_known = self.standing.contains_key(&case);
        let wants = self.receiver.wants(&notice, is_known);
        if notice.what.stands() || notice.what.ends() {
            // What would be told again is not so any more.
            self.waiting
                .retain(|_, w| w.told.repeated_at.is_none() || w.told.notice.case != case);
        }
        if notice.what.ends() && self.forget_untold(&case, now) {
            self.settle(number, Fate::Skipped);
            return;
        }
        if notice.what.ends() {
            self.standing.remove(&case);
        }
        if !wants {
            self.settle(number, Fate::Skipped);
            return;
        }
        if notice.what.stands() {
            self.stand(&notice, false, now);
        }
        self.wait(
            Told {
                notice,
                repeated_at: None,
            },
            now,
        );
        self.keep_bound();
    }

    /// After a restart: what was settled out of turn still says whether its case stands.
    fn remember(&mut self, notice: &Arc<Notice>, now: i64) {
        if notice.what.ends() {
            self.standing.remove(&notice.case);
        } else if notice.what.stands() && self.receiver.wants(notice, false) {
            self.stand(notice, true, now);
        }
    }

    /// A case that was told before a restart and stands still: it is told again from `now` on, and not at once.
    pub fn recall(&mut self, notice: Arc<Notice>, is_taken: bool, now: i64) {
        if notice.what.stands() && self.receiver.wants(&notice, false) {
            self.stand(&notice, true, now);
            if is_taken {
                self.taken(&notice.case.clone());
            }
        }
    }

    /// Somebody took a case: it is told again no more, but to an Alertmanager, which would forget it.
    pub fn taken(&mut self, case: &str) {
        if matches!(self.receiver.channel, Channel::Alertmanager { .. }) {
            return;
        }
        if let Some(standing) = self.standing.get_mut(case) {
            standing.is_taken = true;
        }
        self.waiting
            .retain(|_, w| w.told.repeated_at.is_none() || w.told.notice.case != case);
    }

    /// What is to be done at an instant.
    pub fn next(&mut self, now: i64) -> Next {
        if self.flight.as_ref().is_some_and(|flight| flight.is_sending) {
            return Next::Idle;
        }
        self.leave_shift(now);
        self.give_up_old(now);
        self.tell_again(now);
        if self.flight.is_none()
            && let Err(at) = self.take_off(now)
        {
            let at = at.min(self.again_at);
            return if at == i64::MAX {
                Next::Idle
            } else {
                Next::At(at)
            };
        }
        let batch = self.batch();
        match &mut self.flight {
            Some(flight) if flight.retry_at <= now => {
                flight.is_sending = true;
                flight.given_up = batch.given_up;
                Next::Send(batch)
            }
            Some(flight) => Next::At(flight.retry_at),
            None => Next::Idle,
        }
    }

    /// How the message that [`Queue::next`] gave went: taken, perhaps with a remark (an address of several was refused), or
    /// failed. `chance` in [0, 1) spreads the tries.
    pub fn sent(&mut self, outcome: Result<Option<String>, Failure>, now: i64, chance: f64) {
        let Some(mut flight) = self.flight.take() else {
            return;
        };
        flight.is_sending = false;
        let failure = match outcome {
            Ok(remark) => return self.arrived(flight, remark, now),
            Err(failure) => failure,
        };
        self.failures = self.failures.saturating_add(1);
        self.health.fails(now, failure.text);
        flight.retry_at =
            now.saturating_add(self.bounds.retry_us(self.failures, failure.trouble, chance));
        if failure.trouble == Trouble::Content {
            flight.content_failures += 1;
            if flight.entries.len() > 1 {
                // One of them is refused and the others need not be: each goes alone, the first at its time.
                self.alone_until = flight.entries.last().map(|(place, _)| *place);
                let retry_at = flight.retry_at;
                self.land(flight, Some(retry_at));
                return;
            }
            if flight.content_failures >= self.bounds.content_tries {
                for (_, entry) in &flight.entries {
                    self.give_up(entry, Fate::Refused);
                }
                return;
            }
        }
        self.flight = Some(flight);
    }

    /// What was settled since the last time, by number.
    pub fn fates(&mut self) -> Vec<(u64, Fate)> {
        std::mem::take(&mut self.fates)
    }

    /// What the receiver is done with.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// How the receiver does.
    pub fn health(&self) -> Health {
        let mut health = self.health.clone();
        health.waiting = self.len() as u64;
        health
    }

    /// Notices that wait or are in flight.
    pub fn len(&self) -> usize {
        self.waiting.len()
            + self
                .flight
                .as_ref()
                .map_or(0, |flight| flight.entries.len())
    }

    /// True where nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn arrived(&mut self, flight: Flight, remark: Option<String>, now: i64) {
        self.failures = 0;
        // Some may have been given up meanwhile: the next message says them.
        self.given_up = self.given_up.saturating_sub(flight.given_up);
        self.health.takes(now, flight.entries.len() as u64, remark);
        for (_, entry) in flight.entries {
            let notice = entry.told.notice;
            if let (Some(standing), Some(repeat)) =
                (self.standing.get_mut(&notice.case), self.receiver.repeat_us)
            {
                standing.is_told = true;
                standing.again_at = now.saturating_add(repeat);
                self.again_at = self.again_at.min(standing.again_at);
            } else if let Some(standing) = self.standing.get_mut(&notice.case) {
                standing.is_told = true;
            }
            if entry.told.repeated_at.is_none() {
                self.settle(notice.number, Fate::Delivered);
            }
        }
    }

    fn settle(&mut self, number: u64, fate: Fate) {
        if number == 0 {
            return;
        }
        self.fates.push((number, fate));
        let firsts = |w: &Waiting| w.told.repeated_at.is_none().then_some(w.told.notice.number);
        let flying = self.flight.iter().flat_map(|flight| &flight.entries);
        let open = self.waiting.values().filter_map(firsts);
        let open = open.chain(flying.filter_map(|(_, w)| firsts(w)));
        let least = open.filter(|n| *n > 0 && *n != number).min();
        let up_to = least.map_or(self.greatest, |least| least - 1);
        self.progress.settle([number], up_to);
    }

    fn stand(&mut self, notice: &Arc<Notice>, is_told: bool, now: i64) {
        if self.standing.len() >= self.bounds.most_standing
            && !self.standing.contains_key(&notice.case)
        {
            return;
        }
        let again_at = match (self.receiver.repeat_us, is_told) {
            (Some(repeat), true) => now.saturating_add(repeat),
            _ => i64::MAX,
        };
        self.again_at = self.again_at.min(again_at);
        let was_told = self.standing.get(&notice.case).is_some_and(|s| s.is_told);
        let standing = Standing {
            notice: Arc::clone(notice),
            is_told: is_told || was_told,
            is_taken: false,
            again_at,
        };
        self.standing.insert(notice.case.clone(), standing);
    }

    /// Forgets a case that is over and of which nobody was told, since all of it waits for the shift; true then.
    fn forget_untold(&mut self, case: &str, now: i64) -> bool {
        let is_told = self
            .standing
            .get(case)
            .is_none_or(|standing| standing.is_told);
        let is_flying = |flight: &Flight| {
            flight
                .entries
                .iter()
                .any(|(_, w)| w.told.notice.case == case)
        };
        if is_told || self.flight.as_ref().is_some_and(is_flying) {
            return false;
        }
        let of_case = |w: &&Waiting| w.told.notice.case == case;
        let mut all = self.waiting.values().filter(of_case).peekable();
        if all.peek().is_none() || !all.all(|w| w.ready_at > now && !w.was_tried) {
            return false;
        }
        let gone: Vec<Place> = self
            .waiting
            .iter()
            .filter(|(_, w)| of_case(w))
            .map(|(place, _)| *place)
            .collect();
        for place in gone {
            if let Some(entry) = self.waiting.remove(&place) {
                self.settle(entry.told.notice.number, Fate::Skipped);
            }
        }
        self.standing.remove(case);
        true
    }

    fn give_up(&mut self, entry: &Waiting, fate: Fate) {
        if entry.told.repeated_at.is_some() {
            // It was told once and is tried again at the next repeat.
            if let (Some(standing), Some(repeat)) = (
                self.standing.get_mut(&entry.told.notice.case),
                self.receiver.repeat_us,
            ) {
                standing.again_at = entry.ready_at.saturating_add(repeat);
                self.again_at = self.again_at.min(standing.again_at);
            }
            return;
        }
        self.given_up += 1;
        self.health.dropped += 1;
        self.settle(entry.told.notice.number, fate);
    }

    fn is_old(&self, entry: &Waiting, now: i64) -> bool {
        now.saturating_sub(entry.ages_from) > self.bounds.oldest_us
    }

    fn give_up_old(&mut self, now: i64) {
        let old: Vec<Place> = self
            .waiting
            .iter()
            .filter(|(_, w)| self.is_old(w, now))
            .map(|(place, _)| *place)
            .collect();
        for place in old {
            if let Some(entry) = self.waiting.remove(&place) {
                self.give_up(&entry, Fate::Old);
            }
        }
        let Some(mut flight) = self.flight.take() else {
            return;
        };
        let (old, young): (Vec<_>, Vec<_>) = std::mem::take(&mut flight.entries)
            .into_iter()
            .partition(|(_, w)| self.is_old(w, now));
        flight.entries = young;
        if !flight.entries.is_empty() {
            self.flight = Some(flight);
        }
        for (_, entry) in &old {
            self.give_up(entry, Fate::Old);
        }
    }
}
