//! Procedures from their data: the file that ships, and one of the operator's that adds to it.
//!
//! ```toml
//! [[clock]]                             # how the clock of a kind of procedure runs
//! kind = "restart"
//! start = ["accepted", "submitted"]     # or taken
//! pause = [["supplement_requested", "supplemented"], ["suspended", "resumed"], ["transferred", "taken"]]
//! stop = ["resolved"]                   # also refused, withdrawn, stopped, where these count as settlement
//! reset = ["accepted", "extended", "supplemented"]
//!
//! [[procedure]]
//! code = "1.990201"
//! effective_from = "2026-01-01"
//! name = "…"
//! field = "…"
//! level = "commune"
//! limit = { working_days = 3 }          # or { working_hours = 8 }, { days = 10 }, { same_day = true }
//! late_receipt = "16:00"                # received later, it counts from the next working day
//! same_day_cutoff = "15:00"
//! ends_with_day = true                  # false: due at the hour of reception
//! clock = "restart"
//! online = "full"                       # none, partial, full
//! has_fee = true
//! pays_online = true
//! gives_paper = true
//! source = "…"
//! ```
//!
//! Of two entries for one procedure from one day on, the later one in the files counts, and is told.

use std::collections::HashMap;
use std::hash::{Hash as _, Hasher as _};

use compact_str::CompactString;
use ingest::event::time::Day;
use serde::Deserialize;

use super::{ClockRule, Limit, Online, Procedure, ProcedureError, Procedures, comparable};
use crate::live::dossier::StepKind;

/// What ships.
pub(super) const SHIPPED: &str = include_str!("procedures.toml");
const MINUTE_US: i64 = 60_000_000;
/// Longer limits are errors of writing.
const MAX_DAYS: u32 = 3_650;
/// Bits of the pauses that hold.
const MAX_PAUSES: usize = 8;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    clock: Vec<ClockEntry>,
    #[serde(default)]
    procedure: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockEntry {
    kind: String,
    start: Option<Vec<StepKind>>,
    pause: Option<Vec<(StepKind, StepKind)>>,
    stop: Option<Vec<StepKind>>,
    reset: Option<Vec<StepKind>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    effective_from: String,
    name: Option<String>,
    field: Option<String>,
    level: Option<String>,
    limit: Option<LimitEntry>,
    late_receipt: Option<String>,
    same_day_cutoff: Option<String>,
    #[serde(default = "yes")]
    ends_with_day: bool,
    clock: Option<String>,
    online: Option<OnlineEntry>,
    has_fee: Option<bool>,
    pays_online: Option<bool>,
    gives_paper: Option<bool>,
    source: Option<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitEntry {
    working_days: Option<u32>,
    working_hours: Option<f64>,
    days: Option<u32>,
    same_day: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnlineEntry {
    None,
    Partial,
    Full,
}

/// Reads the procedures of some files, the later adding to those before.
pub(super) fn read(texts: &[&str]) -> Result<Procedures, ProcedureError> {
    let mut clocks = vec![ClockRule::contract()];
    let mut files = Vec::with_capacity(texts.len());
    for text in texts {
        let file: File = toml::from_str(text).map_err(|e| ProcedureError(e.to_string()))?;
        files.push(file);
    }
    let mut remarks = Vec::new();
    for entry in files.iter().flat_map(|file| &file.clock) {
        let rule = clock(entry)?;
        match clocks.iter().position(|known| known.kind == rule.kind) {
            Some(0) => {
                let message =
                    "the clock `contract` is the event contract's; give yours another kind";
                return Err(ProcedureError(message.to_owned()));
            }
            Some(at) => {
                remarks.push(format!(
                    "clock `{}` is given twice; the later one counts",
                    rule.kind
                ));
                clocks[at] = rule;
            }
            None => clocks.push(rule),
        }
    }
    let mut by_code: HashMap<CompactString, Vec<Procedure>> = HashMap::new();
    for entry in files.iter().flat_map(|file| &file.procedure) {
        let procedure = procedure(entry, &clocks)?;
        let versions = by_code
            .entry(comparable(&procedure.code).into())
            .or_default();
        let same = |known: &Procedure| known.effective_from == procedure.effective_from;
        if let Some(at) = versions.iter().position(same) {
            remarks.push(format!(
                "procedure {} from {} is given twice; the later one counts",
                procedure.code, procedure.effective_from
            ));
            versions[at] = procedure;
        } else {
            versions.push(procedure);
        }
    }
    for versions in by_code.values_mut() {
        versions.sort_by_key(|p| p.effective_from);
    }
    let mut digest = std::hash::DefaultHasher::new();
    texts.hash(&mut digest);
    Ok(Procedures {
        by_code,
        unknown: unknown(),
        clocks,
        remarks,
        digest: format!("{:016x}", digest.finish()),
    })
}

/// What is known of a procedure that no entry names.
fn unknown() -> Procedure {
    Procedure {
        code: String::new(),
        name: None,
        field: None,
        level: None,
        effective_from: Day(i32::MIN),
        limit: None,
        same_day_cutoff: None,
        late_receipt: None,
        ends_with_day: true,
        clock: 0,
        online: None,
        pays_online: None,
        has_fee: None,
        gives_paper: None,
        source: None,
    }
}

fn clock(entry: &ClockEntry) -> Result<ClockRule, ProcedureError> {
    let contract = ClockRule::contract();
    let kind = entry.kind.clone();
    let wrong = |what: &str| Err(ProcedureError(format!("clock `{kind}`: {what}")));
    let rule = ClockRule {
        kind: kind.clone(),
        start: entry.start.clone().unwrap_or(contract.start),
        pauses: entry.pause.clone().unwrap_or(contract.pauses),
        stop: entry.stop.clone().unwrap_or(contract.stop),
        reset: entry.reset.clone().unwrap_or(contract.reset),
    };
    let can_start = [StepKind::Accepted, StepKind::Submitted, StepKind::Taken];
    if rule.start.is_empty() || !rule.start.iter().all(|k| can_start.contains(k)) {
        return wrong("`start` is a list of accepted, submitted, taken");
    }
    if rule.pauses.len() > MAX_PAUSES {
        return wrong("there are more than eight pauses");
    }
    if rule
        .pauses
        .iter()
        .any(|(from, to)| from == to || from.is_end() || to.is_end())
    {
        return wrong("a pause has two different events, and neither ends a dossier");
    }
    if !rule.stop.contains(&StepKind::Resolved) || !rule.stop.iter().all(|k| k.is_end()) {
        return wrong("`stop` has resolved, and perhaps refused, withdrawn, stopped");
    }
    let can_reset = [
        StepKind::Accepted,
        StepKind::Extended,
        StepKind::Supplemented,
    ];
    if !rule.reset.contains(&StepKind::Accepted)
        || !rule.reset.iter().all(|k| can_reset.contains(k))
    {
        return wrong("`reset` has accepted, and perhaps extended, supplemented");
    }
    Ok(rule)
}

fn procedure(entry: &Entry, clocks: &[ClockRule]) -> Result<Procedure, ProcedureError> {
    let wrong = |what: String| ProcedureError(format!("procedure {}: {what}", entry.code));
    if entry.code.trim().is_empty() {
        return Err(wrong("the code is empty".to_owned()));
    }
    let time = |text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => clock_time(text).map(Some).ok_or_else(|| {
            wrong(format!(
                "`{text}` is not a time of day; write it such as 15:00"
            ))
        }),
    };
    let kind = entry.clock.as_deref().unwrap_or("contract");
    let clock = clocks.iter().position(|rule| rule.kind == kind);
    Ok(Procedure {
        code: entry.code.clone(),
        name: entry.name.clone(),
        field: entry.field.clone(),
        level: entry.level.clone(),
        effective_from: Day::parse_iso(&entry.effective_from).ok_or_else(|| {
            wrong(format!(
                "`{}` is not a date; write it such as 2026-11-23",
                entry.effective_from
            ))
        })?,
        limit: match &entry.limit {
            None => None,
            Some(limit) => Some(read_limit(limit).ok_or_else(|| {
                wrong(
                    "`limit` is one of { working_days = 3 }, { working_hours = 8 }, { days = 10 }, { same_day = true }"
                        .to_owned(),
                )
            })?),
        },
        same_day_cutoff: time(&entry.same_day_cutoff)?,
        late_receipt: time(&entry.late_receipt)?,
        ends_with_day: entry.ends_with_day,
        clock: clock.ok_or_else(|| wrong(format!("there is no clock `{kind}`")))?,
        online: entry.online.as_ref().map(|online| match online {
            OnlineEntry::None => Online::None,
            OnlineEntry::Partial => Online::Partial,
            OnlineEntry::Full => Online::Full,
        }),
        pays_online: entry.pays_online,
        has_fee: entry.has_fee,
        gives_paper: entry.gives_paper,
        source: entry.source.clone(),
    })
}

fn read_limit(entry: &LimitEntry) -> Option<Limit> {
    let in_reach = |days: u32| (1..=MAX_DAYS).contains(&days);
    match (
        entry.working_days,
        entry.working_hours,
        entry.days,
        entry.same_day,
    ) {
        (Some(days), None, None, None) if in_reach(days) => Some(Limit::WorkingDays(days)),
        (None, Some(hours), None, None) if hours > 0.0 && hours <= f64::from(MAX_DAYS) * 24.0 => {
            Some(Limit::WorkingHours((hours * 3.6e9).round() as i64))
        }
        (None, None, Some(days), None) if in_reach(days) => Some(Limit::Days(days)),
        (None, None, None, Some(true)) => Some(Limit::SameDay),
        _ => None,
    }
}

/// `15:00` in microseconds since midnight.
fn clock_time(text: &str) -> Option<i64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let is_clock = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_clock.then_some((hour * 60 + minute) * MINUTE_US)
}
