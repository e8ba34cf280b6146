//! The core of a data directory in use: the live state, what it is read against, and its facts.
//!
//! Writers call [`Core::apply`] with events that are durable; readers ask [`Core::answer`] and
//! [`Core::sql`]. The state sits behind one lock: writes are short folds, reads are computations of
//! milliseconds.

use std::collections::BTreeSet;
use std::sync::Arc;

use analytics::calendar::Calendar;
use analytics::facts;
use analytics::figures::table::Table;
use analytics::figures::{self, Question, QuestionError};
use analytics::live::{State, Touched};
use analytics::names::Name;
use analytics::registry::{Registered, Registry};
use anyhow::Context as _;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use geodata::Pack;
use ingest::datadir::{Clock, DataDir, PackName};
use ingest::decode::Decoder;
use ingest::event::time::Day;
use ingest::event::{Body, EventTime};
use ingest::intake::{Accepted, Intake};
use ingest::store::{FactStore, StoreError};
use parking_lot::{Mutex, RwLock};
use rayon::prelude::*;

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
    facts: FactStore,
    /// Days whose facts are behind the state; see [`Core::flush_facts`].
    stale: Mutex<BTreeSet<Day>>,
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
        dir.claim(&pack_name(pack()?))?;
        let core = Self {
            state: RwLock::default(),
            registry: registry(pack()?),
            calendar: Calendar::shipped()?,
            pack: pack()?,
            clock: dir.clock(),
            facts: FactStore::new(dir.facts()),
            stale: Mutex::default(),
            flushing: Mutex::default(),
        };
        let decoder = Arc::new(Decoder::new(dir.secret()));
        let facts_at = core.facts.position();
        let begin = std::time::Instant::now();
        let (intake, recovery) = {
            let mut folded = core.state.write();
            let mut stale = core.stale.lock();
            Intake::open(dir, &decoder, |accepted| {
                for (position, event) in accepted.iter() {
                    let touched = folded.live.apply(event);
                    // What the facts hold already changes no day.
                    if position >= facts_at {
                        stale.extend(touched.fact_days.into_iter().flatten());
                    }
                }
                folded.position = accepted.end();
            })?
        };
        let position = intake.position();
        if facts_at > position {
            // Facts of a journal that is no longer there.
            core.facts.clear()?;
            core.mark_all_stale();
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
        let mut stale = self.stale.lock();
        let mut touches = Vec::with_capacity(accepted.iter().map(|run| run.events.len()).sum());
        for run in accepted {
            for event in &run.events {
                let fold = folded.live.apply(event);
                stale.extend(fold.fact_days.into_iter().flatten());
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
        let mut stale = self.stale.lock();
        for run in accepted {
            for event in &run.events {
                let touched = folded.live.apply(event);
                stale.extend(touched.fact_days.into_iter().flatten());
            }
            folded.position = run.end();
        }
    }

    /// Answers a question about figures.
    pub fn answer(&self, question: &Question) -> Result<Table, QuestionError> {
        let folded = self.state.read();
        figures::answer(&folded.live, &self.registry, &self.calendar, question)
    }

    /// Brings the facts up to the state.
    pub fn flush_facts(&self) -> anyhow::Result<()> {
        let _one = self.flushing.lock();
        let days = std::mem::take(&mut *self.stale.lock());
        let result = self.write_days(&days);
        if result.is_err() {
            self.stale.lock().extend(days);
        }
        result
    }

    /// Writes whole days of facts: the rows of a table under one lock, its files side by side.
    fn write_days(&self, days: &BTreeSet<Day>) -> anyhow::Result<()> {
        if days.is_empty() {
            return Ok(());
        }
        let position = self.state.read().position;
        facts::TABLES.par_iter().try_for_each(|table| {
            let rows = {
                let folded = self.state.read();
                let context = facts::Context {
                    state: &folded.live,
                    registry: &self.registry,
                    calendar: &self.calendar,
                    as_of: self.now(&folded.live),
                };
                facts::rows(context, table, days)?
            };
            rows.par_iter()
                .try_for_each(|(day, rows)| self.facts.replace(table, Some(*day), rows))?;
            anyhow::Ok(())
        })?;
        Ok(self.facts.set_position(position)?)
    }

    fn mark_all_stale(&self) {
        let folded = self.state.read();
        self.stale.lock().extend(facts::days(&folded.live));
    }

    /// Marks the days whose dossiers change by time alone: those with an open one.
    fn mark_open_dossiers_stale(&self) {
        let folded = self.state.read();
        let mut stale = self.stale.lock();
        for dossier in folded.live.dossiers.values() {
            if dossier.is_open()
                && let Some(first) = dossier.marks.all().first()
            {
                stale.insert(first.time.day());
            }
        }
    }

    /// Answers a read-only SQL query over the facts as they are now. Facts that are damaged are written
    /// again from the journal first.
    pub async fn sql(&self, sql: &str) -> anyhow::Result<Vec<RecordBatch>> {
        let tables: Vec<(&str, SchemaRef)> = facts::TABLES
            .iter()
            .map(|table| (*table, facts::schema(table)))
            .collect();
        if let Some(damage) = self.facts.damaged(&tables) {
            tracing::warn!("{damage}");
            self.facts.clear()?;
            self.mark_all_stale();
        }
        self.mark_open_dossiers_stale();
        self.flush_facts()?;
        let (sites, units, cells) = pack_tables(self.pack)?;
        // The alert desk does not exist yet: its table is there and empty, as the contract lists it.
        let alerts = RecordBatch::new_empty(facts::alerts_schema());
        let in_memory = vec![
            ("sites", sites),
            ("units", units),
            ("cells", cells),
            ("alerts", alerts),
        ];
        match self.facts.query(sql, &tables, in_memory).await {
            Err(StoreError::Query(message)) => {
                Err(anyhow::anyhow!("the query has no answer: {message}"))
            }
            other => Ok(other?),
        }
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

/// The pack's points, units and cells as tables.
fn pack_tables(pack: &Pack) -> anyhow::Result<(RecordBatch, RecordBatch, RecordBatch)> {
    use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
    let text = |items: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(items)) };
    let sites = RecordBatch::try_from_iter([
        (
            "site",
            text(pack.points.iter().map(|p| p.id.as_str()).collect()),
        ),
        (
            "name",
            text(pack.points.iter().map(|p| p.name.as_str()).collect()),
        ),
        (
            "kind",
            text(pack.points.iter().map(|p| p.kind.as_str()).collect()),
        ),
        (
            "unit",
            text(
                pack.points
                    .iter()
                    .map(|p| p.unit.as_ref().map_or("", |u| u.as_str()))
                    .collect(),
            ),
        ),
        (
            "lon",
            Arc::new(Float64Array::from_iter_values(
                pack.points.iter().map(|p| p.place.lon),
            )) as ArrayRef,
        ),
        (
            "lat",
            Arc::new(Float64Array::from_iter_values(
                pack.points.iter().map(|p| p.place.lat),
            )),
        ),
        (
            "coord_class",
            text(pack.points.iter().map(|p| p.coord_class.as_str()).collect()),
        ),
        (
            "open",
            Arc::new(BooleanArray::from_iter(
                pack.points.iter().map(|p| Some(p.open)),
            )),
        ),
    ])?;
    let units = RecordBatch::try_from_iter([
        (
            "unit",
            text(pack.units.iter().map(|u| u.code.as_str()).collect()),
        ),
        (
            "name",
            text(pack.units.iter().map(|u| u.name.as_str()).collect()),
        ),
        (
            "kind",
            text(pack.units.iter().map(|u| u.kind.as_str()).collect()),
        ),
        (
            "population",
            Arc::new(Int64Array::from_iter_values(
                pack.units.iter().map(|u| i64::from(u.population)),
            )) as ArrayRef,
        ),
        (
            "old_district",
            text(
                pack.units
                    .iter()
                    .map(|u| u.old_district.as_deref().unwrap_or(""))
                    .collect(),
            ),
        ),
    ])?;
    let codes: Vec<String> = pack.cells.iter().map(|c| c.index.to_string()).collect();
    let cells = RecordBatch::try_from_iter([
        ("cell", text(codes.iter().map(String::as_str).collect())),
        (
            "unit",
            text(
                pack.cells
                    .iter()
                    .map(|c| pack.units[c.unit.at()].code.as_str())
                    .collect(),
            ),
        ),
        (
            "population",
            Arc::new(Int64Array::from_iter_values(
                pack.cells.iter().map(|c| i64::from(c.population)),
            )) as ArrayRef,
        ),
    ])?;
    Ok((sites, units, cells))
}
