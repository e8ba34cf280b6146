//! The alert desk: what was shown, and when, and what people did.
//!
//! What flows in: the alerts of an instant ([`crate::alerts`]) and people's acts. What flows out: [`Line`]s, which whoever has a
//! disk writes down before they count ([`Desk::take`]). The desk is the fold of its lines and nothing else, so that it is
//! after a restart what it was before.
//!
//! Invariants:
//! - no case changes but through [`life::apply`], and nothing people may not do changes it;
//! - one open case a key at any time;
//! - what the desk shows follows arrival: it is not a function of events alone, and nothing that is goes by it.

pub mod case;
pub mod life;
pub mod quality;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ingest::event::EventTime;
use serde::{Deserialize, Serialize};

use crate::alerts::{Alert, Key, Scope};
pub use case::{Case, CaseState, Said, Urge};
pub use life::{Act, News, NotDone, What};

/// Seconds after which a case that is gone and in hand closes by itself: as long as what comes back is the same alert.
const SETTLE_S: i64 = 3_600;

/// A line of the desk's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// When, by the clock of the data.
    pub at: EventTime,
    /// When, by the machine's clock.
    pub wall: EventTime,
    /// To which case.
    pub case: u64,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// The desk.
#[derive(Debug, Default)]
pub struct Desk {
    cases: BTreeMap<u64, Case>,
    /// The open case of each key.
    open: BTreeMap<Key, u64>,
    last: u64,
}

impl Desk {
    /// Takes a line that was written down. Lines that tell of no case that is known, as those before a month that is not
    /// read any longer, are passed over.
    pub fn take(&mut self, line: &Line) -> Option<&Case> {
        if let What::Raised { case } | What::Carried { case } = &line.what {
            self.last = self.last.max(case.number);
            if case.is_open() {
                self.open.insert(case.key.clone(), case.number);
            }
            self.cases.insert(case.number, Case::clone(case));
            return self.cases.get(&case.number);
        }
        let case = self.cases.get_mut(&line.case)?;
        // It was tried before it was written.
        let _ = life::apply(case, line.at, &line.what);
        if !case.is_open() && self.open.get(&case.key) == Some(&case.number) {
            self.open.remove(&case.key);
        }
        Some(case)
    }

    /// A case by its name.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.get(&id.strip_prefix("a-")?.parse().ok()?)
    }

    /// A case by its number.
    pub fn numbered(&self, number: u64) -> Option<&Case> {
        self.cases.get(&number)
    }

    /// All that are known, the oldest first.
    pub fn cases(&self) -> impl DoubleEndedIterator<Item = &Case> {
        self.cases.values()
    }

    /// Those that are not closed.
    pub fn open(&self) -> impl Iterator<Item = &Case> {
        self.open
            .values()
            .filter_map(|number| self.cases.get(number))
    }

    /// Forgets closed cases of before an instant: the log has them.
    pub fn forget_before(&mut self, instant: EventTime) {
        self.cases
            .retain(|_, case| case.closed_at.is_none_or(|t| t >= instant));
    }

    /// What somebody wants to do, as a line to be written down; refused where the table has nothing.
    pub fn act(
        &self,
        id: &str,
        by: &str,
        did: Act,
        at: EventTime,
    ) -> Option<Result<Line, NotDone>> {
        let case = self.case(id)?;
        let what = What::Did {
            by: by.to_owned(),
            did,
        };
        let mut tried = case.clone();
        let line = Line {
            at,
            wall: EventTime::default(),
            case: case.number,
            what,
        };
        Some(life::apply(&mut tried, at, &line.what).map(|()| line))
    }

    /// What is news at an instant, as lines to be written down in order. `alerts` are those of the instant's day.
    pub fn observe(&self, at: EventTime, alerts: &[Alert]) -> Vec<Line> {
        let alerts = &*self.by_known_names(alerts);
        let mut lines = Vec::new();
        let mut say = |case: u64, what: What| {
            lines.push(Line {
                at,
                wall: EventTime::default(),
                case,
                what,
            });
        };
        // Of each key the one that stands, or the last.
        let mut by_key: BTreeMap<&Key, &Alert> = BTreeMap::new();
        for alert in alerts {
            let known = by_key.entry(&alert.key).or_insert(alert);
            if !known.stands() && (alert.stands() || alert.from > known.from) {
                *known = alert;
            }
        }
        let mut next = self.last;
        let mut numbers: BTreeMap<&Key, u64> = BTreeMap::new();
        let mut ended: BTreeSet<u64> = BTreeSet::new();
        for (key, alert) in by_key.iter().filter(|(_, a)| a.stands()) {
            match self
                .open
                .get(*key)
                .and_then(|number| self.cases.get(number))
            {
                Some(case) if is_of_another_day(case, alert) => {
                    if case.standing {
                        say(case.number, What::Normal);
                    }
                    say(case.number, What::Lapsed);
                    ended.insert(case.number);
                    if alert.hidden_by.is_none() {
                        next += 1;
                        numbers.insert(key, next);
                        let case = Box::new(Case::raised(next, at, alert));
                        say(next, What::Raised { case });
                    }
                }
                Some(case) => {
                    numbers.insert(key, case.number);
                    if !case.standing {
                        say(case.number, What::Again(News::of(alert)));
                    } else if is_news(case, alert) {
                        say(case.number, What::Changed(News::of(alert)));
                    }
                }
                // What is hidden from the start is never shown.
                None if alert.hidden_by.is_some() => {}
                None => {
                    next += 1;
                    numbers.insert(key, next);
                    let case = Box::new(Case::raised(next, at, alert));
                    say(next, What::Raised { case });
                }
            }
        }
        for case in self.open().filter(|case| !ended.contains(&case.number)) {
            let alert = by_key.get(&case.key).copied();
            let stands = alert.is_some_and(Alert::stands);
            if case.standing && !stands {
                // One of an earlier day has ended with it.
                let is_gone = alert.is_some() || case.since.day() != at.day();
                say(
                    case.number,
                    if is_gone {
                        What::Normal
                    } else {
                        What::Corrected
                    },
                );
                continue;
            }
            if stands && !case.standing {
                // It stands again, which was said: its time of being gone is over.
                continue;
            }
            let cause = alert
                .filter(|a| a.stands())
                .and_then(|a| a.hidden_by.as_ref());
            let cause = cause.and_then(|key| numbers.get(key).copied());
            match (cause, case.state) {
                (Some(by), CaseState::New | CaseState::Acknowledged) => {
                    say(case.number, What::Suppressed { by });
                }
                (None, CaseState::Suppressed) => say(case.number, What::Released),
                _ => Self::by_time(case, at, &mut say),
            }
        }
        lines
    }

    /// Alerts under the names that their cases have.
    pub fn by_known_names<'a>(&self, alerts: &'a [Alert]) -> Cow<'a, [Alert]> {
        let renamed = self.renamed(alerts);
        if renamed.is_empty() {
            return Cow::Borrowed(alerts);
        }
        let named = alerts.iter().map(|alert| {
            let mut alert = alert.clone();
            if let Some(known) = renamed.get(&alert.key).filter(|_| alert.stands()) {
                alert.key = known.clone();
            }
            let cause = alert.hidden_by.as_ref().and_then(|key| renamed.get(key));
            if let Some(known) = cause {
                alert.hidden_by = Some(known.clone());
            }
            alert
        });
        Cow::Owned(named.collect())
    }

    /// Alerts of several points that stand under another name than the open case of the same thing: late events may say that it
    /// began at another time. It is the same where the case's own name stands no longer and half of the fewer points are of both.
    fn renamed(&self, alerts: &[Alert]) -> BTreeMap<Key, Key> {
        let standing = alerts
            .iter()
            .filter(|a| a.stands() && !a.members.is_empty());
        let standing: BTreeMap<&Key, &Alert> = standing.map(|a| (&a.key, a)).collect();
        let mut renamed = BTreeMap::new();
        for case in self
            .open()
            .filter(|c| c.standing && !c.members.is_empty() && !standing.contains_key(&c.key))
        {
            let same = standing.iter().find(|(key, alert)| {
                let common = alert.members.iter().filter(|m| case.members.contains(m));
                let fewer = alert.members.len().min(case.members.len());
                key.group == case.key.group
                    && alert.from.day() == case.since.day()
                    && !self.open.contains_key(*key)
                    && !renamed.contains_key(**key)
                    && common.count() * 2 >= fewer
            });
            if let Some((key, _)) = same {
                renamed.insert(Key::clone(key), case.key.clone());
            }
        }
        renamed
    }

    /// What an open case comes to by time alone.
    fn by_time(case: &Case, at: EventTime, say: &mut impl FnMut(u64, What)) {
        let passed = |since: EventTime, seconds: i64| at.0 - since.0 >= seconds * 1_000_000;
        match case.state {
            CaseState::New
                if case.escalated_at.is_none()
                    && case.escalate_s > 0
                    && passed(case.raised_at, case.escalate_s) =>
            {
                say(case.number, What::Escalated);
            }
            CaseState::Shelved if case.shelved_until.is_some_and(|until| at >= until) => {
                say(case.number, What::Woken);
            }
            CaseState::Settled if case.returned_at.is_some_and(|t| passed(t, SETTLE_S)) => {
                say(case.number, What::Lapsed);
            }
            // Gone without anybody: it stays to be seen until its day is over.
            CaseState::Returned if case.returned_at.is_some_and(|t| t.day() != at.day()) => {
                say(case.number, What::Lapsed);
            }
            _ => {}
        }
    }

    /// The open cases as lines with which a month begins.
    pub fn carried(&self, at: EventTime) -> Vec<Line> {
        let lines = self.open().map(|case| Line {
            at,
            wall: EventTime::default(),
            case: case.number,
            what: What::Carried {
                case: Box::new(case.clone()),
            },
        });
        lines.collect()
    }
}

/// A point's day begins anew: what stood there on an earlier one is another case, also where nobody looked in between.
fn is_of_another_day(case: &Case, alert: &Alert) -> bool {
    case.key.subject.kind == Scope::Site && case.since.day() != alert.from.day()
}

/// Another rule stands, it is more or less serious, or other points are in it. That a figure moved is no news.
fn is_news(case: &Case, alert: &Alert) -> bool {
    let standing = |reasons: &[crate::alerts::Reason]| {
        let rules = reasons.iter().filter(|r| r.until.is_none());
        let mut rules: Vec<String> = rules.map(|r| r.rule.clone()).collect();
        rules.sort_unstable();
        rules
    };
    case.priority != alert.priority
        || case.rule != alert.rule
        || case.members != alert.members
        || standing(&case.reasons) != standing(&alert.reasons)
}
