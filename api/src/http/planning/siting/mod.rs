//! `POST /siting`: where the next points should go, which could close, and where vehicles should stand, each answer with what no
//! other could beat.

use std::sync::Arc;

use analytics::scenario::change::Change;
use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::Response;
use geodata::LonLat;
use serde::Deserialize;
use serde_json::json;

use super::question::{With, data};
use crate::http::App;
use crate::http::asking::answered_by;

mod problems;
mod setting;

use setting::Setting;

/// The body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    #[serde(default)]
    changes: Vec<Change>,
    problem: Wanted,
    number: Option<usize>,
    target: Option<f64>,
    capacity: Option<u32>,
    vehicles: Option<usize>,
    sessions_a_week: Option<usize>,
    candidates: Option<Candidates>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    /// Most people with so many points more.
    MostPeople,
    /// A share of all people with fewest points more.
    Share,
    /// Least minutes of all people together.
    LeastMinutes,
    /// The farthest as near as can be.
    LeastWorst,
    /// So many points fewer, with least loss.
    Close,
    /// Vehicles with a session each half of a day.
    Mobile,
}

/// Where points may go: a list, or `"cells"` for anywhere.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Candidates {
    Word(String),
    List(Vec<Candidate>),
}

/// A place that may be had.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Candidate {
    id: String,
    name: String,
    lon: f64,
    lat: f64,
}

impl Candidate {
    const fn place(&self) -> LonLat {
        LonLat {
            lon: self.lon,
            lat: self.lat,
        }
    }
}

/// `POST /siting`.
pub async fn siting(
    app: State<Arc<App>>,
    body: Result<Json<With<Body>>, JsonRejection>,
) -> Response {
    answered_by(app, body, |app, Json(With { asked, body })| {
        let setting = Setting::of(app, asked.words().read()?, &body)?;
        let mut answer = match body.problem {
            Wanted::MostPeople => setting.most_people()?,
            Wanted::Share => setting.share()?,
            Wanted::LeastMinutes => setting.least_minutes()?,
            Wanted::LeastWorst => setting.least_worst()?,
            Wanted::Close => setting.close()?,
            Wanted::Mobile => setting.mobile()?,
        };
        answer["question"] = setting.question.told();
        answer["data"] = data(&app.core);
        answer["problem"] = json!(setting.word());
        answer["warnings"] = json!(setting.warnings);
        answer["before"] = json!(setting.city(&setting.reaches));
        answer["candidates"] = json!(setting.candidates.len());
        Ok(answer)
    })
    .await
}
