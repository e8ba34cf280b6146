//! Scenarios that are kept: named, told as they were saved, taken away by a later entry and never overwritten in the file.

use std::sync::Arc;

use analytics::scenario::change::Change;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use ingest::entries::Entry;
use ingest::event::EventTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::question::{Asked, Question};
use super::scenario::sound;
use crate::core::Core;
use crate::http::App;
use crate::http::asking::{NOTHING, answered};
use crate::http::entering::{enter, line};
use crate::http::problem::Problem;
use crate::http::saying::said;

const REGISTER: &str = "scenarios";
/// Scenarios that are kept at once, at most.
const MOST: usize = 2_000;

/// A scenario as it is sent and kept. Of who saved it a role or a seat, never a person.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    name: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    by: String,
    question: Asked,
    changes: Vec<Change>,
    /// What answers have beside: a scenario may be sent back as it was told.
    #[serde(default, rename = "id", skip_serializing)]
    _id: Option<String>,
    #[serde(default, rename = "saved_at", skip_serializing)]
    _saved_at: Option<String>,
}

/// `GET /scenarios`: all that are kept, the last saved first.
pub async fn list(app: State<Arc<App>>) -> Response {
    answered(app, NOTHING, |core, ()| {
        let mut entries = core.entries.current(REGISTER);
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.number));
        let all: Vec<Value> = entries.iter().map(told).collect();
        Ok(json!({"scenarios": all}))
    })
    .await
}

/// `GET /scenarios/{id}`.
pub async fn one(app: State<Arc<App>>, Path(id): Path<String>) -> Response {
    answered(app, NOTHING, move |core, ()| {
        found(core, &id).map(|entry| told(&entry))
    })
    .await
}

/// `POST /scenarios`: keeps a new one; answers it with its id.
pub async fn save(app: State<Arc<App>>, body: Result<Json<Body>, JsonRejection>) -> Response {
    answered(app, body, |core, Json(body)| {
        if core.entries.current(REGISTER).len() >= MOST {
            let detail = "there are too many scenarios: take away some that nobody needs";
            return Err(Problem::refused("too_many_scenarios", detail));
        }
        // A link to it is not guessed from another's.
        put(core, &format!("{:016x}", rand::random::<u64>()), body)
    })
    .await
}

/// `PUT /scenarios/{id}`: keeps it as it is now.
pub async fn replace(
    app: State<Arc<App>>,
    Path(id): Path<String>,
    body: Result<Json<Body>, JsonRejection>,
) -> Response {
    answered(app, body, move |core, Json(body)| {
        // One that was taken away comes back under its own id, so that links to it hold.
        let was_kept = core.entries.history(REGISTER).iter().any(|e| e.key == id);
        was_kept.then_some(()).ok_or_else(unknown)?;
        put(core, &id, body)
    })
    .await
}

/// `DELETE /scenarios/{id}`: takes it away; the file keeps what it was.
pub async fn remove(app: State<Arc<App>>, Path(id): Path<String>) -> Response {
    answered(app, NOTHING, move |core, ()| {
        let entry = found(core, &id)?;
        enter(core, REGISTER, &id, Value::Null, &entry.source)
    })
    .await
}

fn put(core: &Core, id: &str, body: Body) -> Result<Value, Problem> {
    sound(&body.changes)?;
    let question = body.question.words().read()?;
    let note = if body.note.trim().is_empty() {
        String::new()
    } else {
        said("note", &body.note)?
    };
    let value = json!({
        "name": said("name", &line("name", &body.name)?)?, "note": note, "question": question.told(), "changes": body.changes,
    });
    let by = if body.by.trim().is_empty() {
        "planner"
    } else {
        &body.by
    };
    enter(core, REGISTER, id, value, by)?;
    found(core, id).map(|entry| told(&entry))
}

fn found(core: &Core, id: &str) -> Result<Entry, Problem> {
    let mut entries = core.entries.current(REGISTER).into_iter();
    entries.find(|entry| entry.key == id).ok_or_else(unknown)
}

/// A kept scenario, read.
#[derive(Debug)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What was said of it.
    pub note: String,
    /// When it was saved.
    pub saved_at: EventTime,
    /// Its question.
    pub question: Question,
    /// Its changes.
    pub changes: Vec<Change>,
}

/// The scenario of an id.
pub fn kept(core: &Core, id: &str) -> Result<Kept, Problem> {
    let entry = found(core, id)?;
    let unreadable = |e: serde_json::Error| Problem::internal(&e.into());
    let asked: Asked =
        serde_json::from_value(entry.value["question"].clone()).map_err(unreadable)?;
    Ok(Kept {
        id: entry.key,
        name: entry.value["name"].as_str().unwrap_or_default().to_owned(),
        note: entry.value["note"].as_str().unwrap_or_default().to_owned(),
        saved_at: entry.entered_at,
        question: asked.words().read()?,
        changes: serde_json::from_value(entry.value["changes"].clone()).map_err(unreadable)?,
    })
}

fn unknown() -> Problem {
    let detail = "no scenario of this id is kept";
    Problem::new(StatusCode::NOT_FOUND, "unknown_scenario", detail)
}

fn told(entry: &Entry) -> Value {
    let mut told = entry.value.clone();
    told["id"] = json!(entry.key);
    told["by"] = json!(entry.source);
    told["saved_at"] = json!(entry.entered_at);
    told
}
