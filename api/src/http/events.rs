//! `POST /events`: a batch in, a receipt out once it is durable.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ingest::decode::{Batch, BodyError, Encoding, MAX_BODY_BYTES, unpack};
use ingest::event::{Event, EventTime};
use ingest::intake::{IntakeError, Receipt};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::App;
use super::problem::Problem;
use crate::doors::caller::Caller;

/// How the lines of a body are told apart.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// One event a line.
    Ndjson,
    /// A JSON array.
    Batch,
}

/// A header with which a sender says that its events are of the past: when they come says nothing of clocks.
pub const IMPORT: &str = "x-vonglau-import";

/// Takes a batch in.
pub async fn post_events(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match take(&app, caller, &headers, body).await {
        Ok(receipt) => (StatusCode::OK, axum::Json(receipt_json(&receipt))).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn take(
    app: &Arc<App>,
    caller: Caller,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Receipt, Problem> {
    let form = form(headers)?;
    let is_live = !headers.contains_key(IMPORT);
    let batch = read(app, headers, body, move |app, body| {
        let now = app.core.wall_now();
        let mut batch = match form {
            Form::Ndjson => app.decoder.bounded_ndjson(body, now)?,
            Form::Batch => app.decoder.cloudevents_batch(body, now)?,
        };
        batch.is_live = is_live;
        within_scope(app, &caller, &batch)?;
        Ok(batch)
    });
    submit(app, batch.await?).await
}

/// Refuses a batch with an event that its sender may not send: none of it is taken, for the sender is set up wrongly.
fn within_scope(app: &App, caller: &Caller, batch: &Batch) -> Result<(), Problem> {
    let scope = &caller.scope;
    let by_place = scope.sites.is_some() || scope.units.is_some();
    if !by_place && scope.types.is_none() {
        return Ok(());
    }
    let mut body = Vec::new();
    for event in batch.events() {
        let kind = event.body.type_name();
        let site = if by_place {
            site_of(event, &mut body)
        } else {
            None
        };
        if !scope.may_send(kind, site.as_deref(), &*app.doors.places) {
            let of = site.map_or_else(String::new, |site| format!(" of point {site}"));
            let detail = format!(
                "this key may not send {kind}{of} (event {}): nothing of the batch was taken; ask for a key with that scope",
                event.id
            );
            return Err(Problem::new(StatusCode::FORBIDDEN, "out_of_scope", detail));
        }
    }
    Ok(())
}

/// The point of an event, where it has one; `room` is for writing.
pub(crate) fn site_of(event: &Event, room: &mut Vec<u8>) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Placed {
        site: Option<String>,
    }
    room.clear();
    event.body.write_json(room);
    let placed: Option<Placed> = serde_json::from_slice(room).ok();
    placed.and_then(|placed| placed.site)
}

/// Unpacks a body and reads it, on a thread that may take its time.
pub(super) async fn read<T: Send + 'static>(
    app: &Arc<App>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
    read: impl FnOnce(&App, &[u8]) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let body = body.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::from(BodyError::TooLarge(MAX_BODY_BYTES)),
        status => Problem::new(
            status,
            "unreadable_body",
            "the body could not be read to its end; send it again",
        ),
    })?;
    let encoding = encoding(headers)?;
    let for_reading = Arc::clone(app);
    let done = tokio::task::spawn_blocking(move || {
        let body = unpack(&body, encoding)?;
        read(&for_reading, &body)
    });
    done.await
        .unwrap_or_else(|e| Err(Problem::internal(&e.into())))
}

/// Takes a decoded batch in; answers when it is durable.
pub(super) async fn submit(app: &App, batch: Batch) -> Result<Receipt, Problem> {
    commit(app, batch).await.map_err(refused)
}

/// Takes a decoded batch in, from wherever it came; answers when it is durable.
pub async fn commit(app: &App, batch: Batch) -> Result<Receipt, IntakeError> {
    for rejection in &batch.rejected {
        metrics::counter!("vonglau_rejected_lines_total", "code" => rejection.code.as_str())
            .increment(1);
    }
    app.clocks.refused(&batch.ahead, EventTime::now());
    let (answer, answered) = oneshot::channel();
    app.writer
        .submit(batch, Box::new(move |result| drop(answer.send(result))));
    answered.await.unwrap_or(Err(IntakeError::Stopped))
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let (status, code) = match error {
            BodyError::TooLarge(_) | BodyError::TooManyLines => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_large")
            }
            BodyError::Damaged { .. } => (StatusCode::BAD_REQUEST, "damaged_body"),
            BodyError::NotABatch(_) => (StatusCode::BAD_REQUEST, "malformed_json"),
        };
        Self::new(status, code, error.to_string())
    }
}

/// When a sender comes again that found no room: sooner helps nobody.
const NO_ROOM_PAUSE_S: u32 = 10;

fn refused(error: IntakeError) -> Problem {
    let detail = error.to_string();
    metrics::counter!("vonglau_refused_batches_total", "reason" => reason(&error)).increment(1);
    match error {
        IntakeError::NoRoom(shortage) => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, shortage.code(), detail)
                .retry_after(NO_ROOM_PAUSE_S)
        }
        IntakeError::Overloaded => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "overloaded", detail).retry_after(1)
        }
        IntakeError::Stopped => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", detail).retry_after(2)
        }
        IntakeError::Journal(e) if e.is_disk_full() => {
            tracing::error!(error = %e, "events were refused");
            let detail = "the disk is full, so nothing of this was taken; free space on it, then send it again";
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "disk_full", detail)
                .retry_after(NO_ROOM_PAUSE_S)
        }
        e if e.can_retry() => {
            tracing::error!(error = %e, "events were refused");
            let detail = "the disk does not take events now, nothing of this batch was taken; free space and send it again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "storage", detail).retry_after(5)
        }
        e => Problem::internal(&e.into()),
    }
}

/// Why a batch was refused, in a word for the metric.
fn reason(error: &IntakeError) -> &'static str {
    match error {
        IntakeError::NoRoom(shortage) => shortage.code(),
        IntakeError::Overloaded => "overloaded",
        IntakeError::Stopped => "stopping",
        IntakeError::Journal(e) if e.is_disk_full() => "disk_full",
        IntakeError::Journal(_) => "journal",
        IntakeError::IndexAway | IntakeError::Dedup(_) => "index",
        IntakeError::Unreadable { .. } => "unreadable",
    }
}

/// How the events of a body are told apart.
pub(crate) fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match kind.as_str() {
        "application/cloudevents-batch+json" => Ok(Form::Batch),
        ""
        | "application/x-ndjson"
        | "application/ndjson"
        | "application/jsonl"
        | "application/cloudevents+json" => Ok(Form::Ndjson),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send application/x-ndjson or application/cloudevents-batch+json",
        )),
    }
}

/// How a body is compressed.
pub(crate) fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let encoding = headers
        .get(header::CONTENT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("identity");
    match encoding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Encoding::Identity),
        "gzip" | "x-gzip" => Ok(Encoding::Gzip),
        "zstd" => Ok(Encoding::Zstd),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            "compress with gzip or zstd, or not at all",
        )),
    }
}

/// A receipt as the contract writes it.
pub fn receipt_json(receipt: &Receipt) -> Value {
    let rejected: Vec<Value> = receipt
        .rejected
        .iter()
        .map(|r| json!({"line": r.line, "code": r.code.as_str(), "message": r.message}))
        .collect();
    json!({
        "accepted": receipt.accepted,
        "duplicate": receipt.duplicate,
        "conflicting": receipt.conflicting,
        "rejected": rejected,
        "dropped_fields": receipt.dropped_fields,
        "position": receipt.position,
    })
}
