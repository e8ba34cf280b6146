//! The core of a data directory in use: the live state, what has left it, what it is read against, and its facts.
//!
//! Writers call [`Core::apply`] with events that are durable; readers ask [`Core::answer`] and
//! [`Core::sql`]. The state sits behind one lock: writes are short folds, reads are computations of
//! milliseconds. What is over leaves it for the archive ([`crate::keeping`]), and comes back here before an event for it
//! is folded.
//!
//! Nobody waits for the pool of threads while holding the state: facts are made on it, and take the state there.

mod given;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use analytics::facts::{self, TABLES, Window};
use analytics::figures::store::Engine;
use analytics::forecast::model::Tried;
use analytics::index::definition::Definitions;
use analytics::live::archive::Key;
use analytics::live::dossier::Dossier;
use analytics::live::site_day::SiteDay;
use analytics::live::{State, Touched, checkpoint};
use analytics::names::Name;
use analytics::register::tasks::{self, Task};
use analytics::registry::Registry;
use analytics::rules::Rules;
use analytics::scorecard::Criteria;
use anyhow::Context as _;
use compact_str::CompactString;
use geodata::Pack;
use ingest::archive::Archive;
use ingest::checkpoint::Checkpoints;
use ingest::datadir::{Clock, DataDir};
use ingest::decode::Decoder;
use ingest::entries::Entries;
use ingest::event::time::Day;
use ingest::event::{Event, EventTime};
use ingest::intake::{Accepted, Intake};
use ingest::journal;
use ingest::national::Mapping;
use ingest::store::clickhouse::{Address, ClickHouse};
use ingest::store::{FactStore, LazyBatch, Store, StoreError};
use parking_lot::{Mutex, MutexGuard, RwLock};

use given::{national, registry, rules};
pub use given::{pack, pack_name};

use crate::keeping::Rhythm;
use crate::leaving::WayOut;

/// How long one who asks for figures waits while others bring the facts up.
const READER_PATIENCE: Duration = Duration::from_secs(10);
/// Events whose dossiers are fetched at once: as many as the first cache holds with what they point to.
const LOOK_AHEAD: usize = 32;

/// State, register, rules and facts of one data directory.
#[derive(Debug)]
pub struct Core {
    /// The live state.
    pub state: RwLock<State>,
    /// The register of points.
    pub registry: Registry,
    /// What figures are reckoned by.
    pub rules: Rules,
    /// The definitions of the index.
    pub index: Definitions,
    /// What people have entered.
    pub entries: Entries,
    /// The last model of what will be late, with the instant of which it is.
    pub forecast: Mutex<Option<(EventTime, Arc<Tried>)>>,
    /// What the scorecard is made of.
    pub criteria: Criteria,
    /// The plan's tasks.
    pub tasks: Vec<Task>,
    /// What senders of the national exchange mean by their words.
    pub national: Mapping,
    /// The geographic pack.
    pub pack: &'static Pack,
    /// Where *now* comes from.
    pub clock: Clock,
    pub(crate) facts: Store,
    pub(crate) archive: Archive,
    pub(crate) way_out: WayOut,
    pub(crate) checkpoints: Checkpoints,
    /// The directory.
    pub(crate) dir: PathBuf,
    /// One flush at a time.
    flushing: Mutex<()>,
    /// The state is that of the whole journal: nobody can have come further.
    is_replayed: bool,
    /// What is over leaves before the store has its rows: they are written from the archive afterwards.
    pub(crate) do_facts_wait: bool,
    /// One keeping at a time.
    pub(crate) keeping: Mutex<Rhythm>,
}

impl Core {
    /// Opens a data directory: its state as of the newest checkpoint, and the journal's events since. Gives the core with
    /// the intake at the journal's end.
    pub fn open(dir: &DataDir) -> anyhow::Result<(Self, Intake, Arc<Decoder>)> {
        Self::open_with(dir, Store::Embedded(FactStore::open(dir.facts())?))
    }

    /// As [`Core::open`], with the facts in ClickHouse. Refuses what cannot be mended by waiting; a server that does
    /// not answer is asked again later.
    pub fn open_on_clickhouse(
        dir: &DataDir,
        address: Address,
    ) -> anyhow::Result<(Self, Intake, Arc<Decoder>)> {
        let mut tables = facts::stored_tables();
        // Sent apart: it follows the desk's log.
        tables.push(facts::ALERTS.stored());
        let store = ClickHouse::new(address, tables, dir.secret().fingerprint())?;
        match store.position() {
            Err(e) if !e.can_retry() => return Err(e.into()),
            Err(e) => tracing::warn!(error = %e, "the facts wait in the journal"),
            Ok(_) => {}
        }
        Self::open_with(dir, Store::ClickHouse(Box::new(store)))
    }

    fn open_with(dir: &DataDir, facts: Store) -> anyhow::Result<(Self, Intake, Arc<Decoder>)> {
        dir.claim(&pack_name(pack()?))?;
        let checkpoints = Checkpoints::new(dir.checkpoint());
        let mut core = Self {
            state: RwLock::default(),
            registry: registry(pack()?),
            rules: rules(dir)?,
            index: Definitions::shipped()?,
            entries: Entries::open(dir.path())?,
            forecast: Mutex::default(),
            criteria: Criteria::shipped()?,
            tasks: tasks::shipped()?,
            national: national(dir)?,
            pack: pack()?,
            clock: dir.clock(),
            facts,
            archive: Archive::open(dir.archive())?,
            way_out: WayOut::default(),
            keeping: Mutex::new(Rhythm::of(&checkpoints)),
            checkpoints,
            dir: dir.path().to_owned(),
            flushing: Mutex::default(),
            is_replayed: false,
            do_facts_wait: false,
        };
        let decoder = Arc::new(Decoder::new(dir.secret()));
        let begin = std::time::Instant::now();
        let (intake, from) = core.replay(dir, &decoder)?;
        let position = intake.position();
        match &core.facts {
            // Facts of a journal that is no longer there.
            Store::Embedded(store) if store.position() > position => store.clear()?,
            Store::ClickHouse(store) => {
                if let Ok(facts) = store.position()
                    && facts > position
                {
                    return Err(StoreError::Ahead {
                        facts,
                        journal: position,
                    }
                    .into());
                }
            }
            Store::Embedded(_) => {}
        }
        tracing::info!(
            events = position,
            from_checkpoint = from,
            seconds = begin.elapsed().as_secs_f64(),
            "the state is that of the journal"
        );
        core.is_replayed = true;
        core.follow_rules(dir)?;
        Ok((core, intake, decoder))
    }

    /// Has all facts made again where they were made by other rules.
    fn follow_rules(&self, dir: &DataDir) -> anyhow::Result<()> {
        let digest = self.rules.digest();
        if dir.facts_calendar().as_deref() == Some(&*digest) {
            return Ok(());
        }
        match &self.facts {
            Store::Embedded(store) if store.position() > 0 => {
                tracing::warn!(
                    "the working calendar or the procedures have changed: all facts are made again"
                );
                store.clear()?;
            }
            Store::ClickHouse(store) if store.position().is_ok_and(|position| position > 0) => {
                tracing::warn!(
                    "the working calendar or the procedures have changed: figures follow, the columns due_at and working_hours of rows in ClickHouse do once `vonglau copy-store` has been run into a new database"
                );
            }
            Store::Embedded(_) | Store::ClickHouse(_) => {}
        }
        Ok(dir.note_facts_calendar(&digest)?)
    }

    /// Makes the state that of the journal; answers the intake and the position of the checkpoint that it began with.
    fn replay(&mut self, dir: &DataDir, decoder: &Decoder) -> anyhow::Result<(Intake, u64)> {
        let journal_begin = journal::begin(&dir.journal())?;
        let state = self.newest_checkpoint();
        // What left is in the archive: a checkpoint without it is half of the state.
        let lacks_archive = state.whole_since.is_some() && self.archive.position()? == 0;
        let state = if lacks_archive {
            tracing::warn!("the archive is gone: it is made anew from the journal");
            if journal_begin == 0 {
                self.checkpoints.clear()?;
            }
            State::default()
        } else {
            state
        };
        let from = state.events;
        if from < journal_begin {
            anyhow::bail!(
                "the journal begins at event {journal_begin}, and there is no readable checkpoint from there on in {}, or no archive beside it: restore the newest backup into a new directory",
                dir.checkpoint().display()
            );
        }
        *self.state.write() = state;
        self.do_facts_wait = can_rows_wait(self.archive.position()?, self.facts.known_position());
        let opened = self.relieved(|relief| {
            Intake::open(dir, decoder, from, |accepted| {
                self.apply_unseen(std::slice::from_ref(accepted));
                relief.folded(accepted.events.len() as u64);
            })
        });
        self.do_facts_wait = false;
        let (intake, recovery) = opened?;
        if recovery.torn_bytes > 0 {
            tracing::warn!(
                bytes = recovery.torn_bytes,
                "cut off a batch that was never acknowledged"
            );
        }
        let position = intake.position();
        let archived = self.archive.position()?;
        if from.max(archived) <= position {
            return Ok((intake, from));
        }
        // They are of a longer journal than the one that is here.
        if journal_begin > 0 {
            anyhow::bail!(
                "the archive or a checkpoint reaches to event {} and the journal ends at {position}: it was restored from an older copy or cut; restore the newest backup into a new directory",
                from.max(archived)
            );
        }
        tracing::warn!(
            "the journal is shorter than the archive or a checkpoint: both are made anew"
        );
        drop(intake);
        self.checkpoints.clear()?;
        self.archive = remade(dir, std::mem::replace(&mut self.archive, Archive::none()))?;
        self.replay(dir, decoder)
    }

    /// The state of the newest checkpoint that can be read; an empty one without.
    fn newest_checkpoint(&self) -> State {
        for (_, path) in self.checkpoints.all() {
            let read = Checkpoints::read(&path).map_err(|e| e.to_string());
            match read.and_then(|blocks| checkpoint::read(&blocks)) {
                Ok(state) => return state,
                Err(e) => {
                    tracing::warn!(path = %path.display(), error = e, "a checkpoint cannot be read: more of the journal is");
                }
            }
        }
        State::default()
    }

    /// The time up to which the state is complete. Where events are the clock and none has come, nothing has happened by any time: it is the
    /// machine's, from which the first event may go back. What would act on that asks [`Core::begun`].
    pub fn now(&self, state: &State) -> EventTime {
        self.begun(state).unwrap_or_else(EventTime::now)
    }

    /// The same; `None` where events are the clock and none has come.
    pub fn begun(&self, state: &State) -> Option<EventTime> {
        match self.clock {
            Clock::Wall => Some(EventTime::now()),
            Clock::Events => state.lasting.last_event,
        }
    }

    /// The bound that a decoder holds event times against; none where events are the clock.
    pub fn wall_now(&self) -> Option<EventTime> {
        (self.clock == Clock::Wall).then(EventTime::now)
    }

    /// True where the data is simulated or replayed.
    pub fn is_simulated(&self) -> bool {
        self.clock == Clock::Events
    }

    /// Folds durable events in; answers what each touched.
    pub fn apply(&self, accepted: &[Accepted]) -> Vec<Touch> {
        let mut state = self.state.write();
        let mut touches = Vec::with_capacity(accepted.iter().map(|run| run.events.len()).sum());
        for run in accepted {
            state.events = run.first;
            for some in run.events.chunks(LOOK_AHEAD) {
                std::hint::black_box(state.look_ahead(some));
                for event in some {
                    let fold = self.fold(&mut state, event);
                    let dossier = event.body.dossier().map(|code| {
                        let dossier = state.dossiers.get(code.as_str());
                        let site = dossier.and_then(|d| d.site().cloned());
                        (code.as_str().into(), site)
                    });
                    touches.push(Touch { fold, dossier });
                }
            }
        }
        touches
    }

    /// Folds durable events in for one who shows nothing.
    pub fn apply_unseen(&self, accepted: &[Accepted]) {
        let mut state = self.state.write();
        for run in accepted {
            state.events = run.first;
            for some in run.events.chunks(LOOK_AHEAD) {
                std::hint::black_box(state.look_ahead(some));
                for event in some {
                    self.fold(&mut state, event);
                }
            }
        }
    }

    /// True where facts go to a store elsewhere.
    pub(crate) fn is_stored_elsewhere(&self) -> bool {
        matches!(self.facts, Store::ClickHouse(_))
    }

    /// True where something may have left the state.
    fn has_let_go(&self) -> bool {
        self.way_out.is_used() || !self.archive.is_empty()
    }

    /// Folds an event in; what it is about comes back before, where it has left.
    fn fold(&self, state: &mut State, event: &Event) -> Touched {
        if self.has_let_go()
            && let Some(key) = state.lacks(event)
            && !self.way_out.return_to(state, &key)
        {
            let found = self.archive.get(&key.bytes());
            let restored = found.map_err(anyhow::Error::from).and_then(|bytes| {
                let Some(bytes) = bytes else { return Ok(()) };
                Ok(state.restore(&key, &bytes)?)
            });
            if let Err(e) = restored {
                // Folding without it would show and store a wrong figure. All events are in the journal.
                tracing::error!(
                    error = format!("{e:#}"),
                    "the server stops: no event is lost; start it again when the disk is sound"
                );
                std::process::exit(1);
            }
        }
        state.apply(event)
    }

    /// The engine of its store.
    pub fn engine(&self) -> Engine {
        match self.facts {
            Store::Embedded(_) => Engine::DataFusion,
            Store::ClickHouse(_) => Engine::ClickHouse,
        }
    }

    /// Looks at a dossier with the time up to which the state is complete, wherever it lies; `None` where there is none.
    pub fn dossier<T>(
        &self,
        key: &Key,
        look: impl FnOnce(&Dossier, EventTime) -> T,
    ) -> anyhow::Result<Option<T>> {
        let Key::Dossier(code) = key else {
            return Ok(None);
        };
        let mut apart = State::default();
        let now = {
            let state = self.state.read();
            let now = self.now(&state);
            if let Some(dossier) = state.dossiers.get(code) {
                return Ok(Some(look(dossier, now)));
            }
            // While the state is held nobody sets out, and who is on the way is not in the archive yet.
            if self.way_out.copy_to(&mut apart, key) {
                let dossier = apart.dossiers.get(code);
                return Ok(dossier.map(|dossier| look(dossier, now)));
            }
            now
        };
        let Some(bytes) = self.archive.get(&key.bytes())? else {
            return Ok(None);
        };
        apart.restore(key, &bytes)?;
        Ok(apart.dossiers.get(code).map(|dossier| look(dossier, now)))
    }

    /// A copy of a point's day, wherever it lies; `None` where nothing is known of it.
    pub fn site_day(&self, key: &Key) -> anyhow::Result<Option<SiteDay>> {
        let Key::SiteDay(day, site) = key else {
            return Ok(None);
        };
        let mut apart = State::default();
        {
            let state = self.state.read();
            if let Some(found) = state.day_of(*day, site) {
                return Ok(Some(found.clone()));
            }
            if self.way_out.copy_to(&mut apart, key) {
                return Ok(apart.day_of(*day, site).cloned());
            }
        }
        let Some(bytes) = self.archive.get(&key.bytes())? else {
            return Ok(None);
        };
        apart.restore(key, &bytes)?;
        Ok(apart.day_of(*day, site).cloned())
    }

    /// True where anything of a day is known of any point: tickets, boards, counters, ratings.
    pub fn knows_day(&self, day: Day) -> anyhow::Result<bool> {
        let has_any = |state: &State| state.days.get(&day).is_some_and(|sites| !sites.is_empty());
        if has_any(&self.state.read()) {
            return Ok(true);
        }
        // Keys of a day's points begin alike.
        let begin = Key::SiteDay(day, Name::from("")).bytes();
        let mut is_known = false;
        self.archive.scan(Some(&begin), |key, _| {
            is_known = key.starts_with(&begin);
            false
        })?;
        Ok(is_known)
    }

    /// Brings the facts up to the state. Those that are damaged are all written again.
    pub fn flush_facts(&self) -> Result<(), StoreError> {
        self.flush(&self.flushing.lock())
    }

    /// As [`Core::flush_facts`], for one who is waited for: not for long where others are at it already.
    pub fn fresh_facts(&self) -> Result<(), StoreError> {
        match self.flushing.try_lock_for(READER_PATIENCE) {
            Some(one) => self.flush(&one),
            None => Err(StoreError::Busy {
                behind: self.facts_behind().unwrap_or(0),
            }),
        }
    }

    fn flush(&self, one: &MutexGuard<'_, ()>) -> Result<(), StoreError> {
        match (self.write_facts(one), &self.facts) {
            (Err(StoreError::Damaged { path, detail }), Store::Embedded(store)) => {
                tracing::warn!(path = %path.display(), detail, "damaged facts are written again from the journal");
                store.clear()?;
                self.write_facts(one)
            }
            (other, _) => other,
        }
    }

    /// Joins the embedded store's files of months that are over; cheap when there are none. Files that are damaged
    /// have all facts written again.
    pub fn join_facts(&self) -> Result<(), StoreError> {
        let Store::Embedded(store) = &self.facts else {
            return Ok(());
        };
        let Some(today) = self.begun(&self.state.read()).map(EventTime::day) else {
            return Ok(());
        };
        match store.compact(&facts::stored_tables(), today) {
            Ok(0) => Ok(()),
            Ok(joined) => {
                tracing::info!(joined, "facts of months joined");
                Ok(())
            }
            Err(StoreError::Damaged { path, detail }) => {
                tracing::warn!(path = %path.display(), detail, "damaged facts are written again from the journal");
                store.clear()?;
                self.flush_facts()
            }
            Err(other) => Err(other),
        }
    }

    /// Hands the store one window after the other until it has come to where the state was at the begin.
    fn write_facts(&self, _one: &MutexGuard<'_, ()>) -> Result<(), StoreError> {
        let target = self.state.read().events;
        let since = self.facts.position()?;
        if since > target && self.is_replayed {
            // Found only now where the store was away at the start.
            return Err(StoreError::Ahead {
                facts: since,
                journal: target,
            });
        }
        if since < target {
            // A store that is new, or begins again, lacks what has left.
            self.write_archived(Window {
                since,
                until: target,
            })?;
        }
        loop {
            let since = self.facts.position()?;
            if since >= target {
                return Ok(());
            }
            let until = target.min(since.saturating_add(self.facts.window()));
            self.facts.take(LazyBatch {
                position: until,
                is_last: true,
                tables: TABLES.len(),
                // What changes between two tables is of the next window for both.
                changes: &|table| {
                    let state = self.state.read();
                    facts::table_changes(self.context(&state), table, Window { since, until })
                },
            })?;
        }
    }

    /// What rows of a state are read against.
    pub(crate) fn context<'a>(&'a self, state: &'a State) -> facts::Context<'a> {
        facts::Context {
            state,
            registry: &self.registry,
            rules: &self.rules,
        }
    }

    /// How many events the facts are behind the state; `None` where the store has not
    /// been reached yet.
    pub fn facts_behind(&self) -> Option<u64> {
        let position = self.facts.known_position()?;
        Some(self.state.read().events.saturating_sub(position))
    }
}

/// What an event touched, for the live views.
#[derive(Debug, Clone)]
pub struct Touch {
    /// What the fold says.
    pub fold: Touched,
    /// The dossier and the site that received it, for a dossier's event.
    pub dossier: Option<(CompactString, Option<Name>)>,
}

/// Whether rows are put off until a journal has been read: half of the work, and nobody has asked for any yet. Not beside an
/// archive whose rows the store has: to find the new ones in it afterwards, all of it would be read.
fn can_rows_wait(archived: u64, facts: Option<u64>) -> bool {
    archived == 0 || facts.is_some_and(|facts| facts < archived)
}

/// An empty archive in the place of one that is let go.
fn remade(dir: &DataDir, old: Archive) -> anyhow::Result<Archive> {
    // The old one holds the folder's lock until it is gone.
    drop(old);
    let path = dir.archive();
    std::fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    Ok(Archive::open(path)?)
}
