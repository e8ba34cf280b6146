//! The alert desk over HTTP (`docs/alerts.md`).

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::alerts::{Alert, Key, Reading, RuleError, RuleSet, Scope, Signal, Subject};
use analytics::desk::quality::{Worked, quality as judged};
use analytics::desk::{Act, Case, CaseState, NotDone};
use analytics::figures::within::Within;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use ingest::entries::Entry;
use ingest::event::EventTime;
use ingest::event::time::Day;
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::asking::{answered_by, blocking, span};
use super::entering::enter;
use super::neighbours::neighbours;
use super::problem::Problem;
use super::saying::{said, seat};
use crate::desk::replaying::{Compared, MAX_DAYS, worked};
use crate::desk::{ActError, RULES, showing};
use crate::doors::scope::Narrowed;
use crate::live::parts::seen;

/// Cases of an answer, at most.
const MOST: usize = 10_000;
/// The longest shelf, minutes: a day.
const SHELF_MIN: u32 = 1_440;
/// Hours of evidence.
const EVIDENCE_S: i64 = 3 * 3_600;
/// The longest file of rules, bytes.
const MAX_RULES: usize = 12_000;
/// Earlier cases of a subject that are shown.
const EARLIER: usize = 20;

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let detail = error.to_string();
        match error {
            ActError::NoSuchAlert => Self::new(StatusCode::NOT_FOUND, "no_such_alert", detail),
            ActError::NotDone(NotDone::NotNow | NotDone::NoUrge) => {
                Self::new(StatusCode::CONFLICT, "not_now", detail)
            }
            ActError::Log(e) => Self::internal(&e.into()),
        }
    }
}

/// Which cases are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    state: Option<String>,
    priority: Option<String>,
    group: Option<String>,
    site: Option<String>,
    agency: Option<String>,
    limit: Option<usize>,
}

impl Wanted {
    fn has(&self, case: &Case) -> bool {
        let is = |wanted: &Option<String>, word: &str| wanted.as_deref().is_none_or(|w| w == word);
        let subject = |wanted: &Option<String>, kind: Scope| {
            wanted.as_deref().is_none_or(|w| {
                let is_member = kind == Scope::Site && case.members.iter().any(|m| &**m == w);
                is_member || case.key.subject.kind == kind && &*case.key.subject.id == w
            })
        };
        let in_state = match self.state.as_deref() {
            None | Some("open") => case.is_open(),
            Some("all") => true,
            Some(word) => case.state.as_str() == word,
        };
        in_state
            && is(&self.priority, case.priority.as_str())
            && is(&self.group, &case.key.group)
            && subject(&self.site, Scope::Site)
            && subject(&self.agency, Scope::Agency)
    }
}

/// `GET /alerts`: cases, the latest first.
pub async fn list(
    State(app): State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let wanted = match wanted {
        Ok(Query(wanted)) => wanted,
        Err(e) => return Problem::from(e).into_response(),
    };
    let known = |word: &str| {
        matches!(word, "open" | "all") || CaseState::ALL.iter().any(|s| s.as_str() == word)
    };
    if wanted.state.as_deref().is_some_and(|word| !known(word)) {
        return Problem::bad_request(
            "`state` must be open, all, new, acknowledged, returned, settled, shelved, suppressed or closed",
        )
        .into_response();
    }
    let now = app.core.now(&app.core.state.read());
    let within = narrowed.within();
    let body = app.alerts.with_cases(|desk, current, evaluated| {
        let found = desk.cases().rev().filter(|case| wanted.has(case));
        let alerts: Vec<Value> = found
            .filter_map(|case| shown(&app, case, current, &within))
            .take(wanted.limit.unwrap_or(1_000).min(MOST))
            .collect();
        json!({
            "as_of": now,
            "simulated": app.core.is_simulated(),
            "counts": showing::counts(desk, evaluated, now, &within),
            "alerts": alerts,
        })
    });
    Json(body).into_response()
}

/// A case as somebody sees it who is for a part of the city; `None` where it is of another.
fn shown(app: &App, case: &Case, current: &BTreeMap<Key, Alert>, within: &Within) -> Option<Value> {
    if !case.is_within(within) {
        return None;
    }
    let mut value = showing::case(&app.core, case, current.get(&case.key));
    seen(within, &mut value).then_some(value)
}

/// `GET /alerts/{id}`: a case with its history and its evidence. One of another's is as if it were not there.
pub async fn one(
    State(app): State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    Path(id): Path<String>,
) -> Response {
    blocking(move || {
        let within = narrowed.within();
        let found = app.alerts.with_cases(|desk, current, _| {
            let case = desk.case(&id)?;
            let value = shown(&app, case, current, &within)?;
            let earlier: Vec<Value> = desk
                .cases()
                .rev()
                .filter(|c| c.number != case.number && c.key.subject == case.key.subject)
                .take(EARLIER)
                .map(|c| showing::case(&app.core, c, None))
                .collect();
            Some((case.clone(), value, earlier))
        });
        let (case, value, earlier) = found.ok_or(ActError::NoSuchAlert)?;
        let history = app.alerts.history(&case).map_err(ActError::from)?;
        let history: Vec<Value> = history.iter().map(showing::history).collect();
        let rules = app.alerts.rules().on(case.since.day());
        let rule = rules.iter().find(|rule| rule.id == case.rule);
        Ok(Json(json!({
            "case": value,
            "history": history,
            "title": rule.map(|r| &r.title),
            "response": rule.map(|r| &r.response),
            "source": rule.map(|r| &r.source),
            "evidence": evidence(&app, &case, &rules),
            "neighbours": neighbours(&app, &case),
            "earlier": earlier,
        })))
    })
    .await
}

/// The figures of the last hours behind a case of a point or an agency. Of what stands at several points at once, the case
/// itself names those that are over the limit.
fn evidence(app: &App, case: &Case, rules: &[analytics::alerts::Rule]) -> Vec<Value> {
    let now = {
        let state = app.core.state.read();
        app.core.now(&state)
    };
    let end = case.closed_at.unwrap_or(now).min(now);
    let span = (end.plus_seconds(-EVIDENCE_S).max(end.day().start()), end);
    let reasons = case.reasons.iter();
    let read = reasons.filter_map(|reason| {
        let rule = rules.iter().find(|rule| rule.id == reason.rule)?;
        let read = readings(app, &case.key.subject, rule, span)?;
        let told: Vec<Value> = read
            .into_iter()
            .map(|(at, r)| json!({"at": at, "value": r.map(|r| (r.value * 100.0).round() / 100.0), "sample": r.map(|r| r.sample)}))
            .collect();
        Some(json!({
            "rule": rule.id, "signal": rule.signal, "unit": rule.signal.unit(),
            "limit": rule.limit, "points": told,
        }))
    });
    read.collect()
}

/// What a rule's signal read of a subject; `None` where it is not kept.
fn readings(
    app: &App,
    subject: &Subject,
    rule: &analytics::alerts::Rule,
    span: (EventTime, EventTime),
) -> Option<Vec<(EventTime, Option<Reading>)>> {
    match subject.kind {
        Scope::Agency => Some(app.alerts.agency_evidence(&subject.id, rule.signal, span)),
        Scope::Site if rule.signal != Signal::NeighbourIdle => {
            let state = app.core.state.read();
            let day = span.1.day();
            state.days.contains_key(&day).then(|| {
                let points = analytics::alerts::watch::Points::new(day, Vec::new());
                let signal = (rule.signal, rule.window_s);
                points.evidence(&state, &app.core.rules, &subject.id, signal, span)
            })
        }
        Scope::Site | Scope::City => None,
    }
}

/// What somebody says with an act.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActBody {
    by: String,
    to: Option<String>,
    text: Option<String>,
    agency: Option<String>,
    urge: Option<u32>,
    minutes: Option<u32>,
    reason: Option<String>,
}

/// `POST /alerts/{id}/{act}`.
pub async fn act(
    app: State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    Path((id, act)): Path<(String, String)>,
    body: Result<Json<ActBody>, JsonRejection>,
) -> Response {
    answered_by(app, body, move |app, Json(body)| {
        let within = narrowed.within();
        let of_city = app.alerts.with_cases(|desk, _, _| {
            let case = desk.case(&id).filter(|case| case.is_within(&within))?;
            Some(case.key.subject.kind == Scope::City)
        });
        // What concerns others too is not one part's to put away.
        if of_city.ok_or(ActError::NoSuchAlert)? && within != Within::ALL {
            let detail = "this alert is of several points, and your account is for a part of them: the supervision room acts on it";
            return Err(Problem::new(StatusCode::FORBIDDEN, "out_of_scope", detail));
        }
        let now = app.core.now(&app.core.state.read());
        let by = seat("by", &body.by)?;
        let text = |name: &str, text: &Option<String>| said(name, text.as_deref().unwrap_or_default());
        let did = match act.as_str() {
            "acknowledge" => Act::Acknowledge,
            "assign" => Act::Assign {
                to: seat("to", body.to.as_deref().unwrap_or_default())?,
            },
            "explain" => Act::Explain {
                text: text("text", &body.text)?,
            },
            "urge" => Act::Urge {
                agency: text("agency", &body.agency)?,
                text: text("text", &body.text)?,
            },
            "answer" => Act::Answer {
                urge: body.urge.unwrap_or_default(),
                text: text("text", &body.text)?,
            },
            "shelve" => {
                let minutes = body.minutes.filter(|m| (1..=SHELF_MIN).contains(m));
                let minutes = minutes.ok_or_else(|| {
                    let detail = format!("`minutes` must be from 1 to {SHELF_MIN}");
                    Problem::refused("bad_minutes", detail)
                })?;
                Act::Shelve {
                    until: now.plus_seconds(i64::from(minutes) * 60),
                    reason: text("reason", &body.reason)?,
                }
            }
            "unshelve" => Act::Unshelve,
            "close" => Act::Close {
                reason: text("reason", &body.reason)?,
            },
            _ => {
                let detail = "there is acknowledge, assign, explain, urge, answer, shelve, unshelve and close";
                return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", detail));
            }
        };
        let mut case = app.alerts.act(&id, &by, did, now)?;
        seen(&within, &mut case);
        Ok(case)
    })
    .await
}

/// `GET /alerts/rules`.
pub async fn rules(State(app): State<Arc<App>>) -> Response {
    let rules = app.alerts.rules();
    let with_unit = |rule: &analytics::alerts::Rule| {
        let mut value = json!(rule);
        value["unit"] = json!(rule.signal.unit());
        value
    };
    let rules: Vec<Value> = rules.all().map(with_unit).collect();
    let entered = app.core.entries.history(RULES);
    let entered: Vec<Value> = entered.iter().rev().map(entry).collect();
    Json(json!({
        "rules": rules, "own": app.alerts.own_rules(), "remarks": [], "entered": entered,
    }))
    .into_response()
}

/// Rules that were entered: when, from which seat, and why.
fn entry(entry: &Entry) -> Value {
    json!({
        "number": entry.number, "at": entry.entered_at, "by": entry.value["by"],
        "reason": entry.value["reason"], "toml": entry.value["toml"],
    })
}

/// Rules to be checked, or entered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesBody {
    toml: String,
    by: Option<String>,
    reason: Option<String>,
}

fn faults(error: &RuleError) -> Value {
    json!(error.0)
}

/// `POST /alerts/rules/check`: what is wrong with rules, or what the last week would have been with them.
pub async fn check_rules(
    app: State<Arc<App>>,
    body: Result<Json<RulesBody>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(body)| {
        let set = match RuleSet::with(&body.toml) {
            Ok(set) => set,
            Err(e) => return Ok(json!({"problems": faults(&e), "replay": null})),
        };
        let now = app.core.now(&app.core.state.read());
        let span = (Day(now.day().0 - 6).start(), now);
        Ok(json!({"problems": [], "replay": compared(app, Some(&set), span)?}))
    })
    .await
}

/// `PUT /alerts/rules`: an installation's rules, with who enters them and why.
pub async fn put_rules(
    app: State<Arc<App>>,
    body: Result<Json<RulesBody>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(body)| {
        let by = seat("by", body.by.as_deref().unwrap_or_default())?;
        let reason = said("reason", body.reason.as_deref().unwrap_or_default())?;
        if body.toml.len() > MAX_RULES {
            let detail = format!("the rules may have up to {MAX_RULES} bytes");
            return Err(Problem::refused("bad_rules", detail));
        }
        let set =
            RuleSet::with(&body.toml).map_err(|e| Problem::refused("bad_rules", e.to_string()))?;
        flooding(app, &set)?;
        let value = json!({"toml": body.toml, "by": by, "reason": reason});
        let entered = enter(&app.core, RULES, "own", value, &by)?;
        let followed = app.alerts.follow_rules();
        followed.map_err(|e| Problem::internal(&e.into()))?;
        Ok(entered)
    })
    .await
}

/// Refuses rules that would have flooded the desk where those in force did not.
fn flooding(app: &App, set: &RuleSet) -> Result<(), Problem> {
    let now = app.core.now(&app.core.state.read());
    let span = (Day(now.day().0 - 2).start(), now);
    let rules = app.alerts.rules();
    let found = Compared::of(&app.core, app.alerts.near(), (&rules, Some(set)), span);
    let found = found.map_err(|e| Problem::internal(&e))?;
    let (before, after) = (&found.now, found.then.as_ref().unwrap_or(&found.now));
    if after.floods.len() > before.floods.len() {
        let mut by_group: BTreeMap<&str, usize> = BTreeMap::new();
        for case in &found.cases {
            *by_group.entry(&case.key.group).or_default() += 1;
        }
        let most = by_group.into_iter().max_by_key(|(_, n)| *n);
        let most = most.map_or("", |(group, _)| group);
        let detail = format!(
            "with these rules the last three days would have had {} floods of alerts instead of {}, most of them of the group `{most}`: raise a limit or a delay",
            after.floods.len(),
            before.floods.len()
        );
        return Err(Problem::refused("bad_rules", detail));
    }
    Ok(())
}

fn compared(
    app: &App,
    other: Option<&RuleSet>,
    span: (EventTime, EventTime),
) -> Result<Value, Problem> {
    let (set, near) = (app.alerts.rules(), app.alerts.near());
    let found = Compared::of(&app.core, near, (&set, other), span);
    Ok(found.map_err(|e| Problem::internal(&e))?.json(&app.core))
}

/// A span to be gone through again, and by which rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayBody {
    from: String,
    to: String,
    toml: Option<String>,
}

/// `POST /alerts/replay`: what the desk would have shown in a past span, by the rules in force and by others.
pub async fn replay(
    app: State<Arc<App>>,
    body: Result<Json<ReplayBody>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(body)| {
        let (from, to) = span(Some(&body.from), Some(&body.to))?;
        if to.day().0 - from.day().0 > MAX_DAYS {
            let detail = format!("ask for at most {MAX_DAYS} days");
            return Err(Problem::refused("too_many_days", detail));
        }
        let other = body.toml.as_deref().map(RuleSet::with).transpose();
        let other = other.map_err(|e| Problem::refused("bad_rules", e.to_string()))?;
        compared(app, other.as_ref(), (from, to))
    })
    .await
}

/// A span.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpanQuery {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /alerts/quality`: how good the alerts of a span were.
pub async fn quality(
    app: State<Arc<App>>,
    query: Result<Query<SpanQuery>, QueryRejection>,
) -> Response {
    answered_by(app, query, |app, Query(query)| {
        let (from, to) = span(query.from.as_deref(), query.to.as_deref())?;
        let now = app.core.now(&app.core.state.read());
        let mut cases = app.core.desk_cases(from, to).map_err(ActError::from)?;
        // What stands now since before the span belongs to what stood in it.
        app.alerts.with_cases(|desk, _, _| {
            let is_before = |case: &&Case| case.raised_at < from;
            cases.extend(desk.open().filter(is_before).cloned());
        });
        let days = (from.day().0..=to.day().0).map(Day);
        let until = to.min(now);
        let mut hours = Vec::new();
        for day in days {
            let worked = worked(&app.core, day, (from, until));
            // What was not worked needs no looking up.
            if worked > 0.0 {
                let is_known = app.core.knows_day(day);
                let is_known = is_known.map_err(|e| Problem::internal(&e))?;
                hours.push((day, worked, is_known));
            }
        }
        let worked = Worked::of(hours, cases.iter());
        let quality = judged(cases.iter(), (from, to), worked, now);
        let mut value = json!(quality);
        let is_stale = |case: &&Case| quality.standing_over_a_day.contains(&case.number);
        let stale = cases.iter().filter(is_stale);
        let stale: Vec<Value> = stale.map(|c| showing::case(&app.core, c, None)).collect();
        value["standing_over_a_day"] = json!(stale);
        let lists = ["most", "chattering"]
            .into_iter()
            .zip([&quality.most, &quality.chattering]);
        for (list, frequent) in lists {
            for (at, one) in frequent.iter().enumerate() {
                value[list][at]["subject"] = showing::subject(&app.core, &one.subject);
            }
        }
        Ok(value)
    })
    .await
}

/// `GET /alerts/handover`: what the next shift must know.
pub async fn handover(State(app): State<Arc<App>>) -> Response {
    Json(summary(&app)).into_response()
}

fn summary(app: &App) -> Value {
    let now = app.core.now(&app.core.state.read());
    let from = now.plus_seconds(-4 * 3_600);
    app.alerts.with_cases(|desk, current, evaluated| {
        let raised = desk.cases().filter(|c| c.raised_at >= from).count();
        let closed = desk
            .cases()
            .filter(|c| c.closed_at.is_some_and(|t| t >= from))
            .count();
        let n = |state: CaseState| desk.open().filter(|c| c.state == state).count();
        let (new, taken, shelved) = (
            n(CaseState::New),
            n(CaseState::Acknowledged),
            n(CaseState::Shelved),
        );
        let unanswered: usize = desk
            .open()
            .map(|c| c.urges.iter().filter(|u| u.answer.is_none()).count())
            .sum();
        let vi = vec![
            format!("Trong 4 giờ qua có {raised} cảnh báo mới, {closed} đã khép lại."),
            format!("Đang chờ người nhận: {new}; đã có người xử lý: {taken}; tạm hoãn: {shelved}."),
            format!("Văn bản đôn đốc chưa có trả lời: {unanswered}."),
        ];
        let en = vec![
            format!("In the last 4 hours {raised} alerts were raised and {closed} closed."),
            format!("Nobody has {new} in hand; somebody has {taken}; {shelved} are shelved."),
            format!("Urgings without an answer: {unanswered}."),
        ];
        let cases: Vec<Value> = desk
            .open()
            .map(|case| showing::case(&app.core, case, current.get(&case.key)))
            .collect();
        json!({
            "from": from, "to": now, "evaluated_at": evaluated,
            "lines": {"vi": vi, "en": en}, "cases": cases,
        })
    })
}

/// Who hands over to whom.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOverBody {
    by: String,
    to: String,
}

/// `POST /alerts/handover`: keeps the summary as it is now.
pub async fn hand_over(
    app: State<Arc<App>>,
    body: Result<Json<HandOverBody>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(body)| {
        let (by, to) = (seat("by", &body.by)?, seat("to", &body.to)?);
        let summary = summary(app);
        let cases = summary["cases"].as_array().into_iter().flatten();
        let ids: Vec<&Value> = cases.map(|case| &case["id"]).take(500).collect();
        let kept = json!({"to": to, "lines": summary["lines"], "open": ids});
        let now = app.core.now(&app.core.state.read());
        let kept = enter(&app.core, "handover", &now.to_string(), kept, &by)?;
        Ok(json!({"kept": kept, "lines": summary["lines"]}))
    })
    .await
}
