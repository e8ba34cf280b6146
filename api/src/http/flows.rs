//! Agencies and flows: `GET /backlog`, `/flows`, `/process`; what will be late: `GET /forecast`.

use std::collections::BTreeMap;
use std::sync::Arc;

use analytics::flow::backlog::{AGES, Backlogs, By};
use analytics::flow::process::Process;
use analytics::flow::routes::Routing;
use analytics::forecast::course::Course;
use analytics::forecast::model::{Chance, Split, Tried, billionths, of_billionths};
use analytics::live::dossier::Dossier;
use analytics::live::petition::Petition;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::{Extension, Json};
use compact_str::CompactString;
use ingest::event::EventTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::App;
use super::asking::{answered, span};
use super::dossier::is_within;
use super::entering::enter;
use super::problem::Problem;
use crate::core::Core;
use crate::doors::scope::Narrowed;
use crate::survey::Surveyor;

/// The register of the national portal's counts.
const PORTAL: &str = "portal_counts";
/// Rows of an answer without a limit of its own, and at most.
const PAGE: usize = 100;
const MAX_PAGE: usize = 5_000;

/// Shows only dossiers to a function.
pub(super) struct Dossiers<F>(pub(super) F);

impl<F: FnMut(&str, &Dossier)> Surveyor for Dossiers<F> {
    fn rating(&mut self, _: &str, _: u8) {}
    fn petitions(&mut self, _: &[(CompactString, Petition)]) {}
    fn dossier(&mut self, code: &str, dossier: &Dossier) {
        (self.0)(code, dossier);
    }
}

fn limit(asked: Option<usize>) -> usize {
    asked.unwrap_or(PAGE).min(MAX_PAGE)
}

/// The parameters of a backlog.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BacklogParams {
    by: Option<String>,
}

/// `GET /backlog`: what is open now.
pub async fn backlog(
    app: State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    params: Result<Query<BacklogParams>, QueryRejection>,
) -> Response {
    answered(app, params, move |core, Query(params)| {
        let word = params.by.as_deref().unwrap_or("holder");
        let by = By::from_word(word).ok_or_else(|| {
            Problem::bad_request("`by` must be holder, agency, field, level or site")
        })?;
        // What is open never leaves memory.
        let state = core.state.read();
        let now = core.now(&state);
        let mut backlogs = Backlogs::new(&core.rules, by, EventTime(now.0 + 1));
        let all = state.dossiers.values();
        for dossier in all.filter(|dossier| is_within(core, dossier, now, &narrowed)) {
            backlogs.add(dossier);
        }
        drop(state);
        let rows = backlogs.finish().into_iter().map(|(key, backlog)| {
            let mut row = json!(backlog);
            row["name"] = json!(core.rules.agencies.name(&key));
            row["level"] = json!(
                matches!(by, By::Holder | By::Agency).then(|| core.rules.agencies.level(&key))
            );
            row["system"] = json!(
                matches!(by, By::Holder | By::Agency).then(|| core.rules.agencies.system(&key))
            );
            row["key"] = json!(key);
            row
        });
        Ok(json!({
            "as_of": now, "simulated": core.is_simulated(), "by": word, "age_limits_days": AGES,
            "rows": rows.collect::<Vec<_>>(),
        }))
    })
    .await
}

/// The parameters of flows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowParams {
    from: Option<String>,
    to: Option<String>,
    limit: Option<usize>,
}

/// What is entered of the national portal's counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortalBody {
    from: String,
    to: String,
    /// Dossiers received, by the portal's count; nothing takes the entry away.
    received: Option<u64>,
    /// Dossiers settled, by the portal's count.
    resolved: Option<u64>,
    source: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct PortalCounts {
    received: Option<u64>,
    resolved: Option<u64>,
}

/// `GET /flows`: which way dossiers filed in a span went, and the portal's counts beside ours.
pub async fn flows(
    app: State<Arc<App>>,
    params: Result<Query<FlowParams>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let (from, to) = span(params.from.as_deref(), params.to.as_deref())?;
        let mut routing = Routing::new(&core.rules, &core.registry, from, to);
        let (mut received, mut resolved) = (0_u64, 0_u64);
        let within = |t: Option<EventTime>| t.is_some_and(|t| from <= t && t < to);
        let mut each = Dossiers(|_: &str, dossier: &Dossier| {
            routing.add(dossier);
            let state = dossier.at(to, &core.rules);
            received += u64::from(within(state.accepted));
            let is_settled = state.stage == analytics::live::dossier::Stage::Resolved;
            resolved += u64::from(is_settled && within(state.ended));
        });
        core.survey(from, to, &mut each)?;
        let key = format!("{from}/{to}");
        let entries = core.entries.current(PORTAL);
        let portal = entries.iter().find(|entry| entry.key == key).map(|entry| {
            let counts: Option<PortalCounts> = serde_json::from_value(entry.value.clone()).ok();
            let counts = counts.unwrap_or(PortalCounts { received: None, resolved: None });
            let difference = |theirs: Option<u64>, ours: u64| theirs.map(|theirs| theirs as i64 - ours as i64);
            json!({
                "received": counts.received, "resolved": counts.resolved, "source": entry.source,
                "entered_at": entry.entered_at,
                "received_difference": difference(counts.received, received),
                "resolved_difference": difference(counts.resolved, resolved),
            })
        });
        Ok(json!({
            "from": from, "to": to, "as_of": core.now(&core.state.read()), "simulated": core.is_simulated(),
            "received": received, "resolved": resolved, "portal": portal,
            "routes": routing.finish(limit(params.limit)),
        }))
    })
    .await
}

/// `POST /flows/portal`: the national portal's counts of a span, with their source.
pub async fn put_portal(
    app: State<Arc<App>>,
    body: Result<Json<PortalBody>, JsonRejection>,
) -> Response {
    answered(app, body, |core, Json(body)| {
        let (from, to) = span(Some(&body.from), Some(&body.to))?;
        let counts = PortalCounts {
            received: body.received,
            resolved: body.resolved,
        };
        let is_nothing = counts.received.is_none() && counts.resolved.is_none();
        let value = if is_nothing {
            Value::Null
        } else {
            json!(counts)
        };
        let key = format!("{from}/{to}");
        enter(core, PORTAL, &key, value, &body.source)
    })
    .await
}

/// The parameters of a process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessParams {
    from: Option<String>,
    to: Option<String>,
    agency: Option<String>,
    field: Option<String>,
    procedure: Option<String>,
    site: Option<String>,
    variants: Option<usize>,
}

/// `GET /process`: the courses of dossiers that ended in a span.
pub async fn process(
    app: State<Arc<App>>,
    params: Result<Query<ProcessParams>, QueryRejection>,
) -> Response {
    answered(app, params, |core, Query(params)| {
        let (from, to) = span(params.from.as_deref(), params.to.as_deref())?;
        let wanted = [&params.agency, &params.field, &params.procedure, &params.site];
        let is_any = wanted.iter().all(|w| w.is_none());
        let mut process = Process::default();
        let mut each = Dossiers(|_: &str, dossier: &Dossier| {
            let marks = dossier.marks.before(to);
            let end = marks.iter().rfind(|mark| mark.what.is_end());
            if end.is_none_or(|end| end.time < from) {
                return;
            }
            if !is_any {
                let state = dossier.at(to, &core.rules);
                let Some(f) = state.filing else { return };
                let is = |wanted: &Option<String>, found: &str| {
                    wanted.as_deref().is_none_or(|wanted| wanted == found)
                };
                let is_wanted = is(&params.agency, &f.agency)
                    && is(&params.field, &f.field)
                    && is(&params.procedure, &f.procedure)
                    && is(&params.site, &f.site);
                if !is_wanted {
                    return;
                }
            }
            process.add(dossier, to);
        });
        core.survey(from, to, &mut each)?;
        let graph = process.finish(params.variants.unwrap_or(20).min(1_000));
        Ok(json!({
            "from": from, "to": to, "as_of": core.now(&core.state.read()), "simulated": core.is_simulated(),
            "graph": graph,
        }))
    })
    .await
}

/// Dossiers learned from, under which chances are not to be relied on.
const ENOUGH: u64 = 200;
/// How long a model is asked before it is learned anew.
const FRESH_S: f64 = 12.0 * 3600.0;

/// The parameters of a forecast.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastParams {
    agency: Option<String>,
    site: Option<String>,
    /// Only this one, by its code.
    dossier: Option<String>,
    limit: Option<usize>,
    /// Only those not past due.
    #[serde(default)]
    open_only: bool,
}

/// `GET /forecast`: what to urge first, and how well such estimates were right.
pub async fn forecast(
    app: State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    params: Result<Query<ForecastParams>, QueryRejection>,
) -> Response {
    answered(app, params, move |core, Query(params)| {
        let tried = learned(core)?;
        let state = core.state.read();
        let now = core.now(&state);
        let at = EventTime(now.0 + 1);
        let mut rows = Vec::new();
        // Open, late to be expected, overdue.
        let mut expected: BTreeMap<String, (u64, u128, u64)> = BTreeMap::new();
        let (one, all) = match params.dossier.as_deref() {
            Some(code) => (state.dossiers.get_key_value(code), None),
            None => (None, Some(state.dossiers.iter())),
        };
        for (code, dossier) in one.into_iter().chain(all.into_iter().flatten()) {
            if !dossier.is_open() || !is_within(core, dossier, now, &narrowed) {
                continue;
            }
            let Some(course) = Course::of(dossier, at, &core.rules) else { continue };
            let is = |wanted: &Option<String>, found: Option<&str>| {
                wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
            };
            let site = dossier.site();
            if !is(&params.agency, Some(&course.agency)) || !is(&params.site, site.map(|s| &**s)) {
                continue;
            }
            let chance = tried.model.chance(&course);
            let is_late = course.late == Some(true);
            let sums = expected.entry(course.agency.to_string()).or_default();
            sums.0 += 1;
            sums.1 += billionths(chance.late);
            sums.2 += u64::from(is_late);
            if params.open_only && is_late {
                continue;
            }
            rows.push((code.clone(), course, chance, site.cloned()));
        }
        drop(state);
        // First those that can still be in time, the likeliest to be late before the others; of equal ones the sooner due.
        let is_enough = tried.model.dossiers >= ENOUGH;
        let key = |course: &Course, chance: &Chance| {
            let likely = if is_enough { -chance.late } else { 0.0 };
            (course.late == Some(true), likely, course.due)
        };
        rows.sort_by(|a, b| {
            let (x, y) = (key(&a.1, &a.2), key(&b.1, &b.2));
            x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)).then(x.2.cmp(&y.2)).then_with(|| a.0.cmp(&b.0))
        });
        let total = rows.len();
        let items = rows.into_iter().take(limit(params.limit)).map(|(code, course, chance, site)| {
            let calendar = core.rules.calendar_of(Some(&course.agency));
            let left = calendar.between(now, course.due);
            json!({
                "dossier": code, "agency": course.agency, "procedure": course.procedure, "site": site,
                "in_hands_of": course.step_at(course.used), "due": course.due,
                "left_working_hours": analytics::calendar::hours(left), "overdue": course.late == Some(true),
                "chance_late": is_enough.then_some(chance.late), "used": chance.used, "because": chance.groups,
            })
        });
        let items: Vec<Value> = items.collect();
        let agencies = expected.into_iter().map(|(agency, (open, late, overdue))| {
            let late = of_billionths(late);
            json!({"agency": agency, "open": open, "expected_late": late, "overdue": overdue})
        });
        Ok(json!({
            "as_of": now, "simulated": core.is_simulated(), "total": total, "items": items,
            "agencies": agencies.collect::<Vec<_>>(),
            "learned": {
                "from": tried.split.from, "to": tried.split.until, "tried_from": tried.split.try_from,
                "dossiers": tried.model.dossiers, "late": tried.model.late,
                "enough": is_enough,
            },
            "calibration": tried.calibration,
        }))
    })
    .await
}

/// The model, learned anew where it is old.
fn learned(core: &Core) -> Result<Arc<Tried>, Problem> {
    let now = core.now(&core.state.read());
    let mut kept = core.forecast.lock();
    if let Some((of, tried)) = &*kept
        && now.seconds_since(*of).abs() < FRESH_S
    {
        return Ok(Arc::clone(tried));
    }
    let split = Split::at(now);
    let mut courses = Vec::new();
    let mut each = Dossiers(|_: &str, dossier: &Dossier| {
        // What ended before the days that are learned from is not in the store's answer: nor in memory's.
        let last = dossier.marks.before(now).last();
        if !dossier.is_open() && last.is_none_or(|last| last.time < split.from) {
            return;
        }
        let course = Course::of(dossier, now, &core.rules);
        // Only those whose outcome is known are learned from: the rest need not be kept.
        courses.extend(course.filter(|c| c.late.is_some() && c.due >= split.from && c.due < now));
    });
    core.survey(split.from, now, &mut each)?;
    let tried = Arc::new(Tried::of(&courses, split));
    *kept = Some((now, Arc::clone(&tried)));
    Ok(tried)
}
