//! The desk's receivers: what of its log they are told, what they are done with, and an alert where one fails.
//!
//! What flows in: the desk's lines, numbered as they lie in the log ([`Followed`]); how receivers do. What flows out:
//! notices to [`crate::notify`]; `notify.progress`, which says what each receiver is done with; and an alert of group
//! [`RECEIVER_GROUP`] for each receiver that has failed for [`DEAD_S`] ([`Notifying::alerts`]).
//!
//! Invariants:
//! - a line is on the disk before it is offered, and at a start what the file does not settle is offered again: at least
//!   once, never less;
//! - a receiver that the file does not know, or all of them where there is no file, is told what comes from then on, and
//!   nothing older;
//! - a number says the same line after every restart, whichever months of the log are still read.

mod telling;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use analytics::alerts::{Alert, Key, Owner, Priority, Reason, Scope, Subject};
use analytics::desk::Case;
use anyhow::Context as _;
use ingest::datadir::{NOTIFY, own, write_durably};
use ingest::event::EventTime;
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::notify::settings::RECEIVER_GROUP;
use crate::notify::{Bounds, Delivery, Health, Notice, Progress, Report, Settings};
pub(super) use telling::{Followed, Step, notice};

/// The file that says what each receiver is done with.
const PROGRESS: &str = "notify.progress";
/// Time between two writings of it, at least.
const KEEP_EVERY: Duration = Duration::from_secs(3);
/// How long what is being sent is waited for at the stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// Seconds of failing after which a receiver is dead.
const DEAD_S: i64 = 900;
/// The name under which a dead receiver's alert stands among rules.
const DEAD_RULE: &str = "receiver_dead";
/// Seconds until a dead receiver's alert is escalated, and until it is told again.
const DEAD_ESCALATE_S: i64 = 1_800;
const DEAD_REPEAT_S: i64 = 7_200;

/// What `notify.progress` holds.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Done {
    receivers: HashMap<String, Progress>,
}

impl Done {
    /// Of a file's text; nothing where there is none, or where it cannot be read: it is derived.
    fn of(text: Option<&str>) -> Self {
        let Some(text) = text else {
            return Self::default();
        };
        serde_json::from_str(text).unwrap_or_else(|e| {
            tracing::warn!(error = %e, "{PROGRESS} cannot be read: receivers are told what comes from now on");
            Self::default()
        })
    }

    /// Those of the receivers that there are, none of them beyond the log's last number; a new one is done with all.
    fn fit(&mut self, names: &[String], last: u64) {
        self.receivers.retain(|name, _| names.contains(name));
        for name in names {
            let all = Progress {
                up_to: last,
                ..Progress::default()
            };
            let own = self.receivers.entry(name.clone()).or_insert(all);
            own.up_to = own.up_to.min(last);
            own.beyond.retain(|number| *number <= last);
        }
    }

    /// Up to here all receivers are done with all.
    fn least(&self) -> u64 {
        let up_to = self.receivers.values().map(|progress| progress.up_to);
        up_to.min().unwrap_or(u64::MAX)
    }
}

/// What receivers are done with, in memory and in its file.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    /// With whether it has changed since it was written.
    done: Mutex<(Done, bool)>,
    /// Held while the file is written: there is one temporary file.
    writing: Mutex<()>,
}

impl Kept {
    fn settle(&self, report: Report) {
        let numbers = report.fates.iter().map(|(number, _)| *number);
        let mut done = self.done.lock();
        let progress = done.0.receivers.entry(report.receiver).or_default();
        progress.settle(numbers, report.up_to);
        done.1 = true;
    }

    /// Writes the file where something has changed; a failure is tried again at the next time.
    fn keep(&self) {
        let _one = self.writing.lock();
        let text = {
            let mut done = self.done.lock();
            if !std::mem::take(&mut done.1) {
                return;
            }
            // Plain maps of numbers always have a JSON form.
            serde_json::to_vec(&done.0).unwrap_or_default()
        };
        if let Err(e) = write_durably(&self.path, &text) {
            self.done.lock().1 = true;
            tracing::warn!(error = %e, "{PROGRESS} cannot be written; receivers may be told again after a restart");
        }
    }
}

/// A receiver that is dead, or was today.
#[derive(Debug, Clone, PartialEq)]
struct Dead {
    from: EventTime,
    until: Option<EventTime>,
    seconds: i64,
    waiting: u64,
}

/// The receivers at work.
#[derive(Debug)]
pub(super) struct Notifying {
    settings: Settings,
    kept: Arc<Kept>,
    /// `None` where nobody is told, and after the stop.
    at_work: RwLock<Option<(Delivery, JoinHandle<()>)>>,
    dead: Mutex<BTreeMap<String, Dead>>,
    is_simulated: bool,
}

impl Notifying {
    /// Of a data directory: its `notify.toml`, if there is one, and what the receivers are done with.
    ///
    /// # Errors
    /// Where a file cannot be read, or `notify.toml` has a fault.
    pub(super) fn open(dir: &Path, is_simulated: bool) -> anyhow::Result<Self> {
        let file = dir.join(NOTIFY);
        let settings = if own(dir, NOTIFY)?.is_some() {
            let read = Settings::load(&file);
            read.with_context(|| format!("{} cannot be used", file.display()))?
        } else {
            Settings::default()
        };
        let text = own(dir, PROGRESS)?;
        let kept = Kept {
            done: Mutex::new((Done::of(text.as_deref()), false)),
            writing: Mutex::new(()),
            path: dir.join(PROGRESS),
        };
        Ok(Self {
            settings,
            kept: Arc::new(kept),
            at_work: RwLock::new(None),
            dead: Mutex::default(),
            is_simulated,
        })
    }

    /// Fits what was read to the log's last number; answers the number above which notices are to be offered.
    pub(super) fn fit(&self, last: u64) -> u64 {
        let names = self.settings.receivers.iter().map(|r| r.name.clone());
        let names: Vec<String> = names.collect();
        let mut done = self.kept.done.lock();
        done.0.fit(&names, last);
        done.1 = true;
        done.0.least()
    }

    /// Begins to tell, on the Tokio runtime that it is called in: `standing` are the open cases that stand, with whether
    /// somebody has them, and `open` the log's notices above what [`Notifying::fit`] said, in order. `cases` are the open
    /// ones of before: a receiver that was dead is so until it takes something.
    pub(super) fn start<'a>(
        &self,
        standing: Vec<(Notice, bool)>,
        open: Vec<Notice>,
        cases: impl Iterator<Item = &'a Case>,
    ) -> anyhow::Result<()> {
        *self.dead.lock() = cases
            .filter(|case| case.standing && case.key.group == RECEIVER_GROUP)
            .map(|case| {
                let dead = Dead {
                    from: case.since,
                    until: None,
                    seconds: DEAD_S,
                    waiting: 0,
                };
                (case.key.subject.id.to_string(), dead)
            })
            .collect();
        if self.settings.receivers.is_empty() {
            // Who is named later is told what comes from then on.
            return match std::fs::remove_file(&self.kept.path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e)
                    .with_context(|| format!("{} cannot be removed", self.kept.path.display())),
                _ => Ok(()),
            };
        }
        // Before anything is told: a start without the file is a first one.
        self.kept.keep();
        let done = self.kept.done.lock().0.receivers.clone();
        let report = {
            let kept = Arc::clone(&self.kept);
            Arc::new(move |report| kept.settle(report))
        };
        let delivery = Delivery::start(&self.settings, Bounds::SERVER, &done, report)?;
        for (notice, is_taken) in standing {
            delivery.recall(notice, is_taken);
        }
        for notice in open {
            delivery.offer(notice);
        }
        let keeper = tokio::spawn(keep_often(Arc::clone(&self.kept)));
        *self.at_work.write() = Some((delivery, keeper));
        Ok(())
    }

    /// Tells all receivers that want it.
    pub(super) fn offer(&self, notice: Notice) {
        if let Some((delivery, _)) = &*self.at_work.read() {
            delivery.offer(notice);
        }
    }

    /// A case is in hand, or out of sight: it is told again no more.
    pub(super) fn taken(&self, case: &str) {
        if let Some((delivery, _)) = &*self.at_work.read() {
            delivery.taken(case);
        }
    }

    /// A case is in sight again, by the notice that told it last.
    pub(super) fn recall(&self, notice: Notice) {
        if let Some((delivery, _)) = &*self.at_work.read() {
            delivery.recall(notice, false);
        }
    }

    /// Stops telling; what was not settled is told after the next start.
    pub(super) async fn stop(&self) {
        let at_work = self.at_work.write().take();
        if let Some((delivery, keeper)) = at_work {
            keeper.abort();
            delivery.stop(STOP_WITHIN).await;
            self.kept.keep();
        }
    }

    /// How receivers do, in the file's order; `None` once telling has stopped.
    fn health(&self) -> Option<Vec<Health>> {
        if self.settings.receivers.is_empty() {
            return Some(Vec::new());
        }
        let at_work = self.at_work.read();
        at_work.as_ref().map(|(delivery, _)| delivery.health())
    }

    /// Since when a receiver fails, by the desk's clock, which may not be the machine's.
    fn since(&self, health: &Health, at: EventTime, now: EventTime) -> Option<EventTime> {
        let since = EventTime(health.failing_since?);
        Some(if self.is_simulated {
            at.plus_seconds(-health.failing_s(now.0))
        } else {
            since.min(at)
        })
    }

    /// The alerts of receivers at an instant of the desk: those that are dead, and those of its day that are well again.
    pub(super) fn alerts(&self, at: EventTime) -> Vec<Alert> {
        let mut dead = self.dead.lock();
        if let Some(all) = self.health() {
            let now = EventTime::now();
            let told = |h: &Health| (h.clone(), self.since(h, at, now), h.failing_s(now.0));
            follow(&mut dead, &all.iter().map(told).collect::<Vec<_>>(), at);
        }
        dead.iter().map(|(name, dead)| alert(name, dead)).collect()
    }

    /// The receivers as the desk shows them.
    pub(super) fn receivers(&self, at: EventTime) -> Value {
        let dead = self.dead.lock();
        let now = EventTime::now();
        let shown = |health: &Health| {
            let known = dead.get(&health.name).filter(|dead| dead.until.is_none());
            let since = known.map(|dead| dead.from);
            let since = since.or_else(|| self.since(health, at, now));
            json!({"name": health.name, "failing_since": since, "waiting": health.waiting})
        };
        let all = self.health().unwrap_or_default();
        all.iter().map(shown).collect()
    }
}

async fn keep_often(kept: Arc<Kept>) {
    loop {
        tokio::time::sleep(KEEP_EVERY).await;
        let kept = Arc::clone(&kept);
        // Its faults are told by itself.
        drop(tokio::task::spawn_blocking(move || kept.keep()).await);
    }
}

/// Brings the dead up to an instant, by how receivers do, since when they fail and for how many seconds. One that was dead
/// before a start is so until it takes something; one that is named no longer is over.
fn follow(
    dead: &mut BTreeMap<String, Dead>,
    all: &[(Health, Option<EventTime>, i64)],
    at: EventTime,
) {
    // What ended on an earlier day, the desk has seen.
    dead.retain(|_, one| one.until.is_none_or(|until| until.day() >= at.day()));
    for (name, one) in dead.iter_mut().filter(|(_, one)| one.until.is_none()) {
        let known = all.iter().find(|(health, ..)| health.name == *name);
        let is_over =
            known.is_none_or(|(health, since, _)| since.is_none() && health.since_ok.is_some());
        if is_over {
            one.until = Some(at);
        }
        if let Some((health, _, seconds)) = known {
            (one.seconds, one.waiting) = (one.seconds.max(*seconds), health.waiting);
        }
    }
    for (health, since, seconds) in all.iter().filter(|(_, _, seconds)| *seconds > DEAD_S) {
        let stands = dead
            .get(&health.name)
            .is_some_and(|one| one.until.is_none());
        if let (Some(since), false) = (since, stands) {
            let one = Dead {
                from: *since,
                until: None,
                seconds: *seconds,
                waiting: health.waiting,
            };
            dead.insert(health.name.clone(), one);
        }
    }
}

fn alert(name: &str, dead: &Dead) -> Alert {
    let reason = Reason {
        rule: DEAD_RULE.to_owned(),
        since: dead.from,
        until: dead.until,
        value: dead.seconds as f64,
        sample: u32::try_from(dead.waiting).unwrap_or(u32::MAX),
        limit: DEAD_S as f64,
        unit: "s".to_owned(),
        detail: Some(name.into()),
    };
    Alert {
        key: Key {
            group: RECEIVER_GROUP.to_owned(),
            subject: Subject {
                kind: Scope::City,
                id: name.into(),
            },
        },
        from: dead.from,
        until: dead.until,
        priority: Priority::Medium,
        rule: DEAD_RULE.to_owned(),
        owner: Owner::Operator,
        escalate_s: DEAD_ESCALATE_S,
        repeat_s: DEAD_REPEAT_S,
        reasons: vec![reason],
        members: Vec::new(),
        over: Vec::new(),
        hidden_by: None,
    }
}
