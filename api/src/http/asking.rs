//! How a question becomes work and an answer: its parameters or body, a thread that may wait for the disk, JSON or a problem.

use std::convert::Infallible;
use std::sync::Arc;

use analytics::index::period::Period;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use ingest::event::EventTime;
use serde_json::Value;

use super::App;
use super::problem::Problem;
use super::questions::{TIME_FORM, parse_time, unanswered};
use crate::answers::AnswerError;
use crate::core::Core;

/// Days of a span that is judged case by case, at most.
const MAX_DAYS: i32 = 1_300;

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<AnswerError> for Problem {
    fn from(error: AnswerError) -> Self {
        unanswered(&error)
    }
}

/// For a question without parameters.
pub(super) const NOTHING: Result<(), Infallible> = Ok(());

/// Answers with what work on an input gives; it may wait for the disk.
pub(super) async fn answered<I, R>(
    app: State<Arc<App>>,
    input: Result<I, R>,
    work: impl FnOnce(&Core, I) -> Result<Value, Problem> + Send + 'static,
) -> Response
where
    I: Send + 'static,
    Problem: From<R>,
{
    answered_by(app, input, |app, input| work(&app.core, input)).await
}

/// As [`answered`], for work that needs more than the core.
pub(super) async fn answered_by<I, R>(
    State(app): State<Arc<App>>,
    input: Result<I, R>,
    work: impl FnOnce(&App, I) -> Result<Value, Problem> + Send + 'static,
) -> Response
where
    I: Send + 'static,
    Problem: From<R>,
{
    match input {
        Ok(input) => blocking(move || work(&app, input).map(Json)).await,
        Err(rejection) => Problem::from(rejection).into_response(),
    }
}

/// Runs work that may wait for the disk where that is allowed.
pub(super) async fn blocking<T: IntoResponse + Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(body)) => body.into_response(),
        Ok(Err(problem)) => problem.into_response(),
        Err(e) => Problem::internal(&e.into()).into_response(),
    }
}

/// A span, as it is asked for.
pub(super) fn span(
    from: Option<&str>,
    to: Option<&str>,
) -> Result<(EventTime, EventTime), Problem> {
    let time = |name: &str, text: Option<&str>| {
        let text =
            text.ok_or_else(|| Problem::bad_request(format!("give `{name}`, {TIME_FORM}")))?;
        parse_time(text)
            .ok_or_else(|| Problem::bad_request(format!("`{name}` must be {TIME_FORM}")))
    };
    let (from, to) = (time("from", from)?, time("to", to)?);
    if to <= from {
        return Err(Problem::refused("bad_order", "`to` must be after `from`"));
    }
    if to.day().0 - from.day().0 > MAX_DAYS {
        let detail = format!("ask for at most {MAX_DAYS} days");
        return Err(Problem::refused("too_many_days", detail));
    }
    Ok((from, to))
}

/// A period that has begun, the current month where none is named, and the time up to which the state is complete.
pub(super) fn period(core: &Core, text: Option<&str>) -> Result<(Period, EventTime), Problem> {
    let now = core.now(&core.state.read());
    let period = match text {
        None | Some("") => Period::month_of(now),
        Some(text) => Period::parse(text).ok_or_else(|| {
            Problem::bad_request("`period` must be such as 2026-11, 2026-Q4 or 2026")
        })?,
    };
    if period.start() > now {
        return Err(Problem::refused("not_begun", "the period has not begun"));
    }
    Ok((period, now))
}
