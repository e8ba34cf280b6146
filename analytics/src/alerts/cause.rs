//! From episodes to alerts: what has one cause is one alert.
//!
//! - Episodes of one group at one subject that overlap, or lie within [`CLOSE_S`] of each other, are one alert.
//! - Points that fall over a rule with `together` within its `together_within` of each other are one alert of the city,
//!   which has them as members and hides at them what the rule hides; alone, they are nothing by that rule.
//! - An alert hides those of the groups that its rules name, at the same subject, while it stands.

use std::collections::{BTreeMap, BTreeSet};

use ingest::event::EventTime;
use serde::{Deserialize, Serialize};

use super::latch::Episode;
use super::rule::{Owner, Priority, Rule, Side};
use super::signal::{Reading, Scope};
use crate::names::Name;

/// Seconds between two episodes of one alert, at most.
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

/// Episodes in runs that have at most [`CLOSE_S`] between them.
fn chains(mut episodes: Vec<&Episode>) -> Vec<Vec<&Episode>> {
    episodes.sort_by_key(|e| (e.from, e.rule));
    let mut chains: Vec<Vec<&Episode>> = Vec::new();
    let mut end: Option<EventTime> = None;
    for episode in episodes {
        let until = episode.until.unwrap_or(EventTime(i64::MAX));
        let is_close =
            end.is_some_and(|end| episode.from.0 <= end.0.saturating_add(CLOSE_S * 1_000_000));
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

/// Points that fell over a rule at about the same time, where there are enough of them.
fn together<'a>(rule: &Rule, mut episodes: Vec<(&'a Name, &'a Episode)>) -> Vec<Group<'a>> {
    episodes.sort_by(|a, b| (a.1.since, a.0).cmp(&(b.1.since, b.0)));
    let mut runs: Vec<Vec<(&Name, &Episode)>> = Vec::new();
    for one in episodes {
        let is_near = |last: &(&Name, &Episode)| {
            one.1.since.0 - last.1.since.0 <= rule.together_s * 1_000_000
        };
        let run = runs
            .last_mut()
            .filter(|run| run.last().is_some_and(is_near));
        match run {
            Some(run) => run.push(one),
            None => runs.push(vec![one]),
        }
    }
    let is_enough = |run: &Vec<(&Name, &Episode)>| {
        let members: BTreeSet<&Name> = run.iter().map(|(name, _)| *name).collect();
        members.len() >= rule.together as usize
    };
    runs.into_iter()
        .filter(is_enough)
        .map(|run| {
            let begin = run.first().map_or(EventTime(0), |(_, e)| e.since);
            let minute = begin.local_time_of_day_us() / 60_000_000;
            let id = format!("{}T{:02}{:02}", begin.day(), minute / 60, minute % 60);
            let members: BTreeSet<Name> = run.iter().map(|(name, _)| (*name).clone()).collect();
            Group {
                key: Key {
                    group: rule.group.clone(),
                    subject: Subject {
                        kind: Scope::City,
                        id: id.as_str().into(),
                    },
                },
                episodes: run.into_iter().map(|(_, e)| e).collect(),
                members: members.into_iter().collect(),
            }
        })
        .collect()
}

fn alert(group: Group<'_>, rules: &[Rule]) -> Option<Alert> {
    let stands = group.episodes.iter().any(|e| e.until.is_none());
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
    let ends = group.episodes.iter().filter_map(|e| e.until);
    let from = group.episodes.iter().map(|e| e.from).min()?;
    Some(Alert {
        from,
        until: if stands { None } else { ends.max() },
        priority,
        rule: lead.1.id.clone(),
        owner: lead.1.owner,
        escalate_s: lead.1.escalate_s,
        repeat_s: lead.1.repeat_s,
        reasons: reasons(&group.episodes, rules),
        members: group.members,
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
    let mut hidden: BTreeMap<(Subject, String), Key> = BTreeMap::new();
    for cause in found.iter().filter(|a| a.stands()) {
        let standing = cause.reasons.iter().filter(|r| r.until.is_none());
        let hides = standing.filter_map(|r| Some(&by_id.get(r.rule.as_str())?.hides));
        for group in hides.flatten() {
            let at = |subject: Subject| (subject, group.clone());
            if cause.members.is_empty() {
                hidden.insert(at(cause.key.subject.clone()), cause.key.clone());
            }
            for member in &cause.members {
                let subject = Subject {
                    kind: Scope::Site,
                    id: member.clone(),
                };
                hidden.insert(at(subject), cause.key.clone());
            }
        }
    }
    for alert in found.iter_mut().filter(|a| a.stands()) {
        let place = (alert.key.subject.clone(), alert.key.group.clone());
        alert.hidden_by = hidden.get(&place).cloned();
    }
}
