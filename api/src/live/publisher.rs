//! The publisher: computes the views from the core and sets the topics.
//!
//! One thread. New events wake it; it computes what they touched — the sites, and of each site only its
//! own tickets of today — and sets the topics at most once a [`TICK`]. What changes by time alone (the
//! last hour, who waits how long, silence, due dates) is computed again every [`REFRESH`], and at once when
//! event time leaps.
//!
//! Dossiers are tallied: one that was touched is counted again in the next setting, what time alone changes
//! with the refresh.

mod site;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use analytics::coverage::{Coverage, Mode, Rule, TravelSettings, select, summary};
use analytics::figures::ratings::RatingFigures;
use analytics::live::State;
use analytics::names::Name;
use analytics::view::{self, DossierTally, SiteDossiers, SiteLive};
use compact_str::CompactString;
use geodata::KindSet;
use ingest::event::EventTime;
use ingest::intake::{Accepted, Receipt};
use parking_lot::{Condvar, Mutex};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::code::{encoded, percent_decoded};
use super::feed;
use super::topic::{Json, Topic};
use crate::core::{Core, Touch};

/// Shortest time between two settings of the topics.
const TICK: Duration = Duration::from_millis(25);
/// Where a setting takes longer, so many times what it took, up to the longest tick: whoever sends whole days within seconds has the
/// processor, too, and a view is not late.
const RESTS: u32 = 4;
const LONGEST_TICK: Duration = Duration::from_millis(200);
/// Time between two computations of what changes by time alone.
const REFRESH: Duration = Duration::from_secs(5);
/// Event time that may pass until everything is computed again.
const LEAP_S: i64 = 30;
/// A site's topic without a reader is dropped after this.
const IDLE_TOPIC: Duration = Duration::from_mins(1);

/// What the intake tells the publisher.
#[derive(Default)]
struct Inbox {
    sites: HashSet<Name>,
    dossiers: HashSet<CompactString>,
    feed: VecDeque<(u64, String)>,
    told: bool,
}

/// Counts since the server's start, as the `source` key shows them.
#[derive(Debug, Default)]
pub struct SourceCounts {
    /// New events.
    pub accepted: AtomicU64,
    /// Known pairs.
    pub duplicate: AtomicU64,
    /// Known pairs that said something else.
    pub conflicting: AtomicU64,
    /// Refused lines.
    pub rejected: AtomicU64,
}

/// A site's topic and its last sign of a reader.
struct SiteTopic {
    topic: Arc<Topic>,
    readers: u64,
    idle_since: Instant,
}

/// Topics and the thread that sets them.
pub struct Live {
    core: Arc<Core>,
    inbox: Mutex<Inbox>,
    wake: Condvar,
    stopping: AtomicBool,
    city: Arc<Topic>,
    feed: Arc<Topic>,
    coverage: Arc<Topic>,
    alerts: Arc<Topic>,
    sites: Mutex<HashMap<String, SiteTopic>>,
    /// Outlooks of sites that are watched, by whoever forecasts.
    outlooks: Mutex<HashMap<Name, Json>>,
    epochs: AtomicU64,
    changed: watch::Sender<u64>,
    /// Counts of the intake.
    pub counts: SourceCounts,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Live")
    }
}

/// A topic being read; a site's topic is computed while there is one.
#[derive(Debug)]
pub struct Reading {
    /// The topic.
    pub topic: Arc<Topic>,
    live: Arc<Live>,
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(site) = self.topic.name().strip_prefix("site/")
            && let Some(entry) = self.live.sites.lock().get_mut(site)
        {
            entry.readers -= 1;
            entry.idle_since = Instant::now();
        }
    }
}

impl Live {
    /// Topics over a core; [`Live::run`] sets them.
    pub fn new(core: Arc<Core>) -> Arc<Self> {
        let start = EventTime::now().0;
        let topic = |name: &str| Arc::new(Topic::new(name.to_owned(), format!("{start:x}")));
        let live = Self {
            inbox: Mutex::default(),
            wake: Condvar::new(),
            stopping: AtomicBool::new(false),
            city: topic("city"),
            feed: topic("feed"),
            coverage: topic("coverage"),
            alerts: topic("alerts"),
            sites: Mutex::default(),
            outlooks: Mutex::default(),
            epochs: AtomicU64::new(start as u64),
            changed: watch::Sender::new(0),
            counts: SourceCounts::default(),
            core,
        };
        Arc::new(live)
    }

    /// Tells the publisher of events that the core has taken.
    pub fn told(&self, receipts: &[Receipt], accepted: &[Accepted], touches: Vec<Touch>) {
        for receipt in receipts {
            self.count(receipt);
        }
        let mut inbox = self.inbox.lock();
        inbox.told = true;
        for touch in touches {
            inbox.sites.extend(touch.fold.site);
            inbox.dossiers.extend(touch.dossier.map(|(code, _)| code));
        }
        // The newest, found from the end.
        let newest = accepted.iter().rev().flat_map(|run| {
            let events = run.iter().rev();
            events.map(|(position, event)| (position, event, run.received_at))
        });
        let mut entries: Vec<_> = newest
            .filter_map(|(position, event, at)| {
                feed::entry(position, event, at, &self.core.registry)
            })
            .take(feed::LENGTH)
            .collect();
        entries.reverse();
        inbox.feed.extend(entries);
        let excess = inbox.feed.len().saturating_sub(feed::LENGTH);
        inbox.feed.drain(..excess);
        drop(inbox);
        self.wake.notify_one();
    }

    /// Counts a receipt for the `source` key and the metrics.
    fn count(&self, receipt: &Receipt) {
        let (counts, rejected) = (&self.counts, receipt.rejected.len() as u64);
        counts
            .accepted
            .fetch_add(receipt.accepted, Ordering::Relaxed);
        counts
            .duplicate
            .fetch_add(receipt.duplicate, Ordering::Relaxed);
        counts
            .conflicting
            .fetch_add(receipt.conflicting, Ordering::Relaxed);
        counts.rejected.fetch_add(rejected, Ordering::Relaxed);
        metrics::counter!("vonglau_accepted_events_total").increment(receipt.accepted);
        metrics::counter!("vonglau_duplicate_events_total").increment(receipt.duplicate);
        metrics::counter!("vonglau_conflicting_events_total").increment(receipt.conflicting);
        metrics::counter!("vonglau_dropped_fields_total").increment(receipt.dropped_fields);
    }

    /// A watch that changes whenever a topic does.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Begins reading a topic; `None` when there is none of this name.
    pub fn read(self: &Arc<Self>, name: &str) -> Option<Reading> {
        let topic = match name {
            "city" => Arc::clone(&self.city),
            "feed" => Arc::clone(&self.feed),
            "coverage" => Arc::clone(&self.coverage),
            "alerts" => Arc::clone(&self.alerts),
            _ => self.read_site(name.strip_prefix("site/")?)?,
        };
        Some(Reading {
            topic,
            live: Arc::clone(self),
        })
    }

    fn read_site(&self, site: &str) -> Option<Arc<Topic>> {
        let code = percent_decoded(site)?;
        let known = {
            let folded = self.core.state.read();
            self.core.registry.get(&code).is_some() || folded.lasting.places.contains_key(&*code)
        };
        if !known {
            return None;
        }
        let topic = {
            let mut sites = self.sites.lock();
            let entry = sites.entry(site.to_owned()).or_insert_with(|| {
                let epoch = format!("{:x}", self.epochs.fetch_add(1, Ordering::Relaxed));
                let topic = Arc::new(Topic::new(format!("site/{site}"), epoch));
                SiteTopic {
                    topic,
                    readers: 0,
                    idle_since: Instant::now(),
                }
            });
            entry.readers += 1;
            Arc::clone(&entry.topic)
        };
        if topic.is_empty() {
            let folded = self.core.state.read();
            let now = self.core.now(&folded);
            let name: Name = code.as_str().into();
            let dossiers = folded.dossiers.values().filter(|d| d.site() == Some(&name));
            let counts = view::site_dossiers(&code, dossiers, &self.core.rules, now);
            let live = self.site_live(&folded, &name, counts, now);
            topic.replace(self.site_view(&folded, &live, now), now, true);
        }
        Some(topic)
    }

    /// Computes and sets the topics until [`Live::stop`]. Runs on a thread of its own; tells when all
    /// are set for the first time.
    pub fn run(&self, published: &Sender<()>) {
        let mut publisher = Publisher::new();
        let mut last = Instant::now();
        let mut took = Duration::ZERO;
        publisher.refresh(self);
        self.set_coverage();
        let _ = published.send(());
        loop {
            let refresh_due = {
                let mut inbox = self.inbox.lock();
                while !inbox.told
                    && publisher.refreshed.elapsed() < REFRESH
                    && !self.stopping.load(Ordering::Relaxed)
                {
                    let rest = REFRESH.saturating_sub(publisher.refreshed.elapsed());
                    self.wake.wait_for(&mut inbox, rest);
                }
                publisher.refreshed.elapsed() >= REFRESH
            };
            if self.stopping.load(Ordering::Relaxed) {
                return;
            }
            let tick = TICK.max((RESTS * took).min(LONGEST_TICK));
            if let Some(rest) = tick.checked_sub(last.elapsed()) {
                std::thread::sleep(rest);
            }
            last = Instant::now();
            let inbox = std::mem::take(&mut *self.inbox.lock());
            publisher.take(inbox);
            if refresh_due || publisher.is_left_behind(self) {
                publisher.refresh(self);
            } else {
                publisher.publish(self, false);
            }
            took = last.elapsed();
            metrics::histogram!("vonglau_publish_seconds").record(took.as_secs_f64());
        }
    }

    /// Ends [`Live::run`].
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.wake.notify_all();
    }

    /// Wakes every reader's connection, so that it sees that the server is going down.
    pub fn wake_readers(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    fn site_live(
        &self,
        state: &State,
        site: &Name,
        dossiers: SiteDossiers,
        now: EventTime,
    ) -> SiteLive {
        view::site_live(
            state,
            &self.core.registry,
            &self.core.rules,
            site,
            dossiers,
            now,
        )
    }

    /// Sets the topic of the alert desk.
    pub fn set_alerts(&self, set: Vec<(Arc<str>, Json)>, remove: Vec<Arc<str>>, as_of: EventTime) {
        if self.alerts.update(set, remove, as_of, true) {
            self.changed.send_modify(|n| *n += 1);
        }
    }

    /// The `clock` key of a topic.
    pub(crate) fn clock_value(&self, now: EventTime) -> Json {
        let mode = if self.core.is_simulated() {
            "events"
        } else {
            "wall"
        };
        value(
            &json!({"mode": mode, "simulated": self.core.is_simulated(), "day": now.day().to_string()}),
        )
    }

    fn source_value(&self, state: &State) -> Json {
        let count = |n: &AtomicU64| n.load(Ordering::Relaxed);
        value(&json!({
            "accepted": count(&self.counts.accepted),
            "duplicate": count(&self.counts.duplicate),
            "conflicting": count(&self.counts.conflicting),
            "rejected": count(&self.counts.rejected),
            "events": state.events,
            "last_event_at": state.lasting.last_event.map(|t| t.to_string()),
        }))
    }

    /// The coverage of the pack's own points: computed once, as the points do not change while it runs.
    fn set_coverage(&self) {
        let rule = Rule::default();
        let points = select(&self.core.pack.points, KindSet::attended());
        match Coverage::prepare(self.core.pack, &TravelSettings::default(), Mode::Motorbike) {
            Ok(coverage) => {
                let reaches = coverage.compute(&points, &rule);
                let s = summary(&coverage, &reaches, &rule);
                let view = json!({
                    "rule": s.rule, "minutes": s.minutes, "km": s.km, "mode": s.mode,
                    "population": s.city.population, "covered": s.city.covered,
                    "share": s.city.share, "far_population": s.city.far_population,
                });
                self.coverage.update(
                    vec![("summary".into(), value(&view))],
                    Vec::new(),
                    EventTime::now(),
                    true,
                );
                self.changed.send_modify(|n| *n += 1);
            }
            Err(e) => tracing::error!(error = %e, "coverage cannot be computed"),
        }
    }
}

/// What the thread keeps between settings.
struct Publisher {
    lives: BTreeMap<Name, SiteLive>,
    /// Sites whose view is behind.
    dirty: HashSet<Name>,
    dossiers: DossierTally,
    /// Dossiers that were touched since they were counted.
    touched: HashSet<CompactString>,
    feed: VecDeque<(u64, String)>,
    shown: VecDeque<Arc<str>>,
    refreshed: Instant,
    /// *Now* at the last refresh.
    refreshed_at: EventTime,
}

impl Publisher {
    fn new() -> Self {
        Self {
            lives: BTreeMap::new(),
            dirty: HashSet::new(),
            dossiers: DossierTally::default(),
            touched: HashSet::new(),
            feed: VecDeque::new(),
            shown: VecDeque::new(),
            refreshed: Instant::now(),
            refreshed_at: EventTime::default(),
        }
    }

    /// True when event time has leapt since the last refresh, or gone back to the first event: what no event touched is behind, too.
    fn is_left_behind(&self, live: &Live) -> bool {
        let (now, last) = (live.core.now(&live.core.state.read()), self.refreshed_at);
        now > last.plus_seconds(LEAP_S) || now < last || now.day() != last.day()
    }

    fn take(&mut self, inbox: Inbox) {
        self.dirty.extend(inbox.sites);
        self.touched.extend(inbox.dossiers);
        self.feed.extend(inbox.feed);
    }

    /// Computes everything again.
    fn refresh(&mut self, live: &Live) {
        {
            let folded = live.core.state.read();
            self.dirty
                .extend(live.core.registry.points().map(|p| Name::clone(&p.id)));
            self.dirty.extend(folded.lasting.places.keys().cloned());
        }
        self.refreshed = Instant::now();
        self.refreshed_at = live.core.now(&live.core.state.read());
        self.publish(live, true);
        let mut sites = live.sites.lock();
        sites.retain(|_, s| s.readers > 0 || s.idle_since.elapsed() < IDLE_TOPIC);
    }

    /// Computes what is behind and sets the topics.
    fn publish(&mut self, live: &Live, refresh: bool) {
        let folded = live.core.state.read();
        let state = &*folded;
        let now = live.core.now(state);
        let rules = &live.core.rules;
        let touched = std::mem::take(&mut self.touched);
        let concerned = self.dossiers.touch(touched.iter(), state, rules, now);
        self.dirty.extend(concerned);
        if refresh {
            self.dossiers.pass(state, rules, now);
        }
        let dirty = std::mem::take(&mut self.dirty);
        let mut set: Vec<(Arc<str>, Json)> = Vec::with_capacity(dirty.len() + 3);
        for site in &dirty {
            let one = live.site_live(state, site, self.dossiers.of(site), now);
            set.push((
                format!("site/{}", encoded(site)).into(),
                serialised(&one.summary),
            ));
            self.lives.insert(Name::clone(site), one);
        }
        if !dirty.is_empty() || refresh {
            let mut ratings = RatingFigures::default();
            let today = state.days.get(&now.day()).into_iter().flatten();
            for mark in today.flat_map(|(_, day)| day.ratings.all()) {
                ratings.add(mark.what.score);
            }
            let city = view::city(self.lives.values(), ratings);
            set.push(("figures".into(), serialised(&city)));
        }
        set.push(("clock".into(), live.clock_value(now)));
        set.push(("source".into(), live.source_value(state)));
        let mut changed = live.city.update(set, Vec::new(), now, refresh);
        changed |= self.publish_sites(live, state, &dirty, now, refresh);
        drop(folded);
        changed |= self.publish_feed(live, now);
        if changed {
            live.changed.send_modify(|n| *n += 1);
        }
    }

    fn publish_sites(
        &self,
        live: &Live,
        state: &State,
        dirty: &HashSet<Name>,
        now: EventTime,
        refresh: bool,
    ) -> bool {
        let topics: Vec<Arc<Topic>> = live
            .sites
            .lock()
            .values()
            .map(|s| Arc::clone(&s.topic))
            .collect();
        let mut changed = false;
        for topic in topics {
            let Some(site) = topic.name().strip_prefix("site/").and_then(percent_decoded) else {
                continue;
            };
            if dirty.contains(site.as_str())
                && let Some(one) = self.lives.get(site.as_str())
            {
                changed |= topic.replace(live.site_view(state, one, now), now, refresh);
            }
        }
        changed
    }

    fn publish_feed(&mut self, live: &Live, now: EventTime) -> bool {
        let excess = self.feed.len().saturating_sub(feed::LENGTH);
        self.feed.drain(..excess);
        let set: Vec<(Arc<str>, Json)> = self
            .feed
            .drain(..)
            .map(|(position, line)| (format!("e/{position}").into(), line.into()))
            .collect();
        self.shown
            .extend(set.iter().map(|(key, _)| Arc::clone(key)));
        let old = self.shown.len().saturating_sub(feed::LENGTH);
        let remove = self.shown.drain(..old).collect();
        live.feed.update(set, remove, now, false)
    }
}

fn value(v: &Value) -> Json {
    v.to_string().into()
}

fn serialised(v: &impl serde::Serialize) -> Json {
    // Views are plain structs of text and numbers and always have a JSON form.
    serde_json::to_string(v)
        .unwrap_or_else(|_| "null".to_owned())
        .into()
}
