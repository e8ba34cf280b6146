//! What the points' days teach, on a thread of its own; and what is forecast with it ([`telling`]).
//!
//! A day is learned when it is over, in order of days ([`analytics::queueing::points`]). Events come late, so a day is *settled* only
//! [`LATE_DAYS`] later: settled days are learned once and kept in the file `forecasts.vlf` of the data directory; the days since are learned on
//! top of them each time anew, in memory alone. So what came within those days counts, whenever it came. What comes for a settled day is
//! learned where it is much: an import of the past, a point that was cut off for days. All days of the window are then learned anew.
//!
//! At a start the file is read, and what is missing of the window (the last [`WINDOW_DAYS`] days, or as many as the operator says; of none
//! nothing is learned) is learned beside the service, with as many pauses as work. A file that cannot be read is made again from the same days; a backup has none, since it is derived.
//!
//! The state is locked for reading one point at a time, to copy its day; learning holds no lock.

mod late;
pub mod telling;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use analytics::live::archive::Key;
use analytics::live::site_day::SiteDay;
use analytics::names::Name;
use analytics::queueing::points::{KIND, MOST_POINTS, Points, Weight};
use anyhow::Context as _;
use ingest::blocks::{Reader, Writer};
use ingest::event::time::Day;
use parking_lot::{Mutex, RwLock};

use crate::core::Core;
use crate::live::publisher::Live;
use late::Late;

/// Days before today that are learned, where the operator does not say otherwise: four of each weekday.
pub const WINDOW_DAYS: u16 = 28;
/// Days before today that are learned, and not settled.
const LATE_DAYS: i32 = 2;
/// Time between two looks at the clock.
const EVERY: Duration = Duration::from_millis(250);
/// Time between two outlooks of a site that is watched.
const SHOWN_EVERY: Duration = Duration::from_secs(15);
/// The longest pause after a piece of work, which is as long as the work else.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);
/// Late events have days learned anew at most so often, and not before so many times the time that it took last.
const AGAIN_EVERY: Duration = Duration::from_mins(5);
const AGAIN_TIMES: u32 = 20;
/// What failed is tried again after this.
const RETRY_AFTER: Duration = Duration::from_mins(10);
/// A settled day is learned anew where more was told of it than this share, and at least so much.
const GROWN_SHARE: u64 = 50;
const GROWN_LEAST: u64 = 20;

/// The forecasters of a running server.
#[derive(Debug)]
pub struct Forecasting {
    core: Arc<Core>,
    live: Arc<Live>,
    path: PathBuf,
    window_days: u16,
    points: RwLock<Arc<Points>>,
    /// The sites that are watched, each with when its outlook was shown last.
    shown: Mutex<BTreeMap<Name, Instant>>,
}

/// The server stops: what is under way is left as it is.
#[derive(Debug, thiserror::Error)]
#[error("the server stops")]
struct Stopped;

/// What the thread keeps between two looks.
#[derive(Debug)]
struct Round {
    /// The day before which all days were looked at.
    today: Day,
    /// When that ended, and how long it took.
    ended: Instant,
    took: Duration,
    has_failed: bool,
}

impl Forecasting {
    /// Of a file that need not be there yet, from so many days before today. Nothing is known before [`Forecasting::learn`].
    pub fn new(path: PathBuf, window_days: u16, core: Arc<Core>, live: Arc<Live>) -> Self {
        Self {
            core,
            live,
            path,
            window_days,
            points: RwLock::default(),
            shown: Mutex::default(),
        }
    }

    /// What is learned.
    pub fn points(&self) -> Arc<Points> {
        Arc::clone(&self.points.read())
    }

    /// Learns days as they end, and shows outlooks of the sites that are watched, until told to stop. Runs on a thread of its own.
    pub fn learn(&self, stopping: &AtomicBool) {
        if self.window_days == 0 {
            tracing::info!("no days are learned: nothing is forecast");
            return;
        }
        let mut last: Option<Round> = None;
        let mut late = Late::default();
        while !stopping.load(Ordering::Relaxed) {
            if let Some(today) = self.today() {
                let before = last.as_ref().map_or(today, |round| round.today);
                let window = self.window(before);
                late.look(&self.core.state.read(), window..before);
                if late.is_quiet() && is_due(last.as_ref(), today, &late) {
                    last = Some(self.round(today, &mut late, stopping));
                }
            }
            self.show_watched();
            std::thread::sleep(EVERY);
        }
    }

    /// The first day that is learned.
    fn window(&self, today: Day) -> Day {
        Day(today.0 - i32::from(self.window_days))
    }

    /// The present day; `None` before anything has happened.
    fn today(&self) -> Option<Day> {
        let state = self.core.state.read();
        state.lasting.last_event?;
        Some(self.core.now(&state).day())
    }

    fn round(&self, today: Day, late: &mut Late, stopping: &AtomicBool) -> Round {
        let begin = Instant::now();
        late.begin(&self.core.state.read());
        let done = self.catch_up(today, stopping);
        let has_failed = match &done {
            Ok(()) => false,
            Err(e) if e.is::<Stopped>() => false,
            Err(e) => {
                let error = format!("{e:#}");
                tracing::error!(error, "forecasts are not brought up; it is tried again");
                true
            }
        };
        Round {
            today,
            ended: Instant::now(),
            took: begin.elapsed(),
            has_failed,
        }
    }

    /// Learns all days of the window before `today` that are not learned.
    fn catch_up(&self, today: Day, stopping: &AtomicBool) -> anyhow::Result<()> {
        let sites = self.sites();
        let window = self.window(today);
        let mut points = self.settled(today);
        self.publish(&points);
        if self.has_grown(&points, window, &sites, stopping)? {
            tracing::info!("much has come for days that were learned: all are learned again");
            points = Points::default();
        }
        let first = points.last().map_or(window, |last| Day(last.0 + 1));
        let first = first.max(window);
        for day in (first.0..today.0).map(Day) {
            let begin = Instant::now();
            self.learn_day(&mut points, day, &sites, stopping)?;
            if day.0 < today.0 - LATE_DAYS {
                self.write(&points)?;
            }
            self.publish(&points);
            metrics::histogram!("vonglau_forecast_day_seconds")
                .record(begin.elapsed().as_secs_f64());
        }
        let days = points.learned().len();
        *self.points.write() = Arc::new(points);
        self.shown.lock().clear();
        let known = self.points();
        metrics::gauge!("vonglau_forecast_points").set(known.len() as f64);
        tracing::info!(points = known.len(), days, "forecasts are brought up");
        Ok(())
    }

    /// The sites that ever said something, in order.
    fn sites(&self) -> Vec<Name> {
        let state = self.core.state.read();
        let mut sites: Vec<Name> = state.lasting.places.keys().cloned().collect();
        sites.sort_unstable();
        sites
    }

    /// What the file has; nothing where it cannot be read, or is of days that have not been yet.
    fn settled(&self, today: Day) -> Points {
        if !self.path.exists() {
            return Points::default();
        }
        let read = Reader::open(&self.path, KIND).and_then(Reader::all);
        match read
            .map_err(|e| e.to_string())
            .and_then(|b| Points::read(&b))
        {
            Ok(points) if points.last().is_none_or(|last| last < today) => points,
            Ok(_) => {
                tracing::warn!("the forecasts are of days to come: they are learned again");
                Points::default()
            }
            Err(error) => {
                let path = self.path.display();
                tracing::warn!(%path, error, "the forecasts cannot be read: the last days are learned again");
                Points::default()
            }
        }
    }

    fn write(&self, points: &Points) -> anyhow::Result<()> {
        let write = || {
            let mut writer = Writer::create(&self.path, KIND)?;
            for block in points.blocks() {
                writer.block(&block)?;
            }
            writer.finish()
        };
        write().with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Answers with what is learned so far, where nothing of later days is known.
    fn publish(&self, points: &Points) {
        let mut known = self.points.write();
        if known.last() < points.last() {
            *known = Arc::new(points.clone());
        }
    }

    /// Whether much more is known of the settled days of the window than when they were learned.
    fn has_grown(
        &self,
        points: &Points,
        window: Day,
        sites: &[Name],
        stopping: &AtomicBool,
    ) -> anyhow::Result<bool> {
        let Some(last) = points.last() else {
            return Ok(false);
        };
        for day in (window.0..=last.0).map(Day) {
            let mut weight = Weight::default();
            let mut failed = Failed::default();
            for site in sites {
                let begin = Instant::now();
                let has_room = points.len() < MOST_POINTS || points.get(site).is_some();
                if has_room && let Some(of) = self.day_of(day, site, &mut failed, stopping)? {
                    weight.add(&of);
                }
                self.rest(begin);
            }
            let learned = points.learned().get(&day).copied().unwrap_or_default();
            let grown = weight.told.saturating_sub(learned.told);
            if grown >= GROWN_LEAST && grown > learned.told / GROWN_SHARE {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn learn_day(
        &self,
        points: &mut Points,
        day: Day,
        sites: &[Name],
        stopping: &AtomicBool,
    ) -> anyhow::Result<()> {
        let mut failed = Failed::default();
        for site in sites {
            let begin = Instant::now();
            if let Some(of) = self.day_of(day, site, &mut failed, stopping)? {
                points.learn(site, day, &of);
            }
            self.rest(begin);
        }
        points.end_day(day);
        if let Some(error) = failed.first {
            tracing::warn!(%day, days = failed.count, error, "some points' days cannot be read, and are not learned: run `vonglau doctor`");
        }
        Ok(())
    }

    /// After a piece of work: outlooks that are due, and as long a pause as the work was. Others have the processor, too.
    fn rest(&self, begin: Instant) {
        let pause = begin.elapsed().min(LONGEST_PAUSE);
        self.show_watched();
        std::thread::sleep(pause);
    }

    /// A copy of a point's day; one that cannot be read is as one that was not.
    fn day_of(
        &self,
        day: Day,
        site: &Name,
        failed: &mut Failed,
        stopping: &AtomicBool,
    ) -> anyhow::Result<Option<SiteDay>> {
        if stopping.load(Ordering::Relaxed) {
            return Err(Stopped.into());
        }
        match self.core.site_day(&Key::SiteDay(day, site.clone())) {
            Ok(found) => Ok(found),
            Err(e) => {
                failed.count += 1;
                failed.first.get_or_insert_with(|| format!("{e:#}"));
                Ok(None)
            }
        }
    }
}

/// Points' days that cannot be read.
#[derive(Debug, Default)]
struct Failed {
    count: u32,
    first: Option<String>,
}

fn is_due(last: Option<&Round>, today: Day, late: &Late) -> bool {
    let Some(round) = last else {
        return true;
    };
    let rested = round.ended.elapsed();
    if round.has_failed {
        return rested >= RETRY_AFTER;
    }
    round.today != today || (late.has_come() && rested >= AGAIN_EVERY.max(round.took * AGAIN_TIMES))
}
