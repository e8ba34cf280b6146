//! The alert desk of a running server: the desk's fold, its log on the disk, and the topic that shows it.
//!
//! What is shown or done is written down first and folded after ([`AlertDesk::write`]), under one lock, so that the log's
//! order is the order in which it counted. [`watching`] holds the standing alerts against the desk on a thread of its own;
//! [`showing`] says how a case looks in JSON; [`notifying`] has receivers told. What may be done is decided in `analytics::desk`.

mod counted;
mod notifying;
pub mod replaying;
pub mod showing;
pub mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use analytics::alerts::{Alert, Key, RuleError, RuleSet};
use analytics::coverage::{Mode, TravelSettings, select};
use analytics::desk::{Act, Case, CaseState, Desk, Line, NotDone, What};
use analytics::figures::within::Within;
use analytics::names::Name;
use analytics::relief::{Bounds, Neighbours};
use anyhow::Context as _;
use geodata::KindSet;
use ingest::desk::{DeskError, DeskLog};
use ingest::event::EventTime;
use parking_lot::{Mutex, RwLock};
use serde_json::Value;

use crate::core::Core;
use crate::live::publisher::Live;
use notifying::{Followed, Notifying, Step, notice};

/// Where an installation's own rules are kept among what people enter: each change with what stood before it.
pub const RULES: &str = "alert_rules";
/// Minutes within which a point is a neighbour for rules.
const NEAR_MIN: f64 = 15.0;
/// Days for which closed cases stay in memory.
const CLOSED_DAYS: i64 = 7;

/// The desk.
#[derive(Debug)]
pub struct AlertDesk {
    core: Arc<Core>,
    live: Arc<Live>,
    log: DeskLog<Line>,
    rules: RwLock<Arc<RuleSet>>,
    inner: Mutex<Inner>,
    ways: Neighbours,
    near: BTreeMap<Name, Vec<Name>>,
    notifying: Notifying,
}

#[derive(Debug, Default)]
struct Inner {
    desk: Desk,
    followed: Followed,
    /// What stands now, by key: the figures of today's alerts.
    current: BTreeMap<Key, Alert>,
    shown: BTreeSet<u64>,
    /// Cases that a store elsewhere has not been sent as they are.
    unsent: BTreeSet<u64>,
    /// Up to when it was looked.
    evaluated: Option<EventTime>,
    /// The month of the last line.
    month: Option<(i16, i8)>,
}

/// Why something was not done at the desk.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// No case has this name.
    #[error("there is no alert of this name")]
    NoSuchAlert,
    /// It may not be done.
    #[error(transparent)]
    NotDone(#[from] NotDone),
    /// It could not be written down.
    #[error(transparent)]
    Log(#[from] DeskError),
}

impl AlertDesk {
    /// Of a directory: the desk as its log tells it. Receivers are told from here on, on the Tokio runtime that it is
    /// called in.
    pub fn open(dir: &std::path::Path, core: Arc<Core>, live: Arc<Live>) -> anyhow::Result<Self> {
        let notifying = Notifying::open(dir, core.is_simulated())?;
        let (log, lines) = DeskLog::<Line>::open(dir)?;
        let rules = rules_in_force(&core)?;
        let (ways, near) = neighbours(&core)?;
        let mut inner = Inner::default();
        let mut told = Vec::new();
        for line in &lines {
            let step = inner.followed.take(&mut inner.desk, line);
            let case = inner.desk.numbered(line.case);
            told.extend(
                step.zip(case)
                    .map(|(step, case)| notice(&core, &rules, case, step)),
            );
            inner.month = Some(month(line.at));
        }
        if core.is_stored_elsewhere() {
            inner.unsent = inner.desk.cases().map(|case| case.number).collect();
        }
        let done = notifying.fit(inner.followed.last());
        told.retain(|notice| notice.number > done);
        let standing = inner.desk.open().filter(|case| case.standing);
        let standing = standing.filter_map(|case| {
            let step = inner.followed.stood(case.number)?;
            let is_taken = case.state != CaseState::New;
            Some((notice(&core, &rules, case, step), is_taken))
        });
        notifying.start(standing.collect(), told, inner.desk.open())?;
        Ok(Self {
            near,
            ways,
            log,
            rules: RwLock::new(Arc::new(rules)),
            inner: Mutex::new(inner),
            notifying,
            core,
            live,
        })
    }

    /// The rules.
    pub fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rules.read())
    }

    /// The installation's own, as they were entered last.
    pub fn own_rules(&self) -> Option<String> {
        own_rules(&self.core)
    }

    /// Puts the rules that were entered into force.
    pub fn follow_rules(&self) -> Result<(), RuleError> {
        let rules = match self.own_rules() {
            None => RuleSet::shipped()?,
            Some(text) => RuleSet::with(&text)?,
        };
        *self.rules.write() = Arc::new(rules);
        Ok(())
    }

    /// The ways from a point to its neighbours.
    pub const fn ways(&self) -> &Neighbours {
        &self.ways
    }

    /// For each point, those within a quarter of an hour's way.
    pub const fn near(&self) -> &BTreeMap<Name, Vec<Name>> {
        &self.near
    }

    /// Somebody does something with a case; answers the case once it is on the disk.
    pub fn act(&self, id: &str, by: &str, did: Act, at: EventTime) -> Result<Value, ActError> {
        let mut inner = self.inner.lock();
        let line = inner
            .desk
            .act(id, by, did, at)
            .ok_or(ActError::NoSuchAlert)??;
        let number = line.case;
        self.write(&mut inner, vec![line])?;
        self.show(&mut inner, at);
        let case = inner.desk.numbered(number).ok_or(ActError::NoSuchAlert)?;
        Ok(showing::case(
            &self.core,
            case,
            inner.current.get(&case.key),
        ))
    }

    /// Writes lines down, then counts them.
    fn write(&self, inner: &mut Inner, mut lines: Vec<Line>) -> Result<(), DeskError> {
        let Some(first) = lines.first() else {
            return Ok(());
        };
        let (at, this) = (first.at, month(first.at));
        if inner.month.is_some_and(|last| last < this) {
            // A month begins with what is open, so that older ones need not be read at a start.
            let mut all = inner.desk.carried(at);
            all.append(&mut lines);
            lines = all;
        }
        let wall = EventTime::now();
        for line in &mut lines {
            line.wall = wall;
        }
        self.log.append(at, &lines)?;
        if self.core.is_stored_elsewhere() {
            inner.unsent.extend(lines.iter().map(|line| line.case));
        }
        inner.month = inner.month.max(Some(this));
        for line in &lines {
            let step = inner.followed.take(&mut inner.desk, line);
            if let Some(case) = inner.desk.numbered(line.case) {
                self.tell(&inner.followed, case, line, step);
            }
        }
        Ok(())
    }

    /// The core.
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// Takes what a store elsewhere is to be sent: the numbers of the cases, and those that are in memory.
    pub(crate) fn unsent(&self) -> (BTreeSet<u64>, Vec<Case>) {
        let mut inner = self.inner.lock();
        let numbers = std::mem::take(&mut inner.unsent);
        let cases = numbers.iter().filter_map(|n| inner.desk.numbered(*n));
        let cases = cases.cloned().collect();
        (numbers, cases)
    }

    /// Gives back what was not sent.
    pub(crate) fn keep_unsent(&self, numbers: BTreeSet<u64>) {
        self.inner.lock().unsent.extend(numbers);
    }

    /// Has receivers told what a line did to a case, and whether it is to be told again.
    fn tell(&self, followed: &Followed, case: &Case, line: &Line, step: Option<Step>) {
        if let Some(step) = step {
            self.notifying
                .offer(notice(&self.core, &self.rules(), case, step));
        }
        let is_new = case.state == CaseState::New;
        match &line.what {
            _ if !case.standing => {}
            What::Did { .. } | What::Suppressed { .. } if !is_new => {
                self.notifying.taken(&case.id());
            }
            What::Released
            | What::Woken
            | What::Did {
                did: Act::Unshelve, ..
            } if is_new => {
                if let Some(step) = followed.stood(case.number) {
                    let notice = notice(&self.core, &self.rules(), case, step);
                    self.notifying.recall(notice);
                }
            }
            _ => {}
        }
    }

    /// Stops telling receivers; what they were not told is told after the next start.
    pub async fn stop_telling(&self) {
        self.notifying.stop().await;
    }

    /// What the alerts of an instant make news.
    fn observe(&self, at: EventTime, mut alerts: Vec<Alert>) -> Result<usize, DeskError> {
        alerts.extend(self.notifying.alerts(at));
        let mut inner = self.inner.lock();
        let alerts = inner.desk.by_known_names(&alerts).into_owned();
        let lines = inner.desk.observe(at, &alerts);
        let news = lines.len();
        self.write(&mut inner, lines)?;
        inner.current = alerts
            .into_iter()
            .filter(Alert::stands)
            .map(|alert| (alert.key.clone(), alert))
            .collect();
        inner.evaluated = Some(at);
        inner
            .desk
            .forget_before(at.plus_seconds(-CLOSED_DAYS * 86_400));
        self.show(&mut inner, at);
        Ok(news)
    }

    /// Sets the topic.
    fn show(&self, inner: &mut Inner, at: EventTime) {
        let mut set = Vec::new();
        let mut shown = BTreeSet::new();
        for case in inner.desk.open() {
            let value = showing::case(&self.core, case, inner.current.get(&case.key));
            set.push((format!("a/{}", case.id()).into(), value.to_string().into()));
            shown.insert(case.number);
        }
        let gone = inner.shown.difference(&shown);
        let remove = gone.map(|number| format!("a/a-{number}").into()).collect();
        let mut counts = showing::counts(&inner.desk, inner.evaluated, at, &Within::ALL);
        counts["receivers"] = self.notifying.receivers(at);
        set.push(("desk".into(), counts.to_string().into()));
        set.push(("clock".into(), self.live.clock_value(at)));
        inner.shown = shown;
        self.live.set_alerts(set, remove, at);
    }

    /// Looks at the cases with what stands now, and up to when it was looked.
    pub fn with_cases<T>(
        &self,
        look: impl FnOnce(&Desk, &BTreeMap<Key, Alert>, Option<EventTime>) -> T,
    ) -> T {
        let inner = self.inner.lock();
        look(&inner.desk, &inner.current, inner.evaluated)
    }

    /// What happened to a case, in order.
    pub fn history(&self, case: &Case) -> Result<Vec<Line>, DeskError> {
        let lines = self
            .log
            .read(case.raised_at, case.changed_at.plus_seconds(1))?;
        Ok(lines
            .into_iter()
            .filter(|line| line.case == case.number)
            .collect())
    }
}

/// The rules that ship, with those of an installation.
pub fn rules_in_force(core: &Core) -> anyhow::Result<RuleSet> {
    match own_rules(core) {
        None => Ok(RuleSet::shipped()?),
        Some(text) => RuleSet::with(&text)
            .context("the alert rules that were entered do not fit this program"),
    }
}

/// The ways between the points that rules look at, and for each point those within a quarter of an hour's way.
pub fn neighbours(core: &Core) -> anyhow::Result<(Neighbours, BTreeMap<Name, Vec<Name>>)> {
    let points = select(&core.pack.points, KindSet::attended());
    let ways = Neighbours::of(
        &core.pack.roads,
        &TravelSettings::default(),
        Mode::Motorbike,
        &points,
        Bounds::default(),
    )
    .context("the ways between points cannot be computed")?;
    let near = core.registry.points().map(|point| {
        let close = ways
            .near(&point.id)
            .iter()
            .filter(|n| n.minutes <= NEAR_MIN);
        (point.id.clone(), close.map(|n| n.site.clone()).collect())
    });
    let near = near.collect();
    Ok((ways, near))
}

fn own_rules(core: &Core) -> Option<String> {
    let entered = core.entries.current(RULES).into_iter().next_back()?;
    Some(entered.value.get("toml")?.as_str()?.to_owned())
}

fn month(at: EventTime) -> (i16, i8) {
    let date = at.day().date();
    (date.year(), date.month())
}
