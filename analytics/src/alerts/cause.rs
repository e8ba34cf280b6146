//! From episodes to alerts: what has one cause is one alert.
//!
//! - Episodes of one group at one subject that overlap, or lie within [`RETURN_S`] of each other, are one alert: what comes back
//!   within the hour is mostly what was not mended, and is shown again instead of raised anew.
//! - Points that are over a rule with `together` at once, so many or more, are one alert of the city, until fewer than a
//!   quarter as many are. It has them as members and hides, at those that are over it, what the rule hides; alone, they are nothing
//!   by that rule. Where the signal tells when its cause began, only those whose causes may have begun at one instant
//!   ([`super::latch::Episode::began`], with `together_within` to spare) are taken together.
//! - An alert hides the groups and the rules that its rules name, at the same subject, while it stands. One that came of
//!   hidden rules alone is hidden; one that another rule had a part in is not, so that what was shown does not come and go.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use ingest::event::EventTime;
use serde::{Deserialize, Serialize};

use super::latch::Episode;
use super::rule::{Owner, Priority, Rule, Side};
use super::signal::{Reading, Scope};
use crate::names::Name;

/// Seconds between two episodes of one alert at one subject, at most. A queue that was let grow is measured by those who were
/// in it: their mean wait goes over the limit up to 50 minutes after its counters have opened again.
const RETURN_S: i64 = 3_600;
/// Seconds between two times at which many points are over a rule, for the two to be one alert.
const CLOSE_S: i64 = 600;

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Of which kind.
    pub kind: Scope,
    /// Which one.
    pub id: Name,
}

/// What tells an alert that stands from the others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Its group.
    pub group: String,
    /// What it is about.
    pub subject: Subject,
}

/// A rule that an alert stands by, or stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule.
    pub rule: String,
    /// When its signal went over the limit.
    pub since: EventTime,
    /// When it ended; `None` while it stands.
    pub until: Option<EventTime>,
    /// The worst value.
    pub value: f64,
    /// Of how many.
    pub sample: u32,
    /// The limit.
    pub limit: f64,
    /// The unit of both.
    pub unit: String,
    /// Which device, service or counter, where one is meant.
    pub detail: Option<Name>,
}

/// An alert of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// What tells it from others.
    pub key: Key,
    /// When it began to stand.
    pub from: EventTime,
    /// When it ended; `None` while it stands.
    pub until: Option<EventTime>,
    /// The most serious rule's.
    pub priority: Priority,
    /// The rule that gives it its name: the most serious that stands, then the first.
    pub rule: String,
    /// Who acts.
    pub owner: Owner,
    /// Seconds until it is escalated; 0 never.
    pub escalate_s: i64,
    /// Seconds until receivers are told again; 0 never.
    pub repeat_s: i64,
    /// Why, those that stand first, then by time.
    pub reasons: Vec<Reason>,
    /// The points of an alert of several.
    pub members: Vec<Name>,
    /// Those of them that are over the rule now, with the last reading, the worst first.
    pub over: Vec<(Name, Reading)>,
    /// The alert that hides it.
    pub hidden_by: Option<Key>,
}

impl Alert {
    /// True while it stands.
    pub const fn stands(&self) -> bool {
        self.until.is_none()
    }
}

struct Group<'a> {
    key: Key,
    episodes: Vec<&'a Episode>,
    members: Vec<Name>,
    over: Vec<(Name, Reading)>,
    /// When it began and ended to stand, where that is not when its episodes did.
    stood: Option<(EventTime, Option<EventTime>)>,
}

/// The alerts of a day's episodes, by key and time. `rules` are those that episodes name by their places.
pub fn alerts<'a>(
    episodes: impl Iterator<Item = (Scope, &'a Name, &'a Episode)>,
    rules: &[Rule],
) -> Vec<Alert> {
    let mut single: BTreeMap<Key, Vec<&Episode>> = BTreeMap::new();
    let mut joint: BTreeMap<usize, Vec<(&Name, &Episode)>> = BTreeMap::new();
    for (kind, id, episode) in episodes {
        let Some(rule) = rules.get(episode.rule) else {
            continue;
        };
        if rule.together > 0 {
            joint.entry(episode.rule).or_default().push((id, episode));
            continue;
        }
        let key = Key {
            group: rule.group.clone(),
            subject: Subject {
                kind,
                id: id.clone(),
            },
        };
        single.entry(key).or_default().push(episode);
    }
    let mut found: Vec<Alert> = Vec::new();
    for (key, episodes) in single {
        for episodes in chains(episodes) {
            let group = Group {
                key: key.clone(),
                episodes,
                members: Vec::new(),
                over: Vec::new(),
                stood: None,
            };
            found.extend(alert(group, rules));
        }
    }
    for (place, episodes) in joint {
        if let Some(rule) = rules.get(place) {
            found.extend(
                together(rule, episodes)
                    .into_iter()
                    .filter_map(|g| alert(g, rules)),
            );
        }
    }
    hide(&mut found, rules);
    found.sort_by(|a, b| (&a.key, a.from).cmp(&(&b.key, b.from)));
    found
}

/// Episodes in runs that have at most [`RETURN_S`] between them.
fn chains(mut episodes: Vec<&Episode>) -> Vec<Vec<&Episode>> {
    episodes.sort_by_key(|e| (e.from, e.rule));
    let mut chains: Vec<Vec<&Episode>> = Vec::new();
    let mut end: Option<EventTime> = None;
    for episode in episodes {
        let until = episode.until.unwrap_or(EventTime(i64::MAX));
        let is_close =
            end.is_some_and(|end| episode.from.0 <= end.0.saturating_add(RETURN_S * 1_000_000));
        match chains.last_mut().filter(|_| is_close) {
            Some(chain) => chain.push(episode),
            None => chains.push(vec![episode]),
        }
        end = if is_close {
            end.max(Some(until))
        } else {
            Some(until)
        };
    }
    chains
}

/// Points that are over a rule at once, where there are enough of them.
fn together<'a>(rule: &Rule, episodes: Vec<(&'a Name, &'a Episode)>) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    for run in of_one_cause(rule, episodes) {
        for (from, until) in crowded(rule, &run) {
            let overlaps = |e: &Episode| {
                until.is_none_or(|until| e.from < until) && e.until.is_none_or(|end| end > from)
            };
            let within: Vec<(&Name, &Episode)> =
                run.iter().filter(|(_, e)| overlaps(e)).copied().collect();
            let minute = from.local_time_of_day_us() / 60_000_000;
            let id = format!("{}T{:02}{:02}", from.day(), minute / 60, minute % 60);
            let members: BTreeSet<Name> = within.iter().map(|(name, _)| (*name).clone()).collect();
            let standing = within.iter().filter(|(_, e)| e.until.is_none());
            let over = standing.map(|(name, e)| ((*name).clone(), e.last));
            let mut over: Vec<(Name, Reading)> = over.collect();
            over.sort_by(|(a, ra), (b, rb)| {
                let worse = match rule.side {
                    Side::Over => rb.value.total_cmp(&ra.value),
                    Side::Under => ra.value.total_cmp(&rb.value),
                };
                worse.then_with(|| a.cmp(b))
            });
            groups.push(Group {
                key: Key {
                    group: rule.group.clone(),
                    subject: Subject {
                        kind: Scope::City,
                        id: id.as_str().into(),
                    },
                },
                over,
                episodes: within.into_iter().map(|(_, e)| e).collect(),
                members: members.into_iter().collect(),
                stood: Some((from, until)),
            });
        }
    }
    groups
}

/// Episodes in runs whose causes may have begun at one instant. That which most of them have in common comes first, since what
/// is usual at a point is known roughly and one point's span should not part the others. Without spans they are one run.
fn of_one_cause<'a>(
    rule: &Rule,
    episodes: Vec<(&'a Name, &'a Episode)>,
) -> Vec<Vec<(&'a Name, &'a Episode)>> {
    let (mut told, untold): (Vec<_>, Vec<_>) =
        episodes.into_iter().partition(|(_, e)| e.began.is_some());
    let span = |e: &Episode| {
        let (after, by) = e.began.unwrap_or((e.since, e.since));
        (after, by.plus_seconds(rule.together_s))
    };
    let has = |e: &Episode, instant: EventTime| (span(e).0..=span(e).1).contains(&instant);
    told.sort_by_key(|(name, e)| (span(e).1, e.from, *name));
    let mut runs = vec![untold];
    loop {
        // The ends are enough to try: an instant that spans have in common lies at the earliest of their ends too.
        let ends = told.iter().map(|(_, e)| span(e).1);
        let members = |instant: EventTime| {
            let run = told.iter().filter(|(_, e)| has(e, instant));
            run.map(|(name, _)| *name).collect::<BTreeSet<&Name>>()
        };
        let best = ends
            .map(|end| (members(end).len(), Reverse(end)))
            .max()
            .filter(|(count, _)| *count >= rule.together as usize);
        let Some((_, Reverse(instant))) = best else {
            return runs;
        };
        let (run, rest) = told.into_iter().partition(|(_, e)| has(e, instant));
        runs.push(run);
        told = rest;
    }
}

/// From when to when so many points were over a rule at once: until fewer than a quarter as many are, and none is enough.
fn crowded(rule: &Rule, run: &[(&Name, &Episode)]) -> Vec<(EventTime, Option<EventTime>)> {
    let mut changes: Vec<(EventTime, i32)> = Vec::new();
    for (_, episode) in run {
        changes.push((episode.from, 1));
        changes.extend(episode.until.map(|until| (until, -1)));
    }
    // At one instant those that begin come first, so that a change of hands is no end.
    changes.sort_by_key(|(at, by)| (*at, -by));
    let (enough, few) = (rule.together as i32, (rule.together as i32 / 4).max(1));
    let mut found: Vec<(EventTime, Option<EventTime>)> = Vec::new();
    let (mut count, mut stands) = (0, false);
    for (at, by) in changes {
        count += by;
        if !stands && count >= enough {
            stands = true;
            // What ends and begins anew at once is one.
            match found.last_mut() {
                Some(last)
                    if last
                        .1
                        .is_some_and(|end| at.0 - end.0 <= CLOSE_S * 1_000_000) =>
                {
                    last.1 = None;
                }
                _ => found.push((at, None)),
            }
        } else if stands && count < few {
            stands = false;
            if let Some(last) = found.last_mut() {
                last.1 = Some(at);
            }
        }
    }
    found
}

fn alert(group: Group<'_>, rules: &[Rule]) -> Option<Alert> {
    let lead = group
        .episodes
        .iter()
        .filter_map(|e| Some((*e, rules.get(e.rule)?)))
        .max_by(|(a, ra), (b, rb)| {
            let serious = |e: &Episode, r: &Rule| (e.until.is_none(), r.priority);
            let order = serious(a, ra).cmp(&serious(b, rb));
            // The first of equals: the later one is less.
            order.then_with(|| (b.from, b.rule).cmp(&(a.from, a.rule)))
        })?;
    let priority = group
        .episodes
        .iter()
        .filter_map(|e| Some(rules.get(e.rule)?.priority))
        .max()?;
    let stands = group.episodes.iter().any(|e| e.until.is_none());
    let ends = group.episodes.iter().filter_map(|e| e.until);
    let own = (
        group.episodes.iter().map(|e| e.from).min()?,
        if stands { None } else { ends.max() },
    );
    let (from, until) = group.stood.unwrap_or(own);
    let mut reasons = reasons(&group.episodes, rules);
    if group.stood.is_some() {
        for reason in &mut reasons {
            reason.until = until;
        }
    }
    Some(Alert {
        from,
        until,
        priority,
        rule: lead.1.id.clone(),
        owner: lead.1.owner,
        escalate_s: lead.1.escalate_s,
        repeat_s: lead.1.repeat_s,
        reasons,
        members: group.members,
        over: group.over,
        hidden_by: None,
        key: group.key,
    })
}

/// One reason a rule: its episodes in the alert, joined.
fn reasons(episodes: &[&Episode], rules: &[Rule]) -> Vec<Reason> {
    let mut by_rule: BTreeMap<usize, Reason> = BTreeMap::new();
    for episode in episodes {
        let Some(rule) = rules.get(episode.rule) else {
            continue;
        };
        let Reading { value, sample } = episode.worst;
        let joined = by_rule.entry(episode.rule).or_insert_with(|| Reason {
            rule: rule.id.clone(),
            since: episode.since,
            until: episode.until,
            value,
            sample,
            limit: rule.limit,
            unit: rule.signal.unit().to_owned(),
            detail: episode.detail.clone(),
        });
        joined.since = joined.since.min(episode.since);
        joined.until = match (joined.until, episode.until) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
        let is_worse = match rule.side {
            Side::Over => value > joined.value,
            Side::Under => value < joined.value,
        };
        if is_worse {
            (joined.value, joined.sample) = (value, sample);
            joined.detail.clone_from(&episode.detail);
        }
    }
    let mut reasons: Vec<Reason> = by_rule.into_values().collect();
    reasons.sort_by(|a, b| {
        (a.until.is_some(), a.since, &a.rule).cmp(&(b.until.is_some(), b.since, &b.rule))
    });
    reasons
}

/// Marks those that another one hides.
fn hide(found: &mut [Alert], rules: &[Rule]) {
    let by_id: BTreeMap<&str, &Rule> = rules.iter().map(|r| (r.id.as_str(), r)).collect();
    // Of each subject, by group or rule.
    let mut hidden: BTreeMap<Subject, BTreeMap<&str, Key>> = BTreeMap::new();
    for cause in found.iter().filter(|a| a.stands()) {
        let standing = cause.reasons.iter().filter(|r| r.until.is_none());
        let hides = standing.filter_map(|r| Some(&by_id.get(r.rule.as_str())?.hides));
        let site = |member: &Name| Subject {
            kind: Scope::Site,
            id: member.clone(),
        };
        let subjects: Vec<Subject> = if cause.members.is_empty() {
            vec![cause.key.subject.clone()]
        } else {
            cause.over.iter().map(|(name, _)| site(name)).collect()
        };
        for name in hides.flatten() {
            for subject in &subjects {
                let at = hidden.entry(subject.clone()).or_default();
                at.insert(name, cause.key.clone());
            }
        }
    }
    let by = |subject: &Subject, group: &str, rule: &str| {
        let at = hidden.get(subject)?;
        at.get(group).or_else(|| at.get(rule))
    };
    let mut marks: Vec<(usize, Key)> = Vec::new();
    for (place, alert) in found.iter().enumerate().filter(|(_, a)| a.stands()) {
        let mut causes = Vec::new();
        for reason in &alert.reasons {
            let cause = by(&alert.key.subject, &alert.key.group, &reason.rule);
            causes.push(cause.filter(|key| **key != alert.key));
        }
        let all: Option<Vec<&Key>> = causes.into_iter().collect();
        if let Some(first) = all.as_ref().and_then(|all| all.first()) {
            marks.push((place, Key::clone(first)));
        }
    }
    for (place, key) in marks {
        found[place].hidden_by = Some(key);
    }
}
