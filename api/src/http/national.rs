//! `POST /national`: a message of the national exchange in, its answer out once what it tells is durable.
//!
//! [`ingest::national`] reads the message and writes the answer; the events take the way of every other. A body that
//! is no message at all is a problem of status 400; what is wrong with a message or a record is answered in the protocol's manner, with status 200.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ingest::decode::Batch;
use ingest::national::{self, Answer, Fault, Reading};

use super::App;
use super::events::{read, submit};
use super::problem::Problem;

/// Takes a message in.
pub async fn post_national(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match take(&app, &headers, body).await {
        Ok(answer) => {
            count(&answer);
            Json(answer).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

async fn take(
    app: &Arc<App>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Answer, Problem> {
    let (reading, batch) = match read(app, headers, body, decoded).await? {
        Ok(decoded) => decoded,
        Err(fault) => return Ok(Answer::to_fault(&fault)),
    };
    let receipt = submit(app, batch).await?;
    Ok(reading.answer(&receipt.rejected))
}

/// The message and its events; within: why it cannot be read record by record.
fn decoded(app: &App, body: &[u8]) -> Result<Result<(Reading, Batch), Fault>, Problem> {
    match national::read(body, &app.core.national) {
        Ok(reading) => {
            let batch = app.decoder.ndjson(&reading.lines, app.core.wall_now());
            Ok(Ok((reading, batch)))
        }
        Err(fault) if fault.is_unreadable() => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            fault.to_string(),
        )),
        Err(fault) => Ok(Err(fault)),
    }
}

fn count(answer: &Answer) {
    if answer.data.is_empty() && !answer.is_success() {
        metrics::counter!("vonglau_national_refused_messages_total", "code" => answer.error_code)
            .increment(1);
    }
    for record in &answer.data {
        metrics::counter!("vonglau_national_records_total", "code" => record.error_code)
            .increment(1);
    }
}
