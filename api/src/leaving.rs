//! What is on its way from the live state to the archive.
//!
//! Packing and writing take much longer than taking out, and events are not to wait for them. So entities are taken out
//! of the state under its lock, and are **here** until the archive has them: an event for one of them puts it back. What
//! the archive is given then is an old copy of it, which does no harm ([`analytics::live::archive`]).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use analytics::live::State;
use analytics::live::archive::{Key, Leaving};
use ingest::archive::{Archive, ArchiveError};
use parking_lot::{Mutex, MutexGuard, RwLock};

/// Entities that are taken out, or put back, under one lock.
const LOCKED_AT_ONCE: usize = 500;

/// The way out.
#[derive(Debug, Default)]
pub(crate) struct WayOut {
    /// Locked after the state, where both are.
    on_it: Mutex<HashMap<Key, Arc<Leaving>>>,
    /// False while nobody is on it: then nobody looks.
    is_used: AtomicBool,
    /// One part at a time; who holds it knows that nobody is on the way.
    one: Mutex<()>,
}

/// Entities that were taken out together.
pub(crate) struct Part<'a> {
    way: &'a WayOut,
    entities: Vec<(Key, Arc<Leaving>)>,
    _one: MutexGuard<'a, ()>,
}

impl WayOut {
    /// True where somebody may be on the way.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used.load(Ordering::Acquire)
    }

    /// Waits until nobody is on the way, and keeps it so.
    pub(crate) fn empty(&self) -> MutexGuard<'_, ()> {
        self.one.lock()
    }

    /// Takes entities out of a state that the store has the rows of up to a position; `prepare` is done to the state each
    /// time before.
    pub(crate) fn take(
        &self,
        state: &RwLock<State>,
        keys: &[Key],
        taken: u64,
        prepare: impl Fn(&mut State),
    ) -> Part<'_> {
        let one = self.one.lock();
        let mut entities = Vec::with_capacity(keys.len());
        for few in keys.chunks(LOCKED_AT_ONCE) {
            let mut state = state.write();
            prepare(&mut state);
            self.is_used.store(true, Ordering::Release);
            let mut on_it = self.on_it.lock();
            for key in few {
                if let Some(leaving) = state.take_out(key, taken) {
                    let leaving = Arc::new(leaving);
                    on_it.insert(key.clone(), Arc::clone(&leaving));
                    entities.push((key.clone(), leaving));
                }
            }
        }
        Part {
            way: self,
            entities,
            _one: one,
        }
    }

    /// Puts an entity back into the state, where it is on the way; true then.
    pub(crate) fn return_to(&self, state: &mut State, key: &Key) -> bool {
        if !self.is_used() {
            return false;
        }
        let Some(leaving) = self.on_it.lock().remove(key) else {
            return false;
        };
        state.put_back(key.clone(), &leaving);
        true
    }

    /// Puts a copy of an entity into a state apart, where it is on the way; true then.
    pub(crate) fn copy_to(&self, apart: &mut State, key: &Key) -> bool {
        if !self.is_used() {
            return false;
        }
        let leaving = self.on_it.lock().get(key).cloned();
        if let Some(leaving) = &leaving {
            apart.put_back(key.clone(), leaving);
        }
        leaving.is_some()
    }
}

impl Part<'_> {
    /// Writes them to the archive, durable on return. Where that fails they are all back in the state.
    pub(crate) fn arrive(
        self,
        state: &RwLock<State>,
        archive: &Archive,
    ) -> Result<usize, ArchiveError> {
        let position = self.entities.iter().map(|(_, l)| l.changed).max();
        let mut packed = Vec::with_capacity(self.entities.len());
        for (key, leaving) in &self.entities {
            match leaving.packed() {
                Some(bytes) => packed.push((key.bytes(), bytes)),
                None => {
                    self.way.return_to(&mut state.write(), key);
                }
            }
        }
        let written = archive.put(packed, position.unwrap_or(0));
        if written.is_err() {
            for few in self.entities.chunks(LOCKED_AT_ONCE) {
                let mut state = state.write();
                for (key, _) in few {
                    self.way.return_to(&mut state, key);
                }
            }
        }
        let mut on_it = self.way.on_it.lock();
        on_it.clear();
        self.way.is_used.store(false, Ordering::Release);
        drop(on_it);
        written.map(|()| self.entities.len())
    }
}

#[cfg(test)]
mod tests {
    use ingest::datadir::{Clock, DataDir};
    use ingest::event::EventTime;
    use ingest::intake::Accepted;

    use super::*;
    use crate::core::Core;

    const CODE: &str = "000.00.001.H26-260302-0001";

    fn step(day: &str, kind: &str) -> String {
        let data = serde_json::json!({
            "dossier": CODE, "procedure": "1.990302", "field": "land", "site": "CN19", "channel": "online", "agency": "dept/justice",
            "applicant": "someone", "result": "approved",
        });
        let event = serde_json::json!({
            "specversion": "1.0", "id": format!("{day}/{kind}"), "source": "test", "type": kind,
            "time": format!("{day}T09:00:00+07:00"), "data": data,
        });
        format!("{event}\n")
    }

    /// The times of what the state has of the dossier.
    fn known(core: &Core) -> Vec<EventTime> {
        let state = core.state.read();
        let dossier = state.dossiers.get(CODE);
        dossier.map_or_else(Vec::new, |d| d.marks.all().iter().map(|m| m.time).collect())
    }

    #[test]
    fn an_event_for_what_is_on_the_way_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path(), Clock::Events, std::time::Duration::ZERO).unwrap();
        let (core, mut intake, decoder) = Core::open(&dir).unwrap();
        let mut come = |lines: &str| -> Vec<Accepted> {
            let batch = decoder.ndjson(lines.as_bytes(), None);
            assert!(batch.rejected.is_empty(), "{:?}", batch.rejected);
            intake.commit(vec![batch], EventTime::now()).unwrap().1
        };
        core.apply_unseen(&come(&step("2026-03-02", "dossier.submitted")));
        core.apply_unseen(&come(&step("2026-03-04", "dossier.resolved")));
        core.apply_unseen(&come(&step("2026-03-03", "dossier.accepted")));
        let keys = [Key::Dossier(CODE.into())];

        let early = core.way_out.take(&core.state, &keys, 2, |_| {});
        assert_eq!(
            early.arrive(&core.state, &core.archive).unwrap(),
            0,
            "its last event has no row yet"
        );
        assert_eq!(known(&core).len(), 3);

        let part = core.way_out.take(&core.state, &keys, 3, |_| {});
        assert_eq!(known(&core).len(), 0, "it is on the way");
        core.apply_unseen(&come(&step("2026-03-05", "dossier.returned")));
        assert_eq!(known(&core).len(), 4, "it is back");
        part.arrive(&core.state, &core.archive).unwrap();
        assert_eq!(known(&core).len(), 4, "its old copy does no harm");

        let part = core.way_out.take(&core.state, &keys, 4, |_| {});
        part.arrive(&core.state, &core.archive).unwrap();
        assert_eq!(known(&core).len(), 0);
        core.apply_unseen(&come(
            &step("2026-03-06", "dossier.digitised")
                .replace("\"result\":\"approved\"", "\"parts\":1"),
        ));
        assert_eq!(
            known(&core).len(),
            5,
            "it came back from the archive, whole"
        );
        assert!(known(&core).is_sorted());
    }
}
