//! How cases and the desk look in JSON, the same in HTTP and in the topic (`docs/alerts.md`).

use std::collections::BTreeMap;

use analytics::alerts::{Alert, Priority, Reason, Scope, Subject};
use analytics::desk::{Case, CaseState, Desk, Line, What};
use analytics::figures::within::Within;
use ingest::event::EventTime;
use serde_json::{Value, json};

use crate::core::Core;

/// Alerts within ten minutes that are a flood.
const FLOOD: usize = 10;

/// A case; where it stands, with the figures of now.
pub fn case(core: &Core, case: &Case, alert: Option<&Alert>) -> Value {
    let alert = alert.filter(|_| case.standing && case.is_open());
    let reasons: &[Reason] = alert.map_or(&case.reasons, |a| &a.reasons);
    let subject = &case.key.subject;
    let is_site = subject.kind == Scope::Site;
    let reasons: Vec<Value> = reasons.iter().map(reason).collect();
    let over = alert.into_iter().flat_map(|a| &a.over);
    let over: Vec<Value> = over
        .map(|(site, r)| json!({"site": site, "value": hundredths(r.value), "sample": r.sample}))
        .collect();
    json!({
        "id": case.id(),
        "group": case.key.group,
        "rule": case.rule,
        "subject": self::subject(core, subject),
        "site": is_site.then_some(&subject.id),
        "agency": (subject.kind == Scope::Agency).then_some(&subject.id),
        "unit": is_site.then(|| core.registry.unit_of(&subject.id)),
        "priority": case.priority,
        "owner": case.owner,
        "state": case.state,
        "standing": case.standing,
        "since": case.since,
        "raised_at": case.raised_at,
        "changed_at": case.changed_at,
        "returned_at": case.returned_at,
        "closed_at": case.closed_at,
        "corrected": case.corrected,
        "times": case.times,
        "reasons": reasons,
        "members": alert.map_or(&case.members, |a| &a.members),
        "over": over,
        "assigned_to": case.assigned_to,
        "acknowledged_at": case.acknowledged_at,
        "acknowledged_by": case.acknowledged_by,
        "escalated_at": case.escalated_at,
        "shelved_until": case.shelved_until,
        "shelved_reason": case.shelved_reason,
        "suppressed_by": case.suppressed_by.map(|n| format!("a-{n}")),
        "explanations": case.explanations,
        "urges": case.urges,
    })
}

/// What an alert is about, with a point's name.
pub fn subject(core: &Core, subject: &Subject) -> Value {
    let point = core.registry.get(&subject.id);
    let name = point.filter(|_| subject.kind == Scope::Site);
    let name = name.map_or_else(|| subject.id.to_string(), |point| point.name.clone());
    json!({"kind": subject.kind, "id": subject.id, "name": name})
}

/// As screens show figures.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn reason(reason: &Reason) -> Value {
    json!({
        "rule": reason.rule,
        "since": reason.since,
        "until": reason.until,
        "value": hundredths(reason.value),
        "sample": reason.sample,
        "limit": reason.limit,
        "unit": reason.unit,
        "detail": reason.detail,
    })
}

/// The desk at a glance; the topic has its receivers beside it.
pub fn counts(desk: &Desk, evaluated: Option<EventTime>, at: EventTime, within: &Within) -> Value {
    let mut by_state: BTreeMap<&str, usize> =
        CaseState::ALL.iter().map(|s| (s.as_str(), 0)).collect();
    let mut by_priority: BTreeMap<&str, usize> =
        Priority::ALL.iter().map(|p| (p.as_str(), 0)).collect();
    let mut oldest: Option<EventTime> = None;
    let mut open = 0;
    for case in desk.open().filter(|case| case.is_within(within)) {
        open += 1;
        *by_state.entry(case.state.as_str()).or_default() += 1;
        if case.state == CaseState::New {
            *by_priority.entry(case.priority.as_str()).or_default() += 1;
            oldest = Some(oldest.map_or(case.raised_at, |t| t.min(case.raised_at)));
        }
    }
    let raised_within = |seconds: i64| {
        let oldest = at.plus_seconds(-seconds);
        desk.cases()
            .rev()
            .take_while(|c| c.raised_at > oldest)
            .filter(|case| case.is_within(within))
            .count()
    };
    let n = |state: CaseState| by_state.get(state.as_str()).copied().unwrap_or(0);
    json!({
        "open": open,
        "new": n(CaseState::New),
        "acknowledged": n(CaseState::Acknowledged),
        "returned": n(CaseState::Returned),
        "settled": n(CaseState::Settled),
        "shelved": n(CaseState::Shelved),
        "suppressed": n(CaseState::Suppressed),
        "by_priority": by_priority,
        "raised_hour": raised_within(3_600),
        "flood": raised_within(600) >= FLOOD,
        "oldest_new_at": oldest,
        "evaluated_at": evaluated,
    })
}

/// A line of a case's history.
pub fn history(line: &Line) -> Value {
    let (what, by, text) = match &line.what {
        What::Raised { .. } => ("raised", None, None),
        What::Carried { .. } => ("carried", None, None),
        What::Changed(news) => ("changed", None, Some(news.rule.clone())),
        What::Normal => ("normal", None, None),
        What::Again(_) => ("again", None, None),
        What::Corrected => ("corrected", None, None),
        What::Escalated => ("escalated", None, None),
        What::Suppressed { by } => ("suppressed", None, Some(format!("a-{by}"))),
        What::Released => ("released", None, None),
        What::Woken => ("woken", None, None),
        What::Lapsed => ("lapsed", None, None),
        What::Did { by, did } => (did.as_str(), Some(by.clone()), said(did)),
    };
    json!({"at": line.at, "wall": line.wall, "what": what, "by": by, "text": text})
}

fn said(did: &analytics::desk::Act) -> Option<String> {
    use analytics::desk::Act;
    Some(match did {
        Act::Acknowledge | Act::Unshelve => return None,
        Act::Assign { to } => to.clone(),
        Act::Explain { text } | Act::Answer { text, .. } => text.clone(),
        Act::Urge { agency, text } => format!("{agency}: {text}"),
        Act::Shelve { until, reason } => format!("{until}: {reason}"),
        Act::Close { reason } => reason.clone(),
    })
}
