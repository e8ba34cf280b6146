//! Rules as a file: read, checked, and those of a day.
//!
//! ```toml
//! [[rule]]
//! id = "wait_mean"
//! effective_from = "2024-10-01"
//! signal = "mean_wait_s"
//! window = "30m"
//! over = 900
//! deadband = 120
//! min_sample = 5
//! on_delay = "2m"
//! off_delay = "5m"
//! hours = "open"
//! group = "flow"
//! priority = "medium"
//! owner = "site"
//! escalate = "15m"
//! repeat = "2h"
//! source = "…"
//! title = { vi = "…", en = "…" }
//! response = { vi = "…", en = "…" }
//! ```
//!
//! An installation's rule with the id of one that ships stands for it from its day on; `enabled = false` switches it off.
//! What may not be is refused with all that is wrong at once, by rule.

use std::collections::{BTreeMap, BTreeSet};

use ingest::event::time::Day;
use serde::{Deserialize, Serialize};

use super::rule::{Also, Hours, Owner, Priority, Rule, Side, Words};
use super::signal::{Scope, Signal};

const SHIPPED: &str = include_str!("rules.toml");
/// Longest delay or window, seconds: a day.
const LONGEST_S: i64 = 86_400;
/// Shortest escalation and repeat, seconds.
const SHORTEST_S: i64 = 60;
/// Rules in force, at most.
const MOST_RULES: usize = 500;

/// Something that is wrong with a file of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A word for it.
    pub code: &'static str,
    /// Of which rule, where it is one's.
    pub rule: Option<String>,
    /// What is wrong and what to do.
    pub detail: String,
}

/// A file of rules that may not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the alert rules cannot be used: {}", first(.0))]
pub struct RuleError(pub Vec<Fault>);

fn first(faults: &[Fault]) -> String {
    let Some(fault) = faults.first() else {
        return String::new();
    };
    let rule = fault.rule.as_deref().map(|r| format!("rule `{r}`: "));
    format!("{}{}", rule.unwrap_or_default(), fault.detail)
}

/// All rules, those that ship and an installation's.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    by_id: BTreeMap<String, BTreeMap<Day, Rule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Written>,
}

/// A rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    effective_from: String,
    enabled: Option<bool>,
    signal: Option<String>,
    window: Option<String>,
    over: Option<f64>,
    under: Option<f64>,
    deadband: Option<f64>,
    min_sample: Option<u32>,
    #[serde(default)]
    also: Option<Vec<WrittenAlso>>,
    on_delay: Option<String>,
    off_delay: Option<String>,
    hours: Option<Hours>,
    together: Option<u32>,
    together_within: Option<String>,
    group: Option<String>,
    hides: Option<Vec<String>>,
    priority: Option<Priority>,
    owner: Option<Owner>,
    escalate: Option<String>,
    repeat: Option<String>,
    title: Option<Words>,
    response: Option<Words>,
    source: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAlso {
    signal: String,
    over: Option<f64>,
    under: Option<f64>,
}

impl RuleSet {
    /// Those that ship.
    pub fn shipped() -> Result<Self, RuleError> {
        Self::read(&[SHIPPED])
    }

    /// Those that ship with what an installation's file says.
    pub fn with(text: &str) -> Result<Self, RuleError> {
        Self::read(&[SHIPPED, text])
    }

    fn read(texts: &[&str]) -> Result<Self, RuleError> {
        let mut set = Self {
            by_id: BTreeMap::new(),
        };
        let mut faults = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let file: File = match toml::from_str(text) {
                Ok(file) => file,
                Err(e) => {
                    return Err(RuleError(vec![Fault {
                        code: "does_not_parse",
                        rule: None,
                        detail: e.to_string(),
                    }]));
                }
            };
            let mut here = BTreeSet::new();
            for written in file.rule {
                set.take(written, number > 0, &mut here, &mut faults);
            }
        }
        set.check_together(&mut faults);
        if faults.is_empty() {
            Ok(set)
        } else {
            Err(RuleError(faults))
        }
    }

    fn take(
        &mut self,
        written: Written,
        is_own: bool,
        here: &mut BTreeSet<(String, Day)>,
        faults: &mut Vec<Fault>,
    ) {
        let id = written.id.clone();
        let mut fault = |code, detail: String| {
            let rule = Some(id.clone());
            faults.push(Fault { code, rule, detail });
        };
        let Some(day) = Day::parse_iso(&written.effective_from) else {
            let text = &written.effective_from;
            fault(
                "bad_value",
                format!("`effective_from = {text}` is not a date; write it such as 2026-11-23"),
            );
            return;
        };
        if !here.insert((id.clone(), day)) {
            fault(
                "contradicts",
                format!("it is given twice from {day} on; keep one of the two"),
            );
            return;
        }
        let before = self
            .by_id
            .get(&id)
            .and_then(|versions| versions.range(..=day).next_back().map(|(_, rule)| rule));
        match built(written, day, before) {
            Ok(rule) => {
                let versions = self.by_id.entry(id).or_default();
                if is_own {
                    versions.retain(|known, _| {
                        *known < day || here.iter().any(|(r, d)| *r == rule.id && d == known)
                    });
                }
                versions.insert(day, rule);
            }
            Err(wrong) => {
                for (code, detail) in wrong {
                    fault(code, detail);
                }
            }
        }
    }

    /// What is wrong with rules only beside others.
    fn check_together(&self, faults: &mut Vec<Fault>) {
        let all: Vec<&Rule> = self.all().collect();
        let groups: BTreeSet<&str> = all.iter().map(|r| r.group.as_str()).collect();
        let ids: BTreeSet<&str> = all.iter().map(|r| r.id.as_str()).collect();
        for rule in &all {
            let mut fault = |code, detail| {
                let rule = Some(rule.id.clone());
                faults.push(Fault { code, rule, detail });
            };
            for hidden in &rule.hides {
                if !groups.contains(hidden.as_str()) && !ids.contains(hidden.as_str()) {
                    fault(
                        "refers_to_nothing",
                        format!("it hides `{hidden}`, which is neither a group nor a rule"),
                    );
                }
                if *hidden == rule.group || *hidden == rule.id {
                    fault("contradicts", format!("it hides itself by `{hidden}`"));
                }
                let back = all
                    .iter()
                    .find(|other| other.group == *hidden && other.hides.contains(&rule.group));
                if let Some(other) = back {
                    fault(
                        "contradicts",
                        format!("it and rule `{}` hide each other's groups", other.id),
                    );
                }
            }
            let scopes: BTreeSet<Scope> = all
                .iter()
                .filter(|other| other.group == rule.group)
                .map(|other| other.signal.scope())
                .collect();
            if scopes.len() > 1 {
                fault(
                    "contradicts",
                    format!(
                        "the group `{}` has rules of different kinds of subjects; give them groups of their own",
                        rule.group
                    ),
                );
            }
        }
        if all.len() > MOST_RULES {
            faults.push(Fault {
                code: "too_many",
                rule: None,
                detail: format!("there are over {MOST_RULES} rules"),
            });
        }
    }

    /// The rules in force on a day, in order of id.
    pub fn on(&self, day: Day) -> Vec<Rule> {
        let in_force = self.by_id.values().filter_map(|versions| {
            let (_, rule) = versions.range(..=day).next_back()?;
            rule.enabled.then(|| rule.clone())
        });
        in_force.collect()
    }

    /// All versions of all rules, by id and day.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.by_id.values().flat_map(BTreeMap::values)
    }
}

/// A rule of what is written; what is not stands as in the version before it.
fn built(
    written: Written,
    day: Day,
    before: Option<&Rule>,
) -> Result<Rule, Vec<(&'static str, String)>> {
    let mut wrong: Vec<(&'static str, String)> = Vec::new();
    if !is_id(&written.id) {
        wrong.push((
            "bad_value",
            "an id has small letters, digits and _, at most 40 of them".to_owned(),
        ));
    }
    let named = match written.signal.as_deref().map(signal_named).transpose() {
        Ok(named) => named,
        Err(fault) => {
            wrong.push(fault);
            return Err(wrong);
        }
    };
    let Some(signal) = named.or(before.map(|b| b.signal)) else {
        wrong.push((
            "refers_to_nothing",
            "no rule has this id before; give it a `signal`".to_owned(),
        ));
        return Err(wrong);
    };
    let mut seconds = |name: &str, text: Option<&String>, known: i64| {
        match text {
        None => known,
        Some(text) => span(text).unwrap_or_else(|| {
            wrong.push((
                "bad_value",
                format!("`{name} = {text}` is not a length of time; write it such as 90s, 10m or 2h, up to a day"),
            ));
            known
        }),
    }
    };
    let old = |of: fn(&Rule) -> i64, default: i64| before.map_or(default, of);
    let window_s = seconds("window", written.window.as_ref(), old(|b| b.window_s, 0));
    let on_delay_s = seconds(
        "on_delay",
        written.on_delay.as_ref(),
        old(|b| b.on_delay_s, 0),
    );
    let off_delay_s = seconds(
        "off_delay",
        written.off_delay.as_ref(),
        old(|b| b.off_delay_s, 300),
    );
    let escalate_s = seconds(
        "escalate",
        written.escalate.as_ref(),
        old(|b| b.escalate_s, 0),
    );
    let repeat_s = seconds("repeat", written.repeat.as_ref(), old(|b| b.repeat_s, 0));
    let together_s = seconds(
        "together_within",
        written.together_within.as_ref(),
        old(|b| b.together_s, 180),
    );
    let bound = bound(written.over, written.under).map_err(|detail| ("contradicts", detail));
    let (side, limit) = match bound {
        Ok(Some(bound)) => bound,
        Ok(None) => {
            if let Some(b) = before {
                (b.side, b.limit)
            } else {
                wrong.push((
                    "bad_value",
                    "give a limit: `over = …` or `under = …`".to_owned(),
                ));
                (Side::Over, 0.0)
            }
        }
        Err(fault) => {
            wrong.push(fault);
            (Side::Over, 0.0)
        }
    };
    let also = match written.also {
        None => before.map_or_else(Vec::new, |b| b.also.clone()),
        Some(also) => also_of(also, signal, &mut wrong),
    };
    let text = |new: Option<String>, of: fn(&Rule) -> &String| {
        new.or_else(|| before.map(|b| of(b).clone()))
            .unwrap_or_default()
    };
    let rule = Rule {
        effective_from: day,
        enabled: written.enabled.unwrap_or(true),
        signal,
        window_s,
        side,
        limit,
        deadband: written
            .deadband
            .unwrap_or_else(|| before.map_or(0.0, |b| b.deadband)),
        min_sample: written
            .min_sample
            .unwrap_or_else(|| before.map_or(0, |b| b.min_sample)),
        also,
        on_delay_s,
        off_delay_s,
        hours: written
            .hours
            .or(before.map(|b| b.hours))
            .unwrap_or(Hours::Always),
        together: written
            .together
            .unwrap_or_else(|| before.map_or(0, |b| b.together)),
        together_s,
        group: text(written.group, |b| &b.group),
        hides: written
            .hides
            .or_else(|| before.map(|b| b.hides.clone()))
            .unwrap_or_default(),
        priority: written
            .priority
            .or(before.map(|b| b.priority))
            .unwrap_or(Priority::Low),
        owner: written
            .owner
            .or(before.map(|b| b.owner))
            .unwrap_or(Owner::Room),
        escalate_s,
        repeat_s,
        title: written
            .title
            .or_else(|| before.map(|b| b.title.clone()))
            .unwrap_or_default(),
        response: written
            .response
            .or_else(|| before.map(|b| b.response.clone()))
            .unwrap_or_default(),
        source: text(written.source, |b| &b.source),
        id: written.id,
    };
    check(&rule, &mut wrong);
    if wrong.is_empty() {
        Ok(rule)
    } else {
        Err(wrong)
    }
}

/// The signal of a word, or what is wrong with it.
fn signal_named(word: &str) -> Result<Signal, (&'static str, String)> {
    let unknown = || {
        let shown: String = word.chars().take(40).collect();
        format!("there is no signal `{shown}`; take one that a rule that ships reads")
    };
    Signal::of_word(word).ok_or_else(|| ("refers_to_nothing", unknown()))
}

fn also_of(
    also: Vec<WrittenAlso>,
    signal: Signal,
    wrong: &mut Vec<(&'static str, String)>,
) -> Vec<Also> {
    let mut read = Vec::with_capacity(also.len());
    for one in also {
        let own = match signal_named(&one.signal) {
            Ok(own) => own,
            Err(fault) => {
                wrong.push(fault);
                continue;
            }
        };
        if own.scope() != signal.scope() {
            wrong.push((
                "refers_to_nothing",
                format!(
                    "`also` asks for `{}`, which a subject of kind {} does not have",
                    own.word(),
                    signal.scope().as_str()
                ),
            ));
        }
        match bound(one.over, one.under) {
            Ok(Some((side, limit))) => read.push(Also {
                signal: own,
                side,
                limit,
            }),
            Ok(None) => wrong.push((
                "bad_value",
                "`also` needs `over = …` or `under = …`".to_owned(),
            )),
            Err(detail) => wrong.push(("contradicts", detail)),
        }
    }
    read
}

fn bound(over: Option<f64>, under: Option<f64>) -> Result<Option<(Side, f64)>, String> {
    match (over, under) {
        (Some(_), Some(_)) => Err("give `over` or `under`, not both".to_owned()),
        (Some(limit), None) => Ok(Some((Side::Over, limit))),
        (None, Some(limit)) => Ok(Some((Side::Under, limit))),
        (None, None) => Ok(None),
    }
}

fn check(rule: &Rule, wrong: &mut Vec<(&'static str, String)>) {
    let mut unless = |holds: bool, code: &'static str, detail: &str| {
        if !holds {
            wrong.push((code, detail.to_owned()));
        }
    };
    unless(
        rule.limit.is_finite()
            && rule.limit.abs() < 1e9
            && rule.also.iter().all(|a| a.limit.is_finite()),
        "bad_value",
        "a limit must be a number under a thousand million",
    );
    unless(
        rule.deadband >= 0.0 && rule.deadband.is_finite(),
        "bad_value",
        "`deadband` must not be negative: it is how far back over the limit the signal must come",
    );
    unless(
        rule.side == Side::Under || rule.limit - rule.deadband >= 0.0,
        "contradicts",
        "`deadband` is greater than the limit: once raised, the alert would never end",
    );
    unless(
        !rule.signal.has_window() || rule.window_s >= SHORTEST_S,
        "bad_value",
        "its signal is of a rolling window; give `window = \"30m\"` or another of a minute to a day",
    );
    unless(
        rule.signal.has_window() || rule.window_s == 0,
        "contradicts",
        "its signal has no window; take `window` out",
    );
    let is_delay = |s: i64| s == 0 || s >= SHORTEST_S;
    unless(
        is_delay(rule.escalate_s) && is_delay(rule.repeat_s),
        "bad_value",
        "`escalate` and `repeat` are 0 or at least a minute",
    );
    unless(
        rule.together == 0 || rule.together >= 2 && rule.signal.scope() == Scope::Site,
        "bad_value",
        "`together` is for points, and two or more of them",
    );
    unless(
        is_id(&rule.group),
        "bad_value",
        "give a `group`: small letters, digits and _, at most 40 of them",
    );
    unless(
        !rule.title.vi.is_empty() && !rule.title.en.is_empty(),
        "bad_value",
        "give a `title` in both languages",
    );
    unless(
        !rule.response.vi.is_empty() && !rule.response.en.is_empty(),
        "no_action",
        "give a `response` in both languages: what nobody acts on is no alert",
    );
    let is_of_doors = matches!(rule.hours, Hours::Open | Hours::Day);
    let by_hours = !is_of_doors || rule.signal.scope() == Scope::Site;
    unless(
        by_hours,
        "contradicts",
        "`hours = \"open\"` and `\"day\"` are for points; an agency has `working`",
    );
}

fn is_id(text: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=40).contains(&text.len()) && text.bytes().all(is_letter)
}

/// Seconds of `90s`, `10m`, `2h`, `0`; up to a day.
fn span(text: &str) -> Option<i64> {
    if text == "0" {
        return Some(0);
    }
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let factor = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    let seconds = number.parse::<i64>().ok()?.checked_mul(factor)?;
    (0..=LONGEST_S).contains(&seconds).then_some(seconds)
}
