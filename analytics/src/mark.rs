//! What makes order irrelevant: an entity is the *set* of its events, kept in order of precedence.
//!
//! Every entity of the live state — a ticket, a dossier, a counter, a point — holds [`Marks`]: one mark
//! an event, sorted by (`time`, `source`, `id`), the contract's precedence. Inserting is the same
//! whatever the order of arrival, and a pair that is there already is not inserted again; every figure is
//! a pure function of the sorted marks. So any order and any repetition give the same state.

use compact_str::CompactString;
use ingest::event::{Event, EventTime};
use serde::{Deserialize, Serialize};

use crate::names::{Name, Names};

/// One event as an entity remembers it: when, by whom, and what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark<K> {
    /// When it happened.
    pub time: EventTime,
    /// How many events had been applied with it: which facts are behind the state. No figure reads it.
    pub arrived: u64,
    /// Who said it.
    pub source: Name,
    /// Its id within the source.
    pub id: CompactString,
    /// What happened.
    pub what: K,
}

/// An entity's events in order of precedence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Marks<K>(Vec<Mark<K>>);

impl<K> Default for Marks<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K> Marks<K> {
    /// Of what happened, in order of precedence, without who said it: for figures alone.
    pub fn told(events: impl IntoIterator<Item = (EventTime, K)>) -> Self {
        let nobody = Name::from("");
        let marks = events.into_iter().map(|(time, what)| Mark {
            time,
            arrived: 0,
            source: nobody.clone(),
            id: CompactString::default(),
            what,
        });
        Self(marks.collect())
    }

    /// Inserts an event at its place; false when its pair is there at that time already.
    pub fn insert(&mut self, arrived: u64, event: &Event, names: &mut Names, what: K) -> bool {
        let place = {
            let key = event.precedence();
            // Most events come in order: look at the end first.
            match self.0.last() {
                None => 0,
                Some(last) if precedence(last) < key => self.0.len(),
                Some(_) => match self.0.binary_search_by(|mark| precedence(mark).cmp(&key)) {
                    Ok(_) => return false,
                    Err(place) => place,
                },
            }
        };
        if self.0.len() == self.0.capacity() {
            // Most entities have few events and there are very many entities: doubling would leave a
            // third of the live state empty.
            self.0.reserve_exact(if self.0.len() < 16 {
                2
            } else {
                self.0.len() / 2
            });
        }
        let mark = Mark {
            time: event.time,
            arrived,
            source: names.get(&event.source),
            id: event.id.clone(),
            what,
        };
        self.0.insert(place, mark);
        true
    }

    /// All, in order.
    pub fn all(&self) -> &[Mark<K>] {
        &self.0
    }

    /// What happened, to take out what nobody may know any more. Order and identity stay.
    pub(crate) fn each_mut(&mut self) -> impl Iterator<Item = &mut K> {
        self.0.iter_mut().map(|mark| &mut mark.what)
    }

    /// True without any.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the last of them to come came; 0 without any.
    pub fn changed(&self) -> u64 {
        self.0.iter().map(|mark| mark.arrived).max().unwrap_or(0)
    }

    /// Those timed before an instant.
    pub fn before(&self, instant: EventTime) -> &[Mark<K>] {
        &self.0[..self.0.partition_point(|mark| mark.time < instant)]
    }

    /// Those timed at or before an instant.
    pub fn until(&self, instant: EventTime) -> &[Mark<K>] {
        &self.0[..self.0.partition_point(|mark| mark.time <= instant)]
    }

    /// Keeps those that are wanted.
    pub fn retain(&mut self, wanted: impl FnMut(&Mark<K>) -> bool) {
        self.0.retain(wanted);
        self.0.shrink_to_fit();
    }
}

fn precedence<K>(mark: &Mark<K>) -> (EventTime, &str, &str) {
    (mark.time, &mark.source, &mark.id)
}
