//! `GET /dossiers/{id}`: one dossier with its clock explained, wherever it lies.

use std::sync::Arc;

use analytics::live::archive::Key;
use analytics::live::dossier::{Dossier, DossierState, Stage};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ingest::event::{DossierId, EventTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;
use crate::core::Core;
use crate::doors::scope::Narrowed;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The instant; now without it.
    at: Option<String>,
}

/// Answers with the dossier at an instant, from events timed before it.
pub async fn dossier(
    app: State<Arc<App>>,
    Extension(narrowed): Extension<Narrowed>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let at = match asked.at.as_deref().map(EventTime::parse_rfc3339) {
        None => None,
        Some(Some(at)) => Some(at),
        Some(None) => {
            let detail = "`at` must be an instant such as 2026-11-23T08:00:00+07:00";
            return Problem::new(StatusCode::BAD_REQUEST, "bad_parameter", detail).into_response();
        }
    };
    let core = Arc::clone(&app.core);
    // What has left memory is read from the disk.
    let found = tokio::task::spawn_blocking(move || {
        let key = Key::Dossier(code.as_str().into());
        core.dossier(&key, |dossier, now| {
            // One of another's is as if it were not there.
            is_within(&core, dossier, now, &narrowed)
                .then(|| explained(&core, &code, dossier, now, at))
        })
    });
    match found.await {
        Ok(Ok(Some(Some(body)))) => axum::Json(body).into_response(),
        Ok(Ok(Some(None) | None)) => {
            let detail = "no event has named a dossier of this code; look for a character too many, or in another form";
            Problem::new(StatusCode::NOT_FOUND, "unknown_dossier", detail).into_response()
        }
        Ok(Err(e)) => {
            tracing::error!(error = format!("{e:#}"), "a dossier could not be read");
            let detail = "it could not be read from the archive; see the server's log";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "archive", detail).into_response()
        }
        Err(_) => {
            let detail = "the server is stopping";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", detail).into_response()
        }
    }
}

/// Whether a dossier is of a scope: by the point that received it, and the agency that settles it or has it in hand.
pub fn is_within(core: &Core, dossier: &Dossier, now: EventTime, narrowed: &Narrowed) -> bool {
    if narrowed.is_all() {
        return true;
    }
    let state = dossier.at(EventTime(now.0 + 1), &core.rules);
    let site = state.filing.as_ref().map(|filing| &*filing.site);
    let agencies = [
        state.filing.as_ref().map(|filing| &*filing.agency),
        state.holder.as_ref().map(|holder| &***holder),
    ];
    agencies.iter().any(|agency| narrowed.has(site, *agency))
}

fn explained(
    core: &Core,
    code: &str,
    dossier: &Dossier,
    now: EventTime,
    at: Option<EventTime>,
) -> Value {
    // Now: what has just happened counts.
    let instant = at.unwrap_or(EventTime(now.0 + 1));
    let state = dossier.at(instant, &core.rules);
    let mut timeline = dossier.timeline(instant, &core.rules);
    for set in &mut timeline.due_dates {
        set.moved_to = whole(set.moved_to);
    }
    let remarks = timeline.remarks.iter().map(|remark| {
        let reading = remark.reading();
        json!({"code": remark, "vi": reading.vi, "en": reading.en})
    });
    let remarks: Vec<Value> = remarks.collect();
    let years = timeline.spans.iter().map(|span| span.from).chain(state.due);
    let is_announced = |t: EventTime| core.rules.calendars.is_announced(t.day().date().year());
    let is_provisional = !years.chain([instant]).all(is_announced);
    let filing = state.filing.map(|f| {
        json!({
            "procedure": &*f.procedure, "field": &*f.field, "site": &*f.site, "agency": &*f.agency,
            "channel": f.channel, "home_unit": f.home_unit.as_deref(),
        })
    });
    json!({
        "as_of": at.unwrap_or(now),
        "simulated": core.is_simulated(),
        "dossier": code,
        "code_valid": DossierId::new(code).is_some_and(|id| id.code_valid()),
        "filing": filing,
        "stage": state.stage.as_str(),
        "submitted": state.submitted,
        "accepted": state.accepted,
        "ended": state.ended,
        "due": state.due.map(whole),
        "overdue": overdue(&state, instant),
        "paused": state.paused,
        "holder": state.holder.map(|h| &**h),
        "working_hours": state.worked.map(analytics::calendar::hours),
        "calendar_provisional": is_provisional,
        "spans": timeline.spans,
        "due_dates": timeline.due_dates,
        "turns": timeline.turns,
        "duties": dossier.duties(&state, instant, &core.rules),
        "due_is_computed": state.is_due_computed,
        "remarks": remarks,
    })
}

/// Without the microsecond that makes *now* an instant after what has just happened: a stop that goes on moves a due date by
/// that, too.
const fn whole(t: EventTime) -> EventTime {
    EventTime(t.0.div_euclid(1000) * 1000)
}

/// Whether it is past its due date; `None` where it has none, or is not settled and not open.
fn overdue(state: &DossierState<'_>, instant: EventTime) -> Option<bool> {
    let end = match state.stage {
        Stage::Resolved => state.ended?,
        Stage::Open => instant,
        _ => return None,
    };
    Some(end > state.due?)
}
