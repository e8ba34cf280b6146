//! The audit log, for who may read it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use serde_json::json;

use super::super::Doors;
use super::super::at::At;
use super::super::audit;
use super::{Answer, internal};
use crate::http::problem::Problem;

/// A span; without an end it is open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /audit?from=…&to=…`: lines of the log as they stand, and its head.
pub(super) async fn export(State(doors): State<Arc<Doors>>, Query(span): Query<Span>) -> Answer {
    let time = |text: Option<&str>, without: At| match text {
        None => Ok(without),
        Some(text) => At::parse(text).ok_or_else(|| {
            Problem::bad_request("`from` and `to` must be times such as 2026-11-23T08:00:00Z")
        }),
    };
    let from = time(span.from.as_deref(), At(i64::MIN))?;
    let to = time(span.to.as_deref(), At(i64::MAX))?;
    let folder = doors.audit.folder().to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let mut out = Vec::new();
        audit::export(&folder, from, to, &mut out).map(|_| out)
    });
    let text = done.await.map_err(internal)?.map_err(internal)?;
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((kind, text).into_response())
}

/// `GET /audit/check`: goes through the whole chain.
pub(super) async fn check(State(doors): State<Arc<Doors>>) -> Answer {
    let folder = doors.audit.folder().to_owned();
    let head = doors.audit.head();
    let noted = Some((head.count, head.hash));
    let done = tokio::task::spawn_blocking(move || audit::verify(&folder, noted));
    let found = done.await.map_err(internal)?.map_err(internal)?;
    let fault = found.fault.map(|fault| fault.to_string());
    let told = json!({"is_whole": fault.is_none(), "fault": fault, "head": found.head, "beyond": found.beyond});
    Ok(Json(told).into_response())
}
