//! Where local senders come: `POST /api/v1/events` as the server has it, and how the relay does.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use futures_util::StreamExt as _;
use ingest::decode::{BodyError, Decoder, MAX_BODY_BYTES, unpack_within};
use ingest::event::EventTime;
use ingest::intake::Receipt;
use subtle::ConstantTimeEq as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::spool::SpoolError;
use super::status::Status;
use super::writer::{PutError, Writer};
use crate::http::events::{Form, IMPORT, encoding, form, receipt_json};
use crate::http::problem::Problem;

/// When a sender comes again that found no room.
const NO_ROOM_PAUSE_S: u32 = 10;

/// The largest body, packed and unpacked: a relay's machine is a small one.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Bodies that are read and decoded at once: with their bound this bounds the memory.
const AT_ONCE: usize = 2;
/// How long a body may take to come, once it is its turn, and how long one may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// A word that local senders must show; never written out.
pub struct LocalKey(pub String);

impl std::fmt::Debug for LocalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalKey(…)")
    }
}

/// What requests need.
#[derive(Debug)]
pub struct Door {
    /// Who keeps events.
    pub writer: Arc<Writer>,
    /// How the relay does.
    pub status: Arc<Status>,
    /// What senders must show.
    pub key: Option<LocalKey>,
}

/// What each request sees.
#[derive(Debug)]
struct Inside {
    door: Door,
    turns: Semaphore,
}

/// The addresses.
pub fn router(door: Door) -> Router {
    let door = Arc::new(Inside {
        door,
        turns: Semaphore::new(AT_ONCE),
    });
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
        .with_state(door)
}

/// Lets in who shows the key. Without one, whoever is on this machine but for browsers' pages, which come from anywhere.
async fn permit(State(inside): State<Arc<Inside>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    match &inside.door.key {
        None if headers.contains_key(header::ORIGIN) => {
            let detail = "a page in a browser may not ask a relay without a key";
            Problem::new(StatusCode::FORBIDDEN, "foreign_origin", detail).into_response()
        }
        Some(LocalKey(key)) if !shows(headers, key) => {
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
    State(inside): State<Arc<Inside>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match take(&inside, &headers, body).await {
        Ok(receipt) => axum::Json(receipt_json(&receipt)).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn take(inside: &Inside, headers: &HeaderMap, body: Body) -> Result<Receipt, Problem> {
    let (form, encoding) = (form(headers)?, encoding(headers)?);
    let is_live = !headers.contains_key(IMPORT);
    let batch = {
        let _turn = turn(&inside.turns).await?;
        let body = whole(body).await?;
        let batch = tokio::task::spawn_blocking(move || {
            let body = unpack_within(&body, encoding, MOST_BYTES)?;
            let decoder = Decoder::for_handing_on();
            match form {
                Form::Ndjson => decoder.bounded_ndjson(&body, None),
                Form::Batch => decoder.cloudevents_batch(&body, None),
            }
        });
        let mut batch = batch.await.map_err(|e| Problem::internal(&e.into()))??;
        batch.is_live = is_live;
        batch
    };
    inside.door.writer.put(batch).await.map_err(refused)
}

async fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, Problem> {
    match tokio::time::timeout(PATIENCE, turns.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) => Err(refused(PutError::Stopped)),
        Err(_) => Err(refused(PutError::Overloaded)),
    }
}

/// A body to its end; a sender that stops in the middle does not keep the others waiting.
async fn whole(body: Body) -> Result<Vec<u8>, Problem> {
    let unreadable = |status| {
        let detail = "the body could not be read to its end; send it again";
        Problem::new(status, "unreadable_body", detail)
    };
    let reading = async {
        let (mut whole, mut length) = (Vec::new(), 0);
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| unreadable(StatusCode::BAD_REQUEST))?;
            length += piece.len();
            if length <= MOST_BYTES {
                whole.extend_from_slice(&piece);
            } else if length > MAX_BODY_BYTES {
                break;
            } else {
                // Let go, and read on for a while: a sender that is in the middle of sending would not see the answer.
                whole = Vec::new();
            }
        }
        if length > MOST_BYTES {
            return Err(Problem::from(BodyError::TooLarge(MOST_BYTES)));
        }
        Ok(whole)
    };
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(read) => read,
        Err(_) => Err(unreadable(StatusCode::REQUEST_TIMEOUT)),
    }
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
        PutError::Spool(_) | PutError::Disk(_) => {
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

async fn health(State(inside): State<Arc<Inside>>) -> Response {
    axum::Json(inside.door.status.told(EventTime::now())).into_response()
}

async fn metrics(State(inside): State<Arc<Inside>>) -> Response {
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, inside.door.status.told(EventTime::now()).metrics()).into_response()
}
