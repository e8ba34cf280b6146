//! The core of a data directory in use: the live state, what it is read against, and its facts.
//!
//! Writers call [`Core::apply`] with events that are durable; readers ask [`Core::answer`] and
//! [`Core::sql`]. The state sits behind one lock: writes are short folds, reads are computations of
//! milliseconds.

use std::sync::Arc;

use analytics::calendar::Calendar;
use analytics::facts::{self, Window};
use analytics::figures::table::Table;
use analytics::figures::{self, Question, QuestionError};
use analytics::live::{State, Touched};
use analytics::names::Name;
use analytics::registry::{Registered, Registry};
use anyhow::Context as _;
use geodata::Pack;
use ingest::datadir::{Clock, DataDir, PackName};
use ingest::decode::Decoder;
use ingest::event::{Body, EventTime};
use ingest::intake::{Accepted, Intake};
use ingest::store::clickhouse::{Address, ClickHouse};
use ingest::store::{Batch, FactStore, Store, StoreError};
use parking_lot::{Mutex, RwLock};

/// State, register, calendar and facts of one data directory.
#[derive(Debug)]
pub struct Core {
    /// The live state and the journal position it has come to.
    pub state: RwLock<Folded>,
    /// The register of points.
    pub registry: Registry,
    /// The working calendar.
    pub calendar: Calendar,
    /// The geographic pack.
    pub pack: &'static Pack,
    /// Where *now* comes from.
    pub clock: Clock,
    pub(crate) facts: Store,
    /// One flush at a time.
    flushing: Mutex<()>,
}

/// The live state and how far it has come.
#[derive(Debug, Default)]
pub struct Folded {
    /// The state.
    pub live: State,
    /// Journal position after the last event in it.
    pub position: u64,
}

impl Core {
    /// Opens a data directory's journal, replays it, and gives the core with the intake at its end.
    pub fn open(dir: &DataDir) -> anyhow::Result<(Self, Intake, Arc<Decoder>)> {
        Self::open_with(dir, Store::Embedded(FactStore::open(dir.facts())?))
    }

    /// As [`Core::open`], with the facts in ClickHouse. Refuses what cannot be mended by waiting; a server that does
    /// not answer is asked again later.
    pub fn open_on_clickhouse(
        dir: &DataDir,
        address: Address,
    ) -> anyhow::Result<(Self, Intake, Arc<Decoder>)> {
        let store = ClickHouse::new(address, facts::stored_tables(), dir.secret().fingerprint())?;
        match store.position() {
            Err(e) if !e.can_retry() => return Err(e.into()),
            Err(e) => tracing::warn!(error = %e, "the facts wait in the journal"),
            Ok(_) => {}
        }
        Self::open_with(dir, Store::ClickHouse(Box::new(store)))
    }

    fn open_with(dir: &DataDir, facts: Store) -> anyhow::Result<(Self, Intake, Arc<Decoder>)> {
        dir.claim(&pack_name(pack()?))?;
        let core = Self {
            state: RwLock::default(),
            registry: registry(pack()?),
            calendar: Calendar::shipped()?,
            pack: pack()?,
            clock: dir.clock(),
            facts,
            flushing: Mutex::default(),
        };
        let decoder = Arc::new(Decoder::new(dir.secret()));
        let begin = std::time::Instant::now();
        let (intake, recovery) = {
            let mut folded = core.state.write();
            Intake::open(dir, &decoder, |accepted| {
                for event in &accepted.events {
                    folded.live.apply(event);
                }
                folded.position = accepted.end();
            })?
        };
        let position = intake.position();
        match &core.facts {
            // Facts of a journal that is no longer there.
            Store::Embedded(store) if store.position() > position => store.clear()?,
            Store::ClickHouse(store) => {
                if let Ok(reached) = store.position()
                    && reached > position
                {
                    anyhow::bail!(
                        "ClickHouse has facts up to event {reached} and the journal ends at {position}: it was restored from an older copy or cut; restore the newest journal, or name a new database"
                    );
                }
            }
            Store::Embedded(_) => {}
        }
        tracing::info!(
            events = position,
            seconds = begin.elapsed().as_secs_f64(),
            torn_bytes = recovery.torn_bytes,
            "journal replayed"
        );
        Ok((core, intake, decoder))
    }

    /// The time up to which the state is complete.
    pub fn now(&self, state: &State) -> EventTime {
        match self.clock {
            Clock::Wall => EventTime::now(),
            Clock::Events => state.last_event.unwrap_or_default(),
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
        let mut folded = self.state.write();
        let mut touches = Vec::with_capacity(accepted.iter().map(|run| run.events.len()).sum());
        for run in accepted {
            for event in &run.events {
                let fold = folded.live.apply(event);
                let dossier = dossier_of(&event.body).map(|code| {
                    let dossier = folded.live.dossiers.get(code);
                    (code.into(), dossier.and_then(|d| d.site().cloned()))
                });
                touches.push(Touch { fold, dossier });
            }
            folded.position = run.end();
        }
        touches
    }

    /// Folds durable events in for one who shows nothing.
    pub fn apply_unseen(&self, accepted: &[Accepted]) {
        let mut folded = self.state.write();
        for run in accepted {
            for event in &run.events {
                folded.live.apply(event);
            }
            folded.position = run.end();
        }
    }

    /// Answers a question about figures.
    pub fn answer(&self, question: &Question) -> Result<Table, QuestionError> {
        let folded = self.state.read();
        figures::answer(&folded.live, &self.registry, &self.calendar, question)
    }

    /// Brings the facts up to the state. Those that are damaged are all written again.
    pub fn flush_facts(&self) -> Result<(), StoreError> {
        match (self.write_facts(), &self.facts) {
            (Err(StoreError::Damaged { path, detail }), Store::Embedded(store)) => {
                tracing::warn!(path = %path.display(), detail, "damaged facts are written again from the journal");
                store.clear()?;
                self.write_facts()
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
        let today = self.now(&self.state.read().live).day();
        match store.compact(&facts::stored_tables(), today) {
            Ok(0) => Ok(()),
            Ok(joined) => {
                tracing::info!(joined, "facts of months joined");
                Ok(())
            }
            Err(StoreError::Damaged { path, detail }) => {
                tracing::warn!(path = %path.display(), detail, "damaged facts are written again from the journal");
                store.clear()?;
                self.write_facts()
            }
            Err(other) => Err(other),
        }
    }

    /// Hands the store one window after the other until it has come to where the state was at the begin.
    fn write_facts(&self) -> Result<(), StoreError> {
        let _one = self.flushing.lock();
        let target = self.state.read().position;
        loop {
            let since = self.facts.position()?;
            if since >= target {
                return Ok(());
            }
            let until = target.min(since.saturating_add(self.facts.window()));
            let batch = {
                let folded = self.state.read();
                let context = facts::Context {
                    state: &folded.live,
                    registry: &self.registry,
                    calendar: &self.calendar,
                };
                Batch {
                    position: until,
                    is_last: true,
                    tables: facts::all_changes(context, Window { since, until })?,
                }
            };
            self.facts.take(&batch)?;
        }
    }

    /// How many events the facts are behind the state; `None` where the store has not
    /// been reached yet.
    pub fn facts_behind(&self) -> Option<u64> {
        let position = self.facts.known_position()?;
        Some(self.state.read().position.saturating_sub(position))
    }
}

/// What an event touched, for the live views.
#[derive(Debug, Clone)]
pub struct Touch {
    /// What the fold says.
    pub fold: Touched,
    /// The dossier and the site that received it, for a dossier's event.
    pub dossier: Option<(compact_str::CompactString, Option<Name>)>,
}

/// The dossier that an event is about.
pub fn dossier_of(body: &Body) -> Option<&str> {
    let id = match body {
        Body::DossierSubmitted(b) => &b.dossier,
        Body::DossierAccepted(b) => &b.dossier,
        Body::DossierRefused(b) => &b.dossier,
        Body::DossierWithdrawn(b) => &b.dossier,
        Body::DossierStopped(b) => &b.dossier,
        Body::SupplementRequested(b) => &b.dossier,
        Body::DossierSupplemented(b) => &b.dossier,
        Body::DossierDigitised(b) => &b.dossier,
        Body::DossierTransferred(b) => &b.dossier,
        Body::DossierTaken(b) => &b.dossier,
        Body::DossierSuspended(b) => &b.dossier,
        Body::DossierResumed(b) => &b.dossier,
        Body::DossierExtended(b) => &b.dossier,
        Body::DossierResolved(b) => &b.dossier,
        Body::DossierReturned(b) => &b.dossier,
        Body::DossierPaid(b) => &b.dossier,
        _ => return None,
    };
    Some(id.as_str())
}

/// The pack that the program carries.
pub fn pack() -> anyhow::Result<&'static Pack> {
    Pack::hanoi().context("the built-in geographic pack cannot be read")
}

/// The pack's name and version, as a data directory keeps them.
pub fn pack_name(pack: &Pack) -> PackName {
    PackName {
        name: pack.meta.name.clone(),
        version: pack.meta.version.clone(),
    }
}

fn registry(pack: &Pack) -> Registry {
    let points = pack.points.iter().map(|p| Registered {
        id: p.id.as_str().into(),
        name: p.name.clone(),
        kind: p.kind.as_str(),
        unit: p.unit.as_ref().map_or("", |u| u.as_str()).into(),
        lon: p.place.lon,
        lat: p.place.lat,
        coord_class: p.coord_class.as_str(),
        open: p.open,
    });
    Registry::new(points, pack.units.iter().map(|u| u.code.as_str().into()))
}
