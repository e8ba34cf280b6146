//! How notices move through a queue: into it, into flight and back, and out where too many wait.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::entry::{Fate, Flight, Place, Waiting};
use super::Queue;
use crate::notify::message::{Batch, Told, What};

impl Queue {
    pub(super) fn wait(&mut self, told: Told, now: i64) {
        let any_time = self.receiver.any_time(&told.notice);
        let ready_at = if any_time {
            now
        } else {
            self.receiver.shift.begins(now)
        };
        // The time of simulated data is not the time of this machine; nor may a clock that is ahead keep a notice for ever.
        let is_of_now = told.notice.simulated || told.repeated_at.is_some();
        let made_at = if is_of_now {
            now
        } else {
            told.notice.at.min(now)
        };
        let ages_from = if ready_at > now { ready_at } else { made_at };
        self.came += 1;
        let place = (told.notice.number, self.came);
        let entry = Waiting {
            told,
            ready_at,
            any_time,
            ages_from,
            was_tried: false,
        };
        self.waiting.insert(place, entry);
        self.bring_along(now);
    }

    /// What a case has waiting before a notice that is told at any time goes with it, so that the case is told in order.
    fn bring_along(&mut self, now: i64) {
        let mut cases: HashSet<String> = HashSet::new();
        for entry in self.waiting.values_mut().rev() {
            let notice = &entry.told.notice;
            if notice.what == What::Test {
                continue;
            }
            if entry.any_time {
                if !cases.contains(&notice.case) {
                    cases.insert(notice.case.clone());
                }
            } else if cases.contains(&notice.case) {
                entry.any_time = true;
                entry.ready_at = entry.ready_at.min(now);
            }
        }
    }

    pub(super) fn keep_bound(&mut self) {
        while self.len() > self.bounds.most_waiting {
            let rank = |place: &Place, w: &Waiting| {
                (w.told.repeated_at.is_none(), w.told.notice.priority, *place)
            };
            let least = self.waiting.iter().min_by_key(|(place, w)| rank(place, w));
            let Some(place) = least.map(|(place, _)| *place) else {
                return;
            };
            if let Some(entry) = self.waiting.remove(&place) {
                self.give_up(&entry, Fate::Crowded);
            }
        }
    }

    /// Outside the shift, what waits for it waits for its next begin, in flight or not.
    pub(super) fn leave_shift(&mut self, now: i64) {
        let begins = self.receiver.shift.begins(now);
        if begins <= now {
            return;
        }
        let is_held = |flight: &Flight| flight.entries.iter().any(|(_, w)| !w.any_time);
        if let Some(flight) = self.flight.take_if(|flight| is_held(flight)) {
            let retry_at = flight.retry_at;
            self.land(flight, Some(retry_at).filter(|_| self.failures > 0));
            self.bring_along(now);
        }
        for entry in self.waiting.values_mut().filter(|w| !w.any_time) {
            entry.ready_at = entry.ready_at.max(begins);
        }
    }

    /// Puts a message in flight back among what waits, the first not before an instant.
    pub(super) fn land(&mut self, flight: Flight, not_before: Option<i64>) {
        for (place, mut entry) in flight.entries {
            entry.was_tried = true;
            if let Some(not_before) = not_before {
                entry.ready_at = entry.ready_at.max(not_before);
            }
            self.waiting.insert(place, entry);
        }
    }

    /// Puts into the queue again what stands and was told long enough ago.
    pub(super) fn tell_again(&mut self, now: i64) {
        if now < self.again_at {
            return;
        }
        let flying = self
            .flight
            .iter()
            .flat_map(|flight| &flight.entries)
            .map(|(_, w)| w);
        let busy: HashSet<&str> = self
            .waiting
            .values()
            .chain(flying)
            .map(|w| &*w.told.notice.case)
            .collect();
        let mut due = Vec::new();
        self.again_at = i64::MAX;
        for (case, standing) in &mut self.standing {
            if standing.is_taken || !standing.is_told {
                continue;
            }
            if standing.again_at > now {
                self.again_at = self.again_at.min(standing.again_at);
            } else if !busy.contains(&**case) {
                // Set again when it arrives.
                standing.again_at = i64::MAX;
                due.push(Arc::clone(&standing.notice));
            }
        }
        due.sort_by_key(|notice| notice.number);
        for notice in due {
            let repeated_at = Some(now);
            self.wait(
                Told {
                    notice,
                    repeated_at,
                },
                now,
            );
        }
        self.keep_bound();
    }

    /// Forms a message of what is due; where nothing is, when something will be.
    pub(super) fn take_off(&mut self, now: i64) -> Result<(), i64> {
        // What waits behind an earlier notice of its case is ready no sooner than that.
        let mut cases: HashMap<&str, i64> = HashMap::new();
        let mut due_at = i64::MAX;
        let mut places: Vec<Place> = Vec::new();
        for (place, entry) in &self.waiting {
            let notice = &*entry.told.notice;
            let (ready_at, due) = if notice.what == What::Test {
                (entry.ready_at, entry.ready_at)
            } else {
                let behind = cases.entry(&notice.case).or_insert(entry.ready_at);
                *behind = entry.ready_at.max(*behind);
                (*behind, behind.saturating_add(self.bounds.join_us))
            };
            due_at = due_at.min(due);
            if ready_at <= now && places.len() < self.bounds.most_joined.max(1) {
                places.push(*place);
            }
        }
        if due_at > now {
            return Err(due_at);
        }
        match (self.alone_until, places.first()) {
            (Some(until), Some(first)) if *first <= until => places.truncate(1),
            _ => self.alone_until = None,
        }
        let mut entries = Vec::with_capacity(places.len());
        for place in places {
            entries.extend(self.waiting.remove(&place).map(|entry| (place, entry)));
        }
        self.flight = Some(Flight {
            entries,
            retry_at: now,
            is_sending: false,
            content_failures: 0,
            given_up: 0,
        });
        Ok(())
    }

    pub(super) fn batch(&self) -> Batch {
        let entries = self.flight.iter().flat_map(|flight| &flight.entries);
        Batch {
            receiver: self.receiver.name.clone(),
            notices: entries.map(|(_, w)| w.told.clone()).collect(),
            given_up: self.given_up,
        }
    }
}
