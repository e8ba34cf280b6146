//! Where local senders come: `POST /api/v1/events` as the server has it, and how the relay does.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use ingest::decode::{BodyError, Decoder, MAX_BODY_BYTES, unpack};
use ingest::event::EventTime;
use ingest::intake::Receipt;
use subtle::ConstantTimeEq as _;

use super::spool::SpoolError;
use super::status::Status;
use super::writer::{PutError, Writer};
use crate::http::events::{Form, encoding, form, receipt_json};
use crate::http::problem::Problem;

/// When a sender comes again that found no room.
const NO_ROOM_PAUSE_S: u32 = 10;

/// What requests need.
#[derive(Debug)]
pub struct Door {
    /// Who keeps events.
    pub writer: Arc<Writer>,
    /// How the relay does.
    pub status: Arc<Status>,
    /// What senders must show.
    pub key: Option<String>,
}

/// The addresses.
pub fn router(door: Door) -> Router {
    let door = Arc::new(door);
    Router::new()
        .route("/api/v1/events", post(post_events))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn_with_state(Arc::clone(&door), permit))
        .route("/healthz", get(|| async { "ok\n" }))
        .fallback(|| async {
            let detail = "a relay has /api/v1/events, /health, /healthz and /metrics";
            Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(door)
}

/// Lets in who shows the key. Without one, whoever is on this machine but for browsers' pages, which come from anywhere.
async fn permit(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    match &door.key {
        None if headers.contains_key(header::ORIGIN) => {
            let detail = "a page in a browser may not ask a relay without a key";
            Problem::new(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response()
        }
        Some(key) if !shows(headers, key) => {
            let detail = "send the relay's local key as Authorization: Bearer";
            Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail).into_response()
        }
        _ => next.run(request).await,
    }
}

fn shows(headers: &HeaderMap, key: &str) -> bool {
    let shown = headers.get(header::AUTHORIZATION);
    let shown = shown.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    shown.is_some_and(|shown| bool::from(shown.ct_eq(key.as_bytes())))
}

async fn post_events(
    State(door): State<Arc<Door>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match take(&door, &headers, body).await {
        Ok(receipt) => axum::Json(receipt_json(&receipt)).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn take(
    door: &Door,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Receipt, Problem> {
    let (form, encoding) = (form(headers)?, encoding(headers)?);
    let body = body.map_err(|e| match e.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::from(BodyError::TooLarge),
        status => Problem::new(
            status,
            "unreadable_body",
            "the body could not be read to its end; send it again",
        ),
    })?;
    let batch = tokio::task::spawn_blocking(move || {
        let body = unpack(&body, encoding)?;
        let decoder = Decoder::for_handing_on();
        match form {
            Form::Ndjson => Ok(decoder.ndjson(&body, None)),
            Form::Batch => decoder.cloudevents_batch(&body, None),
        }
    });
    let batch = batch.await.map_err(|e| Problem::internal(&e.into()))??;
    door.writer.put(batch).await.map_err(refused)
}

fn refused(error: PutError) -> Problem {
    let detail = error.to_string();
    let no_room = |code| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, code, detail.clone())
            .retry_after(NO_ROOM_PAUSE_S)
    };
    match error {
        PutError::Spool(SpoolError::Full { .. }) => no_room("relay_full"),
        PutError::Spool(SpoolError::DiskLow(_)) => no_room("disk_low"),
        PutError::Spool(SpoolError::TooLarge(_)) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
        }
        PutError::Spool(_) => {
            let detail =
                "the disk does not take events now, nothing of this batch was taken; send it again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "storage", detail).retry_after(5)
        }
        PutError::Overloaded => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "overloaded", detail).retry_after(1)
        }
        PutError::Stopped => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", detail).retry_after(2)
        }
    }
}

async fn health(State(door): State<Arc<Door>>) -> Response {
    axum::Json(door.status.told(EventTime::now())).into_response()
}

async fn metrics(State(door): State<Arc<Door>>) -> Response {
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, door.status.told(EventTime::now()).metrics()).into_response()
}
